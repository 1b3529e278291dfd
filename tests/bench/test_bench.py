"""The benchmark runs, and its page tells what it saw. How fast anything is, no test says."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.bench import __main__ as bench
from tests.bench.rows import ROWS


def test_every_row_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "ROUNDS", 1)
    speeds = bench.measure([replace(row, amount=1) for row in ROWS], tmp_path)
    assert list(speeds) == [row.id for row in ROWS]
    assert all(len(speed.ratios) == 1 and speed.ratio > 0 for speed in speeds.values())


def test_the_page() -> None:
    speeds = {row.id: bench.Speed(1000.0, 2500.0, (2.0, 2.6, 3.0)) for row in ROWS}
    row = next(line for line in bench.render(speeds).splitlines() if "download" in line and "TLS" in line)
    assert row.endswith("TLS | 1,000 MiB/s | 2,500 MiB/s | **2.60** | 2.00 to 3.00 | 3 |")
