extends RefCounted
## The works of a client, as a script does them that has nothing else to do. It stands here for the engine's
## HTTPClient; the run makes others of it, in which the class has another name.
##
## Options of a row, all with a default: `read`, the bytes of one read; `pause`, microseconds before the first
## look at an answer and whenever nothing has come; `host`; `clients`, how many; `times`, polls of each in a
## frame; `cold`, nothing is done before.

const WAITING := [HTTPClient.STATUS_RESOLVING, HTTPClient.STATUS_CONNECTING, HTTPClient.STATUS_REQUESTING]
const FRAMES := 60
const NOTHING: PackedByteArray = []
const DECODERS := {
	"gzip": FileAccess.COMPRESSION_GZIP,
	"br": FileAccess.COMPRESSION_BROTLI,
	"zstd": FileAccess.COMPRESSION_ZSTD,
}

var _host: String
var _port: int
var _path: String
var _tls: TLSOptions
var _read: int
var _pause: int
var _clients: int
var _times: int
var _cold: bool

var _begun: int
var _cpu: float
var _memory: int
var _frames: int
var _sample: Array


func _init(row: Dictionary, tls: TLSOptions) -> void:
	var options: Dictionary = row["options"]
	_tls = tls
	_host = ("https://" if tls != null else "http://") + options.get("host", "127.0.0.1")
	_port = row["port"]
	_path = row["path"]
	_read = options.get("read", 65536)
	_pause = options.get("pause", 0)
	_clients = options.get("clients", 1)
	_times = options.get("times", 1)
	_cold = options.get("cold", false)


## Does a work; returns what a Sample in samples.py has, or nothing if it failed.
func run(work: String, amount: int) -> Array:
	_sample = []
	Engine.max_fps = 0
	@warning_ignore("redundant_await")
	var done: bool = await call("work_" + work, amount)
	return _sample if done else []


func work_get(times: int) -> bool:
	var client := _connected()
	_fetch(client)  # the first waits for what TCP puts off
	_begin()
	for time in times:
		if _fetch(client) <= 0:
			return false
	return _end()


func work_connect(times: int) -> bool:
	if not _cold:
		_fetch(_connected())
	_begin()
	for time in times:
		var client := _connected()
		if _fetch(client) <= 0:
			return false
		client.close()
	return _end()


func work_download(mebibytes: int) -> bool:
	var client := _connected()
	_begin()
	var size := _fetch(client)
	return _end() and size == mebibytes << 20


## A body in a coding, decoded: by the client, or behind it by the engine.
func work_decode(mebibytes: int) -> bool:
	var client := _connected()
	var body := PackedByteArray()
	client.set("decode_body", true)
	_begin()
	if not _ask(client, HTTPClient.METHOD_GET, NOTHING):
		return false
	while client.get_status() == HTTPClient.STATUS_BODY:
		client.poll()
		body.append_array(client.read_response_body_chunk())
	if client.get("decode_body") == null:
		var mode: int = DECODERS[_path.get_slice("/", 1)]
		body = body.decompress(mebibytes << 20, mode) if mode == 2 else body.decompress_dynamic(-1, mode)
	return _end() and body.size() == mebibytes << 20


func work_upload(mebibytes: int) -> bool:
	var client := _connected()
	var body := PackedByteArray()
	body.resize(mebibytes << 20)
	_begin()
	var size := _fetch(client, HTTPClient.METHOD_POST, body)
	return _end() and size > 0


## All clients are polled by turns, and ask again when they have their answer.
func work_traffic(requests: int) -> bool:
	var clients := _all_connected()
	var asked := 0
	var answered := 0
	_begin()
	for client in clients:
		asked += int(client.request_raw(HTTPClient.METHOD_GET, _path, [], NOTHING) == OK)
	if _pause:
		OS.delay_usec(_pause)
	while answered < requests:
		for client in clients:
			client.poll()
			match client.get_status():
				HTTPClient.STATUS_BODY:
					client.read_response_body_chunk()
					if client.get_status() == HTTPClient.STATUS_CONNECTED:
						answered += 1
						if asked < requests:
							asked += 1
							client.request_raw(HTTPClient.METHOD_GET, _path, [], NOTHING)
				HTTPClient.STATUS_REQUESTING, HTTPClient.STATUS_CONNECTED:
					pass
				_:
					return false
	return _end()


