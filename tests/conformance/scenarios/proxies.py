"""Requests through proxies (RFC 9112 section 3.2.2; RFC 9110 sections 9.3.6 and 11.7)."""

from collections.abc import Sequence
from typing import Final

from tests.conformance.model import (
    LOST,
    Act,
    Answer,
    Call,
    Connect,
    Fetch,
    Refused,
    Scenario,
    Wire,
    engine,
    reference,
)
from tests.loopback.kinds import Kind
from tests.loopback.responses import OK
from tests.loopback.scripted import HalfClose, Pause, ReadRequest, Reset, Step

from .heads import EMPTY, HELLO

_FORM: Final = "RFC 9112 §3.2.2"
_SET: Final = reference("set_http_proxy")
_TUNNEL: Final = "RFC 9110 §9.3.6"
_PLAIN: Final = Call("set_http_proxy", ("127.0.0.1", "PORT"))
_SECURE: Final = Call("set_https_proxy", ("127.0.0.1", "PORT"))
_ORIGIN: Final = Connect("host.invalid", 8080)
_AUTHORITY: Final = "host.invalid:8080"
_ANSWER: Final = (ReadRequest(), OK + EMPTY)


def _scenario(
    name: str, title: str, source: str, script: Sequence[Step], *acts: Act, why: str = "", **more: object
) -> Scenario:
    return Scenario(f"proxies/{name}", Kind.PROXIES, title, source, (script,), acts, why, **more)  # type: ignore[arg-type]


def _refusing(name: str, title: str, script: Sequence[Step], source: str = _TUNNEL) -> Scenario:
    """A tunnel that the proxy does not make."""
    acts = (_SECURE, Connect("https://host.invalid", 8443, right=("CANT_CONNECT",)))
    return Scenario(f"proxies/{name}", Kind.PROXIES, title, source, (script,), acts)


