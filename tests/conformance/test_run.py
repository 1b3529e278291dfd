"""A scenario that goes wrong is one row's failure, whatever it does to the engine."""

import shutil

import pytest
from tests.conformance.model import Act, Call, Connect, Fetch, Scenario
from tests.conformance.page import rows
from tests.conformance.run import CLIENTS, HERE, SCRIPTS, Report, play
from tests.conformance.words import Seen
from tests.loopback.kinds import Kind
from tests.loopback.scripted import ReadRequest, Step

CALLS = {
    "crash": 'OS.crash("for the test")',
    "error": 'print(act["absent"])',
    "late_error": 'await _tree.process_frame\n\t\tprint(act["absent"])',
}
"""What acts of these names do, when PyHTTPClient plays them."""


def row(name: str) -> Scenario:
    server: list[list[Step]] = [[ReadRequest(), b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]]
    acts: list[Act] = [Connect(), *([Call(name)] if name in CALLS else []), Fetch()]
    return Scenario(name, Kind.HEADS, name, "", server, acts)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("run")
    scripts = folder / "scripts"
    scripts.mkdir()
    for name in SCRIPTS:
        shutil.copyfile(HERE / name, scripts / name)
    text = (HERE / "player.gd").read_text(encoding="utf-8")
    begin = "func act_call(act: Dictionary) -> Dictionary:\n"
    cases = "".join(
        f'\tif act["name"] == "{name}" and _client is PyHTTPClient:\n\t\t{code}\n'
        for name, code in CALLS.items()
    )
    skip = f'\tif act["name"] in {list(CALLS)}:\n\t\treturn {{"done": true}}\n'
    assert begin in text
    (scripts / "player.gd").write_text(text.replace(begin, begin + cases + skip), encoding="utf-8")
    names = ["one", "error", "two", "crash", "three", "late_error", "four"]
    return play(folder, [row(name) for name in names], scripts)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("crash", "the engine ends with -"),
        ("error", "an error ends the script"),
        ("late_error", "an error ends the script"),
    ],
)
def test_who_is_at_fault_is_told(name: str, words: str, report: Report) -> None:
    theirs, ours = rows(report, row(name))
    assert theirs[0]
    assert not ours[0]
    assert words in ours[1]


@pytest.mark.parametrize("name", ["one", "two", "three", "four"])
def test_the_others_are_judged(name: str, report: Report) -> None:
    assert [right for right, _ in rows(report, row(name))] == [True, True]


def test_it_is_nobody_elses_fault(report: Report) -> None:
    assert report.problems == []


def test_what_cannot_be_judged_is_a_failure_too() -> None:
    odd = {client: Seen(acts=({"status": 5},)) for client in CLIENTS}
    (right, words), _ = rows(Report("", {"one": odd}, ""), row("one"))
    assert (right, words) == (False, "what it did cannot be judged: KeyError('error')")
