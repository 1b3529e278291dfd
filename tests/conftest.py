"""One fault, one failure: what a test leaves behind when it fails is not the next one's."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Generator
from pathlib import Path
from typing import Final

import hypothesis
import pytest

# How long an example takes is up to the machine.
hypothesis.settings.register_profile(
    "tests", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile(
    "fuzz", deadline=None, suppress_health_check=list(hypothesis.HealthCheck), max_examples=20_000
)
hypothesis.settings.load_profile("tests")

_ERRORS: Final = pytest.StashKey[list[BaseException]]()
THREADS_END: Final = 5.0
"""Seconds for the threads of a test that failed; those that hang are left alone."""
_FIRST: Final = "_first_failure"
"""Attribute of an exception that a fixture raised: the test that failed of it first."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """How much is tried, and how chance begins."""
    parser.addoption(
        "--slow",
        action="store_true",
        default=bool(os.environ.get("CI")),
        help="the long half of the stress tests too; also where $CI is set",
    )
    parser.addoption("--seed", type=int, help="the seed of the stress tests, which they print; else any")


def pytest_configure() -> None:
    """Ends what a shell lets its background jobs ignore: all that the tests start would ignore it too."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Keeps the garbage collector, which many tests call, from what thousands of tests are made of."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip with the addons and the Python that runs the tests, made once a run."""
    from devkit import bundle, environment, interpreter

    python = interpreter.at(environment.base())
    return bundle.make(python, environment.Environment(Path(sys.prefix)), tmp_path_factory.mktemp("bundle"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A fixture that many tests share raises the same exception for each: one of them fails of it.

    The others are skipped. They could not run, and the run has failed already.
    """
    report = yield
    if call.excinfo is None or not report.failed:
        return report
    error = call.excinfo.value
    first = getattr(error, _FIRST, None)
    if call.when == "setup" and first is not None:
        path, line, _ = item.location
        report.outcome = "skipped"
        report.longrepr = (path, line or 0, f"its fixture has failed, see {first}")
    else:
        setattr(error, _FIRST, item.nodeid)
        item.stash.setdefault(_ERRORS, []).append(error)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Ends what a failed test holds in frames and threads: sockets would warn in the middle of another."""
    before = set(threading.enumerate())
    result = yield
    if errors := item.stash.get(_ERRORS, None):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            end = time.monotonic() + THREADS_END
            for thread in set(threading.enumerate()) - before:
                thread.join(max(0.0, end - time.monotonic()))
            while errors:
                error = errors.pop()
                for frame, _ in traceback.walk_tb(error.__traceback__):
                    with contextlib.suppress(RuntimeError):  # it is pytest's, and runs
                        frame.clear()
                        _ = frame.f_locals  # up to Python 3.12 a copy, which this brings up to date
                errors += filter(None, (error.__cause__, error.__context__))
            gc.collect()
    return result
