"""What curl's options say: a table, by their names."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote_plus

from .request import File, FormatError, basic, parse_headers


@dataclass
class Command:
    """What a command says."""

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
    ca: str = ""
    certificate: str = ""
    key: str = ""
    pins: str = ""
    notes: list[str] = field(default_factory=list)


Take = Callable[[Command, str], None]


def _header(command: Command, value: str) -> None:
    if value.startswith("@"):
        raise FormatError("-H @file: headers from a file cannot be read; write them one by one")
    name, colon, content = value.partition(":")
    if not colon and value.endswith(";"):
        command.headers.append((value[:-1].strip(), ""))
    elif colon and not content.strip():
        command.dropped.add(name.strip().lower())
    else:
        command.headers += parse_headers([value])


def _data(command: Command, value: str) -> None:
    if value.startswith("@"):
        command.notes.append(
            f"-d {value}: curl would leave the file's line breaks out; here it is sent as it is"
        )
    _binary(command, value)


def _binary(command: Command, value: str) -> None:
    if value == "@-":
        raise FormatError("@-: there is no standard input here; name a file")
    command.data.append(File(value[1:]) if value.startswith("@") else value)


def _raw(command: Command, value: str) -> None:
    command.data.append(value)


def _urlencode(command: Command, value: str) -> None:
    name, equals, content = value.partition("=")
    if not equals and "@" in value:
        raise FormatError(f"--data-urlencode {value}: a file cannot be encoded here")
    encoded = quote_plus(content if equals else value, safe="~-._")
    command.data.append(f"{name}={encoded}" if name and equals else encoded)


def _json(command: Command, value: str) -> None:
    _binary(command, value)
    command.defaults |= {"Content-Type": "application/json", "Accept": "application/json"}


def _part(command: Command, value: str) -> None:
    if "=" not in value:
        raise FormatError(f"-F {value}: write name=value or name=@file")
    command.parts.append(value)


def _string_part(command: Command, value: str) -> None:
    name, _, content = value.partition("=")
    command.parts.append(f"{name}=\0{content}")


def _cookie(command: Command, value: str) -> None:
    if "=" not in value and "{{" not in value:
        raise FormatError(f"-b {value}: a file of cookies cannot be read; write name=value")
    command.headers.append(("Cookie", value))


def _user(command: Command, value: str) -> None:
    command.headers.append(("Authorization", basic(*value.split(":", 1))))


def _certificate(command: Command, value: str) -> None:
    if ":" in value:
        raise FormatError(f"-E {value}: a key that is encrypted cannot be used; give it decrypted, by --key")
    command.certificate = value


def _pins(command: Command, value: str) -> None:
    pins = value.split(";")
    if not all(pin.startswith("sha256//") for pin in pins):
        raise FormatError(f"--pinnedpubkey {value}: a file cannot be read; write sha256// and the digest")
    command.pins = " ".join(pins)


def _set(name: str, given: object = None) -> Take:
    def take(command: Command, value: str) -> None:
        setattr(command, name, value if given is None else given)

    return take


def _send(name: str, form: str = "{}") -> Take:
    return lambda command, value: command.headers.append((name, form.format(value)))


def _url(command: Command, value: str) -> None:
    command.urls.append(value)


def _ignore(command: Command, value: str) -> None:
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
    "-E": _certificate,
    "--cacert": _set("ca"),
    "--key": _set("key"),
    "--pinnedpubkey": _pins,
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
    "--cert": "-E",
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


def read(arguments: Iterable[str]) -> Command:
    """Reads the words behind `curl`.

    Raises:
        FormatError: an option is not known, or cannot be had here; the message names it.
    """
    said = Command()
    given = iter(arguments)
    for word in given:
        if word == "--":
            said.urls += given
        elif word.startswith("--"):
            _take(said, _LONG.get(word, word), word, given)
        elif word.startswith("-") and len(word) > 1:
            _take_short(said, word, given)
        else:
            said.urls.append(word)
    return said


def _take(
    said: Command, name: str, shown: str, arguments: Iterator[str], attached: str | None = None
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


def _take_short(said: Command, word: str, arguments: Iterator[str]) -> None:
    """Takes `-sSL`, `-XPOST` and `-H 'a: b'`."""
    for index, letter in enumerate(word[1:], 1):
        name = f"-{letter}"
        if name in _WITH_VALUE:
            _take(said, name, name, arguments, word[index + 1 :] or None)
            return
        _take(said, name, name, arguments)
