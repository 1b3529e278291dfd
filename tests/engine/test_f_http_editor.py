"""Stage F: the HTTP console and the network inspector, in a headless editor; their games, to a suite."""

from __future__ import annotations

import json
import socketserver
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.engine.harness import CLIENT, Project, Run, functions
from tests.engine.strictness import errors, loosen, warnings
from tests.loopback.network import closed_port
from tests.loopback.server import Server

SUITE = "http_editor.gd"
PLUGINS = ["pythonscript_http"]

WAITING = """

func _quit_when_told() -> void:
\tFileAccess.open("res://.godot/done", FileAccess.WRITE).close()
\twhile not FileAccess.file_exists("res://.godot/quit"):
\t\tawait get_tree().process_frame
\tget_tree().quit()
"""
GAME = """\
extends Node
## Makes the request of the console, one that is refused, and one that has an error.


func _ready() -> void:
\tvar copied: Node = (load("res://copied.gd") as GDScript).new()
\tadd_child(copied)
\tawait get_tree().create_timer(0.5).timeout
\tvar refused := PyHTTPClient.new()
\trefused.connect_to_host("127.0.0.1", CLOSED)
\tfor path: String in ["", "/status/404"]:
\t\tvar client := refused if path == "" else PyHTTPClient.new()
\t\tif path != "":
\t\t\tclient.connect_to_host("127.0.0.1", PORT)
\t\twhile client.get_status() in [PyHTTPClient.STATUS_RESOLVING, PyHTTPClient.STATUS_CONNECTING]:
\t\t\tclient.poll()
\t\t\tawait get_tree().process_frame
\t\tif client.get_status() == PyHTTPClient.STATUS_CONNECTED:
\t\t\tclient.request(PyHTTPClient.METHOD_GET, path, [])
\t\twhile client.get_status() == PyHTTPClient.STATUS_REQUESTING:
\t\t\tclient.poll()
\t\t\tawait get_tree().process_frame
\t_quit_when_told()
"""
CALLS = """\
extends Node
## Makes calls of sessions: one that is repeated, two that cannot be, one of a node and one of a source.


func _ready() -> void:
\tvar session := PyHTTPSession.new()
\tsession.retries = 1
\tawait session.fetch("http://127.0.0.1:PORT/status/503")
\tawait PyHTTP.fetch("ftp://nothing")
\tvar refused: PyHTTPResponse = await PyHTTP.fetch("http://u:p@none/", {"stream_response": true})
\tprint(refused.url)
\tvar node := PyHTTPRequest.new()
\tnode.name = "Asking"
\tadd_child(node)
\tnode.request("http://127.0.0.1:PORT/hello")
\tawait node.request_completed
\tvar source := PyHTTPEventSource.new()
\tsource.open("http://127.0.0.1:PORT/status/404")
\tawait source.closed
\t_quit_when_told()
"""
SCENE = """\
[gd_scene load_steps=2 format=3]

[ext_resource type="Script" path="res://game.gd" id="1"]

[node name="Game" type="Node"]
script = ExtResource("1")
"""


@dataclass(frozen=True)
class Edited:
    run: Run
    root: Path


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Edited:
    root = tmp_path_factory.mktemp("http_editor") / "p"
    project = Project(root, scripts=[SUITE, "http_editor_base.gd"], client=True, editor=True, plugins=PLUGINS)
    closed = closed_port()
    with Server() as server:
        for name, text in {"game.gd": GAME, "calls.gd": CALLS}.items():
            ported = text.replace("CLOSED", str(closed)).replace("PORT", str(server.port))
            project.write(name, ported + WAITING)
        project.write("game.tscn", SCENE)
        project.write("calls.tscn", SCENE.replace("game", "calls").replace("Game", "Calls"))
        run = project.run_suite(SUITE, f"--port={server.port}", f"--closed={closed}", verbose=True)
    return Edited(run, root)


def test_the_run(edited: Edited) -> None:
    edited.run.assert_clean()


@pytest.mark.parametrize("name", functions(SUITE))
def test_suite(name: str, edited: Edited) -> None:
    edited.run.assert_passed(name)


