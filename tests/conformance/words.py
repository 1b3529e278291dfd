"""Compares what a client did with what is right, and puts both into the same words."""

import hashlib
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pythonscript_http.enums import Error, Status

from .model import (
    BLOCKED,
    Act,
    Adopt,
    Answer,
    Call,
    Connect,
    Fetch,
    Idle,
    Listen,
    Refused,
    Request,
    Scenario,
    Talk,
    Whole,
    Wire,
)

LONGEST: Final = 60
"""Characters of anything quoted."""

SCRIPT_ERROR: Final = "an error ends the script"

CRLF: Final = "\r\n"

_GOES_ON: Final = ("CONNECTED", "BODY", "DISCONNECTED")
"""Statuses that promise an answer."""

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH")

_RESULTS: Final = (
    "SUCCESS",
    "CHUNKED_BODY_SIZE_MISMATCH",
    "CANT_CONNECT",
    "CANT_RESOLVE",
    "CONNECTION_ERROR",
    "TLS_HANDSHAKE_ERROR",
    "NO_RESPONSE",
    "BODY_SIZE_LIMIT_EXCEEDED",
    "BODY_DECOMPRESS_FAILED",
    "REQUEST_FAILED",
    "DOWNLOAD_FILE_CANT_OPEN",
    "DOWNLOAD_FILE_WRITE_ERROR",
    "REDIRECT_LIMIT_REACHED",
    "TIMEOUT",
)
"""The names of `HTTPRequest.Result`."""
_FAILS: Final = "fails"
_HUNG: Final = "nothing more for ever"
_NO_EVENT: Final = "no event"


@dataclass
class Seen:
    """What one client did in one scenario.

    Attributes:
        acts: what `player.gd` reported of each act; fewer than the scenario has if the client hung.
        died: what ended the script or the engine before its time, in words; empty: nothing did.
        requests: what the server saw, with its port as `PORT`.
    """

    acts: Sequence[Mapping[str, Any]] = ()
    died: str = ""
    connections: int = 0
    closed: int = 0
    requests: Sequence[bytes] = ()


@dataclass
class Verdict:
    """What a client did, in words, and whether that is right."""

    right: bool = True
    words: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return _join(self.words)

    def note(self, words: str, fault: bool = False) -> None:
        if words:
            self.words.append(words)
            self.right &= not fault


def method_number(name: str) -> int:
    """The value of `METHOD_<name>`; a number that names none, for rows about that."""
    return _METHODS.index(name) if name in _METHODS else int(name)


# ---- what is right


def right_words(scenario: Scenario) -> str:
    """What is right, as the page tells it."""
    if scenario.right:
        return scenario.right
    words = [text for act in scenario.acts for text in _right_of(act)]
    if scenario.connections is not None:
        words.append(_connections(scenario.connections))
    if scenario.closes:
        words.append("the client closes")
    return _join(words)


def _right_of(act: Act) -> Iterator[str]:
    match act:
        case Connect(right=right, states=states, says=says):
            if states is not None:
                yield " → ".join(states)
            elif tuple(right) != ("CONNECTED",) or (act.settings and act.settings.policy):
                yield " or ".join(_connected(status) for status in right) + _because(says)
        case Fetch(reads=0):
            pass
        case Fetch(wire=Wire() as wire):
            yield from _wire_words(wire)
        case Fetch(rights=rights):
            yield " or ".join(_outcome(right) for right in rights)
        case Request():
            yield from _request_words(act)
        case Listen():
            yield from _wire_told(act)
            yield _events(act.right, ends=act.ends)
        case Idle(right=right):
            yield f"then {right}"
        case Call(right=right) if right is not None:
            yield _call_words(act, right)
        case Talk(right=right):
            yield f"`get_connection()` brings {_quote(right)}"


