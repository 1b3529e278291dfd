"""Writes docs/conformance.md from what a run showed. Two runs give the same text."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.docs.links import slug
from tests.loopback.kinds import Kind

from .model import Scenario, constant
from .run import CLIENTS, INSTEAD, Report, play
from .scenarios import ALL
from .words import Seen, judge, right_words

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "conformance.md"

_OPENING: Final = """\
# Conformance: HTTPClient and PyHTTPClient, side by side

Each row of this page is a scenario: a server on a raw socket that sends exactly these bytes, with these
pauses, half-closes and resets, or a real one (nginx, `openssl s_server`) for TLS; and a script in GDScript
that talks to it. The same script ran with the engine's `HTTPClient` and with `PyHTTPClient`, in one headless
run of {engine}.
The last two columns are what they did, put into words by the run itself.
[Whole requests](#whole-requests-by-nodes) are played to the nodes `HTTPRequest` and `PyHTTPRequest` in the
same way, and count for the client of each. So do [cookies](#cookies), [caches](#caches),
[retries](#retries) and [events](#server-sent-events): the engine has none of them, and scripts write them
by hand around `HTTPRequest`, which is played here as it is.

Of {number} scenarios `HTTPClient` gets **{engine_right}** right, `PyHTTPClient` **{python_right}**.

- What is right comes first, with the text that says so: an RFC, the engine's class reference, or its source
  (`core/io/http_client_tcp.cpp`), where scripts rely on what only that says. *R1* to *R31* are the
  [faults of the engine's client](engine-client.md), g#N and gp#N issues and proposals of the engine.
- **✓** is right, and without words it is exactly what the column before says; **✗** is not right.
- Where lenient and strict clients differ, it is decided as curl does unless safety says otherwise; then
  the row gives the reason.
- A name in capitals is what `get_status()` gives at the end. *BODY for ever* means that a script which
  polls until the status changes would do so without an end: the run gave up after {patience:g} s in
  which nothing happened.
- In what servers send, `…` is a part left out; `PORT` is the server's port.
- “Words in these marks” are a part of what `get_error_reason()` tells; *cannot* is what the engine's client
  cannot be set to do.

- The engine's client is not the same every time where bytes and the end of a connection race; its column is
  what one run showed. Where `PyHTTPClient` was not right at once is [listed at the end](#played-again).

To make the page again: `python3 tools/dev.py conformance`. The tests fail when it is stale, or when
`PyHTTPClient` falls short of a row.
"""

_PLAYED_AGAIN: Final = """\
A busy machine makes some rows late. One in which `PyHTTPClient` is not right is played again, {most} times in
all at most, and counts as it was then. In the run that made this page: {number}.\
"""

_LINKS: Final = {
    r"\bR(\d+)\b": r"engine-client.md#r\1",
    r"\bg#(\d+)": r"https://github.com/godotengine/godot/issues/\1",
    r"\bgp#(\d+)": r"https://github.com/godotengine/godot-proposals/issues/\1",
}
"""Where what the sources cite by a number is to be read."""

PLAYS: Final = 3
"""How often a doubtful row is played."""

_AGAIN: Final = "## Played again"


def play_all(folder: Path, *, both: bool = False) -> Report:
    """Plays all scenarios, and those again whose row is not right for PyHTTPClient, or not as it is written.

    A busy machine makes some rows late. Few rows by themselves are soon played, and what has really changed
    shows again. `Report.misses` tells which rows were not right each time.

    Args:
        folder: an empty one.
        both: the engine's column is to be as it is written too: its client is not the same every time.
    """
    written = set(_lines_of(PAGE.read_text(encoding="utf-8"), both=both)) if PAGE.is_file() else set()
    report = play(_made(folder / "0"))
    for again in range(1, PLAYS + 1):
        table = [(scenario, rows(report, scenario)) for scenario in ALL]
        misses = {
            scenario.id: [*report.misses.get(scenario.id, ()), words]
            for scenario, (*_, (right, words)) in table
            if not right
        }
        report = replace(report, misses={**report.misses, **misses})
        doubtful = [
            row
            for row, seen in table
            if not seen[-1][0] or not {*_lines_of(_row(row, seen), both=both)} <= written
        ]
        if not doubtful or again == PLAYS:
            break
        new = play(_made(folder / str(again)), doubtful)
        report = replace(report, seen={**report.seen, **new.seen}, problems=[*report.problems, *new.problems])
    return report


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def render(report: Report) -> str:
    """The page's text."""
    return "\n".join(_lines(report))


def rows(report: Report, scenario: Scenario) -> list[tuple[bool, str]]:
    """For each client, in the order of `CLIENTS`: whether it is right, and what it did."""
    return [_verdict(scenario, report.seen[scenario.id][client]) for client in CLIENTS]


def _verdict(scenario: Scenario, seen: Seen) -> tuple[bool, str]:
    try:
        verdict = judge(scenario, seen)
    except Exception as error:  # this row's failure, and not that of all others
        return False, f"what it did cannot be judged: {error!r}"
    return verdict.right, str(verdict)


def ours(page: str) -> str:
    """A page without what is the run's or the engine's own affair: its version, its column, what was late."""
    return "\n".join(_lines_of(page, both=False))


def miscounted(page: str) -> list[str]:
    """What a page's score says differently from its tables."""
    opening, score, *sections = page.partition(_AGAIN)[0].split("\n## ")
    counts = {}
    for section in sections:
        name, *lines = section.split("\n")
        _, *cells = [line.split(" | ")[-2:] for line in lines if line.startswith("| ")]
        counts[f"[{name}]"] = [
            len(cells),
            *(sum(row[client][0] == "✓" for row in cells) for client in (0, 1)),
        ]
    number, theirs, ours = counts["**all**"] = [sum(column) for column in zip(*counts.values(), strict=True)]
    wrong = [
        f"the rows of {name} give {count}"
        for name, count in counts.items()
        if not re.search(
            rf"^\| {re.escape(name)}.* \| {' . '.join(map(str, count))} \|$", score, re.MULTILINE
        )
    ]
    if (
        f"Of {number} scenarios `HTTPClient` gets **{theirs}** right, `PyHTTPClient` **{ours}**"
        not in opening
    ):
        wrong.append("the opening")
    return wrong


def _lines_of(page: str, *, both: bool) -> Iterator[str]:
    for line in page.partition(_AGAIN)[0].split("\n"):
        if both:
            yield line
        elif line.startswith("| "):
            *cells, _, last = line.split(" | ")
            yield " | ".join([*cells, last])
        else:
            yield re.sub(r"^(run of) Godot .*|(`HTTPClient` gets \*\*)\d+", r"\1\2", line)


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
        patience=constant("player.gd", "PATIENCE"),
    )
    yield "## Score\n"
    yield f"| | scenarios | {' | '.join(CLIENTS)} |\n|---|---:|---:|---:|"
    for kind in Kind:
        yield _score(
            f"[{kind}](#{slug(kind)})",
            [table[row.id] for row in ALL if row.kind is kind],
        )
    yield _score("**all**", list(table.values()))
    for kind in Kind:
        heads = INSTEAD.get(kind, CLIENTS)
        yield f"\n## {kind}\n\n| scenario | right | {' | '.join(heads)} |\n|---|---|---|---|"
        for scenario in ALL:
            if scenario.kind is kind:
                yield _row(scenario, table[scenario.id])
    yield f"\n{_AGAIN}\n"
    late = [scenario for scenario in ALL if scenario.id in report.misses]
    yield _PLAYED_AGAIN.format(most=PLAYS, number=len(late) or "none")
    if late:
        yield "\n| scenario | what `PyHTTPClient` did before |\n|---|---|"
    for scenario in late:
        yield f"| {scenario.title} | {'<br>'.join(report.misses[scenario.id])} |"
    yield ""


def _row(scenario: Scenario, verdicts: list[tuple[bool, str]]) -> str:
    wanted = right_words(scenario)
    cells = [
        f"✗ {words}" if not right else "✓" if words in ("", wanted) else f"✓ {words}"
        for right, words in verdicts
    ]
    why = f"<br>*{scenario.why}*" if scenario.why else ""
    return f"| {' | '.join((scenario.title, f'{wanted}<br>{cited(scenario.source)}{why}', *cells))} |"


def cited(source: str) -> str:
    """What says what is right, with links where it is short for something."""
    for pattern, address in _LINKS.items():
        source = re.sub(pattern, rf"[\g<0>]({address})", source)
    return source


def _score(name: str, verdicts: list[list[tuple[bool, str]]]) -> str:
    return f"| {name} | {len(verdicts)} | {' | '.join(map(str, _marks(verdicts)))} |"


def _marks(verdicts: list[list[tuple[bool, str]]]) -> list[int]:
    """In how many rows each of the clients is right."""
    return [sum(row[number][0] for row in verdicts) for number in range(len(CLIENTS))]
