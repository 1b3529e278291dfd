"""curl commands: as browsers and manuals write them, and back.

A shell's quoting is read, `$'...'` too, and nothing is run: `$NAME` becomes the variable `{{NAME}}`, and what
only a shell can do, such as pipes and `$(...)`, is an error.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote_plus

from .request import (
    LARGEST,
    File,
    FormatError,
    Request,
    basic,
    check_method,
    parse_headers,
)

# ---- words of a shell

_PIECE: Final = re.compile(
    r"""(?P<blank>\s+(?:\\[ \t]{2,})*)
    |'(?P<single>[^']*)'
    |\$'(?P<ansi>(?:[^'\\]|\\.)*)'
    |"(?P<double>(?:[^"\\]|\\.)*)"
    |\\(?P<escaped>\r?\n|.)
    |\$(?:\{(?P<braced>\w+)\}|(?P<named>[A-Za-z_]\w*))
    |(?P<plain>[^\s'"\\$`|&;<>()]+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_IN_DOUBLE: Final = re.compile(
    r"""\\(?P<escaped>[$`"\\\n])|\$(?:\{(?P<braced>\w+)\}|(?P<named>[A-Za-z_]\w*))|(?P<other>\$\(|`)""",
    re.DOTALL,
)
_ANSI: Final = re.compile(
    r"\\(?:(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9A-Fa-f]{1,2})|u(?P<u>[0-9A-Fa-f]{1,4})|U(?P<U>[0-9A-Fa-f]{1,8})"
    r"|c(?P<control>.)|(?P<letter>.))",
    re.DOTALL,
)
_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]?")
_LETTERS: Final = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "v": "\v",
}


def words(command: str) -> list[str]:
    """Splits a command as a POSIX shell does.

    Lines may end with CRLF. A field of one line, into which a command of several is pasted, drops their ends:
    of a backslash, the end and the next line's indent the end is missing then, and the rest parts words here.

    Raises:
        FormatError: it needs a shell, or a quote is not closed.
    """
    found: list[str] = []
    current: list[str] | None = None
    for piece in _PIECE.finditer(command):
        kind, text = piece.lastgroup, piece[piece.lastgroup or 0]
        if kind == "blank":
            if current is not None:
                found.append("".join(current))
            current = None
            continue
        if kind == "other":
            raise FormatError(_why_not(text, command[piece.end() :]))
        if kind == "escaped" and text in ("\n", "\r\n"):
            continue
        current = [] if current is None else current
        current.append(_READERS.get(kind or "", str)(text))
    return found if current is None else [*found, "".join(current)]


def _why_not(text: str, rest: str) -> str:
    if text in "'\"":
        return f"a quote {text} is not closed"
    if text == "\\":
        return "the command ends with a backslash"
    if text == "$" and not rest.startswith("("):
        return "a $ without a name: put it into single quotes"
    return f"{text!r} needs a shell: only the curl command itself can be read"


def _double(text: str) -> str:
    def read(found: re.Match[str]) -> str:
        if found["other"]:
            raise FormatError(f"{found['other']!r} needs a shell: only the curl command itself can be read")
        name = found["braced"] or found["named"]
        return f"{{{{{name}}}}}" if name else found["escaped"].replace("\n", "")

    return _IN_DOUBLE.sub(read, text)


def _ansi(text: str) -> str:
    r"""What stands between `$'` and `'`. Bytes, as of `\xe9`, are UTF-8; others stay as surrogates."""

    def read(found: re.Match[str]) -> str:
        code = (found["octal"] and int(found["octal"], 8)) or (found["hex"] and int(found["hex"], 16))
        if found["octal"] or found["hex"]:
            return bytes([int(code or 0) & 0xFF]).decode("utf-8", "surrogateescape")
        if digits := found["u"] or found["U"]:
            number = int(digits, 16)
            return chr(number) if number <= 0x10FFFF else "\ufffd"
        if found["control"]:
            return chr(ord(found["control"]) & 0x1F)
        return _LETTERS.get(found["letter"], found["letter"])

    plain = _PAIR.sub(_paired, _ANSI.sub(read, text))
    return plain.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def _paired(found: re.Match[str]) -> str:
    """Chrome writes one code unit after the other."""
    return found[0].encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _variable(name: str) -> str:
    return f"{{{{{name}}}}}"


_READERS: Final[dict[str, Callable[[str], str]]] = {
    "double": _double,
    "ansi": _ansi,
    "braced": _variable,
    "named": _variable,
}

# ---- options


@dataclass
class _Command:
    """What the options have said so far."""

    urls: list[str] = field(default_factory=list)
    method: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    data: list[str | File] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)
    """Headers that are sent unless `headers` has them, or `dropped`."""
    dropped: set[str] = field(default_factory=set)
    get: bool = False
    head: bool = False
    upload: str = ""
    insecure: bool = False
    proxy: str = ""
    notes: list[str] = field(default_factory=list)


