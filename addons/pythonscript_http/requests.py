"""What a user may have a client send."""

from collections.abc import Sequence
from typing import Final

from .enums import Error, Method
from .exceptions import LocalError, LocalProtocolError
from .http1.codings import available
from .http1.connection import Phase
from .http1.request import Header, RequestHead, build_head, named_header
from .http1.writer import Given, RequestWriter
from .results import Results
from .status import Event, StatusMachine
from .tracing import Trace
from .transport.proxy import Proxy

_OK: Final = Error.OK
_CLOSED: Final = Phase.CLOSED
_NOTHING: Final = memoryview(b"")
_TOKENS: Final = tuple(
    method.name.removeprefix("METHOD_") for method in Method if method is not Method.METHOD_MAX
)
"""Of the engine's methods, by their numbers."""

_GIVEN: Final = {
    Given.TAKEN: Error.OK,
    Given.FULL: Error.ERR_BUSY,
    Given.DROPPED: Error.ERR_UNAVAILABLE,
}


def token_of(method: int | str) -> str:
    """Gives the token of a method that a user named: by one of `Method`, or by itself.

    Raises:
        LocalError: there is no method of that number.
    """
    if isinstance(method, str):
        return method
    if not 0 <= method < len(_TOKENS):
        raise LocalError(f"no such method: {method} (METHOD_GET is 0, METHOD_MAX is {len(_TOKENS)})")
    return _TOKENS[method]


def parse_lines(lines: Sequence[str]) -> list[Header]:
    """Reads headers as scripts give them, in lines of `name: value`. Names are checked by `build_head()`.

    Raises:
        LocalProtocolError: a line is none, or has no UTF-8 form. No more of it is repeated than its name.
    """
    headers = []
    for index, line in enumerate(lines):
        before, colon, after = line.partition(":")
        name = before.lstrip(" \t").encode("utf-8", "surrogatepass")
        if not (name and colon):
            what = "not of the form 'name: value'" if line.strip() else "empty"
            raise LocalProtocolError(f"header {index} is {what}")
        try:
            headers.append((name, after.strip(" \t").encode()))
        except UnicodeEncodeError:
            text = f"{named_header(index, name)} holds a lone surrogate, which has no UTF-8 form"
            raise LocalProtocolError(text) from None
    return headers


