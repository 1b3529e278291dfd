"""The engine's classes of this addon: `PyHTTPClient` and what it uses. Nothing else here knows the engine."""

from .client import PyHTTPClient
from .policy import PyTLSPolicy
from .streams import PyHTTPConnection

__all__ = ["PyHTTPClient", "PyHTTPConnection", "PyTLSPolicy"]
