extends "suite.gd"
## Calls of each kind, very many: the process does not grow.
##
## [code]--calls=number[/code]: how many of each.

const KINDS := [
	"a method",
	"a method, untyped",
	"a default",
	"a static method",
	"a Callable",
	"a lambda of Python's",
	"a property",
	"a property, untyped",
	"a signal to Python",
	"a notification",
	"a text",
	"an object of Python's",
	"a node of Python's",
	"an object passed",
	"an object returned",
	"containers",
	"shared containers",
	"strings",
	"bytes",
]
const IN_PYTHON := [
	"a method",
	"a property",
	"a value's method",
	"an object",
	"an instance",
	"a signal to GDScript",
	"a connection",
	"a Callable",
	"a static method",
	"an Array",
	"a Dictionary",
	"a constant",
	"a name that is not there",
	"a call that fails",
	"a weak reference",
]
const BYTES := 20  # a call, that the process may grow by: less than anything that is allocated

var calls := 0
var busy: PyBusy


func resident() -> int:
	var file := FileAccess.open("/proc/self/statm", FileAccess.READ)
	return file.get_line().get_slice(" ", 1).to_int() * 4096


func listen(_number: int) -> void:
	pass


func flat(what: String, work: Callable) -> void:
	work.call(calls / 10)  # pools and caches fill
	await get_tree().process_frame
	var before := resident()
	work.call(calls)
	await get_tree().process_frame
	await get_tree().process_frame
	var grown := resident() - before
	check_true("%s: the process grew by %d" % [what, grown], grown < BYTES * calls)


func test_calls_from_gdscript() -> void:
	calls = option("calls").to_int()
	busy = PyBusy.new()
	busy.hear(busy)
	for kind: String in KINDS:
		await flat(kind, call_many.bind(kind))
	busy = null


func test_calls_from_python() -> void:
	calls = option("calls").to_int()
	busy = PyBusy.new()
	busy.rung.connect(listen)
	for kind: String in IN_PYTHON:
		await flat(kind + ", in Python", func(times: int) -> void: busy.run(kind, times))
	busy = null


func call_many(times: int, kind: String) -> void:
	var untyped: Variant = busy
	var callable := Callable(busy, "number")
	var lambda := busy.function()
	var sum := 0
	match kind:
		"a method":
			for i in times:
				sum += busy.number(i)
		"a method, untyped":
			for i in times:
				sum += untyped.number(i)
		"a default":
			for i in times:
				sum += busy.number()
		"a static method":
			for i in times:
				sum += PyBusy.static(i)
		"a Callable":
			for i in times:
				sum += callable.call(i)
		"a lambda of Python's":
			for i in times:
				sum += lambda.call(i)
		"a property":
			for i in times:
				busy.level = busy.level + 1
		"a property, untyped":
			for i in times:
				untyped.plain = untyped.plain + 1
		"a signal to Python":
			for i in times:
				busy.rung.emit(i)
		"a notification":
			for i in times:
				busy.notification(1000)
		"a text":
			for i in times:
				str(busy)
		"an object of Python's":
			for i in times:
				PyCounted.new()
		"a node of Python's":
			for i in times:
				PyThingNode.new().free()
		"an object passed":
			var counted := PyCounted.new()
			for i in times / 2:
				busy.take(counted)
				busy.take(PyCounted.new())
		"an object returned":
			for i in times / 2:
				busy.give(true)
				busy.give(false)
		"containers":
			var value := {"a": [1, "two", Vector2()], 5: busy}
			for i in times / 4:
				busy.echo(value)
		"shared containers":
			var array := [busy]
			for i in times / 4:
				busy.share(array, {})
		"strings":
			for i in times:
				busy.echo("text that is not short %d" % i)
		"bytes":
			var bytes := PackedByteArray([1, 2, 3])
			for i in times:
				busy.bytes(bytes)
