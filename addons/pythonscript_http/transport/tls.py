"""TLS over any connection, without blocking: OpenSSL between two buffers in memory, and bytes moved by polls.

What a step of a handshake costs is the peer's choice: keys of 8192 bits take a tenth of a second, and so may
a chain of certificates. So the steps that answer the peer run on worker threads, where OpenSSL works without
the GIL. While one is under way nothing else touches its connection's objects, and giving the handshake up
does not wait for it. The same holds for reads of a connection whose peer may ask for a certificate at any
time: to answer takes a signature.

    step = tls_to("example.org", context_for(TlsPolicy()))  # for the connector

Decrypted bytes go straight into the caller's memory. Encrypted bytes that the connection below does not take
yet wait here, a batch at most, and go out with whatever is called next.
"""

import atexit
import contextlib
import ssl
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from pythonscript_http import buffers
from pythonscript_http.workers import Work, Workers

from .records import Records
from .stream import (
    WOULD_BLOCK,
    HandshakeError,
    NetworkError,
    Readiness,
    Step,
    Stream,
    TlsError,
    Watcher,
)
from .tls_reasons import end_reason, is_end, is_refusal, key_digest, pin_mismatch, pin_of, reason
from .trust import TlsContext, TlsObject, session_end

_RECORD: Final = 16384  # bytes at most (RFC 8446 section 5.1)
_BATCH: Final = 4 * _RECORD
"""Bytes that are encrypted before they are handed down: a system call for each record would be slow."""
_MOST_WRITTEN: Final = 1 << 20
"""Bytes that one call encrypts: 2 ms, so that a poll stays short however fast the peer reads."""
_MOST_READ: Final = buffers.BUFFER_SIZE
"""Bytes of a handshake that one call takes, so that its deadline is looked at however much comes."""
_MOST_SHAKEN: Final = 1 << 20
"""Bytes that a whole handshake may have. OpenSSL takes 100 KB of certificates; empty messages without end."""
_MOST_ANSWERED: Final = 1 << 16
"""Bytes that may wait to be sent as answers to what was no data: refusals of a new handshake, mostly."""
_MOST_NOISE: Final = 16
"""Records without data that one read takes, where each 512 bytes of one count as one more: a flood of
KeyUpdates costs 0.2 ms a read by that, and one of records that are full of the smallest tickets 5 ms."""
_MOST_STEPS: Final = 500
"""Records that one read takes, roughly: those of a single byte each take 2 ms."""
_BEGIN: Final = 128
_NOTHING: Final = memoryview(b"")
_PATIENCE: Final = 0.0015
"""Seconds that a call waits for a worker, unless its caller watches and is woken. Most steps take less, and
need no second call by that, which would come a frame later; but no call may take more than 2 ms."""

_LAST_WAIT: Final = 1.0
"""Seconds that the end of the process waits for steps: OpenSSL frees what they use when it ends."""

_workers: Final = Workers(8, 10.0, "TLS")
atexit.register(_workers.finish, _LAST_WAIT)


class TlsPeer:
    """With whom and how a connection speaks TLS: what was known when the handshake was over.

    Args:
        made: OpenSSL's side of the connection, which tells little once that has ended.
        verified: the chain was.
    """

    __slots__ = ("_certificate", "_chain", "alpn", "cipher", "resumed", "version")

    def __init__(self, made: TlsObject, *, verified: bool) -> None:
        self._certificate = made.getpeercert(binary_form=True) or b""
        self._chain = _verified_chain(made) if verified else []
        self.version = made.version() or ""
        """`TLSv1.2` or `TLSv1.3`."""
        self.cipher = (made.cipher() or ("",))[0]
        """OpenSSL's name of the cipher suite."""
        self.alpn = made.selected_alpn_protocol() or ""
        """The protocol that the peer chose; empty: it chose none."""
        self.resumed = bool(made.session_reused)
        """An earlier session goes on: the peer proved itself then."""

    @property
    def certificate(self) -> str:
        """The peer's, in PEM; empty: none was kept."""
        return ssl.DER_cert_to_PEM_cert(self._certificate) if self._certificate else ""

    @property
    def chain(self) -> list[bytes]:
        """The peer's certificate and, where they were verified, those above it up to the root, in DER."""
        chain = [one if isinstance(one, bytes) else _der(one) for one in self._chain]
        return chain or ([self._certificate] if self._certificate else [])

    @property
    def keys(self) -> list[bytes]:
        """What is pinned of the peer's key, and of those above it up to the root.

        Where the chain was not verified, or not again, the first alone. What can't be read is left out.
        """
        found = []
        for der in self.chain:
            with contextlib.suppress(ValueError):
                found.append(key_digest(der))
        return found

    @property
    def pins(self) -> tuple[str, ...]:
        """The same, as `TlsPolicy.pins` have it."""
        return tuple(map(pin_of, self.keys))


