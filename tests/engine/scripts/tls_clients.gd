extends "tls_base.gd"
## Servers that want a certificate of the client's.


func presenting(own: X509Certificate) -> PyTLSPolicy:
	var policy := PyTLSPolicy.new()
	policy.client_certificate = own
	policy.client_key = load("res://client.key")
	return policy


func test_a_client_certificate() -> void:
	var policy := presenting(load("res://client.crt"))
	var client := fetch("mutual", trusting(), policy)
	check("status (%s)" % client.get_error_reason(), client.get_status(), HTTPClient.STATUS_BODY)
	check("the server saw it", read_text(client), "client")
	client.close()


func test_a_client_certificate_of_an_intermediate() -> void:
	var policy := presenting(load("res://client_chain.crt"))
	var client := fetch("mutual", trusting(), policy)
	check("status (%s)" % client.get_error_reason(), client.get_status(), HTTPClient.STATUS_BODY)
	client.close()
	policy.client_certificate = certificate("client_chain.crt")
	check_refused(
		policy,
		"client_certificate holds 2 certificates, and the engine hands out the first alone: get it by load(), or"
	)


## Pins and certificates are for the host; who is trusted holds for proxies too.
func test_a_policy_is_not_for_proxies() -> void:
	var client := PyHTTPClient.new()
	client.tls_policy = presenting(certificate("client.crt"))
	client.tls_policy.roots = PyTLSPolicy.ROOTS_SYSTEM
	client.tls_policy.pins = ["sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
	client.set_http_proxy("https://localhost", option("proxy").to_int())
	connected(client, "http://example.org", 80)
	check("status (%s)" % client.get_error_reason(), client.get_status(), HTTPClient.STATUS_CONNECTED)
	check("it has seen", ask(client, HTTPClient.METHOD_GET, "/")["body"].get_string_from_utf8(), "nobody")
	client.tls_policy.roots = PyTLSPolicy.ROOTS_MOZILLA
	connected(client, "http://example.org", 80)
	check_distrusted(
		client, "TLS with the proxy localhost:%s: unknown issuer 'System Root'" % option("proxy")
	)


func test_a_client_certificate_that_is_wanted_and_missing() -> void:
	var client := fetch("mutual", trusting())
	check_distrusted(client, "it wants a client certificate, and none was given")
	check("what is known of the peer", client.get_tls_info()["version"], "TLSv1.3")


func test_a_client_certificate_that_is_refused() -> void:
	var policy := PyTLSPolicy.new()
	policy.client_key = Crypto.new().generate_rsa(2048)
	policy.client_certificate = Crypto.new().generate_self_signed_certificate(policy.client_key)
	check_distrusted(fetch("mutual", trusting(), policy), "it refused the client certificate")


func test_a_client_certificate_without_its_key() -> void:
	var policy := PyTLSPolicy.new()
	policy.client_certificate = certificate("client.crt")
	check_refused(policy, "the client's certificate and its key go together: there is no key")
	policy.client_key = Crypto.new().generate_rsa(1024)
	for attempt in 2:  # OpenSSL alone can tell, so the connection does; whether it is loaded makes no difference
		check_distrusted(
			fetch("good", trusting(), policy),
			"TLS with 'localhost': the client's certificate and key can't be used: key values mismatch"
		)
	var public := CryptoKey.new()
	public.load_from_string(policy.client_key.save_to_string(true), true)
	policy.client_key = public
	check_refused(policy, "client_key has no private key: it is a public one, or the engine could not")
	expect("Error parsing key")
	policy.client_key = CryptoKey.new()
	policy.client_key.load("res://encrypted.key")
	check_refused(
		policy, "the engine could not read it, as it does RSA and ECDSA keys that are not encrypted"
	)


func test_no_call_has_loaded_openssl() -> void:
	check("imported by the main thread", Trust.new().get_imported(), [])
