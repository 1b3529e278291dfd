"""SOCKS 5: byte by byte without I/O, and through a proxy of our own."""

from collections.abc import Sequence

import pytest
from tests.loopback.certificates import Authority
from tests.loopback.network import closed_port
from tests.loopback.proxies import SocksProxy
from tests.loopback.responses import HELLO
from tests.loopback.scripted import ReadRequest, ScriptedServer
from tests.loopback.tls_server import TlsServer, speak
from tests.unit.http.driving import get, poll
from tests.unit.http.fakes import FakeStream

from pythonscript_http import HTTPClient, Status
from pythonscript_http.exceptions import RemoteProtocolError
from pythonscript_http.transport.policy import TlsPolicy
from pythonscript_http.transport.socks5 import SocksTunnel, dialogue, objection, tunnel_to
from pythonscript_http.transport.stream import HandshakeError, NetworkError
from pythonscript_http.transport.tunnel import TunnelRequest

GRANTED = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x38"
NAMED = b"\x05\x00\x00\x03\x0bexample.org\x04\x38"
SIX = b"\x05\x00\x00\x04" + bytes(18)
NAME_REQUEST = b"\x05\x01\x00\x03\x0bexample.org\x01\xbb"
ASKED = "when asked by SOCKS for example.org:443"
LOGIN = b"\x01\x03ada\x06secret"


def play(answers: bytes, name: str = "example.org", port: int = 443, *user: bytes) -> tuple[bytes, bytes]:
    """Plays a proxy's bytes to a client; returns what the client said, and what it left unread."""
    talk = dialogue(name, port, *user)
    said, wanted = next(talk)
    while True:
        assert len(answers) >= wanted, "it waits for more"
        data, answers = answers[:wanted], answers[wanted:]
        try:
            more, wanted = talk.send(data)
        except StopIteration:
            return said, answers
        said += more


