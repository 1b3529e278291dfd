@tool
extends "suite.gd"
## Runs in the editor, and reads its help.

const FRAMES := 2000  # a bound for what is waited for
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
	var text := ""
	for _frame in FRAMES:
		text = help_of("PyAnimal")
		if text.contains(TEXT):
			break
		await get_tree().process_frame
	check_true("what the docstring says, in: " + text.substr(0, 200), text.contains(TEXT))
