"""Games that are exported once a run, and a place that has nothing but such a game."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from tests.engine.harness import HOMES, Run, engine, run_engine

from devkit.templates import LIBC

HERE: Final = Path(__file__).resolve().parent
PROGRAM: Final = "voyage.x86_64"
SECONDS: Final = 60.0
"""No game is silent for longer."""

PACKAGES: Final = ("h11", "h11-*.dist-info", "brotli.py", "_brotli.*", "[bB]rotli-*.dist-info")
"""What the game has from pip: one that is Python alone, and one that is not."""

Preset = tuple[str, str, str, str, Mapping[str, str]]
"""Its platform, filters of what is exported, too and not, options."""
PRESETS: Final[Mapping[str, Preset]] = {
    "release": ("Linux", "all_resources", "", "", {}),
    "debug": ("Linux", "all_resources", "", "", {"binary_format/embed_pck": "true"}),
    "stripped": ("Linux", "scenes", ",*.py", "addons/*", {"python/bytecode_only": "true"}),
    "partial": ("Linux", "all_resources", "", "addons/alpha/*", {}),
    "others": ("Linux", "exclude", "", "", {}),
    "server": ("Linux", "customized", "", "", {}),
    "windows": ("Windows Desktop", "all_resources", "", "", {}),
    "web": ("Web", "all_resources", "", "", {}),
}
"""The game's."""

PRESET: Final = """\
[preset.{number}]

name="{name}"
platform="{platform}"
runnable=false
export_filter="{export_filter}"
export_files=PackedStringArray("res://main.tscn")
include_filter="*.crt{include_filter}"
exclude_filter="{exclude_filter}"

[preset.{number}.options]

custom_template/debug="{debug}"
custom_template/release="{release}"
binary_format/architecture="x86_64"
{options}
"""


