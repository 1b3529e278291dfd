"""Raises."""


def make() -> None:
    raise ValueError("trouble in space")
