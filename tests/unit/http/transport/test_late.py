"""OpenSSL is loaded by a thread, while a connection is being made."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from tests.loopback.clock import Clock
from tests.unit.http.driving import SECONDS
from tests.unit.http.fakes import FakeNetwork, FakeStream

from devkit.project import ROOT
from pythonscript_http.config import Limits, Timeouts
from pythonscript_http.exceptions import LocalError, LocalProtocolError
from pythonscript_http.transport import late
from pythonscript_http.transport.connector import Connector, Route
from pythonscript_http.transport.late import LatePolicy
from pythonscript_http.transport.stream import HandshakeError
from pythonscript_http.transport.trust import TlsPolicy
from pythonscript_http.url import parse_host

TARGET = parse_host("https://192.0.2.1")


def no_policy() -> TlsPolicy:
    """Is not called."""
    raise AssertionError("who made it?")


@pytest.fixture
def loading(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A load that never ends; it has how long it was waited for."""
    waits: list[float] = []

    def start(job: object) -> Callable[[float], None]:
        return waits.append

    monkeypatch.setattr(late._workers, "start", start)
    monkeypatch.setattr(late, "_ready", {})
    return waits


class Way:
    """A connection over TLS that is being made."""

    def __init__(self, policy: LatePolicy | None = None) -> None:
        self.clock, self.stream = Clock(), FakeStream()
        self.network = FakeNetwork(self.stream)
        self.network.up = True
        connector = Connector(self.network, clock=self.clock, timeouts=Timeouts(layer=30.0))
        self.connecting = connector.connect(
            Route(TARGET, tls=policy or LatePolicy(no_policy)), limits=Limits()
        )

    def finish(self) -> None:
        """Waits for its end."""
        while self.connecting.poll() is None:
            self.connecting.wait(SECONDS)


PROGRAM = """if True:
    import socket, sys, threading
    from pythonscript_http import HTTPClient, Status
    LATE = {"ssl", "_ssl", "certifi", "pythonscript_http.transport.tls", "pythonscript_http.transport.trust"}
    threads = {}
    class Witness:
        @staticmethod
        def find_spec(name, path, target=None):
            if name in LATE:
                threads[name] = threading.current_thread() is threading.main_thread()
    sys.meta_path.insert(0, Witness)
    listener = socket.create_server(("127.0.0.1", 0))
    client = HTTPClient()
    client.connect_to_host("https://127.0.0.1", listener.getsockname()[1])
    print(client.get_status().name)
    listener.accept()[0].close()
    while client.get_status() is Status.STATUS_CONNECTING:
        client.poll()
    print(client.get_status().name)
    print(sorted(threads) == sorted(LATE), any(threads.values()))
"""


def test_the_first_connection_imports_nothing_by_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT / "addons",
        check=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.stdout.splitlines() == ["STATUS_CONNECTING", "STATUS_TLS_HANDSHAKE_ERROR", "True False"]


TOGETHER = """
from pythonscript_http import HTTPClient
clients = [HTTPClient() for _ in range(8)]
for client in clients:
    client.connect_to_host("https://127.0.0.1", 9)
from pythonscript_http.transport import late
while late._workers._jobs or late._workers._busy or not late._ready:
    pass
from pythonscript_http.transport.trust import context_for
print(context_for.cache_info().misses)
"""


def test_clients_that_connect_together_load_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOGETHER],
        cwd=ROOT / "addons",
        check=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.stdout == "1\n"


SLOW = """
import threading, time
from pythonscript_http.transport import late
begun = threading.Event()
late._workers.submit(lambda: [begun.set(), time.sleep(0.5), print("its end", flush=True)])
begun.wait()
"""


def test_a_process_ends_after_the_load_that_is_under_way() -> None:
    """OpenSSL frees what it has when a process ends, and would crash a thread that is at work in it."""
    ended = subprocess.run(
        [sys.executable, "-c", SLOW],
        cwd=ROOT / "addons",
        check=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert ended.stdout == "its end\n"


def test_a_load_is_waited_for(loading: list[float]) -> None:
    way = Way()
    for _ in range(3):
        assert way.connecting.poll() is None
    way.connecting.wait(1.5)
    assert loading == [0.0, 0.0, 0.0, 1.5]


def test_a_load_that_takes_too_long(loading: list[float]) -> None:
    way = Way()
    way.connecting.poll()
    way.clock.now += 30.0
    with pytest.raises(HandshakeError, match=r"^TLS with '192.0.2.1': no OpenSSL within 30 s$"):
        way.connecting.poll()
    assert way.stream.closed


def test_a_load_is_given_up(loading: list[float]) -> None:
    way = Way()
    way.connecting.poll()
    way.connecting.close()
    assert way.stream.closed


@pytest.mark.parametrize("known", [False, True])
def test_a_policy_that_can_not_be_made_is_the_connections_failure(
    known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**parts: object) -> TlsPolicy:
        raise LocalError(f"not with {parts}")

    policy = LatePolicy(refuse, (("unsafe", True),))
    monkeypatch.setattr(late, "_ready", {policy: None} if known else {})
    way = Way(policy)
    with pytest.raises(HandshakeError, match=r"^TLS with '192.0.2.1': not with {'unsafe': True}$"):
        way.finish()
    assert way.stream.closed


def test_a_name_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(LocalProtocolError, match="'b d'"):
        Way(LatePolicy(no_policy, (("common_name", "b d"),)))


def test_what_is_ready_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "_ready", {})
    for number in range(late._MOST_READY + 3):
        late._load(
            TARGET, LatePolicy(TlsPolicy, (("common_name", f"n{number % 3}"), ("pins", (PIN,) * number))), ""
        )
    assert len(late._ready) == late._MOST_READY


PIN = "sha256//nHq8yT4fIRdvkyYwiKrIZNbDZ0gKdWpXNSOYYWYE+iY="
