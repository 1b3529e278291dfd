"""The chart of the ratios, as SVG, which reads on light and on dark ground."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape
from typing import Final

from .goals import GOALS, Goal
from .results import Result, Verdict, judge
from .rows import GROUPS, Row
from .samples import BARE

LEFT: Final = 300
"""Pixels for the titles."""
WIDTH: Final = 900
ROW: Final = 18
HEAD: Final = 30
LEAST, MOST = 0.1, 100.0
"""The ratios at both ends; what lies beyond is drawn there."""

_STYLE: Final = """\
text { font: 12px sans-serif; fill: #1f2328 }
.head { font-weight: bold }
.line { stroke: #8c959f; stroke-width: 1 }
.one { stroke: #1f2328; stroke-width: 1.5 }
.met { fill: #1a7f37 }
.short { fill: #bc4c00 }
.none { fill: #57606a }
.goal { stroke: #0969da; stroke-width: 3 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.line { stroke: #484f58 }
.one { stroke: #e6edf3 }
.met { fill: #3fb950 }
.short { fill: #f0883e }
.none { fill: #8b949e }
.goal { stroke: #58a6ff }
}"""


def draw(result: Result) -> str:
    """The chart of what both clients do: for each row a bar from 1 to its ratio, and a mark at its goal."""
    parts: list[str] = []
    y = HEAD
    for group in GROUPS:
        found = [(row, judge(row, result.rows[row.id])) for row in group.rows if row.id in result.rows]
        bars = [(row, verdict) for row, verdict in found if verdict.ratio is not None]
        if not bars or BARE not in group.names:
            continue
        parts.append(f'<text class="head" x="8" y="{y + 13}">{escape(group.title)}</text>')
        y += ROW
        for row, verdict in bars:
            parts += _bar(row, verdict, y)
            y += ROW
        y += ROW // 2
    scale = [f"<g>{''.join(_scale(y))}</g>"]
    size = f'width="{WIDTH}" height="{y + 8}" viewBox="0 0 {WIDTH} {y + 8}"'
    title = "<title>How many times as good as the engine's HTTPClient PyHTTPClient is</title>"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    return "\n".join([head, title, f"<style>{_STYLE}</style>", *scale, *parts, "</svg>", ""])


def _x(ratio: float) -> float:
    """Where a ratio is: the scale is logarithmic."""
    share = math.log(min(max(ratio, LEAST), MOST) / LEAST) / math.log(MOST / LEAST)
    return round(LEFT + share * (WIDTH - LEFT - 60), 1)


def _scale(bottom: int) -> Iterator[str]:
    for ratio in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100):
        x = _x(ratio)
        kind = "one" if ratio == 1 else "line"
        yield f'<line class="{kind}" x1="{x}" y1="{HEAD - 6}" x2="{x}" y2="{bottom}"/>'
        yield f'<text x="{x}" y="{HEAD - 12}" text-anchor="middle">{ratio:g}x</text>'


def _bar(row: Row, verdict: Verdict, y: int) -> Iterator[str]:
    assert verdict.ratio is not None
    goal = GOALS.get(row.id, Goal())
    begin, end = sorted((_x(1), _x(verdict.ratio)))
    kind = "short" if verdict.misses else "met" if row.id in GOALS else "none"
    middle = y + ROW / 2
    yield f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(row.title)}</text>'
    box = f'x="{begin}" y="{y + 3}" width="{max(end - begin, 1):.1f}" height="{ROW - 6}"'
    yield f'<rect class="{kind}" {box}/>'
    if goal.times is not None:
        x = _x(goal.times)
        yield f'<line class="goal" x1="{x}" y1="{middle - 8}" x2="{x}" y2="{middle + 8}"/>'
    yield f'<text x="{max(end, _x(goal.times or 1)) + 6}" y="{y + 13}">{verdict.ratio:.2f}</text>'
