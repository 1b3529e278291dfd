"""What may be named as a host, and what becomes of it (RFC 3986 section 3.2; RFC 9110 section 7.2)."""

from typing import Final

from tests.conformance.model import Answer, Connect, Fetch, Scenario, Wire, engine
from tests.loopback.kinds import Kind
from tests.loopback.responses import OK
from tests.loopback.scripted import ReadRequest

from .heads import EMPTY

_HOST: Final = "RFC 9110 §7.2"
_ENGINE: Final = engine("connect_to_host")
_PORT: Final = "RFC 3986 §3.2.3; R21"
_IPV6: Final = "RFC 3986 §3.2.2; R21"
_SCRIPT: Final = ((ReadRequest(), OK + EMPTY),)


def _reached(
    name: str,
    title: str,
    host: str,
    header: str,
    *,
    source: str = _HOST,
    port: int | None = None,
    listen: str = "127.0.0.1",
    why: str = "",
) -> Scenario:
    """A host that leads to the server, and the Host header that it makes."""
    acts = (Connect(host, port), Fetch(Answer(), wire=Wire(headers={"Host": header})))
    return Scenario(f"hosts/{name}", Kind.HOSTS, title, source, _SCRIPT, acts, why, listen=listen)


def _refused(
    name: str, title: str, host: str, *right: str, port: int | None = None, source: str, why: str = ""
) -> Scenario:
    act = Connect(host, port, right=right or ("refused", "CANT_RESOLVE", "CANT_CONNECT"))
    return Scenario(
        f"hosts/{name}",
        Kind.HOSTS,
        title,
        source,
        _SCRIPT,
        (act,),
        why,
        right="" if right else "an error, no connection",
        connections=0,
    )


SCENARIOS: Final = (
    _reached("ipv4", "`127.0.0.1`", "127.0.0.1", "127.0.0.1:PORT"),
    _reached("name", "`localhost`", "localhost", "localhost:PORT"),
    _reached("scheme", "`http://127.0.0.1`", "http://127.0.0.1", "127.0.0.1:PORT", source=_ENGINE),
    _reached(
        "scheme-upper", "`HTTP://127.0.0.1`", "HTTP://127.0.0.1", "127.0.0.1:PORT", source="RFC 3986 §3.1"
    ),
    _reached(
        "port-inside",
        "`127.0.0.1:port`, and no port apart",
        "127.0.0.1:PORT",
        "127.0.0.1:PORT",
        port=-1,
        source=_PORT,
    ),
    _reached(
        "url",
        "`http://127.0.0.1:port`, and no port apart",
        "http://127.0.0.1:PORT",
        "127.0.0.1:PORT",
        port=-1,
        source=_PORT,
    ),
    _reached(
        "name-port",
        "`http://localhost:port`, and no port apart",
        "http://localhost:PORT",
        "localhost:PORT",
        port=-1,
        source=_PORT,
    ),
    _reached(
        "port-twice",
        "`127.0.0.1:port`, and the same port apart",
        "127.0.0.1:PORT",
        "127.0.0.1:PORT",
        source=_PORT,
    ),
    _reached(
        "name-upper",
        "`LOCALHOST`",
        "LOCALHOST",
        "LOCALHOST:PORT",
        source="RFC 3986 §3.2.2",
        why="as the script wrote it",
    ),
    _reached("ipv6", "`::1`", "::1", "[::1]:PORT", source=_IPV6, listen="::1"),
    _reached(
        "ipv6-long",
        "`0:0:0:0:0:0:0:1`",
        "0:0:0:0:0:0:0:1",
        "[0:0:0:0:0:0:0:1]:PORT",
        source=_IPV6,
        listen="::1",
    ),
    _reached("ipv6-brackets", "`[::1]`", "[::1]", "[::1]:PORT", source=_IPV6, listen="::1"),
    _reached(
        "ipv6-brackets-port",
        "`[::1]:port`, and no port apart",
        "[::1]:PORT",
        "[::1]:PORT",
        port=-1,
        source=_IPV6,
        listen="::1",
    ),
    _reached(
        "ipv6-url",
        "`http://[::1]:port`, and no port apart",
        "http://[::1]:PORT",
        "[::1]:PORT",
        port=-1,
        source=_IPV6,
        listen="::1",
    ),
    _reached(
        "ipv6-mapped", "`::ffff:127.0.0.1`", "::ffff:127.0.0.1", "[::ffff:127.0.0.1]:PORT", source=_IPV6
    ),
    Scenario(
        "hosts/short",
        Kind.HOSTS,
        "`db`, as in a network of containers",
        "RFC 3986 §3.2.2; R21",
        _SCRIPT,
        (Connect("db", polls=False, states=("RESOLVING",)),),
    ),
    Scenario(
        "hosts/one-letter",
        Kind.HOSTS,
        "`h`",
        "RFC 3986 §3.2.2; R21",
        _SCRIPT,
        (Connect("h", polls=False, states=("RESOLVING",)),),
    ),
    Scenario(
        "hosts/nobody",
        Kind.HOSTS,
        "A port that nobody listens at",
        engine("poll"),
        _SCRIPT,
        (Connect(right=("CANT_CONNECT",)),),
        listen="nowhere",
    ),
    Scenario(
        "hosts/nobody-name",
        Kind.HOSTS,
        "The same, by a name",
        engine("poll"),
        _SCRIPT,
        (Connect("localhost", right=("CANT_CONNECT",)),),
        listen="nowhere",
    ),
    _refused("empty", "An empty host", "", "refused", source="RFC 9110 §4.2.1"),
    _refused("only-scheme", "`http://`", "http://", "refused", source="RFC 9110 §4.2.1"),
    _refused("space", "`127.0.0.1 x`", "127.0.0.1 x", source="RFC 3986 §3.2.2"),
    _refused("crlf", "CR LF in the host", "127.0.0.1\r\nEvil: 1", source="RFC 9112 §3.2; R18"),
    _refused(
        "path",
        "`127.0.0.1/path`",
        "127.0.0.1/path",
        source="RFC 3986 §3.2",
        why="a path belongs to the request",
    ),
    _refused("userinfo", "`user@127.0.0.1`", "user@127.0.0.1", source="RFC 9110 §4.2.4"),
    _refused("brackets-name", "`[localhost]`", "[localhost]", source="RFC 3986 §3.2.2"),
    _refused("brackets-open", "`[::1`", "[::1", source="RFC 3986 §3.2.2"),
    _refused("ports-differ", "`127.0.0.1:1`, and another port apart", "127.0.0.1:1", source="R21"),
    _refused("port-0", "The port 0", "127.0.0.1", port=0, source="RFC 6335 §6"),
    _refused("port-65536", "The port 65536", "127.0.0.1", port=65536, source="RFC 9293 §3.1"),
    _refused("port-junk", "`127.0.0.1:http`", "127.0.0.1:http", port=-1, source="RFC 3986 §3.2.3"),
)
