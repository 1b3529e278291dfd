"""What may be set of a client, within which ranges, and every default: once, here.

The values are immutable: to change one is to replace the whole (`_replace`).
"""

import sys
from typing import Final, NamedTuple

UNLIMITED: Final = 2**63 - 1
"""Bytes: what an integer of the engine's can count."""

USER_AGENT: Final = f"pythonscript_http ({sys.platform})"

_LARGEST: Final = 16777216


class Timeouts(NamedTuple):
    """How long things may take, in seconds; 0.0, where users may set it: for ever."""

    connect: float = 0.0
    """From the look-up of a name to the end of the last TLS handshake."""
    first_byte: float = 0.0
    """From the last byte of a request that could be sent, or an interim response, to the next byte."""
    idle: float = 0.0
    """Without a byte that moves while a request is under way."""
    total: float = 0.0
    """From a request to the end of the body of its response."""

    address: float = 30.0
    """For each address of a host, as the engine's default (`network/limits/tcp/connect_timeout_seconds`)."""
    layer: float = 30.0
    """For a proxy's answer, and for a TLS handshake."""
    go_on: float = 1.0
    """Until a body is sent though no `100 Continue` came (RFC 9110 section 10.1.1), as in curl."""
    blocking: float = 30.0
    """For a call in blocking mode, without a byte that moves. It returns then, and may be repeated."""
    close: float = 1.0
    """For the call of another thread that `close()` ends. Only a script's own stream takes long."""


class Limits(NamedTuple):
    """How many bytes things may have."""

    header_size: int = 65536
    """The header blocks of one response, interim ones included; its trailers; a proxy's answer.

    Usual servers send 8 KiB at most; the engine's client, without a limit, takes 11 s for 10 MB.
    """
    body_size: int = UNLIMITED
    """The body of one response, coded or not."""
    read_size: int = 65536
    """What one read of a body gives."""


RANGES: Final = {
    "read_chunk_size": range(256, _LARGEST + 1),
    "max_header_size": range(1024, _LARGEST + 1),
    "max_body_size": range(-1, UNLIMITED),
}
"""Bytes: what each size may be set to; the engine's own one has the engine's range, and -1 is no limit."""
