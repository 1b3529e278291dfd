"""Drives a client as scripts do, but no longer than is usual."""

import time
from collections.abc import Callable

from pythonscript_http import Error, HTTPClient, Method, Status
from pythonscript_http.config import Timeouts

GET, HEAD, POST = Method.METHOD_GET, Method.METHOD_HEAD, Method.METHOD_POST
SECONDS = 30.0
"""Nothing takes longer, unless something hangs."""
BUSY = (Status.STATUS_RESOLVING, Status.STATUS_CONNECTING, Status.STATUS_REQUESTING)
STATED = Timeouts(go_on=1.0, blocking=30.0)
"""What tests of a clock count on; the defaults may be others."""


def poll(client: HTTPClient, seconds: float = SECONDS) -> Error:
    """Polls until the client waits for its user; gives the last result."""
    end = time.monotonic() + seconds
    result = Error.OK
    while client.get_status() in BUSY:
        assert time.monotonic() < end, f"still {client.get_status().name}"
        result = client.poll()
    return result


def read(client: HTTPClient, seconds: float = SECONDS) -> bytes:
    """Reads a body to its end, as scripts do."""
    end = time.monotonic() + seconds
    pieces = []
    while client.get_status() is Status.STATUS_BODY:
        assert time.monotonic() < end, "the body has no end"
        client.poll()
        if client.get_status() is Status.STATUS_BODY:
            pieces.append(client.read_response_body_chunk())
    return b"".join(pieces)


def connect(port: int, host: str = "127.0.0.1") -> HTTPClient:
    client = HTTPClient()
    assert client.connect_to_host(host, port) is Error.OK
    poll(client)
    assert client.get_status() is Status.STATUS_CONNECTED, client.get_error_reason()
    return client


def get(client: HTTPClient, url: str = "/", method: Method = GET) -> bytes:
    assert client.request(method, url, []) is Error.OK
    poll(client)
    return read(client)


def is_spent(client: HTTPClient) -> bool:
    """Tells whether the connection has served its last response: CONNECTED ends with the next poll then."""
    assert client.get_status() is Status.STATUS_CONNECTED
    client.poll()
    return client.get_status() is Status.STATUS_DISCONNECTED


def statuses(client: HTTPClient, *steps: Callable[[], object]) -> list[str]:
    """The status after each step, without its prefix."""
    seen = []
    for step in steps:
        step()
        seen.append(client.get_status().name[7:])
    return seen
