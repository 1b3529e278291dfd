def load(get_proc_address: int, library_pointer: int) -> None: ...
def is_running() -> bool:
    """Whether there is an engine to call: this Python runs inside one, which has not begun to quit."""

def engine_version() -> tuple[int, int, int]:
    """The engine's version as (major, minor, patch)."""

def close() -> None: ...
