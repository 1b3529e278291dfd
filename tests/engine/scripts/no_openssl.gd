extends "suite.gd"
## A project whose Python has no OpenSSL that can be loaded.


func connected(host: String) -> PyHTTPClient:
	var server := TCPServer.new()
	server.listen(0, "127.0.0.1")
	var client := PyHTTPClient.new()
	check("begun", client.connect_to_host(host, server.get_local_port()), OK)
	while client.get_status() in [PyHTTPClient.STATUS_RESOLVING, PyHTTPClient.STATUS_CONNECTING]:
		client.poll()
	return client


func test_http_works() -> void:
	check("status", connected("http://127.0.0.1").get_status(), PyHTTPClient.STATUS_CONNECTED)


func test_https_has_a_reason() -> void:
	var client := connected("https://127.0.0.1")
	check("status", client.get_status(), PyHTTPClient.STATUS_TLS_HANDSHAKE_ERROR)
	var reason := client.get_error_reason()
	check_true(reason, reason.begins_with("TLS with '127.0.0.1': TLS is not available: "))


func test_options_have_a_reason() -> void:
	var client := PyHTTPClient.new()
	client.tls_policy = PyTLSPolicy.new()
	expect("TLS is not available: ")
	check("refused", client.connect_to_host("https://127.0.0.1"), ERR_UNAVAILABLE)
