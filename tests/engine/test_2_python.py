"""Stage 2: Python starts inside the engine, as it is set up, or says why not; never keeps a game alive."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from textwrap import indent

import pytest
from tests.engine.harness import Project, Run
from tests.engine.homes import LIBPYTHON, PLATFORM, STDLIB, make_bundle, own, own_host
from tests.engine.suites import RunOf, suite_tests

from devkit import environment
from devkit.project import EXTENSION

SUITE = "python.gd"
PLAIN = "still_runs.gd"


@pytest.fixture(scope="module")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    return cache(lambda suite: run_among_intruders(tmp_path_factory.mktemp("python"), suite))


def run_among_intruders(folder: Path, suite: str) -> Run:
    """Runs a suite where other Pythons, and modules of the same names as ours, lie in wait."""
    intruders = folder / "intruders"
    intruders.mkdir()
    for name in ("intruder.py", "godot.py", "sitecustomize.py", "json.py"):
        (intruders / name).write_text(f"raise SystemExit('{name} got in')\n", encoding="utf-8")
    (intruders / "python3").write_text("#!/bin/sh\necho another one\n", encoding="utf-8")
    (intruders / "python3").chmod(0o755)
    return Project(folder / "p", scripts=[suite], addons=["probe"]).run_suite(
        suite,
        environment={
            "PATH": f"{intruders}:{os.environ['PATH']}",
            "PYTHONPATH": str(intruders),
            "PYTHONHOME": str(intruders),
            "PYTHONUTF8": "0",
            "PYTHONSTARTUP": str(intruders / "intruder.py"),
            "LC_ALL": "C",
        },
        verbose=True,
    )


test_the_run, test_suite = suite_tests(SUITE)


@pytest.mark.parametrize(
    "line",
    [
        "printed 1;and more",
        "to the error output",
        "two",
        "lines: ü 🐍",
        "no end of line",
        "a lone \ufffd, a NUL \ufffd",
        "WARNING:root:logged",
    ],
)
def test_output_reaches_the_engines(run_of: RunOf, line: str) -> None:
    assert run_of(SUITE).lines.count(line) == 1


def test_faulthandler_writes_tracebacks(run_of: RunOf) -> None:
    lines = run_of(SUITE).lines
    begin = next(at for at, line in enumerate(lines) if "(most recent call first):" in line)
    assert lines[begin + 1] == '  File "<string>", line 4 in <module>'
    assert lines[begin + 2].endswith('addons/probe/register_types.py", line 18 in run')


# Where Python is


def broken_homes(folder: Path) -> Iterator[tuple[str, Path, str]]:
    """Homes that will not do, each with what the error must say."""
    yield "missing", folder / "missing", str(folder / "missing")
    empty = folder / "empty"
    empty.mkdir()
    yield "empty", empty, str(empty)
    garbage = folder / "garbage"
    for name in ("bin/python3", f"lib/{LIBPYTHON}"):
        path = garbage / name
        path.parent.mkdir(parents=True)
        path.write_text("no such thing", encoding="utf-8")
    (garbage / "bin" / "python3").chmod(0o755)
    yield "garbage", garbage, LIBPYTHON
    for name, config, text in (
        ("newer", f"home = {sys.base_prefix}/bin\nversion = 3.99.1\n", "it is Python 3.99.1, and"),
        (
            "orphan",
            "home = /nowhere/bin\nversion_info = {}.{}.0.final.0\n".format(*sys.version_info),
            "its base, /now",
        ),
        ("mute", "version = 3\n", "its pyvenv.cfg does not say"),
    ):
        environment = folder / name
        environment.mkdir()
        (environment / "pyvenv.cfg").write_text(config, encoding="utf-8")
        yield name, environment, text


BROKEN = ("missing", "empty", "garbage", "newer", "orphan", "mute")


@pytest.mark.parametrize("kind", BROKEN)
def test_an_unfit_home_is_one_error_and_the_project_opens(kind: str, tmp_path: Path) -> None:
    home, text = next((path, text) for name, path, text in broken_homes(tmp_path) if name == kind)
    project = Project(tmp_path / "p", scripts=[PLAIN], addons=["probe"])
    run = project.run_suite(PLAIN, expected=[text], environment={"PYTHONSCRIPT_HOME": str(home)})
    run.assert_clean()
    run.assert_passed("test_the_project_opened")


@pytest.mark.parametrize("named", [None, "/nowhere/at/all"])
def test_a_broken_python_home_file_is_one_error(named: str | None, tmp_path: Path) -> None:
    project = Project(tmp_path / "p", scripts=[PLAIN], addons=["probe"])
    host = own_host(project)
    if named:
        (host / "bin" / "python_home").write_text(f"{named}\n", encoding="utf-8")
    text = named or "PYTHONSCRIPT_HOME"
    run = project.run_suite(PLAIN, expected=[text], environment={"PYTHONSCRIPT_HOME": ""})
    run.assert_clean()
    run.assert_passed("test_the_project_opened")


@pytest.mark.parametrize("home", ["asked", "bundled", "named"])
def test_homes_are_tried_in_order(home: str, tmp_path: Path) -> None:
    """$PYTHONSCRIPT_HOME, then the bundle, then the file; each leads to the Python it names."""
    project = Project(tmp_path / "p", addons=["probe"])
    host = own_host(project)
    homes = {name: tmp_path / name for name in ("asked", "named")}
    homes["bundled"] = host / "python" / PLATFORM
    for name in ("asked", "named"):
        make_environment(homes[name])
    (host / "bin" / "python_home").write_text(f"{homes['named']}\n", encoding="utf-8")
    if home != "named":
        make_bundle(homes["bundled"])
    project.write(
        "where.gd",
        "extends SceneTree\n\nfunc _initialize() -> void:\n"
        "\tprint('AT ', PyProbe.run('import sys; result = sys.prefix'))\n\tprint('END 0 0')\n\tquit()\n",
    )
    run = project.run(
        *("--headless", "--script", "res://where.gd"),
        environment={"PYTHONSCRIPT_HOME": str(homes["asked"]) if home == "asked" else ""},
        ends=True,
    )
    run.assert_clean()
    assert f"AT {homes[home]}" in run.lines


def make_environment(home: Path) -> None:
    """Makes a virtual environment like the one that runs the tests."""
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "python3").symlink_to(Path(sys.prefix) / "bin" / "python3")
    for name in ("pyvenv.cfg", "lib"):
        (home / name).symlink_to(Path(sys.prefix) / name)


# A bundle

NEVER = {
    *("ast", "asyncio", "concurrent.futures", "dataclasses", "dis", "hashlib", "inspect", "json", "logging"),
    *("multiprocessing", "queue", "random", "shutil", "signal", "site", "ssl", "subprocess", "tempfile"),
    *("textwrap", "tokenize", "traceback", "xml", "certifi", "idna"),
    *("godot.documentation", "pythonscript_http.trace", "pythonscript_http.transport.tls"),
}
"""What a game does not import before it asks for it: together it would take as long as all the rest."""
if sys.version_info >= (3, 14):
    NEVER.remove("ast")  # a NamedTuple takes it there

START = "import multiprocessing as m\nprocess = m.get_context({!r}).Process(target=print, name='Worker')\n"
REFUSED = "the Python of a game has no executable of its own; use threads"
POOL = "from concurrent.futures import ProcessPoolExecutor\nProcessPoolExecutor(1).submit(print)"
ASKED = {
    "executable": "import sys; result = sys.executable",
    "site": "import sys; result = sys.flags.no_site",
    "path": "import sys; result = [p for p in sys.path if '/addons' not in p]",
    "frozen": "import os; result = os.__spec__.origin",
    "never": f"import sys; result = sorted(sys.modules.keys() & set({sorted(NEVER)!r}))",
    "locks": "import multiprocessing as m\nwith m.get_context('spawn').Lock(): result = 'locked'",
    "threads": "from multiprocessing.pool import ThreadPool as P\nwith P(1) as p: result = p.map(abs, [1])",
}
"""What is asked of Python in a project with a bundle."""


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The answers, and what became of processes."""
    project = Project(tmp_path_factory.mktemp("bundled") / "p", addons=["probe"], client=True)
    make_bundle(own_host(project) / "python" / PLATFORM)
    tried = {kind: f"{START.format(kind)}process.start()" for kind in ("fork", "forkserver", "spawn")}
    told = {
        name: f"try:\n{indent(text, ' ')}\nexcept RuntimeError as error:\n result = str(error)"
        for name, text in {**tried, "pool": POOL}.items()
    }
    asked = [f"\tprint({name!r}, '=', PyProbe.run({text!r}))" for name, text in {**ASKED, **told}.items()]
    project.write(
        "asked.gd",
        "\n".join(
            [
                "extends SceneTree\n\nfunc _initialize() -> void:",
                *sorted(asked, key=lambda line: "'never'" not in line),
                "\tprint('END 0 0')\n\tquit()\n",
            ]
        ),
    )
    run = project.run(
        "--headless", "--script", "res://asked.gd", environment={"PYTHONSCRIPT_HOME": ""}, ends=True
    )
    run.assert_clean()
    return dict(line.split("=", 1) for line in run.lines if "=" in line)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("executable", ""),
        ("site", "1"),
        ("path", "[]"),
        ("frozen", "frozen"),
        ("never", "[]"),
        ("locks", "locked"),
        ("threads", "[1]"),
    ],
)
def test_a_bundle_is_all_of_its_python(name: str, answer: str, bundled: dict[str, str]) -> None:
    assert bundled[name] == answer