class TestTheDialogue:
    @pytest.mark.parametrize("granted", [GRANTED, NAMED, SIX])
    def test_without_a_login(self, granted: bytes) -> None:
        assert play(b"\x05\x00" + granted) == (b"\x05\x01\x00" + NAME_REQUEST, b"")

    @pytest.mark.parametrize("version", [1, 5])
    def test_with_a_login(self, version: int) -> None:
        said, _ = play(b"\x05\x02" + bytes((version, 0)) + GRANTED, "example.org", 443, b"ada", b"secret")
        assert said == b"\x05\x02\x00\x02" + LOGIN + NAME_REQUEST

    def test_a_login_that_nobody_asks_for_is_not_sent(self) -> None:
        said, _ = play(b"\x05\x00" + GRANTED, "example.org", 443, b"ada", b"secret")
        assert said == b"\x05\x02\x00\x02" + NAME_REQUEST

    @pytest.mark.parametrize(
        ("name", "written"),
        [
            ("192.0.2.1", b"\x01\xc0\x00\x02\x01"),
            ("::1", b"\x04" + bytes(15) + b"\x01"),
            ("fe80::1%eth0", b"\x04\xfe\x80" + bytes(13) + b"\x01"),
            ("example.org.", b"\x03\x0cexample.org."),
            ("x" * 253, b"\x03\xfd" + b"x" * 253),
        ],
    )
    def test_hosts(self, name: str, written: bytes) -> None:
        said, _ = play(b"\x05\x00" + GRANTED, name, 80)
        assert said == b"\x05\x01\x00" + b"\x05\x01\x00" + written + b"\x00\x50"

    def test_what_follows_is_the_hosts(self) -> None:
        assert play(b"\x05\x00" + NAMED + b"hello")[1] == b"hello"

    @pytest.mark.parametrize(
        ("reply", "why"),
        [
            (1, "a failure of the proxy's own"),
            (2, "its rules do not allow it"),
            (3, "the network is unreachable"),
            (4, "the host is unreachable"),
            (5, "connection refused"),
            (6, "no answer came (TTL expired)"),
            (7, "it makes no connections"),
            (8, "it knows no addresses of this type"),
            (9, "for a reason that RFC 1928 does not know"),
            (255, "for a reason that RFC 1928 does not know"),
        ],
    )
    @pytest.mark.parametrize("rest", [b"", GRANTED[2:]])
    def test_refusals(self, reply: int, why: str, rest: bytes) -> None:
        """Some servers say no more than that."""
        with pytest.raises(RemoteProtocolError) as caught:
            play(b"\x05\x00\x05" + bytes((reply,)) + rest)
        assert str(caught.value) == (
            f"it refused a connection to example.org:443: {why} (SOCKS reply {reply})"
        )

    @pytest.mark.parametrize(
        ("answers", "user", "text"),
        [
            (b"\x05\xff", (), "it requires a login"),
            (b"\x05\xff", (b"ada", b"x"), "it does not accept the login"),
            (b"\x05\x02\x01\x01", (b"ada", b"x"), "it does not accept the user or the password"),
            (b"\x05\x02", (), "it chose the authentication method 2, which was not offered"),
            (b"\x05\x01", (b"ada", b"x"), "it chose the authentication method 1, which was not offered"),
            (b"\x04\x5b", (), "it does not speak SOCKS 5: its answer begins with the byte 4"),
            (b"HTTP/1.1 400 ", (), "it does not speak SOCKS 5: its answer begins with the byte 72"),
            (b"\x05\x00\x04\x00", (), "it does not speak SOCKS 5: its answer begins with the byte 4"),
            (b"\x05\x00\x05\x00\x00\x02", (), "its answer has an address of the unknown type 2"),
        ],
    )
    def test_answers_that_are_none(self, answers: bytes, user: Sequence[bytes], text: str) -> None:
        with pytest.raises(RemoteProtocolError) as caught:
            play(answers, "example.org", 443, *user)
        assert str(caught.value) == text

    @pytest.mark.parametrize(
        ("user", "password", "fits"),
        [
            (b"u", b"p", True),
            (b"u" * 255, b"p" * 255, True),
            (b"u", b"", True),
            (b"", b"p", False),
            (b"u" * 256, b"p", False),
            (b"u", b"p" * 256, False),
        ],
    )
    def test_logins_have_bounds(self, user: bytes, password: bytes, fits: bool) -> None:
        assert (objection(user, password) == "") is fits


class TestTheTunnel:
    def over(self, stream: FakeStream) -> SocksTunnel:
        tunnel = tunnel_to(TunnelRequest("example.org", 443, "p:1", "", 1))(stream)
        assert isinstance(tunnel, SocksTunnel)
        return tunnel

    @pytest.mark.parametrize("size", [1, 3, 100])
    def test_in_pieces(self, size: int) -> None:
        answers = b"\x05\x00" + NAMED
        stream = FakeStream(room=0)
        tunnel = self.over(stream)
        for start in range(0, len(answers), size):
            assert tunnel.poll() is None
            stream.room += 4 * size
            stream.events.append(answers[start : start + size])
        stream.room = 100
        assert tunnel.poll() is stream
        assert stream.sent == b"\x05\x01\x00" + NAME_REQUEST

    def test_no_byte_of_the_hosts_is_read(self) -> None:
        stream = FakeStream(b"\x05\x00" + GRANTED + b"SSH-2.0")
        assert self.over(stream).poll() is stream
        assert stream.events == [b"SSH-2.0"]

    @pytest.mark.parametrize(
        ("event", "kind", "text"),
        [
            (
                b"",
                NetworkError,
                f"the proxy p:1: it closed the connection {ASKED}",
            ),
            (NetworkError("cannot receive: x"), NetworkError, "the proxy p:1: cannot receive: x"),
            (HandshakeError("TLS with the proxy: x"), HandshakeError, "TLS with the proxy: x"),
            (b"\x05\xff", NetworkError, "the proxy p:1: it requires a login"),
        ],
    )
    def test_failures(self, event: bytes | NetworkError, kind: type[NetworkError], text: str) -> None:
        stream = FakeStream(event)
        with pytest.raises(kind) as caught:
            self.over(stream).poll()
        assert (str(caught.value), type(caught.value), stream.closed) == (text, kind, True)

    def test_giving_up(self) -> None:
        stream = FakeStream()
        self.over(stream).close()
        assert stream.closed


