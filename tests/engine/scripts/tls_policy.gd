extends "tls_base.gd"
## PyTLSPolicy: what TLSOptions cannot say.

const WRONG_PIN := "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


func test_an_empty_policy_changes_nothing() -> void:
	check_trusted(fetch("good", trusting(), PyTLSPolicy.new()))
	check_distrusted(fetch("good", null, PyTLSPolicy.new()), "unknown issuer 'Test Root'")


func test_a_policy_is_for_tls_only() -> void:
	var policy := PyTLSPolicy.new()
	policy.pins = ["no pin at all"]
	check_trusted(fetch("plain", null, policy, "http://localhost"))


func test_pins() -> void:
	var fresh := PyTLSPolicy.new()
	fresh.alpn = ["pins"]  # no session to resume, whose chain would not be known
	var client := fetch("good", trusting(), fresh)
	var pins: PackedStringArray = client.get_tls_info()["pins"]
	client.close()
	check("the server's and the root's", pins.size(), 2)
	for pin in pins:
		var policy := PyTLSPolicy.new()
		policy.pins = [WRONG_PIN, pin]
		check_trusted(fetch("good", trusting(), policy))
	var wrong := PyTLSPolicy.new()
	wrong.pins = PackedStringArray([WRONG_PIN])
	check_distrusted(
		fetch("good", trusting(), wrong),
		"pin mismatch: wanted %s; found %s, %s" % [WRONG_PIN, pins[0], pins[1]]
	)


func test_a_pin_in_place_of_a_root() -> void:
	var policy := PyTLSPolicy.new()
	var client := fetch("good", trusting())
	policy.pins = [client.get_tls_info()["pins"][0]]
	client.close()
	check_trusted(fetch("good", TLSOptions.client_unsafe(), policy))
	check_distrusted(fetch("stranger", TLSOptions.client_unsafe(), policy), "pin mismatch")


func test_pins_that_are_none() -> void:
	var policy := PyTLSPolicy.new()
	policy.pins = ["sha256//abc"]
	check_refused(policy, "the pin 'sha256//abc' is not the base64 form of a SHA-256 digest")


func test_versions() -> void:
	var policy := PyTLSPolicy.new()
	policy.minimum_version = PyTLSPolicy.VERSION_TLS_1_3
	check_distrusted(fetch("tls_1_2", trusting(), policy), "no common version of TLS")
	var client := fetch("good", trusting(), policy)
	check("1.3", client.get_tls_info()["version"], "TLSv1.3")
	client.close()
	policy = PyTLSPolicy.new()
	policy.maximum_version = PyTLSPolicy.VERSION_TLS_1_2
	client = fetch("good", trusting(), policy)
	check("1.2", client.get_tls_info()["version"], "TLSv1.2")
	client.close()
	policy.minimum_version = PyTLSPolicy.VERSION_TLS_1_3
	check_refused(policy, "the minimum version of TLS is above the maximum")
	policy.minimum_version = 0x0301
	check_refused(policy, "minimum_version: 769 is neither VERSION_TLS_1_2 nor VERSION_TLS_1_3")


func test_revocation_lists() -> void:
	var policy := PyTLSPolicy.new()
	policy.revocation_lists = [text("revoked.crl")]
	check_trusted(fetch("good", trusting(), policy))
	check_distrusted(fetch("revoked", trusting(), policy), "a certificate of its chain is revoked")
	policy.revocation_lists = ["nothing"]
	check_refused(policy, "a revocation list has no PEM block of the kind 'X509 CRL'", trusting())
	check_refused(policy, "so revocation lists have no effect", TLSOptions.client_unsafe())


func test_alpn() -> void:
	var client := fetch("good", trusting())
	check("by itself", client.get_tls_info()["alpn"], "http/1.1")
	client.close()
	var policy := PyTLSPolicy.new()
	policy.alpn = ["mine/2", "mine/1"]
	client = fetch("good", trusting(), policy)
	check("one of one's own", client.get_tls_info()["alpn"], "mine/1")
	client.close()
	policy.alpn = []
	client = fetch("good", trusting(), policy)
	check("none", client.get_tls_info()["alpn"], "")
	client.close()
	policy.alpn = ["h2", "http/1.1"]
	check_refused(policy, "ALPN cannot offer 'h2', which is not spoken here")


func test_a_peer_that_does_not_say_its_end() -> void:
	var client := fetch("cut", trusting())
	check("the bytes are there", read_text(client), "hello")
	check("status", client.get_status(), HTTPClient.STATUS_CONNECTION_ERROR)
	check_true(client.get_error_reason(), "close_notify" in client.get_error_reason())
	var policy := PyTLSPolicy.new()
	policy.ignore_unexpected_eof = true
	client = fetch("cut", trusting(), policy)
	check("the bytes are there", read_text(client), "hello")
	check("status", client.get_status(), HTTPClient.STATUS_DISCONNECTED)


