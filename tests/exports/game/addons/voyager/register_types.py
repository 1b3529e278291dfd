"""What a game's Python meets where it is."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from typing import Any

from godot import Control, FileAccess, RefCounted, Vector2, gdclass

from . import preload, trouble


@gdclass
class PyTraveller(Control):
    """Calls by `super()` what the engine has no code for."""

    def _ready(self) -> None:
        super()._ready()
        self.seen = True

    def _notification(self, what: int) -> None:
        super()._notification(what)

    def _get_tooltip(self, at: Vector2) -> str:
        try:
            return super()._get_tooltip(at)
        except AttributeError as error:
            return str(error)


@gdclass
class PyVoyager(RefCounted):
    """Each method answers one question."""

    def where(self) -> dict[str, Any]:
        return {
            "file": __file__,
            "prefix": sys.prefix,
            "path": sys.path,
            "writes_bytecode": not sys.dont_write_bytecode,
            "client": sys.modules["pythonscript_http.client"].__file__,
        }

    def observed(self) -> list[Any]:
        from godot import EngineDebugger
        from pythonscript_http import tracing

        found = sorted(name for name in sys.modules if name.startswith("pythonscript_http.editor"))
        return [EngineDebugger.is_active(), tracing.default_trace(float, float) is not None, found]

    def engine(self) -> list[Any]:
        """What a release engine, which describes less of itself, is known to have."""
        node: Any = PyTraveller()
        node._ready()
        node.mouse_filter = Control.MOUSE_FILTER_PASS
        found = [
            node.seen,
            node._get_tooltip(Vector2()),
            node.mouse_filter.name,
            node.get_mouse_filter().name,
            FileAccess.get_open_error().name,
        ]
        node.free()
        return found

    def early(self) -> int:
        return preload.EARLY

    def data(self) -> list[Any]:
        import json
        from importlib.resources import as_file, files

        folder = files(__package__).joinpath("data")
        alphas = files("alpha")  # a folder without an `__init__`
        with as_file(folder / "greeting.txt") as path:
            copied = path.read_text("utf-8")
        return [
            (folder / "greeting.txt").read_text("utf-8"),
            copied,
            json.loads((folder / "levels.json").read_bytes()),
            sorted(child.name for child in folder.iterdir()),
            alphas.joinpath("register_types.py").is_file() or alphas.joinpath("register_types.pyc").is_file(),
            (folder / "absent").is_file(),
        ]

    def packages(self) -> dict[str, list[str]]:
        from importlib.metadata import version

        import _brotli  # type: ignore[import-not-found]
        import brotli  # type: ignore[import-untyped]
        import gadget  # type: ignore[import-not-found]
        import h11

        assert brotli.decompress(brotli.compress(b"voyage")) == b"voyage"
        return {
            "h11": [version("h11"), h11.__file__],
            "brotli": [version("Brotli"), brotli.__file__],
            "gadget": ["", gadget.__file__],
            "_brotli": [version("brotli"), _brotli.__file__],
        }

    def left(self) -> bool:
        """Whether there is a module that an earlier version may have left in a package on disk."""
        from importlib.util import find_spec

        return find_spec("gadget.left") is not None

    def modules(self) -> list[str]:
        import pkgutil

        package = sys.modules["voyager"]
        return sorted(module.name for module in pkgutil.walk_packages(package.__path__, "voyager."))

    def threads(self) -> list[Any]:
        found: list[Any] = []

        def look() -> None:
            from .deep import well

            found.append(well.DEPTH)

        threads = [threading.Thread(target=look) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    def opened(self) -> str:
        try:
            with open(__file__) as file:  # noqa: PTH123 - as people do
                return file.read()
        except OSError as error:
            return f"{type(error).__name__}: {error}"

    def failure(self) -> str:
        try:
            trouble.make()
        except ValueError:
            return traceback.format_exc()
        return ""

    def fail(self) -> None:
        trouble.make()

    def child(self) -> str:
        import multiprocessing

        try:
            multiprocessing.get_context("spawn").Process(target=print).start()
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return "it was started"

    def roots(self) -> int:
        import ssl

        import certifi

        return len(ssl.create_default_context(cafile=certifi.where()).get_ca_certs())

    def leave_a_thread(self) -> None:
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
