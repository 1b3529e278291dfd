"""Measures all rows, and writes docs/performance.md with its chart and its result.

bench                   measures all, writes the page
bench NAME ...          measures rows whose names begin so, writes nothing
bench --quick [NAME ...]  the same with less of everything, within two minutes for all rows
bench --page            writes the page and the chart anew, from the result of the last run
bench --list            names the rows
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from devkit.project import ROOT

from .chart import draw
from .measure import FULL, QUICK, measure
from .page import line, render
from .results import Result, about, judge, read
from .rows import named

PAGE: Final = ROOT / "docs" / "performance.md"


def main(words: list[str], page: Path = PAGE) -> int:
    """Does what the command line says; returns 1 if a row failed, 2 if a name is no row's.

    Args:
        words: of the command line.
        page: where it is written, with the chart and the result beside it.
    """
    parser = argparse.ArgumentParser(
        prog="tools/dev.py bench", description="Measures both clients, and the host."
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="begins of rows' names; then nothing is written"
    )
    parser.add_argument(
        "--quick", action="store_true", help="less of everything: within 2 minutes; writes nothing"
    )
    parser.add_argument(
        "--page", action="store_true", help="measure nothing: write the page from the last result"
    )
    parser.add_argument("--list", action="store_true", help="name the rows, and measure nothing")
    options = parser.parse_args(words)
    result_file = page.with_suffix(".json")
    try:
        rows = named(options.names)
        if options.page:
            _write(read(result_file), page)
            return 0
    except (ValueError, OSError) as error:
        print(f"tools/dev.py bench: {error}", file=sys.stderr)
        return 2
    if options.list:
        print(*(f"{row.id:<28} {row.title}" for row in rows), sep="\n")
        return 0
    extent = QUICK if options.quick else FULL
    found = {}
    begun = last = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for number, (row, measured) in enumerate(measure(rows, extent, Path(folder)), 1):
            found[row.id] = measured
            took, last = time.monotonic() - last, time.monotonic()
            print(f"{number:>3}/{len(rows)} {line(row, judge(row, measured))} ({took:.1f} s)", flush=True)
    failed = [id_ for id_, measured in found.items() if measured.error]
    for id_ in failed:
        print(f"{id_} failed: {found[id_].error}", file=sys.stderr)
    print(f"{len(found)} rows, {len(failed)} failed, {time.monotonic() - begun:.0f} s")
    if not options.names and not options.quick:
        result = Result(about(extent.rounds), found)
        result.write(result_file)
        _write(result, page)
    return 1 if failed else 0


def _write(result: Result, page: Path) -> None:
    page.write_text(render(result), encoding="utf-8")
    page.with_suffix(".svg").write_text(draw(result), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
