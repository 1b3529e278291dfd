extends "suite.gd"
## Quits in the middle of something: [code]--what=name[/code], a function of this suite without its `begin_`.
##
## What it begins outlives the suite, which ends before the game does.

const TREE := 200


class Running:
	extends Node
	## Threads that call Python until the tree lets go of this.

	var workers := PyWorkers.new()
	var threads: Array[Thread] = []
	var task := -1
	var over := false

	func _ready() -> void:
		for i in 2:
			threads.append(Thread.new())
			threads[i].start(work)
		task = WorkerThreadPool.add_group_task(func(_i: int) -> void: work(), 2)
		workers.start(2, func(_i: int) -> void: work())

	func work() -> void:
		while not over:
			PyCounted.new()
			workers.add(1)
			workers.swap(PyCounted.new())
			OS.delay_usec(10)

	func _exit_tree() -> void:
		over = true
		for thread in threads:
			thread.wait_to_finish()
		WorkerThreadPool.wait_for_group_task_completion(task)


func test_something_is_under_way() -> void:
	await call("begin_" + option("what"))
	check("the game goes on", is_inside_tree(), true)


func begin_threads() -> void:
	get_tree().root.add_child(Running.new())
	await get_tree().process_frame


func begin_deferred() -> void:
	var bell := PyBell.new()
	var ear := PyEar.new()
	get_tree().root.add_child(bell)
	get_tree().root.add_child(ear)
	ear.listen(bell, CONNECT_DEFERRED)
	bell.ring(1000)
	bell.tree_exiting.connect(bell.ring.bind(10))
	ear.tree_exiting.connect(ear.hear)


func begin_timers() -> void:
	var loop := PyLoop.new()
	get_tree().root.add_child(loop)
	var busy := PyBusy.new()
	PyLeaver.keep(busy)
	for i in 100:
		get_tree().create_timer(0.001 * i).timeout.connect(busy.function().bind(1))
		get_tree().create_timer(60).timeout.connect(busy.number)
	var tween := loop.create_tween().set_loops()
	tween.tween_callback(busy.number).set_delay(0.001)
	tween.tween_property(loop, "nudged", 100, 60)
	tween.tween_method(busy.function(), 0, 10, 60)


func begin_awaiting() -> void:
	var bell := PyBell.new()
	get_tree().root.add_child(bell)
	for i in 10:
		wait_for(bell)
	PyLeaver.keep(bell.rung)


func wait_for(bell: PyBell) -> void:
	await bell.rung  # with no object in a local: the engine would leak one of its own too
	print("never")


func begin_within() -> void:
	var loop := PyLoop.new()
	get_tree().root.add_child(loop)
	loop.down.call_deferred(quit_at_the_bottom.bind(get_tree(), loop), 50)


static func quit_at_the_bottom(depth: int, tree: SceneTree, loop: PyLoop) -> int:
	if depth <= 0:
		tree.set_meta("bottom", true)
		return 0
	return loop.down(quit_at_the_bottom.bind(tree, loop), depth)


func begin_event_loop() -> void:
	var stepper := PyStepper.new()
	stepper.process_mode = Node.PROCESS_MODE_DISABLED  # it has a task that does not get on
	get_tree().root.add_child(stepper)


func begin_tree() -> void:
	for i in TREE:
		var part := PyPart.new()
		part.plan = PyPlan.new()
		(part.plan as PyPlan).inner = PyPlan.new()
		part.add_child(PyPart.new())
		part.other = part.get_child(0)
		get_tree().root.add_child(part)
		PyLeaver.keep(part)
		PyLeaver.keep(part.plan)
		part.tree_exited.connect(func() -> void: part.plan = PyPlan.new())


func begin_errors() -> void:
	var fails := PyFailsAtTheEnd.new()
	get_tree().root.add_child(fails)
	PyLeaver.keep(fails)
