"""The bundle is made once a run, when a test first asks for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest


@pytest.fixture(scope="session")
def unpacked(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the zip holds, as in a project."""
    folder = tmp_path_factory.mktemp("unpacked")
    with ZipFile(bundle) as file:
        file.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def home(unpacked: Path) -> Path:
    """The Python home."""
    (found,) = (unpacked / "addons" / "pythonscript" / "python").glob("[!.]*")
    return found


@pytest.fixture(scope="session")
def manifest(home: Path) -> Mapping[str, Any]:
    """What the home says of itself."""
    return json.loads((home / "manifest.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]