class TestThroughAProxy:
    @pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
    @pytest.mark.parametrize(("host", "listen"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1")])
    def test_http(self, scheme: str, host: str, listen: str) -> None:
        with ScriptedServer([ReadRequest(), HELLO] * 2, host=listen) as server, SocksProxy() as proxy:
            client = HTTPClient(user_agent="test")
            client.set_http_proxy(f"{scheme}://127.0.0.1", proxy.port)
            client.connect_to_host(host, server.port)
            poll(client)
            assert [get(client) for _ in range(2)] == [b"hello"] * 2, client.get_error_reason()
            client.close()
        assert proxy.asked == [(host, server.port)]
        assert server.received[0].startswith(b"GET / HTTP/1.1\r\n")
        assert b"proxy" not in server.received[0].lower()

    @pytest.mark.parametrize(
        ("scheme", "asked"), [("socks5", {"127.0.0.1", "::1"}), ("socks5h", {"localhost"})]
    )
    def test_who_looks_names_up(self, scheme: str, asked: set[str]) -> None:
        hosts = {"localhost": "127.0.0.1", "::1": "127.0.0.1"}
        with ScriptedServer([ReadRequest(), HELLO]) as server, SocksProxy(hosts=hosts) as proxy:
            client = HTTPClient()
            client.set_http_proxy(f"{scheme}://127.0.0.1", proxy.port)
            client.connect_to_host("localhost", server.port)
            assert client.get_status() is (
                Status.STATUS_RESOLVING if scheme == "socks5" else Status.STATUS_CONNECTING
            )
            poll(client)
            assert get(client) == b"hello", client.get_error_reason()
            client.close()
        assert {host for host, _ in proxy.asked} <= asked

    def test_tls_with_a_login_to_a_name_that_the_proxy_knows(self) -> None:
        root = Authority()
        with (
            TlsServer(root.issue("host.invalid"), speak(HELLO)) as server,
            SocksProxy(("us:er", "p@ss"), hosts={"host.invalid": "127.0.0.1"}) as proxy,
        ):
            client = HTTPClient()
            client.set_https_proxy("socks5h://us%3Aer:p%40ss@127.0.0.1", proxy.port)
            client.connect_to_host("https://host.invalid", server.port, TlsPolicy(roots=root.pem))
            assert client.get_status() is Status.STATUS_CONNECTING
            poll(client)
            assert get(client) == b"hello", client.get_error_reason()
            client.close()
        assert proxy.asked == [("host.invalid", server.port)]

    @pytest.mark.parametrize(
        ("user", "reply", "text"),
        [
            (("ada", "right"), 0, "it does not accept the user or the password"),
            (
                None,
                2,
                "it refused a connection to host.invalid:80: its rules do not allow it (SOCKS reply 2)",
            ),
        ],
    )
    def test_refusals(self, user: tuple[str, str] | None, reply: int, text: str) -> None:
        with SocksProxy(user, reply=reply) as proxy:
            client = HTTPClient()
            client.set_http_proxy("socks5h://ada:wrong@127.0.0.1", proxy.port)
            client.connect_to_host("host.invalid", 80)
            poll(client)
            assert client.get_status() is Status.STATUS_CANT_CONNECT
            assert client.get_error_reason().startswith(f"the proxy 127.0.0.1:{proxy.port}: {text}")

    def test_a_proxy_that_is_not_there(self) -> None:
        client = HTTPClient()
        client.set_http_proxy("socks5h://127.0.0.1", closed_port())
        client.connect_to_host("host.invalid", 80)
        poll(client)
        assert client.get_status() is Status.STATUS_CANT_CONNECT
        assert client.get_error_reason().startswith("the proxy: cannot connect to 127.0.0.1:")
