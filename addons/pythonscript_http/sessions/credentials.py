"""Who gets credentials: the origin that they were written for, and nobody else.

Headers that hold credentials belong to one origin, the request's `home`: that of the session's `base_url`, or
where it has none, that of the URL that was asked for. They go along to that origin only, whether a request
comes to another one by an absolute URL or by a redirect. A user in a URL is for the origin of that URL.
"""

from typing import Final

from pythonscript_http.exceptions import LocalProtocolError
from pythonscript_http.transport.http_proxy import basic

from .headers import Headers
from .options import ABSENT, Options
from .urls import ParsedUrl, Url

FIELDS: Final = ("authorization", "cookie", "proxy-authorization", "host")
"""Header fields that are for one origin, in lower case: those that hold credentials, and its name."""


def for_hop(headers: Headers, url: Url, home: str) -> Headers:
    """The headers of a request that go along to a URL.

    Args:
        headers: all that it has.
        url: where it goes.
        home: the origin that credentials among them are for.
    """
    held = [name for name in FIELDS if name in headers]
    if not held or url.origin == home:
        return headers
    kept = Headers(headers)
    for name in held:
        kept.remove(name)
    return kept


def authorization(options: Options, parsed: ParsedUrl, of_base: str = "") -> tuple[str, str]:
    """The Authorization that a call asks for besides its headers.

    Args:
        options: those of the call.
        parsed: what was asked for; a user and a password in it are for its origin.
        of_base: the Authorization by `base_url`, where nothing else says who asks; empty: none.

    Returns:
        Its value, and the origin that it is for, empty where that is the request's home. Both are empty: it
        asks for none.

    Raises:
        LocalProtocolError: the user can't be told from the password, or has no UTF-8 form.
    """
    if login := of_url(parsed):
        return login, parsed.url.origin
    auth = options.auth
    if auth is ABSENT:
        return of_base, ""
    if isinstance(auth, tuple):
        try:
            return _basic(auth[0].encode(), auth[1].encode()), ""
        except UnicodeEncodeError:
            text = "the user or the password holds a lone surrogate, which has no UTF-8 form"
            raise LocalProtocolError(text) from None
    return f"Bearer {auth}", ""


def of_url(parsed: ParsedUrl) -> str:
    """The Authorization that a URL asks for by its user and password; empty: it has none.

    Raises:
        LocalProtocolError: the user can't be told from the password.
    """
    return _basic(parsed.user, parsed.password) if parsed.user or parsed.password else ""


def _basic(user: bytes, password: bytes) -> str:
    if b":" in user:
        raise LocalProtocolError("the user has a colon, where its password would begin (RFC 7617 section 2)")
    return basic(user, password)