@pytest.mark.parametrize("kind", ["fork", "forkserver", "spawn", "pool"])
def test_multiprocessing_refuses_where_there_is_no_executable(kind: str, bundled: dict[str, str]) -> None:
    assert REFUSED in bundled[kind]


WAITING = """\
#include <fcntl.h>
#include <unistd.h>

__attribute__((constructor)) static void wait(void) {
    char byte;
    int pipe = open(PIPE, O_RDONLY);
    if (read(pipe, &byte, 1) == 1) close(pipe);
}
"""
"""A library that is open once somebody has written to a pipe."""

WRITE = """
import os, threading

def load():
    try:
        import _waiting
    except ImportError as error:
        opened.append(str(error))

opened = []
os.mkfifo({pipe!r})
thread = threading.Thread(target=load)
thread.start()
with open({pipe!r}, "wb", 0) as pipe:
    pipe.write(b"x")
thread.join()
result = opened
"""


CALLING = """\
#include <stdio.h>

int PyGILState_Check(void);

__attribute__((constructor)) static void call(void) {
    printf("HELD %d\\n", PyGILState_Check());
    fflush(stdout);
}
"""
"""A library that calls Python as soon as it is opened."""

IMPORT = """
try:
    import _calling
except ImportError as error:
    result = str(error)
"""


