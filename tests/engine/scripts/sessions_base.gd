extends "suite.gd"
## What the suites about sessions share.

const HOST := "http://127.0.0.1"


## The URL of a server that the command line names.
func at(server: String, path := "/") -> String:
	return "%s:%s%s" % [HOST, option(server), path]


func session_at(server: String) -> PyHTTPSession:
	var session := PyHTTPSession.new()
	session.base_url = at(server, "")
	return session


func check_ok(what: String, response: PyHTTPResponse) -> void:
	check(what, [response.ok, response.error_reason], [true, ""])


func check_failed(what: String, response: PyHTTPResponse, error: int, reason: String) -> void:
	check(what + ": ok", response.ok, false)
	check(what + ": error", int(response.error), error)
	var found := response.error_reason
	check_true("%s: %s is in: %s" % [what, reason, found], found.contains(reason) or reason == "")
	check_true(what + ": in words", found != "")


func frames(count: int) -> void:
	for i in count:
		await get_tree().process_frame
