extends Node
## What an exported game does with Python; it prints `GOT name value`, a line each, the values as JSON.

const QUESTIONS: Array[String] = [
	"where",
	"early",
	"data",
	"packages",
	"modules",
	"threads",
	"opened",
	"failure",
	"child",
	"roots",
	"left",
	"observed",
	"engine"
]


func _ready() -> void:
	var voyager := PyVoyager.new()
	for question in QUESTIONS:
		_say(question, voyager.call(question))
	_say("heir", PyAlpha.new().name_of_base())
	voyager.leave_a_thread()
	for address in OS.get_cmdline_user_args():
		_say(address.get_slice("://", 0), await _fetch(address))
	voyager.fail()
	print("END 0 0")
	get_tree().quit()


func _fetch(address: String) -> String:
	var client := PyHTTPClient.new()
	var parts := address.split("/")
	var port := parts[2].get_slice(":", 1).to_int()
	client.connect_to_host(parts[0] + "//" + parts[2].get_slice(":", 0), port)
	while client.get_status() in [PyHTTPClient.STATUS_RESOLVING, PyHTTPClient.STATUS_CONNECTING]:
		client.poll()
		await get_tree().process_frame
	if client.get_status() == PyHTTPClient.STATUS_CONNECTED:
		client.request(PyHTTPClient.METHOD_GET, "/" + parts[3], [])
	while client.get_status() == PyHTTPClient.STATUS_REQUESTING:
		client.poll()
		await get_tree().process_frame
	var body := PackedByteArray()
	while client.get_status() == PyHTTPClient.STATUS_BODY:
		body += client.read_response_body_chunk()
		await get_tree().process_frame
	return client.get_error_reason() + body.get_string_from_utf8()


func _say(what: String, value: Variant) -> void:
	print("GOT %s %s" % [what, JSON.stringify(value)])
