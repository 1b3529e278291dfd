"""`PyHTTPFormats`: requests and bodies as texts, and back, for the panels of the editor."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from godot import PackedByteArray, RefCounted, gdclass
from pythonscript_http.editor import curl, http_file
from pythonscript_http.editor.gdscript import call_of, script_of
from pythonscript_http.editor.multipart import multipart
from pythonscript_http.editor.pretty import json_problem, pretty_json, shown
from pythonscript_http.editor.request import query_of, with_query

from .answers import answers
from .details import from_dictionary, to_dictionary


@gdclass(tool=True)
class PyHTTPFormats(RefCounted):
    """Writes and reads what stands in the console's fields. Part of the plugin, not for games.

    Methods that return Dictionaries return `error`, in words, where something cannot be done. A request is
    one with `method`, `url`, `headers` (pairs), `body`, `name`, `insecure` and `proxy`.
    """

    @answers
    def parse_curl(self, command: str) -> dict[str, Any]:
        """Reads a curl command: `request`, and `notes` on what is different here."""
        request, notes = curl.parse(command)
        return {"request": to_dictionary(request), "notes": notes}

    @answers
    def get_curl(self, request: dict[str, Any]) -> dict[str, Any]:
        """Writes a request as a curl command: `text`."""
        return {"text": curl.command_of(from_dictionary(request))}

    @answers
    def get_gdscript(self, request: dict[str, Any]) -> dict[str, Any]:
        """Writes a request as a script: `text`."""
        return {"text": script_of(from_dictionary(request))}

    @answers
    def get_call(self, request: dict[str, Any]) -> dict[str, Any]:
        """Writes a request as one call of `PyHTTP`: `text`."""
        return {"text": call_of(from_dictionary(request))}

    def get_query(self, url: str) -> list[list[str]]:
        """Returns the fields of a URL's query."""
        return [list(field) for field in query_of(url)]

    def get_url(self, url: str, query: list[Any]) -> str:
        """Returns a URL with another query."""
        return with_query(url, [(str(name), str(value)) for name, value in query])

    def get_json_problem(self, text: str) -> str:
        """Returns what is wrong with a text as JSON, or nothing."""
        return json_problem(text)

    @answers
    def format_json(self, text: str) -> dict[str, Any]:
        """Indents JSON: `text`."""
        return {"text": pretty_json(text, variables=True)}

    @answers
    def get_multipart(self, fields: list[Any]) -> dict[str, Any]:
        """Makes a multipart form of fields, of which a value `@path` is a file: `body` and `content_type`."""
        boundary = f"----pythonscript{uuid4().hex}"
        pieces = multipart([f"{name}={value}" for name, value in fields], boundary)
        return {
            "body": http_file.body_text(pieces).rstrip("\n"),
            "content_type": f"multipart/form-data; boundary={boundary}",
        }

    def get_view(self, body: PackedByteArray, content_type: str, view: str) -> dict[str, Any]:
        """Shows a body as `text` or `hex`: its `text`, and a `note` on it."""
        text, note = shown(content_type, bytes(body), view)
        return {"text": text, "note": note}
