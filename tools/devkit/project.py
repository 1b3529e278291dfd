"""The checkout: where its parts are, and the files that a working tree has beside the committed ones."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

from . import cache

ROOT = Path(__file__).resolve().parents[2]
HOST = ROOT / "addons" / "pythonscript"
SOURCES = HOST / "src"
BIN = HOST / "bin"
FACADE = HOST / "godot"
CLIENT = ROOT / "addons" / "pythonscript_http"

EXTENSION = "res://addons/pythonscript/pythonscript.gdextension"
STUBS = HOST / "godot" / "_engine.pyi"

MADE = (
    *(".godot", "addons/pythonscript/bin", "addons/pythonscript_http/bin"),
    *(".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"),
)


def version(root: Path = ROOT) -> str:
    """The version of the addons, which are released together."""
    content = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return str(content["project"]["version"])


def require_writable(root: Path = ROOT) -> None:
    """Raises Failure unless what we make in the tree can be made there."""
    for folder in (root, *(root / path.relative_to(ROOT) for path in (BIN.parent, STUBS.parent))):
        cache.require_writable(folder, "the set-up makes files there, so use a checkout of your own")


def register_extension(root: Path = ROOT) -> None:
    """Names our extension in the project's list of extensions, where the engine looks before it runs a game.

    An editor writes the same when it first scans the project; here a game may be the first that runs.
    """
    path = root / ".godot" / "extension_list.cfg"
    listed = path.read_text(encoding="utf-8").split() if path.is_file() else []
    if EXTENSION not in listed:
        cache.write(path, "\n".join([*listed, EXTENSION, ""]))


def clean(root: Path = ROOT) -> None:
    """Removes what we and the tools made in the tree."""
    for name in MADE:
        shutil.rmtree(root / name, ignore_errors=True)
    (root / STUBS.relative_to(ROOT)).unlink(missing_ok=True)
    for top in ("addons", "tests", "tools"):
        for folder in list((root / top).rglob("__pycache__")):
            shutil.rmtree(folder, ignore_errors=True)
