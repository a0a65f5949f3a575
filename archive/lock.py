"""One run at a time: a lock that the system frees when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.exceptions import LockedError


@contextmanager
def hold(archive: Path, work: str) -> Iterator[None]:
    """Hold the lock for *work* ("crawl", "process") on *archive* while the block runs.

    The file beside the archive stays; only the lock on it counts.

    Raises:
        LockedError: another process holds it; the message names its process id.
    """
    path = archive.with_name(f"{archive.name}.{work}.lock")
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise LockedError(
                f"another {work} (process {holder}) is at work on this archive",
                place=str(archive),
                remedy="Wait until it ends, or stop it; a lock never outlives its process.",
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
