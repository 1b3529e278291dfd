extends "suite.gd"
## What the suites about HTTP share: a client of each sort, and the steps of a flow.

const PATIENCE_MSEC := 60_000
const HOST := "127.0.0.1"

var port := option("port").to_int()


func both() -> Array[RefCounted]:
	return [PyHTTPClient.new(), HTTPClient.new()]


## Polls until the status leaves [param statuses]; returns those it saw with what poll() gave, each once.
func poll_while(client: RefCounted, statuses: Array) -> Array:
	var seen := []
	var end := Time.get_ticks_msec() + PATIENCE_MSEC
	while client.get_status() in statuses and Time.get_ticks_msec() < end:
		var step := [client.get_status(), client.poll()]
		if seen.is_empty() or seen.back() != step:
			seen.append(step)
		OS.delay_usec(100)
	seen.append(client.get_status())
	return seen


func connected(client: RefCounted, host := HOST, to := port) -> Array:
	var error: int = client.connect_to_host(host, to)
	var seen := poll_while(client, [HTTPClient.STATUS_RESOLVING, HTTPClient.STATUS_CONNECTING])
	return [error] + seen


func ask(
	client: RefCounted, method: int, path: String, headers := PackedStringArray(), body := PackedByteArray()
) -> Dictionary:
	var answer := {"error": client.request_raw(method, path, headers, body)}
	answer["states"] = poll_while(client, [HTTPClient.STATUS_REQUESTING])
	answer["has_response"] = client.has_response()
	answer["code"] = client.get_response_code()
	answer["chunked"] = client.is_response_chunked()
	answer["length"] = client.get_response_body_length()
	answer["headers"] = client.get_response_headers()
	answer["again"] = [client.has_response(), client.get_response_headers().size()]
	answer["body"] = read_all(client)
	answer["after"] = client.get_status()
	return answer


func read_all(client: RefCounted) -> PackedByteArray:
	var body := PackedByteArray()
	var end := Time.get_ticks_msec() + PATIENCE_MSEC
	while client.get_status() == HTTPClient.STATUS_BODY and Time.get_ticks_msec() < end:
		client.poll()
		if client.get_status() == HTTPClient.STATUS_BODY:
			body.append_array(client.read_response_body_chunk())
	return body
