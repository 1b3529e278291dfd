"""The client's modules, for tests of all of them."""

import importlib
import pkgutil
from types import ModuleType

import pythonscript_http


def modules() -> list[ModuleType]:
    """Imports them, but for those that need an engine."""
    names = (found.name for found in pkgutil.walk_packages(pythonscript_http.__path__, "pythonscript_http."))
    return [
        importlib.import_module(name) for name in names if ".engine" not in name and "register" not in name
    ]
