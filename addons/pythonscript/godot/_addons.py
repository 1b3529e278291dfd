"""Addons: every folder `addons/<name>/` that has a `register_types.py` is a Python package.

That module is imported once the engine's own classes are there, which declares the addon's classes. So is a
`register_editor_types.py`, in an editor, once the editor's classes are there. Addons are imported in the
order of their names, but one whose class is asked for, `from godot import PyOther`, comes before that.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from . import _damage

_to_come: dict[str, Path] = {}
"""The modules that are not imported to their end yet, `<addon>.register_types`, with the addon's folder."""


def import_all(addons: Path, module: str) -> None:
    """Imports a module of every addon that has it. One that fails is reported, and the others go on.

    Args:
        addons: the folder.
        module: `register_types` or `register_editor_types`.
    """
    folders = [path.parent for path in sorted(addons.glob(f"*/{module}.py"))]
    _to_come.update((f"{folder.name}.{module}", folder) for folder in folders)
    for name in list(_to_come):
        _import(name)


def import_declaring(name: str) -> None:
    """Imports the addon whose files declare a class, if there is one that was not imported yet.

    Raises:
        ImportError: that addon waits for the one that asks, or it fails; the text says which.
    """
    declaration = re.compile(rf"^class {re.escape(name)}\b", re.MULTILINE)
    for module, folder in list(_to_come.items()):
        files = (path for path in folder.rglob("*.py") if path.is_file())
        if not any(declaration.search(path.read_text("utf-8", "replace")) for path in files):
            continue
        if _is_under_way(module):
            raise ImportError(
                f"{name} is not declared yet: the addon {folder.name!r}, which declares it, "
                "is being imported itself and waits for this import"
            )
        if not _import(module):
            raise ImportError(
                f"{name} is not declared: the addon {folder.name!r}, which declares it, has failed"
            )
        return


def _is_under_way(module: str) -> bool:
    found = sys.modules.get(module)
    return found is not None and getattr(found.__spec__, "_initializing", False)


def _import(module: str) -> bool:
    """Imports a module, unless that was tried before; returns False if it fails, which is reported."""
    from _pythonscript import errors

    if module in _to_come:
        try:
            __import__(module)
        except BaseException as error:  # one addon's failure is not the others'
            where = f"addons/{module.replace('.', '/')}.py"
            if told := _damage.told(error):
                errors.push_error(f"{where} cannot be imported: {told}")
            else:
                errors.report_exception(where)
            return False
        finally:
            _to_come.pop(module, None)
    return True
