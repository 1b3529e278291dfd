"""Makes the helpers in `tests.docs` and `tests.loopback` importable, from wherever pytest was started."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
