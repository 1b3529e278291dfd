"""curl commands: as browsers and manuals write them, and back."""

import re

from .curl_options import Command, read
from .multipart import multipart
from .request import LARGEST, OPTIONS, File, FormatError, Request, check_method
from .shell import quoted, words


def parse(command: str, boundary: str = "------------------------pythonscript") -> tuple[Request, list[str]]:
    """Reads a curl command.

    Args:
        command: as it is typed into a POSIX shell (browsers: "Copy as cURL", "(bash)" or "(POSIX)").
        boundary: what stands between the parts of `-F`.

    Returns:
        The request, and what would be different with curl, in words.

    Raises:
        FormatError: it is no curl command, or says what cannot be done here; the message names it.
    """
    if len(command) > LARGEST:
        raise FormatError(f"the command is longer than {LARGEST >> 20} MiB")
    if re.match(r'\s*curl\S*\s+(?:-\S+\s+)*\^"', command):
        raise FormatError('this was copied for cmd.exe: copy it again, "as cURL (bash)"')
    given = words(command.strip())
    if not given or not re.fullmatch(r"(?:.*[/\\])?curl(?:\.exe)?", given[0]):
        raise FormatError("this is not a curl command: it begins with `curl`")
    said = read(given[1:])
    return _request(said, boundary), said.notes


def _request(said: Command, boundary: str) -> Request:
    if len(said.urls) != 1:
        raise FormatError(
            "the command names no URL" if not said.urls else "the command names more than one URL"
        )
    if sum((bool(said.data), bool(said.parts), bool(said.upload))) > 1:
        raise FormatError("-d, -F and -T cannot be used together")
    url, body = said.urls[0], _joined(said.data)
    if "://" not in url and not url.startswith("{{"):
        url = f"http://{url}"
    if said.get and body:
        (query,) = body if len(body) == 1 and isinstance(body[0], str) else ("",)
        if not query:
            raise FormatError("-G with a file: its content cannot be put into the URL")
        base, mark, fragment = url.partition("#")
        url = f"{base}{'&' if '?' in base else '?'}{query}{mark}{fragment}"
        body = ()
    defaults = dict(said.defaults)
    if body:
        defaults.setdefault("Content-Type", "application/x-www-form-urlencoded")
    if said.parts:
        body = multipart(said.parts, boundary)
        defaults["Content-Type"] = f"multipart/form-data; boundary={boundary}"
    if said.upload:
        body = (File(said.upload),)
    known = said.dropped | {name.lower() for name, _ in said.headers}
    headers = [
        *said.headers,
        *((name, value) for name, value in defaults.items() if name.lower() not in known),
    ]
    implied = "HEAD" if said.head else "PUT" if said.upload else "POST" if body else "GET"
    return Request(
        method=check_method(said.method or implied),
        url=url,
        headers=tuple(headers),
        body=body,
        insecure=said.insecure,
        **{option: getattr(said, option) for option in OPTIONS},
    )


def _joined(data: list[str | File]) -> tuple[str | File, ...]:
    """What several -d give: joined by `&`."""
    pieces: list[str | File] = []
    for index, piece in enumerate(data):
        for part in (["&"] if index else []) + [piece]:
            if pieces and isinstance(pieces[-1], str) and isinstance(part, str):
                pieces[-1] += part
            else:
                pieces.append(part)
    return tuple(pieces)


def command_of(request: Request) -> str:
    """Writes a request as a curl command for a POSIX shell.

    Raises:
        FormatError: its body has files among texts, which curl has no option for.
    """
    body = request.body
    parts = [f"curl {quoted(request.url)}"]
    implied = "POST" if body else "GET"
    if request.method == "HEAD" and not body:
        parts.append("-I")
    elif request.method != implied:
        parts.append(f"-X {quoted(request.method)}")
    parts += [f"-H {quoted(f'{name}: {value}' if value else f'{name};')}" for name, value in request.headers]
    if body and request.header("Content-Type") is None:
        parts.append("-H 'Content-Type:'")  # or curl would send one
    if len(body) == 1 and isinstance(body[0], File):
        parts.append(f"--data-binary {quoted(f'@{body[0].path}')}")
    elif body:
        if any(isinstance(piece, File) for piece in body):
            raise FormatError("the body has files among its text, for which curl has no option")
        parts.append(f"--data-raw {quoted(''.join(map(str, body)))}")
    parts += ["-k"] if request.insecure else []
    parts += [
        f"{name} {quoted(value)}"
        for name, value in (
            ("-x", request.proxy),
            ("--cacert", request.ca),
            ("--cert", request.certificate),
            ("--key", request.key),
            ("--pinnedpubkey", ";".join(request.pins.split())),
        )
        if value
    ]
    return " \\\n  ".join(parts)
