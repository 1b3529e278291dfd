"""What the tests of the tools share: a cache of their own, and engines made of shell scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from devkit import cache

MakeGodot = Callable[[Path, str], Path]


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, so that no test touches the user's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.delenv("GODOT", raising=False)
    return cache.root()


@pytest.fixture
def make_godot() -> MakeGodot:
    """Writes an executable that answers with a version, or fails when there is none."""

    def make(path: Path, version: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"#!/bin/sh\necho {version}\n" if version else "#!/bin/sh\nexit 1\n", encoding="utf-8"
        )
        path.chmod(0o755)
        return path

    return make
