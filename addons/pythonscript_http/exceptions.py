"""What goes wrong, and by whose doing: ours, the peer's, the network's.

    exception                what went wrong
    -----------------------  ---------------------------------------------------------------------------------
    LocalError               the caller asked for what can't be done; nothing was sent and nothing changed:
      LocalProtocolError     it can't be said in HTTP, in a URL or to a proxy
      PolicyError            a TLS policy contradicts itself, or can't be used
      UnavailableError       something that it needs is not there
      UnreadableFileError    a file that it names can't be read
      UnwritableFileError    a file that it names can't be written
      BusyError              another call is under way
    RemoteProtocolError      the peer sent what no HTTP/1.1 server, or no proxy, may send
      BodyTooLargeError      the body that it sent is over the limit

What the network does (refused, reset, not found) is `transport.stream.NetworkError`. The engine's error codes
are not known here: `errors` has the one for each.
"""

from typing import Final

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
    """The caller asked for what can't be done; nothing was sent and nothing changed.

    Args:
        text: what was wrong, naming the offending thing. A long one is shortened.
    """

    def __init__(self, text: str) -> None:
        super().__init__(shortened(text))


class LocalProtocolError(LocalError):
    """What the caller gave can't be said in HTTP, in a URL or to a proxy."""


class PolicyError(LocalError):
    """A TLS policy contradicts itself, or can't be used."""


class UnavailableError(LocalError):
    """Something that is needed is not there: a package, OpenSSL, the system's roots, the engine's support."""


class UnreadableFileError(LocalError):
    """A file that the caller names can't be read."""


class UnwritableFileError(LocalError):
    """A file that the caller names can't be written."""


class BusyError(LocalError):
    """Another call is under way."""


class RemoteProtocolError(Exception):
    """The peer sent what no HTTP/1.1 server, or no proxy, may send; the text names it, as in `LocalError`."""

    def __init__(self, text: str) -> None:
        super().__init__(shortened(text))


class BodyTooLargeError(RemoteProtocolError):
    """The body that the peer sent is over the limit."""
