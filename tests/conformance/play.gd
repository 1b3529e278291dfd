extends SceneTree
## Plays a plan to both clients, many at a time, and writes what each did: a line of JSON for each.
##
## Command line: the plan, the file for the results, the port of the pulse. When a part begins, a line of the
## results tells its number; when it ends, another tells its number and its acts. The second is missing if an
## error has ended the script so that it never comes to its end.

const Player := preload("player.gd")
const NodePlayer := preload("node_player.gd")
const SessionPlayer := preload("session_player.gd")
const Pulse := preload("pulse.gd")

const FRAMES_PER_SECOND := 120
const ABREAST := 100
const LONGEST_MSEC := 20_000  # without any scenario coming to its end

var _results: FileAccess
var _pulse: Pulse
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
	_pulse = Pulse.new(arguments[2].to_int())
	process_frame.connect(_pulse.poll)
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
	var script: GDScript = Player
	if client is Node:
		script = NodePlayer
	elif client is PyHTTPSession or client is PyHTTPEventSource:
		script = SessionPlayer
	var player: Variant = script.new(client, self, _pulse)
	var acts: Array = await player.play(part["acts"])
	player.close()
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