class _Transport:
    """OpenSSL's side of a connection, and the way of its bytes to the connection below."""

    __slots__ = (
        "context",
        "flowed",
        "incoming",
        "name",
        "object",
        "outgoing",
        "peer",
        "port",
        "stream",
        "unsent",
        "until",
    )

    def __init__(self, stream: Stream, name: str, port: int, peer: str, context: TlsContext) -> None:
        self.stream = stream
        self.name = name
        self.port = port
        self.peer = peer
        self.context = context
        self.incoming = ssl.MemoryBIO()
        self.outgoing = ssl.MemoryBIO()
        self.unsent = _NOTHING
        self.flowed = False  # some of it went out
        session, self.until = context.take_session(name, port)
        made = context.ssl.wrap_bio(
            self.incoming, self.outgoing, server_hostname=name or None, session=session
        )
        assert isinstance(made, TlsObject)
        self.object = made

    def push(self) -> bool:
        """Hands down what is encrypted. False: some of it is not taken yet."""
        while data := self.unsent or self.outgoing.read():
            size = self.stream.write([data])
            self.flowed |= size > 0
            self.unsent = _NOTHING if size == len(data) else memoryview(data)[size:]
            if self.unsent:
                return False
        return True

    def pull(self) -> bytes | bytearray | None:
        """Takes what has come to the connection below: nothing at its end; None: nothing has come."""
        scratch = buffers.take()
        view = memoryview(scratch)
        try:
            size = self.stream.read_into(view)
            return None if size == WOULD_BLOCK else scratch[:size]
        finally:
            view.release()
            buffers.give_back(scratch)

    def failure(self, why: str) -> HandshakeError:
        """Says with whom there is no agreement."""
        return HandshakeError(f"TLS with {self.peer}: {why}")

    def refused(self, error: ssl.SSLError, begin: bytes = b"") -> HandshakeError:
        """Tells the peer by an alert, if that goes at once, and gives what to raise."""
        with contextlib.suppress(NetworkError):
            self.push()
        given = bool(self.context.policy.certificate)
        return self.failure(reason(error, self.object, self.name, begin, given=given))

    def broken(self, error: ssl.SSLError, *, fresh: bool) -> tuple[type[TlsError], str]:
        """The same when the connection stands already: the kind of what to raise, and its text.

        Args:
            error: what OpenSSL said.
            fresh: no data has come over it.
        """
        if fresh and is_refusal(error, self.object):
            return HandshakeError, str(self.refused(error))
        with contextlib.suppress(NetworkError):
            self.push()
        return TlsError, f"TLS with {self.peer}: {end_reason(error)}"


