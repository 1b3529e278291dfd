"""What a client without a policy trusts, and who has loaded what TLS needs."""

import sys
import threading

from godot import RefCounted, gdclass
from pythonscript_http.engine.policy import policy_of

SLOW = ("_ssl", "certifi", "dataclasses", "encodings.idna", "inspect", "ssl", "tempfile")
"""Modules that no call of the main thread is to wait for."""
_imported: list[str] = []


class _Witness:
    """Sees imports, and finds nothing."""

    @staticmethod
    def find_spec(name: str, path: object, target: object = None) -> None:
        if name in SLOW and threading.current_thread() is threading.main_thread():
            _imported.append(name)


sys.meta_path.insert(0, _Witness)


@gdclass
class Trust(RefCounted):
    """Looks at what scripts do not see."""

    def system_roots(self) -> str:
        """Gives the system's roots, as clients have them."""
        given = policy_of(None, None).system_roots
        assert given is not None
        return given()

    def get_imported(self) -> list[str]:
        """Gives those of `SLOW` that the main thread has imported."""
        return _imported
