"""TLS contexts are made by a thread, while a connection is being made."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.loopback.certificates import Authority
from tests.loopback.clock import Clock
from tests.loopback.network import SECONDS, until
from tests.loopback.responses import HELLO
from tests.loopback.tls_server import TlsServer, speak
from tests.unit.http.fakes import FakeNetwork, FakeStream, Watching
from tests.unit.programs import run

from pythonscript_http.config import Limits, Timeouts
from pythonscript_http.exceptions import LocalError, LocalProtocolError, PolicyError, UnwritableFileError
from pythonscript_http.transport import late
from pythonscript_http.transport.connector import Connector, Route
from pythonscript_http.transport.late import context_for
from pythonscript_http.transport.policy import TlsPolicy
from pythonscript_http.transport.stream import HandshakeError
from pythonscript_http.url import parse_host

AUTHORITY = Authority()
OWN, OTHER = AUTHORITY.issue(common_name="own"), AUTHORITY.issue(common_name="other")
TARGET = parse_host("https://192.0.2.1")
POLICY = TlsPolicy(roots=AUTHORITY.pem)


@pytest.fixture(autouse=True)
def nothing_is_kept() -> None:
    late._contexts.clear()


@pytest.fixture
def busy() -> Iterator[threading.Event]:
    """The thread that loads has something else to do, until this is set."""
    begun, go = threading.Event(), threading.Event()

    def keep_busy() -> None:
        begun.set()
        go.wait(SECONDS)

    late._workers.submit(keep_busy)
    assert begun.wait(SECONDS)
    yield go
    go.set()
    until(lambda: not late._workers._busy)


class Way:
    """A connection over TLS that is being made."""

    def __init__(self, policy: TlsPolicy = POLICY) -> None:
        self.clock, self.stream = Clock(), FakeStream()
        self.network = FakeNetwork(self.stream)
        self.network.up = True
        connector = Connector(self.network, clock=self.clock, timeouts=Timeouts(layer=30.0))
        self.connecting = connector.connect(Route(TARGET, tls=policy), limits=Limits())

    def begin(self) -> None:
        """Polls until it has sent the first bytes of a handshake."""
        while not self.stream.sent:
            self.connecting.poll()
            self.connecting.wait(SECONDS)


PROGRAM = """if True:
    import socket, sys, threading
    from pythonscript_http import HTTPClient, Status
    from pythonscript_http.transport.policy import TlsPolicy
    LATE = {"ssl", "_ssl", "certifi", "pythonscript_http.transport.tls", "pythonscript_http.transport.trust"}
    NEVER = {"dataclasses", "encodings.idna", "inspect", "tempfile"}
    threads = {}
    class Witness:
        @staticmethod
        def find_spec(name, path, target=None):
            if name in LATE | NEVER:
                threads.setdefault(name, threading.current_thread() is threading.main_thread())
    sys.meta_path.insert(0, Witness)
    listener = socket.create_server(("127.0.0.1", 0))
    client = HTTPClient()
    client.connect_to_host("https://localhost", listener.getsockname()[1], %s)
    print(client.get_status().name)
    threading.Thread(target=lambda: listener.accept()[0].close()).start()
    while client.get_status() in (Status.STATUS_RESOLVING, Status.STATUS_CONNECTING):
        client.poll()
    print(client.get_status().name)
    print(sorted(LATE - threads.keys()), sorted(name for name, main in threads.items() if main))
"""


@pytest.mark.parametrize(
    "policy",
    [
        "None",
        "TlsPolicy()",
        f"TlsPolicy(roots={AUTHORITY.pem!r}, minimum=0x0304, pins=('sha256//{'A' * 43}=',))",
        f"TlsPolicy(certificate={OWN.pem!r}, key={OWN.key_pem!r})",
        f"TlsPolicy(revocation_lists=({AUTHORITY.revoke()!r},))",
    ],
    ids=["none", "default", "roots", "client", "revocation"],
)
def test_a_call_imports_nothing_of_tls_by_itself(policy: str) -> None:
    assert run(PROGRAM % policy).splitlines() == ["STATUS_RESOLVING", "STATUS_TLS_HANDSHAKE_ERROR", "[] []"]


TOGETHER = """if True:
    from pythonscript_http import HTTPClient
    from pythonscript_http.transport import late, trust
    from pythonscript_http.transport.policy import TlsPolicy
    made = []
    class Counted(trust.TlsContext):
        def __init__(self, policy):
            made.append(policy)
            super().__init__(policy)
    trust.TlsContext = Counted
    clients = [HTTPClient() for _ in range(100)]
    for client in clients:
        client.connect_to_host("https://127.0.0.1", 9, TlsPolicy(alpn=("mine",)))
    while late._workers._jobs or late._workers._busy or not late._contexts:
        pass
    print(len(made))
