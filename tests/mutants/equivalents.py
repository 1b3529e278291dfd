"""Random mutants that change nothing that anybody could notice, with the reason; they are not tried."""

from collections.abc import Mapping
from typing import Final

EQUIVALENTS: Final[Mapping[str, Mapping[str, str]]] = {}
"""By file: the change, as the report shows it, and why it makes no difference."""
