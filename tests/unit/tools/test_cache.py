from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devkit import cache


def test_root_follows_the_xdg_specification(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.root() == tmp_path / "xdg" / "pythonscript"
    for invalid in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", invalid)
        assert cache.root() == tmp_path / ".cache" / "pythonscript"


def test_a_key_tells_where_parts_end() -> None:
    assert cache.key("ab", "c") == cache.key(b"ab", b"c")
    assert len({cache.key("ab", "c"), cache.key("a", "bc"), cache.key("abc"), cache.key("abc", "")}) == 4


def test_a_lock_keeps_another_process_out() -> None:
    tools = Path(cache.__file__).parents[1]
    code = "from devkit import cache\nwith cache.lock('test'): print('in')"
    with cache.lock("test"):
        other = subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=tools,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ},
        )
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.5)
    out, err = other.communicate(timeout=60)
    assert out == b"in\n"
    assert b"waiting for another checkout" in err


def test_a_workshop_is_emptied_and_a_published_folder_stays(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "place"
    with cache.workshop() as folder:
        (folder / "made").mkdir()
        (folder / "made" / "file").touch()
        cache.publish(folder / "made", place)
    assert not folder.exists()
    assert (place / "file").exists()


def test_the_first_to_publish_wins(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
        cache.publish(tmp_path / name, tmp_path / "place")
    assert [path.name for path in (tmp_path / "place").iterdir()] == ["first"]


def test_what_cannot_be_published_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        cache.publish(tmp_path / "absent", tmp_path / "place")


def test_a_copy_leaves_an_open_file_whole(tmp_path: Path) -> None:
    target = tmp_path / "bin" / "library"
    for content in ("old", "new"):
        (tmp_path / content).write_text(content, encoding="utf-8")
    cache.copy(tmp_path / "old", target)
    with target.open(encoding="utf-8") as mapped:
        cache.copy(tmp_path / "new", target)
        assert mapped.read() == "old"
    assert target.read_text(encoding="utf-8") == "new"
    assert [path.name for path in target.parent.iterdir()] == ["library"]


def test_an_unchanged_file_is_not_written_again(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "file"
    cache.write(target, "text")
    inode = target.stat().st_ino
    cache.write(target, "text")
    assert target.stat().st_ino == inode
    cache.write(target, "other")
    assert target.read_text(encoding="utf-8") == "other"


def test_clear_removes_everything(empty_cache: Path) -> None:
    with cache.lock("test"):
        assert empty_cache.is_dir()
    cache.clear()
    assert not empty_cache.exists()
