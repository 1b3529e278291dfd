extends "suite.gd"
## A project whose Python has no OpenSSL that can be loaded.


func connected(host: String, policy: PyTLSPolicy = null) -> PyHTTPClient:
	var server := TCPServer.new()
	server.listen(0, "127.0.0.1")
	var client := PyHTTPClient.new()
	client.tls_policy = policy
	check("begun", client.connect_to_host(host, server.get_local_port()), OK)
	while client.get_status() in [PyHTTPClient.STATUS_RESOLVING, PyHTTPClient.STATUS_CONNECTING]:
		client.poll()
	return client


func test_http_works() -> void:
	check("status", connected("http://127.0.0.1").get_status(), PyHTTPClient.STATUS_CONNECTED)


func test_https_has_a_reason() -> void:
	for policy: PyTLSPolicy in [null, PyTLSPolicy.new()]:
		check_unavailable(connected("https://127.0.0.1", policy))


func check_unavailable(client: PyHTTPClient) -> void:
	check("status", client.get_status(), PyHTTPClient.STATUS_TLS_HANDSHAKE_ERROR)
	var reason := client.get_error_reason()
	check_true(reason, reason.begins_with("TLS with '127.0.0.1': TLS is not available: "))
	check_true(reason, option("says") in reason)
