"""Cookies, as browsers keep and send them: RFC 6265bis (draft-ietf-httpbis-rfc6265bis-22).

    jar, page = CookieJar(), parse_url("https://example.org/").url
    jar.store(page, ["session=31; Path=/; Secure"], now=0.0)
    jar.header(page, now=0.0)  # session=31

Numbers of sections below are that draft's. Nobody embeds one site in another here, so every request counts as
same-site (section 5.2): SameSite is kept, and keeps nothing back.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import count
from typing import Any, Final

from pythonscript_http.exceptions import LocalError

from .dates import MONTHS, timestamp
from .urls import Url

MOST_OF_DOMAIN: Final = 50
"""Cookies of one domain (section 6.1)."""

MOST_COOKIES: Final = 3000
"""Cookies of a jar (section 6.1)."""

_ROOM: Final = MOST_COOKIES // 10
"""Cookies that go at once when the jar is full, so that one more does not cost a look at all of them."""

MOST_SET: Final = 100
"""Cookies that one response sets; further ones are ignored."""

MOST_SENT: Final = 65536
"""Characters of a Cookie header; the cookies at its end are left out. Few servers take more than 16 KiB."""

LONGEST: Final = 400 * 86400.0
"""Seconds that a cookie lives, whatever the server says (section 5.5)."""

LARGEST_FILE: Final = 32 << 20
"""Characters of a jar as a text that are read."""

_LARGEST: Final = 4096
"""Bytes of name and value (section 5.6)."""
_LARGEST_ATTRIBUTE: Final = 1024
_CONTROL: Final = re.compile(r"[\0-\x08\x0a-\x1f\x7f]")
_BLANKS: Final = " \t"
_SECONDS: Final = re.compile(r"-?[0-9]+")


@cache
def _suffix_list() -> Callable[[str], bool] | None:
    """Asks Mozilla's list; None: a project has to add it."""
    try:
        from publicsuffixlist import PublicSuffixList  # late: it is optional, and takes 0.1 s
    except (ImportError, OSError):
        return None
    found: Callable[[str], bool] = PublicSuffixList(accept_unknown=False).is_public
    return found


def is_public_suffix(domain: str) -> bool:
    """Whether anybody may have a name under a domain, such as `co.uk` or `github.io`: by the package
    publicsuffixlist, or where it is missing, of none."""
    known = _suffix_list()
    return known is not None and known(domain)


class Cookie:
    """A cookie of a jar; times are seconds since 1970."""

    __slots__ = (
        "created",
        "domain",
        "expires",
        "host_only",
        "http_only",
        "name",
        "order",
        "path",
        "same_site",
        "secure",
        "used",
        "value",
    )

    def __init__(
        self,
        name: str,
        value: str,
        domain: str,
        host_only: bool,
        path: str,
        secure: bool,
        http_only: bool,
        same_site: str,
        expires: float | None,
        created: float,
    ) -> None:
        self.name = name
        self.value = value
        self.domain = domain
        """In lower case, without a dot before it."""
        self.host_only = host_only
        """Hosts below the domain do not get it."""
        self.path = path
        self.secure = secure
        self.http_only = http_only
        self.same_site = same_site
        """`Strict`, `Lax`, `None`, or empty: the server said nothing."""
        self.expires = expires
        """None: with the session."""
        self.created = created
        self.used = 0
        """Which use of a cookie of its jar was its last."""
        self.order = 0
        """Which cookie of its jar it was."""

    @property
    def key(self) -> tuple[str, bool, str]:
        """What no two cookies of a domain have in common (section 5.7, step 23)."""
        return self.name, self.host_only, self.path


