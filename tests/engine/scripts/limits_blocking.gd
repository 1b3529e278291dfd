extends "measures.gd"
## What goes on while a thread waits in blocking mode for a silent server, and what the waiting costs.

const WAITING := "/late/1/half/1/100000"  # a second for the head, and one in the middle of the body
const SHARE := 0.05  # of a processor

var port := option("port").to_int()
var type := option("type")


func test_waiting_costs_no_processor_time() -> void:
	Engine.max_fps = 30
	var thread := Thread.new()
	var process := process_time()
	thread.start(wait_for.bind(WAITING))
	await until(func() -> bool: return not thread.is_alive())
	process = process_time() - process
	var waited: Dictionary = thread.wait_to_finish()
	check("it came", waited["size"], 100000)
	check_true("it was waited for: %.2f s" % waited["seconds"], waited["seconds"] > 1.9)
	if type == "PyHTTPClient":
		# The thread's own time is exact; the process's counts frames too.
		check_true("the thread took %.4f s" % waited["cpu"], waited["cpu"] < SHARE * waited["seconds"])
		check_true("the process took %.2f s" % process, process < 0.25 * waited["seconds"])
	else:
		print("%s: the thread took %.4f s, the process %.2f s" % [type, waited["cpu"], process])


func test_others_go_on_meanwhile() -> void:
	Engine.max_fps = 60
	var waiting := Thread.new()
	var busy := Thread.new()
	waiting.start(wait_for.bind(WAITING))
	busy.start(ask_while.bind(waiting))
	var frames := Engine.get_process_frames()
	await until(func() -> bool: return not waiting.is_alive())
	frames = Engine.get_process_frames() - frames
	var answers: int = busy.wait_to_finish()
	var waited: Dictionary = waiting.wait_to_finish()
	check("it came", waited["size"], 100000)
	check_true("%d frames passed" % frames, frames > 30)
	check_true("another thread got %d answers" % answers, answers > 30)


func wait_for(path: String) -> Dictionary:
	var start := Time.get_ticks_usec()
	var cpu := thread_time()
	var client := connected()
	client.request(HTTPClient.METHOD_GET, path, [])
	while client.get_status() == HTTPClient.STATUS_REQUESTING:
		client.poll()
	var size := 0
	while client.get_status() == HTTPClient.STATUS_BODY:
		size += client.read_response_body_chunk().size()
	return {
		"size": size,
		"cpu": thread_time() - cpu,
		"seconds": (Time.get_ticks_usec() - start) / 1e6,
	}


func ask_while(other: Thread) -> int:
	var client := connected()
	var answers := 0
	while other.is_alive():
		client.request(HTTPClient.METHOD_GET, "/json/1", [])
		while client.get_status() == HTTPClient.STATUS_REQUESTING:
			client.poll()
		while client.get_status() == HTTPClient.STATUS_BODY:
			client.read_response_body_chunk()
		answers += int(client.get_response_code() == 200)
		OS.delay_msec(1)
	return answers


func connected() -> RefCounted:
	var client: RefCounted = ClassDB.instantiate(type)
	client.blocking_mode_enabled = true
	client.connect_to_host(HOST, port)
	while client.get_status() == HTTPClient.STATUS_CONNECTING:
		client.poll()
	return client


## Seconds that the calling thread has run.
func thread_time() -> float:
	return first_line("/proc/thread-self/schedstat").get_slice(" ", 0).to_int() / 1e9


## Seconds that all threads have run.
func process_time() -> float:
	var fields := first_line("/proc/self/stat").get_slice(") ", 1).split(" ")
	return (fields[11].to_int() + fields[12].to_int()) / 100.0
