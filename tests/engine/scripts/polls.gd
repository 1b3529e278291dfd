extends RefCounted
## A whole conversation with a server of its own, which tells how many polls each step of it takes from when
## its bytes have come: on the loopback interface they have when they are sent.

const WAITING := [HTTPClient.STATUS_RESOLVING, HTTPClient.STATUS_CONNECTING]
const PATIENCE := 100_000
const QUIET := 3
const LOOK_USEC := 50
## One look at the kernel counts for so long, where nothing is expected.

var _client: RefCounted
var _pause_msec: int
var _peer: StreamPeerTCP
var _size: int


## [param pause_msec]: waits so long between polls.
func _init(client: RefCounted, pause_msec := 0) -> void:
	_client = client
	_pause_msec = pause_msec


func play() -> Array[int]:
	var counts: Array[int] = []
	var server := TCPServer.new()
	server.listen(0, "127.0.0.1")
	_client.connect_to_host("127.0.0.1", server.get_local_port())
	counts.append(_polls(func() -> bool: return not _client.get_status() in WAITING))
	_peer = server.take_connection()
	_peer.set_no_delay(true)
	_client.request(HTTPClient.METHOD_GET, "/", [])
	_polls(func() -> bool: return _peer.get_available_bytes() > 0)
	for lines: String in ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n", "X-Other: field\r\n"]:
		_send(lines)
		for time in QUIET:
			_client.poll()
	_send("\r\n")
	counts.append(_polls(func() -> bool: return _client.get_status() == HTTPClient.STATUS_BODY))
	for part: String in ["to", "day", "again"]:
		for time in QUIET:
			_client.poll()
			_client.read_response_body_chunk()
		_size = 0
		_send(part)
		counts.append(_polls(_has_read.bind(part.length())))
	for time in QUIET:
		_client.poll()
	_peer.disconnect_from_host()
	OS.delay_usec(LOOK_USEC)
	counts.append(_polls(func() -> bool: return _client.get_status() != HTTPClient.STATUS_CONNECTED))
	_client.close()
	return counts


func _send(text: String) -> void:
	_peer.put_data(text.to_ascii_buffer())


func _has_read(size: int) -> bool:
	_size += _client.read_response_body_chunk().size()
	return _size == size


## Polls until something is done.
func _polls(done: Callable) -> int:
	for count in range(1, PATIENCE):
		_client.poll()
		if done.call():
			return count
		if _pause_msec:
			OS.delay_msec(_pause_msec)
	return PATIENCE
