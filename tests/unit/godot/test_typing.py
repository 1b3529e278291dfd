"""What mypy --strict says of a user's class: nothing, and of mistakes in one, where they are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = Path(__file__).with_name("sample_leaderboard.py")

HEAD = """\
from godot import Array, Color, Dictionary, Engine, HTTPClient, Key, Node, PackedByteArray, PackedInt32Array
from godot import Signal, Vector2, Vector2i, export, gdclass, lerp

@gdclass
class Mine(Node):
    hit = Signal(by=Node, all=Array[Node])
    limit: int = export(10)

mine = Mine()
"""
MISTAKES = {
    "from godot import Nod": "attr-defined",
    "Node.PROCESS_MODE": "attr-defined",
    "mine.get_tre()": "attr-defined",
    "mine.get_tree().quit('now')": "arg-type",
    "mine.limit = 'ten'": "assignment",
    "mine.process_priority = 'first'": "assignment",
    "mine.hit.emt()": "attr-defined",
    "mine.hit = 3": "assignment",
    "mine.add_child(3)": "arg-type",
    "name: int = Engine.get_version_info": "assignment",
    "HTTPClient().request(0, '/', 'Accept: */*')": "arg-type",
    "HTTPClient().request_raw(0, '/', [], 'body')": "arg-type",
    "HTTPClient().request(0, uri='/', headers=[])": "call-arg",
    "HTTPClient().request(0, url=1, headers=[])": "arg-type",
    "lerp(1, 2, wait=3)": "call-arg",
    "Key.NOTHING": "attr-defined",
    "text: str = mine.process_mode": "assignment",
    "Vector2(1.0, 2.0) + 'x'": "operator",
    "Vector2(1.0, 2.0).lenght()": "attr-defined",
    "Vector2(1.0)": "call-overload",
    "Vector2(z=1.0)": "call-overload",
    "Color(1, 'x')": "call-overload",
    "Vector2i(1.5, 2)": "call-overload",
    "Vector2(1, 2) == (1, 2)": "comparison-overlap",
    "Vector2().x = 3.0": "misc",
    "PackedByteArray('text')": "arg-type",
    "PackedByteArray().append('a')": "arg-type",
    "PackedByteArray().hex_encod()": "attr-defined",
    "PackedInt32Array().append_array('a')": "arg-type",
    "number: str = PackedInt32Array()[0]": "assignment",
    "Array[int]([1]).append('a')": "arg-type",
    "Array[int]([1])[0].upper()": "attr-defined",
    "Array[int]().shufle()": "attr-defined",
    "Dictionary[str, int]()['a'] = 'b'": "assignment",
    "Dictionary[str, int]({1: 2})": "arg-type",
    "mine.set_meta('a', Array()).append(1)": "func-returns-value",
    "class Other(Node):\n    def _process(self, delta: str) -> None: ...": "override",
}


def mypy(*arguments: str) -> list[str]:
    """Runs mypy with the project's settings; returns its lines."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--no-pretty", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert not done.stderr, done.stderr
    return done.stdout.splitlines()


def test_a_class_with_some_of_everything() -> None:
    assert mypy(str(SAMPLE)) == []


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """All mistakes in one run, a file each."""
    folder = tmp_path_factory.mktemp("wrong")
    files = {}
    for number, mistake in enumerate(MISTAKES):
        path = folder / f"wrong_{number}.py"
        path.write_text(HEAD + mistake + "\n", encoding="utf-8")
        files[mistake] = path
    lines = mypy(*map(str, files.values()))
    return {mistake: [line for line in lines if path.name in line] for mistake, path in files.items()}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_reported_at_its_line(mistake: str, complaints: dict[str, list[str]]) -> None:
    first, *_ = complaints[mistake] or ["nothing"]
    assert f"[{MISTAKES[mistake]}]" in first
    assert int(first.split(":")[1]) > HEAD.count("\n")
