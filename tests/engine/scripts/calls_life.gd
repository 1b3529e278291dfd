extends "suite.gd"
## Who owns whom, for how long, and from which thread.

const ROUND := 100_000
const NOISE := 512 * 1024  # bytes
const FOUR_THREADS := """
import threading
from godot import Resource

names = []

def work():
    for i in range(200):
        resource = Resource()
        resource.resource_name = str(i)
        names.append(resource.resource_name)

threads = [threading.Thread(target=work) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join(10) for thread in threads]
result = len(names)
"""


func resident() -> int:
	var file := FileAccess.open("/proc/self/status", FileAccess.READ)  # whose length is 0: line by line
	var line := file.get_line()
	while not line.begins_with("VmRSS:"):
		line = file.get_line()
	return line.to_int() * 1024


func flat(what: String, work: Callable) -> void:
	work.call()  # pools and caches fill
	var engine := OS.get_static_memory_usage()
	var process := resident()
	work.call()
	check_true(
		"%s: the engine's memory grew by %d" % [what, OS.get_static_memory_usage() - engine],
		OS.get_static_memory_usage() - engine < NOISE
	)
	check_true("%s: the process grew by %d" % [what, resident() - process], resident() - process < 4 * NOISE)


func test_memory_is_flat() -> void:
	var keeper := PyKeeper.new()
	flat("made by GDScript", make_many)
	flat("made by Python", func() -> void: keeper.churn(ROUND))
	flat("nodes", make_nodes)
	flat("handed over", func() -> void: hand_over(keeper))
	check("none is left", [PyThing.alive(), PyThingNode.alive()], [0, 0])


func make_many() -> void:
	for i in ROUND:
		PyThing.new().value()


func make_nodes() -> void:
	for i in ROUND / 4:
		PyThingNode.new().free()


func hand_over(keeper: PyKeeper) -> void:
	for i in ROUND / 10:
		keeper.keep(PyThing.new())
		keeper.make()
		if i % 1000 == 0:
			keeper.drop()
	keeper.drop()


func test_values_do_not_leak() -> void:
	var echo := PyEcho.new()
	var value := {"a": [1, "two", &"three", ^"four", Vector2(), {"b": PackedStringArray(["c"])}], 5: self}
	flat("containers", func() -> void: echo_many(echo, value))
	flat("conversions", func() -> void: convert_many(echo))


func echo_many(echo: Variant, value: Variant) -> void:
	for i in ROUND / 20:
		echo.echo(value)


func convert_many(echo: Variant) -> void:
	for i in ROUND / 20:
		echo.two(i)
		echo.echo_packed_string(["Accept: */*"])
		echo.echo_string_name("name")
		echo.echo_ref(RefCounted.new())


func test_python_keeps_a_refcounted_alive() -> void:
	var keeper := PyKeeper.new()
	keeper.keep(PyThing.new())
	check("one lives", PyThing.alive(), 1)
	check("and works", (keeper.first() as PyThing).value(), 20)
	var resource := Resource.new()
	resource.resource_name = "kept"
	var id := resource.get_instance_id()
	keeper.keep(resource)
	resource = null
	check("the engine's own too", is_instance_id_valid(id), true)
	keeper.drop()
	check("let go", [PyThing.alive(), is_instance_id_valid(id)], [0, false])


func test_the_engine_keeps_what_python_lets_go() -> void:
	var keeper := PyKeeper.new()
	var thing := keeper.make_and_keep()
	keeper.drop()
	check("one lives", PyThing.alive(), 1)
	check("and works", thing.value(), 20)
	thing = null
	keeper.count()  # what the engine was the last to let go of ends when Python is entered next
	check("until the engine lets go", PyThing.alive(), 0)
	thing = keeper.make()
	check("not kept by Python", thing.value(), 20)
	thing = null
	check("gone", PyThing.alive(), 0)


func test_one_object_one_instance() -> void:
	var keeper := PyKeeper.new()
	var thing := PyThing.new()
	keeper.keep(thing)
	check("the same comes back", keeper.first() == thing, true)
	keeper.drop()
	thing.set_meta("here", 1)
	keeper.keep(thing)
	check("with the engine's data", (keeper.first() as PyThing).get_meta("here"), 1)
	keeper.drop()


func test_nodes_belong_to_the_engine() -> void:
	var keeper := PyKeeper.new()
	var node := PyThingNode.new()
	keeper.keep(node)
	keeper.drop()
	check("not freed by Python", is_instance_valid(node), true)
	node.free()
	check("freed by the engine", PyThingNode.alive(), 0)


func test_threads() -> void:
	var keeper := PyKeeper.new()
	var threads: Array[Thread] = []
	for i in 4:
		var thread := Thread.new()
		thread.start(add_many.bind(keeper))
		threads.append(thread)
	for thread in threads:
		thread.wait_to_finish()
	check("no call is lost", keeper.count(), 4 * 2000)
	check("no object is left", PyThing.alive(), 0)


func add_many(keeper: PyKeeper) -> void:
	var untyped: Variant = keeper
	for i in 1000:
		keeper.add(1)
		untyped.add(1)
		PyThing.new().value()
		untyped.make().value()


func test_python_threads_call_the_engine() -> void:
	check("four threads", PyProbe.run(FOUR_THREADS), 800)


func test_objects_left_at_the_end() -> void:
	var keeper := PyKeeper.new()
	keeper.keep(PyThing.new())
	keeper.keep(Resource.new())
	keeper.keep_itself()
	PyProbe.run(
		(
			"import builtins\nfrom calls.register_types import PyFarewell\nfrom godot import Resource\n"
			+ "builtins.left = [Resource(), PyFarewell(), lambda: left]\nresult = 0"
		)
	)
	check("left to the host to let go", keeper.get_reference_count() > 1, true)
