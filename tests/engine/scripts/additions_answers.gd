extends "additions_base.gd"
## Limits, decoding, headers by name, trailers and timings.

const PHASES := ["name_lookup", "connect", "appconnect", "pretransfer", "posttransfer", "first_byte", "total"]


func test_limits_that_are_none() -> void:
	for row: Array in [
		["max_header_size", 1023, "max_header_size 1023 is not within 1024 to 16777216"],
		["max_header_size", 16777217, "max_header_size 16777217 is not within 1024"],
		["max_header_size", -1, "max_header_size -1 is not within 1024 to 16777216"],
		["max_body_size", -2, "max_body_size -2 is not within -1 to 9223372036854775806"],
	]:
		var client := PyHTTPClient.new()
		var before: int = client.get(row[0])
		expect(row[2])
		client.set(row[0], row[1])
		check_true(client.get_error_reason(), client.get_error_reason().begins_with(row[2]))
		check("it stays", client.call("get_" + row[0]), before)
	var client := PyHTTPClient.new()
	for size: int in [1024, 16777216]:
		client.max_header_size = size
		check("max_header_size", client.get_max_header_size(), size)
	for size: int in [0, 1 << 40, -1]:
		client.max_body_size = size
		check("max_body_size", client.get_max_body_size(), size)


func test_headers_over_the_limit() -> void:
	for server: String in ["long_head", "endless_head", "endless_interim"]:
		var client := client_at(server)
		client.max_header_size = 1024
		check("poll() tells", fetch(client), ERR_CONNECTION_ERROR)
		check_failed(
			server,
			client,
			HTTPClient.STATUS_CONNECTION_ERROR,
			"the header block is over the limit of 1024 bytes"
		)
		check("no header", client.get_response_headers(), PackedStringArray())
	var client := client_at("long_head")
	client.max_header_size = 4096
	fetch(client)
	check("within", client.get_response_header("X-Long").length(), 2000)


func test_a_body_over_the_limit() -> void:
	for row: Array in [
		["length", "the body of 1000 bytes is over the limit of 999", 999],
		["chunks", "the body is over the limit of 999 bytes", 999],
		["until_close", "the body is over the limit of 999 bytes", 999],
		["length", "the body of 1000 bytes is over the limit of 0", 0],
	]:
		for blocking: bool in [false, true]:
			var client := client_at(row[0])
			client.blocking_mode_enabled = blocking
			client.max_body_size = row[2]
			fetch(client)
			var got := read_text(client)
			check_failed(row[0], client, HTTPClient.STATUS_CONNECTION_ERROR, row[1])
			check_true("%d bytes, no more" % got.length(), got.length() <= row[2])
			client = client_at(row[0])
			client.blocking_mode_enabled = blocking
			client.max_body_size = 1000
			fetch(client)
			check(row[0] + " of just that size", read_text(client), "x".repeat(1000))
			check(row[0] + ": no reason", client.get_error_reason(), "")


func test_bodies_decoded() -> void:
	for server: String in ["gzip", "gzip_members", "gzip_chunks", "gzip_close", "zlib", "bare"]:
		for blocking: bool in [false, true]:
			var client := client_at(server)
			client.blocking_mode_enabled = blocking
			client.decode_body = true
			check("decode_body", client.is_decode_body(), true)
			fetch(client)
			check(server + ": no length", client.get_response_body_length(), -1)
			var wanted := "deflate" if server in ["zlib", "bare"] else "gzip"
			check(server + ": the header", client.get_response_header("content-encoding"), wanted)
			check(server, read_text(client), "hello, world\n".repeat(1000))
			check(server + ": no reason", client.get_error_reason(), "")


## It works on a thread of Python's beside the engine's own.
func test_br() -> void:
	for blocking: bool in [false, true]:
		var client := client_at("br")
		client.blocking_mode_enabled = blocking
		client.decode_body = true
		fetch(client)
		check_true("the body", read_text(client) == "hello, world\n".repeat(20000))
		check("no reason", client.get_error_reason(), "")


