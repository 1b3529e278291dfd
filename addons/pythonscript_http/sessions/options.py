"""What may be set of a session and of each of its calls: every setting once, with its default and its range.

    session = Options().merged({"timeout": 10, "retries": 2})
    call = session.merged({"json": {"score": 1815}, "timeout": 3.5})

Names and values are those of the options dictionary of scripts.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from pythonscript_http.config import Limits
from pythonscript_http.exceptions import LocalError
from pythonscript_http.http1.request import TOKEN
from pythonscript_http.transport.policy import TlsPolicy

LARGEST_IN_MEMORY: Final = 256 << 20
"""Bytes of a response's body that is kept in memory, unless `max_body_size` says more."""


CACHE_MODES: Final = {
    "default": ("", ""),
    "no-store": ("", ""),
    "reload": ("", "no-cache"),
    "no-cache": ("no-cache", "max-age=0"),
    "force-cache": ("max-stale", ""),
    "only-if-cached": ("only-if-cached, max-stale", ""),
}
"""How a cache is used (Fetch Standard, "cache mode"): what Cache-Control says to it, and to the server."""


class Absent:
    """Nothing was given; null is a value of JSON."""

    def __repr__(self) -> str:
        return "<absent>"


ABSENT: Final = Absent()
BODIES: Final = ("json", "form", "multipart", "body", "stream")
"""Options that are a body, of which a request has one."""


class Options(NamedTuple):
    """The settings of a call."""

    method: str = ""
    """The method's token; empty: that of the call, which is GET, or POST where there is a body."""
    headers: object = ABSENT
    """A dictionary, whose values may be lists; pairs; or lines of `name: value`."""
    query: object = ABSENT
    """Fields that are added to the URL's query: a dictionary; or a text that is encoded already."""
    json: object = ABSENT
    """The body, as JSON."""
    form: object = ABSENT
    """The body, as application/x-www-form-urlencoded: a dictionary."""
    multipart: object = ABSENT
    """The body, as multipart/form-data: a dictionary, or a list of parts."""
    body: object = ABSENT
    """The body: bytes, or a text that is sent in UTF-8."""
    stream: object = ABSENT
    """The body, read piece by piece: the path of a file; or what iterates over bytes."""
    auth: object = ABSENT
    """User and password for Basic authentication, as a list of two; or a token for Bearer, as a text."""
    timeout: float = 0.0
    """Seconds for all of the call, with redirects, retries and hooks; 0: no limit."""
    connect_timeout: float = 30.0
    """Seconds from the look-up to the end of the last handshake, for each connection; 0: no limit."""
    first_byte_timeout: float = 0.0
    """Seconds from the last byte of the request to the first of the answer; 0: no limit of its own."""
    idle_timeout: float = 60.0
    """Seconds without a byte that moves, either way; 0: no limit."""
    retries: int = 0
    """How often a call is repeated that failed of the network, or with 408, 429, 502, 503 or 504."""
    max_redirects: int = 10
    """How many redirects are followed; 0: none is, and the redirect is the response."""
    allow_downgrade: bool = False
    """Redirects from https to http are followed."""
    tls: TlsPolicy | None = None
    """The TLS policy; None: the session's default."""
    proxy: str = ""
    """The proxy, as `transport.proxy.parse_proxy` reads it; `environment`: the environment's; empty: none."""
    cookies: bool = True
    """The session's cookie jar answers, and keeps what servers set."""
    cache: str = "default"
    """How the session's cache is used, as by `fetch` of browsers: `default`, `no-store`, `reload`,
    `no-cache`, `force-cache`, `only-if-cached`."""
    download_to: str = ""
    """The file that gets the body of a successful response; empty: it stays in memory."""
    resume: bool = False
    """A download goes on where an earlier one ended."""
    digest: str = ""
    """What the body of a download must have: `sha256:` and the digest in hexadecimal; empty: anything."""
    max_body_size: int = -1
    """Bytes of the response's body, coded or not; -1: no limit, but 256 MiB for what stays in memory."""
    max_header_size: int = Limits().header_size
    """Bytes of the header blocks of one response."""
    decode_body: bool = True
    """Compressed bodies are asked for, and handed out decompressed."""
    stream_response: bool = False
    """The body of a successful response is handed out as it comes, and not kept."""

    def merged(self, settings: Mapping[Any, object] | None) -> "Options":
        """Sets some of them.

        Args:
            settings: values by name.

        Raises:
            LocalError: there is no such option, or the value does not fit; the text says what does.
        """
        if not settings:
            return self
        found: dict[str, Any] = {}
        for name, value in settings.items():
            check = _CHECKS.get(name) if isinstance(name, str) else None
            if check is None:
                raise LocalError(_unknown(name))
            found[name] = check(name, value)
        merged = self._replace(**found)
        if not found.keys().isdisjoint(BODIES):
            merged._check_bodies()
        if merged.download_to and merged.stream_response:
            raise LocalError("a body goes into a file (download_to) or is handed out as it comes, not both")
        return merged

    def _check_bodies(self) -> None:
        given = [name for name in BODIES if getattr(self, name) is not ABSENT]
        if len(given) > 1:
            raise LocalError(f"a request has one body, and the options have {' and '.join(given)}")


