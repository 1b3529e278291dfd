"""What the host imports in an editor: what the console's and the inspector's panels call."""

import pythonscript_http.engine.console
import pythonscript_http.engine.files
import pythonscript_http.engine.formats
import pythonscript_http.engine.inspector  # noqa: F401
