extends "measures.gd"
## Blocking mode and chunked coding: an event stream in a thread, as it is read with HTTPClient.


## A chunk is handed over when it has come; the call does not wait for more, up to read_chunk_size.
func test_a_chunk_is_not_kept_back() -> void:
	var client := PyHTTPClient.new()
	client.blocking_mode_enabled = true
	client.connect_to_host(HOST, option("port").to_int())
	while client.get_status() == HTTPClient.STATUS_CONNECTING:
		client.poll()
	client.request(HTTPClient.METHOD_GET, "/silent/events/chunked/20/20", [])
	while client.get_status() == HTTPClient.STATUS_REQUESTING:
		client.poll()
	var sizes: Array[int] = []
	while client.get_status() == HTTPClient.STATUS_BODY and sizes.size() < 2:
		sizes.append(client.read_response_body_chunk().size())
	check_true("not all at once, but %s bytes" % str(sizes), sizes.size() > 1)
