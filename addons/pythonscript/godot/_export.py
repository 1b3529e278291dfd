"""The export plugin of the host's own, by which games get the project's Python; imported by editors only."""

from __future__ import annotations

import re
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
        addons = Path(ProjectSettings.globalize_path("res://addons"))
        exclude = self._filter("get_exclude_filter")
        left_out = self._leaves_out(EXTENSION, exclude)
        if left_out and (others := self._others(exclude)):
            self._unsupported = True
            self._warn(
                f"The preset exports {others[0]} and leaves out {EXTENSION}, so the game has no Python: "
                "let the preset export both, or neither."
            )
            return
        lacking = [target for target in targets if not self._look_for(target)]
        python = self._python(addons, targets)
        fits = python == _export_plan.HERE
        if not fits:
            self._warn(
                f"The game has Python {python}, and this editor {_export_plan.HERE}: modules are exported "
                "without bytecode, and the game starts slowly."
            )
        plan = _export_plan.make(
            addons,
            targets[0],
            exclude=_export_plan.patterns(exclude),
            python=python,
            bytecode=fits,
            sources=is_debug or not (fits and self.get_option(BYTECODE_ONLY)),
        )
        for warning in plan.warnings:
            self._warn(warning)
        for name, data in plan.packed.items():
            self.add_file(f"res://{name}", data, False)
        self._taken = plan.taken | plan.packed.keys()
        self._stage = Path(tempfile.mkdtemp(prefix="pythonscript-"))
        ignored = self._stage / ".gdignore"  # an editor is not to look through a game inside its project
        ignored.touch()
        self.add_shared_object(str(ignored), PackedStringArray(), "addons")
        self._add_beside(plan, addons, Path(path).absolute().parent, fits)
        if left_out or (fits and not lacking):
            self._add_extension(addons, targets, fits)
        if left_out:  # else the engine writes it
            self.add_file("res://.godot/extension_list.cfg", f"res://{EXTENSION}\n".encode(), False)

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

    def _look_for(self, target: str) -> bool:
        """Whether the addon has all for the game's platform; says so if not."""
        host = Path(ProjectSettings.globalize_path(f"res://addons/{HOST}"))
        needed = (f"python/{target}", f"bin/{_library(target)}")
        missing = [name for name in needed if not (host / name).exists()]
        if missing:
            self._warn(
                f"addons/{HOST}/{missing[0]} is missing, without which a game has no Python: "
                f"take it from the addon's zip for {target}, which in a checkout tools/dev.py bundle writes."
            )
        return not missing

    def _python(self, addons: Path, targets: list[str]) -> str:
        """The game's Python, such as 3.11: of several, one that is not that which runs here."""
        found = _export_plan.HERE
        for target in targets:
            try:
                manifest = (addons / HOST / "python" / target / "manifest.json").read_text("utf-8", "replace")
            except OSError:
                continue
            series = re.search(r'"python": "(3\.\d+)\.', manifest)
            if series and series[1] != _export_plan.HERE:
                found = series[1]
        return found

    def _add_beside(self, plan: _export_plan.Plan, addons: Path, game: Path, bytecode: bool) -> None:
        assert self._stage
        files = [file for files in plan.beside.values() for file in files]
        executable = _export_plan.stage(files, addons, self._stage, bytecode=bytecode)
        self._executable = [game / "addons" / file.relative_to(self._stage) for file in executable]
        for name in plan.beside:
            place = f"addons/{name}".rpartition("/")[0]
            self.add_shared_object(str(self._stage / name), PackedStringArray(), place)

    def _add_extension(self, addons: Path, targets: list[str], bytecode: bool) -> None:
        """Adds the extension, as the engine would if no preset left it out, and with unchecked bytecode.

        Args:
            addons: the project's.
            targets: systems and architectures.
            bytecode: it is made here; else the addon's own goes along, which is checked.
        """
        assert self._stage
        self.add_file(f"res://{EXTENSION}", (addons.parent / EXTENSION).read_bytes(), False)
        self._taken.add(EXTENSION)
        host = addons / HOST
        own = host
        if bytecode:
            own = self._stage / HOST
            _export_plan.stage(_export_plan.host_files(addons), addons, self._stage)
        libraries = {host / "bin" / _library(target): "" for target in targets}
        homes = {host / "python" / target: f"addons/{HOST}/python" for target in targets}
        code = {own / "godot": f"addons/{HOST}", own / "bin" / "_pythonscript": f"addons/{HOST}/bin"}
        for source, place in (libraries | homes | code).items():
            if source.exists():
                self.add_shared_object(str(source), PackedStringArray(), place)

    def _others(self, exclude: str) -> list[str]:
        """The project's other extensions that the preset exports: the engine writes their list then."""
        listed = Path(ProjectSettings.globalize_path("res://.godot/extension_list.cfg"))
        lines = listed.read_text("utf-8").splitlines() if listed.is_file() else []
        paths = [line.strip().removeprefix("res://") for line in lines]
        return [path for path in paths if path not in ("", EXTENSION) and not self._leaves_out(path, exclude)]

    def _leaves_out(self, path: str, exclude: str) -> bool:
        """Whether a preset leaves out a file."""
        return _export_plan.takes(exclude, path) or self._is_not_chosen(path)

    def _is_not_chosen(self, path: str) -> bool:
        """Whether a preset that does not export all resources leaves out one of them."""
        how = self._filter("get_export_filter", EditorExportPreset.EXPORT_ALL_RESOURCES)
        if how == EditorExportPreset.EXPORT_ALL_RESOURCES:
            return False
        if _export_plan.takes(self._filter("get_include_filter"), path):
            return False
        path = f"res://{path}"
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
