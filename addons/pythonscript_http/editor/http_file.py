"""`.http` files: requests as text, in the format of the HTTP clients of VS Code and JetBrains.
    @host = http://localhost:8000
    ### The scores of a season
    GET {{host}}/scores?season=7
    Accept: application/json
    ### Those of a server whose certificate nobody knows
    # @insecure
    GET https://192.168.0.7/scores

Behind the headers comes an empty line, and the body. A file is shown and changed request by request; what
stands between them, comments, and scripts for other clients, stay as they are. Some comments mean something
here: `# @insecure`, and those of `OPTIONS`, as `# @proxy host:port` and `# @ca file`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from .request import LARGEST, OPTIONS, File, FormatError, Request, check_method, parse_headers

MOST_SECTIONS: Final = 1000
"""Requests of one file."""
_DEPTH: Final = 10
"""Variables may be made of variables so deep."""

_BOM: Final = "\ufeff"
_DIVIDER: Final = re.compile(r"###")
_VARIABLE: Final = re.compile(r"@([^\s=]+)\s*=\s*(.*)")
_COMMENT: Final = re.compile(r"(?:#|//)\s*(?:@(\S+)\s*(.*))?")
_VERSION: Final = re.compile(r"[ \t]HTTP/\d(?:\.\d)?\Z")
_OPTION: Final = re.compile(rf"(?:#|//)\s*@(?:insecure|(?:{'|'.join(OPTIONS)})\b.*)")
_INCLUDE: Final = re.compile(r"<(?:@\S*)?[ \t]+(?!\{%)(\S.*)")
_HANDLER: Final = re.compile(r"(?:<>|>>?!?)[ \t]+\S")
PLACEHOLDER: Final = re.compile(r"\{\{([^{}]*)\}\}")
"""A variable; blanks around its name do not count."""


@dataclass(frozen=True)
class Section:
    """One request of a file.

    Attributes:
        begin, end: the lines that are its own, from 0 on, the divider before it left out.
        request: what it says; None: it says none, or `error` tells what is wrong.
        error: in words, with the line.
    """

    begin: int
    end: int
    request: Request | None
    error: str = ""


@dataclass(frozen=True)
class HttpFile:
    """What a file says.

    Attributes:
        lines: its text.
        sections: its requests, in order; those without one are left out.
        variables: `@name = value`, wherever they stand, as they are written.
    """

    lines: tuple[str, ...]
    sections: tuple[Section, ...]
    variables: Mapping[str, str]


def parse(text: str) -> HttpFile:
    """Reads a file. What is wrong with one request does not touch the others.

    Raises:
        FormatError: it is too large, or has too many requests.
    """
    if len(text) > LARGEST:
        raise FormatError(f"the file is larger than {LARGEST >> 20} MiB")
    lines = [line.removesuffix("\r") for line in text.removeprefix(_BOM).split("\n")]
    dividers = [index for index, line in enumerate(lines) if _DIVIDER.match(line)]
    if len(dividers) >= MOST_SECTIONS:
        raise FormatError(f"the file has more than {MOST_SECTIONS} requests")
    variables: dict[str, str] = {}
    sections = []
    for begin, end in zip([0, *(index + 1 for index in dividers)], [*dividers, len(lines)], strict=True):
        title = lines[begin - 1].lstrip("#").strip() if begin else ""
        try:
            request = _parse_section(lines[begin:end], title, variables)
            error = ""
        except FormatError as wrong:
            request, error = None, f"line {begin + 1}: {wrong}"
        if request is not None or error:
            sections.append(Section(begin, end, request, error))
    return HttpFile(tuple(lines), tuple(sections), variables)


def _parse_section(lines: list[str], name: str, variables: dict[str, str]) -> Request | None:
    rest = _preamble(lines)
    options: dict[str, str] = {}
    for line in lines[:rest]:
        if variable := _VARIABLE.fullmatch(line):
            variables[variable[1]] = variable[2].strip()
        elif (comment := _COMMENT.fullmatch(line)) and comment[1]:
            options[comment[1]] = comment[2].strip()
    if rest == len(lines):
        return None
    line, rest = lines[rest].strip(), rest + 1
    while rest < len(lines) and re.match(r"\s+[?&/]", lines[rest]):  # a long query goes on
        line, rest = line + lines[rest].strip(), rest + 1
    version = _VERSION.search(line)
    words = (line[: version.start()].rstrip() if version else line).split(maxsplit=1)
    method, url = words if len(words) == 2 else ("GET", words[0])
    headers_end = next((i for i in range(rest, len(lines)) if not lines[i].strip()), len(lines))
    written = [line for line in lines[rest:headers_end] if not _COMMENT.match(line)]
    body_end = _handlers(lines)
    return Request(
        method=check_method(method),
        url=url.rstrip(),
        headers=tuple(parse_headers(written)),
        body=_body(lines[headers_end + 1 : body_end]),
        name=options.get("name", name),
        insecure="insecure" in options,
        **{option: options.get(option, "") for option in OPTIONS},
    )


def _preamble(lines: Sequence[str]) -> int:
    """How many lines come before the request line."""
    return next(
        (
            i
            for i, line in enumerate(lines)
            if line.strip() and not (_VARIABLE.fullmatch(line) or _COMMENT.match(line))
        ),
        len(lines),
    )


def _handlers(lines: Sequence[str]) -> int:
    """Where the scripts for other clients begin, which are kept and not run."""
    begin = _preamble(lines) + 1
    return next((i for i in range(begin, len(lines)) if _HANDLER.match(lines[i])), len(lines))


def body_of(text: str) -> tuple[str | File, ...]:
    """Reads a body as it stands in a file: `< path` on a line of its own is the content of a file."""
    return _body(text.replace("\r\n", "\n").split("\n"))


def _body(lines: list[str]) -> tuple[str | File, ...]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    pieces: list[str | File] = []
    text: list[str] = []
    for index, line in enumerate(lines):
        end = "\n" if index < len(lines) - 1 else ""
        if include := _INCLUDE.fullmatch(line):
            pieces += ["".join(text)] if text else []
            pieces.append(File(include[1].strip()))
            text = [end] if end else []
        else:
            text.append(line + end)
    return (*pieces, "".join(text)) if text else tuple(pieces)


def write(request: Request) -> list[str]:
    """Writes a request as lines of a file, without the divider before it.

    Raises:
        FormatError: it would be read otherwise than it is; the message names the line.
    """
    lines = ["# @insecure"] if request.insecure else []
    lines += [f"# @{option} {value}" for option in OPTIONS if (value := getattr(request, option))]
    lines.append(f"{request.method} {request.url}")
    lines += [f"{name}: {value}" for name, value in request.headers]
    for line in (*lines, request.name):
        if re.search(r"[\r\n]", line):
            raise FormatError(f"there is a line break in it, which a .http file cannot have: {line[:60]!r}")
    if request.body:
        lines += ["", *_body_lines(request.body)]
    return lines


def body_text(body: tuple[str | File, ...]) -> str:
    """Writes a body as it stands in a file.

    Raises:
        FormatError: it would be read otherwise than it is.
    """
    return "\n".join(_body_lines(body))


def _body_lines(body: tuple[str | File, ...]) -> list[str]:
    text = ""
    for index, piece in enumerate(body):
        if isinstance(piece, File):
            after = body[index + 1] if index + 1 < len(body) else "\n"
            if text[-1:] not in ("", "\n") or (isinstance(after, File) or after[:1] not in ("\r", "\n")):
                raise FormatError(
                    f"the file {piece.path} needs a line of the body for itself in a .http file"
                )
            text += f"< {piece.path}"
            continue
        written = piece.replace("\r\n", "\n")
        for line in written.split("\n"):
            if _DIVIDER.match(line) or _INCLUDE.fullmatch(line) or _HANDLER.match(line):
                raise FormatError(f"a line of the body has another meaning in a .http file: {line[:60]!r}")
        text += written
    return text.split("\n")


def replaced(text: str, index: int, request: Request) -> str:
    """Gives a file with another request in the place of one; all around it stays as it is.

    Args:
        index: which of `sections`; their number: behind the last one.

    Raises:
        FormatError: the file, or the request, cannot be written.
    """
    parsed, bom = parse(text), _BOM * text.startswith(_BOM)
    lines, end = text.removeprefix(_BOM).split("\n"), "\r" * ("\r\n" in text)
    title, written = f"### {request.name}".rstrip(), [line + end for line in write(request)]
    if index == len(parsed.sections):
        if lines[-1].strip():  # it has no end yet
            lines[-1] += end
        while lines and not lines[-1].strip():
            lines.pop()
        before = [*lines, end] if lines else []
        return bom + "\n".join([*before, title + end, *written, ""])
    section = parsed.sections[index]
    plain = parsed.lines[section.begin : section.end]
    first, last = section.begin + _preamble(plain), section.begin + _handlers(plain)
    kept = [lines[at] for at in range(section.begin, first) if not _OPTION.fullmatch(parsed.lines[at])]
    handlers = lines[last : section.end]
    after = [end, *handlers] if handlers else [end if section.end < len(lines) else ""]
    lines[section.begin : section.end] = [*kept, *written, *after]
    if section.begin:
        lines[section.begin - 1] = title + end
    return bom + "\n".join(lines)


# ---- variables


def substituted(request: Request, value_of: Callable[[str], str | None]) -> Request:
    """Gives a request with values in the place of its `{{variables}}`.

    Args:
        value_of: gives a variable's value, which may have variables itself; None: it has none.

    Raises:
        FormatError: a variable has no value, or is made of itself; the message names it.
    """

    known: dict[str, str] = {}  # or variables of many variables of many would take for ever

    def fill(text: str, depth: int = 0) -> str:
        def one(found: re.Match[str]) -> str:
            name = found[1].strip()
            if name in known:
                return known[name]
            value = value_of(name)
            if value is None:
                raise FormatError(f"the variable {name!r} has no value; is the right environment chosen?")
            if depth == _DEPTH:
                raise FormatError(f"the variable {name!r} is made of itself")
            filled = fill(value, depth + 1)
            if not name.startswith("$"):  # those are made anew each time
                known[name] = filled
            return filled

        filled = PLACEHOLDER.sub(one, text)
        if len(filled) > LARGEST:
            raise FormatError(f"with its variables the request is larger than {LARGEST >> 20} MiB")
        return filled

    options: dict[str, Any] = {option: fill(getattr(request, option)) for option in OPTIONS}
    return replace(
        request,
        url=fill(request.url),
        headers=tuple((fill(name), fill(value)) for name, value in request.headers),
        body=tuple(
            File(fill(piece.path)) if isinstance(piece, File) else fill(piece) for piece in request.body
        ),
        **options,
    )
