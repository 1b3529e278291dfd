extends "strict_base.gd"
## Compiles only if the additions have types that a script can rely on, with every warning an error.

var _client: PyHTTPClient = PyHTTPClient.new()


func step() -> bool:
	var headers: PackedStringArray = ["Accept: */*"]
	var error: Error = _client.request_stream(HTTPClient.METHOD_PUT, "/", headers)
	error = _client.request_stream(PyHTTPClient.METHOD_PUT, "/", [], 5)
	error = _client.send_body_chunk(PackedByteArray([1]))
	error = _client.end_body()
	var sent: int = _client.get_request_body_sent()
	var length: int = _client.get_request_body_length()
	return error == OK or sent > 0 or length > 0


func look() -> Dictionary:
	_client.connect_timeout = 1.5
	_client.first_byte_timeout = 2
	_client.idle_timeout = 2.0
	_client.total_timeout = 0.0
	_client.max_header_size = 2048
	_client.max_body_size = -1
	_client.decode_body = true
	_client.set_connect_timeout(2)
	_client.set_decode_body(false)
	_client.use_environment_proxies = true
	_client.set_use_environment_proxies(false)
	var seconds: float = _client.connect_timeout + _client.get_idle_timeout()
	var size: int = _client.max_header_size + _client.get_max_body_size()
	var decoded: bool = _client.decode_body or _client.is_decode_body()
	var environment: bool = _client.use_environment_proxies
	environment = environment or _client.is_using_environment_proxies()
	var stream: StreamPeer = _client.get_connection()
	var same: bool = stream == _client.connection
	var own: PyHTTPConnection = stream as PyHTTPConnection
	var reason: String = _client.get_error_reason()
	var there: bool = _client.has_response_header("Accept")
	var value: String = _client.get_response_header("Accept")
	var trailers: PackedStringArray = _client.get_response_trailers()
	var timings: Dictionary = _client.get_timings()
	var total: float = timings["total"]
	var info: Dictionary = _client.get_tls_info()
	return {
		"status":
		seconds == 4.0 and size == 2047 and not decoded and not environment and same and own == null,
		"rest": [reason, there, value, trailers, total, info],
	}


func trust() -> PyTLSPolicy:
	var policy: PyTLSPolicy = PyTLSPolicy.new()
	policy.minimum_version = PyTLSPolicy.VERSION_TLS_1_3
	policy.maximum_version = PyTLSPolicy.VERSION_TLS_1_3
	policy.roots = PyTLSPolicy.ROOTS_SYSTEM
	policy.pins = ["sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
	policy.revocation_lists = PackedStringArray()
	policy.client_certificate = X509Certificate.new()
	policy.client_key = CryptoKey.new()
	policy.alpn = ["http/1.1"]
	policy.ignore_unexpected_eof = true
	var version: int = policy.get_minimum_version()
	_client.tls_policy = policy
	_client.set_tls_policy(null)
	return _client.tls_policy if version == PyTLSPolicy.VERSION_TLS_1_2 else policy
