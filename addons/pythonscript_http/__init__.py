"""An HTTP/1.1 client with the engine's HTTPClient's surface, for programs with and without an engine.

    client = HTTPClient()
    client.set_blocking_mode(True)  # poll() waits
    client.connect_to_host("localhost", 8000)
    while client.get_status() in (Status.STATUS_RESOLVING, Status.STATUS_CONNECTING):
        client.poll()
    client.request(Method.METHOD_GET, "/", [])
    while client.get_status() is Status.STATUS_REQUESTING:
        client.poll()
    while client.get_status() is Status.STATUS_BODY:
        print(client.read_response_body_chunk())
    print(client.get_response_code(), client.get_error_reason())

`http1` knows HTTP and nothing else, `transport` the network, `client` brings both together. The engine's
class over it, PyHTTPClient, is in `engine`, the one folder that needs an engine.
"""

from . import compiled

compiled.use()

# ruff: noqa: E402 - they are those of the library, if there is one

from .client import HTTPClient
from .enums import Error, Method, ResponseCode, Status
from .exceptions import BusyError, LocalError
from .query import query_string_from_dict
from .transport.network import TcpNetwork
from .transport.stream import NetworkError, Stream

__all__ = [
    "BusyError",
    "Error",
    "HTTPClient",
    "LocalError",
    "Method",
    "NetworkError",
    "ResponseCode",
    "Status",
    "Stream",
    "TcpNetwork",
    "query_string_from_dict",
]
