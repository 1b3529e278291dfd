"""What the engine's methods return for each exception."""

import pytest

from pythonscript_http import exceptions
from pythonscript_http.enums import Error
from pythonscript_http.errors import error_code
from pythonscript_http.exceptions import LocalError

CODES = {
    "LocalError": Error.ERR_INVALID_PARAMETER,
    "LocalProtocolError": Error.ERR_INVALID_PARAMETER,
    "PolicyError": Error.ERR_INVALID_PARAMETER,
    "UnavailableError": Error.ERR_UNAVAILABLE,
    "UnreadableFileError": Error.ERR_FILE_CANT_READ,
    "UnwritableFileError": Error.ERR_FILE_CANT_WRITE,
    "BusyError": Error.ERR_BUSY,
}


def local(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, LocalError)


@pytest.mark.parametrize("name", sorted(name for name, kind in vars(exceptions).items() if local(kind)))
def test_each_has_its_code(name: str) -> None:
    assert error_code(getattr(exceptions, name)("text")) is CODES[name]
