@tool
extends "editor_base.gd"
## Runs in the editor, and reads its help.

const TEXT := "It has every sort of member."


func help_of(topic: String) -> String:
	EditorInterface.get_script_editor().goto_help("class_name:" + topic)
	var texts := ""
	for help: Control in EditorInterface.get_script_editor().find_children("*", "EditorHelp", true, false):
		help.notification(NOTIFICATION_TRANSLATION_CHANGED)  # by which it reads its text anew
		for label: RichTextLabel in help.find_children("*", "RichTextLabel", true, false):
			texts += label.get_parsed_text()
	return texts


func test_the_help_has_texts() -> void:
	await wait_for("what the docstring says", func() -> bool: return help_of("PyAnimal").contains(TEXT))
