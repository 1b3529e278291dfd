"""Scripts and calls of requests; that they run is tried in tests/engine/test_f_http_editor.py."""

import pytest

from pythonscript_http.editor.gdscript import call_of, script_of
from pythonscript_http.editor.request import File, FormatError, Request


def test_texts_are_literals_and_variables_are_looked_up() -> None:
    request = Request(
        "POST",
        'http://ada:x@localhost:8000/a"b?c={{d}}',
        (("Authorization", "Bearer {{token}}"), ("A", "\\")),
        ('{"a":\t"{{b}}"}\n', File("res://f.bin")),
        insecure=True,
        proxy="proxy.example:3128",
    )
    script = script_of(request)
    for part in (
        'client.connect_to_host("http://localhost:8000", -1, TLSOptions.client_unsafe())',
        'client.set_http_proxy("proxy.example", 3128)',
        'client.set_https_proxy("proxy.example", 3128)',
        '"Authorization: Bearer " + OS.get_environment("token"),',
        '"A: \\\\",',
        'body += ("{\\"a\\":\\t\\"" + OS.get_environment("b") + "\\"}\\n").to_utf8_buffer()',
        'body += FileAccess.get_file_as_bytes("res://f.bin")',
        'client.request_raw(PyHTTPClient.METHOD_POST, "/a\\"b?c=" + OS.get_environment("d"), headers, body)',
    ):
        assert part in script
    assert script.count("Authorization") == 1


def test_a_host_that_is_a_variable() -> None:
    script = script_of(Request(url="{{host}}/a"))
    assert 'connect_to_host(OS.get_environment("host"))' in script
    assert 'METHOD_GET, "/a", headers' in script


def test_the_user_of_a_url() -> None:
    assert '"Authorization: Basic YTpi"' in script_of(Request(url="http://a:b@c/"))


