"""How often, how long and with what patience a third party is tried that may be down: receivers of alerts, services asked.

What was tried and when stands in the archive; this only says when next, and when no more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")
L = TypeVar("L")

FIRST_RETRY = timedelta(minutes=1)
"""After the first failure; doubled with each, up to ..."""

LAST_RETRY = timedelta(hours=6)

GIVE_UP_AFTER = timedelta(days=7)
"""From the beginning on, and only after ..."""

LEAST_ATTEMPTS = 8
"""... for a machine that was switched off for a week has not tried."""


def back_off(attempts: int, retry_after: int | None = None) -> timedelta:
    """How long to wait after so many failures.

    Args:
        retry_after: seconds after which the other side wants to be asked again: it is left alone so long, within reason.

    >>> [back_off(attempts).total_seconds() / 60 for attempts in (1, 2, 3, 9, 40)]
    [1.0, 2.0, 4.0, 256.0, 360.0]
    >>> [back_off(1, seconds).total_seconds() / 60 for seconds in (5, 600, 10**9)]
    [1.0, 10.0, 360.0]
    """
    wished = timedelta(seconds=min(retry_after or 0, LAST_RETRY.total_seconds()))
    return max(min(FIRST_RETRY * (1 << min(attempts - 1, 20)), LAST_RETRY), wished)


def is_stale(attempts: int, since: datetime, at: datetime) -> bool:
    """Whether something was tried often enough, and for long enough since it came up, to be given up."""
    return attempts >= LEAST_ATTEMPTS and at - since >= GIVE_UP_AFTER


def within(patience: float, work: Callable[[], T], *, name: str, late: L) -> T | L:
    """What *work* returns; *late* if that takes more than so many seconds. Its thread, of this *name*, is left behind then.

    Args:
        work: must not raise.
    """
    outcome: list[T] = []
    thread = threading.Thread(target=lambda: outcome.append(work()), name=name, daemon=True)
    thread.start()
    thread.join(patience)
    return outcome[0] if outcome else late
