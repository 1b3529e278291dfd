extends RefCounted
## The steps of the engine's tutorial "HTTP client class", in our words: connect, ask, read, a poll a frame.


func run(tree: SceneTree, host: String, port: int) -> Array[String]:
	var lines: Array[String] = []
	var http := PyHTTPClient.new()
	var error := http.connect_to_host(host, port)
	assert(error == OK)
	while (
		http.get_status() == PyHTTPClient.STATUS_CONNECTING
		or http.get_status() == PyHTTPClient.STATUS_RESOLVING
	):
		http.poll()
		await tree.process_frame
	assert(http.get_status() == PyHTTPClient.STATUS_CONNECTED)
	lines.append("connected")

	var headers := ["User-Agent: Pirulo/1.0 (Godot)", "Accept: */*"]
	error = http.request(PyHTTPClient.METHOD_GET, "/hello", headers)
	assert(error == OK)
	while http.get_status() == PyHTTPClient.STATUS_REQUESTING:
		http.poll()
		await tree.process_frame
	assert(
		http.get_status() == PyHTTPClient.STATUS_BODY or http.get_status() == PyHTTPClient.STATUS_CONNECTED
	)
	lines.append("response? %s" % http.has_response())

	if http.has_response():
		var received := http.get_response_headers_as_dictionary()
		lines.append("type: %s" % received["Content-Type"])
		if http.is_response_chunked():
			lines.append("chunked")
		else:
			lines.append("length: %d" % http.get_response_body_length())
		var body := PackedByteArray()
		while http.get_status() == PyHTTPClient.STATUS_BODY:
			http.poll()
			var chunk := http.read_response_body_chunk()
			if chunk.size() == 0:
				await tree.process_frame
			else:
				body += chunk
		lines.append(
			(
				"%d: %d bytes of %s"
				% [http.get_response_code(), body.size(), body.get_string_from_ascii().strip_edges()]
			)
		)
	return lines
