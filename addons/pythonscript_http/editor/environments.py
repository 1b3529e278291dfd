"""Environments: values of variables by name, in JSON files beside the requests, as for JetBrains' client.

    {"dev": {"host": "http://localhost:8000"}, "live": {"host": "https://api.example.org"}}

`http-client.env.json` is shared like code; `http-client.private.env.json` has the secrets, and is not. What
the environment `$shared` has holds for all.
"""

import json
import random
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from .http_file import HttpFile
from .request import LARGEST, FormatError

PUBLIC: Final = "http-client.env.json"
PRIVATE: Final = "http-client.private.env.json"
SHARED: Final = "$shared"

Environments = dict[str, dict[str, str]]

DYNAMIC: Final[Mapping[str, Callable[[], str]]] = {
    "$uuid": lambda: str(uuid.uuid4()),
    "$guid": lambda: str(uuid.uuid4()),
    "$timestamp": lambda: str(int(time.time())),
    "$isoTimestamp": lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    "$randomInt": lambda: str(random.randrange(1000)),
}
"""Variables whose values are made anew for each request."""


def parse(text: str, file: str) -> Environments:
    """Reads a file of environments; an empty one has none.

    Args:
        file: what to call it in errors.

    Raises:
        FormatError: it is no such file; the message says where.
    """
    if len(text) > LARGEST:
        raise FormatError(f"{file} is larger than {LARGEST >> 20} MiB")
    try:
        found = json.loads(text) if text.strip() else {}
        json.dumps(found, ensure_ascii=False).encode()  # an escape may be half a character
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{file} is not valid JSON: {error}") from None
    if not isinstance(found, dict) or not all(isinstance(values, dict) for values in found.values()):
        raise FormatError(f'{file} should be like {{"dev": {{"host": "http://localhost"}}}}')
    return {
        name: {
            variable: _text(value) for variable, value in values.items() if not isinstance(value, dict | list)
        }
        for name, values in found.items()
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def names(*files: Environments) -> list[str]:
    """The environments to choose from, in the order in which they are met."""
    known = dict.fromkeys(name for file in files for name in file)
    return [name for name in known if name != SHARED and name.isprintable()]


def values(environment: str, file: HttpFile | None, *files: Environments) -> Callable[[str], str | None]:
    """What gives variables their values.

    Args:
        environment: the one that is chosen; empty: none is.
        file: the `.http` file, whose own variables come before those of all environments.
        files: later ones come before earlier ones.
    """
    known: dict[str, str] = {}
    for name in (SHARED, environment):
        for one in files:
            known |= one.get(name, {})
    known |= {} if file is None else file.variables

    def value_of(name: str) -> str | None:
        return DYNAMIC[name]() if name in DYNAMIC else known.get(name)

    return value_of


def with_values(text: str, environment: str, added: Mapping[str, str], file: str = PRIVATE) -> str:
    """Gives a file of environments with more variables in one of them; all else in it stays.

    Raises:
        FormatError: it is no such file.
    """
    parse(text, file)
    found = json.loads(text) if text.strip() else {}
    found.setdefault(environment, {}).update(added)
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def is_ignored(gitignore: str, name: str = PRIVATE) -> bool:
    """Whether a `.gitignore` has a line for a file, however deep it is."""
    return any(line.strip() in (name, f"**/{name}", "*.private.env.json") for line in gitignore.splitlines())


def with_ignored(gitignore: str, name: str = PRIVATE) -> str:
    """Gives a `.gitignore` with a line for a file."""
    if is_ignored(gitignore, name):
        return gitignore
    end = "" if not gitignore or gitignore.endswith("\n") else "\n"
    return f"{gitignore}{end}{name}\n"
