"""Files of a pack, for `importlib.resources` and `importlib.metadata`; imported when they are asked for."""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib.metadata import Distribution, PathDistribution
from importlib.resources.abc import Traversable, TraversableResources
from typing import IO, Any

from . import _packs


class PackPath(Traversable):
    """A file or folder of `res://`."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __str__(self) -> str:
        return self._path

    def __repr__(self) -> str:
        return f"PackPath({self._path!r})"

    def __eq__(self, other: object) -> bool:
        return self._path == other._path if isinstance(other, PackPath) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._path)

    @property
    def name(self) -> str:
        return self._path.rpartition("/")[2]

    @property
    def parent(self) -> PackPath:
        return PackPath(self._path.rpartition("/")[0])

    def iterdir(self) -> Iterator[PackPath]:
        if not self.is_dir():
            raise NotADirectoryError(self._path)
        for name in sorted(_packs.folders(self._path) | _packs.files(self._path)):
            yield PackPath(f"{self._path}/{name}")

    def is_dir(self) -> bool:
        return _packs.is_folder(self._path)

    def is_file(self) -> bool:
        return _packs.is_file(self._path)

    def exists(self) -> bool:  # importlib.metadata asks since Python 3.12
        return self.is_file() or self.is_dir()

    def joinpath(self, *descendants: Any) -> PackPath:
        return PackPath("/".join([self._path, *map(str, descendants)]))

    def __truediv__(self, child: Any) -> PackPath:
        return self.joinpath(child)

    def open(self, mode: str = "r", *arguments: Any, **keywords: Any) -> IO[Any]:
        if mode not in ("r", "rt", "rb"):
            raise ValueError(f"a file of a pack is opened to read, by 'r' or 'rb', and not by {mode!r}")
        data = io.BytesIO(self.read_bytes())
        return data if mode == "rb" else io.TextIOWrapper(data, *arguments, **keywords)

    def read_bytes(self) -> bytes:
        return _packs.read(self._path)

    def read_text(self, encoding: str | None = None, errors: str | None = None) -> str:
        return self.read_bytes().decode(encoding or "utf-8", errors or "strict")


class Reader(TraversableResources):
    """The data of a package in a folder of the pack."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def files(self) -> PackPath:
        return PackPath(self._folder)


def distribution(path: str) -> Distribution:
    """The distribution whose metadata is in the folder `path`."""
    folder: Any = PackPath(path)  # as much of a path as is asked for; since Python 3.13 its type wants more
    return PathDistribution(folder)
