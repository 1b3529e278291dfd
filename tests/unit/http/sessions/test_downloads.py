"""Bodies that become files."""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.loopback.network import SECONDS, until
from tests.loopback.responses import answer
from tests.loopback.server import Server, pattern
from tests.unit.http.sessions.driving import CUT, Served

from pythonscript_http.sessions.failures import Failure
from pythonscript_http.sessions.files import DiskFiles, Writable
from pythonscript_http.sessions.loop import Loop
from pythonscript_http.sessions.response import Response
from pythonscript_http.sessions.session import Session
from pythonscript_http.sessions.transfer import Listener
from pythonscript_http.transport.stream import NetworkError

CONTENT = bytes(range(256)) * 40
DIGEST = "sha256:" + hashlib.sha256(CONTENT).hexdigest()


class Told(Listener):
    def __init__(self) -> None:
        self.last = (0, 0)
        self.heads: list[int] = []

    def head(self, response: Response) -> None:
        self.heads.append(response.status)

    def received(self, size: int, total: int) -> None:
        assert size > self.last[0]
        self.last = size, total


class Downloading(Served):
    """A file server that knows ranges, and may break off."""

    def __init__(self, folder: Path) -> None:
        super().__init__(self._answer)
        self.folder = folder
        self.path = folder / "sub" / "file.bin"
        self.part = folder / "sub" / "file.bin.part"
        self.info = folder / "sub" / "file.bin.part.info"
        self.content = CONTENT
        self.tag = '"one"'
        self.fields: list[str] = []
        self.cut = 0
        """Breaks off after so many bytes; 0: it does not."""
        self.ranges = True
        self.wrong_range = False
        self.told = Told()

    def _answer(self, request: bytes) -> Sequence[bytes | NetworkError]:
        fields = dict(line.split(": ", 1) for line in request.decode().split("\r\n")[1:] if ": " in line)
        start = 0
        if self.ranges and "Range" in fields and fields.get("If-Range") in (None, self.tag, *self.fields):
            start = int(fields["Range"].removeprefix("bytes=").removesuffix("-"))
        common = [*self.fields, *([f"ETag: {self.tag}"] if self.tag else [])]
        size = len(self.content)
        if start >= size > 0:
            status = "416 Range Not Satisfiable"
            return [answer(b"", f"Content-Range: bytes */{size}", *common, status=status)]
        status = "206 Partial Content" if start else "200 OK"
        if start:
            shown = 0 if self.wrong_range else start
            common.append(f"Content-Range: bytes {shown}-{size - 1}/{size}")
        whole = answer(self.content[start:], *common, status=status)
        if self.cut:
            head = whole.index(b"\r\n\r\n") + 4
            return [whole[: head + self.cut], CUT]
        return [whole]

    def call(
        self, method: str = "GET", url: str = "/file", listener: Listener | None = None, **options: object
    ) -> Response:
        self.told = Told()
        return super().call(method, url, listener or self.told, **{"download_to": str(self.path), **options})

    def left(self) -> set[str]:
        return {path.name for path in self.path.parent.glob("*")}


@pytest.fixture
def downloading(tmp_path: Path) -> Iterator[Downloading]:
    made = Downloading(tmp_path)
    yield made
    made.session.close()
    made.loop.end()


def test_a_file(downloading: Downloading) -> None:
    response = downloading.call(digest=DIGEST)
    assert (response.ok, bytes(response.body)) == (True, b"")
    assert downloading.path.read_bytes() == CONTENT
    assert downloading.left() == {"file.bin"}
    assert downloading.told.last == (len(CONTENT), len(CONTENT))


