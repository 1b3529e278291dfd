extends Node
## Sends the same four requests through PyHTTPClient and the engine's HTTPClient; shows what came back.
##
## [code]python3 tools/dev.py demo[/code] starts a server and this scene, and tells it the port; with
## [code]--editor[/code], the editor, whose games inherit the port from its environment.

const Fetch := preload("fetch.gd")

const HOST := "127.0.0.1"
const NAMES: Array[String] = ["PyHTTPClient", "HTTPClient"]
const LABEL_WIDTH := 16
const COLUMN_WIDTH := 34

var _agree := true
var _terminal := _has_option("terminal")  # whose last line can be overwritten


func _ready() -> void:
	var port := _option("port").to_int()
	if port == 0:
		port = OS.get_environment("PYTHONSCRIPT_DEMO_PORT").to_int()
	if port == 0:
		print(
			"This scene needs its server: run `python3 tools/dev.py demo`, or `demo --editor` to play it there."
		)
		get_tree().quit(2)
		return
	await _compare(port)
	get_tree().quit(0 if _agree else 1)


func _compare(port: int) -> void:
	var python := PyHTTPClient.new()
	var engine := HTTPClient.new()
	var fetches: Array[Fetch] = [Fetch.new(python, get_tree()), Fetch.new(engine, get_tree())]
	for i in fetches.size():
		if not await fetches[i].open(HOST, port):
			print("%s cannot connect to %s:%d" % [NAMES[i], HOST, port])
			_agree = false
			return
		fetches[i].progressed.connect(_show_progress.bind(NAMES[i]))

	var form := PackedStringArray(["Content-Type: application/json"])
	var score := '{"player": "Ada", "score": 1815}'.to_utf8_buffer()
	for request: Array in [
		["GET", HTTPClient.METHOD_GET, "/"],
		["HEAD", HTTPClient.METHOD_HEAD, "/"],
		["POST", HTTPClient.METHOD_POST, "/", form, score],
		["GET", HTTPClient.METHOD_GET, "/download"],
	]:
		print()
		_print_row("%s %s" % [request[0], request[2]], NAMES[0], NAMES[1], "")
		var answers: Array[Fetch.Answer] = []
		for fetch in fetches:
			answers.append(await fetch.fetch.callv(request.slice(1)))
		_show(answers[0], answers[1])
	for fetch in fetches:
		fetch.close()

	print()
	print("All answers agree." if _agree else "Not all is well: see the lines marked ✗.")


func _show(python: Fetch.Answer, engine: Fetch.Answer) -> void:
	_show_row("status", str(python.status), str(engine.status))
	for i in maxi(python.headers.size(), engine.headers.size()):
		var ours := _header(python, i)
		var theirs := _header(engine, i)
		_show_row(ours[0] if ours[0] == theirs[0] else "header", ours[1], theirs[1])
	_show_row("body", "%d bytes" % python.size, "%d bytes" % engine.size)
	_show_row("SHA-256", python.sha256, engine.sha256)
	if python.error or engine.error:
		_agree = false  # two that fail alike are no success
		_print_row("  error", python.error, engine.error, "✗")


func _header(answer: Fetch.Answer, index: int) -> PackedStringArray:
	if index >= answer.headers.size():
		return ["", ""]
	var header := answer.headers[index]
	return [header.get_slice(":", 0), header.substr(header.find(":") + 1).strip_edges()]


func _show_row(label: String, python: String, engine: String) -> void:
	var same := python == engine
	_agree = _agree and same
	_print_row("  " + label, python, engine, "=" if same else "✗")


func _print_row(label: String, left: String, right: String, mark: String) -> void:
	print(" ".join([label.rpad(LABEL_WIDTH), _fit(left), _fit(right), mark]).rstrip(" "))


func _fit(text: String) -> String:
	return (text if text.length() <= COLUMN_WIDTH else text.left(COLUMN_WIDTH - 1) + "…").rpad(COLUMN_WIDTH)


func _show_progress(received: int, total: int, client: String) -> void:
	if total < 1 << 20:
		return
	if received == total:
		print("%s  %s %d MiB received" % ["\r" if _terminal else "", client.rpad(12), total >> 20])
	elif _terminal:
		printraw("\r  %s %d of %d MiB ..." % [client.rpad(12), received >> 20, total >> 20])


## The value of [code]--name=value[/code] after [code]--[/code] on the command line.
func _option(option: String) -> String:
	for argument in OS.get_cmdline_user_args():
		if argument.begins_with("--%s=" % option):
			return argument.get_slice("=", 1)
	return ""


func _has_option(option: String) -> bool:
	return "--" + option in OS.get_cmdline_user_args()
