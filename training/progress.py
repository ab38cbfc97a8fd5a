"""How a run tells where it is, stops when it is asked to, and saves in time."""
from __future__ import annotations

import signal
import sys
import time
from types import FrameType


class Clock:
    """True once every so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.last = seconds, time.monotonic()

    def rings(self) -> bool:
        now = time.monotonic()
        if now - self.last < self.seconds:
            return False
        self.last = now
        return True


class Stop:
    """Set by SIGINT or SIGTERM, so that a run saves before it ends; a second one ends it at once."""

    def __init__(self) -> None:
        self.asked = False
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._ask)

    def _ask(self, number: int, _: FrameType | None) -> None:
        self.asked = True
        signal.signal(number, signal.SIG_DFL)


def say(text: str) -> None:
    """One line of progress, on stderr: stdout is for results."""
    print(text, file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    """3 h 20 min, 4 min, 12 s."""
    if seconds >= 3600:
        return f'{int(seconds // 3600)} h {int(seconds % 3600 // 60)} min'
    return f'{int(seconds // 60)} min' if seconds >= 60 else f'{int(seconds)} s'
