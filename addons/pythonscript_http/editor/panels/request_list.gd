@tool
extends Tree
## The requests of a game, a row each, with their waterfall.

## Another order is wanted: the name of a column, as [code]filters.py[/code] has it, or none.
signal sort_changed

const Phases := preload("phases.gd")

## Columns, with the names by which [code]filters.py[/code] sorts.
const COLUMNS := ["method", "path", "status", "host", "type", "size", "time", ""]
const RATIOS := [2, 8, 2, 5, 3, 3, 3, 9]
## As many are shown beside the details, as in browsers.
const BESIDE_DETAILS := 3
const WATERFALL := 7
## What came of a request in its call, by the words of [code]records.py[/code].
const MARKS := {
	"redirect": "→ redirect",
	"retry": "↻ retry",
	"hit": "cache",
	"validated": "cache, confirmed",
	"stale": "cache, stale"
}

var sort := ""
var descending := false
## The newest time that the game has told.
var now := 0.0

var _items := {}
var _begin := 0.0
var _last_run := 0


func _init() -> void:
	column_titles_visible = true
	hide_root = true
	select_mode = Tree.SELECT_ROW
	allow_rmb_select = true
	tooltip_text = tr("Enter opens a request in the console, the menu key its menu; Ctrl+C copies its URL.")
	set_narrow(false)
	column_title_clicked.connect(_on_title_clicked)


## Beside the details the list has its first columns only.
func set_narrow(narrow: bool) -> void:
	var titles := [
		tr("Method"),
		tr("Path"),
		tr("Status"),
		tr("Host"),
		tr("Type"),
		tr("Size"),
		tr("Time"),
		tr("Waterfall")
	]
	columns = BESIDE_DETAILS if narrow else COLUMNS.size()
	for index in columns:
		set_column_title(index, titles[index])
		set_column_title_alignment(index, HORIZONTAL_ALIGNMENT_LEFT)
		set_column_clip_content(index, true)
		set_column_expand_ratio(index, RATIOS[index])
	if not narrow:
		set_column_title_tooltip_text(
			WATERFALL, tr("When the game noticed each phase, so waiting has the game's own frames in it.")
		)


func is_narrow() -> bool:
	return columns == BESIDE_DETAILS


func count() -> int:
	return _items.size()


## The id of the request that is selected; 0: none is.
func get_selected_id() -> int:
	var item := get_selected()
	return item.get_metadata(0) if item != null and item.get_metadata(0) != null else 0


func select_row(id: int) -> void:
	if _items.has(id):
		(_items[id] as TreeItem).select(0)


## Takes all rows away.
func clear_rows() -> void:
	clear()
	create_item()
	_items.clear()
	_last_run = 0


func remove_row(id: int) -> void:
	if _items.has(id):
		(_items[id] as TreeItem).free()
		_items.erase(id)


## Takes those away that have made room.
func remove_before(oldest: int) -> void:
	for id: int in _items.keys():
		if id < oldest:
			remove_row(id)


## Shows what [code]row_of()[/code] gives, in the row that is there or in a new one.
func show_row(row: Dictionary) -> void:
	var id: int = row["id"]
	if not _items.has(id):
		if _items.is_empty():
			_begin = row["begun"]
		elif sort == "" and row["run"] != _last_run:
			_add_divider()
			_begin = row["begun"]
		_last_run = row["run"]
		_items[id] = _make_item(id)
	var item: TreeItem = _items[id]
	var received: String = "" if row["received"] == 0 else String.humanize_size(row["received"])
	var place: String = row["path"] if row["method"] != "" else row["reason"]
	var status: String = row["status"]
	if row["mark"] != "":
		status += " " + MARKS[row["mark"]]
	var texts := [row["method"], place, status, row["host"], row["type"], received]
	texts.append("" if row["pending"] else Phases.seconds_text(row["seconds"]))
	for column in mini(texts.size(), columns):
		item.set_text(column, texts[column])
		item.set_tooltip_text(column, row["reason"] if row["reason"] != "" else str(texts[column]))
		item.clear_custom_color(column)
		if row["failed"]:
			item.set_custom_color(column, get_theme_color("error_color", "Editor"))
		elif row["pending"]:
			item.set_custom_color(column, get_theme_color("font_disabled_color", "Editor"))
	if not is_narrow():
		item.set_tooltip_text(
			5, tr("%d bytes received, %d bytes of body") % [row["received"], row["decoded"]]
		)
		item.set_metadata(WATERFALL, row)


func _make_item(id: int) -> TreeItem:
	var item := create_item()
	item.set_metadata(0, id)
	if not is_narrow():
		item.set_metadata(1, _begin)
		item.set_cell_mode(WATERFALL, TreeItem.CELL_MODE_CUSTOM)
		item.set_custom_draw_callback(WATERFALL, _draw_waterfall)
	return item


func _add_divider() -> void:
	var divider := create_item()
	for column in columns:
		divider.set_selectable(column, false)
		divider.set_custom_bg_color(column, get_theme_color("accent_color", "Editor") * Color(1, 1, 1, 0.25))
	divider.set_text(0, tr("next run"))
	divider.set_expand_right(0, true)


func _draw_waterfall(item: TreeItem, rect: Rect2) -> void:
	var row: Dictionary = item.get_metadata(WATERFALL)
	var begin: float = item.get_metadata(1)
	Phases.draw(self, rect, row["phases"], row["begun"] - begin, maxf(0.001, now - begin))


func _on_title_clicked(column: int, button: int) -> void:
	if button != MOUSE_BUTTON_LEFT:
		return
	if sort != COLUMNS[column]:
		sort = COLUMNS[column]
		descending = false
	elif not descending:
		descending = true
	else:
		sort = ""
		descending = false
	sort_changed.emit()
