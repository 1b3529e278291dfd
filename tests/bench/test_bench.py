"""The benchmark runs, and its page tells what it saw. How fast anything is, no test says."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.bench import __main__ as bench
from tests.bench import calls
from tests.bench.rows import ROWS


def test_every_row_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "ROUNDS", 1)
    speeds = bench.measure([replace(row, amount=1) for row in ROWS], tmp_path)
    assert list(speeds) == [row.id for row in ROWS]
    assert all(len(speed.ratios) == 1 and speed.ratio > 0 for speed in speeds.values())


def test_every_kind_of_call_runs(tmp_path: Path) -> None:
    costs = calls.measure(tmp_path, rounds=1, calls=10)
    assert list(costs) == list(calls.KINDS)
    assert all(cost.ratio > 0 for cost in costs.values())


def test_the_page() -> None:
    costs = {name: calls.Cost(2.0, 5.0) for name in calls.KINDS}
    speeds = {row.id: bench.Speed(1000.0, 2500.0, (2.0, 2.6, 3.0)) for row in ROWS}
    row = next(
        line for line in bench.render(speeds, costs).splitlines() if "download" in line and "TLS" in line
    )
    assert row.endswith("TLS | 1,000 MiB/s | 2,500 MiB/s | **2.60** | 2.00 to 3.00 | 3 |")
    assert bench.render(speeds, costs).endswith(" | 2.00 ms | 5.00 ms | **2.5** |\n")
