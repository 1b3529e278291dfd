"""The build, with the real compilers, on a host of three lines."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.loopback.network import SECONDS, until

from devkit import build, cache, environment, zig
from devkit.console import Failure, run
from devkit.environment import Environment

ENVIRONMENT = Environment(Path(sys.prefix))

SOURCES = {
    "shared.h": "#define ANSWER 42\n",
    "pythonscript.c": '#include "shared.h"\n'
    "extern int hidden(void);\nint hidden(void) { return ANSWER; }\n"
    '__attribute__((visibility("default"))) int entry(void);\nint entry(void) { return hidden(); }\n',
    "_pythonscript/__init__.py": "",
    "_pythonscript/one.pxd": "cdef int answer() noexcept nogil\n",
    "_pythonscript/one.pyx": 'cdef extern from "shared.h":\n    int ANSWER\n\n'
    "cdef int answer() noexcept nogil:\n    return ANSWER\n",
    "_pythonscript/two.pyx": "from _pythonscript.one cimport answer\n\ndef ask():\n    return answer()\n",
}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "src"
    for name, text in SOURCES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def keys(sources: Path) -> dict[str, str]:
    found = build.targets(sources, build.Toolchain(ENVIRONMENT))
    return {target.name.split("/")[-1].split(".")[0]: target.key for target in found}


@pytest.mark.parametrize(
    ("file", "stale"),
    [
        ("shared.h", {"libpythonscript", "one", "two"}),
        ("_pythonscript/one.pxd", {"libpythonscript", "one", "two"}),
        ("_pythonscript/two.pyx", {"two"}),
        ("pythonscript.c", {"libpythonscript"}),
    ],
)
def test_a_change_makes_stale_what_depends_on_it(sources: Path, file: str, stale: set[str]) -> None:
    before = keys(sources)
    with (sources / file).open("a", encoding="utf-8") as changed:
        changed.write("\n")
    after = keys(sources)
    assert {name for name in after if after[name] != before[name]} == stale


def test_the_tree_gets_what_works_and_nothing_else(
    sources: Path, tmp_path: Path, empty_cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = tmp_path / "bin"
    (into / "_pythonscript").mkdir(parents=True)
    (into / "_pythonscript" / "gone.so").touch()

    build.ensure(ENVIRONMENT, sources, into)
    assert "compiling 3 of 3 files" in capsys.readouterr().err
    assert (into / build.HOME).read_text(encoding="utf-8") == f"{sys.prefix}\n"
    assert not (into / "_pythonscript" / "gone.so").exists()
    code = "from _pythonscript import two; print(two.ask())"
    assert subprocess.check_output([sys.executable, "-c", code], cwd=into, timeout=120) == b"42\n"
    symbols = subprocess.check_output(["nm", "--dynamic", "--defined-only", into / build.ENTRY], timeout=120)
    assert symbols.split()[2:] == [b"entry"]

    build.ensure(ENVIRONMENT, sources, into)
    assert capsys.readouterr().err == ""

    other = tmp_path / "other"
    build.ensure(ENVIRONMENT, sources, other)  # a second checkout compiles nothing
    assert capsys.readouterr().err == ""
    assert (other / build.ENTRY).read_bytes() == (into / build.ENTRY).read_bytes()
    assert str(tmp_path).encode() not in (into / build.ENTRY).read_bytes()


def test_what_was_compiled_long_ago_goes(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "KEPT", 1)
    build.ensure(ENVIRONMENT, sources, tmp_path / "bin")
    builds = cache.root() / "builds"
    first = set(builds.iterdir())
    for place in first:
        os.utime(place, times=(0, 0))
    with (sources / "_pythonscript" / "two.pyx").open("a", encoding="utf-8") as changed:
        changed.write("\n")
    build.ensure(ENVIRONMENT, sources, tmp_path / "bin")
    assert len(set(builds.iterdir()) & first) == 2, "those that are used still"
    assert len(list(builds.iterdir())) == 3


def test_locks_are_few() -> None:
    for number in range(1000):
        with build.lock(cache.key(str(number))):
            pass
    assert len(list((cache.root() / "locks").iterdir())) == 16


def test_two_cold_checkouts_compile_once(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real, waits = build._build, threading.Event()
    compiled: list[int] = []

    def compile_slowly(stale: list[build.Target]) -> None:
        compiled.append(len(stale))
        if len(compiled) == 1:
            second.start()
            assert waits.wait(SECONDS)
            real(stale)
        else:
            waits.set()

    monkeypatch.setattr(build, "_build", compile_slowly)
    monkeypatch.setattr(cache, "say", lambda *_: waits.set())
    second = threading.Thread(target=build.ensure, args=(ENVIRONMENT, sources, tmp_path / "other"))
    build.ensure(ENVIRONMENT, sources, tmp_path / "bin")
    second.join()
    assert compiled == [3]
    assert (tmp_path / "other" / build.ENTRY).read_bytes() == (tmp_path / "bin" / build.ENTRY).read_bytes()
    assert capsys.readouterr().err.count("compiling") == 1


def test_the_first_failure_ends_the_other_compilers(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plays compilers: one fails as soon as another, which never ends, has begun."""
    began = tmp_path / "began"
    ends: list[str] = []

    def endless(*_: object) -> None:
        try:
            run(["/bin/sh", "-c", f"touch '{began}'; exec sleep 1000"], timeout=SECONDS)
        except Failure as failure:
            ends.append(str(failure))
            raise

    def failing(*_: object) -> None:
        until(began.exists)
        raise Failure("mine")

    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(build.Toolchain, "compile_c", endless)
    monkeypatch.setattr(build.Toolchain, "compile_cython", failing)
    with pytest.raises(Failure, match="mine"):
        build.ensure(ENVIRONMENT, sources, tmp_path / "bin")
    assert len(ends) == 1
    assert ends[0].endswith(f"failed ({-signal.SIGKILL}):")


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        ("pythonscript.c", "static int unused;\n", "unused"),
        ("_pythonscript/two.pyx", "def f():\n    x = 3\n", "Unused entry 'x'"),
    ],
)
def test_a_warning_is_a_failure(sources: Path, tmp_path: Path, file: str, text: str, complaint: str) -> None:
    with (sources / file).open("a", encoding="utf-8") as changed:
        changed.write(text)
    with pytest.raises(Failure, match=complaint):
        build.ensure(ENVIRONMENT, sources, tmp_path / "bin")
    assert not (tmp_path / "bin").exists()


