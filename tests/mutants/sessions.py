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
        ("an event is bounded", "if len(self._data) + len(value) > self._event_limit:", "if False:"),
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
        ("Vary is bounded", " and len(vary) <= MOST_VARY", ""),
        ("what one player may see is no answer for another", '{*vary, "authorization"}', "{*vary}"),
        ("Age counts", "max(apparent, told + delay)", "apparent"),
        ("no-store is not kept", 'elif "no-store" in control:', "elif False:"),
        (
            "no-cache is asked for",
            'if "no-cache" in asked or "no-cache" in control:',
            'if "no-cache" in asked:',
        ),
        (
            "a directive in quotes is none",
            r"""r"[^\",]*+(?:\"[^\"\\]*+(?:\\.[^\"\\]*+)*\"?[^\",]*+)*",""",
            r"""r"[^,]*+",""",
        ),
        (
            "another host changes nothing here",
            "if urlsplit(target)[:2] == urlsplit(url)[:2] else []",
            "if True else []",
        ),
        ("a 304 has a Vary", "vary = _vary(kept)", "vary = old.vary"),
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
        ("streams without events count as failures", "connection.useful else", "connection.opened else"),
        ("a stream that stands long is of use", "self._since >= SHORT", "self._since >= 1e9"),
        ("delays of event sources are bounded", "min(grown, LONGEST_DELAY)", "grown"),
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
        "files",
        ("a link is not followed", "_NO_WAIT | _NO_LINK", "_NO_WAIT"),
        ("one writes at a time", "if found.st_ino and", "if False and"),
    ),
    *_in(
        "cache_store",
        ("a file is small", "min(most_bytes // _SHARE, LARGEST_IN_FOLDER)", "most_bytes"),
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
    *_in(
        "loop",
        ("who cannot wait is told", "return coroutine.throw(refusal)", "pass"),
        ("a deadline is raised", "self.limit < NEVER and self._loop.clock() >= self.limit", "False"),
        ("the nearer deadline counts", "if self._until < task.limit:", "if True:"),
        ("what was not begun is begun", "if not self._begun:", "if False:"),
        ("everybody has a turn", "for _ in range(len(queue)):", "while queue:"),
        ("timers that are out of date go", "2 * len(self._tasks) + _MOST_STALE", "10**9"),
        ("who queues a task wakes the thread", "if self._asleep and self._wakeup is not None:", "if False:"),
        (
            "the thread goes after the last task",
            "                        self._end()\n",
            "                        continue\n",
        ),
    ),
    *_in(
        "urls",
        ("a zone is of the origin", 'if "%" in host.name:', "if False:"),
        ("dot segments are removed", "    if not _DOTS.search(path):", "    if True:"),
        ("a backslash is a slash", '.replace("\\\\", "/")', ""),
        ("a user is not repeated", "{('...@' if at else '') + rest", "{head"),
        ("a host is in lower case", "if not host.name.islower():", "if False:"),
        ("a fragment is not sent", 'text.partition("#")', '(text, "", "")'),
    ),
    *_in(
        "options",
        ("true is no number", "and not isinstance(value, bool)\n    if not fits", "\n    if not fits"),
        ("a request has one body", "if len(given) > 1:", "if False:"),
        ("values are not repeated", "isinstance(value, bool | int | float)", "True"),
    ),
    *_in(
        "credentials",
        ("an origin has a port and a scheme", "url.origin == home", "url.host.name in home"),
        ("credentials stay at home", "    for name in held:\n", "    for name in ():\n"),
    ),
    *_in(
        "redirects",
        ("303 leads to GET", 'status == 303 and method != "HEAD"', 'status == 303 and method == "POST"'),
        ("302 keeps PUT", 'status in (301, 302) and method == "POST"', "status in (301, 302)"),
        ("TLS is not left", "and not request.options.allow_downgrade:", "and False:"),
        (
            "what tells of a body goes with it",
            "                made.headers.remove(name)",
            "                pass",
        ),
        ("a body is read once", "elif not request.repeatable:", "elif False:"),
    ),
    *_in(
        "retries",
        ("it ends", "repeated >= request.options.retries or", "False or"),
        ("what may have been done is not done twice", "_STATUSES if idempotent else _UNDONE", "_STATUSES"),
        ("the server is heard", "delay = max(asked, delay) if asked else delay", "pass"),
        ("the deadline is heard", "return delay if delay < left else None", "return delay"),
        ("delays are bounded", "30), LONGEST_DELAY)", "30), 1e9)"),
        ("what a server asks for is bounded", "if asked > LONGEST_ASKED:", "if False:"),
    ),
    *_in(
        "pool",
        ("few to a host", "if self._counts.get(route, 0) >= self.most_of_route:", "if False:"),
        ("few in all", "        if self._total >= self.most:", "        if False:"),
        (
            "a dead one is not given",
            "or not _stands(connection.http):\n                self._drop",
            "or False:\n                self._drop",
        ),
        (
            "idle ones have an end",
            "if self._expired(connection) or not _stands(connection.http):\n                        self",
            "if False:\n                        self",
        ),
        (
            "whoever came first is served first",
            "heapq.heappush(self._heads, (line[0].number, route))",
            "heapq.heappush(self._heads, (-line[0].number, route))",
        ),
        ("who has left leaves little", "if len(self._heads) > 2", "if False and 2"),
        ("nobody looks in vain", "while heads and (self._by_age or", "while heads and (True or"),
        (
            "a connection that can't be waited for is given up",
            "such as Cancelled\n            connecting.close()\n",
            "such as Cancelled\n",
        ),
        (
            "a failure frees its place",
            "                self._free(route)\n                self._serve()",
            "                pass",
        ),
        (
            "what was given to one who left goes on",
            "            self.give_back(connection, keep=True)",
            "            pass",
        ),
        (
            "what is in the middle of a request is ended",
            "http.core.phase is _IDLE and self.idle_time",
            "self.idle_time",
        ),
        ("connecting has an end", "                if left <= 0:", "                if False:"),
    ),
    *_in(
        "exchange",
        ("a stale connection is told apart", "if slot.reused and core.fault", "if core.fault"),
        ("what has answered is not stale", " and not slot.connection.timing.first_byte_came:", ":"),
        ("deadlines are looked at", "        late = http.late()", '        late = ""'),
        ("a slow reader is no deadline", "                        self._slot.connection.timing.move()\n", ""),
        (
            "others have their turn",
            "                        await pause()\n                elif",
            "                        pass\n                elif",
        ),
    ),
    *mutants_of(
        f"{_SESSIONS}/sender.py",
        (
            "a body that nobody wants is not waited for",
            "self._loop.clock() + DISCARDED_FOR",
            "1e9",
            f"{_UNIT}/test_transfer.py",
        ),
    ),
    *_in(
        "sender",
        (
            "a stale request is sent again if it may",
            "if fresh or not (error.unsent or request.method in IDEMPOTENT):",
            "if fresh:",
        ),
        ("it is sent again once", "fresh, response.sent = True, not", "fresh, response.sent = False, not"),
        ("what is read once has a new connection", "fresh = not request.repeatable", "fresh = False"),
        (
            "heads are those of their requests",
            "if connection.head is None or connection.head[0] != parts:",
            "if connection.head is None:",
        ),
    ),
    *_in(
        "transfer",
        (
            "a file that cannot be closed ends the call",
            "except Exception as error:  # the call ends nevertheless",
            "except ZeroDivisionError as error:",
        ),
        (
            "a request names its call",
            "            self._request.call = transfer.trace.id\n",
            "            pass\n",
        ),
        (
            "a call that is cancelled was closed",
            "is Failure.CANCELLED else Outcome.FAILED",
            "is None else Outcome.FAILED",
        ),
        (
            "what is out of date is not told as confirmed",
            "confirmed = response.status == 304 and",
            "confirmed = True or",
        ),
        ("a stage is told once", "if stage is not self._stage:", "if True:"),
        ("redirects are bounded", "if len(self._redirects) >= request.options.max_redirects:", "if False:"),
        (
            "repetitions are bounded",
            "if repeated is None or self._repeats >= MOST_REPEATS:",
            "if repeated is None:",
        ),
        (
            "a hook's failure is the call's",
            "        raise SessionError(Failure.HOOK, why) from None",
            "        raise",
        ),
        (
            "a redirect's body is nobody's",
            "        if self._last:\n            whole",
            "        if True:\n            whole",
        ),
    ),
    *mutants_of(
        f"{_SESSIONS}/transfer.py",
        (
            "unsafe answers are not kept",
            "if self._request.unverified:",
            "if False:",
            f"{_UNIT}/test_caching.py",
        ),
        ("a cached body has its limit", "if 0 <= most < size:", "if False:", f"{_UNIT}/test_caching.py"),
    ),
    *mutants_of(
        f"{_SESSIONS}/session.py",
        (
            "cookies of unverified hosts are kept apart",
            "self.unverified_jar if request.unverified else self.jar",
            "self.jar",
            f"{_UNIT}/test_transfer.py",
        ),
        ("a base has a login", "parsed, self._login)", "parsed)", f"{_UNIT}/test_session.py"),
    ),
    *_in(
        "caching",
        (
            "what is fresh is not asked for",
            "            return self._response(found)",
            "            return None",
        ),
        (
            "a 304 about another one is asked again",
            "                if fresh is None:\n",
            "                if False:\n",
        ),
        (
            "what was cut is not kept",
            "        if not response.failure:\n            self._keep",
            "        if True:\n            self._keep",
        ),
        ("what must not be kept is not", 'elif self._mode != "no-store":', "else:"),
    ),
    *_in(
        "downloads",
        ("a part of another version is not gone on with", 'headers.set("If-Range", validator)', "pass"),
        ("a weak validator resumes nothing", "if tag.startswith('\"') and", "if"),
        ("ranges are those asked for", "or int(match[1]) != self.offset or", "or False or"),
        ("a part of the rest is not all of it", "str(end)) else 0", "str(end)) else end"),
        ("what came is what was said", "if 0 <= self._whole != self._size:", "if False:"),
        (
            "another digest is no file",
            "if self._hash is not None and self._hash.hexdigest() != self._digest:",
            "if False:",
        ),
        (
            "a part that is here counts for the digest",
            "            await self._hash_part()\n",
            "            pass\n",
        ),
        ("a failure leaves no part", "        if self._opened and not self._resumable:", "        if False:"),
        ("a file comes once at a time", "            if path in _under_way:", "            if False:"),
        ("another URL's part is another's", "lines[0] == self._url and ", ""),
        (
            "what is to be resumed is written to its end",
            "self._file is not None and self._resumable:",
            "False:",
        ),
        ("a file has all of its bytes", "        self._flush()\n        if self", "        if self"),
        ("a part has no gap", "if self._failure is not None:  # what", "if False:  # what"),
        (
            "a buffer is not filled while it is written",
            "            self._buffers.appendleft(bytearray(_BUFFER))\n",
            "            self._buffers.append(bytearray(_BUFFER))\n",
        ),
    ),
    *_in(
        "aside",
        ("jobs of a lane have an order", "            if self._busy:\n                return future\n", ""),
        ("the loop goes on meanwhile", "        if self._threaded:\n", "        if False:\n"),
        (
            "what is under way is waited for",
            "        except Cancelled:\n            cancelled = True\n",
            "        except Cancelled:\n            raise\n",
        ),
        ("who is cancelled learns it", "    if cancelled:\n", "    if False:\n"),
    ),
    *_in(
        "loop",
        ("a loop that is stopped does not linger", "LINGER if self._lingers else 0.0", "LINGER"),
    ),
    *mutants_of(
        f"{_SESSIONS}/exchange.py",
        (
            "what a sink fails of is told at once",
            "                        blocked.result()\n",
            "",
            f"{_UNIT}/test_downloads.py",
        ),
    ),
    *_in(
        "sinks",
        ("memory grows in small steps", "_LARGEST_STEP: Final = 1 << 20", "_LARGEST_STEP: Final = 8 << 20"),
    ),
    *_in("dates", ("a leap year has a day more", "(leap and month > 2)", "0")),
    *_in(
        "delivery",
        ("a turn takes a bounded time", "            if self._clock() >= end:\n                break\n", ""),
        (
            "a burst makes one deferred call",
            "            if self._coming or self._stopped:",
            "            if self._stopped:",
        ),
        (
            "what is left comes later",
            "        self._later(PAUSE, self._turn)",
            "        self._defer(self._turn)",
        ),
        (
            "a job that raises ends no turn",
            "    except Exception:\n        log_exception",
            "    except KeyError:\n        log_exception",
        ),
        ("a stopped one does nothing", "        if self._stopped:\n            return\n", ""),
        (
            "a result that is claimed is forgotten",
            "            if claim():\n                continue\n",
            "            claim()\n",
        ),
        ("a result waits a minute", "if self._clock() >= until:", "if True:"),
        ("unclaimed results are bounded", "if len(self._waiting) >= MOST_UNCLAIMED:", "if False:"),
        ("a look is bounded", "min(len(self._waiting), LOOKED_AT)", "len(self._waiting)"),
    ),
]
