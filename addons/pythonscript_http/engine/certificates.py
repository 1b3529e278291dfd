"""What an X509Certificate holds, which the engine does not hand out willingly."""

from __future__ import annotations

import os

from godot import Engine, Error, FileAccess, X509Certificate
from pythonscript_http.exceptions import PolicyError, UnavailableError
from pythonscript_http.transport.pem import certificate_text, certificates

# ruff: noqa: PTH112 - pathlib costs the first call


def pem_of(certificate: X509Certificate, what: str) -> str:
    """Gives all certificates that an X509Certificate holds, in PEM.

    Args:
        certificate: one, or several.
        what: what to call it in the text of errors.

    quirk - Godot 4.5.1 to 4.7 - github.com/godotengine/godot/issues/123013 - `save_to_string` prints an error
    for each certificate, about the NUL behind it; `save` leaves that out. Drop when 4.8 is the oldest.

    quirk - Godot 4.2 to 4.6.3 - modules/mbedtls/crypto_mbedtls.cpp, X509CertificateMbedTLS::save - of several
    certificates it writes the first again and again. The others are in the file that a Resource is from. Drop
    when the engine writes them.

    Raises:
        LocalError: the engine does not hand them out.
    """
    try:
        text = _saved(certificate, what)
    except OSError as error:  # such as no file descriptor left
        raise UnavailableError(f"{what} cannot be read: {error}") from None
    found = certificates(text)
    if len(found) < 2 or len(set(found)) > 1:
        return text
    path = certificate.resource_path
    original = content_of(path) if path else None
    if original is not None:
        whole = certificates(original)
        if len(whole) == len(found) and whole[0] == found[0]:
            return "".join(map(certificate_text, whole))  # without keys, which files may hold too
    why = f"{what} holds {len(found)} certificates, and the engine hands out the first alone"
    hint = "get it by load(), or set its resource_path, so that the file is known"
    raise PolicyError(f"{why}: {hint}")


def _saved(certificate: X509Certificate, what: str) -> str:
    # In memory where that can be: to import `tempfile` takes as long as the rest of the call, many times. An
    # editor writes another file beside the one it is told, and renames it.
    if hasattr(os, "memfd_create") and os.path.isdir("/proc/self/fd") and not Engine.is_editor_hint():
        with os.fdopen(os.memfd_create("certificates"), "rb") as file:
            _save(certificate, f"/proc/self/fd/{file.fileno()}", what)
            return file.read().decode("ascii")
    from pathlib import Path
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder, "certificates.crt")
        _save(certificate, str(path), what)
        return path.read_text(encoding="ascii")


def _save(certificate: X509Certificate, path: str, what: str) -> None:
    error = certificate.save(path)
    if error != Error.OK:
        text = f"{what} cannot be read: {Error(error).name} (the engine writes none over 4 KiB)"
        raise PolicyError(text)


def content_of(path: str) -> str | None:
    """Gives the text of a file, also of one of the project (`res://`); None if it cannot be read."""
    file = FileAccess.open(path, FileAccess.READ)
    return None if file is None else bytes(file.get_buffer(file.get_length())).decode("utf-8", "replace")
