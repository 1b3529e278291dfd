extends PyHero
## A GDScript class over a Python class.

var own_log: Array[String] = []


func _ready() -> void:
	own_log.append("script ready")


func frame_count_doubled() -> int:
	return frame_count() * 2
