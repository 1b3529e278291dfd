"""The compiled modules: that they are used where they are, and the sources where they are not."""

from pathlib import Path

import pytest
from tests.unit.programs import run

import pythonscript_http
from devkit.client import MODULES
from pythonscript_http.compiled import PURE

PACKAGE = Path(pythonscript_http.__file__).parent
NAMES = sorted(
    ".".join(filter(None, ("pythonscript_http", folder.strip("."), name)))
    for folder, names in MODULES.items()
    for name in names
)
SHOWS = """
import sys
from importlib import import_module
for name in sys.argv[1:]:
    if type(import_module(name).__loader__).__name__ == "ExtensionFileLoader":
        print(name)
"""


def compiled(package: Path, **variables: str) -> list[str]:
    """Which modules come from the library, imported one after the other in a process of their own."""
    return run(SHOWS, *NAMES, folder=package.parent, **{PURE: "", **variables}).split()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A package of the same sources, without the library."""
    folder = tmp_path / PACKAGE.name
    folder.mkdir()
    for path in PACKAGE.iterdir():
        if path.name != "bin":
            (folder / path.name).symlink_to(path)
    return folder


def test_the_library_has_what_is_compiled() -> None:
    assert compiled(PACKAGE) == NAMES


def test_it_is_left_alone() -> None:
    assert compiled(PACKAGE, **{PURE: "1"}) == []


def test_there_is_none(copy: Path) -> None:
    assert compiled(copy) == []


def test_it_is_for_another_python(copy: Path) -> None:
    (copy / "bin").mkdir()
    (copy / "bin" / "client__mypyc.cpython-39-x86_64-linux-gnu.so").write_bytes(b"")
    assert compiled(copy) == []


def test_it_cannot_be_loaded(copy: Path) -> None:
    """As where the system is older than the one that it was made for."""
    (copy / "bin").mkdir()
    library = next((PACKAGE / "bin").glob("*.so"))
    (copy / "bin" / library.name).write_bytes(b"no library")
    assert compiled(copy) == []


def test_other_modules_are_found_as_ever() -> None:
    program = "import pythonscript_http.http1 as found; print(found.__file__)"
    assert run(program).strip() == str(PACKAGE / "http1" / "__init__.py")
