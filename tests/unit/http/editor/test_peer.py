"""What certificates say, to be shown."""

import pytest
from tests.loopback.certificates import NOW, Authority

from pythonscript_http.editor.peer import MOST_NAMES, facts_of


def test_a_certificate() -> None:
    identity = Authority("Test Root").issue(*(f"{n}.example" for n in range(100)), common_name="a\0b")
    facts = facts_of(identity.pem)
    assert (facts["subject"], facts["issuer"], facts["pin"]) == ("a\0b", "Test Root", identity.pin)
    assert facts["begins"] < NOW.strftime("%Y-%m-%d") < facts["ends"]
    assert facts["names"] == [f"{n}.example" for n in range(MOST_NAMES)]


@pytest.mark.parametrize(
    "pem", ["", "x", "-----BEGIN CERTIFICATE-----\nTUlJQw==\n-----END CERTIFICATE-----\n"]
)
def test_what_is_none(pem: str) -> None:
    assert facts_of(pem) == {}