class CookieJar:
    """The cookies of a session. Not for several threads at once.

    Args:
        public_suffix: tells whether a domain is one under which anybody may have a name, such as `co.uk`:
            no cookie is set for all of it. Of those without a dot that is known.
    """

    def __init__(self, public_suffix: Callable[[str], bool] = is_public_suffix) -> None:
        self._public_suffix = public_suffix
        self._domains: dict[str, dict[tuple[str, bool, str], Cookie]] = {}
        self._size = 0
        self._secure: dict[str, dict[Cookie, None]] = {}  # the secure ones, by name
        self._uses = count(1)
        self._orders = count(1)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Cookie]:
        """All cookies, the oldest first."""
        every = (cookie for cookies in self._domains.values() for cookie in cookies.values())
        return iter(sorted(every, key=lambda cookie: cookie.order))

    # ---- what responses set

    def store(self, url: Url, values: Iterable[str], *, now: float) -> None:
        """Takes the values of a response's Set-Cookie headers.

        Args:
            url: the request's.
            now: seconds since 1970.
        """
        for _, value in zip(range(MOST_SET), values, strict=False):
            cookie = self._cookie(url, value, now)
            if cookie is not None:
                self._insert(cookie, now)

    def _cookie(self, url: Url, value: str, now: float) -> Cookie | None:
        """Reads one value (sections 5.6 and 5.7); None: it is to be ignored."""
        if _CONTROL.search(value):
            return None
        pair, _, rest = value.partition(";")
        name, equals, content = pair.partition("=")
        if not equals:
            name, content = "", pair
        name, content = name.strip(_BLANKS), content.strip(_BLANKS)
        if not (name or content) or len(f"{name}{content}".encode("utf-8", "replace")) > _LARGEST:
            return None
        attributes = _attributes(rest)
        host, secure = canonical(url.host.name), "secure" in attributes
        domain = self._domain(host, attributes.get("domain", ""))
        if domain is None:
            return None
        path = attributes.get("path", "")
        path = path if path.startswith("/") else default_path(url.target)
        same_site = _SAME_SITE.get(attributes.get("samesite", "").lower(), "")
        cookie = Cookie(
            name,
            content,
            domain or host,
            not domain,
            path,
            secure,
            "httponly" in attributes,
            same_site,
            _expires(attributes, now),
            now,
        )
        refused = (
            (secure and not url.host.tls)
            or (same_site == "None" and not secure)
            or _breaks_prefix(cookie, "path" in attributes)
            or (not secure and not url.host.tls and self._shadows(cookie))
        )
        return None if refused else cookie

    def _domain(self, host: str, attribute: str) -> str | None:
        """The domain that a cookie is set for; empty: the host alone; None: none that the host may set."""
        domain = attribute.removeprefix(".").lower()
        if not domain:
            return ""
        if not domain.isascii():
            return None
        if self._is_public(domain):
            return "" if domain == host else None
        return domain if domain_matches(host, domain) else None

    def _is_public(self, domain: str) -> bool:
        if is_address(domain):
            return False
        return "." not in domain.strip(".") or self._public_suffix(domain)

    def _shadows(self, cookie: Cookie) -> bool:
        """Whether it would stand before a secure cookie, from a connection that anybody may have changed
        (section 5.7, step 16)."""
        others = self._secure.get(cookie.name)
        if others is None:
            return False
        above, below = {*_above(cookie.domain)}, f".{cookie.domain}"
        return any(
            (other.domain in above or other.domain.endswith(below))
            and path_matches(cookie.path, other.path)
            and not _is_over(other, cookie.created)
            for other in others
        )

    def _insert(self, cookie: Cookie, now: float) -> None:
        """Puts a cookie in the place of the one of its key; if it has expired, that goes."""
        cookie.order = next(self._orders)
        old = self._domains.get(cookie.domain, {}).get(cookie.key)
        if old is not None:
            cookie.created, cookie.order = old.created, old.order
            self._remove(old)
        if _is_over(cookie, now):
            return
        cookie.used = next(self._uses)
        cookies = self._domains.setdefault(cookie.domain, {})
        cookies[cookie.key] = cookie
        self._size += 1
        if cookie.secure:
            self._secure.setdefault(cookie.name, {})[cookie] = None
        if len(cookies) > MOST_OF_DOMAIN:
            self._make_room(cookies.values(), MOST_OF_DOMAIN, lambda cookie: cookie.secure, now)
        if self._size > MOST_COOKIES:
            self._make_room(self, MOST_COOKIES - _ROOM, lambda _: False, now)

    def _make_room(
        self, cookies: Iterable[Cookie], most: int, spared: Callable[[Cookie], bool], now: float
    ) -> None:
        """Removes cookies in the order of section 5.7: expired ones first, those to be spared last, and among
        equals the one whose last use is the longest ago."""
        victims = sorted(cookies, key=lambda cookie: (not _is_over(cookie, now), spared(cookie), cookie.used))
        for cookie in victims[: len(victims) - most]:
            self._remove(cookie)

    def _remove(self, cookie: Cookie) -> None:
        cookies = self._domains[cookie.domain]
        del cookies[cookie.key]
        self._size -= 1
        if cookie.secure:
            of_name = self._secure[cookie.name]
            del of_name[cookie]
            if not of_name:
                del self._secure[cookie.name]
        if not cookies:
            del self._domains[cookie.domain]

    # ---- what requests send

    def header(self, url: Url, *, now: float) -> str:
        """The value of a request's Cookie header (section 5.8.3); empty: it has none.

        Args:
            url: the request's.
            now: seconds since 1970.
        """
        parts, size = [], 0
        for cookie in self.matching(url, now=now):
            part = f"{cookie.name}={cookie.value}" if cookie.name else cookie.value
            size += len(part) + 2
            if size > MOST_SENT + 2:
                break
            cookie.used = next(self._uses)
            parts.append(part)
        return "; ".join(parts)

    def matching(self, url: Url, *, now: float) -> list[Cookie]:
        """The cookies that a request gets: the longest paths first, and then the oldest."""
        host, path = canonical(url.host.name), _path(url.target)
        found = []
        for domain in [host] if is_address(host) else _above(host):
            for cookie in list(self._domains.get(domain, {}).values()):
                if _is_over(cookie, now):
                    self._remove(cookie)
                elif (
                    (domain == host or not cookie.host_only)
                    and (url.host.tls or not cookie.secure)
                    and path_matches(path, cookie.path)
                ):
                    found.append(cookie)
        return sorted(found, key=lambda cookie: (-len(cookie.path), cookie.order))

    def clear(self, domain: str = "") -> None:
        """Forgets cookies: all, or those of a domain and of the hosts below it."""
        wanted = canonical(domain.removeprefix("."))
        for cookie in list(self):
            if not wanted or domain_matches(cookie.domain, wanted):
                self._remove(cookie)

    # ---- as a text

    def save(self, write: Callable[[str], object], *, now: float) -> None:
        """Writes the cookies that outlive their session as a text for `load`: a line of JSON for each.

        They are secrets: whoever has them is logged in as the user.

        Args:
            write: takes a line with its end; called for each.
        """
        write(_FIRST_LINE + "\n")
        for cookie in self:
            if cookie.expires is not None and cookie.expires > now:
                row = [getattr(cookie, field) for field in _SAVED]
                write(json.dumps(row, ensure_ascii=True, separators=(",", ":")) + "\n")

    def load(self, text: str, *, now: float) -> None:
        """Adds what `save` wrote. Lines that are damaged are passed over, and cookies that have expired.

        Raises:
            LocalError: this is no such text, or one of a version to come.
        """
        if len(text) > LARGEST_FILE:
            raise LocalError(f"the cookies have {len(text)} characters; {LARGEST_FILE} at most are read")
        first, *lines = text.split("\n")
        if first.rstrip("\r") != _FIRST_LINE:
            raise LocalError(f"these are no cookies that can be read: they begin with {first[:40]!a}")
        for line in lines:
            cookie = _saved(line, now) if line else None
            if cookie is not None:
                self._insert(cookie, now)


