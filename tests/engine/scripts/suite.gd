@tool
extends Node
## The base of all suites: checks that print a line each, for the harness to read.

const TOLERANCE := 1e-6

var passed := 0
var failed := 0


## Runs the test functions one after the other.
##
## [code]--behind=test_name[/code]: runs only those behind that test, which has ended the engine.
func run_tests() -> void:
	var behind := option("behind")
	for method: Dictionary in (get_script() as GDScript).get_script_method_list():
		var test: String = method["name"]
		if test == behind:
			behind = ""
		elif test.begins_with("test_") and behind == "":
			print("TEST ", test)
			await call(test)


## What [code]END[/code] is to say.
func tally() -> String:
	return "END %d %d" % [passed, failed]


## Whether two values are the same, in type too.
func check(what: String, got: Variant, wanted: Variant) -> void:
	_report(
		what,
		typeof(got) == typeof(wanted) and got == wanted,
		"got %s, wanted %s" % [_show(got), _show(wanted)]
	)


func check_true(what: String, got: bool) -> void:
	_report(what, got, "it is not so")


## For values that went through 32-bit floats.
func check_near(what: String, got: float, wanted: float) -> void:
	_report(
		what, absf(got - wanted) <= TOLERANCE * maxf(1.0, absf(wanted)), "got %s, wanted %s" % [got, wanted]
	)


func fail(what: String) -> void:
	_report(what, false, "it must not be")


## Announces an error or warning in whose text this is found.
func expect(text: String) -> void:
	print("EXPECT ", text)


## The value of [code]--name=value[/code] on the command line.
func option(option_name: String) -> String:
	for argument in OS.get_cmdline_user_args():
		if argument.begins_with("--%s=" % option_name):
			return argument.get_slice("=", 1)
	return ""


func _report(what: String, held: bool, why: String) -> void:
	if held:
		passed += 1
		print("PASS ", what)
	else:
		failed += 1
		print("FAIL %s: %s" % [what, why.replace("\n", "\\n")])


func _show(value: Variant) -> String:
	return "%s %s" % [type_string(typeof(value)), var_to_str(value) if not value is Object else str(value)]
