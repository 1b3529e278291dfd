"""Measures, and writes docs/performance.md. With ids of rows as arguments: measures those, and prints."""

import json
import platform
import ssl
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench import calls
from tests.bench.rows import MIB, ROWS, Row
from tests.bench.sink import sink
from tests.engine.harness import Project, engine
from tests.loopback.certificates import Authority
from tests.loopback.nginx import Nginx, Site
from tests.loopback.tls_server import server_context

from devkit.project import ROOT

PAGE: Final = ROOT / "docs" / "performance.md"
HERE: Final = Path(__file__).resolve().parent
ROUNDS: Final = 7
SECONDS: Final = 600.0
CLIENTS: Final = ("HTTPClient", "PyHTTPClient")


class Speed(NamedTuple):
    """What the rounds showed of one row."""

    theirs: float
    ours: float
    """Medians, in the row's unit."""
    ratios: Sequence[float]
    """Ours to theirs, round by round."""

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)


def measure(rows: Sequence[Row], folder: Path) -> dict[str, Speed]:
    """Runs all rows in one run of the engine.

    Raises:
        RuntimeError: a work failed.
    """
    root = Authority()
    large = folder / "large"
    with large.open("wb") as file:
        file.truncate(max((row.amount for row in rows if row.work == "download"), default=1) * MIB)
    directives = (f"location /large {{ root {folder}; }}",)
    identity = root.issue("127.0.0.1")
    sites = [Site(one, "hello", directives) for one in (None, identity)]
    context = server_context(identity)
    with Nginx(sites) as nginx, sink(None) as plain, sink(context) as secure:
        ports = {"upload": (plain, secure)}
        project = Project(folder / "project", client=True)
        worker = (HERE / "worker.gd").read_text(encoding="utf-8")
        for client in CLIENTS:
            project.write(f"{client}.gd", worker.replace("HTTPClient", client))
        project.write("bench.gd", (HERE / "bench.gd").read_text(encoding="utf-8"))
        plan = {
            "rounds": ROUNDS,
            "roots": root.pem,
            "workers": [f"res://{client}.gd" for client in CLIENTS],
            "rows": [
                {
                    "id": row.id,
                    "work": row.work,
                    "amount": row.amount,
                    "tls": row.tls,
                    "port": ports.get(row.work, nginx.ports)[row.tls],
                }
                for row in rows
            ],
        }
        path = project.write("plan.json", json.dumps(plan))
        run = project.run("--headless", "--script", "res://bench.gd", "--", str(path), seconds=SECONDS)
    times: dict[tuple[str, int], list[int]] = {}
    for line in run.lines:
        if line.startswith("TOOK "):
            _, name, client, usec = line.split()
            times.setdefault((name, int(client)), []).append(int(usec))
    if run.code or any(usec < 0 for found in times.values() for usec in found):
        raise RuntimeError(f"the run failed ({run.code})\n{run.output[-4000:]}")
    return {row.id: _speed(row, times[row.id, 0], times[row.id, 1]) for row in rows}


def _speed(row: Row, theirs: Sequence[int], ours: Sequence[int]) -> Speed:
    def rate(usec: float) -> float:
        return row.amount * 1e6 / usec

    ratios = [other / mine for other, mine in zip(theirs, ours, strict=True)]
    return Speed(rate(statistics.median(theirs)), rate(statistics.median(ours)), ratios)


def render(speeds: dict[str, Speed], costs: dict[str, calls.Cost]) -> str:
    """The page's text."""
    lines = [_OPENING.format(engine=_engine(), python=platform.python_version(), openssl=ssl.OPENSSL_VERSION)]
    names = ("work", *CLIENTS, "ratio", "from round to round", "goal")
    lines += [f"| {' | '.join(names)} |", f"|---{'|---:' * (len(names) - 1)}|"]
    lines += [_line(row, speeds[row.id]) for row in ROWS]
    lines += ["", _CALLS, *calls.lines(costs)]
    return "\n".join([*lines, ""])


_OPENING: Final = f"""\
# Performance: PyHTTPClient beside the engine's HTTPClient

Measured by `python3 tools/dev.py bench`, which writes this page: both clients in one run of the engine
({{engine}}, headless), by typed GDScript in a tight loop, against nginx on the loopback interface (uploads:
against a server in Python); CPython {{python}}, {{openssl}}. Each of {ROUNDS} rounds does all works by both
clients in turn. Speeds are medians; the ratio is that of ours to the engine's, the median of the rounds'.
Speeds drift from run to run and from machine to machine, ratios by less. A *goal* is what the design has set
out for, from a machine whose system calls cost several times as much: the engine's client reads heads byte
by byte, a call for each, which tells less where calls are cheap. A ratio below its goal is work that is left.
"""

_CALLS: Final = """\
## Calls of the engine in Python

What a call costs that keeps the GIL, and one that releases it while the engine runs: beside a Python thread
that computes, each release may cost a turn. `addons/pythonscript/README.md` says which calls keep it.
"""


def _line(row: Row, speed: Speed) -> str:
    spread = f"{min(speed.ratios):.2f} to {max(speed.ratios):.2f}"
    ratio = f"**{speed.ratio:.2f}**"
    cells = (_rate(speed.theirs, row.unit), _rate(speed.ours, row.unit), ratio, spread, f"{row.goal:g}")
    return f"| {row.title}{', TLS' if row.tls else ''} | {' | '.join(cells)} |"


def _rate(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}"


def _engine() -> str:
    done = subprocess.run([engine(), "--version"], check=True, capture_output=True, text=True, timeout=20)
    return f"Godot {done.stdout.strip()}"


def main(names: list[str]) -> int:
    """Measures all rows and writes the page; or measures those named. Prints what it saw."""
    chosen = [row for row in ROWS if not names or row.id in names]
    speeds: dict[str, Speed] = {}
    costs: dict[str, calls.Cost] = {}
    with tempfile.TemporaryDirectory() as folder:
        if chosen:
            speeds = measure(chosen, Path(folder))
        if not names or calls.ID in names:
            costs = calls.measure(Path(folder) / calls.ID, ROUNDS)
    print(
        "\n".join([*(_line(row, speeds[row.id]) for row in chosen), *(calls.lines(costs) if costs else [])])
    )
    if not names:
        PAGE.write_text(render(speeds, costs), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
