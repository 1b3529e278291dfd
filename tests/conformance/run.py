"""Plays all scenarios to both clients in one run of the engine."""

import base64
import json
import re
import resource
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from tests.engine.harness import Project

from .model import Act, Adopt, Call, Connect, Fetch, Idle, Scenario, Talk, Wait
from .scenarios import ALL
from .scenarios.tls import BUNDLE
from .server import Part, Stage
from .words import Seen, method_number

CLIENTS: Final = ("HTTPClient", "PyHTTPClient")
SECONDS: Final = 100.0
"""No run takes longer."""

HERE: Final = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Report:
    """What a run showed: by scenario, and for each of the clients."""

    engine: str
    """Its version."""
    seen: Mapping[str, Mapping[str, Seen]]
    output: str
    """What the engine printed, for those who look for a reason."""


def play(folder: Path, scenarios: Sequence[Scenario] = ALL) -> Report:
    """Plays the scenarios.

    Args:
        folder: an empty one, for the project and the sockets.

    Raises:
        RuntimeError: the engine crashed or did not end.
    """
    project = Project(
        folder / "project",
        client=True,
        settings={"network": ['tls/certificate_bundle_override="res://bundle.crt"']},
    )
    project.write("bundle.crt", BUNDLE.pem)
    for name in ("play.gd", "player.gd"):
        shutil.copyfile(HERE / name, project.root / name)
    results = folder / "results"
    scenarios = sorted(scenarios, key=lambda scenario: scenario.alone)
    _allow_files(4 * len(CLIENTS) * len(scenarios))
    # Both clients meet each scenario, each of them a server of its own.
    with Stage([scenario for scenario in scenarios for _ in CLIENTS], folder) as stage:
        plan = [_plan(number, part) for number, part in enumerate(stage.parts)]
        path = project.write("plan.json", json.dumps(plan))
        script = ("--headless", "--script", "res://play.gd", "--", str(path), str(results))
        run = project.run(*script, seconds=SECONDS)
    if run.code != 0:
        raise RuntimeError(f"the engine ended with {run.code}\n{run.output[-4000:]}")
    head, *lines = map(_json, results.read_bytes().splitlines())
    accounts = {line["part"]: line["acts"] for line in lines}
    seen: dict[str, dict[str, Seen]] = {}
    for number, part in enumerate(stage.parts):
        client = CLIENTS[number % len(CLIENTS)]
        seen.setdefault(part.scenario.id, {})[client] = _seen(part, accounts.get(number))
    return Report(head["engine"], seen, run.output)


def _allow_files(number: int) -> None:
    """Lets this process have that many files open, as far as the system allows it: every server is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = number if hard == resource.RLIM_INFINITY else min(number, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def _json(line: bytes) -> Any:
    """What the engine wrote as JSON.

    quirk - Godot 4.6.3 - core/string/ustring.cpp, String::json_escape - vertical tabs are written as `\\v`,
    and other control characters as they are; drop when the engine writes JSON.
    """
    return json.loads(
        re.sub(rb"\\(.)", lambda match: b"\\u000b" if match[1] == b"v" else match[0], line), strict=False
    )


def _seen(part: Part, acts: Sequence[Mapping[str, Any]] | None) -> Seen:
    requests = [request.replace(b":%d" % part.port, b":PORT") for request in part.requests]
    return Seen(acts or (), acts is None, part.connections, part.closed, requests)


def _plan(number: int, part: Part) -> dict[str, Any]:
    acts = [_act(act, part) for act in part.scenario.acts]
    client = CLIENTS[number % len(CLIENTS)]
    return {"part": number, "client": client, "alone": part.scenario.alone, "acts": acts}


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
                "terms": None if act.terms is None else asdict(act.terms),
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