SCENARIOS: Final = (
    _scenario(
        "absolute",
        "A request goes out in absolute form",
        _FORM,
        _ANSWER,
        _PLAIN,
        _ORIGIN,
        Fetch(url="/a?b", wire=Wire(f"GET http://{_AUTHORITY}/a?b HTTP/1.1")),
    ),
    _scenario(
        "host",
        "`Host` names the origin, not the proxy",
        _FORM,
        _ANSWER,
        _PLAIN,
        _ORIGIN,
        Fetch(wire=Wire(headers={"Host": _AUTHORITY})),
    ),
    _scenario(
        "unknown-name",
        "The proxy looks the name up, not the client",
        _FORM,
        (ReadRequest(), OK + HELLO),
        _PLAIN,
        _ORIGIN,
        Fetch(Answer(200, b"hello")),
    ),
    _scenario(
        "encoded",
        "A blank in a path",
        f"{_FORM}; R18",
        _ANSWER,
        _PLAIN,
        _ORIGIN,
        Fetch(url="/a b", wire=Wire(f"GET http://{_AUTHORITY}/a%20b HTTP/1.1")),
    ),
    _scenario(
        "url",
        "An absolute URL goes out as it is",
        reference("request"),
        _ANSWER,
        _PLAIN,
        _ORIGIN,
        Fetch(url="http://other.invalid/a", wire=Wire("GET http://other.invalid/a HTTP/1.1")),
    ),
    _scenario(
        "options",
        "`OPTIONS *` through a proxy",
        "RFC 9112 §3.2.4",
        _ANSWER,
        _PLAIN,
        _ORIGIN,
        Fetch(method="OPTIONS", url="*", wire=Wire(f"OPTIONS http://{_AUTHORITY} HTTP/1.1")),
    ),
    _scenario(
        "ipv6-origin",
        "An IPv6 origin",
        f"{_FORM}; R21",
        _ANSWER,
        _PLAIN,
        Connect("2001:db8::1", 8080),
        Fetch(wire=Wire("GET http://[2001:db8::1]:8080/ HTTP/1.1", {"Host": "[2001:db8::1]:8080"})),
    ),
    _scenario(
        "ipv6-proxy",
        "A proxy at `::1`",
        _SET,
        _ANSWER,
        Call("set_http_proxy", ("::1", "PORT")),
        _ORIGIN,
        Fetch(wire=Wire(f"GET http://{_AUTHORITY}/ HTTP/1.1")),
        listen="::1",
    ),
    _scenario(
        "ipv6-proxy-brackets",
        "A proxy at `[::1]`",
        f"{_SET}; R21",
        _ANSWER,
        Call("set_http_proxy", ("[::1]", "PORT")),
        _ORIGIN,
        Fetch(wire=Wire(f"GET http://{_AUTHORITY}/ HTTP/1.1")),
        listen="::1",
    ),
    _scenario(
        "proxy-name",
        "A proxy by its name",
        _SET,
        _ANSWER,
        Call("set_http_proxy", ("localhost", "PORT")),
        _ORIGIN,
        Fetch(wire=Wire(f"GET http://{_AUTHORITY}/ HTTP/1.1")),
    ),
    _scenario(
        "set-late",
        "A proxy that is set after connecting does not touch that connection",
        "RFC 9112 §3.2.1",
        _ANSWER,
        Connect(),
        _PLAIN,
        Fetch(wire=Wire("GET / HTTP/1.1")),
    ),
    _scenario(
        "unset-host",
        "An empty host unsets it",
        _SET,
        _ANSWER,
        _PLAIN,
        Call("set_http_proxy", ("", "PORT")),
        Connect(),
        Fetch(wire=Wire("GET / HTTP/1.1")),
    ),
    _scenario(
        "unset-port",
        "A port of -1 unsets it",
        _SET,
        _ANSWER,
        _PLAIN,
        Call("set_http_proxy", ("127.0.0.1", -1)),
        Connect(),
        Fetch(wire=Wire("GET / HTTP/1.1")),
    ),
    _scenario(
        "unset-late",
        "Unsetting it after connecting does not touch that connection",
        _FORM,
        _ANSWER,
        _PLAIN,
        _ORIGIN,
        Call("set_http_proxy", ("", -1)),
        Fetch(wire=Wire(f"GET http://{_AUTHORITY}/ HTTP/1.1")),
    ),
    _scenario(
        "other-scheme",
        "A proxy for HTTPS is none for HTTP",
        reference("set_https_proxy"),
        _ANSWER,
        _SECURE,
        Connect(),
        Fetch(wire=Wire("GET / HTTP/1.1")),
    ),
    _scenario(
        "credentials",
        "Credentials in the proxy's host",
        "RFC 9110 §11.7.2; R30",
        _ANSWER,
        Call("set_http_proxy", ("user:p%40ss@127.0.0.1", "PORT")),
        _ORIGIN,
        Fetch(wire=Wire(headers={"Proxy-Authorization": "Basic dXNlcjpwQHNz"})),
    ),
    _scenario(
        "407",
        "The proxy answers `407`",
        "RFC 9110 §15.5.8",
        (ReadRequest(), b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno"),
        _PLAIN,
        _ORIGIN,
        Fetch(Answer(407, b"no")),
    ),
    _scenario(
        "502",
        "The proxy answers `502`",
        "RFC 9110 §15.6.3",
        (ReadRequest(), b"HTTP/1.1 502 Bad Gateway\r\n" + EMPTY),
        _PLAIN,
        _ORIGIN,
        Fetch(Answer(502)),
    ),
    _scenario(
        "closes",
        "The proxy closes without an answer",
        "RFC 9112 §8",
        (ReadRequest(), Pause(), HalfClose()),
        _PLAIN,
        _ORIGIN,
        Fetch(LOST),
    ),
    _scenario(
        "nobody",
        "No proxy there",
        engine("poll"),
        (),
        _PLAIN,
        Connect("host.invalid", 8080, right=("CANT_CONNECT",)),
        listen="nowhere",
    ),
    _scenario(
        "crlf",
        "CR LF in the host of the origin",
        "RFC 9112 §3.2; R18",
        _ANSWER,
        _PLAIN,
        Connect("host.invalid\r\nEvil: 1", 8080, right=("refused",)),
        Fetch(Refused(b"Evil: 1")),
    ),
    _refusing(
        "tunnel-403",
        "CONNECT, and the proxy refuses: `403`",
        (ReadRequest(), b"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno"),
    ),
    _refusing(
        "tunnel-407",
        "CONNECT, and the proxy wants credentials: `407`",
        (ReadRequest(), b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\n" + EMPTY),
    ),
    _refusing("tunnel-close", "CONNECT, and the proxy closes", (ReadRequest(), Pause(), HalfClose())),
    _refusing("tunnel-reset", "CONNECT, and the proxy resets", (ReadRequest(), Pause(), Reset())),
    _refusing(
        "tunnel-junk",
        "CONNECT, and what answers is no HTTP",
        (ReadRequest(), b"SSH-2.0-x\r\n\r\n", Pause(), HalfClose()),
        f"{_TUNNEL}; R3",
    ),
    _refusing(
        "tunnel-slow",
        "CONNECT, and `502` after a while",
        (ReadRequest(), Pause(0.5), b"HTTP/1.1 502 Bad\r\nConnection: close\r\n\r\nno", HalfClose()),
    ),
)
