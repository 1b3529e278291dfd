"""What a directed mutant is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One small replacement that breaks one guarantee.

    Attributes:
        breaks: the guarantee that no longer holds, as a short sentence; it names the mutant.
        path: the file, relative to the top of the repository.
        old: the text that is replaced; it occurs exactly once in the file.
        new: what takes its place.
        tests: arguments for pytest, those tests first that should notice: `tests/unit/http/test_url.py`.
    """

    breaks: str
    path: str
    old: str
    new: str
    tests: tuple[str, ...]


def mutants_of(path: str, *rows: tuple[str, str, str, str]) -> list[Mutant]:
    """Lists mutants of a file: what each breaks, what is replaced, by what, and tests that should notice."""
    return [Mutant(breaks, path, old, new, tuple(tests.split())) for breaks, old, new, tests in rows]
