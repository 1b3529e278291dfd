"""What each row is to reach, and what limits those that do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from .operations import TYPES


class Goal(NamedTuple):
    """What a row is judged by; what is None does not count.

    Attributes:
        times: at least so many times as good as the engine's.
        most: at most so much, in the row's unit.
        bare: at most so many times the CPU of the bare loop.
        more: at most so much more than the engine's, in the row's unit.
    """

    times: float | None = None
    most: float | None = None
    bare: float | None = None
    more: float | None = None


_BUILTIN: Final = [
    name for name, (type_, _) in TYPES.items() if type_.startswith(("Vector", "Rect", "Transform", "Color"))
]
_HONEST: Final = Goal(most=2.0)
_HOSTILE: Final = Goal(most=5.0)

GOALS: Final[Mapping[str, Goal]] = {
    "get-nginx-5": Goal(5.0),
    "get-nginx-40": Goal(5.0),
    "get-fast-5": Goal(10.0),
    "get-fast-40": Goal(10.0),
    "get-tls": Goal(1.2),
    "cpu-get": Goal(1.0, bare=2.0),
    "cpu-get-tls": Goal(1.0, bare=2.0),
    "connect": Goal(3.0),
    "connect-name": Goal(3.0),
    "connect-tls": Goal(20.0),
    "connect-tls-resumed": Goal(20.0),
    **{f"download-{size}": Goal(1.0) for size in ("64k", "1m", "16m")},
    **{f"download-{size}-tls": Goal(3.0) for size in ("64k", "1m", "16m")},
    "cpu-download": Goal(1.0),
    "cpu-download-tls": Goal(1.0),
    "chunked-1k": Goal(10.0),
    "chunked-4k": Goal(1.0),
    "chunked-64k": Goal(1.0),
    **{f"coded-{coding}": Goal(1.0) for coding in ("gzip", "br", "zstd")},
    "upload": Goal(4.5),
    "upload-tls": Goal(2.7),
    "memory-upload": Goal(1.0, most=4.0),
    "memory-upload-tls": Goal(1.0, most=4.0),
    "idle-1": Goal(2.0),
    "idle-100": Goal(2.0),
    "idle-1000": Goal(2.0, most=0.3),
    "traffic-100": Goal(1.0),
    "traffic-1000": Goal(1.0),
    "memory-1000": Goal(1.0),
    "memory-tls": Goal(2.0),
    **{f"frames-{work}": Goal(0.95) for work in ("get", "get-tls", "chunked", "length")},
    "fetch-1000": Goal(1.0),
    "fetch-100": Goal(1.0),
    "fetch-frames": Goal(1.0),
    "fetch-large-frames": Goal(1.0),
    "fetch-large-s": Goal(1.0),
    "fetch-large-cpu": Goal(1.0),
    "fetch-memory-1": Goal(1.0),
    "fetch-memory-100": Goal(1.0),
    "beside-keeps": Goal(0.5),
    "beside-releases": Goal(0.5),
    **{
        f"longest-{work}": _HONEST
        for work in ("tls-first", "tls", "get", "headers", "download", "upload", "burst")
    },
    **{f"longest-{work}": _HOSTILE for work in ("chunks", "lines", "interim", "bomb")},
    **{
        f"start-{form}{end}": Goal(more=60) for form in ("exported", "host", "bytecode") for end in ("", "-1")
    },
    "python-operator": Goal(most=150),
    "python-operator-transform": Goal(most=150),
    "python-set": Goal(most=250),
    "python-get": Goal(most=250),
    "python-constant": Goal(most=250),
    "python-emit": Goal(most=760),
    "python-dictionary-100": Goal(most=7100),
    "python-untyped": Goal(most=153),
    "into-int": Goal(most=99),
    **{f"{way}-{name}": Goal(most=300) for way in ("into", "out") for name in _BUILTIN},
    "gil-keeps": Goal(0.5),
    "gil-value": Goal(0.5),
}
"""By row. Those in nanoseconds are of one machine; all others hold on any."""

_STEPS: Final = (
    "The client is compiled. Of a GET in a tight loop half is the system's, sending alone a quarter, "
    "and a tenth reads the answer's head. A poll that finds nothing crosses engine, GIL and kernel: 1 µs."
)
_OVER_TLS: Final = (
    "Beside the 59,000 instructions of a plain GET (callgrind) OpenSSL takes 13,000, and to move its bytes "
    "between its memories and the socket 20,000."
)
_BEGUN: Final = (
    "Of 210 µs the system has 130: to connect, to send, to close, to wait. The server answers no sooner "
    "for what comes before the request: two dozen objects are made, by code that is cold by then."
)
_FIRST: Final = (
    "A thread loads OpenSSL, and gives way to calls after half a millisecond, but not while a module sets "
    "itself up, 1.2 ms of OpenSSL's; a call waits 1.5 ms for a step of a handshake."
)
_IDLE: Final = (
    "Connected, a client takes 2.6 KiB in 20 objects of Python's, and while it connects one more, which the "
    "peak has of all of them. An object of a class in Python that has nothing but a socket takes 0.6 KiB."
)
_IDLE_TLS: Final = (
    "OpenSSL's libraries take 7.5 MiB once. A connection of its takes 40 KiB while it waits for the server, "
    "which the peak has of all of them, and 21 afterwards, 8 at the least; with its client 27. One of the "
    "engine's takes 43 for good. Tried: one thread for handshakes, which changes nothing."
)
_ALONE: Final = (
    "With two processors a thread imports beside the engine's own start; one has to do both, of 140 modules."
)
_LOOK: Final = (
    "One look at the kernel is for all clients, and counts for 50 µs: a poll in a loop takes 0.25 µs. Of "
    "many clients, each poll waits for the memory of several objects that have left the processor's cache."
)
_DECODING: Final = (
    "The engine's client decodes nothing: its script decodes the whole body by one call of the engine, which "
    "holds the frame for as long as that takes. Ours gives 64 KiB a call, whose work is bounded. Beside the "
    "bare library, a decoder takes 1.3 times the CPU for gzip, 1.0 for zstd; a reader's calls and a copy add "
    "to it. br works on a thread, as its first bytes can take 50 ms: each call waits for another one."
)
_UPLOADING: Final = "Ahead of the loop in C by the larger pieces that it writes; the kernel copies them."
_KEPT: Final = (
    "The session's modules and its thread come with the first request, some 2 MiB. Of those that follow each "
    "keeps its connection, its cookies and its settings, in 13 KiB; a node keeps none, and connects anew."
)
_INCOMING: Final = (
    "Of a call without arguments (row python-typed-0) the GIL and Python's frame take about 65 ns; "
    "untyped, the engine looks for the method by its name, which takes as long as the rest of a typed "
    "call. Tried: vectorcall without a bound method, types in an array, values read within the Variant, "
    "no look at arguments that are no objects."
)
_OUTGOING: Final = (
    "GDScript's own call takes 80 ns, to give up the GIL and get it back 45, and the engine says first "
    "whether the object's script has such a method, 30. Tried: members remembered by class, bound "
    "methods from a free list, vectorcall, arguments on the stack, small values written and read within "
    "the Variant, and no copy of the one that a proxy holds."
)
_DICTIONARY: Final = (
    "The engine's part alone takes longer than the goal, 12 µs of 30 in a profile: 100 Strings, keys "
    "and values as Arrays, a Dictionary filled key by key. Python's is 100 new str, hashed, and as many "
    "items of a dict. Tried: values by one Array in place of a look-up for each key, Strings read and "
    "written within the Variant."
)

LIMITS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("get-nginx-5", "get-nginx-40", "get-fast-5", "get-fast-40", "cpu-get"), _STEPS),
    **dict.fromkeys(("connect", "connect-name"), _BEGUN),
    **dict.fromkeys(("get-tls", "cpu-get-tls"), f"{_OVER_TLS} {_STEPS}"),
    **dict.fromkeys(("idle-1", "idle-100", "idle-1000"), _LOOK),
    **{f"coded-{coding}": _DECODING for coding in ("gzip", "br", "zstd")},
    "upload": _UPLOADING,
    **dict.fromkeys(("fetch-memory-1", "fetch-memory-100"), _KEPT),
    "memory-1000": _IDLE,
    "memory-tls": _IDLE_TLS,
    "longest-tls-first": _FIRST,
    **dict.fromkeys(("start-exported-1", "start-bytecode-1"), _ALONE),
    **dict.fromkeys(("into-int", "python-untyped"), _INCOMING),
    **{f"out-{name}": _OUTGOING for name in _BUILTIN},
    "python-dictionary-100": _DICTIONARY,
}
"""By row: why it falls short, as far as is known. Only rows that fall short show it."""
