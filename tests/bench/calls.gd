extends SceneTree
## Runs a plan: operations in GDScript and by way of Python in turn; prints what each took. The run writes the
## operations behind this.
##
## Command line: the plan.


func _initialize() -> void:
	var plan: Dictionary = JSON.parse_string(FileAccess.get_file_as_string(OS.get_cmdline_user_args()[0]))
	for round: int in plan["rounds"]:
		for row: Array in plan["rows"]:
			for turn in 2:
				var who: String = ["engine", "ours"][(turn + round) % 2]
				var usec: float = call("run_%s_%s" % [row[0].replace("-", "_"), who], int(row[1]))
				print("SAMPLE ", JSON.stringify([row[0], who, usec]))
	quit()


static func hundred() -> Dictionary:
	var made := {}
	for number in 100:
		made["key %d" % number] = number
	return made
