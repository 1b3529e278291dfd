extends "suite.gd"
## Calls within calls, and objects that end in the middle of their own methods.

var node: PyLoop


func begin() -> void:
	node = PyLoop.new()


func again(depth: int) -> int:
	return node.down(again, depth)


func fail_again(depth: int) -> int:
	return node.fail_below(fail_again, depth)


func test_two_hundred_deep() -> void:
	begin()
	check("down and up", node.down(again, 200), 200)
	node.free()


func in_thread() -> int:
	return node.down(again, 200)


func test_two_hundred_deep_in_a_thread() -> void:
	begin()
	var thread := Thread.new()
	thread.start(in_thread)
	check("down and up", thread.wait_to_finish(), 200)
	node.free()


func test_an_exception_from_the_bottom() -> void:
	begin()
	expect("ValueError: at the bottom")
	expect("Invalid call function 'fail_below'")
	check("typed code goes on", node.fail_below(fail_again, 20), 0)
	node.free()


func end_node(untyped: Variant) -> Variant:
	return untyped.end()


func test_a_method_frees_its_own_object() -> void:
	begin()
	check("typed", node.end(), "ended")
	check("gone", is_instance_valid(node), false)
	begin()
	expect("Object is locked and can't be freed")
	expect("this PyLoop cannot be freed here")
	expect("Invalid call function 'end'")
	check("untyped, which the engine refuses", end_node(node), null)
	check("there", is_instance_valid(node), true)
	node.free()
	begin()
	check("by another", node.end_by(node.free), "ended")
	check("gone", is_instance_valid(node), false)


func test_the_last_reference_goes_in_a_method() -> void:
	var holder := PyHolder.new()
	for i in 100:
		holder.hold(PyDropsItself.new())
		check("works to its end", holder.call_and_drop(), 7)
	check("none is left", PyCounted.alive(), 0)


func test_a_setter_that_sets_itself() -> void:
	begin()
	expect("RecursionError")
	set_level()
	check("goes on", node.get_class(), "PyLoop")
	node.free()


func set_level() -> void:
	node.level = 1


func nudge(value: int) -> void:
	node.nudged = value + 1


func test_a_setter_whose_listener_sets() -> void:
	begin()
	node.changed.connect(nudge)
	node.nudged = 1
	check("until ten", node.nudged, 10)
	node.exported = 1
	check("a setter by name", node.reached(), 100)
	node.free()


func test_notifications_within() -> void:
	begin()
	node.notification(1100)
	check("all came", node.notified(), 100)
	node.free()


func test_kept_by_its_own_end() -> void:
	for i in 10:
		PyPhoenix.new()
	await get_tree().process_frame
	check("saved", PyPhoenix.count(), 10)
	check_true("it is said to be freed, or works: " + PyPhoenix.use(), PyPhoenix.use() != "")
	PyPhoenix.forget()
	PyPhoenix.forget()
