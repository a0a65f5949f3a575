"""What the machine says of itself: how much time passed, how much room is left."""

from __future__ import annotations

import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path

from archive.health import clock_jump
from archive.times import utc_now

# Linux counts a suspended machine's time only here; what a laptop slept is no jump of its clock.
_PASSED = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def elapsed() -> timedelta:
    """Time since the machine started, which nobody can set."""
    return timedelta(seconds=time.clock_gettime(_PASSED))


def free_bytes(archive: Path) -> int:
    """Bytes that may still be written beside *archive*."""
    return shutil.disk_usage(archive.resolve().parent).free


def size_of(archive: Path) -> int:
    """Bytes of the archive with its write-ahead log."""
    files = (archive, archive.with_name(f"{archive.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


class Clocks:
    """The clock on the wall beside the time that passed, to notice that somebody set it."""

    def now(self) -> datetime:
        return utc_now()

    def elapsed(self) -> timedelta:
        return elapsed()

    def pause(self, seconds: float) -> None:
        """Let time pass. Not `Event.wait`: a signal that sets the event inside of it would wait for itself."""
        time.sleep(seconds)


class ClockMark:
    """A moment by both clocks."""

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._wall, self._passed = clocks.now(), clocks.elapsed()

    def jump(self) -> timedelta | None:
        """By how much the clock was set since the mark, which moves to now; None if it was not."""
        wall, passed = self._clocks.now(), self._clocks.elapsed()
        jump = clock_jump(wall - self._wall, passed - self._passed)
        self._wall, self._passed = wall, passed
        return jump
