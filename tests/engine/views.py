"""What ClassDB sees of a class: to compare ours with the engine's, member by member."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.engine.harness import Project

View = dict[str, Any]

DUMP = """\
extends SceneTree


func _initialize() -> void:
\tfor type: String in OS.get_cmdline_user_args():
\t\tvar object: Variant = ClassDB.instantiate(type)
\t\tvar view := {
\t\t\t"parent": ClassDB.get_parent_class(type),
\t\t\t"methods": ClassDB.class_get_method_list(type, true),
\t\t\t"properties": ClassDB.class_get_property_list(type, true),
\t\t\t"signals": ClassDB.class_get_signal_list(type, true),
\t\t\t"constants": {},
\t\t\t"enums": {},
\t\t\t"values": {},
\t\t\t"defaults": {},
\t\t\t"accessors": {},
\t\t}
\t\tfor constant in ClassDB.class_get_integer_constant_list(type, true):
\t\t\tview["constants"][constant] = ClassDB.class_get_integer_constant(type, constant)
\t\tfor enumeration in ClassDB.class_get_enum_list(type, true):
\t\t\tview["enums"][enumeration] = [
\t\t\t\tClassDB.is_class_enum_bitfield(type, enumeration),
\t\t\t\tClassDB.class_get_enum_constants(type, enumeration, true),
\t\t\t]
\t\tfor property in view["properties"]:
\t\t\tview["values"][property["name"]] = var_to_str(object.get(property["name"]))
\t\t\tview["defaults"][property["name"]] = var_to_str(
\t\t\t\tClassDB.class_get_property_default_value(type, property["name"])
\t\t\t)
\t\t\tif ClassDB.has_method("class_get_property_getter"):
\t\t\t\tview["accessors"][property["name"]] = [
\t\t\t\t\tClassDB.class_get_property_getter(type, property["name"]),
\t\t\t\t\tClassDB.class_get_property_setter(type, property["name"]),
\t\t\t\t]
\t\tfor method in view["methods"]:
\t\t\tmethod["default_args"] = method["default_args"].map(var_to_str)
\t\t\tmethod.erase("id")
\t\tif object is Node:
\t\t\t(object as Node).free()
\t\tprint("VIEW ", type, " ", JSON.stringify(view))
\tprint("END 0 0")
\tquit()
"""


def views_of(folder: Path, *classes: str) -> dict[str, View]:
    """Asks the engine for the views of some classes, by their names.

    Args:
        folder: where its project is to be.
    """
    project = Project(folder, client=True)
    project.write("dump.gd", DUMP)
    run = project.run("--headless", "--script", "res://dump.gd", "--", *classes, ends=True)
    run.assert_clean()
    found = [line.split(" ", 2)[1:] for line in run.lines if line.startswith("VIEW ")]
    return {name: json.loads(text) for name, text in found}
