"""Bodies that become files: beside their place until they are whole, and resumed where an earlier call ended.

While a file comes it is `<path>.part`; it gets its name at the end, so that who finds it finds all of it. To
be resumed, it is asked for from where the part ends (RFC 9110 section 14.2), on condition that it is the same
still (If-Range, section 13.1.5). What says so is kept in `<path>.part.info`: its URL, and its validator.
"""

import contextlib
import hashlib
import re
import threading
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final

from .aside import Lane, whole
from .dates import parse_http_date
from .failures import Failure, SessionError
from .files import Files, Readable, Writable
from .headers import Headers
from .loop import Future, Loop, pause
from .response import Response

if TYPE_CHECKING:
    from hashlib import _Hash

_BUFFER: Final = 1 << 18
"""Bytes that are written at a time."""
_AT_ONCE: Final = 2
"""Buffers: one is filled while the other is written."""
_LARGEST_INFO: Final = 16384
_RANGE: Final = re.compile(r"bytes ([0-9]{1,19})-([0-9]{1,19})/([0-9]{1,19}|\*)")
_UNSATISFIED: Final = re.compile(r"bytes \*/([0-9]{1,19})")
_STRONG_AFTER: Final = 60.0
"""Seconds after a change from which on its time tells one version from another (RFC 9110 section 8.8.2.2)."""

_lock: Final = threading.Lock()
_under_way: Final[set[str]] = set()
"""Files that come now, whichever session they belong to."""


