"""Names and folders by operating system; the other ones' are played by `sys.platform`."""

from __future__ import annotations

import platform
import sys
import sysconfig
from pathlib import Path

import pytest

from devkit import children, environment, platforms
from devkit.console import Failure
from devkit.environment import Environment


@pytest.mark.parametrize(
    ("system", "machine", "library"),
    [
        ("linux", "x86_64", "libpythonscript.linux.x86_64.so"),
        ("linux", "aarch64", "libpythonscript.linux.arm64.so"),
        ("darwin", "arm64", "libpythonscript.macos.arm64.dylib"),
        ("darwin", "x86_64", "libpythonscript.macos.x86_64.dylib"),
        ("win32", "AMD64", "libpythonscript.windows.x86_64.dll"),
        ("linux", "riscv64", "libpythonscript.linux.riscv64.so"),
    ],
)
def test_the_library_is_called_as_the_engine_calls_the_machine(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, library: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert platforms.library() == library
    assert platforms.name() in library


def test_another_system_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "sunos5")
    monkeypatch.setattr(platform, "system", lambda: "SunOS")
    with pytest.raises(
        Failure, match=r"^SunOS is none of those that this project is for: linux, macos, windows$"
    ):
        platforms.name()


@pytest.mark.parametrize(
    ("system", "variables", "caches"),
    [
        ("linux", {"HOME": "/home/ada"}, "/home/ada/.cache"),
        ("darwin", {"HOME": "/Users/ada"}, "/Users/ada/Library/Caches"),
        ("win32", {"LOCALAPPDATA": "/c/ada/local", "USERPROFILE": "/c/ada"}, "/c/ada/local"),
        ("win32", {"LOCALAPPDATA": "", "USERPROFILE": "/c/ada"}, "/c/ada/AppData/Local"),
        ("win32", {"LOCALAPPDATA": "relative", "USERPROFILE": "/c/ada"}, "/c/ada/AppData/Local"),
    ],
)
def test_caches_are_where_the_system_has_them(
    monkeypatch: pytest.MonkeyPatch, system: str, variables: dict[str, str], caches: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert platforms.caches() == Path(caches)


def test_without_any_folder_the_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "")
    monkeypatch.setenv("USERPROFILE", "")
    with pytest.raises(Failure, match=r"because \$USERPROFILE is not set: set it, or name another folder by"):
        platforms.caches()


def test_the_dll_lies_beside_windows_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    assert platforms.shared_library() == tmp_path / f"python3{sys.version_info[1]}.dll"


def test_a_framework_of_macos_is_the_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    name = "Python.framework/Versions/3.11/Python"
    variables = {"INSTSONAME": name, "LIBDIR": "/nowhere", "PYTHONFRAMEWORKPREFIX": str(tmp_path)}
    monkeypatch.setattr(sysconfig, "get_config_vars", lambda: variables)
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).touch()
    assert platforms.shared_library() == tmp_path / name


def test_an_environment_on_windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    made = Environment(tmp_path)
    (tmp_path / "Lib" / "site-packages" / "cython-3.1.0.dist-info").mkdir(parents=True)
    assert made.python == tmp_path / "Scripts" / "python.exe"
    assert made.version_of("cython") == "cython-3.1.0"


@pytest.mark.parametrize(
    ("system", "advice"),
    [("linux", "on Debian, sudo apt install gcc libc6-dev"), ("darwin", "on macOS, xcode-select --install")],
)
def test_where_a_compiler_comes_from(monkeypatch: pytest.MonkeyPatch, system: str, advice: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(Failure, match=rf"lacks a C compiler: {advice}$"):
        environment.require({environment.COMPILER: "gcc libc6-dev"})


def test_windows_needs_no_compiler_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(environment, "compiler", lambda: None)
    assert environment.COMPILER not in environment.missing()


def test_a_child_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no groups, and no process becomes another."""
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(children, "_group", None)
    assert children.run(["/bin/sh", "-c", "exit 3"]).returncode == 3
    assert children.become(["/bin/sh", "-c", "exit 3"]) == 3
