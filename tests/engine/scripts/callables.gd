extends "suite.gd"
## Python's methods as Callables: those that are registered are the engine's own, by object and name.

signal rang(times: int)

var ear := PyEar.new()
var keen := PyKeenEar.new()


func _notification(what: int) -> void:
	if what == NOTIFICATION_PREDELETE:
		ear.free()
		keen.free()


func test_a_method_is_the_engines_own_callable() -> void:
	for name: String in ["hear", "more", "heard", "is_same"]:
		var callable: Callable = ear.callable_of(name)
		check(name, callable, Callable(ear, name))
		check(name + ": the other way", Callable(ear, name), callable)
		check(name + ": hash", callable.hash(), Callable(ear, name).hash())
		check(name + ": a key", {callable: 1}.has(Callable(ear, name)), true)
		check(name + ": no custom one", callable.is_custom(), false)
		check(name + ": name", callable.get_method(), StringName(name))
		check(name + ": object", callable.get_object(), ear)
		check(name + ": id", callable.get_object_id(), ear.get_instance_id())
		check(name + ": valid", callable.is_valid(), true)


func test_other_callables_are_custom() -> void:
	for callable: Callable in [ear.callable_of("_whisper"), ear.lambda_of(), keen.parents_more()]:
		check("custom", callable.is_custom(), true)
		check("works", [callable.is_valid(), callable.call(2)], [true, null])
	check("heard", [ear.heard(), keen.heard()], [["whisper 2", "lambda 2"], ["more 2 ()"]])
	var private: Callable = ear.callable_of("_whisper")
	check("private", ear.callable_of("_whisper"), private)
	check("no other object's", ear.callable_of("_whisper") == keen.callable_of("_whisper"), false)


func test_a_method_of_two_names() -> void:
	check("the one that it was given", ear.callable_of("listen"), Callable(ear, "hear"))
	check("overridden under one", keen.callable_of("hear"), Callable(keen, "hear"))
	check("the other still calls the first", keen.callable_of("listen"), Callable(keen, "listen"))
	keen.callable_of("listen").call(1)
	keen.callable_of("hear").call(2)
	check("calls", keen.heard().slice(-2), ["hear 1", "keen 2"])


func test_methods_of_the_engines() -> void:
	check("of a Python object", ear.callable_of("get_child_count"), Callable(ear, "get_child_count"))
	check("works", ear.callable_of("get_child_count").call(), 0)


func test_connections_meet() -> void:
	for name: String in ["hear", "more", "_whisper"]:
		for listener: PyEar in [ear, keen]:
			var before: int = listener.heard().size()
			listener.listen_to(rang, name)
			check(name, listener.listens_to(rang, name), true)
			if name != "_whisper":
				check(name + ": GDScript sees it", rang.is_connected(Callable(listener, name)), true)
			rang.emit(1)
			check(name + ": heard", listener.heard().size(), before + 1)
			listener.leave(rang, name)
			check(name + ": left", rang.get_connections(), [])
	rang.connect(ear.hear)
	check("Python sees it", ear.listens_to(rang, "hear"), true)
	ear.leave(rang, "hear")
	check("Python leaves", rang.is_connected(ear.hear), false)
	ear.listen_to(rang, "hear")
	rang.disconnect(ear.hear)
	check("GDScript leaves", ear.listens_to(rang, "hear"), false)


func test_flags_and_bound_arguments() -> void:
	var before := ear.heard().size()
	ear.listen_to(rang, "hear", CONNECT_ONE_SHOT)
	rang.emit(1)
	rang.emit(2)
	check("one shot", ear.heard().slice(before), ["hear 1"])
	ear.listen_to(rang, "hear", CONNECT_DEFERRED)
	rang.emit(3)
	check("not yet", ear.heard().size(), before + 1)
	await get_tree().process_frame
	await get_tree().process_frame
	check("deferred", ear.heard().slice(before + 1), ["hear 3"])
	ear.leave(rang, "hear")
	var bound: Callable = ear.bind_more()
	check("bound", bound, Callable(ear, "more").bind(5))
	rang.connect(bound)
	rang.emit(4)
	check("bound argument", ear.heard().back(), "more 4 (5,)")
	rang.disconnect(Callable(ear, "more").bind(5))
	ear.listen_to(rang, "hear", CONNECT_REFERENCE_COUNTED)
	rang.connect(ear.hear, CONNECT_REFERENCE_COUNTED)
	ear.leave(rang, "hear")
	check("counted", ear.listens_to(rang, "hear"), true)
	rang.disconnect(ear.hear)
	check("to the end", rang.get_connections(), [])


func test_arguments_are_those_of_the_method() -> void:
	ear.listen_to(rang, "typed")
	rang.emit(5)
	check("a member", ear.heard().back(), "typed <Grade.BAD: 5>")
	ear.leave(rang, "typed")


func test_python_compares_them() -> void:
	check("from GDScript", ear.is_same(ear.hear, "hear"), true)
	check("by name", ear.is_same(Callable(ear, "more"), "more"), true)
	check("the engine's", ear.is_same(ear.get_child_count, "get_child_count"), true)
	check("another method", ear.is_same(ear.more, "hear"), false)
	check("another object", ear.is_same(keen.more, "more"), false)
	check("a script's", ear.is_same(test_python_compares_them, "hear"), false)
	check("a private one", ear.is_same(ear.callable_of("_whisper"), "_whisper"), true)
	check("none", ear.is_same(Callable(), "hear"), false)


func test_an_object_that_connects_while_it_is_made() -> void:
	check("a Node", ear.rang.is_connected(ear.from_init), true)
	var shy := PyShyEar.new()
	check("references", shy.get_reference_count(), 1)
	check("connected", get_tree().process_frame.is_connected(shy.hear), true)
	await get_tree().process_frame
	await get_tree().process_frame
	check_true("heard", shy.heard() > 0)


func test_they_end_with_their_object() -> void:
	var brief := PyEar.new()
	var callable: Callable = brief.callable_of("hear")
	brief.listen_to(rang, "hear")
	brief.free()
	check("not valid", callable.is_valid(), false)
	check("not connected", rang.get_connections(), [])
