extends "tls_base.gd"
## A project that has nothing but the bundle's zip: what its Python is, and that the client works.

const MODULES := """
import importlib, os, sys
folder = next(path for path in sys.path if path.endswith('lib-dynload'))
result = []
for file in sorted(os.listdir(folder)):
    name = file.partition('.')[0]
    try:
        importlib.import_module(name)
    except BaseException as error:
        result.append(f'{name}: {error}')
assert len(os.listdir(folder)) > 20
"""
const FILES := """
import sys
files = {getattr(module, '__file__', None) for module in list(sys.modules.values())} - {None}
assert len(files) > 50
result = sorted(file for file in files if not file.startswith('%s'))
"""
const LIBRARIES := """
import _ctypes, _hashlib, _ssl, _lzma, _bz2, zlib
with open('/proc/self/maps') as maps:
    result = sorted({line.split()[5] for line in maps if '.so' in line})
"""

var addons := ProjectSettings.globalize_path("res://addons/")


func test_http() -> void:
	var client := PyHTTPClient.new()
	connected(client)
	var answer := ask(client, HTTPClient.METHOD_GET, "/bytes/5")
	check("status code (%s)" % client.get_error_reason(), answer["code"], 200)
	check("body", (answer["body"] as PackedByteArray).size(), 5)


func test_https() -> void:
	var client := fetch("good", trusting())
	check("status (%s)" % client.get_error_reason(), client.get_status(), HTTPClient.STATUS_BODY)
	check("body", read_text(client), "hello")


func test_mozillas_roots() -> void:
	var roots_of := "import certifi, ssl; context = ssl.create_default_context(cafile=certifi.where())"
	check_true("more than a hundred", PyProbe.run(roots_of + "; result = len(context.get_ca_certs())") > 100)


func test_every_compiled_module_of_the_standard_library() -> void:
	check("that cannot be imported", PyProbe.run(MODULES), [])


func test_the_client_is_compiled() -> void:
	var file: String = PyProbe.run("import pythonscript_http.client as module; result = module.__file__")
	check_true(file, file.begins_with(addons.path_join("pythonscript_http/bin/client__mypyc.")))


func test_nothing_is_imported_from_elsewhere() -> void:
	check("files", PyProbe.run(FILES % addons), [])


func test_the_version_and_the_variables() -> void:
	var asked := "import sysconfig; result = [sysconfig.get_config_var('EXT_SUFFIX'), sysconfig.get_platform()]"
	var answers: Array = PyProbe.run(asked)
	check_true("EXT_SUFFIX", (answers[0] as String).ends_with(".so"))
	check_true("the platform", (answers[1] as String).begins_with("linux"))


## What is mapped is for the test in Python, which knows what the engine maps by itself.
func test_libraries() -> void:
	var mapped: Array = PyProbe.run(LIBRARIES)
	check_true("some", mapped.size() > 10)
	for library: String in mapped:
		print("MAPPED ", library)
