"""What a script has set of a `PyHTTPSession`, as it is when a call begins."""

from __future__ import annotations

from collections.abc import Mapping, MutableSequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from . import loading

if TYPE_CHECKING:
    from godot import Callable

    from .session import PyHTTPSession

OPTIONS: Final = (
    "timeout",
    "connect_timeout",
    "first_byte_timeout",
    "idle_timeout",
    "retries",
    "max_redirects",
    "allow_downgrade",
    "tls",
    "proxy",
    "cookies",
    "cache",
    "max_body_size",
    "max_header_size",
    "decode_body",
)
"""The options of calls that a session has as properties of the same name."""
_NAMES: Final = (
    *OPTIONS,
    "base_url",
    "user_agent",
    "cookie_file",
    "cache_storage",
    "cache_folder",
    "mock",
)


class Settings(NamedTuple):
    """The properties of a session."""

    named: Mapping[str, Any]
    """All but those below, by name."""
    headers: Mapping[str, Any]
    """Those of each request; a value may be a list."""
    before: Callable | None
    after: Callable | None
    """The hooks."""

    def modules(self) -> list[str]:
        """What calls with these settings need."""
        found = [loading.SERVICE]
        if self.named["mock"] is not None:
            found.append(loading.MOCK)
        if self.named["cache_storage"]:
            found += loading.CACHE
        return [*found, *loading.of_proxy(self.named["proxy"])]


def settings_of(session: PyHTTPSession) -> Settings:
    """The settings of a session now."""
    return Settings(
        {name: getattr(session, name) for name in _NAMES},
        {str(name): texts(value) for name, value in session.headers.items()},
        _given(session.before_request),
        _given(session.after_response),
    )


def texts(value: Any) -> Any:
    """The value of a header, or its values, of which an Array may have any."""
    return list(value) if isinstance(value, MutableSequence) else value


def _given(hook: Callable | None) -> Callable | None:
    return None if hook is None or hook.is_null() else hook
