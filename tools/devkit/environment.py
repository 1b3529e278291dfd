"""The virtual environment: the Python that runs `dev.py`, with the dependencies of `pyproject.toml`."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
import sysconfig
import tomllib
from dataclasses import dataclass
from pathlib import Path

from . import cache, network, platforms
from .cache import Need
from .console import CommandFailed, Failure, run, step
from .project import ROOT

COMPLETE = "complete"
"""A file in an environment that pip has finished. A venv carries its own path, so it cannot be built
elsewhere and renamed; the mark takes the rename's place."""

APART = "bundle"
"""The group of what only bundles need, which is large and kept beside the environments."""

OLDEST = (3, 11)

PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")

SHARED = "its shared library"
COMPILER = "a C compiler"

KEPT = 8
"""So many stay in the cache: for each Python of a machine, and for checkouts with other dependencies."""

NEED = Need(disk=270, download=70)


@dataclass(frozen=True)
class Environment:
    """A virtual environment with everything that building, running and testing need."""

    home: Path

    @property
    def complete(self) -> bool:
        """Whether it is there, whole."""
        return (self.home / COMPLETE).is_file()

    @property
    def python(self) -> Path:
        return self.tool("python")

    @property
    def tools(self) -> Path:
        """The folder of its commands."""
        return self.home / platforms.system().scripts

    def tool(self, name: str) -> Path:
        """A command that a dependency installed."""
        return self.tools / f"{name}{platforms.system().program}"

    def metadata_of(self, package: str) -> Path:
        """The folder of an installed dependency's metadata."""
        return next(self.home.glob(f"{platforms.system().packages}/{package}-*.dist-info"))

    def version_of(self, package: str) -> str:
        """Name and version of an installed dependency, as the folder of its metadata has them."""
        return self.metadata_of(package).stem


def requirements(pyproject: Path) -> list[str]:
    """The dependencies that `pyproject.toml` names, of every group but `APART`."""
    content = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    groups: dict[str, list[str]] = content.get("dependency-groups", {})
    wanted = [group for name, group in groups.items() if name != APART]
    return sorted(sum(wanted, content["project"]["dependencies"]))


def compiler() -> str | None:
    """The C compiler: `$CC`, or the system's."""
    named = os.environ.get("CC")
    return shutil.which(named) if named else shutil.which("cc") or shutil.which("gcc")


def missing() -> dict[str, str]:
    """What this Python and machine lack, each with Debian's packages that have it."""
    library, version = platforms.shared_library(), f"python{sys.version_info[0]}.{sys.version_info[1]}"
    checks = {
        "the module ssl": (importlib.util.find_spec("_ssl") is not None, f"lib{version}-stdlib"),
        "the module ensurepip": (importlib.util.find_spec("ensurepip") is not None, f"{version}-venv"),
        "its C headers": ((Path(sysconfig.get_path("include")) / "Python.h").is_file(), f"{version}-dev"),
        SHARED: (library.suffix != ".a" and library.is_file(), f"lib{version}"),
        "its GIL": (not sysconfig.get_config_var("Py_GIL_DISABLED"), "python3"),
        COMPILER: (compiler() is not None or sys.platform == "win32", "gcc libc6-dev"),
    }
    return {what: packages for what, (found, packages) in checks.items() if not found}


def require(lacking: dict[str, str]) -> None:
    """Raises Failure when something that only the system can give is not there."""
    if not lacking:
        return
    # Debian's packages are for Debian's Python; one of another origin has its parts where it came from.
    installable = lacking if base().is_relative_to("/usr/bin") else {COMPILER: lacking.get(COMPILER, "")}
    advice = []
    if packages := " ".join(filter(None, installable.values())):
        command = "xcode-select --install" if sys.platform == "darwin" else f"sudo apt install {packages}"
        advice.append(f"on {'macOS' if sys.platform == 'darwin' else 'Debian'}, {command}")
    if set(lacking) - set(installable):
        advice.append("run this with Debian's Python or with one built with --enable-shared")
    raise Failure(f"{sys.executable} lacks {', '.join(lacking)}: {'; '.join(advice)}")


def need() -> Need:
    """What `ensure` is going to take."""
    return Need() if _wanted().complete else NEED


def ensure() -> Environment:
    """Makes the environment for this Python and these dependencies, or finds it made.

    Raises:
        Failure: something is missing, on this machine or in its way to the packages.
    """
    require(missing())
    environment = _wanted()
    if not environment.complete:
        with cache.lock("environment"):
            if not environment.complete:  # another checkout may have made it while we waited
                _make(environment)
        cache.trim(environment.home.parent, KEPT)
    cache.find(environment.home)  # it is used now
    return environment


def base() -> Path:
    """The Python under the environment that we may run in."""
    return Path(getattr(sys, "_base_executable", sys.executable)).resolve()


def _wanted() -> Environment:
    """The environment for this Python and these dependencies, made or not."""
    wanted = requirements(ROOT / "pyproject.toml")
    name = f"python-{platform.python_version()}-{cache.key(str(base()), *wanted)}"
    return Environment(cache.root() / "environments" / name)


def _make(environment: Environment) -> None:
    wanted = requirements(ROOT / "pyproject.toml")
    doing = f"installing {len(wanted)} packages for Python {platform.python_version()}"
    with step("environment", doing), cache.workshop() as scratch:
        # We have the lock: one that is not complete is what a process left that was killed.
        for home in environment.home.parent.glob("*"):
            if not Environment(home).complete:
                shutil.rmtree(home, ignore_errors=True)
        run([base(), "-m", "venv", environment.home], scratch=scratch, timeout=120)
        try:
            run([environment.python, *PIP, "install", "--quiet", *wanted], scratch=scratch, timeout=900)
        except CommandFailed as failure:
            network.require(failure.output, "the Python packages")
            raise
        (environment.home / COMPLETE).touch()
