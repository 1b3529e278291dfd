"""The package's modules from one library that mypyc has made of them, where there is one for this Python.

It is made of the same sources, which serve where it is missing, or where $PYTHONSCRIPT_HTTP_PURE is set: who
changes them, or follows them in a debugger, wants that.
"""

import os
import sys
from importlib import import_module
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from importlib.util import spec_from_file_location
from types import ModuleType
from typing import Final

_PACKAGE: Final = f"{__package__}."
_LIBRARY: Final = f"{__package__}.bin.client__mypyc"
PURE: Final = "PYTHONSCRIPT_HTTP_PURE"
"""The environment variable by which the library is left alone."""


class Finder:
    """Finds the package's modules in the library (`importlib.abc.MetaPathFinder`).

    Args:
        library: the module that it is as a whole.
    """

    def __init__(self, library: ModuleType) -> None:
        self._library = library

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Finds a module; None: the library does not have it."""
        if not name.startswith(_PACKAGE) or not hasattr(self._library, f"init_{name.replace('.', '___')}"):
            return None
        file = self._library.__file__
        assert file is not None
        return spec_from_file_location(name, file, loader=ExtensionFileLoader(name, file))


def use() -> None:
    """Has what is imported from now on come from the library, if there is one."""
    if os.environ.get(PURE):
        return
    try:
        library = import_module(_LIBRARY)
    except ImportError:  # none for this Python, or for this system
        return
    sys.meta_path.insert(0, Finder(library))
