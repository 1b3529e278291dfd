"""Tries mutants, and lists those that no test notices.

python3 tools/dev.py mutants                      # all directed ones
python3 tools/dev.py mutants client tls           # those of these lists
python3 tools/dev.py mutants random               # 400 of all that the operators can make of the client
python3 tools/dev.py mutants random --number 50 --seed 7
"""

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path, PurePath
from queue import SimpleQueue
from typing import Final

from . import client, host, sessions, tls, tools
from .equivalents import EQUIVALENTS
from .model import Mutant
from .operators import mutations
from .workplace import ROOT, Unusable, Verdict, Workplace

DIRECTED: Final = {
    "client": client.MUTANTS,
    "sessions": sessions.MUTANTS,
    "tls": tls.MUTANTS,
    "host": host.MUTANTS,
    "tools": tools.MUTANTS,
}
MUTATED: Final = "addons/pythonscript_http"
"""Where random mutants are made."""
UNITS: Final = PurePath("tests/unit/http")
ENGINE: Final = (
    "tests/conformance",
    *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/engine/test_[5-8]_*.py")),
)
"""What sees the client from outside, for random mutants that the unit tests let live: minutes."""
RANDOM: Final = 400
SEED: Final = 8


@dataclass(frozen=True)
class Trial:
    """A mutant to be tried.

    Attributes:
        name: what it is called in the report.
        path: the file, relative to the top.
        mutated: the file's new contents.
        stages: the runs of tests that may notice it.
        directed: it breaks a guarantee that must hold.
    """

    name: str
    path: str
    mutated: str
    stages: Sequence[Sequence[str]]
    directed: bool = False


def directed(mutants: Sequence[Mutant]) -> Iterator[Trial]:
    """Prepares directed mutants.

    Raises:
        Unusable: one no longer applies.
    """
    for mutant in mutants:
        source = (ROOT / mutant.path).read_text(encoding="utf-8")
        if source.count(mutant.old) != 1:
            times = source.count(mutant.old)
            raise Unusable(f"{mutant.breaks!r}: its text occurs {times} times in {mutant.path}")
        mutated = source.replace(mutant.old, mutant.new)
        yield Trial(mutant.breaks, mutant.path, mutated, [mutant.tests], directed=True)


def randomly(number: int, seed: int) -> list[Trial]:
    """Chooses random mutants of the client, each of all possible ones as likely as any other."""
    found = []
    for file in sorted((ROOT / MUTATED).rglob("*.py")):
        path, source = str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")
        for mutation in mutations(source):
            mutated = mutation.apply(source)
            change = _change(source, mutated)
            if change not in EQUIVALENTS.get(path, ()):
                line = source.count("\n", 0, mutation.start) + 1
                found.append((f"{path}:{line}: {change}", path, mutated))
    chosen = random.Random(seed).sample(found, min(number, len(found)))
    return [Trial(name, path, mutated, _stages(path)) for name, path, mutated in chosen]


def _stages(path: str) -> list[Sequence[str]]:
    """The module's own tests first, as they are quick and the likeliest to notice."""
    if "/engine/" in path:
        return [ENGINE]
    module = PurePath(path).relative_to(MUTATED)
    own = str(UNITS / module.with_name(f"test_{module.name}"))
    return [*([(own,)] if (ROOT / own).is_file() else []), (str(UNITS),), ENGINE]


def _change(old: str, new: str) -> str:
    """The lines that a mutation changes, on one line."""
    lines = list(unified_diff(old.split("\n"), new.split("\n"), "", "", "", "", 0, ""))[3:]
    removed = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
    added = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
    return f"{removed}  ->  {added}"


def try_all(trials: Sequence[Trial], tell: Callable[[str], None] = print) -> list[Trial]:
    """Tries mutants on all cores; returns those that survived."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        number = os.cpu_count() or 1
        places: SimpleQueue[Workplace] = SimpleQueue()
        for index in range(number):
            places.put(Workplace(Path(folder) / str(index)))

        def run(trial: Trial) -> Verdict:
            place = places.get()
            try:
                return place.try_out(trial.path, trial.mutated, trial.stages)
            finally:
                places.put(place)

        survivors = []
        with ThreadPoolExecutor(number) as pool:
            jobs = {pool.submit(run, trial): trial for trial in trials}
            try:
                for done, job in enumerate(as_completed(jobs), 1):
                    verdict = job.result()
                    tell(f"{done}/{len(trials)} {verdict}: {jobs[job].name}")
                    if verdict is Verdict.SURVIVED:
                        survivors.append(jobs[job])
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    return survivors


def main(arguments: Sequence[str]) -> int:
    """Tries the mutants named; returns 1 if a directed one survives."""
    parser = argparse.ArgumentParser(
        prog="tools/dev.py mutants", description="Tries faults put in on purpose."
    )
    lists = f"{', '.join(DIRECTED)} or random; all directed ones by default"
    parser.add_argument("lists", nargs="*", metavar="list", help=lists)
    parser.add_argument("--number", type=int, default=RANDOM, help=f"random ones, {RANDOM} by default")
    parser.add_argument("--seed", type=int, default=SEED, help="which random ones")
    options = parser.parse_args(arguments)
    unknown = set(options.lists) - {*DIRECTED, "random"}
    if unknown:
        parser.error(f"no list of mutants is called {', '.join(sorted(unknown))}")
    trials: list[Trial] = []
    try:
        for name in options.lists or DIRECTED:
            trials += randomly(options.number, options.seed) if name == "random" else directed(DIRECTED[name])
        survivors = try_all(trials)
    except Unusable as error:
        print(f"tools/dev.py: {error}", file=sys.stderr)
        return 1
    killed = len(trials) - len(survivors)
    print(f"\n{killed} of {len(trials)} killed ({killed / max(1, len(trials)):.1%})")
    for survivor in survivors:
        print(f"survived: {survivor.name}")
    return 1 if any(survivor.directed for survivor in survivors) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