def _outcome(right: Answer | Refused) -> str:
    if isinstance(right, Refused):
        return "refused"
    words = _answer_words(right.code, right.body, right.after)
    extras = []
    if right.headers is not None:
        extras.append(_headers(right.headers))
    if right.fields is not None:
        extras.append(_fields(right.fields))
    if right.length is not None:
        extras.append(f"length {right.length}")
    if right.chunked is not None:
        extras.append("chunked" if right.chunked else "not chunked")
    if right.reads is not None:
        extras.append(f"{right.reads} reads at most")
    if right.largest is not None:
        extras.append(f"{right.largest} bytes a read at most")
    if right.cpu is not None:
        extras.append(f"under {right.cpu:g} s of processor time")
    if right.memory is not None:
        extras.append(f"under {right.memory >> 20} MiB more memory")
    return _join([words, *extras], ", ")


def _wire_words(wire: Wire) -> Iterator[str]:
    if wire.line is not None:
        yield f"sends {_code(wire.line)}"
    for name, wanted in wire.headers.items():
        lines = [_code(f"{name}: {value}".rstrip()) for value in _values(wanted)]
        yield f"sends {' and '.join(lines)}" if lines else f"sends no `{name}`"
    if wire.first is not None:
        yield f"`{wire.first}` comes first"
    if wire.body is not None:
        yield f"sends the body {_quote(wire.body)}"


# ---- what was seen


def judge(scenario: Scenario, seen: Seen) -> Verdict:
    """Compares, act by act."""
    verdict = Verdict()
    _judge_acts(scenario, seen, verdict)
    if seen.died:
        verdict.note(seen.died, True)
        return verdict
    if scenario.connections is not None:
        verdict.note(_connections(seen.connections), seen.connections != scenario.connections)
    if scenario.closes:
        verdict.note(
            "the client closes" if seen.closed else "the client keeps the connection", not seen.closed
        )
    return verdict


def _judge_acts(scenario: Scenario, seen: Seen, verdict: Verdict) -> None:
    requests = iter(seen.requests)
    played = [*zip(scenario.acts, seen.acts, strict=False)]
    for act, account in played:
        match act:
            case Connect():
                _judge_connect(act, account, verdict)
            case Adopt():
                status = _status(account)
                verdict.note(f"`set_connection` leads to {status}" if status not in act.right else "", True)
            case Fetch():
                _judge_fetch(act, account, requests, verdict)
            case Request():
                _judge_request(act, account, seen.requests, verdict)
            case Listen():
                _judge_listen(act, account, seen.requests, verdict)
            case Idle(right=right):
                status = _status(account)
                verdict.note(f"then {status}", status != right)
            case Call(right=right) if right is not None:
                verdict.note(_call_words(act, account["value"]), account["value"] != right)
            case Talk(right=right):
                received = bytes.fromhex(account["received"])
                text = (
                    f"`get_connection()` brings {_quote(received)}"
                    if account["peer"]
                    else "no `get_connection()`"
                )
                verdict.note(text, received != right)
    if any(isinstance(act, Fetch) and account["error"] != Error.OK for act, account in played):
        # The requests that were not refused are accounted for; so this is of one that was.
        for request in requests:
            verdict.note(f"sends {_line(request)}", True)


def _judge_connect(act: Connect, account: Mapping[str, Any], verdict: Verdict) -> None:
    status = _status(account)
    if account["error"] != Error.OK:
        outcome, words = "refused", _connected("refused")
    else:
        outcome, words = status, _connected(status)
    if act.settings is not None and not account["able"]:
        verdict.note(f"cannot {act.settings.can}", True)
        verdict.note(words, True)
        return
    if account["hung"]:
        verdict.note(f"{status} for ever", True)
        return
    if act.says and account["reason"] and outcome in act.right:
        fits = act.says in account["reason"]
        verdict.note(words + _because(act.says if fits else account["reason"]), not fits)
        return
    if not act.polls and account["error"] == Error.OK and act.states is None:
        return
    if act.states is not None:
        states = [Status(state).name.removeprefix("STATUS_") for state in account["states"]]
        verdict.note(" → ".join(states), states != list(act.states))
    elif (
        outcome not in act.right
        or tuple(act.right) != ("CONNECTED",)
        or (act.settings and act.settings.policy)
    ):
        if act.says and outcome in act.right:
            words = f"{' or '.join(act.right)}, without a reason"
        verdict.note(words, outcome not in act.right)


