"""A Python that a bundle is made from: one that is installed, or a python-build-standalone archive."""

from __future__ import annotations

import json
import tarfile
from dataclasses import dataclass
from pathlib import Path

from . import cache
from .console import CommandFailed, Failure, run, step

OLDEST = (3, 11)

QUESTION = """
import json, platform, sys, sysconfig
variables = sysconfig.get_config_vars()
parts = {}
try:
    import ssl
    parts["openssl"] = ssl.OPENSSL_VERSION.split()[1]
except ImportError:
    pass
print(json.dumps({
    "implementation": sys.implementation.name,
    "version": platform.python_version(),
    "system": sys.platform,
    "machine": platform.machine(),
    "prefix": sys.base_prefix,
    "built": str(variables.get("abs_builddir") or sys.base_prefix),
    "stdlib": sysconfig.get_path("stdlib"),
    "extensions": [path for path in sys.path if path.endswith("lib-dynload")],
    "include": sysconfig.get_path("include"),
    "libraries": [str(variables.get("LIBDIR")), sys.base_prefix + "/lib"],
    "multiarch": str(variables.get("MULTIARCH") or ""),
    "library": str(variables.get("INSTSONAME")),
    "suffix": str(variables.get("EXT_SUFFIX")),
    "tag": sys.implementation.cache_tag,
    "gil": not variables.get("Py_GIL_DISABLED"),
    "parts": parts,
}))
"""

SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}
MACHINES = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
"""The engine's names for what Python calls so."""


@dataclass(frozen=True)
class Interpreter:
    """A Python that answered.

    Attributes:
        path: its executable.
        version: as "3.11.7".
        system, machine: the engine's names of what it runs on, "linux" and "x86_64".
        prefix: where it is installed.
        built: where it was compiled.
        stdlib: the folder of its standard library.
        extensions: the folder of its compiled modules.
        include: the folder of its C headers.
        library: its shared library.
        suffix: how the names of its compiled modules end.
        tag: what its compiled files are called by, "cpython-311".
        parts: versions of libraries that it says itself, by name.
    """

    path: Path
    version: str
    system: str
    machine: str
    prefix: Path
    built: Path
    stdlib: Path
    extensions: Path
    include: Path
    library: Path
    suffix: str
    tag: str
    parts: dict[str, str]

    @property
    def platform(self) -> str:
        """As the engine's export features have it: "linux.x86_64"."""
        return f"{self.system}.{self.machine}"

    @property
    def series(self) -> str:
        """As "3.11": what is compiled for one is for all of its patch releases."""
        return ".".join(self.version.split(".")[:2])


def at(path: Path) -> Interpreter:
    """Asks a Python what it is.

    Raises:
        Failure: it does not answer, or no bundle can be made from it.
    """
    try:
        told = json.loads(run([path, "-I", "-c", QUESTION], timeout=60))
    except (CommandFailed, ValueError) as failure:
        raise Failure(f"{path} is no Python that answers: {failure}") from None
    return _described(path, told)


def _described(path: Path, told: dict) -> Interpreter:  # type: ignore[type-arg]
    version, system, machine = told["version"], told["system"], told["machine"]
    if told["implementation"] != "cpython" or tuple(map(int, version.split(".")[:2])) < OLDEST:
        raise Failure(f"{path} is {told['implementation']} {version}: a bundle takes CPython 3.11 or newer")
    if not told["gil"]:
        raise Failure(f"{path} has no GIL: a bundle takes the usual build of CPython")
    if system not in SYSTEMS or machine not in MACHINES:
        raise Failure(f"{path} is for {system} on {machine}, which no bundle is made for")
    stdlib = Path(told["stdlib"])
    folders = [Path(folder) / arch for folder in told["libraries"] for arch in ("", told["multiarch"])]
    library = next((folder / told["library"] for folder in folders if (folder / told["library"]).is_file()), None)
    if library is None or ".so" not in library.name:
        raise Failure(f"{path} has no shared library {told['library']}: a bundle needs a Python built with it")
    include = Path(told["include"])
    if not (include / "Python.h").is_file():
        raise Failure(f"{path} has no C headers in {include}")
    extensions = Path(told["extensions"][0]) if told["extensions"] else stdlib / "lib-dynload"
    return Interpreter(
        path,
        version,
        SYSTEMS[system],
        MACHINES[machine],
        Path(told["prefix"]),
        Path(told["built"]),
        stdlib,
        extensions,
        include,
        library,
        told["suffix"],
        told["tag"],
        told["parts"],
    )


def unpacked(archive: Path) -> Interpreter:
    """The Python of a python-build-standalone archive (`install_only`), unpacked into the cache.

    Raises:
        Failure: it is no such archive, or one for another platform.
    """
    try:
        data = archive.read_bytes()
    except OSError as error:
        raise Failure(f"{archive} cannot be read: {error.strerror}") from None
    place = cache.root() / "standalone" / cache.key(data)
    if not place.is_dir():
        with step("python", f"unpacking {archive.name}"), cache.workshop() as folder:
            made = folder / "made"
            try:
                with tarfile.open(archive) as file:
                    file.extractall(made, **({"filter": "tar"} if hasattr(tarfile, "tar_filter") else {}))
            except (tarfile.TarError, EOFError) as error:
                raise Failure(f"{archive} is no archive that tar reads: {error}") from None
            cache.publish(made, place)
    found = sorted((place / "python" / "bin").glob("python3.[0-9]*[0-9]"))
    if not found:
        raise Failure(f"{archive} holds no python/bin/python3.x: take an install_only archive of python-build-standalone")
    return at(found[0])
