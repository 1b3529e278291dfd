extends "suite.gd"
## Null where an object is declared. By ptrcall the engine passes no pointer at all then. What is returned is
## a null Object, as from the engine's own methods.

var echo := PyEcho.new()


func test_varcall() -> void:
	var untyped: Variant = echo
	check("Object", typeof(untyped.echo_object(null)), TYPE_OBJECT)
	check("Node", typeof(untyped.echo_node(null)), TYPE_OBJECT)
	check("RefCounted", typeof(untyped.echo_ref(null)), TYPE_OBJECT)


func test_ptrcall_of_a_refcounted() -> void:
	var none: RefCounted = null
	check_true("RefCounted", echo.echo_ref(none) == null)


func test_ptrcall_of_an_object() -> void:
	var none: Object = null
	var no_node: Node = null
	check_true("Object", echo.echo_object(none) == null)
	check_true("Node", echo.echo_node(no_node) == null)
