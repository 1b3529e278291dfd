"""Sees that there is an engine."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.engine import harness

from devkit.engine import probe


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Godot describes its C interface since 4.6; an older engine can't tell whether ours is right."""
    if collection_path.name != "test_interface.py" or not (path := os.environ.get("GODOT")):
        return None
    found = probe(Path(path))
    return True if found is not None and found.number < (4, 6) else None


@pytest.fixture(scope="session", autouse=True)
def engine() -> str:
    """The engine under test; without one every test here fails at once and says why."""
    return harness.engine()


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `--dump-extension-api` writes."""
    folder = tmp_path_factory.mktemp("api")
    harness.Project(folder / "p", host=False).run("--headless", "--dump-extension-api").assert_clean()
    path = next(folder.rglob("extension_api.json"))
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
