"""curl commands: what they mean is what curl sends, and what is written curl sends the same."""

import os
import subprocess
from pathlib import Path

import pytest
from tests.loopback.scripted import ReadRequest, ScriptedServer
from tests.unit.http.editor.commands import CHROME, FIREFOX, URL

from pythonscript_http.editor.curl import command_of, parse
from pythonscript_http.editor.request import File, FormatError, Request, content_of, split_url

SECONDS = 60.0


@pytest.mark.parametrize("command", [CHROME, FIREFOX])
def test_what_is_pasted_into_a_field_of_one_line(command: str) -> None:
    assert parse(command.replace("\n", "")) == parse(command)
    assert parse(command.replace("\n", "\r\n")) == parse(command)


def test_from_chrome() -> None:
    request, notes = parse(CHROME)
    assert request == Request(
        "POST",
        f"{URL}/api?x=1",
        (
            ("accept", "*/*"),
            ("content-type", "application/json"),
            ("Cookie", "session=abc; theme=dark"),
            ("user-agent", "Mozilla/5.0 (X11; Linux x86_64)"),
        ),
        ('{"it":"isn\'t","tab":"\\t","excl":"!","café":"😀"}',),
        insecure=True,
    )
    assert notes == []


# Each is sent by curl and by us.
SAME = {
    "get": f"curl {URL}/",
    "query": f"curl '{URL}/a?b=c%20d'",
    "firefox": FIREFOX,
    "head": f"curl -I {URL}/x",
    "short flags": f"curl -sSLX PUT {URL} -H'A: b' -H 'C;' -Hd:e",
    "form": f"curl {URL} -d a=1 -d 'b=2&c' --data-raw @d",
    "put": f"curl -X PUT {URL} -d '{{}}' -H 'Content-Type: application/json'",
    "urlencode": f"curl {URL} --data-urlencode 'a=ü &' --data-urlencode '=b c' --data-urlencode 'd e'",
    "get with data": f"curl -G '{URL}/s?x=1' -d a=b --data-urlencode 'c=d e'",
    "json": f"curl --json '{{\"a\": 1}}' {URL}",
    "user": f"curl -u ada:love:lace {URL}",
    "bearer": f"curl --oauth2-bearer abc {URL}",
    "agent": f"curl -A me -e http://x/ -b a=b {URL}",
    "no content type": f"curl {URL} -d x -H Content-Type:",
    "binary file": f"curl {URL} --data-binary @body.bin -H 'Content-Type: x/y'",
    "upload": f"curl -T body.bin {URL}/place",
    "data after --": f"curl -d a=b -- {URL}",
    "ansi": rf"curl {URL} --data-raw $'a\'b\u00e9\x0a'",
    "range": f"curl -r 0-9 {URL}",
    "custom": f"curl -X PROPFIND {URL}/dav -H 'Depth: 1'",
}
OURS = {"host", "content-length", "expect", "connection", "accept-encoding"}
"""Headers that whoever sends adds."""


