from collections.abc import Callable, Mapping
from typing import Any, Self

def load_coroutines(start: Callable[[Any, Any], Any]) -> None: ...
def load(
    lists: Mapping[Any, type[Any]],
    arrays: Mapping[Any, type[Any]],
    boxed: Mapping[Any, type[Box]],
    string_name: type[str],
    node_path: type[str],
) -> None: ...

class Type:
    def __init__(
        self,
        type: int,
        python: type[Any] | None = None,
        element: Type | None = None,
        class_name: str = "",
        refcounted: bool = False,
        key: Type | None = None,
        failure: int = 0,
    ) -> None: ...
    @property
    def refcounted(self) -> bool: ...

class Box:
    def __init__(self, *arguments: Any) -> None: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: object) -> Self: ...

def convert(type: Type, value: object) -> Any: ...
def stringify(value: object) -> str:
    """What the engine's `str(value)` gives."""
