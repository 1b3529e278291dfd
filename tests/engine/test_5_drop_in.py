"""Stage 5: PyHTTPClient stands in for HTTPClient: it does what scripts rely on, against a real server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from tests.engine.harness import HERE, Project, Run
from tests.engine.strictness import assert_compiles, errors, warnings
from tests.engine.suites import RunOf, suite_tests
from tests.loopback.network import closed_port
from tests.loopback.scripted import ReadRequest, ScriptedServer
from tests.loopback.server import Server

SUITES = ("drop_in_both.gd", "drop_in_polls.gd", "drop_in_use.gd")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture(scope="module")
def run_of(server: Server, tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    tutorial = (HERE / "scripts" / "tutorial.gd").read_text(encoding="utf-8")

    @cache
    def run(suite: str) -> Run:
        scripts = [suite, "client_base.gd", "polls.gd", "tutorial.gd"]
        project = Project(tmp_path_factory.mktemp("http") / "p", scripts=scripts, client=True)
        project.write("tutorial_engine.gd", tutorial.replace("PyHTTPClient", "HTTPClient"))
        ports = (f"--port={server.port}", f"--closed={closed_port()}")
        return project.run_suite(suite, *ports, verbose=True)

    return run


test_the_run, test_suite = suite_tests(*SUITES)


# Compiling


def test_scripts_compile_with_every_warning_an_error(tmp_path: Path) -> None:
    """Typed, and as they were written for HTTPClient."""
    assert_compiles(tmp_path / "p", "strict.gd")


RENAMED = """\
extends RefCounted

var _client: PyHTTPClient = PyHTTPClient.new()
var _clients: Array[PyHTTPClient] = [_client]
var _status: HTTPClient.Status = _client.get_status()


func status() -> HTTPClient.Status:
\treturn _client.get_status()


func is_one(thing: RefCounted) -> bool:
\tvar state: PyHTTPClient.Status = _client.get_status()
\tmatch _client.get_status():
\t\tHTTPClient.STATUS_DISCONNECTED:
\t\t\treturn thing is PyHTTPClient and state == PyHTTPClient.STATUS_DISCONNECTED
\treturn false
"""
"""The forms in which public scripts hold a status, with the types and the constructor renamed."""

CASTS = [5, 9, 13]
"""Its lines that the compiler warns of."""


def test_a_renamed_script_compiles_with_one_kind_of_warning(tmp_path: Path) -> None:
    kind = "int_as_enum_without_cast"
    assert kind in warnings()
    others = {"unused_private_class_variable", "directory_rules"}
    for number, fatal in enumerate((False, True)):
        settings = errors(set(warnings()) - others - {kind})
        settings["debug"].append(f"gdscript/warnings/{kind}={2 * fatal}")
        project = Project(tmp_path / str(number), client=True, settings=settings)
        project.write("renamed.gd", RENAMED)
        run = project.run("--headless", "--check-only", "--script", "res://renamed.gd", code=int(fatal))
        assert run.code == int(fatal), run.output
        assert run.output.count("Integer used when an enum value is expected") == len(CASTS) * fatal
        found = [int(line) for line in re.findall(r"res://renamed\.gd:(\d+)", run.output)]
        assert found == CASTS * fatal, run.output


BEFORE_THE_FIRST_FRAME = """\
extends SceneTree

const Polls := preload("polls.gd")


func _init() -> void:
\tfor pause_msec: int in [0, 1]:
\t\tfor client: RefCounted in [PyHTTPClient.new(), HTTPClient.new()]:
\t\t\tprint("POLLS ", Polls.new(client, pause_msec).play())
\tprint("END 0 0")
\tquit()
"""


def test_polls_before_the_first_frame(tmp_path: Path) -> None:
    """Those of a loop, and of one that sleeps between them: each step takes no more than the engine's."""
    project = Project(tmp_path / "p", scripts=["polls.gd"], client=True)
    project.write("first.gd", BEFORE_THE_FIRST_FRAME)
    run = project.run("--headless", "--script", "res://first.gd", ends=True)
    run.assert_clean()
    counts = [json.loads(line[6:]) for line in run.lines if line.startswith("POLLS ")]
    assert len(counts) == 4
    for ours, theirs in (counts[:2], counts[2:]):
        assert len(ours) == len(theirs) == 6
        assert all(mine <= other for mine, other in zip(ours, theirs, strict=True)), counts


KEEP_ALIVE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def test_requests_share_one_connection(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", client=True)
    project.write("keep.gd", KEEP)
    with ScriptedServer([ReadRequest(), KEEP_ALIVE] * 3) as server:
        run = project.run("--headless", "--script", "res://keep.gd", "--", str(server.port), ends=True)
        run.assert_clean()
        assert run.lines.count("hi") == 3
        assert len(server.received) == 1
        assert server.received[0].count(b"GET / HTTP/1.1\r\n") == 3


KEEP = """\
extends SceneTree


func _initialize() -> void:
\tvar client := PyHTTPClient.new()
\tclient.blocking_mode_enabled = true
\tclient.connect_to_host("127.0.0.1", OS.get_cmdline_user_args()[0].to_int())
\twhile client.get_status() == HTTPClient.STATUS_CONNECTING:
\t\tclient.poll()
\tfor i in 3:
\t\tclient.request(HTTPClient.METHOD_GET, "/", [])
\t\twhile client.get_status() == HTTPClient.STATUS_REQUESTING:
\t\t\tclient.poll()
\t\tprint(client.read_response_body_chunk().get_string_from_ascii())
\tprint("END 0 0")
\tquit()
"""


# Quitting


@pytest.mark.parametrize("what", ["request", "body", "lookup", "blocking"])
def test_quitting_with_something_under_way(what: str, server: Server, tmp_path: Path) -> None:
    project = Project(tmp_path / "p", scripts=["drop_in_quit.gd"], addons=["probe"], client=True)
    run = project.run_suite(
        "drop_in_quit.gd", f"--port={server.port}", f"--what={what}", "--client=PyHTTPClient", verbose=True
    )
    run.assert_clean()
    run.assert_passed("test_something_is_under_way")