func test_decoding_is_asked_for() -> void:
	var client := client_at("server")
	fetch(client, "/request")
	check_true("not by itself", not "Accept-Encoding" in read_text(client))
	client.decode_body = true
	fetch(client, "/request")
	check_true("gzip first", "\r\nAccept-Encoding: gzip, deflate" in read_text(client))
	fetch(client, "/request", ["accept-encoding: identity"])
	check_true("the script's own counts", not "Accept-Encoding" in read_text(client))
	fetch(client, "/request", ["Range: bytes=0-1"])
	check_true("not of a part", not "Accept-Encoding" in read_text(client))
	fetch(client, "/bytes/1000")
	check("what is not coded stays", read_all(client).size(), 1000)
	client.decode_body = false
	fetch(client, "/request")
	check_true("no longer", not "Accept-Encoding" in read_text(client))


func test_without_decoding() -> void:
	var client := client_at("gzip")
	fetch(client)
	var body := read_all(client)
	check("the length is known", client.get_response_body_length(), body.size())
	check(
		"as it came",
		body.decompress_dynamic(-1, FileAccess.COMPRESSION_GZIP).get_string_from_utf8(),
		"hello, world\n".repeat(1000)
	)


## As of the next request.
func test_decoding_switched_on_too_late() -> void:
	var client := client_at("gzip")
	client.request(HTTPClient.METHOD_GET, "/", [])
	client.decode_body = true
	settle(client)
	check("as it came", read_all(client).slice(0, 2), PackedByteArray([0x1f, 0x8b]))


func test_bodies_that_can_not_be_decoded() -> void:
	for row: Array in [
		["gzip_cut", "the body's gzip coding is cut short"],
		["gzip_head_cut", "the body's gzip coding is cut short"],
		["gzip_chunks_cut", "the body's gzip coding is cut short"],
		["deflate_cut", "the body's deflate coding is cut short"],
		["gzip_broken", "malformed gzip coding: "],
		["bomb", "the body is a gzip, gzip bomb: "],
	]:
		for blocking: bool in [false, true]:
			var client := client_at(row[0])
			client.blocking_mode_enabled = blocking
			client.decode_body = true
			fetch(client)
			var size := read_all(client).size()
			check(row[0], client.get_status(), HTTPClient.STATUS_CONNECTION_ERROR)
			var reason := client.get_error_reason()
			check_true("%s: %s" % [row[0], reason], reason.begins_with(row[1]))
			check_true("%s: %d bytes" % [row[0], size], size < 8 << 20)


func test_what_is_handed_out_as_it_came() -> void:
	for row: Array in [["unknown", "?"], ["part", "llo"]]:
		for blocking: bool in [false, true]:
			var client := client_at(row[0])
			client.blocking_mode_enabled = blocking
			client.decode_body = true
			fetch(client)
			check(row[0] + ": the length", client.get_response_body_length(), row[1].length())
			check(row[0], read_text(client), row[1])
			check(row[0] + ": no reason", client.get_error_reason(), "")


## A read may give nothing while it works through what came; the status tells whether there is more.
func test_an_empty_read_is_not_the_end() -> void:
	for blocking: bool in [false, true]:
		var client := client_at("gzip_empty")
		client.blocking_mode_enabled = blocking
		client.decode_body = true
		fetch(client)
		var reads: Array[int] = []
		while client.get_status() == HTTPClient.STATUS_BODY:
			client.poll()
			reads.append(client.read_response_body_chunk().size())
		check("the last one gives the body", reads.max(), 5)
		check_true("%d reads" % reads.size(), (reads.size() == 1) == blocking)
		check("no reason", client.get_error_reason(), "")


func test_a_limit_counts_what_is_decoded() -> void:
	var client := client_at("gzip")
	client.decode_body = true
	client.max_body_size = 12999
	fetch(client)
	check_true("no more than that", read_all(client).size() <= 12999)
	check_failed(
		"decoded", client, HTTPClient.STATUS_CONNECTION_ERROR, "the body is over the limit of 12999 bytes"
	)
	client = client_at("gzip")
	client.decode_body = true
	client.max_body_size = 13000
	fetch(client)
	check("just that", read_all(client).size(), 13000)


