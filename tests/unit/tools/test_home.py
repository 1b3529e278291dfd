"""A Python home's pieces. A whole one is made by tests/bundle."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from devkit import home


@pytest.mark.parametrize(
    ("place", "after"),
    [
        ("/root/.pyenv/versions/3.11.7", b"/nowhere/nowhere/now/3.11.7"),
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
        "build_time_vars = {'B': '/root/build', 'CFLAGS': '-O2 -g', 'CC': 'gcc -pthread',\n"
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