# ---- hosts and paths


def canonical(name: str) -> str:
    """A host's name as cookies compare it (section 5.1.2); it is in ASCII already."""
    return name if name.startswith("unix:") else name.lower()


_NUMBER: Final = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)")


def is_address(name: str) -> bool:
    """Whether a host is named by an address, or a path, and so has no hosts below it.

    A name whose last part is a number is read as an IPv4 address by all resolvers.
    """
    return ":" in name or _NUMBER.fullmatch(name.rstrip(".").rpartition(".")[2]) is not None


def domain_matches(name: str, domain: str) -> bool:
    """Whether a host is a domain's (section 5.1.3); both are canonical."""
    return name == domain or (name.endswith(f".{domain}") and not is_address(name))


def _above(name: str) -> Iterator[str]:
    """The domains that a host belongs to, its own first."""
    yield name
    for _ in range(127):
        _, dot, name = name.partition(".")
        if not dot:
            return
        yield name


def _path(target: str) -> str:
    return target.partition("?")[0]


def default_path(target: str) -> str:
    """The path of a cookie that names none (section 5.1.4)."""
    path = _path(target)
    return path.rpartition("/")[0] or "/" if path.startswith("/") else "/"


def path_matches(path: str, of_cookie: str) -> bool:
    """Whether a request's path is a cookie's, or below it (section 5.1.4)."""
    if not path.startswith(of_cookie):
        return False
    return len(path) == len(of_cookie) or of_cookie.endswith("/") or path[len(of_cookie)] == "/"


# ---- attributes

_SAME_SITE: Final = {"strict": "Strict", "lax": "Lax", "none": "None"}


