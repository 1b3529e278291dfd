"""The seam to the network: all that the client knows of it. Tests and TLS put other things behind it.

Nothing here blocks but the methods named `wait`, and those are bounded. What fails raises NetworkError.
"""

from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Any, Final, NamedTuple, Protocol

from pythonscript_http.exceptions import shortened
from pythonscript_http.tracing import ConnectionTrace

WOULD_BLOCK: Final = -1
"""Nothing has come; a number instead of an exception, which would cost more than the system call."""


class NetworkError(Exception):
    """The network failed; the text says what and where. A long one is shortened."""

    def __init__(self, text: str) -> None:
        super().__init__(shortened(text))


class TlsError(NetworkError):
    """TLS failed; the text says with whom and why."""


class HandshakeError(TlsError):
    """TLS failed because the peers did not agree on it, or did not trust each other.

    Most such failures come before the connection stands. A server that speaks TLS 1.3 judges the client's
    certificate after that (RFC 8446 section 4.4.2.4), so a read may raise it too, if it is the first.
    """


class Readiness(Enum):
    """What a read would find."""

    QUIET = auto()
    """Nothing: the connection stands."""
    DATA = auto()
    """Bytes."""
    ENDED = auto()
    """The end, or a failure, and no bytes before it."""


class Address(NamedTuple):
    """Where to connect to, but for the port."""

    family: int
    """Address family, as `socket` numbers them."""
    sockaddr: tuple[Any, ...]
    """What `socket.connect` takes; its second item is the port. AF_UNIX: the path alone."""


class Watcher(Protocol):
    """What is told what somebody waits for, so that one thread can wait for many: an event loop's task.

    Whoever tells it names all that may happen; whichever comes first wakes it, sometimes for nothing.
    """

    def descriptor(self, number: int, *, read: bool, write: bool) -> None:
        """A file descriptor can be read, or written."""

    def after(self, seconds: float) -> None:
        """So much time has passed."""

    def wake(self) -> None:
        """It has happened. Called later, by whatever thread knows."""


class TlsInfo(Protocol):
    """With whom and how a connection speaks TLS."""

    version: str
    """`TLSv1.2` or `TLSv1.3`."""
    cipher: str
    """OpenSSL's name of the cipher suite."""
    alpn: str
    """The protocol that the peer chose; empty: it chose none."""
    resumed: bool
    """An earlier session goes on: the peer proved itself then."""

    @property
    def certificate(self) -> str:
        """The peer's, in PEM; empty: none was kept."""

    @property
    def pins(self) -> tuple[str, ...]:
        """What `TlsPolicy.pins` could have: of the peer's key, then of those above it that were verified."""


class Stream(Protocol):
    """A connection that carries bytes: all that a user of one may ask."""

    @property
    def peekable(self) -> bool:
        """`quiet` and `peek` see the end. False: it shows to a read only."""

    @property
    def truncated(self) -> bool:
        """The connection ended without close_notify of TLS (RFC 8446 section 6.1): data may be missing.

        It shows once `peek` or `read_into` has seen the end. Without TLS nobody can tell, and it is False.
        """

    @property
    def tls(self) -> TlsInfo | None:
        """With whom and how it speaks TLS; None: it does not."""

    @property
    def peer_address(self) -> str:
        """Whom it is connected to: `192.0.2.1:80`, `[2001:db8::1]:80`, `unix:/path`; empty: not known."""

    def flowed(self) -> bool:
        """Tells whether bytes that `write` had taken before, and kept, have gone out since this was asked."""

    def quiet(self) -> bool:
        """Tells that there is nothing to read, by one system call at most. False: there may be something."""

    def still(self) -> bool:
        """Tells the same of a moment ago, less than a tenth of a millisecond.

        For connections from which nothing is expected: one look at the kernel is for many.
        """

    def peek(self) -> Readiness:
        """Tells what a read would find, and takes nothing."""

    def read_into(self, buffer: memoryview) -> int:
        """Reads what has come and fits. Gives its size, 0 at the end, WOULD_BLOCK if there is nothing."""

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        """Writes as much as is taken at once, and gives its size: 0 if nothing is."""

    def wait(self, *, write: bool, timeout: float) -> bool:
        """Sleeps until it can read, or write if asked. False: `timeout` seconds passed."""

    def watch(self, watcher: Watcher, *, write: bool) -> None:
        """Tells what `wait` would wait for."""

    def available(self) -> int:
        """Tells how many bytes a read would give now; more may have come."""

    def fileno(self) -> int:
        """The file descriptor to wait for; -1 if there is none."""

    def close(self) -> None:
        """Ends the connection at once."""


class Pending(Protocol):
    """A connection that is being made."""

    def poll(self) -> Stream | None:
        """Gives the connection once it stands.

        Raises:
            NetworkError: no address took it.
        """

    def wait(self, timeout: float) -> None:
        """Sleeps until `poll` has something to do; `timeout` seconds at most."""

    def watch(self, watcher: Watcher) -> None:
        """Tells what `wait` would wait for."""

    def close(self) -> None:
        """Gives it up."""


class Layer(Pending, Protocol):
    """A connection that is being made over another, which it closes when it fails or is given up."""

    lacking: str
    """What there is none of when it has taken too long: "no handshake"."""

    def late(self, why: str) -> NetworkError:
        """Makes the failure of one who waits no longer: what it is still waiting for.

        Args:
            why: which limit has passed.
        """


Step = Callable[[Stream], Layer]
"""Begins to make a connection over another, which it takes over."""


class Lookup(Protocol):
    """A name that is being resolved."""

    host: str
    """The name."""
    complete: bool
    """No more addresses will come. Until then `poll` may give more the next time."""

    def poll(self) -> list[Address] | None:
        """Gives the addresses that are known, best first, once there are any.

        Raises:
            NetworkError: it has none.
        """

    def wait(self, timeout: float) -> None:
        """Sleeps until `poll` has something to do; `timeout` seconds at most."""

    def watch(self, watcher: Watcher, known: Sequence[Address] | None = None) -> None:
        """Tells what `wait` would wait for.

        Args:
            known: what `poll` gave last; None: nothing yet.
        """


class Network(Protocol):
    """What makes connections."""

    def literal(self, host: str) -> Address | None:
        """Reads a literal address, or `unix:/path`. None: this is a name."""

    def look_up(self, host: str) -> Lookup:
        """Begins to resolve a name. To give it up, forget it.

        Raises:
            NetworkError: the look-up can't even begin.
        """

    def connect(
        self,
        addresses: Sequence[Address],
        port: int,
        lookup: Lookup | None = None,
        trace: ConnectionTrace | None = None,
    ) -> Pending:
        """Begins to connect to one of the addresses of a host.

        Args:
            addresses: one at least, best first.
            port: the port; it does not count for a Unix domain socket.
            lookup: where the addresses are from. Those that it still finds are tried too.
            trace: reports each address that is tried.
        """
