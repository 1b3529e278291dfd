"""TLS whose context is not there yet: a thread makes it while the host is looked up and connected to.

To import `ssl` and to read the roots takes 15 to 90 ms, which a frame of the game's would lose. So no call
does it. What can be judged without OpenSSL is (`policy.py`); the rest is the connection's failure, and by one
rule: whether OpenSSL is loaded already makes no difference to who is told what, and when.
"""

import atexit
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from pythonscript_http.url import Host
from pythonscript_http.workers import Workers

from .policy import TlsPolicy
from .stream import HandshakeError, Layer, NetworkError, Step, Stream, Watcher

if TYPE_CHECKING:
    from .trust import TlsContext

_CONTEXTS: Final = 64
"""Policies whose contexts are kept; one with Mozilla's roots takes 1 MiB."""
_LAST_WAIT: Final = 5.0
"""Seconds that the end of the process waits for a load: OpenSSL frees what that uses, and it would crash. A
load only computes, but a busy machine makes tenths of a second of its 30 ms."""

_SWITCH: Final = 0.0005
"""Seconds that a call waits for a load that computes; Python's usual 5 ms are a third of a frame."""

_HEAD_START: Final = 0.002
"""Seconds by which the call that wants a load is over before that begins, and takes turns with it."""

# One thread, for what several load at once each of them would load, and keep the interpreter busy with.
_workers: Final = Workers(1, 5.0, "TLS load")
finish: Final = _workers.finish
"""Forgets the loads that have not begun, and waits some seconds at most for the one under way."""
atexit.register(finish, _LAST_WAIT)

_lock: Final = threading.Lock()
_contexts: "Final[dict[TlsPolicy, TlsContext]]" = {}
"""The contexts there are, those used last at the end."""
_loads: "Final[weakref.WeakValueDictionary[TlsPolicy, _Load]]" = weakref.WeakValueDictionary()
"""Those that are being made, as long as a connection waits for them."""


def context_for(policy: TlsPolicy) -> "TlsContext":
    """Gives a policy's context. One that is not kept is made at once, which takes its time.

    Raises:
        LocalError: the policy can't be honoured.
        ImportError: there is no OpenSSL.
        OSError: its files can't be read.
    """
    with _lock:
        known = _known(policy)
    if known is not None:
        return known
    from .tls import tls_to  # noqa: F401 - who has a context needs it next
    from .trust import TlsContext

    made = TlsContext(policy)
    with _lock:
        context = _contexts.setdefault(policy, made)
        if len(_contexts) > _CONTEXTS:
            del _contexts[next(iter(_contexts))]
    return context


def step_to(host: Host, policy: TlsPolicy, named: str = "") -> Step:
    """Makes a layer of TLS ready, or begins to.

    Args:
        host: with whom.
        policy: the TLS policy.
        named: what to call the host in the text of failures; empty: by its name.

    Raises:
        LocalError: keys can't be logged where the policy says, or the host has no name to verify.
    """
    name = policy.server_name(host.name)
    peer = named or repr(name)
    with _lock:
        known = _known(policy)
    if known is not None:
        return _step(known, host, peer)
    policy.check_key_log()
    return partial(_Loading, _load(policy), host, peer)


def _known(policy: TlsPolicy) -> "TlsContext | None":
    """Gives the context of a policy, if it is kept, and keeps it the longer. Under the lock."""
    context = _contexts.pop(policy, None)
    if context is not None:
        _contexts[policy] = context
    return context


def _step(context: "TlsContext", host: Host, peer: str) -> Step:
    from .tls import tls_to

    return tls_to(host.name, context, port=host.port, peer=peer)


class _Load:
    """A context that is being made, for all who wait for it. One that nobody waits for any more is not."""

    __slots__ = ("__weakref__", "_context", "_ended", "_failure", "_policy", "_watchers")

    def __init__(self, policy: TlsPolicy) -> None:
        self._policy = policy
        self._ended = threading.Event()
        self._context: TlsContext | None = None
        self._failure = ""
        self._watchers: set[Watcher] = set()

    def run(self) -> None:
        """Makes it, in any thread."""
        try:
            with _giving_way():
                self._context = context_for(self._policy)
        except (ImportError, OSError) as error:  # ssl.SSLError is an OSError
            self._failure = f"TLS is not available: {error}"
        except Exception as error:  # what is kept of it is its text: it would keep what its frames have
            self._failure = str(error) or type(error).__name__
        with _lock:
            _loads.pop(self._policy, None)
            self._ended.set()
            watchers, self._watchers = self._watchers, set()
        for watcher in watchers:
            watcher.wake()

    def watch(self, watcher: Watcher) -> None:
        """Tells what `wait` would wait for."""
        with _lock:
            if not self._ended.is_set():
                self._watchers.add(watcher)
                return
        watcher.after(0.0)

    def wait(self, timeout: float) -> "TlsContext | None":
        """Waits so many seconds at most, and gives the context once it is there.

        Raises:
            HandshakeError: it never will be.
        """
        if self._ended.wait(timeout) and self._context is None:
            raise HandshakeError(self._failure)
        return self._context


@contextmanager
def _giving_way() -> Iterator[None]:
    """Has Python give way to calls of other threads sooner, while this one computes."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(min(usual, _SWITCH))
    try:
        yield
    finally:
        if sys.getswitchinterval() == _SWITCH:  # or another has changed it meanwhile
            sys.setswitchinterval(usual)


def _load(policy: TlsPolicy) -> _Load:
    """Has a context made. Clients that connect together share one load."""
    with _lock:
        load = _loads.get(policy)
        if load is not None:
            return load
        load = _loads[policy] = _Load(policy)
    try:
        _workers.submit(partial(_run, weakref.ref(load)))
    except RuntimeError:  # the system gives no thread
        load.run()
    return load


def _run(wanted: Callable[[], _Load | None]) -> None:
    if wanted() is not None:
        time.sleep(_HEAD_START)
    load = wanted()
    if load is not None:
        load.run()


class _Loading:
    """A handshake, once there is a context for it."""

    __slots__ = ("_host", "_layer", "_load", "_peer", "_stream", "lacking")

    def __init__(self, load: _Load, host: Host, peer: str, stream: Stream) -> None:
        self._load = load
        self._host = host
        self._peer = peer
        self._stream = stream
        self._layer: Layer | None = None
        self.lacking = "OpenSSL and the roots were not loaded"

    def poll(self) -> Stream | None:
        """Gives the connection once it stands and is trusted. Raises NetworkError when it never will."""
        if self._layer is None:
            try:
                context = self._load.wait(0.0)
            except HandshakeError as error:
                self.close()
                raise HandshakeError(f"TLS with {self._peer}: {error}") from None
            if context is None:
                return None
            self._layer = _step(context, self._host, self._peer)(self._stream)
            self.lacking = self._layer.lacking
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
            self._load.wait(timeout)
        except HandshakeError:
            return  # poll() says so

    def watch(self, watcher: Watcher) -> None:
        """Tells what `wait` would wait for."""
        if self._layer is not None:
            self._layer.watch(watcher)
        else:
            self._load.watch(watcher)

    def close(self) -> None:
        """Gives it up, and the connection below with it."""
        if self._layer is None:
            self._stream.close()
        else:
            self._layer.close()
