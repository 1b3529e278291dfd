"""Codings of bodies, undone: gzip, deflate, br and zstd (RFC 9110 section 8.4.1, RFC 9112 section 7.2).

As a transfer coding, chunked may stand below one of them (RFC 9112 section 6.3, rule 4): then it does not end
the message, and is undone here.

Each is the work of a library; what is here is the order of several, the bounds, and the end:

- Work. A few bytes can keep a library busy for minutes, above all where codings are nested and the inner ones
  yield nothing. So libraries get and give small pieces, each call to one is charged (`_charge`), and a read
  ends when its allowance is spent, also with nothing. The next one goes on.
- Size. What each coding gives is compared with what came from the peer (`Bomb`).
- Memory. A decoder keeps a window of what it gave: 32 KiB for gzip and deflate, 8 MiB for zstd (RFC 9659),
  16 MiB for br (RFC 7932; the package refuses "large windows"). MOST_CODINGS bounds their number.
- br fills its window before it gives any of it, and 14 bytes can fill it: 50 ms. No piece is small enough to
  bound that, so br may work on another thread, which the caller provides (`Start`).

br and zstd need a package (`brotli`, `backports.zstd`, or a Python that has `compression.zstd`). Where it is
missing, the coding is not offered to servers. `zstandard` is not used: it can't bound what one call gives.
"""

import zlib
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib import import_module
from typing import Any, ClassVar, Final, NamedTuple, Protocol

from pythonscript_http.exceptions import RemoteProtocolError

from .chunked import LINE_LIMIT, ChunkedDecoder

WORK: Final = 32768
"""What the reads of one call may be charged, at all layers together, unless they may give more than a page.

Some 3 ms at worst: a library spends up to 80 ns on a byte that it takes (a deflate block that is nothing but
Huffman tables), 8 ns on one that it gives, and 10 us on a call that begins a frame of zstd. Usual bodies
give a page of 64 KiB for that.
"""

CALL: Final = 128
"""What a call to a library is charged beside the bytes."""

PIECE: Final = 4096
"""Most bytes that a coding gets from the one below it at a time; what it does not need is copied."""

PATIENCE: Final = 0.002
"""Seconds for which a read waits for another thread. Nearly always that is done within a tenth of them."""

MOST_CODINGS: Final = 5
"""Codings of one body, as in curl: each multiplies what the one below it gives."""

_GIVEN_FOR_ONE: Final = 8
_MOST_GIVEN: Final = 65536
_GZIP: Final = 16 + zlib.MAX_WBITS
_BARE: Final = -zlib.MAX_WBITS
_ZSTD_WINDOW: Final = 23
"""Logarithm of 8 MiB, the most that HTTP allows (RFC 9659)."""


class Bomb(NamedTuple):
    """From where on what a coding gives is too much for what came from the peer.

    Attributes:
        free: bytes that may be given before the ratio counts: a little can be anything.
        ratio: most bytes that a byte from the peer may become.
    """

    free: int
    ratio: int


DENSE: Final = Bomb(1 << 20, 1100)
"""For gzip and deflate, which reach a ratio of 1032, and for whatever is decoded further: coded bytes, which
are hardly ever compressed again."""

SPARSE: Final = Bomb(64 << 20, 10_000)
"""For br and zstd, whose ratio has no bound: 8 MiB of zeros are 14 and 275 bytes. DENSE would refuse that."""


Result = Callable[[float], bytes | None]
"""Waits some seconds at most for what a job gives, and raises if it did. None: it is not done."""

Start = Callable[[Callable[[], bytes | None]], Result]
"""Begins a job on another thread."""


class _Stage(Protocol):
    """One coding."""

    @property
    def piece(self) -> int:
        """Most bytes that it wants at a time."""

    @property
    def hungry(self) -> bool:
        """It gave all that it can of what it got."""

    @property
    def complete(self) -> bool:
        """The coded bytes may end here."""

    def decode(self, data: bytes, limit: int) -> bytes | None:
        """Takes what came next, all of it, and gives about `limit` bytes at most. None: it is still at it."""


