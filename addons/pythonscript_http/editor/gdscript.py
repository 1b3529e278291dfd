"""A request in GDScript that runs: a script of one node and its `PyHTTPClient`, or one call of `PyHTTP`."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote_plus

from pythonscript_http.enums import Method

from .http_file import PLACEHOLDER
from .request import File, FormatError, Headers, Request, pieces_of, proxy_of, split_url

_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_TEXTUAL: Final = 60
"""Characters of a line of the body that stands in the script as one literal."""
_DEEPEST: Final = 32
"""Lists and objects within each other of a JSON body that stands in a call as a Dictionary."""
_EXACT: Final = (1e-7, 1e15)
"""Decimal numbers between them of 15 digits at most are read by GDScript as they are; others may not be."""
_NO_TEXT: Final = re.compile("[\0\ud800-\udfff]")
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"

_SCRIPT: Final = """\
extends Node
## {title}


func _ready() -> void:
	var client := PyHTTPClient.new()
	client.decode_body = true
{settings}	client.connect_to_host({host}{options})
	while client.get_status() in [PyHTTPClient.STATUS_RESOLVING, PyHTTPClient.STATUS_CONNECTING]:
		client.poll()
		await get_tree().process_frame
	var headers: PackedStringArray = {headers}
{body}	if client.get_status() == PyHTTPClient.STATUS_CONNECTED:
		client.request_raw(PyHTTPClient.{method}, {target}, headers, body)
	while client.get_status() == PyHTTPClient.STATUS_REQUESTING:
		client.poll()
		await get_tree().process_frame
	var response := PackedByteArray()
	while client.get_status() == PyHTTPClient.STATUS_BODY:
		client.poll()
		response += client.read_response_body_chunk()
		await get_tree().process_frame
	if client.get_error_reason():
		push_error(client.get_error_reason())
	else:
		print(client.get_response_code(), " ", response.get_string_from_utf8())
"""


def script_of(request: Request) -> str:
    """Writes a request as a script for a node.

    A `{{variable}}` becomes a look-up in the environment of the process, and its value is not in the script.

    Raises:
        FormatError: the URL cannot be used, or scripts have no such method; the message says which.
    """
    method = f"METHOD_{request.method}"
    if method not in Method.__members__:
        raise FormatError(f"scripts have no method {request.method}; from Python its token does")
    host, target, headers = _place(request)
    options = "TLSOptions.client(trusted)" if request.ca else ""
    options = "TLSOptions.client_unsafe()" if request.insecure else options
    name = request.name or f"{request.method} {target}"
    title = re.sub(r"[\x00-\x1f]", " ", name)
    return _SCRIPT.format(
        title=title[:90],
        settings="".join(f"\t{line}\n" for line in _settings(request)),
        host=_text(host),
        options=f", -1, {options}" if options else "",
        headers=_headers(headers),
        body=_body(request),
        method=method,
        target=_text(target),
    )


def call_of(request: Request) -> str:
    """Writes a request as one call of `PyHTTP`; lines before it load the certificates that it needs, if any.

    JSON and forms are written as Dictionaries where these say the same. Variables are as in `script_of`.

    Raises:
        FormatError: the URL cannot be used, or a call cannot have all of this; the message says which.
    """
    host, target, headers = _place(request)
    url = host + target
    options = {}
    if request.method != ("POST" if request.body else "GET"):
        options["method"] = _text(request.method)
    kind, body = _content(request)
    if kind in ("json", "form"):  # it says by itself what it is
        own = ("content-type", _JSON if kind == "json" else _FORM)
        headers = tuple((name, value) for name, value in headers if (name.lower(), value.lower()) != own)
    if headers:
        options["headers"] = _fields(headers)
    if kind:
        options[kind] = body
    policy = bool(request.pins or request.certificate)
    if policy and (request.ca or request.insecure):
        raise FormatError("a call cannot have pins or a client's certificate beside a CA file or `insecure`")
    if policy or request.ca or request.insecure:
        trusted = "TLSOptions.client_unsafe()" if request.insecure else "TLSOptions.client(trusted)"
        options["tls"] = "policy" if policy else trusted
    if request.proxy:
        proxy_of(request.proxy)
        options["proxy"] = _text(request.proxy)
    given = ", ".join(f'"{name}": {value}' for name, value in options.items())
    given = f", {{{given}}}" if given else ""
    lines = [*_trust(request), f"var response: PyHTTPResponse = await PyHTTP.fetch({_text(url)}{given})"]
    return "".join(f"{line}\n" for line in lines)


def _place(request: Request) -> tuple[str, str, Headers]:
    """The host with its scheme, the target, and the headers, with what the URL's user is among them."""
    if match := re.match(r"\{\{([^{}]*)\}\}([/?].*)?$", request.url, re.DOTALL):  # {{host}}/path
        return f"{{{{{match[1]}}}}}", match[2] or "/", request.headers
    host, target, authorization = split_url(request.url)
    if authorization and request.header("Authorization") is None:
        return host, target, (*request.headers, ("Authorization", authorization))
    return host, target, request.headers


def _settings(request: Request) -> Iterator[str]:
    """What is said before the client connects."""
    if request.proxy:
        name, port = proxy_of(request.proxy)
        yield from (f"client.set_{kind}_proxy({_text(name)}, {port})" for kind in ("http", "https"))
    yield from _trust(request)
    if request.pins or request.certificate:
        yield "client.tls_policy = policy"


