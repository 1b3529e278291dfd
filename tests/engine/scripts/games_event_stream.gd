extends Node
## Server-sent events, read as browsers do; comes back with the last id whenever the stream ends.

signal received(type, data, id)
signal finished

var host = ""
var port = 80
var path = "/"
var last_id = ""
var connections = 0
var client = HTTPClient.new()
var _buffer = PackedByteArray()
var _type = ""
var _data = PackedStringArray()
var _asked = false


func open(to_host, to_port, to_path):
	host = to_host
	port = to_port
	path = to_path
	set_process(true)


func _ready():
	set_process(false)


func _process(_delta):
	client.poll()
	match client.get_status():
		HTTPClient.STATUS_RESOLVING, HTTPClient.STATUS_CONNECTING, HTTPClient.STATUS_REQUESTING:
			return
		HTTPClient.STATUS_CONNECTED:
			if _asked and client.get_response_code() == HTTPClient.RESPONSE_NO_CONTENT:
				set_process(false)
				client.close()
				finished.emit()
			else:
				_ask()
		HTTPClient.STATUS_BODY:
			_read()
		_:
			_reconnect()


func _reconnect():
	connections += 1
	_asked = false
	client.close()
	client.connect_to_host(host, port)


func _ask():
	var headers = ["Accept: text/event-stream", "Cache-Control: no-cache"]
	if last_id != "":
		headers.append("Last-Event-ID: " + last_id)
	_buffer.clear()
	_type = ""
	_data.clear()
	_asked = client.request(HTTPClient.METHOD_GET, path, headers) == OK


func _read():
	while client.get_status() == HTTPClient.STATUS_BODY:
		var chunk = client.read_response_body_chunk()
		if chunk.is_empty():
			break
		_buffer.append_array(chunk)
	var start = 0
	while true:
		var end = _buffer.find(10, start)
		if end < 0:
			break
		_take_line(_buffer.slice(start, end).get_string_from_utf8().trim_suffix("\r"))
		start = end + 1
	_buffer = _buffer.slice(start)


func _take_line(line):
	if line == "":
		if not _data.is_empty():
			received.emit("message" if _type == "" else _type, "\n".join(_data), last_id)
		_type = ""
		_data.clear()
		return
	var colon = line.find(":")
	if colon == 0:
		return
	var field = line if colon < 0 else line.left(colon)
	var value = "" if colon < 0 else line.substr(colon + 1).trim_prefix(" ")
	match field:
		"event":
			_type = value
		"data":
			_data.append(value)
		"id":
			last_id = value
