"""Connections on top of connections: through a proxy's tunnel, under TLS, or both and more than once.

    ground = TcpNetwork().connect([literal("127.0.0.1")], 443)
    pending = Layers(ground, [tls_to("localhost", context_for(TlsPolicy()))])

Each layer is a step from a connection that stands to one that is being made over it.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from .stream import NetworkError, Pending, Stream


class Layer(Pending, Protocol):
    """A connection that is being made over another, which it closes when it fails or is given up."""

    def late(self, why: str) -> NetworkError:
        """Makes the failure of one who waits no longer: what it is still waiting for.

        Args:
            why: which limit has passed.
        """


Step = Callable[[Stream], Layer]
"""Takes a connection over."""


class Layers:
    """A connection that is being made, layer by layer.

    Args:
        ground: the lowest, which is being made already.
        steps: what goes on top, the lowest first.
        where: where the ground leads to.
        peer: what is there, for the text of its failures, if that is not the host: "the proxy".
        grounded: is called when the ground stands.
    """

    __slots__ = ("_grounded", "_layer", "_peer", "_pending", "_steps", "_where")

    def __init__(
        self,
        ground: Pending,
        steps: Iterable[Step],
        where: str = "",
        peer: str = "",
        grounded: Callable[[], object] = lambda: None,
    ) -> None:
        self._pending = ground
        self._layer: Layer | None = None  # the one that is being made, above the ground
        self._steps = iter(steps)
        self._where = where
        self._peer = f"{peer}: " if peer else ""
        self._grounded = grounded

    def poll(self) -> Stream | None:
        """Gives the topmost connection once it stands. Raises NetworkError when a layer fails."""
        while True:
            try:
                stream = self._pending.poll()
            except NetworkError as error:
                if self._layer is not None:  # it tells itself whose failure it is
                    raise
                raise NetworkError(f"{self._peer}{error}") from None
            if stream is None:
                return None
            if self._layer is None:
                self._grounded()
            step = next(self._steps, None)
            if step is None:
                return stream
            self._pending = self._layer = step(stream)

    def wait(self, timeout: float) -> None:
        """Sleeps until `poll` has something to do; `timeout` seconds at most."""
        self._pending.wait(timeout)

    def late(self, why: str) -> NetworkError:
        """Makes the failure of one who waits no longer (see `Layer.late`)."""
        if self._layer is not None:
            return self._layer.late(why)
        return NetworkError(f"{self._peer}{why}: still connecting to {self._where}")

    def close(self) -> None:
        """Gives it up, down to the ground."""
        self._pending.close()
