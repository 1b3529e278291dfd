@tool
extends "http_editor_base.gd"
## Uses the HTTP console and the network inspector in the editor, as a person does.

const REFUSED := "refused failed "
const COMMAND := "curl 'http://127.0.0.1:%s/echo?a=b' -H 'Authorization: Bearer s3cret' --json '{\"n\":1.0}'"


func _text_of(file: String) -> String:
	return FileAccess.get_file_as_string(file)


func test_the_client_runs_in_the_editor() -> void:
	for made: Object in [PyHTTPClient.new(), ClassDB.instantiate(&"PyHTTPClient")]:
		var client: PyHTTPClient = made
		client.connect_to_host("127.0.0.1", option("port").to_int())
		var connecting := [PyHTTPClient.STATUS_RESOLVING, PyHTTPClient.STATUS_CONNECTING]
		while client.get_status() in connecting:
			client.poll()
			await get_tree().process_frame
		check("connected", client.get_status(), PyHTTPClient.STATUS_CONNECTED)
		check("a StreamPeer of Python's", client.get_connection().get_class(), "PyHTTPConnection")
		client.close()
	var policy: PyTLSPolicy = ClassDB.instantiate(&"PyTLSPolicy")
	check("a policy", policy.call(&"get_minimum_version"), PyTLSPolicy.VERSION_TLS_1_2)


func test_a_request() -> void:
	var needed: Array = plugin().get(&"NEEDED")
	check("the panels' classes", needed.all(ClassDB.class_exists), true)
	plugin().call(&"show_console")
	var field: LineEdit = console().get(&"url")
	field.text = url("/echo?x=1")
	field.text_changed.emit(field.text)
	check("the query", (_part(console(), "editor.query") as Control).call(&"get_pairs"), [["x", "1"]])
	console().call(
		&"load_request",
		{
			"method": "POST",
			"url": url("/echo"),
			"body": '{"b":1.0,"a":[]}',
			"headers": [["Content-Type", "application/json"]]
		}
	)
	check("a summary", (await send()).begins_with("POST 200"), true)
	check("pretty", _body_text(), '{\n  "b": 1.0,\n  "a": []\n}')
	var view: Control = console().get(&"response")
	var tree: Tree = _part(view, "headers.tree")
	check("headers", tree.get_root().get_child(0).get_text(0).begins_with("Response"), true)
	check_true("times", (view.get(&"times") as Tree).get_root().get_child_count() > 2)
	(view.get(&"body") as Control).call(&"_show_view", 2)
	check("hex", _body_text().begins_with("00000000  7b 22 62 22"), true)
	(view.get(&"body") as Control).call(&"save", "user://body.json")
	check("saved", _text_of("user://body.json"), '{"b":1.0,"a":[]}')


func test_what_fails_says_why() -> void:
	console().call(&"load_request", {"url": "http://127.0.0.1:%s/" % option("closed")})
	var summary := await send()
	check_true(summary, summary.contains("refused"))
	console().call(&"load_request", {"url": "{{nothing}}/"})
	(console().get(&"send") as Button).pressed.emit()
	var said := (console().get(&"status") as Label).text
	check("a variable without a value", said.contains("'nothing' has no value"), true)


func test_what_cannot_be_written_says_why() -> void:
	var field: LineEdit = console().get(&"url")
	field.text = "curl 'http://a' -d $'\\xe9'"
	field.text_changed.emit(field.text)
	check_true(_said(), _said().contains("no text"))
	console().call(&"load_request", {"method": "POST", "url": url("/echo")})
	(_part(console(), "editor.body.kind") as OptionButton).selected = 3
	(_part(console(), "editor.body.form") as Control).call(&"set_pairs", [["a", "### b"]])
	(console().get(&"send") as Button).pressed.emit()
	check_true(_said(), _said().contains("another meaning"))
	console().call(&"load_request", {"method": "POST", "url": url("/echo"), "body": "< /dev/zero"})
	(console().get(&"send") as Button).pressed.emit()
	check_true(_said(), _said().contains("not a file"))
	console().call(&"load_request", {"method": "POST", "url": url("/echo"), "body": "### a title"})
	check_true("sent", (await send()).begins_with("POST 200"))
	(console().get(&"history") as MenuButton).about_to_popup.emit()
	var menu := (console().get(&"history") as MenuButton).get_popup()
	check("the history", menu.get_item_text(0).contains(url("/echo")), true)
	menu.id_pressed.emit(0)
	check("its body", ((console().call(&"get_request")) as Dictionary)["body"], "")


