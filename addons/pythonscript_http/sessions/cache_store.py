"""Where the responses of a `Cache` are kept: in memory, or in a folder.

Both are bounded; what was not used for the longest time goes first.
"""

import json
import secrets
from collections import OrderedDict
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from pythonscript_http.exceptions import LocalError

from .cache import Stored
from .headers import Headers

MOST_IN_MEMORY: Final = 32 << 20
"""Bytes of a store in memory, headers included, unless it is given another bound."""
MOST_IN_FOLDER: Final = 256 << 20
MOST_RESPONSES: Final = 2000
"""Responses of a store."""
MOST_VARIANTS: Final = 8
"""Responses for one URL."""

_SHARE: Final = 4
"""One response is at most so small a part of its store."""
LARGEST_IN_FOLDER: Final = 4 << 20
"""Bytes of a body that is kept in a folder: to write and to check it, the other calls wait."""
_OVERHEAD: Final = 500
"""Bytes of the objects of a response in memory, or of the blocks of a file, beside what they hold."""


class _Usage:
    """How large each response is, and which was not used for the longest time.

    Args:
        most_bytes, most_entries: the bounds.
    """

    def __init__(self, most_bytes: int, most_entries: int) -> None:
        if most_bytes < 0 or most_entries < 0:
            raise LocalError("the bounds of a cache are numbers that are not negative")
        self.most_bytes, self.most_entries = most_bytes, most_entries
        self.bytes = 0
        self._sizes: OrderedDict[tuple[str, str], int] = OrderedDict()  # by hashes of URL and selector
        self._of_url: dict[str, dict[str, None]] = {}

    def __len__(self) -> int:
        return len(self._sizes)

    def variants(self, url: str) -> list[str]:
        return list(self._of_url.get(url, ()))

    def touch(self, key: tuple[str, str]) -> None:
        if key in self._sizes:
            self._sizes.move_to_end(key)

    def add(self, key: tuple[str, str], size: int) -> list[tuple[str, str]]:
        """Notes a response that was put, and returns those that have to go for it."""
        self.drop(key)
        self._sizes[key] = size
        self.bytes += size
        of_url = self._of_url.setdefault(key[0], {})
        of_url[key[1]] = None
        victims = [(key[0], next(iter(of_url)))] if len(of_url) > MOST_VARIANTS else []
        for victim in victims:
            self.drop(victim)
        while self.bytes > self.most_bytes or len(self._sizes) > self.most_entries:
            victims.append(next(iter(self._sizes)))
            self.drop(victims[-1])
        return victims

    def drop(self, key: tuple[str, str]) -> None:
        size = self._sizes.pop(key, None)
        if size is None:
            return
        self.bytes -= size
        of_url = self._of_url[key[0]]
        del of_url[key[1]]
        if not of_url:
            del self._of_url[key[0]]

    def keys(self) -> list[tuple[str, str]]:
        return list(self._sizes)


class MemoryStore:
    """Keeps responses as long as the game runs.

    Args:
        most_bytes: of all responses together, headers included.
        most_entries: how many responses there are.
    """

    def __init__(self, most_bytes: int = MOST_IN_MEMORY, most_entries: int = MOST_RESPONSES) -> None:
        self._usage = _Usage(most_bytes, most_entries)
        self._kept: dict[tuple[str, str], tuple[Stored, bytes]] = {}
        self.largest = most_bytes // _SHARE

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, url: str) -> list[Stored]:
        return [self._kept[url, selector][0] for selector in self._usage.variants(url)]

    def body(self, stored: Stored) -> bytes | None:
        kept = self._kept.get((stored.url, stored.selector))
        if kept is None:
            return None
        self._usage.touch((stored.url, stored.selector))
        return kept[1]

    def put(self, stored: Stored, body: bytes) -> None:
        key = stored.url, stored.selector
        self._kept[key] = stored, body
        texts = sum(len(name) + len(value) for name, value in stored.headers)
        for victim in self._usage.add(key, len(body) + 2 * len(stored.url) + texts + _OVERHEAD):
            del self._kept[victim]

    def remove(self, stored: Stored) -> None:
        self._usage.drop((stored.url, stored.selector))
        self._kept.pop((stored.url, stored.selector), None)

    def clear(self) -> None:
        """Forgets all responses."""
        for stored, _ in list(self._kept.values()):
            self.remove(stored)


_MAGIC: Final = b"pythonscript cache 1"
_END: Final = ".response"
_UNDER_WAY: Final = ".part"
_LONGEST_LINE: Final = 100
_LONGEST_HEAD: Final = 4 << 20


