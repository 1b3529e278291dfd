"""What is said of modules that are not there. Damaged files are played by tests/engine."""

from __future__ import annotations

import re
import sys

import pytest

from devkit import home, interpreter
from devkit.project import ROOT
from godot import _damage


@pytest.fixture(autouse=True)
def _advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_damage, "advice", "export the game anew")


def test_a_module_that_bundles_go_without_is_no_damage() -> None:
    told = _damage.told(ModuleNotFoundError("No module named 'tkinter'", name="tkinter"))
    why = "bundles go without it, or it is another system's"
    assert told == f"the Python in {sys.prefix} has no module 'tkinter': {why}"


def test_a_module_that_every_python_has_is_damage() -> None:
    told = _damage.told(ModuleNotFoundError("No module named 'json'", name="json"))
    assert told == f"the Python in {sys.prefix} is damaged: it has no module 'json'; export the game anew"


def test_all_that_homes_leave_out_is_known() -> None:
    names = {name.removesuffix(".py") for name in home.LEFT_OUT} | home.EXTENSIONS_LEFT_OUT.keys()
    assert names & sys.stdlib_module_names <= {*_damage.LEFT_OUT}
    assert interpreter.NOT_STATIC.keys() <= {*_damage.LEFT_OUT}


def test_the_systems_own_libraries_are_those_that_homes_leave_out() -> None:
    text = (ROOT / "addons" / "pythonscript" / "src" / "whole.c").read_text(encoding="utf-8")
    names = re.findall(r'"([^"]+)"', text.partition("SYSTEMS[] = {")[2].partition("}")[0])
    assert len(names) == home.GLIBCS.pattern.count("|") + 1
    assert all(
        home.GLIBCS.fullmatch(f"{name}x86-64.so.2" if name[-1] == "-" else f"{name}6") for name in names
    )
