"""Query strings, as the engine makes them of a Dictionary."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

_ENGINE_SPELLING: Final[dict[object, str]] = {None: "<null>", True: "true", False: "false"}


def engine_text(value: object) -> str:
    """What the engine's `str(value)` gives, for the values that have the same text in Python."""
    return _ENGINE_SPELLING[value] if value is None or isinstance(value, bool) else str(value)


def query_string_from_dict(fields: Mapping[Any, object], text: Callable[[object], str] = engine_text) -> str:
    """Makes an application/x-www-form-urlencoded query string, in the order of the fields.

    Args:
        fields: names and values. A list or tuple (no subclass: the engine spreads an Array, no packed array)
            repeats its name for each element, None gives the bare name.
        text: what makes text of names and values: the engine's own `str`, where there is an engine.

    Source: class reference, `HTTPClient.query_string_from_dict`; `String.uri_encode` (RFC 3986 section 2.3).
    """

    def encode(value: object) -> str:
        return quote(text(value), safe="", errors="replace")

    parts = []
    for key, value in fields.items():
        name = encode(key)
        if value is None:
            parts.append(name)
        elif type(value) in (list, tuple):
            parts += [f"{name}={encode(element)}" for element in value]  # type: ignore[attr-defined]
        else:
            parts.append(f"{name}={encode(value)}")
    return "&".join(parts)
