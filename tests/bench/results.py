"""What was measured, as a file, and what it says of each row."""

from __future__ import annotations

import json
import os
import platform
import shutil
import ssl
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from tests.engine.harness import engine

from .goals import GOALS, Goal
from .measure import Measured
from .rows import Row
from .samples import BARE, CONTENDERS, ENGINE, OURS, UNITS, Sample


@dataclass(frozen=True)
class Result:
    """A run of the benchmark.

    Attributes:
        about: where and when, by names for readers.
        rows: by id.
    """

    about: Mapping[str, str]
    rows: Mapping[str, Measured]

    def write(self, path: Path) -> None:
        """Writes it as JSON, a row on a line."""
        rows = ",\n".join(f"{json.dumps(id_)}: {json.dumps(asdict(one))}" for id_, one in self.rows.items())
        path.write_text(f'{{"about": {json.dumps(self.about)},\n"rows": {{\n{rows}\n}}}}\n', encoding="utf-8")


def read(path: Path) -> Result:
    """What `write` wrote.

    Raises:
        OSError: the file cannot be read.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    rows = {}
    for id_, fields in content["rows"].items():
        samples = {name: [Sample(*one) for one in each] for name, each in fields["samples"].items()}
        rows[id_] = Measured(**{**fields, "samples": samples})
    return Result(content["about"], rows)


@dataclass(frozen=True)
class Verdict:
    """What a row shows; contenders that did not take part are not in the mappings.

    Attributes:
        values: medians, in the row's unit.
        cpu: medians of the microseconds for one of the amount.
        more: how much more ours takes than the engine's, in the row's unit; None: the engine has none.
        ratios: how many times as good as the engine's ours is, round by round; empty: the engine has none.
        misses: of its goal, in words.
        worst: the name of our longest call.
    """

    values: Mapping[str, float]
    cpu: Mapping[str, float]
    more: float | None
    ratios: Sequence[float]
    misses: Sequence[str]
    worst: str

    @property
    def ratio(self) -> float | None:
        return median(self.ratios) if self.ratios else None


def judge(row: Row, measured: Measured, goal: Goal | None = None) -> Verdict:
    """Compares what was measured of a row with its goal, or with another one."""
    goal = goal or GOALS.get(row.id, Goal())
    unit = UNITS[row.unit]
    if measured.error:
        return Verdict({}, {}, None, [], [f"failed: {measured.error.splitlines()[0]}"], "")
    every = {
        name: [unit.value(sample, measured.amount) for sample in measured.samples[name]]
        for name in CONTENDERS
        if measured.samples.get(name)
    }
    values = {name: median(each) for name, each in every.items()}
    cpu = {
        name: median(sample.cpu for sample in measured.samples[name]) / measured.amount
        for name in every
        if all(sample.cpu >= 0 for sample in measured.samples[name])
    }
    pairs = list(zip(every.get(ENGINE, []), every[OURS], strict=False))
    more = median(ours - theirs for theirs, ours in pairs) if pairs else None
    ratios = [(ours / theirs if unit.more else theirs / ours) for theirs, ours in pairs if theirs > 0 < ours]
    worst = max(measured.samples[OURS], key=lambda sample: sample.worst).what
    verdict = Verdict(values, cpu, more, ratios, [], worst)
    return replace(verdict, misses=list(_misses(verdict, goal, unit.text)))


def _misses(verdict: Verdict, goal: Goal, unit: str) -> list[str]:
    checks = []
    if goal.times is not None and verdict.ratio is not None:
        checks.append(
            (
                round(verdict.ratio, 2) >= goal.times,
                f"{verdict.ratio:.2f} times the engine's, not {goal.times:g}",
            )
        )
    if goal.most is not None:
        checks.append(
            (verdict.values[OURS] <= goal.most, f"{verdict.values[OURS]:,.4g} {unit}, not {goal.most:g}")
        )
    if goal.more is not None and verdict.more is not None:
        checks.append((verdict.more <= goal.more, f"{verdict.more:,.4g} {unit} more, not {goal.more:g}"))
    if goal.bare is not None and BARE in verdict.cpu:
        ratio = verdict.cpu[OURS] / verdict.cpu[BARE]
        checks.append((ratio <= goal.bare, f"{ratio:.1f} times the CPU of the loop in C, not {goal.bare:g}"))
    return [words for met, words in checks if not met]


def about(rounds: int) -> Mapping[str, str]:
    """Where this runs, and with what."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    version = subprocess.run([engine(), "--version"], check=True, capture_output=True, text=True, timeout=20)
    return {
        "engine": f"Godot {version.stdout.strip()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "OpenSSL": ssl.OPENSSL_VERSION,
        "machine": f"{model or platform.machine()}, {os.cpu_count()} processors",
        "system": f"{platform.system()} {platform.release()}",
        "rounds": str(rounds),
        "system calls": "counted by strace" if shutil.which("strace") else "not counted: strace is not there",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }
