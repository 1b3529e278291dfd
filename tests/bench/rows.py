"""What is measured. A row is data: a work of one kind, somewhere, so much of it, told in a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from . import gil
from .operations import INTO, OTHERS, OUT
from .samples import BARE, CONTENDERS, ENGINE, OURS
from .starts import FORMS

KIB: Final = 1 << 10
MIB: Final = 1 << 20


@dataclass(frozen=True)
class Row:
    """One line of the page.

    Attributes:
        id: its name, for the command line, the goals and the results.
        title: what is done, for readers.
        unit: one of `UNITS`.
        amount: how much of it a round does.
        work: a function of `worker.gd`, or of `requests.gd`; of the other kinds, what is told there.
        where: a server of `servers.py`, and behind it a path; `{amount}` and `{bytes}`, of so many MiB, are
            filled in.
        options: of the work, by the names of those.
        contenders: who does it.
        fresh: each time in an engine of its own.
        rounds: as many at most.
        least: so much of the amount is done at least, however little is wanted.
        kind: how it is run, of `KINDS` in `measure.py`. All rows of a kind follow each other.
    """

    id: str
    title: str
    unit: str
    amount: int
    work: str
    where: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    contenders: Sequence[str] = CONTENDERS
    fresh: bool = False
    rounds: int = 99
    least: int = 1
    kind: str = "client"

    @property
    def server(self) -> str:
        return self.where.partition("/")[0]

    @property
    def path(self) -> str:
        path = self.where[len(self.server) :] or "/"
        return path.format(amount=self.amount, bytes=self.amount * MIB)


class Group(NamedTuple):
    """Rows under one heading, and what the contenders are called there."""

    title: str
    names: Mapping[str, str]
    rows: Sequence[Row]


_CLIENTS: Final = {ENGINE: "HTTPClient", OURS: "PyHTTPClient", BARE: "loop in C"}
_LANGUAGES: Final = {ENGINE: "GDScript", OURS: "Python"}
_BOTH: Final = (ENGINE, OURS)
_TLS: Final = {"nginx": ("", ""), "nginx-tls": ("-tls", ", TLS")}
"""By server: what names end with, and what titles do."""


def _many(*rows: Row, **fields: Any) -> Sequence[Row]:
    return [replace(row, **fields) for row in rows]


_GETS: Final = (
    Row("get-nginx-5", "nginx, 5 header lines", "/s", 1000, "get", "nginx"),
    Row("get-nginx-40", "nginx, 40 header lines", "/s", 400, "get", "nginx/40"),
    Row("get-fast-5", "fast server, 5 header lines", "/s", 1500, "get", "fast/lines/5/40"),
    Row("get-fast-40", "fast server, 40 header lines", "/s", 400, "get", "fast/lines/40/40"),
    Row("get-tls", "nginx, TLS", "/s", 1500, "get", "nginx-tls"),
    *_many(
        Row("cpu-get", "CPU of one, without waiting", "us of CPU", 300, "get", "fast/lines/5/40"),
        Row("cpu-get-tls", "CPU of one, without waiting, TLS", "us of CPU", 300, "get", "nginx-tls"),
        options={"pause": 300},
    ),
)

_CONNECTS: Final = (
    Row("connect", "to an address", "/s", 300, "connect", "nginx"),
    Row("connect-name", "by a name", "/s", 200, "connect", "nginx", {"host": "localhost"}),
    Row("connect-tls", "TLS", "/s", 20, "connect", "nginx-tls"),
    Row("connect-tls-resumed", "TLS, resumed", "/s", 20, "connect", "resuming", {"resume": True}),
)

_READS: Final = {"64k": ("64 KiB", 64 * KIB), "1m": ("1 MiB", MIB), "16m": ("16 MiB", 16 * MIB)}
_LARGE: Final = "/large/{amount}"

_DOWNLOADS: Final = (
    *(
        Row(
            f"download-{id_}{end}",
            f"{size} a read{words}",
            "MiB/s",
            128,
            "download",
            server + _LARGE,
            {"read": read},
        )
        for server, (end, words) in _TLS.items()
        for id_, (size, read) in _READS.items()
    ),
    *(
        Row(
            f"cpu-download{end}",
            f"CPU, without waiting{words}",
            "s of CPU",
            128,
            "download",
            server + _LARGE,
            {"pause": 50},
        )
        for server, (end, words) in _TLS.items()
    ),
    *(
        Row(
            f"chunked-{kib}k",
            f"in chunks of {kib} KiB",
            "MiB/s",
            amount,
            "download",
            f"fast/chunks/{kib * KIB}/{{bytes}}",
        )
        for kib, amount in ((1, 16), (4, 32), (64, 128))
    ),
    *(
        Row(
            f"coded-{coding}",
            f"{coding}, decoded",
            "MiB/s",
            16,
            "decode",
            f"nginx/{coding}/{{amount}}",
            contenders=_BOTH,
        )
        for coding in ("gzip", "br", "zstd")
    ),
)

_UPLOADS: Final = (
    Row("upload", "64 MiB", "MiB/s", 64, "upload", "fast"),
    Row("upload-tls", "64 MiB, TLS", "MiB/s", 64, "upload", "sink"),
    *_many(
        Row("memory-upload", "memory that 64 MiB take", "memory", 64, "upload", "fast"),
        Row("memory-upload-tls", "memory that 64 MiB take, TLS", "memory", 64, "upload", "sink"),
        contenders=_BOTH,
        fresh=True,
        rounds=3,
    ),
)

_CROWDS: Final = (
    *_many(
        Row("idle-1", "one idle client, a poll", "us a frame", 20000, "idle", "nginx", {"times": 100}),
        Row("idle-100", "100 idle clients, a frame", "us a frame", 200, "idle", "nginx", {"clients": 100}),
        Row("idle-1000", "1000 idle clients, a frame", "ms a frame", 50, "idle", "nginx", {"clients": 1000}),
        contenders=_BOTH,
    ),
    Row(
        "traffic-100",
        "100 busy clients",
        "/s",
        2000,
        "traffic",
        "fast/lines/5/40",
        {"clients": 100},
        least=100,
    ),
    Row(
        "traffic-1000",
        "1000 busy clients",
        "/s",
        2000,
        "traffic",
        "fast/lines/5/40",
        {"clients": 1000},
        least=1000,
    ),
    *_many(
        Row("memory-1000", "memory of 1000 idle clients", "memory", 1, "hold", "nginx", {"clients": 1000}),
        Row(
            "memory-tls",
            "memory of 300 idle clients, TLS",
            "memory",
            1,
            "hold",
            "nginx-tls",
            {"clients": 300},
        ),
        contenders=_BOTH,
        fresh=True,
        rounds=3,
    ),
)

_FRAMES: Final = _many(
    Row("frames-get", "a small GET", "frames", 30, "get_by_frames", "nginx"),
    Row("frames-get-tls", "a small GET, TLS", "frames", 30, "get_by_frames", "nginx-tls"),
    Row(
        "frames-chunked", "1 MiB in chunks of 4 KiB", "s", 1, "download_by_frames", "fast/chunks/4096/{bytes}"
    ),
    Row("frames-length", "16 MiB of known length", "s", 16, "download_by_frames", f"nginx{_LARGE}"),
    contenders=_BOTH,
    rounds=3,
)

_REQUESTS: Final = _many(
    Row(
        "fetch-1000",
        "1000 by one node in turn, by one session's pool",
        "/s",
        1000,
        "fetches",
        "nginx",
        rounds=3,
    ),
    Row(
        "fetch-100",
        "100 at once, by 100 nodes, by one session",
        "/s",
        1000,
        "fetches_at_once",
        "nginx",
        {"clients": 100},
        least=100,
    ),
    Row(
        "fetch-frames", "one after the other, 60 frames a second", "frames", 20, "fetches_by_frames", "nginx"
    ),
    *(
        Row(
            f"fetch-large-{id_}",
            f"16 MiB, 60 frames a second{words}",
            unit,
            16,
            "download_by_frames",
            f"nginx{_LARGE}",
            rounds=3,
        )
        for id_, words, unit in (
            ("frames", ", a MiB", "frames"),
            ("s", "", "s"),
            ("cpu", ", CPU", "s of CPU"),
        )
    ),
    Row("fetch-memory-1", "memory of the first one", "memory", 1, "hold", "nginx", fresh=True, rounds=3),
    Row(
        "fetch-memory-100",
        "memory of 100, idle after a request",
        "memory",
        1,
        "hold",
        "nginx",
        {"clients": 100, "sessions": 100},
        fresh=True,
        rounds=3,
    ),
    contenders=_BOTH,
    kind="requests",
)

_BESIDE: Final = [
    Row(
        f"beside-{id_}",
        gil.KINDS[id_][0],
        "us a frame",
        300,
        "calls",
        "nginx/large/16",
        {"calling": gil.KINDS[id_][1]},
        contenders=_BOTH,
        kind="requests",
        rounds=3,
    )
    for id_ in ("keeps", "releases")
]

_LONGEST: Final = [
    replace(row, unit="longest", options={**row.options, "timed": True})
    for row in (
        *_many(
            Row(
                "longest-tls-first",
                "first TLS connection of a process",
                "",
                1,
                "connect",
                "nginx-tls",
                {"cold": True},
                fresh=True,
            ),
            Row("longest-tls", "later TLS connections", "", 10, "connect", "nginx-tls"),
            Row("longest-get", "small GETs", "", 300, "get", "nginx"),
            Row("longest-headers", "57 KiB of headers", "", 20, "get", "fast/lines/60/1000"),
            Row(
                "longest-download",
                "a download, 16 MiB a read",
                "",
                128,
                "download",
                f"nginx{_LARGE}",
                {"read": 16 * MIB},
            ),
            Row("longest-upload", "an upload of 200 MiB", "", 200, "upload", "fast", rounds=3),
            Row(
                "longest-burst",
                "100 answers at once",
                "",
                100,
                "traffic",
                "fast/lines/5/40",
                {"clients": 100, "pause": 100_000},
                least=100,
            ),
            Row(
                "longest-chunks",
                "hostile: 256 Ki chunks of a byte",
                "",
                1,
                "get",
                "fast/chunks/1/262144",
                rounds=3,
            ),
            Row("longest-lines", "hostile: 900 header lines", "", 20, "get", "fast/lines/900/40"),
            contenders=_BOTH,
        ),
        *_many(  # the engine's client takes a 100 for the response, and decodes nothing
            Row("longest-interim", "hostile: 900 interim responses", "", 5, "get", "fast/interim/900"),
            Row("longest-bomb", "hostile: 64 MiB of one byte, gzip", "", 64, "decode", "nginx/bomb/{amount}"),
            contenders=(OURS,),
        ),
    )
]

_STARTS: Final = [
    Row(
        f"start-{form}{end}",
        f"{FORMS[form].title}{words}",
        "ms",
        1,
        form,
        options={"processors": processors},
        contenders=_BOTH,
        kind="start",
    )
    for end, words, processors in (("", "", 2), ("-1", ", on one processor", 1))
    for form in FORMS
]

_INTO, _OUT, _OTHERS = (
    [Row(id_, one.title, "ns", 20000, id_, contenders=_BOTH, kind="calls") for id_, one in those.items()]
    for those in (INTO, OUT, OTHERS)
)

_GIL: Final = [
    Row(f"gil-{id_}", title, "us", 20000, id_, contenders=_BOTH, kind="gil")
    for id_, (title, _) in gil.KINDS.items()
]

GROUPS: Final = (
    Group("Small GETs over one connection", _CLIENTS, _GETS),
    Group("Connect, GET, close", _CLIENTS, _CONNECTS),
    Group("Downloads", _CLIENTS, _DOWNLOADS),
    Group("Uploads", _CLIENTS, _UPLOADS),
    Group("Many clients", _CLIENTS, _CROWDS),
    Group("One poll a frame, 60 frames a second", _CLIENTS, _FRAMES),
    Group("The longest single call", _CLIENTS, _LONGEST),
    Group("Whole requests, of nodes and sessions", {ENGINE: "HTTPRequest", OURS: "PyHTTPSession"}, _REQUESTS),
    Group(
        "1000 calls of the engine a frame by a node in Python, while a session downloads 16 MiB and parses "
        "100 answers, again and again",
        {ENGINE: "without the session", OURS: "beside it"},
        _BESIDE,
    ),
    Group("Start and end of an empty exported game", {ENGINE: "without", OURS: "with"}, _STARTS),
    Group("The engine from Python", _LANGUAGES, _OTHERS),
    Group("GDScript calls Python and gets back what it gave", _LANGUAGES, _INTO),
    Group("Python calls GDScript and gets back what it gave", _LANGUAGES, _OUT),
    Group(
        "The engine from Python, beside a Python thread that computes",
        {ENGINE: "alone", OURS: "beside it"},
        _GIL,
    ),
)
ROWS: Final = [row for group in GROUPS for row in group.rows]


def named(names: Sequence[str]) -> list[Row]:
    """The rows whose ids begin with one of the names; all, if there are none.

    Raises:
        ValueError: a name is the begin of no row's id.
    """
    for name in names:
        if not any(row.id.startswith(name) for row in ROWS):
            raise ValueError(f"no row's name begins with {name}")
    return [row for row in ROWS if not names or row.id.startswith(tuple(names))]
