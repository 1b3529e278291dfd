"""The guide, followed word for word: from the zip to a class in a game and in the editor."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.docs.blocks import GUIDE, ROOT, Block, blocks
from tests.engine.harness import HOMES, Project, Run, engine, run_engine
from tests.engine.suites import RunOf, suite_tests

SUITE = "guide.gd"
WORDS = 1200
"""What is read in five minutes."""

SHOWN = [block for block in blocks() if block.page == GUIDE]
COMMANDS = {block.name: block for block in SHOWN if block.language == "sh"}
SCENE = "main.tscn"

PACKAGE = {
    "packaging/__init__.py": "",
    "packaging/version.py": (
        "class Version(tuple):\n"
        "    def __new__(cls, text: str) -> tuple[int, ...]:\n"
        "        return tuple.__new__(cls, map(int, text.split('.')))\n"
    ),
    "packaging-99.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: packaging\nVersion: 99.0\n",
    "packaging-99.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
"""The package that is installed, in the place of the one that pip would get by the network."""


@dataclass(frozen=True)
class Followed:
    """What came of the guide.

    Attributes:
        root: the project.
        variables: the environment in which its commands ran.
        runs: of its commands, by the block's name.
        edited: the run of the editor.
    """

    root: Path
    variables: Mapping[str, str]
    runs: Mapping[str, Run]
    edited: Run

    def run(self, command: str, expected: Sequence[str] = (), code: int = 0) -> Run:
        """Runs one more command in the project's folder."""
        return run_in(self.root, command, self.variables, expected, code)

    @contextmanager
    def changed(self, change: Callable[[str], str]) -> Iterator[None]:
        """The class's module is another for a while."""
        module = self.root / "addons" / "garden" / "register_types.py"
        text = module.read_text(encoding="utf-8")
        module.write_text(change(text), encoding="utf-8")
        try:
            yield
        finally:
            module.write_text(text, encoding="utf-8")


def run_in(
    folder: Path, command: str, variables: Mapping[str, str], expected: Sequence[str] = (), code: int = 0
) -> Run:
    shell = ["/bin/sh", "-e", "-c", command]
    return run_engine(shell, cwd=folder, variables=variables, expected=expected, code=code)


