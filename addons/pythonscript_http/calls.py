"""The calls of a client: one at a time, and why one was refused."""

from collections.abc import Iterator
from contextlib import contextmanager

from .config import Timeouts
from .exceptions import BusyError, LocalError
from .transport.tcp import SocketStream
from .turn import Turn


class Calls:
    """What serves one call at a time. `close()` may come at any time, and ends what is under way.

    Args:
        timeouts: how long `close()` waits for the call of another thread.
    """

    __slots__ = ("_refusal", "_silent", "_turn", "timeouts")

    def __init__(self, timeouts: Timeouts) -> None:
        self.timeouts = timeouts
        """How long things may take."""
        self._turn = Turn()
        self._silent: SocketStream | None = None
        """The connection, if the last call was a `poll()` that expected nothing from it, and nothing came."""
        self._refusal = ""

    def close(self) -> None:
        """Closes the connection, whatever is under way, and forgets the last response.

        A call that another thread is in ends by it. A stream of one's own that holds such a call up, or calls
        this itself, is closed when that call ends.
        """
        if self._turn.take_over(self.timeouts.close):
            try:
                self._close()
            finally:
                self._leave()

    def _close(self) -> None:
        """Does the closing."""
        raise NotImplementedError

    def refused(self, error: LocalError) -> LocalError:
        """Keeps why a call was refused, for `get_error_reason()`; gives the error, to be raised."""
        self._refusal = str(error)
        return error

    @contextmanager
    def _call(self) -> Iterator[None]:
        """Makes a call one at a time.

        Raises:
            LocalError: another is under way.
        """
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        self._silent = None
        if not self._turn.take():
            text = "another call of this client is under way, in another thread or further up in this one"
            raise self.refused(BusyError(text))

    def _leave(self) -> None:
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
