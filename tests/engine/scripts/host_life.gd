extends "suite.gd"
## When an object of Python's ends to which nobody refers any more.

const PLACES := ["first", "second", "third"]
const WAYS := ["typed", "typed objects", "untyped", "untyped objects", "any number", "a Callable", "a signal"]

var keeper := PyKeeper.new()
var taker := PyTaker.new()


## Objects that Python has had, and to which only the engine refers now.
func had(count: int) -> Array[PyCounted]:
	var all: Array[PyCounted] = []
	for i in count:
		var counted := PyCounted.new()
		keeper.keep(counted)
		all.append(counted)
	keeper.drop()
	return all


func objects() -> int:
	return int(Performance.get_monitor(Performance.OBJECT_COUNT))


func test_many_are_dropped_at_once() -> void:
	for count: int in [1, 10_000, 300_000]:
		var all := had(count)
		check("%d live" % count, PyCounted.alive(), count)
		all.clear()
		keeper.count()  # enters Python
		check("%d are gone" % count, PyCounted.alive(), 0)


func test_dropped_while_python_has_some() -> void:
	var all := had(10_000)
	for i in range(0, all.size(), 2):
		keeper.keep(all[i])
	all.clear()
	keeper.count()
	check("Python has half of them", PyCounted.alive(), 5000)
	keeper.drop()
	check("and lets go", PyCounted.alive(), 0)


func test_gone_when_the_frame_is_over() -> void:
	had(1)
	await get_tree().process_frame
	await get_tree().process_frame
	var before := objects()
	var all := had(300_000)
	for left: int in [200_000, 199_999, 100_000, 0]:
		all.resize(left)
		await get_tree().process_frame
		check("without a call to Python %d are left" % left, objects() - before, left)
	check("nor has Python any", PyCounted.alive(), 0)


func test_a_weak_reference_is_dead_after_the_frame() -> void:
	var node := Node.new()
	add_child(node)
	for how: String in ["a local", "metadata", "a node", "Python's own"]:
		await get_tree().process_frame
		var weak: WeakRef
		match how:
			"a local":
				weak = weakref(had(1)[0])
			"Python's own":
				weak = weakref(keeper.make())
			_:
				var counted := had(1)[0]
				node.set_meta("it", counted)
				weak = weakref(counted)
		match how:
			"metadata":
				node.remove_meta("it")
			"a node":
				node.queue_free()
		await get_tree().process_frame
		if how == "a node":
			await get_tree().process_frame  # the node itself lives to the end of the frame
		check("%s let go" % how, weak.get_ref() == null, true)


func pass_on(way: String, first: RefCounted, second: RefCounted, third: RefCounted) -> void:
	var untyped: Variant = taker
	match way:
		"typed":
			taker.any(first, second, third)
		"typed objects":
			taker.objects(first, second, third)
		"untyped":
			untyped.any(first, second, third)
		"untyped objects":
			untyped.objects(first, second, third)
		"any number":
			taker.rest(first, second, third)
		"a Callable":
			taker.function().call(first, second, third)
		"a signal":
			var source := PySource.new()
			source.three.connect(taker.any)
			source.three.emit(first, second, third)


## Weak references to an object that was one of three arguments, at each place.
func weak_after(way: String) -> Array[WeakRef]:
	var weak: Array[WeakRef] = []
	for place in 3:
		var counted := PyCounted.new()
		weak.append(weakref(counted))
		pass_on(
			way,
			counted if place == 0 else null,
			counted if place == 1 else null,
			counted if place == 2 else null
		)
	return weak


func test_the_place_of_an_argument_changes_nothing() -> void:
	for way: String in WAYS:
		var weak := weak_after(way)
		for place in 3:
			check("%s, %s argument" % [way, PLACES[place]], weak[place].get_ref() == null, true)


## A weak reference to what was passed in a container.
func weak_after_container(way: String) -> WeakRef:
	var untyped: Variant = taker
	var counted := PyCounted.new()
	match way:
		"typed":
			taker.items([null, counted])
		"untyped":
			untyped.items([counted])
		"a Dictionary":
			untyped.dictionary({"it": counted, counted: 1})
		"a nested one":
			untyped.any([{"it": [counted]}], null, [[counted]])
	return weakref(counted)


func test_containers_keep_nothing() -> void:
	for way: String in ["typed", "untyped", "a Dictionary", "a nested one"]:
		var weak := weak_after_container(way)
		await get_tree().process_frame
		check("%s: gone" % way, weak.get_ref() == null, true)
	check("nor is one left in Python", PyCounted.alive(), 0)