def test_lines_of_multipart_bodies_end_with_crlf() -> None:
    request = Request("POST", "http://a", (("Content-Type", "multipart/form-data"),), ("a\nb",))
    assert '"a\\r\\nb"' in script_of(request)


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (Request("PROPFIND", "http://a"), "no method PROPFIND"),
        (Request(url="ftp://a"), "scheme"),
        (Request(url="http://a", proxy="p"), "no port"),
        (Request(url="http://a", proxy="p:²"), "no port"),
        (Request(url="http://a", body=("a\0",)), "not text"),
    ],
)
def test_what_no_script_can_do(request_: Request, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        script_of(request_)


def test_a_title_is_one_line() -> None:
    script = script_of(Request(url="http://a", name="x\nquit()"))
    assert "## x quit()" in script.splitlines()


JSON = (("Content-Type", "application/json"),)
FORM = (("content-type", "application/x-www-form-urlencoded"),)
PLAIN = (("Content-Type", "text/plain"),)


@pytest.mark.parametrize(
    ("request_", "given"),
    [
        (Request(url="a"), '"http://a/"'),
        (Request("DELETE", "http://a/b c"), '"http://a/b%20c", {"method": "DELETE"}'),
        (Request(url="{{host}}/b?c={{d}}"), 'OS.get_environment("host") + "/b?c=" + OS.get_environment("d")'),
        (
            Request(url="http://a:b@c", headers=(("X", "1"), ("Y", "{{y}}"), ("x", "2"))),
            '"http://c/", {"headers": {"X": ["1", "2"], "Y": OS.get_environment("y"), '
            '"Authorization": "Basic YTpi"}}',
        ),
        (
            Request("POST", "a", JSON, ('{"a": [1, -0.5, true, null], "b": {"c": "{{d}}\\n"}}',)),
            '"http://a/", {"json": {"a": [1, -0.5, true, null], '
            '"b": {"c": OS.get_environment("d") + "\\n"}}}',
        ),
        (
            Request("PUT", "a", (("Content-Type", "application/hal+json"),), ("[]",)),
            '"http://a/", {"method": "PUT", "headers": {"Content-Type": "application/hal+json"}, "json": []}',
        ),
        (Request("POST", "a", FORM, ("a=b+c&d=%C3%A9",)), '"http://a/", {"form": {"a": "b c", "d": "é"}}'),
        (Request("POST", "a", (), ("a",)), '"http://a/", {"body": "a".to_utf8_buffer()}'),
        (
            Request("POST", "a", PLAIN, ("a\n",)),
            '"http://a/", {"headers": {"Content-Type": "text/plain"}, "body": "a\\n"}',
        ),
        (
            Request("POST", "a", PLAIN, (File("b"),)),
            '"http://a/", {"headers": {"Content-Type": "text/plain"}, "stream": "b"}',
        ),
        (
            Request("POST", "a", (), ("{{b}}c", File("d"))),
            '"http://a/", {"body": (OS.get_environment("b") + "c").to_utf8_buffer() '
            '+ FileAccess.get_file_as_bytes("d")}',
        ),
        (
            Request(url="https://a", insecure=True, proxy="socks5h://p:1"),
            '"https://a/", {"tls": TLSOptions.client_unsafe(), "proxy": "socks5h://p:1"}',
        ),
    ],
)
def test_a_call(request_: Request, given: str) -> None:
    assert call_of(request_) == f"var response: PyHTTPResponse = await PyHTTP.fetch({given})\n"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (JSON, '{"a": 1, "a": 2}'),
        (JSON, '{"a": 9223372036854775808}'),
        (JSON, '{"a": 0.1234567890123456}'),
        (JSON, '{"a": 1e-8}'),
        (JSON, '{"a": 1e999}'),
        (JSON, '{"a": NaN}'),
        (JSON, '{"a": "\\ud800"}'),
        (JSON, '{"a": "\\u0000"}'),
        (JSON, '"a"'),
        (JSON, '{"a": {{b}}}'),
        (JSON, "[" * 34 + "]" * 34),
        (JSON, "[" * 100_000 + "]" * 100_000),
        (FORM, "a=1&a=2"),
        (FORM, "a"),
        (FORM, "a=%FF"),
        (FORM, "a=%00"),
    ],
)
def test_what_would_be_another_body_stays_text(headers: tuple[tuple[str, str], ...], body: str) -> None:
    call = call_of(Request("POST", "a", headers, (body,)))
    assert '{"headers": {"' in call
    assert headers[0][1] in call
    assert '"body": "' in call
    assert '"json": ' not in call
    assert '"form": ' not in call


def test_a_call_with_certificates() -> None:
    assert call_of(Request(url="https://a", ca="ca")).splitlines() == [
        "var trusted := X509Certificate.new()",
        'trusted.load("ca")',
        "var response: PyHTTPResponse = await PyHTTP.fetch("
        '"https://a/", {"tls": TLSOptions.client(trusted)})',
    ]
    policy = call_of(Request(url="https://a", pins="x", certificate="c.crt")).splitlines()
    assert policy[0] == "var policy := PyTLSPolicy.new()"
    assert 'policy.client_key.load("c.crt")' in policy
    assert policy[-1].endswith('("https://a/", {"tls": policy})')


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (Request(url="ftp://a"), "scheme"),
        (Request(url="http://a", proxy="p"), "no port"),
        (Request("POST", "http://a", JSON, ("a\0",)), "not text"),
        (Request(url="https://a", pins="x", ca="a.crt"), "beside a CA file"),
        (Request(url="https://a", certificate="x", insecure=True), "or `insecure`"),
    ],
)
def test_what_no_call_can_do(request_: Request, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        call_of(request_)


def test_tls() -> None:
    script = script_of(Request(url="https://a", ca="a.crt", certificate="c.crt", key="k.key", pins="x y"))
    for line in (
        'trusted.load("a.crt")',
        'client.connect_to_host("https://a", -1, TLSOptions.client(trusted))',
        'policy.pins = ["x", "y"]',
        'policy.client_certificate.load("c.crt")',
        'policy.client_key.load("k.key")',
        "client.tls_policy = policy",
    ):
        assert f"\t{line}" in script.splitlines()
    assert script.index("tls_policy") < script.index("connect_to_host")