class _Members:
    """A coding of members one after the other. What follows one and begins no other is ignored."""

    piece = PIECE
    marks: ClassVar[tuple[bytes, ...]]
    """What a member may begin with."""

    def __init__(self) -> None:
        self.hungry = self.complete = True
        self._rest = b""
        self._member: Any = None
        self._first = True
        self._over = False

    def decode(self, data: bytes, limit: int) -> bytes:
        data = self._rest + data
        if self._member is None:
            data = self._begin(data)
            if self._member is None:
                self._rest, self.hungry = data, True
                return b""
        out: bytes = self._member.decompress(data, limit)
        self.complete = self._member.eof
        if self.complete:
            self._rest = self._member.unused_data
            self._member = None
            self.hungry = not self._rest
        else:
            self._rest, self.hungry = self._unfinished(len(out) < limit)
        return out

    def _begin(self, data: bytes) -> bytes:
        """Begins a member if there is one. Gives what is left to decode."""
        if self._over:
            return b""
        if not self._first:
            data = self._unpadded(data)
            if not data.startswith(self.marks):
                self._over = not any(mark.startswith(data) for mark in self.marks)
                self.complete = self._over or not data
                return b"" if self._over else data
        if data:
            self._member, self._first = self._new(), False
        return data

    def _unpadded(self, data: bytes) -> bytes:
        return data

    def _new(self) -> Any:
        """Makes what decodes one member."""
        raise NotImplementedError

    def _unfinished(self, gave_all: bool) -> tuple[bytes, bool]:
        """Tells what a member has not taken yet, and whether it gave all that it can."""
        raise NotImplementedError


class _Gzip(_Members):
    """gzip (RFC 1952 section 2.2); between members there may be zeros, as on tapes."""

    marks = (b"\x1f\x8b\x08",)

    def _unpadded(self, data: bytes) -> bytes:
        return data.lstrip(b"\0")

    def _new(self) -> Any:
        return zlib.decompressobj(_GZIP)

    def _unfinished(self, gave_all: bool) -> tuple[bytes, bool]:
        rest: bytes = self._member.unconsumed_tail
        return rest, gave_all and not rest


class _Zstd(_Members):
    """zstd: frames and, among them, skippable ones (RFC 8878 section 3.1)."""

    marks = (b"\x28\xb5\x2f\xfd", *(bytes((low, 0x2A, 0x4D, 0x18)) for low in range(0x50, 0x60)))

    def __init__(self, module: Any) -> None:
        super().__init__()
        self._module = module

    def _new(self) -> Any:
        options = {self._module.DecompressionParameter.window_log_max: _ZSTD_WINDOW}
        return self._module.ZstdDecompressor(options=options)

    def _unfinished(self, gave_all: bool) -> tuple[bytes, bool]:
        return b"", self._member.needs_input


class _Deflate:
    """deflate: zlib's format (RFC 1950), or the bare one (RFC 1951) that some servers take it for."""

    piece = PIECE

    def __init__(self) -> None:
        self.hungry = self.complete = True
        self._rest = b""
        self._stream: Any = None

    def decode(self, data: bytes, limit: int) -> bytes:
        data = self._rest + data
        if self._stream is None:
            self.complete = False
            if len(data) < 2:
                self._rest = data
                return b""
            framed = data[0] & 15 == zlib.DEFLATED and int.from_bytes(data[:2], "big") % 31 == 0
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if framed else _BARE)
        elif self._stream.eof:
            return b""
        out: bytes = self._stream.decompress(data, limit)
        self.complete = self._stream.eof
        self._rest = self._stream.unconsumed_tail
        self.hungry = self.complete or (not self._rest and len(out) < limit)
        return out


