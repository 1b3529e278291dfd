"""A bundle of what python-build-standalone publishes, from a small archive of the same layout."""

from __future__ import annotations

import shutil
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

from devkit import bundle as bundles
from devkit import environment, interpreter
from devkit.console import Failure
from devkit.environment import Environment


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python that runs the tests, packed as an `install_only` archive."""
    python = interpreter.at(environment.base())
    name = f"python{python.series}"
    folder = tmp_path_factory.mktemp("standalone")
    root = folder / "python"
    without = shutil.ignore_patterns("test", "tests", "__pycache__", "site-packages", "*.a", "*.whl")
    shutil.copytree(python.stdlib, root / "lib" / name, ignore=without)
    shutil.copytree(python.extensions, root / "lib" / name / "lib-dynload", dirs_exist_ok=True)
    shutil.copytree(python.include, root / "include" / name)
    for more in python.include.parent.glob(f"*-linux-gnu/{name}"):
        shutil.copytree(more, root / "include" / more.parent.name / name)
    (root / "bin").mkdir()
    shutil.copy(python.path.resolve(), root / "bin" / name)
    (root / "bin" / "python3").symlink_to(name)
    shutil.copy(python.library, root / "lib" / python.library.name)
    packed = folder / f"cpython-{python.version}-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz"
    with tarfile.open(packed, "w:gz", compresslevel=1) as file:
        file.add(root, "python")
    return packed


def test_the_bundle_of_an_archive_is_that_of_the_python_in_it(
    archive: Path, bundle: Path, tmp_path: Path
) -> None:
    python = bundles.chosen(bundles.options(["--source", f"pbs:{archive}"]))
    assert python.prefix.name == "python"
    for place in (python.stdlib, python.extensions, python.include, python.library):
        assert python.prefix in place.parents
    made = bundles.make(python, Environment(Path(sys.prefix)), tmp_path)
    with ZipFile(made) as file, ZipFile(bundle) as usual:
        assert sorted(file.namelist()) == sorted(usual.namelist())
        assert [one.filename for one in file.infolist() if one.CRC != usual.getinfo(one.filename).CRC] == []


def test_what_is_no_such_archive_is_told(tmp_path: Path) -> None:
    path = tmp_path / "python.tar.gz"
    path.write_bytes(b"<html>Not found</html>")
    with pytest.raises(Failure, match=r"python\.tar\.gz cannot be unpacked: "):
        interpreter.unpacked(path)
    with tarfile.open(path, "w:gz") as file:
        file.add(Path(__file__), "elsewhere/README")
    with pytest.raises(Failure, match="holds no python/bin/python3"):
        interpreter.unpacked(path)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--source", "tar:x"], "--source takes pbs:FILE, not tar:x"),
        (["--source", "pbs:x", "--python", "y"], "exclude each other"),
        (["--fast"], "unrecognized arguments: --fast"),
    ],
)
def test_arguments_that_make_no_sense_are_told(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        bundles.options(arguments)
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err
