extends RefCounted
## Plays the acts of one scenario to one client, a little every frame, and tells what it saw.
##
## The client may be a PyHTTPClient or the engine's HTTPClient: this file is the same for both.

const Pulse := preload("pulse.gd")
const PATIENCE := 2.5  # seconds by the pulse without any news: the client hangs
const SHOWN := 4096  # bytes of a body that are shown, not only their digest
const TICKS_PER_SECOND := 100.0  # of the processor's time in /proc

var _client: Variant
var _tree: SceneTree
var _pulse: Pulse
var _last_news := 0  # in beats
var _states: Array[int] = []
var _adopted: StreamPeer


func _init(client: Variant, tree: SceneTree, pulse: Pulse) -> void:
	_client = client
	_tree = tree
	_pulse = pulse


## Plays all acts, or as many until the client hangs or an error ends one, and gives an account of each.
func play(acts: Array) -> Array:
	var accounts := []
	for act: Dictionary in acts:
		var account: Dictionary = await call(act["do"], act)
		if account.is_empty():  # which a function that an error ends gives
			accounts.append({"died": true})
			break
		account["status"] = _client.get_status()
		accounts.append(account)
		if account.get("hung", false):
			break
	return accounts


func close() -> void:
	_client.close()


func act_connect(act: Dictionary) -> Dictionary:
	_states.clear()
	var options := _options(act["settings"]) if act["settings"] != null else null
	var able: bool = act["settings"] == null or _set_policy(act["settings"]["policy"])
	if act["timeout"] > 0 and "connect_timeout" in _client:
		_client.connect_timeout = act["timeout"]
	var error: int = _client.connect_to_host(act["host"], act["port"], options)
	_look()
	var hung := false
	if act["polls"] and error == OK:
		hung = not await _leave([HTTPClient.STATUS_RESOLVING, HTTPClient.STATUS_CONNECTING])
	var reason := ""
	if _client.has_method("get_error_reason"):
		reason = _client.get_error_reason()
	return {"error": error, "hung": hung, "states": _states.duplicate(), "reason": reason, "able": able}


func act_adopt(act: Dictionary) -> Dictionary:
	if act["unix"]:
		_adopted = ClassDB.instantiate("StreamPeerUDS")
		_adopted.call("connect_to_host", act["path"])
	else:
		var peer := StreamPeerTCP.new()
		peer.connect_to_host("127.0.0.1", act["port"])
		_adopted = peer
	while _adopted.call("get_status") == StreamPeerTCP.STATUS_CONNECTING:
		_adopted.call("poll")
		await _tree.process_frame
	_client.set_connection(_adopted)
	_client.poll()
	return {"done": true}


func act_fetch(act: Dictionary) -> Dictionary:
	var body: PackedByteArray = Marshalls.base64_to_raw(act["data"])
	if act["size"] > 0:
		body.resize(act["size"])
		body.fill("x".unicode_at(0))
	_states.clear()
	var measured: bool = act["measured"]
	var memory := _memory() if measured else 0
	var cpu := _cpu() if measured else 0
	var error: int
	if act["raw"]:
		error = _client.request_raw(act["method"], act["url"], act["headers"], body)
	else:
		error = _client.request(act["method"], act["url"], act["headers"], act["body"])
	if error != OK or act["reads"] == 0:
		_client.poll()
		return {"error": error}
	var peak := _memory() if measured else 0
	_news()
	while _client.get_status() == HTTPClient.STATUS_REQUESTING and not _out_of_patience():
		_client.poll()
		_look()
		if measured:
			peak = maxi(peak, _memory())
		if _client.get_status() == HTTPClient.STATUS_REQUESTING:
			await _tree.process_frame
	var account := {
		"error": OK,
		"hung": _client.get_status() == HTTPClient.STATUS_REQUESTING,
		"response": _client.has_response(),
		"code": _client.get_response_code(),
		"length": _client.get_response_body_length(),
		"chunked": _client.is_response_chunked(),
		"memory": peak - memory,
	}
	if act["fields"]:
		account["fields"] = _client.get_response_headers_as_dictionary()
	else:
		account["headers"] = _client.get_response_headers()
	var read: Dictionary = await _read_body(act["reads"])
	if read.is_empty():
		return {}
	account.merge(read, not account["hung"])
	account["cpu"] = (_cpu() - cpu) / TICKS_PER_SECOND if measured else 0.0
	return account


func act_idle(act: Dictionary) -> Dictionary:
	var status: int = _client.get_status()
	var end := _pulse.beats + Pulse.beats_of(act["seconds"])
	while _client.get_status() == status and _pulse.beats < end:
		_client.poll()
		await _tree.process_frame
	return {"done": true}


