"""What the host imports when classes register: importing the engine class declares it."""

import pythonscript_http.engine  # noqa: F401
from pythonscript_http.engine import debugging

debugging.start()
