"""HAR files: valid by the format's schema, without secrets unless asked, and with the right numbers."""

import json
from pathlib import Path
from typing import Any

import pytest
from haralyzer import HarParser  # type: ignore[import-untyped]
from jsonschema import Draft6Validator  # type: ignore[import-untyped]
from tests.unit.http.editor.fakes import at, called, connecting, log_of, refused, request, response

from pythonscript_http.editor.har import har_of, text_of
from pythonscript_http.editor.log import Log
from pythonscript_http.editor.messages import read_message
from pythonscript_http.trace import CacheUse, CallCached, CallRedirected, Outcome

SCHEMA = json.loads((Path(__file__).parent / "har_schema.json").read_text(encoding="utf-8"))
SECRET = "Authorization: Bearer s3cret\r\nCookie: a=s3cret; b=c\r\nContent-Type: application/json\r\n"
SET = "Set-Cookie: sid=s3cret; Path=/\r\nLocation: /?token=s3cret\r\nContent-Type: application/json\r\n"


def secret_log() -> Log:
    return log_of(
        connecting(),
        request(
            1, line="POST /a?b=c&token=s3cret&d HTTP/1.1", headers=SECRET, body=b'{"password": "s3cret"}'
        ),
        response(1, headers=SET, body=b'{"access_token":"s3cret"}'),
        request(2, since=3.0),
        response(2, since=3.1, headers="Content-Type: image/png\r\n", body=b"\x89PNG"),
        refused(2),
        request(3, since=4.0),
    )


def entries(log: Log, *, secrets: bool = False) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = har_of(log.records, log.now, secrets=secrets)["log"]["entries"]
    return found


def faults(har: object) -> list[str]:
    """What the schema says against a HAR."""
    validator = Draft6Validator(SCHEMA, format_checker=Draft6Validator.FORMAT_CHECKER)
    return [error.message for error in validator.iter_errors(har)]


@pytest.mark.parametrize("secrets", [False, True])
def test_it_is_valid(secrets: bool) -> None:
    log = secret_log()
    har = json.loads(text_of(log.records, log.now, secrets=secrets))
    assert faults(har) == []
    assert len(har["log"]["entries"]) == 4


HOSTILE = {
    "headers": "".join(f"X-{number}: y\r\n" for number in range(1000)).encode(),
    "binary": b"X-\xff\0: \x01\x7f\xfe\xff\r\n: \r\nnone\r\n \r\n",
    "terminal": b"Location: javascript:\x1b]0;x\x07\r\nSet-Cookie: =;;\xff=\0\r\n"
    b"Content-Type: \xff;charset=utf-7\r\n",
}


@pytest.mark.parametrize("head", HOSTILE)
@pytest.mark.parametrize("body", [bytes(range(256)) * 256, b"[" * 65536, b"\x1b[31m\0\xed\xa0\x80", b""])
@pytest.mark.parametrize("secrets", [False, True])
def test_it_is_valid_whatever_comes(head: str, body: bytes, secrets: bool) -> None:
    latest = (253402300799.9, 9_999_999_999.0)
    raw = b"HTTP/1.1 200 \x1b\xff\r\n" + HOSTILE[head] + b"\r\n"
    rows: list[list[Any]] = [
        ["RequestStarted", 0.0, 0.0, 1, 1, "\ud800 \0", b"\xff \xff\r\n" + HOSTILE[head], -1, 0],
        ["RequestBody", *latest, 1, 1, body],
        ["HeadReceived", *latest, 1, 1, (1 << 53) - 1, False, raw],
        ["ResponseBody", *latest, 1, 1, body],
        ["ExchangeEnded", *latest, 1, 1, "failed", "\ud800", -1, -1, -1, [[b"\xff", b"\0"]]],
        ["RequestStarted", *latest, 2, 2, "", b"", 0, 0],
    ]
    lost, events, wrong = read_message([0, rows])
    assert (lost, wrong) == (0, 0)
    log = log_of(iter(events))
    text = text_of(log.records, log.now, secrets=secrets).encode("utf-8", "replace")
    assert faults(json.loads(text, parse_constant=float.fromhex)) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", '{"token": "s3cret", "a": "\u00e9'.encode()[:-1]),
        ("application/json; charset=iso-8859-1", '{"token": "s3cret", "a": "\u00e9"}'.encode("latin-1")),
        ("text/plain", b"token=s3cret&a=\xff"),
    ],
)
def test_what_is_text_is_masked_however_it_is_encoded_or_cut(kind: str, body: bytes) -> None:
    log = log_of(connecting(), request(1), response(1, headers=f"Content-Type: {kind}\r\n", body=body))
    content = entries(log)[0]["response"]["content"]
    assert "encoding" not in content
    assert "s3cret" not in content["text"]
    assert "s3cret" in entries(log, secrets=True)[0]["response"]["content"]["text"]


