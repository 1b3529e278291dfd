"""Addons: every folder `addons/<name>/` that has a `register_types.py` is a Python package.

That module is imported once the engine's own classes are there, which declares the addon's classes. So is a
`register_editor_types.py`, in an editor, once the editor's classes are there. Addons are imported in the
order of their names, but one whose class is asked for, `from godot import PyOther`, comes before that.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any, Protocol

from . import _damage, declare
from .declare import DeclarationError

# ruff: noqa: PTH110, PTH112, PTH208 - pathlib costs start-up

SITE_PACKAGES = "site-packages"
"""The folder in `addons` that has what a project installs with pip."""


class Addons(Protocol):
    """The addons of a project, or of an exported game (`_packs.py`)."""

    def names(self, module: str) -> list[str]:
        """The addons that have a module, in the order of their names."""

    def codes(self, addon: str) -> Iterator[str | CodeType]:
        """The modules of an addon: source, or the code where there is no source."""


class ProjectAddons:
    """The folders in the folder `addons` of a project."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def names(self, module: str) -> list[str]:
        names = os.listdir(self._folder) if os.path.isdir(self._folder) else ()
        return sorted(name for name in names if os.path.exists(f"{self._folder}/{name}/{module}.py"))

    def codes(self, addon: str) -> Iterator[str | CodeType]:
        for path in files_below(f"{self._folder}/{addon}"):
            if path.endswith(".py") and os.path.isfile(path):  # noqa: PTH113
                with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
                    yield file.read()


def files_below(
    folder: str, tell: Callable[[OSError], object] | None = None, within: tuple[str, ...] = ()
) -> Iterator[str]:
    """The paths of all that is in a folder, and in its folders, but hidden ones and bytecode.

    Args:
        folder: links to folders are followed, except back to one that they are in.
        tell: called with the errors of folders that cannot be read.
        within: the folders that it is in, without links.
    """
    real = os.path.realpath(folder)
    if real in within:
        return
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        if tell:
            tell(error)
        return
    for name in names:
        if not name.startswith(".") and name != "__pycache__":
            path = f"{folder}/{name}"
            if os.path.isdir(path):
                yield from files_below(path, tell, (*within, real))
            else:
                yield path


found: list[Addons] = []
"""Those of this project or game, once they are known."""
_to_come: dict[str, tuple[Addons, str]] = {}
"""The modules that are not imported to their end yet, `<addon>.register_types`, with the addon."""


def installed(addons: str, exported: bool) -> Addons:
    """The addons, made importable, and what the project has installed with pip.

    Args:
        addons: the folder: the project's, or the one beside an exported game.
        exported: whether this is such a game.
    """
    if exported:
        from . import _packs

        found: Addons = _packs.install(addons)
        places = [_packs.ADDONS, _packs.SITE_PACKAGES]
    else:
        found, places = ProjectAddons(addons), [addons]
        if os.path.isdir(packages := f"{addons}/{SITE_PACKAGES}"):
            places.append(packages)
    # Behind the standard library, of which no addon may hide a module, and before Python's own packages, so
    # that a project may have a newer version of what comes with Python here.
    own = (
        index for index, entry in enumerate(sys.path) if entry.endswith(("site-packages", "dist-packages"))
    )
    index = next(own, len(sys.path))
    sys.path[index:index] = places
    return found


def import_all(addons: Addons, module: str) -> None:
    """Imports a module of every addon that has it. One that fails is reported, and the others go on.

    Args:
        addons: those of the project or game.
        module: `register_types` or `register_editor_types`.
    """
    _to_come.update((f"{name}.{module}", (addons, name)) for name in addons.names(module))
    for name in list(_to_come):
        _import(name)


def import_declaring(name: str) -> None:
    """Imports the addon whose files declare a class, if there is one that was not imported yet.

    Raises:
        ImportError: that addon waits for the one that asks, or it fails; the text says which.
    """
    for module, (addons, addon) in list(_to_come.items()):
        if not any(_declares(code, name) for code in addons.codes(addon)):
            continue
        if _is_under_way(module):
            raise ImportError(
                f"{name} is not declared yet: the addon {addon!r}, which declares it, "
                "is being imported itself and waits for this import"
            )
        if not _import(module):
            raise ImportError(f"{name} is not declared: the addon {addon!r}, which declares it, has failed")
        return


def _declares(code: str | CodeType, name: str) -> bool:
    if isinstance(code, str):
        return re.search(rf"^class {re.escape(name)}\b", code, re.MULTILINE) is not None
    return any(isinstance(part, CodeType) and part.co_name == name for part in code.co_consts)


def _is_under_way(module: str) -> bool:
    found = sys.modules.get(module)
    return found is not None and getattr(found.__spec__, "_initializing", False)


def _hidden(error: BaseException, module: str) -> str | None:
    """Says which module of an addon's name was found instead of the addon."""
    name = module.partition(".")[0]
    if not isinstance(error, ModuleNotFoundError) or error.name != module or name not in sys.modules:
        return None
    where = getattr(sys.modules[name], "__file__", None) or "Python itself"
    return f"a module {name!a} comes before it ({where}); give the folder another name"


def _import(module: str) -> bool:
    """Imports a module, unless that was tried before; returns False if it fails, which is reported."""
    from _pythonscript import errors

    if module in _to_come:
        try:
            declare.refusers.append(_report)
            __import__(module)
        except BaseException as error:  # one addon's failure is not the others'
            where = f"addons/{module.replace('.', '/')}.py"
            if told := _hidden(error, module) or _damage.told(error):
                errors.push_error(f"{where} cannot be imported: {told}")
            else:
                errors.report_exception(where)
            return False
        finally:
            declare.refusers.pop()
            _to_come.pop(module, None)
    return True


def _report(cls: type[Any], error: DeclarationError) -> None:
    """Reports a class that is refused where its mistake is; the rest of the addon goes on."""
    import linecache

    from _pythonscript import errors

    file, line = declare.place_of(cls, error.member)
    where = f"{cls.__name__}.{error.member}".rstrip(".")
    shown = linecache.getline(file, line).strip()
    errors.report_at(f"DeclarationError: {error}" + f"\n    {shown}" * bool(shown), where, file, line)
