"""Files of the operating system."""

from pathlib import Path

import pytest

from pythonscript_http.sessions.files import DiskFiles

FILES = DiskFiles()


def test_a_file_is_written_and_read(tmp_path: Path) -> None:
    path = str(tmp_path / "new" / "folder" / "file.bin")
    assert FILES.size(path) == -1
    for append, content in ((False, b"abc"), (True, b"abcdef"), (False, b"abc")):
        writer = FILES.write(path, append=append)
        writer.write(memoryview(b"abc" if len(content) == 3 else b"def"))
        writer.close()
        assert FILES.size(path) == len(content)
        reader = FILES.read(path)
        assert (reader.read(2), reader.read(100), reader.read(1)) == (content[:2], content[2:], b"")
        reader.close()


def test_another_name(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"old")
    new.write_bytes(b"new")
    FILES.replace(str(old), str(new))
    assert (old.exists(), new.read_bytes()) == (False, b"old")
    FILES.remove(str(new))
    FILES.remove(str(new))
    assert not new.exists()


def test_what_is_not_there(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    with pytest.raises(OSError, match="missing"):
        FILES.read(missing)
    with pytest.raises(OSError, match="missing"):
        FILES.replace(missing, str(tmp_path / "other"))
