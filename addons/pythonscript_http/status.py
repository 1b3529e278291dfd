"""The status of a client, as scripts see it: `HTTPClient.Status`, in the engine's order.

What happens is an event; the table TRANSITIONS says where it leads, and one that it does not list for a
status is the caller's mistake:

    status        event         next              when
    ------------  ------------  ----------------  ----------------------------------------------------------
    DISCONNECTED  LOOK_UP       RESOLVING         connect_to_host() with a name
                  DIAL          CONNECTING        connect_to_host() with a literal address
                  ATTACH        CONNECTED         attach(), with a connection that stands
    RESOLVING     RESOLVED      CONNECTING        the name has addresses
                  NOT_RESOLVED  CANT_RESOLVE      it has none
    CONNECTING    ESTABLISHED   CONNECTED         an address took the connection
                  REFUSED       CANT_CONNECT      none did
                  DISTRUSTED    TLS_HANDSHAKE_ERROR  one did, but TLS could not be agreed on
    CONNECTED     REQUEST       REQUESTING        request(), request_raw()
                  LET_GO        DISCONNECTED      poll(), after a response that was the connection's last
                  LOST          CONNECTION_ERROR  the peer closed, or sent what nobody asked for
                  DISTRUSTED    TLS_HANDSHAKE_ERROR  it refused the client's certificate (TLS 1.3)
    REQUESTING    HEAD          BODY              a final response's head came, and a body may follow
                  END           CONNECTED         it came, and has no body
                  CLOSED        DISCONNECTED      the same, and the host cannot be connected to anew
                  LOST          CONNECTION_ERROR  the connection broke, or what came is no HTTP
                  DISTRUSTED    TLS_HANDSHAKE_ERROR  as in CONNECTED
    BODY          END           CONNECTED         all of it was read
                  CLOSED        DISCONNECTED      the same: the body's end was the connection's, or as above
                  LOST          CONNECTION_ERROR  the connection broke before the body was complete
    any           (reset)       DISCONNECTED      close(), and the begin of connect_to_host()

After a response that is its connection's last, the status is CONNECTED, as in the engine, since scripts read
DISCONNECTED right behind an answer as a failure. A request then connects anew, within REQUESTING, and
`poll()` without one leads to DISCONNECTED. The connection has phases of its own: `http1.connection`.
"""

from enum import StrEnum
from typing import Final

from .enums import Error, Status
from .exceptions import LocalError, shortened


class Event(StrEnum):
    """What can happen to a client; the values are what a caller would call it."""

    LOOK_UP = "looking a name up"
    DIAL = "connecting to an address"
    ATTACH = "attach()"
    RESOLVED = "taking addresses"
    NOT_RESOLVED = "failing to resolve"
    ESTABLISHED = "taking a connection"
    REFUSED = "failing to connect"
    DISTRUSTED = "failing the TLS handshake"
    REQUEST = "request()"
    HEAD = "taking a response's head"
    END = "ending a response"
    CLOSED = "ending a response and the connection"
    LET_GO = "letting a connection go"
    LOST = "losing the connection"


TRANSITIONS: Final[dict[Status, dict[Event, Status]]] = {
    Status.STATUS_DISCONNECTED: {
        Event.LOOK_UP: Status.STATUS_RESOLVING,
        Event.DIAL: Status.STATUS_CONNECTING,
        Event.ATTACH: Status.STATUS_CONNECTED,
    },
    Status.STATUS_RESOLVING: {
        Event.RESOLVED: Status.STATUS_CONNECTING,
        Event.NOT_RESOLVED: Status.STATUS_CANT_RESOLVE,
    },
    Status.STATUS_CONNECTING: {
        Event.ESTABLISHED: Status.STATUS_CONNECTED,
        Event.REFUSED: Status.STATUS_CANT_CONNECT,
        Event.DISTRUSTED: Status.STATUS_TLS_HANDSHAKE_ERROR,
    },
    Status.STATUS_CONNECTED: {
        Event.REQUEST: Status.STATUS_REQUESTING,
        Event.LET_GO: Status.STATUS_DISCONNECTED,
        Event.LOST: Status.STATUS_CONNECTION_ERROR,
        Event.DISTRUSTED: Status.STATUS_TLS_HANDSHAKE_ERROR,
    },
    Status.STATUS_REQUESTING: {
        Event.HEAD: Status.STATUS_BODY,
        Event.END: Status.STATUS_CONNECTED,
        Event.CLOSED: Status.STATUS_DISCONNECTED,
        Event.LOST: Status.STATUS_CONNECTION_ERROR,
        Event.DISTRUSTED: Status.STATUS_TLS_HANDSHAKE_ERROR,
    },
    Status.STATUS_BODY: {
        Event.END: Status.STATUS_CONNECTED,
        Event.CLOSED: Status.STATUS_DISCONNECTED,
        Event.LOST: Status.STATUS_CONNECTION_ERROR,
    },
    Status.STATUS_CANT_RESOLVE: {},
    Status.STATUS_CANT_CONNECT: {},
    Status.STATUS_CONNECTION_ERROR: {},
    Status.STATUS_TLS_HANDSHAKE_ERROR: {},
}


RESULTS: Final = {
    Status.STATUS_DISCONNECTED: Error.ERR_UNCONFIGURED,
    Status.STATUS_CANT_RESOLVE: Error.ERR_CANT_RESOLVE,
    Status.STATUS_CANT_CONNECT: Error.ERR_CANT_CONNECT,
    Status.STATUS_CONNECTION_ERROR: Error.ERR_CONNECTION_ERROR,
    Status.STATUS_TLS_HANDSHAKE_ERROR: Error.ERR_CONNECTION_ERROR,
}
"""What `poll()` returns for a status that it can't leave."""


_DISCONNECTED: Final = Status.STATUS_DISCONNECTED


class StatusMachine:
    """The status, and why it is one of failure."""

    __slots__ = ("reason", "status")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """The status is DISCONNECTED."""
        self.status = _DISCONNECTED
        self.reason = ""
        """Why the status is one of failure; empty: it is not."""

    def fire(self, event: Event, reason: str = "") -> None:
        """Lets an event happen.

        Args:
            reason: why, for events of failure.

        Raises:
            LocalError: the table does not list the event for the present status.
        """
        status = TRANSITIONS[self.status].get(event)
        if status is None:
            raise self.misuse(
                event.value, *(known for known, events in TRANSITIONS.items() if event in events)
            )
        self.status = status
        self.reason = shortened(reason) if reason else ""

    def misuse(self, what: str, *where: Status) -> LocalError:
        """Makes the error of what can't be done now.

        Args:
            what: what was asked for.
            where: the statuses in which it can be done.
        """
        names = " or ".join(status.name for status in where)
        why = f" ({self.reason})" if self.reason else ""
        text = f"{what} needs {names}; the status is {self.status.name}{why}"
        return LocalError(text)
