"""Stage 9: what the pages show runs as it stands there, in a project made as the README says."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.docs.blocks import GUIDE, Block, blocks
from tests.docs.examples import examples
from tests.engine.harness import HOST, SECONDS, Project, Run, engine, functions
from tests.loopback.certificates import Authority
from tests.loopback.network import closed_port
from tests.loopback.scripted import ReadRequest, Reply, ScriptedServer, Secure, Step
from tests.loopback.tls_server import TlsServer, server_context

from devkit.project import EXTENSION

SUITE = "pages.gd"
BASES = ("pages_sessions.gd", "pages_base.gd")
IN_EDITOR = "pages_in_editor.gd"

NAMES = [name for suite in (SUITE, *BASES) for name in functions(suite)]
"""The tests of the pages but those for the editor."""
SHOWN = [block for block in blocks() if block.page != GUIDE]
SCRIPTS = {block.name: block for block in SHOWN if block.language == "gdscript"}
CLASSES = {
    block.name: block for block in [*SHOWN, *examples("addons/pythonscript")] if block.language == "python"
}
"""Modules with classes in Python."""
(FIRST_START,) = (block for block in blocks("sh") if block.name == "readme_in_a_project_of_your_own")
OTHER_FIRST_STARTS = [
    block for block in SHOWN if block.language == "sh" and "--import" in block.text and block != FIRST_START
]
SESSIONS = (
    "docs_sessions_one_line",
    "docs_sessions_a_session",
    "docs_sessions_a_token_that_has_to_be_refreshed",
    "docs_sessions_downloads_and_progress",
    "docs_sessions_server_sent_events",
)
FETCHING = (
    "readme_a_first_request",
    "docs_client_a_request_step_by_step",
    "addons_pythonscript_http_readme_a_first_request",
)
"""The scripts that get one body; each is run three times: with a server, without one, with half a body."""

PIN = "sha256//nHq8yT4fIRdvkyYwiKrIZNbDZ0gKdWpXNSOYYWYE+iY="
"""The server's, as the pages show it."""

BODY = b'{"Ada": 1815}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)

EVENTS = b"retry: 100\nid: 1\ndata: Ada\n\nid: 2\ndata: Grace\n\n"

PRINTED_HEAD = '200 { "Content-Type": "text/json", "Content-Length": "13" }'
PRINTED = {
    **{name: [BODY.decode()] for name in FETCHING},
    "docs_client_a_request_step_by_step": [PRINTED_HEAD, BODY.decode(), PRINTED_HEAD],
    "docs_sessions_one_line": ['{ "Ada": 1815 }'],
    "docs_sessions_a_session": ["200"],
    "docs_sessions_a_token_that_has_to_be_refreshed": [BODY.decode()],
    "docs_sessions_downloads_and_progress": ["true 100.0"],
    "docs_sessions_server_sent_events": ["Ada", "Grace"],
    "docs_sessions_tests_without_a_network": [
        '{ "points": 31 } 201 after 2 requests; TIMEOUT, as the mock has it'
    ],
    "addons_pythonscript_readme_await": ["one frame later"],
}
"""What the blocks print."""
NOISE = re.compile(r"PASS |EXPECT |Loading resource: |ERROR: |\s")
"""What else is printed: by the suite, by the engine, and errors, which the suite announces."""


@dataclass(frozen=True)
class Played:
    """The run of the suite, and what came to the server of plain HTTP meanwhile."""

    run: Run
    received: list[bytes]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("pages")
    root = Authority()
    identity, device = root.issue("localhost"), root.issue(common_name="device")
    mutual_context = server_context(identity, trusted=root.pem)
    # In TLS 1.2 a client is connected only after the server has accepted its certificate.
    mutual_context.maximum_version = ssl.TLSVersion.TLSv1_2
    closed = closed_port()
    calls: list[Step] = [Secure(identity)]
    for _ in range(3):
        calls += ReadRequest(), Reply(answered)
    with (
        ScriptedServer(calls) as sessions,
        ScriptedServer([ReadRequest(), HEAD + BODY, ReadRequest()]) as plain,
        ScriptedServer([ReadRequest(), HEAD + BODY[:5]]) as half,
        TlsServer(identity, wait) as secure,
        TlsServer(mutual_context, wait) as mutual,
    ):
        ports = {"": plain.port, "_with_half_a_body": half.port, "_without_a_server": closed}
        served = f"https://localhost:{sessions.port}"
        api = {"https://api.example.org": f"https://localhost:{mutual.port}"}
        pin = {PIN: identity.pin}
        scripts = {
            **{name: block.text for name, block in SCRIPTS.items()},
            **{
                f"{name}{variant}": changed(SCRIPTS[name], {"8000": str(port)})
                for name in FETCHING
                for variant, port in ports.items()
            },
            **{name: SCRIPTS[name].text.replace("https://api.example.org", served) for name in SESSIONS},
            "docs_client_tls": changed(SCRIPTS["docs_client_tls"], {**api, **pin}),
            "docs_client_tls_with_the_pins_as_shown": changed(SCRIPTS["docs_client_tls"], api),
            "docs_tls_to_pin_a_key": changed(SCRIPTS["docs_tls_to_pin_a_key"], pin),
        }
        in_python = CLASSES["docs_python_the_client_in_python"]
        classes = {
            **{name: block.text for name, block in CLASSES.items()},
            in_python.name: changed(in_python, {"8000": str(plain.port)}),
        }
        files = {
            "root.crt": root.pem,
            "device.crt": device.pem,
            "device.key": device.key_pem,
            "good.crl": root.revoke(),
            "revoking.crl": root.revoke(identity),
            **{f"{name}.gd": text for name, text in scripts.items()},
            **{place_of(block): classes[name] for name, block in CLASSES.items()},
        }
        project = fresh_project(folder / "p", files)
        run = project.run_suite(
            SUITE,
            f"--secure={secure.port}",
            f"--mutual={mutual.port}",
            f"--closed={closed}",
            environment={"XDG_DATA_HOME": str(folder / "user")},
            verbose=True,
        )
    return Played(run, plain.received)