func test_cancel() -> void:
	console().call(&"load_request", {"url": url("/wait/60")})
	var button: Button = console().get(&"send")
	button.pressed.emit()
	check("the button", button.text, "Cancel")
	await get_tree().create_timer(0.3).timeout
	check("progress", (console().get(&"status") as Label).text.contains(" s"), true)
	check_true("cancelled", (await send()).contains("cancelled"))
	check("the button again", button.text, "Send")


func test_a_curl_command() -> void:
	var field: LineEdit = console().get(&"url")
	field.text = COMMAND % option("port")
	field.text_changed.emit(field.text)
	var request: Dictionary = console().call(&"get_request")
	check("method", request["method"], "POST")
	check("url", request["url"], url("/echo?a=b"))
	check("body", request["body"], '{"n":1.0}')
	check("a variable instead of the token", request["headers"][0], ["Authorization", "Bearer {{token}}"])
	var private := _text_of("res://http-client.private.env.json")
	check("the token", JSON.parse_string(private), {"dev": {"token": "s3cret"}})
	(console().get(&"files") as Control).call(&"ignore_private")
	check("ignored", _text_of("res://.gitignore"), "http-client.private.env.json\n")
	check_true("sent", (await send()).begins_with("POST 200"))
	check(
		"the history has no token",
		_text_of("res://.godot/pythonscript_http_history.json").contains("s3cret"),
		false
	)
	(_part(console(), "files._ignore") as Window).hide()


func test_files_of_requests() -> void:
	console().call(
		&"load_request", {"method": "PUT", "url": url("/echo"), "body": "< data.bin", "name": "upload"}
	)
	FileAccess.open("res://data.bin", FileAccess.WRITE).store_buffer([0, 255])
	(console().get(&"files") as Control).call(&"save_as", "res://requests.http")
	console().call(
		&"load_request", {"url": "{{host}}/request", "name": "second", "headers": [["A", "{{b}}"]]}
	)
	(_part(console(), "files.requests") as OptionButton).selected = -1
	(console().get(&"files") as Control).call(&"save_as", "res://requests.http")
	var lines := _text_of("res://requests.http").split("\n")
	check(
		"the file",
		lines,
		PackedStringArray(
			[
				"### upload",
				"PUT " + url("/echo"),
				"Content-Type: application/octet-stream",
				"",
				"< data.bin",
				"",
				"### second",
				"GET {{host}}/request",
				"A: {{b}}",
				""
			]
		)
	)
	FileAccess.open("res://http-client.env.json", FileAccess.WRITE).store_string(
		'{"$shared": {"b": "c"}, "live": {"host": "%s"}}' % url("")
	)
	(console().get(&"files") as Control).call(&"open_file", "res://requests.http")
	var environments: OptionButton = _part(console(), "files.environment")
	var names := range(environments.item_count).map(environments.get_item_text)
	check("environments", names, ["none", "live", "dev"])
	environments.selected = 1
	(_part(console(), "files.requests") as OptionButton).item_selected.emit(1)
	check_true("sent", (await send()).begins_with("GET 200"))
	check_true("with the values", _body_text().contains("A: c"))
	(_part(console(), "files.requests") as OptionButton).item_selected.emit(0)
	check_true("a file", (await send()).begins_with("PUT 200"))
	check(
		"its bytes",
		(_part(console(), "response.body._details") as Dictionary)["body"],
		PackedByteArray([0, 255])
	)