def sent_by_curl(command: str, folder: Path) -> tuple[str, set[tuple[str, str]], bytes]:
    """The request line, the headers and the body that curl sends."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    program = os.environ.get("CURL", "curl")
    with ScriptedServer([ReadRequest(), answer]) as server:
        run = f"curl() {{ command '{program}' -q --noproxy '*' -o /dev/null \"$@\"; }}; {command}"
        script = run.replace(URL, f"http://127.0.0.1:{server.port}")
        subprocess.run(["bash", "-c", script], cwd=folder, check=True, capture_output=True, timeout=SECONDS)
        (data,) = server.received
    head, _, body = data.partition(b"\r\n\r\n")
    line, *fields = head.decode("latin-1").split("\r\n")
    pairs = (field.partition(":") for field in fields)
    headers = {(name.lower(), value.strip()) for name, _, value in pairs if name.lower() not in OURS}
    return line, headers, body


def described(request: Request, folder: Path) -> tuple[str, set[tuple[str, str]], bytes]:
    """The same of a request."""
    address = split_url(request.url)
    headers = {(name.lower(), value) for name, value in request.headers}
    names = {name for name, _ in headers}
    headers |= {(n, v) for n, v in (("accept", "*/*"),) if n not in names}
    body = content_of(request, lambda path: (folder / path).read_bytes())
    return f"{request.method} {address.target} HTTP/1.1", headers, body


@pytest.mark.parametrize("name", SAME)
def test_it_means_what_curl_sends(name: str, tmp_path: Path) -> None:
    (tmp_path / "body.bin").write_bytes(b"\0\xff\r\n")
    line, headers, body = sent_by_curl(SAME[name], tmp_path)
    request, _ = parse(SAME[name])
    ours = described(request, tmp_path)
    agent = {(n, v) for n, v in headers if n == "user-agent" and v.startswith("curl/")}
    assert ours == (line, headers - agent, body)


@pytest.mark.parametrize("name", SAME)
def test_what_is_written_is_read_again_and_sent_by_curl(name: str, tmp_path: Path) -> None:
    (tmp_path / "body.bin").write_bytes(b"\0\xff\r\n")
    request, _ = parse(SAME[name])
    command = command_of(request)
    assert parse(command)[0] == request
    line, headers, body = sent_by_curl(command, tmp_path)
    agent = {(n, v) for n, v in headers if n == "user-agent" and v.startswith("curl/")}
    assert (line, headers - agent, body) == described(request, tmp_path)


def test_multipart(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\0\xff")
    command = (
        f"""curl {URL} -F 'a=b "c"' -F 'f=@a.bin;type=image/png' -F 'g=@a.bin;filename="x.y"' -F 't=<a.bin'"""
    )
    command += " --form-string 'h=@i;type=j'"
    _, headers, body = sent_by_curl(command, tmp_path)
    (kind,) = (value for name, value in headers if name == "content-type")
    boundary = kind.partition("boundary=")[2]
    request, _ = parse(command, boundary)
    assert request.header("Content-Type") == kind
    assert content_of(request, lambda path: (tmp_path / path).read_bytes()) == body
    with pytest.raises(FormatError, match="has files among its text"):
        command_of(request)


def test_notes_and_options_without_meaning() -> None:
    request, notes = parse(f"curl -d @f {URL} --max-time 3 -o x -w '%{{http_code}}' --http2 -x proxy:3128 -k")
    assert request.body == (File("f"),)
    assert (request.proxy, request.insecure) == ("proxy:3128", True)
    assert len(notes) == 1
    assert "line breaks" in notes[0]


def test_tls() -> None:
    command = f"curl {URL} --cacert a.crt -E c.pem --key k.pem --pinnedpubkey 'sha256//x;sha256//y'"
    request = Request(url=URL, ca="a.crt", certificate="c.pem", key="k.pem", pins="sha256//x sha256//y")
    assert parse(command)[0] == request
    assert parse(command_of(request))[0] == request


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("curl http://a --cert f:secret", "encrypted"),
        ("curl http://a --pinnedpubkey f.der", "write sha256//"),
        ("", "is not a curl command"),
        ("wget http://a", "is not a curl command"),
        ("curl", "names no URL"),
        ("curl http://a http://b", "more than one URL"),
        ("curl http://a --nonsense", "option --nonsense is not known"),
        ("curl http://a -sZ", "option -Z is not known"),
        ("curl http://a -H", "-H needs a value"),
        ("curl http://a -H none", "'none' is not a header"),
        ("curl http://a -H @file", "headers from a file"),
        ("curl http://a -b jar.txt", "a file of cookies"),
        ("curl http://a -d @-", "no standard input"),
        ("curl http://a -F x", "write name=value"),
        ("curl http://a -d x -F a=b", "cannot be used together"),
        ("curl -G http://a -d @f", "-G with a file"),
        ("curl http://a --data-urlencode a@f", "a file cannot be encoded"),
        ("curl http://a -X 'A B'", "is not a method"),
        ('curl ^"http://a^" ^\n  -H ^"a: b^"', "copied for cmd.exe"),
    ],
)
def test_what_cannot_be_read_says_why(command: str, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        parse(command)


def test_options_before_the_url_take_no_time() -> None:
    options = "--compressed --http2 --location --silent --show-error " * 20
    assert parse(f"curl {options} {URL}")[0] == Request(url=URL)


def test_commands_are_bounded() -> None:
    with pytest.raises(FormatError, match="longer than 16 MiB"):
        parse("curl " + "x" * (16 << 20))


def test_without_a_scheme_it_is_http_and_variables_stay() -> None:
    assert parse("curl example.org/a")[0].url == "http://example.org/a"
    assert parse('curl "$HOST/a" -H "Authorization: Bearer $TOKEN"')[0] == Request(
        url="{{HOST}}/a", headers=(("Authorization", "Bearer {{TOKEN}}"),)
    )


def test_a_nul_cannot_be_written() -> None:
    with pytest.raises(FormatError, match="NUL"):
        command_of(Request(url=URL, body=("a\0b",)))
