extends "measures.gd"
## Scripts from the wild, each played as it was written for HTTPClient, and with the class's name changed.

const NAMES: Array[String] = ["HTTPClient", "PyHTTPClient"]
const FILE_SIZE := 1_500_000


## The script of a file, for one of the classes.
func staged(file: String, type: String) -> Node:
	var script: GDScript = load("res://%s_%s.gd" % [file, type])
	check_true("%s compiles for %s" % [file, type], script != null and script.can_instantiate())
	var node: Node = script.new()
	add_child(node)
	return node


func port(type: String) -> int:
	return option(type).to_int()


func test_a_poll_loop() -> void:
	var theirs: Dictionary = await poll_loop("HTTPClient")
	var ours: Dictionary = await poll_loop("PyHTTPClient")
	for i: int in theirs["answers"].size():
		check("answer %d" % i, ours["answers"][i], theirs["answers"][i])
	for key: String in theirs:
		check(key, ours[key], theirs[key])
	var codes: Array = ours["answers"].map(func(answer: Dictionary) -> int: return answer["code"])
	check("the codes", codes, [200, 200, 200, 200, 200, 200, 200, 302, 404, 200, 200, 200, 200, 200, 200])
	check("connections", ours["connections"], 6)


func poll_loop(type: String) -> Dictionary:
	var link := staged("games_poll_loop", type)
	var answers: Array[Dictionary] = []
	var steps := []
	link.answered.connect(func(answer: Dictionary) -> void: answers.append(answer))
	link.progressed.connect(
		func(path: String, received: int, total: int) -> void: steps.append([path, received, total])
	)
	link.setup(HOST, port(type))
	link.get_path_later("/json/1")
	link.get_path_later("/json/2?a=%20b")
	link.post_form("/form", {"user": "Jürgen & Söhne", "tags": ["a", "b=c"], "bare": null, "n": 1})
	link.get_path_later("/file/2000000")
	link.get_path_later("/moved/301/json/3")
	link.get_path_later("/moved/302/moved/303/json/4")
	link.post_form("/moved/307/form", {"kept": "yes"})
	link.get_path_later("/moved/302".repeat(7) + "/json/5")
	link.get_path_later("/nothing")
	link.get_path_later("/away/json/6")
	link.get_path_later("/last/json/7")
	link.get_path_later("/json/8")
	link.get_path_later("/bye/file/1000")
	check_true("%s: answers" % type, await until(func() -> bool: return answers.size() == 13))
	await get_tree().create_timer(0.1).timeout
	link.get_path_later("/last/file/0")
	link.post_form("/form", {"again": true})
	check_true("%s: later answers" % type, await until(func() -> bool: return answers.size() == 15))
	var received := steps.filter(func(step: Array) -> bool: return step[0] == "/file/2000000")
	check_true("%s: progress" % type, received.size() > 10)
	check("%s: to the end" % type, received.back(), ["/file/2000000", 2000000, 2000000])
	var result := {
		"answers": answers,
		"connections": link.connections(),
		"status": link.status_name(),
		"class": link._client.is_class("RefCounted"),
	}
	link.free()
	return result


func test_events() -> void:
	for framing: String in ["close", "chunked"]:
		var path := "/events/%s/2000/700" % framing
		var results := []
		for type in NAMES:
			results.append(await events(type, path))
		check(framing + ": the same", results[1]["digest"], results[0]["digest"])
		check(framing + ": right", results[1]["digest"], option("digest-2000"))
		check(framing + ": all", [results[0]["count"], results[1]["count"]], [2000, 2000])


func test_events_for_hours() -> void:
	for framing: String in ["close", "chunked"]:
		var result: Dictionary = await events("PyHTTPClient", "/quiet/events/%s/20000/10000" % framing)
		check(framing + ": right", [result["count"], result["digest"]], [20000, option("digest-20000")])
		check_true(
			"%s: %d frames passed while the server was silent" % [framing, result["frames"]],
			result["frames"] >= 20
		)
		check_flat(framing, result["early"], result["late"])


