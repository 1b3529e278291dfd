extends "suite.gd"
## Leaves something under way when the game quits.

var client: RefCounted


func test_something_is_under_way() -> void:
	client = PyHTTPClient.new() if option("client") == "PyHTTPClient" else HTTPClient.new()
	match option("what"):
		"request":
			request("/wait/60")
		"body":
			request("/bytes/1000000000")
		"lookup":
			PyProbe.run("import socket, time\nsocket.getaddrinfo = lambda *a, **k: time.sleep(60)")
			client.connect_to_host("name.invalid", 80)
			client.poll()
		"blocking":
			client.blocking_mode_enabled = true
			var thread := Thread.new()
			thread.start(request.bind("/bytes/1000"))
			thread.wait_to_finish()
	check_true(
		"under way",
		(
			client.get_status()
			in [HTTPClient.STATUS_RESOLVING, HTTPClient.STATUS_REQUESTING, HTTPClient.STATUS_BODY]
		)
	)
	get_tree().set_meta("kept", client)  # beyond the end of this suite


func request(path: String) -> void:
	client.connect_to_host("127.0.0.1", option("port").to_int())
	while client.get_status() == HTTPClient.STATUS_CONNECTING:
		client.poll()
	client.request_raw(HTTPClient.METHOD_GET, path, [], PackedByteArray())
	client.poll()
