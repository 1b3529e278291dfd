"""What other processes run: it imports nothing of the engine's."""

from __future__ import annotations

import os
import time


def sleep(seconds: float) -> None:
    """Sleeps, and does not keep the game's output open."""
    null = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(null, number)
    time.sleep(seconds)


def square(number: int) -> int:
    """Something to compute."""
    return number * number
