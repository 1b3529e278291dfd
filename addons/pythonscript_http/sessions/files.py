"""Files as sessions need them: what an engine's paths mean (`user://`, `res://`) is known above."""

import contextlib
import errno
import os
import stat
import threading
from typing import BinaryIO, Final, Protocol
from weakref import WeakValueDictionary

# ruff: noqa: PTH103, PTH105, PTH108, PTH116, PTH120 - pathlib costs the first call


class Readable(Protocol):
    """A file that is read from its begin."""

    def read(self, size: int, /) -> bytes:
        """Reads so many bytes or fewer; none at the end. Raises OSError."""

    def close(self) -> None:
        """Closes it."""


class Writable(Protocol):
    """A file that is written to its end."""

    def write(self, data: bytes | memoryview, /) -> object:
        """Writes all of it. Raises OSError."""

    def close(self) -> None:
        """Closes it. Raises OSError if what was written is not all there."""


class Files(Protocol):
    """Opens files. All of it may be called on a loop's thread, and raises OSError."""

    def size(self, path: str) -> int:
        """How many bytes a file has; -1: there is none."""

    def read(self, path: str) -> Readable:
        """Opens a file to be read."""

    def write(self, path: str, *, append: bool = False) -> Writable:
        """Opens a file to be written: emptied, or at its end. Folders that it needs are made."""

    def replace(self, source: str, target: str) -> None:
        """Gives a file another name, whose old file is gone by that."""

    def remove(self, path: str) -> None:
        """Removes a file; there need be none."""


class DiskFiles:
    """Files of the operating system. What is none, such as a pipe, is refused: it might block the loop."""

    def size(self, path: str) -> int:
        """See `Files`."""
        try:
            found = os.stat(_checked(path))
        except FileNotFoundError:
            return -1
        _check_regular(found.st_mode)
        return found.st_size

    def read(self, path: str) -> Readable:
        """See `Files`."""
        file = open(_checked(path), "rb", opener=_open)  # noqa: SIM115 - it is the caller's
        try:
            _check_regular(os.fstat(file.fileno()).st_mode)
        except BaseException:
            file.close()
            raise
        return file

    def write(self, path: str, *, append: bool = False) -> Writable:
        """See `Files`. A file that is being written is busy, by whatever path."""
        os.makedirs(os.path.dirname(_checked(path)) or ".", exist_ok=True)
        return _Written(path, append=append)

    def replace(self, source: str, target: str) -> None:
        """See `Files`."""
        with contextlib.suppress(FileNotFoundError):
            _check_regular(os.stat(_checked(target)).st_mode)
        os.replace(source, target)

    def remove(self, path: str) -> None:
        """See `Files`."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(_checked(path))


_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)  # or who may write into a folder chooses what is overwritten
_NO_WAIT: Final = getattr(os, "O_NONBLOCK", 0)  # for the other end of a pipe

_lock: Final = threading.Lock()
_being_written: Final["WeakValueDictionary[tuple[int, int], _Written]"] = WeakValueDictionary()
"""Files, by device and number."""


class _Written:
    """A file that is written, by nobody else of this process."""

    def __init__(self, path: str, *, append: bool) -> None:
        self._file: BinaryIO = open(_checked(path), "ab", opener=_open_no_link)  # noqa: SIM115 - it lives as long as this
        try:
            found = os.fstat(self._file.fileno())
            _check_regular(found.st_mode)
            self._key = found.st_dev, found.st_ino
            with _lock:
                if found.st_ino and _being_written.setdefault(self._key, self) is not self:
                    raise OSError(errno.EBUSY, "another call writes it")
            # Not of an empty one: ext4 would write all that follows when it is closed.
            if not append and found.st_size:
                self._file.truncate(0)
        except BaseException:
            self._file.close()
            raise

    def write(self, data: bytes | memoryview) -> object:
        return self._file.write(data)

    def close(self) -> None:
        with _lock:
            _being_written.pop(self._key, None)
        self._file.close()


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | _NO_WAIT)


def _open_no_link(path: str, flags: int) -> int:
    return os.open(path, flags | _NO_WAIT | _NO_LINK, 0o666)


def _check_regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        what = "it is a folder" if stat.S_ISDIR(mode) else "it is no file, but a device or the like"
        raise OSError(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, what)


def _checked(path: str) -> str:
    """A path that the system takes."""
    try:
        if b"\0" not in os.fsencode(path):
            return path
    except UnicodeEncodeError:
        pass
    raise OSError(errno.EINVAL, "a path holds no NUL and no lone surrogate")