class Download:
    """A file that comes. Give it back by `close`.

    Files are read and written on another thread: a disk may take its time.

    Args:
        loop: the one that runs the call.
        files: opens it and its part.
        path: where it is to be.
        resume: it goes on where an earlier call ended, and what came stays if this one fails.
        digest: `algorithm:hexadecimal` of the whole file; empty: it may be anything.

    Raises:
        SessionError: another call has that file come.
    """

    def __init__(self, loop: Loop, files: Files, path: str, *, resume: bool, digest: str) -> None:
        with _lock:
            if path in _under_way:
                raise SessionError(Failure.FILE, f"the file {path!a} is being downloaded by another call")
            _under_way.add(path)
        self._lane = Lane(loop)
        self._files = files
        self._path = path
        self._part = f"{path}.part"
        self._info = f"{path}.part.info"
        self._resume = resume
        self._algorithm, _, self._digest = digest.partition(":")
        self._hash: _Hash | None = None
        self._file: Writable | None = None
        self._part_wanted = False  # by whoever asks for a range of their own
        self._opened = self._resumable = False
        self._url = ""
        self._buffers: deque[bytearray] = deque()  # the one that is filled next first; another is written
        self._filled = 0  # bytes of the first one
        self._writing: Future[None] | None = None
        self._failure: SessionError | None = None  # why nothing more is written
        self._size = 0  # of the part
        self._whole = -1  # what it shall be at the end; -1: nobody has said
        self.offset = 0
        """Bytes that are there already, and are not asked for."""

    async def close(self) -> None:
        """Ends it, whatever became of it."""
        await whole(self._lane.do(self._close))

    def _close(self) -> None:
        try:
            self._close_file()
            if self._opened and not self._resumable:
                self._remove()
        finally:
            with _lock:
                _under_way.discard(self._path)

    async def prepare(self, url: str, headers: Headers) -> None:
        """Makes a request ask for what is not there.

        Args:
            url: of the request.
            headers: of the request, which are changed.

        Raises:
            SessionError: there can be no such file, or the part can't be read.
        """
        self._url = url
        self._part_wanted = "range" in headers
        wanted = self._resume and not self._part_wanted
        validator, size = await whole(self._lane.do(partial(self._begin, resume=wanted)))
        if wanted:
            headers.set("Accept-Encoding", "identity")  # or an offset would count coded bytes
        if size <= 0:
            return
        if self._hash is not None:
            await self._hash_part()
        self.offset, self._resumable = size, True
        headers.set("Range", f"bytes={size}-")
        headers.set("If-Range", validator)

    def _begin(self, *, resume: bool) -> tuple[str, int]:
        """Forgets an attempt before this; gives the validator and the size of what there is to go on from."""
        self._close_file()
        self._writing = self._failure = None
        try:
            self._files.size(self._path)
        except OSError as error:  # such as a folder: better now than when all of it has come
            raise _failure(self._path, "written", error) from None
        self.offset, self._whole = 0, -1
        self._hash = hashlib.new(self._algorithm) if self._digest else None
        try:
            validator = self._validator() if resume else ""
            return validator, self._files.size(self._part) if validator else 0
        except OSError as error:
            raise _failure(self._part, "read", error) from None

    async def open(self, response: Response) -> "Download | None":
        """Makes ready for the body of a response that succeeds; what takes it is this.

        Returns:
            None: the response has another part than was asked for, and nothing is there now: ask again.

        Raises:
            SessionError: the file can't be written.
        """
        return self if await whole(self._lane.do(partial(self._open, response))) else None

    def _open(self, response: Response) -> bool:
        if response.status == 206 and not self._part_wanted:
            end = self._end_of_rest(response.headers)
            if not end:
                self._remove()
                return False
            self._whole = end
        elif self.offset:  # it has changed, or the server knows no ranges: this is all of it
            self.offset = 0
            self._hash = hashlib.new(self._algorithm) if self._digest else None
        self._filled = 0
        try:
            self._file = self._files.write(self._part, append=self.offset > 0)
            self._opened = True
            self._size = self.offset
            if self._resume and not (self.offset or self._part_wanted):
                self._resumable = self._keep_validator(response)
        except OSError as error:
            raise _failure(self._part, "written", error) from None
        return True

    def room(self) -> memoryview:
        """See `exchange.Sink`."""
        if not self._filled and len(self._buffers) < _AT_ONCE:
            self._buffers.appendleft(bytearray(_BUFFER))
        return memoryview(self._buffers[0])[self._filled :]

    def took(self, size: int) -> Future[None] | None:
        """See `exchange.Sink`. A buffer is filled while the one before it is written."""
        self._filled += size
        if self._filled < _BUFFER:
            return None
        before, self._writing = self._writing, self._lane.do(partial(self._write, self._buffers[0], _BUFFER))
        self._buffers.rotate(-1)
        self._filled = 0
        return before

    def _write(self, buffer: bytearray, size: int) -> None:
        assert self._file is not None
        if self._failure is not None:  # what follows would have a gap before it
            raise self._failure
        with memoryview(buffer) as view, view[:size] as piece:
            if self._hash is not None:
                self._hash.update(piece)
            try:
                self._file.write(piece)
            except OSError as error:
                self._failure = _failure(self._part, "written", error)
                raise self._failure from None
        self._size += size

    def _flush(self) -> None:
        """Writes what is left in a buffer."""
        size, self._filled = self._filled, 0
        if size:
            self._write(self._buffers[0], size)

    async def unsatisfied(self, response: Response) -> bool:
        """Whether a 416 says that all of it is here already. If not, nothing is: ask again."""
        match = _UNSATISFIED.fullmatch(response.headers.get("content-range"))
        if match is not None and int(match[1]) == self.offset:
            return True
        await whole(self._lane.do(self._remove))
        return False

    async def complete(self) -> None:
        """All of it has come: it gets its name.

        Raises:
            SessionError: its size or its digest is another, or it can't be written.
        """
        await whole(self._lane.do(self._complete))

    def _complete(self) -> None:
        self._flush()
        if self._failure is not None:
            raise self._failure
        file, self._file = self._file, None
        try:
            if file is not None:
                file.close()
        except OSError as error:
            raise _failure(self._part, "written", error) from None
        if 0 <= self._whole != self._size:
            self._remove()
            text = f"the server sent the file's bytes to {self._size}, and said to {self._whole}"
            raise SessionError(Failure.PROTOCOL, text)
        if self._hash is not None and self._hash.hexdigest() != self._digest:
            self._remove()
            found = f"{self._algorithm}:{self._hash.hexdigest()}"
            text = f"the file has the digest {found}, and not {self._algorithm}:{self._digest}"
            raise SessionError(Failure.DIGEST, text)
        try:
            self._files.replace(self._part, self._path)
            self._files.remove(self._info)
        except OSError as error:
            raise _failure(self._path, "written", error) from None
        self._opened = False

    # ---- inside

    def _end_of_rest(self, headers: Headers) -> int:
        """Where a part ends that is all of the rest; 0: it is another part, which a server may choose to send
        (RFC 9110 section 15.3.7)."""
        match = _RANGE.fullmatch(headers.get("content-range"))
        if match is None or not self.offset or int(match[1]) != self.offset or "content-encoding" in headers:
            return 0
        end = int(match[2]) + 1
        return end if match[3] in ("*", str(end)) else 0

    def _close_file(self) -> None:
        with contextlib.suppress(SessionError):
            if self._file is not None and self._resumable:
                self._flush()
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError:
                self._remove()  # what was written is not all there

    def _remove(self) -> None:
        """Forgets what has come."""
        file, self._file = self._file, None
        with contextlib.suppress(OSError):
            if file is not None:
                file.close()
        for path in (self._info, self._part):
            with contextlib.suppress(OSError):
                self._files.remove(path)
        self.offset = 0

    async def _hash_part(self) -> None:
        """Counts what is there already. It may be cut short between its pieces."""
        hash_ = self._hash
        assert hash_ is not None
        do = self._lane.do

        def step(reader: Readable) -> bool:
            piece = reader.read(_BUFFER)
            hash_.update(piece)
            return bool(piece)

        try:
            reader = await whole(do(partial(self._files.read, self._part)))
            try:
                while await whole(do(partial(step, reader))):
                    await pause()
            finally:
                do(reader.close)
        except OSError as error:
            raise _failure(self._part, "read", error) from None

    def _validator(self) -> str:
        """What says that the file is still the one that the part is of; empty: nothing does."""
        if self._files.size(self._info) <= 0:
            return ""
        reader = self._files.read(self._info)
        try:
            lines = reader.read(_LARGEST_INFO).decode("utf-8", "replace").split("\n")
        finally:
            reader.close()
        return lines[1] if len(lines) == 3 and lines[0] == self._url and not lines[2] else ""

    def _keep_validator(self, response: Response) -> bool:
        """Keeps what the part can be resumed by. False: there is nothing."""
        validator = _strong_validator(response.headers)
        text = f"{self._url}\n{validator}\n".encode()
        if not validator or "content-encoding" in response.headers or len(text) > _LARGEST_INFO:
            self._files.remove(self._info)
            return False
        writer = self._files.write(self._info)
        try:
            writer.write(text)
        finally:
            writer.close()
        return True


def _strong_validator(headers: Headers) -> str:
    """A validator that tells each version from every other (RFC 9110 section 8.8.1); empty: there is none."""
    tag = headers.get("etag")
    if tag.startswith('"') and tag.endswith('"') and len(tag) > 1:
        return tag
    modified = headers.get("last-modified")
    changed, sent = parse_http_date(modified), parse_http_date(headers.get("date"))
    if changed is None or sent is None or sent < changed + _STRONG_AFTER:
        return ""
    return modified


def _failure(path: str, what: str, error: OSError) -> SessionError:
    return SessionError(Failure.FILE, f"the file {path!a} can't be {what}: {error.strerror or error}")
