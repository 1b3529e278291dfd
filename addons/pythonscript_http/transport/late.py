"""TLS whose OpenSSL is not loaded yet: a thread does so while the host is looked up and connected to.

To import `ssl` and to read the roots takes 15 to 30 ms, which a frame of the game's would lose. `step_to`
makes the connector's step for both, a policy that is known and one that is made by then.
"""

import atexit
from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pythonscript_http.exceptions import LocalError, UnavailableError
from pythonscript_http.url import Host, check_name
from pythonscript_http.workers import JobError, Workers

from .stream import HandshakeError, Layer, NetworkError, Step, Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .trust import TlsPolicy

_MOST_READY: Final = 64
"""Late policies that are known to be ready; as many contexts are kept."""
_LAST_WAIT: Final = 5.0
"""Seconds that the end of the process waits for a load: OpenSSL frees what that uses, and it would crash. A
load only computes, but a busy machine makes tenths of a second of its 30 ms."""

# One thread, for what several load at once each of them would load, and keep the interpreter busy with.
_workers: Final = Workers(1, 5.0, "TLS load")
atexit.register(_workers.finish, _LAST_WAIT)

_ready: "dict[LatePolicy, None]" = {}


class LatePolicy(NamedTuple):
    """A TLS policy that is made when OpenSSL is loaded. Nothing in it is the user's to have got wrong.

    What keeps it from being made all the same, such as a missing libssl, is the connection's failure.
    """

    make: "Callable[..., TlsPolicy]"
    """Makes it, in any thread. May raise LocalError."""
    parts: tuple[tuple[str, Any], ...] = ()
    """Keyword arguments for that; `common_name` is checked before."""


@contextmanager
def making_tls_ready() -> "Iterator[None]":
    """Makes a refusal of what keeps OpenSSL from being used at all: no library, no roots, no descriptor left.

    Raises:
        UnavailableError: TLS is out of reach.
    """
    try:
        yield
    except (ImportError, OSError) as error:  # ssl.SSLError is an OSError
        raise UnavailableError(f"TLS is not available: {error}") from None


def step_to(host: Host, policy: "TlsPolicy | LatePolicy", named: str = "") -> Step:
    """Makes a layer of TLS ready, or begins to.

    Args:
        host: with whom.
        policy: the TLS policy.
        named: what to call the host in the text of failures; empty: by its name.

    Raises:
        LocalError: the policy cannot be honoured, or the host has no name to verify.
    """
    load = partial(_load, host, policy, named)
    if not isinstance(policy, LatePolicy):
        return load()
    check_name(dict(policy.parts).get("common_name") or host.name)
    known = _done(load) if policy in _ready else _workers.start(load)
    return partial(_Loading, known, named or repr(host.name))


def _done(load: Callable[[], Step]) -> Callable[[float], Step | None]:
    """Loads at once what takes no time any more, and gives what `Workers.start` would."""
    try:
        step = load()
    except LocalError as error:
        why = str(error)

        def fail(_: float) -> Step | None:
            raise JobError(why)

        return fail
    return lambda _: step


def _load(host: Host, policy: "TlsPolicy | LatePolicy", named: str) -> Step:
    with making_tls_ready():
        from .tls import tls_to
        from .trust import context_for

        made = policy.make(**dict(policy.parts)) if isinstance(policy, LatePolicy) else policy
        step = tls_to(host.name, context_for(made), port=host.port, peer=named)
    if isinstance(policy, LatePolicy):
        _ready[policy] = None
        if len(_ready) > _MOST_READY:
            _ready.pop(next(iter(_ready)), None)
    return step


class _Loading:
    """A handshake, once there is an OpenSSL for it."""

    __slots__ = ("_layer", "_peer", "_step", "_stream", "lacking")

    def __init__(self, step: Callable[[float], Step | None], peer: str, stream: Stream) -> None:
        self._step = step
        self._peer = peer
        self._stream = stream
        self._layer: Layer | None = None
        self.lacking = "no OpenSSL"

    def poll(self) -> Stream | None:
        """Gives the connection once it stands and is trusted. Raises NetworkError when it never will."""
        if self._layer is None:
            try:
                step = self._step(0.0)
                if step is None:
                    return None
                self._layer = step(self._stream)
                self.lacking = self._layer.lacking
            except JobError as error:
                self.close()
                raise HandshakeError(f"TLS with {self._peer}: {error}") from None
        return self._layer.poll()

    def late(self, why: str) -> NetworkError:
        """Makes the failure of one who waits no longer (see `Layer.late`)."""
        if self._layer is None:
            return HandshakeError(f"TLS with {self._peer}: {why}")
        return self._layer.late(why)

    def wait(self, timeout: float) -> None:
        """Sleeps until `poll` has something to do; `timeout` seconds at most."""
        if self._layer is not None:
            self._layer.wait(timeout)
        else:
            self._wait_for_load(timeout)

    def _wait_for_load(self, timeout: float) -> None:
        try:
            self._step(timeout)
        except JobError:
            return  # poll() says so

    def close(self) -> None:
        """Gives it up, and the connection below with it."""
        if self._layer is None:
            self._stream.close()
        else:
            self._layer.close()