def _judge_fetch(act: Fetch, account: Mapping[str, Any], requests: Iterator[bytes], verdict: Verdict) -> None:
    if account["error"] != Error.OK:
        errors = [right.error for right in act.rights if isinstance(right, Refused)]
        fits = account["error"] in errors
        verdict.note("refused" if fits or not errors else f"refused: {_error(account['error'])}", not fits)
        return
    request = next(requests, b"")
    if act.reads == 0:
        return
    body = bytes.fromhex(account.get("body", ""))
    size, code, after = account.get("size", 0), account["code"], _status(account)
    answers = [right for right in act.rights if isinstance(right, Answer)]
    if not answers:
        leaks = [right.leak for right in act.rights if isinstance(right, Refused) and right.leak in request]
        if leaks and leaks[0]:
            verdict.note(f"sends {_code(leaks[0].decode())}", True)
        elif body:
            verdict.note(_answer_words(code, body, after, size), True)
        else:
            verdict.note(f"sends {_line(request)}", True)
        return
    if account["hung"]:
        what = f"{_answer_words(code, body, '', size)}, then " if after == "BODY" else ""
        verdict.note(f"{what}{after} for ever", True)
        return
    faults = [list(_answer_faults(right, account, body)) for right in answers]
    best = min(faults, key=len)
    words = _answer_words(code, body, after, size)
    if best:
        verdict.note(_join([words, *filter(None, best)], ", "), True)
        return
    if act.wire is None:
        right = answers[faults.index(best)]
        verdict.note(_outcome(right) if right.body is not None else words)
        return
    wrong = list(_wire_faults(act.wire, request))
    for text in wrong:
        verdict.note(text, True)
    if not wrong:
        verdict.note(_join(list(_wire_words(act.wire))))


def _answer_faults(right: Answer, account: Mapping[str, Any], body: bytes) -> Iterator[str]:
    """What differs; the empty text where the plain words tell it."""
    if account["code"] != right.code or _status(account) != right.after:
        yield ""
    if right.body is not None and (
        account["size"] != len(right.body) or account["sha256"] != hashlib.sha256(right.body).hexdigest()
    ):
        yield "" if body != right.body[: len(body)] or account["size"] != len(right.body) else "another body"
    if right.headers is not None and list(account["headers"]) != list(right.headers):
        yield _headers(account["headers"])
    if right.fields is not None and account["fields"] != dict(right.fields):
        yield _fields(account["fields"])
    if right.length is not None and account["length"] != right.length:
        yield f"length {account['length']:.0f}"
    if right.chunked is not None and account["chunked"] != right.chunked:
        yield "chunked" if account["chunked"] else "not chunked"
    if right.reads is not None and account["reads"] > right.reads:
        yield f"over {right.reads} reads"
    if right.largest is not None and account["largest"] > right.largest:
        yield f"over {right.largest} bytes a read"
    if right.cpu is not None and account["cpu"] > right.cpu:
        yield f"over {right.cpu:g} s of processor time"
    if right.memory is not None and account["memory"] > right.memory:
        yield f"over {right.memory >> 20} MiB more memory"


