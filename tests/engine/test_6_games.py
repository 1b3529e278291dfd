"""Stage 6: scripts from the wild, with only the class's name changed; and the client in use at its limits."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from tests.engine.harness import HERE, Project, Run, functions
from tests.engine.strictness import errors, loose, loosen, warnings
from tests.engine.suites import RunOf, suite_tests
from tests.loopback.processes import files_allowed
from tests.loopback.server import Server, pattern
from tests.loopback.service import Seen, Service, digest

WILD = {"games_poll_loop.gd": True, "games_event_stream.gd": False, "games_downloads.gd": True}
"""Scripts from the wild, and whether they are typed."""

CLASSES = ("HTTPClient", "PyHTTPClient")

TYPING = (
    "inferred_declaration",
    "return_value_discarded",
    "unsafe_call_argument",
    "unsafe_cast",
    "unsafe_method_access",
    "unsafe_property_access",
    "untyped_declaration",
)
"""Warnings that scripts without types get whatever they do."""


def staged(root: Path, suite: str) -> Project:
    """A project in which every warning is an error, with each script from the wild once for each class."""
    project = Project(root, scripts=["measures.gd", suite], client=True, settings=errors(warnings()))
    loosen(project, "measures.gd", suite)
    for name, typed in WILD.items():
        text = (HERE / "scripts" / name).read_text(encoding="utf-8")
        assert "PyHTTPClient" not in text
        for replaced in CLASSES:
            script = text.replace("HTTPClient", replaced)
            project.write(name.replace(".gd", f"_{replaced}.gd"), script if typed else loose(script, TYPING))
    return project


# Three scripts from the wild

SUITE = "games.gd"
FILE_SIZE = 1_500_000


@pytest.fixture(scope="module")
def services() -> Iterator[Mapping[str, Service]]:
    """A service for each class, so that each has its own account of what was asked for."""
    with Service() as engines, Service() as ours:
        yield dict(zip(CLASSES, (engines, ours), strict=True))


@pytest.fixture(scope="module")
def run_of(services: Mapping[str, Service], tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    @cache
    def run(suite: str) -> Run:
        root = tmp_path_factory.mktemp("games")
        sha = hashlib.sha256(b"".join(pattern(FILE_SIZE))).hexdigest()
        return staged(root / "p", suite).run_suite(
            suite,
            *(f"--{name}={service.port}" for name, service in services.items()),
            *(f"--digest-{count}={digest(count)}" for count in (2000, 20000)),
            f"--digest-file={sha}",
            environment={"XDG_DATA_HOME": str(root / "data")},
            verbose=True,
        )

    return run


test_the_run, test_suite = suite_tests(SUITE)


def test_both_asked_for_the_same(run_of: RunOf, services: Mapping[str, Service]) -> None:
    """What the poll loop sent arrived alike: lines, forms, redirects, what was asked for anew."""
    run_of(SUITE)
    others = ("/quiet/", "/events/", "/slow/", "/go")
    first, second = (
        [seen for seen in services[name].seen if not seen.path.startswith(others)] for name in CLASSES
    )
    assert first == second
    form = b"user=J%C3%BCrgen%20%26%20S%C3%B6hne&tags=a&tags=b%3Dc&bare&n=1"
    assert Seen("POST", "/form", form) in first


# The client at its limits

LEFT_RUNNING = (
    "A Thread object is being destroyed without its completion",
    "ObjectDB instances leaked at exit",
    "resources still in use at exit",
)
"""What the engine says when a game quits and leaves a thread to its fate; with HTTPClient it then aborts."""


def play(root: Path, suite: str, *options: str, expected: Sequence[str] = ()) -> None:
    """Runs a suite with PyHTTPClient."""
    project = Project(root / "p", scripts=["measures.gd", suite], client=True)
    text = (HERE / "scripts" / "games_downloads.gd").read_text(encoding="utf-8")
    project.write("games_downloads.gd", text.replace("HTTPClient", "PyHTTPClient"))
    run = project.run_suite(
        suite,
        "--type=PyHTTPClient",
        *options,
        expected=expected,
        environment={"XDG_DATA_HOME": str(root / "data")},
        verbose=not expected,
    )
    run.assert_clean()
    for name in functions(suite):
        run.assert_passed(name)


@pytest.fixture(scope="module")
def service(services: Mapping[str, Service]) -> Service:
    return services["PyHTTPClient"]


@pytest.mark.parametrize(
    ("what", "expected"),
    [("drip", ()), ("close", ()), ("leave", LEFT_RUNNING)],
    ids=[
        "threads that are asked to end and waited for",
        "a read that close() cuts short",
        "a read left to its fate",
    ],
)
def test_quitting_while_threads_run(
    what: str, expected: Sequence[str], service: Service, tmp_path: Path
) -> None:
    """Threads in blocking mode end when they are asked to, and quitting takes under a second in any case."""
    play(tmp_path, "limits_quit.gd", f"--port={service.port}", f"--what={what}", expected=expected)


def test_blocking_mode_waits_in_the_kernel(service: Service, tmp_path: Path) -> None:
    """A thread that waits takes under a twentieth of a processor, and others go on.

    The engine's client takes a whole one while it waits for a body.
    """
    play(tmp_path, "limits_blocking.gd", f"--port={service.port}")


def test_blocking_mode_hands_over_what_has_come(service: Service, tmp_path: Path) -> None:
    """A chunked body comes chunk by chunk, as with the engine's client; else streams would stand still."""
    play(tmp_path, "limits_chunks.gd", f"--port={service.port}")


def test_a_large_upload_adds_no_copy(service: Service, tmp_path: Path) -> None:
    """200 MiB, by VmHWM; the engine's client adds another 200 MiB."""
    checksums = (f"--crc-{mib}={zlib.crc32(bytes([7]) * (mib << 20))}" for mib in (8, 200))
    play(tmp_path, "limits_upload.gd", f"--port={service.port}", *checksums)


@pytest.mark.parametrize("close", ["yes", "no"])
def test_a_thousand_idle_clients(close: str, tmp_path: Path) -> None:
    """They cost no memory with the time, and end with close() or with the game."""
    with files_allowed(4096), Server() as server:
        play(tmp_path, "limits_idle.gd", f"--port={server.port}", f"--close={close}")


def test_a_class_among_the_engines(service: Service, tmp_path: Path) -> None:
    """Extended, held in members, passed through signals, freed at any moment, made in thousands."""
    play(tmp_path, "limits_class.gd", f"--port={service.port}")
