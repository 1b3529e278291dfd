extends "suite.gd"
## Runs the tests of the addon `proxies`, which are written in Python.

const ANNOUNCED := {
	"methods": ['Required object "rp_child" is null'],
	"exceptions_end_at_signals": ["LookupError: failed in a signal"],
	"abstract_bases": ["Class 'PyBaseOfCounters' or its base class cannot be instantiated"],
	"classes": ["Class 'CanvasItem' or its base class cannot be instantiated"],
	"what_cannot_be_freed": ["Object is locked", "Can't free a RefCounted"],
	"sizes_of_arrays": ['"mem" is null', '"mem_new" is null', '"mem" is null', '"mem_new" is null'],
	"the_engine_prints_where_it_was_called": ["an error from Python", "a warning from Python"],
}


func test_proxies() -> void:
	for name: String in PyCases.names():
		for text: String in ANNOUNCED.get(name, []):
			expect(text)
		check(name, PyCases.run(name), "")
	check_true("there were some", PyCases.names().size() > 15)
