"""Names and addresses."""

import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pythonscript_http.net import resolver
from pythonscript_http.net.stream import NetworkError

ADDONS = Path(resolver.__file__).parents[2]


@pytest.mark.parametrize(
    ("host", "family"),
    [
        ("127.0.0.1", socket.AF_INET),
        ("::1", socket.AF_INET6),
        ("2001:db8::1", socket.AF_INET6),
        ("localhost", None),
        ("db", None),
        ("127.1", None),
        ("1.2.3.4.5", None),
        ("::g", None),
        ("a\0b", None),
    ],
)
def test_literals(host: str, family: int | None) -> None:
    address = resolver.literal(host)
    assert (None if address is None else address.family) == family


def test_localhost() -> None:
    lookup = resolver.look_up("localhost")
    lookup.wait(10)
    addresses = lookup.poll()
    assert addresses
    assert {str(address.sockaddr[0]) for address in addresses} <= {"127.0.0.1", "::1"}


def test_a_name_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    lookup = resolver.look_up("no.such.host")
    lookup.wait(10)
    with pytest.raises(NetworkError, match=r"cannot resolve 'no\.such\.host': Name or service not known"):
        lookup.poll()


def test_a_name_that_no_name_can_be() -> None:
    lookup = resolver.look_up("a" * 64 + ".example")
    lookup.wait(10)
    with pytest.raises(NetworkError, match="cannot resolve 'aaa"):
        lookup.poll()


def test_a_slow_resolver_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    asked = []

    def slow(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        go.wait(10)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    begun = time.monotonic()
    lookups = [resolver.look_up("slow.example") for _ in range(100)]
    other = resolver.look_up("other.example")
    assert [lookup.poll() for lookup in (*lookups, other)] == [None] * 101
    assert time.monotonic() - begun < 1
    go.set()
    for lookup in (*lookups, other):
        lookup.wait(10)
        assert lookup.poll() == [(socket.AF_INET, ("127.0.0.1", 0))]
    assert sorted(asked) == ["other.example", "slow.example"]


def test_no_thread_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fail)
    for _ in range(2):  # the first failure leaves nothing behind
        with pytest.raises(NetworkError, match=r"cannot resolve 'x\.example': can't start new thread"):
            resolver.look_up("x.example")


def test_the_process_ends_while_a_look_up_hangs() -> None:
    program = (
        "import socket, time\n"
        "socket.getaddrinfo = lambda *_, **__: time.sleep(60)\n"
        "from pythonscript_http.net import resolver\n"
        "assert resolver.look_up('slow.example').poll() is None\n"
    )
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", program], cwd=ADDONS, check=True, timeout=30)
    assert time.monotonic() - begun < 5
