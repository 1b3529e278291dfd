"""Every kind of editor plugin in Python; what they were asked is in their attributes, for the suite."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from godot import (
    Button,
    ClassDB,
    ConfigFile,
    EditorDebuggerPlugin,
    EditorExportPlatform,
    EditorExportPlugin,
    EditorImportPlugin,
    EditorInspectorPlugin,
    EditorInterface,
    EditorPlugin,
    EditorProperty,
    FileAccess,
    Label,
    Object,
    PackedStringArray,
    Resource,
    ResourceSaver,
    StringName,
    Texture2D,
    VBoxContainer,
    gdclass,
)

from .register_types import PyBulb, PyLamp, PyScores

if TYPE_CHECKING:  # since Godot 4.6
    from godot import EditorDock


@gdclass
class PyLampProperty(EditorProperty):
    """Edits a lamp's brightness with a button."""

    def __init__(self) -> None:
        self.shown = -1

    def _ready(self) -> None:
        self.button = Button()
        self.add_child(self.button)
        self.button.pressed.connect(self.brighten)

    def _update_property(self) -> None:
        self.shown = self.get_edited_object().get(self.get_edited_property())
        self.button.text = str(self.shown)

    def get_shown(self) -> int:
        return self.shown

    def brighten(self) -> None:
        self.emit_changed(self.get_edited_property(), self.shown + 1)


@gdclass
class PyLampInspector(EditorInspectorPlugin):
    def __init__(self) -> None:
        self.seen: list[str] = []

    def _can_handle(self, edited: Object) -> bool:
        return edited.is_class("PyLamp")

    def _parse_begin(self, edited: Object) -> None:
        self.seen.append(f"begin {edited.get_class()}")

    def _parse_property(
        self,
        edited: Object,
        kind: int,
        name: str,
        hint_type: int,
        hint_string: str,
        usage_flags: int,
        wide: bool,
    ) -> bool:
        self.seen.append(f"{name} {kind} {hint_type} {hint_string}")
        if name == "brightness":
            self.add_property_editor(name, PyLampProperty())
            return True
        return False


@gdclass
class PyLampDebugger(EditorDebuggerPlugin):
    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.sessions: list[str] = []

    def _setup_session(self, session_id: int) -> None:
        session = self.get_session(session_id)
        tab = VBoxContainer()
        tab.name = "Lamps"
        session.add_session_tab(tab)
        session.started.connect(lambda: self.sessions.append("started"))
        session.stopped.connect(lambda: self.sessions.append("stopped"))

    def _has_capture(self, capture: str) -> bool:
        return capture == "pylamp"

    def _capture(self, message: str, data: list[Any], session_id: int) -> bool:
        self.messages.append([message, data])
        if message == "pylamp:hello":
            self.get_session(session_id).send_message("pylamp:quit", ["from the editor"])
        return True


@gdclass
class PyScoresImporter(EditorImportPlugin):
    def __init__(self) -> None:
        self.threads: list[str] = []

    def _get_importer_name(self) -> str:
        return "python.scores"

    def _get_visible_name(self) -> str:
        return "Scores"

    def _get_recognized_extensions(self) -> list[str]:
        return ["scores"]

    def _get_save_extension(self) -> str:
        return "res"

    def _get_resource_type(self) -> str:
        return "PyScores"

    def _get_priority(self) -> float:
        return 1.0

    def _get_import_order(self) -> int:
        return 0

    def _get_preset_count(self) -> int:
        return 2

    def _get_preset_name(self, preset_index: int) -> str:
        return ("Plain", "Doubled")[preset_index]

    def _get_import_options(self, path: str, preset_index: int) -> list[dict[str, Any]]:
        return [
            {"name": "factor", "default_value": 1 + preset_index},
            {"name": "note", "default_value": "none"},
        ]

    def _get_option_visibility(self, path: str, option_name: StringName, options: dict[str, Any]) -> bool:
        return True

    def _can_import_threaded(self) -> bool:
        return True

    def _import(
        self,
        source_file: str,
        save_path: str,
        options: dict[str, Any],
        platform_variants: list[str],
        gen_files: list[str],
    ) -> int:
        if threading.current_thread() is not threading.main_thread():
            self.threads.append(source_file)
        scores = PyScores()
        content = json.loads(FileAccess.get_file_as_string(source_file))
        scores.set_meta("scores", {name: score * options["factor"] for name, score in content.items()})
        return ResourceSaver.save(scores, f"{save_path}.{self._get_save_extension()}")


@gdclass
class PyPacker(EditorExportPlugin):
    def _get_name(self) -> str:
        return "python.packer"

    def _get_export_options(self, platform: EditorExportPlatform) -> list[dict[str, Any]]:
        return [{"option": {"name": "python/greeting", "type": 4}, "default_value": "hello"}]

    def _get_export_features(self, platform: EditorExportPlatform, debug: bool) -> PackedStringArray:
        return PackedStringArray(["of_lamps"])

    def _export_begin(self, features: list[str], is_debug: bool, path: str, flags: int) -> None:
        self.files: list[str] = []
        options = {
            "features": list(features),
            "debug": is_debug,
            "greeting": self.get_option("python/greeting"),
        }
        self.add_file("res://options.json", json.dumps(options).encode(), False)

    def _export_file(self, path: str, kind: str, features: PackedStringArray) -> None:
        self.files.append(f"{path} {kind}")
        if path.endswith(".secret"):
            self.skip()

    def _export_end(self) -> None:
        print("EXPORTED", *sorted(self.files))

    def _begin_customize_resources(self, platform: EditorExportPlatform, features: PackedStringArray) -> bool:
        return True

    def _get_customization_configuration_hash(self) -> int:
        return 7

    def _customize_resource(self, resource: Resource, path: str) -> Resource | None:
        if not isinstance(resource, PyScores):
            return None  # it stays as it is
        resource.set_meta("seal", "sealed by Python")
        return resource


