"""Requests of the console: sent in a thread, cancelled from another, and told of as the inspector would."""

import queue
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.loopback.certificates import Authority
from tests.loopback.network import closed_port
from tests.loopback.scripted import ReadRequest, ScriptedServer
from tests.loopback.server import Server
from tests.loopback.tls_server import TlsServer, server_context

from pythonscript_http.editor.masking import MASK
from pythonscript_http.editor.request import File, FormatError, Request
from pythonscript_http.editor.sending import Response, Transfer
from pythonscript_http.exceptions import LocalError
from pythonscript_http.transport.policy import TlsPolicy

SECONDS = 60.0


def policy(fields: dict[str, Any]) -> TlsPolicy:
    return TlsPolicy(**fields)


def send(request: Request, read: Callable[[str], bytes] = lambda path: Path(path).read_bytes()) -> Response:
    done: queue.Queue[Response] = queue.Queue()
    Transfer(request, read=read, policy=policy, done=done.put).start()
    return done.get(timeout=SECONDS)


def test_a_request_and_its_response(server: Server) -> None:
    url = f"http://ada:x@127.0.0.1:{server.port}/echo?a=b"
    headers = (("Content-Type", "x/y"), ("A", "b"))
    response = send(Request("POST", url, headers, ("ü", File("f"))), {"f": b"\0\xff"}.__getitem__)
    assert response.body == "ü".encode() + b"\0\xff"
    record = response.record
    assert (record.code, record.media, record.reason) == (200, "x/y", "")
    assert ("A", "b") in record.request_headers
    assert ("Authorization", "Basic YWRhOng=") in record.request_headers
    assert [phase.name for phase in record.phases(response.now)][-1] in ("wait", "receive")


def test_progress(server: Server) -> None:
    done: queue.Queue[Response] = queue.Queue()
    size = 3_000_000
    request = Request(url=f"http://127.0.0.1:{server.port}/bytes/{size}")
    transfer = Transfer(request, read=lambda _: b"", policy=policy, done=done.put)
    assert transfer.progress == (0, 0, -1)
    transfer.start()
    assert len(done.get(timeout=SECONDS).body) == size
    assert transfer.progress[1] == size


def test_a_failure_says_why() -> None:
    response = send(Request(url=f"http://127.0.0.1:{closed_port()}/"))
    assert response.record.status == "failed"
    assert "refused" in response.record.reason
    for request, why in (
        (Request(url="http://a b/"), "holds ' '"),
        (Request(url="http://127.0.0.1:1/", headers=(("A", "b\0"),), proxy=""), "refused"),
    ):
        assert why in send(request).record.reason


def test_tls_is_verified_unless_it_is_told_not_to() -> None:
    identity = Authority().issue("localhost")

    def serve(connection: object) -> None:
        connection.recv(65536)  # type: ignore[attr-defined]
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")  # type: ignore[attr-defined]

    with TlsServer(identity, serve) as server:
        url = f"https://localhost:{server.port}/"
        refused, taken = send(Request(url=url)), send(Request(url=url, insecure=True))
    assert refused.record.status == "failed"
    assert "certificate" in refused.record.reason
    assert taken.body == b"hi"
    assert taken.record.scheme == "https"


@pytest.mark.parametrize("early", [True, False])
def test_it_can_be_cancelled(early: bool) -> None:
    done: queue.Queue[Response] = queue.Queue()
    with ScriptedServer(
        [ReadRequest(), b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", ReadRequest()]
    ) as server:
        request = Request(url=f"http://127.0.0.1:{server.port}/")
        transfer = Transfer(request, read=lambda _: b"", policy=policy, done=done.put)
        if early:
            transfer.cancel()
        transfer.start()
        if not early:
            end = threading.Event()
            while transfer.progress[1] < 2:
                assert not end.wait(0.005)
            transfer.cancel()
        response = done.get(timeout=SECONDS)
        transfer.join(SECONDS)
    assert response.record.reason == "cancelled"
    assert response.body == (b"" if early else b"hi")


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (Request(), "there is no URL"),
        (Request(url="http://a", headers=(("Authorization", f"Bearer {MASK}"),)), "write it anew"),
        (Request(url=f"http://a/?token={MASK}"), "write it anew"),
        (Request(url="http://a", proxy=f"{MASK}@p:1"), "write it anew"),
        (Request(url="http://a", proxy="p"), "no port"),
        (Request(url="http://a", proxy="p:²"), "no port"),
        (Request(url="http://a", proxy="p:70000"), "65535"),
    ],
)
def test_what_cannot_be_sent_is_told_at_once(request_: Request, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        Transfer(request_, read=lambda _: b"", policy=policy, done=print)
    with pytest.raises(FileNotFoundError):
        Transfer(
            Request(url="http://a", body=(File("/none"),)),
            read=lambda p: Path(p).read_bytes(),
            policy=policy,
            done=print,
        )


def test_tls_by_files(tmp_path: Path) -> None:
    root, clients = Authority(), Authority("Clients")
    identity, own = root.issue("localhost"), clients.issue(common_name="ada")
    files = {
        "ca": root.pem.encode(),
        "own": f"{own.key_pem}{own.pem}".encode(),
        "cert": own.pem.encode(),
        "key": own.key_pem.encode(),
    }

    def serve(connection: object) -> None:
        if connection.recv(65536):  # type: ignore[attr-defined]
            subject = connection.getpeercert()["subject"][-1][0][1].encode()  # type: ignore[attr-defined]
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + subject)  # type: ignore[attr-defined]

    with TlsServer(server_context(identity, trusted=clients.pem), serve) as server:
        request = Request(
            url=f"https://localhost:{server.port}/", ca="ca", certificate="own", pins=identity.pin
        )
        assert send(request, files.__getitem__).body == b"ada"
        assert send(replace(request, certificate="cert", key="key"), files.__getitem__).body == b"ada"
        for changed, why in (
            (replace(request, pins=clients.pin), "pin"),
            (replace(request, pins="x"), "digest"),
            (replace(request, ca=""), "certificate"),
            (replace(request, ca="key"), "no PEM block|has a PEM block of the kind"),
            (replace(request, certificate="cert"), "PRIVATE KEY"),
        ):
            try:
                said = send(changed, files.__getitem__).record.reason
            except LocalError as error:  # of the policy, before anything is sent
                said = str(error)
            assert re.search(why, said)


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (Request(url="https://a", ca="f", insecure=True), "no effect"),
        (Request(url="https://a", key="f"), "no certificate"),
    ],
)
def test_tls_that_contradicts_itself(request_: Request, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        Transfer(request_, read=lambda _: b"", policy=policy, done=print)
