"""The client's tests run compiled modules; here they have run once more, with the sources of those."""

import pytest
from tests.unit.sources import RUN


def test_the_client_as_it_is_written(request: pytest.FixtureRequest) -> None:
    code, output = request.config.stash[RUN].result()
    assert code == 0, output[-20_000:]
    assert " passed" in output
