"""What ends the sleep of a thread that waits for sockets."""

import threading

from tests.loopback.network import SECONDS, descriptors

from pythonscript_http.transport import system
from pythonscript_http.transport.wakeup import Wakeup


def test_it_wakes_once() -> None:
    wakeup = Wakeup()
    poller = system.poller()
    poller.register(wakeup.fileno(), system.READABLE)
    assert poller.poll(0) == []
    woken = []
    thread = threading.Thread(target=lambda: woken.append(poller.poll(SECONDS * 1000)))
    thread.start()
    wakeup.wake()
    thread.join(SECONDS)
    assert [[number for number, _ in events] for events in woken] == [[wakeup.fileno()]]
    wakeup.rest()
    assert poller.poll(0) == []
    wakeup.rest()
    wakeup.close()


def test_to_wake_never_blocks_and_never_fails() -> None:
    before = descriptors()
    wakeup = Wakeup()
    for _ in range(100_000):
        wakeup.wake()
    wakeup.close()
    wakeup.wake()
    assert descriptors() == before