Take = Callable[[_Command, str], None]


def _header(command: _Command, value: str) -> None:
    if value.startswith("@"):
        raise FormatError("-H @file: headers from a file cannot be read; write them one by one")
    name, colon, content = value.partition(":")
    if not colon and value.endswith(";"):
        command.headers.append((value[:-1].strip(), ""))
    elif colon and not content.strip():
        command.dropped.add(name.strip().lower())
    else:
        command.headers += parse_headers([value])


def _data(command: _Command, value: str) -> None:
    if value.startswith("@"):
        command.notes.append(
            f"-d {value}: curl would leave the file's line breaks out; here it is sent as it is"
        )
    _binary(command, value)


def _binary(command: _Command, value: str) -> None:
    if value == "@-":
        raise FormatError("@-: there is no standard input here; name a file")
    command.data.append(File(value[1:]) if value.startswith("@") else value)


def _raw(command: _Command, value: str) -> None:
    command.data.append(value)


def _urlencode(command: _Command, value: str) -> None:
    name, equals, content = value.partition("=")
    if not equals and "@" in value:
        raise FormatError(f"--data-urlencode {value}: a file cannot be encoded here")
    encoded = quote_plus(content if equals else value, safe="~-._")
    command.data.append(f"{name}={encoded}" if name and equals else encoded)


def _json(command: _Command, value: str) -> None:
    _binary(command, value)
    command.defaults |= {"Content-Type": "application/json", "Accept": "application/json"}


def _part(command: _Command, value: str) -> None:
    if "=" not in value:
        raise FormatError(f"-F {value}: write name=value or name=@file")
    command.parts.append(value)


def _string_part(command: _Command, value: str) -> None:
    name, _, content = value.partition("=")
    command.parts.append(f"{name}=\0{content}")


def _cookie(command: _Command, value: str) -> None:
    if "=" not in value and "{{" not in value:
        raise FormatError(f"-b {value}: a file of cookies cannot be read; write name=value")
    command.headers.append(("Cookie", value))


def _user(command: _Command, value: str) -> None:
    command.headers.append(("Authorization", basic(*value.split(":", 1))))


def _set(name: str, given: object = None) -> Take:
    def take(command: _Command, value: str) -> None:
        setattr(command, name, value if given is None else given)

    return take


def _send(name: str, form: str = "{}") -> Take:
    return lambda command, value: command.headers.append((name, form.format(value)))


def _url(command: _Command, value: str) -> None:
    command.urls.append(value)


def _ignore(command: _Command, value: str) -> None:
    """It does not change what is sent."""


_WITH_VALUE: Final[dict[str, Take]] = {
    "-X": _set("method"),
    "-H": _header,
    "-d": _data,
    "--data-binary": _binary,
    "--data-raw": _raw,
    "--data-urlencode": _urlencode,
    "--json": _json,
    "-F": _part,
    "--form-string": _string_part,
    "-b": _cookie,
    "-u": _user,
    "-A": _send("User-Agent"),
    "-e": _send("Referer"),
    "--oauth2-bearer": _send("Authorization", "Bearer {}"),
    "-r": _send("Range", "bytes={}"),
    "-x": _set("proxy"),
    "-T": _set("upload"),
    "--url": _url,
    **dict.fromkeys(
        ("-o", "-w", "-m", "-c", "-D", "--connect-timeout", "--retry", "--retry-delay", "--max-redirs"),
        _ignore,
    ),
}
_WITHOUT: Final[dict[str, Take]] = {
    "-G": _set("get", True),
    "-I": _set("head", True),
    "-k": _set("insecure", True),
    **dict.fromkeys(
        ("-s", "-S", "-L", "-v", "-i", "-f", "-g", "-O", "-J", "-N", "-#", "-q", "-0", "-4", "-6"), _ignore
    ),
    **dict.fromkeys(
        ("--compressed", "--http1.1", "--http2", "--http1.0", "--globoff", "--no-progress-meter", "--basic"),
        _ignore,
    ),
    **dict.fromkeys(
        ("--path-as-is", "--fail-with-body", "--tlsv1.2", "--tlsv1.3", "--no-keepalive"), _ignore
    ),
}
_LONG: Final = {
    "--request": "-X",
    "--header": "-H",
    "--data": "-d",
    "--data-ascii": "-d",
    "--form": "-F",
    "--cookie": "-b",
    "--user": "-u",
    "--user-agent": "-A",
    "--referer": "-e",
    "--range": "-r",
    "--proxy": "-x",
    "--upload-file": "-T",
    "--output": "-o",
    "--write-out": "-w",
    "--max-time": "-m",
    "--cookie-jar": "-c",
    "--dump-header": "-D",
    "--get": "-G",
    "--head": "-I",
    "--insecure": "-k",
    "--silent": "-s",
    "--show-error": "-S",
    "--location": "-L",
    "--verbose": "-v",
    "--include": "-i",
    "--fail": "-f",
    "--remote-name": "-O",
    "--no-buffer": "-N",
    "--progress-bar": "-#",
    "--ipv4": "-4",
    "--ipv6": "-6",
}


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
    if re.match(r'\s*curl\S*\s+(?:--?\S+\s+)*\^"', command):
        raise FormatError('this was copied for cmd.exe: copy it again, "as cURL (bash)"')
    given = words(command.strip())
    if not given or not re.fullmatch(r"(?:.*[/\\])?curl(?:\.exe)?", given[0]):
        raise FormatError("this is not a curl command: it begins with `curl`")
    said = _Command()
    arguments = iter(given[1:])
    for word in arguments:
        if word == "--":
            said.urls += arguments
        elif word.startswith("--"):
            name = _LONG.get(word, word)
            _take(said, name, word, arguments)
        elif word.startswith("-") and len(word) > 1:
            _take_short(said, word, arguments)
        else:
            said.urls.append(word)
    return _request(said, boundary), said.notes


