"""One run at a time: a lock that the system frees when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from archive.exceptions import LockedError

LOOKS = 3
"""Tries to get the lock, a tenth of a second apart: `holder` takes it for a moment to see whether it is free."""


@contextmanager
def hold(archive: Path, work: str) -> Iterator[None]:
    """Hold the lock for *work* ("run", "crawl", "process") on *archive* while the block runs.

    The file beside the archive stays; only the lock on it counts.

    Raises:
        LockedError: another process holds it; the message names its process id.
    """
    path = archive.with_name(f"{archive.name}.{work}.lock")
    with path.open("a+", encoding="ascii") as file:
        for _ in range(LOOKS):
            if _taken(file):
                break
            time.sleep(0.1)
        else:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise LockedError(
                f"another {work} (process {holder}) is at work on this archive",
                place=str(archive),
                remedy="Wait until it ends, or stop it; a lock never outlives its process.",
            )
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def holder(archive: Path, work: str) -> str | None:
    """The process id that the holder of the lock for *work* wrote down; None if nobody holds it.

    A process that inherited the lock may hold it still when the one that wrote its id is gone.
    """
    path = archive.with_name(f"{archive.name}.{work}.lock")
    try:
        with path.open("r", encoding="ascii") as file:
            return None if _taken(file) else file.read().strip() or "unknown"
    except FileNotFoundError:
        return None
