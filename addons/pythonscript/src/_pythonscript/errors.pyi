def set_project_folder(folder: str) -> None: ...
def push_error(text: object, *, stacklevel: int = 1) -> None:
    """Prints an error in the engine's output, at the line that calls (`@GlobalScope.push_error`)."""

def push_warning(text: object, *, stacklevel: int = 1) -> None:
    """Prints a warning in the engine's output, at the line that calls (`@GlobalScope.push_warning`)."""

def report_exception(where: str) -> None: ...
