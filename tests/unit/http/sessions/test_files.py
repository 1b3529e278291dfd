"""Files of the operating system."""

import os
from functools import partial
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


@pytest.mark.parametrize("path", ["a\0b", "a\ud800"])
def test_what_is_no_path(path: str) -> None:
    for use in (FILES.size, FILES.read, FILES.write, FILES.remove):
        with pytest.raises(OSError, match="a path holds no NUL"):
            use(path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    target = tmp_path / "source"
    target.write_bytes(b"")
    for use in (FILES.size, FILES.read, FILES.write, partial(FILES.replace, str(target))):
        with pytest.raises(OSError, match=r"folder|directory"):
            use(str(tmp_path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such pipes")
def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for use in (FILES.size, FILES.read, FILES.write):
        with pytest.raises(OSError, match="device"):
            use(str(pipe))


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    other, link = tmp_path / "other", tmp_path / "link"
    other.write_bytes(b"mine")
    link.symlink_to(other)
    with pytest.raises(OSError, match="symbolic"):
        FILES.write(str(link))
    assert other.read_bytes() == b"mine"


def test_one_writes_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    path, same = str(tmp_path / "file"), str(tmp_path / "sub" / ".." / "file")
    writer = FILES.write(path)
    writer.write(b"one")
    with pytest.raises(OSError, match="another call writes it"):
        FILES.write(same)
    writer.close()
    assert Path(path).read_bytes() == b"one"
    again = FILES.write(same, append=True)
    again.write(b"two")
    again.close()
    assert Path(path).read_bytes() == b"onetwo"
