"""Files by the engine's paths, for bodies and downloads."""

from __future__ import annotations

import errno

from godot import OS, Error, FileAccess, ProjectSettings
from pythonscript_http.sessions.files import DiskFiles, Readable, Writable

_PACKED = ("res://", "uid://")


class EngineFiles:
    """`user://` and the system's paths; `res://`, in a pack too, to be read.

    What is in `res://` is written only where the project's folder is there, in an editor's binary.
    """

    def __init__(self) -> None:
        self._disk = DiskFiles()

    def size(self, path: str) -> int:
        """See `Files`."""
        if not path.startswith(_PACKED):
            return self._disk.size(_on_disk(path))
        if not FileAccess.file_exists(path):
            return -1
        file = _open(path)
        size = file.get_length()
        file.close()
        return size

    def read(self, path: str) -> Readable:
        """See `Files`."""
        return _Packed(path) if path.startswith(_PACKED) else self._disk.read(_on_disk(path))

    def write(self, path: str, *, append: bool = False) -> Writable:
        """See `Files`."""
        return self._disk.write(_to_be_written(path), append=append)

    def replace(self, source: str, target: str) -> None:
        """See `Files`."""
        self._disk.replace(_to_be_written(source), _to_be_written(target))

    def remove(self, path: str) -> None:
        """See `Files`."""
        self._disk.remove(_to_be_written(path))


def _on_disk(path: str) -> str:
    return ProjectSettings.globalize_path(path) if path.startswith("user://") else path


def _to_be_written(path: str) -> str:
    if not path.startswith(_PACKED):
        return _on_disk(path)
    if not OS.has_feature("editor"):
        raise OSError(errno.EROFS, "res:// is in the game's pack; write to user://", path)
    return ProjectSettings.globalize_path(path)


def _open(path: str) -> FileAccess:
    file = FileAccess.open(path, FileAccess.READ)
    if file is None:
        raise OSError(errno.EIO, Error(FileAccess.get_open_error()).name, path)
    return file


class _Packed:
    """A file of the project, to be read."""

    def __init__(self, path: str) -> None:
        self._file = _open(path)

    def read(self, size: int) -> bytes:
        return bytes(self._file.get_buffer(size))

    def close(self) -> None:
        self._file.close()
