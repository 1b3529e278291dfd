"""What users name as a proxy, and what its kind makes of it."""

import pytest

from pythonscript_http.exceptions import LocalProtocolError
from pythonscript_http.transport.proxy import KINDS, Proxy, parse_proxy
from pythonscript_http.url import Host


@pytest.mark.parametrize("port", [0, 65536])
def test_ports_of_proxies(port: int) -> None:
    for text, apart in (("u:p@proxy", port), ("http://proxy", port), ("::1", port), (f"proxy:{port}", -1)):
        with pytest.raises(LocalProtocolError, match=f"the port {port} is not within 1 to 65535"):
            parse_proxy(text, apart)


class TestProxy:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("u:p@proxy", ("proxy", False, "Basic dTpw")),
            ("https://u:p@proxy:3128", ("proxy", True, "Basic dTpw")),
            ("u:p@[::1]", ("::1", False, "Basic dTpw")),
            ("u@proxy", ("proxy", False, "Basic dTo=")),
            ("u:@proxy", ("proxy", False, "Basic dTo=")),
            ("u:a:b/@c@proxy", ("proxy", False, "Basic dTphOmIvQGM=")),
            ("u:p%40%3A%2f@proxy", ("proxy", False, "Basic dTpwQDov")),
            ("ü:p%C3%BC@proxy", ("proxy", False, "Basic w7w6cMO8")),
            ("@proxy", ("proxy", False, "")),
            ("unix:p@proxy", ("proxy", False, "Basic dW5peDpw")),
            ("http://proxy/", ("proxy", False, "")),
            ("https://u:p@[::1]:3128/", ("::1", True, "Basic dTpw")),
            ("proxy/", ("proxy", False, "")),
        ],
    )
    def test_credentials(self, text: str, expected: tuple[str, bool, str]) -> None:
        name, tls, authorization = expected
        proxy = parse_proxy(text, 3128)
        assert (proxy.host, proxy.authorization) == (Host(name, 3128, tls), authorization)

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("secret%3A:secret@proxy", "user holds ':'"),
            ("secret:secret%0A@proxy", "control character"),
            ("secret\r\n:secret@proxy", "control character"),
            ("secret\ud800:secret@proxy", "lone surrogate"),
            ("secret:secret@pro xy", "the proxy's host holds ' '"),
            ("http://secret:secret@proxy//", "the proxy's host holds '/'"),
            ("http://secret:secret@proxy/path", "the proxy's host holds '/'"),
            ("secret:secret:proxy", "the proxy's host is neither a name nor an address"),
            ("secret:secret%40proxy", "the proxy's host is neither a name nor an address"),
            ("user:secret#@proxy:x", "the proxy's host is neither a name nor an address"),
            ("secret:3129", "the proxy's host has another port than 3128"),
            ("secret..proxy", "the proxy's host has an empty part"),
            ("secret\u0301\u200d", "the proxy's host is not a valid international domain name"),
            ("secret" * 50, "the proxy's host is too long"),
            ("[secret]", "the proxy's host is neither a name nor an address"),
            ("fe80::1%secret%", "the proxy's host has a zone that is not the name"),
            ("unix:secret", "the proxy's host has no path that begins with '/'"),
            ("http:/secret:secret", "the proxy's host holds '/'"),
            (
                "socks4://secret:secret@proxy",
                "scheme 'socks4'; known are http, https, socks5 and socks5h",
            ),
            ("socks5://:secret@proxy", "empty or has over 255 bytes"),
            ("socks5://secret:" + "secret" * 43 + "@proxy", "empty or has over 255 bytes"),
            ("secret:secret@proxy:1", "another port than 3128"),
        ],
    )
    def test_secrets_are_not_repeated(self, text: str, complaint: str) -> None:
        with pytest.raises(LocalProtocolError, match=complaint) as caught:
            parse_proxy(text, 3128)
        assert "secret" not in str(caught.value)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("proxy", Proxy(Host("proxy", 80, False))),
            ("http://proxy", Proxy(Host("proxy", 80, False))),
            ("https://proxy", Proxy(Host("proxy", 443, True), "https")),
            ("socks5://proxy", Proxy(Host("proxy", 1080, False), "socks5")),
            ("SOCKS5H://[::1]:9050/", Proxy(Host("::1", 9050, False), "socks5h")),
            ("socks5h://u%40:p%3A@proxy", Proxy(Host("proxy", 1080, False), "socks5h", b"u@", b"p:")),
            ("socks5h://u@proxy", Proxy(Host("proxy", 1080, False), "socks5h", b"u")),
            ("unix:/run/proxy", Proxy(Host("unix:/run/proxy", 80, False))),
        ],
    )
    def test_kinds(self, text: str, expected: Proxy) -> None:
        assert parse_proxy(text) == expected

    def test_only_those_that_take_requests_have_credentials_for_them(self) -> None:
        sent = {scheme: parse_proxy(f"{scheme}://u:p@proxy").authorization for scheme in KINDS}
        assert sent == {"http": "Basic dTpw", "https": "Basic dTpw", "socks5": "", "socks5h": ""}
