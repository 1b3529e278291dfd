"""`PyHTTPConsole`: requests that are sent in the editor, and their history, for the console's panel."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from time import time
from typing import Any

from godot import ProjectSettings, RefCounted, Signal, before_stop, gdclass
from pythonscript_http.client import HTTPClient
from pythonscript_http.editor import environments, http_file
from pythonscript_http.editor.history import History
from pythonscript_http.editor.request import FormatError, Request
from pythonscript_http.editor.sending import Response, Transfer

from .answers import answers
from .client import user_agent
from .details import details_of, from_dictionary, to_dictionary
from .files import environments_of, folder_of, read_bytes, read_text, write_text
from .policy import policy_with

_under_way: set[Transfer] = set()
_PATIENCE = 1.0
"""Seconds that a quitting editor waits for the end of a transfer, which it has cancelled."""


@before_stop
def _cancel_all() -> None:
    for transfer in list(_under_way):
        transfer.cancel()
        transfer.join(_PATIENCE)


@gdclass(tool=True)
class PyHTTPConsole(RefCounted):
    """Sends the requests of the HTTP console. Part of the plugin, not for games.

    Methods that return Dictionaries return `error`, in words, where something cannot be done.
    """

    finished = Signal(response=dict[str, Any])
    """Emitted when a request is over, on the main thread."""

    def __init__(self) -> None:
        self._transfer: Transfer | None = None
        self._sent: Request | None = None
        self._history = History()
        self._kept = ""

    # ---- sending

    @answers
    def send(self, request: dict[str, Any], file: str, environment: str) -> dict[str, Any]:
        """Sends a request; `finished` tells its end. One at a time.

        `file` is the `.http` file whose variables it has, and in whose folder the environments and the files
        of bodies are; empty: the project's folder. `environment` is the name of the one that is chosen.
        """
        if self._transfer is not None:
            raise FormatError("a request is under way: cancel it first")
        written = from_dictionary(request)
        parsed = http_file.parse(read_text(file)) if file else None
        value_of = environments.values(environment, parsed, *environments_of(file))
        folder = folder_of(file)
        self._transfer = Transfer(
            http_file.substituted(written, value_of),
            read=lambda path: read_bytes(folder / ProjectSettings.globalize_path(path), path),
            policy=policy_with,
            done=self._finish,
            client=lambda: HTTPClient(user_agent=user_agent()),
        )
        self._sent = written
        _under_way.add(self._transfer)
        self._transfer.start()
        return {}

    def _finish(self, response: Response) -> None:
        """In the transfer's thread: goes on in the main one."""
        self._response = response
        with suppress(ReferenceError):  # the panel has gone meanwhile
            self.call_deferred("finish")

    def finish(self) -> None:
        """Tells the end of a request; the transfer has it called."""
        transfer, self._transfer = self._transfer, None
        if transfer is None:
            return
        _under_way.discard(transfer)
        response = self._response
        record, seconds = response.record, response.record.seconds(response.now)
        if self._sent is not None:
            self._history.add(time(), self._sent, record.code, seconds)
            self._keep_history()
        self.finished.emit(details_of(record, response.now, response.body))

    def cancel(self) -> None:
        """Ends the request under way; `finished` comes all the same."""
        if self._transfer is not None:
            self._transfer.cancel()

    def is_sending(self) -> bool:
        """Returns whether a request is under way."""
        return self._transfer is not None

    def get_progress(self) -> list[int]:
        """Returns bytes of the body that were sent, that came, and that will come (-1: unknown)."""
        return [0, 0, -1] if self._transfer is None else list(self._transfer.progress)

    # ---- history

    def keep_history(self, file: str) -> None:
        """Sets the file that has the history, and reads it; one that cannot be read is as good as none."""
        self._kept = file
        with suppress(ValueError, OSError):
            self._history.load(read_text(file))

    def get_history(self) -> list[dict[str, Any]]:
        """Returns what was sent, the latest first: `at`, `status`, `seconds` and `request`."""
        return [
            {"at": e.at, "status": e.status, "seconds": e.seconds, "request": _sent(e.request)}
            for e in self._history.entries
        ]

    def clear_history(self) -> None:
        """Forgets what was sent."""
        self._history = History()
        self._keep_history()

    def _keep_history(self) -> None:
        if self._kept:
            with suppress(FormatError):  # it is a help, and no more
                write_text(self._kept, self._history.dump())


def _sent(request: Request) -> dict[str, Any]:
    """A request of the history, without a body that cannot be shown as in a `.http` file."""
    try:
        return to_dictionary(request)
    except FormatError:
        return to_dictionary(replace(request, body=()))
