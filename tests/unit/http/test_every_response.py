"""Every response of the table, over a socket."""

import pytest
from tests.loopback.responses import ALL, Scenario
from tests.loopback.scripted import Drip, ScriptedServer, Step
from tests.unit.http.driving import connect, is_spent, poll, read

from pythonscript_http import Error, Method, Status


def play(scenario: Scenario, step: Step) -> None:
    with ScriptedServer(scenario.steps(step)) as server:
        client = connect(server.port)
        client.request(
            Method[f"METHOD_{scenario.method}"], "h:1" if scenario.method == "CONNECT" else "/", []
        )
        result = poll(client)
        assert (client.get_status() is Status.STATUS_BODY) or scenario.skips_body or not scenario.good
        body = read(client)
        if scenario.after == "SPENT":
            assert is_spent(client)
        else:
            assert client.get_status().name == f"STATUS_{scenario.after}", client.get_error_reason()
        if client.get_status() is Status.STATUS_CONNECTION_ERROR:
            assert Error.ERR_CONNECTION_ERROR in (result, client.poll())
        assert body == scenario.body
        assert client.get_response_code() == scenario.code
        assert scenario.reason in client.get_error_reason()
        if scenario.length is not None:
            assert client.get_response_body_length() == scenario.length
        if scenario.headers is not None:
            assert client.get_response_headers() == scenario.headers
        assert tuple(client.get_response_trailers()) == scenario.trailers
        client.close()


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
def test_every_response_whole(scenario: Scenario) -> None:
    play(scenario, scenario.data)


@pytest.mark.parametrize(
    "scenario", [one for one in ALL if len(one.data) < 2000 and not one.surplus], ids=lambda one: one.name
)
def test_every_response_a_byte_at_a_time(scenario: Scenario) -> None:
    play(scenario, Drip(scenario.data))
