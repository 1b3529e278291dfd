"""`PyHTTPFiles`: `.http` files and their environments, for the panel of the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from godot import Error, FileAccess, ProjectSettings, RefCounted, gdclass
from pythonscript_http.editor import environments, http_file, masking
from pythonscript_http.editor.request import LARGEST, FormatError

from .answers import answers
from .details import from_dictionary, to_dictionary

_GITIGNORE = "res://.gitignore"
_DEFAULT = "dev"
"""The environment of secrets, where none is chosen."""


@gdclass(tool=True)
class PyHTTPFiles(RefCounted):
    """Reads and writes files of requests, without credentials. Part of the plugin, not for games.

    Methods return Dictionaries: with `error`, in words, where something cannot be done.
    """

    @answers
    def read_requests(self, file: str) -> dict[str, Any]:
        """Reads a `.http` file: `requests`, where one that is wrong has an `error`."""
        return {"requests": [_section(section) for section in http_file.parse(read_text(file)).sections]}

    @answers
    def save_request(
        self, file: str, index: int, known: dict[str, Any], request: dict[str, Any], environment: str
    ) -> dict[str, Any]:
        """Writes a request into a file, its credentials into the private environment beside it.

        `index` is that of the request whose place it takes, which must still be `known`; -1: none, it is one
        more. Returns where it is now, as `index`, and what `move_secrets` does.
        """
        text = read_text(file)
        sections = http_file.parse(text).sections
        if index >= len(sections) or (index >= 0 and _section(sections[index]).get("request") != known):
            raise FormatError(
                f"{file} has changed meanwhile: open it again, so that no other request is replaced"
            )
        place = index if index >= 0 else len(sections)
        moved = _move_secrets(request, environment, folder_of(file))
        write_text(file, http_file.replaced(text, place, from_dictionary(moved["request"])))
        return {**moved, "index": place}

    @answers
    def move_secrets(self, request: dict[str, Any], environment: str, file: str) -> dict[str, Any]:
        """Moves credentials of a request into the private environment beside a file.

        Returns the `request`, with variables in their place, the variables' `names`, and the `environment`
        that has their values.
        """
        return _move_secrets(request, environment, folder_of(file))

    @answers
    def get_environments(self, file: str) -> dict[str, Any]:
        """Returns the `names` of the environments beside a file."""
        return {"names": environments.names(*environments_of(file))}

    def is_ignored(self) -> bool:
        """Returns whether the project's `.gitignore` has the file of secrets."""
        try:
            return environments.is_ignored(read_text(_GITIGNORE))
        except (ValueError, OSError):
            return False

    @answers
    def ignore_private(self) -> dict[str, Any]:
        """Adds the file of secrets to the project's `.gitignore`."""
        write_text(_GITIGNORE, environments.with_ignored(read_text(_GITIGNORE)))
        return {}


def read_text(file: str) -> str:
    """Reads a file of text; one that is not there has none.

    Raises:
        FormatError: it is too large, or not in UTF-8: to write it again would spoil it.
        OSError: it cannot be read.
    """
    path = _path(file)
    if not path.exists():
        return ""
    data = read_bytes(path, path.name)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(
            f"{path.name}, line {line}: it is not in UTF-8; convert it, and open it again"
        ) from None


def read_bytes(path: Path, name: str) -> bytes:
    """Reads a file.

    Args:
        name: what to call it in errors.

    Raises:
        FormatError: it is no file, or too large.
        OSError: it cannot be read.
    """
    if not path.is_file() and path.exists():
        raise FormatError(f"{name} is not a file")  # but a folder, or a device, which may have no end
    if path.stat().st_size > LARGEST:
        raise FormatError(f"{name} is larger than {LARGEST >> 20} MiB, the most that the console takes")
    return path.read_bytes()


def write_text(file: str, text: str) -> None:
    """Writes a file of text, as the editor writes its own: the old one stays until the new one is whole.

    Raises:
        FormatError: it cannot be written; the message says why.
    """
    opened = FileAccess.open(file, FileAccess.WRITE)
    if opened is None:
        error = FileAccess.get_open_error()
    else:
        opened.store_string(text)
        error = opened.get_error()
        opened.close()
    if error != Error.OK:
        raise FormatError(f"{file} cannot be written: {Error(error).name}")


def environments_of(file: str) -> tuple[environments.Environments, environments.Environments]:
    """The public and the private environments beside a file.

    Raises:
        FormatError, OSError: one of them cannot be read.
    """
    folder = folder_of(file)
    public, private = (
        environments.parse(read_text(str(folder / name)), name)
        for name in (environments.PUBLIC, environments.PRIVATE)
    )
    return public, private


def folder_of(file: str) -> Path:
    """The folder of a file of requests; of none, the project's."""
    return _path(file).parent


def _path(file: str) -> Path:
    return Path(ProjectSettings.globalize_path(file or "res://project.godot"))


def _move_secrets(request: dict[str, Any], environment: str, folder: Path) -> dict[str, Any]:
    private = str(folder / environments.PRIVATE)
    text, chosen = read_text(private), environment or _DEFAULT
    taken = {name for values in environments.parse(text, environments.PRIVATE).values() for name in values}
    changed, found = masking.extracted(from_dictionary(request), taken)
    moved = to_dictionary(changed)
    if found:
        write_text(private, environments.with_values(text, chosen, found))
    return {"request": moved, "names": list(found), "environment": chosen}


def _section(section: http_file.Section) -> dict[str, Any]:
    if section.request is None:
        return {"error": section.error}
    return {"request": to_dictionary(section.request)}
