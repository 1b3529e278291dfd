"""Observes all clients, as an inspector does, from before any script runs."""

from godot import RefCounted, gdclass
from pythonscript_http import trace

_seen: list[trace.Event] = []

trace.observe(lambda: _seen.append)


def _raise(event: trace.Event) -> None:
    raise ValueError(f"a watcher that is broken: {type(event).__name__}")


@gdclass
class PyWatcher(RefCounted):
    """Tells what was seen."""

    def take_events(self) -> list[str]:
        """Hands out the names of the events so far."""
        names = [type(event).__name__ for event in _seen]
        _seen.clear()
        return names

    def take_requests(self) -> list[str]:
        """Hands out the request lines so far."""
        heads = [event.head for event in _seen if isinstance(event, trace.RequestStarted)]
        _seen.clear()
        return [head.partition(b"\r\n")[0].decode() for head in heads]

    def break_next(self) -> None:
        """Clients that are made from now on have an observer that raises."""
        trace.observe(lambda: _raise)
