extends "pages_sessions.gd"
## Runs what the pages show, GDScript and classes in Python; a test is named for the page and the section.
##
## test_9_pages.py compares what the blocks print.


func test_readme_a_first_request() -> void:
	await run_fetching("readme_a_first_request")


func test_readme_a_first_class_in_python() -> void:
	check("it greets", Greeter.new().greet("Ada"), "Hello, Ada!")


func test_docs_exporting_what_goes_where() -> void:
	check("levels", Levels.new().names(), ["meadow", "cave"])


func test_docs_exporting_platforms() -> void:
	await run_node("docs_exporting_platforms")


func test_docs_client_a_request_step_by_step() -> void:
	await run_fetching("docs_client_a_request_step_by_step")


func test_docs_client_tls() -> void:
	await run_node("docs_client_tls")
	expect("TLS with 'localhost': pin mismatch: wanted sha256//4cU6vFXy")
	await run_node("docs_client_tls_with_the_pins_as_shown")


func test_docs_python_the_client_in_python() -> void:
	var scores := Scores.new()
	add_child(scores)
	check("fetched", JSON.parse_string(await scores.fetched), {"Ada": 1815.0})
	scores.queue_free()


func test_addons_pythonscript_http_readme_a_first_request() -> void:
	await run_fetching("addons_pythonscript_http_readme_a_first_request")


func test_docs_tls_to_pin_a_key() -> void:
	var client := PyHTTPClient.new()
	shown("docs_tls_to_pin_a_key").new().call("pin", client)
	check_connected(await connect_securely(client))


func test_docs_tls_to_present_a_client_certificate() -> void:
	var client := PyHTTPClient.new()
	shown("docs_tls_to_present_a_client_certificate").new().call("present", client)
	check_connected(await connect_securely(client, "mutual"))
	check_refused(await connect_securely(PyHTTPClient.new(), "mutual"), "it wants a client certificate")


func test_docs_tls_to_revoke() -> void:
	var client := PyHTTPClient.new()
	DirAccess.copy_absolute("res://good.crl", "user://ca.crl")
	shown("docs_tls_to_revoke").new().call("revoke", client)
	check_connected(await connect_securely(client))
	DirAccess.copy_absolute("res://revoking.crl", "user://ca.crl")
	shown("docs_tls_to_revoke").new().call("revoke", client)
	check_refused(await connect_securely(client), "a certificate of its chain is revoked")


func test_addons_pythonscript_readme_declaring_a_class() -> void:
	var turret := Turret.new()
	turret.speed = 0.0
	var shots := []
	turret.fired.connect(func(at: Vector2, hits: int) -> void: shots.append([at, hits]))
	check("fires", turret.fire(Vector2.ONE), true)
	check("fires no times", turret.fire(Vector2.ZERO, 0), false)
	check("shots", shots, [[Vector2.ONE, 1], [Vector2.ZERO, 0]])
	check("ready", [turret.is_hunting(), turret.mode], [false, Turret.IDLE])
	add_child(turret)
	check("ready in the tree", [turret.is_hunting(), turret.mode], [true, Turret.HUNTING])
	turret.notification(NOTIFICATION_PAUSED)
	check("paused", turret.mode, Turret.IDLE)
	check("angle", turret.angle, 0.0)
	turret.speed = 1.0
	await get_tree().process_frame
	await get_tree().process_frame
	check_true("it turns", turret.angle > 0.0)
	check_near("static", Turret.degrees(PI), 180.0)
	check("constant", Turret.MAX_TARGETS, 8)
	check_true("object", turret.ammunition == null)
	check_true("text", str(turret).begins_with("<Turret at "))
	turret.queue_free()


func test_addons_pythonscript_readme_what_overrides_what() -> void:
	var armour: Node = ClassDB.instantiate(&"Armour")
	armour.set(&"plate_left", 3)
	check("hit", armour.call(&"hit", 10), 7)
	check("a property", armour.get(&"plate_left"), 3)
	var names := armour.get_property_list().map(func(one: Dictionary) -> String: return one["name"])
	check("listed", "plate_right" in names, true)
	var script := GDScript.new()
	script.source_code = "extends Armour\nfunc _on_hit(damage: int) -> int:\n\treturn damage * 2\n"
	check("a script", script.reload(), OK)
	armour.set_script(script)
	check("overrides", armour.call(&"hit", 10), 20)
	armour.free()


func test_addons_pythonscript_readme_await() -> void:
	var door: Node = ClassDB.instantiate(&"Door")
	add_child(door)
	var opened: Variant = door.call(&"open", 0.01)
	door.emit_signal(&"passed", "Ada")
	check("who passed", await (opened as Signal), "Ada")
	door.free()


func test_addons_pythonscript_readme_futures_and_asyncio() -> void:
	var oracle: RefCounted = ClassDB.instantiate(&"Oracle")
	check("answers", await oracle.call(&"answer", "Now"), "Now? Yes.")


func test_addons_pythonscript_readme_shared_containers() -> void:
	var inventory := Inventory.new()
	inventory.pick_up("rope")
	inventory.items.append("lamp")
	check("an Array", inventory.items, ["torch", "rope", "lamp"] as Array[String])
	inventory.prices["rope"] = 5
	var purse: Array[int] = [1]
	inventory.sell_all(purse)
	check("the caller's", purse, [1, 0, 5, 0] as Array[int])
	check("cleared", inventory.items, [] as Array[String])
	inventory.free()


func test_addons_pythonscript_readme_quitting() -> void:
	check("registered, to be unregistered at the end", EngineDebugger.has_capture("inspector"), true)


func test_addons_pythonscript_godot() -> void:
	var countdown := Countdown.new()
	check("seconds", countdown.seconds, 10.0)
	countdown.seconds = 0.001
	add_child(countdown)
	await countdown.over
	await get_tree().process_frame
	check("freed", is_instance_valid(countdown), false)
