extends "measures.gd"
## PyHTTPClient as a class among the engine's: extended, held, passed on, dropped.

signal handed_over(client: PyHTTPClient)

const ROUND := 50_000

var port := option("port").to_int()


class Api:
	extends PyHTTPClient
	## A script's own client.

	var asked := 0
	var base := "/json/"

	func _init(id := 0) -> void:
		base += str(id)
		read_chunk_size = 4096

	func get_text() -> String:
		asked += 1
		blocking_mode_enabled = true
		request(METHOD_GET, base, ["Accept: */*"])
		while get_status() == STATUS_REQUESTING:
			poll()
		return read_response_body_chunk().get_string_from_utf8()


class Holder:
	extends Node
	## A node with typed members.

	var client: PyHTTPClient
	var clients: Array[PyHTTPClient] = []
	var made := PyHTTPClient.new()

	func take(one: PyHTTPClient) -> PyHTTPClient:
		client = one
		clients.append(one)
		return client


func test_a_script_extends_it() -> void:
	var api := Api.new(5)
	check("its base", [api is PyHTTPClient, api.get_class(), api.base], [true, "PyHTTPClient", "/json/5"])
	check("inherited, set by _init", api.read_chunk_size, 4096)
	check("connecting", api.connect_to_host(HOST, port), OK)
	await connected(api)
	for i in 3:
		check_true("its method", api.get_text().contains('"name": "item 5"'))
	check("its member", api.asked, 3)
	var as_base: PyHTTPClient = api
	check(
		"as its base", [as_base.get_response_code(), as_base.get_status()], [200, HTTPClient.STATUS_CONNECTED]
	)
	check("and back", (as_base as Api).asked, 3)
	check("one that is none", (PyHTTPClient.new() as RefCounted) is Api, false)
	api.set_script(null)
	check("without the script it goes on", api.poll(), OK)


func test_members_and_arrays() -> void:
	var holder := Holder.new()
	add_child(holder)
	var client := PyHTTPClient.new()
	check("taken", holder.take(client) == client, true)
	check(
		"the array's type",
		[holder.clients.get_typed_builtin(), holder.clients.get_typed_class_name()],
		[TYPE_OBJECT, &"PyHTTPClient"]
	)
	holder.clients.assign([client, PyHTTPClient.new(), null, Api.new()])
	check("found in it", [holder.clients.find(client), holder.clients.has(holder.made)], [0, false])
	check("assigned", holder.clients.size(), 4)
	expect("does not inherit from 'PyHTTPClient'")
	expect("validate(value")
	var untyped: Array = holder.clients
	untyped.append(HTTPClient.new())
	check("another's is refused", untyped.size(), 4)
	untyped = []
	var weak: WeakRef = weakref(client)
	client = null
	check("held by the node", weak.get_ref() == holder.client, true)
	holder.free()
	check("let go with it", weak.get_ref(), null)


func test_passed_through_signals() -> void:
	var got: Array[PyHTTPClient] = []
	var take := func(client: PyHTTPClient) -> void: got.append(client)
	handed_over.connect(take)
	handed_over.connect(
		func(client: PyHTTPClient) -> void: got.append(client), CONNECT_DEFERRED | CONNECT_ONE_SHOT
	)
	var client := PyHTTPClient.new()
	handed_over.emit(client)
	check("at once", got, [client] as Array[PyHTTPClient])
	await get_tree().process_frame
	check("and later", got, [client, client] as Array[PyHTTPClient])
	handed_over.emit.call_deferred(Api.new())
	var awaited: PyHTTPClient = await handed_over
	check_true("awaited", awaited is Api)
	check("as a Callable", client.get_status.call(), HTTPClient.STATUS_DISCONNECTED)
	check("with arguments", client.query_string_from_dict.bind({"a": 1}).call(), "a=1")
	var poll := client.poll
	client = null
	got.clear()
	handed_over.disconnect(take)
	check("a Callable holds it weakly, as the engine's", poll.is_valid(), engine_callable().is_valid())


func engine_callable() -> Callable:
	return HTTPClient.new().poll


func test_freed_at_any_moment() -> void:
	await drop_many(1)
	var before := await fewest_open_files()
	await check_settles("dropped", drop_many.bind(100))
	var after := await fewest_open_files()
	check_true("of %d open files %d are left" % [after, before], after <= before)


## How many files are open when no look-up has one: its thread does for a moment, which nobody waits for.
func fewest_open_files() -> int:
	var fewest := [1 << 30]
	var end := Time.get_ticks_msec() + 500
	await until(
		func() -> bool:
			PyHTTPClient.new().poll()  # what the engine has let go of ends when Python is entered
			fewest[0] = mini(fewest[0], DirAccess.get_files_at("/proc/self/fd").size())
			return Time.get_ticks_msec() > end
	)
	return fewest[0]


## Drops clients while they look up, connect, wait and read.
func drop_many(rounds: int) -> void:
	for i in rounds:
		var looking := PyHTTPClient.new()
		looking.connect_to_host("localhost", port)
		var connecting := PyHTTPClient.new()
		connecting.connect_to_host(HOST, port)
		var waiting := PyHTTPClient.new()
		waiting.connect_to_host(HOST, port)
		await connected(waiting)
		waiting.request(HTTPClient.METHOD_POST, "/late/0.1/sink", [], "x".repeat(1_000_000))
		waiting.poll()
		var reading := PyHTTPClient.new()
		reading.connect_to_host(HOST, port)
		await connected(reading)
		reading.request(HTTPClient.METHOD_GET, "/half/0.1/100000", [])
		await until(func() -> bool: return reading.poll() != OK or reading.get_status() == 7)
		reading.read_response_body_chunk()
		if i == 0:
			check("in flight", [waiting.get_status(), reading.get_status()], [6, 7])


func test_many_created_and_dropped() -> void:
	var works := {
		"as it is": func() -> void: PyHTTPClient.new().get_status(),
		"extended": func() -> void: Api.new().get_status(),
		"untyped": func() -> void: ClassDB.instantiate("PyHTTPClient").get_status(),
	}
	for what: String in works:
		await check_settles(what, make.bind(works[what]))


func make(work: Callable) -> void:
	for i in ROUND:
		work.call()


func connected(client: PyHTTPClient) -> void:
	await until(
		func() -> bool: return client.poll() != OK or client.get_status() == HTTPClient.STATUS_CONNECTED
	)