@pytest.mark.parametrize(("name", "secret"), [("masked", False), ("whole", True)])
def test_a_har_that_was_saved(name: str, secret: bool, edited: Edited) -> None:
    text = (edited.root / f"{name}.har").read_text(encoding="utf-8")
    entries = json.loads(text)["log"]["entries"]
    assert [entry["response"]["status"] for entry in entries] == [200, 0, 404]
    assert ("s3cret" in text) == secret


# Keys, and those who mean harm

PANELS = "http_panels.gd"
PIXELS = struct.pack(">I4s2I5B", 13, b"IHDR", 60000, 60000, 8, 6, 0, 0, 0)
PNG = b"\x89PNG\r\n\x1a\n"
TEXT = b"Content-Type: text/plain\r\n"
JSON = b"Content-Type: application/json\r\n"
HOSTILE = {
    "/headers": (b"".join(b"X-%d: y\r\n" % n for n in range(10_000)), b""),
    "/long": (b"X: " + b"y" * 60_000 + b"\r\n", b""),
    "/binary": (b"X-\xff: \x01\x7f\xfe\xff\r\n" + TEXT, bytes(range(256)) * 99),
    "/controls": (TEXT, b"\x1b[31m\0\x07\xe2\x80\xae\xef\xbb\xbf\r\r\n" * 99),
    "/deep": (JSON, b"[" * 300_000 + b"]" * 300_000),
    "/lines": (TEXT, b"\n" * 300_000),
    "/wide": (JSON, b"[" + b"1," * 200_000 + b"1]"),
    "/large": (b"Content-Type: x/y\r\n", bytes(70 << 20)),
    "/charset": (b"Content-Type: text/plain; charset=undefined\r\n", b"\xff" * 99),
    "/status": (b"", b""),
}
ANSWERS = {
    **HOSTILE,
    "/echo": (b"", b"{}"),
    "/redirect": (b"Location: javascript:\x1b\r\n", b""),
    "/bomb": (b"", PNG + PIXELS),
    "/damaged": (b"", PNG + PIXELS.replace(b"\0\0\xea\x60", b"\0\0\0\x08") + b"damage" * 9),
}


class Hostile(socketserver.BaseRequestHandler):
    """Answers one request, as its path says."""

    def handle(self) -> None:
        with suppress(OSError):
            path = self.request.recv(65536).split(b" ")[1].decode()
            line = b"HTTP/1.1 302 \x1b]0;x\x07\xff\r\n" if path == "/redirect" else b"HTTP/1.1 200 OK\r\n"
            if path == "/endless":
                self.request.sendall(line + b"\r\n")
                while True:
                    self.request.sendall(bytes(4096))
                    time.sleep(0.001)
            headers, body = ANSWERS[path]
            self.request.sendall(line + headers + b"Content-Length: %d\r\n\r\n" % len(body) + body)


class HostileServer(socketserver.ThreadingTCPServer):
    daemon_threads = True


@pytest.fixture(scope="module")
def panels(tmp_path_factory: pytest.TempPathFactory) -> Run:
    root = tmp_path_factory.mktemp("http_panels") / "p"
    scripts = [PANELS, "http_editor_base.gd"]
    project = Project(root, scripts=scripts, client=True, editor=True, plugins=PLUGINS)
    with HostileServer(("127.0.0.1", 0), Hostile) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        arguments = f"--port={server.server_address[1]}", f"--hostile={','.join(HOSTILE)}"
        run = project.run_suite(PANELS, *arguments, verbose=True)
        server.shutdown()
    return run


def test_the_panels(panels: Run) -> None:
    panels.assert_clean()


@pytest.mark.parametrize("name", functions(PANELS))
def test_panels(name: str, panels: Run) -> None:
    panels.assert_passed(name)


# The game's side, played to a suite that is the editor

