"""Drives what does HTTP/1.1 without any I/O, as a client would."""

from pythonscript_http.config import Limits
from pythonscript_http.http1.connection import Connection, Phase
from pythonscript_http.http1.request import RequestHead

LIMITS = Limits()
UNDER_WAY = (Phase.AWAITING, Phase.BODY)


def head(*, chunked: bool = False, close: bool = False, expect: bool = False) -> RequestHead:
    return RequestHead(b"GET / HTTP/1.1\r\n\r\n", chunked, close, expect)


def send(machine: Connection) -> None:
    """Lets all that waits go out."""
    machine.writer.wrote(sum(map(len, machine.writer.unsent)))


def requesting(
    method: str = "GET",
    limits: Limits = LIMITS,
    *,
    close: bool = False,
    decode: bool = False,
) -> Connection:
    """A connection over which a request has just been sent."""
    machine = Connection()
    machine.request(method, head(close=close), 0, limits=limits, decode=decode).end()
    send(machine)
    return machine


def fill(machine: Connection, data: bytes) -> None:
    """Lets bytes come in that fit into the machine's buffer."""
    machine.space()[: len(data)] = data
    machine.received(len(data))


def drain(machine: Connection, size: int) -> bytes:
    """Reads what a machine holds of a body, in pieces of a size."""
    body = b""
    view = memoryview(bytearray(size))
    while machine.phase is Phase.BODY:
        count = machine.take(view)
        body += view[:count]
        if count < size:
            break
    return body


def give(machine: Connection, data: bytes) -> bytes:
    """Lets bytes come in as a driver does, and reads the body on the way, which it returns."""
    body = b""
    while data and machine.phase in UNDER_WAY:
        if machine.phase is Phase.BODY and (limit := machine.direct_limit):
            taken = min(limit, len(data))
            machine.received_directly(taken)
            body += data[:taken]
        else:
            taken = min(len(machine.space()), len(data))
            fill(machine, data[:taken])
        data = data[taken:]
        body += drain(machine, 4096)
    return body
