from collections.abc import Callable
from typing import Any

from .variant import Box

def load() -> None: ...
def function_of(box: Box) -> Callable[..., Any] | None: ...
