extends "suite.gd"
## Scenes and resources of Python's classes: saved, loaded, duplicated.

const EXTENDED := """extends PyPart
@export var more := 1
@export var plans: Array[PyPlan] = []
"""

var _file := 0


func plan(number: int, depth: int) -> PyPlan:
	var made := PyPlan.new()
	made.number = number
	made.ratio = 1.5 * number
	made.text = "plan %d" % number
	made.name_of = &"other"
	made.place = Vector3(number, 0, -1)
	made.colour = Color(0, 0.5, 1, 0.25)
	made.size_of = PyPlan.LARGE
	made.items = [number, 2, 3] as Array[int]
	made.anything = [1, "two", null, [Vector2.ONE]]
	made.table = {"a": number, "b": [1]}
	made.names = PackedStringArray(["one", "two"])
	if depth > 0:
		made.inner = plan(number + 1, depth - 1)
		made.inners = [plan(number + 10, 0), made.inner] as Array[Resource]
	return made


func described(of: PyPlan) -> Array:
	if of == null:
		return []
	var inners: Array = []
	for inner: PyPlan in of.inners:
		inners.append(described(inner))
	return [
		[of.number, of.ratio, of.text, of.name_of, of.place, of.colour, of.size_of, of.double],
		[of.items, of.anything, of.table, of.names],
		[described(of.inner), inners]
	]


func path(ending: String) -> String:
	_file += 1
	return "res://made_%d.%s" % [_file, ending]


func saved_and_loaded(resource: Resource, ending: String) -> Resource:
	var where := path(ending)
	check("saved as " + ending, ResourceSaver.save(resource, where), OK)
	return ResourceLoader.load(where, "", ResourceLoader.CACHE_MODE_IGNORE_DEEP)


func test_resources_are_saved() -> void:
	var made := plan(5, 3)
	for ending: String in ["tres", "res"]:
		var loaded: PyPlan = saved_and_loaded(made, ending)
		check(ending, described(loaded), described(made))
		check("one object stays one", loaded.inners[1] == loaded.inner, true)
		check("of its class", loaded.inner.get_class(), "PyPlan")


func test_defaults_are_not_saved() -> void:
	var where := path("tres")
	ResourceSaver.save(PyPlan.new(), where)
	var text := FileAccess.get_file_as_string(where)
	check("no line for an export", [text.contains("number"), text.contains("items")], [false, false])


func test_resources_are_duplicated() -> void:
	var made := plan(5, 2)
	var flat: PyPlan = made.duplicate()
	check("flat", described(flat), described(made))
	check("shares what is in it", flat.inner == made.inner, true)
	var deep: PyPlan = made.duplicate(true)
	check("deep", described(deep), described(made))
	check("has its own", deep.inner != made.inner, true)
	deep.inner.set("number", 99)
	check("which is apart", (made.inner as PyPlan).number, 6)
	deep.items = [0] as Array[int]
	check("Arrays too", made.items, [5, 2, 3] as Array[int])


func test_defaults_are_each_ones_own() -> void:
	var one := PyPlan.new()
	var other := PyPlan.new()
	one.items = [7] as Array[int]
	check("the other's", other.items, [1] as Array[int])
	check("a new one's", PyPlan.new().items, [1] as Array[int])


func tree(script: GDScript) -> PyPart:
	var root: PyPart = script.new() if script != null else PyPart.new()
	root.name = "Root"
	root.label = "root"
	root.count = 7
	root.plan = plan(1, 1)
	for i in 3:
		var child := PyPart.new()
		child.name = "Child%d" % i
		child.count = i
		child.plan = root.plan if i == 0 else plan(i, 0)
		root.add_child(child)
		child.owner = root
		var grandchild := PyPart.new()
		grandchild.name = "Grandchild"
		child.add_child(grandchild)
		grandchild.owner = root
		child.other = grandchild
	root.other = root.get_node("Child1/Grandchild")
	root.path = ^"Child2"
	return root


