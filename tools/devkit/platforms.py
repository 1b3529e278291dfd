"""What operating systems do each in their own way: names, and folders of users, Pythons and environments."""

from __future__ import annotations

import os
import platform
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

from .console import Failure

ARCHITECTURES = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
"""The names that machines have for themselves, and the engine's."""


class System(NamedTuple):
    """An operating system."""

    name: str
    """The engine's for it."""
    library: str
    """How the name of a shared library ends."""
    scripts: str
    """The folder of commands in a virtual environment."""
    packages: str
    """That of packages."""
    program: str
    """How the name of a program ends."""
    caches: str
    """Where caches are, below the user's folder."""


SYSTEMS = {
    "linux": System(
        name="linux",
        library=".so",
        scripts="bin",
        packages="lib/python3*/site-packages",
        program="",
        caches=".cache",
    ),
    "darwin": System(
        name="macos",
        library=".dylib",
        scripts="bin",
        packages="lib/python3*/site-packages",
        program="",
        caches="Library/Caches",
    ),
    "win32": System(
        name="windows",
        library=".dll",
        scripts="Scripts",
        packages="Lib/site-packages",
        program=".exe",
        caches="AppData/Local",
    ),
}
"""By `sys.platform`."""


def system() -> System:
    """The one that we run on.

    Raises:
        Failure: there is nothing here for it.
    """
    try:
        return SYSTEMS[sys.platform]
    except KeyError:
        known = ", ".join(one.name for one in SYSTEMS.values())
        raise Failure(f"{platform.system()} is none of those that this project is for: {known}") from None


def name() -> str:
    """The engine's name for this machine, as files have it: `linux.x86_64`."""
    machine = platform.machine()
    return f"{system().name}.{ARCHITECTURES.get(machine, machine)}"


def library() -> str:
    """The file name of the host's C entry."""
    return f"libpythonscript.{name()}{system().library}"


def caches() -> Path:
    """The folder of the user's caches, where nothing else is said.

    Raises:
        Failure: nothing says where the user's folders are.
    """
    local = os.environ.get("LOCALAPPDATA", "") if sys.platform == "win32" else ""
    return Path(local) if _is_absolute(local) else _home() / system().caches


def _home() -> Path:
    """The user's folder, or what the system has for this user where the variable has no absolute path."""
    variable = "USERPROFILE" if sys.platform == "win32" else "HOME"
    home = os.environ.get(variable, "")
    if _is_absolute(home):
        return Path(home)
    if sys.platform != "win32":
        import pwd

        try:
            return Path(pwd.getpwuid(os.getuid()).pw_dir)
        except KeyError:
            pass
    raise Failure(
        f"no place for the cache, because ${variable} is not set: set it, or name another folder by"
        " $XDG_CACHE_HOME"
    )


def _is_absolute(path: str) -> bool:
    return os.path.isabs(path)  # noqa: PTH117 - Path takes the empty one for the working directory


def shared_library() -> Path:
    """The libpython that the host loads into the engine."""
    variables = sysconfig.get_config_vars()
    if sys.platform == "win32":
        return Path(sys.base_prefix) / f"python{sys.version_info[0]}{sys.version_info[1]}.dll"
    name, folder = str(variables.get("INSTSONAME", "")), Path(str(variables.get("LIBDIR", "")))
    places = (
        folder,
        folder / str(variables.get("MULTIARCH", "")),  # where Debian keeps it, whatever LIBDIR says
        Path(str(variables.get("PYTHONFRAMEWORKPREFIX", "")) or folder),  # where python.org does, for macOS
    )
    return next((place / name for place in places if (place / name).is_file()), folder / name)
