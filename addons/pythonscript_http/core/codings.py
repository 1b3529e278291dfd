"""Codings of bodies, undone: gzip, deflate, br and zstd (RFC 9110 section 8.4.1, RFC 9112 section 7.2).

As a transfer coding, chunked may stand below one of them (RFC 9112 section 6.3, rule 4): then it does not end
the message, and is undone here.

Each is the work of a library; what is here is the order of several, the bounds, and the end. Decoding is
pulled by its reader: no call inflates more than it was asked for, whatever the input holds.

br and zstd need a package (`brotli`, `backports.zstd`, or a Python that has `compression.zstd`). Where it is
missing, the coding is not offered to servers. `zstandard` is not used: it can't bound what one call gives.
"""

import zlib
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Final, Protocol

from .chunked import LINE_LIMIT, ChunkedDecoder
from .errors import RemoteError

RATIO: Final = 1100
"""Most bytes that a byte of the coded body may become. Deflate reaches 1032; what is beyond is a bomb."""

RATIO_FREE: Final = 1 << 20
"""Bytes that may come out before the ratio counts: a little can be anything."""

MOST_CODINGS: Final = 5
"""Codings of one body, as in curl: each multiplies what the one below it gives."""

_PIECE: Final = 65536
_GZIP: Final = 16 + zlib.MAX_WBITS
_BARE: Final = -zlib.MAX_WBITS
_ZSTD_WINDOW: Final = 23
"""Logarithm of 8 MiB, the most that HTTP allows (RFC 9659)."""


class _Stage(Protocol):
    """One coding."""

    hungry: bool
    """It gave all that it can of what it got."""
    complete: bool
    """The coded bytes may end here."""

    def decode(self, data: bytes, limit: int) -> bytes:
        """Takes what came next, all of it, and gives about `limit` bytes at most."""


class _Gzip:
    """gzip: members one after the other (RFC 1952 section 2.2), perhaps padded with zeros."""

    def __init__(self) -> None:
        self.hungry = self.complete = True
        self._rest = b""
        self._first = True
        self._member: Any = None

    def decode(self, data: bytes, limit: int) -> bytes:
        data = self._rest + data
        if self._member is None:
            if not self._first:
                data = data.lstrip(b"\0")
            if not data:
                self._rest, self.hungry = b"", True
                return b""
            self._member, self._first, self.complete = zlib.decompressobj(_GZIP), False, False
        out: bytes = self._member.decompress(data, limit)
        if self._member.eof:
            self._rest = self._member.unused_data
            self._member, self.complete = None, True
            self.hungry = not self._rest
        else:
            self._rest = self._member.unconsumed_tail
            self.hungry = not self._rest and len(out) < limit
        return out


class _Deflate:
    """deflate: zlib's format (RFC 1950), or the bare one (RFC 1951) that some servers take it for."""

    def __init__(self) -> None:
        self.hungry = self.complete = True
        self._rest = b""
        self._stream: Any = None

    def decode(self, data: bytes, limit: int) -> bytes:
        data = self._rest + data
        self.complete = False
        if self._stream is None:
            if len(data) < 2:
                self._rest = data
                return b""
            framed = data[0] & 15 == zlib.DEFLATED and int.from_bytes(data[:2], "big") % 31 == 0
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if framed else _BARE)
        elif self._stream.eof and data:
            raise zlib.error("bytes follow its end")
        out: bytes = self._stream.decompress(data, limit)
        self.complete = self._stream.eof
        self._rest = self._stream.unused_data or self._stream.unconsumed_tail
        self.hungry = not self._rest and (len(out) < limit or self.complete)
        return out


class _Brotli:
    """br (RFC 7932), by the package `brotli`."""

    def __init__(self, module: Any) -> None:
        self.hungry = self.complete = True
        self._stream = module.Decompressor()

    def decode(self, data: bytes, limit: int) -> bytes:
        out: bytes = self._stream.process(data, output_buffer_limit=limit)
        self.complete = self._stream.is_finished()
        self.hungry = self.complete or self._stream.can_accept_more_data()
        return out


class _Zstd:
    """zstd (RFC 8878): frames one after the other."""

    def __init__(self, module: Any) -> None:
        self.hungry = self.complete = True
        self._rest = b""
        self._module = module
        self._frame = self._begin()

    def _begin(self) -> Any:
        options = {self._module.DecompressionParameter.window_log_max: _ZSTD_WINDOW}
        return self._module.ZstdDecompressor(options=options)

    def decode(self, data: bytes, limit: int) -> bytes:
        if self._frame.eof:
            data = self._rest + data
            self._frame = self._begin()
        out: bytes = self._frame.decompress(data, limit)
        self.complete = self._frame.eof
        self._rest = self._frame.unused_data if self.complete else b""
        self.hungry = not self._rest if self.complete else self._frame.needs_input
        return out


