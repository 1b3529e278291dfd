"""Sends a request for the console: in a thread of its own, so that nothing of the editor waits for it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, time
from typing import Any, Final

from pythonscript_http.client import HTTPClient
from pythonscript_http.enums import Error, Status
from pythonscript_http.exceptions import LocalError
from pythonscript_http.trace import Event, Moment, Outcome
from pythonscript_http.transport.pem import blocks
from pythonscript_http.transport.policy import TlsPolicy

from .log import Log
from .masking import MASK
from .records import Record
from .request import Address, FormatError, Request, content_of, proxy_of, split_url

MakePolicy = Callable[[dict[str, Any]], TlsPolicy]

LARGEST_RESPONSE: Final = 64 << 20
"""Bytes of a response's body that the console takes."""
_NAP: Final = 0.005
"""Seconds between two looks at a body of which nothing has come."""
_BUSY: Final = (Status.STATUS_RESOLVING, Status.STATUS_CONNECTING, Status.STATUS_REQUESTING)


@dataclass(frozen=True)
class Response:
    """What came of a request.

    Attributes:
        record: what the inspector would know of it; its `reason` tells why it failed.
        now: the clock of its times.
        body: all of it, decoded.
    """

    record: Record
    now: float
    body: bytes


def tls_fields(request: Request, read: Callable[[str], bytes]) -> dict[str, Any]:
    """What a request says of TLS, as fields of a `TlsPolicy`.

    Args:
        read: gives the content of a file.

    Raises:
        FormatError: parts of it contradict each other.
        OSError: a file cannot be read.
    """
    if request.insecure and request.ca:
        raise FormatError("where certificates are not verified, a CA file has no effect")
    if request.key and not request.certificate:
        raise FormatError("there is a key, and no certificate that it belongs to")
    fields: dict[str, Any] = {"unsafe": True} if request.insecure else {}
    if request.pins:
        fields["pins"] = tuple(request.pins.split())
    if request.ca:
        fields["roots"] = _pem(read(request.ca), "CERTIFICATE")
    if request.certificate:
        fields["certificate"] = _pem(read(request.certificate), "CERTIFICATE")
        fields["key"] = _pem(read(request.key or request.certificate), "PRIVATE KEY")
    return fields


def _pem(data: bytes, kind: str) -> str:
    """The blocks of a kind, where a file has others too; of a file without any, all that is in it."""
    text = data.decode("utf-8", "replace")
    return "\n".join(block.text for block in blocks(text) if block.kind.endswith(kind)) or text or " "


class Transfer:
    """A request under way.

    Args:
        request: without `{{variables}}`.
        read: gives the content of a file of its body.
        policy: makes a TLS policy of fields of a `TlsPolicy`; it is called at once.
        done: is called in the transfer's thread when all is over, with the response.
        client: makes the client.

    Raises:
        FormatError, LocalError: the request cannot be sent; the message says why.
        OSError: a file of its body, or of its TLS, cannot be read.
    """

    def __init__(
        self,
        request: Request,
        *,
        read: Callable[[str], bytes],
        policy: MakePolicy,
        done: Callable[[Response], None],
        client: Callable[[], HTTPClient] = HTTPClient,
    ) -> None:
        if any(
            MASK in text for text in (request.url, request.proxy, *(value for _, value in request.headers))
        ):
            raise FormatError(f"a credential is masked ({MASK}), as the history keeps it: write it anew")
        self._log = Log()
        self._request, self._done = request, done
        self._address = split_url(request.url)
        self._body = content_of(request, read)
        self._received = 0
        self._cancelled = threading.Event()
        self._client = self._configured(client(), policy, read)
        self._thread = threading.Thread(target=self._run, name="HTTP console", daemon=True)

    def _configured(self, client: HTTPClient, policy: MakePolicy, read: Callable[[str], bytes]) -> HTTPClient:
        client.set_blocking_mode(True)
        client.set_decode_body(True)
        client.set_read_chunk_size(64 << 10)
        client.set_max_body_size(LARGEST_RESPONSE)
        client.observer = self._observe
        if self._address.host.startswith("https"):
            made = policy(tls_fields(self._request, read))
            client.default_policy = lambda: made
        if self._request.proxy:
            theirs = policy({"unsafe": True} if self._request.insecure else {})
            client.proxy_policy = lambda: theirs  # the rest is between us and the host
            name, port = proxy_of(self._request.proxy)
            try:
                client.set_http_proxy(name, port)
                client.set_https_proxy(name, port)
            except LocalError as error:
                raise FormatError(str(error)) from None
        return client

    def start(self) -> None:
        """Begins. `done` is called once, whatever happens."""
        self._thread.start()

    def cancel(self) -> None:
        """Ends it, from any thread."""
        self._cancelled.set()
        self._client.close()

    def join(self, seconds: float) -> None:
        """Waits for the end of its thread, so long at most."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    @property
    def progress(self) -> tuple[int, int, int]:
        """Bytes of the request's body sent, of the response's that came, and that will come (-1: unknown)."""
        client = self._client
        return client.get_request_body_sent(), self._received, client.get_response_body_length()

    def _observe(self, event: Event) -> None:
        self._log.apply([event])

    def _run(self) -> None:
        body, reason = bytearray(), ""
        try:
            reason = self._transfer(body)
        except LocalError as error:
            reason = str(error)
        except Exception as error:  # whatever it is, the console must hear of it
            reason = f"{type(error).__name__}: {error}"
        self._client.close()
        self._done(Response(self._finished(reason), monotonic(), bytes(body)))

    def _transfer(self, body: bytearray) -> str:
        """Sends, and reads the body; returns why it failed, or nothing."""
        client, address = self._client, self._address
        client.connect_to_host(address.host)
        if self._cancelled.is_set():  # before there was anything to close
            return ""
        self._poll()
        if client.get_status() is Status.STATUS_CONNECTED:
            client.request_raw(self._request.method, address.target, self._headers(address), self._body)
            self._poll()
        client.set_blocking_mode(False)  # or a read would wait until there is enough for a whole chunk
        while client.get_status() is Status.STATUS_BODY:
            if chunk := client.read_response_body_chunk():
                body += chunk
                self._received = len(body)
            elif client.poll() is Error.OK:
                self._cancelled.wait(_NAP)
        return client.get_error_reason()

    def _poll(self) -> None:
        while self._client.get_status() in _BUSY:
            self._client.poll()

    def _headers(self, address: Address) -> list[str]:
        headers = [f"{name}: {value}" for name, value in self._request.headers]
        if address.authorization and self._request.header("Authorization") is None:
            headers.append(f"Authorization: {address.authorization}")
        return headers

    def _finished(self, reason: str) -> Record:
        """The record of it; if nothing was begun, one that says why."""
        log = self._log
        log.end_run()
        if not log.records:
            now = Moment(time(), monotonic())
            why = "cancelled" if self._cancelled.is_set() else reason
            return Record(0, 1, now, ended=now.monotonic, outcome=Outcome.FAILED, reason=why)
        record = log.records[-1]
        if self._cancelled.is_set() and record.outcome is not Outcome.COMPLETE:
            record.reason = "cancelled"
        elif reason:
            record.reason = reason
        return record
