extends "suite.gd"
## Threads of all three kinds at once: the engine's, its pool's and Python's.

const EACH := 3
const ROUNDS := 500

var workers := PyWorkers.new()
var mutex := Mutex.new()
var shelf: Array = []


## Runs a job in threads of all kinds; it is given its number.
func in_all_threads(job: Callable) -> void:
	var threads: Array[Thread] = []
	for i in EACH:
		threads.append(Thread.new())
		threads[i].start(job.bind(i))
	var task := WorkerThreadPool.add_group_task(job, EACH)
	workers.start(EACH, job)
	for i in EACH:
		job.call(i)  # the main thread takes part
	for thread in threads:
		thread.wait_to_finish()
	WorkerThreadPool.wait_for_group_task_completion(task)
	check("Python's threads have ended", workers.join(), true)


## Some frames: the pool's threads may still let go of their task when it has been waited for.
func all_are_gone() -> void:
	for i in 100:
		await get_tree().process_frame
		if PyCounted.alive() == 0:
			return


func identity(number: int) -> int:
	return number


func call_both_ways(_thread: int) -> void:
	var untyped: Variant = workers
	for i in ROUNDS:
		match i % 3:
			0:
				workers.add(1)
			1:
				untyped.add(1)
			2:
				workers.add_by(identity, 1)


func test_calls_in_both_directions() -> void:
	in_all_threads(call_both_ways)
	check("none is lost", workers.sum(), 4 * EACH * ROUNDS)


func make_numbered(_thread: int) -> void:
	var wrong := 0
	for i in ROUNDS / 10:
		wrong += workers.mixed_up(10) + int(PyNumbered.new().number() != -1)
	workers.add(wrong)


func test_arguments_of_new_objects() -> void:
	var before := workers.sum()
	in_all_threads(make_numbered)
	check("each has its own", workers.sum() - before, 0)


## Puts an object where another thread finds it, and takes one.
func exchange(thing: Variant) -> Variant:
	mutex.lock()
	shelf.append(thing)
	var found: Variant = shelf.pop_front() if shelf.size() > 10 else null
	mutex.unlock()
	return found


func make_and_free(thread: int) -> void:
	for i in ROUNDS:
		var node := i % 2 == 0
		var thing: Variant
		if (i + thread) % 3 == 0:
			thing = workers.make(node)
		else:
			thing = Node.new() if node else PyCounted.new()
		thing.set_meta("by", thread)
		var found: Variant = exchange(thing) if i % 5 < 3 else workers.swap(thing)
		thing = null
		if found is Node:
			(found as Node).free()
		elif found != null:
			found.get_meta("by")


func clear_the_shelves() -> void:
	for thing: Variant in shelf + workers.take_all():
		if thing is Node:
			(thing as Node).free()
	shelf.clear()


func test_made_in_one_and_freed_in_another() -> void:
	in_all_threads(make_and_free)
	clear_the_shelves()
	await all_are_gone()
	check("none is left", PyCounted.alive(), 0)


func use_one(_thread: int, shared: PyCounted, node: PyThingNode) -> void:
	for i in ROUNDS:
		shared.itself().get_class()
		workers.look(shared)
		workers.look(node)
		[shared, node].hash()


func share() -> void:
	var shared := PyCounted.new()
	var node := PyThingNode.new()
	in_all_threads(use_one.bind(shared, node))
	node.free()


func test_all_use_the_same() -> void:
	share()
	await all_are_gone()
	check("none is left", PyCounted.alive(), 0)
