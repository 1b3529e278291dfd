extends Node
## Downloads files, each in a thread of its own that blocks; they can be paused, resumed and cancelled.

signal progressed(id: int, received: int, total: int)
signal finished(id: int, outcome: String)


class Job:
	extends RefCounted
	## What the main thread and a download's thread share.

	var id: int = 0
	var path: String = ""
	var file: String = ""
	var digest: String = ""
	var thread: Thread = Thread.new()
	var client: HTTPClient = HTTPClient.new()
	var _mutex: Mutex = Mutex.new()
	var _order: String = ""

	func give_order(new_order: String) -> void:
		_mutex.lock()
		_order = new_order
		_mutex.unlock()

	func order() -> String:
		_mutex.lock()
		var now: String = _order
		_mutex.unlock()
		return now


var _host: String = ""
var _port: int = -1
var _jobs: Dictionary = {}


func setup(host: String, port: int) -> void:
	_host = host
	_port = port


func download(id: int, path: String, file: String, digest: String) -> Error:
	var job: Job = Job.new()
	job.id = id
	job.path = path
	job.file = file
	job.digest = digest
	_jobs[id] = job
	return job.thread.start(_work.bind(job))


func pause(id: int) -> void:
	_job(id).give_order("paused")


func cancel(id: int) -> void:
	_job(id).give_order("cancelled")


func resume(id: int) -> Error:
	var job: Job = _job(id)
	job.give_order("")
	return job.thread.start(_work.bind(job))


func _exit_tree() -> void:
	for id: int in _jobs:
		_job(id).give_order("cancelled")
	for id: int in _jobs:
		if _job(id).thread.is_started():
			@warning_ignore("return_value_discarded")
			_job(id).thread.wait_to_finish()


func _job(id: int) -> Job:
	return _jobs[id]


func _work(job: Job) -> String:
	var outcome: String = _fetch(job)
	_end.call_deferred(job.id, outcome)
	return outcome


func _fetch(job: Job) -> String:
	var offset: int = 0
	var file: FileAccess
	if FileAccess.file_exists(job.file):
		file = FileAccess.open(job.file, FileAccess.READ_WRITE)
		file.seek_end()
		offset = file.get_position()
	else:
		file = FileAccess.open(job.file, FileAccess.WRITE)
	var client: HTTPClient = job.client
	client.blocking_mode_enabled = true
	client.read_chunk_size = 16384
	var error: Error = client.connect_to_host(_host, _port)
	while (
		client.get_status() == HTTPClient.STATUS_RESOLVING
		or client.get_status() == HTTPClient.STATUS_CONNECTING
	):
		error = client.poll()
		OS.delay_msec(1)
	if client.get_status() != HTTPClient.STATUS_CONNECTED:
		return "not connected: %s" % error_string(error)
	error = client.request(HTTPClient.METHOD_GET, job.path, ["Range: bytes=%d-" % offset])
	while client.get_status() == HTTPClient.STATUS_REQUESTING:
		error = client.poll()
	var code: int = client.get_response_code()
	if error != OK or not client.has_response() or not code in [200, 206]:
		return "no answer: %d %s" % [code, error_string(error)]
	var total: int = offset + client.get_response_body_length()
	while client.get_status() == HTTPClient.STATUS_BODY:
		var order: String = job.order()
		if order != "":
			client.close()
			file.close()
			return order
		var chunk: PackedByteArray = client.read_response_body_chunk()
		@warning_ignore("return_value_discarded")
		file.store_buffer(chunk)
		_advance.call_deferred(job.id, file.get_position(), total)
	client.close()
	file.close()
	return "complete" if FileAccess.get_sha256(job.file) == job.digest else "damaged"


func _advance(id: int, received: int, total: int) -> void:
	progressed.emit(id, received, total)


func _end(id: int, outcome: String) -> void:
	if _job(id).thread.is_started():
		@warning_ignore("return_value_discarded")
		_job(id).thread.wait_to_finish()
	finished.emit(id, outcome)
