"""`PyHTTPTransfer`: a call under way, for scripts."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from godot import PackedByteArray, RefCounted, Signal, const, gdclass
from pythonscript_http.enums import Status

from .response import PyHTTPResponse

if TYPE_CHECKING:
    from .calls import Call


@gdclass(tool=True)
class PyHTTPTransfer(RefCounted):
    """A call under way; `PyHTTPSession.start` gives it.

    It goes on until it ends or `cancel` ends it, whether somebody keeps it or not. All signals are emitted on
    the main thread, and none before `start` has returned.
    """

    class State(IntEnum):
        STATE_REQUESTING = 0
        """No response has begun: it waits for a connection, is being sent, or is to be repeated."""
        STATE_RECEIVING = 1
        """The last response's headers are there, and its body comes."""
        STATE_COMPLETED = 2
        """It is over, well or badly; `response` is there."""

    completed = Signal(response=PyHTTPResponse)
    """Emitted once, when it is over. `await transfer.completed` may come up to a minute after that."""
    progress = Signal(received=int, total=int)
    """Emitted when more of the response's body has come, once a frame at most. `total` is -1 if not known."""
    upload_progress = Signal(sent=int, total=int)
    """Emitted when more of the request's body is out, once a frame at most. `total` is -1 if not known."""
    headers_received = Signal(response=PyHTTPResponse)
    """Emitted when the headers of the last response are there; of its body nothing is."""
    chunk_received = Signal(chunk=PackedByteArray)
    """Emitted for each piece of the body, with the option `stream_response`."""
    state_changed = Signal(state=State)
    """Emitted when `state` has changed."""

    connection_status_changed = Signal(status=int)
    """Emitted when `connection_status` has changed."""

    def __init__(self) -> None:
        self._connection_status = Status.STATUS_REQUESTING
        self._call: Call | None = None
        self._response: PyHTTPResponse | None = None
        self._method = self._url = ""
        self._cancelled = False
        self._state = PyHTTPTransfer.State.STATE_REQUESTING

    @property
    def method(self) -> str:
        """The method that was asked for."""
        return self._method

    @property
    def url(self) -> str:
        """The URL that was asked for, as it was given."""
        return self._url

    @property
    def state(self) -> State:
        """What it is doing."""
        return self._state

    @property
    def connection_status(self) -> int:
        """One of `HTTPClient.Status`: `STATUS_RESOLVING` and `STATUS_CONNECTING`, for each host on the way;
        `STATUS_REQUESTING` until a response begins, or before anything is known; `STATUS_BODY`; in the end
        `STATUS_DISCONNECTED`, whatever connections are kept."""
        return self._connection_status

    @property
    def response(self) -> PyHTTPResponse | None:
        """What came of it; `null` until it is over."""
        return self._response

    @property
    def received_bytes(self) -> int:
        """Bytes of the response's body that have come, with those of a download that were there already."""
        return 0 if self._call is None else self._call.received_bytes

    @property
    def total_bytes(self) -> int:
        """Bytes of the response's body; -1 if that is not known."""
        return -1 if self._call is None else self._call.total_bytes

    @property
    def sent_bytes(self) -> int:
        """Bytes of the request's body that are out."""
        return 0 if self._call is None else self._call.sent_bytes

    @const
    def is_completed(self) -> bool:
        """Returns whether it is over; `completed` may still have to be emitted."""
        return self._response is not None

    def cancel(self) -> None:
        """Ends it, in any thread: the response has the error `ERROR_CANCELLED`, unless it was over before."""
        self._cancelled = True  # what has not begun yet will look
        if self._call is not None:
            self._call.cancel()

    def _enter_connection(self, status: Status) -> None:
        if status is not self._connection_status:
            self._connection_status = status
            self.connection_status_changed.emit(int(status))

    def _enter(self, state: State) -> None:
        self._state = state
        self.state_changed.emit(state)
