"""An empty game, exported by the release template: without our addons, and with them by form of bytecode.

A form is made of an exported game by the header of its bytecode (PEP 552): the code is the same in all.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Final, NamedTuple
from zipfile import ZipFile

from tests.engine.harness import run_engine
from tests.exports import games

from devkit import bundle, environment, home, interpreter
from devkit.environment import Environment

from .samples import Sample

PLAIN: Final = "plain"
"""The game without our addons."""
PRESETS: Final = {
    PLAIN: ("Linux", "all_resources", "", "", {}),
    "bytecode": ("Linux", "all_resources", "", "", {"python/bytecode_only": "true"}),
}
SCENE: Final = '[gd_scene format=3]\n\n[node name="Main" type="Node"]\n'

BYTECODE: Final = (".pyc", ".pck")
"""What has bytecode in it."""
UNCHECKED: Final = MAGIC_NUMBER + b"\1\0\0\0"
CHECKED: Final = MAGIC_NUMBER + b"\3\0\0\0"
OF_NO_PYTHON: Final = b"\0\0\r\n\1\0\0\0"


class Form(NamedTuple):
    """How a game has its Python.

    Attributes:
        title: for readers.
        client: it has the client, too, and not the host alone.
        preset: what it is exported by.
        header: of its bytecode.
        bare: the standard library is bytecode alone.
    """

    title: str
    client: bool = True
    preset: str = PLAIN
    header: bytes = UNCHECKED
    bare: bool = False


FORMS: Final[Mapping[str, Form]] = {
    "exported": Form("both addons, as exported: sources and unchecked bytecode"),
    "host": Form("pythonscript alone, as exported", client=False),
    "bytecode": Form("both addons, bytecode alone", preset="bytecode", bare=True),
    "checked": Form("both addons, their bytecode checked by hash", header=CHECKED),
    "sources": Form("both addons, no bytecode of theirs", header=OF_NO_PYTHON),
}


class Games:
    """The games, made when they are first asked for.

    Args:
        folder: an empty one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._zip: Path | None = None

    def of(self, name: str) -> Path:
        """The program of the game in a form; `PLAIN`: without our addons."""
        place = self._folder / "games" / name
        if not place.is_dir():
            form = FORMS.get(name, Form("", client=False))
            exported = self._exported("with" if form.client else name, form.preset)
            shutil.copytree(exported, place, copy_function=_link)
            if form.header != UNCHECKED:
                give_header(place, form.header)
            for stdlib in place.glob("addons/pythonscript/python/*/lib/python3.*") if form.bare else ():
                home.drop_sources(stdlib)
        return place / games.PROGRAM

    def _exported(self, project: str, preset: str) -> Path:
        place = self._folder / "exported" / f"{project}-{preset}"
        if not place.is_dir():
            games.export(self._project(project), preset, place / games.PROGRAM).require_clean()
        return place

    def _project(self, name: str) -> Path:
        root = self._folder / "projects" / name
        if not root.is_dir():
            root.mkdir(parents=True)
            settings = '[application]\nconfig/name="empty"\nrun/main_scene="res://main.tscn"\n'
            (root / "project.godot").write_text(f"config_version=5\n{settings}", encoding="utf-8")
            (root / "main.tscn").write_text(SCENE, encoding="utf-8")
            games.write_presets(root, PRESETS)
            if name != PLAIN:
                with ZipFile(self._bundle()) as file:
                    file.extractall(root)
            if name == "host":
                shutil.rmtree(root / "addons" / "pythonscript_http")
        return root

    def _bundle(self) -> Path:
        if self._zip is None:
            python = interpreter.at(environment.base())
            self._zip = bundle.make(python, Environment(Path(sys.prefix)), self._folder / "dist")
        return self._zip


def _link(source: str, target: str) -> None:
    """Copies what becomes another, and saves the room for the rest."""
    if source.endswith(BYTECODE):
        shutil.copyfile(source, target)
    else:
        os.link(source, target)


def give_header(game: Path, header: bytes) -> None:
    """Lets the bytecode of a game, in its pack too, begin otherwise; but for the standard library's.

    That may be there without its sources.
    """
    homes = game / "addons" / "pythonscript" / "python"
    for file in (path for path in game.rglob("*") if path.suffix in BYTECODE and homes not in path.parents):
        file.write_bytes(file.read_bytes().replace(UNCHECKED, header))


def measure(program: Path, processors: int) -> Sample:
    """Starts a game that ends at once.

    Args:
        program: the game's.
        processors: as many may run it, if there are so many.

    Raises:
        RuntimeError: the run was not as it should be.
    """
    with _processors(processors):
        begun, used = time.monotonic(), getrusage(RUSAGE_CHILDREN)
        run = run_engine([str(program), "--headless", "--quit"], cwd=program.parent, variables=os.environ)
        usec, now = (time.monotonic() - begun) * 1e6, getrusage(RUSAGE_CHILDREN)
    run.require_clean()
    cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return Sample(usec, cpu * 1e6)


@contextmanager
def _processors(number: int) -> Iterator[None]:
    """Lets what is started have so many processors."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:number])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
