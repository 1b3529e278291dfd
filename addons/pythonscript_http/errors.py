"""The engine's error code for each exception. Only the client's edge knows both."""

from collections.abc import Mapping
from typing import Final

from .enums import Error
from .exceptions import (
    BusyError,
    LocalError,
    UnavailableError,
    UnreadableFileError,
    UnwritableFileError,
)

_CODES: Final[Mapping[type[LocalError], Error]] = {
    BusyError: Error.ERR_BUSY,
    UnavailableError: Error.ERR_UNAVAILABLE,
    UnreadableFileError: Error.ERR_FILE_CANT_READ,
    UnwritableFileError: Error.ERR_FILE_CANT_WRITE,
}


def error_code(error: LocalError) -> Error:
    """Gives what the engine's method returns for an exception: ERR_INVALID_PARAMETER, or that of `_CODES`."""
    return _CODES.get(type(error), Error.ERR_INVALID_PARAMETER)
