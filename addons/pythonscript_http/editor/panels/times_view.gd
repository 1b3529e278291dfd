@tool
extends Tree
## Shows how long each phase of a request took, and what is known of its connection.

const Controls := preload("controls.gd")
const Phases := preload("phases.gd")

var _seconds := 0.0


func _init() -> void:
	columns = 3
	hide_root = true
	select_mode = Tree.SELECT_ROW
	tooltip_text = tr("How long each phase took, and the connection; Ctrl+C copies a value.")
	Controls.copy_rows(self, 1)
	column_titles_visible = true
	for index in 3:
		set_column_title(index, [tr("Phase"), tr("Time"), ""][index])
		set_column_title_alignment(index, HORIZONTAL_ALIGNMENT_LEFT)
		set_column_expand_ratio(index, [2, 1, 4][index])


func show_details(details: Dictionary) -> void:
	clear()
	_seconds = details["seconds"]
	var root := create_item()
	for phase: Array in details["phases"]:
		var described := Phases.describe(phase[0])
		var item := create_item(root)
		item.set_text(0, described[0])
		item.set_tooltip_text(0, described[1])
		item.set_text(1, Phases.seconds_text(phase[2]))
		item.set_cell_mode(2, TreeItem.CELL_MODE_CUSTOM)
		item.set_metadata(2, [phase])
		item.set_custom_draw_callback(2, _draw_phase)
	for fact: Array in _facts(details):
		var item := create_item(root)
		item.set_text(0, fact[0])
		item.set_text(1, fact[1])
		item.set_tooltip_text(1, fact[1])
		item.set_expand_right(1, true)


func _facts(details: Dictionary) -> Array:
	var facts := []
	for fact: Array in [
		[tr("Call"), "call"],
		[tr("Asked by"), "source"],
		[tr("Then"), "note_of_call"],
		[tr("Call failed"), "call_reason"]
	]:
		if details[fact[1]] != "":
			facts.append([fact[0], details[fact[1]]])
	if details["address"] != "":
		facts.append([tr("Address"), details["address"]])
	if not (details["tls"] as Array).is_empty():
		facts.append([tr("TLS"), ", ".join(PackedStringArray(details["tls"]))])
	var certificate: Dictionary = details["certificate"]
	if not certificate.is_empty():
		facts.append([tr("Certificate"), certificate["subject"]])
		facts.append([tr("Issuer"), certificate["issuer"]])
		facts.append([tr("Valid"), tr("%s to %s") % [certificate["begins"], certificate["ends"]]])
		facts.append([tr("Names"), ", ".join(PackedStringArray(certificate["names"]))])
		facts.append([tr("Pin"), certificate["pin"]])
	if details["reused"] and details["method"] != "":
		facts.append([tr("Connection"), tr("used before")])
	for attempt: Array in details["attempts"]:
		if attempt[1] != "":
			facts.append([tr("Refused"), "%s: %s" % attempt])
	return facts


func _draw_phase(item: TreeItem, rect: Rect2) -> void:
	Phases.draw(self, rect, item.get_metadata(2), 0.0, maxf(1e-6, _seconds))
