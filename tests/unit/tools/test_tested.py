from __future__ import annotations

import platform
import ssl

import pytest

from devkit import tested
from devkit.project import ROOT


@pytest.mark.parametrize(
    ("name", "version", "known"),
    [
        ("CPython", "3.11.2", True),
        ("CPython", "3.11.20", False),
        ("CPython", "3.12.1", True),
        ("CPython", "3.1.2", False),
        ("CPython", "3.120.0", False),
        ("CPython", "3.15.0a1", False),
        ("OpenSSL", "3.0.19", True),
        ("OpenSSL", "3.50.1", False),
        ("Godot", "4.6.3.stable.debian4.6.3+ds-2", True),
        ("Godot", "4.6.stable", False),
        ("LibreSSL", "3.0.0", False),
    ],
)
def test_versions_are_compared_number_by_number(name: str, version: str, known: bool) -> None:
    assert tested.known(name, version) is known


def at_hand(monkeypatch: pytest.MonkeyPatch, python: str, library: str) -> None:
    monkeypatch.setattr(platform, "python_version", lambda: python)
    monkeypatch.setattr(ssl, "OPENSSL_VERSION", library)


def test_versions_at_hand_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    at_hand(monkeypatch, "3.12.1", "OpenSSL 3.0.19 27 Jan 2026")
    assert tested.describe("4.6.3.stable") == (
        "CPython 3.12.1, OpenSSL 3.0.19, Godot 4.6.3.stable: all of them tested"
    )


def test_what_is_not_tested_is_said_with_what_is(monkeypatch: pytest.MonkeyPatch) -> None:
    at_hand(monkeypatch, "3.13.5", "OpenSSL 3.2.1 30 Jan 2024")
    assert tested.describe("4.2.stable") == (
        "CPython 3.13.5, OpenSSL 3.2.1, Godot 4.2.stable: "
        "not tested: OpenSSL 3.2.1 (tested: 3.0, 3.5 and 3.6), Godot 4.2.stable (tested: 4.6.3)"
    )


def test_another_library_is_not_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    at_hand(monkeypatch, "3.13.5", "LibreSSL 3.8.2")
    assert "not tested: LibreSSL 3.8.2" in tested.describe("4.6.3.stable")


def test_the_readme_says_the_same() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    for name, versions in tested.TESTED.items():
        assert f"{name} {tested.listing(versions)}" in readme