class _Brotli:
    """br (RFC 7932), by the package `brotli`.

    The package does not tell where the coded bytes end: what follows in the same piece is an error, and what
    the piece gave is lost. So the last bytes of each piece, where that end may be, are given one by one.
    """

    piece = WORK
    tail = 16
    """Bytes behind the end that are ignored wherever the pieces are split."""

    def __init__(self, module: Any) -> None:
        self.hungry = self.complete = True
        self._rest = b""
        self._drained = True
        self._stream = module.Decompressor()

    def decode(self, data: bytes, limit: int) -> bytes:
        stream, rest, given = self._stream, self._rest + data, bytearray()
        finished = stream.is_finished()
        while not finished and len(given) < limit and (rest or not self._drained):
            piece = b""
            if self._drained:
                size = max(len(rest) - self.tail, 1)
                piece, rest = rest[:size], rest[size:]
            out = stream.process(piece, output_buffer_limit=limit)
            given += out
            finished = stream.is_finished()
            # It may hold more while it says that it takes more: only one that gives nothing has nothing.
            self._drained = not out and stream.can_accept_more_data()
        self.complete = finished
        self._rest = b"" if finished else rest
        self.hungry = finished or (self._drained and not rest)
        return bytes(given)


class _Chunked:
    """chunked, below another transfer coding. Its trailers are dropped."""

    piece = PIECE

    def __init__(self) -> None:
        self.hungry = self.complete = True
        self._decoder = ChunkedDecoder(LINE_LIMIT, 2**63 - 1)
        self._rest = bytearray()
        self._at = 0

    def decode(self, data: bytes, limit: int) -> bytes:
        decoder = self._decoder
        if decoder.done:
            return b""
        if data:
            self._rest = self._rest[self._at :] + data
            self._at = 0
        end = len(self._rest)
        out = bytearray(min(limit, end))
        self._at, size = decoder.decode(self._rest, self._at, end, memoryview(out))
        if decoder.failure and not size:
            raise RemoteProtocolError(decoder.failure)
        self.complete = decoder.done
        self.hungry = not decoder.failure and (size < limit or self._at == end)
        return bytes(out[:size])


class _Aside:
    """A coding that works on another thread, one call at a time."""

    def __init__(self, stage: _Stage, start: Start) -> None:
        self._stage = stage
        self._start = start
        self._result: Result | None = None

    @property
    def piece(self) -> int:
        return self._stage.piece

    @property
    def hungry(self) -> bool:
        return self._result is None and self._stage.hungry

    @property
    def complete(self) -> bool:
        return self._result is None and self._stage.complete

    def decode(self, data: bytes, limit: int) -> bytes | None:
        if self._result is None:
            self._result = self._start(partial(self._stage.decode, data, limit))
        out = self._result(PATIENCE)
        if out is not None:
            self._result = None
        return out


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


class _Layer:
    """One coding of a body, with what it gave that nobody took yet."""

    __slots__ = ("bomb", "given", "name", "ready", "stage")

    def __init__(self, name: str, stage: _Stage, bomb: Bomb | None) -> None:
        self.name = name
        self.stage = stage
        self.bomb = bomb
        self.given = 0
        self.ready: bytes | memoryview = b""


