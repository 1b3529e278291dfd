"""What may be kept of responses, and when it answers in a server's place: RFC 9111, as a private cache.

    cache, asked = Cache(MemoryStore()), ("GET", "https://example.org/scores", Headers())
    found = cache.lookup(*asked, now=0.0)
    if isinstance(found, Fresh):
        print(found.headers, found.body)
    elif isinstance(found, Stale):
        print(found.validators)  # to ask with; then freshen(), or store() what came instead
    else:
        answer = Headers({"Cache-Control": "max-age=60"})
        cache.store(*asked, 200, "OK", answer, b"31", requested=0.0, received=0.1)

Nothing here reads or writes by itself: a `Store` does that (see `cache_store`). Bodies are kept decoded.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Final, NamedTuple, Protocol
from urllib.parse import urljoin, urlsplit

from .dates import parse_http_date
from .headers import Headers

LONGEST_GUESS: Final = 86400.0
"""Seconds that a response counts as fresh of which nobody has said how long it is (section 4.2.2)."""

MOST_SECONDS: Final = 2**31
"""What a number of seconds over it counts as (section 1.2.2)."""

MOST_VARY: Final = 32
"""Request headers that a response may depend on; one that names more is not kept, as each look-up has to hash
them all."""

# One element of the list; quoted strings are passed over whole. It cannot fail, so nothing is tried twice.
_DIRECTIVE: Final = re.compile(
    r"(?:\A|,)[ \t]*+"
    r"(?:(?P<name>[!#$%&'*+\-.^_`|~0-9A-Za-z]++)"
    r"(?:=(?:\"(?P<quoted>[^\"\\]*+(?:\\.[^\"\\]*+)*)\"?|(?P<plain>[^\",]*+)))?)?"
    r"[^\",]*+(?:\"[^\"\\]*+(?:\\.[^\"\\]*+)*\"?[^\",]*+)*",
    re.DOTALL,
)
_DIGITS: Final = re.compile(r"[0-9]+")

_SAFE: Final = frozenset(("GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH", "QUERY"))
_GUESSABLE: Final = frozenset((200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501))
"""Statuses of responses that may be kept though nobody said so (RFC 9110 section 15.1)."""
_UNDERSTOOD: Final = _GUESSABLE | {302, 303, 307, 401, 403, 451}
_CONDITIONS: Final = (
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
    "if-range",
    "range",
)
_NEVER_STORED: Final = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
"""Fields of one connection (section 3.1)."""
_NOT_UPDATED: Final = _NEVER_STORED | {"content-encoding", "content-length", "content-range"}
"""Fields that say what the stored body is, which a 304 has none of (section 3.2)."""


class Stored(NamedTuple):
    """A response that is kept, without its body. Times are seconds since 1970."""

    url: str
    """Without a fragment."""
    selector: str
    """A hash of what the request had that the response depends on."""
    vary: tuple[str, ...]
    """The names of those request headers, in lower case."""
    status: int
    reason: str
    headers: Headers
    requested: float
    """When the request was sent."""
    received: float
    """When the response came."""


class Store(Protocol):
    """Where responses are kept, bounded: any of them may be gone at any time."""

    largest: int
    """Bytes of the largest body that it takes."""

    def find(self, url: str) -> list[Stored]:
        """All responses for a URL."""
        ...

    def body(self, stored: Stored) -> bytes | None:
        """The body of a response, which is used now; None: it is gone, or damaged."""
        ...

    def put(self, stored: Stored, body: bytes) -> None:
        """Keeps a response, in the place of one for the same URL with the same selector."""
        ...

    def remove(self, stored: Stored) -> None:
        """Forgets a response, if it is there."""
        ...


class Fresh(NamedTuple):
    """A stored response that is the answer; nobody need be asked."""

    stored: Stored
    headers: Headers
    """With its Age."""
    body: bytes


class Stale(NamedTuple):
    """A stored response that the server is to be asked for."""

    stored: Stored
    body: bytes
    validators: Headers
    """The headers that make it a question; none of them is there where the response has no validator."""


class Miss(NamedTuple):
    """Nothing that is stored is the answer."""

    forbidden: bool = False
    """And the request says `only-if-cached`: the answer is 504 (section 5.2.1.7)."""


Found = Fresh | Stale | Miss


class Cache:
    """Decides about the responses of a store.

    Args:
        store: where they are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    # ---- before a request

    def lookup(self, method: str, url: str, headers: Headers, *, now: float) -> Found:
        """Looks for the answer to a request (section 4).

        Args:
            method: its token. GET and HEAD are looked up.
            url: absolute.
            headers: all that it is to be sent with.
            now: seconds since 1970.
        """
        asked = cache_control(headers)
        miss = Miss("only-if-cached" in asked)
        if method not in ("GET", "HEAD") or "no-store" in asked:
            return miss
        if any(name in headers for name in _CONDITIONS):
            return miss  # the caller has a cache of their own
        kept = self._store.find(_key(url))
        matching = [stored for stored in kept if stored.selector == _selector(stored.vary, headers)]
        if not matching:
            return miss
        stored = max(matching, key=lambda one: one.received)
        body = self._store.body(stored)
        if body is None:
            return miss
        if not asked and "no-cache" in headers.get("Pragma").lower():
            asked = {"no-cache": ""}  # section 5.4
        if _may_answer(stored, asked, now):
            return Fresh(stored, _aged(stored, now), body if method == "GET" else b"")
        if miss.forbidden or method == "HEAD":
            return miss
        return Stale(stored, body, _validators(stored.headers))

    # ---- after a response

    def may_store(self, method: str, headers: Headers, status: int, answer: Headers) -> bool:
        """Tells whether a response may be kept, and is worth it (section 3), whatever its body is.

        Args:
            method: of the request.
            headers: of the request.
            status: of the response.
            answer: its headers.
        """
        control = cache_control(answer)
        if method != "GET" or status < 200 or status in (206, 304) or "no-store" in cache_control(headers):
            return False
        if "must-understand" in control:
            if status not in _UNDERSTOOD:
                return False
        elif "no-store" in control:
            return False
        if not _is_selectable(_vary(answer)):
            return False
        explicit = "max-age" in control or "expires" in answer
        if not (explicit or "public" in control or "private" in control or status in _GUESSABLE):
            return False
        useful = "stale-if-error" in control or bool(_validators(answer))
        return useful or _lifetime(status, answer, control, None) > 0

    def store(
        self,
        method: str,
        url: str,
        headers: Headers,
        status: int,
        reason: str,
        answer: Headers,
        body: bytes | memoryview,
        *,
        requested: float,
        received: float,
    ) -> bool:
        """Keeps a response, if it may be kept.

        Args:
            method, url, headers: of the request, as it was sent.
            status, reason, answer, body: of the response, all of which has come.
            requested: when the request was sent, in seconds since 1970.
            received: when the response came.

        Returns:
            Whether it is kept.
        """
        if len(body) > self._store.largest or not self.may_store(method, headers, status, answer):
            return False
        vary = _vary(answer)
        kept = _without(answer, _NEVER_STORED)
        stored = Stored(_key(url), _selector(vary, headers), vary, status, reason, kept, requested, received)
        self._store.put(stored, bytes(body))
        return True

    def freshen(
        self, stale: Stale, headers: Headers, answer: Headers, *, requested: float, received: float
    ) -> Fresh | None:
        """Takes a 304: the stored response is right, with new headers (sections 3.2 and 4.3.4).

        Args:
            stale: what was asked about.
            headers: of the request, as for `store`.
            answer: the headers of the 304.
            requested, received: of the 304, as for `store`.

        Returns:
            The answer; None: the 304 is about another response, so the request is to be repeated without
            validators.
        """
        old = stale.stored
        tag = answer.get("ETag")
        if tag and _opaque(tag) != _opaque(old.headers.get("ETag")):
            self._store.remove(old)
            return None
        kept = old.headers.without({"age", "date"})  # they were about the time of the old one
        kept = kept.merged(_without(answer, _NOT_UPDATED))
        vary = _vary(kept)
        new = old._replace(
            selector=_selector(vary, headers), vary=vary, headers=kept, requested=requested, received=received
        )
        lost = "no-store" in cache_control(answer) or not _is_selectable(vary)
        if lost or new.selector != old.selector:
            self._store.remove(old)
        if not lost:
            self._store.put(new, stale.body)
        return Fresh(new, _aged(new, received), stale.body)

    def on_error(self, stale: Stale, headers: Headers, *, now: float) -> Fresh | None:
        """What answers when the server could not be asked, or has answered 500, 502, 503 or 504, by the
        directive `stale-if-error` (RFC 5861 section 4).

        Args:
            stale: what was to be asked about.
            headers: of the request.

        Returns:
            The stored response, if it may be used; None: the failure is the answer.
        """
        stored = stale.stored
        control = cache_control(stored.headers)
        if "must-revalidate" in control or "no-cache" in control:
            return None
        overdue = _age(stored, now) - _lifetime_of(stored, control)
        for directives in (control, cache_control(headers)):
            seconds = _seconds(directives, "stale-if-error")
            if seconds is not None and overdue <= seconds:
                return Fresh(stored, _aged(stored, now), stale.body)
        return None

    def invalidate(self, method: str, url: str, status: int, answer: Headers) -> None:
        """Forgets what a request has changed, if it was of a method that changes things (section 4.4).

        Args:
            method, url: of the request.
            status, answer: of its response, and the headers.
        """
        if method in _SAFE or not 200 <= status < 400:
            return
        urls = [_key(url)]
        for name in ("Location", "Content-Location"):
            for value in answer.all(name)[:1]:
                urls += _same_origin(url, value)
        for changed in urls:
            for stored in self._store.find(changed):
                self._store.remove(stored)


