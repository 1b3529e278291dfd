"""What the host imports when classes register: importing the engine class declares it."""

from . import engine  # noqa: F401