func test_files_have_no_credentials_and_lose_no_request() -> void:
	var file := "res://folder/shared.http"
	DirAccess.make_dir_absolute("res://folder")
	FileAccess.open(file, FileAccess.WRITE).store_string("### a\nGET http://a\n\n### b\nGET http://b\n")
	(console().get(&"files") as Control).call(&"open_file", file)
	plugin().call(
		&"_open_in_console",
		{"url": "http://c/?token=s3cret", "headers": [["Authorization", "Bearer s3cret"]]}
	)
	(console().get(&"files") as Control).call(&"save_request")
	check(
		"a request of a game is one more, without its credentials",
		_text_of(file),
		(
			"### a\nGET http://a\n\n### b\nGET http://b\n\n"
			+ "###\nGET http://c/?token={{token_2}}\nAuthorization: Bearer {{token}}\n"
		)
	)
	check_true(_said(), _said().contains("token_2"))
	check(
		"where they are",
		JSON.parse_string(_text_of("res://folder/http-client.private.env.json")),
		{"dev": {"token": "s3cret", "token_2": "s3cret"}}
	)
	(_part(console(), "files.requests") as OptionButton).selected = 1
	(_part(console(), "files.requests") as OptionButton).item_selected.emit(1)
	FileAccess.open(file, FileAccess.WRITE).store_string("### b\nGET http://b\n\n### c\nGET http://c\n")
	(console().get(&"files") as Control).call(&"save_request")
	check_true(_said(), _said().contains("has changed"))
	check("the file as it was", _text_of(file), "### b\nGET http://b\n\n### c\nGET http://c\n")


func test_the_oldest_make_room() -> void:
	var panel: Control = inspector()
	_bring_into_view(panel)
	(panel.get(&"filter") as LineEdit).text = "one"
	var rows := []
	for number in 2002:
		var head := "GET /%s HTTP/1.1\r\n\r\n" % ("one" if number in [0, 2001] else "other")
		rows.append(["RequestStarted", 1.0, 1.0, 1, number + 1, "GET", head.to_utf8_buffer(), 0, 0])
	panel.call(&"receive", [0, rows.slice(0, 2000)])
	panel.call(&"rebuild")
	await settle()
	check("before", (panel.get(&"tree") as Tree).get_root().get_child_count(), 1)
	panel.call(&"receive", [0, rows.slice(2000)])
	check("in view", panel.is_visible_in_tree(), true)
	await settle()
	check("after", (panel.get(&"tree") as Tree).get_root().get_child_count(), 1)
	check("the one", ((panel.get(&"tree") as Tree).get_root().get_child(0)).get_metadata(0) >= 2000, true)
	(panel.get(&"filter") as LineEdit).text = ""
	panel.call(&"_on_clear_pressed")


## Runs what was copied as a call, and gives its response.
func _called(copied: Dictionary) -> PyHTTPResponse:
	check("copied", copied.has("text"), true)
	var script := GDScript.new()
	script.source_code = "extends RefCounted\n\n\nfunc run() -> PyHTTPResponse:\n"
	script.source_code += (copied["text"] as String).indent("\t") + "\treturn response\n"
	check("it parses", script.reload(), OK)
	var made: RefCounted = script.new()
	return await made.call(&"run")


