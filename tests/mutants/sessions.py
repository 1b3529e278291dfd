"""Faults of sessions: what is above one exchange."""

from .model import Mutant, mutants_of

_SESSIONS = "addons/pythonscript_http/sessions"
_UNIT = "tests/unit/http/sessions"


def _in(module: str, *rows: tuple[str, str, str]) -> list[Mutant]:
    """Lists mutants of a module, which the tests of its name should notice: what each breaks, old and new."""
    return mutants_of(f"{_SESSIONS}/{module}.py", *((*row, f"{_UNIT}/test_{module}.py") for row in rows))


MUTANTS = [
    *_in(
        "headers",
        ("a value ends no line", "    encoded(name, value)\n", ""),
        ("a value that is refused is not repeated", "not of the form 'name: value'\")", 'not {line!a}")'),
        ("a header set anew stands once", "if len(places) > 1:", "if False:"),
        ("cookies are not joined by commas", '"\\n" if name.lower() == "set-cookie"', '"\\n" if False'),
    ),
    *_in(
        "media",
        ("filename* goes first", "    if extended is not None:", "    if False:"),
        ("a name leads nowhere else", "_SEPARATORS.split(name)[-1]", "name"),
        ("a name is no device of Windows", "_DEVICE.fullmatch(name) or ", ""),
        ("a byte order mark goes before the charset", "if begin.startswith(bom):", "if False:"),
        (
            "codecs that are no charsets decode nothing",
            'label.removeprefix("x"), "")',
            'label.removeprefix("x"), charset)',
        ),
    ),
    *_in(
        "multipart",
        ("quotes in names are encoded", """ord('"'): "%22", """, ""),
        ("a file that has grown ends the request", "            if self._left < 0:", "            if False:"),
        (
            "a file that has shrunk ends the request",
            "                if self._left > 0:",
            "                if False:",
        ),
        ("an unknown length is none", "if self.length >= 0 <= content.length else -1", "if True else -1"),
    ),
    *_in(
        "event_stream",
        ("CR and LF apart are one line end", "if self._cr and piece[0] == 0x0A:", "if False:"),
        ("an id with a NUL is ignored", 'if b"\\0" not in value:', "if True:"),
        ("a byte order mark is passed over", "line = line.removeprefix(_BOM)", "pass"),
        ("an event has no type of the one before", '        self._type = b""\n\n\ndef', "\n\ndef"),
        ("retry is digits", " and _DIGITS.fullmatch(value):", " and value:"),
        ("a line that comes in pieces is bounded", "if self._pending_size > self._line_limit:", "if False:"),
        ("an event is bounded", "if self._size > self._event_limit + 1:", "if False:"),
    ),
    *_in(
        "cookies",
        ("a host's cookie is not for hosts below it", "(domain == host or not cookie.host_only)", "True"),
        ("a secure cookie goes over TLS only", "and (url.host.tls or not cookie.secure)", "and True"),
        ("plain HTTP sets no secure cookie", "(secure and not url.host.tls)\n", "False\n"),
        ("plain HTTP does not shadow a secure cookie", "and self._shadows(cookie))", "and False)"),
        (
            "__Host- means the host alone",
            "cookie.secure and cookie.host_only and has_path",
            "cookie.secure and has_path",
        ),
        (
            "a nameless cookie feigns no prefix",
            "    if not cookie.name:\n        return host or secure\n",
            "",
        ),
        ("no cookie is set for a public suffix", "        if self._is_public(domain):", "        if False:"),
        ("an address has no hosts below it", " and not is_address(name))", ")"),
        ("a path ends at a segment", 'or path[len(of_cookie)] == "/"', "or True"),
        ("Max-Age goes before Expires", "    if seconds is not None:", "    if False:"),
        ("a cookie lives 400 days", "min(date, now + LONGEST)", "date"),
        ("cookies of a domain are bounded", "if len(cookies) > MOST_OF_DOMAIN:", "if False:"),
        ("a jar is bounded", "if self._size > MOST_COOKIES:", "if False:"),
        ("secure cookies are evicted last", "lambda cookie: cookie.secure, now)", "lambda _: False, now)"),
        (
            "session cookies are not saved",
            "if cookie.expires is not None and cookie.expires > now:",
            "if True:",
        ),
    ),
    *_in(
        "cache",
        ("what one player may see is no answer for another", '{*vary, "authorization"}', "{*vary}"),
        ("Age counts", "max(apparent, told + delay)", "apparent"),
        ("no-store is not kept", 'elif "no-store" in control:', "elif False:"),
        (
            "no-cache is asked for",
            'if "no-cache" in asked or "no-cache" in control:',
            'if "no-cache" in asked:',
        ),
        ("a directive in quotes is none", r"""r"(?:[^\",]|\"(?:[^\"\\]|\\.)*+\"?)*+",""", r"""r"[^,]*+","""),
        (
            "another host changes nothing here",
            "if urlsplit(target)[:2] == urlsplit(url)[:2] else []",
            "if True else []",
        ),
        (
            "a 304 says nothing of the body",
            '"content-encoding", "content-length", "content-range"',
            '"content-range"',
        ),
        (
            "a 304 is about one response",
            'if tag and _opaque(tag) != _opaque(old.headers.get("ETag")):',
            "if False:",
        ),
        (
            "must-revalidate is never stale",
            ' or "must-revalidate" in control:\n        return False',
            ":\n        return False",
        ),
        ("guesses are bounded", "min((date - modified) / 10, LONGEST_GUESS)", "(date - modified) / 10"),
        ("a failing request changes nothing", "or not 200 <= status < 400:", "or False:"),
    ),
    *_in(
        "event_source",
        ("a stream goes on from its last ID", "        if self.last_event_id:\n", "        if False:\n"),
        (
            "a POST is not sent again",
            'method == "GET" if reconnect is None',
            "True if reconnect is None",
        ),
        ("delays grow", "if self._failures > 1:", "if False:"),
        ("delays are bounded", "min(grown, LONGEST_DELAY)", "grown"),
        ("a server's 0 is no endless loop", "max(self._retry, LEAST_DELAY)", "self._retry"),
        ("what is no event stream ends it", "if found == _MEDIA_TYPE:", "if True:"),
        (
            "closing ends the call",
            "                transfer.cancel()\n                raise\n",
            "                raise\n",
        ),
    ),
    *_in(
        "mock",
        ("the first rule that matches answers", "if self._limit and self.calls >= self._limit:", "if False:"),
        ("a header that is missing does not match", "name not in request.headers or ", ""),
        ("a pattern's parts stand apart", "len(text) < len(first) + len(last)", "False"),
        ("an answer that breaks off fails", "        if answer.failure:\n", "        if False:\n"),
    ),
    *_in(
        "cache_store",
        ("a damaged body is a miss", "(len(body) == body_size and crc32(body) == body_sum)", "True"),
        (
            "files are written whole",
            "                part.replace(self._path(key))",
            "                self._path(key).write_bytes(data[:50])",
        ),
        ("the bytes are bounded", "while self.bytes > self.most_bytes or", "while"),
        ("what is used stays", "self._sizes.move_to_end(key)", "pass"),
        ("variants are bounded", "if len(of_url) > MOST_VARIANTS else []", "if False else []"),
        (
            "other files are left alone",
            "and (key := _key_of(path.name.removesuffix(_END))):",
            "and (key := (path.name, '')):",
        ),
    ),
]