DEBUGGED = """\
extends SceneTree
## Sends a hundred requests, one after the other, and quits; with `--waits` one, and the rest when it is told.

var client := PyHTTPClient.new()
var left := 100
var waits := "--waits" in OS.get_cmdline_user_args()
var headers: PackedStringArray = []


func _initialize() -> void:
\tEngineDebugger.register_message_capture("game", _capture)
\tclient.connect_to_host("127.0.0.1", PORT)


func _capture(_message: String, _data: Array) -> bool:
\twaits = false
\theaders = ["X-After: yes"]
\treturn true


func _process(_delta: float) -> bool:
\tclient.poll()
\tmatch client.get_status():
\t\tPyHTTPClient.STATUS_CONNECTED:
\t\t\tif waits and left < 100:
\t\t\t\treturn false
\t\t\tif left == 0:
\t\t\t\tEngineDebugger.unregister_message_capture("game")
\t\t\t\treturn true
\t\t\tleft -= 1
\t\t\tclient.request(PyHTTPClient.METHOD_GET, "/hello", headers)
\t\tPyHTTPClient.STATUS_BODY:
\t\t\tclient.read_response_body_chunk()
\treturn false
"""
PLAYED = "plays_the_editor.gd"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Run:
    project = Project(tmp_path_factory.mktemp("played") / "p", scripts=[PLAYED], client=True)
    with Server() as server:
        project.write("game.gd", DEBUGGED.replace("PORT", str(server.port)))
        return project.run_suite(PLAYED)


def test_the_game_and_its_editor(played: Run) -> None:
    played.assert_clean()


@pytest.mark.parametrize("name", functions(PLAYED))
def test_a_game_with_its_editor(name: str, played: Run) -> None:
    played.assert_passed(name)


WITHOUT = """\
from godot import EngineDebugger, before_stop
from pythonscript_http import tracing


@before_stop
def tell() -> None:
    import sys

    found = [name for name in sys.modules if name.startswith("pythonscript_http.editor")]
    print("RECORDS", EngineDebugger.is_active(), tracing.default_trace(float, float), found)
"""


def test_without_a_debugger_nothing_is_recorded_nor_imported(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", client=True)
    project.write("addons/zz/register_types.py", WITHOUT)
    project.write("quit.gd", "extends SceneTree\n\n\nfunc _initialize() -> void:\n\tquit()\n")
    run = project.run("--headless", "--script", "res://quit.gd")
    run.assert_clean()
    assert "RECORDS False None []" in run.lines


# Without Python

LABEL = """\
@tool
extends "suite.gd"


func test_one_label_says_what_is_missing() -> void:
\tvar labels := get_tree().root.find_children("HTTP", "Label", true, false)
\tcheck("labels", labels.size(), 1)
\tcheck_true("its text", (labels[0] as Label).text.contains("pythonscript"))
\tEditorInterface.set_plugin_enabled("pythonscript_http", false)
\tawait get_tree().process_frame
\tcheck("gone", get_tree().root.find_children("HTTP", "Label", true, false).size(), 0)
"""


def test_without_python_one_label_says_so(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", host=False, client=True, editor=True, plugins=PLUGINS)
    project.write("label.gd", LABEL)
    run = project.run_suite("label.gd", verbose=True)
    run.assert_clean()
    run.assert_passed("test_one_label_says_what_is_missing")


LOADER = """\
extends SceneTree


func _initialize() -> void:
\tfor file in FILES:
\t\tvar script: GDScript = load("res://addons/pythonscript_http/editor/" + file)
\t\tprint("COMPILED ", script != null and script.can_instantiate(), " ", file)
\tquit()
"""

TASTE = ("inferred_declaration", "return_value_discarded")
"""Warnings that the engine has off; so are the unsafe ones, as the panels name none of our classes."""


def test_the_panels_compile_without_a_warning(tmp_path: Path) -> None:
    folder = CLIENT / "editor"
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.gd"))
    assert "panels/console.gd" in files
    wanted = [name for name in warnings() if name not in TASTE and not name.startswith("unsafe_")]
    strict = {"debug": [*errors(wanted)["debug"], "gdscript/warnings/exclude_addons=false"]}
    project = Project(tmp_path / "p", client=True, settings=strict)
    project.write("load.gd", LOADER.replace("FILES", json.dumps(files)))
    loosen(project, "load.gd")
    run = project.run("--headless", "--script", "res://load.gd")
    run.assert_clean()
    assert [line for line in run.lines if line.startswith("COMPILED ")] == [
        f"COMPILED true {name}" for name in files
    ]
    run.assert_clean()
