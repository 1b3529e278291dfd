"""What requests and answers may cost: limits, memory, the processor's time, numbers of calls."""

from typing import Final

from tests.conformance.model import Answer, Call, Connect, Fetch, Scenario, reference
from tests.loopback.kinds import Kind
from tests.loopback.responses import CHUNKED, OK
from tests.loopback.scripted import HalfClose, Pause, ReadRequest

from .heads import EMPTY, HELLO

_MIB: Final = 1 << 20

SCENARIOS: Final = (
    Scenario(
        "cost/chunks",
        Kind.COST,
        "1 MiB in chunks of 4 KiB: how often a script must read",
        reference("read_chunk_size") + "; R8, g#120425",
        ((ReadRequest(), CHUNKED + (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 256 + b"0\r\n\r\n"),),
        (Connect(), Fetch(Answer(200, b"x" * _MIB, reads=100))),
        "one read gives what has come, up to `read_chunk_size`",
    ),
    Scenario(
        "cost/small-chunks",
        Kind.COST,
        "400 chunks of one byte",
        "RFC 9112 §7.1; R8",
        ((ReadRequest(), CHUNKED + b"1\r\nx\r\n" * 400 + b"0\r\n\r\n"),),
        (Connect(), Fetch(Answer(200, b"x" * 400, reads=100))),
    ),
    Scenario(
        "cost/blocking-answer",
        Kind.COST,
        "Blocking mode: an answer that takes 0.6 s",
        "R24, g#33479",
        ((ReadRequest(), Pause(0.6), OK + HELLO),),
        (Connect(), Call("set_blocking_mode", (True,)), Fetch(Answer(200, b"hello", cpu=0.1))),
        "it waits in the operating system",
        alone=True,
    ),
    Scenario(
        "cost/blocking-body",
        Kind.COST,
        "Blocking mode: a body that takes 0.6 s",
        "R24, g#33479",
        ((ReadRequest(), OK + HELLO[:-3], Pause(0.6), HELLO[-3:]),),
        (Connect(), Call("set_blocking_mode", (True,)), Fetch(Answer(200, b"hello", cpu=0.1))),
        alone=True,
    ),
    Scenario(
        "cost/blocking-close",
        Kind.COST,
        "Blocking mode: a body that a close ends after 0.6 s",
        "R24, R5",
        ((ReadRequest(), OK + b"Connection: close\r\n\r\nhello", Pause(0.6), HalfClose()),),
        (
            Connect(),
            Call("set_blocking_mode", (True,)),
            Fetch(Answer(200, b"hello", "DISCONNECTED", cpu=0.1)),
        ),
        alone=True,
    ),
    Scenario(
        "cost/upload",
        Kind.COST,
        "An upload of 32 MiB: how the process grows",
        "R26",
        ((ReadRequest(body=False), Pause(0.3), ReadRequest(), OK + EMPTY),),
        (Connect(), Fetch(Answer(memory=16 * _MIB), method="POST", size=32 * _MIB)),
        "the body goes out from the script's own memory",
        alone=True,
    ),
)
