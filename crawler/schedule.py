"""When a URL is asked again. Pure: a table of cases, first match wins.

==============================  =============================================================
what came of the fetch          next visit
==============================  =============================================================
the host named a time           not before that time, whatever else follows
no answer, 5xx, 429             5 min, doubled with each failure in a row, at most a day
the guard forbids               once a day: addresses change rarely
robots.txt forbids              as no answer, but not before `every`; it may only be unreadable just now
404, 410                        at `every`, at least 6 h: gone is a claim that takes two visits
401, 403, 451 and other 4xx     at `every`, at least 6 h: a wall does not open by knocking
an answer, page still fresh     after `fresh`
an answer                       after `every`
==============================  =============================================================

A question to a source is asked again after the source's own `every`; the table holds for it otherwise.
What a web archive kept is fetched once: see `next_due_of_kept`.

*Fresh* is a page whose text may still be worked on: known, or last changed, less than `fresh_for` ago.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from archive.types import Capture, FrontierEntry
from crawler.watch import Schedule

FIRST_RETRY: Final = timedelta(minutes=5)
LONGEST_RETRY: Final = timedelta(days=1)
FORBIDDEN_EVERY: Final = timedelta(days=1)
REFUSED_EVERY: Final = timedelta(hours=6)

MAX_ATTEMPTS: Final = 6
"""About two and a half hours of tries, doubled each time."""


def next_due(
    schedule: Schedule,
    capture: Capture,
    entry: FrontierEntry,
    now: datetime,
    *,
    fresh_since: datetime | None = None,
) -> datetime:
    """When *entry*, of which *capture* came, is due again.

    *fresh_since* is when the page was first seen, or was last seen to change; None if that is not known.
    """
    due = now + _wait(schedule, capture, entry, now, fresh_since)
    return max(due, capture.retry_at) if capture.retry_at is not None else due


def _wait(
    schedule: Schedule, capture: Capture, entry: FrontierEntry, now: datetime, fresh_since: datetime | None
) -> timedelta:
    status = capture.status
    if capture.error_class == "guard":
        return FORBIDDEN_EVERY
    if capture.error_class == "robots":
        return max(back_off(entry.attempts), schedule.every)
    if capture.error_class is not None or status is None or status >= 500 or status == 429:
        return back_off(entry.attempts)
    if status >= 400:
        return max(schedule.every, REFUSED_EVERY)
    if fresh_since is not None and now - fresh_since < schedule.fresh_for:
        return min(schedule.fresh, schedule.every)
    return schedule.every


def next_due_of_kept(capture: Capture, entry: FrontierEntry, now: datetime) -> datetime | None:
    """When a web archive is asked again for a capture that it keeps; None: never.

    What came is final, and so is "I have none". A failure is tried again, but no longer than `MAX_ATTEMPTS` times.
    """
    failed = capture.error_class is not None or capture.status is None
    down = capture.purpose != "page" and capture.status is not None and (capture.status >= 500 or capture.status == 429)
    if not (failed or down) or capture.error_class == "decoding" or entry.attempts + 1 >= MAX_ATTEMPTS:
        return None
    wait = FORBIDDEN_EVERY if capture.error_class in ("guard", "robots") else back_off(entry.attempts)
    return max(now + wait, capture.retry_at) if capture.retry_at is not None else now + wait


def back_off(attempts: int) -> timedelta:
    """The wait after *attempts* failures before this one.

    >>> [str(back_off(n)) for n in (0, 1, 5, 99)]
    ['0:05:00', '0:10:00', '2:40:00', '1 day, 0:00:00']
    """
    return min(FIRST_RETRY * (1 << min(attempts, 20)), LONGEST_RETRY)
