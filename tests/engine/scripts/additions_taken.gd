extends "additions_base.gd"
## The connection that a script takes, to read and write it past the client.

const SWITCH := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n"
const GET := HTTPClient.METHOD_GET


func test_identity() -> void:
	var client := PyHTTPClient.new()
	check_true("none", client.get_connection() == null)
	check_true("none as a property", client.connection == null)
	client.connect_to_host(HOST, option("answers").to_int())
	settle(client)
	var stream := client.get_connection()
	check("its class", stream.get_class(), "PyHTTPConnection")
	check("a StreamPeer", stream is StreamPeer, true)
	for i in 3:
		check("the same", is_same(client.get_connection(), stream), true)
		check("as the property", is_same(client.connection, stream), true)
		fetch(client)
		read_all(client)
	client.close()
	check_true("none after close()", client.get_connection() == null)
	client.connect_to_host(HOST, option("answers").to_int())
	settle(client)
	check_true(
		"another connection is another object",
		client.get_connection() != null and client.get_connection() != stream
	)
	check_dead(stream)
	check("and does not matter to it", fetch(client), OK)
	read_all(client)


## The object that a script holds since before the switch reads what came behind it, like one taken later.
func test_identity_across_a_switch() -> void:
	var ends := client_and_far()
	var client: PyHTTPClient = ends[0]
	var stream := client.get_connection()
	client.request(GET, "/", ["Upgrade: echo", "Connection: Upgrade"])
	answer(client, ends[1], SWITCH + "surplus")
	check("the same", is_same(client.get_connection(), stream), true)
	check("what came behind", stream.get_partial_data(7), [OK, "surplus".to_utf8_buffer()])


func test_after_switching_protocols() -> void:
	var ends := client_and_far()
	var client: PyHTTPClient = ends[0]
	client.request(GET, "/", ["Upgrade: echo", "Connection: Upgrade"])
	answer(client, ends[1], SWITCH + "surplus")
	check("the code", client.get_response_code(), 101)
	check("the header", client.get_response_header("upgrade"), "echo")
	check_talk(client, ends[1])


func test_after_connect() -> void:
	var ends := client_and_far()
	var client: PyHTTPClient = ends[0]
	check("asked", client.request(HTTPClient.METHOD_CONNECT, "example.org:25", []), OK)
	var request := answer(client, ends[1], "HTTP/1.1 200 Connected\r\nContent-Length: 7\r\n\r\nsurplus")
	check_true("the request", request.begins_with("CONNECT example.org:25 HTTP/1.1\r\n"))
	check("the code", client.get_response_code(), 200)
	check_talk(client, ends[1])


func test_after_switching_over_a_connection_of_ones_own() -> void:
	var ends := pair()
	var client := PyHTTPClient.new()
	client.connection = ends[0]
	client.request(GET, "/", ["Host: a", "Upgrade: echo", "Connection: Upgrade"])
	answer(client, ends[1], SWITCH + "surplus")
	check_talk(client, ends[1])
	check("closed with the client", ends[0].get_status(), StreamPeerTCP.STATUS_NONE)


## What came behind the head comes first, in any way of reading; then both ends talk, until one leaves.
func check_talk(client: PyHTTPClient, far: StreamPeerTCP) -> void:
	check("connected", client.get_status(), HTTPClient.STATUS_CONNECTED)
	check("poll() leaves it alone", client.poll(), OK)
	var stream := client.get_connection()
	check("the same", is_same(client.get_connection(), stream), true)
	check("here", stream.get_available_bytes(), 7)
	check("some", stream.get_partial_data(3), [OK, "sur".to_utf8_buffer()])
	check("the rest", stream.get_utf8_string(4), "plus")
	check("nothing more", stream.get_partial_data(3), [OK, PackedByteArray()])
	check("nothing here", stream.get_available_bytes(), 0)

	far.put_data("0123456789ab".to_utf8_buffer())
	wait_for(func() -> bool: return stream.get_available_bytes() == 12)
	check("poll() takes nothing", client.poll(), OK)
	check("get_data()", stream.get_data(4), [OK, "0123".to_utf8_buffer()])
	check("get_u8()", stream.get_u8(), 52)
	check("get_utf8_string()", stream.get_utf8_string(3), "567")
	check("more than there is", stream.get_partial_data(100), [OK, "89ab".to_utf8_buffer()])

	check("put_data()", stream.put_data("ping".to_utf8_buffer()), OK)
	check("put_partial_data()", stream.put_partial_data("pong".to_utf8_buffer()), [OK, 4])
	stream.big_endian = true
	stream.put_u16(0x4142)
	stream.put_utf8_string("hé")
	check(
		"all came",
		receive(far, 17),
		"pingpongAB".to_utf8_buffer() + PackedByteArray([0, 0, 0, 3]) + "hé".to_utf8_buffer()
	)
	check("put nothing", stream.put_data(PackedByteArray()), OK)
	check("get nothing", stream.get_data(0), [OK, PackedByteArray()])
	check("still connected", client.get_status(), HTTPClient.STATUS_CONNECTED)

	client.close()
	check_true("none after close()", client.get_connection() == null)
	check_dead(stream)
	wait_for(
		func() -> bool:
			far.poll()
			return far.get_status() != StreamPeerTCP.STATUS_CONNECTED
	)


