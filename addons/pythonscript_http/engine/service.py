"""What is behind a `PyHTTPSession`: a session of `sessions`, which has the settings that scripts see."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from weakref import ref

from godot import Callable, ProjectSettings, TLSOptions, push_warning, stringify
from pythonscript_http.exceptions import LocalError
from pythonscript_http.sessions.headers import Headers
from pythonscript_http.sessions.options import Options
from pythonscript_http.sessions.request import Request
from pythonscript_http.sessions.response import Response
from pythonscript_http.sessions.session import Session
from pythonscript_http.transport.policy import TlsPolicy

from . import hooks, network, source
from .calls import Call, Progress, refusal
from .client import user_agent
from .paths import EngineFiles
from .policy import PyTLSPolicy, policy_of
from .response import PyHTTPResponse, made
from .transfer import PyHTTPTransfer

if TYPE_CHECKING:
    from pythonscript_http.sessions.cache_store import FolderStore, MemoryStore

    from .session import PyHTTPSession

OPTIONS: Final = (
    "timeout",
    "connect_timeout",
    "first_byte_timeout",
    "idle_timeout",
    "retries",
    "max_redirects",
    "allow_downgrade",
    "tls",
    "proxy",
    "cookies",
    "cache",
    "max_body_size",
    "max_header_size",
    "decode_body",
)
"""The options that a session has as properties of the same name."""
_SETTINGS: Final = (
    *OPTIONS,
    "base_url",
    "user_agent",
    "cookie_file",
    "cache_storage",
    "cache_folder",
    "mock",
)
_USER_AGENT: Final = user_agent()
_STREAMED: Final = (
    "the option 'stream_response' needs a PyHTTPTransfer, whose signals hand the body out: use start()"
)


def session() -> Session:
    """A session of this engine's."""
    made_one = Session(network.loop, files=EngineFiles(), text=stringify)
    made_one.user_agent = _USER_AGENT
    return made_one


