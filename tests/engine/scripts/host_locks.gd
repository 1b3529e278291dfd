extends "suite.gd"
## Objects whose end waits for a lock, and whose last reference Python has.

const TOUCHES := 2000

var dropper := PyDropper.new()
var mutex := Mutex.new()
var deep: Array = []


class Waiting:
	extends RefCounted
	## The engine's own; takes a lock at its end.

	var mutex: Mutex

	func _notification(what: int) -> void:
		if what == NOTIFICATION_PREDELETE:
			mutex.lock()
			mutex.unlock()


class WaitingOfPython:
	extends PyCounted
	## The same of a class of Python's.

	var mutex: Mutex

	func _notification(what: int) -> void:
		if what == NOTIFICATION_PREDELETE:
			mutex.lock()
			mutex.unlock()


func _ready() -> void:
	for i in 2000:
		deep = [deep]


func make(python: bool) -> RefCounted:
	var made: Variant = WaitingOfPython.new() if python else Waiting.new()
	made.mutex = mutex
	return made


func make_result(python: bool) -> Array:
	var result := [make(python), deep]
	dropper.begin()
	return result


## Has the lock until somebody is about to wait for it, and wants the GIL all the while.
func hold_the_lock() -> void:
	mutex.lock()
	dropper.arrive()
	while not dropper.is_dropping():
		pass
	for i in TOUCHES:
		dropper.is_dropping()
	mutex.unlock()


## A drop in Python, while a thread has the lock that the object's end waits for.
func drop(how: String, python: bool) -> void:
	var thread := Thread.new()
	thread.start(hold_the_lock)
	dropper.wait()
	if how == "in the engine":
		var made := make(python)
		dropper.keep(made)
		dropper.forget()
		dropper.begin()
		made = null
		dropper.forget()  # enters Python
	else:
		dropper.drop(how, (make_result if how == "a result that cannot come" else make).bind(python))
	thread.wait_to_finish()
	check("%s%s" % [how, ", of Python's class" if python else ""], PyCounted.alive(), 0)


## A function for each, so that one that hangs is one that fails.
func test_a_proxy() -> void:
	drop("a proxy", false)


func test_a_proxy_of_pythons() -> void:
	drop("a proxy", true)


func test_a_callable() -> void:
	drop("a Callable", false)


func test_a_callable_of_pythons() -> void:
	drop("a Callable", true)


func test_an_attribute() -> void:
	drop("an attribute", false)


func test_metadata() -> void:
	drop("metadata", false)


func test_metadata_of_pythons() -> void:
	drop("metadata", true)


func test_a_cycle() -> void:
	drop("a cycle", false)


func test_an_array() -> void:
	drop("an Array", false)


func test_an_array_of_pythons() -> void:
	drop("an Array", true)


func test_a_dictionary() -> void:
	drop("a Dictionary", false)


func test_an_argument() -> void:
	drop("an argument", false)


func test_an_argument_of_pythons() -> void:
	drop("an argument", true)


func test_a_result_that_cannot_come() -> void:
	drop("a result that cannot come", false)


func test_a_result_of_pythons_that_cannot_come() -> void:
	drop("a result that cannot come", true)


func test_dropped_in_the_engine() -> void:
	drop("in the engine", true)
