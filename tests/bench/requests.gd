extends "worker.gd"
## Works of what makes whole requests: nodes, or sessions, as the scripts have it that extend this one.
##
## Further options of a row: `sessions`, how many of them make the requests that so many nodes (`clients`)
## make; `calling`, what the node in Python does.

## A request is over: the bytes of its body, or -1.
signal answered(size: int)

const SMALL := "/json"
const SMALL_ONES := 100  # beside a download

var _sessions_wanted: int
var _calling: String


func _init(row: Dictionary, tls: TLSOptions) -> void:
	super(row, tls)
	var options: Dictionary = row["options"]
	_sessions_wanted = options.get("sessions", 1)
	_calling = options.get("calling", "")


func run(work: String, amount: int) -> Array:
	await _tree().process_frame  # before it the root is not in the tree
	var sample: Array = await super(work, amount)
	_free_all()
	return sample


## As fast as one node or session can.
func work_fetches(times: int) -> bool:
	await _prepare()
	_begin()
	var done := await _fetch_many(times)
	return _end() and done


## One after the other, in frames.
func work_fetches_by_frames(times: int) -> bool:
	await _prepare()
	_begin_frames()
	var done := await _fetch_in_turn(times)
	_end_frames()
	return done


## As many at once as there are clients, again and again.
func work_fetches_at_once(requests: int) -> bool:
	await _prepare()
	_begin()
	for done in range(0, requests, _clients):
		if not await _fetch_at_once(_clients):
			return false
	return _end()


func work_download_by_frames(mebibytes: int) -> bool:
	await _prepare(SMALL)
	_begin_frames()
	_start(0, _path)
	var size: int = await answered
	_end_frames()
	return size == mebibytes << 20


## They have each made a request, and are kept.
func work_hold(_amount: int) -> bool:
	_begin()
	_make()
	var done := await _fetch_at_once(_clients)
	_end()
	return done


## A node in Python calls the engine in each frame, beside the load that there may be.
func work_calls(frames: int) -> bool:
	await _prepare(SMALL)
	var caller := PyCaller.new()
	caller.prepare(_calling)
	_tree().root.add_child(caller)
	Engine.max_fps = FRAMES
	var beside := Load.new()
	_keep_busy(beside)
	_begin()
	var before: float = caller.spent()
	for frame in frames:
		await _tree().process_frame
	var usec: float = caller.spent() - before
	_end(false)
	_sample[0] = usec
	beside.wanted = false
	while beside.running:
		await _tree().process_frame
	caller.free()
	return not beside.failed


## What goes on beside the calls.
class Load:
	extends RefCounted
	var wanted := true
	var running := false
	var failed := false


## Makes whatever makes the requests.
func _make() -> void:
	assert(false, "a script that extends this one has it")


## Begins a request; `answered` is emitted when it is over.
func _start(_number: int, _where: String) -> void:
	assert(false, "a script that extends this one has it")


## Makes so many requests by the first node or session.
func _fetch_many(_times: int) -> bool:
	assert(false, "a script that extends this one has it")
	return false


func _free_all() -> void:
	assert(false, "a script that extends this one has it")


func _keep_busy(_load: Load) -> void:
	pass


func _prepare(where := _path) -> void:
	_make()
	_start(0, where)
	await answered


func _fetch_in_turn(times: int) -> bool:
	for time in times:
		_start(0, _path)
		var size: int = await answered
		if size <= 0:
			return false
	return true


func _fetch_at_once(times: int) -> bool:
	var sizes: Array[int] = []
	var keep := func(size: int) -> void: sizes.append(size)
	answered.connect(keep)
	for number in times:
		_start(number, _path)
	while sizes.size() < times:
		await answered
	answered.disconnect(keep)
	return sizes.min() > 0


func _begin_frames() -> void:
	Engine.max_fps = FRAMES
	_tree().process_frame.connect(_count)
	_begin()
	_frames = 1  # this one


func _end_frames() -> void:
	_end()
	_tree().process_frame.disconnect(_count)


func _count() -> void:
	_frames += 1


func _url(where: String) -> String:
	return "%s:%d%s" % [_host, _port, where]


func _tree() -> SceneTree:
	return Engine.get_main_loop()
