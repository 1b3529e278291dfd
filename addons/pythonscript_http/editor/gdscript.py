"""A request as a script in GDScript that runs: one node, `PyHTTPClient`, no helper."""

import re
from collections.abc import Iterator
from typing import Final

from pythonscript_http.enums import Method

from .http_file import PLACEHOLDER
from .request import File, FormatError, Request, proxy_of, split_url

_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_TEXTUAL: Final = 60
"""Characters of a line of the body that stands in the script as one literal."""

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
    headers = list(request.headers)
    url = request.url
    if match := re.match(r"\{\{([^{}]*)\}\}([/?].*)?$", url, re.DOTALL):  # {{host}}/path
        host, target = f"{{{{{match[1]}}}}}", match[2] or "/"
    else:
        host, target, authorization = split_url(url)
        if authorization and request.header("Authorization") is None:
            headers.append(("Authorization", authorization))
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
        body=_body(
            request.body, crlf=(request.header("Content-Type") or "").lower().startswith("multipart/")
        ),
        method=method,
        target=_text(target),
    )


def _settings(request: Request) -> Iterator[str]:
    """What is said before the client connects."""
    if request.proxy:
        name, port = proxy_of(request.proxy)
        yield from (f"client.set_{kind}_proxy({_text(name)}, {port})" for kind in ("http", "https"))
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
    if request.pins or request.certificate:
        yield "client.tls_policy = policy"


def _headers(headers: list[tuple[str, str]]) -> str:
    if not headers:
        return "[]"
    return "[\n" + "".join(f"\t\t{_text(f'{name}: {value}')},\n" for name, value in headers) + "\t]"


def _body(body: tuple[str | File, ...], *, crlf: bool) -> str:
    lines = ["var body := PackedByteArray()"]
    for piece in body:
        if isinstance(piece, File):
            lines.append(f"body += FileAccess.get_file_as_bytes({_text(piece.path)})")
            continue
        text = re.sub(r"\r?\n", "\r\n", piece) if crlf else piece
        if "\0" in text or re.search("[\ud800-\udfff]", text):
            raise FormatError("the body is not text")
        parts = text.splitlines(keepends=True) if len(text) > _TEXTUAL else [text]
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
