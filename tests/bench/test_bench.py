"""The benchmark runs, and its page tells what it saw. How fast anything is, no test says."""

from __future__ import annotations

import gzip
import py_compile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.util import cache_from_source
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.bench import gil, starts, syscalls
from tests.bench.__main__ import main
from tests.bench.chart import draw
from tests.bench.goals import GOALS, LIMITS, Goal
from tests.bench.measure import KINDS, Extent, Measured, measure
from tests.bench.page import render
from tests.bench.results import Result, judge, read
from tests.bench.rows import GROUPS, ROWS, Row, named
from tests.bench.samples import BARE, ENGINE, OURS, UNITS, Sample
from tests.bench.servers import FILES, provide
from tests.bench.syscalls import counts

BY_ID = {row.id: row for row in ROWS}
LEAST = Extent(rounds=1, divisor=1 << 30, traced=False, batch=100)
"""One of everything, once."""


def sampled(row: Row, ours: float = 1.0) -> Measured:
    """What a run could have seen of a row: we take `ours` times as much of everything as the others do."""
    costs = dict.fromkeys(row.contenders, row.amount * 1.0) | {OURS: row.amount * ours}
    samples = {
        name: [Sample(cost * 100, cost * 50, cost * 8, cost * 20, cost * 2, "poll")] * 3
        for name, cost in costs.items()
    }
    return Measured(row.amount, samples, dict.fromkeys(row.contenders, 4.0) if BARE in row.contenders else {})


def seen(ours: float = 1.0) -> Result:
    """A run of all rows."""
    return Result({"engine": "Godot 4", "date": "today"}, {row.id: sampled(row, ours) for row in ROWS})


# The rows


def test_every_row_runs(tmp_path: Path) -> None:
    found = {row.id: measured for row, measured in measure(ROWS, LEAST, tmp_path)}
    assert {id_: measured.error for id_, measured in found.items() if measured.error} == {}
    assert list(found) == [row.id for row in ROWS]
    for id_, measured in found.items():
        assert {name: len(each) for name, each in measured.samples.items()} == dict.fromkeys(
            BY_ID[id_].contenders, 1
        )
        assert all(sample.usec >= 0 for each in measured.samples.values() for sample in each)


def test_a_row_that_fails_fails_alone(tmp_path: Path) -> None:
    good = BY_ID["get-fast-5"]
    bad = replace(good, id="bad", work="download", contenders=(ENGINE,))  # of 1 MiB, it says
    found = [measured.error for _, measured in measure([bad, good], LEAST, tmp_path)]
    assert found == ["engine did not do it", ""]


def test_a_kind_that_fails_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the run failed")

    monkeypatch.setattr(gil, "measure", fail)
    rows = [BY_ID["python-operator"], BY_ID["gil-keeps"], BY_ID["gil-value"]]
    found = [measured.error for _, measured in measure(rows, LEAST, tmp_path)]
    assert found == ["", "the run failed", "the run failed"]


def test_rows_have_names_of_their_own_and_known_parts() -> None:
    assert [id_ for id_, number in Counter(row.id for row in ROWS).items() if number > 1] == []
    assert {row.unit for row in ROWS} <= set(UNITS)
    assert {row.kind for row in ROWS} == set(KINDS)
    assert all(set(row.contenders) <= set(group.names) for group in GROUPS for row in group.rows)


def test_goals_and_limits_are_of_rows() -> None:
    assert set(GOALS) - set(BY_ID) == set()
    assert set(LIMITS) - set(GOALS) == set()
    assert [row.id for row in ROWS if row.kind in ("client", "requests") and row.id not in GOALS] == []
    assert [id_ for id_, goal in GOALS.items() if goal == Goal()] == []


def test_rows_are_chosen_by_the_begins_of_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert [row.id for row in named(["chunked-", "get-tls"])] == [
        "get-tls",
        "chunked-1k",
        "chunked-4k",
        "chunked-64k",
    ]
    assert named([]) == ROWS
    assert main(["--list", "chunked-1"]) == 0
    assert capsys.readouterr().out == f"{'chunked-1k':<28} in chunks of 1 KiB\n"
    assert main(["chunked-", "none"]) == 2
    assert capsys.readouterr().err == "tools/dev.py bench: no row's name begins with none\n"


