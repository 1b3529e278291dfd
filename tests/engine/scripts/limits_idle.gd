extends "measures.gd"
## A thousand clients that are connected and idle, all polled in every frame.

const MANY := 1000
const AT_ONCE := 50
const FRAMES := 100

var clients: Array[PyHTTPClient] = []


func test_a_thousand_idle_clients() -> void:
	var descriptors := open_files()
	for i in MANY:
		var client := PyHTTPClient.new()
		clients.append(client)
		if client.connect_to_host(HOST, option("port").to_int()) != OK:
			fail("client %d: %s" % [i, client.get_error_reason()])
		if i % AT_ONCE == 0:
			await until(func() -> bool: return poll_all() == clients.size())
	check_true("all connect", await until(func() -> bool: return poll_all() == MANY))
	check_true("each has its socket", open_files() - descriptors >= MANY)
	await poll_for(FRAMES)
	var before := process_memory("VmRSS")
	await poll_for(FRAMES)
	check_flat("idle", before, process_memory("VmRSS"))
	check("all are connected", poll_all(), MANY)
	if option("close") == "no":
		get_tree().set_meta("kept", clients)
		return
	for client in clients:
		client.close()
	check("all are closed", poll_all(), 0)
	# All clients share one descriptor to watch the others by, which stays.
	check_true("no file is left open", await until(func() -> bool: return open_files() <= descriptors + 1))


## Polls all; tells how many are connected.
func poll_all() -> int:
	var connected := 0
	for client in clients:
		var error := client.poll()
		connected += int(client.get_status() == HTTPClient.STATUS_CONNECTED)
		if error != OK and client.get_status() != HTTPClient.STATUS_DISCONNECTED:
			fail("poll() gave %s: %s" % [error_string(error), client.get_error_reason()])
	return connected


func poll_for(frames: int) -> void:
	for i in frames:
		if poll_all() != MANY:
			fail("one is not connected any more")
		await get_tree().process_frame


func open_files() -> int:
	return (
		DirAccess.get_files_at("/proc/self/fd").size() + DirAccess.get_directories_at("/proc/self/fd").size()
	)