func test_peers_that_fail_in_the_middle_of_a_body() -> void:
	for server: String in ["resets", "garbles"]:
		for blocking: bool in [false, true]:
			var client := fetch(server, trusting())
			client.blocking_mode_enabled = blocking
			check("the bytes are there", read_all(client).size(), 100_000)
			check("status", client.get_status(), HTTPClient.STATUS_CONNECTION_ERROR)
			check("what is known of the peer", client.get_tls_info()["version"], "TLSv1.3")


func test_the_systems_roots() -> void:
	var policy := PyTLSPolicy.new()
	policy.roots = PyTLSPolicy.ROOTS_SYSTEM
	check_trusted(fetch("system", null, policy))
	check_distrusted(fetch("good", null, policy), "unknown issuer 'Test Root'")
	check_refused(policy, "so the policy's roots have no effect", trusting())
	check_refused(policy, "by the system's roots, so they have no effect", TLSOptions.client_unsafe())
	policy.roots = 7
	check_refused(policy, "roots: 7 is none of ROOTS_PROJECT, ROOTS_SYSTEM and ROOTS_MOZILLA")


func test_the_systems_roots_are_the_engines() -> void:
	check("roots", Trust.new().system_roots(), OS.get_system_ca_certificates())


func test_mozillas_roots_and_the_systems() -> void:
	check_trusted(fetch("system", null))
	check_trusted(fetch("system", null, PyTLSPolicy.new()))
	var policy := PyTLSPolicy.new()
	policy.roots = PyTLSPolicy.ROOTS_MOZILLA
	check_distrusted(fetch("system", null, policy), "unknown issuer 'System Root'")
	check_refused(policy, "so the policy's roots have no effect", trusting())
	check_refused(policy, "by Mozilla's roots, so they have no effect", TLSOptions.client_unsafe())


func test_sessions_are_resumed_across_clients() -> void:
	var policy := PyTLSPolicy.new()
	policy.alpn = ["http/1.1", "resumed"]  # a policy that no other test has connected by
	for resumed: bool in [false, true, true]:
		var client := fetch("good", trusting(), policy)
		check("body", read_text(client), "hello")
		check("resumed", client.get_tls_info()["resumed"], resumed)
		client.close()


func test_what_is_told_of_the_peer() -> void:
	var client := PyHTTPClient.new()
	check("before", client.get_tls_info(), {})
	client = fetch("good", trusting())
	var info := client.get_tls_info()
	check("keys", info.keys(), ["version", "cipher", "alpn", "resumed", "certificate", "pins"])
	check_true("cipher", (info["cipher"] as String).begins_with("TLS_"))
	check("the certificate", info["certificate"], text("good.crt"))
	read_all(client)
	client.close()
	check("after", client.get_tls_info(), {})
	client = fetch("plain", null, null, "http://localhost")
	check("not TLS", client.get_tls_info(), {})
	client.close()


func test_timings() -> void:
	var client := fetch("good", trusting())
	var timings := client.get_timings()
	check_true("in order", timings["connect"] > 0 and timings["connect"] < timings["appconnect"])
	client.close()


func test_a_policy_counts_as_of_the_next_connection() -> void:
	var policy := PyTLSPolicy.new()
	var client := PyHTTPClient.new()
	client.tls_policy = policy
	client.connect_to_host("https://localhost", option("good").to_int(), trusting())
	policy.pins = [WRONG_PIN]
	poll_while(client, [HTTPClient.STATUS_RESOLVING, HTTPClient.STATUS_CONNECTING])
	check("status", client.get_status(), HTTPClient.STATUS_CONNECTED)
	check("the same", client.tls_policy, policy)
	client.close()
	check_distrusted(fetch("good", trusting(), policy), "pin mismatch")


func test_a_policy_is_a_resource() -> void:
	var policy := PyTLSPolicy.new()
	policy.minimum_version = PyTLSPolicy.VERSION_TLS_1_3
	policy.pins = [WRONG_PIN]
	policy.client_certificate = certificate("client.crt")
	check("saved", ResourceSaver.save(policy, "user://policy.tres"), OK)
	var loaded: PyTLSPolicy = ResourceLoader.load("user://policy.tres", "", ResourceLoader.CACHE_MODE_IGNORE)
	check("version", loaded.minimum_version, PyTLSPolicy.VERSION_TLS_1_3)
	check("pins", loaded.pins, PackedStringArray([WRONG_PIN]))
	check_true("copied", (policy.duplicate() as PyTLSPolicy).pins == policy.pins)


func test_untyped() -> void:
	var policy = PyTLSPolicy.new()
	policy.pins = [WRONG_PIN]
	policy.set("maximum_version", 0x0303)
	policy.alpn = PackedStringArray(["http/1.1"])
	var client = PyHTTPClient.new()
	client.set("tls_policy", policy)
	check("get", client.get("tls_policy"), policy)
	check_distrusted(fetch("good", trusting(), client.tls_policy), "pin mismatch")
	client.tls_policy = null
	check_true("unset", client.get_tls_policy() == null)


func test_no_call_has_loaded_openssl() -> void:
	check("imported by the main thread", Trust.new().get_imported(), [])
