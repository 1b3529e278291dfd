"""Forms with files, as scripts write them.

{"title": "A turret", "picture": {"file": "user://turret.png"}}
[{"name": "title", "value": "A turret"}, {"name": "log", "data": log, "filename": "log.txt"}]
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from pythonscript_http.exceptions import LocalError

from .bodies import FileBody
from .files import Files
from .multipart import MultipartBody, Part

_KEYS: Final = ("name", "value", "data", "file", "filename", "type")


def multipart_body(fields: object, files: Files, text: Callable[[object], str]) -> MultipartBody:
    """Makes the body of multipart/form-data.

    Args:
        fields: a dictionary of fields by their names, or a list of dictionaries that have a `name`. A field
            is a text, a number or bytes, a list of several, or a dictionary: `file` is the path of a file,
            `data` bytes or a text; with either may be `filename` and `type`. `value` is a plain field's.
        files: opens the files.
        text: makes text of names and values.

    Raises:
        LocalError: a field is none; the text names it.
    """
    return MultipartBody(list(_parts(fields, files, text)))


def _parts(fields: object, files: Files, text: Callable[[object], str]) -> Iterator[Part]:
    if isinstance(fields, Mapping):
        for name, value in fields.items():
            for one in value if isinstance(value, list | tuple) else (value,):
                yield _part(text(name), one, files, text)
        return
    assert isinstance(fields, list | tuple)
    for index, field in enumerate(fields):
        if not isinstance(field, Mapping) or "name" not in field:
            raise LocalError(f"part {index} of the form is no dictionary with a `name`")
        yield _part(text(field["name"]), field, files, text)


def _part(name: str, value: object, files: Files, text: Callable[[object], str]) -> Part:
    if not isinstance(value, Mapping):
        return Part(name, _content(name, value, text))
    unknown = [key for key in value if key not in _KEYS]
    if unknown:
        raise LocalError(f"the part {name!a} has the key {str(unknown[0])!a}; known are {', '.join(_KEYS)}")
    given = [key for key in ("value", "data", "file") if key in value]
    if len(given) != 1:
        raise LocalError(f"the part {name!a} must have one of `value`, `data` and `file`")
    kind, filename = _text_of(name, value, "type"), _text_of(name, value, "filename")
    if given == ["value"]:
        return Part(name, _content(name, value["value"], text), filename or None, kind)
    if given == ["data"]:
        return Part(name, _content(name, value["data"], text), filename or name, kind)
    path = _text_of(name, value, "file")
    return Part(name, FileBody(files, path), filename or path.replace("\\", "/").rpartition("/")[2], kind)


def _content(name: str, value: object, text: Callable[[object], str]) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    try:
        return text(value).encode()
    except UnicodeEncodeError:
        raise LocalError(f"the part {name!a} holds a lone surrogate, which has no UTF-8 form") from None


def _text_of(name: str, part: Mapping[Any, object], key: str) -> str:
    value = part.get(key, "")
    if not isinstance(value, str):
        raise LocalError(f"the `{key}` of the part {name!a} is no text")
    return str(value)
