"""A fault in checked code is found, in a program that knows nothing of checks, and opens it as Godot does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from devkit import build, memcheck
from devkit.environment import Environment

ENVIRONMENT = Environment(Path(sys.prefix))
FAULTS = """\
#include <stdlib.h>
#include <string.h>
static int use(int size, int read, int early) {
    static char *volatile memory; /* which the compiler cannot see through */
    memory = malloc((size_t)size);
    memset(memory, 0, (size_t)size);
    if (early) free(memory);
    int found = memory[read];
    if (!early) free(memory);
    return found;
}
#define ENTRY __attribute__((visibility("default")))
ENTRY int freed(int size);
ENTRY int behind(int size);
ENTRY int right(int size);
int freed(int size) { return use(size, 0, 1); }
int behind(int size) { return use(size, size, 0); }
int right(int size) { return use(size, 0, 0); }
"""
OPENING = """\
import ctypes, os, sys
print(getattr(ctypes.CDLL(sys.argv[1], os.RTLD_NOW | os.RTLD_DEEPBIND), sys.argv[2])(8))
"""


@pytest.mark.parametrize(
    ("function", "report"),
    [("freed", "heap-use-after-free"), ("behind", "heap-buffer-overflow"), ("right", "")],
)
def test_faults_are_found(function: str, report: str, tmp_path: Path, empty_cache: Path) -> None:
    tools = build.Toolchain(ENVIRONMENT, checked=True)
    (tmp_path / "faults.c").write_text(FAULTS, encoding="utf-8")
    tools.compile_c(tmp_path, tmp_path / "faults.so")
    done = subprocess.run(
        [sys.executable, "-c", OPENING, tmp_path / "faults.so", function],
        env={**os.environ, **memcheck.preloaded(tools)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert report in done.stderr
    assert done.returncode == (-signal.SIGABRT if report else 0), done.stderr


def test_checked_files_are_others() -> None:
    """Or the cache would hand them out as the usual ones."""
    usual, checked = (build.Toolchain(ENVIRONMENT, checked=checked) for checked in (False, True))
    assert usual.identity != checked.identity
