"""Plays scenarios to both clients in one run of the engine, or in a few when it crashes."""

import base64
import json
import re
import shutil
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.engine.harness import Project
from tests.loopback.kinds import Kind
from tests.loopback.processes import files_allowed

from .model import Act, Adopt, Call, Connect, Fetch, Idle, Listen, Request, Scenario, Talk, Wait
from .scenarios import ALL
from .scenarios.tls import BUNDLE
from .server import Part, Stage
from .words import SCRIPT_ERROR, Seen, method_number

CLIENTS: Final = ("HTTPClient", "PyHTTPClient")
_SESSIONS: Final = ("HTTPRequest", "PyHTTPSession")
INSTEAD: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.WHOLE: ("HTTPRequest", "PyHTTPRequest"),
    Kind.COOKIES: _SESSIONS,
    Kind.CACHE: _SESSIONS,
    Kind.RETRIES: _SESSIONS,
    Kind.EVENTS: ("HTTPRequest", "PyHTTPEventSource"),
}
"""Who is played in the place of the clients, where scenarios are about whole requests."""
SCRIPTS: Final = (
    "play.gd",
    "player.gd",
    "whole_player.gd",
    "node_player.gd",
    "session_player.gd",
    "pulse.gd",
)
SECONDS: Final = 120.0
"""No run is silent for longer."""
MOST_RUNS: Final = 10
"""How often the engine is started for the same scenarios, if it crashes."""

HERE: Final = Path(__file__).resolve().parent


Turn = tuple[str, str]
"""A scenario's id, and the client that meets it."""


