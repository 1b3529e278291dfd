"""Arrows go one way: HTTP addon -> facade -> host, and in the host as its package states."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from devkit.project import HOST, ROOT, SOURCES

HTTP = ROOT / "addons" / "pythonscript_http"
FACADE = HOST / "godot"
COMPILED = SOURCES / "_pythonscript"


def imports(path: Path, package: str) -> Iterator[str]:
    """Every module that a file imports, wherever in it; relative ones by their full name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1]
            origin = ".".join([*(parents if node.level else ()), *([node.module] if node.module else ())])
            yield origin
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def roots(folder: Path) -> dict[str, set[str]]:
    """The top packages that each file below a folder imports, by its path."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        package = ".".join(path.parent.relative_to(folder.parent).parts)
        found[str(path.relative_to(folder))] = {name.split(".")[0] for name in imports(path, package)}
    assert found
    return found


def test_imports_are_found() -> None:
    names = set(imports(HTTP / "engine" / "client.py", "pythonscript_http.engine"))
    assert {
        "godot",
        "godot.gdclass",
        "pythonscript_http.client.HTTPClient",
        "pythonscript_http.enums",
    } <= names


def test_one_folder_of_the_http_addon_knows_the_engine() -> None:
    users = [Path(path) for path, used in roots(HTTP).items() if used & {"godot", "_pythonscript"}]
    assert {path.parent.name for path in users} == {"engine"}


def test_the_http_addon_does_not_go_round_the_facade() -> None:
    assert [path for path, used in roots(HTTP).items() if "_pythonscript" in used] == []


def test_the_facade_knows_no_addon() -> None:
    allowed = {"godot", "_pythonscript"}
    ours = {"pythonscript_http", "devkit", "tests", "demo", *allowed}
    assert [path for path, used in roots(FACADE).items() if used & ours - allowed] == []


def test_only_the_host_half_of_the_facade_needs_an_engine_at_once() -> None:
    eager = []
    for path in sorted(FACADE.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            module = (isinstance(node, ast.ImportFrom) and node.module) or ""
            if module.startswith("_pythonscript") and module != "_pythonscript.values":
                eager.append(path.name)
    assert set(eager) == {
        *("_classes.py", "_help.py", "_preload.py", "_registration.py", "_scripts.py", "_tasks.py"),
        "_unhandled.py",
    }


def order() -> list[str]:
    """The host's modules as its package lists them, the lowest first."""
    text = ast.get_docstring(ast.parse((COMPILED / "__init__.py").read_text(encoding="utf-8"))) or ""
    listed = re.search(r"in this order: ([\w, \n]+)\.", text)
    assert listed
    return re.split(r",\s+", listed[1])


def test_the_order_names_every_module() -> None:
    assert sorted(order()) == sorted(path.stem for path in COMPILED.glob("*.pyx"))


@pytest.mark.parametrize("module", order())
def test_a_module_of_the_host_uses_lower_ones_only(module: str) -> None:
    lower = order()[: order().index(module)]
    used: set[str] = set()
    for path in (COMPILED / f"{module}.pyx", COMPILED / f"{module}.pxd"):
        for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
            if found := re.match(r"\s*from _pythonscript c?import (.+)", line):
                used |= set(re.split(r",\s*", found[1]))
            if found := re.match(r"\s*(?:from|cimport|import) _pythonscript\.(\w+)", line):
                used.add(found[1])
            assert not re.match(r"\s*(?:c?import|from) (godot|pythonscript_http)\b", line), line
    assert used - {module} <= set(lower)


def test_the_host_names_no_http() -> None:
    sources = [path for path in HOST.rglob("*") if path.suffix in (".c", ".pyx", ".pxd", ".py", ".pyi", ".h")]
    assert [path for path in sources if re.search("pythonscript_http|PyHTTP", path.read_text("utf-8"))] == []


def test_the_facade_is_for_every_operating_system() -> None:
    some = {"fcntl", "grp", "msvcrt", "pwd", "resource", "syslog", "termios", "winreg"}
    assert [path for path, used in roots(FACADE).items() if used & some] == []
