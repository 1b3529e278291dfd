"""What a tunnel through a proxy is made from."""

from typing import NamedTuple


class TunnelRequest(NamedTuple):
    """The target of a tunnel, and who asks for it."""

    name: str
    """The host: a name, or an address without brackets."""
    port: int
    proxy: str
    """What to call the proxy in the text of failures: `p.example:3128`."""
    user_agent: str
    """Value of the User-Agent header, where the protocol has one."""
    header_limit: int
    """Most bytes that the proxy's answer may have, interim ones included."""
    user: bytes = b""
    """As whom; empty: as nobody in particular."""
    password: bytes = b""
