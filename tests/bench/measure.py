"""Runs rows: each kind in its way, its contenders in turn, round by round."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from tests.engine.harness import Project, Run
from tests.loopback.processes import files_allowed

from . import gil, operations, starts, syscalls
from .operations import OPERATIONS
from .programs import HERE, Programs, compiled
from .rows import Row
from .samples import BARE, ENGINE, OURS, UNITS, Sample
from .servers import SECURE, Servers, provide, serving

FILES: Final = 8192
"""1000 clients and their server have so many open at most."""
SECONDS: Final = 60.0
"""No row is silent for longer."""
TRACED: Final = 50
"""Under strace, which slows all down, as much is done as in a round divided by this."""
_CLASSES: Final = {ENGINE: "HTTPClient", OURS: "PyHTTPClient"}
_REQUESTS: Final = ["requests.gd", *(f"requests_{name}.gd" for name in _CLASSES)]
_METER: Final = [f"meter/{name}.py" for name in ("__init__", "register_types")]


@dataclass
class Measured:
    """What was seen of one row.

    Attributes:
        amount: what was done in a round.
        samples: of each contender, round by round.
        calls: system calls of each contender, for one of the amount; empty: nobody counted.
        error: why there is nothing.
    """

    amount: int
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    calls: dict[str, float] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True)
class Extent:
    """How much is measured.

    Attributes:
        rounds: of each row, at most.
        divisor: of each row's amount.
        traced: whether system calls are counted, if strace is there.
        batch: how many rows of clients share a run of the engine, which takes a moment to start.
    """

    rounds: int = 7
    divisor: int = 1
    traced: bool = True
    batch: int = 1

    def of(self, row: Row) -> Row:
        """The row as it is to be measured."""
        amount = max(row.least, row.amount // self.divisor)
        return replace(row, amount=amount, rounds=min(row.rounds, self.rounds))


FULL: Final = Extent()
QUICK: Final = Extent(rounds=2, divisor=20, traced=False, batch=8)


def measure(rows: Sequence[Row], extent: Extent, folder: Path) -> Iterator[tuple[Row, Measured]]:
    """Measures rows, and tells of each as soon as it is over; a row that fails does not keep others from it.

    Args:
        rows: in their order.
        extent: how much.
        folder: an empty one.
    """
    for kind, those in groupby((extent.of(row) for row in rows), key=lambda row: row.kind):
        left = {row.id: row for row in those}
        (folder / kind).mkdir()
        try:
            for row, measured in KINDS[kind]([*left.values()], extent, folder / kind):
                del left[row.id]
                yield row, measured
        except RuntimeError as error:
            yield from ((row, Measured(row.amount, error=str(error))) for row in left.values())


def _samples(run: Run) -> list[Any]:
    """What was printed.

    Raises:
        RuntimeError: the run was not as it should be.
    """
    run.require_clean()
    return [json.loads(line[7:]) for line in run.lines if line.startswith("SAMPLE ")]


def _copy(project: Project, *names: str, into: str = "", of: Mapping[str, str] | None = None) -> None:
    """Copies files of this folder into a project, some words in them by others."""
    for name in names:
        text = (HERE / name).read_text(encoding="utf-8")
        for word, other in (of or {}).items():
            text = text.replace(word, other)
        project.write(into.format(name) if into else name, text)


class _Clients:
    """Runs rows of the kinds `client`, `worker.gd` by both clients and `loop.c`, and `requests`."""

    def __init__(self, folder: Path, programs: Programs, servers: Servers) -> None:
        self._folder = folder
        self._programs = programs
        self._servers = servers
        self._project = Project(folder / "project", client=True)
        _copy(self._project, "bench.gd", "worker.gd", *_REQUESTS)
        _copy(self._project, *_METER, into="addons/{}")
        for name, client in _CLASSES.items():
            _copy(self._project, "worker.gd", into=f"{name}.gd", of={"HTTPClient": client})
            _copy(self._project, "stopwatch.gd", into=f"{name}_stopwatch.gd", of={"HTTPClient": client})
            head = "extends RefCounted\n"
            timed = {head: f'{head}const Timed = preload("{name}_stopwatch.gd")\n', "HTTPClient": "Timed"}
            _copy(self._project, "worker.gd", into=f"{name}_timed.gd", of=timed)

    def measure(self, rows: Sequence[Row], traced: bool) -> list[Measured]:
        """Measures rows, all in one run of the engine.

        Raises:
            RuntimeError: one of them was not done.
        """
        for row in rows:
            provide(self._folder, row.path)
        measured = [Measured(row.amount, {name: [] for name in self._contenders(row)}) for row in rows]
        by_id = {row.id: one for row, one in zip(rows, measured, strict=True)}
        for run in self._turns(rows):
            for id_, name, sample in _samples(run):
                if not sample:
                    raise RuntimeError(f"{name} did not do it")
                by_id[id_].samples[name].append(Sample(*sample))
        for row in rows if traced else ():
            by_id[row.id].calls = self._calls(row)
        return measured

    def _turns(self, rows: Sequence[Row]) -> Iterator[Run]:
        if not rows[0].fresh:
            yield self._run(rows)
            return
        for row in rows:
            for _round in range(row.rounds):
                for name in row.contenders:
                    yield self._run([replace(row, rounds=1, contenders=(name,))])

    def _calls(self, row: Row) -> dict[str, float]:
        """System calls of each contender, for one of the amount; none, if nobody counts them."""
        log = self._folder / "strace"
        under = syscalls.command(log)
        if not UNITS[row.unit].rate or not under:
            return {}
        amount = max(row.least, row.amount // TRACED)
        less = replace(row, amount=amount, rounds=1)
        provide(self._folder, less.path)
        _samples(self._run([less], under))
        found = syscalls.counts(log.read_text(errors="replace").splitlines())
        return {name: count / amount for name, count in zip(self._contenders(row), found, strict=True)}

    def _run(self, rows: Sequence[Row], under: Sequence[str] = ()) -> Run:
        plan = {"roots": str(self._servers.roots), "rows": [self._plan(row) for row in rows]}
        path = self._project.write("plan.json", json.dumps(plan))
        command = ("--headless", "--script", "res://bench.gd", "--", str(path))
        return self._project.run(*command, seconds=SECONDS, under=under)

    def _plan(self, row: Row) -> dict[str, Any]:
        return {
            **{name: getattr(row, name) for name in ("id", "work", "amount", "path", "options", "rounds")},
            "port": self._servers.ports[row.server],
            "tls": row.server in SECURE,
            "contenders": [{"name": name, **self._contender(name, row)} for name in self._contenders(row)],
        }

    def _contenders(self, row: Row) -> Sequence[str]:
        silent = row.server in SECURE and not self._programs.tls
        return [name for name in row.contenders if name != BARE or not silent]

    def _contender(self, name: str, row: Row) -> dict[str, Any]:
        options = row.options
        if row.kind == "requests":
            return {"script": f"res://requests_{name}.gd"}
        if name != BARE:
            return {"script": f"res://{name}{'_timed' * options.get('timed', False)}.gd"}
        numbers = (options.get("read", 65536), options.get("pause", 0), options.get("clients", 1))
        words = [
            self._programs.loop,
            row.work,
            options.get("host", "127.0.0.1"),
            self._servers.ports[row.server],
        ]
        words += [row.amount, row.path, self._servers.roots if row.server in SECURE else ""]
        return {"command": [str(word) for word in (*words, *numbers, int(options.get("resume", False)))]}


def _clients(rows: Sequence[Row], extent: Extent, folder: Path) -> Iterator[tuple[Row, Measured]]:
    programs = compiled(folder)
    with files_allowed(FILES), serving(folder, programs.server) as servers:
        clients = _Clients(folder, programs, servers)
        for _fresh, those in groupby(rows, key=lambda row: row.fresh):
            left = list(those)
            while left:
                batch, left = left[: extent.batch], left[extent.batch :]
                yield from zip(batch, _one_by_one(clients, batch, extent), strict=True)


def _one_by_one(clients: _Clients, rows: Sequence[Row], extent: Extent) -> Sequence[Measured]:
    """Measures rows together; if that fails, each alone, so that one fault is one failure."""
    try:
        return clients.measure(rows, extent.traced)
    except (RuntimeError, ValueError) as error:
        if len(rows) == 1:
            return [Measured(rows[0].amount, error=str(error))]
        return [measured for row in rows for measured in _one_by_one(clients, [row], extent)]


def _starts(rows: Sequence[Row], _: Extent, folder: Path) -> Iterator[tuple[Row, Measured]]:
    """An empty game starts and ends: without our addons, and with them in the form that a row names."""
    games = starts.Games(folder)
    for row in rows:
        programs = {ENGINE: games.of(starts.PLAIN), OURS: games.of(row.work)}
        measured = Measured(1, {name: [] for name in programs})
        for round_ in range(row.rounds + 1):
            for name, program in programs.items():
                sample = starts.measure(program, row.options["processors"])
                if round_:  # in the first, files are read from the disk
                    measured.samples[name].append(sample)
        yield row, measured


def _calls(rows: Sequence[Row], _: Extent, folder: Path) -> Iterator[tuple[Row, Measured]]:
    """All operations in one run of the engine."""
    project = Project(folder / "project", addons=["calls"])
    _copy(project, *_METER, into="addons/{}")
    chosen = {row.work: OPERATIONS[row.work] for row in rows}
    project.write("calls.gd", (HERE / "calls.gd").read_text(encoding="utf-8") + operations.source(chosen))
    plan = {"rounds": max(row.rounds for row in rows), "rows": [[row.work, row.amount] for row in rows]}
    path = project.write("plan.json", json.dumps(plan))
    run = project.run("--headless", "--script", "res://calls.gd", "--", str(path), seconds=SECONDS)
    measured = {row.work: Measured(row.amount, {ENGINE: [], OURS: []}) for row in rows}
    for work, name, usec in _samples(run):
        measured[work].samples[name].append(Sample(usec))
    yield from ((row, measured[row.work]) for row in rows)


def _gil(rows: Sequence[Row], _: Extent, folder: Path) -> Iterator[tuple[Row, Measured]]:
    """All kinds of calls in one run of the engine, each alone and beside a Python thread that computes."""
    rounds, calls = max(row.rounds for row in rows), rows[0].amount
    found = gil.measure(folder, rounds, calls)
    yield from (
        (row, Measured(calls, {n: [*map(Sample, s)] for n, s in found[row.work].items()})) for row in rows
    )


KINDS: Final[Mapping[str, Callable[[Sequence[Row], Extent, Path], Iterator[tuple[Row, Measured]]]]] = {
    "client": _clients,
    "requests": _clients,
    "start": _starts,
    "calls": _calls,
    "gil": _gil,
}
