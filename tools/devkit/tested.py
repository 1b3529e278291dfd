"""The versions that the whole suite has passed with, and how those at hand compare."""

from __future__ import annotations

import platform

TESTED = {
    "CPython": ("3.11.2", "3.11.7", "3.12", "3.13", "3.14"),
    "OpenSSL": ("3.0", "3.5", "3.6"),
    "Godot": ("4.6.3",),
}
"""By name. A version of two numbers stands for all of its patch releases. The README says the same."""


def known(name: str, version: str) -> bool:
    """Whether a version is among those tested."""
    numbers = version.split(".")
    return any(numbers[: len(tested.split("."))] == tested.split(".") for tested in TESTED.get(name, ()))


def describe(godot: str) -> str:
    """One line: what this Python runs the project with, and what of it is not among those tested.

    Args:
        godot: the engine's version.
    """
    import ssl  # which a Python may lack; the set-up says so

    library, number, *_ = ssl.OPENSSL_VERSION.split()
    python = (platform.python_implementation(), platform.python_version())
    found = [python, (library, number), ("Godot", godot)]
    untested = [
        f"{name} {version} (tested: {listing(TESTED[name])})" if name in TESTED else f"{name} {version}"
        for name, version in found
        if not known(name, version)
    ]
    versions = ", ".join(" ".join(one) for one in found)
    return f"{versions}: {'not tested: ' + ', '.join(untested) if untested else 'all of them tested'}"


def listing(versions: tuple[str, ...]) -> str:
    """`3.0, 3.5 and 3.6`."""
    *others, last = versions
    return f"{', '.join(others)} and {last}" if others else last