@pytest.mark.parametrize("name", FILES)
def test_what_is_downloaded_has_the_size_that_is_said(name: str, tmp_path: Path) -> None:
    provide(tmp_path, f"/{name}/1")
    data = (tmp_path / name / "1").read_bytes()
    brotli = import_module("brotli")
    decoded = {"br": brotli.decompress, "zstd": lambda _: bytes(1 << 20)}.get(name, gzip.decompress)(data)
    assert len(decoded) == 1 << 20 > len(data)


def test_system_calls_are_counted_between_the_marks() -> None:
    log = """\
1 openat(AT_FDCWD, "/etc/hosts"...) = 3
1 newfstatat(AT_FDCWD, "/bench/begin"..., 0x7f) = -1 ENOENT
1 sendto(3, "GET / HTTP/1.1"..., 60, 0, NULL, 0) = 60
2 clock_nanosleep(CLOCK_REALTIME, 0, 0x7f <unfinished ...>
1 clock_nanosleep(CLOCK_REALTIME, 0, 0x7f) = 0
1 recvfrom(3, <unfinished ...>
2 futex(0x7f, FUTEX_WAKE_PRIVATE, 1) = 1
1 <... recvfrom resumed>"HTTP/1.1 200 OK"..., 65536) = 100
1 newfstatat(AT_FDCWD, "/bench/end"..., 0x7f) = -1 ENOENT
1 write(1, "SAMPLE"..., 6) = 6
3 access("/bench/begin", F_OK) = -1 ENOENT
3 write(4, "GET / HTTP/1.1"..., 60) = 60
3 access("/bench/end", F_OK) = -1 ENOENT
"""
    assert counts(log.splitlines()) == [4, 1]


