"""How far the connection for a request is."""

from enum import Enum, auto


class Stage(Enum):
    """What the connection does until the response begins. One that is kept requests at once."""

    RESOLVING = auto()
    CONNECTING = auto()
    REQUESTING = auto()