def make_project(bundle: Path, root: Path, certificate: str) -> Path:
    """A project as a user has it: the addons unpacked, nothing else done.

    Args:
        bundle: the addons' zip.
        root: an empty folder.
        certificate: what the game trusts.
    """
    shutil.copytree(HERE / "game", root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    with ZipFile(bundle) as file:
        file.extractall(root)
    (root / "root.crt").write_text(certificate, encoding="utf-8")
    installed = Path(sysconfig.get_path("purelib"))
    for source in (path for pattern in PACKAGES for path in installed.glob(pattern)):
        target = root / "addons" / "site-packages" / source.name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
    gadget = root / "addons" / "site-packages" / "gadget"
    gadget.mkdir()
    (gadget / "__init__.py").touch()
    (gadget / "never_loaded.so").touch()
    (gadget / "tool").write_text("#!/bin/sh\n", encoding="utf-8")
    (gadget / "tool").chmod(0o755)
    return root


def write_presets(root: Path, presets: Mapping[str, Preset] = PRESETS) -> None:
    """Writes a project's `export_presets.cfg`."""
    text = "".join(
        PRESET.format(
            number=number,
            name=name,
            platform=platform,
            export_filter=export_filter,
            include_filter=include_filter,
            exclude_filter=exclude_filter,
            debug=os.environ["GODOT_TEMPLATE_DEBUG"],
            release=os.environ["GODOT_TEMPLATE_RELEASE"],
            options="\n".join(f"{option}={value}" for option, value in options.items()),
        )
        for number, (name, preset) in enumerate(presets.items())
        for platform, export_filter, include_filter, exclude_filter, options in (preset,)
    )
    (root / "export_presets.cfg").write_text(text, encoding="utf-8")


@cache
def _homes() -> dict[str, str]:
    """Where the editor keeps its own: in the user's folders other editors may write at the same time."""
    folder = tempfile.mkdtemp(prefix="editor-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return {f"XDG_{kind}_HOME": f"{folder}/{kind.lower()}" for kind in HOMES}


def run_editor(root: Path, *arguments: str, code: int = 0, expected: Sequence[str] = ()) -> Run:
    """Runs an editor without a window in a project; no Python but the project's own is named to it."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONSCRIPT_HOME"} | _homes()
    return run_engine(
        [engine(), "--no-header", "--headless", "--path", str(root), *arguments],
        cwd=root.parent,
        variables=variables,
        code=code,
        expected=expected,
    )


def export(root: Path, preset: str, target: Path, kind: str = "release") -> Run:
    """Exports a game, or its pack alone (kind: pack)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    return run_editor(root, f"--export-{kind}", preset, str(target))


def run_game(
    command: Sequence[str | Path],
    *arguments: str,
    cwd: Path = Path("/"),
    variables: Mapping[str, str] | None = None,
    expected: Sequence[str] = (),
) -> Run:
    """Runs a game.

    Args:
        command: the program, after whatever starts it.
        arguments: the game's own.
        cwd: its working directory.
        variables: its whole environment; the engine's own needs are not among it.
        expected: texts of errors beside the one that the game makes.
    """
    return run_engine(
        [*map(str, command), "--headless", "--", *arguments],
        cwd=cwd,
        variables=variables or {},
        expected=["SCRIPT ERROR: ValueError: trouble in space", *expected],
        seconds=SECONDS,
        ends=True,
    )


def answers(run: Run) -> dict[str, Any]:
    """What the game printed, by name."""
    run.assert_clean()
    told = (line.split(" ", 2) for line in run.lines if line.startswith("GOT "))
    return {name: json.loads(value) for _, name, value in told}


def tree(folder: Path) -> list[str]:
    """All that is in a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


# A machine that has nothing

XDG_USER_DIR: Final = 'Cannot create pipe from command: "xdg-user-dir"'
"""What the engine prints there: it asks a shell for the user's folders."""


BARE: Final = """\
set -e
root=$1 game=$2 write=$3; shift 3
mount --bind "$game" "$root/game"
[ "$write" = rw ] || mount -o remount,ro,bind "$root/game"
mount --rbind /dev "$root/dev"
mount --rbind /proc "$root/proc"
exec env -i "$@"
"""


@dataclass(frozen=True)
class Machine:
    """A root that has the libraries of the engine and nothing else: no Python, no OpenSSL, no shell.

    Attributes:
        root: the folder.
        isolates: the command that makes a namespace for it; None where the system allows none.
    """

    root: Path
    isolates: tuple[str, ...] | None

    def run(self, game: Path, *arguments: str, variables: Sequence[str] = (), writable: bool = True) -> Run:
        """Runs a game here.

        Args:
            game: its folder.
            arguments: the game's own.
            variables: its environment, as `NAME=value`.
            writable: whether the game may write to its folder.
        """
        if self.isolates is None:
            return run_game(
                [game / PROGRAM], *arguments, variables=dict(text.split("=", 1) for text in variables)
            )
        chroot = shutil.which("chroot", path=f"{os.environ['PATH']}:/usr/sbin:/sbin") or "chroot"
        command = [
            *(*self.isolates, "sh", "-c", BARE, "sh"),
            *(str(self.root), str(game), "rw" if writable else "ro"),
            *(*variables, chroot, str(self.root), f"/game/{PROGRAM}"),
        ]
        variables_here = {"PATH": os.environ["PATH"]}
        return run_game(command, *arguments, variables=variables_here, expected=[XDG_USER_DIR])


@cache
def isolation() -> tuple[str, ...] | None:
    """How this user may have a namespace of mounts, if at all."""
    for command in (("unshare", "--mount"), ("unshare", "--map-root-user", "--mount")):
        if (
            shutil.which("unshare")
            and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
        ):
            return command
    return None


def make_machine(root: Path, program: Path) -> Machine:
    """Makes such a root.

    Args:
        root: an empty folder.
        program: what must run there, and so which libraries it needs.
    """
    for folder in ("game", "dev", "proc", "home", "tmp"):
        (root / folder).mkdir(parents=True)
    listed = subprocess.run(
        [program], env={"LD_TRACE_LOADED_OBJECTS": "1"}, capture_output=True, text=True, check=True
    ).stdout
    needed = {Path(word) for line in listed.splitlines() for word in line.split() if word.startswith("/")}
    (libc,) = (path for path in needed if path.name == "libc.so.6")
    rest = (libc.with_name(name) for name in LIBC.split())
    for path in (*needed, *(path for path in rest if path.is_file())):
        target = root / str(path).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return Machine(root, isolation())
