"""An HTTP/1.1 client with the engine's HTTPClient's surface, for programs with and without an engine.

    client = HTTPClient()
    client.connect_to_host("example.org")

`core` knows HTTP and nothing else, `net` the network, `client` brings both together. The engine's class over
it, PyHTTPClient, is in `engine`, the one module that needs an engine.
"""

from .client import HTTPClient
from .core.enums import Error, Method, ResponseCode, Status
from .core.errors import LocalError, RemoteError
from .core.query import query_string_from_dict
from .net.sockets import TcpNetwork
from .net.stream import NetworkError, Stream

__all__ = [
    "Error",
    "HTTPClient",
    "LocalError",
    "Method",
    "NetworkError",
    "RemoteError",
    "ResponseCode",
    "Status",
    "Stream",
    "TcpNetwork",
    "query_string_from_dict",
]
