"""The package as a whole: what it shows, and which way its arrows go."""

import ast
from pathlib import Path

import pytest
from tests.unit.programs import run

import pythonscript_http

HERE = Path(__file__).parent
PACKAGE = Path(pythonscript_http.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> set[str]:
    """The modules that a module imports, by their full names."""
    package = [PACKAGE.name, *path.relative_to(PACKAGE).parent.parts]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            found |= {name} if node.module else {f"{name}.{alias.name}" for alias in node.names}
    return found


WORDS = {"buffers", "config", "exceptions", "query", "trace", "tracing", "url"}
"""Modules of the package's top that import nothing but each other, and that all may import."""

ENGINES = {"enums", "errors"}
"""The engine's numbers: of methods, statuses and errors."""

EDGE = {"__init__", "client", "connections", "requests", "status", *ENGINES}
"""Modules of the package's top that may know them; below, methods are tokens and errors exceptions."""

BELOW = {
    "http1": WORDS | {"http1"},
    "transport": WORDS | {"http1", "transport", "workers"},
    "sessions": WORDS | {"http1", "http11", "proxies", "sessions", "timing", "transport", "workers"},
}
"""What the modules of a folder may import of the package, by their first names."""

NO_CLOCK = {"http11", "options", "requests", "results", "status", "timing", "waits"}
"""Modules between those and the client: time is passed in, and bytes go by streams."""

NO_IO = {"socket", "ssl", "select", "selectors", "threading", "_thread", "time", "asyncio", "os"}


PLATFORMS = {"fcntl", "grp", "msvcrt", "pwd", "resource", "select", "termios", "winreg"}
"""Modules that some systems lack, or have in part."""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_one_file_knows_the_operating_system(path: Path) -> None:
    """`portable.py` is what it falls back on; `watched.py` takes what there is of `select`."""
    known = {alias.partition(".")[0] for alias in imports(path)} & PLATFORMS
    name = path.name if path.parent == PACKAGE / "transport" else ""
    assert (name == "system.py") == bool(known - {"select"})
    assert (name in ("system.py", "portable.py", "watched.py")) == bool(known)


def own(names: set[str]) -> set[str]:
    """Of what is imported, the package's modules by their first names."""
    return {name.split(".")[1] for name in names if name.startswith(f"{PACKAGE.name}.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_go_one_way(path: Path) -> None:
    folder, names = path.relative_to(PACKAGE).parent.name, imports(path)
    outside = {name.partition(".")[0] for name in names}
    assert ("godot" in outside) <= (folder == "engine")
    assert own(names) <= BELOW.get(folder, own(names))
    if not folder and path.stem in WORDS:
        assert own(names) <= WORDS
    assert ("sessions" in own(names)) <= (folder in ("engine", "editor", "sessions"))
    if own(names) & ENGINES:
        assert folder in ("engine", "editor") or (not folder and path.stem in EDGE)
    if folder == "http1" or (not folder and path.stem in {*WORDS, *NO_CLOCK}):
        assert not outside & NO_IO


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_error_has_a_name_beyond_its_except_clause(path: Path) -> None:
    """By its traceback it would hold the frame that holds it, and with that the memory its caller lent."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Assign | ast.AnnAssign | ast.Return):
                    value = inner.value
                    kept = isinstance(value, ast.Name) and value.id == node.name
                    assert not kept, f"line {inner.lineno}"
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
            assert node.exc.id[0].isupper(), f"line {node.lineno}"


PURE = {"end", "index", "len", "max", "min", "start"}
"""What changes nothing may be called twice."""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_a_slice_calls_may_be_called_twice(path: Path) -> None:
    """Compiled, it is.

    quirk - mypyc 2.4.1 - mypyc/irbuild/expression.py, try_gen_slice_op - bounds of a slice of a memoryview or
    a bytearray are evaluated twice - drop when they are not.
    """
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Slice):
            called = [inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call)]
            names = {func.attr if isinstance(func, ast.Attribute) else ast.unparse(func) for func in called}
            assert names <= PURE, f"line {node.lineno}"


def test_it_imports_without_an_engine() -> None:
    program = "import sys, pythonscript_http as p; assert 'godot' not in sys.modules; print(*p.__all__)"
    assert run(program).split() == pythonscript_http.__all__


def test_public_names_exist() -> None:
    assert all(hasattr(pythonscript_http, name) for name in pythonscript_http.__all__)


def test_every_module_has_its_test() -> None:
    """Tests mirror modules; those of the engine's classes are in tests/engine."""
    untested = {
        "__init__",
        "register_types",
        "register_editor_types",
        "preload",
        "tracing",
    }  # the last one's is test_trace.py
    untested |= {"stage", "stream", "tunnel"}  # they are declarations
    tested = {
        path.parent / path.stem.removeprefix("test_")
        for path in (path.relative_to(HERE) for path in HERE.rglob("test_*.py"))
    }
    modules = [path for path in MODULES if path.parent.name != "engine" and path.stem not in untested]
    assert {path.relative_to(PACKAGE).with_suffix("") for path in modules} <= tested


def test_all_classes_run_in_the_editor_too() -> None:
    """Scripts with `@tool` use them, and so do the panels of the console and the inspector."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in MODULES}
    declared = {name: text.count("@gdclass") for name, text in texts.items() if "@gdclass" in text}
    assert declared
    assert declared == {name: texts[name].count("@gdclass(tool=True") for name in declared}
