"""An interpreter ends at once, whatever its sessions are doing."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.loopback.network import SECONDS, blackholes
from tests.loopback.scripted import Pause, ReadRequest, ScriptedServer, Step
from tests.loopback.server import Server

from devkit.project import ROOT

LONG = 4 * SECONDS
"""Seconds: what a program would wait for, if it did."""

SCRIPTS: Mapping[str, list[Step]] = {
    "silent": [ReadRequest(), Pause(LONG)],
    "mute": [Pause(LONG)],
    "busy": [ReadRequest(), b"HTTP/1.1 503 Later\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n"],
    "events": [ReadRequest(), b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n"],
}

PROGRAM = """if True:
    import socket, sys, threading, time
    from pythonscript_http.sessions.event_source import EventSource
    from pythonscript_http.sessions.loop import Loop
    from pythonscript_http.sessions.mock import Mock
    from pythonscript_http.sessions.session import Session
    from pythonscript_http.sessions.transfer import Listener

    begun = threading.Event()
    ask = socket.getaddrinfo

    def asked(host, *arguments, **keywords):
        if host == b"slow.example":
            begun.set()
            time.sleep(1000)
        return ask(host, *arguments, **keywords)

    socket.getaddrinfo = asked

    class Begun(Listener):
        def sent(self, size, total):
            begun.set()

        def received(self, size, total):
            begun.set()

    session = Session(Loop())
    state, url, folder = sys.argv[1:]
    {state}
    {wait}
    print("over")
"""

BEGUN = "assert begun.wait(30)"
SOON = "time.sleep(0.2)"
STATES: Mapping[str, tuple[str, str, str]] = {
    "resolving": ("session.start('GET', 'http://slow.example/')", BEGUN, "silent"),
    "connecting": ("session.start('GET', url)", SOON, "blackhole"),
    "shaking hands": ("session.start('GET', url.replace('http', 'https'))", SOON, "mute"),
    "loading OpenSSL": ("session.start('GET', url.replace('http', 'https'))", "pass", "mute"),
    "uploading": ("session.start('POST', url, {'body': bytes(64 << 20)}, Begun())", BEGUN, "mute"),
    "awaiting": ("session.start('GET', url)", SOON, "silent"),
    "downloading": (
        "session.start('GET', url + 'bytes/1000000000', {'download_to': folder + '/f'}, Begun())",
        BEGUN,
        "server",
    ),
    "retrying": ("session.start('GET', url, {'retries': 3})", SOON, "busy"),
    "listening": ("EventSource(session, url).open()", SOON, "events"),
    "mocked": (
        "session.sender = Mock(session.loop); session.sender.on().answer(delay=1000.0)",
        "session.start('GET', url); time.sleep(0.1)",
        "mute",
    ),
    "in a thread": (
        "threading.Thread(target=session.request_sync, args=('GET', url), daemon=True).start()",
        SOON,
        "silent",
    ),
}
"""What a program does, what it waits for, and whom it asks."""


@pytest.fixture(scope="module")
def ports() -> Iterator[Mapping[str, int]]:
    with contextlib.ExitStack() as stack:
        found = {name: stack.enter_context(ScriptedServer(script)).port for name, script in SCRIPTS.items()}
        found["server"] = stack.enter_context(Server()).port
        found["blackhole"] = stack.enter_context(blackholes("127.0.0.1"))
        yield found


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("stopped", [True, False])
def test_the_end(state: str, stopped: bool, ports: Mapping[str, int], tmp_path: Path) -> None:
    does, waits, whom = STATES[state]
    end = "\n    session.close(); assert session.loop.stop(30); assert session.loop._thread is None"
    program = PROGRAM.replace("{state}", does).replace("{wait}", waits + (end if stopped else ""))
    done = subprocess.run(
        [
            sys.executable,
            "-X",
            "dev",
            "-W",
            "ignore",
            "-c",
            program,
            state,
            f"http://127.0.0.1:{ports[whom]}/",
            str(tmp_path),
        ],
        cwd=ROOT / "addons",
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "over\n", "")
    if stopped:
        assert list(tmp_path.iterdir()) == []
