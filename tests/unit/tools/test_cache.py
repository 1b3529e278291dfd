from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devkit import cache
from devkit.console import Failure

TOOLS = Path(cache.__file__).parents[1]


def test_root_follows_the_xdg_specification(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.root() == tmp_path / "xdg" / "pythonscript"
    for invalid in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", invalid)
        assert cache.root() == tmp_path / ".cache" / "pythonscript"


def test_without_a_home_it_is_the_systems_for_this_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    for invalid in ("", "relative"):
        monkeypatch.setenv("HOME", invalid)
        assert cache.root() == home / ".cache" / "pythonscript"
    monkeypatch.delenv("HOME")
    assert cache.root() == home / ".cache" / "pythonscript"


def test_a_user_without_any_home_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(user: int) -> None:
        raise KeyError(user)

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(
        Failure, match=r"\$HOME is not set: set it, or name another folder by \$XDG_CACHE_HOME"
    ):
        cache.root()


def test_a_folder_that_can_be_written_is_made_and_left_empty(tmp_path: Path) -> None:
    cache.require_writable(tmp_path / "a" / "b", "advice")
    assert list((tmp_path / "a" / "b").iterdir()) == []


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("/proc/pythonscript", "No such file or directory"),
        ("/proc/self", "No such file or directory"),
        ("{}/file", "File exists"),
        ("{}/file/below", "Not a directory"),
        ("{}/" + "x" * 300, "File name too long"),
    ],
)
def test_one_that_cannot_is_told_with_the_systems_reason(tmp_path: Path, place: str, reason: str) -> None:
    (tmp_path / "file").touch()
    folder = Path(place.format(tmp_path))
    with pytest.raises(Failure) as caught:
        cache.require_writable(folder, "advice")
    assert str(caught.value) == f"{folder} cannot be written ({reason}): advice"


def test_what_a_killed_process_left_is_swept(empty_cache: Path) -> None:
    code = (
        "import os, signal\nfrom devkit import cache\nwith cache.workshop() as folder:\n"
        "    (folder / 'deep').mkdir()\n    (folder / 'deep' / 'file').touch()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=TOOLS, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert [path.name for path in (empty_cache / "tmp").glob("*/deep/*")] == ["file"]
    cache.prepare()
    assert list((empty_cache / "tmp").iterdir()) == []


def test_what_a_living_process_has_is_not_swept(empty_cache: Path) -> None:
    code = (
        "from devkit import cache\nwith cache.workshop() as folder:\n"
        "    (folder / 'file').touch()\n    print(flush=True)\n    input()\n"
        "    print((folder / 'file').exists())"
    )
    with (
        subprocess.Popen(
            [sys.executable, "-c", code], cwd=TOOLS, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as other,
        cache.workshop() as ours,  # beside it: workshops do not keep each other out
    ):
        assert other.stdout
        other.stdout.readline()
        cache.prepare()
        assert ours.is_dir()
        out, _ = other.communicate(b"\n", timeout=60)
    assert out == b"True\n"
    cache.prepare()
    assert list((empty_cache / "tmp").iterdir()) == []


def test_of_what_grows_that_used_last_stays(empty_cache: Path) -> None:
    parent = empty_cache / "homes"
    hours = {"oldest": 9, "found": 8, "old": 7, "newer": 6, "newest": 5}
    for name, age in hours.items():
        (parent / name).mkdir(parents=True)
        (parent / name / "file").touch()
        os.utime(parent / name, times=(0, time.time() - age * 3600))
    assert cache.find(parent / "found")
    assert not cache.find(parent / "nowhere")
    cache.trim(parent, 3)
    assert {path.name for path in parent.iterdir()} == {"newest", "newer", "found"}
    assert list((empty_cache / "tmp").iterdir()) == []


def test_what_is_made_once_is_found_from_then_on_and_makes_room(empty_cache: Path) -> None:
    for number in (1, 2, 3, 4, 5, 5):
        place = empty_cache / "things" / str(number)

        def make(place: Path = place) -> None:
            place.mkdir(parents=True)

        assert cache.once(place, make, 2) == place
        os.utime(place, times=(0, number))
    assert {path.name for path in (empty_cache / "things").iterdir()} == {"4", "5"}
    assert {path.name for path in (empty_cache / "locks").iterdir()} == {"things", "trim-things"}


def test_what_cannot_be_made_is_not_there(empty_cache: Path) -> None:
    def make() -> None:
        raise Failure("no network")

    for _ in range(2):
        with pytest.raises(Failure, match="no network"):
            cache.once(empty_cache / "things" / "one", make)


def test_what_may_be_in_use_stays(empty_cache: Path) -> None:
    for name in "abcd":
        (empty_cache / "homes" / name).mkdir(parents=True)
    cache.trim(empty_cache / "homes", 1)
    assert len(list((empty_cache / "homes").iterdir())) == 4


def test_what_the_set_up_takes_is_said_before_it_begins(
    empty_cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cache.prepare()
    cache.announce([cache.Need(), cache.Need()])
    assert capsys.readouterr().err == ""
    cache.announce([cache.Need(disk=2, download=1)])
    assert capsys.readouterr().err == (
        f"setup        takes 2 MB of disk in {empty_cache}, 1 MB of download\n"
    )
    cache.announce([cache.Need(disk=2, download=1), cache.Need(), cache.Need(disk=3, download=1, passing=1)])
    assert capsys.readouterr().err == (
        f"setup        takes 5 MB of disk in {empty_cache} (6 MB for a while), 2 MB of download\n"
    )


@pytest.mark.parametrize("free", [0, 6, 7])
def test_too_little_room_is_told(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    cache.prepare()
    usage = shutil.disk_usage(cache.root())._replace(free=free * 1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    needs = [cache.Need(disk=2), cache.Need(disk=3, passing=2), cache.Need(disk=0, passing=9)]
    if free == 7:
        cache.announce(needs)
    else:
        with pytest.raises(Failure, match=f"needs 7 MB of free disk, and {free} MB are left: name another"):
            cache.announce(needs)


def test_a_key_tells_where_parts_end() -> None:
    assert cache.key("ab", "c") == cache.key(b"ab", b"c")
    assert len({cache.key("ab", "c"), cache.key("a", "bc"), cache.key("abc"), cache.key("abc", "")}) == 4


def test_a_lock_keeps_another_process_out() -> None:
    code = "from devkit import cache\nwith cache.lock('test'): print('in')"
    with cache.lock("test"):
        other = subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=TOOLS,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ},
        )
        assert other.stderr is not None
        assert b"waiting for another checkout" in other.stderr.readline()
        assert other.poll() is None
    out, _ = other.communicate(timeout=60)
    assert out == b"in\n"


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
