extends "suite.gd"
## Signals both ways: at once, deferred, one time, from threads; and Callables that outlive their owners.

var heard: Array = []
var bell: PyBell
var ear: PyEar


func begin() -> void:
	bell = PyBell.new()
	ear = PyEar.new()
	heard = []


func end() -> void:
	bell.free()
	ear.free()


func hear(number: int) -> void:
	heard.append(number)


func test_python_emits() -> void:
	begin()
	bell.rung.connect(hear)
	bell.ring(3)
	check("at once", heard, [0, 1, 2])
	bell.rung.disconnect(hear)
	bell.rung.connect(hear, CONNECT_ONE_SHOT)
	bell.ring(3)
	check("one time", heard, [0, 1, 2, 0])
	bell.rung.connect(hear, CONNECT_DEFERRED)
	bell.ring(2)
	check("not yet", heard, [0, 1, 2, 0])
	await get_tree().process_frame
	check("deferred", heard, [0, 1, 2, 0, 0, 1])
	bell.rung.disconnect(hear)
	bell.rung.connect(hear, CONNECT_DEFERRED | CONNECT_ONE_SHOT)
	bell.ring(2)
	await get_tree().process_frame
	check("deferred, one time", heard.slice(6), [0])
	end()


func disconnect_all() -> void:
	for connection: Dictionary in bell.rung.get_connections():
		bell.rung.disconnect(connection["callable"])


func test_python_hears() -> void:
	begin()
	ear.listen(bell, 0)
	for i in 3:
		bell.rung.emit(i)
	check("at once", ear.heard(), [0, 1, 2])
	disconnect_all()
	ear.listen(bell, CONNECT_ONE_SHOT)
	bell.rung.emit(1)
	bell.rung.emit(2)
	check("one time", ear.heard(), [1])
	ear.listen(bell, CONNECT_DEFERRED)
	bell.rung.emit(1)
	check("not yet", ear.heard(), [])
	await get_tree().process_frame
	check("deferred", ear.heard(), [1])
	disconnect_all()
	ear.listen(bell, CONNECT_DEFERRED | CONNECT_ONE_SHOT)
	bell.ring(2)
	await get_tree().process_frame
	check("deferred, one time", ear.heard(), [0])
	end()


func emit_some(_thread: int) -> void:
	for i in 100:
		bell.rung.emit(i)


func count(_number: int, mutex: Mutex) -> void:
	mutex.lock()
	heard.append(1)
	mutex.unlock()


func test_from_threads() -> void:
	begin()
	ear.listen(bell, 0)
	bell.rung.connect(count.bind(Mutex.new()))
	var thread := Thread.new()
	thread.start(emit_some.bind(0))
	var task := WorkerThreadPool.add_group_task(emit_some, 3)
	bell.ring_in_threads(3, 100)
	thread.wait_to_finish()
	WorkerThreadPool.wait_for_group_task_completion(task)
	check("GDScript heard all", heard.size(), 700)
	check("Python heard all", ear.heard().size(), 700)
	end()


func test_deferred_from_threads() -> void:
	begin()
	ear.listen(bell, CONNECT_DEFERRED)
	var task := WorkerThreadPool.add_group_task(emit_some, 3)
	bell.ring_in_threads(3, 100)
	WorkerThreadPool.wait_for_group_task_completion(task)
	await get_tree().process_frame
	await get_tree().process_frame
	check("all heard", ear.heard().size(), 600)
	check("in the main thread", ear.in_main_thread(), true)
	end()


func test_disconnected_while_emitting() -> void:
	begin()
	ear.listen_once(bell)
	ear.listen_more(bell)
	bell.rung.emit(1)
	var first := ear.heard()
	check_true(
		"the first ones: %s" % [first], first[0] == "first" and "early" in first and not "late" in first
	)
	bell.rung.emit(1)
	bell.rung.emit(1)
	check("then the late one, one time", ear.heard(), ["late"])
	check("none is connected", bell.rung.get_connections(), [])
	end()


func test_the_sender_is_freed() -> void:
	begin()
	ear.free_sender(bell)
	bell.rung.emit(5)
	check("heard all the same", ear.heard(), [5])
	await get_tree().process_frame
	await get_tree().process_frame
	check("gone", is_instance_valid(bell), false)
	ear.free()


func test_emitted_within() -> void:
	begin()
	ear.ring_again(bell)
	bell.rung.emit(50)
	check("down to zero", ear.heard(), range(50, -1, -1))
	end()


func test_functions_end_with_the_sender() -> void:
	begin()
	for i in 100:
		ear.listen_by_function(bell)
	bell.rung.emit(1)
	check("all heard", ear.heard().size(), 100)
	check("live", ear.functions_alive(), 100)
	bell.free()
	check("gone", ear.functions_alive(), 0)
	ear.free()


func call_it(callable: Callable) -> void:
	callable.call()


func test_callables_outlive_their_owners() -> void:
	begin()
	var of_engine := Callable(ear, "hear")
	ear.listen(bell, 0)
	var of_python: Callable = bell.rung.get_connections()[0]["callable"]
	check("valid", [of_engine.is_valid(), of_python.is_valid()], [true, true])
	ear.free()
	check("not valid", [of_engine.is_valid(), of_python.is_valid()], [false, false])
	check("nor connected", bell.rung.get_connections().size(), 0)
	bell.rung.emit(1)
	for callable: Callable in [of_engine, of_python]:
		expect("null")
		call_it(callable)
	bell.free()


func test_a_signal_of_its_own() -> void:
	var passer := PyPasser.new()
	for i in 100:
		passer.loop()
	check("heard", passer.loop(), 101)
	var weak: WeakRef = weakref(passer)
	passer = null
	await get_tree().process_frame
	check("gone", weak.get_ref() == null, true)
