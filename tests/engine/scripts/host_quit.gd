extends "suite.gd"
## Leaves something behind when the game quits.


func test_something_is_left() -> void:
	if option("what") == "lambdas":
		leave_lambdas()
	else:
		check_true("under way", PyLeaver.leave(option("what")))


## Objects of Python's with lambdas connected: one that Python has, and one that nobody has any more.
func leave_lambdas() -> void:
	var kept := PyLeaver.new()
	var node := PyThingNode.new()
	get_tree().root.add_child(node)
	connect_to(kept, node)
	PyLeaver.keep(kept)
	var let_go := PyLeaver.new()
	connect_to(let_go, kept)
	var keeper := PyKeeper.new()
	keeper.keep(let_go)
	keeper.drop()
	node.set_meta("kept", kept)
	check_true("Python has it", kept.get_reference_count() > 1)


func connect_to(leaver: PyLeaver, other: Object) -> void:
	leaver.happened.connect(func() -> void: print("alone"))
	leaver.happened.connect(func() -> void: print(self))
	leaver.happened.connect(func() -> void: print(other))
