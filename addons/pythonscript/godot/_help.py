"""The editor's help (F1) for the classes in Python."""

from __future__ import annotations

from pathlib import Path

from _pythonscript import errors
from _pythonscript.documentation import load_xml

from . import documentation
from ._classes import Callable, declared, singleton

_SECONDS = 0.5
_LOOKS = 120
"""How far apart, and how often, an editor that begins is looked at, whether it describes itself anew."""


def load() -> None:
    """Gives the editor the documentation of every class, now and once it has described itself anew."""
    texts = []
    for cls in declared.values():
        try:
            texts.append(documentation.to_xml(cls))
        except Exception as error:  # the class works without its help
            errors.push_warning(f"the documentation of {cls.__name__} cannot be loaded: {error}")
    for text in texts:
        load_xml(text)
    kept = _kept()
    # There is no main loop yet.
    Callable(lambda: _load_again(texts, kept)).call_deferred()


async def _load_again(texts: list[str], kept: dict[str, int]) -> None:
    """Gives the editor the texts once more, if it writes what it keeps of its help.

    Args:
        kept: what `_kept` was when the editor began.
    """
    # quirk - Godot 4.3 to 4.6 - an editor that has kept nothing of its help, as after an upgrade, makes it
    # anew without what extensions said before: EditorHelp::_gen_doc_thread, unlike _gen_extensions_docs -
    # editor/doc/editor_help.cpp - drop when mended
    tree, files = singleton("Engine").get_main_loop(), singleton("EditorInterface").get_resource_filesystem()
    for _ in range(_LOOKS):
        await tree.create_timer(_SECONDS).timeout
        if _kept() != kept and not files.is_scanning():
            for text in texts:
                load_xml(text)
            return


def _kept() -> dict[str, int]:
    """The files in which the editor keeps its help, with the times when they were written."""
    folder = Path(singleton("EditorInterface").get_editor_paths().get_cache_dir())
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("editor_doc_cache*")}
