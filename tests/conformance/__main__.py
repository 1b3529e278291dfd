"""Writes docs/conformance.md. With begins of ids as arguments: plays those scenarios only, and tells."""

import sys
import tempfile
from pathlib import Path

from .page import PAGE, play_all, render, rows
from .run import CLIENTS, play
from .scenarios import ALL


def main(names: list[str]) -> int:
    """Plays all scenarios and writes the page; or plays those named and prints what both clients did."""
    chosen = [row for row in ALL if not names or any(row.id.startswith(name) for name in names)]
    if not chosen:
        print(f"no scenario's name begins with {' or '.join(names)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        report = play(Path(folder), chosen) if names else play_all(Path(folder), both=True)
    if not names:
        PAGE.write_text(render(report), encoding="utf-8")
    for scenario in chosen:
        verdicts = rows(report, scenario)
        if names or not verdicts[-1][0]:
            print(
                scenario.id, *(f"  {name}: {v}" for name, v in zip(CLIENTS, verdicts, strict=True)), sep="\n"
            )
    for name, words in report.misses.items():
        print(f"{name}: played again, for PyHTTPClient was not right: {'; '.join(words)}")
    for problem in report.problems:
        print(problem)
    print(
        f"{len(chosen)} scenarios",
        *(f"{name} {sum(rows(report, s)[i][0] for s in chosen)}" for i, name in enumerate(CLIENTS)),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
