"""`import godot` where no engine runs: what works, and what is said of the rest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import godot

FACADE = Path(__file__).resolve().parents[3] / "addons" / "pythonscript"


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Runs code in a Python that has the facade and the compiled modules, and no engine."""
    command = [
        sys.executable,
        "-I",
        "-W",
        "error",
        "-c",
        f"import sys; sys.path += {[str(FACADE), str(FACADE / 'bin')]}\n{code}",
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    "name",
    ["Node", "Engine", "HTTPClient", "PackedByteArray", "RID", "Callable", "BoundSignal", "push_error"],
)
def test_what_is_the_engines_says_so(name: str) -> None:
    done = python(f"from godot import {name}")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(
        f"ImportError: godot.{name} belongs to the engine, and this Python does not run inside one"
    )


def test_all_that_is_listed_needs_no_engine() -> None:
    done = python("from godot import *\nprint(gdclass.__name__, Vector2(x=1.0).x, Error.OK.name)")
    assert (done.stdout, done.stderr) == ("gdclass 1.0 OK\n", "")


@pytest.mark.parametrize("name", ["node", "__path2__", "_private"])
def test_a_small_name_is_not_asked_of_the_engine(name: str) -> None:
    with pytest.raises(AttributeError, match=f"module 'godot' has no attribute '{name}'"):
        getattr(godot, name)


def test_importing_it_is_cheap() -> None:
    done = python("import godot\nprint(*sorted(sys.modules))")
    loaded = set(done.stdout.split())
    assert not loaded & {"asyncio", "ctypes", "subprocess", "threading", "xml"}
    compiled = {name for name in loaded if name.startswith("_pythonscript")}
    assert compiled == {"_pythonscript", "_pythonscript.interface", "_pythonscript.values"}
    assert "godot.documentation" not in loaded
