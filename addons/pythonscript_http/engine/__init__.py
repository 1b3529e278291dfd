"""The engine's classes of this addon, and what they use. Nothing else here knows the engine."""

from .client import PyHTTPClient
from .event_source import PyHTTPEventSource
from .fetch import PyHTTP
from .mock import PyHTTPMock
from .policy import PyTLSPolicy
from .request_node import PyHTTPRequest
from .response import PyHTTPResponse
from .session import PyHTTPSession
from .streams import PyHTTPConnection
from .transfer import PyHTTPTransfer

__all__ = [
    "PyHTTP",
    "PyHTTPClient",
    "PyHTTPConnection",
    "PyHTTPEventSource",
    "PyHTTPMock",
    "PyHTTPRequest",
    "PyHTTPResponse",
    "PyHTTPSession",
    "PyHTTPTransfer",
    "PyTLSPolicy",
]
