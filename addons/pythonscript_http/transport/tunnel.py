"""What makes a tunnel through a proxy is told."""

from typing import NamedTuple


class TunnelRequest(NamedTuple):
    """Where a tunnel is to lead to, and by whom."""

    name: str
    """The host: a name, or an address without brackets."""
    port: int
    proxy: str
    """What to call the proxy in the text of failures: `p.example:3128`."""
    user_agent: str
    """Who asks, where that is told."""
    header_limit: int
    """Most bytes that the proxy's answer may have, interim ones included."""
    user: bytes = b""
    """As whom; empty: as nobody in particular."""
    password: bytes = b""
