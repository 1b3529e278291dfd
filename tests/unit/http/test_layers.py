"""Layers of connections."""

import pytest
from tests.unit.http.test_client import FakeStream

from pythonscript_http.transport.layers import Layer, Layers, Step
from pythonscript_http.transport.stream import NetworkError, Stream


class Wire(FakeStream):
    """A connection that knows what it is over."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class Slow:
    """Makes a connection in so many polls, or fails to."""

    def __init__(self, wire: Wire, polls: int, failure: str = "") -> None:
        self.wire = wire
        self.polls = polls
        self.failure = failure
        self.waited: list[float] = []
        self.closed = False

    def poll(self) -> Wire | None:
        self.polls -= 1
        if self.polls > 0:
            return None
        if self.failure:
            raise NetworkError(self.failure)
        return self.wire

    def wait(self, timeout: float) -> None:
        self.waited.append(timeout)

    def late(self, why: str) -> NetworkError:
        return NetworkError(f"{why}: {self.wire.name}")

    def close(self) -> None:
        self.closed = True


def layer(name: str, polls: int, failure: str = "", made: list[Slow] | None = None) -> Step:
    def step(below: Stream) -> Layer:
        assert isinstance(below, Wire)
        slow = Slow(Wire(f"{name} over {below.name}"), polls, failure)
        if made is not None:
            made.append(slow)
        return slow

    return step


def test_each_begins_when_the_one_below_stands() -> None:
    made: list[Slow] = []
    layers = Layers(Slow(Wire("TCP"), 2), [layer("tunnel", 1, made=made), layer("TLS", 3, made=made)])
    assert layers.poll() is None
    assert made == []
    assert [layers.poll(), layers.poll()] == [None, None]
    assert len(made) == 2
    top = layers.poll()
    assert isinstance(top, Wire)
    assert top.name == "TLS over tunnel over TCP"


def test_no_layer() -> None:
    wire = Wire("TCP")
    assert Layers(Slow(wire, 1), []).poll() is wire


@pytest.mark.parametrize(
    ("ground", "above", "peer", "text"),
    [
        ("refused", "", "the proxy", "the proxy: refused"),
        ("refused", "", "", "refused"),
        ("", "expired", "the proxy", "expired"),
    ],
)
def test_failures_tell_whose_they_are(ground: str, above: str, peer: str, text: str) -> None:
    layers = Layers(Slow(Wire("TCP"), 1, ground), [layer("TLS", 1, above)], peer=peer)
    with pytest.raises(NetworkError, match=f"^{text}$"):
        layers.poll()


def test_waiting_and_giving_up_are_those_of_the_present_layer() -> None:
    made: list[Slow] = []
    ground = Slow(Wire("TCP"), 2)
    layers = Layers(ground, [layer("TLS", 2, made=made)])
    layers.poll()
    layers.wait(1.0)
    layers.poll()
    layers.wait(2.0)
    layers.close()
    assert (ground.waited, ground.closed) == ([1.0], False)
    assert (made[0].waited, made[0].closed) == ([2.0], True)


def test_who_is_late() -> None:
    layers = Layers(Slow(Wire("TCP"), 2), [layer("TLS", 2)], "192.0.2.1:80", "the proxy")
    layers.poll()
    assert str(layers.late("too long")) == "the proxy: too long: still connecting to 192.0.2.1:80"
    layers.poll()
    assert str(layers.late("too long")) == "too long: TLS over TCP"


def test_the_ground_is_told_of_once() -> None:
    told: list[int] = []
    layers = Layers(Slow(Wire("TCP"), 1), [layer("TLS", 2)], grounded=lambda: told.append(1))
    while layers.poll() is None:
        assert told == [1]
    assert told == [1]
