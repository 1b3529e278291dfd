"""`PyHTTPInspector`: the records of a game's requests, for the editor's panel."""

from __future__ import annotations

from typing import Any

from godot import PackedByteArray, PackedInt64Array, RefCounted, gdclass
from pythonscript_http.editor import filters, har, masking
from pythonscript_http.editor.curl import command_of
from pythonscript_http.editor.gdscript import call_of
from pythonscript_http.editor.log import Log
from pythonscript_http.editor.messages import read_message
from pythonscript_http.editor.records import Record
from pythonscript_http.editor.request import FormatError, Request

from .answers import answers
from .details import details_of, row_of, to_dictionary

_ADDED = frozenset(
    {"host", "content-length", "connection", "transfer-encoding", "accept-encoding", "user-agent"}
)
"""Headers that whoever sends a request adds by itself."""


@gdclass(tool=True)
class PyHTTPInspector(RefCounted):
    """What the network inspector knows of one debugger session. Part of the plugin, not for games."""

    def __init__(self) -> None:
        self._log = Log()
        self._fits = filters.parse("")

    def begin_run(self) -> None:
        """Tells that a game has started."""
        self._log.begin_run()

    def end_run(self) -> None:
        """Tells that the game has gone."""
        self._log.end_run()

    def clear(self) -> None:
        """Forgets all records."""
        self._log.clear()

    def set_keep(self, keep: bool) -> None:
        """Sets whether records stay when another game starts."""
        self._log.keep = keep

    def receive(self, data: list[Any]) -> None:
        """Takes the data of a message; what is no such message is counted as wrong."""
        try:
            lost, events, wrong = read_message(data)
        except ValueError:
            self._log.wrong += 1
            return
        self._log.lost = lost
        self._log.wrong += wrong
        self._log.apply(events)

    def lose(self, events: int) -> None:
        """Tells that so many events came and had no room."""
        self._log.wrong += events

    def get_lost(self) -> int:
        """Returns how many events are missing: that had no room, or could not be read."""
        return self._log.lost + self._log.wrong

    def get_count(self) -> int:
        """Returns how many records there are."""
        return len(self._log.records)

    def get_oldest(self) -> int:
        """Returns the id of the oldest record, than which all others have greater ones; 0: there is none."""
        return self._log.records[0].id if self._log.records else 0

    def get_now(self) -> float:
        """Returns the newest time that the game has told, in seconds of its clock."""
        return self._log.now

    def take_changed(self) -> PackedInt64Array:
        """Returns the ids of records that came or changed since the last call."""
        return PackedInt64Array(self._log.take_changed())

    def set_filter(self, filter: str, errors: bool) -> None:  # noqa: A002 - scripts' words
        """Sets which records are shown: those that fit a text, and, if wanted, only those that failed."""
        self._fits = filters.parse(filter, errors=errors)

    def get_row(self, id: int) -> dict[str, Any]:  # noqa: A002
        """Returns what the list shows of a record; empty: it is gone, or does not fit the filter."""
        record = self._log.record(id)
        return row_of(record, self._log.now) if record is not None and self._fits(record) else {}

    def get_ids(self, sort: str, descending: bool) -> PackedInt64Array:
        """Returns the ids of all records that fit the filter, sorted by a column."""
        key, now = filters.SORTS[sort], self._log.now
        found = self._fitting()
        found.sort(key=lambda record: key(record, now), reverse=descending)  # type: ignore[arg-type,return-value]
        return PackedInt64Array([record.id for record in found])

    def _fitting(self) -> list[Record]:
        return [record for record in self._log.records if self._fits(record)]

    def get_details(self, id: int) -> dict[str, Any]:  # noqa: A002
        """Returns all that is known of a record; empty: it is gone."""
        record = self._log.record(id)
        return {} if record is None else details_of(record, self._log.now)

    @answers
    def get_request(self, id: int) -> dict[str, Any]:  # noqa: A002
        """Returns a record's request, for the console, as `request`; or why there is none, as `error`."""
        return {"request": to_dictionary(self._request(id))}

    @answers
    def get_curl(self, id: int, secrets: bool) -> dict[str, Any]:  # noqa: A002
        """Returns a record's request as a curl command, as `text`; or why there is none, as `error`."""
        request = self._request(id)
        return {"text": command_of(request if secrets else masking.masked(request))}

    @answers
    def get_call(self, id: int) -> dict[str, Any]:  # noqa: A002
        """Returns a record's request as one call of `PyHTTP`, as `text`; or why there is none, as `error`."""
        return {"text": call_of(self._request(id))}

    def _request(self, number: int) -> Request:
        record = self._log.record(number)
        if record is None or not record.method or record.asked:
            raise FormatError("no request was sent")
        if len(record.request_body) < record.request_length or record.forgotten:
            raise FormatError("only the begin of its body was recorded")
        try:
            body = bytes(record.request_body).decode()
        except UnicodeDecodeError:
            raise FormatError("its body is not text") from None
        headers = tuple(header for header in record.request_headers if header[0].lower() not in _ADDED)
        return Request(record.method, record.url, headers, (body,) if body else ())

    def get_har(self, secrets: bool) -> PackedByteArray:
        """Returns the records that fit the filter as the content of a HAR file."""
        text = har.text_of(self._fitting(), self._log.now, secrets=secrets)
        return PackedByteArray(text.encode("utf-8", "replace"))
