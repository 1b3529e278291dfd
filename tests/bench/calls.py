"""What calls of the engine cost in Python, alone and beside a Python thread that computes."""

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.engine.harness import Project

ID: Final = "calls"
"""The name of all rows of this table, for the command line."""
CALLS: Final = 1000
REPEATS: Final = 5
"""Of them: a thousand may be over before the other thread has had a turn (sys.getswitchinterval())."""
KINDS: Final = {
    "keeps": ("a method that keeps the GIL, `node.get_child_count()`", "node.get_child_count()"),
    "releases": ("a method that releases it, `node.has_meta('it')`", "node.has_meta('it')"),
    "property": ("a property that is read, `node.editor_description`", "node.editor_description"),
    "script": ("a method in GDScript, `script.work()`", "script.work()"),
    "value": ("a method of a value, `vector.rotated(1.0)`", "vector.rotated(1.0)"),
    "object": ("an object that is made, `Resource()`", "Resource()"),
}
"""By name: what is called, for readers and for Python."""


class Cost(NamedTuple):
    """Milliseconds for the calls, medians of the rounds."""

    alone: float
    beside: float

    @property
    def ratio(self) -> float:
        return self.beside / self.alone


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
    for _ in range({repeats}):
        work({calls})
    return (time.perf_counter() - begun) * 1e3 / {repeats}

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


def measure(folder: Path, rounds: int, calls: int = CALLS) -> dict[str, Cost]:
    """Runs all rows in one run of the engine.

    Args:
        folder: empty.
        rounds: how often all is measured.
        calls: of each kind in a round.

    Raises:
        RuntimeError: the run failed.
    """
    project = Project(folder / "project", addons=["probe"])
    kinds = {name: call for name, (_, call) in KINDS.items()}
    project.write("calls.txt", _SOURCE.format(kinds=kinds, rounds=rounds, calls=calls, repeats=REPEATS))
    project.write("calls.gd", Path(__file__).with_suffix(".gd").read_text(encoding="utf-8"))
    run = project.run("--headless", "--script", "res://calls.gd")
    times: dict[tuple[str, str], list[float]] = {}
    for line in run.lines:
        if line.startswith("COST "):
            _, name, beside, milliseconds = line.split()
            times.setdefault((name, beside), []).append(float(milliseconds))
    if run.code or run.problems:
        raise RuntimeError(f"the run failed ({run.code})\n{run.output[-4000:]}")
    return {
        name: Cost(statistics.median(times[name, "0"]), statistics.median(times[name, "1"])) for name in KINDS
    }


def lines(costs: dict[str, Cost]) -> Sequence[str]:
    """The table, for the page."""
    return [
        f"| {CALLS} calls of | alone | beside a thread that computes | ratio |",
        "|---|---:|---:|---:|",
        *(
            f"| {KINDS[name][0]} | {cost.alone:.2f} ms | {cost.beside:.2f} ms | **{cost.ratio:.1f}** |"
            for name, cost in costs.items()
        ),
    ]
