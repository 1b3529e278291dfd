"""PyHTTPClient member by member against the engine's HTTPClient, as ClassDB sees both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.engine.views import View, views_of

DIFFERENT = {
    "request argument 1 (method)": "GDScript refuses one class's enum where the other's is meant, and scripts"
    " pass HTTPClient.METHOD_GET as well as PyHTTPClient.METHOD_GET: int takes both",
    "request_raw argument 1 (method)": "the same",
    "get_status returns": "the same: scripts hold it as HTTPClient.Status as well as PyHTTPClient.Status",
}
"""What differs, with the reason; nothing else may."""

SETTINGS = {
    "connect_timeout": "a deadline",
    "first_byte_timeout": "a deadline",
    "idle_timeout": "a deadline",
    "total_timeout": "a deadline",
    "max_header_size": "a limit",
    "max_body_size": "a limit",
    "decode_body": "gzip, deflate, br and zstd on request",
    "use_environment_proxies": "http_proxy and the like, by choice",
    "tls_policy": "what TLSOptions cannot say",
}
"""Properties that the engine's class has not."""

GETTERS = {"decode_body": "is_decode_body", "use_environment_proxies": "is_using_environment_proxies"}
"""Of properties that are true or false."""

ADDED = {
    "get_error_reason": "says in words why the last thing failed",
    "get_timings": "how long each phase took",
    "get_tls_info": "with whom and how TLS is spoken",
    "get_response_header": "one header by its name, in any case of letters",
    "has_response_header": "the same",
    "get_response_trailers": "what comes behind a chunked body",
    "request_stream": "a body given piece by piece",
    "send_body_chunk": "the same",
    "end_body": "the same",
    "get_request_body_sent": "progress of an upload",
    "get_request_body_length": "the same",
    **{f"set_{name}": why for name, why in SETTINGS.items()},
    **{GETTERS.get(name, f"get_{name}"): why for name, why in SETTINGS.items()},
}
"""Methods that the engine's class has not."""


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> dict[str, View]:
    return views_of(tmp_path_factory.mktemp("compat") / "p", "PyHTTPClient", "HTTPClient")


@pytest.fixture
def ours(views: dict[str, View]) -> View:
    return views["PyHTTPClient"]


@pytest.fixture
def theirs(views: dict[str, View]) -> View:
    return views["HTTPClient"]


def normal(info: dict[str, Any]) -> tuple[Any, ...]:
    """What of a PropertyInfo matters; an enum of ours is the engine's of the same name."""
    owner = str(info["class_name"]).replace("PyHTTPClient.", "HTTPClient.")
    return (int(info["type"]), owner, int(info["hint"]), info["hint_string"], int(info["usage"]))


def method_differences(name: str, ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[str]:
    """The names of all that differs between two methods."""
    if normal(ours["return"]) != normal(theirs["return"]):
        yield f"{name} returns"
    if ours["flags"] != theirs["flags"]:
        yield f"{name} flags: {ours['flags']}, not {theirs['flags']}"
    if ours["default_args"] != theirs["default_args"]:
        yield f"{name} defaults: {ours['default_args']}, not {theirs['default_args']}"
    if len(ours["args"]) != len(theirs["args"]):
        yield f"{name} takes {len(ours['args'])} arguments, not {len(theirs['args'])}"
    for number, (mine, other) in enumerate(zip(ours["args"], theirs["args"], strict=False), 1):
        if mine["name"] != other["name"]:
            yield f"{name} argument {number} is called {mine['name']}, not {other['name']}"
        if normal(mine) != normal(other):
            yield f"{name} argument {number} ({other['name']})"


def by_name(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in entries}


def test_every_method_is_there(ours: View, theirs: View) -> None:
    mine, others = by_name(ours["methods"]), by_name(theirs["methods"])
    assert set(others) - set(mine) == set()
    assert set(mine) - set(others) == set(ADDED)


def test_methods_differ_only_where_there_is_a_reason(ours: View, theirs: View) -> None:
    mine = by_name(ours["methods"])
    found = [
        difference
        for name, method in by_name(theirs["methods"]).items()
        for difference in method_differences(name, mine[name], method)
    ]
    assert sorted(found) == sorted(DIFFERENT)


def test_what_differs_is_int(ours: View) -> None:
    methods = by_name(ours["methods"])
    for info in (
        methods["request"]["args"][0],
        methods["request_raw"]["args"][0],
        methods["get_status"]["return"],
    ):
        assert (int(info["type"]), info["class_name"]) == (2, "")


def test_properties_are_the_same(ours: View, theirs: View) -> None:
    for key in ("properties", "values", "defaults", "accessors"):
        mine, others = ours[key], theirs[key]
        if isinstance(mine, dict):
            mine = {name: value for name, value in mine.items() if name not in SETTINGS}
        else:
            mine = [entry for entry in mine if entry["name"] not in SETTINGS]
        if key == "properties":  # in their order, for the inspector
            mine, others = (
                [(entry["name"], *normal(entry)) for entry in entries] for entries in (mine, others)
            )
            mine = [(entry[0].replace("PyHTTPClient", "HTTPClient"), *entry[1:]) for entry in mine]
        assert mine == others, key


def test_constants_are_the_same(ours: View, theirs: View) -> None:
    assert ours["constants"] == theirs["constants"]
    assert len(ours["constants"]) == 81
    assert ours["enums"] == theirs["enums"]
    assert set(ours["enums"]) == {"Method", "Status", "ResponseCode"}


def test_signals_and_parent_are_the_same(ours: View, theirs: View) -> None:
    assert ours["signals"] == theirs["signals"] == []
    assert ours["parent"] == theirs["parent"] == "RefCounted"
