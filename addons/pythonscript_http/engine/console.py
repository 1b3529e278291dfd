"""`PyHTTPConsole`: requests that are written, kept in files and sent in the editor, for its panel."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import wraps
from pathlib import Path
from time import time
from typing import Any, TypeVar
from uuid import uuid4

from godot import PackedByteArray, ProjectSettings, RefCounted, Signal, before_stop, gdclass
from pythonscript_http.client import HTTPClient
from pythonscript_http.editor import curl, environments, http_file, masking
from pythonscript_http.editor.gdscript import script_of
from pythonscript_http.editor.history import History
from pythonscript_http.editor.pretty import json_problem, pretty_json, shown
from pythonscript_http.editor.request import LARGEST, FormatError, Request, query_of, with_query
from pythonscript_http.editor.sending import Response, Transfer
from pythonscript_http.exceptions import LocalError
from pythonscript_http.transport.policy import TlsPolicy

from .client import user_agent
from .details import details_of, from_dictionary, to_dictionary
from .policy import policy_of

F = TypeVar("F", bound=Callable[..., dict[str, Any]])

_under_way: set[Transfer] = set()
_PATIENCE = 1.0
"""Seconds that a quitting editor waits for the end of a transfer, which it has cancelled."""


@before_stop
def _cancel_all() -> None:
    for transfer in list(_under_way):
        transfer.cancel()
        transfer.join(_PATIENCE)


def _answers(function: F) -> F:
    """What cannot be done is told as `error`."""

    @wraps(function)
    def answer(*arguments: Any) -> dict[str, Any]:
        try:
            return function(*arguments)
        except (ValueError, LocalError) as error:  # FormatError, and what Unicode or a path cannot have
            return {"error": str(error)}
        except OSError as error:
            return {"error": f"{error.strerror}: {error.filename}"}

    return answer  # type: ignore[return-value]


@gdclass(tool=True)
class PyHTTPConsole(RefCounted):
    """What the HTTP console does. Part of the plugin, not for games.

    Methods return Dictionaries: with `error`, in words, where something cannot be done. A request is one with
    `method`, `url`, `headers` (pairs), `body`, `name`, `insecure` and `proxy`.
    """

    finished = Signal(response=dict[str, Any])
    """Emitted when a request is over, on the main thread."""

    def __init__(self) -> None:
        self._transfer: Transfer | None = None
        self._sent: Request | None = None
        self._history = History()

    # ---- formats

    @_answers
    def parse_curl(self, command: str) -> dict[str, Any]:
        """Reads a curl command: `request`, and `notes` on what is different here."""
        request, notes = curl.parse(command)
        return {"request": to_dictionary(request), "notes": notes}

    @_answers
    def get_curl(self, request: dict[str, Any]) -> dict[str, Any]:
        """Writes a request as a curl command: `text`."""
        return {"text": curl.command_of(from_dictionary(request))}

    @_answers
    def get_gdscript(self, request: dict[str, Any]) -> dict[str, Any]:
        """Writes a request as a script: `text`."""
        return {"text": script_of(from_dictionary(request))}

    def get_query(self, url: str) -> list[list[str]]:
        """Returns the fields of a URL's query."""
        return [list(field) for field in query_of(url)]

    def get_url(self, url: str, query: list[Any]) -> str:
        """Returns a URL with another query."""
        return with_query(url, [(str(name), str(value)) for name, value in query])

    def get_json_problem(self, text: str) -> str:
        """Returns what is wrong with a text as JSON, or nothing."""
        return json_problem(text)

    @_answers
    def format_json(self, text: str) -> dict[str, Any]:
        """Indents JSON: `text`."""
        return {"text": pretty_json(text)}

    def get_view(self, body: PackedByteArray, content_type: str, view: str) -> dict[str, Any]:
        """Shows a body as `text` or `hex`: its `text`, and a `note` on it."""
        text, note = shown(content_type, bytes(body), view)
        return {"text": text, "note": note}

    @_answers
    def get_multipart(self, fields: list[Any]) -> dict[str, Any]:
        """Makes a multipart form of fields, of which a value `@path` is a file: `body` and `content_type`."""
        boundary = f"----pythonscript{uuid4().hex}"
        pieces = curl.multipart([f"{name}={value}" for name, value in fields], boundary)
        return {
            "body": http_file.body_text(pieces).rstrip("\n"),
            "content_type": f"multipart/form-data; boundary={boundary}",
        }

    # ---- files

    @_answers
    def read_requests(self, text: str) -> dict[str, Any]:
        """Reads a `.http` file: `requests`, where one that is wrong has an `error`."""
        sections = http_file.parse(text).sections
        return {"requests": [_section(section) for section in sections]}

    @_answers
    def write_request(self, text: str, index: int, request: dict[str, Any]) -> dict[str, Any]:
        """Puts a request into the text of a `.http` file, in the place of one or behind the last: `text`."""
        return {"text": http_file.replaced(text, index, from_dictionary(request))}

    @_answers
    def get_environments(self, public: str, private: str) -> dict[str, Any]:
        """Returns the `names` of the environments of two files."""
        return {"names": environments.names(*_environments(public, private))}

    @_answers
    def extract_secrets(self, request: dict[str, Any], environment: str, private: str) -> dict[str, Any]:
        """Moves credentials into variables: `request`, the `private` file's new text, and `names`."""
        taken = {
            name for values in environments.parse(private, environments.PRIVATE).values() for name in values
        }
        changed, found = masking.extracted(from_dictionary(request), taken)
        text = environments.with_values(private, environment, found) if found else private
        return {"request": to_dictionary(changed), "private": text, "names": list(found)}

    def is_ignored(self, gitignore: str) -> bool:
        """Returns whether a `.gitignore` has the file of secrets."""
        return environments.is_ignored(gitignore)

    def with_ignored(self, gitignore: str) -> str:
        """Returns a `.gitignore` with the file of secrets."""
        return environments.with_ignored(gitignore)

    # ---- sending

    @_answers
    def send(self, request: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        """Sends a request; `finished` tells its end. One at a time.

        `options` has the texts of files, `file` (of the request), `public` and `private`, the name of the
        `environment`, and the `folder` that paths are relative to.
        """
        if self._transfer is not None:
            raise FormatError("a request is under way: cancel it first")
        written = from_dictionary(request)
        files = _environments(str(options.get("public", "")), str(options.get("private", "")))
        parsed = http_file.parse(str(options.get("file", "")))
        value_of = environments.values(str(options.get("environment", "")), parsed, *files)
        folder = Path(ProjectSettings.globalize_path(str(options.get("folder", "res://"))))
        self._transfer = Transfer(
            http_file.substituted(written, value_of),
            read=lambda path: _read(folder, path),
            policy=_policy,
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

    def get_history(self) -> list[dict[str, Any]]:
        """Returns what was sent, the latest first: `at`, `status`, `seconds` and `request`."""
        return [
            {"at": e.at, "status": e.status, "seconds": e.seconds, "request": _sent(e.request)}
            for e in self._history.entries
        ]

    def dump_history(self) -> str:
        """Returns the history as the text of a file."""
        return self._history.dump()

    @_answers
    def load_history(self, text: str) -> dict[str, Any]:
        """Takes the text of a file of the history."""
        self._history.load(text)
        return {}

    def clear_history(self) -> None:
        """Forgets what was sent."""
        self._history = History()


def _sent(request: Request) -> dict[str, Any]:
    """A request of the history, without a body that cannot be shown as in a `.http` file."""
    try:
        return to_dictionary(request)
    except FormatError:
        return to_dictionary(replace(request, body=()))


def _section(section: http_file.Section) -> dict[str, Any]:
    if section.request is None:
        return {"error": section.error}
    return {"request": to_dictionary(section.request)}


def _environments(public: str, private: str) -> tuple[environments.Environments, environments.Environments]:
    return environments.parse(public, environments.PUBLIC), environments.parse(private, environments.PRIVATE)


def _read(folder: Path, path: str) -> bytes:
    found = folder / ProjectSettings.globalize_path(path)
    if not found.is_file() and found.exists():
        raise FormatError(f"{path} is not a file")  # but a folder, or a device, which may have no end
    if found.stat().st_size > LARGEST:
        raise FormatError(f"{path} is larger than {LARGEST >> 20} MiB, the most that the console sends")
    return found.read_bytes()


def _policy(insecure: bool) -> TlsPolicy:
    if insecure:
        return TlsPolicy(unsafe=True)
    return policy_of(None, None)
