from collections.abc import Callable
from typing import Any

from _pythonscript.variant import Type

class Method:
    returns: Type | None
    def __init__(
        self,
        function: Callable[..., Any],
        name: str,
        owner: type[Any],
        arguments: list[Type],
        returns: Type | None,
        required: int,
        static: bool = False,
        rest: Type | None = None,
        getter: bool = False,
    ) -> None: ...

def load(function: Callable[[], bool]) -> None: ...
