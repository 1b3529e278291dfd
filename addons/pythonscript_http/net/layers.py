"""Connections on top of connections: through a proxy's tunnel, under TLS, or both and more than once.

    Layers(network.connect(addresses, port), [tunnel_to("example.org:443", ...), tls_to("example.org", ...)])

Each layer is a step from a connection that stands to one that is being made over it.
"""

from collections.abc import Callable, Iterable

from .stream import NetworkError, Pending, Stream

Step = Callable[[Stream], Pending]
"""Takes a connection over, and closes it when it fails or is given up."""


class Layers:
    """A connection that is being made, layer by layer.

    Args:
        ground: the lowest, which is being made already.
        steps: what goes on top, the lowest first.
        peer: what the ground leads to, for the text of its failures, if that is not the host: "the proxy".
    """

    __slots__ = ("_peer", "_pending", "_steps")

    def __init__(self, ground: Pending, steps: Iterable[Step], peer: str = "") -> None:
        self._pending = ground
        self._steps = iter(steps)
        self._peer = peer

    def poll(self) -> Stream | None:
        """Gives the topmost connection once it stands. Raises NetworkError when a layer fails."""
        while True:
            try:
                stream = self._pending.poll()
            except NetworkError as error:
                if not self._peer:
                    raise
                raise NetworkError(f"{self._peer}: {error}") from None
            step = next(self._steps, None) if stream is not None else None
            if stream is None or step is None:
                return stream
            self._pending = step(stream)
            self._peer = ""  # the layers above tell themselves whose failure it is

    def wait(self, timeout: float) -> None:
        """Sleeps until `poll` has something to do; `timeout` seconds at most."""
        self._pending.wait(timeout)

    def close(self) -> None:
        """Gives it up, down to the ground."""
        self._pending.close()