class Handshake:
    """A TLS connection that is being made."""

    __slots__ = ("_begin", "_due", "_patience", "_size", "_step", "_transport", "lacking")

    def __init__(self, transport: _Transport) -> None:
        self._transport = transport
        self.lacking = "no handshake"
        self._begin = b""  # of what came
        self._size = 0  # of all that came
        self._due = True  # OpenSSL has something to do
        self._patience = _PATIENCE
        self._step: Work[bool | ssl.SSLError] | None = None  # what it does on a worker

    def poll(self) -> "TlsStream | None":
        """Gives the connection once it stands and is trusted. Raises TlsError when it never will."""
        try:
            if not self._advance():
                return None
            peer = TlsPeer(self._transport.object, verified=self._transport.context.policy.verifies)
            self._check_pins(peer)
            return TlsStream(self._transport, peer)
        except TlsError:
            self.close()
            raise

    def late(self, why: str) -> HandshakeError:
        """Makes the failure of one who waits no longer (see `Layer.late`)."""
        if self._step is not None:
            said = "it answered, and that takes long to verify"
        else:
            said = "it answered, and then fell silent" if self._begin else "it sent nothing"
        return self._transport.failure(f"{why}: {said}")

    def wait(self, timeout: float) -> None:
        """Sleeps until `poll` has something to do; `timeout` seconds at most."""
        if self._step is not None:
            self._step(timeout)
        elif not self._due:  # or one call has not taken all that came
            self._transport.stream.wait(write=bool(self._transport.unsent), timeout=timeout)

    def watch(self, watcher: Watcher) -> None:
        """Tells what `wait` would wait for."""
        self._patience = 0.0
        if self._step is not None:
            self._step.wake(watcher.wake)
        elif self._due:
            watcher.after(0.0)
        else:
            self._transport.stream.watch(watcher, write=bool(self._transport.unsent))

    def close(self) -> None:
        """Gives it up, and the connection below with it. A step that is under way ends by itself."""
        self._transport.stream.close()

    def _advance(self) -> bool:
        """Goes as far as what has come allows, within bounds. True: to the end."""
        transport = self._transport
        enough = self._size + _MOST_READ
        while True:
            done, broken = False, ""
            if self._due:
                outcome = self._shake()
                if outcome is None:
                    return False
                done = outcome
            try:
                transport.push()
            except NetworkError as error:  # perhaps it said why before it left
                broken = str(error)
            if done:
                return True
            try:
                data = transport.pull()
            except NetworkError as error:
                raise transport.failure(f"{error}, {self._where()}") from None
            if data is None:
                if broken:
                    raise transport.failure(f"{broken}, {self._where()}")
                return False
            if not data:
                raise transport.failure(f"it closed the connection {self._where()}")
            transport.incoming.write(data)
            self._due = True
            self._size += len(data)
            if self._size > _MOST_SHAKEN:
                raise transport.failure(f"its handshake is over the limit of {_MOST_SHAKEN} bytes")
            if self._size > enough:
                return False

    def _shake(self) -> bool | None:
        """Has OpenSSL go on. True: to the end. None: it is at it still."""
        transport = self._transport
        outcome: bool | ssl.SSLError | None = None
        if self._step is None:
            if len(self._begin) < _BEGIN and (waiting := transport.incoming.pending):
                # Only to tell what it was if it was not TLS: out of the buffer, and back into it.
                data = transport.incoming.read(waiting)
                transport.incoming.write(data)
                self._begin = (self._begin + data)[:_BEGIN]
            step = partial(_handshake_step, transport.object)
            if self._begin:
                self._step = _workers.start(step)
            else:  # the first one is ours alone, and costs what we choose
                outcome = step()
        if self._step is not None:
            outcome = self._step(self._patience)
        if outcome is None:
            return None
        self._step = None
        self._due = False
        if isinstance(outcome, ssl.SSLError):
            raise transport.refused(outcome, self._begin) from None
        return outcome

    def _where(self) -> str:
        return "in the middle of the handshake" if self._begin else "before it sent anything"

    def _check_pins(self, peer: TlsPeer) -> None:
        """Compares the keys with the pins. A resumed session is of a connection that passed them."""
        transport, pins = self._transport, self._transport.context.pins
        if not pins or peer.resumed:
            return
        keys = peer.keys
        if pins.isdisjoint(keys):
            with contextlib.suppress(ssl.SSLError, NetworkError):
                transport.object.unwrap()
            raise transport.failure(pin_mismatch(keys, pins))


