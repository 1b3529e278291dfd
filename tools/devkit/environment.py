"""The virtual environment: the Python that runs `dev.py`, with the dependencies of `pyproject.toml`."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
import sysconfig
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import cache
from .console import Failure, run, step
from .project import ROOT

COMPLETE = "complete"
"""A file in an environment that pip has finished. A venv carries its own path, so it cannot be built
elsewhere and renamed; the mark takes the rename's place."""

SHARED = "its shared library"


@dataclass(frozen=True)
class Environment:
    """A virtual environment with everything that building, running and testing need."""

    home: Path

    @property
    def python(self) -> Path:
        return self.home / "bin" / "python"

    def tool(self, name: str) -> Path:
        """A command that a dependency installed."""
        return self.home / "bin" / name

    def version_of(self, package: str) -> str:
        """Name and version of an installed dependency, as the folder of its metadata has them."""
        return next(self.home.glob(f"lib/python3*/site-packages/{package}-*.dist-info")).stem


def requirements(pyproject: Path) -> list[str]:
    """All dependencies that `pyproject.toml` names, of every group."""
    content = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    groups: dict[str, list[str]] = content.get("dependency-groups", {})
    return sorted(sum(groups.values(), content["project"]["dependencies"]))


def shared_library() -> Path:
    """The libpython that the host loads into the engine."""
    variables = sysconfig.get_config_vars()
    name, folder = str(variables.get("INSTSONAME", "")), Path(str(variables.get("LIBDIR", "")))
    multiarch = folder / str(variables.get("MULTIARCH", ""))  # where Debian keeps it, whatever LIBDIR says
    return next((place / name for place in (folder, multiarch) if (place / name).is_file()), folder / name)


def compiler() -> str | None:
    """The C compiler: `$CC`, or the system's."""
    named = os.environ.get("CC")
    return shutil.which(named) if named else shutil.which("cc") or shutil.which("gcc")


def missing() -> dict[str, str]:
    """What this Python and machine lack, each with Debian's packages that have it."""
    library, version = shared_library(), f"{sys.version_info[0]}.{sys.version_info[1]}"
    checks = {
        "the module ensurepip": (importlib.util.find_spec("ensurepip") is not None, "python3-venv"),
        "its C headers": ((Path(sysconfig.get_path("include")) / "Python.h").is_file(), "python3-dev"),
        SHARED: (".so" in library.name and library.is_file(), f"libpython{version}"),
        "a C compiler": (compiler() is not None, "gcc libc6-dev"),
    }
    return {what: packages for what, (found, packages) in checks.items() if not found}


def require(lacking: dict[str, str]) -> None:
    """Raises Failure when something that only the system can give is not there."""
    if lacking:
        other = ", or run this with a Python built with --enable-shared" if SHARED in lacking else ""
        raise Failure(
            f"{sys.executable} lacks {', '.join(lacking)}: on Debian,"
            f" sudo apt install {' '.join(lacking.values())}{other}"
        )


def ensure() -> Environment:
    """Makes the environment for this Python and these dependencies, or finds it made."""
    require(missing())
    wanted = requirements(ROOT / "pyproject.toml")
    # sys.executable may itself be an environment's: a new one starts from the Python under it.
    base = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    name = f"python-{platform.python_version()}-{cache.key(str(base), *wanted)}"
    environment = Environment(cache.root() / "environments" / name)
    mark = environment.home / COMPLETE
    if not mark.is_file():
        with cache.lock("environment"):
            if not mark.is_file():  # another checkout may have made it while we waited
                _make(environment, base, wanted)
    return environment


def _make(environment: Environment, base: Path, wanted: Sequence[str]) -> None:
    pip = ("-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet")
    with step("environment", f"installing {len(wanted)} packages for Python {platform.python_version()}"):
        shutil.rmtree(environment.home, ignore_errors=True)
        run([base, "-m", "venv", environment.home], timeout=120)
        run([environment.python, *pip, *wanted], timeout=900)
        (environment.home / COMPLETE).touch()
