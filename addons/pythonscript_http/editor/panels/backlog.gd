@tool
extends RefCounted
## What a game has told and nobody has read yet. It is read bit by bit, as frames have time for it.

## Rows that wait at most; of what comes when there are so many, nothing is kept.
const MOST := 50_000
## Rows that are read at a time.
const SLICE := 32

var _log: RefCounted
var _entries: Array = []
var _size := 0


## [param reader]: a [code]PyHTTPInspector[/code], which reads.
func _init(reader: RefCounted) -> void:
	_log = reader


func is_empty() -> bool:
	return _entries.is_empty()


## Takes the data of a message.
func add(data: Array) -> void:
	if data.size() != 2 or not data[0] is int or not data[1] is Array:
		_entries.append([data])
		return
	var rows: Array = data[1]
	if _size + rows.size() > MOST:
		_log.call(&"lose", rows.size())
		return
	_size += rows.size()
	for begin in range(0, rows.size(), SLICE):
		_entries.append([[data[0], rows.slice(begin, begin + SLICE)]])


## Calls something when all is read that came before.
func add_call(what: Callable) -> void:
	_entries.append(what)


## Reads until it is so late, in microseconds of the engine's clock; a slice at least.
func work(until: int) -> void:
	var done := 0
	while done < _entries.size():
		var entry: Variant = _entries[done]
		done += 1
		if entry is Callable:
			(entry as Callable).call()
		else:
			var data: Array = entry[0]
			_log.call(&"receive", data)
			_size -= (data[1] as Array).size() if data.size() == 2 and data[1] is Array else 0
		if Time.get_ticks_usec() >= until:
			break
	_entries = _entries.slice(done)
