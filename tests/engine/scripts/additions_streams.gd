extends "additions_base.gd"
## Connections that a script hands over: any StreamPeer.

const HELLO := "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
const CHUNKS := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
const GET := HTTPClient.METHOD_GET


func test_a_tcp_connection() -> void:
	for property: bool in [false, true]:
		var ends := pair()
		var client := PyHTTPClient.new()
		if property:
			client.connection = ends[0]
		else:
			client.set_connection(ends[0])
		check("connected", client.get_status(), HTTPClient.STATUS_CONNECTED)
		check("at rest", client.poll(), OK)
		check("it is the one", client.get_connection(), ends[0])
		check("as a property", client.connection, ends[0])
		check_answers(client, ends[1])
		client.close()
		check("closed", ends[0].get_status(), StreamPeerTCP.STATUS_NONE)
		check_true("none now", client.get_connection() == null)
		check("disconnected", client.get_status(), HTTPClient.STATUS_DISCONNECTED)


func test_a_connection_set_twice() -> void:
	var ends := pair()
	var client := PyHTTPClient.new()
	client.set_connection(ends[0])
	client.request(GET, "/", [])
	client.set_connection(ends[0])
	check("goes on", client.get_status(), HTTPClient.STATUS_REQUESTING)
	client.connection = client.connection
	answer(client, ends[1], HELLO)
	check("to the end", read_text(client), "hello")
	var own := client_at("answers")
	own.connection = own.connection
	check("its own", fetch(own), OK)
	check("goes on too", read_text(own), "hi")


func test_the_host_of_such_a_connection() -> void:
	var ends := pair()
	var client := client_at("answers")
	client.set_connection(ends[0])
	client.request(GET, "/", [])
	var request := answer(client, ends[1], HELLO)
	check_true("the one before", "\r\nHost: 127.0.0.1:%s\r\n" % option("answers") in request)
	ends = pair()
	client = PyHTTPClient.new()
	client.set_connection(ends[0])
	client.request(GET, "/", ["Host: example.org"])
	request = answer(client, ends[1], HELLO)
	check("the script's own", request.count("Host:"), 1)
	check_true("and right", "\r\nHost: example.org\r\n" in request)


func test_blocking_mode_over_such_a_connection() -> void:
	var near := StreamPeerTCP.new()
	near.connect_to_host(HOST, option("answers").to_int())
	wait_for(
		func() -> bool:
			near.poll()
			return near.get_status() == StreamPeerTCP.STATUS_CONNECTED
	)
	var client := PyHTTPClient.new()
	client.blocking_mode_enabled = true
	client.connection = near
	client.request(GET, "/", [])
	check("one poll() sends", [client.poll(), client.get_status()], [OK, HTTPClient.STATUS_REQUESTING])
	check("another waits", [client.poll(), client.get_status()], [OK, HTTPClient.STATUS_BODY])
	check("and one read", client.read_response_body_chunk().get_string_from_utf8(), "hi")


func test_deadlines_over_such_a_connection() -> void:
	for blocking: bool in [false, true]:
		var ends := pair()
		var client := PyHTTPClient.new()
		client.blocking_mode_enabled = blocking
		client.connection = ends[0]
		client.first_byte_timeout = 0.1
		fetch(client)
		check_failed(
			"silent",
			client,
			HTTPClient.STATUS_CONNECTION_ERROR,
			"no answer within 0.1 s (first_byte_timeout), before it answered"
		)


func test_a_large_upload_over_such_a_connection() -> void:
	var ends := pair()
	var client := PyHTTPClient.new()
	client.connection = ends[0]
	var body := PackedByteArray()
	body.resize(8 << 20)
	body.fill(7)
	client.request_raw(HTTPClient.METHOD_PUT, "/", [], body)
	var got := PackedByteArray()
	wait_for(
		func() -> bool:
			client.poll()
			got.append_array(arrived(ends[1]))
			return complete(got, body.size())
	)
	check("sent", client.get_request_body_sent(), body.size())
	var found := got.slice(got.size() - body.size())
	check("all came", [found.size(), found == body], [body.size(), true])
	ends[1].put_data(HELLO.to_utf8_buffer())
	settle(client)
	check("answered", read_text(client), "hello")


func test_a_connection_that_ends() -> void:
	var ends := pair()
	var client := PyHTTPClient.new()
	client.connection = ends[0]
	client.request(GET, "/", [])
	client.poll()
	ends[1].disconnect_from_host()
	check("poll() tells", settle(client), ERR_CONNECTION_ERROR)
	check("failed", client.get_status(), HTTPClient.STATUS_CONNECTION_ERROR)
	check_true(client.get_error_reason(), client.get_error_reason().ends_with("before it answered"))
	ends = pair()
	client.connection = ends[0]
	client.request(GET, "/", [])
	answer(client, ends[1], "HTTP/1.1 200 OK\r\n\r\nuntil")
	ends[1].put_data(" the end".to_utf8_buffer())
	ends[1].disconnect_from_host()
	check("ended by the end", read_text(client), "until the end")
	check("whole", client.get_status(), HTTPClient.STATUS_DISCONNECTED)
	ends = pair()
	client.connection = ends[0]
	client.request(GET, "/", [])
	answer(client, ends[1], HELLO.left(-2))
	ends[1].disconnect_from_host()
	check("cut", read_text(client), "hel")
	check_failed(
		"cut",
		client,
		HTTPClient.STATUS_CONNECTION_ERROR,
		"the server closed the connection in the middle of the body: 2 of 5 bytes are missing"
	)
	ends = pair()
	client.connection = ends[0]
	ends[1].disconnect_from_host()
	wait_for(func() -> bool: return client.poll() != OK)
	check_failed(
		"at rest",
		client,
		HTTPClient.STATUS_CONNECTION_ERROR,
		"the server closed the connection between requests"
	)


