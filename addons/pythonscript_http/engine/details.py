"""Requests and records as Dictionaries, for the panels of the editor."""

from __future__ import annotations

import re
from typing import Any

from godot import PackedByteArray
from pythonscript_http.editor.http_file import body_of, body_text
from pythonscript_http.editor.images import MOST_PIXELS, size_of
from pythonscript_http.editor.peer import facts_of
from pythonscript_http.editor.pretty import kind_of, shown
from pythonscript_http.editor.records import Record, value_of
from pythonscript_http.editor.request import OPTIONS, FormatError, Request, check_method, plain

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_REPLACED = str.maketrans({"\0": "\u2400"})


def to_dictionary(request: Request) -> dict[str, Any]:
    """A request; its body is text as in a `.http` file, with `< path` for files.

    Raises:
        FormatError: the body cannot be shown so, or has bytes that are no text.
    """
    body = body_text(request.body) if request.body else ""
    for text in (request.url, body, *(value for _, value in request.headers)):
        if _NO_TEXT.search(text):
            raise FormatError("it has bytes that are no text: put them into a file, and send that")
    return plain(request, body)


def from_dictionary(fields: dict[str, Any]) -> Request:
    """Reads a request as a panel has it; what is missing has its default.

    Raises:
        FormatError: the method is none, or `error` says why it is no request.
    """
    if "error" in fields:
        raise FormatError(str(fields["error"]))
    headers = ((str(name).strip(), str(value).strip()) for name, value in fields.get("headers", []))
    return Request(
        method=check_method(str(fields.get("method", "GET")).strip()),
        url=str(fields.get("url", "")).strip(),
        headers=tuple((name, value) for name, value in headers if name),
        body=body_of(str(fields.get("body", ""))),
        name=str(fields.get("name", "")),
        insecure=bool(fields.get("insecure", False)),
        **{option: str(fields.get(option, "")).strip() for option in OPTIONS},
    )


def row_of(record: Record, now: float) -> dict[str, Any]:
    """What a line of the inspector's list shows."""
    return {
        "id": record.id,
        "run": record.run,
        "method": record.method,
        "host": _text(record.host),
        "path": _text(record.path),
        "status": record.status,
        "type": _text(record.media.rpartition("/")[2][:40]),
        "received": record.received,
        "decoded": record.decoded,
        "seconds": record.seconds(now),
        "begun": record.begun.monotonic,
        "pending": record.outcome is None,
        "failed": record.failed,
        "reason": _text(record.reason),
        "mark": record.mark,
        "phases": [list(phase) for phase in record.phases(now)],
    }


def details_of(record: Record, now: float, body: bytes | None = None) -> dict[str, Any]:
    """All that is known of a request and its response.

    Args:
        now: the clock of the record's times.
        body: the response's; None: what the record has of it.
    """
    content = bytes(record.response_body) if body is None else body
    content_type = value_of(record.response_headers, "Content-Type")
    text, note = shown(content_type, content)
    kind, complete = kind_of(content_type, content), len(content) >= record.decoded
    size = size_of(kind, content) if complete else None
    is_small = size is not None and size[0] * size[1] <= MOST_PIXELS
    if size is not None and not is_small:
        note = f"an image of {size[0]} × {size[1]} pixels, too many to be shown; save it to see it"
    request_type = value_of(record.request_headers, "Content-Type")
    request_text, request_note = shown(request_type, bytes(record.request_body))
    line, call = record.line, record.call
    return {
        **row_of(record, now),
        "url": _text(record.url),
        "wall": record.begun.wall,
        "request_headers": [[_text(part) for part in header] for header in record.request_headers],
        "response_headers": [[_text(part) for part in header] for header in record.response_headers],
        "request_head": _text(record.request_head.decode("latin-1")),
        "response_head": _text(record.response_head.decode("latin-1")),
        "request_text": request_text,
        "request_note": _part(request_note, len(record.request_body), record.request_length),
        "sent": record.sent,
        "text": text,
        "note": _part(note, len(content), record.decoded) if body is None else note,
        "content_type": _text(content_type),
        "kind": kind,
        "image": is_small,
        "body": PackedByteArray(content),
        "trailers": [[_text(part) for part in trailer] for trailer in record.trailers],
        "address": "" if line is None else line.address,
        "tls": [] if line is None or not line.tls_version else [line.tls_version, line.cipher, line.alpn],
        "certificate": {} if line is None else _shown(facts_of(line.certificate)),
        "attempts": [] if line is None else [[_text(part) for part in attempt] for attempt in line.attempts],
        "reused": record.connection > 0 and not record.connects,
        "note_of_call": _text(record.note),
        "call": "" if call is None else f"{call.number}: {call.method} {_text(call.url)}",
        "source": "" if call is None else _text(call.source),
        "call_reason": "" if call is None or call.reason == record.reason else _text(call.reason),
    }


def _part(note: str, have: int, whole: int) -> str:
    """A note on a body of which the game has shown its begin."""
    if have >= whole:
        return note
    return (
        f"the first {have} of {whole} bytes, as the game has shown them"
        if have
        else "the body was not recorded"
    )


def _shown(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [_text(item) for item in value] if isinstance(value, list) else _text(value)
        for name, value in facts.items()
    }


def _text(text: str) -> str:
    return text.translate(_REPLACED)