def test_a_tree_without_sources_is_told(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="holds no C file"):
        build.ensure(ENVIRONMENT, tmp_path, tmp_path / "bin")


@pytest.mark.parametrize(
    ("system", "flags", "others", "entry", "modules"),
    [
        ("linux", {"-shared", "-fPIC", "-Werror"}, {"-w", "-dynamiclib"}, ["-ldl"], []),
        ("darwin", {"-dynamiclib", "dynamic_lookup", "-w"}, {"-shared", "-Werror", "-ldl"}, [], []),
        (
            "win32",
            {"-shared", "-DMS_WIN64", "-target"},
            {"-fPIC", "-Werror", "-ldl"},
            [],
            [f"-lpython3{sys.version_info[1]}"],
        ),
    ],
)
def test_each_system_is_compiled_for_in_its_way(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    sources: Path,
    system: str,
    flags: set[str],
    others: set[str],
    entry: list[str],
    modules: list[str],
) -> None:
    commands: list[list[str]] = []

    def record(command: Sequence[str | Path], **_: object) -> str:
        commands.append([str(word) for word in command])
        return "version 1"

    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(build, "run", record)
    monkeypatch.setattr(zig, "ensure", lambda _: Path("/zig.exe"))
    monkeypatch.setattr(Environment, "version_of", lambda *_: "cython-3.1")
    monkeypatch.setattr(environment, "compiler", lambda: "cc")
    tools = build.usual(ENVIRONMENT)
    tools.compile_c(sources, tmp_path / "entry")
    tools.compile_cython(sources, sources / "_pythonscript" / "two.pyx", tmp_path / "two")
    _, of_entry, _, of_module = commands
    for command in (of_entry, of_module):
        assert command[0] == ("/zig.exe" if system == "win32" else tools.cc)
        assert {*flags, "-fvisibility=hidden"} <= {*command}
        assert not (others - {*entry}) & {*command}
    linked = {*entry, *modules}
    assert [word for word in of_entry if word in linked] == entry
    assert [word for word in of_module if word in linked] == modules