func act_wait(act: Dictionary) -> Dictionary:
	var end := _pulse.beats + Pulse.beats_of(act["seconds"])
	while _pulse.beats < end:
		await _tree.process_frame
	return {"done": true}


func act_call(act: Dictionary) -> Dictionary:
	var value: Variant = null
	if _client.has_method(act["name"]):  # the engine's client has no additions
		value = _client.callv(act["name"], act["arguments"])
	return {"value": Array(value) if value is PackedByteArray else value}


func act_talk(act: Dictionary) -> Dictionary:
	var wanted: int = act["size"]
	var peer: StreamPeer = _client.get_connection()
	var received := PackedByteArray()
	if peer != null:
		peer.put_data(Marshalls.base64_to_raw(act["send"]))
		_news()
		while received.size() < wanted and not _out_of_patience():
			_client.poll()
			var got: Array = peer.get_partial_data(wanted - received.size())
			received.append_array(got[1])
			await _tree.process_frame
	return {"peer": peer != null, "received": received.hex_encode()}


func _options(settings: Dictionary) -> TLSOptions:
	var roots: X509Certificate = _certificate(settings["roots"]) if settings["roots"] != "" else null
	match settings["options"]:
		"client":
			return TLSOptions.client(roots, settings["name"])
		"client_unsafe":
			return TLSOptions.client_unsafe(roots)
		"server":
			return TLSOptions.server(Crypto.new().generate_rsa(2048), roots)
	return null


## Gives the client a policy. Returns whether it can have one, if it needs one.
func _set_policy(properties: Dictionary) -> bool:
	if properties.is_empty():
		return true
	if not "tls_policy" in _client:
		return false
	var policy: Object = ClassDB.instantiate("PyTLSPolicy")
	for property: String in properties:
		var value: Variant = properties[property]
		if property == "client_certificate":
			value = _certificate(value)
		elif property == "client_key":
			var key := CryptoKey.new()
			key.load_from_string(value)
			value = key
		policy.set(property, value)
	_client.tls_policy = policy
	return true


func _certificate(pem: String) -> X509Certificate:
	var certificate := X509Certificate.new()
	certificate.load_from_string(pem)
	return certificate


func _read_body(most_reads: int) -> Dictionary:
	var digest := HashingContext.new()
	digest.start(HashingContext.HASH_SHA256)
	var begin := PackedByteArray()
	var size := 0
	var reads := 0
	var largest := 0
	_news()
	while _client.get_status() == HTTPClient.STATUS_BODY and not _out_of_patience():
		_client.poll()
		if _client.get_status() != HTTPClient.STATUS_BODY:
			break
		var chunk: PackedByteArray = _client.read_response_body_chunk()
		_look()
		if not chunk.is_empty():
			_news()
			digest.update(chunk)
			begin.append_array(chunk.slice(0, maxi(0, SHOWN - size)))
			size += chunk.size()
			largest = maxi(largest, chunk.size())
			reads += 1
		if reads == most_reads:
			break
		if _client.get_status() == HTTPClient.STATUS_BODY:
			await _tree.process_frame
	return {
		"body": begin.hex_encode(),
		"sha256": digest.finish().hex_encode(),
		"size": size,
		"reads": reads,
		"largest": largest,
		"hung": _client.get_status() == HTTPClient.STATUS_BODY and reads != most_reads,
	}


func _leave(states: Array[int]) -> bool:
	_news()
	while _client.get_status() in states:
		if _out_of_patience():
			return false
		_client.poll()
		_look()
		if _client.get_status() in states:
			await _tree.process_frame
	return true


func _look() -> void:
	var status: int = _client.get_status()
	if _states.is_empty() or _states.back() != status:
		_states.append(status)


func _news() -> void:
	_last_news = _pulse.beats


func _out_of_patience() -> bool:
	return _pulse.beats - _last_news > Pulse.beats_of(PATIENCE)


## The process's memory in bytes.
func _memory() -> int:
	var file := FileAccess.open("/proc/self/status", FileAccess.READ)
	while file != null and not file.eof_reached():
		var line := file.get_line()
		if line.begins_with("VmRSS:"):
			return line.to_int() * 1024
	return 0


## The processor's time that the process has used, in ticks.
func _cpu() -> int:
	var file := FileAccess.open("/proc/self/stat", FileAccess.READ)
	var values := file.get_line().get_slice(") ", 1).split(" ") if file != null else PackedStringArray()
	return values[11].to_int() + values[12].to_int() if values.size() > 12 else 0