def run_importing(tmp_path: Path, module: Path, source: str, code: str) -> Run:
    """Runs code in a game whose bundle has a compiled module more.

    Args:
        module: its place in the standard library, without the suffix.
        source: its C code.
        code: what imports it, and sets `result`.
    """
    project = Project(tmp_path / "p", addons=["probe"])
    home = make_bundle(own_host(project) / "python" / PLATFORM)
    written = tmp_path / "module.c"
    written.write_text(source)
    library = own(home / STDLIB / f"{module}{EXTENSION_SUFFIXES[0]}")
    command: list[str | Path] = [environment.compiler() or "cc", "-shared", "-fPIC", written, "-o", library]
    subprocess.run(command, check=True, timeout=60)
    project.write(
        "opens.gd",
        "extends SceneTree\n\nfunc _initialize() -> void:\n"
        f"\tprint('OPENED ', PyProbe.run({code!r}))\n"
        "\tprint('END 0 0')\n\tquit()\n",
    )
    run = project.run(
        *("--headless", "--script", "res://opens.gd"),
        environment={"PYTHONSCRIPT_HOME": ""},
        seconds=20,
        ends=True,
    )
    run.assert_clean()
    assert "does not define module export function" in run.output
    return run


def test_other_threads_go_on_while_a_library_is_opened(tmp_path: Path) -> None:
    """OpenSSL's take 2 ms, and a frame would wait for them."""
    pipe = str(tmp_path / "pipe")
    source, code = WAITING.replace("PIPE", f'"{pipe}"'), WRITE.format(pipe=pipe)
    run_importing(tmp_path, Path("lib-dynload", "_waiting"), source, code)


