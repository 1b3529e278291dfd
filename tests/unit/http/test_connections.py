"""What a client is told before it connects, and what it keeps of that; polls are in test_client.py."""

import gc
import weakref

from tests.unit.http.test_client import GET, FakeNetwork, FakeStream, Memory, fake

from pythonscript_http import Error, HTTPClient, NetworkError, Status
from pythonscript_http.connections import NO_CONNECTION
from pythonscript_http.http1.connection import Phase


def test_a_client_that_is_not_connected_shares_what_it_has() -> None:
    """Nothing of what clients do may stay in it."""
    client, _ = fake()
    client.request_raw(GET, "/", [], b"body")
    client.close()
    assert client._http is HTTPClient()._http is NO_CONNECTION
    assert (NO_CONNECTION.stream, NO_CONNECTION.core.phase) == (None, Phase.IDLE)
    assert (NO_CONNECTION.core.writer.unsent, NO_CONNECTION.core.writer.dropped) == ([], False)


def test_who_hands_the_connection_over_keeps_no_head() -> None:
    client, stream = fake()
    secret = Memory("Authorization: Basic c2VjcmV0")
    kept = weakref.ref(secret)
    client.request(GET, "/", [secret])
    assert client.detach() is stream
    del secret
    gc.collect()
    assert kept() is None
    assert (client.get_status(), stream.closed) == (Status.STATUS_DISCONNECTED, False)


def test_a_look_up_that_can_not_begin_has_its_time() -> None:
    network = FakeNetwork(FakeStream())

    def fail(host: str) -> None:
        raise NetworkError("no thread")

    network.look_up = fail  # type: ignore[method-assign,assignment]
    client = HTTPClient(network)
    assert client.connect_to_host("example.org") is Error.ERR_CANT_RESOLVE
    assert client.get_timings()["name_lookup"] == 0.0
    assert client.get_timings()["total"] >= 0.0
