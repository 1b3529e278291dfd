@tool
extends "suite.gd"
## The base of suites that run in the editor.

const FRAMES := 3000  # a bound for what is waited for


func wait_for(what: String, condition: Callable) -> void:
	for _frame in FRAMES:
		if condition.call():
			break
		await get_tree().process_frame
	check_true(what, condition.call())
