extends "additions_base.gd"
## Deadlines: each ends what it is for, tells why, and leaves a client that can be used.
##
## Where a deadline is to pass after something has come, it is set when that is here: how long it takes to
## come is up to the machine.

const SHORT := 0.15
const LONG := 60.0

const STALL := """
import socket, threading
real, free = socket.getaddrinfo, threading.Event()
def stalled(*arguments):
	free.wait(60)
	raise socket.gaierror(-2, 'freed')
stalled.real, stalled.free = real, free
socket.getaddrinfo = stalled
"""
const UNSTALL := """
import socket
stalled = socket.getaddrinfo
socket.getaddrinfo = stalled.real
stalled.free.set()
"""


func test_their_values() -> void:
	var client := PyHTTPClient.new()
	for deadline: String in ["connect_timeout", "first_byte_timeout", "idle_timeout", "total_timeout"]:
		check(deadline, client.get(deadline), 0.0)
		client.set(deadline, 2)
		check(deadline + " as a property", client.call("get_" + deadline), 2.0)
		client.call("set_" + deadline, 0.5)
		check(deadline + " by its setter", client.get(deadline), 0.5)
		for wrong: Array in [[-1.0, "-1.0"], [NAN, "nan"], [INF, "inf"]]:
			var text := "%s %s is not a number of seconds, 0 or more" % [deadline, wrong[1]]
			expect(text)
			client.set(deadline, wrong[0])
			check(text, client.get_error_reason(), text)
			check(deadline + " stays", client.get(deadline), 0.5)
		client.set(deadline, 0)
		check(deadline + " taken away", client.get(deadline), 0.0)


func test_a_listener_that_is_busy() -> void:
	for blocking: bool in [false, true]:
		var client := PyHTTPClient.new()
		client.blocking_mode_enabled = blocking
		client.connect_timeout = SHORT
		var to := option("blackhole").to_int()
		check("connect", client.connect_to_host(HOST, to), OK)
		check("poll() tells", settle(client), ERR_CANT_CONNECT)
		check_failed(
			"connecting",
			client,
			HTTPClient.STATUS_CANT_CONNECT,
			"no connection within 0.15 s (connect_timeout): still connecting to 127.0.0.1:%d" % to
		)
		check("and again", client.poll(), ERR_CANT_CONNECT)
		check_true("no connection", client.get_connection() == null)
		check_alive(client)


func test_a_look_up_that_takes_long() -> void:
	PyProbe.run(STALL)
	for blocking: bool in [false, true]:
		var client := PyHTTPClient.new()
		client.blocking_mode_enabled = blocking
		client.connect_timeout = SHORT
		client.connect_to_host("stalled.invalid", 80)
		check("poll() tells", settle(client), ERR_CANT_RESOLVE)
		check_failed(
			"looking up",
			client,
			HTTPClient.STATUS_CANT_RESOLVE,
			"no connection within 0.15 s (connect_timeout): still looking 'stalled.invalid' up"
		)
		check_alive(client)
	PyProbe.run(UNSTALL)


func test_a_silent_server() -> void:
	for deadline: String in ["first_byte_timeout", "idle_timeout", "total_timeout"]:
		for blocking: bool in [false, true]:
			var client := client_at("silent")
			client.blocking_mode_enabled = blocking
			client.set(deadline, SHORT)
			check("poll() tells", fetch(client), ERR_CONNECTION_ERROR)
			check_late(client, deadline, "before it answered")
			check("no answer", [client.has_response(), client.get_response_code()], [false, 0])
			check_alive(client)


func test_a_head_that_stalls() -> void:
	for deadline: String in ["idle_timeout", "total_timeout"]:
		for blocking: bool in [false, true]:
			var client := client_at("stalled_head")
			client.request(HTTPClient.METHOD_GET, "/", [])
			wait_for(func() -> bool: return client.poll() != OK or client.get_timings()["first_byte"] > 0)
			client.blocking_mode_enabled = blocking
			client.set(deadline, SHORT)
			settle(client)
			check_late(client, deadline, "in the middle of the header block")


