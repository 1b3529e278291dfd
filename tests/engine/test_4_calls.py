"""Stage 4: values, errors, objects and threads across the boundary, in both of the engine's ways to call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from tests.engine.harness import HERE, Project, Run
from tests.engine.suites import RunOf, suite_tests

CODE = "addons/calls/register_types.py"
CASES = "addons/proxies/cases.py"

SUITES = (
    "calls_types.gd",
    "calls_nesting.gd",
    "calls_null.gd",
    "calls_errors.gd",
    "calls_life.gd",
    "proxies.gd",
    "shared.gd",
)


@pytest.fixture(scope="module")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    @cache
    def run(suite: str) -> Run:
        addons = ["calls", "probe", "proxies", "shared"]
        project = Project(tmp_path_factory.mktemp("calls") / "p", scripts=[suite], addons=addons)
        return project.run_suite(suite, verbose=True)

    return run


test_the_run, test_suite = suite_tests(*SUITES)


def test_what_python_still_has_at_the_end_is_ended_by_the_engine(run_of: RunOf) -> None:
    """Later its class is gone, and with it all that the engine knows of how to end it."""
    assert run_of("calls_life.gd").lines.count("farewell") == 1


def test_push_error_is_shown_at_the_line_that_calls(run_of: RunOf) -> None:
    output = run_of("proxies.gd").output
    for kind in ("error", "warning"):
        line = line_of(
            f'godot.push_{kind}("{"an error" if kind == "error" else "a warning"} from Python")', CASES
        )
        assert f"at: the_engine_prints_where_it_was_called (res://{CASES}:{line})" in output


# What a script error says of an exception


RAISING = """\
extends SceneTree


func _initialize() -> void:
\tgo(PyErrors.new())
\tprint("END 0 0")
\tquit()


func go(errors: %s) -> void:
\terrors.%s
"""


def reports(
    tmp_path: Path, call: str, expected: Sequence[str], receiver: str = "PyErrors"
) -> list[list[str]]:
    """The lines of each script error that a call leads to, without the engine's own backtrace."""
    project = Project(tmp_path / "p", addons=["calls"])
    project.write("raising.gd", RAISING % (receiver, call))
    run = project.run("--headless", "--script", "res://raising.gd", expected=expected, ends=True)
    run.assert_clean()
    found: list[list[str]] = []
    inside = False
    for line in run.lines:
        inside = line.startswith("SCRIPT ERROR: ") or (inside and "GDScript backtrace" not in line)
        if line.startswith("SCRIPT ERROR: "):
            found.append([])
        if inside and line.strip("~^ ") and not line.startswith("END"):  # what newer Pythons underline
            found[-1].append(re.sub(r"^ +at: ", "at: ", line.replace(str(project.root), "PROJECT")))
    return found


def line_of(text: str, file: str = CODE) -> int:
    """Where a line of an addon is."""
    lines = (HERE / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.strip() == text)


def test_a_traceback_begins_in_the_users_code_and_names_its_cause(tmp_path: Path) -> None:
    (found,) = reports(tmp_path, "give_chained()", ["ValueError: two"])
    cause, called = line_of('return {"there": 1}["missing"]'), line_of("return _raise_because(error)")
    raised = line_of('raise ValueError("two\\nlines") from cause')
    assert found == [
        "SCRIPT ERROR: ValueError: two",
        "lines",
        "Traceback (most recent call last):",
        f'  File "PROJECT/{CODE}", line {cause}, in give_chained',
        '    return {"there": 1}["missing"]',
        "KeyError: 'missing'",
        "The above exception was the direct cause of the following exception:",
        "Traceback (most recent call last):",
        f'  File "PROJECT/{CODE}", line {called}, in give_chained',
        "    return _raise_because(error)",
        f'  File "PROJECT/{CODE}", line {raised}, in _raise_because',
        '    raise ValueError("two\\nlines") from cause',
        "ValueError: two",
        "lines",
        f"at: PyErrors.give_chained (res://{CODE}:{raised})",
    ]


def test_an_exception_of_the_hosts_is_shown_at_the_users_line(tmp_path: Path) -> None:
    (found,) = reports(tmp_path, "give_from_the_host()", ["ValueError: an engine String"])
    line = line_of('self.set_meta("text", "a\\0")')
    text = "ValueError: an engine String cannot hold the NUL at index 1 of 'a\\x00'"
    assert found[0] == f"SCRIPT ERROR: {text}"
    assert found[1:4] == [
        "Traceback (most recent call last):",
        f'  File "PROJECT/{CODE}", line {line}, in give_from_the_host',
        '    self.set_meta("text", "a\\0")',
    ]
    assert found[-2:] == [text, f"at: PyErrors.give_from_the_host (res://{CODE}:{line})"]


def test_a_result_that_is_not_as_declared_is_told_at_its_method(tmp_path: Path) -> None:
    (found,) = reports(tmp_path, "give('none')", ["must be int, not NoneType"])
    assert found == [
        "SCRIPT ERROR: TypeError: the return value of PyErrors.give: must be int, not NoneType",
        f"at: PyErrors.give (res://{CODE}:{line_of('def give(self, kind: str) -> int:')})",
    ]


def test_the_caller_is_told_in_one_line(tmp_path: Path) -> None:
    _, printed = reports(tmp_path, "give_chained()", ["ValueError: two", "Invalid call"], "Variant")
    assert printed[:2] == [
        "SCRIPT ERROR: Invalid call function 'give_chained' in base 'PyErrors': ValueError: two",
        "lines",
    ]
    assert printed[2].startswith("at: go (res://raising.gd:")