# ---- directives


def cache_control(headers: Headers) -> Mapping[str, str]:
    """The directives of a message's Cache-Control by their names in lower case (section 5.2). Of several of a
    name the first counts."""
    values = headers.all("Cache-Control")
    found: dict[str, str] = {}
    for value in values:
        for match in _DIRECTIVE.finditer(value):
            if match["name"]:
                plain = (match["plain"] or "").rstrip(" \t")
                found.setdefault(match["name"].lower(), match["quoted"] or plain)
    return found


def _seconds(directives: Mapping[str, str], name: str) -> int | None:
    """The argument of a directive; 0 where it is no number; None: there is no such directive."""
    value = directives.get(name)
    if value is None:
        return None
    return _number(value) or 0


def _number(value: str) -> int | None:
    if not _DIGITS.fullmatch(value):
        return None
    digits = value.lstrip("0") or "0"
    return min(int(digits), MOST_SECONDS) if len(digits) < 12 else MOST_SECONDS


# ---- freshness


def _may_answer(stored: Stored, asked: Mapping[str, str], now: float) -> bool:
    """Whether a stored response is the answer without a question (sections 4.2 and 5.2.1)."""
    control = cache_control(stored.headers)
    if "no-cache" in asked or "no-cache" in control:
        return False
    age, limit = _age(stored, now), _lifetime_of(stored, control)
    most = _seconds(asked, "max-age")
    if most is not None:
        limit = min(limit, most)
    if age + (_seconds(asked, "min-fresh") or 0) < limit:
        return True
    if "max-stale" not in asked or "min-fresh" in asked or "must-revalidate" in control:
        return False
    return not asked["max-stale"] or age - limit <= (_number(asked["max-stale"]) or 0)