@pytest.fixture(scope="module")
def followed(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """Writes the files and runs the commands in the order in which the page has them."""
    folder = tmp_path_factory.mktemp("guide")
    shutil.copy(bundle, folder)
    variables = environment(folder)
    root = folder
    runs = {}
    edited = None
    for block in SHOWN:
        if block.language != "sh":
            assert block.file, f"{block.place}: the first line does not say which file this is"
            path = root / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
            continue
        if SCENE in block.text:
            edited = edit(root, variables)
        runs[block.name] = run_in(root, block.text, variables)
        root = folder / "garden"
    assert edited is not None, f"{GUIDE} runs no scene"
    return Followed(root, variables, runs, edited)


def environment(folder: Path) -> dict[str, str]:
    """That of a user who has Godot and a Python with pip, which finds the package without the network."""
    programs, wheels = folder / "bin", folder / "wheels"
    programs.mkdir()
    wheels.mkdir()
    (programs / "godot").symlink_to(engine())
    with ZipFile(wheels / "packaging-99.0-py3-none-any.whl", "w") as wheel:
        for name, text in PACKAGE.items():
            wheel.writestr(name, text)
        record = "packaging-99.0.dist-info/RECORD"
        wheel.writestr(record, "".join(f"{name},,\n" for name in [*PACKAGE, record]))
    return {
        **{name: value for name, value in os.environ.items() if name != "PYTHONSCRIPT_HOME"},
        **{f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in HOMES},
        "PATH": os.pathsep.join([str(programs), str(Path(sys.prefix) / "bin"), os.environ["PATH"]]),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def edit(root: Path, variables: Mapping[str, str]) -> Run:
    """Does what is to be done in the editor, by a suite that the project has meanwhile."""
    settings = root / "project.godot"
    own = settings.read_bytes()
    project = Project(root.with_name("suite"), scripts=[SUITE], host=False, editor=True)
    added = [path.relative_to(project.root) for path in project.root.rglob("*") if path.is_file()]
    shutil.copytree(project.root, root, dirs_exist_ok=True)
    project.root = root
    run = project.run_suite(SUITE, environment={**variables, "PYTHONSCRIPT_HOME": ""})
    for name in added:
        (root / name).unlink()
    settings.write_bytes(own)
    return run


@pytest.fixture(scope="module")
def run_of(followed: Followed) -> RunOf:
    return lambda _: followed.edited


test_the_run, test_suite = suite_tests(SUITE)


def test_nothing_of_the_class_runs_in_the_editor(followed: Followed) -> None:
    assert [line for line in followed.edited.lines if line.startswith("a ")] == []


@pytest.mark.parametrize("block", COMMANDS.values(), ids=lambda block: block.place)
def test_its_commands(block: Block, followed: Followed) -> None:
    run = followed.runs[block.name]
    run.assert_clean()
    if promised := printed(block):
        assert own_lines(run) == promised


def printed(block: Block) -> list[str]:
    """What the page says that a command prints: "prints `this` and `that`", right behind it."""
    lines = (ROOT / GUIDE).read_text(encoding="utf-8").splitlines()
    behind = block.line + block.text.count("\n")  # the fence and an empty line are between
    return re.findall("`([^`]+)`", lines[behind + 1]) if lines[behind + 1].startswith("prints ") else []


def own_lines(run: Run) -> list[str]:
    return [line for line in run.lines if line and not line.startswith("Godot Engine ")]


def test_it_says_what_each_game_prints() -> None:
    games = [
        block for block in COMMANDS.values() if "godot --" in block.text and "--import" not in block.text
    ]
    assert len(games) == len([block for block in games if printed(block)]) == 2


def test_the_types_of_its_class_are_checked(followed: Followed) -> None:
    (run,) = (followed.runs[name] for name, block in COMMANDS.items() if "mypy" in block.text)
    assert own_lines(run)[-1] == "Success: no issues found in 1 source file"


def test_it_is_read_in_five_minutes() -> None:
    assert len((ROOT / GUIDE).read_text(encoding="utf-8").split()) < WORDS


# What else it says

GAME = f"godot --headless --quit {SCENE}"


def test_the_package_is_the_projects(followed: Followed) -> None:
    installed = followed.root / "addons" / "site-packages"
    assert {path.name for path in installed.iterdir()} >= {"packaging", "packaging-99.0.dist-info"}


def test_a_game_reads_all_files_anew(followed: Followed) -> None:
    with followed.changed(lambda text: text.replace("4 * litres", "5 * litres")):
        run = followed.run(GAME)
    run.assert_clean()
    assert own_lines(run) == ["a rose", "11.0 cm"]


def test_pdb_in_a_game_that_was_started_from_a_terminal(followed: Followed) -> None:
    with followed.changed(
        lambda text: text.replace("self.height +=", "breakpoint()\n        self.height +=")
    ):
        run = followed.run(f"printf 'p litres * 1000\\nc\\n' | {GAME}")
    run.assert_clean()
    assert own_lines(run)[-3:] == ["2000.0", "(Pdb) ", "9.0 cm"]


CRASHING = """\
import ctypes
from threading import Event, Thread

from godot import RefCounted, gdclass


@gdclass
class Crashing(RefCounted):
    def read_nowhere(self) -> None:
        Thread(target=self._wait, daemon=True).start()
        ctypes.string_at(0)

    def _wait(self) -> None:
        Event().wait()
"""
CRASH = "extends SceneTree\n\n\nfunc _initialize() -> void:\n\tCrashing.new().read_nowhere()\n"


def test_faulthandler_prints_the_stacks_when_native_code_crashes(followed: Followed) -> None:
    addon = followed.root / "addons" / "crashing"
    addon.mkdir()
    (addon / "register_types.py").write_text(CRASHING, encoding="utf-8")
    (followed.root / "crash.gd").write_text(CRASH, encoding="utf-8")
    run = followed.run("ulimit -c 0; exec godot --headless --script crash.gd", code=-signal.SIGABRT)
    assert run.code == -signal.SIGABRT
    assert run.lines.count("Fatal Python error: Segmentation fault") == 1
    place = f'  File "{addon}/register_types.py", line '
    begin = next(at for at, line in enumerate(run.lines) if line.startswith("Current thread "))
    stack = run.lines[begin : run.lines.index("", begin)]
    assert f"{place}11 in read_nowhere" in stack
    assert f"{place}14 in _wait" in run.lines


SPROUT = """\
extends SceneTree


class Sprout:
\textends Plant

\tfunc _ready() -> void:
\t\tprint("a sprout")

\t@warning_ignore("native_method_override")
\tfunc water(_litres: float = 0.0) -> void:
\t\tprint("not called")


func _initialize() -> void:
\tvar plant: Plant = Sprout.new()
\troot.add_child(plant)
\tawait process_frame
\tplant.water()
\tprint(plant.height)
\tplant.free()
\tquit()
"""
NOTIFIED = """
    def _notification(self, what: int) -> None:
        if what == Node.NOTIFICATION_READY:
            print("ready")
"""


def test_a_scripts_virtual_methods_take_the_place_of_pythons_and_other_methods_do_not(
    followed: Followed,
) -> None:
    (followed.root / "sprout.gd").write_text(SPROUT, encoding="utf-8")
    with followed.changed(lambda text: text + NOTIFIED):
        run = followed.run("godot --headless --script sprout.gd")
    run.assert_clean()
    assert sorted(own_lines(run)) == ["3.0", "a sprout", "ready"]


ABOVE = "extends Plant\n\n\nfunc _ready() -> void:\n\tsuper()\n"
LOADING = (
    "extends SceneTree\n\n\nfunc _initialize() -> void:\n"
    "\tprint((load('res://above.gd') as GDScript).can_instantiate())\n\tquit()\n"
)


def test_super_does_not_reach_them(followed: Followed) -> None:
    (followed.root / "above.gd").write_text(ABOVE, encoding="utf-8")
    (followed.root / "loading.gd").write_text(LOADING, encoding="utf-8")
    run = followed.run(
        "godot --headless --script loading.gd",
        expected=['Cannot call the parent class\' virtual function "_ready()"', "Failed to load script"],
    )
    run.assert_clean()
    assert own_lines(run)[-1] == "false"
