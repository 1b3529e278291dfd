"""`PyHTTPMock`: answers without a network, for the tests of games."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from godot import RefCounted, gdclass, push_error
from pythonscript_http.exceptions import LocalError

from . import loading
from .response import PyHTTPResponse

if TYPE_CHECKING:
    from pythonscript_http.sessions.mock import Mock, Rule

_MODULES = (loading.MOCK, loading.SERVICE)
_lock = threading.Lock()
_KNOWN = frozenset(("status", "headers", "body", "json", "delay"))


@gdclass(tool=True)
class PyHTTPMock(RefCounted):
    """Answers the calls of a `PyHTTPSession` whose `mock` it is, without a network: for the tests of a game.

    Redirects, retries, cookies, the cache and hooks work as over a network. A request that no rule is for
    fails with `ERROR_MOCK_UNMATCHED`.

    In a rule, an empty method is any; in its URL `*` stands for anything, one that begins with `/` is for all
    hosts, and one without `?` for all queries. Of several answers of a rule, the first is for the first
    request and so on, and the last for all further ones.
    """

    def __init__(self) -> None:
        self._made: Mock | None = None
        self._rules: dict[tuple[str, str], Rule] = {}

    @property
    def _mock(self) -> Mock:
        if self._made is None:
            from pythonscript_http.sessions.mock import Mock

            from . import network

            with _lock:
                self._made = self._made or Mock(network.loop)
        return self._made

    def answer(self, method: str, url: str, answer: dict[str, Any] = {}) -> None:  # noqa: B006 - it is copied
        """Adds an answer to the rule of a method and URL: `status` (200), `headers`, a `body` (a String or
        a PackedByteArray) or `json`, and a `delay` in seconds. What can't be is an error."""
        self._try(lambda: _add(self._rule(method, url), answer))

    def fail(
        self, method: str, url: str, error: PyHTTPResponse.ErrorCode, reason: str = "", delay: float = 0.0
    ) -> None:
        """Adds a failure to the rule of a method and URL, as `answer` adds an answer."""

        def add() -> object:
            from pythonscript_http.sessions.failures import Failure

            return self._rule(method, url).fail(Failure(int(error)), reason, delay=delay)

        self._try(add)

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The last 1000 requests that came, the oldest first: their `method`, `url`, `headers`, `body`, and
        whether a rule was for them, `matched`."""
        loading.imports.now(_MODULES)
        return [
            {
                "method": one.method,
                "url": one.url,
                "headers": {name: one.headers.get(name) for name, _ in one.headers},
                "body": one.body,
                "matched": one.matched,
            }
            for one in self._mock.requests
        ]

    def clear(self) -> None:
        """Forgets rules and requests."""
        loading.imports.soon(_MODULES, self._clear)

    def _clear(self) -> None:
        self._rules.clear()
        self._mock.clear()

    def _rule(self, method: str, url: str) -> Rule:
        key = method.upper(), url
        if key not in self._rules:
            self._rules[key] = self._mock.on(*key)
        return self._rules[key]

    def _try(self, add: Callable[[], object]) -> None:
        def tried() -> None:
            try:
                add()
            except (LocalError, ValueError) as error:
                push_error(str(error))

        loading.imports.soon(_MODULES, tried)


def _add(rule: Rule, answer: dict[str, Any]) -> None:
    unknown = sorted(answer.keys() - _KNOWN)
    if unknown:
        raise LocalError(f"an answer has no {unknown[0]!a}; known are {', '.join(sorted(_KNOWN))}")
    headers = dict(answer.get("headers", {}))
    body = answer.get("body", b"")
    if "json" in answer:
        import json  # late: for tests alone

        body = json.dumps(answer["json"])
        headers.setdefault("Content-Type", "application/json")
    if not isinstance(body, str):
        body = bytes(body)
    rule.answer(
        body, status=answer.get("status", 200), headers=headers, delay=float(answer.get("delay", 0.0))
    )