def _lifetime_of(stored: Stored, control: Mapping[str, str]) -> float:
    return _lifetime(stored.status, stored.headers, control, stored.received)


def _lifetime(status: int, headers: Headers, control: Mapping[str, str], received: float | None) -> float:
    """Seconds that a response is fresh (section 4.2.1)."""
    seconds = _seconds(control, "max-age")
    if seconds is not None:
        return seconds
    date = parse_http_date(_first(headers, "Date"))
    date = received if date is None else date
    if "expires" in headers:
        expires = parse_http_date(_first(headers, "Expires"))
        return 0.0 if expires is None else MOST_SECONDS if date is None else max(0.0, expires - date)
    modified = parse_http_date(_first(headers, "Last-Modified"))
    if modified is None or not (status in _GUESSABLE or "public" in control):
        return 0.0
    return LONGEST_GUESS if date is None else max(0.0, min((date - modified) / 10, LONGEST_GUESS))


def _age(stored: Stored, now: float) -> float:
    """Seconds since the response was made, or found right (section 4.2.3)."""
    date = parse_http_date(_first(stored.headers, "Date"))
    apparent = 0.0 if date is None else max(0.0, stored.received - date)
    told = _number(_first(stored.headers, "Age").partition(",")[0].strip(" \t")) or 0
    delay = max(0.0, stored.received - stored.requested)
    return max(apparent, told + delay) + max(0.0, now - stored.received)


