"""Files as sessions need them: what an engine's paths mean (`user://`, `res://`) is known above."""

import contextlib
import os
from pathlib import Path
from typing import Protocol


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
    """Files of the operating system."""

    def size(self, path: str) -> int:
        """See `Files`."""
        try:
            return Path(path).stat().st_size
        except FileNotFoundError:
            return -1

    def read(self, path: str) -> Readable:
        """See `Files`."""
        return Path(path).open("rb")

    def write(self, path: str, *, append: bool = False) -> Writable:
        """See `Files`."""
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        return Path(path).open("ab" if append else "wb")

    def replace(self, source: str, target: str) -> None:
        """See `Files`."""
        os.replace(source, target)  # noqa: PTH105 - the same, and it takes texts

    def remove(self, path: str) -> None:
        """See `Files`."""
        with contextlib.suppress(FileNotFoundError):
            Path(path).unlink()
