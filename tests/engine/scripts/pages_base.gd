extends "suite.gd"
## What runs the blocks of the pages.
##
## Each block in GDScript is a file named after its page and section, in which the ports of our servers
## replace those that are shown.


## Gives the script of a block.
func shown(block: String) -> GDScript:
	var script: GDScript = load("res://%s.gd" % block)
	check_true("it compiles", script != null and script.can_instantiate())
	return script


## Runs a block that is the script of a node, up to the end of its [code]_ready()[/code].
func run_node(block: String) -> void:
	var node := Node.new()
	add_child(node)
	node.set_script(shown(block))  # only now, as the engine would call _ready() and not wait for it
	await node.call("_ready")
	node.queue_free()
	await get_tree().process_frame


## Runs a block that gets a body: from a server, without one, and from one that sends half of it.
func run_fetching(block: String) -> void:
	await run_node(block)
	expect("127.0.0.1:%s" % option("closed"))
	await run_node(block + "_without_a_server")
	expect("the server closed the connection in the middle of the body: 8 of 13 bytes are missing")
	await run_node(block + "_with_half_a_body")


func connect_securely(client: PyHTTPClient, server := "secure") -> PyHTTPClient:
	client.connect_to_host("https://localhost", option(server).to_int())
	while client.get_status() in [PyHTTPClient.STATUS_RESOLVING, PyHTTPClient.STATUS_CONNECTING]:
		client.poll()
		await get_tree().process_frame
	return client


func check_connected(client: PyHTTPClient) -> void:
	check("status (%s)" % client.get_error_reason(), client.get_status(), PyHTTPClient.STATUS_CONNECTED)


func check_refused(client: PyHTTPClient, reason: String) -> void:
	check("status", client.get_status(), PyHTTPClient.STATUS_TLS_HANDSHAKE_ERROR)
	check_true("%s: %s" % [reason, client.get_error_reason()], reason in client.get_error_reason())
