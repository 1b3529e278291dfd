"""The examples in the docstrings of the client run as they stand; those of `godot` do in test_9_pages.py."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tests.docs.blocks import ROOT, Block
from tests.docs.examples import examples, read
from tests.loopback.scripted import ReadRequest, ScriptedServer

SECONDS = 60.0
"""No example takes longer."""

EXAMPLES = examples("addons/pythonscript_http")

SOURCE = '''\
"""A module.

    first()

    second()

More of it:

    this   is a table
    ----   ----------
    of     words
"""


def function() -> None:
    """Does something.

    Args:
        one: is none.

    Raises:
        Error: too.
    """
'''

RUN = """\
import importlib, pkgutil, sys
import pythonscript_http

modules = [pythonscript_http]
for found in pkgutil.walk_packages(pythonscript_http.__path__, "pythonscript_http."):
    if not found.name.startswith(("pythonscript_http.engine", "pythonscript_http.register_")):
        modules.append(importlib.import_module(found.name))
names = {name: value for module in modules for name, value in vars(module).items() if name[0] != "_"}
exec(compile(sys.stdin.read(), sys.argv[1], "exec"), names)
"""
"""Runs what comes in, with all public names of the package: an example imports nothing."""


def test_examples_are_what_is_indented_behind_an_empty_line() -> None:
    assert list(read("addons/mine/__init__.py", SOURCE)) == [
        Block("addons/mine/__init__.py", 3, "", "python", "first()\n\nsecond()\n", "addons_mine")
    ]


def run(example: Block, port: int) -> str:
    """Runs an example whose server listens at a port; returns its output."""
    code = example.text.replace("8000", str(port))
    done = subprocess.run(
        [sys.executable, "-c", RUN, example.place],
        input=code,
        env={**os.environ, "PYTHONPATH": str(ROOT / "addons")},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert (done.returncode, done.stderr) == (0, ""), f"{example.place}: {done.stderr}"
    return done.stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.place for example in EXAMPLES])
def test_an_example_runs(example: Block) -> None:
    with ScriptedServer([ReadRequest(), b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"]) as server:
        run(example, server.port)


def test_the_example_of_the_package_gets_an_answer() -> None:
    (example,) = [example for example in EXAMPLES if example.name == "addons_pythonscript_http"]
    assert "8000" in example.text
    with ScriptedServer([ReadRequest(), b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"]) as server:
        assert run(example, server.port) == "b'hello'\n200 \n"
    assert b"\r\nHost: localhost" in server.received[0]