class TlsStream:
    """A TLS connection."""

    __slots__ = (
        "_ended",
        "_failed",
        "_first",
        "_fresh",
        "_held",
        "_more",
        "_patience",
        "_read",
        "_records",
        "_step",
        "_transport",
        "_wary",
        "tls",
        "truncated",
    )

    peekable: Final = True

    def __init__(self, transport: _Transport, tls: TlsPeer) -> None:
        self._transport = transport
        self._records = Records(transport.incoming.read())
        self._read: Any = transport.object.read  # typeshed knows only that it may give bytes
        self._first = memoryview(bytearray(1))  # for a byte that has to be read to see that there is one
        self._held = _NOTHING  # what was read before anybody asked for it
        self._more = True  # more may be here already: the last read was full
        self._patience = _PATIENCE
        self._ended = False
        self._failed: tuple[type[NetworkError], str] | None = None  # an error itself would hold its reader
        self._fresh = True  # no data has come
        # RFC 8446 section 4.6.2: the peer may ask for a certificate, and many times.
        self._wary = bool(transport.context.policy.certificate) and tls.version == "TLSv1.3"
        self._step: Work[bytes | ssl.SSLError] | None = None  # a read on a worker
        self.truncated = False
        """The connection ended without the peer's close_notify, and that matters: what came may not be all
        (RFC 8446 section 6.1). It shows once `peek` or `read_into` has seen the end."""
        self.tls: Final = tls
        """With whom and how this speaks TLS."""
        transport.object.context = transport.context.idle
        transport.object.certificates = b""  # which would have told why it failed

    @property
    def peer_address(self) -> str:
        """Whom the connection below leads to."""
        return self._transport.stream.peer_address

    def quiet(self) -> bool:
        """Tells that there is nothing to read. False: there may be something, if only a session's ticket."""
        return self._is_drained() and self._transport.stream.quiet()

    def still(self) -> bool:
        """The same, of a moment ago."""
        return self._is_drained() and self._transport.stream.still()

    def _is_drained(self) -> bool:
        """Nothing is here to be read. Sends what waits."""
        if self._held or self._more or self._ended or self._failed or self._step is not None:
            return False
        if self._transport.unsent:
            self._push()
        return True

    def peek(self) -> Readiness:
        """Tells what a read would find, by one system call while there is nothing.

        Session tickets and other messages that are not for the reader are taken on the way.
        """
        if not (self._held or self._ended or self._failed):
            if self.quiet():
                return Readiness.QUIET
            with contextlib.suppress(NetworkError):  # a read tells it
                if self._fill(self._first, 0) > 0:
                    self._held = memoryview(b"".join((self._first, self._held)))
        if self._held:
            return Readiness.DATA
        return Readiness.ENDED if self._ended or self._failed else Readiness.QUIET

    def read_into(self, buffer: memoryview) -> int:
        """Reads what has come and fits. Gives its size, 0 at the end, WOULD_BLOCK if there is nothing."""
        if self._transport.unsent:
            self._push()
        return self._fill(buffer, self._take_held(buffer) if self._held else 0)

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        """Writes as much as flows, and gives its size; a batch of it may still wait here."""
        transport = self._transport
        if self._busy() or (transport.unsent and not transport.push()):
            return 0
        encrypt = transport.object.write
        size = batch = 0
        try:
            whole = len(buffers) == 1 and len(buffers[0]) <= _RECORD
            for piece in buffers if whole else _pieces(buffers):
                size += encrypt(piece)
                if size - batch >= _BATCH:
                    batch = size
                    if not transport.push() or size >= _MOST_WRITTEN:
                        return size
        except ssl.SSLError as error:
            self._failed = transport.broken(error, fresh=self._fresh)
            self._raise_again()
        transport.push()
        return size

    def flowed(self) -> bool:
        """Tells whether bytes went out since this was asked: `write` tells what was taken, which may wait."""
        transport = self._transport
        flowed, transport.flowed = transport.flowed, False
        return transport.stream.flowed() or flowed  # that may be TLS too

    def wait(self, *, write: bool, timeout: float) -> bool:
        """Sleeps until it can read, or write if asked. False: `timeout` seconds passed."""
        if self._step is not None:
            return self._step(timeout) is not None
        if self._held or self._ended or self._failed:
            return True
        if self._more and (self.peek() is not Readiness.QUIET or self._more):
            return True
        transport = self._transport
        return transport.stream.wait(write=write or bool(transport.unsent), timeout=timeout)

    def watch(self, watcher: Watcher, *, write: bool) -> None:
        """Tells what `wait` would wait for."""
        transport = self._transport
        self._patience = 0.0
        if self._step is not None:
            self._step.wake(watcher.wake)
        elif self._held or self._ended or self._failed or self._more:
            watcher.after(0.0)
        else:
            transport.stream.watch(watcher, write=write or bool(transport.unsent))

    def available(self) -> int:
        """Tells how many bytes a read would give now; more may have come."""
        if self.peek() is not Readiness.DATA:
            return 0
        return len(self._held) + (0 if self._busy() else self._transport.object.pending())

    def fileno(self) -> int:
        """The file descriptor to wait for. What is here already does not show there."""
        return self._transport.stream.fileno()

    def close(self) -> None:
        """Ends the connection at once, with close_notify if that can go at once."""
        transport = self._transport
        if not self._busy():
            with contextlib.suppress(ssl.SSLError, NetworkError):
                if not self._failed and transport.push():
                    with contextlib.suppress(ssl.SSLWantReadError):  # the peer's, which nobody waits for
                        transport.object.unwrap()
            with contextlib.suppress(NetworkError):
                transport.push()
        transport.stream.close()

    def _busy(self) -> bool:
        """A worker reads: leave OpenSSL's objects alone."""
        return self._step is not None and self._step(0) is None

    def _push(self) -> None:
        """Sends what waits. A failure is left to reads: the peer may have said more before it."""
        if not self._busy():
            with contextlib.suppress(NetworkError):
                self._transport.push()

    def _take_held(self, buffer: memoryview) -> int:
        held = self._held
        size = min(len(held), len(buffer))
        buffer[:size] = held[:size]
        self._held = held[size:] if size < len(held) else _NOTHING
        return size

    def _fill(self, buffer: memoryview, size: int) -> int:
        """Fills a buffer, of which `size` bytes are filled already, as far as what has come goes."""
        transport, records, room = self._transport, self._records, len(buffer)
        noise = fed = idle = (
            0  # bytes that OpenSSL was given last, and how many of their records gave nothing
        )
        drained = False
        here = self._more or self._step is not None
        self._more = False
        try:
            for _ in range(_MOST_STEPS):
                if size == room or self._ended:
                    break
                if here:
                    got = self._decrypt(buffer[size:] if size else buffer)
                    if got >= 0:
                        size += got
                        idle -= 1
                        # A record that did not fit has filled the buffer, unless a worker has read it.
                        # An exception that says that nothing is left would cost as much as to decrypt it.
                        here = transport.incoming.pending > 0 or (
                            self._wary and transport.object.pending() > 0
                        )
                        continue
                    if self._step is not None:
                        break
                noise += max(0, idle) * (1 + fed // 512)
                if noise >= _MOST_NOISE:  # a peer that sends nothing else holds no call
                    self._more = True
                    break
                data, idle = records.take()
                fed = len(data)
                if fed:
                    transport.incoming.write(data)
                    here = True
                elif drained:
                    if not records.ended:
                        break
                    transport.incoming.write_eof()
                    here = True
                else:
                    here = False
                    got = self._pull()
                    if got == WOULD_BLOCK:
                        break
                    drained = got < buffers.BUFFER_SIZE
            else:
                self._more = True
        except NetworkError:
            if not size:
                raise
        self._more = self._more or size == room
        return size or (0 if self._ended else WOULD_BLOCK)

    def _decrypt(self, buffer: memoryview) -> int:
        self._raise_again()
        transport = self._transport
        try:
            got: int = self._read_by_worker(buffer) if self._wary else self._read(len(buffer), buffer)
        except ssl.SSLWantReadError:
            got = WOULD_BLOCK
            self._release()
        except ssl.SSLError as error:
            got = self._stopped(error)
        if self._step is not None:
            return got
        if got == 0:
            self._ended = True
        elif got > 0 and self._fresh:
            self._fresh = False
            self._keep_session()
        if transport.outgoing.pending:  # an answer to what was no data
            self._push()
            if transport.outgoing.pending > _MOST_ANSWERED:
                self._failed = (
                    TlsError,
                    f"TLS with {transport.peer}: it keeps asking for replies and reads none",
                )
                self._raise_again()
        return got

    def _release(self) -> None:
        """Has OpenSSL give its memory back, of which an idle connection would keep 16 KiB.

        quirk - OpenSSL 3.0 to 3.6 - openssl/ssl/statem/statem.c - whatever is no data, such as a ticket,
        makes it ready for writing, and it is done with that when it has written, be it nothing.
        """
        with contextlib.suppress(ssl.SSLError):
            self._transport.object.write(b"")

    def _stopped(self, error: ssl.SSLError) -> int:
        """OpenSSL reads no more: gives 0 for the end, and raises what else it is."""
        transport = self._transport
        if not is_end(error):
            self._failed = transport.broken(error, fresh=self._fresh)
            self._raise_again()
        self.truncated = not transport.context.policy.ignore_unexpected_eof
        return 0

    def _read_by_worker(self, buffer: memoryview) -> int:
        """Does what `_read` does, on a worker; WOULD_BLOCK while that is at it."""
        if self._step is None:
            self._step = _workers.start(partial(_read_step, self._transport.object, len(buffer)))
        outcome = self._step(self._patience)
        if outcome is None:
            return WOULD_BLOCK
        self._step = None
        if isinstance(outcome, ssl.SSLWantReadError):
            return WOULD_BLOCK
        if isinstance(outcome, ssl.SSLError):
            return self._stopped(outcome)
        self._held = memoryview(outcome)
        return self._take_held(buffer)

    def _pull(self) -> int:
        self._raise_again()
        try:
            data = self._transport.pull()
        except NetworkError as error:
            self._failed = type(error), str(error)
            raise
        if data is None:
            return WOULD_BLOCK
        self._records.add(data)
        self._records.ended = not data
        return len(data)

    def _raise_again(self) -> None:
        if self._failed is not None:
            kind, text = self._failed
            raise kind(text) from None

    def _keep_session(self) -> None:
        """Keeps the session for the next connection. TLS 1.3's come after the handshake, so before data."""
        transport = self._transport
        made, context = transport.object, transport.context
        if not self.tls.resumed:
            verified = self.tls.chain if context.policy.verifies else []
            transport.until = session_end(verified)
        made.context = context.ssl  # a session remembers the context it belongs to
        session = made.session
        made.context = context.idle
        if session is not None and (session.has_ticket or session.id):
            context.keep_session(transport.name, transport.port, session, transport.until)


def tls_to(
    server_name: str,
    context: TlsContext,
    *,
    port: int = 443,
    peer: str = "",
) -> Step:
    """Gives the step from a connection to TLS over it.

    Args:
        server_name: the host: a name or an address. The server gets names, but no addresses
            (RFC 6066 section 3). The policy's common name goes before it.
        context: the policy, made ready: `late.context_for(policy)`.
        port: the host's; sessions are kept by it.
        peer: what to call the peer in the text of failures: "the proxy p:3128". Empty: by its name.

    Raises:
        LocalError: there is no name to verify, or it can't be one.
    """
    name = context.policy.server_name(server_name)
    shown = peer or repr(name)
    return lambda stream: Handshake(_Transport(stream, name, port, shown, context))


def _handshake_step(made: TlsObject) -> bool | ssl.SSLError:
    """Has OpenSSL go on with a handshake, on whatever thread.

    Returns:
        True: to its end. False: until more has come. An error: it gave up.
    """
    try:
        made.do_handshake()
    except ssl.SSLWantReadError:
        return False
    except Exception as error:
        return _failed(error)
    return True


def _read_step(made: TlsObject, size: int) -> bytes | ssl.SSLError:
    """Has OpenSSL read, on whatever thread. Returns what it gives, or what it raises."""
    try:
        return made.read(min(size, _RECORD))
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> ssl.SSLError:
    """Makes what may leave the thread: an error without a traceback, as that would keep what the thread has.

    What is no error of OpenSSL's, such as memory that is not to be had, ends the connection all the same.
    """
    if isinstance(error, ssl.SSLError):
        return error.with_traceback(None)
    made = ssl.SSLError(ssl.SSLErrorNumber.SSL_ERROR_SSL, str(error) or type(error).__name__)
    made.reason = ""
    return made


def _verified_chain(made: TlsObject) -> list[Any]:
    """The peer's certificate and those above it up to the root, in DER or as `_der` takes them."""
    if hasattr(made, "get_verified_chain"):
        return made.get_verified_chain() or []
    # quirk - Python before 3.13 - docs.python.org/3/library/ssl.html - the same without a public name. Where
    # neither is, only the pin of the peer's own key can match: other pins fail then, and do not pass.
    private = getattr(getattr(made, "_sslobj", None), "get_verified_chain", None)
    return (private() if private is not None else None) or []


def _der(certificate: Any) -> bytes:
    return ssl.PEM_cert_to_DER_cert(certificate.public_bytes())


def _pieces(buffers: Sequence[bytes | memoryview]) -> Iterator[bytes | bytearray | memoryview]:
    """Cuts what is to be written into records. Small pieces share one; of large ones nothing is copied."""
    shared = bytearray()
    for buffer in buffers:
        if len(shared) + len(buffer) <= _RECORD:
            shared += buffer
            continue
        if shared:
            yield shared
            shared = bytearray()
        view = memoryview(buffer)
        for start in range(0, len(view), _RECORD):
            yield view[start : start + _RECORD]
    if shared:
        yield shared
