"""The game's side of the inspector: collects what clients do, and sends it when the editor asks for it."""

import threading
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Final

from pythonscript_http.trace import Event

from .messages import RECORD, Outbox

PATIENCE: Final = 10.0
"""Seconds after the first event in which the editor should ask; if it does not, nothing is collected."""
PACE: Final = 0.05
"""Seconds between two batches of messages, so that many events share one."""
MESSAGES: Final = 4
"""Of one batch at most: the engine keeps 2048, and sends them frame by frame."""


class _State(Enum):
    WAITING = "waiting"
    """The editor has not asked yet: a game's first requests come before that."""
    RECORDING = "recording"
    IDLE = "idle"


class Recorder:
    """Observes all clients of a game, in whatever thread they are.

    Args:
        send: sends the data of an `EVENTS` message; it is called in a thread of the recorder's own.
    """

    def __init__(self, send: Callable[[list[Any]], None]) -> None:
        self._send = send
        self._outbox = Outbox()
        self._state = _State.WAITING
        self._since: float | None = None
        self._wake = threading.Event()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def observe(self, event: Event) -> None:
        """Takes an event: an observer, as `trace` has them."""
        if self._state is _State.IDLE:
            return
        if self._state is _State.WAITING:
            self._since = event.at.monotonic if self._since is None else self._since
            if event.at.monotonic - self._since > PATIENCE:
                self._rest()
                return
        if self._outbox.put(event):
            self._wake.set()

    def command(self, message: str, data: Sequence[Any]) -> bool:
        """Obeys a message of the editor; whatever it is, it was for us."""
        if message == RECORD and data:
            if data[0]:
                self._state = _State.RECORDING
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="HTTP inspector", daemon=True)
                    self._thread.start()
            else:
                self._rest()
        return True

    def _rest(self) -> None:
        self._state = _State.IDLE
        self._outbox.clear()

    def stop(self) -> None:
        """Sends what still waits, and ends the thread."""
        self._over.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        over = False
        while not over:
            self._wake.wait()
            self._wake.clear()
            over = self._over.wait(PACE)
            for _ in range(MESSAGES):
                lost, rows = self._outbox.take()
                if not rows:
                    break
                self._send([lost, rows])
            else:
                self._wake.set()  # there may be more