func test_a_body_that_stalls() -> void:
	for deadline: String in ["idle_timeout", "total_timeout"]:
		for blocking: bool in [false, true]:
			var client := client_at("stalled_body")
			fetch(client)
			check("what has come", client.read_response_body_chunk().get_string_from_utf8(), "hello")
			client.blocking_mode_enabled = blocking
			client.set(deadline, SHORT)
			check("no more", read_text(client), "")
			check_late(client, deadline, "in the middle of the body: 5 of 10 bytes are missing")
			check("the code stays", client.get_response_code(), 200)
			check("poll() tells", client.poll(), ERR_CONNECTION_ERROR)
			check_alive(client)


## Without a read: a game that waits for get_status() alone.
func test_a_body_that_stalls_and_is_not_read() -> void:
	var client := client_at("stalled_body")
	fetch(client)
	client.total_timeout = SHORT
	wait_for(
		func() -> bool:
			client.poll()
			return client.get_status() != HTTPClient.STATUS_BODY
	)
	check_late(client, "total_timeout", "in the middle of the body: 5 of 10 bytes are missing")


func test_a_body_that_drips() -> void:
	for blocking: bool in [false, true]:
		var client := client_at("drip")
		fetch(client)
		check_true("something has come", not client.read_response_body_chunk().is_empty())
		client.blocking_mode_enabled = blocking
		client.total_timeout = client.get_timings()["total"] + 0.1
		read_text(client)
		check("failed", client.get_status(), HTTPClient.STATUS_CONNECTION_ERROR)
		var reason := client.get_error_reason()
		check_true(reason, reason.begins_with("not complete within "))
		check_true(reason, reason.contains(" s (total_timeout), in the middle of the body: "))


func test_an_upload_that_nobody_takes() -> void:
	for deadline: String in ["idle_timeout", "total_timeout"]:
		for blocking: bool in [false, true]:
			var ends := client_and_far()
			var client: PyHTTPClient = ends[0]
			client.blocking_mode_enabled = blocking
			client.set(deadline, SHORT)
			var body := PackedByteArray()
			body.resize(32 << 20)
			check("request", client.request_raw(HTTPClient.METHOD_PUT, "/", [], body), OK)
			settle(client)
			check_late(client, deadline, "before it answered")
			var sent := client.get_request_body_sent()
			check_true("in part: %d" % sent, sent > 0 and sent < body.size())


## A reader that takes its time is not late: the bytes are here.
func test_a_reader_that_is_slow() -> void:
	var client := client_at("answers")
	fetch(client)
	client.idle_timeout = SHORT
	for i in 30:
		OS.delay_msec(10)
		client.poll()
	check("the body", read_text(client), "hi")
	check("still connected", client.get_status(), HTTPClient.STATUS_CONNECTED)


func test_a_connection_at_rest_has_no_deadline() -> void:
	var client := client_at("answers")
	for deadline: String in ["connect_timeout", "first_byte_timeout", "idle_timeout", "total_timeout"]:
		client.set(deadline, 0.05)
	for i in 2:
		OS.delay_msec(100)
		check("at rest", client.poll(), OK)
		for deadline: String in ["first_byte_timeout", "idle_timeout", "total_timeout"]:
			client.set(deadline, LONG)
		fetch(client)
		check("an answer", read_text(client), "hi")
		client.total_timeout = 0.05


## Set while it is under way.
func test_a_deadline_that_comes_later() -> void:
	var client := client_at("silent")
	client.request(HTTPClient.METHOD_GET, "/", [])
	client.poll()
	check("under way", client.get_status(), HTTPClient.STATUS_REQUESTING)
	client.first_byte_timeout = SHORT
	settle(client)
	check_late(client, "first_byte_timeout", "before it answered")


func check_late(client: PyHTTPClient, deadline: String, where: String) -> void:
	var what: String = {
		"first_byte_timeout": "no answer within",
		"idle_timeout": "not a byte moved for",
		"total_timeout": "not complete within",
	}[deadline]
	check_failed(
		deadline,
		client,
		HTTPClient.STATUS_CONNECTION_ERROR,
		"%s %s s (%s), %s" % [what, SHORT, deadline, where]
	)


## After a failure the client connects anew, and forgets why.
func check_alive(client: PyHTTPClient) -> void:
	client.connect_timeout = LONG
	client.first_byte_timeout = LONG
	client.idle_timeout = LONG
	client.total_timeout = LONG
	client.connect_to_host(HOST, option("answers").to_int())
	check("the reason is forgotten", client.get_error_reason(), "")
	settle(client)
	check("anew", fetch(client), OK)
	check("a whole answer", read_text(client), "hi")
