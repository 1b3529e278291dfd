"""The scenarios of the page, a module for each of its parts."""

from typing import Final

from tests.conformance.model import Scenario

from . import (
    connections,
    cost,
    framing,
    from_responses,
    heads,
    hosts,
    proxies,
    requests,
    scripts,
    uploads,
)

ALL: Final[tuple[Scenario, ...]] = (
    *from_responses.SCENARIOS,
    *heads.SCENARIOS,
    *framing.SCENARIOS,
    *connections.SCENARIOS,
    *requests.SCENARIOS,
    *uploads.SCENARIOS,
    *hosts.SCENARIOS,
    *proxies.SCENARIOS,
    *scripts.SCENARIOS,
    *cost.SCENARIOS,
)
