@tool
extends GridContainer
## Makes the value of an Authorization header.

signal made(value: String)

enum Kind { NONE, BASIC, BEARER }

const Controls := preload("controls.gd")

var kind := OptionButton.new()
var user := LineEdit.new()
var secret := LineEdit.new()


func _init() -> void:
	columns = 2
	Controls.label(self, tr("Kind"))
	for title: String in [tr("None"), tr("Basic"), tr("Bearer")]:
		kind.add_item(title)
	kind.tooltip_text = tr("What the Authorization header has.")
	kind.item_selected.connect(_show_kind)
	add_child(kind)
	Controls.label(self, tr("User"))
	user.tooltip_text = tr("The user's name.")
	user.size_flags_horizontal = SIZE_EXPAND_FILL
	add_child(user)
	Controls.label(self, tr("Secret"))
	secret.tooltip_text = tr("The password, or the token; better a {{variable}} of the private environment.")
	secret.secret = true
	add_child(secret)
	Controls.label(self, "")
	Controls.button(
		self, tr("Set the header"), tr("Write it into the headers, as Authorization."), _on_pressed
	)
	_show_kind(Kind.NONE)


func _show_kind(shown: int) -> void:
	user.editable = shown == Kind.BASIC
	secret.editable = shown != Kind.NONE


func _on_pressed() -> void:
	match kind.selected:
		Kind.NONE:
			made.emit("")
		Kind.BASIC:
			made.emit("Basic " + Marshalls.utf8_to_base64("%s:%s" % [user.text, secret.text]))
		Kind.BEARER:
			made.emit("Bearer " + secret.text)
