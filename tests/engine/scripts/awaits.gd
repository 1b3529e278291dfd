extends "suite.gd"
## `async def` in Python, and `await` on both sides.


func frame() -> Signal:
	return get_tree().process_frame


func wait_and_double(number: int) -> int:
	await get_tree().process_frame
	return number * 2


func awaiting() -> PyAwaiting:
	var node := PyAwaiting.new()
	add_child(node)
	return node


func test_what_ends_at_once_is_its_result() -> void:
	var node := awaiting()
	check("without await", node.at_once(1), 2)
	check("with it", await node.at_once(2), 3)
	node.free()


func test_what_waits_is_awaited() -> void:
	var node := awaiting()
	check("a signal", typeof(node.next_frame(1)), TYPE_SIGNAL)
	check("its result", await node.next_frame(1), 2)
	check("a static one", await PyAwaiting.by_class(), "static")
	check("typed", await node.call("next_frame", 3), 4)
	node.free()


func test_all_kinds_of_signals() -> void:
	var node := awaiting()
	var over := []
	var wait := func() -> void: over.append(await node.several())
	wait.call()
	for i in 3:
		await frame()
	node.fired.emit("Ada", 3)
	node.alone.emit()
	while over.is_empty():
		await frame()
	check("in their order", over, [[2, 6, ["Ada", 3], null, 11]])
	node.free()


func test_a_virtual_method() -> void:
	var node := awaiting()
	check("begins", node.get_log(), ["ready"])
	node.alone.emit()
	check("goes on", node.get_log(), ["ready", "no more alone"])
	node.free()


func test_a_function_of_a_script() -> void:
	var node := awaiting()
	check("doubled", await node.of_a_script(self), 8)
	check(
		"another object",
		node.of_an_object(RefCounted.new()),
		"a RefCounted cannot be awaited; await one of its signals"
	)
	node.free()


func test_who_awaits_late() -> void:
	var node := awaiting()
	var later: Signal = node.next_frame(7)
	for i in 5:
		await frame()
	check("has not missed it", await later, 8)
	node.free()


func test_what_raises() -> void:
	var node := awaiting()
	expect("ValueError: raised at once")
	expect("Invalid call")
	_call_untyped(node)
	expect("ValueError: raised later")
	check("later", await node.raises("later"), null)
	expect("a builtins.object has no counterpart in the engine")
	check("no result", await node.result_without_counterpart(), null)
	var text: String = node.strange("text")
	check_true("what is no signal: " + text, text.contains("awaits a str; on the engine's loop there are"))
	node.free()


func _call_untyped(node: Variant) -> void:
	node.raises("at once")
	fail("it went on")


func test_callbacks() -> void:
	var node := awaiting()
	var timer := Timer.new()
	add_child(timer)
	node.connect_coroutines(timer)
	timer.timeout.emit()
	await frame()
	await frame()
	check("all went on", node.get_log(), ["ready", "method", "private"])
	timer.free()
	node.free()


func test_an_object_that_goes() -> void:
	var before := PyAwaiting.cleaned()
	var node := awaiting()
	var waiting: Variant = node.cleans_up()
	check("waits", typeof(waiting), TYPE_SIGNAL)
	node.free()
	await frame()
	check("is cleaned up", PyAwaiting.cleaned(), before + 1)


func test_an_object_that_goes_while_its_coroutine_awaits_another() -> void:
	var before := PyAwaiting.cleaned()
	var node := awaiting()
	check("waits", typeof(node.outlives_itself()), TYPE_SIGNAL)
	await frame()
	node.free()
	await frame()
	check("is cleaned up", PyAwaiting.cleaned(), before + 1)
	node = awaiting()
	check("waits", typeof(node.frees_itself_later()), TYPE_SIGNAL)
	for i in 3:
		await frame()
	check("ends where it is freed", PyAwaiting.cleaned(), before + 1)


func test_a_callback_whose_object_goes() -> void:
	var before := PyAwaiting.cleaned()
	var node := awaiting()
	var timer := Timer.new()
	add_child(timer)
	node.connect_coroutines(timer)
	timer.timeout.emit()
	node.free()
	await frame()
	await frame()
	check("nothing goes on", PyAwaiting.cleaned(), before)
	timer.free()


func test_a_signal_whose_object_has_gone() -> void:
	var node := awaiting()
	var text := "the object of the signal that PyAwaiting.of_a_freed_object awaits has been freed"
	check("is told", node.of_a_freed_object(), text)
	node.free()


func test_what_raises_in_cleanup() -> void:
	var node := awaiting()
	check("waits", typeof(node.raises_in_cleanup()), TYPE_SIGNAL)
	expect("ValueError: raised in cleanup")
	node.free()


func test_a_counted_object_lives_until_it_has_ended() -> void:
	check("its result", await PyAwaitingCounted.new().wait(get_tree()), "PyAwaitingCounted")


func test_futures() -> void:
	var node := awaiting()
	check("of an executor", await node.of_an_executor(5), [2, true])
	check("that raises", await node.of_an_executor(0), ["ZeroDivisionError", true])
	check("that is over", node.of_a_future_that_is_over(), 7)
	check("that was cancelled", node.of_a_future("cancelled"), "CancelledError: ")
	check("of asyncio", await node.of_asyncio(4), 8)
	check(
		"asyncio's own",
		node.of_a_future("asyncio"),
		(
			"TypeError: PyAwaiting.of_a_future awaits a Future; on the engine's loop there are signals, "
			+ "coroutines that await them, and what wrap_future makes of a future of concurrent.futures"
		)
	)
	check(
		"none at all",
		node.of_a_future("text"),
		(
			"TypeError: wrap_future takes a concurrent.futures.Future, as executors and "
			+ "asyncio.run_coroutine_threadsafe return, not a str"
		)
	)
	node.free()


func test_what_never_ends_ends_with_the_game() -> void:
	var node := awaiting()
	check("waits", typeof(node.cleans_up()), TYPE_SIGNAL)
	check("for a future", typeof(node.of_a_future_that_never_comes()), TYPE_SIGNAL)
