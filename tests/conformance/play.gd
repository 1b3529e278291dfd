extends SceneTree
## Plays a plan to both clients, many at a time, and writes what each did: a line of JSON for each.
##
## Command line: the plan, the file for the results. When a part begins, a line there tells its number, and
## when it ends, another tells its number and its acts. If an error ended its script, the second is missing.

const Player := preload("player.gd")

const FRAMES_PER_SECOND := 120
const ABREAST := 100
const LONGEST_MSEC := 20_000  # without any scenario coming to its end

var _results: FileAccess
var _playing := {}  # the numbers of the parts that are under way
var _last_end_msec := 0


func _initialize() -> void:
	_run.call_deferred()


func _run() -> void:
	Engine.max_fps = FRAMES_PER_SECOND
	if not ClassDB.can_instantiate("PyHTTPClient"):
		quit(1)
		return
	var arguments := OS.get_cmdline_user_args()
	var plan: Array = str_to_var(FileAccess.get_file_as_string(arguments[0]))
	_results = FileAccess.open(arguments[1], FileAccess.WRITE)
	_tell({"engine": Engine.get_version_info()["string"]})
	for part: Dictionary in plan:
		await _wait_for_room(1 if part["alone"] else ABREAST)
		_play(part)
		if part["alone"]:
			await _wait_for_room(1)
	await _wait_for_room(1)
	_results.close()
	quit()


func _play(part: Dictionary) -> void:
	var number: int = part["part"]
	_playing[number] = true
	_last_end_msec = Time.get_ticks_msec()
	_tell({"part": number})
	var client: Variant = ClassDB.instantiate(part["client"])
	var player := Player.new(client, self)
	var acts: Array = await player.play(part["acts"])
	client.close()
	if _playing.erase(number):
		_tell({"part": number, "acts": acts})
		_last_end_msec = Time.get_ticks_msec()


func _wait_for_room(most: int) -> void:
	while _playing.size() >= most:
		if Time.get_ticks_msec() - _last_end_msec > LONGEST_MSEC:
			_playing.clear()  # errors have ended their scripts: no more will come of them
		await process_frame


func _tell(what: Dictionary) -> void:
	_results.store_line(JSON.stringify(what))
	_results.flush()
	print(what.get("part"))  # a sign of life
