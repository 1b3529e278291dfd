"""A clock for tests of what takes time: only a test moves it."""

from pythonscript_http.transport.stream import Pending, Stream


class Clock:
    """Tells the time in seconds, like `time.monotonic`; called, or as an attribute."""

    def __init__(self, now: float = 100.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Lets time pass."""
        self.now += seconds

    def established(self, pending: Pending) -> Stream:
        """Polls a connection that moves this clock by waiting, until it stands or fails; a minute at most."""
        end = self.now + 60
        for _ in range(1000):  # one whose deadline has passed may wait for no time at all, again and again
            if (stream := pending.poll()) is not None:
                return stream
            assert self.now < end, "no deadline"
            pending.wait(60)
        raise AssertionError("its deadline does nothing")