## Clients that wait for nothing are polled in frames, of which the rest is not counted.
func work_idle(polls: int) -> bool:
	var clients := _all_connected()
	var usec := 0
	_begin()
	for frame in ceili(float(polls) / _times):
		await Engine.get_main_loop().process_frame
		var begun := Time.get_ticks_usec()
		for time in _times:
			for client in clients:
				client.poll()
		usec += Time.get_ticks_usec() - begun
	_end()
	_sample[0] = usec
	_sample[1] = -1.0
	return clients.all(_is_connected)


func work_hold(_amount: int) -> bool:
	_begin()
	var clients := _all_connected()
	_end()
	return clients.all(_is_connected)


func work_get_by_frames(times: int) -> bool:
	var client := _connected()
	var size := 0
	Engine.max_fps = FRAMES
	_begin()
	for time in times:
		size += await _fetch_by_frames(client)
	_end(false)
	return size == 5 * times


func work_download_by_frames(mebibytes: int) -> bool:
	var client := _connected()
	Engine.max_fps = FRAMES
	_begin()
	var size := await _fetch_by_frames(client)
	_end(false)
	return size == mebibytes << 20


func _begin() -> void:
	Engine.set_meta("longest", [0, ""])
	_frames = 0
	_memory = PyMeter.resident()
	FileAccess.file_exists("/bench/begin")  # strace sees it
	_cpu = PyMeter.cpu()
	_begun = Time.get_ticks_usec()


func _end(cpu := true) -> bool:
	var usec := Time.get_ticks_usec() - _begun
	var used := PyMeter.cpu() - _cpu if cpu else -1.0
	FileAccess.file_exists("/bench/end")
	var longest: Array = Engine.get_meta("longest")
	_sample = [usec, used, PyMeter.most() - _memory, longest[0], _frames, longest[1]]
	return true


func _begun_to_connect() -> HTTPClient:
	var client := HTTPClient.new()
	client.read_chunk_size = _read
	client.connect_to_host(_host, _port, _tls)
	return client


func _connected() -> HTTPClient:
	var client := _begun_to_connect()
	while client.get_status() in WAITING:
		client.poll()
	return client


func _all_connected() -> Array[HTTPClient]:
	var clients: Array[HTTPClient] = []
	for number in _clients:
		clients.append(_begun_to_connect())
	while clients.any(_is_connecting):
		for client in clients:
			client.poll()
	return clients


func _is_connecting(client: HTTPClient) -> bool:
	return client.get_status() in WAITING


func _is_connected(client: HTTPClient) -> bool:
	return client.get_status() == HTTPClient.STATUS_CONNECTED


## Sends a request and waits for the answer's headers.
func _ask(client: HTTPClient, method: int, body: PackedByteArray) -> bool:
	if client.request_raw(method, _path, [], body) != OK:
		return false
	if _pause:
		OS.delay_usec(_pause)
	while client.get_status() == HTTPClient.STATUS_REQUESTING:
		client.poll()
	return client.get_response_code() == 200


## Sends a request and reads the answer; returns how many bytes its body has, or -1.
func _fetch(client: HTTPClient, method := HTTPClient.METHOD_GET, body := NOTHING) -> int:
	if not _ask(client, method, body):
		return -1
	var size := 0
	while client.get_status() == HTTPClient.STATUS_BODY:
		client.poll()
		var part := client.read_response_body_chunk().size()
		size += part
		if _pause and not part:
			OS.delay_usec(_pause)
	return size


## The same, with one poll and one read in each frame.
func _fetch_by_frames(client: HTTPClient) -> int:
	var size := 0
	client.request_raw(HTTPClient.METHOD_GET, _path, [], NOTHING)
	while client.get_status() in [HTTPClient.STATUS_REQUESTING, HTTPClient.STATUS_BODY]:
		await Engine.get_main_loop().process_frame
		_frames += 1
		client.poll()
		if client.get_status() == HTTPClient.STATUS_BODY:
			size += client.read_response_body_chunk().size()
	return size