def test_an_empty_one(downloading: Downloading) -> None:
    downloading.content = b""
    assert downloading.call(resume=True).ok
    assert (downloading.path.read_bytes(), downloading.left()) == (b"", {"file.bin"})


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "304 Not Modified"])
def test_what_is_no_success_is_no_file(downloading: Downloading, status: str) -> None:
    downloading.path.parent.mkdir()
    downloading.path.write_bytes(b"old")
    downloading.peers.answering = lambda _: [answer(b"" if "304" in status else b"page", status=status)]
    response = downloading.call()
    assert bytes(response.body) == (b"" if "304" in status else b"page")
    assert (downloading.path.read_bytes(), downloading.left()) == (b"old", {"file.bin"})


def test_an_old_file_stays_until_the_new_one_is_whole(downloading: Downloading) -> None:
    downloading.path.parent.mkdir()
    downloading.path.write_bytes(b"old")
    downloading.cut = 1000
    response = downloading.call()
    assert response.failure is Failure.CONNECTION_LOST
    assert (downloading.path.read_bytes(), downloading.left()) == (b"old", {"file.bin"})
    downloading.cut = 0
    assert downloading.call().ok
    assert downloading.path.read_bytes() == CONTENT


def test_redirects_and_cancelling(downloading: Downloading) -> None:
    downloading.peers.answering = lambda request: (
        [answer(b"see", "Location: /2", status="302 Found")]
        if b" /file " in request
        else [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"]
    )
    settings = {"download_to": str(downloading.path)}
    transfer = downloading.session.start("GET", "/file", settings)
    downloading.loop.settle()
    assert downloading.left() == {"file.bin.part"}
    transfer.cancel()
    assert downloading.loop.finish(transfer.response).failure is Failure.CANCELLED
    assert downloading.left() == set()


# ---- resuming


@pytest.mark.parametrize("digest", ["", DIGEST])
def test_it_goes_on_where_it_ended(downloading: Downloading, digest: str) -> None:
    downloading.cut = 1000
    for came in (1000, 2000, 3000):
        response = downloading.call(resume=True, digest=digest)
        assert response.failure is Failure.CONNECTION_LOST
        assert downloading.part.read_bytes() == CONTENT[:came]
        assert downloading.told.last == (came, len(CONTENT))
    assert downloading.left() == {"file.bin.part", "file.bin.part.info"}
    downloading.cut = 0
    response = downloading.call(resume=True, digest=digest)
    assert (response.ok, response.status) == (True, 206)
    assert (downloading.path.read_bytes(), downloading.left()) == (CONTENT, {"file.bin"})
    last = downloading.peers.requests[-1]
    assert b"\r\nRange: bytes=3000-\r\n" in last
    assert b'\r\nIf-Range: "one"\r\n' in last
    assert b"\r\nAccept-Encoding: identity\r\n" in last


def test_retries_resume(downloading: Downloading) -> None:
    downloading.cut = 4000
    response = downloading.call(resume=True, retries=5, digest=DIGEST)
    assert (response.ok, response.attempts) == (True, 3)
    assert downloading.path.read_bytes() == CONTENT


def test_retries_without_it_begin_anew(downloading: Downloading) -> None:
    cuts = iter([4000, 0])
    answering = downloading.peers.answering

    def now_and_then(request: bytes) -> Sequence[bytes | NetworkError]:
        downloading.cut = next(cuts)
        return answering(request)

    downloading.peers.answering = now_and_then
    assert downloading.call(retries=1, digest=DIGEST).ok
    assert downloading.path.read_bytes() == CONTENT


def test_a_file_that_has_changed(downloading: Downloading) -> None:
    downloading.cut = 1000
    downloading.call(resume=True)
    downloading.cut, downloading.tag, downloading.content = 0, '"two"', CONTENT[::-1]
    response = downloading.call(resume=True)
    assert (response.ok, response.status) == (True, 200)
    assert downloading.path.read_bytes() == CONTENT[::-1]


@pytest.mark.parametrize("ranges", [True, False])
def test_a_server_that_knows_no_ranges_or_gives_wrong_ones(downloading: Downloading, ranges: bool) -> None:
    downloading.cut = 1000
    downloading.call(resume=True)
    downloading.cut, downloading.ranges, downloading.wrong_range = 0, ranges, True
    response = downloading.call(resume=True, digest=DIGEST)
    assert (response.ok, response.status) == (True, 200)
    assert downloading.path.read_bytes() == CONTENT
    assert downloading.told.heads == [200]


def test_a_server_that_gives_parts_only(downloading: Downloading) -> None:
    part = answer(b"abc", "Content-Range: bytes 7-9/10", status="206 Partial Content")
    downloading.peers.answering = lambda _: [part]
    response = downloading.call(resume=True)
    assert (response.failure, response.attempts) == (Failure.PROTOCOL, 2)
    assert downloading.left() == set()


@pytest.mark.parametrize("resume", [True, False])
def test_a_part_that_was_asked_for_is_a_file(downloading: Downloading, resume: bool) -> None:
    response = downloading.call(headers={"Range": "bytes=1000-"}, resume=resume)
    assert (response.ok, response.status) == (True, 206)
    assert (downloading.path.read_bytes(), downloading.left()) == (CONTENT[1000:], {"file.bin"})


def test_all_of_it_is_here(downloading: Downloading) -> None:
    """What only lacks its name, as the game ended before that."""
    downloading.cut = 1000
    downloading.call(resume=True)
    downloading.part.write_bytes(CONTENT)
    downloading.cut = 0
    response = downloading.call(resume=True, digest=DIGEST)
    assert (response.ok, response.status, response.status_text) == (True, 206, "Partial Content")
    assert (downloading.path.read_bytes(), downloading.left()) == (CONTENT, {"file.bin"})


def test_more_than_all_of_it_is_here(downloading: Downloading) -> None:
    downloading.cut = 1000
    downloading.call(resume=True)
    downloading.part.write_bytes(CONTENT + b"x")
    downloading.cut = 0
    response = downloading.call(resume=True, digest=DIGEST)
    assert (response.ok, response.status, response.attempts) == (True, 200, 2)
    assert downloading.path.read_bytes() == CONTENT


LATER = "Date: Wed, 21 Oct 2015 07:29:00 GMT"
CHANGED = "Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT"


@pytest.mark.parametrize(
    ("tag", "fields", "resumed"),
    [
        ('"x"', [], True),
        ('W/"x"', [], False),
        ("", [], False),
        ("x", [], False),
        ("", [CHANGED, LATER], True),
        ("", [CHANGED, LATER.replace("29:00", "28:59")], False),
        ("", [CHANGED], False),
        ('"x"', ["Content-Encoding: identity"], False),
    ],
)
def test_what_it_can_be_resumed_by(
    downloading: Downloading, tag: str, fields: list[str], resumed: bool
) -> None:
    """A strong validator: it tells each version from every other."""
    downloading.tag, downloading.fields = tag, fields
    downloading.cut = 1000
    downloading.call(resume=True)
    downloading.cut = 0
    if fields and resumed:
        downloading.fields = [*fields, CHANGED.partition(": ")[2]]
    assert downloading.info.exists() is downloading.part.exists() is resumed
    assert (b"\r\nRange: " in (downloading.call(resume=True), downloading.peers.requests[-1])[1]) is resumed
    assert downloading.path.read_bytes() == CONTENT


@pytest.mark.parametrize("info", [b"", b"x", b'http://a/other\n"one"\n', b"\xff" * 100_000, b"a\nb\nc\nd"])
def test_a_part_of_something_else_is_not_gone_on_with(downloading: Downloading, info: bytes) -> None:
    downloading.cut = 1000
    downloading.call(resume=True)
    downloading.info.write_bytes(info)
    downloading.cut = 0
    assert downloading.call(resume=True).status == 200
    assert downloading.path.read_bytes() == CONTENT


# ---- what fails


@pytest.mark.parametrize("resume", [True, False])
def test_another_digest(downloading: Downloading, resume: bool) -> None:
    response = downloading.call(digest="sha256:" + "0" * 64, resume=resume)
    assert response.failure is Failure.DIGEST
    assert f"has the digest {DIGEST}, and not sha256:000" in response.failure_reason
    assert downloading.left() == set()


def test_a_part_that_was_tampered_with_is_found_by_the_digest(downloading: Downloading) -> None:
    downloading.cut = 1000
    downloading.call(resume=True)
    downloading.part.write_bytes(b"x" * 1000)
    downloading.cut = 0
    assert downloading.call(resume=True, digest=DIGEST).failure is Failure.DIGEST
    assert downloading.call(resume=True, digest=DIGEST).ok


def test_where_nothing_can_be_written(downloading: Downloading) -> None:
    (downloading.folder / "sub").write_bytes(b"a file")
    response = downloading.call()
    assert (response.failure, downloading.peers.requests) == (Failure.FILE, [])
    assert "file.bin' can't be written: " in response.failure_reason


@pytest.mark.parametrize("when", ["write", "close", "replace"])
def test_a_disk_that_is_full(downloading: Downloading, when: str) -> None:
    class Full:
        def __init__(self, file: Writable) -> None:
            self._file = file

        def write(self, data: bytes | memoryview) -> None:
            if when == "write":
                raise OSError(28, "No space left on device")
            self._file.write(data)

        def close(self) -> None:
            self._file.close()
            if when == "close":
                raise OSError(28, "No space left on device")

    class FullDisk(DiskFiles):
        def write(self, path: str, *, append: bool = False) -> Writable:
            return Full(super().write(path, append=append))

        def replace(self, source: str, target: str) -> None:
            if when == "replace":
                raise OSError(28, "No space left on device")
            super().replace(source, target)

    downloading.session.files = FullDisk()
    response = downloading.call()
    assert response.failure is Failure.FILE
    assert "No space left on device" in response.failure_reason
    assert downloading.left() == set()


def test_a_disk_that_is_full_for_a_while(downloading: Downloading, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can be resumed has no gap."""
    monkeypatch.setattr("pythonscript_http.sessions.downloads._BUFFER", 100)
    sizes: list[int] = []

    class Part:
        def __init__(self, file: Writable) -> None:
            self._file = file

        def write(self, data: bytes | memoryview) -> None:
            sizes.append(len(data))
            if len(sizes) == 3:
                raise OSError(28, "No space left on device")
            self._file.write(data)

        def close(self) -> None:
            self._file.close()

    class Disk(DiskFiles):
        def write(self, path: str, *, append: bool = False) -> Writable:
            file = super().write(path, append=append)
            return Part(file) if path.endswith(".part") else file

    downloading.session.files = Disk()
    response = downloading.call(resume=True)
    assert (response.failure, sizes) == (Failure.FILE, [100] * 3)
    assert downloading.told.last[0] < 600  # it ends as soon as that is known
    assert downloading.part.read_bytes() == CONTENT[:200]
    assert downloading.call(resume=True).ok
    assert downloading.path.read_bytes() == CONTENT
    assert sizes[3:] == [100] * 100 + [40]


def test_a_disk_that_takes_its_time_holds_up_no_other(tmp_path: Path, server: Server) -> None:
    go, told = threading.Event(), Told()

    class Late:
        """Looks at what it is to write only when the next buffer is full."""

        def __init__(self, file: Writable) -> None:
            self._file = file
            self.close = file.close

        def write(self, data: bytes | memoryview) -> None:
            until(lambda: told.last[0] >= 1 << 19)
            self._file.write(data)

    class Slow(DiskFiles):
        def write(self, path: str, *, append: bool = False) -> Writable:
            return Late(super().write(path, append=append))

        def replace(self, source: str, target: str) -> None:
            assert go.wait(SECONDS)
            super().replace(source, target)

    loop = Loop()
    session = Session(loop, base_url=f"http://127.0.0.1:{server.port}", files=Slow())
    try:
        settings = {"download_to": str(tmp_path / "file")}
        slow = session.start("GET", "/bytes/1000000", settings, told)
        until(lambda: told.last[0] == 1_000_000)
        assert session.request_sync("GET", "/hello").ok
        assert not slow.done
        slow.cancel()  # which waits for what cannot be interrupted
        assert session.request_sync("GET", "/hello").ok
        go.set()
        assert slow.response.wait(SECONDS)
        assert session.request_sync("GET", "/bytes/1000000", settings, Told()).ok
        assert (tmp_path / "file").read_bytes() == b"".join(pattern(1_000_000))
    finally:
        session.close()
        assert loop.stop(SECONDS)
    assert {path.name for path in tmp_path.iterdir()} == {"file"}


def test_one_at_a_time(downloading: Downloading) -> None:
    downloading.peers.seconds = 1
    settings = {"download_to": str(downloading.path)}
    first = downloading.session.start("GET", "/file", settings)
    second = downloading.session.start("GET", "/file", settings)
    response = downloading.loop.finish(second.response)
    assert response.failure is Failure.FILE
    assert "is being downloaded by another call" in response.failure_reason
    assert downloading.loop.finish(first.response).ok
    assert downloading.call().ok


def test_head_makes_no_file(downloading: Downloading) -> None:
    downloading.peers.answering = lambda _: [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"]
    assert downloading.call(method="HEAD").ok
    assert not downloading.path.exists()


@pytest.mark.parametrize("total", ["10240", "*"])
def test_a_server_that_gives_a_part_of_the_rest(downloading: Downloading, total: str) -> None:
    """It may; what is then here is not all of it."""
    downloading.cut = 1000
    downloading.call(resume=True)
    downloading.cut = 0
    whole, end = downloading.peers.answering, {"10240": 1009, "*": 10239}[total]

    def a_part(request: bytes) -> Sequence[bytes | NetworkError]:
        shown = f"Content-Range: bytes 1000-{end}/{total}"
        part = answer(CONTENT[1000:1010], shown, status="206 Partial Content")
        return [part] if b"\r\nRange: " in request else whole(request)

    downloading.peers.answering = a_part
    response = downloading.call(resume=True)
    if total == "*":
        assert "the file's bytes to 1010, and said to 10240" in response.failure_reason
        assert downloading.left() == set()
        response = downloading.call(resume=True)
    assert (response.ok, response.status) == (True, 200)
    assert downloading.path.read_bytes() == CONTENT


def test_a_part_in_another_coding(downloading: Downloading) -> None:
    downloading.cut = 1000
    downloading.call(resume=True)
    downloading.cut, downloading.fields = 0, ["Content-Encoding: identity"]
    response = downloading.call(resume=True)
    assert (response.ok, response.status, downloading.path.read_bytes()) == (True, 200, CONTENT)


@pytest.mark.parametrize("resume", [True, False])
def test_where_no_file_can_be_nobody_is_asked(downloading: Downloading, resume: bool) -> None:
    downloading.path.mkdir(parents=True)
    response = downloading.call(resume=resume)
    assert (response.failure, downloading.peers.requests) == (Failure.FILE, [])
    assert "it is a folder" in response.failure_reason
    assert downloading.call(download_to="a\0b").failure is Failure.FILE


def test_two_paths_of_one_file(downloading: Downloading) -> None:
    downloading.peers.answering = lambda _: [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"]
    first = downloading.session.start("GET", "/file", {"download_to": str(downloading.path)})
    downloading.loop.settle()
    second = downloading.call(download_to=str(downloading.folder / "sub" / ".." / "sub" / "file.bin"))
    assert (second.failure, "another call" in second.failure_reason) == (Failure.FILE, True)
    downloading.peers.all[0].send(b"defghi")
    assert downloading.loop.finish(first.response).ok
    assert downloading.path.read_bytes() == b"abcdefghi"