def _take(
    said: _Command, name: str, shown: str, arguments: Iterator[str], attached: str | None = None
) -> None:
    if take := _WITHOUT.get(name):
        take(said, "")
    elif take := _WITH_VALUE.get(name):
        value = next(arguments, None) if attached is None else attached
        if value is None:
            raise FormatError(f"{shown} needs a value behind it")
        take(said, value)
    else:
        raise FormatError(f"the option {shown} is not known here")


def _take_short(said: _Command, word: str, arguments: Iterator[str]) -> None:
    """Takes `-sSL`, `-XPOST` and `-H 'a: b'`."""
    for index, letter in enumerate(word[1:], 1):
        name = f"-{letter}"
        if name in _WITH_VALUE:
            _take(said, name, name, arguments, word[index + 1 :] or None)
            return
        _take(said, name, name, arguments)


def _request(said: _Command, boundary: str) -> Request:
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
        proxy=said.proxy,
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


def multipart(parts: list[str], boundary: str) -> tuple[str | File, ...]:
    """Makes the body that -F gives (RFC 7578).

    Args:
        parts: `name=value`, `name=@file` or `name=<file`, perhaps with `;type=` and `;filename=` behind it.
    """
    pieces: list[str | File] = []
    for part in parts:
        name, _, value = part.partition("=")
        if value.startswith("\0"):
            value, options = value[1:], dict[str, str]()
        else:
            value, options = _part_options(value)
        path = value[1:] if value[:1] in ("@", "<") and "\0" not in part else ""
        filename = options.get("filename", path.rpartition("/")[2] if value.startswith("@") and path else "")
        kind = options.get("type", "application/octet-stream" if filename else "")
        pieces.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
            + (f'; filename="{_quoted(filename)}"' if filename else "")
            + (f"\r\nContent-Type: {kind}" if kind else "")
            + "\r\n\r\n"
        )
        pieces += [File(path) if path else value, "\r\n"]
    return (*pieces, f"--{boundary}--\r\n")


def _part_options(value: str) -> tuple[str, dict[str, str]]:
    """Parts `@file;type=image/png;filename=a.png`."""
    content, *options = re.split(r";\s*(?=type=|filename=)", value)
    return content, {name: text.strip('"') for name, _, text in (option.partition("=") for option in options)}


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


# ---- the way back


def command_of(request: Request) -> str:
    """Writes a request as a curl command for a POSIX shell.

    Raises:
        FormatError: its body has files among texts, which curl has no option for.
    """
    body = request.body
    parts = [f"curl {_shell(request.url)}"]
    implied = "POST" if body else "GET"
    if request.method == "HEAD" and not body:
        parts.append("-I")
    elif request.method != implied:
        parts.append(f"-X {_shell(request.method)}")
    parts += [f"-H {_shell(f'{name}: {value}' if value else f'{name};')}" for name, value in request.headers]
    if body and request.header("Content-Type") is None:
        parts.append("-H 'Content-Type:'")  # or curl would send one
    if len(body) == 1 and isinstance(body[0], File):
        parts.append(f"--data-binary {_shell(f'@{body[0].path}')}")
    elif body:
        if any(isinstance(piece, File) for piece in body):
            raise FormatError("the body has files among its text, for which curl has no option")
        parts.append(f"--data-raw {_shell(''.join(map(str, body)))}")
    parts += ["-k"] if request.insecure else []
    parts += [f"-x {_shell(request.proxy)}"] if request.proxy else []
    return " \\\n  ".join(parts)


def _shell(text: str) -> str:
    if "\0" in text:
        raise FormatError("there is a NUL in it, which no command can have")
    return "'" + text.replace("'", "'\\''") + "'"