@gdclass
class PyLampPanel(VBoxContainer):
    """What is in the dock."""

    def __init__(self) -> None:
        self.count = 0

    def _ready(self) -> None:
        self.label = Label()
        self.add_child(self.label)
        self.label.text = "no lamps"

    def get_text(self) -> str:
        return self.label.text

    def add(self) -> None:
        self.count += 1
        self.label.text = f"{self.count} lamps"


@gdclass
class PyLampEditor(EditorPlugin):
    def __init__(self) -> None:
        self.edited: Object | None = None
        self.shown = False
        self.dock: EditorDock | None = None

    # What the suite asks for

    def get_edited(self) -> Object | None:
        return self.edited

    def get_inspected(self) -> PackedStringArray:
        return PackedStringArray(self.inspector.seen)

    def import_again(self, files: PackedStringArray) -> int:
        """From Python, and returns how many of them were imported on other threads."""
        self.importer.threads.clear()
        EditorInterface.get_resource_filesystem().reimport_files(files)
        return len(self.importer.threads)

    def get_messages(self) -> list[Any]:
        return self.debugger.messages

    def get_sessions(self) -> list[Any]:
        return self.debugger.sessions

    def get_icon(self) -> Texture2D:
        icon: Texture2D = EditorInterface.get_base_control().get_theme_icon("Light3D", "EditorIcons")
        return icon

    def is_shown(self) -> bool:
        return self.shown

    def dim(self, lamp: PyLamp, by: int) -> None:
        history = self.get_undo_redo()
        history.create_action("Dim a lamp")
        history.add_do_method(lamp, "dim", by)
        history.add_undo_method(self, "brighten", lamp, by)
        history.commit_action()

    def brighten(self, lamp: PyLamp, by: int) -> None:
        lamp.brightness += by

    def look_at(self, lamp: PyLamp) -> list[Any]:
        """What Python sees of a placeholder."""
        bulb = lamp.bulb
        assert bulb is not None
        told = []
        for name in ("dim", "dimmed", "nothing"):
            try:
                getattr(lamp, name)
            except AttributeError as error:
                told.append(str(error))
        bulb.watts += 1
        return [isinstance(lamp, PyLamp), isinstance(bulb, PyBulb), bulb.watts, bulb.unit(), *told]

    def make(self) -> list[Any]:
        """What Python makes in the editor are objects like any other."""
        lamp = PyLamp()
        lamp.bulb = PyBulb()
        lamp.dim(3)
        made = [lamp.brightness, lamp.dimmed, lamp.bulb.made_by, lamp.bulb.brighter()]
        lamp.free()
        return made

    # The engine's virtual methods

    def _enter_tree(self) -> None:
        self.inspector, self.debugger = PyLampInspector(), PyLampDebugger()
        self.importer, self.packer = PyScoresImporter(), PyPacker()
        self.add_inspector_plugin(self.inspector)
        self.add_debugger_plugin(self.debugger)
        self.add_import_plugin(self.importer)
        self.add_export_plugin(self.packer)
        self.panel = PyLampPanel()
        self.panel.name = "LampPanel"
        self.add_tool_menu_item("Count lamps", self.panel.add)
        if ClassDB.class_exists("EditorDock"):  # since Godot 4.6
            from godot import EditorDock

            dock = EditorDock()
            dock.title = "Lamps"
            dock.default_slot = EditorDock.DOCK_SLOT_BOTTOM
            dock.add_child(self.panel)
            self.add_dock(dock)
            self.dock = dock
        else:
            self.add_control_to_bottom_panel(self.panel, "Lamps")

    def _exit_tree(self) -> None:
        self.remove_inspector_plugin(self.inspector)
        self.remove_debugger_plugin(self.debugger)
        self.remove_import_plugin(self.importer)
        self.remove_export_plugin(self.packer)
        self.remove_tool_menu_item("Count lamps")
        if self.dock is not None:
            self.remove_dock(self.dock)
            self.dock.queue_free()
        else:
            self.remove_control_from_bottom_panel(self.panel)
            self.panel.queue_free()

    def _get_plugin_name(self) -> str:
        return "Lamps"

    def _get_plugin_icon(self) -> Texture2D:
        return self.get_icon()

    def _has_main_screen(self) -> bool:
        return True

    def _make_visible(self, visible: bool) -> None:
        self.shown = visible

    def _handles(self, edited: Object) -> bool:
        return bool(edited.is_class("PyLamp"))

    def _edit(self, edited: Object | None) -> None:
        self.edited = edited

    def _get_state(self) -> dict[str, Any]:
        return {"count": self.panel.count}

    def _get_window_layout(self, configuration: ConfigFile) -> None:
        configuration.set_value("lamps", "count", self.panel.count)

    def _get_breakpoints(self) -> PackedStringArray:
        return PackedStringArray()

    def _build(self) -> bool:
        return True
