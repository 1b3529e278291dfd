"""Modules that are imported when something first needs them, on a thread that nobody waits for."""

import threading
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final

from .workers import Workers

Job = Callable[[], object]

_HEAD_START: Final = 0.002
"""Seconds by which a call that needs a module is over before the import begins, which takes Python's time."""
_RETRY: Final = 1.0
"""Seconds until a module that could not be imported is tried again."""


class LazyImports:
    """Does what needs certain modules: at once where they are there, and else on a thread that imports them.

    Jobs are done in the order in which a thread gave them.

    Args:
        name: of the thread, for those who look at it.
        load: imports a module.
    """

    def __init__(self, name: str, load: Callable[[str], object] = import_module) -> None:
        self._load = load
        self._workers: Final = Workers(1, 0.0, name)
        self._lock = threading.Lock()
        self._loaded: set[str] = set()
        self._pending = 0  # jobs that are not over
        self._stopped = threading.Event()

    def soon(self, modules: Sequence[str], job: Job) -> None:
        """Does a job once some modules are imported. What it raises on the thread is logged.

        Args:
            modules: their full names. One that can't be imported is tried again and again.
            job: what is to be done.
        """
        if not self._pending and self._loaded.issuperset(modules):
            job()
            return
        with self._lock:
            self._pending += 1
        try:
            self._workers.submit(lambda: self._do(modules, job))
        except RuntimeError:  # the system gives no thread
            with self._lock:
                self._pending -= 1
            job()

    def now(self, modules: Sequence[str]) -> None:
        """Waits until all jobs are over that were given before, and imports some modules.

        Raises:
            ImportError: one can't be.
        """
        if self._pending:
            over = threading.Event()
            self.soon((), over.set)
            while not (over.wait(_RETRY) or self._stopped.is_set()):
                pass
        for module in modules:
            self._load(module)

    def stop(self, seconds: float) -> None:
        """Forgets jobs that have not begun, and waits some seconds at most for the import under way."""
        self._stopped.set()
        self._workers.finish(seconds)

    # ---- the thread

    def _do(self, modules: Sequence[str], job: Job) -> None:
        try:
            missing = [module for module in modules if module not in self._loaded]
            if missing:
                time.sleep(_HEAD_START)
            for module in missing:
                self._import(module)
            if not self._stopped.is_set():
                job()
        except Exception:
            _log("what waited for an import failed: %r", job)
        finally:
            with self._lock:
                self._pending -= 1

    def _import(self, module: str) -> None:
        """Imports a module, though it may take a while until a file can be opened, say."""
        told = False
        while not self._stopped.is_set():
            try:
                self._load(module)
            except Exception:
                if not told:
                    _log("%s can't be imported yet", module)
                told = True
                self._stopped.wait(_RETRY)
            else:
                self._loaded.add(module)
                return


def _log(text: str, culprit: object) -> None:
    """Logs the exception that is being handled."""
    import logging  # late: hardly anybody needs it

    logging.getLogger("pythonscript_http").exception(text, culprit)
