from typing import Any

from _pythonscript.variant import Type

class Utility:
    __name__: str
    def __init__(
        self,
        name: str,
        hash: int,
        returns: Type | None,
        names: list[str],
        arguments: list[Type],
        vararg: bool,
    ) -> None: ...
    def __call__(self, *values: Any, **keywords: Any) -> Any: ...
