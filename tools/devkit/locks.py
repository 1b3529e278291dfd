"""Locks between processes, on open files. They are dropped when the file is closed or the process dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import ctypes
    import msvcrt

    _FAIL_IMMEDIATELY = 1
    _EXCLUSIVE = 2
    _VIOLATION = 33  # ERROR_LOCK_VIOLATION: somebody has it

    def acquire(descriptor: int, *, shared: bool = False, wait: bool = True) -> bool:
        """Takes the lock of an open file.

        Args:
            descriptor: the file's.
            shared: others that share may have it too.
            wait: until whoever has it lets it go.

        Returns:
            Whether it was taken. False: somebody has it, and it was not to be waited for.
        """
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        flags = (0 if shared else _EXCLUSIVE) | (0 if wait else _FAIL_IMMEDIATELY)
        file = ctypes.c_void_p(msvcrt.get_osfhandle(descriptor))
        overlapped = ctypes.create_string_buffer(32)  # OVERLAPPED: its first byte is what is locked
        if kernel.LockFileEx(file, flags, 0, 1, 0, overlapped):
            return True
        if (error := ctypes.get_last_error()) != _VIOLATION:
            raise ctypes.WinError(error)
        return False

    @contextmanager
    def opened(folder: Path) -> Iterator[int]:
        """A file beside a folder, by which it is locked: Windows opens no folders."""
        descriptor = os.open(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

else:
    import fcntl

    def acquire(descriptor: int, *, shared: bool = False, wait: bool = True) -> bool:
        """Takes the lock of an open file.

        Args:
            descriptor: the file's.
            shared: others that share may have it too.
            wait: until whoever has it lets it go.

        Returns:
            Whether it was taken. False: somebody has it, and it was not to be waited for.
        """
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(descriptor, kind | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True

    @contextmanager
    def opened(folder: Path) -> Iterator[int]:
        """A folder's file descriptor, to be locked."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
