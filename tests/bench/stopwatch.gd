extends RefCounted
## An HTTPClient whose calls are timed: the longest one is in the Engine's metadata. The run makes a second
## one of it, in which the class has another name.

const METHOD_GET := HTTPClient.METHOD_GET
const METHOD_POST := HTTPClient.METHOD_POST
const STATUS_RESOLVING := HTTPClient.STATUS_RESOLVING
const STATUS_CONNECTING := HTTPClient.STATUS_CONNECTING
const STATUS_CONNECTED := HTTPClient.STATUS_CONNECTED
const STATUS_REQUESTING := HTTPClient.STATUS_REQUESTING
const STATUS_BODY := HTTPClient.STATUS_BODY

var read_chunk_size: int:
	set(size):
		_client.read_chunk_size = size
var decode_body: Variant:
	get:
		return _client.get("decode_body")
	set(wanted):
		_client.set("decode_body", wanted)

var _client := HTTPClient.new()


func connect_to_host(host: String, port: int, tls: TLSOptions) -> int:
	var begun := Time.get_ticks_usec()
	var result := _client.connect_to_host(host, port, tls)
	return _told("connect_to_host", begun, result)


func request_raw(method: int, path: String, headers: PackedStringArray, body: PackedByteArray) -> int:
	var begun := Time.get_ticks_usec()
	var result := _client.request_raw(method, path, headers, body)
	return _told("request_raw", begun, result)


func poll() -> int:
	var begun := Time.get_ticks_usec()
	var result := _client.poll()
	return _told("poll", begun, result)


func read_response_body_chunk() -> PackedByteArray:
	var begun := Time.get_ticks_usec()
	var chunk := _client.read_response_body_chunk()
	_told("read_response_body_chunk", begun, OK)
	return chunk


func close() -> void:
	var begun := Time.get_ticks_usec()
	_client.close()
	_told("close", begun, OK)


func get_status() -> int:
	return _client.get_status()


func get_response_code() -> int:
	return _client.get_response_code()


func _told(what: String, begun: int, result: int) -> int:
	var usec := Time.get_ticks_usec() - begun
	if Engine.has_meta("longest") and usec > Engine.get_meta("longest")[0]:
		Engine.set_meta("longest", [usec, what])
	return result
