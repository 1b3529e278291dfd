"""Scripts of requests; that they run is tried in tests/engine/test_f_http_editor.py."""

import pytest

from pythonscript_http.editor.gdscript import script_of
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
