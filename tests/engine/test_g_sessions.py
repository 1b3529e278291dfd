"""Stage 16: calls in one line and sessions, from GDScript."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from tests.engine.harness import CLIENT, Project, Run, functions
from tests.engine.strictness import assert_compiles
from tests.engine.suites import RunOf, suite_tests
from tests.loopback.certificates import Authority
from tests.loopback.network import blackholes, closed_port
from tests.loopback.responses import HELLO, OK
from tests.loopback.scripted import Pause, ReadRequest, Reply, ScriptedServer, Secure, Step
from tests.loopback.server import Server
from tests.loopback.service import Service

from pythonscript_http.sessions.failures import Failure
from pythonscript_http.sessions.options import Options

SUITES = ("sessions.gd", "sessions_waiting.gd", "sessions_hooks.gd")
LONG = 60.0
"""Seconds: longer than any call here waits."""


def _mirror(request: bytes) -> bytes:
    """Answers a request with itself, unless its token is an old one."""
    if b"Bearer 0" in request:
        return b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
    return OK + b"Content-Length: %d\r\n\r\n" % len(request) + request


def _circle(_: bytes) -> bytes:
    return b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"


SCRIPTS: Mapping[str, Sequence[Step]] = {
    "cached": [ReadRequest(), HELLO.replace(b"OK\r\n", b"OK\r\nCache-Control: max-age=600\r\n")] * 9,
    "silent": [ReadRequest(), Pause(LONG)],
    "mute": [Pause(LONG)],
    "busy": [ReadRequest(), b"HTTP/1.1 503 Later\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n"],
    "events": [ReadRequest(), OK + b"Content-Type: text/event-stream\r\n\r\ndata: 1\n\n"],
    "half": [ReadRequest(), OK + b"Content-Length: 10\r\n\r\nhello"],
    "garbage": [ReadRequest(), b"this is no HTTP at all\r\n\r\n"],
    "no_gzip": [ReadRequest(), OK + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"],
    "circle": [ReadRequest(), Reply(_circle)] * 20,
    "elsewhere": [ReadRequest(), b"HTTP/1.1 302 Found\r\nLocation: ftp://x/\r\nContent-Length: 0\r\n\r\n"],
    "tokens": [ReadRequest(), Reply(_mirror)] * 10,
    "keeps_cookie": [ReadRequest(), OK + b"Set-Cookie: kept=1; Max-Age=9999\r\nContent-Length: 0\r\n\r\n"],
}
"""What the servers do, by name."""


@pytest.fixture(scope="module")
def files() -> Mapping[str, Authority]:
    return {"root.crt": Authority(), "stranger.crt": Authority("Stranger")}


@pytest.fixture(scope="module")
def options(files: Mapping[str, Authority]) -> Iterator[list[str]]:
    """All servers run; gives where, as the suites get it."""
    with contextlib.ExitStack() as stack:
        ports = {name: stack.enter_context(ScriptedServer(script)).port for name, script in SCRIPTS.items()}
        for name, file in (("secure", "root.crt"), ("stranger", "stranger.crt")):
            identity = files[file].issue("localhost")
            steps: list[Step] = [Secure(identity)]
            for _ in range(9):
                steps += ReadRequest(), HELLO
            ports[name] = stack.enter_context(ScriptedServer(steps)).port
        ports["server"] = stack.enter_context(Server()).port
        ports["service"] = stack.enter_context(Service()).port
        ports["closed"] = closed_port()
        ports["blackhole"] = stack.enter_context(blackholes("127.0.0.1"))
        yield [f"--{name}={number}" for name, number in ports.items()]


def project(
    root: Path,
    files: Mapping[str, Authority],
    suite: str,
    *,
    editor: bool = False,
    addons: Sequence[str] = (),
) -> Project:
    made = Project(
        root,
        scripts=["sessions_base.gd", suite],
        addons=addons,
        client=True,
        editor=editor,
        settings={"network": ['tls/certificate_bundle_override="res://root.crt"']},
    )
    for name, authority in files.items():
        made.write(name, authority.pem)
    return made


def environment(root: Path) -> dict[str, str]:
    return {"XDG_DATA_HOME": str(root.parent / "user")}


@pytest.fixture(scope="module")
def run_of(
    options: Sequence[str], files: Mapping[str, Authority], tmp_path_factory: pytest.TempPathFactory
) -> RunOf:
    @cache
    def run(suite: str) -> Run:
        root = tmp_path_factory.mktemp("sessions") / "p"
        return project(root, files, suite).run_suite(
            suite, *options, environment=environment(root), verbose=True
        )

    return run


test_the_run, test_suite = suite_tests(*SUITES)


def test_no_frame_waits_for_imports(
    options: Sequence[str], files: Mapping[str, Authority], tmp_path: Path
) -> None:
    made = project(tmp_path / "p", files, "sessions_first.gd", addons=["imports"])
    run = made.run_suite("sessions_first.gd", *options)
    run.assert_clean()
    for name in functions("sessions_first.gd"):
        run.assert_passed(name)


def test_quitting_with_calls_under_way(
    options: Sequence[str], files: Mapping[str, Authority], tmp_path: Path
) -> None:
    """It takes less than a second, and keeps the cookies."""
    root = tmp_path / "p"
    run = project(root, files, "sessions_quit.gd").run_suite(
        "sessions_quit.gd", *options, environment=environment(root)
    )
    run.assert_clean()
    run.assert_passed("test_a_waiter_that_is_freed")
    run.assert_passed("test_calls_are_under_way")
    (kept,) = (tmp_path / "user").rglob("left_cookies")
    assert '"kept"' in kept.read_text(encoding="utf-8")


STATES = (
    *("importing", "resolving", "connecting", "loading_openssl", "shaking_hands", "uploading"),
    *("uploading_a_file", "downloading", "streaming", "retrying", "mocked", "asking_a_hook", "listening"),
    *("of_a_node", "in_a_thread", "awaited"),
)


@pytest.mark.parametrize("state", STATES)
def test_quitting_in_any_state(state: str, options: Sequence[str], tmp_path: Path) -> None:
    """Within a second, without an error, a leak, or a thread that goes on."""
    made = Project(
        tmp_path / "p",
        scripts=["sessions_base.gd", "sessions_quit_states.gd"],
        addons=["leftovers"],
        client=True,
    )
    run = made.run_suite(
        "sessions_quit_states.gd", f"--state={state}", *options, environment=environment(made.root)
    )
    run.assert_clean()
    run.assert_passed("test_quitting")
    assert "LEFT []" in run.lines
    assert not list((tmp_path / "user").rglob("left.bin*"))


def test_in_the_editor(options: Sequence[str], files: Mapping[str, Authority], tmp_path: Path) -> None:
    """`@tool` scripts have all of it."""
    made = project(tmp_path / "p", files, "sessions_hooks.gd", editor=True)
    for name in ("sessions_base.gd", "sessions_hooks.gd"):
        made.write(name, "@tool\n" + (made.root / name).read_text(encoding="utf-8"))
    run = made.run_suite("sessions_hooks.gd", *options)
    run.assert_clean()
    for name in run.tests:
        run.assert_passed(name)
    assert len(run.tests) > 3


def test_without_a_scene_tree(options: Sequence[str], tmp_path: Path) -> None:
    """A bare MainLoop gets its results too."""
    made = Project(tmp_path / "p", client=True)
    made.write(
        "main.gd",
        "extends MainLoop\n\nvar _over := false\n\nfunc _initialize() -> void:\n"
        "\tvar server := OS.get_cmdline_user_args()[0]\n"
        "\tvar response: PyHTTPResponse = await PyHTTP.fetch(server + '/hello')\n"
        "\tprint(response.text())\n\tprint('END 0 0')\n\t_over = true\n\n"
        "func _process(_delta: float) -> bool:\n\treturn _over\n",
    )
    port = next(option for option in options if option.startswith("--server=")).partition("=")[2]
    run = made.run("--headless", "--script", "res://main.gd", "--", f"http://127.0.0.1:{port}", ends=True)
    run.assert_clean()
    assert "hello, world" in run.lines


def test_they_have_types(tmp_path: Path) -> None:
    """A typed script that uses all of them compiles with every warning an error."""
    assert_compiles(tmp_path / "p", "sessions_strict.gd")


def members(path: Path, name: str) -> dict[str, object]:
    """The values that a class's body assigns."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (found,) = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == name)
    values: dict[str, object] = {}
    for node in found.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            with contextlib.suppress(ValueError):
                values[node.targets[0].id] = ast.literal_eval(node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            assert isinstance(node.value, ast.Call)
            with contextlib.suppress(ValueError):
                values[node.target.id] = ast.literal_eval(node.value.args[0]) if node.value.args else None
    return values


def test_every_failure_has_its_error() -> None:
    found = members(CLIENT / "engine" / "response.py", "ErrorCode")
    assert found == {f"ERROR_{failure.name}": int(failure) for failure in Failure}


def test_properties_have_the_defaults_of_the_options() -> None:
    source = (CLIENT / "engine" / "settings.py").read_text(encoding="utf-8")
    names = ast.literal_eval(source.partition("OPTIONS: Final = ")[2].partition('\n"""')[0])
    found = members(CLIENT / "engine" / "session.py", "PyHTTPSession")
    defaults = Options()
    assert {name: found[name] for name in names} == {name: getattr(defaults, name) for name in names}
