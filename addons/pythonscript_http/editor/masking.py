"""Credentials: where they stand in a request, how they are masked, and how they become variables."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from .request import File, Headers, Request

MASK: Final = "•••"
HEADERS: Final = frozenset(
    {
        *("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "apikey"),
        *("x-auth-token", "x-access-token", "x-csrf-token", "x-xsrf-token", "x-amz-security-token"),
        *("x-goog-api-key", "x-vault-token", "authentication"),
    }
)
"""Names of headers, in small letters, that carry credentials."""

_WORDS: Final = (
    r"(?:[\w.\-]*[_.\-])?(?:access|auth|api|id|refresh|session|client|csrf|xsrf|sas)?[_.\-]?"
    r"(?:token|key|secret|passw(?:or)?d|passphrase|pwd|sig(?:nature)?|credentials?|jwt|sessionid|sid|otp|code)"
)
_FIELD: Final = re.compile(rf"((?:^|[?&;])(?:{_WORDS}|auth|authorization)=)(?!\{{\{{)[^&#;]+", re.IGNORECASE)
_JSON: Final = re.compile(
    rf'("(?:{_WORDS}|auth|authorization)"\s*:\s*)"(?!\{{\{{)(?:[^"\\]|\\.)*"', re.IGNORECASE
)
_USER: Final = re.compile(r"(^[A-Za-z][A-Za-z0-9+.\-]*://)[^/?#@]*@")
_SCHEME: Final = re.compile(r"(Basic|Bearer|Digest|Token|Negotiate|ApiKey)\s+", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"\{\{[^{}]*\}\}")


def is_secret(name: str) -> bool:
    """Whether a header of that name carries credentials."""
    return name.lower() in HEADERS


def masked_url(url: str) -> str:
    """A URL without user, password, and the values of fields that are named like credentials."""
    return _FIELD.sub(rf"\1{MASK}", _USER.sub(rf"\1{MASK}@", url))


def masked_value(name: str, value: str) -> str:
    """A header's value, without what is secret in it; variables and the scheme stay."""
    if not is_secret(name):
        return masked_url(value) if name.lower() in ("location", "referer", "content-location") else value
    scheme = _SCHEME.match(value)
    rest = value[scheme.end() :] if scheme else value
    if _VARIABLE.fullmatch(rest.strip()):
        return value
    return f"{scheme[0] if scheme else ''}{MASK}"


def masked_headers(headers: Iterable[tuple[str, str]]) -> Headers:
    """Headers without the values that are secret."""
    return tuple((name, masked_value(name, value)) for name, value in headers)


def masked_body(text: str) -> str:
    """A body of JSON or of a form without the values of fields that are named like credentials."""
    return _FIELD.sub(rf"\1{MASK}", _JSON.sub(rf'\1"{MASK}"', text))


def masked(request: Request) -> Request:
    """A request that may be kept: without credentials, wherever they are told by their names."""
    return replace(
        request,
        url=masked_url(request.url),
        headers=masked_headers(request.headers),
        body=tuple(piece if isinstance(piece, File) else masked_body(piece) for piece in request.body),
        proxy=masked_url(request.proxy if "://" in request.proxy else f"http://{request.proxy}").removeprefix(
            "" if "://" in request.proxy else "http://"
        ),
    )


def extracted(request: Request, taken: Collection[str] = ()) -> tuple[Request, dict[str, str]]:
    """Puts variables in the place of the credentials in a request's headers.

    Args:
        taken: names that the variables must not have.

    Returns:
        The request, and the variables' values.
    """
    found: dict[str, str] = {}
    headers = []
    for name, value in request.headers:
        if is_secret(name) and value and not _VARIABLE.search(value):
            scheme = _SCHEME.match(value)
            variable = _named(name, scheme[1] if scheme else "", {*taken, *found})
            found[variable] = value[scheme.end() :] if scheme else value
            headers.append((name, f"{scheme[0] if scheme else ''}{{{{{variable}}}}}"))
        else:
            headers.append((name, value))
    return replace(request, headers=tuple(headers)), found


def _named(header: str, scheme: str, taken: set[str]) -> str:
    """A variable's name, such as `token`, `cookie` or `x_api_key`."""
    base = {"bearer": "token", "basic": "basic_credentials"}.get(scheme.lower(), "")
    base = base or re.sub(r"\W+", "_", header.lower())
    return next(
        name for n in range(1, len(taken) + 2) if (name := base if n == 1 else f"{base}_{n}") not in taken
    )
