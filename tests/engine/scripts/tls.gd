extends "tls_base.gd"
## https by TLSOptions, as scripts pass them to the engine's own client too.


func test_roots_of_ones_own() -> void:
	var client := fetch("good", TLSOptions.client(roots()))
	check("status", client.get_status(), HTTPClient.STATUS_BODY)
	check("body", client.read_response_body_chunk().get_string_from_utf8(), "hello")
	client.close()


func test_several_roots() -> void:
	check_trusted(fetch("good", TLSOptions.client(load("res://two.crt"))))
	var reason := "the trusted chain of the TLSOptions holds 2 certificates, and the engine hands out the first"
	expect(reason)
	var client := PyHTTPClient.new()
	var options := TLSOptions.client(certificate("two.crt"))
	check("refused", client.connect_to_host("https://localhost", 1, options), ERR_INVALID_PARAMETER)
	check_true(client.get_error_reason(), reason in client.get_error_reason())
	var known := certificate("two.crt")
	known.resource_path = "res://two.crt"
	check_trusted(fetch("good", TLSOptions.client(known)))


func test_options_without_a_scheme() -> void:
	check_trusted(fetch("good", TLSOptions.client(roots()), null, "localhost"))


func test_options_and_a_scheme_without_tls() -> void:
	expect("'http://localhost' does not use TLS, so the TLS options have no effect")
	check_trusted(fetch("plain", TLSOptions.client(roots()), null, "http://localhost"))


func test_options_and_a_unix_socket() -> void:
	for host: String in ["unix:/run/x.sock", "unix:///run/x.sock"]:
		expect("TLS over Unix domain sockets is not supported")
		var client := PyHTTPClient.new()
		check("refused", client.connect_to_host(host, -1, TLSOptions.client()), ERR_INVALID_PARAMETER)


func test_a_proxy_that_is_none() -> void:
	var reason := "not a valid proxy: the host has the scheme 'socks4'"
	expect(reason)
	expect(reason)
	var client := PyHTTPClient.new()
	client.set_https_proxy("socks4://localhost", 1080)
	check("refused", client.connect_to_host("https://localhost", 1), ERR_INVALID_PARAMETER)
	check("status", client.get_status(), HTTPClient.STATUS_DISCONNECTED)


func test_another_name() -> void:
	check_trusted(fetch("good", TLSOptions.client(roots(), "localhost"), null, "https://127.0.0.1"))
	check_distrusted(fetch("good", TLSOptions.client(roots(), "example.org")), "localhost")


func test_the_default_roots_do_not_know_it() -> void:
	check_distrusted(fetch("good", null), "unknown issuer 'Test Root'")
	check_distrusted(fetch("good", TLSOptions.client()), "unknown issuer 'Test Root'")


func test_unsafe() -> void:
	check_trusted(fetch("good", TLSOptions.client_unsafe()))
	check_trusted(fetch("stranger", TLSOptions.client_unsafe()))


func test_unsafe_with_roots_verifies_the_chain_and_no_name() -> void:
	check_trusted(fetch("good", TLSOptions.client_unsafe(roots()), null, "https://127.0.0.1"))
	check_distrusted(fetch("stranger", TLSOptions.client_unsafe(roots())), "unknown issuer 'Stranger'")


func test_a_servers_options() -> void:
	expect("these TLSOptions are for a server, not for a client")
	var key := Crypto.new().generate_rsa(1024)
	var client := PyHTTPClient.new()
	var options := TLSOptions.server(key, roots())
	check("refused", client.connect_to_host("https://localhost", 1, options), ERR_INVALID_PARAMETER)
	check("reason", client.get_error_reason(), "these TLSOptions are for a server, not for a client")


func test_certificates_that_the_engine_does_not_hand_out() -> void:
	expect("Error writing certificate")
	expect("the trusted chain of the TLSOptions cannot be read: FAILED")
	var client := PyHTTPClient.new()
	var options := TLSOptions.client(certificate("large.crt"))
	check("refused", client.connect_to_host("https://localhost", 1, options), ERR_INVALID_PARAMETER)


func test_an_empty_chain() -> void:
	expect("the trusted roots can't be read: ")
	var client := PyHTTPClient.new()
	var options := TLSOptions.client(X509Certificate.new())
	check("refused", client.connect_to_host("https://localhost", 1, options), ERR_INVALID_PARAMETER)
	check("status", client.get_status(), HTTPClient.STATUS_DISCONNECTED)


func test_no_call_has_loaded_openssl() -> void:
	check("imported by the main thread", Trust.new().get_imported(), [])
