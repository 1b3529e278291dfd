"""Every row of the table of responses that tests at all levels use: tests/loopback/responses.py.

All but those where the sources let other clients differ.
"""

import re
from typing import Final

from tests.conformance.model import Answer, Connect, Fetch, Scenario
from tests.conformance.words import code
from tests.loopback import responses
from tests.loopback.responses import CHUNKED, OK
from tests.loopback.scripted import HalfClose, Pause, ReadRequest, Step


def _scenario(row: responses.Scenario) -> Scenario:
    steps: list[Step] = [ReadRequest()]
    if row.data:
        steps.append(row.data)
    if row.pause:
        steps.append(Pause())
    if row.closes:
        steps.append(HalfClose())
    after = "CONNECTED" if row.after == "SPENT" else row.after
    answer = Answer(row.code, row.body, after, row.headers, length=row.length)
    url = "host.invalid:80" if row.method == "CONNECT" else "/"
    acts = (Connect(), Fetch(answer, url, row.method))
    return Scenario(f"response/{row.name}", row.kind, _title(row), _source(row), (steps,), acts, row.about)


def _source(row: responses.Scenario) -> str:
    """As elsewhere on the page: RFCs first."""
    parts = re.sub(r"(RFC \d+) (?=\w)", r"\1 §", row.source).split("; ")
    return "; ".join(sorted(parts, key=lambda part: re.match(r"R\d", part) is not None))


def _title(row: responses.Scenario) -> str:
    name = row.name[0].upper() + row.name[1:]
    data = row.data
    for usual, short in ((CHUNKED, "…"), (OK, "")):
        if data.startswith(usual) and data != usual:
            data = short.encode() + data[len(usual) :]
    return f"{name}: {code(data.decode('utf-8', 'replace'))}" if row.data else name


SCENARIOS: Final = tuple(_scenario(row) for row in responses.ALL if not row.our_choice)
