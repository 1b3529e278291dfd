"""What the host imports when classes register: importing the engine class declares it."""

import pythonscript_http.engine  # noqa: F401
