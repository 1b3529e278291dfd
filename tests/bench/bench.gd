extends SceneTree
## Runs a plan: each row by both clients in turn, some rounds; prints the microseconds of each.
##
## Command line: the plan.


func _initialize() -> void:
	var plan: Dictionary = str_to_var(FileAccess.get_file_as_string(OS.get_cmdline_user_args()[0]))
	var roots := X509Certificate.new()
	roots.load_from_string(plan["roots"])
	for round: int in plan["rounds"]:
		for row: Dictionary in plan["rows"]:
			for turn in 2:
				var number := (turn + round) % 2  # who goes first takes turns too
				var script: GDScript = load(plan["workers"][number])
				var options: TLSOptions = TLSOptions.client(roots) if row["tls"] else null
				var worker: RefCounted = script.new(row["port"], options)
				var usec: int = worker.run(row["work"], row["amount"])
				print("TOOK ", row["id"], " ", number, " ", usec)
	quit()
