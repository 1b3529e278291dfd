extends "suite.gd"
## For suites that measure: how much memory the process has, and waiting with a bound.

const NOISE := 1024 * 1024  # bytes
const PATIENCE_MSEC := 120_000
const HOST := "127.0.0.1"


## A figure of the process in bytes: VmRSS for what it has now, VmHWM for the most it has had.
func process_memory(figure: String) -> int:
	var file := FileAccess.open("/proc/self/status", FileAccess.READ)
	var line := file.get_line()
	while not line.begins_with(figure + ":"):
		line = file.get_line()
	return line.to_int() * 1024


## A line that the system tells about a process; such files have no length, so they can't be read whole.
func first_line(path: String) -> String:
	return FileAccess.open(path, FileAccess.READ).get_line()


## Lets frames pass until [param condition] holds; tells whether it did in time.
func until(condition: Callable, msec := PATIENCE_MSEC) -> bool:
	var end := Time.get_ticks_msec() + msec
	while not condition.call():
		if Time.get_ticks_msec() > end:
			return false
		await get_tree().process_frame
	return true


## Does the same work again and again: once pools and caches have filled, it must need no more memory.
func check_settles(what: String, work: Callable) -> void:
	await work.call()
	var grown := 0
	for i in 3:
		var before := process_memory("VmRSS")
		await work.call()
		grown = process_memory("VmRSS") - before
		if grown < NOISE:
			break
	check_true("%s: the process grew by %d bytes once more" % [what, grown], grown < NOISE)


func check_flat(what: String, before: int, after: int) -> void:
	check_true("%s: the process grew by %d bytes" % [what, after - before], after - before < NOISE)