"""


def test_clients_that_connect_together_load_once() -> None:
    assert run(TOGETHER) == "1\n"


SLOW = """
import threading, time
from pythonscript_http.transport import late
begun = threading.Event()
late._workers.submit(lambda: [begun.set(), time.sleep(0.5), print("its end", flush=True)])
begun.wait()
"""


def test_a_process_ends_after_the_load_that_is_under_way() -> None:
    """OpenSSL frees what it has when a process ends, and would crash a thread that is at work in it."""
    assert run(SLOW) == "its end\n"


FIRST = """
import sys
from pythonscript_http import HTTPClient, Method, Status
from pythonscript_http.transport.late import context_for
from pythonscript_http.transport.policy import TlsPolicy

def poll(*statuses):
    while client.get_status() in statuses:
        client.poll()

client, policy = HTTPClient(), TlsPolicy(roots=sys.argv[2])
client.connect_to_host("localhost", int(sys.argv[1]), policy)
context_for(policy)
before = set(sys.modules)
poll(Status.STATUS_RESOLVING, Status.STATUS_CONNECTING)
client.request(Method.METHOD_GET, "/", [])
poll(Status.STATUS_REQUESTING)
print(client.read_response_body_chunk())
client.close()
print(sorted(set(sys.modules) - before))
"""
"""Imports what a first request by TLS brings beyond its context."""


def test_the_first_answer_waits_for_no_import() -> None:
    """A call would, and a frame with it."""
    with TlsServer(AUTHORITY.issue("localhost"), speak(HELLO)) as server:
        assert run(FIRST, str(server.port), AUTHORITY.pem).splitlines() == ["b'hello'", "[]"]


def test_a_load_is_waited_for(busy: threading.Event) -> None:
    way = Way()
    for _ in range(3):
        assert way.connecting.poll() is None
    way.connecting.wait(0.01)
    assert not way.stream.sent
    busy.set()
    way.begin()


def test_what_is_loaded_is_there_at_once(busy: threading.Event) -> None:
    context_for(POLICY)
    Way().begin()


def test_a_load_that_takes_too_long(busy: threading.Event) -> None:
    way = Way()
    way.connecting.poll()
    way.clock.now += 30.0
    with pytest.raises(
        HandshakeError, match=r"^TLS with '192.0.2.1': OpenSSL and the roots were not loaded within 30 s$"
    ):
        way.connecting.poll()
    assert way.stream.closed


def test_a_load_that_nobody_waits_for_any_more_is_not_made(busy: threading.Event) -> None:
    """So that as many wait to be made as there are connections, and no more."""
    given_up = Way()
    given_up.connecting.poll()
    given_up.connecting.close()
    assert given_up.stream.closed
    del given_up
    kept = TlsPolicy(roots=AUTHORITY.pem, alpn=("kept",))
    way = Way(kept)
    busy.set()
    way.begin()
    assert list(late._contexts) == [kept]


def test_a_policy_that_is_changed_for_another_is_loaded_as_it_was(busy: threading.Event) -> None:
    ways = [Way(TlsPolicy(roots=AUTHORITY.pem, alpn=(name,))) for name in "abc"]
    busy.set()
    for way, name in zip(ways, "abc", strict=True):
        way.begin()
        assert b"\0\2\1" + name.encode() in way.stream.sent


@pytest.mark.parametrize("again", [False, True])
def test_what_openssl_alone_can_judge_is_the_connections_failure(again: bool) -> None:
    """Whether it is loaded already makes no difference."""
    policy = TlsPolicy(certificate=OWN.pem, key=OTHER.key_pem)
    reason = r"^TLS with '192.0.2.1': the client's certificate and key can't be used: key values mismatch$"
    for _ in range(1 + again):
        way = Way(policy)
        with pytest.raises(HandshakeError, match=reason):
            way.begin()
        assert way.stream.closed
    assert not late._contexts


def test_a_failure_is_of_those_alone_who_waited_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was missing may be there by now."""
    policy = TlsPolicy()
    with monkeypatch.context() as missing:
        missing.setattr("certifi.where", lambda: "/absent")
        failed = Way(policy)
        with pytest.raises(HandshakeError, match="TLS is not available: /absent: No such file"):
            failed.begin()
    Way(policy).begin()


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(("name", "kind"), [("b d", LocalProtocolError), ("\0", LocalError)])
def test_a_name_that_is_none_is_refused_at_once(name: str, kind: type[LocalError], known: bool) -> None:
    policy = TlsPolicy(roots=AUTHORITY.pem, common_name=name)
    if known:
        context_for(policy)
    with pytest.raises(kind, match=ascii(name).replace("\\", r"\\")):
        Way(policy)


