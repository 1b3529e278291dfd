extends Node
## A game's link to its server: calls wait in a queue and go over one connection, a step a frame.

signal answered(answer: Dictionary)
signal progressed(path: String, received: int, total: int)
signal drained

const MOST_REDIRECTS: int = 5
const MOST_TRIES: int = 3
const HEADERS: PackedStringArray = ["User-Agent: Flow/1.0", "Accept: application/json, */*"]

var _client: HTTPClient = HTTPClient.new()
var _home: String = ""
var _host: String = ""
var _port: int = -1
var _queue: Array[Dictionary] = []
var _call: Dictionary = {}
var _body: PackedByteArray = PackedByteArray()
var _headers: Dictionary = {}
var _connections: int = 0
var _status_names: PackedStringArray = ClassDB.class_get_enum_constants("HTTPClient", "Status")


func setup(host: String, port: int) -> void:
	_home = host
	_host = host
	_port = port


func get_path_later(path: String) -> void:
	_enqueue(HTTPClient.METHOD_GET, path, "")


func post_form(path: String, fields: Dictionary) -> void:
	_enqueue(HTTPClient.METHOD_POST, path, _client.query_string_from_dict(fields))


func connections() -> int:
	return _connections


func status_name() -> String:
	return _status_names[_client.get_status()]


func _enqueue(method: HTTPClient.Method, path: String, body: String) -> void:
	_queue.append({"method": method, "path": path, "body": body, "redirects": 0, "tries": 0})


func _process(_delta: float) -> void:
	if _call.is_empty() and _queue.is_empty():
		return
	var error: Error = _client.poll()
	match _client.get_status():
		HTTPClient.STATUS_DISCONNECTED:
			_connection_is_gone()
		HTTPClient.STATUS_RESOLVING, HTTPClient.STATUS_CONNECTING, HTTPClient.STATUS_REQUESTING:
			pass
		HTTPClient.STATUS_CONNECTED:
			if _client.has_response():
				_read_head()
			if _call.has("code"):
				_finish()
			else:
				_send_next()
		HTTPClient.STATUS_BODY:
			if _client.has_response():
				_read_head()
			_read_body()
		HTTPClient.STATUS_CANT_RESOLVE, HTTPClient.STATUS_CANT_CONNECT, HTTPClient.STATUS_CONNECTION_ERROR:
			_connection_is_gone()
		_:
			push_error("%s: %s" % [status_name(), error_string(error)])


func _send_next() -> void:
	if _call.is_empty():
		_call = _queue.pop_front()
	var method: HTTPClient.Method = _call["method"]
	var path: String = _call["path"]
	var body: String = _call["body"]
	var headers: PackedStringArray = HEADERS.duplicate()
	if method == HTTPClient.METHOD_POST:
		@warning_ignore("return_value_discarded")
		headers.append("Content-Type: application/x-www-form-urlencoded")
	_body.clear()
	_headers = {}
	var error: Error = _client.request(method, path, headers, body)
	if error != OK:
		_client.close()


func _read_head() -> void:
	_call["code"] = _client.get_response_code()
	_call["length"] = _client.get_response_body_length()
	_headers = _client.get_response_headers_as_dictionary()


func _read_body() -> void:
	var chunk: PackedByteArray = _client.read_response_body_chunk()
	if not chunk.is_empty():
		_body.append_array(chunk)
		var path: String = _call["path"]
		progressed.emit(path, _body.size(), _client.get_response_body_length())
	if _client.get_status() != HTTPClient.STATUS_BODY:
		_finish()


func _finish() -> void:
	var code: HTTPClient.ResponseCode = _call["code"]
	match code:
		HTTPClient.RESPONSE_MOVED_PERMANENTLY, HTTPClient.RESPONSE_FOUND, HTTPClient.RESPONSE_SEE_OTHER:
			_redirect(true)
		HTTPClient.RESPONSE_TEMPORARY_REDIRECT, HTTPClient.RESPONSE_PERMANENT_REDIRECT:
			_redirect(false)
		_:
			_answer()


func _redirect(as_get: bool) -> void:
	var redirects: int = _call["redirects"]
	if redirects == MOST_REDIRECTS:
		_answer()
		return
	_call["redirects"] = redirects + 1
	@warning_ignore("return_value_discarded")
	_call.erase("code")
	if as_get:
		_call["method"] = HTTPClient.METHOD_GET
		_call["body"] = ""
	var location: String = _headers["Location"]
	if location.begins_with("http://"):
		var target: String = location.trim_prefix("http://")
		var authority: String = target.get_slice("/", 0)
		location = target.trim_prefix(authority)
		if authority.get_slice(":", 0) != _host:
			_host = authority.get_slice(":", 0)
			_client.close()
	_call["path"] = location


func _answer() -> void:
	var answer: Dictionary = {
		"path": _call["path"],
		"code": _call["code"],
		"length": _call["length"],
		"redirects": _call["redirects"],
		"type": _headers.get("Content-Type", ""),
		"cookie": _headers.get("Set-Cookie", ""),
		"size": _body.size(),
		"hash": hash(_body),
	}
	if answer["type"] == "application/json":
		answer["json"] = JSON.parse_string(_body.get_string_from_utf8())
	_call = {}
	answered.emit(answer)
	if _host != _home:
		_host = _home
		_client.close()
	if _queue.is_empty():
		drained.emit()


## Connects anew; a call that was under way begins again, unless its answer had begun.
func _connection_is_gone() -> void:
	if _call.has("code"):
		_finish()
		return
	if not _call.is_empty():
		var tries: int = _call["tries"]
		_call["tries"] = tries + 1
		if tries == MOST_TRIES:
			_call["code"] = 0
			_call["length"] = -1
			_answer()
			return
	_connections += 1
	_client.close()
	var error: Error = _client.connect_to_host(_host, _port)
	if error != OK:
		push_error("%s: %s" % [_host, error_string(error)])
