@tool
extends TabContainer
## The parts of a request but its method and URL: query, headers, body, authorization, options.

signal query_changed

const AuthEditor := preload("auth_editor.gd")
const BodyEditor := preload("body_editor.gd")
const Controls := preload("controls.gd")
const OptionsEditor := preload("options_editor.gd")
const Table := preload("table.gd")

const HEADERS: PackedStringArray = [
	"Accept",
	"Accept-Encoding",
	"Accept-Language",
	"Authorization",
	"Cache-Control",
	"Content-Type",
	"Cookie",
	"If-Match",
	"If-Modified-Since",
	"If-None-Match",
	"Origin",
	"Range",
	"Referer",
	"User-Agent",
	"X-Api-Key",
	"X-Request-Id",
]

var query := Table.new()
var headers := Table.new()
var body := BodyEditor.new()
var auth := AuthEditor.new()
var options := OptionsEditor.new()


func _init() -> void:
	headers.names = HEADERS
	query.changed.connect(query_changed.emit)
	auth.made.connect(_on_auth_made)
	for tab: Array in [
		[tr("Query"), query],
		[tr("Headers"), headers],
		[tr("Body"), body],
		[tr("Auth"), auth],
		[tr("Options"), options],
	]:
		(tab[1] as Control).name = tab[0]
		add_child(tab[1])
	(
		Controls
		. set_tab_tooltips(
			self,
			[
				tr("Fields of the URL behind the question mark."),
				tr("What goes along with the request."),
				tr("What is sent."),
				tr("Writes the Authorization header."),
				tr("TLS and proxy."),
			]
		)
	)
	current_tab = 1


## These parts of a request, for [code]PyHTTPConsole[/code]; or why they are none, as [code]error[/code].
func get_parts() -> Dictionary:
	var written := body.get_body()
	if written.has("error"):
		return written
	var pairs := headers.get_pairs()
	if written["body"] != "" and written["content_type"] != "" and _value_of("content-type", pairs) == "":
		pairs.append(["Content-Type", written["content_type"]])
	return options.get_options().merged({"headers": pairs, "body": written["body"]})


func set_parts(request: Dictionary) -> void:
	var pairs: Array = request.get("headers", [])
	headers.set_pairs(pairs)
	body.set_body(request.get("body", ""), _value_of("content-type", pairs))
	options.set_options(request)


func _value_of(header: String, pairs: Array) -> String:
	for pair: Array in pairs:
		if (pair[0] as String).to_lower() == header:
			return pair[1]
	return ""


func _on_auth_made(value: String) -> void:
	var pairs := headers.get_pairs().filter(
		func(pair: Array) -> bool: return (pair[0] as String).to_lower() != "authorization"
	)
	if value != "":
		pairs.append(["Authorization", value])
	headers.set_pairs(pairs)
	current_tab = 1