class Service:
    """Makes the calls of a `PyHTTPSession`, in any thread. Calls under way go on without that.

    Args:
        owner: has the settings; they are read when a call begins.
    """

    def __init__(self, owner: PyHTTPSession) -> None:
        self._owner = ref(owner)
        self._lock = threading.Lock()
        self._settings: tuple[object, ...] = ()
        self._policy: TlsPolicy | None = None
        self._cookie_file = ""
        self._stored: tuple[int, str] = (0, "")
        self._store: MemoryStore | FolderStore | None = None
        self.session = session()
        self._network = self.session.sender
        network.services.add(self)

    def start(self, method: str, url: str, options: Mapping[Any, object], *, keep: bool) -> PyHTTPTransfer:
        """Begins a call.

        Args:
            keep: see `calls.Call`.
        """
        transfer = PyHTTPTransfer()
        transfer._method, transfer._url = method.upper() or "GET", url
        call = Call(transfer, keep=keep)
        try:
            settings = self.options(options, streamed=not keep)
        except LocalError as error:
            call.refused(method, url, str(error))
        else:
            call.begun(self.session.start(method, url, settings, call, self._source()))
        return transfer

    def request_sync(self, method: str, url: str, options: Mapping[Any, object]) -> PyHTTPResponse:
        """Makes a call, and waits for its end."""
        try:
            settings = self.options(options, streamed=False)
        except LocalError as error:
            return made(refusal(method, url, str(error)))
        start = partial(self.session.start, method, url, settings, Progress(), self._source())
        return made(network.waited_for(lambda: start().response))

    def _source(self) -> str:
        return "" if self.session.trace is None else source.script_line()

    def close(self) -> None:
        """Ends all calls and connections."""
        self.save_cookies()
        self.session.close()

    # ---- settings

    def refresh(self) -> None:
        """Takes over the settings of the session, if it is there still.

        Raises:
            LocalError: one of them can't be.
        """
        owner = self._owner()
        if owner is None:
            return
        settings = (*(getattr(owner, name) for name in _SETTINGS), list(owner.headers.items()))
        hooked = owner.before_request, owner.after_response
        with self._lock:
            self._hook(*hooked)
            if settings == self._settings and owner.tls is None:
                return
            self._settings = ()
            named = dict(zip(_SETTINGS, settings, strict=False))
            self.session.headers = Headers(
                {str(name): hooks.texts(value) for name, value in owner.headers.items()}
            )
            self.session.options = Options().merged(
                {**{name: named[name] for name in OPTIONS}, "tls": self._policy_of(owner.tls)}
            )
            if self.session.base_url != owner.base_url:
                self.session.base_url = owner.base_url
            self.session.user_agent = owner.user_agent or _USER_AGENT
            self.session.sender = self._network if owner.mock is None else owner.mock._mock
            self._keep_cookies_in(owner.cookie_file)
            self._store_in(int(owner.cache_storage), owner.cache_folder)
            self._settings = settings

    def options(self, options: Mapping[Any, object], *, streamed: bool) -> dict[Any, object]:
        """The options of a call as the session below takes them.

        Raises:
            LocalError: a setting, or an option of scripts alone, can't be.
        """
        self.refresh()
        settings = dict(options)
        if settings.get("tls") is not None:
            settings["tls"] = self._policy_of(settings["tls"])
        if settings.get("stream_response") and not streamed:
            raise LocalError(_STREAMED)
        return settings

    def _policy_of(self, wanted: object) -> TlsPolicy:
        if wanted is None:
            if self._policy is None:
                self._policy = policy_of(None, None)
            return self._policy
        if isinstance(wanted, TLSOptions):
            return policy_of(wanted, None)
        if isinstance(wanted, PyTLSPolicy):
            return policy_of(None, wanted)
        raise LocalError(
            f"the option 'tls' is a {type(wanted).__name__}; it must be TLSOptions or a PyTLSPolicy"
        )

    def _hook(self, before: Callable | None, after: Callable | None) -> None:
        asked = self.session.hooks
        asked.before = None if before is None or before.is_null() else partial(hooks.before, before)
        asked.after = None if after is None or after.is_null() else partial(self._after, after)

    async def _after(self, hook: Callable, request: Request, response: Response) -> Request | None:
        return await hooks.after(hook, self, request, response)

    # ---- what is kept

    def _keep_cookies_in(self, path: str) -> None:
        if path == self._cookie_file:
            return
        self.save_cookies()
        self._cookie_file = path
        files, now = self.session.files, self.session.wall_clock()
        if not path:
            return
        try:
            if files.size(path) < 0:
                return
            file = files.read(path)
            data = b""
            while piece := file.read(1 << 20):
                data += piece
            file.close()
            with self.session.jar_lock:
                self.session.jar.load(data.decode("utf-8", "replace"), now=now)
        except (OSError, LocalError) as error:
            push_warning(f"the cookies in {path} cannot be read, and are left out: {error}")

    def save_cookies(self) -> None:
        """Writes the cookies into their file, if they have one."""
        path = self._cookie_file
        if not path:
            return
        lines: list[str] = []
        with self.session.jar_lock:
            self.session.jar.save(lines.append, now=self.session.wall_clock())
        files = self.session.files
        try:
            file = files.write(f"{path}.part")
            file.write("".join(lines).encode())
            file.close()
            files.replace(f"{path}.part", path)
        except OSError as error:
            push_warning(f"the cookies cannot be written to {path}: {error}")

    def clear_cookies(self, domain: str) -> None:
        """Forgets cookies; an empty domain means all."""
        self.session.clear_cookies(domain)

    def _store_in(self, storage: int, folder: str) -> None:
        if (storage, folder) == self._stored:
            return
        self._stored = storage, folder
        self._store = None
        if not storage:
            self.session.cache = None
            return
        from pythonscript_http.sessions.cache import Cache
        from pythonscript_http.sessions.cache_store import FolderStore, MemoryStore

        in_folder = storage == 2
        store = FolderStore(Path(ProjectSettings.globalize_path(folder))) if in_folder else MemoryStore()
        self._store = store
        self.session.cache = Cache(store)

    def clear_cache(self) -> None:
        """Forgets all kept responses."""
        if self._store is not None:
            self._store.clear()
