extends "client_base.gd"
## Whoever polls within one frame, or on a thread, learns as soon as with the engine's client what has come.

const Polls := preload("polls.gd")


func test_in_one_frame() -> void:
	var frame := Engine.get_process_frames()
	_compare(both().map(func(client: RefCounted) -> Array: return Polls.new(client).play()))
	check("the frame", Engine.get_process_frames(), frame)


func test_on_two_threads_at_once() -> void:
	for client: RefCounted in both():
		var threads := [Thread.new(), Thread.new()]
		var plays := [Polls.new(client), Polls.new(ClassDB.instantiate(client.get_class()))]
		for i in 2:
			threads[i].start(plays[i].play)
		var counts := threads.map(func(thread: Thread) -> Array: return thread.wait_to_finish())
		_compare([counts[0], Polls.new(HTTPClient.new()).play()])
		_compare([counts[1], Polls.new(HTTPClient.new()).play()])


## One look at the kernel is for all idle clients; each learns by the next one.
func test_ends_of_idle_clients_between_polls_of_others() -> void:
	var server := TCPServer.new()
	server.listen(0, HOST)
	var clients: Array[PyHTTPClient] = []
	var peers: Array[StreamPeerTCP] = []
	for number in 20:
		clients.append(PyHTTPClient.new())
		connected(clients[-1], HOST, server.get_local_port())
		peers.append(server.take_connection())
	for time in 3:
		for client in clients:
			client.poll()
	for number in 20:
		peers[number].disconnect_from_host()
		OS.delay_usec(Polls.LOOK_USEC)
		var polls := 0
		while clients[number].get_status() == HTTPClient.STATUS_CONNECTED and polls < 10:
			for client in clients:
				client.poll()
			polls += 1
		check_true("client %d sees it after %d polls" % [number, polls], polls == 1)
		check_true(
			"the next stands", number == 19 or clients[number + 1].get_status() == HTTPClient.STATUS_CONNECTED
		)


func _compare(counts: Array) -> void:
	for i: int in counts[0].size():
		check_true("step %d of %s" % [i, counts], counts[0][i] <= counts[1][i])