def _aged(stored: Stored, now: float) -> Headers:
    headers = Headers(stored.headers)
    headers.set("Age", str(min(int(_age(stored, now)), MOST_SECONDS)))
    return headers


# ---- requests and responses


def _key(url: str) -> str:
    return url.partition("#")[0]


def _first(headers: Headers, name: str) -> str:
    values = headers.all(name)
    return values[0] if values else ""


def _listed(text: str) -> list[str]:
    """The members of a list (RFC 9110 section 5.6.1.2), without the empty ones."""
    return [member for part in text.split(",") if (member := part.strip(" \t"))]


def _vary(headers: Headers) -> tuple[str, ...]:
    """The names that a response's Vary has, sorted."""
    return tuple(sorted(set(_listed(headers.get("Vary").lower()))))


def _is_selectable(vary: tuple[str, ...]) -> bool:
    """Whether a response that depends on these may be kept."""
    return "*" not in vary and len(vary) <= MOST_VARY


def _selector(vary: tuple[str, ...], headers: Headers) -> str:
    """A hash of the request's headers that a response depends on (section 4.1). Authorization is always one
    of them: what one player may see is not another's answer."""
    digest = sha256()
    for name in sorted({*vary, "authorization"}):
        values = headers.all(name)
        value = ",".join(_listed(",".join(values))) if values else None
        digest.update(f"{name}:{value!r}\n".encode("utf-8", "replace"))
    return digest.hexdigest()


def _validators(headers: Headers) -> Headers:
    """The headers of a request that asks whether a response is still right (section 4.3.1)."""
    found = Headers()
    tag, modified = _first(headers, "ETag"), _first(headers, "Last-Modified")
    if tag:
        found.add("If-None-Match", tag)
    if parse_http_date(modified) is not None:
        found.add("If-Modified-Since", modified)
    return found


def _opaque(tag: str) -> str:
    """An entity tag without its weakness: 304 is told by the weak comparison (RFC 9110 section 13.1.2)."""
    return tag.removeprefix("W/")


def _without(headers: Headers, names: frozenset[str]) -> Headers:
    """Headers without those of some names, and those that Connection names."""
    return headers.without({*names, *_listed(headers.get("Connection").lower())})


def _same_origin(url: str, reference: str) -> list[str]:
    """Where a reference leads to, if that is on the same server."""
    try:
        target = urljoin(url, reference)
        return [_key(target)] if urlsplit(target)[:2] == urlsplit(url)[:2] else []
    except ValueError:
        return []
