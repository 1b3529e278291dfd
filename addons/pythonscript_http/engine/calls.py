"""A call as scripts see it: what the network's thread tells of it, as signals on the main thread."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol
from weakref import ref

from godot import PackedByteArray
from pythonscript_http.enums import Status
from pythonscript_http.sessions.loop import Future
from pythonscript_http.sessions.response import Response
from pythonscript_http.sessions.stage import Stage
from pythonscript_http.sessions.transfer import Listener

from . import network
from .response import made
from .transfer import PyHTTPTransfer

if TYPE_CHECKING:
    from pythonscript_http.sessions.transfer import Transfer

WINDOW: Final = 1 << 20
"""Bytes of pieces that may wait for the main thread before no more are read."""


_STATUSES: Final = {
    Stage.RESOLVING: Status.STATUS_RESOLVING,
    Stage.CONNECTING: Status.STATUS_CONNECTING,
    Stage.REQUESTING: Status.STATUS_REQUESTING,
}


class Progress(Listener):
    """Keeps how far a call is."""

    def __init__(self) -> None:
        self.received_bytes = self.sent_bytes = 0
        self.total_bytes = self.to_send = -1
        self.connection = Status.STATUS_REQUESTING

    def stage(self, stage: Stage) -> None:
        """See `Listener`."""
        self.connection = _STATUSES[stage]

    def head(self, response: Response) -> None:
        """See `Listener`."""
        self.connection = Status.STATUS_BODY

    def sent(self, size: int, total: int) -> None:
        """See `Listener`."""
        self.sent_bytes, self.to_send = size, total

    def received(self, size: int, total: int) -> None:
        """See `Listener`."""
        self.received_bytes, self.total_bytes = size, total


class Call(Progress):
    """Turns what is told of a call into the signals of its transfer.

    Args:
        transfer: it is kept while the call is under way.
        keep: somebody awaits a signal of the transfer and has not the transfer: it is kept until that is
            emitted, or for a minute.
    """

    def __init__(self, transfer: PyHTTPTransfer, *, keep: bool) -> None:
        super().__init__()
        self._transfer: PyHTTPTransfer | None = transfer
        self._keep = keep
        self._inner: Transfer | None = None
        self._reported = (0, -1, 0, -1)
        self._reporting = False
        self._waiting = 0  # bytes of pieces
        self._readers: deque[Future[None]] = deque()
        transfer._call = self

    def begun(self, inner: Transfer) -> None:
        """It is under way, and may have been cancelled before that."""
        self._inner = inner
        transfer = self._transfer
        if transfer is not None and transfer._cancelled:
            inner.cancel()

    def cancel(self) -> None:
        """Ends it, from any thread."""
        if self._inner is not None:
            self._inner.cancel()

    # ---- the network's thread

    def stage(self, stage: Stage) -> None:
        """See `Listener`."""
        super().stage(stage)
        if not self._keep:  # with it, nobody has the transfer
            network.delivery.post(partial(self._enter, self.connection))

    def head(self, response: Response) -> None:
        """See `Listener`."""
        super().head(response)
        network.delivery.post(partial(self._begin_body, response))

    def sent(self, size: int, total: int) -> None:
        """See `Listener`."""
        super().sent(size, total)
        self._report()

    def received(self, size: int, total: int) -> None:
        """See `Listener`."""
        super().received(size, total)
        self._report()

    def chunk(self, data: bytes) -> Future[None] | None:
        """See `Listener`."""
        self._waiting += len(data)
        network.delivery.post(partial(self._hand_out, data))
        if self._waiting < WINDOW:
            return None
        future: Future[None] = Future()
        self._readers.append(future)
        return future

    def done(self, response: Response) -> None:
        """See `Listener`."""
        network.delivery.post(partial(self._finish, response))

    def _report(self) -> None:
        if not self._reporting:
            self._reporting = True
            network.delivery.post(self._tell)

    # ---- the main thread

    def _enter(self, status: Status) -> None:
        if self._transfer is not None:
            self._transfer._enter_connection(status)

    def _begin_body(self, response: Response) -> None:
        transfer = self._transfer
        if transfer is not None:
            transfer._enter_connection(Status.STATUS_BODY)
            transfer._enter(PyHTTPTransfer.State.STATE_RECEIVING)
            if transfer.headers_received.has_connections():
                transfer.headers_received.emit(made(response))

    def _tell(self) -> None:
        self._reporting = False
        transfer, before = self._transfer, self._reported
        received, total, sent, to_send = now = (
            self.received_bytes,
            self.total_bytes,
            self.sent_bytes,
            self.to_send,
        )
        self._reported = now
        if transfer is None:
            return
        if before[2:] != now[2:]:
            transfer.upload_progress.emit(sent, to_send)
        if before[:2] != now[:2]:
            transfer.progress.emit(received, total)

    def _hand_out(self, data: bytes) -> None:
        try:
            if self._transfer is not None:
                self._transfer.chunk_received.emit(PackedByteArray(data))
        finally:
            self._waiting -= len(data)
            while self._readers:
                self._readers.popleft().set(None)

    def _finish(self, response: Response) -> None:
        transfer, self._transfer, self._inner = self._transfer, None, None
        if transfer is None:
            return
        transfer._response = made(response)
        transfer._enter_connection(Status.STATUS_DISCONNECTED)
        transfer._enter(PyHTTPTransfer.State.STATE_COMPLETED)
        if _emitted(transfer):
            return
        if self._keep:
            network.unclaimed.add(partial(_emitted, transfer), response.url.partition("?")[0])
        else:
            network.unclaimed.add(partial(_emitted_if_kept, ref(transfer)), "")


class _Kept(Protocol):
    def __call__(self) -> PyHTTPTransfer | None: ...


def _emitted(transfer: PyHTTPTransfer) -> bool:
    """Hands over the response if somebody waits for it."""
    if not transfer.completed.has_connections():
        return False
    transfer.completed.emit(transfer._response)
    return True


def _emitted_if_kept(kept: _Kept) -> bool:
    transfer = kept()
    return transfer is None or _emitted(transfer)
