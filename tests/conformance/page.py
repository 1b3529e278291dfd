"""Writes docs/conformance.md from what a run showed. Two runs give the same text."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from .model import Kind, Scenario
from .run import CLIENTS, Report, play
from .scenarios import ALL
from .words import judge, right_words

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "conformance.md"

PATIENCE: Final = 2.5
"""Seconds: PATIENCE_MSEC of player.gd."""

_OPENING: Final = """\
# Conformance: HTTPClient and PyHTTPClient, side by side

Each row of this page is a scenario: a server on a raw socket that sends exactly these bytes, with these
pauses, half-closes and resets, or a real one (nginx, `openssl s_server`) for TLS; and a script in GDScript
that talks to it. The same script ran with the engine's `HTTPClient` and with `PyHTTPClient`, in one headless
run of {engine}.
The last two columns are what they did, put into words by the run itself.

Of {number} scenarios `HTTPClient` gets **{engine_right}** right, `PyHTTPClient` **{python_right}**.

- What is right comes first, with the text that says so: an RFC, the engine's class reference, or its source
  (`core/io/http_client_tcp.cpp`), where scripts rely on what only that says. *R1* to *R31* are rules of this
  project's design, g#N and gp#N issues and proposals of the engine.
- **✓** is right, and without words it is exactly what the column before says; **✗** is not right.
- Where lenient and strict clients differ, it is decided as curl does unless safety says otherwise; then
  the row gives the reason.
- A name in capitals is what `get_status()` gives at the end. *BODY for ever* means that a script which
  polls until the status changes would do so without an end: the run gave up after {patience:g} s in
  which nothing happened.
- In what servers send, `…` is a part left out; `PORT` is the server's port.
- “Words in these marks” are a part of what `get_error_reason()` tells; *cannot* is what the engine's client
  has no means to be told.

To make the page again: `python3 tools/dev.py conformance`. The tests fail when it is stale, or when
`PyHTTPClient` falls short of a row.
"""


PLAYS: Final = 3
"""How often a doubtful row is played."""


def play_all(folder: Path) -> Report:
    """Plays all scenarios, and those again whose row is not as it is written, or not right for PyHTTPClient.

    A busy machine makes some rows late, and the engine's own client is not the same every time. Few rows by
    themselves are soon played, and what has really changed shows again.
    """
    written = set(PAGE.read_text(encoding="utf-8").split("\n")) if PAGE.is_file() else set()
    report = play(_made(folder / "0"))
    for again in range(1, PLAYS):
        table = [(scenario, rows(report, scenario)) for scenario in ALL]
        doubtful = [row for row, seen in table if not seen[-1][0] or _row(row, seen) not in written]
        if not doubtful:
            break
        new = play(_made(folder / str(again)), doubtful)
        report = replace(report, seen={**report.seen, **new.seen})
    return report


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def render(report: Report) -> str:
    """The page's text."""
    return "\n".join(_lines(report))


def rows(report: Report, scenario: Scenario) -> list[tuple[bool, str]]:
    """For each client, in the order of `CLIENTS`: whether it is right, and what it did."""
    verdicts = [judge(scenario, report.seen[scenario.id][client]) for client in CLIENTS]
    return [(verdict.right, str(verdict)) for verdict in verdicts]


def engine_of(page: str) -> str:
    """The engine that a page was made with."""
    found = re.search(r"headless run of (Godot .*?)\. The", page.replace("\n", " "))
    return found[1] if found else ""


def ours(page: str) -> str:
    """What a page tells of PyHTTPClient: the rows without the column before the last."""
    cells = (line.split(" | ") for line in page.split("\n") if line.startswith("| "))
    return "\n".join(" | ".join([*row[:-2], row[-1]]) for row in cells)


def _lines(report: Report) -> Iterator[str]:
    table = {scenario.id: rows(report, scenario) for scenario in ALL}
    engine_right, python_right = (
        sum(row[number][0] for row in table.values()) for number in range(len(CLIENTS))
    )
    yield _OPENING.format(
        engine=f"Godot {report.engine}",
        number=len(table),
        engine_right=engine_right,
        python_right=python_right,
        patience=PATIENCE,
    )
    yield "## Score\n"
    yield f"| | scenarios | {' | '.join(CLIENTS)} |\n|---|---:|---:|---:|"
    for kind in Kind:
        yield _score(
            f"[{kind}](#{kind.lower().replace(':', '').replace(' ', '-')})",
            [table[row.id] for row in ALL if row.kind is kind],
        )
    yield _score("**all**", list(table.values()))
    for kind in Kind:
        yield f"\n## {kind}\n\n| scenario | right | {' | '.join(CLIENTS)} |\n|---|---|---|---|"
        for scenario in ALL:
            if scenario.kind is kind:
                yield _row(scenario, table[scenario.id])
    yield ""


def _row(scenario: Scenario, verdicts: list[tuple[bool, str]]) -> str:
    wanted = right_words(scenario)
    cells = [
        f"✗ {words}" if not right else "✓" if words in ("", wanted) else f"✓ {words}"
        for right, words in verdicts
    ]
    why = f"<br>*{scenario.why}*" if scenario.why else ""
    return f"| {' | '.join((scenario.title, f'{wanted}<br>{scenario.source}{why}', *cells))} |"


def _score(name: str, verdicts: list[list[tuple[bool, str]]]) -> str:
    return f"| {name} | {len(verdicts)} | {' | '.join(map(str, _marks(verdicts)))} |"


def _marks(verdicts: list[list[tuple[bool, str]]]) -> list[int]:
    """In how many rows each of the clients is right."""
    return [sum(row[number][0] for row in verdicts) for number in range(len(CLIENTS))]
