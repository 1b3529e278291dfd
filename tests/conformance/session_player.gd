extends "whole_player.gd"
## Plays the acts of one scenario to a PyHTTPSession, or to a PyHTTPEventSource.

const RESULTS := {  # of HTTPRequest, for what ends a call
	PyHTTPResponse.ERROR_NONE: HTTPRequest.RESULT_SUCCESS,
	PyHTTPResponse.ERROR_CONNECTION_LOST: HTTPRequest.RESULT_CONNECTION_ERROR,
	PyHTTPResponse.ERROR_TIMEOUT: HTTPRequest.RESULT_TIMEOUT,
}
const METHODS := ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH"]

var _client: Variant
var _events: Array[String] = []
var _ended := false


func _init(client: Variant, tree: SceneTree, pulse: Pulse) -> void:
	_client = client
	_tree = tree
	_pulse = pulse


func close() -> void:
	_client.close()


func act_request(act: Dictionary) -> Dictionary:
	for property: String in act["properties"]:
		_client.set(property, act["properties"][property])
	var options := {"headers": act["headers"]}
	if act["body"]:
		options["body"] = act["body"]
	var transfer: PyHTTPTransfer = _client.start(METHODS[act["method"]], act["url"], options)
	await _wait(
		func() -> bool: return transfer.is_completed(),
		func() -> Array: return [transfer.state, transfer.received_bytes]
	)
	var account := {"error": OK, "hung": not transfer.is_completed(), "saved": null}
	if transfer.is_completed():
		var response := transfer.response
		var result: int = RESULTS.get(response.error, HTTPRequest.RESULT_REQUEST_FAILED)
		account.merge({"result": result, "code": response.status, "body": response.body.hex_encode()})
	return account


func act_listen(act: Dictionary) -> Dictionary:
	_client.event_received.connect(
		func(_event: String, data: String, _id: String) -> void: _events.append(data)
	)
	_client.closed.connect(func(_response: PyHTTPResponse) -> void: _ended = true)
	_client.open(act["url"], {"body": act["body"]} if act["body"] else {})
	var wanted: int = act["wanted"]
	await _wait(
		func() -> bool: return _ended or (not act["ends"] and _events.size() >= wanted),
		func() -> Array: return [_client.state, _events.size()]
	)
	return {"by_events": true, "events": _events, "ended": _ended}
