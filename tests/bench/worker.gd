extends RefCounted
## The works, as a script does them that has nothing else to do. It stands here for the engine's HTTPClient;
## the run makes a second one of it, in which the class has the other name.

const HOST := "127.0.0.1"
const WAITING := [HTTPClient.STATUS_RESOLVING, HTTPClient.STATUS_CONNECTING, HTTPClient.STATUS_REQUESTING]

var _scheme: String
var _port: int
var _options: TLSOptions


func _init(port: int, options: TLSOptions) -> void:
	_port = port
	_options = options
	_scheme = "https://" if options != null else "http://"


## Does a work; returns how many microseconds it took, or -1 if it failed.
func run(work: String, amount: int) -> int:
	return call("work_" + work, amount)


func work_download(mebibytes: int) -> int:
	var client := _connected()
	var begun := Time.get_ticks_usec()
	var size := _fetch(client, HTTPClient.METHOD_GET, "/large", PackedByteArray())
	return Time.get_ticks_usec() - begun if size == mebibytes << 20 else -1


func work_upload(mebibytes: int) -> int:
	var client := _connected()
	var body := PackedByteArray()
	body.resize(mebibytes << 20)
	var begun := Time.get_ticks_usec()
	var size := _fetch(client, HTTPClient.METHOD_POST, "/", body)
	return Time.get_ticks_usec() - begun if size > 0 else -1


func work_get(times: int) -> int:
	var client := _connected()
	_fetch(client, HTTPClient.METHOD_GET, "/", PackedByteArray())  # the first waits for what TCP puts off
	var begun := Time.get_ticks_usec()
	for time in times:
		if _fetch(client, HTTPClient.METHOD_GET, "/", PackedByteArray()) <= 0:
			return -1
	return Time.get_ticks_usec() - begun


func work_connect(times: int) -> int:
	var begun := Time.get_ticks_usec()
	for time in times:
		var client := _connected()
		if _fetch(client, HTTPClient.METHOD_GET, "/", PackedByteArray()) <= 0:
			return -1
		client.close()
	return Time.get_ticks_usec() - begun


func _connected() -> HTTPClient:
	var client := HTTPClient.new()
	client.connect_to_host(_scheme + HOST, _port, _options)
	while client.get_status() in WAITING:
		client.poll()
	return client


## Sends a request and reads the answer; returns how many bytes its body has, or -1.
func _fetch(client: HTTPClient, method: int, path: String, body: PackedByteArray) -> int:
	if client.request_raw(method, path, [], body) != OK:
		return -1
	while client.get_status() == HTTPClient.STATUS_REQUESTING:
		client.poll()
	if client.get_response_code() != 200:
		return -1
	var size := 0
	while client.get_status() == HTTPClient.STATUS_BODY:
		client.poll()
		size += client.read_response_body_chunk().size()
	return size
