extends "client_base.gd"
## What the suites about TLS share: flows, and what the servers present.


## Connects to a server, by its name in the options, and asks it for something.
func fetch(
	server: String, options: TLSOptions, policy: PyTLSPolicy = null, host := "https://localhost"
) -> PyHTTPClient:
	var client := PyHTTPClient.new()
	client.tls_policy = policy
	if client.connect_to_host(host, option(server).to_int(), options) != OK:
		return client
	poll_while(client, [HTTPClient.STATUS_RESOLVING, HTTPClient.STATUS_CONNECTING])
	if client.get_status() == HTTPClient.STATUS_CONNECTED:
		client.request(HTTPClient.METHOD_GET, "/", [])
	poll_while(client, [HTTPClient.STATUS_REQUESTING])
	return client


func read_text(client: PyHTTPClient) -> String:
	return read_all(client).get_string_from_utf8()


func certificate(file: String) -> X509Certificate:
	var loaded := X509Certificate.new()
	loaded.load("res://" + file)
	return loaded


func roots() -> X509Certificate:
	return certificate("root.crt")


func trusting() -> TLSOptions:
	return TLSOptions.client(roots())


func text(file: String) -> String:
	return FileAccess.get_file_as_string("res://" + file)


func check_trusted(client: PyHTTPClient) -> void:
	check("status (%s)" % client.get_error_reason(), client.get_status(), HTTPClient.STATUS_BODY)
	client.close()


func check_distrusted(client: PyHTTPClient, reason: String) -> void:
	check("status", client.get_status(), HTTPClient.STATUS_TLS_HANDSHAKE_ERROR)
	check("poll()", client.poll(), ERR_CONNECTION_ERROR)
	check_true("%s: %s" % [reason, client.get_error_reason()], reason in client.get_error_reason())


func check_refused(policy: PyTLSPolicy, reason: String, options: TLSOptions = null) -> void:
	expect(reason)
	var client := PyHTTPClient.new()
	client.tls_policy = policy
	check("refused", client.connect_to_host("https://localhost", 1, options), ERR_INVALID_PARAMETER)
	check("status", client.get_status(), HTTPClient.STATUS_DISCONNECTED)
	check_true("%s: %s" % [reason, client.get_error_reason()], reason in client.get_error_reason())