## Reads all events of a path; gives how many there were, their digest, the most frames that passed between
## two of them, and the process's memory early and late.
func events(type: String, path: String) -> Dictionary:
	var stream := staged("games_event_stream", type)
	var hashing := HashingContext.new()
	hashing.start(HashingContext.HASH_SHA256)
	var result := {"count": 0, "frames": 0, "early": 0, "late": 0, "end": false}
	var frame := [Engine.get_process_frames()]
	stream.received.connect(
		func(kind: String, data: String, id: String) -> void:
			hashing.update(("%s %s %s\n" % [id, kind, data]).to_utf8_buffer())
			result["count"] += 1
			result["frames"] = maxi(result["frames"], Engine.get_process_frames() - frame[0])
			frame[0] = Engine.get_process_frames()
			if result["count"] == 4000:
				result["early"] = process_memory("VmRSS")
			elif result["count"] == 19_000:
				result["late"] = process_memory("VmRSS")
	)
	stream.finished.connect(func() -> void: result["end"] = true)
	stream.open(HOST, port(type), path)
	check_true("%s %s ends" % [type, path], await until(func() -> bool: return result["end"]))
	result["digest"] = hashing.finish().hex_encode()
	stream.free()
	return result


func test_a_threaded_downloader() -> void:
	var results := []
	for type in NAMES:
		results.append(await downloads(type))
	check("the same", results[1], results[0])


func downloads(type: String) -> Dictionary:
	var manager := staged("games_downloads", type)
	var outcomes := {}
	var steps := {}
	manager.finished.connect(func(id: int, outcome: String) -> void: outcomes[id] = outcome)
	manager.progressed.connect(
		func(id: int, received: int, total: int) -> void:
			steps[id] = steps.get(id, 0) + 1
			check_in_order(type, received, total)
	)
	manager.setup(HOST, port(type))
	var digest := option("digest-file")
	var frames := Engine.get_process_frames()
	for id in 4:
		manager.download(id, "/slow/%d" % FILE_SIZE, file(type, id), digest)
	check_true("%s begins" % type, await until(func() -> bool: return steps.size() == 4))
	manager.pause(1)
	manager.cancel(2)
	check_true("%s stops two" % type, await until(func() -> bool: return outcomes.size() == 2))
	check(type + ": stopped", outcomes, {1: "paused", 2: "cancelled"})
	var paused := size(type, 1)
	check_true(type + ": in the middle", paused > 0 and paused < FILE_SIZE)
	await ask(type, "/go")
	manager.resume(1)
	check_true(
		"%s ends" % type,
		await until(func() -> bool: return outcomes.size() == 4 and outcomes[1] == "complete")
	)
	frames = Engine.get_process_frames() - frames
	check_true("%s: %d frames passed meanwhile" % [type, frames], frames > 20)
	check_true(type + ": progress", steps[0] > 20)
	var sizes := [0, 1, 3].map(func(id: int) -> int: return size(type, id))
	manager.free()
	return {"outcomes": outcomes, "sizes": sizes}


func ask(type: String, path: String) -> void:
	var client: RefCounted = ClassDB.instantiate(type)
	client.connect_to_host(HOST, port(type))
	await until(func() -> bool: return client.poll() != OK or client.get_status() == 5)
	client.request(HTTPClient.METHOD_GET, path, [])
	await until(func() -> bool: return client.poll() != OK or client.has_response())
	check(path, client.get_response_code(), 204)


func check_in_order(type: String, received: int, total: int) -> void:
	if total != FILE_SIZE or received > total:
		fail("%s: progress %d of %d" % [type, received, total])


func file(type: String, id: int) -> String:
	return "user://%s-%d.bin" % [type, id]


func size(type: String, id: int) -> int:
	return FileAccess.open(file(type, id), FileAccess.READ).get_length()