def _trust(request: Request) -> Iterator[str]:
    """What makes `trusted` and `policy`, as far as the request needs them."""
    if request.ca:
        yield "var trusted := X509Certificate.new()"
        yield f"trusted.load({_text(request.ca)})"
    if request.pins or request.certificate:
        yield "var policy := PyTLSPolicy.new()"
    if request.pins:
        yield f"policy.pins = [{', '.join(map(_text, request.pins.split()))}]"
    if request.certificate:
        yield "policy.client_certificate = X509Certificate.new()"
        yield f"policy.client_certificate.load({_text(request.certificate)})"
        yield "policy.client_key = CryptoKey.new()"
        yield f"policy.client_key.load({_text(request.key or request.certificate)})"


def _headers(headers: Headers) -> str:
    if not headers:
        return "[]"
    return "[\n" + "".join(f"\t\t{_text(f'{name}: {value}')},\n" for name, value in headers) + "\t]"


def _fields(headers: Headers) -> str:
    """Headers as a Dictionary; several of one name are an Array."""
    values: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for name, value in headers:
        values.setdefault(name.lower(), []).append(_text(value))
        names.setdefault(name.lower(), _text(name))
    written = (
        f"{names[name]}: {of[0] if len(of) == 1 else '[' + ', '.join(of) + ']'}"
        for name, of in values.items()
    )
    return f"{{{', '.join(written)}}}"


def _content(request: Request) -> tuple[str, str]:
    """The body as the option that says it best, and its value; two empty texts if there is none."""
    pieces = _pieces(request)
    if not pieces:
        return "", ""
    kind = (request.header("Content-Type") or "").partition(";")[0].strip().lower()
    only = pieces[0] if len(pieces) == 1 else None
    if isinstance(only, File) and kind:
        return "stream", _text(only.path)
    if isinstance(only, str):
        try:
            if kind == _JSON or kind.endswith("+json"):
                return "json", _json_value(only)
            if kind == _FORM:
                return "form", _form_value(only)
        except (ValueError, RecursionError):
            pass  # as text it is what it is
        if kind:
            return "body", _text(only)
    return "body", " + ".join(
        f"FileAccess.get_file_as_bytes({_text(piece.path)})"
        if isinstance(piece, File)
        else f"{_text(piece, whole=True)}.to_utf8_buffer()"
        for piece in pieces
    )


def _json_value(text: str) -> str:
    """JSON as an expression of GDScript.

    Raises:
        ValueError: it is no list and no object, or would not be the same.
    """

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(found)) < len(found):
            raise ValueError("a name is there twice")
        return dict(found)

    def constant(name: str) -> None:
        raise ValueError(f"{name} is no JSON")

    value = json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    if not isinstance(value, dict | list):
        raise ValueError("it is no list and no object")
    return _expression(value, 0)


def _expression(value: object, depth: int) -> str:
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    if isinstance(value, dict):
        items = (f"{_plain(name)}: {_expression(of, depth + 1)}" for name, of in value.items())
        return f"{{{', '.join(items)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_expression(of, depth + 1) for of in value)}]"
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, float):
        digits = len(repr(value).partition("e")[0].strip("-0").replace(".", ""))
        if not (value == 0 or (digits <= 15 and _EXACT[0] <= abs(value) < _EXACT[1])):
            raise ValueError("it might be rounded")
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 63:
        raise ValueError("it has over 64 bits")
    return json.dumps(value)


def _form_value(text: str) -> str:
    """A form as a Dictionary.

    Raises:
        ValueError: it would not be the same.
    """
    fields: dict[str, str] = {}
    for field in text.split("&"):
        name, mark, value = (unquote_plus(part, errors="strict") for part in field.partition("="))
        if not mark or name in fields:
            raise ValueError("a field has no value, or is there twice")
        fields[name] = value
    return f"{{{', '.join(f'{_plain(name)}: {_plain(value)}' for name, value in fields.items())}}}"


def _plain(text: str) -> str:
    if _NO_TEXT.search(text):
        raise ValueError("it is not text")
    return _text(text)


def _pieces(request: Request) -> list[str | File]:
    """The body; lines of a multipart body end with CRLF.

    Raises:
        FormatError: it has bytes that are no text.
    """
    pieces = pieces_of(request)
    if any(isinstance(piece, str) and _NO_TEXT.search(piece) for piece in pieces):
        raise FormatError("the body is not text")
    return pieces


def _body(request: Request) -> str:
    lines = ["var body := PackedByteArray()"]
    for piece in _pieces(request):
        if isinstance(piece, File):
            lines.append(f"body += FileAccess.get_file_as_bytes({_text(piece.path)})")
            continue
        parts = piece.splitlines(keepends=True) if len(piece) > _TEXTUAL else [piece]
        lines += [f"body += {_text(part, whole=True)}.to_utf8_buffer()" for part in parts]
    return "".join(f"\t{line}\n" for line in lines)


def _text(text: str, *, whole: bool = False) -> str:
    """A literal of GDScript, or an expression where there are variables.

    Args:
        whole: it can be followed by `.`.
    """
    parts = PLACEHOLDER.split(text)  # every other one is a variable
    written = [
        f"OS.get_environment({_literal(part.strip())})" if index % 2 else _literal(part)
        for index, part in enumerate(parts)
        if index % 2 or part or len(parts) == 1
    ]
    return f"({' + '.join(written)})" if whole and len(written) > 1 else " + ".join(written)


def _literal(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character >= " " and character != "\x7f" else f"\\u{ord(character):04x}"
