"""The page `docs/performance.md`, from a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Final, NamedTuple

from .goals import GOALS, LIMITS, Goal
from .results import Result, Verdict, judge
from .rows import GROUPS, Group, Row
from .samples import CONTENDERS, UNITS


class Line(NamedTuple):
    """A row, with all that is told of it."""

    row: Row
    verdict: Verdict
    calls: Mapping[str, float]


_OPENING: Final = """\
# Performance: PyHTTPClient beside the engine's HTTPClient

Written by `python3 tools/dev.py bench`. Both clients are driven by the same typed GDScript, in a tight loop
where nothing else is said. Beside them a bare loop in C does the same: it sends, looks for the end of the
answer, and does nothing else, which is the limit. All three take turns, round by round. The servers are
nginx and, where it is named, a small one in C, on the loopback interface. Every option is as it is by
default. Whole requests are made by nodes and sessions, whose results come with frames; where no number is
said, an engine without a window makes 145 a second.

Figures are medians. The *ratio* is how many times as good as the engine's client ours is, the median of the
rounds'; *from, to* are the least and the most of it. Figures drift from run to run and from machine to
machine, ratios by less. *CPU* is that of the whole process, for one request or connection, or for a GiB; a
tight loop spends it while it waits, so it tells most where the work is without waiting. *System calls* are
counted in a run of their own, those of waiting turns among them. A *longest call* is the median of the
rounds' longest ones.

![How many times as good as the engine's each row is](performance.svg)

A bar goes from 1 to the ratio. It is green where the row's goal is met and orange where it is not; the blue
mark is the goal's ratio.
"""


def render(result: Result) -> str:
    """The page's text."""
    groups = [(group, _lines(group, result)) for group in GROUPS]
    judged = [line for _, lines in groups for line in lines if line.row.id in GOALS]
    short = [line for _, lines in groups for line in lines if line.verdict.misses]
    parts = [
        _OPENING,
        _table([["measured with", ""], *([name, text] for name, text in result.about.items())]),
        f"\n{len(judged) - len(short)} of {len(judged)} goals are met.\n",
    ]
    for group, lines in groups:
        if lines:
            parts += [f"## {group.title}\n", f"{_group(group, lines)}\n"]
    if short:
        parts += ["## What falls short, and why\n", f"{_short(short)}\n"]
    return "\n".join(parts).rstrip("\n") + "\n"


def line(row: Row, verdict: Verdict) -> str:
    """One row in a terminal."""
    if not verdict.values:
        return f"{row.id:<24} {verdict.misses[0]}"
    values = ", ".join(f"{name} {_value(row, value)}" for name, value in verdict.values.items())
    ratio = "" if verdict.ratio is None else f"{verdict.ratio:6.2f}x"
    return f"{row.id:<24} {ratio:<8} {values}{' (misses its goal)' * bool(verdict.misses)}"


def _lines(group: Group, result: Result) -> list[Line]:
    rows = [row for row in group.rows if row.id in result.rows]
    return [Line(row, judge(row, result.rows[row.id]), result.rows[row.id].calls) for row in rows]


def _value(row: Row, value: float) -> str:
    digits = 0 if value >= 100 else 2 if value >= 1 else 3
    return f"{value:,.{digits}f} {UNITS[row.unit].text}"


def _number(value: float) -> str:
    return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


def _many(values: Mapping[str, float]) -> str:
    """What all contenders have, in their order."""
    return " / ".join(map(_number, values.values()))


def _cpu(one: Line) -> str:
    text, scale = UNITS[one.row.unit].cpu
    return f"{_many({n: c * scale for n, c in one.verdict.cpu.items()})} {text}" if one.verdict.cpu else ""


def _goal(goal: Goal | None, unit: str) -> str:
    parts = []
    if goal and goal.times is not None:
        parts.append(f"{goal.times:g}")
    if goal and goal.most is not None:
        parts.append(f"at most {goal.most:g} {unit}")
    if goal and goal.bare is not None:
        parts.append(f"at most {goal.bare:g} times C's CPU")
    if goal and goal.more is not None:
        parts.append(f"at most {goal.more:g} {unit} more")
    return ", ".join(parts)


def _columns(group: Group) -> Mapping[str, Callable[[Line], str]]:
    """By head: what a cell says; a column that says nothing in any row is left out."""

    def value(name: str) -> Callable[[Line], str]:
        return lambda one: _value(one.row, one.verdict.values[name]) if name in one.verdict.values else ""

    return {
        "work": lambda one: one.row.title,
        **{group.names[name]: value(name) for name in CONTENDERS if name in group.names},
        "more": lambda one: (
            f"**{_value(one.row, one.verdict.more)}**"
            if one.row.kind == "start" and one.verdict.more is not None
            else ""
        ),
        "ratio": lambda one: f"**{one.verdict.ratio:.2f}**" if one.verdict.ratio is not None else "",
        "from, to": lambda one: (
            f"{min(one.verdict.ratios):.2f}, {max(one.verdict.ratios):.2f}" if one.verdict.ratios else ""
        ),
        "goal": lambda one: _goal(GOALS.get(one.row.id), UNITS[one.row.unit].text),
        "": lambda one: ("falls short" if one.verdict.misses else "met") if one.row.id in GOALS else "",
        "CPU": _cpu,
        "system calls": lambda one: _many(one.calls),
        "longest call": lambda one: (
            f"`{one.verdict.worst}`" if one.verdict.worst and one.row.unit == "longest" else ""
        ),
    }


def _group(group: Group, lines: list[Line]) -> str:
    columns = {head: [cell(one) for one in lines] for head, cell in _columns(group).items()}
    used = {head: cells for head, cells in columns.items() if any(cells)}
    return _table([list(used), *(list(row) for row in zip(*used.values(), strict=True))], right=True)


def _short(lines: list[Line]) -> str:
    rows = [["row", "what", "what limits it"]]
    for limit, alike in groupby(lines, lambda one: LIMITS.get(one.row.id, "not looked into yet")):
        names, misses = zip(*((one.row.id, "; ".join(one.verdict.misses)) for one in alike), strict=True)
        rows.append(["<br>".join(names), "<br>".join(misses), limit])
    return _table(rows)


def _table(rows: list[list[str]], *, right: bool = False) -> str:
    """A table, of which the first row is the head; all columns but the first to the right or to the left."""
    head, *others = ([cell.replace("|", "\\|") for cell in row] for row in rows)
    ruler = ["---", *["---:" if right else "---"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ruler, *others))