def test_system_calls_are_those_of_one_of_the_amount(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def tracing(log: Path) -> Sequence[str]:
        marked = '1 access("/bench/begin")\n1 read(0)\n1 read(0)\n1 access("/bench/end")\n'
        return ["sh", "-c", f"printf '%s' '{marked * 3}' > '{log}'; exec \"$@\"", "tracer"]

    monkeypatch.setattr(syscalls, "command", tracing)
    rows = [BY_ID["traffic-100"], BY_ID["longest-get"]]
    traced = replace(LEAST, traced=True)
    found = {row.id: measured.calls for row, measured in measure(rows, traced, tmp_path)}
    assert found == {"traffic-100": {ENGINE: 0.02, OURS: 0.02, BARE: 0.02}, "longest-get": {}}


@pytest.mark.parametrize(
    ("header", "form"),
    [(starts.UNCHECKED, "bytecode"), (starts.CHECKED, "source"), (starts.OF_NO_PYTHON, "source")],
)
def test_bytecode_is_read_as_its_header_says(header: bytes, form: str, tmp_path: Path) -> None:
    """Bytecode whose source is another by now tells which of both was read."""
    source, cached = tmp_path / "form.py", Path(cache_from_source(str(tmp_path / "form.py")))
    source.write_text("FORM = 'bytecode'\n", encoding="utf-8")
    py_compile.compile(str(source), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    (tmp_path / "game.pck").write_bytes(b"GDPC" + cached.read_bytes())
    source.write_text("FORM = 'source'\n", encoding="utf-8")
    starts.give_header(tmp_path, header)
    assert cached.read_bytes()[: len(header)] == header
    assert (tmp_path / "game.pck").read_bytes() == b"GDPC" + cached.read_bytes()
    module: dict[str, str] = {}
    exec(SourceFileLoader("form", str(source)).get_code("form") or "", module)
    assert module["FORM"] == form


# What they say


@pytest.mark.parametrize(
    ("id_", "ours", "goal", "misses"),
    [
        ("get-tls", 0.5, Goal(2.0), []),
        ("get-tls", 0.5, Goal(2.1), ["2.00 times the engine's, not 2.1"]),
        ("idle-100", 2.0, Goal(0.5), []),
        ("idle-100", 2.0, Goal(0.6), ["0.50 times the engine's, not 0.6"]),
        ("idle-100", 2.0, Goal(most=200.0), []),
        ("idle-100", 2.0, Goal(0.6, most=199.0), ["0.50 times the engine's, not 0.6", "200 µs, not 199"]),
        ("cpu-get", 2.0, Goal(bare=2.0), []),
        ("cpu-get", 2.0, Goal(bare=1.9), ["2.0 times the CPU of the loop in C, not 1.9"]),
        ("start-exported", 2.0, Goal(more=0.2), []),
        ("start-exported", 2.0, Goal(more=0.05), ["0.1 ms more, not 0.05"]),
        ("longest-bomb", 1.0, Goal(2.0, most=1.28), []),
        ("longest-bomb", 1.0, Goal(2.0, most=1.2), ["1.28 ms, not 1.2"]),
    ],
)
def test_a_row_is_judged_by_its_goal(id_: str, ours: float, goal: Goal, misses: list[str]) -> None:
    row = BY_ID[id_]
    assert judge(row, sampled(row, ours), goal).misses == misses


def test_a_ratio_is_the_median_of_the_rounds() -> None:
    row = BY_ID["get-tls"]
    samples = {
        ENGINE: [Sample(10.0), Sample(60.0), Sample(40.0)],
        OURS: [Sample(20.0), Sample(20.0), Sample(20.0)],
    }
    verdict = judge(row, Measured(1, samples))
    assert verdict.ratio == 2.0
    assert sorted(verdict.ratios) == [0.5, 2.0, 3.0]
    assert verdict.cpu == {}


def test_a_result_is_read_as_it_was_written(tmp_path: Path) -> None:
    result = seen()
    result.write(tmp_path / "result.json")
    assert read(tmp_path / "result.json") == result


def test_page_and_chart_are_written_from_a_result_file(tmp_path: Path) -> None:
    page, result = tmp_path / "performance.md", seen(2.0)
    result.write(tmp_path / "performance.json")
    assert main(["--page"], page) == 0
    assert page.read_text(encoding="utf-8") == render(result)
    assert (tmp_path / "performance.svg").read_text(encoding="utf-8") == draw(result)


def test_no_page_without_a_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--page"], tmp_path / "performance.md") == 2
    assert "performance.json" in capsys.readouterr().err


def test_the_page() -> None:
    result = seen(2.0)
    failed = Measured(1, error="it ended at once\nand more")
    lines = render(Result(result.about, {**result.rows, "get-fast-40": failed})).splitlines()
    assert "| engine | Godot 4 |" in lines
    assert (
        "| nginx, 5 header lines | 10,000 /s | 5,000 /s | 10,000 /s | **0.50** | 0.50, 0.50 | 5 "
        "| falls short | 50 / 100 / 50 µs | 4 / 4 / 4 |"
    ) in lines
    under = "0.50 times the engine's, not"
    assert (
        "| get-nginx-5<br>get-nginx-40<br>get-fast-5<br>get-fast-40 "
        f"| {under} 5<br>{under} 5<br>{under} 10<br>failed: it ended at once | {LIMITS['get-nginx-5']} |"
    ) in lines
    assert any(line.endswith(" | not looked into yet |") for line in lines)
    assert (
        "| both addons, as exported: sources and unchecked bytecode | 0.100 ms | 0.200 ms | **0.100 ms** "
        "| **0.50** | 0.50, 0.50 | at most 60 ms more | met | 0.05 / 0.1 ms |"
    ) in lines
    short = len([line for line in lines if "falls short |" in line])
    assert f"{len(GOALS) - short} of {len(GOALS)} goals are met." in lines


def test_a_page_of_rows_that_all_do_well_has_nothing_to_explain() -> None:
    text = render(seen(1e-9))
    assert f"{len(GOALS)} of {len(GOALS)} goals are met." in text
    assert "falls short" not in text


def test_the_chart() -> None:
    text = draw(seen(2.0))
    assert "prefers-color-scheme: dark" in text
    space = "{http://www.w3.org/2000/svg}"
    chart = ElementTree.fromstring(text)
    words = [element.text for element in chart.iter(f"{space}text")]
    both = [row for g in GROUPS if BARE in g.names for row in g.rows if ENGINE in row.contenders]
    assert [row.title for row in both if row.title not in words] == []
    bars = list(chart.iter(f"{space}rect"))
    assert len(bars) == len(both)
    assert all(0 <= float(bar.attrib[name]) <= 900 for bar in bars for name in ("x", "width"))