@pytest.mark.parametrize("path", ["absent/keys", ".", "x" * 5000])
def test_keys_that_can_not_be_logged_are_refused_at_once(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnwritableFileError, match="the keys of connections can't be logged to "):
        Way(TlsPolicy(roots=AUTHORITY.pem, key_log=path))


@pytest.mark.parametrize("path", ["\0", "a\0b", "\ud800"])
def test_keys_that_no_file_can_have_are_refused_at_once(path: str) -> None:
    with pytest.raises(PolicyError, match="which no file can be called"):
        TlsPolicy(key_log=path)


@pytest.mark.parametrize("meanwhile", [None, 0.002])
def test_a_load_gives_way_to_calls(meanwhile: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless somebody has set how soon Python does."""
    seen, usual = [], sys.getswitchinterval()

    def where() -> str:
        seen.append(sys.getswitchinterval())
        if meanwhile is not None:
            sys.setswitchinterval(meanwhile)
        return "/absent"

    monkeypatch.setattr("certifi.where", where)
    try:
        with pytest.raises(HandshakeError):
            Way(TlsPolicy()).begin()
        assert seen == [late._SWITCH]
        assert sys.getswitchinterval() == (meanwhile or usual)
    finally:
        sys.setswitchinterval(usual)


def test_contexts_that_are_kept_are_bounded_and_the_oldest_goes() -> None:
    first, *others = (
        TlsPolicy(roots=AUTHORITY.pem, alpn=(f"n{number}",)) for number in range(late._CONTEXTS + 1)
    )
    kept = context_for(first)
    for policy in others[:-1]:
        context_for(policy)
    assert context_for(first) is kept
    context_for(others[-1])
    assert len(late._contexts) == late._CONTEXTS
    assert [policy in late._contexts for policy in (first, others[0], others[1])] == [True, False, True]


def test_one_that_was_let_go_is_loaded_anew_by_the_thread(busy: threading.Event) -> None:
    context_for(POLICY)
    late._contexts.clear()
    way = Way()
    way.connecting.poll()
    assert not way.stream.sent
    busy.set()
    way.begin()


def test_who_watches_a_load_is_woken(busy: threading.Event) -> None:
    way, watching = Way(), Watching()
    way.connecting.poll()
    way.connecting.watch(watching)
    assert not watching.woken.is_set()
    assert all(seconds > 1 for seconds in watching.seconds)  # of deadlines
    busy.set()
    assert watching.woken.wait(SECONDS)
    way.begin()


THREADLESS = """if True:
    import threading
    from pythonscript_http import HTTPClient
    from pythonscript_http.transport import late
    def refuse(self):
        raise RuntimeError("can't start new thread")
    threading.Thread.start = refuse
    HTTPClient().connect_to_host("https://127.0.0.1", 9)
    print(len(late._contexts))
"""


def test_where_the_system_gives_no_thread_the_call_loads() -> None:
    assert run(THREADLESS) == "1\n"
