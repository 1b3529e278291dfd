"""Tells from what pip and apt print whether they failed because the network was not there.

Their last words name what they wanted most recently and not what kept them from it.
"""

from __future__ import annotations

import re

from .console import Failure

UNREACHED = re.compile(
    r"NewConnectionError|ConnectTimeoutError|NameResolutionError|ProxyError"  # pip
    r"|Temporary failure resolving|Could not resolve|Could not connect|Cannot initiate the connection"  # apt
    r"|Unable to connect|Connection timed out|Connection failed|Network is unreachable"
)


def require(output: str, what: str) -> None:
    """Raises Failure if `output`, of a command that failed, is that of one that reached nobody.

    Args:
        output: what the command printed.
        what: what it was to fetch.
    """
    if UNREACHED.search(output):
        raise Failure(f"{what} cannot be fetched: the network or the server is not reachable") from None