## Every use of a connection that is over is an error, and no harm.
func check_dead(stream: StreamPeer) -> void:
	check("nothing is here", stream.get_available_bytes(), 0)
	check("put_data()", stream.put_data("x".to_utf8_buffer()), ERR_CONNECTION_ERROR)
	check_true("get_data()", stream.get_data(1)[0] in [ERR_CONNECTION_ERROR, ERR_FILE_EOF])
	var got: Array = stream.get_partial_data(1)
	check_true("get_partial_data()", got[0] in [ERR_CONNECTION_ERROR, ERR_FILE_EOF])
	check("gives nothing", got[1], PackedByteArray())
	check("put_partial_data()", stream.put_partial_data("x".to_utf8_buffer())[0], ERR_CONNECTION_ERROR)


func test_a_connection_outlives_its_client() -> void:
	var client := client_at("answers")
	var stream := client.get_connection()
	client = null
	check_answer_by_hand(stream)


func test_one_of_nobody() -> void:
	var stream := PyHTTPConnection.new()
	check("nothing is here", stream.get_available_bytes(), 0)
	check("put_data()", stream.put_data("x".to_utf8_buffer()), ERR_UNCONFIGURED)
	check("get_data()", stream.get_data(1)[0], ERR_UNCONFIGURED)


func test_reads_that_wait() -> void:
	var client := client_at("switches")
	fetch(client, "/", ["Upgrade: echo", "Connection: Upgrade"])
	check("the code", client.get_response_code(), 101)
	var stream := client.get_connection()
	check("for all of it", stream.get_data(8), [OK, "and late".to_utf8_buffer()])
	check("for the end", stream.get_data(8)[0], ERR_FILE_EOF)
	check("the end again", stream.get_partial_data(8), [ERR_FILE_EOF, PackedByteArray()])
	wait_for(func() -> bool: return client.poll() != OK)
	check("the client sees it too", client.get_status(), HTTPClient.STATUS_CONNECTION_ERROR)
	check_true("none then", client.get_connection() == null)


func test_a_write_that_waits() -> void:
	var ends := client_and_far()
	var client: PyHTTPClient = ends[0]
	var far: StreamPeerTCP = ends[1]
	var data := PackedByteArray()
	data.resize(16 << 20)
	data.fill(7)
	var stream := client.get_connection()
	var some: Array = stream.put_partial_data(data)
	check("in part", some[0], OK)
	check_true("%d bytes" % some[1], some[1] > 0 and some[1] < data.size())
	var reader := Thread.new()
	reader.start(receive.bind(far, data.size() + int(some[1])))
	check("whole", stream.put_data(data), OK)
	var got: PackedByteArray = reader.wait_to_finish()
	check("all came", got.size(), data.size() + some[1])
	check("unharmed", got.count(7), got.size())


func test_a_request_by_hand() -> void:
	var client := client_at("answers")
	check_answer_by_hand(client.get_connection())
	check("the client has not seen it", fetch(client), OK)
	check("and goes on", read_text(client), "hi")


func check_answer_by_hand(stream: StreamPeer) -> void:
	var text := "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
	check("asked", stream.put_data("GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_utf8_buffer()), OK)
	check("answered", stream.get_data(text.length()), [OK, text.to_utf8_buffer()])
