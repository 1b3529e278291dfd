"""Random mutants that change nothing that anybody could notice, with the reason; they are not tried."""

from collections.abc import Mapping
from typing import Final

EQUIVALENTS: Final[Mapping[str, Mapping[str, str]]] = {
    "addons/pythonscript_http/http1/codings.py": {
        "while not finished and len(given) < limit and (rest or not self._drained):  ->  "
        "while not finished and (len(given) <= limit) and (rest or not self._drained):": (
            "the limit is about how much is given: one call more may follow one that met it to the byte"
        ),
    },
    "addons/pythonscript_http/http1/response.py": {
        'number, line = 0, b""  ->  number, line = (1), b""': "the loop behind it sets both",
        'number, line = 0, b""  ->  number, line = (-1), b""': "the same",
    },
}
"""By file: the change, as the report shows it, and why it makes no difference."""
