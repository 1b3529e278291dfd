"""What a call of a session asks for, as hooks see it and may change it."""

from typing import Final

from .bodies import Body
from .headers import Headers
from .options import Options
from .urls import Url

IDEMPOTENT: Final = frozenset(("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"))
"""Methods whose requests may be sent twice (RFC 9110 section 9.2.2)."""


class Request:
    """A request."""

    __slots__ = ("body", "call", "headers", "home", "method", "options", "url")

    def __init__(
        self, method: str, url: Url, headers: Headers, body: Body | None, options: Options, home: str = ""
    ) -> None:
        self.method = method
        """Its token."""
        self.url = url
        self.headers = headers
        self.body = body
        self.options = options
        self.home = home
        """The origin that credentials among the headers are for; see `credentials`."""
        self.call = 0
        """The number of the call that it is sent for, for who observes; 0: that is not observed."""

    def copy(self) -> "Request":
        """Another one that may be changed by itself."""
        return Request(self.method, self.url, Headers(self.headers), self.body, self.options, self.home)

    @property
    def unverified(self) -> bool:
        """Whoever answers it over TLS may be anybody, as its policy is unsafe: what they say is for no
        request that trusts the host."""
        policy = self.options.tls
        return policy is not None and policy.unsafe and self.url.host.tls

    @property
    def repeatable(self) -> bool:
        """Its body, if it has one, can be sent again."""
        return self.body is None or self.body.replayable
