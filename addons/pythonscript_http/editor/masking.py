"""Credentials: where they stand in a request, how they are masked, and how they become variables."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Final

from .request import File, Headers, Request, split_url

MASK: Final = "•••"
HEADERS: Final = frozenset({"cookie", "set-cookie", "authentication"})
"""Headers that carry credentials, in small letters, beside those whose names say so."""

_LONG: Final = (
    r"(?:token|secret|password|passwd|passphrase|signature|credential"
    r"|apikey|sessionid|authorization|assertion)"
)
_SHORT: Final = r"(?:key|pass|pwd|sig|jwt|sid|otp|pin|code|auth)"
_BEGINS: Final = (
    r"(?:(?<![A-Za-z0-9])|(?-i:(?<=[a-z0-9])(?=[A-Z]))"
    r"|access|auth|api|id|refresh|session|client|csrf|xsrf|sas|secret|private|pass)"
)
_NAME: Final = rf"[\w.\-\[\]%]*?(?:{_LONG}|{_BEGINS}{_SHORT})s?\]?"
"""A name that ends with a word for a credential; a short one begins there, as in `app_key` and `appKey`."""
_FIELD: Final = re.compile(rf"((?:^|[?&;#]){_NAME}=)(?!\{{\{{)[^&#;]+", re.IGNORECASE)
_JSON: Final = re.compile(
    rf'("{_NAME}"\s*:\s*)"(?!\{{\{{)(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.IGNORECASE | re.DOTALL
)
_NUMBER: Final = re.compile(
    rf'("[\w.\-]*?(?:{_LONG}|{_BEGINS}(?:pass|pwd|otp|pin))"\s*:\s*)-?\d+', re.IGNORECASE
)
_PART: Final = re.compile(
    rf'(\bname="{_NAME}"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n){{0,5}}\r?\n)(?!\{{\{{).*?(?=\r?\n--|\Z)',
    re.IGNORECASE | re.DOTALL,
)
_BODY: Final = (_JSON, _NUMBER, _PART, _FIELD)
_COMMON: Final = frozenset({"key", "keys", "code", "codes"})
"""Names of fields of bodies that mostly are no credentials: they are masked, and not moved."""
_HEADER: Final = re.compile(_NAME.replace("|code", ""), re.IGNORECASE)
_NO_SECRETS: Final = frozenset({"idempotency-key", "surrogate-key"})
_USER: Final = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]*://)?([^/?#]*)@")
_SCHEME: Final = re.compile(r"(Basic|Bearer|Digest|Token|Negotiate|ApiKey)\s+", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"\{\{[^{}]*\}\}")


def is_secret(name: str) -> bool:
    """Whether a header of that name carries credentials."""
    return name.lower() in HEADERS or bool(_HEADER.fullmatch(name) and name.lower() not in _NO_SECRETS)


def masked_url(url: str) -> str:
    """A URL without user, password, and the values of fields that are named like credentials."""
    return _FIELD.sub(rf"\1{MASK}", _USER.sub(rf"\g<1>{MASK}@", url))


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
    text = _each((_JSON, _NUMBER), rf'\1"{MASK}"', text)
    return _each((_PART, _FIELD), rf"\1{MASK}", text)


def masked(request: Request) -> Request:
    """A request that may be kept: without credentials, wherever they are told by their names."""
    return replace(
        request,
        url=masked_url(request.url),
        headers=masked_headers(request.headers),
        body=tuple(piece if isinstance(piece, File) else masked_body(piece) for piece in request.body),
        proxy=masked_url(request.proxy),
    )


def extracted(request: Request, taken: Collection[str] = ()) -> tuple[Request, dict[str, str]]:
    """Puts variables in the place of credentials: those of headers, of the URL, of the proxy and of the body.

    A user and a password in the URL become a header, as which they are sent.

    Args:
        taken: names that the variables must not have.

    Returns:
        The request, and the variables' values.
    """
    found: dict[str, str] = {}

    def moved(base: str, value: str) -> str:
        variable = _unlike(re.sub(r"\W+", "_", base.lower()).strip("_"), {*taken, *found})
        found[variable] = value
        return f"{{{{{variable}}}}}"

    def field_moved(field: re.Match[str]) -> str:
        value = field[0][len(field[1]) :]
        return field[1] + moved(field[1].lstrip("?&;#").rstrip("="), value)

    def body_moved(field: re.Match[str]) -> str:
        before, value = field[1], field[0][len(field[1]) :]
        name = re.search(_NAME, before, re.IGNORECASE)
        quote = '"' if before.rstrip().endswith(":") and value.startswith('"') else ""
        content = value[len(quote) : len(value) - len(quote)]
        if name is None or name[0].lower() in _COMMON or not content or not value.endswith(quote):
            return field[0]
        return before + quote + moved(name[0], content) + quote

    url, given, proxy = request.url, list(request.headers), request.proxy
    user = _USER.match(url)
    if user and not _VARIABLE.search(user[2]):
        url = (user[1] or "") + url[user.end() :]
        if request.header("Authorization") is None:
            given.append(("Authorization", split_url(request.url).authorization))
    headers = []
    for name, value in given:
        if is_secret(name) and value and not _VARIABLE.search(value):
            scheme = _SCHEME.match(value)
            kept = scheme[0] if scheme else ""
            base = {"bearer": "token", "basic": "basic_credentials"}.get(kept.strip().lower(), name)
            headers.append((name, kept + moved(base, value[len(kept) :])))
        else:
            headers.append((name, value))
    url = _FIELD.sub(field_moved, url)
    user = _USER.match(proxy)
    if user and not _VARIABLE.search(user[2]):
        proxy = f"{user[1] or ''}{moved('proxy_credentials', user[2])}@{proxy[user.end() :]}"
    body = tuple(
        piece if isinstance(piece, File) else _each(_BODY, body_moved, piece) for piece in request.body
    )
    return replace(request, url=url, headers=tuple(headers), proxy=proxy, body=body), found


def _each(patterns: Iterable[re.Pattern[str]], put: str | Callable[[re.Match[str]], str], text: str) -> str:
    for pattern in patterns:
        text = pattern.sub(put, text)
    return text


def _unlike(base: str, taken: set[str]) -> str:
    """A variable's name, such as `token`, `cookie` or `x_api_key`, that is not taken."""
    return next(
        name for n in range(1, len(taken) + 2) if (name := base if n == 1 else f"{base}_{n}") not in taken
    )