func test_a_connection_that_is_none() -> void:
	var client := client_at("answers")
	expect("the connection to use is null")
	client.set_connection(null)
	check("nothing has changed", client.get_status(), HTTPClient.STATUS_CONNECTED)
	check("the reason", client.get_error_reason(), "the connection to use is null")
	expect("the connection to use is null")
	client.connection = null
	check("it goes on", fetch(client), OK)
	check("to the end", read_text(client), "hi")
	client = PyHTTPClient.new()
	client.connection = StreamPeerTCP.new()
	check("poll() tells of one without a peer", client.poll(), ERR_CONNECTION_ERROR)
	check_failed(
		"without a peer",
		client,
		HTTPClient.STATUS_CONNECTION_ERROR,
		"the server closed the connection between requests"
	)


func test_a_tls_connection() -> void:
	var crypto := Crypto.new()
	var key := crypto.generate_rsa(2048)
	var certificate := crypto.generate_self_signed_certificate(key, "CN=localhost")
	var ends := pair()
	var near := StreamPeerTLS.new()
	var far := StreamPeerTLS.new()
	check("server", far.accept_stream(ends[1], TLSOptions.server(key, certificate)), OK)
	check("client", near.connect_to_stream(ends[0], "localhost", TLSOptions.client_unsafe()), OK)
	wait_for(
		func() -> bool:
			near.poll()
			far.poll()
			return (
				near.get_status() == StreamPeerTLS.STATUS_CONNECTED
				and far.get_status() == StreamPeerTLS.STATUS_CONNECTED
			)
	)
	var client := PyHTTPClient.new()
	client.connection = near
	check("it is the one", client.get_connection(), near)
	check_answers(client, far)
	client.close()
	check("closed", near.get_status(), StreamPeerTLS.STATUS_DISCONNECTED)


## The engine has them since 4.6.
func test_a_unix_connection() -> void:
	var found := ClassDB.class_exists("StreamPeerUDS")
	check("both or none", ClassDB.class_exists("UDSServer"), found)
	if not found:
		return
	var listener: Object = ClassDB.instantiate("UDSServer")
	var path := option("folder").path_join("uds.sock")
	check("listens", listener.call("listen", path), OK)
	var near: StreamPeer = ClassDB.instantiate("StreamPeerUDS")
	check("connects", near.call("connect_to_host", path), OK)
	wait_for(func() -> bool: return listener.call("is_connection_available"))
	var far: StreamPeer = listener.call("take_connection")
	var client := PyHTTPClient.new()
	client.connection = near
	check("it is the one", client.get_connection(), near)
	check_answers(client, far)
	client.close()
	check("closed", near.call("get_status"), 0)


func test_a_stream_of_python() -> void:
	for piece: int in [1, 7, 100_000]:
		for text: String in [HELLO, CHUNKS]:
			var stream := PyMadeStream.new()
			stream.prepare(text.to_utf8_buffer(), piece, OK)
			var client := PyHTTPClient.new()
			client.connection = stream
			check("it is the one", client.get_connection(), stream)
			check("sent", client.request(HTTPClient.METHOD_POST, "/a", [], "body"), OK)
			settle(client)
			check("answered, %d a time" % piece, read_text(client), "hello")
			var request := stream.take().get_string_from_utf8()
			check_true("the request", request.begins_with("POST /a HTTP/1.1\r\n"))
			check_true("its body", request.ends_with("\r\n\r\nbody"))
			check("at rest", client.poll(), OK)
			client.close()
			check("left alone", stream.get_available_bytes(), 0)


func test_a_stream_of_python_that_ends() -> void:
	var stream := PyMadeStream.new()
	stream.prepare("HTTP/1.1 200 OK\r\n\r\nuntil the end".to_utf8_buffer(), 9, ERR_FILE_EOF)
	var client := PyHTTPClient.new()
	client.connection = stream
	fetch(client)
	check("ended by the end", read_text(client), "until the end")
	check("whole", client.get_status(), HTTPClient.STATUS_DISCONNECTED)
	for row: Array in [
		[ERR_FILE_EOF, "the server closed the connection"],
		[ERR_CONNECTION_ERROR, "cannot receive: the StreamPeer returns ERR_CONNECTION_ERROR,"],
	]:
		stream = PyMadeStream.new()
		stream.prepare(HELLO.left(-2).to_utf8_buffer(), 9, row[0])
		client.connection = stream
		fetch(client)
		check("cut", read_text(client), "hel")
		check_failed(
			"cut",
			client,
			HTTPClient.STATUS_CONNECTION_ERROR,
			row[1] + " in the middle of the body: 2 of 5 bytes are missing"
		)


