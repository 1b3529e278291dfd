extends "requests.gd"
## By sessions, which make as many requests at once as are asked for.

var _sessions: Array[PyHTTPSession] = []


func _make() -> void:
	for number in _sessions_wanted:
		_sessions.append(PyHTTPSession.new())


func _start(number: int, where: String) -> void:
	var session := _sessions[number % _sessions.size()]
	session.start("GET", _url(where)).completed.connect(_completed)


func _fetch_many(times: int) -> bool:
	return await _fetch_at_once(times)


func _completed(response: PyHTTPResponse) -> void:
	answered.emit(response.body.size() if response.ok else -1)


func _free_all() -> void:
	for session in _sessions:
		session.close()
	_sessions.clear()


## A large download and small answers that are parsed, and as soon as all are there, the same again.
func _keep_busy(beside: Load) -> void:
	beside.running = true
	while beside.wanted:
		_start(0, _path)
		for number in SMALL_ONES:
			_sessions[0].start("GET", _url(SMALL)).completed.connect(_parsed)
		for number in SMALL_ONES + 1:
			var size: int = await answered
			beside.failed = beside.failed or size <= 0
	beside.running = false


func _parsed(response: PyHTTPResponse) -> void:
	answered.emit(response.body.size() if response.json() is Array else -1)
