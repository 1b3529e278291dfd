extends "suite.gd"
## Objects of all kinds go from thread to thread, at random, for some seconds.
##
## [code]--seed=number --seconds=number[/code]

const THREADS := 2  # of each kind
const SHELF := 32


class Scripted:
	extends PyMixed
	## A script over a class of Python's, which takes a lock at its end.

	static var mutex := Mutex.new()
	var has: Variant

	func _notification(what: int) -> void:
		if what == NOTIFICATION_PREDELETE:
			mutex.lock()
			mutex.unlock()


class Plain:
	extends RefCounted
	## A script over the engine's.

	var has: Variant

	func listen(_thing: Object) -> void:
		pass

	func _notification(what: int) -> void:
		if what == NOTIFICATION_PREDELETE:
			Scripted.mutex.lock()
			Scripted.mutex.unlock()


var mixer := PyMixer.new()
var mutex := Mutex.new()
var shelf: Array = []
var steps := 0
var end := 0


## Puts a thing on the shelf, for what is there already.
func exchange(thing: Variant, at: int) -> Variant:
	var found: Variant = null
	mutex.lock()
	if shelf.size() < SHELF:
		shelf.append(thing)
	else:
		found = shelf[at % SHELF]
		shelf[at % SHELF] = thing
	mutex.unlock()
	return found


func run(number: int) -> void:
	var chance := RandomNumberGenerator.new()
	chance.seed = option("seed").to_int() * 1000 + 500 + number
	var mine: Array = []
	var count := 0
	while Time.get_ticks_msec() < end:
		step(chance, mine)
		count += 1
	mine.clear()
	mutex.lock()
	steps += count
	mutex.unlock()


func made(chance: RandomNumberGenerator) -> RefCounted:
	match chance.randi_range(0, 4):
		0:
			return Resource.new()
		1:
			return Scripted.new()
		2:
			return Plain.new()
	return PyMixed.new()


func step(chance: RandomNumberGenerator, mine: Array) -> void:
	var thing: Variant = mine[chance.randi() % mine.size()] if mine.size() > 0 else null
	var mixed: PyMixed = thing as PyMixed if thing is PyMixed else null
	match chance.randi_range(0, 11):
		0, 1:
			mine.append(made(chance))
		2:
			mine.append(exchange(thing, chance.randi_range(0, 1 << 16)))
		3, 4:
			mine.append(mixer.exchange(thing, chance.randi_range(0, 1 << 16)))
		5:
			if mine.size() > 0:
				mine.remove_at(chance.randi() % mine.size())
		6:
			if mixed != null:
				check_same(mixed.give(mixed), mixed)
				check_same((mixed.wrap(mixed)[1] as Dictionary)["it"], mixed)
		7:
			if mixed != null:
				mixed.attach(mine[chance.randi() % mine.size()])
		8:
			if thing != null:
				var weak: WeakRef = weakref(thing)
				check_same(weak.get_ref(), thing)
		9:
			# All ends are this thread's own: the engine's lists of connections are not safe for others.
			var sender := PyMixed.new()
			var hearer := PyMixed.new()
			var listener := Plain.new()
			sender.rung.connect(hearer.hear)
			sender.rung.connect(listener.listen)
			sender.rung.emit(thing)
			mine.append(sender)
		10:
			if thing != null:
				var copies: Array = []
				for i in 10:
					copies.append(thing)
				check_same(copies[5], thing)
		11:
			while mine.size() > 16:
				mine.pop_front()


func check_same(got: Variant, wanted: Variant) -> void:
	if not is_same(got, wanted):
		fail("%s is not %s" % [got, wanted])


func objects() -> int:
	return int(Performance.get_monitor(Performance.OBJECT_COUNT))


## Runs all threads for a time, and ends what they have left on the shelves.
func run_all(seconds: float) -> void:
	end = Time.get_ticks_msec() + int(seconds * 1000)
	var threads: Array[Thread] = []
	for i in THREADS:
		threads.append(Thread.new())
		threads[i].start(run.bind(i))
	var task := WorkerThreadPool.add_group_task(func(i: int) -> void: run(i + THREADS), THREADS)
	mixer.start(THREADS, option("seed").to_int(), seconds, exchange)
	run(2 * THREADS)
	for thread in threads:
		thread.wait_to_finish()
	WorkerThreadPool.wait_for_group_task_completion(task)
	check("Python's threads have ended", mixer.join(), true)
	check("and raised nothing", mixer.failures(), [] as Array[String])
	shelf.clear()
	mixer.clear()


func test_at_random() -> void:
	run_all(0.1)  # what stays once it has been used
	await get_tree().process_frame
	await get_tree().process_frame
	var before := objects()
	run_all(option("seconds").to_float())
	print("steps: %d by GDScript, %d by Python" % [steps, mixer.steps()])
	check_true("all took steps", steps > 0 and mixer.steps() > 0)
	for i in 100:  # the pool's threads may still let go of their task
		await get_tree().process_frame
		if objects() <= before:
			break
	check("none is left in Python", PyCounted.alive(), 0)
	check("nor in the engine", objects(), before)