func check_tree(what: String, root: PyPart) -> void:
	check(what + ": exports", [root.label, root.count, root.path], ["root", 7, ^"Child2"])
	check(what + ": resource", described(root.plan), described(plan(1, 1)))
	check(what + ": a node", root.other == root.get_node("Child1/Grandchild"), true)
	for i in 3:
		var child: PyPart = root.get_node("Child%d" % i)
		check(what + ": a child", [child.count, (child.plan as PyPlan).number], [i, 1 if i == 0 else i])
		check(what + ": a child's child", child.other == child.get_child(0), true)
	check(what + ": one resource stays one", (root.get_child(0) as PyPart).plan == root.plan, true)


func test_scenes_are_saved() -> void:
	for ending: String in ["tscn", "scn"]:
		var root := tree(null)
		var scene := PackedScene.new()
		check("packed", scene.pack(root), OK)
		root.free()
		var loaded: PackedScene = saved_and_loaded(scene, ending)
		for i in 3:
			var made: PyPart = loaded.instantiate()
			check_tree(ending, made)
			add_child(made)
			check("ready", [made.entered(), (made.other as PyPart).entered()], [1, 1])
			made.free()


func test_trees_are_duplicated() -> void:
	var root := tree(null)
	var copy: PyPart = root.duplicate()
	check_tree("a copy", copy)
	check("resources are shared", copy.plan == root.plan, true)
	root.free()
	check_tree("when the first is gone", copy)
	copy.free()


func test_gdscript_on_top() -> void:
	var script := GDScript.new()
	script.source_code = EXTENDED
	check("compiles", script.reload(), OK)
	var root := tree(script)
	root.set("more", 5)
	root.set("plans", [plan(8, 0), null] as Array[PyPlan])
	var scene := PackedScene.new()
	scene.pack(root)
	var copy := root.duplicate()
	root.free()
	var loaded: PackedScene = saved_and_loaded(scene, "tscn")
	for made: PyPart in [loaded.instantiate(), copy]:
		check_tree("extended", made)
		check("its own", made.get("more"), 5)
		var plans: Array = made.get("plans")
		check("and resources", [(plans[0] as PyPlan).number, plans[1]], [8, null])
		made.free()


func test_instances_within_scenes() -> void:
	var inner := PackedScene.new()
	var part := tree(null)
	inner.pack(part)
	part.free()
	inner = saved_and_loaded(inner, "tscn")
	inner.take_over_path("res://inner.tscn")
	ResourceSaver.save(inner, "res://inner.tscn")
	var outer := Node.new()
	for i in 3:
		var made: PyPart = inner.instantiate()
		made.name = "Part%d" % i
		made.count = i + 2
		outer.add_child(made)
		made.owner = outer
	var scene := PackedScene.new()
	scene.pack(outer)
	outer.free()
	var again: PackedScene = saved_and_loaded(scene, "tscn")
	var all := again.instantiate()
	for i in 3:
		var made: PyPart = all.get_node("Part%d" % i)
		check("changed here", made.count, i + 2)
		check("kept from there", [made.label, (made.plan as PyPlan).number], ["root", 1])
	all.free()


func load_in_thread(where: String, scene: bool) -> void:
	check("asked for", ResourceLoader.load_threaded_request(where, "", true), OK)
	while ResourceLoader.load_threaded_get_status(where) == ResourceLoader.THREAD_LOAD_IN_PROGRESS:
		await get_tree().process_frame
	var loaded := ResourceLoader.load_threaded_get(where)
	if scene:
		var made: PyPart = (loaded as PackedScene).instantiate()
		check_tree("in a thread", made)
		made.free()
	else:
		check("in a thread", described(loaded), described(plan(5, 3)))


func test_loaded_in_threads() -> void:
	var root := tree(null)
	var scene := PackedScene.new()
	scene.pack(root)
	root.free()
	var of_scene := path("tscn")
	var of_plan := path("tres")
	ResourceSaver.save(scene, of_scene)
	ResourceSaver.save(plan(5, 3), of_plan)
	await load_in_thread(of_scene, true)
	await load_in_thread(of_plan, false)
