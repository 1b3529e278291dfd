"""Starts the editor on a screen in memory, in both themes and sizes, and has it take pictures of itself."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.engine.harness import Project
from tests.loopback.network import closed_port
from tests.loopback.server import Server

from devkit import display
from devkit.console import Failure, say
from devkit.display import Size
from devkit.project import ROOT

HERE = Path(__file__).parent
SUITE = "http_pictures.gd"
TAKEN = ROOT / "dist" / "pictures"
SHOWN = ROOT / "docs" / "pictures"
"""Those that pages show: of the first run, cut to the panel."""
RUNS = [
    ("dark", Size(1280, 800)),
    ("light", Size(1024, 600)),
    ("light", Size(1280, 800)),
    ("dark", Size(1024, 600)),
]
PRESETS = {
    "dark": ("Default", "Color(0.21, 0.24, 0.29, 1)"),
    "light": ("Light", "Color(0.9, 0.9, 0.9, 1)"),
}
SETTINGS = """\
[gd_resource type="EditorSettings" format=3]

[resource]
interface/theme/preset = "{preset}"
interface/theme/color_preset = "{preset}"
interface/theme/base_color = {color}
interface/editor/single_window_mode = true
interface/editor/update_continuously = true
"""
ENVIRONMENTS = {"local": {"host": "http://127.0.0.1:PORT"}, "live": {"host": "https://api.example.org"}}


def take(theme: str, size: Size, variables: dict[str, str], into: Path) -> None:
    """Takes the pictures of one theme and size.

    Raises:
        Failure: the editor does not come so far; with what it said.
    """
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder, Server() as server:
        root, scripts = Path(folder) / "p", [SUITE, "http_editor_base.gd"]
        project = Project(root, scripts=scripts, client=True, editor=True, plugins=["pythonscript_http"])
        for name in ("game.gd", "game.tscn", "scores.http"):
            text = (HERE / name).read_text(encoding="utf-8")
            project.write(name, text.replace("PORT", str(server.port)).replace("CLOSED", str(closed_port())))
        project.write("http-client.env.json", json.dumps(ENVIRONMENTS).replace("PORT", str(server.port)))
        project.write("http-client.private.env.json", '{"local": {"token": "s3cret"}}')
        preset, color = PRESETS[theme]
        settings = SETTINGS.format(preset=preset, color=color)
        project.write("../p_config/godot/editor_settings-4.6.tres", settings)
        run = project.run(
            *("--display-driver", "x11", "--rendering-driver", "opengl3", "--audio-driver", "Dummy"),
            *("--single-window", "--editor", "--", f"res://{SUITE}", f"--port={server.port}"),
            *(f"--pictures={into}", f"--size={size.width}x{size.height}"),
            environment=variables,
        )
    if not any(line.startswith("END ") for line in run.lines) or any(t.failures for t in run.tests.values()):
        raise Failure("\n".join(["the editor takes no pictures:", *run.lines[-40:]]))


def main() -> int:
    """Takes all pictures."""
    place = Path(os.environ["PICTURES_DISPLAY"])
    os.environ["GODOT"] = str(display.program(place))
    for index, (theme, size) in enumerate(RUNS):
        into = TAKEN / f"{theme}-{size.width}x{size.height}"
        with display.showing(place, size) as variables:
            take(theme, size, variables, into)
        say("pictures", str(into.relative_to(ROOT)))
        if index == 0:
            SHOWN.mkdir(exist_ok=True)
            for name in ("console", "inspector"):
                shutil.copyfile(into / f"panel_{name}.png", SHOWN / f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
