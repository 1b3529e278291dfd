"""The page's text, without a run of the scenarios."""

from pathlib import Path

import pytest
from tests.conformance.page import PAGE, cited
from tests.conformance.scenarios import ALL
from tests.docs.links import anchors, links

FAULTS = PAGE.with_name("engine-client.md")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("RFC 9112 §5.2", "RFC 9112 §5.2"),
        ("RFC 9112 §5.2; R12", "RFC 9112 §5.2; [R12](engine-client.md#r12)"),
        (
            "R8, g#120425",
            "[R8](engine-client.md#r8), [g#120425](https://github.com/godotengine/godot/issues/120425)",
        ),
        ("gp#4734", "[gp#4734](https://github.com/godotengine/godot-proposals/issues/4734)"),
        ("R2D2, TR1, g#, `RFC 9112`", "R2D2, TR1, g#, `RFC 9112`"),
    ],
)
def test_what_a_source_cites_by_a_number_is_a_link(source: str, shown: str) -> None:
    assert cited(source) == shown


def test_the_faults_of_the_engines_client_are_numbered() -> None:
    numbered = {name for name in anchors(FAULTS.read_text(encoding="utf-8")) if name[1:].isdigit()}
    assert numbered == {f"r{number}" for number in range(1, 32)}


def test_every_source_that_cites_a_fault_leads_to_it(tmp_path: Path) -> None:
    page = tmp_path / PAGE.name
    page.write_text("\n".join(cited(row.source) for row in ALL), encoding="utf-8")
    (tmp_path / FAULTS.name).write_text(FAULTS.read_text(encoding="utf-8"), encoding="utf-8")
    found = links(page)
    assert len(found) > 200
    assert {link.complaint() for link in found} == {""}
