"""What is behind a `PyHTTPSession`: a session of `sessions`, which has the settings that scripts see."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from weakref import ref

from godot import Callable, ProjectSettings, TLSOptions, push_warning, stringify
from pythonscript_http.exceptions import LocalError
from pythonscript_http.http1.codings import available
from pythonscript_http.sessions.headers import Headers
from pythonscript_http.sessions.options import Options
from pythonscript_http.sessions.request import Request
from pythonscript_http.sessions.response import Response
from pythonscript_http.sessions.session import Session
from pythonscript_http.transport.policy import TlsPolicy

from . import hooks, network
from .calls import Progress
from .client import user_agent
from .paths import EngineFiles
from .policy import PyTLSPolicy, policy_of
from .response import PyHTTPResponse, made
from .settings import OPTIONS, Settings, settings_of

if TYPE_CHECKING:
    from pythonscript_http.sessions.cache_store import FolderStore, MemoryStore
    from pythonscript_http.sessions.transfer import Listener, Transfer

    from .session import PyHTTPSession

_USER_AGENT: Final = user_agent()
available()  # br and zstd are imported here, and not on the network's thread while others wait for it
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
        owner: has the settings; each call brings them as they are when it begins.
    """

    def __init__(self, owner: PyHTTPSession) -> None:
        self._owner = ref(owner)
        self._lock = threading.Lock()
        self._settings: Settings | None = None
        self._policy: TlsPolicy | None = None
        self._cookie_file = ""
        self._stored: tuple[int, str] = (0, "")
        self._store: MemoryStore | FolderStore | None = None
        self.session = session()
        self._network = self.session.sender
        network.services.add(self)

    def start(
        self,
        listener: Listener,
        method: str,
        url: str,
        settings: Settings,
        options: Mapping[Any, object],
        source: str,
        *,
        streamed: bool,
    ) -> Transfer:
        """Begins a call. What is wrong with it is its response's failure.

        Args:
            listener: is told how it goes on.
            settings: those of the session.
            options: those of the call.
            source: who asks; empty: not known.
            streamed: `stream_response` is possible.
        """
        try:
            given = self.options(settings, options, streamed=streamed)
        except LocalError as error:
            return self.session.refuse(method, url, str(error), listener, source)
        return self.session.start(method, url, given, listener, source)

    def request_sync(
        self, method: str, url: str, settings: Settings, options: Mapping[Any, object], source: str
    ) -> PyHTTPResponse:
        """Makes a call, and waits for its end."""
        start = partial(self.start, Progress(), method, url, settings, options, source, streamed=False)
        return made(network.waited_for(lambda: start().response))

    def close(self) -> None:
        """Ends all calls and connections."""
        self.save_cookies()
        self.session.close()

    # ---- settings

    def refresh(self) -> None:
        """Takes over the settings as they are now, if the session is there still.

        Raises:
            LocalError: one of them can't be.
        """
        owner = self._owner()
        if owner is not None:
            self._take(settings_of(owner))

    def options(
        self, settings: Settings, options: Mapping[Any, object], *, streamed: bool
    ) -> dict[Any, object]:
        """Takes over settings, and gives the options of a call as the session below takes them.

        Raises:
            LocalError: a setting, or an option of scripts alone, can't be.
        """
        self._take(settings)
        given = dict(options)
        if given.get("tls") is not None:
            given["tls"] = self._policy_of(given["tls"])
        if given.get("stream_response") and not streamed:
            raise LocalError(_STREAMED)
        return given

    def _take(self, settings: Settings) -> None:
        named, session = settings.named, self.session
        with self._lock:
            if settings == self._settings and named["tls"] is None:
                return
            self._settings = None
            before, after = settings.before, settings.after
            session.hooks.before = None if before is None else partial(hooks.before, before)
            session.hooks.after = None if after is None else partial(self._after, after)
            session.headers = Headers(settings.headers)
            session.options = Options().merged(
                {**{name: named[name] for name in OPTIONS}, "tls": self._policy_of(named["tls"])}
            )
            if session.base_url != named["base_url"]:
                session.base_url = named["base_url"]
            session.user_agent = named["user_agent"] or _USER_AGENT
            session.sender = self._network if named["mock"] is None else named["mock"]._mock
            self._keep_cookies_in(named["cookie_file"])
            self._store_in(int(named["cache_storage"]), named["cache_folder"])
            self._settings = settings

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
        from pathlib import Path

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
