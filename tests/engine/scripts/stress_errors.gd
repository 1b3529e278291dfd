extends "suite.gd"
## Exceptions in every kind of callback: each is reported, and all goes on.

var reached := false


func untyped_call(what: String, untyped: Variant) -> void:
	reached = false
	match what:
		"a method":
			untyped.method()
		"a static method":
			untyped.static()
		"a setter":
			untyped.plain = 1
		"an export's setter":
			untyped.exported = 1
		"a function":
			untyped.function().call()
	reached = true


func typed_call(what: String, fails: PyFails) -> Variant:
	match what:
		"a method":
			return fails.method(1)
		"a static method":
			return PyFails.static()
		"a getter":
			return fails.plain
		"an export's getter":
			return fails.exported
		"_to_string":
			return 0 if str(fails).begins_with("<PyFails#") else 1
	return null


func test_calls() -> void:
	var fails := PyFails.new()
	fails.arm()
	for turn in 3:
		for what: String in ["a method", "a static method", "a setter", "an export's setter"]:
			expect("raised in " + what)
			expect("Invalid ")
			untyped_call(what, fails)
			check(what, reached, false)
		expect("raised in a function")
		untyped_call("a function", fails)
		check("a function, as a lambda", reached, true)
		for what: String in ["a method", "a static method", "a getter", "an export's getter", "_to_string"]:
			expect("raised in " + what)
			check(what + ", typed", typed_call(what, fails), 0)
	fails.free()
	check("none is left", PyCounted.alive(), 0)


func test_the_tree() -> void:
	for turn in 3:
		var fails := PyFails.new()
		for what: String in ["_enter_tree", "_ready"]:
			expect("raised in " + what)
		add_child(fails)
		expect("raised in _process")
		await get_tree().process_frame
		await get_tree().process_frame
		expect("raised in _notification")
		fails.notification(1000)
		expect("raised in _exit_tree")
		remove_child(fails)
		fails.free()
	check("none is left", PyCounted.alive(), 0)


func test_what_the_engine_calls() -> void:
	var fails := PyFails.new()
	fails.add_to_group("failing")
	for what: String in ["a method", "a function"]:
		var callable: Callable = fails.method if what == "a method" else fails.function()
		expect("raised in " + what)
		fails.fired.connect(callable)
		fails.fired.emit()
		fails.fired.disconnect(callable)
		expect("raised in " + what)
		callable.call_deferred()
		expect("raised in " + what)
		get_tree().create_timer(0.0).timeout.connect(callable)
		await get_tree().process_frame
		await get_tree().process_frame
		expect("raised in " + what)
		WorkerThreadPool.wait_for_task_completion(WorkerThreadPool.add_task(callable))
	fails.free()
	check("none is left", PyCounted.alive(), 0)


func test_init() -> void:
	for turn in 3:
		expect("raised in __init__")
		check("in GDScript", ClassDB.instantiate("PyFailsToBegin"), null)
		check("in Python", PyFailsToBegin.make(), "raised in __init__")
	check("none is left", PyCounted.alive(), 0)


func test_del() -> void:
	PyFailsToEnd.begin()
	PyFailsToEnd.new()
	PyFailsToEnd.make()
	await get_tree().process_frame
	await get_tree().process_frame
	check("Python's own hook was called", PyFailsToEnd.heard(), 2)
	check("none is left", PyCounted.alive(), 0)


func test_threads() -> void:
	var fails := PyFails.new()
	expect("raised in a thread")
	fails.start_thread()
	fails.free()
	check("none is left", PyCounted.alive(), 0)


func call_what_raises() -> int:
	return PyFails.static()


func test_gdscript_between() -> void:
	var fails := PyFails.new()
	expect("raised in a static method")
	check("typed code goes on", fails.catch(call_what_raises), "0")
	fails.free()
