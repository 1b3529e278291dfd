"""`PyHTTPResponse`: what came of a call, for scripts."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from godot import Array, Image, PackedByteArray, PackedStringArray, RefCounted, const, gdclass
from pythonscript_http.exceptions import LocalError

if TYPE_CHECKING:
    from pythonscript_http.sessions.response import Response

MOST_DECODED: Final = 64 << 20
"""Pixels of an image that is decoded: 256 MiB of memory."""
_LOADERS = {
    "image/png": ("png", "load_png_from_buffer"),
    "image/jpeg": ("jpg", "load_jpg_from_buffer"),
    "image/webp": ("webp", "load_webp_from_buffer"),
    "image/bmp": ("bmp", "load_bmp_from_buffer"),
}


@gdclass(tool=True)
class PyHTTPResponse(RefCounted):
    """What came of a call of a `PyHTTPSession`: a response, or why there is none. It is never `null`.

    `ok` is all that most scripts ask. Without a response `status` is 0, and `error` and `error_reason` say
    what went wrong.
    """

    class ErrorCode(IntEnum):
        ERROR_NONE = 0
        """Nothing went wrong: the response is whole, whatever its status."""
        ERROR_INVALID_REQUEST = 1
        """The call asks for what can't be done: an invalid URL, header, option or body. Nothing was sent."""
        ERROR_BUSY = 2
        """Too many calls are under way, or the session is closed. Nothing was sent."""
        ERROR_CANT_RESOLVE = 3
        """The host's name, or its proxy's, has no address."""
        ERROR_CANT_CONNECT = 4
        """No connection to the host, or to its proxy or through it."""
        ERROR_TLS = 5
        """TLS failed: the certificate is not trusted, or there is no agreement."""
        ERROR_TIMEOUT = 6
        """A timeout has passed; `error_reason` names it."""
        ERROR_CONNECTION_LOST = 7
        """The connection ended before the response was complete."""
        ERROR_PROTOCOL = 8
        """What the server sent is no HTTP."""
        ERROR_DECODING = 9
        """The body's coding can't be undone."""
        ERROR_TOO_MANY_REDIRECTS = 10
        """More redirects than `max_redirects`."""
        ERROR_INVALID_REDIRECT = 11
        """A redirect to what is no URL of HTTP."""
        ERROR_INSECURE_REDIRECT = 12
        """A redirect from https to http, without `allow_downgrade`."""
        ERROR_BODY_NOT_REPLAYABLE = 13
        """The request's body would have to be sent once more, and can't be read again."""
        ERROR_BODY_TOO_LARGE = 14
        """The response's body is over `max_body_size`."""
        ERROR_REQUEST_BODY = 15
        """The request's body can't be read, or is not as long as was said."""
        ERROR_FILE = 16
        """The file of a download can't be written."""
        ERROR_DIGEST = 17
        """The body of a download has another digest."""
        ERROR_NOT_CACHED = 18
        """Only a cached response was wanted, and there is none."""
        ERROR_CANCELLED = 19
        """The call was cancelled."""
        ERROR_MOCK_UNMATCHED = 20
        """No rule of the mock is for this request."""
        ERROR_HOOK = 21
        """A hook failed, or did not end."""
        ERROR_UNEXPECTED = 22
        """A defect of this library's; the output has more."""

    def __init__(self) -> None:
        self._made: Response | None = None
        self._body: PackedByteArray | None = None
        self._json_error = ""

    @property
    def _response(self) -> Response:
        """What this shows; of an object that a script made itself, nothing."""
        if self._made is None:
            from pythonscript_http.sessions.response import Response

            self._made = Response()
        return self._made

    @property
    def ok(self) -> bool:
        """Whether all went well: the status is 200 to 299, and the response is whole."""
        return self._response.ok

    @property
    def status(self) -> int:
        """The status code; 0 if no response came."""
        return self._response.status

    @property
    def status_text(self) -> str:
        """What stands behind the status code; may be empty."""
        return self._response.status_text

    @property
    def url(self) -> str:
        """What was asked for last, behind redirects; without a user, a password and a fragment."""
        return self._response.url

    @property
    def headers(self) -> PackedStringArray:
        """All headers, as lines of `name: value` in their order. `get_header` gives one."""
        return PackedStringArray(self._response.headers.lines())

    @property
    def body(self) -> PackedByteArray:
        """The body. Empty where it went to a file, or was handed out as it came."""
        if self._body is None:
            self._body = PackedByteArray(self._response.body)
        return self._body

    @property
    def error(self) -> ErrorCode:
        """What went wrong, for programs. A response may have come nevertheless, or a part of it."""
        return PyHTTPResponse.ErrorCode(int(self._response.failure))

    @property
    def error_reason(self) -> str:
        """What went wrong, in words; empty if nothing did."""
        return self._response.failure_reason

    @property
    def redirects(self) -> list[dict[str, Any]]:
        """The redirects that were followed, the first one first: each with its `status` and its `url`."""
        return [{"status": one.status, "url": one.url} for one in self._response.redirects]

    @property
    def timings(self) -> dict[str, float]:
        """Seconds from the start to the end of each phase of the last request, as `PyHTTPClient.get_timings`.

        `queue` is how long it waited for a connection.
        """
        return dict(self._response.timings)

    @property
    def from_cache(self) -> bool:
        """Whether the body is the cache's."""
        return self._response.from_cache

    @property
    def attempts(self) -> int:
        """How many requests were sent, with redirects and retries."""
        return self._response.attempts

    @property
    def json_error(self) -> str:
        """Why the last `json` gave `null`, with line and column; empty if it gave what is there."""
        return self._json_error

    @const
    def get_header(self, name: str, default: str = "") -> str:
        """Returns the value of a header, in any case of letters; `default` where there is none.

        Values of a repeated header are joined by `, `, those of Set-Cookie by a line break.
        """
        return self._response.headers.get(name, default)

    @const
    def get_header_values(self, name: str) -> PackedStringArray:
        """Returns the values of all headers of a name, in any case of letters."""
        return PackedStringArray(self._response.headers.all(name))

    @const
    def text(self) -> str:
        """Returns the body as text: by the charset of its Content-Type, a byte order mark, or as UTF-8."""
        return self._response.text().replace("\0", "\ufffd")  # which no String can hold

    def json(self) -> Any:
        """Returns the body as JSON; `null` if it is none, and then `json_error` says where and why.

        Integers have 64 bits, as in GDScript; larger ones become floats.
        """
        self._json_error = ""
        try:
            return _variant(self._response)
        except (LocalError, ValueError) as error:
            self._json_error = str(error)
        except RecursionError:
            self._json_error = "the JSON is nested too deeply"
        return None

    def image(self) -> Image | None:
        """Returns the body as an Image: PNG, JPEG, WebP or BMP, as its begin and its Content-Type tell.

        `null` if it is none of them, damaged, or of over 64 million pixels.
        """
        from pythonscript_http.editor.images import size_of
        from pythonscript_http.sessions.media import image_type

        data = self._response.body
        found = image_type(data, self._response.headers.get("content-type"))
        kind, loader = _LOADERS.get(found, ("", ""))
        size = size_of(kind, bytes(data[:65536])) if kind else None
        if size is None or size[0] * size[1] > MOST_DECODED:
            return None
        image = Image()
        error = getattr(image, loader)(self.body)
        return image if not error else None


def _variant(response: Response) -> Any:
    """The body as JSON, as the engine holds it.

    Raises:
        LocalError, ValueError, RecursionError: it is none, or the engine cannot hold it.
    """
    try:
        return Array([response.json()])[0]
    except OverflowError:  # an integer beyond 64 bits
        import json

        return Array([json.loads(response.text(), parse_int=_number)])[0]


def _number(digits: str) -> int | float:
    number = int(digits)
    return number if -(2**63) <= number < 2**63 else float(digits)


def made(response: Response) -> PyHTTPResponse:
    """A response for scripts."""
    shown = PyHTTPResponse()
    shown._made = response
    return shown
