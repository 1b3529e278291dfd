"""Random and mutated responses: no hang, no exception, no growth, whatever a server sends.

Examples are few enough for every run; more of them: `pytest --hypothesis-profile=fuzz`.
"""

import gc
import gzip
import itertools
import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.loopback.responses import ALL, CHUNKED, OK
from tests.unit.http.fakes import FakeNetwork, FakeStream
from tests.unit.http.http1.driving import UNDER_WAY, drain, give, requesting

from pythonscript_http import Error, HTTPClient, Method, NetworkError, Status
from pythonscript_http.http1.connection import Phase

SEEDS = [scenario.data for scenario in ALL if len(scenario.data) < 2000]
CODED = gzip.compress(b"hello" * 50)
SEEDS += [
    OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(CODED) + CODED,
    CHUNKED.replace(b"chunked", b"gzip, chunked") + b"%x\r\n" % len(CODED) + CODED + b"\r\n0\r\n\r\n",
]
# What parsers trip over.
TOKENS = [
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b" ",
        b"\t",
        b":",
        b";",
        b",",
        b"\0",
        b"\xff",
        b"-",
        b"+",
        b"0x",
        b"0",
    ),
    *(b"9" * 20, b"f" * 17, b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"),
    *(b"Connection: close\r\n", b"Content-Encoding: br\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
    *(b"HTTP/1.1 204 No\r\n\r\n", b"0\r\n\r\n"),
]


@st.composite
def responses(draw: st.DrawFn) -> bytes:
    """A response of the table, changed in some places; or anything."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=300))
    data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        stop = start + draw(st.integers(0, 8))
        data = data[:start] + draw(st.sampled_from(TOKENS) | st.binary(max_size=4)) + data[stop:]
    return data


METHODS = st.sampled_from([Method.METHOD_GET, Method.METHOD_HEAD, Method.METHOD_POST, Method.METHOD_CONNECT])
SETTLED = (Status.STATUS_CONNECTED, Status.STATUS_DISCONNECTED, Status.STATUS_CONNECTION_ERROR)


@given(responses(), st.lists(st.integers(0, 300), max_size=6))
@settings(max_examples=max(400, settings().max_examples))
def test_the_state_machine(data: bytes, cuts: list[int]) -> None:
    """In any split it comes to the same end, and gives the same body."""
    ends = []
    for places in ([], sorted(min(cut, len(data)) for cut in cuts), list(range(1, len(data)))):
        machine = requesting()
        edges = [0, *places, len(data)]
        body = b"".join([give(machine, data[a:b]) for a, b in itertools.pairwise(edges)])
        waits = machine.phase in UNDER_WAY
        if waits:
            machine.ended()
            body += drain(machine, 4096)
        assert machine.phase not in UNDER_WAY
        assert len(body) <= 1100 * len(data) + (1 << 20)
        code = 0 if machine.head is None else machine.head.code
        # What follows a response is seen with it or not: that alone may depend on the split.
        ends.append((body, code, machine.phase is Phase.FAILED))
    bodies = [body for body, *_ in ends]
    assert len({tuple(rest) for _, *rest in ends}) == 1
    if ends[0][2]:  # before a fault, zlib has more or less to give by the pieces that it got
        assert all(max(bodies, key=len).startswith(body) for body in bodies)
    else:
        assert len(set(bodies)) == 1


@given(
    data=responses(),
    method=METHODS,
    decode=st.booleans(),
    blocking=st.booleans(),
    size=st.integers(1, 200),
    limit=st.sampled_from([-1, 0, 10, 1000]),
    end=st.sampled_from([b"", NetworkError("cannot receive: Connection reset by peer")]),
)
@settings(max_examples=max(400, settings().max_examples))
def test_the_client(
    data: bytes,
    method: Method,
    decode: bool,
    blocking: bool,
    size: int,
    limit: int,
    end: bytes | NetworkError,
) -> None:
    """As a script drives it: a bounded number of calls ends every request, and the next one works."""
    stream = FakeStream()
    network = FakeNetwork(stream)
    network.up = True
    client = HTTPClient(network)
    client.decode_body, client.max_body_size = decode, limit
    client.set_blocking_mode(blocking)
    client.connect_to_host("192.0.2.1")
    client.poll()
    client.request(method, "h:1" if method is Method.METHOD_CONNECT else "/", [], "body")
    events: list[bytes | NetworkError] = [data[start : start + size] for start in range(0, len(data), size)]
    view, body = memoryview(bytearray(size)), 0
    for _ in range(5 * len(data) + 100):
        if not stream.sent and client.get_status() is Status.STATUS_REQUESTING:
            client.poll()
            stream.events += [*events, end]
        if client.get_status() in SETTLED:
            break
        client.poll()
        if client.get_status() is Status.STATUS_BODY:
            body += client.read_body_into(view)
    assert client.get_status() in SETTLED
    assert body <= limit or limit < 0
    assert client.poll() in (Error.OK, Error.ERR_UNCONFIGURED, Error.ERR_CONNECTION_ERROR)
    failed = client.get_status() is Status.STATUS_CONNECTION_ERROR
    assert bool(client.get_error_reason()) is failed
    client.get_response_headers_as_dictionary()
    client.get_response_trailers()

    network.stream = FakeStream(OK + b"Content-Length: 2\r\n\r\nhi")
    quiet, network.stream.events = network.stream.events, []
    client.decode_body, client.max_body_size = False, -1
    client.connect_to_host("192.0.2.1")
    client.poll()
    client.request(Method.METHOD_GET, "/", [])
    client.poll()
    network.stream.events = quiet
    client.poll()
    assert client.read_response_body_chunk() == b"hi"


@pytest.mark.parametrize("seed", range(3))
def test_nothing_grows(seed: int) -> None:
    """Mutated responses one after the other: what a client keeps does not grow with their number."""
    chance = random.Random(seed)
    network = FakeNetwork(FakeStream())
    network.up = True
    client = HTTPClient(network)
    client.decode_body = True
    changed = 0
    ends = set()

    def one() -> None:
        nonlocal changed
        seed = chance.choice(SEEDS)
        data = bytearray(seed)
        for _ in range(chance.randint(0, 3)):
            at = chance.randint(0, len(data))
            data[at:at] = chance.choice(TOKENS)
        changed += data != seed
        network.stream = FakeStream()
        client.connect_to_host("192.0.2.1")
        client.poll()
        client.request(Method.METHOD_GET, "/", [])
        client.poll()
        network.stream.events = [bytes(data), b""]
        for _ in range(20):
            client.poll()
            if client.get_status() is Status.STATUS_BODY:
                client.read_response_body_chunk()
        ends.add(client.get_status())

    for _ in range(200):
        one()
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(300):
            one()
        client.close()
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 300_000
    assert changed > 300
    assert {Status.STATUS_DISCONNECTED, Status.STATUS_CONNECTION_ERROR} <= ends
