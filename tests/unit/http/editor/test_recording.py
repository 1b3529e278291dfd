"""What a game collects, and when it sends it."""

import queue
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tests.unit.http.editor.fakes import at, connecting, request, response

from pythonscript_http.editor.messages import MESSAGE, read_message
from pythonscript_http.editor.recording import MESSAGES, PATIENCE, Recorder
from pythonscript_http.trace import ConnectionClosed, Event, ResponseBody

SECONDS = 60.0


class Editor(queue.Queue[list[Any]]):
    """What the recorder sends comes here."""

    def events(self, number: int) -> list[Event]:
        found: list[Event] = []
        while len(found) < number:
            found += read_message(self.get(timeout=SECONDS))[1]
        return found


@pytest.fixture
def editor() -> Editor:
    return Editor()


@pytest.fixture
def recorder(editor: Editor) -> Iterator[Recorder]:
    made = Recorder(editor.put)
    yield made
    made.stop()


def tell(recorder: Recorder, events: Iterator[Event]) -> list[Event]:
    told = list(events)
    for event in told:
        recorder.observe(event)
    return told


def test_what_came_before_the_editor_asked_is_sent(recorder: Recorder, editor: Editor) -> None:
    told = tell(recorder, connecting())
    assert editor.empty()
    assert recorder.command("record", [True])
    assert editor.events(len(told)) == told
    told = [*tell(recorder, request()), *tell(recorder, response())]
    assert editor.events(len(told)) == told


def test_an_editor_that_never_asks_costs_nothing(recorder: Recorder, editor: Editor) -> None:
    before = threading.active_count()
    tell(recorder, connecting())
    recorder.observe(ConnectionClosed(at(PATIENCE + 1), 1, ""))
    recorder.observe(ConnectionClosed(at(PATIENCE + 2), 2, ""))
    assert threading.active_count() == before
    recorder.command("record", [True])
    late = tell(recorder, connecting(3))
    assert editor.events(len(late)) == late


def test_a_pause(recorder: Recorder, editor: Editor) -> None:
    recorder.command("record", [True])
    recorder.command("record", [False])
    tell(recorder, connecting(1))
    recorder.command("record", [True])
    told = tell(recorder, connecting(2))
    assert editor.events(len(told)) == told


def test_the_last_words_are_sent(editor: Editor) -> None:
    recorder = Recorder(editor.put)
    recorder.command("record", [True])
    told = tell(recorder, connecting())
    recorder.stop()
    assert editor.events(len(told)) == told
    recorder.stop()


def test_more_than_one_batch(recorder: Recorder, editor: Editor) -> None:
    recorder.command("record", [True])
    for _ in range(2):  # as long as it has room for bodies
        recorder.observe(ResponseBody(at(0.0), 1, 1, bytes(MESSAGE - 1000)))
    number = 3 * MESSAGES
    for connection in range(number):
        recorder.observe(ConnectionClosed(at(0.0), connection, "x" * (MESSAGE // 20)))
    assert len(editor.events(number + 2)) == number + 2


@pytest.mark.parametrize("message", [("other", [True]), ("record", [])])
def test_other_messages_change_nothing(
    recorder: Recorder, editor: Editor, message: tuple[str, list[Any]]
) -> None:
    tell(recorder, connecting())
    assert recorder.command(*message)
    assert editor.empty()
