extends StreamPeerBuffer
## A stream that is a script's own: it answers each request that it is given.

var got := PackedByteArray()
var answers := PackedByteArray()
var asked := false
var lies := 0  ## By how many bytes it sent more than it says; below 0: fewer.

@warning_ignore("native_method_override")
func get_available_bytes() -> int:
	return answers.size() if asked else 0


@warning_ignore("native_method_override")
func get_partial_data(bytes: int) -> Array:
	# Not by get_available_bytes(): a script's own calls of the engine's methods reach the engine's.
	var some := answers.slice(0, mini(bytes, 3))
	answers = answers.slice(some.size())
	return [OK, some]


@warning_ignore("native_method_override")
func put_partial_data(data: PackedByteArray) -> Array:
	var some := data.slice(0, 5)
	got.append_array(some)
	asked = got.get_string_from_utf8().ends_with("\r\n\r\n")
	return [OK, some.size() - lies]
