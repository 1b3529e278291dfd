extends SceneTree
## Runs a plan: rows, each by its contenders in turn, some rounds; prints what each of them took.
##
## Command line: the plan.


func _initialize() -> void:
	var plan: Dictionary = JSON.parse_string(FileAccess.get_file_as_string(OS.get_cmdline_user_args()[0]))
	var roots := X509Certificate.new()
	roots.load_from_string(FileAccess.get_file_as_string(plan["roots"]))
	for row: Dictionary in plan["rows"]:
		var tls: TLSOptions = TLSOptions.client(roots) if row["tls"] else null
		var contenders: Array = row["contenders"]
		for round: int in row["rounds"]:
			for turn in contenders.size():
				var contender: Dictionary = contenders[(turn + round) % contenders.size()]  # by turns the first
				var sample: Array = await run_one(contender, row, tls)
				print("SAMPLE ", JSON.stringify([row["id"], contender["name"], sample]))
	Engine.remove_meta("longest")
	quit()


func run_one(contender: Dictionary, row: Dictionary, tls: TLSOptions) -> Array:
	if contender.has("command"):
		return run_command(contender["command"])
	var script: GDScript = load(contender["script"])
	var worker: RefCounted = script.new(row, tls)
	return await worker.run(row["work"], int(row["amount"]))


func run_command(words: Array) -> Array:
	var output: Array = []
	if OS.execute(words[0], PackedStringArray(words.slice(1)), output) != 0:
		return []
	return Array((output[0] as String).split_floats(" ", false))
