extends "client_base.gd"
## What the suites about the additions share: clients at scripted servers, and both ends of a connection.

const WORKING := [
	HTTPClient.STATUS_RESOLVING,
	HTTPClient.STATUS_CONNECTING,
	HTTPClient.STATUS_REQUESTING,
]


## A client that is connected to one of the servers that the command line names.
func client_at(server: String) -> PyHTTPClient:
	return client_on(option(server).to_int())


func client_on(to: int) -> PyHTTPClient:
	var client := PyHTTPClient.new()
	client.connect_to_host(HOST, to)
	settle(client)
	if client.get_status() != HTTPClient.STATUS_CONNECTED:
		fail("no connection: " + client.get_error_reason())
	return client


## Polls until there is nothing more to do but to read a body; gives what the last poll() gave.
func settle(client: PyHTTPClient) -> Error:
	var error := OK
	var end := Time.get_ticks_msec() + PATIENCE_MSEC
	while client.get_status() in WORKING and Time.get_ticks_msec() < end:
		error = client.poll()
		OS.delay_usec(100)
	return error


func fetch(client: PyHTTPClient, path := "/", headers := PackedStringArray()) -> Error:
	var error := client.request(HTTPClient.METHOD_GET, path, headers)
	return settle(client) if error == OK else error


## The text of an answer that has come.
func read_text(client: PyHTTPClient) -> String:
	return read_all(client).get_string_from_utf8()


func check_failed(what: String, client: PyHTTPClient, status: int, reason: String) -> void:
	check(what + ": status", client.get_status(), status)
	check(what + ": reason", client.get_error_reason(), reason)


## A wrong use: what it gives, and its text, in the output and as the reason.
func check_refused(client: PyHTTPClient, use: Callable, text: String) -> void:
	expect(text)
	var error: Variant = use.call()
	check("refused: " + text, error, ERR_INVALID_PARAMETER)
	check("the reason: " + text, client.get_error_reason(), text)


## Both ends of a TCP connection.
func pair() -> Array[StreamPeerTCP]:
	var near := StreamPeerTCP.new()
	var far := accepted(func(to: int) -> void: near.connect_to_host(HOST, to))
	wait_for(
		func() -> bool:
			near.poll()
			return near.get_status() == StreamPeerTCP.STATUS_CONNECTED
	)
	return [near, far]


## A client that has connected, and the other end.
func client_and_far() -> Array:
	var client := PyHTTPClient.new()
	var far := accepted(func(to: int) -> void: client.connect_to_host(HOST, to))
	settle(client)
	check("connected", client.get_status(), HTTPClient.STATUS_CONNECTED)
	return [client, far]


func accepted(connect_to: Callable) -> StreamPeerTCP:
	var listener := TCPServer.new()
	listener.listen(0, HOST)
	connect_to.call(listener.get_local_port())
	wait_for(listener.is_connection_available)
	return listener.take_connection()


func wait_for(condition: Callable) -> void:
	var end := Time.get_ticks_msec() + PATIENCE_MSEC
	while not condition.call():
		if Time.get_ticks_msec() > end:
			fail("it never came")
			return
		OS.delay_usec(100)


## Answers a request from the other end; gives the request.
func answer(client: PyHTTPClient, far: StreamPeer, text: String, ending := "\r\n\r\n") -> String:
	var request := ""
	var end := Time.get_ticks_msec() + PATIENCE_MSEC
	while not request.ends_with(ending) and Time.get_ticks_msec() < end:
		client.poll()
		request += arrived(far).get_string_from_utf8()
	far.put_data(text.to_utf8_buffer())
	settle(client)
	return request


## What has come at an end.
func arrived(end: StreamPeer) -> PackedByteArray:
	if end.has_method("poll"):
		end.call("poll")
	var size := end.get_available_bytes()
	var got: Array = end.get_partial_data(size) if size > 0 else [OK, PackedByteArray()]
	return got[1]


## Whether a request has come whole, whose body is so long on the wire.
func complete(request: PackedByteArray, size: int) -> bool:
	var head := request.slice(0, 4096).get_string_from_ascii().find("\r\n\r\n")
	return head >= 0 and request.size() >= head + 4 + size


## The next bytes that come at an end, that many.
func receive(end: StreamPeer, size: int) -> PackedByteArray:
	var data := PackedByteArray()
	wait_for(
		func() -> bool:
			data.append_array(arrived(end))
			return data.size() >= size
	)
	return data
