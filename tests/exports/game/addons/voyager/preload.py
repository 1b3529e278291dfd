"""What a game has imported while the engine starts."""

import threading

from .deep import well

EARLY = well.DEPTH if threading.current_thread() is not threading.main_thread() else 0