## Such a stream has no status: its end shows in a read alone.
func test_a_stream_of_python_that_ends_before_it_answers() -> void:
	for row: Array in [["", "before it answered"], ["HTTP/1.1 200 O", "in the middle of the header block"]]:
		var stream := PyMadeStream.new()
		stream.prepare(row[0].to_utf8_buffer(), 9, ERR_FILE_EOF)
		var client := PyHTTPClient.new()
		client.connection = stream
		client.total_timeout = 30.0
		fetch(client)
		check_failed(
			"ended", client, HTTPClient.STATUS_CONNECTION_ERROR, "the server closed the connection " + row[1]
		)


func _own_stream() -> StreamPeer:
	var script: GDScript = load("res://additions_own.gd")
	return script.new()


func test_a_stream_of_gdscript() -> void:
	for text: String in [HELLO, CHUNKS]:
		var stream := _own_stream()
		stream.set("answers", text.to_utf8_buffer())
		var client := PyHTTPClient.new()
		client.connection = stream
		check("it is the one", client.get_connection(), stream)
		check("answers", fetch(client, "/a"), OK)
		check("right", read_text(client), "hello")
		var got: PackedByteArray = stream.get("got")
		check_true("the request", got.get_string_from_utf8().begins_with("GET /a HTTP/1.1\r\n"))


## What it says that it sent can't be. The request is not gone on with, or bytes would be sent twice.
func test_a_stream_of_gdscript_that_lies() -> void:
	for lies: int in [6, -100_000]:
		var stream := _own_stream()
		stream.set("lies", lies)
		var client := PyHTTPClient.new()
		client.connection = stream
		fetch(client)
		check("lies", client.get_status(), HTTPClient.STATUS_CONNECTION_ERROR)
		var reason := "cannot send: the StreamPeer reports %d bytes sent of" % (5 - lies)
		check_true("the reason", client.get_error_reason().begins_with(reason))


## What one client has taken, another may use.
func test_the_connection_of_another_client() -> void:
	var first := client_at("answers")
	var second := PyHTTPClient.new()
	second.connection = first.connection
	check("it goes on", fetch(second, "/", ["Host: localhost"]), OK)
	check("to the end", read_text(second), "hi")


func check_answers(client: PyHTTPClient, far: StreamPeer) -> void:
	for text: String in [HELLO, CHUNKS]:
		check("asked", client.request(HTTPClient.METHOD_PUT, "/a", ["Host: b"], "body"), OK)
		var request := answer(client, far, text, "\r\n\r\nbody")
		check_true("the request", request.begins_with("PUT /a HTTP/1.1\r\nHost: b\r\n"))
		check("code", client.get_response_code(), 200)
		check("answer", read_text(client), "hello")
		check("connected", client.get_status(), HTTPClient.STATUS_CONNECTED)


func test_a_connection_that_calls_the_client_back() -> void:
	var client := PyHTTPClient.new()
	var stream := Caller.new()
	stream.client = client
	client.connection = stream
	check("the call under way", client.poll(), OK)
	check("poll() within it", stream.polled, ERR_BUSY)
	check("close() within it", stream.status, HTTPClient.STATUS_DISCONNECTED)
	check("closed at its end", client.get_status(), HTTPClient.STATUS_DISCONNECTED)
	check_true("and left", client.get_connection() == null)
	stream.client = null
	var ends := pair()
	client.connection = ends[0]
	check("it serves again", client.poll(), OK)


func test_close_ends_a_wait_in_another_thread() -> void:
	var client := client_at("silent")
	client.blocking_mode_enabled = true
	client.request(GET, "/", [])
	var thread := Thread.new()
	thread.start(settle.bind(client))
	OS.delay_msec(100)  # it is in its wait, most likely; if not, there is nothing to end
	client.close()
	check("at once", client.get_status(), HTTPClient.STATUS_DISCONNECTED)
	thread.wait_to_finish()
	check("for good", client.get_status(), HTTPClient.STATUS_DISCONNECTED)
	check("no reason", client.get_error_reason(), "")


func test_close_ends_a_wait_for_a_connection_that_was_taken() -> void:
	var ends := client_and_far()
	var client: PyHTTPClient = ends[0]
	var stream := client.get_connection()
	var thread := Thread.new()
	thread.start(stream.get_data.bind(1))
	wait_for(func() -> bool: return client.poll() == ERR_BUSY)
	client.close()
	var got: Array = thread.wait_to_finish()
	check("no data", got[0], ERR_CONNECTION_ERROR)
	check("disconnected", client.get_status(), HTTPClient.STATUS_DISCONNECTED)


## A stream that uses the client by which it is used.
class Caller:
	extends StreamPeerExtension

	var client: PyHTTPClient
	var polled := OK
	var status := -1

	func _get_available_bytes() -> int:
		if client != null and status < 0:
			polled = client.poll()
			client.close()
			status = client.get_status()
		return 0
