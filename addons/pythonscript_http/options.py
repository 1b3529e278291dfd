"""What a user may set of a client. What does not fit is refused, and tells why."""

import math
from operator import index
from typing import Final

from .calls import Calls
from .config import RANGES, UNLIMITED, Limits, Timeouts
from .exceptions import LocalError
from .http1.request import encoded
from .proxies import Proxies


class Options(Calls):
    """The settings of a client.

    Args:
        limits: how many bytes things may have, to begin with.
        timeouts: how long they may take, to begin with.
        user_agent: value of the User-Agent header, unless a request brings its own.

    Raises:
        LocalError: the user agent can't be sent.
    """

    __slots__ = ("_blocking", "_decode_body", "_user_agent", "limits", "proxies")

    def __init__(self, limits: Limits, timeouts: Timeouts, user_agent: str) -> None:
        super().__init__(timeouts)
        self.limits = limits
        """How many bytes things may have, as of the next request."""
        self.proxies: Final = Proxies()
        """Which proxies lead to which hosts, as of the next `connect_to_host()`."""
        self._blocking = False
        self._decode_body = False
        self.user_agent = user_agent

    @property
    def user_agent(self) -> str:
        """Value of the User-Agent header, unless a request brings its own."""
        return self._user_agent

    @user_agent.setter
    def user_agent(self, value: str) -> None:
        try:
            encoded("User-Agent", value)
        except LocalError as error:
            raise self.refused(error) from None
        self._user_agent = value

    def set_http_proxy(self, host: str, port: int) -> None:
        """Sets the proxy for plain requests, as of the next `connect_to_host()`; empty or port -1 unsets it.

        Args:
            host: as for `connect_to_host()`, perhaps with a scheme and `user:password@` before it: see
                `transport.proxy.parse_proxy`.

        Raises:
            LocalError: not a valid proxy. Until another is set, or none, `connect_to_host()` raises it too.
        """
        self._set_proxy(host, port, tls=False)

    def set_https_proxy(self, host: str, port: int) -> None:
        """Sets the proxy for TLS requests, as of the next `connect_to_host()`; empty or port -1 unsets it.

        Args:
            host: as for `set_http_proxy()`.

        Raises:
            LocalError: as by `set_http_proxy()`.
        """
        self._set_proxy(host, port, tls=True)

    def _set_proxy(self, host: str, port: int, *, tls: bool) -> None:
        try:
            self.proxies.set(host, port, tls=tls)
        except LocalError as error:
            raise self.refused(error) from None

    def set_blocking_mode(self, enabled: bool) -> None:
        """Lets `poll()` and reads wait in the operating system until there is something to do.

        A call that waits ends when another thread calls `close()`, or sets a deadline.
        """
        self._blocking = enabled

    def is_blocking_mode_enabled(self) -> bool:
        """Tells whether calls wait."""
        return self._blocking

    def set_read_chunk_size(self, size: int) -> None:
        """Sets how many bytes one read gives at most.

        Raises:
            LocalError: it is not within 256 to 16777216.
        """
        self._check_size("read_chunk_size", size)
        if size != self.limits.read_size:
            self.limits = self.limits._replace(read_size=size)

    def get_read_chunk_size(self) -> int:
        """Gives how many bytes one read gives at most."""
        return self.limits.read_size

    def set_connect_timeout(self, seconds: float) -> None:
        """Sets how long look-up and connection may take together, in seconds; 0 for no limit.

        When it has passed, the status tells what was under way, as when that fails by itself: CANT_RESOLVE
        is the look-up, CANT_CONNECT the connection or a proxy's answer to CONNECT, TLS_HANDSHAKE_ERROR a TLS
        handshake.

        Raises:
            LocalError: it is negative or no number.
        """
        self._set_timeout("connect", seconds)

    def get_connect_timeout(self) -> float:
        """Gives how long look-up and connection may take together, in seconds."""
        return self.timeouts.connect

    def set_first_byte_timeout(self, seconds: float) -> None:
        """Sets how long the first byte of an answer may take, in seconds; 0 for no limit.

        It counts from the last byte of the request that could be sent, or from the last interim response.

        Raises:
            LocalError: it is negative or no number.
        """
        self._set_timeout("first_byte", seconds)

    def get_first_byte_timeout(self) -> float:
        """Gives how long the first byte of an answer may take, in seconds."""
        return self.timeouts.first_byte

    def set_idle_timeout(self, seconds: float) -> None:
        """Sets for how long no byte may move while a request is under way, in seconds; 0 for no limit.

        Either way counts. Time in which bytes wait to be read does not count.

        Raises:
            LocalError: it is negative or no number.
        """
        self._set_timeout("idle", seconds)

    def get_idle_timeout(self) -> float:
        """Gives for how long no byte may move while a request is under way, in seconds."""
        return self.timeouts.idle

    def set_total_timeout(self, seconds: float) -> None:
        """Sets how long it may take from `request()` to the end of the body, in seconds; 0 for no limit.

        Raises:
            LocalError: it is negative or no number.
        """
        self._set_timeout("total", seconds)

    def get_total_timeout(self) -> float:
        """Gives how long it may take from `request()` to the end of the body, in seconds."""
        return self.timeouts.total

    def set_max_header_size(self, size: int) -> None:
        """Sets how many bytes the header blocks of a response, interim ones too, or its trailers may have.

        Raises:
            LocalError: it is not within 1024 to 16777216.
        """
        self._check_size("max_header_size", size)
        self.limits = self.limits._replace(header_size=size)

    def get_max_header_size(self) -> int:
        """Gives how many bytes the header blocks of one response may have."""
        return self.limits.header_size

    def set_max_body_size(self, size: int) -> None:
        """Sets how many bytes the body of a response may have, before and after decoding; -1 for no limit.

        It counts as of the next response. A body of known length is refused before its first byte.

        Raises:
            LocalError: it is below -1.
        """
        self._check_size("max_body_size", size)
        self.limits = self.limits._replace(body_size=UNLIMITED if size < 0 else size)

    def get_max_body_size(self) -> int:
        """Gives how many bytes the body of a response may have, -1 for no limit."""
        limit = self.limits.body_size
        return -1 if limit == UNLIMITED else limit

    def set_decode_body(self, enabled: bool) -> None:
        """Lets requests from now on ask for compressed bodies, and hands them out decompressed.

        Accept-Encoding names what is available (`http1.codings`), unless a request brings its own or asks for
        a Range. While bodies are decoded, `get_response_body_length()` is -1; headers stay as they came.

        A part of a coded whole (206), and a body with a coding that is unknown here, are handed out as they
        came. A read may give nothing while the state stays BODY: one call does a bounded amount of work.
        """
        self._decode_body = enabled

    def is_decode_body(self) -> bool:
        """Tells whether requests ask for compressed bodies."""
        return self._decode_body

    def set_use_environment_proxies(self, enabled: bool) -> None:
        """Lets `connect_to_host()` use the environment's proxies where none is set (see `proxies`)."""
        self.proxies.use_environment = enabled

    def is_using_environment_proxies(self) -> bool:
        """Tells whether the environment's proxies are used."""
        return self.proxies.use_environment

    # ---- the same as attributes

    @property
    def blocking_mode_enabled(self) -> bool:
        """As `set_blocking_mode()` sets it."""
        return self.is_blocking_mode_enabled()

    @blocking_mode_enabled.setter
    def blocking_mode_enabled(self, value: bool) -> None:
        self.set_blocking_mode(value)

    @property
    def read_chunk_size(self) -> int:
        """As `set_read_chunk_size()` sets it."""
        return self.get_read_chunk_size()

    @read_chunk_size.setter
    def read_chunk_size(self, value: int) -> None:
        self.set_read_chunk_size(value)

    @property
    def connect_timeout(self) -> float:
        """As `set_connect_timeout()` sets it."""
        return self.get_connect_timeout()

    @connect_timeout.setter
    def connect_timeout(self, value: float) -> None:
        self.set_connect_timeout(value)

    @property
    def first_byte_timeout(self) -> float:
        """As `set_first_byte_timeout()` sets it."""
        return self.get_first_byte_timeout()

    @first_byte_timeout.setter
    def first_byte_timeout(self, value: float) -> None:
        self.set_first_byte_timeout(value)

    @property
    def idle_timeout(self) -> float:
        """As `set_idle_timeout()` sets it."""
        return self.get_idle_timeout()

    @idle_timeout.setter
    def idle_timeout(self, value: float) -> None:
        self.set_idle_timeout(value)

    @property
    def total_timeout(self) -> float:
        """As `set_total_timeout()` sets it."""
        return self.get_total_timeout()

    @total_timeout.setter
    def total_timeout(self, value: float) -> None:
        self.set_total_timeout(value)

    @property
    def max_header_size(self) -> int:
        """As `set_max_header_size()` sets it."""
        return self.get_max_header_size()

    @max_header_size.setter
    def max_header_size(self, value: int) -> None:
        self.set_max_header_size(value)

    @property
    def max_body_size(self) -> int:
        """As `set_max_body_size()` sets it."""
        return self.get_max_body_size()

    @max_body_size.setter
    def max_body_size(self, value: int) -> None:
        self.set_max_body_size(value)

    @property
    def decode_body(self) -> bool:
        """As `set_decode_body()` sets it."""
        return self.is_decode_body()

    @decode_body.setter
    def decode_body(self, value: bool) -> None:
        self.set_decode_body(value)

    @property
    def use_environment_proxies(self) -> bool:
        """As `set_use_environment_proxies()` sets it."""
        return self.is_using_environment_proxies()

    @use_environment_proxies.setter
    def use_environment_proxies(self, value: bool) -> None:
        self.set_use_environment_proxies(value)

    # ---- checks

    def _set_timeout(self, name: str, seconds: float) -> None:
        if not (seconds >= 0 and math.isfinite(seconds)):
            text = f"{name}_timeout {float(seconds)} is not a number of seconds, 0 or more"
            raise self.refused(LocalError(text))
        self.timeouts = self.timeouts._replace(**{name: float(seconds)})
        self._obey_timeouts()

    def _obey_timeouts(self) -> None:
        """Tells those who mind the time, also of what is under way."""

    def _check_size(self, name: str, size: int) -> None:
        allowed = RANGES[name]
        if index(size) not in allowed:
            text = f"{name} {size} is not within {allowed[0]} to {allowed[-1]}"
            raise self.refused(LocalError(text))
