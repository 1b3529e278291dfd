"""The interpreters that bundles are made from, and those that they are not."""

from __future__ import annotations

import json
import platform
import re
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from devkit import environment, interpreter, platforms
from devkit.console import Failure, run


@pytest.fixture
def told() -> dict[str, Any]:
    """What the Python that runs the tests says of itself."""
    return json.loads(run([environment.base(), "-I", "-c", interpreter.QUESTION], timeout=60))  # type: ignore[no-any-return]


def test_this_python_is_described() -> None:
    found = interpreter.at(environment.base())
    assert found.version == platform.python_version()
    assert found.series == f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert found.platform == platforms.name()
    assert found.library.name == platforms.shared_library().name
    assert (found.stdlib / "json" / "__init__.py").is_file()
    assert list(found.extensions.glob(f"*{found.suffix}"))
    assert {"OpenSSL", "zlib", "xz"} <= found.parts.keys()


def test_an_environment_is_described_as_the_python_under_it() -> None:
    assert interpreter.at(Path(sys.executable)).prefix == interpreter.at(environment.base()).prefix


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"implementation": "pypy"}, r"which is pypy .*take CPython 3\.11 or newer"),
        ({"version": "3.10.13"}, r"which is cpython 3\.10\.13: take CPython 3\.11 or newer"),
        ({"gil": False}, "without a GIL: take the usual build"),
        ({"system": "sunos5"}, "which is for sunos5 on "),
        ({"machine": "m68k"}, "on m68k"),
        (
            {"library": "libpython3.11.a"},
            "has no shared library: take one that is built with --enable-shared",
        ),
        ({"library": "libpython9.9.so.1.0"}, "has no shared library"),
        ({"include": "/nowhere"}, "has no C headers in /nowhere"),
        ({"builtin": ["_gdbm", "sys"]}, "the module _gdbm in it, which may be under the GPL"),
        ({"readline": "Importing this module enables GNU readline."}, "GNU readline in it"),
    ],
)
def test_what_no_bundle_can_be_made_from(
    change: dict[str, Any], complaint: str, told: dict[str, Any]
) -> None:
    assert interpreter.unsuited(told) is None
    reason = interpreter.unsuited(told | change)
    assert reason is not None
    assert re.search(complaint, reason), reason


def test_libedit_is_no_readline(told: dict[str, Any]) -> None:
    assert interpreter.unsuited(told | {"readline": "... using libedit readline."}) is None


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


ANSWERS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "absent": (lambda path: path, "cannot run .*python: No such file"),
    "another program": (lambda path: script(path, "echo hello"), "does not answer as a Python does"),
    "one that fails": (lambda path: script(path, "echo no such option >&2; exit 2"), "no such option"),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_what_does_not_answer_is_told(kind: str, tmp_path: Path) -> None:
    make, complaint = ANSWERS[kind]
    with pytest.raises(Failure, match=complaint):
        interpreter.at(make(tmp_path / "python"))


def test_an_unsuited_one_is_named(tmp_path: Path, told: dict[str, Any]) -> None:
    answer = json.dumps(told | {"version": "3.9.1"})
    path = script(tmp_path / "python", f"echo '{answer}'")
    with pytest.raises(Failure, match=rf"no bundle can be made from {path}, which is cpython 3\.9\.1"):
        interpreter.at(path)


@pytest.mark.parametrize("packing", ["gz", "bz2", "xz"])
def test_an_archive_that_came_damaged_is_told(packing: str, tmp_path: Path, empty_cache: Path) -> None:
    path = tmp_path / f"python.tar.{packing}"
    (tmp_path / "numbers").write_text(str(list(range(200_000))), encoding="utf-8")
    with tarfile.open(path, f"w:{packing}") as file:  # type: ignore[call-overload]
        file.add(tmp_path / "numbers", "python/numbers")
    data = path.read_bytes()
    half = len(data) // 2
    path.write_bytes(data[:half] + b"\xff" * 300 + data[half + 300 :])
    with pytest.raises(Failure, match="cannot be unpacked"):
        interpreter.unpacked(path)
    path.write_bytes(data[:half])
    with pytest.raises(Failure, match="cannot be unpacked"):
        interpreter.unpacked(path)
