"""How the zip is written. What is in it is tested by tests/bundle."""

from __future__ import annotations

import os
import time
from pathlib import Path
from zipfile import ZipFile

import pytest

from devkit import build, bundle, interpreter, project
from devkit.console import Failure


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    found = {}
    for name in ("b/two.py", "a.so", "b/one.txt"):
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name} " * 100, encoding="utf-8")
        found[name] = path
    return found


def test_a_zip_tells_nothing_of_when_and_where(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    bundle.write(tmp_path / "one.zip", files)
    for path in files.values():
        path.chmod(0o777)
        os.utime(path, (1, 1))
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    bundle.write(tmp_path / "two.zip", dict(reversed(files.items())))
    monkeypatch.delenv("TZ")
    time.tzset()
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with ZipFile(tmp_path / "one.zip") as file:
        assert file.namelist() == ["a.so", "b/one.txt", "b/two.py"]
        for entry in file.infolist():
            assert entry.date_time == (2023, 11, 14, 22, 13, 20)
            assert entry.external_attr >> 16 == 0o100644
        assert file.read("a.so") == files["a.so"].read_bytes()
    assert sorted(path.name for path in tmp_path.glob("*.zip")) == ["one.zip", "two.zip"]


def test_the_time_is_the_last_commits(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setattr(bundle, "run", lambda *_, **__: "1600000000\n")
    bundle.write(tmp_path / "one.zip", files)
    with ZipFile(tmp_path / "one.zip") as file:
        assert file.infolist()[0].date_time == (2020, 9, 13, 12, 26, 40)


def test_without_a_repository_it_is_the_earliest(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setattr(project, "ROOT", tmp_path)
    bundle.write(tmp_path / "one.zip", files)
    with ZipFile(tmp_path / "one.zip") as file:
        assert file.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


def test_a_time_that_is_none_is_told(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(Failure, match=r"\$SOURCE_DATE_EPOCH is 'yesterday', and not a number of seconds"):
        bundle.write(tmp_path / "one.zip", files)
    assert not list(tmp_path.glob("*.zip"))


def test_what_is_shipped_of_the_addons(tmp_path: Path) -> None:
    shipped = {
        "pythonscript/README.md",
        "pythonscript/LICENSE",
        "pythonscript/icon.svg",
        "pythonscript/pythonscript.gdextension",
        "pythonscript/godot/__init__.py",
        "pythonscript/godot/py.typed",
        "pythonscript_http/http1/head.py",
        "pythonscript_http/plugin.cfg",
        "pythonscript_http/editor/plugin.gd",
    }
    others = {
        "pythonscript/src/pythonscript.c",
        "pythonscript/src/_pythonscript/__init__.py",
        "pythonscript/bin/python_home",
        "pythonscript/python/linux.x86_64/lib/os.py",
        "pythonscript_http/bin/LICENSE",
        "pythonscript/godot/__pycache__/x.pyc",
        "pythonscript/godot/_engine.pyi",
        "pythonscript/pythonscript.gdextension.uid",
        "pythonscript_http/editor/plugin.gd.uid",
        "another/register_types.py",
    }
    for name in shipped | others:
        path = tmp_path / "addons" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    name = "addons/pythonscript/bin/_pythonscript/values.so"
    found = bundle.addons({name: tmp_path / "values.so"}, tmp_path)
    assert found.pop(name) == tmp_path / "values.so"
    made = found.pop("addons/pythonscript/make_stubs.py")
    assert made == tmp_path / "tools" / "devkit" / "make_stubs.py"
    assert found.keys() == {f"addons/{name}" for name in shipped}


def test_a_python_is_named_by_its_path_or_as_in_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python3.99").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir("/")
    asked: list[Path] = []
    monkeypatch.setattr(interpreter, "at", asked.append)
    for name in ("python3.99", "tmp/no"):
        bundle.chosen(bundle.options(["--python", name]))
    assert asked == [tmp_path / "python3.99", Path("/tmp/no")]


def test_an_archive_without_a_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bundle.options(["--source", "pbs:"])
    assert "--source takes pbs:FILE, not pbs:" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_found_before_anything_is_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(build, "made", lambda *_: pytest.fail("it was compiled"))
    with pytest.raises(FileExistsError):
        bundle.make(None, None, tmp_path / "file")  # type: ignore[arg-type]
