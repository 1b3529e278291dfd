extends RefCounted
## Time as both sides have it: a beat passes when the server has answered and this engine has seen it.
##
## On a busy machine either may stand still for seconds. Who waits so many beats has given both their chance.

const BEAT_MSEC := 50  # at least

var beats := 0
var _peer := StreamPeerTCP.new()
var _sent_msec := 0
var _waits := false


func _init(port: int) -> void:
	_peer.connect_to_host("127.0.0.1", port)


## How many beats there are in a time.
static func beats_of(seconds: float) -> int:
	return ceili(seconds * 1000 / BEAT_MSEC)


func poll() -> void:
	_peer.poll()
	if _peer.get_status() != StreamPeerTCP.STATUS_CONNECTED:
		return
	if _waits:
		if _peer.get_available_bytes() == 0:
			return
		_peer.get_u8()
		_waits = false
		beats += 1
	if Time.get_ticks_msec() - _sent_msec >= BEAT_MSEC:
		_sent_msec = Time.get_ticks_msec()
		_peer.put_u8(0)
		_waits = true
