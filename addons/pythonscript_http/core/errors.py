"""The two kinds of failure: ours (the caller asked for what can't be) and theirs (the peer broke HTTP).

What the network does (refused, reset, not found) is a third, and lives with the seam:
`net.stream.NetworkError`.
"""

from .enums import Error


class LocalError(Exception):
    """The caller used the client wrongly; nothing was sent and nothing changed.

    Args:
        code: what the engine's method returns in this case.
        text: what was wrong, naming the offending thing.
    """

    def __init__(self, code: Error, text: str) -> None:
        super().__init__(text)
        self.code = code


class RemoteError(Exception):
    """The peer sent what no HTTP/1.1 server may send; the text names it."""
