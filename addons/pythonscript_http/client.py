"""The engine's HTTPClient in pure Python: drives the state machine of `http1` over `transport`.

Names, arguments, states and return values are the engine's (class reference, `HTTPClient`), so that an
engine class is a thin layer over it. Wrong use raises `LocalError`, which holds the engine's error code;
what the network or the server do wrong never raises: it shows in `poll()`'s return value, in the status,
and as text in `get_error_reason()`.

A client is for one call at a time. One that comes while another is under way, in another thread or as the
callback of a stream, is refused with ERR_BUSY and changes nothing. `close()` may come at any time and ends
what is under way, also where a call waits for it in blocking mode. Settings may be made, and results asked
for, at any time too.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

from . import buffers
from .enums import Error, Method, Status
from .errors import LocalError
from .http1.codings import available
from .http1.request import RequestHead, build_head, check_method, check_value
from .http1.state import HEADER_LIMIT, Event, Machine
from .options import Options
from .query import query_string_from_dict
from .timing import NEVER, Timing
from .transport.connector import Connecting, Connector, Route, making_tls_ready
from .transport.network import TcpNetwork
from .transport.prefixed import PrefixedStream
from .transport.proxy import Proxy
from .transport.stream import (
    WOULD_BLOCK,
    HandshakeError,
    Network,
    NetworkError,
    Readiness,
    Stream,
    TlsError,
    TlsInfo,
)
from .turn import Turn
from .upload import Upload
from .url import PORT_HTTP, PORT_HTTPS, Host, authority, parse_host
from .workers import Workers

if TYPE_CHECKING:
    from .transport.trust import TlsPolicy

BLOCKING_LIMIT: Final = 30.0
"""Seconds. In blocking mode a call that waited so long without a byte moving returns, and may be repeated."""

CONTINUE_TIMEOUT: Final = 1.0
"""Seconds, as in curl: a body is sent then even if no `100 Continue` came (RFC 9110 section 10.1.1)."""

_NAP: Final = 1 / 64
"""Seconds. Waits are cut into pieces of it, between which `close()` in another thread is noticed: it may
touch nothing that the waiting call uses, and many of the things that are waited for can't be woken."""

_CLOSE_TIMEOUT: Final = 1.0
"""Seconds that `close()` waits for a call in another thread to end. Only a script's own stream takes long."""

_DECODERS: Final = Workers(4, 5.0, "decoding")
"""More threads would not decode faster on usual machines; none may be kept busy for longer than a moment."""

_USER_AGENT: Final = f"pythonscript_http ({sys.platform})"

_CONNECTED: Final = Status.STATUS_CONNECTED
_REQUESTING: Final = Status.STATUS_REQUESTING
_BODY: Final = Status.STATUS_BODY
_RESOLVING: Final = Status.STATUS_RESOLVING
_CONNECTING: Final = Status.STATUS_CONNECTING
_DISCONNECTED: Final = Status.STATUS_DISCONNECTED
_GET: Final = Method.METHOD_GET
_QUIET: Final = Readiness.QUIET
_ENDED: Final = Readiness.ENDED
_OK: Final = Error.OK

_RESULTS: Final = {
    Status.STATUS_DISCONNECTED: Error.ERR_UNCONFIGURED,
    Status.STATUS_CANT_RESOLVE: Error.ERR_CANT_RESOLVE,
    Status.STATUS_CANT_CONNECT: Error.ERR_CANT_CONNECT,
    Status.STATUS_CONNECTION_ERROR: Error.ERR_CONNECTION_ERROR,
    Status.STATUS_TLS_HANDSHAKE_ERROR: Error.ERR_CONNECTION_ERROR,
}
"""What `poll()` gives in states that it can't leave."""

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)


def default_policy() -> "TlsPolicy":
    """The terms of TLS that nobody had a say in: Mozilla's roots and the system's."""
    from .transport.trust import TlsPolicy

    return TlsPolicy()