def _wire_faults(wire: Wire, request: bytes) -> Iterator[str]:
    head, _, body = request.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").encode("latin-1").decode("utf-8", "replace").split("\r\n")
    if wire.line is not None and line != wire.line:
        yield f"sends {_code(line)}"
    for name, wanted in wire.headers.items():
        found = [text for text in lines if text.strip().lower().startswith(f"{name.lower()}:")]
        values = [text.partition(":")[2].strip() for text in found]
        if values != _values(wanted):
            yield f"sends {' and '.join(map(_code, found))}" if found else f"sends no `{name}`"
    hosts = [text for text in lines if text.strip().lower().startswith("host:")]
    if "Host" not in wire.headers and len(hosts) != 1:  # RFC 9112 section 3.2
        yield f"sends {' and '.join(map(_code, hosts))}" if hosts else "sends no `Host`"
    if wire.first is not None and not lines[0].lower().startswith(f"{wire.first.lower()}:"):
        yield f"{_code(lines[0])} comes first"
    if wire.body is not None and body != wire.body:
        yield f"sends the body {_quote(body)}"


def _judge_request(
    act: Request, account: Mapping[str, Any], requests: Sequence[bytes], verdict: Verdict
) -> None:
    if account["error"] != Error.OK:
        verdict.note(f"refused: {_error(account['error'])}", True)
    elif act.cancels:
        blocked = account["seconds"] > BLOCKED
        verdict.note(_cancelled(blocked=blocked), blocked)
        verdict.note("" if _status(account) == "DISCONNECTED" else f"then {_status(account)}", True)
    else:
        _judge_wire(act, requests, verdict)
        if account["hung"]:
            verdict.note(_HUNG, True)
        elif act.right is not None:
            _judge_whole(act.right, account, verdict)


def _judge_listen(
    act: Listen, account: Mapping[str, Any], requests: Sequence[bytes], verdict: Verdict
) -> None:
    _judge_wire(act, requests, verdict)
    events, ended = account["events"], account["ended"]
    wrong = events != list(act.right) or ended != act.ends
    if account["by_events"]:
        verdict.note(_events(events, ends=ended), wrong)
    elif account["hung"]:
        verdict.note(f"{_NO_EVENT}; {_HUNG}", True)
    else:
        verdict.note(f"{_NO_EVENT}; {_whole_words(*_whole_of(account))}", bool(act.right))


def _judge_wire(act: Request | Listen, requests: Sequence[bytes], verdict: Verdict) -> None:
    """Looks at what the server got."""
    if act.lines is not None:
        lines = [request.decode("utf-8", "replace").partition(" HTTP/")[0] for request in requests]
        verdict.note(_sent_lines(lines), lines != list(act.lines))
    if act.last is not None:
        wrong = [*_wire_faults(act.last, requests[-1] if requests else b"")]
        verdict.note(_join(wrong or [*_wire_words(act.last)]), bool(wrong))


def _whole_of(account: Mapping[str, Any]) -> tuple[str, int, bytes]:
    """The result, the status code and the body that a request ended with."""
    return _RESULTS[int(account["result"])], int(account["code"]), bytes.fromhex(account["body"])


def _judge_whole(right: Whole, account: Mapping[str, Any], verdict: Verdict) -> None:
    result, code, body = _whole_of(account)
    saved = None if account["saved"] is None else bytes.fromhex(account["saved"])
    if not right.result and result != "SUCCESS":
        verdict.note(_FAILS)
    else:
        fits = result == right.result and right.code in (None, code) and right.body in (None, body)
        shown = None if right.code is None and fits else code
        verdict.note(_whole_words(result, shown, None if right.body is None and fits else body), not fits)
    if right.saved is not None or right.unsaved:
        verdict.note(_saved(saved), saved != right.saved)


# ---- words


def _request_words(act: Request) -> Iterator[str]:
    if act.cancels:
        yield _cancelled(blocked=False)
        return
    yield from _wire_told(act)
    right = act.right
    if right is None:
        return
    yield _whole_words(right.result, right.code, right.body) if right.result else _FAILS
    if right.saved is not None or right.unsaved:
        yield _saved(right.saved)


def _wire_told(act: Request | Listen) -> Iterator[str]:
    if act.lines is not None:
        yield _sent_lines(act.lines)
    if act.last is not None:
        yield _join([*_wire_words(act.last)])


