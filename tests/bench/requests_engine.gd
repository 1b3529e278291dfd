extends "requests.gd"
## By HTTPRequest nodes, of which each makes a request at a time.

var _nodes: Array[HTTPRequest] = []


func _make() -> void:
	for number in _clients:
		var node := HTTPRequest.new()
		node.request_completed.connect(_completed)
		_tree().root.add_child(node)
		_nodes.append(node)


func _start(number: int, where: String) -> void:
	_nodes[number].request(_url(where))


func _fetch_many(times: int) -> bool:
	return await _fetch_in_turn(times)


func _completed(result: int, code: int, _headers: PackedStringArray, body: PackedByteArray) -> void:
	answered.emit(body.size() if result == HTTPRequest.RESULT_SUCCESS and code == 200 else -1)


func _free_all() -> void:
	for node in _nodes:
		node.queue_free()  # it may be emitting right now
	_nodes.clear()