def test_a_packages_library_may_call_python_as_soon_as_it_is_opened(tmp_path: Path) -> None:
    run = run_importing(tmp_path, Path("site-packages", "_calling"), CALLING, IMPORT)
    assert [line for line in run.lines if line.startswith("HELD")] == ["HELD 1"]


# Addons


def test_a_broken_addon_is_reported_and_the_others_load(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", scripts=[SUITE], addons=["clashes", "exits", "probe", "raises"])
    run = project.run_suite(
        SUITE,
        expected=["this addon is broken", "this addon wants to leave", "class named Timer already"],
    )
    run.assert_clean()
    run.assert_passed("test_the_mode")
    for addon in ("raises", "exits", "clashes"):
        assert f"addons/{addon}/register_types.py" in run.output, "the report names the file"


REFUSING = """\
from __future__ import annotations

from enum import IntEnum

from godot import Node, RefCounted, Signal, export, gdclass, rpc


class Plain:
    def shared(self, pairs: tuple[int, int]) -> None: ...


@gdclass
class PyMethod(Node):
    class Kind(IntEnum):
        ONE = 1

    @staticmethod
    def fire(at: tuple) -> bool:
        return True


@gdclass
class PyExport(Node):
    speed: float = export(
        "fast",
    )


@gdclass
class PySignal(Node):
    ready = Signal()


@gdclass
class PyUnnamed(Node):
    hit = Signal(int)


@gdclass
class PyHinted(Node):
    file: str = export("", hint="file")


@gdclass
class PyPeer(Node):
    @rpc("everybody")
    def greet(self) -> None: ...


@gdclass
class PyVirtual(Node):
    def _process(self, delta: str) -> None: ...


@gdclass
class PyMixed(Plain, Node):
    pass


@gdclass
class Timer(Node):
    pass


@gdclass
class PyHeir(PyMethod):
    pass


@gdclass
class PyGood(RefCounted):
    speed: float = 3.5
"""
TOLD = {
    "PyMethod.fire: argument at: the annotation tuple has no counterpart in the engine; write list": (
        "def fire(at: tuple) -> bool:",
        "PyMethod.fire",
    ),
    "PyExport.speed: its default must be float, not 'fast'": ("speed: float = export(", "PyExport.speed"),
    "PySignal.ready: Node has a signal of this name already": ("ready = Signal()", "PySignal.ready"),
    "PyUnnamed.hit: a signal's arguments have names, as in Signal(points=int)": (
        "hit = Signal(int)",
        "PyUnnamed.hit",
    ),
    "PyHinted.file: hint is an int of PropertyHint, not 'file'": (
        'file: str = export("", hint="file")',
        "PyHinted.file",
    ),
    "PyPeer.greet: rpc has no mode 'everybody'; it has authority, any_peer, call_remote, call_local, "
    "unreliable, unreliable_ordered, reliable": ("def greet(self) -> None: ...", "PyPeer.greet"),
    "PyVirtual._process overrides a virtual method of the engine: argument delta must be annotated as the "
    "engine's float": ("def _process(self, delta: str) -> None: ...", "PyVirtual._process"),
    "PyMixed.shared: argument pairs: the annotation tuple has no counterpart in the engine; write list "
    "(it is declared in Plain)": (
        "def shared(self, pairs: tuple[int, int]) -> None: ...",
        "PyMixed.shared",
    ),
    "the engine has a class named Timer already": ("class Timer(Node):", "Timer"),
    "PyHeir inherits PyMethod, which was refused": ("class PyHeir(PyMethod):", "PyHeir"),
}
"""What is said of each, with the line and the name that it is said to be at."""


def test_a_mistake_costs_its_class_and_is_told_in_three_lines(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    project.write("addons/refused/register_types.py", REFUSING)
    project.write("quit.gd", QUIT.replace("print('END", "print(PyGood.new())\n\tprint('END"))
    warning = "PyGood.speed is not exported, so neither scripts nor the inspector have it: write speed = "
    run = project.run("--headless", "--script", "res://quit.gd", expected=[*TOLD, warning], ends=True)
    run.assert_clean()
    for text, (source, where) in TOLD.items():
        line = REFUSING.splitlines().index(f"    {source}" if f"    {source}\n" in REFUSING else source) + 1
        at = run.lines.index(f"SCRIPT ERROR: DeclarationError: {text}")
        assert [told.strip() for told in run.lines[at + 1 : at + 3]] == [
            source,
            f"at: {where} (res://addons/refused/register_types.py:{line})",
        ]
        assert run.lines[at + 3].startswith(("SCRIPT ERROR: ", "WARNING: "))
    assert any(line.endswith(f"register_types.py:{REFUSING.count(chr(10))})") for line in run.lines)


RAISING = """\
from __future__ import annotations

import json
from threading import Thread

from godot import Object, gdclass


@gdclass
class PyRaising(Object):
    text = "plain"

    def library(self) -> None:
        json.loads("{")

    def result(self) -> int:
        return "text"

    def through_the_engine(self, times: int = 3) -> None:
        if not times:
            raise ValueError("deep")
        self.call("through_the_engine", times - 1)

    def recursive(self) -> None:
        self.text = "recursive"
        str(self)

    def _to_string(self) -> str:
        return str(self) if self.text == "recursive" else self.text

    def thread(self) -> None:
        thread = Thread(target=self._fail, name="worker")
        thread.start()
        thread.join()

    def _fail(self) -> None:
        raise KeyError("in a thread")

    def ignored(self) -> None:
        Dying()


class Dying:
    def __del__(self) -> None:
        raise KeyError("ignored")
"""
RAISED = {
    "library": ("JSONDecodeError: Expecting property name", "PyRaising.library", 'json.loads("{")'),
    "result": (
        "TypeError: the return value of PyRaising.result: must be int",
        "PyRaising.result",
        "def result(",
    ),
    "through_the_engine": ("ValueError: deep", "PyRaising.through_the_engine", 'raise ValueError("deep")'),
    "recursive": (
        "RecursionError: ",
        "PyRaising._to_string",
        # Since Python 3.14 a call that goes too deep is told at the function's own line.
        "def _to_string(" if sys.version_info >= (3, 14) else 'return str(self) if self.text == "recursive"',
    ),
    "thread": ("KeyError: 'in a thread'", "worker", 'raise KeyError("in a thread")'),
    "ignored": ("KeyError: 'ignored'", "Dying.__del__", 'raise KeyError("ignored")'),
}
"""Methods that raise: what is said, at what, and the line."""


@pytest.mark.parametrize("method", RAISED)
def test_an_exception_is_told_at_its_users_line_without_the_hosts_own(method: str, tmp_path: Path) -> None:
    text, where, source = RAISED[method]
    project = Project(tmp_path / "p")
    project.write("addons/raising/register_types.py", RAISING)
    body = f"var made := PyRaising.new()\n\tmade.call_deferred('{method}')\n\tmade.free.call_deferred()"
    project.write("quit.gd", QUIT.replace("print('END", f"{body}\n\tprint('END"))
    run = project.run("--headless", "--script", "res://quit.gd", expected=[text], ends=True)
    run.assert_clean()
    line = next(number for number, line in enumerate(RAISING.splitlines(), 1) if source in line)
    assert f"at: {where} (res://addons/raising/register_types.py:{line})" in [
        line.strip() for line in run.lines
    ]
    assert ".pyx" not in run.output
    assert "pythonscript/godot/" not in run.output


def test_a_syntax_error_is_told_at_its_line(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    project.write("addons/wrong/register_types.py", "import sys\n\nclass Wrong(:\n    pass\n")
    project.write("quit.gd", QUIT)
    text = "SyntaxError: invalid syntax"
    run = project.run("--headless", "--script", "res://quit.gd", expected=[text], ends=True)
    run.assert_clean()
    assert f"SCRIPT ERROR: {text}" in run.lines
    at = "at: addons/wrong/register_types.py (res://addons/wrong/register_types.py:3)"
    assert at in [line.strip() for line in run.lines]
    assert "pythonscript/godot/" not in run.output


BASE = "from godot import RefCounted, gdclass\n\n@gdclass\nclass {}(RefCounted):\n    pass\n"
HEIR = "from godot import {1}, gdclass\n\n@gdclass\nclass {0}({1}):\n    pass\n"

ORDERS: dict[str, tuple[dict[str, str], list[str], str]] = {
    "a class of a later addon": ({"a": HEIR.format("PyA", "PyZ"), "z": BASE.format("PyZ")}, [], "PyA PyZ"),
    "a class of an earlier addon": (
        {"a": BASE.format("PyA"), "z": HEIR.format("PyZ", "PyA")},
        [],
        "PyA PyZ",
    ),
    "in another file": ({"a": HEIR.format("PyA", "PyZ"), "z": "import z.deep.classes"}, [], "PyA PyZ"),
    "three in a row": (
        {"a": HEIR.format("PyA", "PyM"), "m": HEIR.format("PyM", "PyZ"), "z": BASE.format("PyZ")},
        [],
        "PyA PyM PyZ",
    ),
    "imported from the addon itself": (
        {"a": "import z.register_types\n" + HEIR.format("PyA", "PyZ"), "z": BASE.format("PyZ")},
        [],
        "PyA PyZ",
    ),
    "a circle": (
        {"a": HEIR.format("PyA", "PyZ"), "m": BASE.format("PyM"), "z": HEIR.format("PyZ", "PyA")},
        [
            "PyA is not declared yet: the addon 'a', which declares it, is being imported itself and waits",
            "PyZ is not declared: the addon 'z', which declares it, has failed",
        ],
        "PyM",
    ),
    "an addon that fails": (
        {"a": HEIR.format("PyA", "PyZ"), "z": "1 / 0\n" + BASE.format("PyZ")},
        ["division by zero", "PyZ is not declared: the addon 'z', which declares it, has failed"],
        "",
    ),
    "nobody's class": (
        {"a": HEIR.format("PyA", "PyZ"), "z": "class PyZ:\n    pass\n"},
        ["cannot import name 'PyZ' from 'godot'"],
        "",
    ),
}
"""Addons with what they declare: the errors that come, and the classes that are there in the end."""


@pytest.mark.parametrize("kind", ORDERS)
def test_a_class_of_another_addon_is_imported_by_its_name(kind: str, tmp_path: Path) -> None:
    modules, expected, classes = ORDERS[kind]
    project = Project(tmp_path / "p")
    for name, text in modules.items():
        project.write(f"addons/{name}/register_types.py", text)
    project.write("addons/z/deep/classes.py", BASE.format("PyZ") if kind == "in another file" else "")
    project.write(
        "classes.gd",
        "extends SceneTree\n\nfunc _initialize() -> void:\n"
        "\tprint('GOT ', ' '.join(['PyA', 'PyM', 'PyZ'].filter(ClassDB.class_exists)))\n"
        "\tprint('END 0 0')\n\tquit()\n",
    )
    run = project.run("--headless", "--script", "res://classes.gd", expected=expected, ends=True)
    run.assert_clean()
    assert f"GOT {classes}" in run.lines


def test_a_python_class_by_its_name_is_the_class_itself(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", addons=["probe"])
    project.write(
        "same.gd",
        "extends SceneTree\n\nfunc _initialize() -> void:\n"
        "\tprint('SAME ', PyProbe.run('import godot, probe.register_types as own; '"
        " + 'result = godot.PyProbe is own.PyProbe and isinstance(godot.PyProbe(), own.PyProbe)'))\n"
        "\tprint('END 0 0')\n\tquit()\n",
    )
    run = project.run("--headless", "--script", "res://same.gd", ends=True)
    run.assert_clean()
    assert "SAME true" in run.lines


QUIT = "extends SceneTree\n\nfunc _initialize() -> void:\n\tprint('END 0 0')\n\tquit()\n"

EARLY = """
import threading

in_a_thread = threading.current_thread() is not threading.main_thread()
try:
    from godot import Node
except ImportError as error:
    told = str(error)
"""
LATE = """
from godot import Node
from early import preload

print("EARLY", preload.in_a_thread, preload.told)
"""


def test_an_addons_early_module_is_imported_by_a_thread_that_has_no_engine(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    project.write("addons/early/preload.py", EARLY)
    project.write("addons/early/register_types.py", LATE)
    project.write("addons/clumsy/preload.py", "1 / 0\n")
    project.write("addons/clumsy/register_types.py", "print('LATE')\n")
    project.write("quit.gd", QUIT)
    run = project.run("--headless", "--script", "res://quit.gd", ends=True)
    run.assert_clean()
    assert "EARLY True godot.Node belongs to the engine, and this Python does not run inside one" in run.lines
    assert "LATE" in run.lines, "what fails early is left to the addon's own import"


LEFT_OPEN = """
import sys

modules = open({folder!r} + "/module", "w")
modules.write("whole")

class Keeper:
    file = open({folder!r} + "/class", "w")

    def __init__(self):
        self.itself, self.own = self, open({folder!r} + "/cycle", "w")

Keeper.file.write("whole")
keeper = Keeper()
keeper.own.write("whole")
"""


def test_files_that_an_addon_leaves_open_are_written_to_the_end(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    project.write("addons/untidy/register_types.py", LEFT_OPEN.format(folder=str(tmp_path)))
    project.write("quit.gd", QUIT)
    project.run("--headless", "--script", "res://quit.gd", ends=True).assert_clean()
    assert {name: (tmp_path / name).read_text() for name in ("module", "class", "cycle")} == dict.fromkeys(
        ("module", "class", "cycle"), "whole"
    )


FIRST_STARTS = [("--import",), ("--editor", "--quit"), ("--editor", "--quit-after", "2")]


@pytest.mark.parametrize("arguments", FIRST_STARTS, ids=" ".join)
@pytest.mark.parametrize("listed", [True, False])
def test_the_first_start_of_an_editor(listed: bool, arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Whether it knows the extension or finds it."""
    project = Project(tmp_path / "p", scripts=[SUITE], addons=["probe"], client=True)
    if not listed:
        shutil.rmtree(project.root / ".godot")
    run = project.run("--headless", *arguments)
    # quirk - Godot 4.6 - an editor that quits while it scans warns of that (editor_file_system.cpp) - drop
    # when it does not
    assert [problem for problem in run.problems if "Scan thread aborted" not in problem] == []
    assert (project.root / ".godot" / "extension_list.cfg").read_text(encoding="utf-8").split() == [EXTENSION]


def test_packages_of_pip(tmp_path: Path) -> None:
    """Those of the project, before what Python has itself."""
    project = Project(tmp_path / "p", addons=["probe"])
    for name in ("idna", "json", "ours"):
        project.write(f"addons/site-packages/{name}.py", "WHERE = 'the project'\n")
    project.write(
        "where.gd",
        "extends SceneTree\n\nfunc _initialize() -> void:\n"
        "\tprint('WHERE ', PyProbe.run('import idna, json, ours; '"
        ' + \'result = [getattr(module, "WHERE", "Python") for module in (idna, json, ours)]\'))\n'
        "\tprint('END 0 0')\n\tquit()\n",
    )
    run = project.run("--headless", "--script", "res://where.gd", ends=True)
    run.assert_clean()
    assert 'WHERE ["the project", "Python", "the project"]' in run.lines


# The end


def test_ctrl_c_ends_the_engine_as_ever(tmp_path: Path) -> None:
    """Python's own handler, which `import signal` sets up, would turn it into an exception somewhere."""
    project = Project(tmp_path / "p", addons=["probe"])
    project.write(
        "interrupt.gd",
        "extends SceneTree\n\nfunc _initialize() -> void:\n"
        "\tPyProbe.run('import signal, subprocess, asyncio')\n"
        "\tOS.execute('kill', ['-INT', str(OS.get_process_id())])\n",
    )
    run = project.run("--headless", "--script", "res://interrupt.gd", code=-signal.SIGINT)
    run.assert_clean()


@pytest.mark.parametrize(
    ("kind", "warning"), [("daemon", []), ("plain", ["stubborn"]), ("pool", ["ThreadPool"])]
)
def test_a_blocked_thread_does_not_hold_up_quitting(kind: str, warning: list[str], tmp_path: Path) -> None:
    project = Project(tmp_path / "p", scripts=["threads.gd"], addons=["threads"])
    run = project.run_suite("threads.gd", f"--kind={kind}", expected=warning)
    run.assert_clean()
    run.assert_passed("test_a_thread_is_left")


def test_an_engine_that_does_not_tell_of_its_end_is_watched(tmp_path: Path) -> None:
    """Before Godot 4.5 the host learns of the main loop's end when it is freed, before scripts end."""
    run = Project(tmp_path / "p", scripts=[PLAIN], addons=["farewell", "probe"]).run_suite(PLAIN)
    run.assert_clean()
    assert "the main loop is freed, the engine stands: True" in run.lines
