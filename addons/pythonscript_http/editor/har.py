"""Records as HAR 1.2, the format in which browsers and proxies exchange what they saw.

Source: http://www.softwareishard.com/blog/har-12-spec/ (the W3C's draft of it was given up).
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from configparser import ConfigParser
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from .masking import is_secret, masked_body, masked_url, masked_value
from .pretty import kind_of
from .pretty import text_of as text_of_body
from .records import Record, value_of
from .request import Headers, query_of

_URL: Final = re.compile(r"https?://\S+")
_PHASES: Final = ("blocked", "dns", "send", "wait", "receive")


def har_of(records: Iterable[Record], now: float, *, secrets: bool = False) -> dict[str, Any]:
    """Puts records into a HAR.

    Args:
        records: connections for which no request came are left out, but those that failed.
        now: the game's clock, for what is under way.
        secrets: cookies, credentials and bodies as they are. Else headers that carry credentials are left
            out, as by Chrome, and fields that are named like them are masked.
    """
    entries = [_entry(record, now, secrets) for record in records if record.method or record.reason]
    return {"log": {"version": "1.2", "creator": _creator(), "entries": entries}}


def text_of(records: Iterable[Record], now: float, *, secrets: bool = False) -> str:
    """The same as the text of a file."""
    return json.dumps(har_of(records, now, secrets=secrets), indent=1, ensure_ascii=False) + "\n"


@cache
def _creator() -> dict[str, str]:
    plugin = ConfigParser()
    plugin.read(Path(__file__).parents[1] / "plugin.cfg", encoding="utf-8")
    version = plugin.get("plugin", "version", fallback="").strip('"')
    return {"name": "pythonscript_http", "version": version}


def _entry(record: Record, now: float, secrets: bool) -> dict[str, Any]:
    timings = _timings(record, now)
    total = sum(value for name, value in timings.items() if name != "ssl" and value > 0)
    entry: dict[str, Any] = {
        "startedDateTime": datetime.fromtimestamp(record.begun.wall, UTC).isoformat(timespec="milliseconds"),
        "time": round(total, 3),
        "request": _request(record, secrets),
        "response": _response(record, secrets),
        "cache": {},
        "timings": timings,
    }
    if record.line is not None and (address := record.line.address.rpartition(":")[0].strip("[]")):
        entry["serverIPAddress"] = address
    if record.connection:
        entry["connection"] = f"{record.run}-{record.connection}"
    comment = "; ".join(filter(None, (record.reason, record.note)))
    if comment:
        entry["comment"] = comment if secrets else _URL.sub(lambda found: masked_url(found[0]), comment)
    if record.call is not None:  # fields that the format does not know begin so
        entry["_call"] = f"{record.run}-{record.call.number}"
        if record.call.source:
            entry["_initiator"] = {"type": "script", "url": record.call.source}
    if record.mark in ("hit", "validated", "stale"):
        entry["_cache"] = record.mark
    return entry


def _request(record: Record, secrets: bool) -> dict[str, Any]:
    headers, url = (
        record.request_headers,
        record.url if record.method else f"{record.scheme}://{record.host}/",
    )
    made: dict[str, Any] = {
        "method": record.method or "CONNECT",
        "url": url if secrets else masked_url(url),
        "httpVersion": "HTTP/1.1",
        "cookies": _cookies(headers, "Cookie") if secrets else [],
        "headers": _headers(headers, secrets),
        "queryString": _fields(url if secrets else masked_url(url)),
        "headersSize": len(record.request_head) or -1,
        "bodySize": max(-1, record.request_length),
    }
    if record.request_body:
        text = bytes(record.request_body).decode("utf-8", "replace")
        kind = value_of(headers, "Content-Type")
        made["postData"] = {"mimeType": kind, "text": text if secrets else masked_body(text)}
        if len(record.request_body) < record.request_length:
            made["postData"]["comment"] = "only its begin"
    return made


def _response(record: Record, secrets: bool) -> dict[str, Any]:
    headers = record.response_headers
    line = record.response_head.partition(b"\r\n")[0].decode("latin-1")
    version, _, rest = line.partition(" ")
    body = bytes(record.response_body)
    kind = value_of(headers, "Content-Type")
    content: dict[str, Any] = {"size": record.decoded, "mimeType": kind}
    if kind_of(kind, body) in ("json", "text", "svg"):  # in any charset, and where it is cut too
        text = text_of_body(kind, body)
        content["text"] = text if secrets else masked_body(text)
    elif body:
        content |= {"text": b64encode(body).decode(), "encoding": "base64"}
    if len(body) < record.decoded:
        content["comment"] = "only its begin" if body else "not recorded"
    location = value_of(headers, "Location")
    return {
        "status": record.code,
        "statusText": rest.partition(" ")[2],
        "httpVersion": version or "HTTP/1.1",
        "cookies": _cookies(headers, "Set-Cookie") if secrets else [],
        "headers": _headers(headers, secrets),
        "content": content,
        "redirectURL": location if secrets else masked_url(location),
        "headersSize": len(record.response_head) or -1,
        "bodySize": max(0, record.received - len(record.response_head) - sum(map(len, record.interim))),
    }


def _headers(headers: Headers, secrets: bool) -> list[dict[str, str]]:
    kept = headers if secrets else [(n, masked_value(n, v)) for n, v in headers if not is_secret(n)]
    return [{"name": name, "value": value} for name, value in kept]


def _cookies(headers: Headers, name: str) -> list[dict[str, str]]:
    values = [value for known, value in headers if known.lower() == name.lower()]
    pairs = (pair for value in values for pair in value.split(";")[: None if name == "Cookie" else 1])
    split = (pair.strip().partition("=") for pair in pairs)
    return [{"name": cookie, "value": value} for cookie, _, value in split if cookie]


def _fields(url: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in query_of(url)]


def _timings(record: Record, now: float) -> dict[str, float]:
    """The phases in milliseconds; -1: there was none. `connect` includes `ssl` and the proxy."""
    spent: dict[str, float] = {}
    for phase in record.phases(now):
        spent[phase.name] = spent.get(phase.name, 0.0) + phase.seconds * 1000
    connect = [spent[name] for name in ("connect", "proxy", "tls") if name in spent]
    timings = {name: spent.get(name, -1.0) for name in _PHASES}
    timings |= {name: max(0.0, timings[name]) for name in ("send", "wait", "receive")}
    timings |= {"connect": sum(connect) if connect else -1.0, "ssl": spent.get("tls", -1.0)}
    return {name: round(value, 3) for name, value in timings.items()}
