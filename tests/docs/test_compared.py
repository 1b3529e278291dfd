"""What docs/sessions.md says of ours beside another client: for each row there is a test that shows it."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import pytest
from tests.docs.blocks import ROOT

_ENGINE: Final = "tests/engine/scripts"
_UNIT: Final = "tests/unit/http/sessions"

SHOWN: Final[Mapping[str, Sequence[str]]] = {
    "a call without a node": (f"{_ENGINE}/sessions.gd::test_one_line",),
    "await, or signals": (
        f"{_ENGINE}/sessions_waiting.gd::test_awaited_late",
        f"{_ENGINE}/sessions_waiting.gd::test_on_a_thread",
        "tests/engine/test_g_sessions.py::test_without_a_scene_tree",
    ),
    "one `ok`": (f"{_ENGINE}/sessions.gd::test_failures", f"{_UNIT}/test_response.py::test_ok"),
    "`text`": (f"{_UNIT}/test_response.py::test_its_text",),
    "`json`": (
        f"{_ENGINE}/sessions.gd::test_json_that_is_none",
        f"{_ENGINE}/sessions.gd::test_bodies",
        f"{_ENGINE}/sessions.gd::test_images",
    ),
    "typed errors": (
        f"{_ENGINE}/sessions.gd::test_failures",
        f"{_UNIT}/test_failures.py::test_only_nothing_is_false",
    ),
    "server-sent events": (
        f"{_ENGINE}/sessions_waiting.gd::test_events",
        f"{_UNIT}/test_event_source.py::test_it_goes_on_from_the_last_id",
        f"{_UNIT}/test_event_source.py::test_delays_grow_while_no_connection_brings_anything",
        f"{_UNIT}/test_event_stream.py::test_events",
    ),
    "mock": (
        f"{_ENGINE}/sessions_hooks.gd::test_a_mock",
        f"{_UNIT}/test_mock.py::test_retries_are_as_over_a_network",
    ),
    "kept connections": (
        f"{_UNIT}/test_session.py::test_a_connection_goes_on_whatever_came_before",
        f"{_UNIT}/test_sender.py::test_a_kept_connection_that_is_dead",
    ),
    "cancelling": (f"{_ENGINE}/sessions_waiting.gd::test_cancelled",),
    "timeouts": (
        f"{_ENGINE}/sessions.gd::test_failures",
        f"{_UNIT}/test_exchange.py::test_deadlines",
        f"{_UNIT}/test_transfer.py::test_the_deadline_is_that_of_the_whole_call",
    ),
    "compressed bodies": (
        "tests/unit/http/http1/test_codings.py::test_members_of_gzip",
        "tests/unit/http/http1/test_codings.py::test_deflate_of_either_kind",
    ),
    "redirects": (
        f"{_UNIT}/test_redirects.py::test_the_method",
        f"{_UNIT}/test_redirects.py::test_where_to",
        f"{_UNIT}/test_redirects.py::test_where_it_must_not_go",
        f"{_UNIT}/test_transfer.py::test_a_body_that_can_be_read_once",
    ),
    "credentials": (
        f"{_UNIT}/test_credentials.py::test_only_their_origin_gets_them",
        f"{_UNIT}/test_session.py::test_a_base_with_a_user",
    ),
    "downloads to a file": (
        f"{_ENGINE}/sessions_waiting.gd::test_a_download",
        f"{_UNIT}/test_downloads.py",
    ),
    "limit of a body": (f"{_ENGINE}/sessions.gd::test_failures",),
    "TLS options": (f"{_ENGINE}/sessions.gd::test_tls",),
    "bodies of bytes": (f"{_ENGINE}/sessions.gd::test_bodies",),
    "proxies": (
        f"{_UNIT}/test_networks.py::test_through_an_http_proxy",
        f"{_UNIT}/test_sender.py::test_proxies",
        "tests/unit/http/transport/test_socks5.py",
    ),
    "progress": (f"{_ENGINE}/sessions_waiting.gd::test_progress",),
    "status of the connection": (
        f"{_ENGINE}/sessions_waiting.gd::test_progress",
        f"{_UNIT}/test_transfer.py::test_it_is_told_how_far_the_connection_is",
    ),
    "off the main thread": (f"{_ENGINE}/sessions_waiting.gd::test_a_burst",),
    "retries, cookies, cache, hooks, inspector": (
        f"{_UNIT}/test_transfer.py::test_retries",
        f"{_ENGINE}/sessions.gd::test_cookies",
        f"{_ENGINE}/sessions.gd::test_the_cache",
        f"{_ENGINE}/sessions_hooks.gd::test_a_refreshed_token",
        f"{_ENGINE}/http_editor.gd::test_calls_of_sessions",
    ),
}
"""Tests by the row's name."""


def rows() -> list[str]:
    _, _, section = (ROOT / "docs/sessions.md").read_text(encoding="utf-8").partition("\n## Beside C3Http\n")
    lines = [line for line in section.partition("\n## ")[0].split("\n") if line.startswith("| ")]
    return [line.split(" | ")[0].removeprefix("| ") for line in lines[1:]]


def test_each_row_has_tests() -> None:
    assert rows() == [*SHOWN]


@pytest.mark.parametrize("test", sorted({test for tests in SHOWN.values() for test in tests}))
def test_they_are_there(test: str) -> None:
    path, _, name = test.partition("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^ *(?:def|func) {name}\(" if name else r"^ *def test_", text, re.MULTILINE), test