class Decoding:
    """Undoes the codings of one body.

    Args:
        content: the codings of the content in the order in which they were applied, lower case.
        transfer: those of the transfer, which were applied to the result. identity, in both, is none.
        limited: whoever reads has a limit on the body's size, so that no other is needed.
        start: begins jobs on another thread. Without it all is done on the caller's.

    Raises:
        RemoteProtocolError: one of them is unknown here, or there are too many.
    """

    __slots__ = ("_input", "_layers", "_taken", "_work")

    def __init__(
        self,
        content: Sequence[str],
        transfer: Sequence[str] = (),
        *,
        limited: bool = False,
        start: Start | None = None,
    ) -> None:
        known = available()
        applied = [
            (name.removeprefix("x-"), makers)
            for names, makers in ((content, known), (transfer, {**known, "chunked": _Chunked}))
            for name in names
            if name != "identity"
        ]
        if len(applied) > MOST_CODINGS:
            raise RemoteProtocolError(
                f"the body has {len(applied)} codings, over the limit of {MOST_CODINGS}"
            )
        self._layers: list[_Layer] = []  # the lowest, which was applied last, first
        for name, makers in reversed(applied):
            if name not in makers:
                raise RemoteProtocolError(f"the coding {name!a} is unknown; known are {', '.join(known)}")
            stage = makers[name]()
            if name == "br" and start is not None:
                stage = _Aside(stage, start)
            self._layers.append(_Layer(name, stage, DENSE))
        for last in self._layers[-1:]:
            if limited:
                last.bomb = None
            elif last.name in {"br", "zstd"}:
                last.bomb = SPARSE
        self._input: bytes | memoryview = b""
        self._taken = 0
        self._work = WORK

    def feed(self, data: bytes) -> None:
        """Takes what came next of the coded body; call it when `hungry`."""
        self._input = memoryview(data)
        self._taken += len(data)

    @property
    def hungry(self) -> bool:
        """Nothing more can be read of what came."""
        return not self._input and all(layer.stage.hungry and not layer.ready for layer in self._layers)

    def renew(self, room: int) -> None:
        """Allows the reads that follow as much work as one call may do.

        Args:
            room: bytes that they may give together. A caller who wants more than a page at a time gets it.
        """
        self._work = max(WORK, room // 2)

    def spend(self, work: int) -> None:
        """Takes bytes off that allowance which somebody else has read for what is fed: chunked coding."""
        self._work -= work

    def read(self, limit: int) -> bytes:
        """Gives what comes next of the body; nothing: it needs more of the coded one (`hungry`), or that is
        complete, or the work that one call may do is done (not `hungry`).

        Args:
            limit: most bytes to give, above 0.

        Raises:
            RemoteProtocolError: the coded bytes are malformed, or a bomb.
        """
        return self._pull(len(self._layers) - 1, limit)

    def end(self) -> None:
        """The coded body is complete, and `read` gave nothing more.

        Raises:
            RemoteProtocolError: a coding is cut short. A body of no bytes is complete in any coding.
        """
        for layer in self._layers:
            if not layer.stage.complete:
                raise RemoteProtocolError(f"the body's {layer.name} coding is cut short")

    def _pull(self, index: int, limit: int) -> bytes:
        """Takes from a layer, which takes from the one below it when it is hungry."""
        if index < 0:
            piece, self._input = self._input[:limit], self._input[limit:]
            return bytes(piece)
        layer = self._layers[index]
        stage = layer.stage
        while not layer.ready:
            if self._work <= 0:
                return b""
            data = b""
            if stage.hungry:
                data = self._pull(index - 1, stage.piece)
                if not data:
                    return b""
            try:
                out = stage.decode(data, min(limit, _MOST_GIVEN))
            except RemoteProtocolError:
                raise
            except Exception as error:  # each library has its own
                raise RemoteProtocolError(f"malformed {layer.name} coding: {error}") from None
            self._charge(layer, len(data), len(out or b""))
            if out is None:
                self._work = 0
            else:
                layer.ready = memoryview(out)
        given, layer.ready = layer.ready[:limit], layer.ready[limit:]
        return bytes(given)

    def _charge(self, layer: _Layer, taken: int, given: int) -> None:
        """Counts the work of one call to a library, and what it gave."""
        self._work -= CALL + taken + given // _GIVEN_FOR_ONE
        layer.given += given
        bomb = layer.bomb
        if bomb is not None and layer.given > bomb.free and layer.given > bomb.ratio * self._taken:
            coding = ", ".join(layer.name for layer in reversed(self._layers))
            raise RemoteProtocolError(
                f"the body is a {coding} bomb: {self._taken} bytes became {bomb.ratio} times as many"
            )