func test_a_call_that_was_copied() -> void:
	var data := PackedByteArray([0, 255, 10, 13])
	FileAccess.open("res://copied.bin", FileAccess.WRITE).store_buffer(data)
	var json := '{"a":[1,-9007199254740993,0.1,1e-07,true,null],"b \\"\\u00e9":{"c":"{{HOME}}$\\\\"}}'
	var same := json.replace("{{HOME}}", OS.get_environment("HOME")).replace("\\u00e9", "é")
	for case: Array in [
		["POST", "application/json", json, same],
		["PUT", "application/x-www-form-urlencoded", "a=b+c&d=%26%C3%A9", "a=b%20c&d=%26%C3%A9"],
		["POST", "application/x-www-form-urlencoded", "a=1&a=2", "a=1&a=2"],
		["PATCH", "text/plain", 'a\n"\\\té\u007f', 'a\n"\\\té\u007f'],
		["POST", "multipart/form-data; boundary=b", "--b\nA: b\n\nc\n--b--", "--b\r\nA: b\r\n\r\nc\r\n--b--"],
		["POST", "application/x-test", "< res://copied.bin", data],
		["POST", "", "a\n< res://copied.bin", "a\n".to_utf8_buffer() + data],
	]:
		var headers := [["Content-Type", case[1]]] if case[1] != "" else []
		var request := {"method": case[0], "url": url("/echo?q=%20"), "headers": headers, "body": case[2]}
		console().call(&"load_request", request)
		var copied: Dictionary = (console().get(&"_formats") as Object).call(
			&"get_call", console().call(&"get_request")
		)
		var response := await _called(copied)
		check("an answer", [response.status, response.error_reason], [200, ""])
		var sent: PackedByteArray = (
			case[3] if case[3] is PackedByteArray else (case[3] as String).to_utf8_buffer()
		)
		check(copied["text"], response.body.get_string_from_ascii(), sent.get_string_from_ascii())
		check("all of it", response.body, sent)
	console().call(&"load_request", {"url": url("/status/404"), "headers": [["A", "b"], ["a", "c"]]})
	var found: Dictionary = (console().get(&"_formats") as Object).call(
		&"get_call", console().call(&"get_request")
	)
	var refused := await _called(found)
	check("GET", [refused.status, refused.url], [404, url("/status/404")])


func test_a_game() -> void:
	console().call(
		&"load_request",
		{
			"method": "POST",
			"url": url("/echo?token=s3cret"),
			"body": '{"a":\n1}',
			"headers": [["Content-Type", "application/json"], ["Cookie", "c=s3cret"]]
		}
	)
	var found: Dictionary = (console().get(&"_formats") as Object).call(
		&"get_gdscript", console().call(&"get_request")
	)
	FileAccess.open("res://copied.gd", FileAccess.WRITE).store_string(found["text"])
	EditorInterface.get_resource_filesystem().update_file("res://copied.gd")
	await play("res://game.tscn", 3)
	await settle()
	inspector().call(&"rebuild")
	check(
		"what it did",
		_rows("", false),
		["POST /echo?token=s3cret 200 json", REFUSED, "GET /status/404 404 octet-stream"]
	)
	check("errors", _rows("", true), [REFUSED, "GET /status/404 404 octet-stream"])
	check("a filter", _rows("method:post type:json -nothing", false), ["POST /echo?token=s3cret 200 json"])
	check("nothing is lost", (inspector().get(&"count") as Label).text, "1 / 3")


func _rows(text: String, errors: bool) -> Array:
	(inspector().get(&"filter") as LineEdit).text = text
	(inspector().get(&"errors") as CheckBox).set_pressed_no_signal(errors)
	inspector().call(&"_on_details_closed")
	inspector().call(&"rebuild")
	var tree: Tree = inspector().get(&"tree")
	return tree.get_root().get_children().map(_row)


func _row(item: TreeItem) -> String:
	var texts := [0, 1, 2, 4].map(item.get_text)
	if texts[0] == "" and (texts[1] as String).contains("refused"):
		texts = ["refused", texts[2], texts[3]]
	return " ".join(PackedStringArray(texts))


func test_details_of_what_a_game_did() -> void:
	_rows("method:post", false)
	var tree: Tree = inspector().get(&"tree")
	tree.set_selected(tree.get_root().get_child(0), 0)
	var view: Control = inspector().get(&"details")
	check("the body", (_part(view, "body.text") as CodeEdit).text, '{\n  "a": 1\n}')
	await get_tree().process_frame
	check("the list beside it", [view.visible, tree.columns], [true, 3])
	check("the one that is selected", tree.get_selected().get_text(0), "POST")
	check("what was sent", (view.get(&"request_body") as CodeEdit).text, '{\n  "a": 1\n}')
	inspector().call(&"_on_menu_pressed", 0)
	var request: Dictionary = console().call(&"get_request")
	check("in the console", [request["method"], request["url"]], ["POST", url("/echo?token=s3cret")])
	check_true("sent again", (await send()).begins_with("POST 200"))
	var id: int = tree.get_selected().get_metadata(0)
	var copied: Dictionary = (inspector().get(&"_log") as Object).call(&"get_call", id)
	check_true(copied["text"], (copied["text"] as String).contains('"Cookie": "c=s3cret"'))
	check("called again", (await _called(copied)).json(), {"a": 1})
	_rows("", false)
	for secrets: bool in [false, true]:
		inspector().set(&"_secrets", secrets)
		inspector().call(&"save_har", "res://%s.har" % ["masked", "whole"][int(secrets)])
	check("sorted", _rows("", false).size(), 3)
	(inspector().get(&"tree") as Tree).call(&"_on_title_clicked", 2, MOUSE_BUTTON_LEFT)
	check("by status", _rows("", false)[0], REFUSED)
	(view.get(&"close") as Button).pressed.emit()
	check("closed", [view.visible, tree.columns], [false, 8])


