"""What a user may ask of the request under way, or of the last one, and of its response."""

from .http1.fields import text
from .http11 import HTTP11Connection
from .options import Options
from .timing import Timing


class Results(Options):
    """The response of a client, and its request's progress. Nothing here changes what is under way."""

    __slots__ = ("_headers_taken", "_http", "_timing")

    _http: HTTP11Connection
    _headers_taken: bool
    _timing: Timing

    def has_response(self) -> bool:
        """A response has come, and its headers were not handed out yet."""
        return self._http.core.head is not None and not self._headers_taken

    def get_response_code(self) -> int:
        """Gives the response's status code, 0 if there is none."""
        head = self._http.core.head
        return 0 if head is None else head.code

    def get_response_headers(self) -> list[str]:
        """Hands out the response's header lines, as they came; a second time there are none."""
        head = self._http.core.head
        if head is None or self._headers_taken:
            return []
        self._headers_taken = True
        try:
            block = head.block.decode()  # all at once, if it is UTF-8, as almost all are
        except UnicodeDecodeError:
            return [text(line) for line in head.lines()]
        return [line.strip(" \t\r") for line in block.split("\n")[1:-2]]

    def get_response_headers_as_dictionary(self) -> dict[str, str]:
        """Hands out the response's headers by name; a second time there are none.

        Values of repeated names are joined by `"; "`, under the first spelling of the name.
        """
        fields: dict[str, list[str]] = {}
        spellings: dict[str, str] = {}
        for line in self.get_response_headers():
            name, _, value = line.partition(":")
            fields.setdefault(spellings.setdefault(name.lower(), name), []).append(value.strip(" \t"))
        return {name: "; ".join(values) for name, values in fields.items()}

    def has_response_header(self, name: str) -> bool:
        """The response has a header of that name, in any case. Nothing is handed out by it.

        An addition to the engine's client.
        """
        return bool(self._values(name))

    def get_response_header(self, name: str) -> str:
        """Gives the value of the response's header of that name, in any case; empty if there is none.

        Values of a repeated name are joined by `", "` (RFC 9110 section 5.3); those of Set-Cookie, which may
        hold commas, by a line feed. Nothing is handed out by it. An addition to the engine's client.
        """
        separator = "\n" if name.lower() == "set-cookie" else ", "
        return separator.join(self._values(name))

    def _values(self, name: str) -> list[str]:
        head, wanted = self._http.core.head, name.lower()
        fields = [] if head is None else head.fields()
        return [text(value) for found, value in fields if text(found).lower() == wanted]

    def get_response_trailers(self) -> list[str]:
        """Gives the lines of the trailer section of a chunked body, once that was read to its end.

        They are no headers, and framing among them means nothing (RFC 9110 section 6.5.1). An addition to the
        engine's client.
        """
        return [text((name + b": " + value).rstrip()) for name, value in self._http.core.trailers]

    def is_response_chunked(self) -> bool:
        """The response has chunked coding."""
        return self._http.core.chunked

    def get_response_body_length(self) -> int:
        """Gives the body's length in bytes, -1 if it is not known beforehand."""
        return self._http.core.body_length

    def get_request_body_sent(self) -> int:
        """Gives how many bytes of the request's body were handed to the operating system so far."""
        return self._http.core.writer.sent

    def get_request_body_length(self) -> int:
        """Gives the length of the request's body in bytes, -1 if it is not known yet or there is none."""
        return self._http.core.writer.length

    def get_timings(self) -> dict[str, float]:
        """Tells how long the phases took: seconds since `connect_to_host()`, or since `request()` where the
        connection had been used before. 0.0: the phase was not reached, or there was none.

        Returns:
            name_lookup: the name had addresses.
            connect: the connection stood: the host's, or its proxy's.
            appconnect: the TLS handshake with the host was over.
            pretransfer: `request()` was called.
            posttransfer: the request had been handed to the operating system in full.
            first_byte: the first byte of an answer had come.
            total: the body had been read to its end, or it failed; until then the time that has passed.

        An addition to the engine's client; the names are curl's.
        """
        return self._timing.durations()
