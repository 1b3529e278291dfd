extends "tls_base.gd"
## A project with trusted roots of its own (network/tls/certificate_bundle_override).


func test_the_bundle_is_trusted() -> void:
	check_trusted(fetch("good", null))
	check_trusted(fetch("good", TLSOptions.client()))
	check_trusted(fetch("good", null, PyTLSPolicy.new()))
	check_distrusted(fetch("stranger", null), "unknown issuer 'Stranger'")
	check_distrusted(fetch("system", null), "unknown issuer 'System Root'")


func test_unsafe_does_not_verify_by_it() -> void:
	check_trusted(fetch("stranger", TLSOptions.client_unsafe()))


func test_roots_of_ones_own_take_its_place() -> void:
	check_distrusted(
		fetch("good", TLSOptions.client(certificate("stranger.crt"))), "unknown issuer 'Test Root'"
	)
	check_trusted(fetch("stranger", TLSOptions.client(certificate("stranger.crt"))))


func test_no_call_has_loaded_openssl() -> void:
	check("imported by the main thread", Trust.new().get_imported(), [])