class FolderStore:
    """Keeps responses in a folder, one file each, for the next start of the game too.

    Files are named by hashes, written whole or not at all, and checked when they are read: one that is
    damaged is as one that is not there. A folder that cannot be written is no error either, only of no use:
    `failure` tells. Other files in the folder are left alone.

    Args:
        folder: where they are; it is made when the first response comes.
        most_bytes: of all files together.
        most_entries: how many files there are.
    """

    def __init__(
        self, folder: Path, most_bytes: int = MOST_IN_FOLDER, most_entries: int = MOST_RESPONSES
    ) -> None:
        self._folder = folder
        self._usage = _Usage(most_bytes, most_entries)
        self.largest = min(most_bytes // _SHARE, LARGEST_IN_FOLDER)
        self.failure = ""
        """Why the last file could not be read or written; empty: it could."""
        self._look()

    def __len__(self) -> int:
        return len(self._usage)

    def _look(self) -> None:
        """Takes stock of the folder: the files of earlier runs, the oldest first."""
        found = []
        try:
            for path in self._folder.iterdir():
                if path.name.endswith(_UNDER_WAY) and _key_of(path.name.partition(".")[0]):
                    path.unlink(missing_ok=True)  # a game ended while it wrote that
                elif path.name.endswith(_END) and (key := _key_of(path.name.removesuffix(_END))):
                    status = path.stat()
                    found.append((status.st_mtime, key, status.st_size))
        except FileNotFoundError:
            return
        except OSError as error:
            self.failure = f"the folder of the cache cannot be read: {error.strerror}"
        for _, key, size in sorted(found):
            self._forget(self._usage.add(key, size + _OVERHEAD))

    def find(self, url: str) -> list[Stored]:
        hashed = _hash(url)
        found = []
        for selector in self._usage.variants(hashed):
            read = self._read((hashed, selector), whole=False)
            if read is not None and read[0].url == url:
                found.append(read[0])
        return found

    def body(self, stored: Stored) -> bytes | None:
        key = _key(stored)
        read = self._read(key, whole=True)
        if read is None or read[0].selector != stored.selector or read[0].received != stored.received:
            return None
        self._usage.touch(key)
        return read[1]

    def put(self, stored: Stored, body: bytes) -> None:
        key = _key(stored)
        data = _written(stored, body)
        part = self._folder / f"{'-'.join(key)}.{secrets.token_hex(8)}{_UNDER_WAY}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                part.write_bytes(data)
                part.replace(self._path(key))
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            self.failure = f"a response cannot be written to the cache: {error.strerror}"
            self._forget([key])  # the old one, if there is one, is wrong by now
            return
        self.failure = ""
        self._forget(self._usage.add(key, len(data) + _OVERHEAD))

    def remove(self, stored: Stored) -> None:
        self._forget([_key(stored)])

    def clear(self) -> None:
        """Forgets all responses, and removes their files."""
        self._forget(self._usage.keys())

    def _path(self, key: tuple[str, str]) -> Path:
        return self._folder / f"{'-'.join(key)}{_END}"

    def _forget(self, keys: list[tuple[str, str]]) -> None:
        for key in keys:
            self._usage.drop(key)
            try:
                self._path(key).unlink(missing_ok=True)
            except OSError as error:
                self.failure = f"a file of the cache cannot be removed: {error.strerror}"

    def _read(self, key: tuple[str, str], *, whole: bool) -> tuple[Stored, bytes] | None:
        """Reads a file, its body only if that is wanted; None: it is gone, or damaged, and forgotten."""
        try:
            with self._path(key).open("rb") as file:
                sizes = _sizes(file.readline(_LONGEST_LINE))
                if sizes is not None and sizes[0] <= _LONGEST_HEAD and sizes[2] <= self.largest:
                    head_size, head_sum, body_size, body_sum = sizes
                    head = file.read(head_size)
                    body = file.read(body_size + 1) if whole else b""
                    stored = _stored(head) if crc32(head) == head_sum else None
                    right = not whole or (len(body) == body_size and crc32(body) == body_sum)
                    if stored is not None and right:
                        return stored, body
        except OSError as error:
            self.failure = f"a file of the cache cannot be read: {error.strerror}"
        self._forget([key])
        return None


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _key(stored: Stored) -> tuple[str, str]:
    return _hash(stored.url), stored.selector[:32]


def _key_of(name: str) -> tuple[str, str] | None:
    """The hashes that a file's name consists of; None: it is none of ours."""
    url, _, selector = name.partition("-")
    digits = set("0123456789abcdef")
    ours = len(url) == len(selector) == 32 and digits.issuperset(url + selector)
    return (url, selector) if ours else None


def _written(stored: Stored, body: bytes) -> bytes:
    """A response as a file: a line with sizes and sums, its head as JSON, its body."""
    row: list[object] = [*stored]
    row[5] = list(stored.headers)
    head = json.dumps(row, separators=(",", ":")).encode() + b"\n"
    first = b"%b %d %d %d %d\n" % (_MAGIC, len(head), crc32(head), len(body), crc32(body))
    return b"".join((first, head, body))


def _sizes(line: bytes) -> tuple[int, int, int, int] | None:
    numbers = line.removeprefix(_MAGIC).split()
    if not (line.startswith(_MAGIC) and line.endswith(b"\n") and len(numbers) == 4):
        return None
    if not all(number.isdigit() and len(number) < 20 for number in numbers):
        return None
    head_size, head_sum, body_size, body_sum = map(int, numbers)
    return head_size, head_sum, body_size, body_sum


def _stored(head: bytes) -> Stored | None:
    """Reads the head of a file. Its sum is right, so it is as somebody wrote it."""
    try:
        row: list[Any] = json.loads(head)
        url, selector, vary, status, reason, headers, requested, received = row
        return Stored(
            str(url),
            str(selector),
            tuple(str(name) for name in vary),
            int(status),
            str(reason),
            Headers.received([(name.encode(), value.encode()) for name, value in headers]),
            float(requested),
            float(received),
        )
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
