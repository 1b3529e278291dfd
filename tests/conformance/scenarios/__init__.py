"""The scenarios of the page, a module for each of its parts."""

from typing import Final

from tests.conformance.model import Scenario

from . import (
    codings,
    connections,
    cost,
    framing,
    from_responses,
    heads,
    hosts,
    proxies,
    requests,
    scripts,
    sessions,
    tls_broken,
    tls_policies,
    tls_trust,
    uploads,
    whole,
)

ALL: Final[tuple[Scenario, ...]] = (
    *from_responses.SCENARIOS,
    *heads.SCENARIOS,
    *framing.SCENARIOS,
    *codings.SCENARIOS,
    *connections.SCENARIOS,
    *requests.SCENARIOS,
    *uploads.SCENARIOS,
    *hosts.SCENARIOS,
    *proxies.SCENARIOS,
    *tls_trust.SCENARIOS,
    *tls_policies.SCENARIOS,
    *tls_broken.SCENARIOS,
    *scripts.SCENARIOS,
    *whole.SCENARIOS,
    *sessions.SCENARIOS,
    *cost.SCENARIOS,
)