class _Chunked:
    """chunked, below another transfer coding. Its trailers are dropped."""

    def __init__(self) -> None:
        self.hungry = self.complete = True
        self._decoder = ChunkedDecoder(LINE_LIMIT, 2**63 - 1)
        self._rest = bytearray()
        self._at = 0

    def decode(self, data: bytes, limit: int) -> bytes:
        if data:
            self._rest = self._rest[self._at :] + data
            self._at = 0
        decoder, end = self._decoder, len(self._rest)
        out = bytearray(min(limit, end))
        self._at, size = decoder.decode(self._rest, self._at, end, memoryview(out))
        if decoder.failure and not size:
            raise RemoteError(decoder.failure)
        self.complete = decoder.done
        self.hungry = not decoder.failure and (size < limit or self._at == end)
        return bytes(out[:size])


def _module(*names: str) -> Any:
    """The first of some modules that is there; None if none is."""
    for name in names:
        try:
            return import_module(name)
        except (ImportError, OSError):  # such as no descriptor left to read it with
            continue
    return None


@cache
def available() -> dict[str, Callable[[], _Stage]]:
    """The codings that can be undone here, by name, in the order in which they are offered."""
    codings: dict[str, Callable[[], _Stage]] = {"gzip": _Gzip, "deflate": _Deflate}
    brotli = _module("brotli")
    if brotli is not None and hasattr(brotli.Decompressor, "can_accept_more_data"):  # since 1.2: bounded
        codings["br"] = lambda: _Brotli(brotli)
    zstd = _module("compression.zstd", "backports.zstd")
    if zstd is not None:
        codings["zstd"] = lambda: _Zstd(zstd)
    return codings


class Decoding:
    """Undoes the codings of one body.

    Args:
        content: the codings of the content in the order in which they were applied, lower case.
        transfer: those of the transfer, which were applied to the result. identity, in both, is none.

    Raises:
        RemoteError: one of them is unknown here, or there are too many.
    """

    __slots__ = ("_given", "_input", "_names", "_spare", "_stages", "_taken")

    def __init__(self, content: Sequence[str], transfer: Sequence[str] = ()) -> None:
        known = available()
        applied = [
            (name.removeprefix("x-"), makers)
            for names, makers in ((content, known), (transfer, {**known, "chunked": _Chunked}))
            for name in names
            if name != "identity"
        ]
        if len(applied) > MOST_CODINGS:
            raise RemoteError(f"{len(applied)} codings of one body are over the limit of {MOST_CODINGS}")
        for name, makers in applied:
            if name not in makers:
                raise RemoteError(f"the coding {name!a} is none of those known here: {', '.join(known)}")
        applied.reverse()
        self._names = [name for name, _ in applied]
        self._stages = [makers[name]() for name, makers in applied]
        self._input = b""
        self._spare = b""
        self._taken = self._given = 0

    def feed(self, data: bytes) -> None:
        """Takes what came next of the coded body; call it when `read` gave nothing."""
        self._input = data
        self._taken += len(data)

    @property
    def hungry(self) -> bool:
        """Nothing more can be read of what came."""
        return not (self._input or self._spare) and all(stage.hungry for stage in self._stages)

    def read(self, limit: int) -> bytes:
        """Gives what comes next of the body; nothing: it needs more of the coded one, or that is complete.

        Args:
            limit: most bytes to give, above 0.

        Raises:
            RemoteError: the coded bytes are malformed, or a bomb.
        """
        out, self._spare = self._spare, b""
        if not out:
            out = self._pull(len(self._stages) - 1, limit)
            self._given += len(out)
            if self._given > RATIO_FREE and self._given > RATIO * self._taken:
                coding = ", ".join(reversed(self._names))
                raise RemoteError(
                    f"the body's {coding} coding is a bomb: {self._taken} bytes became {RATIO} times that"
                )
        if len(out) > limit:
            out, self._spare = out[:limit], out[limit:]
        return out

    def end(self) -> None:
        """The coded body is complete, and `read` gave nothing more.

        Raises:
            RemoteError: a coding is cut short. A body of no bytes is complete in any coding.
        """
        for name, stage in zip(self._names, self._stages, strict=True):
            if not stage.complete:
                raise RemoteError(f"the body's {name} coding is cut short")

    def _pull(self, index: int, limit: int) -> bytes:
        """Takes from a stage, which takes from the one below it when it is hungry."""
        if index < 0:
            data, self._input = self._input, b""
            return data
        stage = self._stages[index]
        while True:
            data = b""
            if stage.hungry:
                data = self._pull(index - 1, _PIECE)
                if not data:
                    return b""
            try:
                out = stage.decode(data, limit)
            except RemoteError:
                raise
            except Exception as error:  # each library has its own
                raise RemoteError(f"malformed {self._names[index]} coding: {error}") from None
            if out:
                return out
