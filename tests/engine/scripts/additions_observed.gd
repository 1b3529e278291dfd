extends "additions_base.gd"
## What an addon in Python sees of a script's clients, which know nothing of it.


func test_a_request() -> void:
	var watcher := PyWatcher.new()
	var client := client_at("answers")
	fetch(client, "/one")
	check("the answer", read_text(client), "hi")
	fetch(client, "/two")
	read_all(client)
	client.close()
	check("requests", watcher.take_requests(), ["GET /one HTTP/1.1", "GET /two HTTP/1.1"])


func test_a_connection_that_fails() -> void:
	var watcher := PyWatcher.new()
	watcher.take_events()
	var client := PyHTTPClient.new()
	client.connect_to_host(HOST, option("closed").to_int())
	settle(client)
	check("the status", client.get_status(), HTTPClient.STATUS_CANT_CONNECT)
	check(
		"the events",
		watcher.take_events(),
		["ConnectStarted", "AttemptStarted", "AttemptFailed", "ConnectFailed"]
	)


func test_a_stream_of_the_engines() -> void:
	var watcher := PyWatcher.new()
	watcher.take_events()
	var ends := pair()
	var client := PyHTTPClient.new()
	client.connection = ends[0]
	client.close()
	check("the events", watcher.take_events(), ["Connected", "ConnectionClosed"])


func test_z_a_watcher_that_is_broken() -> void:
	var watcher := PyWatcher.new()
	watcher.break_next()
	var client := client_at("answers")
	fetch(client)
	check("the answer", read_text(client), "hi")