class HTTPClient(Options):
    """A connection to a host, and one request after the other over it.

    Args:
        network: what makes connections; None: the operating system.
        header_limit: most bytes that the header blocks of one response may have.
        user_agent: value of the User-Agent header, unless a request brings its own.
        clock: tells the time in seconds; one that never goes back.

    Raises:
        LocalError: the user agent can't be sent.
    """

    __slots__ = (
        "__weakref__",
        "_connecting",
        "_forwarder",
        "_head",
        "_headers_taken",
        "_host_header",
        "_number",
        "_route",
        "_stream",
        "_tls_info",
        "_turn",
        "_upload",
        "_user_agent",
        "default_policy",
        "proxy_policy",
        "warning",
    )

    def __init__(
        self,
        network: Network | None = None,
        *,
        header_limit: int = HEADER_LIMIT,
        user_agent: str = _USER_AGENT,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(
            Machine(header_limit, _DECODERS.start),
            Timing(clock),
            Connector(network or TcpNetwork(clock=clock), clock=clock),
        )
        self._turn = Turn()
        self.user_agent = user_agent
        self.warning = ""
        """What the last `request()` or `connect_to_host()` took but did not use, in words; empty: it did."""
        self._connecting: Connecting | None = None
        self._route: Route | None = None
        self._stream: Stream | None = None
        self._number = 0  # of connections that this client has had
        self._tls_info: TlsInfo | None = None
        self._forwarder: Proxy | None = None  # where the connection leads to, if that passes requests on
        self.default_policy = default_policy
        """Makes the terms for `https://` where none are given."""
        self.proxy_policy = default_policy
        """Makes the terms for TLS to a proxy: pins, names and certificates are between us and the host."""
        self._host_header = ""
        self._head: tuple[tuple[object, ...], RequestHead] | None = (
            None  # the last one, and what it is made of
        )
        self._upload = Upload()
        self._headers_taken = False

    @property
    def user_agent(self) -> str:
        """Value of the User-Agent header, unless a request brings its own."""
        return self._user_agent

    @user_agent.setter
    def user_agent(self, value: str) -> None:
        try:
            check_value("User-Agent", value)
        except LocalError as error:
            raise self.refused(error) from None
        self._user_agent = value

    # ---- connecting

    def connect_to_host(self, host: str, port: int = -1, policy: "TlsPolicy | None" = None) -> Error:
        """Begins to connect; `poll()` goes on with it. What was connected before is closed.

        Args:
            host: a name or an address, perhaps with `http://` or `https://` before it or `:port` behind it;
                or `unix:/path`.
            port: -1 for the one in `host`, or else the scheme's.
            policy: on what terms to speak TLS. With one, a host without a scheme is spoken TLS to; without
                one, `https://` has those of `default_policy()`.

        Raises:
            LocalError: this is no host, the policy cannot be honoured, or another call is under way still.
        """
        self.close()
        self._enter()
        try:
            self._close()  # again: another thread may have connected before this had its turn
            return self._connect_to_host(host, port, policy)
        finally:
            self._leave()

    def _connect_to_host(self, host: str, port: int, policy: "TlsPolicy | None") -> Error:
        self.warning = ""
        try:
            target = parse_host(host, port, tls=policy is not None)
            route = self._route_to(target, policy)
            self._timing.begin()
            self._connecting = self._begin_to_connect(route)
        except LocalError as error:
            raise self.refused(error) from None
        except NetworkError as error:
            self._machine.fire(Event.LOOK_UP)
            return self._fail(Event.NOT_RESOLVED, str(error))
        self._route = route
        self._host_header = authority(target.name, target.port, PORT_HTTPS if target.tls else PORT_HTTP)
        self._machine.renewable = True
        self._machine.fire(Event.LOOK_UP if self._connecting.resolving else Event.DIAL)
        if policy is not None and not target.tls:
            self.warning = f"{host!a} asks for no TLS, so what was said of TLS has no use"
        return _OK

    def _route_to(self, target: Host, policy: "TlsPolicy | None") -> Route:
        proxy = self.proxies.to(target)
        with making_tls_ready():
            tls = policy or self.default_policy() if target.tls else None
            proxy_tls = self.proxy_policy() if proxy is not None and proxy.host.tls else None
        return Route(target, proxy, tls, proxy_tls)

    def _begin_to_connect(self, route: Route, since: float | None = None) -> Connecting:
        limit = self._machine.header_limit
        return self._connector.connect(route, since=since, user_agent=self._user_agent, header_limit=limit)

    def attach(self, stream: Stream, host: str | None = None) -> Error:
        """Goes on over a connection that stands already, and takes it over; the state is CONNECTED then.

        Args:
            stream: the connection. What was connected before is closed.
            host: value of the Host header. None: that of the host connected to last, as in the engine; if
                there was none, Host is sent empty, unless a request brings its own (RFC 9112 section 3.2).

        Raises:
            LocalError: the host can't be sent, or another call is under way still.

        Source: class reference, `HTTPClient.connection`.
        """
        if host is not None:
            try:
                check_value("Host", host)
            except LocalError as error:
                raise self.refused(error) from None
        if stream is not self._stream:
            self.close()
        self._enter()
        try:
            if stream is not self._stream:
                self._close()
                self._stream = stream
                self._number += 1
                self._machine.fire(Event.ATTACH)
                self._forwarder = None
            if host is not None:
                self._host_header = host
            return _OK
        finally:
            self._leave()

    def connection(self) -> Stream | None:
        """Gives the connection; None if there is none. It stays the client's, which closes it.

        After `101 Switching Protocols` or an accepted CONNECT the first read gives what came behind the head.
        """
        return self._stream

    @property
    def connection_number(self) -> int:
        """Which of the connections that this client has had, from 1 on, is the one in use or the last."""
        return self._number

    def detach(self) -> Stream | None:
        """Hands the connection over, as `connection()` gives it; the state is DISCONNECTED then.

        Raises:
            LocalError: another call is under way.
        """
        self._enter()
        try:
            stream, self._stream = self._stream, None
            self._close()
            return stream
        finally:
            self._leave()

    @contextmanager
    def lent(self) -> Iterator[Stream | None]:
        """Lends the connection, as `connection()` gives it, for what the client does not do itself.

        Meanwhile a call is under way. Whoever has to wait does so by `wait()`.

        Raises:
            LocalError: another call is under way.
        """
        self._enter()
        try:
            yield self._stream
        finally:
            self._leave()

    def wait(self, stream: Stream, *, write: bool) -> bool:
        """Sleeps until a connection that is lent can be read, or written if asked.

        Returns:
            False: half a minute has passed, or the client is to be closed.
        """
        return any(stream.wait(write=write, timeout=nap) for nap in self._naps())

    def set_http_proxy(self, host: str, port: int) -> None:
        """Sets the proxy for plain requests, as of the next `connect_to_host()`; empty or port -1 unsets it.

        Args:
            host: as for `connect_to_host()`, perhaps with `user:password@` before it.

        Raises:
            LocalError: this is no host. Until another is set, or none, `connect_to_host()` raises it too.
        """
        self._set_proxy(host, port, tls=False)

    def set_https_proxy(self, host: str, port: int) -> None:
        """Sets the proxy for TLS requests, as of the next `connect_to_host()`; empty or port -1 unsets it.

        Args:
            host: as for `set_http_proxy()`.

        Raises:
            LocalError: as by `set_http_proxy()`.
        """
        self._set_proxy(host, port, tls=True)

    def _set_proxy(self, host: str, port: int, *, tls: bool) -> None:
        try:
            self.proxies.set(host, port, tls=tls)
        except LocalError as error:
            raise self.refused(error) from None

    def close(self) -> None:
        """Closes the connection, whatever is under way, and forgets the last response.

        A call that another thread is in ends by it. A stream of one's own that holds such a call up, or calls
        this itself, is closed when that call ends.
        """
        if self._turn.take_over(_CLOSE_TIMEOUT):
            try:
                self._close()
            finally:
                self._leave()

    def _close(self) -> None:
        self._turn.wanted = False
        if self._connecting is not None:
            self._connecting.close()
            self._connecting = None
        self._hang_up()
        self._tls_info = None
        self._headers_taken = False
        self._refusal = ""
        self._upload = Upload()
        self._timing.forget()
        self._machine.reset()

    # ---- requests

    def request(self, method: int, url: str, headers: Sequence[str], body: str = "") -> Error:
        """Sends a request with a text, in UTF-8, as its body; `poll()` does the sending.

        Args:
            method: one of `Method`. GET takes no body: it is ignored, and `warning` tells.
            url: an absolute path, an absolute URL, `*` for OPTIONS, `host:port` for CONNECT.
            headers: lines of `name: value`.
            body: the text.

        Raises:
            LocalError: the state is not CONNECTED, or something here can't be sent.
        """
        warning = ""
        try:
            check_method(method)
            if body and method == _GET:
                body = ""
                warning = "request() ignores the body of a GET request; request_raw() sends it"
            data = body.encode()
        except UnicodeEncodeError as error:
            text = f"the body holds a lone surrogate at {error.start}, which has no UTF-8 form"
            raise self.refused(LocalError(Error.ERR_INVALID_PARAMETER, text)) from None
        except LocalError as error:
            raise self.refused(error) from None
        result = self.request_raw(method, url, headers, data)
        self.warning = warning
        return result

    def request_raw(
        self, method: int, url: str, headers: Sequence[str], body: bytes | bytearray | memoryview
    ) -> Error:
        """Sends a request with bytes as its body; `poll()` does the sending.

        With `Expect: 100-continue` among the headers the body waits for `100 Continue`, a second at most.

        Args:
            method: one of `Method`.
            url: as for `request()`.
            headers: lines of `name: value`.
            body: anything that holds contiguous bytes. It is not copied: leave it as it is until it was sent.

        Raises:
            LocalError: the state is not CONNECTED, or something here can't be sent.
        """
        view = memoryview(body).cast("B")
        self._enter()
        try:
            upload = self._begin_request(method, url, headers, len(view))
            upload.line_up(view)
            upload.end()
            return _OK
        finally:
            self._leave()

    def request_stream(self, method: int, url: str, headers: Sequence[str], length: int = -1) -> Error:
        """Begins a request whose body is given piece by piece, by `send_body_chunk()` and `end_body()`.

        An addition to the engine's client.

        Args:
            method: one of `Method`.
            url: as for `request()`.
            headers: lines of `name: value`.
            length: bytes that the body will have. -1: not known; it then goes out in chunked coding.

        Raises:
            LocalError: the state is not CONNECTED, or something here can't be sent.

        Source: RFC 9112 sections 6.2 and 7.1.
        """
        if length < -1:
            text = f"the length {length} of a body is below 0; -1 stands for one that is not known"
            raise self.refused(LocalError(Error.ERR_INVALID_PARAMETER, text))
        self._enter()
        try:
            self._begin_request(method, url, headers, length)
            return _OK
        finally:
            self._leave()

    def send_body_chunk(self, data: bytes | bytearray | memoryview) -> Error:
        """Gives more of the body of a `request_stream()`; `poll()` does the sending.

        Args:
            data: anything that holds contiguous bytes. It is not copied: leave it as it is until it was sent.

        Returns:
            OK; ERR_BUSY if a MiB waits to be sent, or another call is under way: nothing was taken, so give
            it again after `poll()`;
            ERR_UNAVAILABLE if the server has refused the request: the rest of its body is not wanted.

        Raises:
            LocalError: no body is being given, or it is longer than was told.
        """
        view = memoryview(data).cast("B")
        if not self._turn.take():
            return Error.ERR_BUSY
        try:
            return self._streamed("send_body_chunk()").give(view)
        except LocalError as error:
            raise self.refused(error) from None
        finally:
            self._leave()

    def end_body(self) -> Error:
        """Ends the body of a `request_stream()`; the answer comes then.

        Returns:
            OK; ERR_UNAVAILABLE as `send_body_chunk()`.

        Raises:
            LocalError: no body is being given, or it is shorter than was told.
        """
        self._enter()
        try:
            upload = self._streamed("end_body()")
            result = upload.end()
            if result is _OK and upload.done:
                self._sent()
            return result
        except LocalError as error:
            raise self.refused(error) from None
        finally:
            self._leave()

    def get_request_body_sent(self) -> int:
        """Gives how many bytes of the request's body were handed to the operating system so far."""
        return self._upload.sent

    def get_request_body_length(self) -> int:
        """Gives the length of the request's body in bytes, -1 if it is not known yet or there is none."""
        return self._upload.length

    def _begin_request(self, method: int, url: str, headers: Sequence[str], size: int) -> Upload:
        """Lines up a request's head; the body is to follow."""
        try:
            head = self._make_head(method, url, headers, size)
            self._machine.request(method, close=head.close, decode=self._decode_body)
        except LocalError as error:
            raise self.refused(error) from None
        self._timing.request()
        held_until = self._timing.requested + CONTINUE_TIMEOUT if head.expect else 0.0
        self._upload = upload = Upload(head.data, size, head.chunked, held_until)
        self._refusal = self.warning = ""
        self._headers_taken = False
        return upload

    def _make_head(self, method: int, url: str, headers: Sequence[str], size: int) -> RequestHead:
        """Makes a head, unless the last request over this connection had the same.

        Games ask for the same again and again, and to make a head costs a third of a request. It may hold
        secrets, so it is forgotten with the connection.
        """
        lines = tuple(headers)
        accept = ", ".join(available()) if self._decode_body else ""
        host, agent, proxy = self._host_header, self._user_agent, self._forwarder
        parts = (method, url, lines, size, host, agent, proxy, accept)
        if self._head is None or self._head[0] != parts:
            head = build_head(
                method,
                url,
                lines,
                size,
                host=host,
                user_agent=agent,
                proxied=proxy is not None,
                proxy_authorization="" if proxy is None else proxy.authorization,
                accept_encoding=accept,
            )
            self._head = parts, head
        return self._head[1]

    def _streamed(self, what: str) -> Upload:
        """Gives the upload whose body is being given piece by piece."""
        if not self._upload.streamed:
            status = self._machine.status.name
            text = f"{what} needs request_stream() before it; the status is {status}"
            raise LocalError(Error.ERR_INVALID_PARAMETER, text)
        return self._upload

    # ---- polling

    def poll(self) -> Error:
        """Goes on with what is under way: one step, without waiting unless in blocking mode.

        Returns:
            OK; or why the state is one of failure; or ERR_UNCONFIGURED when disconnected; or ERR_BUSY when
            another call is under way.
        """
        turn = self._turn
        if not turn.take():
            return Error.ERR_UNCONFIGURED if turn.wanted else Error.ERR_BUSY
        try:
            return self._poll()
        finally:
            if turn.leave():
                self._finish_closing()

    def _poll(self) -> Error:
        status = self._machine.status
        if status is _REQUESTING:
            result = self._poll_requesting()
        elif status is _CONNECTED:
            return self._poll_connected()
        elif status is _BODY:
            result = self._poll_body()
        elif status is _CONNECTING or status is _RESOLVING:
            return self._poll_connecting()
        else:
            return _RESULTS[status]
        if self._timing.due is not NEVER:
            late = self._late()
            if late:
                return self._expire(late)
        return result

    def _poll_connecting(self) -> Error:
        connecting = self._connecting
        assert connecting is not None
        resolving = connecting.resolving
        try:
            stream = self._go_on_connecting(connecting)
        except NetworkError as error:
            self._connecting = None
            if resolving:
                return self._fail(Event.NOT_RESOLVED, str(error))
            distrusted = isinstance(error, HandshakeError)
            return self._fail(Event.DISTRUSTED if distrusted else Event.REFUSED, str(error))
        if resolving and not connecting.resolving:
            self._machine.fire(Event.RESOLVED)
        if stream is not None:
            self._take_up(stream)
            self._timing.due = NEVER
            self._machine.fire(Event.ESTABLISHED)
        return _OK

    def _go_on_connecting(self, connecting: Connecting) -> Stream | None:
        """Polls a connection that is being made; in blocking mode until it stands, or its look-up is over."""
        resolving = connecting.resolving
        timing = self._timing
        try:
            stream = connecting.poll()
            if self._blocking:
                for nap in self._naps():
                    if stream is not None or connecting.resolving != resolving:
                        break
                    connecting.wait(nap)
                    stream = connecting.poll()
            return stream
        finally:
            timing.resolved, timing.connected = connecting.resolved, connecting.connected
            timing.secured = connecting.secured

    def _take_up(self, stream: Stream) -> None:
        """Goes on over a connection that was made here."""
        assert self._route is not None
        self._stream, self._connecting = stream, None
        self._number += 1
        self._forwarder = self._route.proxy if self._route.forwarded else None
        self._tls_info = stream.tls if self._route.target.tls else None

    def _connect_anew(self) -> bool:
        """Goes on with connecting for a request whose connection has served its last response.

        The host and the terms are those of the connection before.

        Returns:
            Whether the connection stands. If not, and it never will, the state has changed.
        """
        assert self._route is not None
        try:
            if self._connecting is None:
                self._connecting = self._begin_to_connect(self._route, self._timing.requested)
            connecting = self._connecting
            resolving = connecting.resolving
            stream = self._go_on_connecting(connecting)
            if resolving and not connecting.resolving:
                stream = self._go_on_connecting(connecting)
        except (NetworkError, LocalError) as error:
            self._connecting = None
            self._lost(error)
            return False
        if stream is None:
            return False
        self._take_up(stream)
        self._timing.connected_anew()
        upload = self._upload
        if upload.held_until:  # the server has not seen the head yet
            upload.held_until = self._timing.moved_last + CONTINUE_TIMEOUT
        return True

    def _poll_connected(self) -> Error:
        """Sees that the connection stands, and that the server keeps silent until it is asked."""
        if self._machine.spent:
            self._machine.fire(Event.LET_GO)
            return _OK
        assert self._stream is not None
        readiness = self._stream.peek()
        if readiness is _QUIET:
            return _OK
        if readiness is _ENDED:
            self._take_end(self._stream)
        elif not self._machine.tunnel:
            self._machine.lost("the server sent data that no request had asked for")
        return self._settle()

    def _take_end(self, stream: Stream, otherwise: str = "") -> None:
        """Learns how a connection has ended of which `peek` says that it has.

        Args:
            otherwise: what to tell if TLS has nothing to tell; empty: that it has ended.
        """
        try:
            stream.read_into(memoryview(bytearray(1)))
        except TlsError as error:
            self._lost(error)
            return
        except NetworkError:
            pass
        if otherwise:
            self._machine.lost(otherwise)
        else:
            self._machine.ended(truncated=stream.truncated)

    def _lost(self, error: NetworkError | LocalError) -> None:
        """The connection is lost, or was never agreed on."""
        if isinstance(error, HandshakeError):
            self._machine.distrusted(str(error))
        else:
            self._machine.failed(str(error))

    def _poll_body(self) -> Error:
        """Sees that the connection stands. What has come waits for its reader."""
        assert self._stream is not None
        if self._upload.unsent:
            self._send(self._stream)
        if self._machine.vulnerable and self._stream.peek() is _ENDED:
            self._take_end(self._stream)
            return self._settle()
        return _OK

    def _poll_requesting(self) -> Error:
        machine, upload = self._machine, self._upload
        if self._stream is None and not self._connect_anew():
            return _OK if machine.status is _REQUESTING else self._settle()
        stream = self._stream
        assert stream is not None
        while True:
            if upload.held_until and (machine.continued or self._timing.now() >= upload.held_until):
                upload.let_go()
            if upload.unsent:
                self._send(stream)
                if upload.done and not upload.failure:
                    return _OK  # scripts wait to see REQUESTING, which the engine's client shows for a poll
            if machine.status is _REQUESTING:
                self._receive_head(stream)
            if machine.status is not _REQUESTING:
                return self._settle()
            if not self._blocking or (upload.open and not upload.unsent) or self._late():
                return _OK
            waits = not machine.behind
            if waits and not self.wait(stream, write=bool(upload.unsent)) and not upload.held_until:
                return _OK
            if self._turn.wanted:
                return _OK

    def _send(self, stream: Stream) -> None:
        """Sends what the connection takes at once."""
        upload = self._upload
        if upload.untouched and (readiness := stream.peek()) is not _QUIET:
            why = "the server had closed the connection, or sent data unasked, before this request"
            if readiness is _ENDED:
                self._take_end(stream, why)
            else:
                self._machine.lost(why)
        elif upload.send(stream):
            self._timing.move()
            if upload.done:
                self._sent()

    def _sent(self) -> None:
        self._machine.sent()
        self._timing.sent = self._timing.now()

    def _receive_head(self, stream: Stream) -> None:
        """Takes what has come, also while sending: a server may refuse a body before it has it all."""
        machine, timing = self._machine, self._timing
        if machine.behind:
            machine.go_on()
            return
        try:
            blind = not (stream.peekable or self._upload.unsent)
            quiet = not blind and stream.quiet()
            size = WOULD_BLOCK if quiet else stream.read_into(machine.space())
        except NetworkError as error:
            # What failed first, the sending, tells more; but for a peer that said by TLS why it left.
            told = isinstance(error, TlsError) or not self._upload.failure
            self._lost(error if told else NetworkError(self._upload.failure))
            return
        if size > 0:
            if not timing.first_byte_came:
                timing.first_byte_came = timing.now()
            timing.move()
            machine.received(size)
        elif size == 0:
            machine.ended(truncated=stream.truncated)
        elif self._upload.failure:
            machine.failed(self._upload.failure)

    # ---- responses

    def has_response(self) -> bool:
        """A response has come, and its headers were not handed out yet."""
        return self._machine.head is not None and not self._headers_taken

    def get_response_code(self) -> int:
        """Gives the response's status code, 0 if there is none."""
        head = self._machine.head
        return 0 if head is None else head.code

    def get_response_headers(self) -> list[str]:
        """Hands out the response's header lines, as they came; a second time there are none."""
        head = self._machine.head
        if head is None or self._headers_taken:
            return []
        self._headers_taken = True
        return head.lines()

    def get_response_headers_as_dictionary(self) -> dict[str, str]:
        """Hands out the response's headers by name; a second time there are none.

        Values of repeated names are joined by `"; "`, under the first spelling of the name.
        """
        fields: dict[str, list[str]] = {}
        spellings: dict[str, str] = {}
        for line in self.get_response_headers():
            name, _, value = line.partition(":")
            fields.setdefault(spellings.setdefault(name.lower(), name), []).append(value.strip(" \t"))
        return {name: "; ".join(values) for name, values in fields.items()}

    def has_response_header(self, name: str) -> bool:
        """The response has a header of that name, in any case. Nothing is handed out by it.

        An addition to the engine's client.
        """
        head = self._machine.head
        return head is not None and bool(head.values(name))

    def get_response_header(self, name: str) -> str:
        """Gives the value of the response's header of that name, in any case; empty if there is none.

        Values of a repeated name are joined by `", "` (RFC 9110 section 5.3); those of Set-Cookie, which may
        hold commas, by a line feed. Nothing is handed out by it. An addition to the engine's client.
        """
        head = self._machine.head
        separator = "\n" if name.lower() == "set-cookie" else ", "
        return "" if head is None else separator.join(head.values(name))

    def get_response_trailers(self) -> list[str]:
        """Gives the lines of the trailer section of a chunked body, once that was read to its end.

        They are no headers, and framing among them means nothing (RFC 9110 section 6.5.1). An addition to the
        engine's client.
        """
        return self._machine.trailers

    def is_response_chunked(self) -> bool:
        """The response has chunked coding."""
        return self._machine.chunked

    def get_response_body_length(self) -> int:
        """Gives the body's length in bytes, -1 if it is not known beforehand."""
        return self._machine.body_length

    def read_response_body_chunk(self) -> bytes:
        """Reads what has come of the body: `read_chunk_size` bytes at most. The last one ends the state BODY.

        Raises:
            LocalError: the state is not BODY.
        """
        limit = self._read_chunk_size
        scratch = buffers.take() if limit <= buffers.BUFFER_SIZE else bytearray(limit)
        view = memoryview(scratch)[:limit]
        try:
            return bytes(view[: self.read_body_into(view)])
        finally:
            buffers.give_back(scratch)

    def body_limit(self) -> int:
        """Tells how many bytes the next read of the body gives at most: how large a buffer it needs."""
        return min(self._read_chunk_size, self._machine.most_left)

    def read_body_into(self, view: memoryview) -> int:
        """Reads what has come of the body into the caller's memory, straight from the kernel where possible.

        In blocking mode it waits until the memory is full or the body ends.

        Args:
            view: writable bytes. Released, it leaves nothing behind that holds the memory, whatever failed.

        Returns:
            Number of bytes read.

        Raises:
            LocalError: the state is not BODY, or another call is under way.
        """
        self._enter()
        try:
            return self._read_body_into(view)
        finally:
            self._leave()

    def _read_body_into(self, view: memoryview) -> int:
        machine, stream, timing, upload = self._machine, self._stream, self._timing, self._upload
        try:
            size, room = machine.take(view), len(view)
        except LocalError as error:
            raise self.refused(error) from None
        assert stream is not None
        while size < room and machine.status is _BODY:
            if machine.busy:
                if not self._blocking or self._turn.wanted or self._late():
                    break
                size += machine.take(view[size:])
                continue
            if upload.unsent:
                self._send(stream)
            limit = machine.direct_limit
            target = view[size : size + limit] if limit else machine.space()
            most = len(target)
            try:
                with target:  # or it would last as long as the traceback of a failure
                    got = stream.read_into(target)
            except NetworkError as error:
                machine.failed(str(error))
                break
            if got > 0:
                timing.move()
                if limit:
                    machine.received_directly(got)
                    size += got
                else:
                    machine.received(got)
                    if machine.status is _BODY:
                        size += machine.take(view[size:], more=True)
                if got < most and (not self._blocking or (size and machine.chunked)):
                    break  # that was all there is; chunks are handed out as they come, as by the engine
            elif got == 0:
                machine.ended(truncated=stream.truncated)
                if machine.status is _BODY:  # what has come is not all decoded yet
                    size += machine.take(view[size:], more=True)
            elif (
                not self._blocking
                or (size and machine.chunked)
                or self._late()
                or not self.wait(stream, write=bool(upload.unsent))
            ):
                break
        if machine.status is not _BODY:
            self._settle()
        elif timing.due is not NEVER:
            late = self._late()
            if late:
                self._expire(late)
        return size

    # ---- the rest of the engine's surface

    def get_status(self) -> Status:
        """Gives the state, as the last call left it."""
        return _DISCONNECTED if self._turn.wanted else self._machine.status

    def get_error_reason(self) -> str:
        """Tells in words why the state is one of failure, or else why a call was refused; empty: neither."""
        return self._machine.reason or self._refusal

    def get_tls_info(self) -> TlsInfo | None:
        """Tells with whom and how the connection speaks TLS, or spoke it, until the next; None: it does not.

        An addition to the engine's client.
        """
        return self._tls_info

    def get_timings(self) -> dict[str, float]:
        """Tells how long the phases took: seconds since `connect_to_host()`, or since `request()` where the
        connection had been used before. 0.0: the phase was not reached, or there was none.

        Returns:
            name_lookup: the name had addresses.
            connect: the connection stood: the host's, or its proxy's.
            appconnect: the TLS handshake with the host was over.
            pretransfer: `request()` was called.
            posttransfer: the request had been handed to the operating system in full.
            first_byte: the first byte of an answer had come.
            total: the body had been read to its end, or it failed; until then the time that has passed.

        An addition to the engine's client; the names are curl's.
        """
        return self._timing.durations()

    @staticmethod
    def query_string_from_dict(fields: Mapping[Any, object]) -> str:
        """Makes a query string: see `query`."""
        return query_string_from_dict(fields)

    # ---- inside

    def _enter(self) -> None:
        """Begins a call.

        Raises:
            LocalError: another is under way.
        """
        if not self._turn.take():
            text = "another call of this client is under way, in another thread or further up in this one"
            raise self.refused(LocalError(Error.ERR_BUSY, text))

    def _leave(self) -> None:
        """Ends a call."""
        if self._turn.leave():
            self._finish_closing()

    def _finish_closing(self) -> None:
        """Closes for a `close()` that came while a call was under way."""
        if self._turn.take():  # or else whoever has taken it does
            try:
                if self._turn.wanted:  # or else that has closed it itself, and may have connected anew
                    self._close()
            finally:
                self._leave()

    def _naps(self) -> Iterator[float]:
        """Cuts the time that a call may wait now into pieces; they end when the client is to be closed."""
        now, remaining = self._timing.now, self._timing.remaining
        left = self._patience()
        end = now() + left
        while left > 0 and not self._turn.wanted:
            yield min(left, _NAP)
            left = min(left - _NAP, remaining(end - now()))

    def _settle(self) -> Error:
        """Closes the connection if the state has no more use for it; gives what `poll()` returns."""
        machine = self._machine
        status = machine.status
        if status is _BODY:
            # Who refuses does not want the body; who does not may still be reading it (RFC 9112 section 9.3).
            upload = self._upload
            if upload.held_until or upload.failure or self.get_response_code() >= 400:
                upload.drop()
            return _OK
        self._timing.end()
        if machine.spent or status is not _CONNECTED:
            self._hang_up()
            return _OK if status is _DISCONNECTED else _RESULTS.get(status, _OK)
        if machine.tunnel:
            machine.renewable = False
            self._forwarder = None  # it leads to another, who has no use for a proxy's credentials
            surplus = machine.surplus()
            if surplus:
                assert self._stream is not None
                self._stream = PrefixedStream(self._stream, surplus)
        return _OK

    def _late(self) -> str:
        """Tells which deadline has passed; empty: none."""
        machine, timing = self._machine, self._timing
        if self._stream is not None and self._stream.flowed():
            timing.move()
        if timing.now() < timing.due:
            return ""
        status = machine.status
        if status is _BODY and (machine.unread or self._peek() is not _QUIET):
            timing.move()  # the reader is what is slow
        requesting = status is _REQUESTING or status is _BODY
        connecting = self._stream is None
        return timing.overdue(connecting=connecting, requesting=requesting, awaited=machine.awaited)

    def _peek(self) -> Readiness:
        return _ENDED if self._stream is None else self._stream.peek()

    def _patience(self) -> float:
        """Gives how many seconds a call may wait now."""
        longest = BLOCKING_LIMIT
        held_until = self._upload.held_until
        if held_until and self._stream is not None:
            longest = min(longest, max(0.0, held_until - self._timing.now()))
        return self._timing.remaining(longest)

    def _expire(self, late: str) -> Error:
        """A deadline has passed."""
        if self._connecting is None:
            self._machine.failed(late)
        else:  # for a request that connects anew
            self._connecting.close()
            self._lost(self._connecting.late(late))
            self._connecting = None
        return self._settle()

    def _fail(self, event: Event, reason: str) -> Error:
        self._machine.fire(event, reason)
        self._timing.end()
        return _RESULTS[self._machine.status]

    def _hang_up(self) -> None:
        self._head = None
        self._upload.drop()
        if self._stream is not None:
            self._stream.close()
            self._stream = None
