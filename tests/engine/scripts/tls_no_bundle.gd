extends "tls_base.gd"
## A project whose bundle of trusted roots is not there.


func test_it_is_told_by_name() -> void:
	for attempt in 2:
		expect("the project's certificate bundle 'res://absent.crt' cannot be read: ERR_FILE_NOT_FOUND")
		var client := PyHTTPClient.new()
		check("refused", client.connect_to_host("https://localhost", 1), ERR_FILE_CANT_READ)
		check("status", client.get_status(), HTTPClient.STATUS_DISCONNECTED)


func test_who_needs_no_bundle_needs_no_bundle() -> void:
	check_trusted(fetch("good", trusting()))
	check_trusted(fetch("good", TLSOptions.client_unsafe()))
	check_trusted(fetch("plain", null, null, "http://localhost"))
