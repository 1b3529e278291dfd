extends Node
## Makes requests of all kinds, and quits.

const REQUESTS := [
	"/scores",
	"/echo?season=7",
	"/bytes/300000",
	"/status/404",
	"/wait/1",
	"/chunked/90000/4096",
	"/status/503"
]
const SCORE := '{"player": "Ada", "score": 12.50, "tags": ["first", "of season"]}'


func _ready() -> void:
	fetch("127.0.0.1:CLOSED", "/")
	for path: String in REQUESTS:
		fetch("localhost:PORT", path)
		await get_tree().create_timer(0.25).timeout
	await get_tree().create_timer(2.0).timeout
	get_tree().quit()


func fetch(host: String, path: String) -> void:
	var client := PyHTTPClient.new()
	client.connect_to_host(host)
	while client.get_status() in [PyHTTPClient.STATUS_RESOLVING, PyHTTPClient.STATUS_CONNECTING]:
		client.poll()
		await get_tree().process_frame
	if client.get_status() != PyHTTPClient.STATUS_CONNECTED:
		return
	if path.begins_with("/echo"):
		client.request(PyHTTPClient.METHOD_POST, path, ["Content-Type: application/json"], SCORE)
	else:
		client.request(PyHTTPClient.METHOD_GET, path, [])
	while client.get_status() == PyHTTPClient.STATUS_REQUESTING:
		client.poll()
		await get_tree().process_frame
	while client.get_status() == PyHTTPClient.STATUS_BODY:
		client.poll()
		client.read_response_body_chunk()
		await get_tree().process_frame
