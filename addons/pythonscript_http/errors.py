"""The two kinds of failure: ours (the caller asked for what can't be) and theirs (the peer broke HTTP).

What the network does (refused, reset, not found) is a third, and lives with the seam:
`transport.stream.NetworkError`.
"""

from typing import Final

from .enums import Error

TEXT_LIMIT: Final = 1000
"""Characters that the text of a failure may have: it is read in a log, and a peer may have made it long."""


def shortened(text: str) -> str:
    """Cuts the middle out of a text that is over the limit: what is wrong stands at its begin or its end."""
    if len(text) <= TEXT_LIMIT:
        return text
    middle = " [...] "
    head = TEXT_LIMIT * 2 // 3
    return text[:head] + middle + text[head + len(middle) - TEXT_LIMIT :]


class LocalError(Exception):
    """The caller used the client wrongly; nothing was sent and nothing changed.

    Args:
        code: what the engine's method returns in this case.
        text: what was wrong, naming the offending thing. A long one is shortened.
    """

    def __init__(self, code: Error, text: str) -> None:
        super().__init__(shortened(text))
        self.code = code


class RemoteError(Exception):
    """The peer sent what no HTTP/1.1 server may send; the text names it. A long one is shortened."""

    def __init__(self, text: str) -> None:
        super().__init__(shortened(text))
