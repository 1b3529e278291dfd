extends "measures.gd"
## A large upload, and what it adds to the process's memory.

const MIB := 1024 * 1024
const SIZE := 200 * MIB

var port := option("port").to_int()


func test_a_large_upload_is_not_copied() -> void:
	var type := option("type")
	var body := PackedByteArray()
	body.resize(SIZE)
	body.fill(7)
	var client: RefCounted = ClassDB.instantiate(type)
	await connect_to(client)
	var before := process_memory("VmHWM")
	await send(client, body)
	var added := process_memory("VmHWM") - before
	if type == "PyHTTPClient":
		check_true("it added %d bytes" % added, added < 16 * MIB)
		var typed: PyHTTPClient = client
		check("typed", typed.request_raw(HTTPClient.METHOD_POST, "/sink", [], body), OK)
		await take_answer(client, SIZE, option("crc-200").to_int())
		added = process_memory("VmHWM") - before
		check_true("typed, it added %d bytes" % added, added < 16 * MIB)
	else:
		print("%s: it added %d bytes" % [type, added])


func send(client: RefCounted, body: PackedByteArray) -> void:
	check("sent", client.request_raw(HTTPClient.METHOD_POST, "/sink", [], body), OK)
	await take_answer(client, SIZE, option("crc-200").to_int())


## As the memory is shared, the script must get its own when it writes to it.
func test_a_body_may_be_changed_while_it_is_sent() -> void:
	var body := PackedByteArray()
	body.resize(8 * MIB)
	body.fill(7)
	var client := PyHTTPClient.new()
	await connect_to(client)
	check("sent", client.request_raw(HTTPClient.METHOD_POST, "/sink", [], body), OK)
	body.fill(8)
	client.poll()
	body.resize(1)
	client.poll()
	body = PackedByteArray()
	await take_answer(client, 8 * MIB, option("crc-8").to_int())


func connect_to(client: RefCounted) -> void:
	client.connect_to_host(HOST, port)
	await until(
		func() -> bool: return client.poll() != OK or client.get_status() == HTTPClient.STATUS_CONNECTED
	)
	check("connected", client.get_status(), HTTPClient.STATUS_CONNECTED)


func take_answer(client: RefCounted, size: int, crc: int) -> void:
	await until(func() -> bool: return client.poll() != OK or client.get_status() == HTTPClient.STATUS_BODY)
	var text := ""
	while client.get_status() == HTTPClient.STATUS_BODY:
		text += client.read_response_body_chunk().get_string_from_utf8()
		await get_tree().process_frame
	var got: Dictionary = JSON.parse_string(text)
	check("what came", [int(got["size"]), int(got["crc"])], [size, crc])
