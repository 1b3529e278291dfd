extends "measures.gd"
## Leaves threads that download and block when the game quits.

var client: RefCounted
var thread := Thread.new()
var manager: Node


func test_quitting_while_threads_run() -> void:
	if option("what") == "drip":
		manager = load("res://games_downloads.gd").new()
		get_tree().root.add_child(manager)
		manager.setup(HOST, option("port").to_int())
		var steps := []
		manager.progressed.connect(func(_id: int, received: int, _total: int) -> void: steps.append(received))
		for id in 4:
			manager.download(id, "/slow/500000000", "user://%d.bin" % id, "")
		check_true("they run", await until(func() -> bool: return steps.size() > 4))
		return
	client = ClassDB.instantiate(option("type"))
	thread.start(read_half)
	check_true("it reads", await until(func() -> bool: return client.get_status() == HTTPClient.STATUS_BODY))
	await get_tree().create_timer(0.1).timeout
	if option("what") == "close":
		client.close()
		check_true("it ends", await until(func() -> bool: return not thread.is_alive()))
	if thread.is_alive():
		get_tree().set_meta("kept", [client, thread])
		check("left", option("what"), "leave")
	else:
		check_true("its last status", thread.wait_to_finish() != HTTPClient.STATUS_BODY)


func read_half() -> int:
	client.blocking_mode_enabled = true
	client.connect_to_host(HOST, option("port").to_int())
	while client.get_status() == HTTPClient.STATUS_CONNECTING:
		client.poll()
	client.request(HTTPClient.METHOD_GET, "/half/60/100000", [])
	while client.get_status() == HTTPClient.STATUS_REQUESTING:
		client.poll()
	while client.get_status() == HTTPClient.STATUS_BODY:
		client.read_response_body_chunk()
	return client.get_status()
