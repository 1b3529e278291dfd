"""Which proxy leads to which host."""

from collections.abc import Mapping

import pytest
from tests.unit.http.fakes import FakeNetwork, FakeStream

from pythonscript_http import HTTPClient, LocalError
from pythonscript_http.proxies import Proxies, environment_proxy, is_exempt, process_environment
from pythonscript_http.url import Host, parse_host

HTTP = parse_host("http://example.org")
HTTPS = parse_host("https://example.org")


def chosen(target: Host, variables: Mapping[str, str]) -> str | None:
    """The name of the proxy that an environment leads to."""
    proxy = environment_proxy(target, lambda name: variables.get(name, ""))
    return None if proxy is None else proxy.host.name


class TestTheEnvironment:
    @pytest.mark.parametrize(
        ("variables", "http", "https"),
        [
            ({}, None, None),
            ({"http_proxy": "http://a:1/"}, "a", None),
            ({"https_proxy": "a:1"}, None, "a"),
            ({"HTTPS_PROXY": "a:1"}, None, "a"),
            ({"HTTP_PROXY": "a:1"}, None, None),  # a visitor of a web server can set this one
            ({"all_proxy": "socks5h://a"}, "a", "a"),
            ({"ALL_PROXY": "socks5h://a"}, "a", "a"),
            ({"http_proxy": "a", "https_proxy": "b", "HTTPS_PROXY": "c", "all_proxy": "d"}, "a", "b"),
            ({"http_proxy": "", "all_proxy": "d"}, "d", "d"),
            ({"all_proxy": "a", "no_proxy": "example.org"}, None, None),
            ({"all_proxy": "a", "NO_PROXY": "*"}, None, None),
            ({"all_proxy": "a", "no_proxy": "other.org", "NO_PROXY": "*"}, "a", "a"),
        ],
    )
    def test_variables(self, variables: Mapping[str, str], http: str | None, https: str | None) -> None:
        assert (chosen(HTTP, variables), chosen(HTTPS, variables)) == (http, https)

    def test_one_that_is_no_proxy_is_not_passed_by(self) -> None:
        with pytest.raises(LocalError, match=r"http_proxy is not a valid proxy.*'gopher'") as caught:
            chosen(HTTP, {"http_proxy": "gopher://user:secret@a"})
        assert "secret" not in str(caught.value)

    def test_the_process_has_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", "a:1")
        assert process_environment("http_proxy") == "a:1"
        monkeypatch.delenv("http_proxy")
        assert process_environment("http_proxy") == ""


@pytest.mark.parametrize(
    ("host", "exemptions", "exempt"),
    [
        ("example.org", "", False),
        ("example.org", "*", True),
        ("example.org", "example.org", True),
        ("EXAMPLE.org.", "Example.ORG", True),
        ("www.example.org", "example.org", True),
        ("www.example.org", ".example.org", True),
        ("example.org", ".example.org", True),
        ("notexample.org", "example.org", False),
        ("example.org", "www.example.org", False),
        ("example.org", "a, b\texample.org,c", True),
        ("example.org", "example.org:80", True),
        ("example.org", "example.org:81", False),
        ("example.org:81", "example.org:81", True),
        ("example.org", ".", False),
        ("example.org", "org", True),
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.1:80", True),
        ("192.0.2.1", "192.0.2.1:81", False),
        ("192.0.2.1", "192.0.2.0/24", True),
        ("192.0.3.1", "192.0.2.0/24", False),
        ("192.0.2.1", "192.0.2.9/24", True),
        ("192.0.2.1", "2.1", False),
        ("192.0.2.1", "192.0.2.1/99, x, 192.0.2.1", True),
        ("::1", "::1", True),
        ("::1", "[::1]", True),
        ("::1", "[::1]:80", True),
        ("::1", "[::1]:81", False),
        ("2001:db8::7", "2001:db8::/32", True),
        ("fe80::1%eth0", "fe80::/10", True),
        ("::1", "127.0.0.1", False),
    ],
)
def test_exemptions(host: str, exemptions: str, exempt: bool) -> None:
    assert is_exempt(parse_host(host), exemptions) is exempt


class TestWhatWasSet:
    def test_each_for_its_own(self) -> None:
        proxies = Proxies()
        proxies.set("a", 1, tls=False)
        proxies.set("b", 2, tls=True)
        names = [proxy and proxy.host.name for proxy in map(proxies.to, (HTTP, HTTPS, parse_host("unix:/x")))]
        assert names == ["a", "b", None]
        proxies.set("", 1, tls=False)
        proxies.set("b", -1, tls=True)
        assert [proxies.to(HTTP), proxies.to(HTTPS)] == [None, None]

    def test_it_goes_before_the_environment(self) -> None:
        proxies = Proxies()
        proxies.environment = {"all_proxy": "env", "no_proxy": "exempt.org"}.get  # type: ignore[assignment]
        assert proxies.to(HTTP) is None  # which is used by choice only
        proxies.use_environment = True
        proxies.environment = lambda name: {"all_proxy": "env", "no_proxy": "exempt.org"}.get(name, "")
        assert (found := proxies.to(HTTP)) is not None
        assert found.host.name == "env"
        assert proxies.to(parse_host("exempt.org")) is None
        proxies.set("own", 1, tls=False)
        for target in (HTTP, parse_host("exempt.org")):
            assert (found := proxies.to(target)) is not None
            assert found.host.name == "own"

    def test_a_client_uses_it_by_choice(self) -> None:
        network = FakeNetwork(FakeStream())
        client = HTTPClient(network)
        client.proxies.environment = lambda name: "socks5h://192.0.2.9:1" if name == "all_proxy" else ""
        client.connect_to_host("192.0.2.1")
        assert network.asked == [(["192.0.2.1"], 80)]
        assert client.use_environment_proxies is client.is_using_environment_proxies() is False
        client.use_environment_proxies = True
        client.connect_to_host("192.0.2.1")
        assert network.asked[-1] == (["192.0.2.9"], 1)
        client.proxies.environment = lambda _: "gopher://a"
        with pytest.raises(LocalError, match="the environment variable http_proxy is not a valid proxy"):
            client.connect_to_host("192.0.2.1")
        assert "http_proxy" in client.get_error_reason()
