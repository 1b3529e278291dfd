extends RefCounted
## Sends requests over one kept-alive connection, a little every frame, so that the game never stops.
##
## The client may be a PyHTTPClient or the engine's HTTPClient: this file is the same for both.

## Emitted for every piece of a body, with what has arrived of it and its length (-1 if not known), in bytes.
signal progressed(received: int, total: int)

const PATIENCE_MSEC := 10_000  # without any news from the server

var _client: RefCounted
var _tree: SceneTree
var _last_news_msec: int


## What came back for one request.
class Answer:
	var error := ""
	var status := 0
	var headers := PackedStringArray()
	var size := 0
	var sha256 := ""


func _init(client: RefCounted, tree: SceneTree) -> void:
	_client = client
	_client.read_chunk_size = 1 << 20
	_tree = tree


## Connects to [param host]; [code]await[/code] it. Returns whether that worked.
func open(host: String, port: int) -> bool:
	if _client.connect_to_host(host, port) != OK:
		return false
	await _leave([HTTPClient.STATUS_RESOLVING, HTTPClient.STATUS_CONNECTING])
	return _client.get_status() == HTTPClient.STATUS_CONNECTED


## Sends one request and receives its answer; [code]await[/code] it.
func fetch(
	method: HTTPClient.Method, path: String, headers := PackedStringArray(), body := PackedByteArray()
) -> Answer:
	var answer := Answer.new()
	var error: Error = _client.request_raw(method, path, headers, body)
	if error != OK:
		answer.error = "request_raw: " + error_string(error)
		return answer
	await _leave([HTTPClient.STATUS_REQUESTING])
	if not _client.has_response():
		answer.error = "no answer, status %d" % _client.get_status()
		return answer

	answer.status = _client.get_response_code()
	answer.headers = _client.get_response_headers()
	var length: int = _client.get_response_body_length()
	var digest := HashingContext.new()
	digest.start(HashingContext.HASH_SHA256)
	while _client.get_status() == HTTPClient.STATUS_BODY and not _out_of_patience():
		_client.poll()
		var chunk: PackedByteArray = _client.read_response_body_chunk()
		if not chunk.is_empty():
			_last_news_msec = Time.get_ticks_msec()
			digest.update(chunk)
			answer.size += chunk.size()
			progressed.emit(answer.size, length)
		await _tree.process_frame
	answer.sha256 = digest.finish().hex_encode()
	if _client.get_status() != HTTPClient.STATUS_CONNECTED:
		answer.error = "body cut short, status %d" % _client.get_status()
	return answer


## Closes the connection.
func close() -> void:
	_client.close()


func _leave(states: Array[HTTPClient.Status]) -> void:
	_last_news_msec = Time.get_ticks_msec()
	while _client.get_status() in states and not _out_of_patience():
		_client.poll()
		await _tree.process_frame


func _out_of_patience() -> bool:
	return Time.get_ticks_msec() - _last_news_msec > PATIENCE_MSEC