@pytest.mark.parametrize("secrets", [False, True])
def test_secrets_are_left_out_unless_asked_for(secrets: bool) -> None:
    log = secret_log()
    text = text_of(log.records, log.now, secrets=secrets)
    assert ("s3cret" in text) == secrets
    first = entries(log, secrets=secrets)[0]
    assert len(first["request"]["cookies"]) == 2 * secrets
    assert len(first["response"]["cookies"]) == secrets
    names = {header["name"] for half in ("request", "response") for header in first[half]["headers"]}
    assert names >= {"Host", "Location"}
    assert ({"Authorization", "Cookie", "Set-Cookie"} <= names) == secrets


@pytest.mark.filterwarnings("ignore:'asyncio.iscoroutinefunction'")  # of what haralyzer imports
def test_another_program_reads_it() -> None:
    log = secret_log()
    (page,) = HarParser(har_of(log.records, log.now, secrets=True)).pages
    assert page.entries[0].url == "https://example.org/a?b=c&token=s3cret&d"
    assert [entry.response.status for entry in page.entries] == [200, 0, 200, 0]  # by time


def test_times() -> None:
    first, second, failed, pending = entries(secret_log())
    assert first["startedDateTime"] == "2023-11-14T22:13:20.000+00:00"
    assert first["timings"] == {
        "blocked": 400.0,
        "dns": 100.0,
        "send": 100.0,
        "wait": 400.0,
        "receive": 500.0,
        "connect": 500.0,
        "ssl": 300.0,
    }
    assert first["time"] == 2000.0
    assert second["timings"]["connect"] == second["timings"]["dns"] == second["timings"]["ssl"] == -1
    assert second["time"] == 1000.0
    assert (failed["time"], failed["comment"]) == (200.0, "cannot connect to localhost:1: Connection refused")
    for entry in (first, second, failed, pending):
        assert all(
            value >= 0 for name, value in entry["timings"].items() if name in ("send", "wait", "receive")
        )


def test_what_each_entry_says() -> None:
    first, second, failed, pending = entries(secret_log())
    assert first["serverIPAddress"] == "192.0.2.1"
    assert first["connection"] == second["connection"]
    assert first["request"]["queryString"] == [
        {"name": "b", "value": "c"},
        {"name": "token", "value": "•••"},
        {"name": "d", "value": ""},
    ]
    assert first["request"]["postData"]["mimeType"] == "application/json"
    assert (first["response"]["status"], first["response"]["statusText"]) == (200, "Some Reason")
    assert second["response"]["content"] == {
        "size": 4,
        "mimeType": "image/png",
        "text": "iVBORw==",
        "encoding": "base64",
    }
    assert second["response"]["bodySize"] == 4
    assert (failed["response"]["status"], failed["request"]["method"]) == (0, "CONNECT")
    assert pending["response"]["status"] == 0


def test_a_body_that_was_shown_in_part_says_so() -> None:
    *events, body, end = response()
    log = log_of(connecting(), request(), iter([*events, end]))
    assert entries(log)[0]["response"]["content"]["comment"] == "not recorded"
    log = log_of(connecting(), request(), response(outcome=Outcome.FAILED, reason="cut"))
    assert entries(log)[0]["comment"] == "cut"
    assert body is not None


@pytest.mark.parametrize("secrets", [False, True])
def test_calls_of_sessions(secrets: bool) -> None:
    url = "https://example.org/b?token=s3cret"
    log = log_of(connecting(), called(), request(call=1), response(code=302))
    log.apply([CallRedirected(at(2.1), 1, url), CallCached(at(2.2), 1, CacheUse.HIT, url, 200, b"", 7)])
    har = json.loads(text_of(log.records, log.now, secrets=secrets))
    assert faults(har) == []
    first, last = har["log"]["entries"]
    assert [entry["_call"] for entry in (first, last)] == ["1-1", "1-1"]
    assert first["_initiator"] == {"type": "script", "url": "res://a.gd:3 (_ready)"}
    assert first["comment"].startswith("followed to https://example.org/b?token=")
    assert "_cache" not in first
    assert last["_cache"] == "hit"
    assert ("s3cret" in first["comment"]) == ("s3cret" in last["request"]["url"]) == secrets