def _attributes(text: str) -> dict[str, str]:
    """The attributes by their names in lower case, the last of each (section 5.6); those whose value means
    nothing are left out."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        name, value = name.strip(_BLANKS).lower(), value.strip(_BLANKS)
        if len(value.encode("utf-8", "replace")) > _LARGEST_ATTRIBUTE:
            continue
        if name == "max-age" and not _SECONDS.fullmatch(value):
            continue
        if name == "expires" and parse_date(value) is None:
            continue
        found[name] = value
    return found


def _expires(attributes: dict[str, str], now: float) -> float | None:
    """When a cookie ends (section 5.7, step 6). Max-Age has precedence."""
    seconds = attributes.get("max-age")
    if seconds is not None:
        digits = "0" if seconds.startswith("-") else seconds.lstrip("0") or "0"
        return now + (min(int(digits), LONGEST) if len(digits) < 20 else LONGEST)
    date = parse_date(attributes["expires"]) if "expires" in attributes else None
    return None if date is None else min(date, now + LONGEST)


def _breaks_prefix(cookie: Cookie, has_path: bool) -> bool:
    """Whether a name promises what the cookie does not keep (section 5.7, steps 20 to 22)."""
    name = (cookie.name or cookie.value).lower()
    host, secure = name.startswith("__host-"), name.startswith("__secure-")
    if not cookie.name:
        return host or secure
    if host:
        return not (cookie.secure and cookie.host_only and has_path and cookie.path == "/")
    return secure and not cookie.secure


def _is_over(cookie: Cookie, now: float) -> bool:
    return cookie.expires is not None and cookie.expires <= now


# ---- dates (section 5.1.1)

_DATE_TOKEN: Final = re.compile(r"[^\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+")
_TIME: Final = re.compile(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])")
_DAY: Final = re.compile(r"([0-9]{1,2})(?![0-9])")
_YEAR: Final = re.compile(r"([0-9]{2,4})(?![0-9])")


def parse_date(text: str) -> float | None:
    """Reads the date of a cookie, in any of the forms that servers have written: seconds since 1970; None: it
    is none."""
    clock: tuple[int, int, int] | None = None
    day = month = year = None
    for token in _DATE_TOKEN.findall(text):
        if clock is None and (match := _TIME.match(token)):
            clock = int(match[1]), int(match[2]), int(match[3])
        elif day is None and (match := _DAY.match(token)):
            day = int(match[1])
        elif month is None and token[:3].lower() in MONTHS:
            month = MONTHS.index(token[:3].lower()) + 1
        elif year is None and (match := _YEAR.match(token)):
            year = int(match[1])
    if clock is None or day is None or month is None or year is None:
        return None
    if 100 <= year < 1601:
        return None
    return timestamp(year, month, day, *clock)


# ---- saved ones

_FIRST_LINE: Final = "# pythonscript cookies 1"
_TYPES: Final[Sequence[tuple[str, Any]]] = (
    ("name", str),
    ("value", str),
    ("domain", str),
    ("host_only", bool),
    ("path", str),
    ("secure", bool),
    ("http_only", bool),
    ("same_site", str),
    ("expires", float | int),
    ("created", float | int),
)
_SAVED: Final = tuple(field for field, _ in _TYPES)


def _saved(line: str, now: float) -> Cookie | None:
    """Reads a line of `save`; None: it is damaged, or says what no server could have set."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, list) or len(row) != len(_TYPES):
        return None
    if not all(
        isinstance(value, kind) and not (kind is not bool and isinstance(value, bool))
        for value, (_, kind) in zip(row, _TYPES, strict=True)
    ):
        return None
    cookie = Cookie(*row)
    texts = f"{cookie.name}{cookie.value}"
    whole = (
        not _CONTROL.search(f"{texts}{cookie.domain}{cookie.path}")
        and ";" not in f"{texts}{cookie.path}"
        and "=" not in cookie.name
        and 0 < len(texts.encode("utf-8", "replace")) <= _LARGEST
        and 0 < len(cookie.domain) <= _LARGEST_ATTRIBUTE
        and cookie.path.startswith("/")
        and len(cookie.path) <= _LARGEST_ATTRIBUTE
        and cookie.same_site in ("", *_SAME_SITE.values())
        and not _breaks_prefix(cookie, True)
    )
    if not whole or cookie.expires is None or not cookie.expires > now:
        return None
    cookie.expires = float(min(cookie.expires, now + LONGEST))
    return cookie