def answered(request: bytes) -> bytes:
    """Who does not log in, and has no token that is right, is refused."""
    if request.startswith(b"GET /scores HTTP") and b"Bearer" not in request:
        return b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
    if request.startswith(b"GET /events"):
        if b"Last-Event-ID: 2" in request:
            return b"HTTP/1.1 204 No Content\r\n\r\n"
        return b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n%b" % (
            len(EVENTS),
            EVENTS,
        )
    return HEAD + BODY


def wait(connection: ssl.SSLSocket) -> None:
    """Leaves it to the client to close a connection."""
    connection.recv(1)


def changed(block: Block, replacements: dict[str, str]) -> str:
    """A block with what is ours in the place of what it shows."""
    text = block.text
    for old, new in replacements.items():
        assert text.count(old) == 1, f"{block.place}: {old}"
        text = text.replace(old, new)
    return text


def place_of(block: Block) -> str:
    """Where a class in Python stands in a project: a page says it in the first line of the block."""
    if block.page.endswith(".py"):
        return f"addons/{block.name}/register_types.py"
    assert block.file, f"{block.place}: the first line does not say which file this is"
    return block.file


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run of what is for the editor, in the editor."""
    files = {place_of(block): block.text for block in CLASSES.values()}
    return fresh_project(tmp_path_factory.mktemp("edited") / "p", files, editor=True).run_suite(
        IN_EDITOR, verbose=True
    )


def fresh_project(folder: Path, files: dict[str, str], *, editor: bool = False) -> Project:
    """A project made as the README says."""
    project = Project(
        folder,
        scripts=[IN_EDITOR] if editor else [SUITE, *BASES],
        host=False,
        client=True,
        editor=editor,
        settings={"network": ['tls/certificate_bundle_override="res://root.crt"']},
    )
    (project.addons / HOST.name).symlink_to(HOST)
    for name, text in files.items():
        project.write(name, text)
    project.write("addons/levels/names.txt", "meadow\ncave\n")
    start_as_shown(FIRST_START, folder)
    return project


def start_as_shown(block: Block, folder: Path) -> None:
    """Runs a block's command in a project's folder; it may say nothing but what the editor does."""
    programs = folder.with_name(f"{folder.name}_bin")
    programs.mkdir()
    (programs / "godot").symlink_to(engine())
    done = subprocess.run(
        ["/bin/sh", "-e", "-c", block.text],
        cwd=folder,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, f"{block.place}: {done.stdout}{done.stderr}"
    assert EXTENSION in (folder / ".godot" / "extension_list.cfg").read_text(encoding="utf-8")


@pytest.mark.parametrize("block", OTHER_FIRST_STARTS, ids=lambda block: block.page)
def test_the_first_start_of_an_editor_is_the_same_everywhere(block: Block) -> None:
    assert block.text == FIRST_START.text


def test_every_block_has_its_test() -> None:
    names = [name.removeprefix("test_") for name in (*NAMES, *functions(IN_EDITOR))]
    shown = [*SCRIPTS.values(), *CLASSES.values()]
    untested = [block for block in shown if block.name not in names]
    assert [f"{block.place} needs a test_{block.name}() in {SUITE}" for block in untested] == []
    assert [name for name in names if not any(name.startswith(block.name) for block in shown)] == []


def test_the_run(played: Played) -> None:
    played.run.assert_clean()


@pytest.mark.parametrize("name", NAMES)
def test_suite(name: str, played: Played) -> None:
    played.run.assert_passed(name)


def test_the_run_in_the_editor(edited: Run) -> None:
    edited.assert_clean()


@pytest.mark.parametrize("name", functions(IN_EDITOR))
def test_suite_in_the_editor(name: str, edited: Run) -> None:
    edited.assert_passed(name)


@pytest.mark.parametrize("name", PRINTED)
def test_what_a_block_prints(name: str, played: Played) -> None:
    lines = list(played.run.lines)
    begin = lines.index(f"TEST test_{name}") + 1
    end = next(at for at in range(begin, len(lines)) if lines[at].startswith(("TEST ", "END ")))
    assert [line for line in lines[begin:end] if not NOISE.match(line)] == PRINTED[name]


def test_what_the_clients_send(played: Played) -> None:
    assert len(played.received) == len(FETCHING) + 1  # from GDScript and from Python
    assert all(request.startswith(b"GET /scores?season=7 HTTP/1.1\r\n") for request in played.received)
    wanted = sum(b"\r\nAccept: application/json\r\n" in request for request in played.received)
    assert wanted == 2  # the longer one from GDScript, and that in Python


def test_a_script_for_platforms_without_python(tmp_path: Path) -> None:
    """It parses, and takes the engine's client."""
    project = Project(tmp_path / "p", host=False)
    project.write("fallback.gd", SCRIPTS["docs_exporting_platforms"].text)
    project.write(
        "main.gd",
        "extends SceneTree\n\nfunc _initialize() -> void:\n"
        "\troot.add_child((load('res://fallback.gd') as GDScript).new() as Node)\n"
        "\tawait process_frame\n\tprint('END 0 0')\n\tquit()\n",
    )
    run = project.run("--headless", "--script", "res://main.gd", ends=True)
    run.assert_clean()
    assert "connecting with HTTPClient" in run.lines
