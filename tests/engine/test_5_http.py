"""Stage 5: PyHTTPClient does what scripts rely on HTTPClient for, against a real server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine.harness import HERE, Project, Run, functions
from tests.loopback.network import closed_port
from tests.loopback.scripted import ReadRequest, ScriptedServer
from tests.loopback.server import Server

SUITES = ("http.gd", "http_use.gd")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture(scope="module")
def runs(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """One run of each suite."""
    tutorial = (HERE / "scripts" / "tutorial.gd").read_text(encoding="utf-8")
    found = {}
    for suite in SUITES:
        scripts = [suite, "http_base.gd", "tutorial.gd"]
        project = Project(tmp_path_factory.mktemp("http") / "p", scripts=scripts, client=True)
        project.write("tutorial_engine.gd", tutorial.replace("PyHTTPClient", "HTTPClient"))
        ports = (f"--port={server.port}", f"--closed={closed_port()}")
        found[suite] = project.run_suite(suite, *ports, verbose=True)
    return found


@pytest.mark.parametrize("suite", SUITES)
def test_the_run(suite: str, runs: dict[str, Run]) -> None:
    runs[suite].assert_clean()


@pytest.mark.parametrize(("suite", "name"), [(suite, name) for suite in SUITES for name in functions(suite)])
def test_suite(suite: str, name: str, runs: dict[str, Run]) -> None:
    runs[suite].assert_passed(name)


# Compiling


def test_scripts_compile_with_every_warning_an_error(tmp_path: Path) -> None:
    """Typed, and as they were written for HTTPClient."""
    names = project_settings(tmp_path / "settings")
    settings = {"debug": [f"{name}=2" for name in names]}
    project = Project(
        tmp_path / "p",
        scripts=["strict_check.gd", "strict_base.gd", "strict.gd"],
        client=True,
        settings=settings,
    )
    # The suite itself is no example of typing.
    for path in ("suite.gd", "runner.gd", "strict_check.gd"):
        text = (project.root / path).read_text(encoding="utf-8")
        loose = "".join(f'@warning_ignore_start("{name.rpartition("/")[2]}")\n' for name in names)
        project.write(path, loose + text)
    run = project.run_suite("strict_check.gd")
    run.assert_clean()
    run.assert_passed("test_it_compiles_and_runs")


def project_settings(root: Path) -> list[str]:
    """The settings of all GDScript warnings that this engine has."""
    project = Project(root, host=False)
    project.write(
        "list.gd",
        "extends SceneTree\n\nfunc _initialize() -> void:\n"
        "\tfor entry in ProjectSettings.get_property_list():\n"
        "\t\tif entry.name.begins_with('debug/gdscript/warnings/') and entry.type == TYPE_INT:\n"
        "\t\t\tprint(entry.name)\n\tquit()\n",
    )
    run = project.run("--headless", "--script", "res://list.gd")
    run.assert_clean()
    names = [line.removeprefix("debug/") for line in run.lines if line.startswith("debug/gdscript/warnings/")]
    assert len(names) > 30
    return names


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
    names = project_settings(tmp_path / "names")
    kind = "gdscript/warnings/int_as_enum_without_cast"
    assert kind in names
    others = ("unused_private_class_variable", "directory_rules")
    kinds = [name for name in names if not name.endswith(others)]
    for number, fatal in enumerate((False, True)):
        settings = {"debug": [f"{name}={2 * (fatal or name != kind)}" for name in kinds]}
        project = Project(tmp_path / str(number), client=True, settings=settings)
        project.write("renamed.gd", RENAMED)
        run = project.run("--headless", "--check-only", "--script", "res://renamed.gd", code=int(fatal))
        assert run.code == int(fatal), run.output
        assert run.output.count("Integer used when an enum value is expected") == len(CASTS) * fatal
        found = [int(line) for line in re.findall(r"res://renamed\.gd:(\d+)", run.output)]
        assert found == CASTS * fatal, run.output


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
    project = Project(tmp_path / "p", scripts=["quit.gd"], addons=["probe"], client=True)
    run = project.run_suite(
        "quit.gd", f"--port={server.port}", f"--what={what}", "--client=PyHTTPClient", verbose=True
    )
    run.assert_clean()
    run.assert_passed("test_something_is_under_way")
