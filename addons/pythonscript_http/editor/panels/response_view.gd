@tool
extends VBoxContainer
## Shows all that is known of one request: body, headers, times. For the console and the inspector.

const BodyView := preload("body_view.gd")
const Controls := preload("controls.gd")
const HeadersView := preload("headers_view.gd")
const Phases := preload("phases.gd")
const TimesView := preload("times_view.gd")

var summary: Label
## Shown where there is something to be closed.
var close := Button.new()
var tabs := TabContainer.new()
var body := BodyView.new()
var headers := HeadersView.new()
var request_body := CodeEdit.new()
var times := TimesView.new()


func _init() -> void:
	var bar := HBoxContainer.new()
	summary = Controls.note(bar)
	close.flat = true
	close.text = "×"
	close.tooltip_text = tr("Close the details.")
	close.hide()
	bar.add_child(close)
	add_child(bar)
	tabs.size_flags_vertical = SIZE_EXPAND_FILL
	add_child(tabs)
	for tab: Array in [
		[tr("Body"), body],
		[tr("Headers"), headers],
		[tr("Request body"), request_body],
		[tr("Times, TLS"), times]
	]:
		(tab[1] as Control).name = tab[0]
		tabs.add_child(tab[1])
		tabs.set_tab_title(tabs.get_tab_count() - 1, tab[0])
	request_body.editable = false
	request_body.tooltip_text = tr("The body of the request.")
	Controls.let_go(request_body)
	(
		Controls
		. set_tab_tooltips(
			tabs,
			[
				tr("What the server answered."),
				tr("Of the response and of the request."),
				tr("What was sent."),
				tr("How long each phase took; the connection and the server's certificate."),
			]
		)
	)
	clear()


func _ready() -> void:
	Controls.use_code_font(request_body)


func clear() -> void:
	body.clear()
	headers.clear()
	request_body.text = ""
	times.clear()
	Controls.set_note(summary, tr("No response yet."))
	_show_request_body(false)


## Shows what [code]details_of()[/code] gives.
func show_details(details: Dictionary) -> void:
	_show_summary(details)
	body.show_details(details)
	headers.show_details(details)
	request_body.text = details["request_text"]
	_show_request_body(details["request_text"] != "" or details["request_note"] != "")
	times.show_details(details)


func _show_request_body(shown: bool) -> void:
	tabs.set_tab_hidden(tabs.get_tab_idx_from_control(request_body), not shown)


func _show_summary(details: Dictionary) -> void:
	var parts: PackedStringArray = [
		details["status"] if details["method"] == "" else "%s %s" % [details["method"], details["status"]]
	]
	if details["reason"] != "":
		parts.append(details["reason"])
	parts.append(Phases.seconds_text(details["seconds"]))
	if details["received"] > 0:
		parts.append(
			(
				tr("%s received, %s body")
				% [String.humanize_size(details["received"]), String.humanize_size(details["decoded"])]
			)
		)
	Controls.set_note(summary, "  ·  ".join(parts), "error_color" if details["failed"] else "")
	summary.tooltip_text = "%s\n%s" % [details["url"], details["reason"]]