class Requests(Results):
    """The requests of a client."""

    __slots__ = (
        "_forwarder",
        "_head",
        "_host_header",
        "_state",
        "_trace",
        "warning",
    )

    _state: StatusMachine
    _trace: Trace | None
    """Reports to the observer; None: there is none."""
    _host_header: str
    _forwarder: Proxy | None
    """Where the connection leads to, if that passes requests on."""
    _head: tuple[tuple[object, ...], RequestHead] | None
    """The last one, and what it is made of."""
    warning: str
    """What the last `request()` or `connect_to_host()` took but did not use, in words; empty: it did."""

    def _begin_anew(self) -> None:
        """Makes ready for a request whose connection is still to be made."""
        raise NotImplementedError

    def request(self, method: int | str, url: str, headers: Sequence[str], body: str = "") -> Error:
        """Sends a request with a text, in UTF-8, as its body; `poll()` does the sending.

        Args:
            method: one of `Method`, or the token of another: `"PROPFIND"`. GET takes no body: it is ignored,
                and `warning` tells.
            url: an absolute path, an absolute URL, `*` for OPTIONS, `host:port` for CONNECT.
            headers: lines of `name: value`.
            body: the text.

        Raises:
            LocalError: the state is not CONNECTED, or something here can't be sent.
        """
        warning = ""
        try:
            method = token_of(method)
            if body and method == "GET":
                body = ""
                warning = "request() ignores the body of a GET request; request_raw() sends it"
            data = body.encode()
        except UnicodeEncodeError as error:
            text = f"the body holds a lone surrogate at {error.start}, which has no UTF-8 form"
            raise self.refused(LocalError(text)) from None
        except LocalError as error:
            raise self.refused(error) from None
        result = self.request_raw(method, url, headers, data)
        self.warning = warning
        return result

    def request_raw(
        self, method: int | str, url: str, headers: Sequence[str], body: bytes | bytearray | memoryview
    ) -> Error:
        """Sends a request with bytes as its body; `poll()` does the sending.

        With `Expect: 100-continue` among the headers the body waits for `100 Continue`, a second at most.

        Args:
            method: one of `Method`, or the token of another: `"PROPFIND"`.
            url: as for `request()`.
            headers: lines of `name: value`.
            body: anything that holds contiguous bytes. It is not copied: leave it as it is until it was sent.

        Raises:
            LocalError: the state is not CONNECTED, or something here can't be sent.
        """
        view = memoryview(body).cast("B") if body else _NOTHING
        self._enter()
        try:
            writer = self._begin_request(method, url, headers, len(view))
            writer.line_up(view)
            writer.end()
            self._http.given(view)
            return _OK
        finally:
            self._leave()

    def request_stream(self, method: int | str, url: str, headers: Sequence[str], length: int = -1) -> Error:
        """Begins a request whose body is given piece by piece, by `send_body_chunk()` and `end_body()`.

        An addition to the engine's client.

        Args:
            method: one of `Method`, or the token of another: `"PROPFIND"`.
            url: as for `request()`.
            headers: lines of `name: value`.
            length: bytes that the body will have. -1: not known; it then goes out in chunked coding.

        Raises:
            LocalError: the state is not CONNECTED, or something here can't be sent.

        Source: RFC 9112 sections 6.2 and 7.1.
        """
        if length < -1:
            text = f"the length {length} of a body is negative; -1 means that it is not known"
            raise self.refused(LocalError(text))
        with self._call():
            self._begin_request(method, url, headers, length)
        return _OK

    def send_body_chunk(self, data: bytes | bytearray | memoryview) -> Error:
        """Gives more of the body of a `request_stream()`; `poll()` does the sending.

        Args:
            data: anything that holds contiguous bytes. It is not copied: leave it as it is until it was sent.

        Returns:
            OK; ERR_BUSY if a MiB waits to be sent, or another call is under way: nothing was taken, so give
            it again after `poll()`;
            ERR_UNAVAILABLE if the server has refused the request: the rest of its body is not wanted.

        Raises:
            LocalError: no body is being given, or it is longer than was declared.
        """
        view = memoryview(data).cast("B")
        if not self._turn.take():
            return Error.ERR_BUSY
        try:
            given = self._streamed("send_body_chunk()").give(view)
            if given is Given.TAKEN:
                self._http.given(view)
            return _GIVEN[given]
        except LocalError as error:
            raise self.refused(error) from None
        finally:
            self._leave()

    def end_body(self) -> Error:
        """Ends the body of a `request_stream()`; the answer comes then.

        Returns:
            OK; ERR_UNAVAILABLE as `send_body_chunk()`.

        Raises:
            LocalError: no body is being given, or it is shorter than was declared.
        """
        with self._call():
            try:
                writer = self._streamed("end_body()")
                sent = writer.done
                complete = writer.end()
            except LocalError as error:
                raise self.refused(error) from None
            if writer.done and not sent:
                self._http.sent()
            return _OK if complete else Error.ERR_UNAVAILABLE

    def _begin_request(self, method: int | str, url: str, headers: Sequence[str], size: int) -> RequestWriter:
        """Lines up a request's head; the body is to follow."""
        try:
            token = token_of(method)
            head = self._make_head(token, url, headers, size)
            self._state.fire(Event.REQUEST)
        except LocalError as error:
            raise self.refused(error) from None
        if self._http.core.phase is _CLOSED:  # connect anew
            self._begin_anew()
        self._refusal = self.warning = ""
        self._headers_taken = False
        return self._http.request(
            token, head, size, limits=self.limits, decode=self._decode_body, trace=self._trace
        )

    def _make_head(self, method: str, url: str, headers: Sequence[str], size: int) -> RequestHead:
        """Makes a head, unless the last request over this connection had the same.

        Games ask for the same again and again, and to make a head costs a third of a request. It may hold
        secrets, so it is forgotten with the connection.
        """
        lines, proxy = tuple(headers), self._forwarder
        accept = ", ".join(available()) if self._decode_body else ""
        parts = (method, url, lines, size, self._host_header, self._user_agent, proxy, accept)
        if self._head is None or self._head[0] != parts:
            head = build_head(
                method,
                url,
                parse_lines(lines),
                size,
                host=self._host_header,
                user_agent=self._user_agent,
                proxied=proxy is not None,
                proxy_authorization="" if proxy is None else proxy.authorization,
                accept_encoding=accept,
            )
            self._head = parts, head
        return self._head[1]

    def _streamed(self, what: str) -> RequestWriter:
        """Gives what takes the body that is being given piece by piece."""
        writer = self._http.core.writer
        if not writer.streamed:
            status = self._state.status.name
            text = f"{what} needs request_stream() before it; the status is {status}"
            raise LocalError(text)
        return writer
