extends "strict_base.gd"
## Compiles only if a script for HTTPClient compiles for PyHTTPClient, with every warning an error.

var _client: PyHTTPClient = PyHTTPClient.new()
var _states: Array[int] = []


func ask(host: String, port: int) -> Error:
	var error: Error = _client.connect_to_host(host, port)
	if error != OK:
		return error
	var headers: PackedStringArray = ["Accept: */*"]
	error = _client.request(HTTPClient.METHOD_GET, "/", headers)
	error = _client.request(PyHTTPClient.METHOD_GET, "/", ["Accept: */*"])
	error = _client.request(PyHTTPClient.METHOD_POST, "/", [], "body")
	error = _client.request_raw(HTTPClient.METHOD_PUT, "/", ["A: b"], PackedByteArray([1]))
	return error


func step() -> bool:
	var error: Error = _client.poll()
	var status: int = _client.get_status()
	_states.append(status)
	match _client.get_status():
		HTTPClient.STATUS_BODY:
			return _client.read_response_body_chunk().is_empty()
		PyHTTPClient.STATUS_CONNECTED:
			return true
		HTTPClient.STATUS_DISCONNECTED, PyHTTPClient.STATUS_CANT_CONNECT:
			return error == OK
		_:
			return false


func look() -> Dictionary:
	var known: HTTPClient.Status = _client.get_status() as HTTPClient.Status
	var ours: PyHTTPClient.Status = _client.get_status() as PyHTTPClient.Status
	_client.read_chunk_size = 1024
	_client.blocking_mode_enabled = false
	var method: PyHTTPClient.Method = PyHTTPClient.METHOD_GET
	var code: PyHTTPClient.ResponseCode = PyHTTPClient.RESPONSE_OK
	return {
		"status": known == HTTPClient.STATUS_DISCONNECTED and ours == PyHTTPClient.STATUS_DISCONNECTED,
		"code": _client.get_response_code() == HTTPClient.RESPONSE_OK,
		"same": _client.get_response_code() == code,
		"method": method,
		"query": _client.query_string_from_dict({"a": 1}),
		"headers": _client.get_response_headers(),
		"is": _client.get_status() == HTTPClient.STATUS_CONNECTED,
	}
