"""Stage 17: PyHTTPRequest, member by member against the engine's HTTPRequest, and both at the same work."""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import pytest
from tests.engine.harness import Project, Run, functions
from tests.engine.suites import RunOf
from tests.engine.views import View, views_of
from tests.loopback.network import closed_port
from tests.loopback.responses import OK
from tests.loopback.scripted import Pause, ReadRequest, Reply, ScriptedServer, Step
from tests.loopback.server import Server
from tests.loopback.service import Service

SUITE = "request_node.gd"
CLASSES = ("HTTPRequest", "PyHTTPRequest")
MEMBERS = gzip.compress(b"one") + gzip.compress(b"two")

SCRIPTS: Mapping[str, Sequence[Step]] = {
    "silent": [ReadRequest(), Pause(60.0)],
    "circle": [
        ReadRequest(),
        Reply(lambda _: b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"),
    ]
    * 20,
    "gzip_members": [
        ReadRequest(),
        OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(MEMBERS) + MEMBERS,
    ],
}

ADDED = {
    "get_response": "all that came, and why nothing did",
    "get_error_reason": "the same in words",
    "get_uploaded_bytes": "progress of an upload",
    "get_resume_download": "a download goes on where an earlier one ended",
    "set_resume_download": "the same",
}
"""Methods that the engine's class has not."""

INTS = "an int takes one class's enum as well as the other's, as in PyHTTPClient"
DIFFERENT = {"request 2": INTS, "request_raw 2": INTS, "get_http_client_status returns": INTS}
"""What differs, by method and argument, with the reason; nothing else may."""


@pytest.fixture(scope="module")
def options() -> Iterator[list[str]]:
    with contextlib.ExitStack() as stack:
        ports = {name: stack.enter_context(ScriptedServer(script)).port for name, script in SCRIPTS.items()}
        ports["server"] = stack.enter_context(Server()).port
        ports["service"] = stack.enter_context(Service()).port
        ports["closed"] = closed_port()
        yield [f"--{name}={number}" for name, number in ports.items()]


@pytest.fixture(scope="module")
def run_of(options: Sequence[str], tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    @cache
    def run(replaced: str) -> Run:
        root = tmp_path_factory.mktemp(replaced) / "p"
        project = Project(root, scripts=["sessions_base.gd", SUITE], client=True)
        environment = {"XDG_DATA_HOME": str(root.parent / "user")}
        return project.run_suite(
            SUITE, f"--class={replaced}", *options, environment=environment, verbose=True
        )

    return run


@pytest.mark.parametrize("replaced", CLASSES)
def test_the_run(replaced: str, run_of: RunOf) -> None:
    run_of(replaced).assert_clean()


@pytest.mark.parametrize("name", functions(SUITE))
@pytest.mark.parametrize("replaced", CLASSES)
def test_suite(replaced: str, name: str, run_of: RunOf) -> None:
    run_of(replaced).assert_passed(name)


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> tuple[View, View]:
    found = views_of(tmp_path_factory.mktemp("node") / "p", *CLASSES)
    return found["HTTPRequest"], found["PyHTTPRequest"]


def shape(info: dict[str, Any]) -> tuple[object, ...]:
    """What of a type matters."""
    return int(info["type"]), info["class_name"]


def test_it_has_every_method(views: tuple[View, View]) -> None:
    theirs, ours = ({method["name"]: method for method in view["methods"]} for view in views)
    assert set(ours) - set(theirs) == set(ADDED)
    found = set()
    for name, method in theirs.items():
        mine = ours[name]
        assert [one["name"] for one in mine["args"]] == [one["name"] for one in method["args"]]
        assert mine["default_args"] == method["default_args"]
        assert mine["flags"] == method["flags"]
        found |= {
            f"{name} {index}"
            for index, (one, other) in enumerate(zip(mine["args"], method["args"], strict=True))
            if shape(one) != shape(other)
        }
        if shape(mine["return"]) != shape(method["return"]):
            found.add(f"{name} returns")
    assert found == set(DIFFERENT)


def test_it_has_every_property_signal_and_constant(views: tuple[View, View]) -> None:
    theirs, ours = views
    for kind in ("values", "accessors"):
        assert {name: ours[kind][name] for name in theirs[kind]} == theirs[kind]
        assert set(ours[kind]) - set(theirs[kind]) == {"resume_download"}
    rows = [[(one["name"], one["hint"], one["hint_string"]) for one in view["properties"]] for view in views]
    assert rows[1][: len(rows[0])] == rows[0]
    assert ours["constants"] == theirs["constants"]
    shown = [
        [(one["name"], [(arg["name"], arg["type"]) for arg in one["args"]]) for one in view["signals"]]
        for view in views
    ]
    assert shown[0] == shown[1]
    assert ours["parent"] == theirs["parent"] == "Node"
