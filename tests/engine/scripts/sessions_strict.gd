extends "strict_base.gd"
## Compiles only if sessions have types that a script can rely on, with every warning an error.

var _session: PyHTTPSession = PyHTTPSession.new()


func step() -> bool:
	_session.base_url = "http://127.0.0.1:1"
	_session.headers = {"Accept": "*/*"}
	_session.timeout = 1.5
	_session.retries = 2
	_session.max_redirects = 3
	_session.allow_downgrade = false
	_session.tls = TLSOptions.client()
	_session.proxy = ""
	_session.cookies = false
	_session.cache_storage = PyHTTPSession.CACHE_MEMORY
	_session.before_request = func(_request: Dictionary) -> void: pass
	_session.after_response = func(_response: PyHTTPResponse) -> bool: return false
	var response: PyHTTPResponse = _session.request_sync("GET", "none:")
	var error: PyHTTPResponse.ErrorCode = response.error
	var reason: String = response.error_reason
	var body: PackedByteArray = response.body
	var lines: PackedStringArray = response.headers
	var value: String = response.get_header("X")
	var values: PackedStringArray = response.get_header_values("X")
	var status: int = response.status
	var image: Image = response.image()
	var any: Variant = response.json()
	return not (
		error == PyHTTPResponse.ERROR_INVALID_REQUEST
		and not response.ok
		and reason != ""
		and body.is_empty()
		and lines.is_empty()
		and value + response.text() + response.url + response.json_error != "-"
		and values.is_empty()
		and status == 0
		and image == null
		and any == null
	)


func look() -> Dictionary:
	var transfer: PyHTTPTransfer = _session.start("GET", "none:")
	var state: PyHTTPTransfer.State = transfer.state
	var waiting: Signal = _session.fetch("none:")
	var other: Signal = PyHTTP.post("none:", {"json": 1})
	var shared: PyHTTPSession = PyHTTP.default_session()
	transfer.cancel()
	return {
		"status": state == PyHTTPTransfer.STATE_REQUESTING and transfer.response == null,
		"rest": [waiting, other, shared, transfer.is_completed(), transfer.received_bytes],
	}
