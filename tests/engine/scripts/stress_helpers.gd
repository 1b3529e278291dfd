extends "suite.gd"
## Event loops, subprocesses and other processes, used by a game.

const SQUARES := [0, 1, 4, 9, 16]


func double(number: int) -> int:
	return number * 2


func doubles() -> Array:
	return range(20).map(double)


func test_subprocesses() -> void:
	check("their output", PyHelpers.subprocesses(), ["ONE", "TWO"])


func test_processes() -> void:
	check("spawned", PyHelpers.processes("spawn"), SQUARES)


func test_futures() -> void:
	check("spawned", PyHelpers.futures("spawn"), SQUARES)


func test_an_executors_threads_call_the_engine() -> void:
	check("results", PyHelpers.threads(double), doubles())


func test_an_event_loop_in_a_thread() -> void:
	check("results", PyHelpers.event_loop(double), doubles())


func in_thread() -> Array:
	return [PyHelpers.threads(double), PyHelpers.event_loop(double), PyHelpers.subprocesses()]


func test_all_from_a_thread_of_the_engines() -> void:
	var thread := Thread.new()
	thread.start(in_thread)
	check("results", thread.wait_to_finish(), [doubles(), doubles(), ["ONE", "TWO"]])


func test_an_event_loop_that_steps_with_the_frames() -> void:
	var stepper := PyStepper.new()
	add_child(stepper)
	check("results", await stepper.done, [0, 1, 2, 3, 4])
	await get_tree().process_frame  # this was called by what it runs
	stepper.free()
	var stopped := PyStepper.new()
	add_child(stopped)
	stopped.free()
