@tool
extends ScrollContainer
## How a request is sent: TLS, and by which proxy.

const Controls := preload("controls.gd")

var insecure := CheckBox.new()
## By the names that [code]Request[/code] has for them.
var fields := {}

var _grid := GridContainer.new()


func _init() -> void:
	insecure.text = tr("Do not verify certificates")
	insecure.tooltip_text = tr("Takes any TLS certificate: for servers of your own, on networks of your own.")
	horizontal_scroll_mode = SCROLL_MODE_DISABLED
	follow_focus = true
	var box := VBoxContainer.new()
	box.size_flags_horizontal = SIZE_EXPAND_FILL
	add_child(box)
	box.add_child(insecure)
	_grid.columns = 2
	box.add_child(_grid)
	_add("ca", tr("CA file"), "res://ca.crt", tr("Certificates to trust, and no others (PEM)."))
	_add("certificate", tr("Certificate"), "res://client.crt", tr("The client's own certificate (PEM)."))
	_add("key", tr("Key"), "res://client.key", tr("The certificate's key (PEM); empty: in the same file."))
	_add("pins", tr("Pins"), "sha256//…", tr("Keys of which the server must have one, parted by blanks."))
	_add(
		"proxy",
		tr("Proxy"),
		"host:port",
		tr("host:port of an HTTP proxy, or socks5h://host:port; perhaps with user:password@ before it.")
	)


func _add(option: String, title: String, example: String, tooltip: String) -> void:
	Controls.label(_grid, title)
	var field := LineEdit.new()
	field.placeholder_text = example
	field.tooltip_text = tooltip
	field.size_flags_horizontal = SIZE_EXPAND_FILL
	_grid.add_child(field)
	fields[option] = field


func get_options() -> Dictionary:
	var options := {"insecure": insecure.button_pressed}
	for option: String in fields:
		options[option] = (fields[option] as LineEdit).text
	return options


func set_options(options: Dictionary) -> void:
	insecure.button_pressed = options.get("insecure", false)
	for option: String in fields:
		(fields[option] as LineEdit).text = options.get(option, "")
