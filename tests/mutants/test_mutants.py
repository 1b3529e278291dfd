"""The directed mutants still apply, and the operators make what Python takes."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path

import pytest
from tests.mutants.__main__ import DIRECTED, ENGINE, MUTATED, _change, _stages
from tests.mutants.equivalents import EQUIVALENTS
from tests.mutants.model import Mutant
from tests.mutants.operators import mutations
from tests.mutants.workplace import ROOT

MUTANTS = [mutant for mutants in DIRECTED.values() for mutant in mutants]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.breaks)
def test_it_applies(mutant: Mutant) -> None:
    assert (ROOT / mutant.path).read_text(encoding="utf-8").count(mutant.old) == 1
    assert mutant.new != mutant.old
    tests = [test.split("::") for test in mutant.tests if test.startswith("tests/")]
    assert tests
    for file, *names in tests:
        assert (ROOT / file).exists()
        assert not names or set(names) <= _names(ROOT / file)


@cache
def _names(file: Path) -> set[str]:
    """What a file defines."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef)}


@pytest.mark.parametrize(
    ("module", "own"),
    [
        ("status.py", ["tests/unit/http/test_status.py"]),
        ("http1/chunked.py", ["tests/unit/http/http1/test_chunked.py"]),
        ("transport/tunnel.py", []),
    ],
)
def test_a_random_mutant_is_shown_to_the_tests_of_its_module_first(module: str, own: list[str]) -> None:
    assert [*_stages(f"{MUTATED}/{module}")] == [*[(test,) for test in own], ("tests/unit/http",), ENGINE]


def test_there_are_enough_and_each_has_a_name_of_its_own() -> None:
    assert len(DIRECTED["client"]) + len(DIRECTED["tls"]) >= 80
    assert len(DIRECTED["host"]) >= 40
    names = Counter((name, mutant.breaks) for name, mutants in DIRECTED.items() for mutant in mutants)
    assert [name for name, number in names.items() if number > 1] == []


SOURCE = """\
def f(a: int = 1) -> str:
    if a < 2 and not b:
        c.append(max(a, 3) + d.strip())
    return "é", e
"""

CHANGES = [
    *(
        "a: int = (2)",
        "a: int = (0)",
        "(a <= 2)",
        "(a >= 2)",
        "(a < 2 or not b)",
        "(not b)",
        "(a < 2)",
        "and (b)",
    ),
    *(
        "if (not (a < 2 and (not b)))",
        "pass",
        "(min(a, 3))",
        "(3)",
        "(4)",
        "(2)",
        "- d.strip()",
        "+ (d)",
        "return None",
    ),
]


def test_the_operators_find_what_can_be_mistaken() -> None:
    mutated = [mutation.apply(SOURCE) for mutation in mutations(SOURCE)]
    assert len(mutated) == len(set(mutated))
    assert all(ast.parse(source) for source in mutated)
    assert SOURCE not in mutated
    assert [change for change in CHANGES if not any(change in source for source in mutated)] == []


@pytest.mark.parametrize("path", sorted((ROOT / MUTATED).rglob("*.py")), ids=lambda path: path.stem)
def test_every_mutation_compiles(path: Path) -> None:
    """With the statement that it is in alone: the whole module a thousand times would take minutes."""
    source = path.read_text(encoding="utf-8")
    left = list(mutations(source))
    for begin, end in _statements(source):
        for mutation in [one for one in left if begin <= one.start and one.end <= end]:
            left.remove(mutation)
            compile(
                source[begin : mutation.start] + mutation.new + source[mutation.end : end], path.name, "exec"
            )
    assert left == []


def _statements(source: str) -> Iterator[tuple[int, int]]:
    """Where each statement of a module begins and ends."""
    lines = [0, *accumulate(len(line) + 1 for line in source.split("\n"))]
    for node in ast.parse(source).body:
        decorators = getattr(node, "decorator_list", [])
        yield lines[min(one.lineno for one in (node, *decorators)) - 1], lines[node.end_lineno or 0]


def test_the_equivalents_still_apply() -> None:
    for path, changes in EQUIVALENTS.items():
        source = (ROOT / path).read_text(encoding="utf-8")
        possible = {_change(source, mutation.apply(source)) for mutation in mutations(source)}
        assert [change for change in changes if change not in possible] == []
