extends "whole_player.gd"
## Plays the acts of one scenario to one node, a PyHTTPRequest or the engine's HTTPRequest: this file is the
## same for both.

var _node: Variant
var _completed: Array = []
var _file: String


func _init(node: Variant, tree: SceneTree, pulse: Pulse) -> void:
	_node = node
	_tree = tree
	_pulse = pulse
	_file = "user://conformance_%d" % node.get_instance_id()
	tree.root.add_child(node)
	node.request_completed.connect(_complete)


func close() -> void:
	_node.queue_free()
	for path: String in [_file, _file + ".part", _file + ".part.info"]:
		if FileAccess.file_exists(path):
			DirAccess.remove_absolute(path)


func act_request(act: Dictionary) -> Dictionary:
	_completed.clear()
	for property: String in act["properties"]:
		_node.set(property, act["properties"][property])
	if act["saves"]:
		_node.download_file = _file
	var error: int = _node.request(act["url"], act["headers"], act["method"], act["body"])
	if act["cancels"]:
		return await _cancel(error)
	await _wait_for_completion()
	var account := {"error": error, "hung": _completed.is_empty(), "saved": null}
	if _completed:
		account.merge({"result": _completed[0], "code": _completed[1], "body": _completed[3].hex_encode()})
	if FileAccess.file_exists(_file):
		account["saved"] = FileAccess.get_file_as_bytes(_file).hex_encode()
	return account


## A node knows no events: what comes of the stream is the body of a request.
func act_listen(act: Dictionary) -> Dictionary:
	var request := {"headers": PackedStringArray(), "properties": {}, "saves": false, "cancels": false}
	request["method"] = HTTPClient.METHOD_POST if act["body"] else HTTPClient.METHOD_GET
	request.merge(act)
	var account: Dictionary = await act_request(request)
	account.merge({"by_events": false, "events": [], "ended": false})
	return account


## Cancels when the server has the request, and tells how long the call has held up the main thread.
func _cancel(error: int) -> Dictionary:
	var end := _pulse.beats + Pulse.beats_of(0.3)
	while _pulse.beats < end:
		await _tree.process_frame
	var begun := Time.get_ticks_msec()
	_node.cancel_request()
	var seconds := (Time.get_ticks_msec() - begun) / 1000.0
	return {"error": error, "seconds": seconds, "status": _node.get_http_client_status()}


func _complete(result: int, code: int, headers: PackedStringArray, body: PackedByteArray) -> void:
	_completed = [result, code, headers, body]


func _wait_for_completion() -> void:
	await _wait(
		func() -> bool: return not _completed.is_empty(),
		func() -> Array: return [_node.get_http_client_status(), _node.get_downloaded_bytes()]
	)