def _events(data: Sequence[str], *, ends: bool) -> str:
    events = ", ".join(_code(f'"{one}"') for one in data)
    return f"{f'events {events}' if events else _NO_EVENT}{', then it ends' if ends else ''}"


def _sent_lines(lines: Sequence[str]) -> str:
    return " → ".join(map(_code, lines)) or "sends nothing"


def _whole_words(result: str, code: int | None, body: bytes | None) -> str:
    words = [result, "" if code is None else str(code), _quote(body) if body else ""]
    return " ".join(filter(None, words))


def _saved(data: bytes | None) -> str:
    return "no file" if data is None else f"the file has {_quote(data)}"


def _cancelled(*, blocked: bool) -> str:
    return f"`cancel_request()` {'waits for the server' if blocked else 'returns at once'}"


def _answer_words(code: int, body: bytes | None, after: str, size: int | None = None) -> str:
    if not code and after not in _GOES_ON:
        return after
    words = str(code) if code else "code 0"
    if body:
        quoted = _quote(body, size)
        words += f" {quoted}" if quoted.startswith("`") else f", {quoted}"
    return f"{words}, {after}" if after else words


def _values(wanted: str | Sequence[str] | None) -> list[str]:
    """What is wanted of a header, as a list."""
    return [] if wanted is None else [wanted] if isinstance(wanted, str) else [*wanted]


def _line(request: bytes) -> str:
    """The first line of what a server saw."""
    return _code(request.decode("utf-8", "replace").split(CRLF)[0])


def _error(number: float) -> str:
    """The name of an error code; codes that no right one has are given by number."""
    known = {error.value: error.name for error in Error}
    return known.get(int(number), f"error {number:.0f}")


def _status(account: Mapping[str, Any]) -> str:
    return Status(account["status"]).name.removeprefix("STATUS_")


def _connected(status: str) -> str:
    return "`connect_to_host` refuses it" if status == "refused" else status


def _because(reason: str) -> str:
    return f": “{reason}”" if reason else ""


def _connections(number: int) -> str:
    return f"{number or 'no'} connection{'s' if number > 1 else ''}"


def _quote(data: bytes, size: int | None = None) -> str:
    """Bytes as a reader sees them best: a short text, or how many they are."""
    size = len(data) if size is None else size
    if size > 24 or not data.isascii() or re.search(rb"[^\n\r -~]", data):
        return f"{size:,} bytes" if size != 1 else "1 byte"
    return _code(f'"{data.decode()}"')


def _code(text: str) -> str:
    """A code span of a Markdown table."""
    text = (
        text.replace("\\", "\\\\")
        .replace("\r", "\\r")
        .replace("\n", "\\n")
        .replace("\t", "\\t")
        .replace("\0", "\\0")
    )
    text = re.sub(r"[^ -~\u00a1-\uffff]", lambda match: f"\\u{ord(match[0]):04x}", text)
    if len(text) > LONGEST:
        text = f"{text[: LONGEST - 20]} … {text[-12:]}"
    text = text.replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`"


code: Final[Callable[[str], str]] = _code


def _headers(lines: Sequence[str]) -> str:
    return f"headers {_code(', '.join(lines))}" if lines else "no headers"


def _fields(fields: Mapping[str, str]) -> str:
    return _code("{" + ", ".join(f'"{name}": "{value}"' for name, value in fields.items()) + "}")


def _call_words(act: Call, value: Any) -> str:
    text = Error(value).name if act.name == "poll" else _value(value)
    return f"`{act.name}()` gives {text}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, float):
        value = int(value)
    return _code(f'"{value}"' if isinstance(value, str) else str(value))


def _join(words: Sequence[str], mark: str = "; ") -> str:
    """Texts as one; the same in a row are given once."""
    runs = [(text, len([*same])) for text, same in itertools.groupby(filter(None, words))]
    return mark.join(text if number == 1 else f"{text}, {number} times" for text, number in runs)
