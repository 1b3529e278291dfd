extends "suite.gd"
## Python inside the engine.


func ask(expression: String) -> Variant:
	return PyProbe.run("import os, sys\nresult = " + expression)


func test_python_is_where_the_option_says() -> void:
	var executable: String = ask("sys.executable")
	check_true("sys.executable is a file: " + executable, FileAccess.file_exists(executable))
	check("it is a Python", executable.get_file().begins_with("python"), true)
	check_true("sys.prefix is a folder", DirAccess.dir_exists_absolute(ask("sys.prefix")))
	check(
		"it runs, as multiprocessing does",
		ask(
			"__import__('subprocess').check_output([sys.executable, '-I', '-c', 'print(6*7)']).decode().strip()"
		),
		"42"
	)


func test_the_path() -> void:
	var project := ProjectSettings.globalize_path("res://").trim_suffix("/")
	var path: Array = ask("list(sys.path)")
	check("the project's addons", project + "/addons" in path, true)
	check("the facade", project + "/addons/pythonscript" in path, true)
	for entry: String in path:
		check_true("absolute: " + entry, entry.is_absolute_path())
	check("not the working directory", ask("os.getcwd() in sys.path or '' in sys.path"), false)
	check("site-packages", ask("any(p.endswith('site-packages') for p in sys.path)"), true)


func test_the_mode() -> void:
	check("UTF-8 mode", ask("sys.flags.utf8_mode"), 1)
	check("file names", ask("sys.getfilesystemencoding()"), "utf-8")
	check("standard output", ask("sys.stdout.encoding"), "utf-8")
	check("isolated", ask("sys.flags.isolated"), 1)
	check("a thread that computes gives way soon", ask("sys.getswitchinterval()"), 0.0005)
	check("no environment", ask("sys.flags.ignore_environment"), 1)
	check("arguments are the engine's", ask("sys.argv"), [""])
	check(
		"PYTHONPATH's modules are not found",
		ask("__import__('importlib.util').util.find_spec('intruder') is None"),
		true
	)


func test_faulthandler() -> void:
	var dump := "import faulthandler as handler\nhandler.enable()\nresult = handler.is_enabled()\n"
	check("is enabled", PyProbe.run(dump + "handler.dump_traceback()\nhandler.disable()"), true)


func test_output() -> void:
	PyProbe.run("print('printed', 1, end=';'); print('and more')")
	PyProbe.run("print('to the error output', file=sys.stderr)".insert(0, "import sys\n"))
	PyProbe.run("print('two\\nlines: \u00fc \U01f40d')")
	PyProbe.run("import sys; sys.stdout.write('no end of line'); sys.stdout.flush()")
	PyProbe.run("print('a lone \\ud800, a NUL \\0')")
	check(
		"the standard library works with it",
		PyProbe.run("import logging; logging.warning('logged'); result = 1"),
		1
	)


func test_the_facade_knows_the_engine() -> void:
	var version := Engine.get_version_info()
	var known: Array = PyProbe.run("import godot; result = list(godot.engine_version())")
	check("its version", known, [version.major, version.minor, version.patch])


func test_the_standard_library_works() -> void:
	var modules := "import ssl, socket, sqlite3, ctypes, decimal, hashlib, lzma, asyncio\n"
	check("C modules", PyProbe.run(modules + "result = hashlib.sha256(b'').hexdigest()[:8]"), "e3b0c442")
	var thread := "import threading\nresult = []\nthread = threading.Thread(target=result.append, args=[7])\n"
	check("threads", PyProbe.run(thread + "thread.start(); thread.join(5)"), [7])