@dataclass(frozen=True)
class Report:
    """What a run showed: by scenario, and for each of the clients."""

    engine: str
    """Its version."""
    seen: Mapping[str, Mapping[str, Seen]]
    output: str
    """What the engine printed, for those who look for a reason."""
    problems: Sequence[str] = ()
    """What went wrong and is no scenario's fault."""
    misses: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What PyHTTPClient did in rows where it was not right, by scenario; the last play may be right then."""


@dataclass(frozen=True)
class _Run:
    """One run of the engine, to its end or to its crash."""

    engine: str
    seen: Mapping[Turn, Seen]
    """Of the turns that were played to their end."""
    under_way: Sequence[Turn]
    """Those that had begun, and did not come to their end."""
    crash: str
    """How the engine crashed; empty: it did not."""
    output: str


def play(folder: Path, scenarios: Sequence[Scenario] = ALL, scripts: Path = HERE) -> Report:
    """Plays the scenarios.

    When the engine crashes, only the scenario at fault is lost by it: those that were under way are played
    again one by one, which names it, and those that were not played yet as if nothing had been.

    Args:
        folder: an empty one, for the projects and the sockets.
        scenarios: those to play.
        scripts: where the scripts are.

    Raises:
        RuntimeError: the engine does not even begin.
    """
    by_id = {scenario.id: scenario for scenario in scenarios}
    turns = [(scenario.id, client) for scenario in scenarios for client in CLIENTS]
    seen = {(name, CLIENTS[0]): Seen(died=by_id[name].unplayed) for name, _ in turns if by_id[name].unplayed}
    left = [turn for turn in turns if turn not in seen]
    suspects: set[Turn] = set()
    problems, output, engine = [], "", ""
    for number in range(MOST_RUNS):
        run = _run(folder / f"run{number}", by_id, left, suspects, scripts)
        engine, output = run.engine, output + run.output
        seen |= run.seen
        if not run.crash:
            seen |= {turn: Seen(died=SCRIPT_ERROR) for turn in run.under_way}
            left = []
            break
        if len(run.under_way) == 1:
            seen[run.under_way[0]] = Seen(died=run.crash)
        else:
            names = ", ".join(f"{name} ({client})" for name, client in run.under_way) or "nothing"
            problems.append(f"{run.crash}, with these under way: {names}\n{run.output[-4000:]}")
        suspects |= {*run.under_way}
        left = [turn for turn in left if turn not in seen]
        if not left:
            break
    seen |= {turn: Seen(died="not played: the engine crashes again and again") for turn in left}
    if suspects & {turn for turn, what in seen.items() if what.died}:
        problems = []  # it is known whose fault it is
    by_client = {name: {client: seen[name, client] for client in CLIENTS} for name in by_id}
    return Report(engine, by_client, output, problems)


def _run(
    folder: Path, scenarios: Mapping[str, Scenario], turns: Sequence[Turn], alone: Set[Turn], scripts: Path
) -> _Run:
    """Plays some turns; those that block or measure, and those in `alone`, at the end and one by one."""
    folder.mkdir()
    project = Project(
        folder / "project",
        client=True,
        settings={"network": ['tls/certificate_bundle_override="res://bundle.crt"']},
    )
    project.write("bundle.crt", BUNDLE.pem)
    for name in SCRIPTS:
        shutil.copyfile(scripts / name, project.root / name)
    results = folder / "results"
    turns = sorted(turns, key=lambda turn: (scenarios[turn[0]].alone, turn in alone))
    # Both clients meet each scenario, each of them a server of its own.
    with files_allowed(4 * len(turns)), Stage([scenarios[name] for name, _ in turns], folder) as stage:
        parts = dict(zip(turns, stage.parts, strict=True))
        plan = [
            _plan(number, turn, parts[turn], alone=turn in alone or parts[turn].scenario.alone)
            for number, turn in enumerate(turns)
        ]
        path = project.write("plan.json", json.dumps(plan))
        script = ("--headless", "--script", "res://play.gd", "--", str(path), str(results), str(stage.pulse))
        run = project.run(*script, seconds=SECONDS)
    lines = results.read_bytes().splitlines() if results.exists() else []
    if not lines:
        raise RuntimeError(f"the engine ended with {run.code}\n{run.output[-4000:]}")
    head, *rest = map(_json, lines)
    begun = [turns[int(line["part"])] for line in rest if "acts" not in line]
    ended = {turns[int(line["part"])]: line["acts"] for line in rest if "acts" in line}
    seen = {turn: _seen(parts[turn], acts) for turn, acts in ended.items()}
    crash = f"the engine ends with {run.code}" if run.code else ""
    return _Run(head["engine"], seen, [turn for turn in begun if turn not in ended], crash, run.output)


def _json(line: bytes) -> Any:
    """What the engine wrote as JSON.

    quirk - Godot 4.6.3 - core/string/ustring.cpp, String::json_escape - vertical tabs are written as `\\v`,
    and other control characters as they are; drop when the engine writes JSON.
    """
    return json.loads(
        re.sub(rb"\\(.)", lambda match: b"\\u000b" if match[1] == b"v" else match[0], line), strict=False
    )


def _seen(part: Part, acts: Sequence[Mapping[str, Any]]) -> Seen:
    requests = [request.replace(b":%d" % part.port, b":PORT") for request in part.seen.requests]
    died = SCRIPT_ERROR if acts and "died" in acts[-1] else ""
    return Seen(acts[:-1] if died else acts, died, len(part.seen.received), part.seen.closed, requests)


def _plan(number: int, turn: Turn, part: Part, *, alone: bool) -> dict[str, Any]:
    acts = [_act(act, part) for act in part.scenario.acts]
    client = INSTEAD.get(part.scenario.kind, CLIENTS)[CLIENTS.index(turn[1])]
    return {"part": number, "client": client, "alone": alone, "acts": acts}


def _act(act: Act, part: Part) -> dict[str, Any]:
    """An act as `player.gd` takes it."""
    match act:
        case Connect():
            port = part.port if act.port is None else act.port
            return {
                "do": "act_connect",
                "host": _port(act.host, part),
                "port": port,
                "polls": act.polls,
                "settings": None if act.settings is None else asdict(act.settings),
                "timeout": act.timeout,
            }
        case Adopt():
            return {"do": "act_adopt", "unix": act.unix, "port": part.port, "path": part.path}
        case Fetch():
            return {
                "do": "act_fetch",
                "method": method_number(act.method),
                "url": _port(act.url, part),
                "headers": [_port(header, part) for header in act.headers],
                "body": act.body,
                "raw": act.data is not None or act.size > 0,
                "data": _base64(act.data or b""),
                "size": act.size,
                "fields": act.fields,
                "reads": -1 if act.reads is None else act.reads,
                "measured": part.scenario.alone,
            }
        case Request():
            url = f"http://127.0.0.1:PORT{act.url}" if act.url.startswith("/") else act.url
            return {
                "do": "act_request",
                "url": _port(url, part),
                "headers": [*act.headers],
                "method": method_number(act.method),
                "body": act.body,
                "properties": act.properties,
                "saves": act.saves,
                "cancels": act.cancels,
            }
        case Listen():
            return {
                "do": "act_listen",
                "url": f"http://127.0.0.1:{part.port}/",
                "body": act.body,
                "wanted": len(act.right),
                "ends": act.ends,
            }
        case Idle():
            return {"do": "act_idle", "seconds": act.seconds}
        case Wait():
            return {"do": "act_wait", "seconds": act.seconds}
        case Call():
            arguments = [part.port if value == "PORT" else value for value in act.arguments]
            return {"do": "act_call", "name": act.name, "arguments": arguments}
        case Talk():
            return {"do": "act_talk", "send": _base64(act.send), "size": len(act.right)}


def _port(text: str, part: Part) -> str:
    return text.replace("PORT", str(part.port))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
