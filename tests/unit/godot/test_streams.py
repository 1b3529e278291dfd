"""`sys.stdout` as the engine's output: whole lines, whatever comes."""

from __future__ import annotations

import io
import sys
from types import ModuleType

import pytest

from godot._streams import EngineStream


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The lines that the engine would print, in place of a host."""
    lines: list[tuple[str, str]] = []
    package, outgoing = ModuleType("_pythonscript"), ModuleType("_pythonscript.outgoing")
    vars(outgoing)["print_line"] = lambda function, text: lines.append((function, text))
    vars(package)["outgoing"] = outgoing
    monkeypatch.setitem(sys.modules, "_pythonscript", package)
    monkeypatch.setitem(sys.modules, "_pythonscript.outgoing", outgoing)
    return lines


def test_lines_are_printed_when_they_end(printed: list[tuple[str, str]]) -> None:
    stream = EngineStream("print")
    assert stream.write("a") == 1
    assert printed == []
    assert stream.write("b\nc\n\nd") == 6
    assert printed == [("print", "ab"), ("print", "c"), ("print", "")]
    stream.flush()
    stream.flush()
    assert printed[3:] == [("print", "d")]


def test_print_goes_there(printed: list[tuple[str, str]]) -> None:
    print("one", 2, file=EngineStream("printerr"))
    assert printed == [("printerr", "one 2")]


def test_what_no_engine_string_can_hold_is_replaced(printed: list[tuple[str, str]]) -> None:
    EngineStream("print").write("a\0b\ud800c \N{SNAKE}\n")
    assert printed == [("print", "a\ufffdb\ufffdc \N{SNAKE}")]


def test_it_is_a_text_stream() -> None:
    stream = EngineStream("print")
    assert isinstance(stream, io.TextIOBase)
    assert (stream.encoding, stream.writable(), stream.readable(), stream.isatty()) == (
        "utf-8",
        True,
        False,
        False,
    )
