"""Redirects as browsers follow them (Fetch Standard, "HTTP-redirect fetch"; RFC 9110 section 15.4)."""

from typing import Final

from pythonscript_http.exceptions import LocalProtocolError

from .failures import Failure, SessionError
from .request import Request
from .response import Response
from .urls import parse_url

STATUSES: Final = frozenset((301, 302, 303, 307, 308))

_OF_BODIES: Final = (
    "content-type",
    "content-length",
    "content-encoding",
    "content-language",
    "content-location",
    "transfer-encoding",
    "expect",
)
"""Header fields that tell of a body, and go with it."""


def is_redirect(response: Response) -> bool:
    """Whether a response leads elsewhere."""
    return response.status in STATUSES and "location" in response.headers


def redirected(request: Request, response: Response) -> Request:
    """Makes the request that a redirect asks for.

    301 and 302 make GET of POST, 303 of any method but HEAD; else method and body stay.

    Args:
        request: what was answered by it. Credentials among its headers stay, and go to their home only.
        response: the redirect. A user in its URL is left out: whom we are there is not for servers to say.

    Raises:
        SessionError: it leads nowhere, or must not be followed.
    """
    location = response.headers.all("location")[0]
    try:
        url = parse_url(location, request.url).url
    except LocalProtocolError as error:
        text = f"the redirect of {request.url.origin} leads nowhere: {error}"
        raise SessionError(Failure.INVALID_REDIRECT, text) from None
    if not url.fragment:
        url = url._replace(fragment=request.url.fragment)
    if request.url.scheme == "https" and url.scheme == "http" and not request.options.allow_downgrade:
        text = f"the redirect leads from {request.url.origin} to {url.origin}, without TLS"
        raise SessionError(Failure.INSECURE_REDIRECT, text)
    made = request.copy()
    made.url = url
    status, method = response.status, request.method
    if (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST"):
        if method != "GET" or request.body is not None:
            made.body = None
            for name in _OF_BODIES:
                made.headers.remove(name)
        made.method = "GET"
    elif not request.repeatable:
        text = f"the redirect to {url.origin} wants the body again, which can be read only once"
        raise SessionError(Failure.BODY_NOT_REPLAYABLE, text)
    return made
