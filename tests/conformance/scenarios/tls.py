"""Who is who in the scenarios about TLS, and their plainest form."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.conformance.model import Act, Answer, Connect, Fetch, Scenario, Server, TlsSettings
from tests.loopback.certificates import Authority, Identity
from tests.loopback.kinds import Kind
from tests.loopback.nginx import Site

ROOT: Final = Authority()
"""Whom the scenarios trust, unless they say otherwise."""
BUNDLE: Final = Authority("Bundle Root")
"""Whom the project trusts, by its `certificate_bundle_override`."""
STRANGER: Final = Authority("Stranger")
"""Whom nobody trusts."""
MIDDLE: Final = Authority("Intermediate", ROOT)
GOOD: Final = ROOT.issue("localhost")

HOST: Final = "https://localhost"
TRUSTING: Final = TlsSettings(roots=ROOT.pem)
FAILS: Final = ("TLS_HANDSHAKE_ERROR",)


def asking(policy: Mapping[str, Any], can: str, *, roots: str = ROOT.pem) -> TlsSettings:
    """Settings that need a PyTLSPolicy."""
    return TlsSettings(roots=roots, policy=policy, can=can)


def greeted(
    name: str,
    kind: Kind,
    title: str,
    source: str,
    server: Server | Identity,
    *,
    settings: TlsSettings = TRUSTING,
    host: str = HOST,
    body: bytes = b"hello",
    right: str = "",
    why: str = "",
) -> Scenario:
    """A connection that is made, and brings an answer."""
    serves = Site(server) if isinstance(server, Identity) else server
    acts = (Connect(host, settings=settings), Fetch(Answer(200, body)))
    return Scenario(name, kind, title, source, serves, acts, why, right)


def refused(
    name: str,
    kind: Kind,
    title: str,
    source: str,
    server: Server | Identity,
    says: str,
    *,
    settings: TlsSettings = TRUSTING,
    host: str = HOST,
    why: str = "",
    timeout: float = 0.0,
    before: Sequence[Act] = (),
) -> Scenario:
    """A connection that must not be made, for the reason given."""
    serves = Site(server) if isinstance(server, Identity) else server
    act = Connect(host, right=FAILS, settings=settings, says=says, timeout=timeout)
    return Scenario(name, kind, title, source, serves, (*before, act), why)