func test_the_next_run() -> void:
	(inspector().get(&"keep") as CheckBox).button_pressed = true
	(inspector().get(&"tree") as Tree).call(&"_on_title_clicked", 2, MOUSE_BUTTON_LEFT)
	(inspector().get(&"tree") as Tree).call(&"_on_title_clicked", 2, MOUSE_BUTTON_LEFT)
	await play("res://game.tscn", 6)
	await settle()
	check("both runs and a divider", _rows("", false).size(), 7)
	inspector().call(&"_on_clear_pressed")
	check("cleared", _rows("", false), [])
	(inspector().get(&"record") as Button).button_pressed = false
	await play("res://game.tscn")
	await settle()
	check("paused", _rows("", false), [])
	(inspector().get(&"record") as Button).button_pressed = true


func test_calls_of_sessions() -> void:
	(inspector().get(&"keep") as CheckBox).button_pressed = false
	await play("res://calls.tscn", 6)
	await settle()
	check(
		"in their order",
		_rows("", false),
		[
			"GET /status/503 503 ↻ retry octet-stream",
			"GET /status/503 503 octet-stream",
			"GET / failed ",
			"GET / failed ",
			"GET /hello 200 plain",
			"GET /status/404 404 octet-stream"
		]
	)
	check("a filter", _rows("is:retry from:calls.gd", false).size(), 1)
	check("all of the script", _rows("from:calls.gd", false).size(), 5)
	check("of a node", _rows("from:calls/asking", false), ["GET /hello 200 plain"])
	_rows("is:retry", false)
	var tree: Tree = inspector().get(&"tree")
	tree.set_selected(tree.get_root().get_child(0), 0)
	var facts := {}
	for item: TreeItem in (_part(inspector(), "details.times") as Tree).get_root().get_children():
		facts[item.get_text(0)] = item.get_text(1)
	check("who asked", facts.get("Asked by"), "res://calls.gd:8 (_ready)")
	check_true("which call", str(facts.get("Call")).ends_with(": GET " + url("/status/503")))
	check_true("what then", str(facts.get("Then")).ends_with(" s: status 503"))
	_rows("", false)


func test_z_it_is_disabled_and_enabled_again_and_again() -> void:
	var monitors := [Performance.OBJECT_NODE_COUNT, Performance.OBJECT_RESOURCE_COUNT]
	var counts := []
	for _turn in 12:
		EditorInterface.set_plugin_enabled(PLUGIN, false)
		await get_tree().process_frame
		check("gone", plugin(), null)
		check(
			"no panel", get_tree().root.find_children("HTTP", "VBoxContainer", true, false), [] as Array[Node]
		)
		await get_tree().process_frame
		counts.append(monitors.map(Performance.get_monitor))
		EditorInterface.set_plugin_enabled(PLUGIN, true)
		await get_tree().process_frame
		check_true("there again", plugin() != null and console() != null and inspector() != null)
	EditorInterface.set_plugin_enabled(PLUGIN, false)
	check("nodes and resources that stay behind", counts[-1], counts[2])
	await play("res://game.tscn")
	check(
		"no panel has come back",
		get_tree().root.find_children("HTTP", "VBoxContainer", true, false),
		[] as Array[Node]
	)
