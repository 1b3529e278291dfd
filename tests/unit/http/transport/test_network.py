"""The operating system's network: which driver serves what."""

import socket
import time
from pathlib import Path

import pytest
from tests.loopback.clock import Clock
from tests.loopback.network import blackholes, established, listening

from pythonscript_http.transport import resolver
from pythonscript_http.transport.happy_eyeballs import Race
from pythonscript_http.transport.network import TcpNetwork
from pythonscript_http.transport.stream import NetworkError
from pythonscript_http.transport.unix import UnixPending


def test_a_name_all_the_way() -> None:
    network = TcpNetwork(clock=time.monotonic)
    assert network.literal("localhost") is None
    lookup = network.look_up("localhost")
    lookup.wait(10)
    addresses = lookup.poll()
    assert addresses
    with listening("127.0.0.1") as (port, _):
        pending = network.connect(addresses, port, lookup)
        assert isinstance(pending, Race)
        established(pending).close()


def test_an_address_that_keeps_silent_has_its_time() -> None:
    clock = Clock()
    network = TcpNetwork(30.0, clock=clock)
    with blackholes("127.0.0.1") as port:
        address = network.literal("127.0.0.1")
        assert address is not None
        pending = network.connect([address], port)
        clock.advance(29.9)
        assert pending.poll() is None
        clock.advance(0.1)
        with pytest.raises(NetworkError, match="no answer within 30 s"):
            pending.poll()


def test_a_path(tmp_path: Path) -> None:
    network = TcpNetwork(clock=time.monotonic)
    address = network.literal(f"unix:{tmp_path}/socket")
    assert address == resolver.literal(f"unix:{tmp_path}/socket")
    assert address is not None
    assert address.family == socket.AF_UNIX
    pending = network.connect([address], 80)
    assert isinstance(pending, UnixPending)
    pending.close()
