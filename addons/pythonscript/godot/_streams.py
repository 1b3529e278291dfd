"""`sys.stdout` and `sys.stderr` as the engine's output."""

from __future__ import annotations

import io
import re

_IMPOSSIBLE = re.compile("[\0\ud800-\udfff]")  # what an engine String cannot hold


class EngineStream(io.TextIOBase):
    """Prints whole lines by the engine's `print` or `printerr`; the rest of a line waits for its end."""

    encoding = "utf-8"

    def __init__(self, function: str) -> None:
        self._function = function
        self._rest = ""

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        """Where what cannot go by Python goes at last, such as what `faulthandler` says."""
        return 1 if self._function == "print" else 2

    def isatty(self) -> bool:
        return False

    def write(self, text: str, /) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._print(line)
        return len(text)

    def flush(self) -> None:
        if self._rest:
            rest, self._rest = self._rest, ""
            self._print(rest)

    def _print(self, line: str) -> None:
        from _pythonscript import outgoing

        outgoing.print_line(self._function, _IMPOSSIBLE.sub("\ufffd", line))
