"""What GitHub reads: the workflow calls commands that there are, and forms are such as it takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

import dev
from devkit.project import ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml"))
INPUTS = {"input", "textarea", "dropdown", "checkboxes"}


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def jobs() -> dict[str, dict[str, Any]]:
    """All jobs of all workflows, by file and name."""
    return {f"{path.stem}.{name}": job for path in WORKFLOWS for name, job in read(path)["jobs"].items()}


def runners(job: dict[str, Any]) -> list[str]:
    assert job["runs-on"] == "${{ matrix.runner }}"
    found: list[str] = job["strategy"]["matrix"]["runner"]
    return found


@pytest.mark.parametrize("name", jobs())
def test_a_job_calls_the_one_door(name: str) -> None:
    job = jobs()[name]
    python = "python3" if "container" in job else "python"
    commands = [step["run"] for step in job["steps"] if "run" in step]
    if "container" in job:
        install = commands.pop(0)
        (asked,) = re.findall(
            r"`sudo apt install ([\w -]+)`", (ROOT / "README.md").read_text(encoding="utf-8")
        )
        assert install == f"apt-get update && apt-get install --yes {asked}"
    assert commands
    for command in commands:
        program, door, name, *arguments = command.split()
        assert (program, door) == (python, "tools/dev.py")
        assert name in dev.COMMANDS
        assert all((ROOT / argument).exists() for argument in arguments)


@pytest.mark.parametrize("name", jobs())
def test_a_job_is_bounded_and_pinned(name: str) -> None:
    job = jobs()[name]
    assert 0 < job["timeout-minutes"] <= 90
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert used[0].startswith("actions/checkout@")
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", one) for one in used)
    assert all(re.fullmatch(r"[a-z]+-[\d.]+(-arm)?", runner) for runner in runners(job))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_write_nothing(path: Path) -> None:
    assert read(path)["permissions"] == {"contents": "read"}


def test_the_page_tells_what_runs_where() -> None:
    page = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?) \|", page, re.MULTILINE)
    assert rows == [", ".join(f"`{runner}`" for runner in runners(job)) for job in jobs().values()]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_is_one_that_github_takes(path: Path) -> None:
    form = read(path)
    assert form["name"]
    assert form["description"]
    for field in form["body"]:
        assert field["type"] in INPUTS
        assert field["attributes"]["label"]
        assert ("options" in field["attributes"]) == (field["type"] in ("dropdown", "checkboxes"))
        assert field.keys() <= {"type", "id", "attributes", "validations"}
    assert any(field.get("validations", {}).get("required") for field in form["body"])


def test_there_are_some() -> None:
    assert len(jobs()) >= 2
    assert [path.stem for path in FORMS] == ["bug", "feature"]
