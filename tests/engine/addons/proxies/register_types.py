"""The cases and their classes."""

from .cases import PyCases

__all__ = ["PyCases"]
