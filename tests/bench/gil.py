"""What calls of the engine cost in Python, alone and beside a Python thread that computes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.engine.harness import Project

from .samples import ENGINE, OURS

KINDS: Final = {
    "keeps": ("a method that keeps the GIL, `node.get_child_count()`", "node.get_child_count()"),
    "releases": ("a method that releases it, `node.has_meta('it')`", "node.has_meta('it')"),
    "property": ("a property that is read, `node.editor_description`", "node.editor_description"),
    "script": ("a method in GDScript, `script.work()`", "script.work()"),
    "value": ("a method of a value, `vector.rotated(1.0)`", "vector.rotated(1.0)"),
    "object": ("an object that is made, `Resource()`", "Resource()"),
}
"""By name: what is called, for readers and for Python."""


_SOURCE: Final = """
import threading, time
from godot import Engine, Node, Resource, Vector2

node, vector, script = Node(), Vector2(1, 2), Engine.get_meta("script")
over = threading.Event()

def compute():
    while not over.is_set():
        sum(range(100))

def measure(work):
    time.sleep(0.001)  # the other thread has its turn
    begun = time.perf_counter()
    work({calls})
    return (time.perf_counter() - begun) * 1e6

works = {{}}
for name, call in {kinds!r}.items():
    names = dict(globals())
    exec(f"def work(calls):\\n    for _ in range(calls):\\n        {{call}}", names)
    works[name] = names["work"]

for _ in range({rounds}):
    for beside in (0, 1):
        over.clear()
        thread = threading.Thread(target=compute)
        if beside:
            thread.start()
        for name, work in works.items():
            print("COST", name, beside, measure(work), flush=True)
        over.set()
        if beside:
            thread.join()
node.free()
result = True
"""


def measure(folder: Path, rounds: int, calls: int) -> Mapping[str, Mapping[str, Sequence[float]]]:
    """Runs all kinds in one run of the engine.

    Args:
        folder: empty.
        rounds: how often all is measured.
        calls: of each kind in a round. Few may be over before the other thread has had a turn
            (sys.getswitchinterval()).

    Returns:
        The microseconds of all calls, by kind: those alone (`ENGINE`), and those beside the thread (`OURS`).

    Raises:
        RuntimeError: the run failed.
    """
    project = Project(folder / "project", addons=["probe"])
    kinds = {name: call for name, (_, call) in KINDS.items()}
    project.write("calls.txt", _SOURCE.format(kinds=kinds, rounds=rounds, calls=calls))
    project.write("gil.gd", Path(__file__).with_suffix(".gd").read_text(encoding="utf-8"))
    run = project.run("--headless", "--script", "res://gil.gd")
    run.require_clean()
    times: dict[str, dict[str, list[float]]] = {name: {ENGINE: [], OURS: []} for name in KINDS}
    for line in run.lines:
        if line.startswith("COST "):
            _, name, beside, usec = line.split()
            times[name][OURS if beside == "1" else ENGINE].append(float(usec))
    return times
