extends "suite.gd"
## https by TLSOptions, as scripts pass them to the engine's own client too.

const PATIENCE_MSEC := 10_000


func fetch(options: TLSOptions, host := "https://localhost") -> PyHTTPClient:
	var client := PyHTTPClient.new()
	if client.connect_to_host(host, option("port").to_int(), options) != OK:
		return client
	var end := Time.get_ticks_msec() + PATIENCE_MSEC
	var busy := [HTTPClient.STATUS_RESOLVING, HTTPClient.STATUS_CONNECTING]
	while client.get_status() in busy and Time.get_ticks_msec() < end:
		client.poll()
	if client.get_status() == HTTPClient.STATUS_CONNECTED:
		client.request(HTTPClient.METHOD_GET, "/", [])
	while client.get_status() == HTTPClient.STATUS_REQUESTING and Time.get_ticks_msec() < end:
		client.poll()
	return client


func roots() -> X509Certificate:
	var certificate := X509Certificate.new()
	certificate.load(option("roots"))
	return certificate


func check_distrusted(client: PyHTTPClient, reason: String) -> void:
	check("status", client.get_status(), HTTPClient.STATUS_TLS_HANDSHAKE_ERROR)
	check("poll()", client.poll(), ERR_CONNECTION_ERROR)
	check_true("%s: %s" % [reason, client.get_error_reason()], reason in client.get_error_reason())


func test_roots_of_ones_own() -> void:
	var client := fetch(TLSOptions.client(roots()))
	check("status", client.get_status(), HTTPClient.STATUS_BODY)
	check("body", client.read_response_body_chunk().get_string_from_utf8(), "hello")
	client.close()


func test_options_without_a_scheme() -> void:
	var client := fetch(TLSOptions.client(roots()), "localhost")
	check("status", client.get_status(), HTTPClient.STATUS_BODY)
	client.close()


func test_another_name() -> void:
	var client := fetch(TLSOptions.client(roots(), "localhost"), "https://127.0.0.1")
	check("overridden", client.get_status(), HTTPClient.STATUS_BODY)
	client.close()
	check_distrusted(fetch(TLSOptions.client(roots(), "example.org")), "localhost")


func test_the_default_roots_do_not_know_it() -> void:
	check_distrusted(fetch(null), "localhost")
	check_distrusted(fetch(TLSOptions.client()), "localhost")


func test_unsafe() -> void:
	var client := fetch(TLSOptions.client_unsafe())
	check("status", client.get_status(), HTTPClient.STATUS_BODY)
	client.close()


func test_a_servers_options() -> void:
	expect("these TLSOptions are a server's")
	var key := Crypto.new().generate_rsa(1024)
	var client := PyHTTPClient.new()
	var options := TLSOptions.server(key, roots())
	check("refused", client.connect_to_host("https://localhost", 1, options), ERR_INVALID_PARAMETER)
	check("reason", client.get_error_reason(), "these TLSOptions are a server's")
