"""Multipart forms (RFC 7578), of fields as `curl -F` has them."""

import re
from collections.abc import Iterable

from .request import File


def multipart(parts: Iterable[str], boundary: str) -> tuple[str | File, ...]:
    """Makes the body of a form.

    Args:
        parts: `name=value`, `name=@file` or `name=<file`, perhaps with `;type=` and `;filename=` behind it.
    """
    pieces: list[str | File] = []
    for part in parts:
        name, _, value = part.partition("=")
        if value.startswith("\0"):
            value, options = value[1:], dict[str, str]()
        else:
            value, options = _part_options(value)
        path = value[1:] if value[:1] in ("@", "<") and "\0" not in part else ""
        filename = options.get("filename", path.rpartition("/")[2] if value.startswith("@") and path else "")
        kind = options.get("type", "application/octet-stream" if filename else "")
        pieces.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
            + (f'; filename="{_quoted(filename)}"' if filename else "")
            + (f"\r\nContent-Type: {kind}" if kind else "")
            + "\r\n\r\n"
        )
        pieces += [File(path) if path else value, "\r\n"]
    return (*pieces, f"--{boundary}--\r\n")


def _part_options(value: str) -> tuple[str, dict[str, str]]:
    """Parts `@file;type=image/png;filename=a.png`."""
    content, *options = re.split(r";\s*(?=type=|filename=)", value)
    return content, {name: text.strip('"') for name, _, text in (option.partition("=") for option in options)}


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