def _refused(name: str, value: object, wanted: str) -> LocalError:
    shown = repr(value) if isinstance(value, bool | int | float) else f"a {type(value).__name__}"
    return LocalError(f"the option {name!a} is {shown}; it must be {wanted}")


def _unknown(name: object) -> str:
    import difflib  # late: for mistakes alone

    known = list(_CHECKS)
    near = difflib.get_close_matches(str(name)[:40].lower(), known, 1, 0.5)
    hint = f"did you mean {near[0]!a}?" if near else f"known are {', '.join(known)}"
    return f"there is no option {str(name)[:40]!a}: {hint}"


Check = Callable[[str, object], object]


def _seconds(name: str, value: object) -> float:
    fits = isinstance(value, int | float) and not isinstance(value, bool)
    if not fits or not (value >= 0 and math.isfinite(value)):  # type: ignore[operator,arg-type]
        raise _refused(name, value, "a number of seconds, 0 or more")
    return float(value)  # type: ignore[arg-type]


def _boolean(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _refused(name, value, "true or false")
    return value


def _within(least: int, most: int) -> Check:
    def check(name: str, value: object) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise _refused(name, value, f"an integer from {least} to {most}")
        return value

    return check


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise _refused(name, value, "a text")
    return str(value)


def _one_of(*known: str) -> Check:
    def check(name: str, value: object) -> str:
        if value not in known:
            shown = repr(value)[:60] if isinstance(value, str) else f"a {type(value).__name__}"
            raise LocalError(f"the option {name!a} is {shown}; it must be one of {', '.join(known)}")
        return str(value)

    return check


_DIGESTS: Final = {"sha256": 64, "sha384": 96, "sha512": 128, "sha1": 40, "md5": 32}


def _method(name: str, value: object) -> str:
    if not isinstance(value, str) or not TOKEN.fullmatch(value):
        raise _refused(name, value, "a method's token, such as GET")
    return str(value)


def _digest(name: str, value: object) -> str:
    text = value.lower() if isinstance(value, str) else ""
    kind, _, digits = text.partition(":")
    if text and not re.fullmatch(f"[0-9a-f]{{{_DIGESTS.get(kind, 1000)}}}", digits):
        raise _refused(name, value, "such as sha256:..., with the digest in hexadecimal")
    if not isinstance(value, str):
        raise _refused(name, value, "a text such as sha256:...")
    return text


def _kind(wanted: str, *types: type) -> Check:
    def check(name: str, value: object) -> object:
        if value is None:
            return ABSENT
        if not isinstance(value, types):
            raise _refused(name, value, wanted)
        return value

    return check


def _any(_: str, value: object) -> object:
    return value


def _auth(name: str, value: object) -> object:
    if value is None or value == "":
        return ABSENT
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(part, str) for part in value):
        return tuple(value)
    raise _refused(name, value, "a list of user and password, or a token")


def _tls(name: str, value: object) -> object:
    if value is None or isinstance(value, TlsPolicy):
        return value
    raise _refused(name, value, "a TLS policy")


_CHECKS: Final[Mapping[str, Check]] = {
    "method": _method,
    "headers": _kind("a dictionary or a list", Mapping, list, tuple),
    "query": _kind("a dictionary or a text", Mapping, str),
    "json": _any,
    "form": _kind("a dictionary", Mapping),
    "multipart": _kind("a dictionary or a list", Mapping, list, tuple),
    "body": _kind("bytes or a text", bytes, bytearray, memoryview, str),
    "stream": _kind("the path of a file", str, Iterable),
    "auth": _auth,
    "timeout": _seconds,
    "connect_timeout": _seconds,
    "first_byte_timeout": _seconds,
    "idle_timeout": _seconds,
    "retries": _within(0, 100),
    "max_redirects": _within(0, 100),
    "allow_downgrade": _boolean,
    "tls": _tls,
    "proxy": _text,
    "cookies": _boolean,
    "cache": _one_of(*CACHE_MODES),
    "download_to": _text,
    "resume": _boolean,
    "digest": _digest,
    "max_body_size": _within(-1, 2**63 - 1),
    "max_header_size": _within(1024, 16777216),
    "decode_body": _boolean,
    "stream_response": _boolean,
}
assert _CHECKS.keys() == set(Options._fields)
