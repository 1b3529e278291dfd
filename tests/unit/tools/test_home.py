"""A Python home's pieces. A whole one is made by tests/bundle."""

from __future__ import annotations

import os
import runpy
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from devkit import environment, home
from devkit.console import Failure
from devkit.interpreter import Interpreter


@pytest.mark.parametrize(
    ("place", "after"),
    [
        ("/opt/.builds/versions/3.11.7", b"/nowhere/nowhere/now/3.11.7"),
        ("/opt/python", b"/now/python"),
        ("/usr", b"/usr"),
        ("/usr/local", b"/usr/local"),
        ("/install", b"/install"),
    ],
)
def test_a_machines_folder_is_forgotten_where_it_stands(place: str, after: bytes) -> None:
    data = b"\0%b/lib\0 %b\0rest" % (place.encode(), place.encode())
    forgotten = home.forget(data, Path(place))
    assert len(forgotten) == len(data)
    last = place.rpartition("/")[2].encode()
    assert forgotten.count(last) == 2, "it may be the end of another text too"
    if place.startswith("/usr") or place.count("/") == 1:
        assert forgotten == data
    else:
        assert place.encode() not in forgotten
        assert forgotten.startswith(b"\0/now")


def test_a_path_that_only_begins_alike_stays() -> None:
    assert home.forget(b"/opt/other\0", Path("/opt/python")) == b"/opt/other\0"


def test_the_account_of_a_build_has_no_paths_and_no_flags(tmp_path: Path) -> None:
    text = (
        "# written by the build\n"
        "build_time_vars = {'B': '/srv/build', 'CFLAGS': '-O2 -g', 'CC': 'gcc -pthread',\n"
        " 'CONFIG_ARGS': \"'--enable-shared'\", 'EXT_SUFFIX': '.cpython-311-x86_64-linux-gnu.so', 'A': 1,\n"
        " 'SOABI': 'cpython-311'}\n"
    )
    path = tmp_path / "data.py"
    path.write_text(home.without_paths(text), encoding="utf-8")
    found = runpy.run_path(str(path))["build_time_vars"]
    assert found == {"A": 1, "EXT_SUFFIX": ".cpython-311-x86_64-linux-gnu.so", "SOABI": "cpython-311"}
    assert list(found) == sorted(found)


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("_ssl", True),
        ("_testcapi", False),
        ("_curses_panel", False),
        ("readline", False),
        ("xxlimited_35", False),
        ("_struct", True),
        ("nis", False),
    ],
)
def test_which_compiled_modules_go_along(name: str, stays: bool) -> None:
    assert (home.extension_left_out(name) is None) is stays


@pytest.mark.parametrize(
    ("name", "systems"),
    [
        ("libc.so.6", True),
        ("ld-linux-x86-64.so.2", True),
        ("ld-linux-aarch64.so.1", True),
        ("libcrypt.so.1", False),
        ("libcrypto.so.3", False),
        ("libmpdec.so.3", False),
    ],
)
def test_which_libraries_are_every_systems(name: str, systems: bool) -> None:
    assert bool(home.GLIBCS.fullmatch(name)) is systems


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """A library that needs another, which needs a third."""
    for name, needed in (("third", ""), ("second", "third"), ("first", "second")):
        (tmp_path / f"{name}.c").write_text(f"int {name}(void);\nint {name}(void) {{ return 1; }}\n", "utf-8")
        command = [environment.compiler() or "cc", "-shared", "-fPIC", f"{name}.c", "-o", f"lib{name}.so"]
        command += ["-Wl,--no-as-needed", "-Wl,-rpath,$ORIGIN", "-L.", *([f"-l{needed}"] if needed else [])]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=120)
    return tmp_path


def test_the_libraries_of_libraries_come_along(chain: Path) -> None:
    found = home._libraries([chain / "libfirst.so"])
    assert found == {name: (chain / name).resolve() for name in ("libsecond.so", "libthird.so")}


def test_a_library_that_is_not_there_is_told(chain: Path) -> None:
    (chain / "libthird.so").unlink()
    with pytest.raises(Failure, match=r"libsecond\.so needs libthird\.so, which is not installed"):
        home._libraries([chain / "libfirst.so"])


def test_a_home_is_made_anew_after_a_library_of_the_systems_was_updated(chain: Path) -> None:
    """As OpenSSL's may be, because of a hole."""
    (chain / "stdlib").mkdir()
    python = Interpreter(
        path=chain / "python3",
        version="3.11.7",
        system="linux",
        machine="x86_64",
        prefix=chain,
        places=(),
        stdlib=chain / "stdlib",
        extensions=chain / "stdlib",
        builtin=frozenset(),
        include=chain,
        library=chain / "libfirst.so",
        suffix="",
        parts={},
    )
    tools: Any = SimpleNamespace(version_of=lambda name: "1.0")
    before = home._key(python, [], tools, sources=True)
    assert home._key(python, [], tools, sources=True) == before
    os.utime(chain / "libthird.so", (0, 0))
    assert home._key(python, [], tools, sources=True) != before
