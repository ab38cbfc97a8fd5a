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


class Meter:
    """Prints loss, rate, speed and time left at the first and last step and every ten seconds in between."""

    def __init__(self, begin: int, end: int, pictures: int) -> None:
        self.begin, self.end, self.pictures = begin, end, pictures
        self.started, self.clock, self.losses = time.monotonic(), Clock(10), []

    def add(self, loss: float, done: int, rate: float, what: str = '') -> None:
        """After step number `done`, counted from 1 at the very first."""
        self.losses.append(loss)
        if not self.clock.rings() and done not in (self.begin + 1, self.end):
            return
        seconds = time.monotonic() - self.started
        left = seconds / (done - self.begin) * (self.end - done)
        say(f'{what}{done}/{self.end}  loss {sum(self.losses) / len(self.losses):.4f}  rate {rate:.2g}  '
            f'{(done - self.begin) * self.pictures / seconds:.1f} pictures/s  {duration(left)} left')
        self.losses = []


def say(text: str) -> None:
    """One line of progress, on stderr: stdout is for results."""
    print(text, file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    """3 h 20 min, 4 min, 12 s."""
    if seconds >= 3600:
        return f'{int(seconds // 3600)} h {int(seconds % 3600 // 60)} min'
    return f'{int(seconds // 60)} min' if seconds >= 60 else f'{int(seconds)} s'
