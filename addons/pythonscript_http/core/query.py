"""Query strings, as the engine makes them of a Dictionary."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote


def query_string_from_dict(fields: Mapping[Any, object]) -> str:
    """Makes an application/x-www-form-urlencoded query string, in the order of the fields.

    Args:
        fields: names and values. A list repeats its name for each element, None gives the bare name.

    Source: class reference, `HTTPClient.query_string_from_dict`; `String.uri_encode` (RFC 3986 section 2.3).
    """
    parts = []
    for key, value in fields.items():
        name = _encode(key)
        if value is None:
            parts.append(name)
        elif isinstance(value, list | tuple):
            parts += [f"{name}={_encode(element)}" for element in value]
        else:
            parts.append(f"{name}={_encode(value)}")
    return "&".join(parts)


_ENGINE_SPELLING: dict[object, str] = {None: "<null>", True: "true", False: "false"}


def _encode(value: object) -> str:
    """Percent-encodes all but the unreserved characters of what the engine's `str(value)` gives."""
    text = _ENGINE_SPELLING[value] if value is None or isinstance(value, bool) else str(value)
    return quote(text, safe="", errors="replace")
