"""The export plugin of the host's own, by which games get the project's Python; imported by editors only."""

from __future__ import annotations

import json
import platform
import shutil
import tempfile
from pathlib import Path
from typing import Any

from . import (
    EditorExportPlatform,
    EditorExportPlugin,
    EditorExportPreset,
    EditorPlugin,
    PackedStringArray,
    ProjectSettings,
    VariantType,
    _export_plan,
    gdclass,
)
from ._export_plan import BESIDE, EXTENSION, HOST

SYSTEMS = ("linux", "windows", "macos")
"""By the engine's names, in its features."""
ARCHITECTURES = ("x86_64", "arm64")
BYTECODE_ONLY = "python/bytecode_only"
ENDINGS = {"linux": "so", "windows": "dll", "macos": "dylib"}
"""Of the extension's library."""


@gdclass
class PythonExportPlugin(EditorExportPlugin):
    """Puts a project's Python into the games that are exported from it."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._executable: list[Path] = []
        self._stage: Path | None = None
        self._unsupported = False

    def _get_name(self) -> str:
        return "CPython"  # the engine asks plugins in the order of their names: this before its GDExtension

    def _supports_platform(self, platform: EditorExportPlatform) -> bool:
        return str(platform.get_os_name()).lower() in SYSTEMS

    def _get_export_options(self, platform: EditorExportPlatform) -> list[dict[str, Any]]:
        return [{"option": {"name": BYTECODE_ONLY, "type": int(VariantType.BOOL)}, "default_value": False}]

    def _export_begin(self, features: PackedStringArray, is_debug: bool, path: str, flags: int) -> None:
        self._taken, self._executable = set(), []
        system = next((system for system in SYSTEMS if system in features), None)
        targets = [f"{system}.{machine}" for machine in ARCHITECTURES if system and machine in features]
        self._unsupported = not targets
        if not targets:
            self._warn("Python does not run on this platform, so the game is exported without it.")
            return
        for target in targets:
            self._look_for(target)
        addons = Path(ProjectSettings.globalize_path("res://addons"))
        fits = self._runs_the_same_python(addons, targets)
        sources = is_debug or not (fits and self.get_option(BYTECODE_ONLY))
        exclude = self._filter("get_exclude_filter")
        plan = _export_plan.make(
            addons,
            targets[0],
            exclude=_export_plan.patterns(exclude),
            bytecode=fits,
            sources=sources,
        )
        for warning in plan.warnings:
            self._warn(warning)
        for name, data in plan.packed.items():
            self.add_file(f"res://{name}", data, False)
        self._taken = plan.taken | plan.packed.keys()
        if plan.beside:
            self._add_beside(plan, addons, Path(path).absolute().parent, fits)
        if _export_plan.names_extension(exclude) or self._is_not_chosen(f"res://{EXTENSION}"):
            self._add_extension(targets)

    def _export_file(self, path: str, kind: str, features: PackedStringArray) -> None:
        ours = path.removeprefix("res://")
        done = ours in self._taken or ours.startswith(BESIDE)
        if done or (self._unsupported and ours == EXTENSION):
            self.skip()

    def _export_end(self) -> None:
        # quirk - Godot 4.6 - what is copied beside the game loses its x bits in exports that are a folder
        # - godotengine/godot editor/export/editor_export_platform_pc.cpp - drop when it keeps them
        for file in self._executable:
            if file.is_file():
                file.chmod(file.stat().st_mode | 0o111)
        if self._stage is not None:
            shutil.rmtree(self._stage, ignore_errors=True)
        self._stage, self._taken, self._executable = None, set(), []

    def _look_for(self, target: str) -> None:
        """Says so if the addon has nothing for the game's platform."""
        host = Path(ProjectSettings.globalize_path(f"res://addons/{HOST}"))
        needed = (f"python/{target}", f"bin/{_library(target)}")
        missing = [name for name in needed if not (host / name).exists()]
        if missing:
            self._warn(
                f"addons/{HOST}/{missing[0]} is missing, and the game will have no Python: "
                f"unpack the addon's zip for {target} (in a checkout: run python3 tools/dev.py bundle)."
            )

    def _runs_the_same_python(self, addons: Path, targets: list[str]) -> bool:
        """Whether all of the game's Pythons read the bytecode of this one."""
        here = platform.python_version_tuple()[:2]
        for target in targets:
            try:
                manifest = json.loads((addons / HOST / "python" / target / "manifest.json").read_bytes())
            except (OSError, ValueError):
                continue
            if tuple(str(manifest.get("python", "")).split(".")[:2]) != here:
                return False
        return True

    def _add_beside(self, plan: _export_plan.Plan, addons: Path, game: Path, bytecode: bool) -> None:
        self._stage = Path(tempfile.mkdtemp(prefix="pythonscript-"))
        executable = _export_plan.stage(plan, addons, self._stage, bytecode=bytecode)
        self._executable = [game / "addons" / file.relative_to(self._stage) for file in executable]
        for name in plan.beside:
            place = f"addons/{name}".rpartition("/")[0]
            self.add_shared_object(str(self._stage / name), PackedStringArray(), place)

    def _add_extension(self, targets: list[str]) -> None:
        """Adds what a preset leaves out, also the list, which the engine writes if it exports extensions."""
        extension = Path(ProjectSettings.globalize_path(f"res://{EXTENSION}"))
        self.add_file(f"res://{EXTENSION}", extension.read_bytes(), False)
        self.add_file("res://.godot/extension_list.cfg", f"res://{EXTENSION}\n".encode(), False)
        self._taken.add(EXTENSION)
        for target in targets:
            self.add_shared_object(f"res://addons/{HOST}/bin/{_library(target)}", PackedStringArray(), "")
            for name in (f"python/{target}", "godot", "bin/_pythonscript"):
                place = f"addons/{HOST}/{name}".rpartition("/")[0]
                self.add_shared_object(f"res://addons/{HOST}/{name}", PackedStringArray(), place)

    def _is_not_chosen(self, path: str) -> bool:
        """Whether a preset that does not export all resources leaves out one of them."""
        how = self._filter("get_export_filter", EditorExportPreset.EXPORT_ALL_RESOURCES)
        if how == EditorExportPreset.EXPORT_ALL_RESOURCES or _export_plan.names_extension(
            self._filter("get_include_filter")
        ):
            return False
        preset = self.get_export_preset()
        if how == EditorExportPreset.EXPORT_CUSTOMIZED:
            modes = map(preset.get_file_export_mode, _export_plan.with_folders(path))
            return bool(next(filter(None, modes), None) == EditorExportPreset.MODE_FILE_REMOVE)
        excludes = how == EditorExportPreset.EXCLUDE_SELECTED_RESOURCES
        return bool(preset.has_export_file(path) == excludes)

    def _filter(self, getter: str, default: Any = "") -> Any:
        """A setting of the preset; the default in engines before Godot 4.4, which do not tell."""
        from _pythonscript.outgoing import has_method

        if not has_method(self, "get_export_preset"):
            return default
        return getattr(self.get_export_preset(), getter)()

    def _warn(self, text: str) -> None:
        """Tells the person who exports, in the engine's list of messages where it has one (Godot 4.4)."""
        from _pythonscript.outgoing import has_method

        from . import push_warning

        where = self.get_export_platform() if has_method(self, "get_export_platform") else None
        if where is not None and has_method(where, "add_message"):
            where.add_message(EditorExportPlatform.EXPORT_MESSAGE_WARNING, "Python", text)
        else:
            push_warning(text)


def _library(target: str) -> str:
    return f"lib{HOST}.{target}.{ENDINGS[target.partition('.')[0]]}"


@gdclass
class PythonEditorPlugin(EditorPlugin):
    """Has the editor use the export plugin."""

    def _enter_tree(self) -> None:
        self._export = PythonExportPlugin()
        self.add_export_plugin(self._export)

    def _exit_tree(self) -> None:
        self.remove_export_plugin(self._export)
