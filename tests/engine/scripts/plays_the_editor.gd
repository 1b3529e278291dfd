extends "suite.gd"
## Plays the editor: a game connects to it by [code]--remote-debug[/code], as to the editor's own debugger.

const SECONDS := 60.0
const FRAMES := 100

var server := TCPServer.new()
var peer: StreamPeerTCP
var pid := -1


func start(ask: bool, arguments: Array = []) -> void:
	var port := 20000 + OS.get_process_id() % 20000
	while server.listen(port, "127.0.0.1") != OK:
		port += 1
	var command := [
		"--headless",
		"--no-header",
		"--path",
		ProjectSettings.globalize_path("res://"),
		"--remote-debug",
		"tcp://127.0.0.1:%d" % port,
		"--script",
		"res://game.gd",
		"--"
	]
	pid = OS.create_process(OS.get_executable_path(), command + arguments)
	var end := Time.get_ticks_msec() + SECONDS * 1000.0
	while not server.is_connection_available() and Time.get_ticks_msec() < end:
		await get_tree().process_frame
	peer = server.take_connection()
	server.stop()
	if ask:
		say("record", [true])


func say(message: String, data: Array) -> void:
	put(["pythonscript_http:" + message, 1, data])


## quirk - Godot 4.6 - core/debugger/remote_debugger_peer.cpp: a message whose length comes before the rest,
## as put_var() sends them, ends the connection - drop when it does not
func put(message: Array) -> void:
	var payload := var_to_bytes(message)
	var packet := PackedByteArray([0, 0, 0, 0])
	packet.encode_u32(0, payload.size())
	peer.put_data(packet + payload)


## The next message of ours.
func next_message() -> Array:
	var end := Time.get_ticks_msec() + SECONDS * 1000.0
	while Time.get_ticks_msec() < end:
		peer.poll()
		if peer.get_available_bytes() < 4:
			await get_tree().process_frame
			continue
		var message: Array = peer.get_var()
		if (message[0] as String).begins_with("pythonscript_http"):
			return message
	return ["none came"]


## All messages of ours until the game has gone, and tells how it went.
func listen() -> Array:
	var found := []
	var end := Time.get_ticks_msec() + SECONDS * 1000.0
	while Time.get_ticks_msec() < end:
		peer.poll()
		if peer.get_status() != StreamPeerTCP.STATUS_CONNECTED:
			break
		if peer.get_available_bytes() < 4:
			await get_tree().process_frame
			continue
		var message: Array = peer.get_var()
		if (message[0] as String).begins_with("pythonscript_http"):
			found.append(message)
	while OS.is_process_running(pid) and Time.get_ticks_msec() < end:
		await get_tree().process_frame
	check("the game's exit code", OS.get_process_exit_code(pid), 0)
	return found


func rows_of(messages: Array) -> Array:
	var rows := []
	for message: Array in messages:
		check("a message", message[0], "pythonscript_http:events")
		rows.append_array(message[2][1])
	return rows


func names_of(rows: Array) -> Array:
	return rows.map(func(row: Array) -> String: return row[0])


func test_a_game_tells_from_its_begin_on() -> void:
	await start(true)
	var rows := rows_of(await listen())
	var names := names_of(rows)
	for wanted: String in ["ConnectStarted", "Connected", "RequestStarted", "HeadReceived", "ResponseBody"]:
		check_true(wanted, wanted in names)
	check("the end", names.count("ExchangeEnded"), FRAMES)
	check("the first", rows[0][0], "ConnectStarted")
	var bodies := rows.filter(func(row: Array) -> bool: return row[0] == "ResponseBody")
	check("a body", (bodies[0][-1] as PackedByteArray).get_string_from_utf8(), "hello, world\n")


func test_a_game_that_is_not_asked_says_nothing() -> void:
	await start(false)
	check("messages", await listen(), [])


func test_a_game_that_is_told_to_stop() -> void:
	await start(true, ["--waits"])
	var first := await next_message()
	check("it records", first[0], "pythonscript_http:events")
	say("record", [false])
	put(["game:go", 1, []])
	var rows := rows_of(await listen())
	var after := rows.filter(
		func(row: Array) -> bool:
			return (
				row[0] == "RequestStarted"
				and (row[6] as PackedByteArray).get_string_from_utf8().contains("X-After")
			)
	)
	check("of what came after that", after, [])
