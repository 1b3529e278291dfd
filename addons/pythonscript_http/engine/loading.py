"""What calls of sessions need, imported by a thread with the first of them: a frame would lose 30 ms or more.

The classes themselves import none of it, so that no game waits for it when it starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from godot import before_stop
from pythonscript_http.lazy import LazyImports
from pythonscript_http.transport import late

SERVICE: Final = "pythonscript_http.engine.service"
NODES: Final = "pythonscript_http.engine.node_calls"
EVENTS: Final = "pythonscript_http.engine.event_calls"
MOCK: Final = "pythonscript_http.sessions.mock"
CACHE: Final = ("pythonscript_http.sessions.cache_store", "pythonscript_http.sessions.caching")

_OF_OPTIONS: Final = {
    "download_to": "pythonscript_http.sessions.downloads",
    "multipart": "pythonscript_http.sessions.multipart",
}
"""What else an option of a call needs."""

_ENVIRONMENT: Final = "urllib.request"
"""Knows the proxies of the environment."""

imports: Final = LazyImports("HTTP imports")


def of_options(options: Mapping[Any, object]) -> list[str]:
    """The modules that the options of a call need, beside those that all calls do."""
    found = [module for name, module in _OF_OPTIONS.items() if name in options]
    return [*found, *of_proxy(options.get("proxy"))]


def of_proxy(proxy: object) -> list[str]:
    """The modules that a proxy needs."""
    return [_ENVIRONMENT] if proxy == "environment" else []


@before_stop
def stop() -> None:
    """Begins nothing any more, and has OpenSSL loaded to its end: else Python's exit would wait for that."""
    imports.stop(0.5)
    late.finish(0.5)