func test_headers_by_name() -> void:
	var client := client_at("headers")
	check("before an answer", client.get_response_header("X-One"), "")
	check("nor has it any", client.has_response_header("X-One"), false)
	fetch(client)
	for name: String in ["X-One", "x-one", "X-ONE"]:
		check(name, client.get_response_header(name), "first")
		check("has " + name, client.has_response_header(name), true)
	check("repeated", client.get_response_header("x-two"), "a, b, c")
	check("cookies", client.get_response_header("set-cookie"), "a=1; Path=/, x\nb=2")
	check("of no value", client.get_response_header("X-Empty"), "")
	check("and yet there", client.has_response_header("X-Empty"), true)
	for name: String in ["X-None", "", "X-One:", " X-One", "X"]:
		check("none by '%s'" % name, client.get_response_header(name), "")
		check("has none by '%s'" % name, client.has_response_header(name), false)
	check("nothing taken away", client.has_response(), true)
	check("all lines", client.get_response_headers().size(), 7)
	check("after those were taken", client.get_response_header("x-one"), "first")
	read_all(client)
	check("after the body", client.get_response_header("x-one"), "first")
	client.request(HTTPClient.METHOD_GET, "/", [])
	check("not of the last answer", client.get_response_header("x-one"), "")
	settle(client)
	client.close()
	check("not after close()", client.has_response_header("x-one"), false)


func test_trailers() -> void:
	var client := client_at("trailers")
	check("before an answer", client.get_response_trailers(), PackedStringArray())
	fetch(client)
	check("before the body's end", client.get_response_trailers(), PackedStringArray())
	check("the body", read_text(client), "hello")
	var trailers: PackedStringArray = client.get_response_trailers()
	check("they came", trailers, PackedStringArray(["X-Sum: 12", "Content-Length: 99"]))
	check("they stay", client.get_response_trailers(), trailers)
	check("they are no headers", client.get_response_header("X-Sum"), "")
	client.request(HTTPClient.METHOD_GET, "/", [])
	check("not of the last answer", client.get_response_trailers(), PackedStringArray())
	settle(client)
	read_all(client)
	check("they came again", client.get_response_trailers(), trailers)
	client.close()
	check("not after close()", client.get_response_trailers(), PackedStringArray())


func test_trailers_over_the_limit() -> void:
	var client := client_at("long_trailers")
	client.max_header_size = 1024
	fetch(client)
	check("the body", read_text(client), "hello")
	check("failed", client.get_status(), HTTPClient.STATUS_CONNECTION_ERROR)
	var reason := client.get_error_reason()
	check_true(reason, "trailer" in reason and "1024" in reason)


func test_timings() -> void:
	var client := PyHTTPClient.new()
	check("the phases", client.get_timings().keys(), PHASES)
	check_marks("before anything", client.get_timings(), [])
	client.connect_to_host("localhost", option("server").to_int())
	settle(client)
	check_marks("connected", client.get_timings(), ["name_lookup", "connect", "total"])
	client.request(HTTPClient.METHOD_GET, "/wait/0.05", [])
	settle(client)
	read_all(client)
	check_marks("answered", client.get_timings(), PHASES.filter(func(at): return at != "appconnect"))
	var timings := client.get_timings()
	check_true("the server's time is there", timings["first_byte"] - timings["posttransfer"] > 0.04)
	OS.delay_msec(20)
	client.poll()
	check("the clock stands still", client.get_timings(), timings)
	fetch(client, "/hello")
	read_all(client)
	# It begins with request(), whose own mark may be as early as the clock can tell.
	check_marks("over the same", client.get_timings(), ["posttransfer", "first_byte", "total"])
	client.close()
	check_marks("after close()", client.get_timings(), [])


func test_timings_of_failures() -> void:
	var client := PyHTTPClient.new()
	client.connect_to_host(HOST, option("closed").to_int())
	settle(client)
	check("refused", client.get_status(), HTTPClient.STATUS_CANT_CONNECT)
	check_marks("refused", client.get_timings(), ["total"])
	client = client_at("stalled_body")
	fetch(client)
	client.idle_timeout = 0.1
	read_all(client)
	var timings := client.get_timings()
	check_marks("cut", timings, ["connect", "pretransfer", "posttransfer", "first_byte", "total"])
	check_true("the waiting is in the total", timings["total"] - timings["first_byte"] > 0.09)


## Those that are there are in order; all others are 0.
func check_marks(what: String, timings: Dictionary, there: Array) -> void:
	var last := 0.0
	for phase: String in timings:
		var mark: float = timings[phase]
		if not phase in there:
			check("%s: no %s" % [what, phase], mark, 0.0)
			continue
		check_true("%s: %s at %f" % [what, phase, mark], mark > 0.0 and mark >= last)
		last = mark
