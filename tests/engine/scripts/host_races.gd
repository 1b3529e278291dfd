extends "suite.gd"
## Objects whose last references go in many threads at once.

var dropper := PyDropper.new()


func had(count: int) -> Array[PyCounted]:
	var all: Array[PyCounted] = []
	for i in count:
		var counted := PyCounted.new()
		dropper.keep(counted)
		all.append(counted)
	dropper.forget()
	return all


## Lets go of one after the other; some are handed to Python before.
func drop_when_told(all: Array[PyCounted], start: Semaphore, calls: int) -> void:
	start.wait()
	for i in all.size():
		var counted: PyCounted = all.pop_back()
		if calls > 0 and i % calls == 0:
			dropper.look(counted)


## Each of the threads has all of the objects.
func drop_together(threads: int, calls: int, python: bool) -> void:
	for turn in 20:
		var start := Semaphore.new()
		var running: Array[Thread] = []
		var all := had(500)
		for i in threads:
			running.append(Thread.new())
			running[i].start(drop_when_told.bind(all.duplicate(), start, calls))
		if python:
			dropper.keep_all(all)
		all.clear()
		start.post(threads)
		if python:
			dropper.pop_all()
		for thread in running:
			thread.wait_to_finish()
		running.clear()
	dropper.forget()
	check("none is left", PyCounted.alive(), 0)


func test_two_threads_drop_the_same() -> void:
	drop_together(2, 0, false)


func test_two_threads_pass_on_and_drop_the_same() -> void:
	drop_together(2, 1, false)


func test_four_threads_drop_the_same() -> void:
	drop_together(4, 3, false)


func test_a_thread_and_python_drop_the_same() -> void:
	drop_together(1, 0, true)


func test_threads_and_python_drop_the_same() -> void:
	drop_together(3, 2, true)


## Python hands out what it has and lets go of it, while a thread drops the same.
func test_python_hands_out_what_is_dropped() -> void:
	for turn in 20:
		var start := Semaphore.new()
		var running: Array[Thread] = []
		var all := had(500)
		dropper.keep_all(all)
		for i in 2:
			running.append(Thread.new())
			running[i].start(drop_when_told.bind(all.duplicate(), start, 0))
		all.clear()
		start.post(2)
		var counted := dropper.pop()
		while counted != null:
			counted = dropper.pop()
		for thread in running:
			thread.wait_to_finish()
	dropper.forget()
	check("none is left", PyCounted.alive(), 0)


## Takes references to objects that only Python has, and lets go of them again.
func refer_when_told(all: Array[WeakRef], start: Semaphore) -> void:
	start.wait()
	for turn in 20:
		for weak in all:
			var counted: PyCounted = weak.get_ref()
			counted.itself()


func test_threads_refer_to_what_python_has() -> void:
	for turn in 5:
		var all: Array[WeakRef] = []
		for i in 200:
			var counted := PyCounted.new()
			dropper.keep(counted)
			all.append(weakref(counted))
		var start := Semaphore.new()
		var running: Array[Thread] = []
		for i in 3:
			running.append(Thread.new())
			running[i].start(refer_when_told.bind(all, start))
		start.post(3)
		for thread in running:
			thread.wait_to_finish()
		check("all live", PyCounted.alive(), 200)
		dropper.pop_all()
		check("none is left", PyCounted.alive(), 0)
