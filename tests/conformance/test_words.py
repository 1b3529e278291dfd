"""The judge: what each row claims is really looked at."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from tests.conformance.model import (
    BLOCKED,
    Answer,
    Connect,
    Fetch,
    Listen,
    Refused,
    Request,
    Scenario,
    Whole,
    Wire,
)
from tests.conformance.words import Seen, Verdict, judge, right_words
from tests.loopback.kinds import Kind

from pythonscript_http.enums import Error, Status

CONNECTED: Mapping[str, Any] = {
    "error": 0,
    "hung": False,
    "status": Status.STATUS_CONNECTED,
    "reason": "",
    "states": [],
    "able": True,
}
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
ANSWERED: Mapping[str, Any] = {
    **CONNECTED,
    "code": 200,
    "size": 0,
    "body": "",
    "sha256": EMPTY,
    "length": 0,
    "chunked": False,
    "headers": [],
}
HEAD = b"GET / HTTP/1.1\r\nHost: h\r\n"


def refused(error: int = Error.ERR_INVALID_PARAMETER) -> Mapping[str, Any]:
    return {"error": error, "status": Status.STATUS_CONNECTED}


def verdict(
    acts: Sequence[Fetch], accounts: Sequence[Mapping[str, Any]], requests: Sequence[bytes], **more: Any
) -> Verdict:
    scenario = Scenario("", Kind.REQUESTS, "", "", (), (Connect(), *acts), **more)
    return judge(scenario, Seen([CONNECTED, *accounts], requests=requests, connections=1))


class TestRefusals:
    def test_nothing_is_sent(self) -> None:
        seen = verdict([Fetch(Refused())], [refused()], [])
        assert (seen.right, str(seen)) == (True, "refused")

    def test_what_is_sent_nevertheless_is_seen(self) -> None:
        seen = verdict([Fetch(Refused())], [refused()], [b"GET /evil HTTP/1.1\r\n\r\n"])
        assert (seen.right, str(seen)) == (False, "refused; sends `GET /evil HTTP/1.1`")

    def test_also_before_a_request_that_is_in_order(self) -> None:
        acts, accounts = [Fetch(Refused()), Fetch(Answer())], [refused(), ANSWERED]
        assert verdict(acts, accounts, [HEAD]).right
        assert not verdict(acts, accounts, [b"GET /evil HTTP/1.1\r\n\r\n", HEAD]).right

    def test_the_error_is_the_one_that_scripts_know(self) -> None:
        seen = verdict([Fetch(Refused())], [refused(Error.ERR_CONNECTION_ERROR)], [])
        assert (seen.right, str(seen)) == (False, "refused: ERR_CONNECTION_ERROR")
        assert not verdict([Fetch(Refused())], [refused(1)], []).right
        assert verdict([Fetch(Refused(error=Error.ERR_UNCONFIGURED))], [refused(3)], []).right

    def test_one_that_should_have_been_sent(self) -> None:
        assert not verdict([Fetch(Answer())], [refused()], []).right

    def test_either_may_be_right(self) -> None:
        either = [Fetch((Answer(), Refused()))]
        assert verdict(either, [refused()], []).right
        assert verdict(either, [ANSWERED], [HEAD]).right
        assert not verdict(either, [refused()], [HEAD]).right

    def test_no_connection(self) -> None:
        assert not verdict([], [], [], connections=0).right


@pytest.mark.parametrize(
    ("wire", "request_", "right"),
    [
        (Wire(headers={"X": ("1", "2")}), HEAD + b"X: 1\r\nX: 2\r\n\r\n", True),
        (Wire(headers={"X": ("1", "2")}), HEAD + b"X: 1\r\n\r\n", False),
        (Wire(headers={"X": ("1", "2")}), HEAD + b"X: 2\r\nX: 1\r\n\r\n", False),
        (Wire(headers={"X": "1"}), HEAD + b"X: 1\r\nX: 1\r\n\r\n", False),
        (Wire(headers={"X": None}), HEAD + b"X: 1\r\n\r\n", False),
        (Wire("GET / HTTP/1.1"), HEAD + b"\r\n", True),
        (Wire("GET / HTTP/1.1"), HEAD + b"Host: h\r\n\r\n", False),
        (Wire("GET / HTTP/1.1"), b"GET / HTTP/1.1\r\n\r\n", False),
        (Wire(f"GET /{'x' * 8000} HTTP/1.1"), HEAD.replace(b"/ ", b"/%b " % (b"x" * 8000)) + b"\r\n", True),
        (Wire(f"GET /{'x' * 8000} HTTP/1.1"), HEAD.replace(b"/ ", b"/%b " % (b"x" * 7999)) + b"\r\n", False),
        (Wire(body=b""), HEAD + b"\r\n", True),
        (Wire(body=b""), HEAD + b"\r\nx", False),
    ],
)
def test_the_wire(wire: Wire, request_: bytes, right: bool) -> None:
    assert verdict([Fetch(wire=wire)], [ANSWERED], [request_]).right is right


HELLO: Mapping[str, Any] = {
    "error": 0,
    "hung": False,
    "result": 0,
    "code": 200,
    "body": b"hello".hex(),
    "saved": None,
}
CANCELLED: Mapping[str, Any] = {"error": 0, "seconds": 0.0, "status": Status.STATUS_DISCONNECTED}


@pytest.mark.parametrize(
    ("act", "account", "words"),
    [
        (Request(Whole(body=b"hello")), {}, ""),
        (Request(Whole(body=None)), {}, ""),
        (Request(Whole(body=b"hallo")), {}, 'SUCCESS 200 `"hello"`'),
        (Request(Whole(code=303, body=b"hello")), {}, 'SUCCESS 200 `"hello"`'),
        (Request(Whole(body=b"hello")), {"result": 4, "code": 0, "body": ""}, "CONNECTION_ERROR 0"),
        (Request(Whole("")), {"result": 4}, ""),
        (Request(Whole("")), {}, 'SUCCESS 200 `"hello"`'),
        (Request(Whole("TIMEOUT", None, None)), {"result": 4, "code": 0, "body": ""}, "CONNECTION_ERROR 0"),
        (Request(Whole(body=b"hello")), {"hung": True}, "nothing more for ever"),
        (Request(Whole(body=b"hello")), {"error": 31}, "refused: ERR_INVALID_PARAMETER"),
        (Request(Whole(body=None, saved=b"x")), {}, "SUCCESS 200; no file"),
        (Request(Whole(body=None, saved=b"x")), {"saved": b"x".hex()}, ""),
        (
            Request(Whole(body=None, unsaved=True)),
            {"saved": b"x".hex()},
            'SUCCESS 200; the file has `"x"`',
        ),
        (Request(Whole(body=None), lines=("GET /",)), {}, ""),
        (Request(Whole(body=None), lines=("GET /", "GET /a")), {}, "`GET /`; SUCCESS 200"),
        (Request(Whole(body=None), last=Wire(headers={"A": "1"})), {}, "sends no `A`; SUCCESS 200"),
        (Request(Whole(body=None), last=Wire(headers={"A": None})), {}, ""),
        (Request(cancels=True), CANCELLED, ""),
        (
            Request(cancels=True),
            {**CANCELLED, "seconds": BLOCKED + 1},
            "`cancel_request()` waits for the server",
        ),
        (
            Request(cancels=True),
            {**CANCELLED, "status": Status.STATUS_BODY},
            "`cancel_request()` returns at once; then BODY",
        ),
    ],
)
def test_a_request_of_a_node(act: Request, account: Mapping[str, Any], words: str) -> None:
    """Without words it is right."""
    seen = Seen([{**HELLO, **account}], requests=[HEAD + b"\r\n"])
    told = judge(Scenario("", Kind.WHOLE, "", "", (), (act,)), seen)
    assert (told.right, "" if told.right else str(told)) == (not words, words)


def test_of_several_requests_the_wire_is_that_of_all() -> None:
    acts = (
        Request(None),
        Request(Whole(body=b"hello"), lines=("GET /", "GET /"), last=Wire(headers={"A": "1"})),
    )
    scenario = Scenario("", Kind.COOKIES, "", "", (), acts)
    sent = [HEAD + b"\r\n", HEAD + b"A: 1\r\n\r\n"]
    told = judge(scenario, Seen([{**HELLO, "code": 500}, HELLO], requests=sent))
    assert (told.right, str(told)) == (True, right_words(scenario))
    assert not judge(scenario, Seen([HELLO, HELLO], requests=sent[:1])).right
    assert not judge(scenario, Seen([HELLO, HELLO], requests=sent[::-1])).right


@pytest.mark.parametrize(
    ("act", "account", "words"),
    [
        (Listen(["a", "b"]), {}, ""),
        (Listen(["a", "b"], lines=("GET /",)), {}, ""),
        (Listen(["a", "b"], lines=()), {}, '`GET /`; events `"a"`, `"b"`'),
        (Listen(["a", "b"], last=Wire(headers={"A": "1"})), {}, 'sends no `A`; events `"a"`, `"b"`'),
        (Listen(["a"]), {}, 'events `"a"`, `"b"`'),
        (Listen(["a", "b"], ends=True), {}, 'events `"a"`, `"b"`'),
        (Listen(["a", "b"], ends=True), {"ended": True}, ""),
        (Listen([]), {"events": [], "ended": True}, "no event, then it ends"),
        (Listen(["a"]), {**HELLO, "by_events": False}, 'no event; SUCCESS 200 `"hello"`'),
        (Listen([], ends=True), {**HELLO, "by_events": False}, ""),
        (Listen(["a"]), {"by_events": False, "hung": True}, "no event; nothing more for ever"),
    ],
)
def test_an_event_source(act: Listen, account: Mapping[str, Any], words: str) -> None:
    listened = {"by_events": True, "events": ["a", "b"], "ended": False}
    seen = Seen([{**listened, **account}], requests=[HEAD + b"\r\n"])
    told = judge(Scenario("", Kind.EVENTS, "", "", (), (act,)), seen)
    assert (told.right, "" if told.right else str(told)) == (not words, words)
