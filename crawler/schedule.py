"""When a URL is asked again. Pure: two tables, in each the first match wins.

==============================  =============================================================
what came of the fetch          next visit
==============================  =============================================================
the host named a time           not before that time, whatever else follows
no answer, 5xx, 429             5 min, doubled with each failure in a row, at most a day
the guard forbids               once a day: addresses change rarely
robots.txt forbids              as no answer, but not before `every`; it may only be unreadable just now
404, 410                        as a page, but not before `every` and 6 h: gone is a claim that takes two visits
401, 403, 451 and other 4xx     the same: a wall does not open by knocking
an answer of a source           after `fresh` while it is fresh, then after `every`
an answer of a page             by the table of pages
==============================  =============================================================

A page is *quiet* since it was added, or since it last changed: in its text, or from there to gone and back.

==============================  ==================  ===================================
quiet                           wait                as the watch bounds it
==============================  ==================  ===================================
less than an hour               5 min               `fresh` to `every` while the page is
less than 3 h                   7.5 min             quiet for less than `fresh_for` ...
less than 6 h                   15 min
less than 12 h                  30 min
less than a day                 90 min
less than 3 days                8 h                 ... and `every` to 360 times `every`
less than a week                a day               afterwards
less than 30 days               5 days
less than 360 days              60 days
longer                          90 days, for ever
==============================  ==================  ===================================

- The buckets follow newsdiffs (15 min, 1 h, 3 h, 3 days, 30 days, then never), with more of the visits in the first hours,
  where most edits are, and fewer in the first week. Of five such tables this one did best in `benchmarks.schedule`.
  newsdiffs stops after 360 days; articles vanish years later.
- A page that changed at least twice is asked twice in the mean time between two changes, if that is sooner.
- Visits fall on a grid that is anchored on a Monday, as in the feed reader "reader": what falls due together is fetched
  in one run. Each URL is late by a part of its own, up to a fifth of the wait, so that one host's pages do not fall due at once.
- `Retry-After` only pushes later.

A question to a source is asked again after the source's own `every`; the tables hold for it otherwise.
What a web archive kept is fetched once: see `next_due_of_kept`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from archive.types import Capture, FrontierEntry
from crawler.watch import Schedule, Watch

FIRST_RETRY: Final = timedelta(minutes=5)
LONGEST_RETRY: Final = timedelta(days=1)
FORBIDDEN_EVERY: Final = timedelta(days=1)
REFUSED_EVERY: Final = timedelta(hours=6)

MAX_ATTEMPTS: Final = 6
"""About two and a half hours of tries, doubled each time."""

BUCKETS: Final = (
    (timedelta(hours=1), timedelta(minutes=5)),
    (timedelta(hours=3), timedelta(minutes=7.5)),
    (timedelta(hours=6), timedelta(minutes=15)),
    (timedelta(hours=12), timedelta(minutes=30)),
    (timedelta(days=1), timedelta(minutes=90)),
    (timedelta(days=3), timedelta(hours=8)),
    (timedelta(days=7), timedelta(days=1)),
    (timedelta(days=30), timedelta(days=5)),
    (timedelta(days=360), timedelta(days=60)),
)
"""Quiet for less than the first: wait for the second."""
TAIL: Final = timedelta(days=90)
LONGEST_IN_EVERY: Final = 360
"""No page waits longer than so many times `every`: 90 days, if `every` is the usual 6 hours."""

OFTEN: Final = 2
"""Changes from which on a page's own rate counts; one says nothing of a rate."""

GRID_ANCHOR: Final = datetime(2024, 1, 1, tzinfo=UTC)
"""A Monday."""
JITTER: Final = 0.2
"""reader's default."""
GRID_FROM: Final = timedelta(minutes=1)
"""Shorter waits are kept to the letter: they are for trying things out."""


def next_due(schedule: Schedule, capture: Capture, entry: FrontierEntry, now: datetime) -> datetime:
    """When *entry*, of which *capture* came, is due again."""
    due = _own_due(schedule, capture, entry, now)
    return max(due, capture.retry_at) if capture.retry_at is not None else due


def _own_due(schedule: Schedule, capture: Capture, entry: FrontierEntry, now: datetime) -> datetime:
    status = capture.status
    if capture.error_class == "guard":
        return now + FORBIDDEN_EVERY
    if capture.error_class == "robots":
        return now + max(back_off(entry.attempts), schedule.every)
    if capture.error_class is not None or status is None or status >= 500 or status == 429:
        return now + back_off(entry.attempts)
    quiet_since = now if just_changed(capture, entry) else _latest(entry.added_at, entry.changed_at)
    if entry.purpose != "page":
        if status >= 400:
            return now + max(schedule.every, REFUSED_EVERY)
        fresh = quiet_since is not None and now - quiet_since < schedule.fresh_for
        return now + (min(schedule.fresh, schedule.every) if fresh else schedule.every)
    wait = page_wait(
        schedule,
        quiet=now - quiet_since if quiet_since is not None else schedule.fresh_for,
        age=now - entry.added_at if entry.added_at is not None else None,
        changes=entry.changes,
    )
    if status >= 400:
        wait = max(wait, schedule.every, REFUSED_EVERY)
    return on_grid(now, wait, entry.url)


def just_changed(capture: Capture, entry: FrontierEntry) -> bool:
    """Whether *capture* shows that the page changed: by its body, unless that says nothing, or by going or coming back."""
    before, after = entry.last_status, capture.status
    if before is not None and after is not None and (before < 400) != (after < 400):
        return True
    if capture.status != 200 or capture.body is None or entry.body_sha256 is None or entry.volatile:
        return False
    return sha256(capture.body).hexdigest() != entry.body_sha256


def page_wait(schedule: Schedule, *, quiet: timedelta, age: timedelta | None, changes: int) -> timedelta:
    """How long to wait for a page that has been *quiet* so long and changed so often at this *age*."""
    wait = next((wait for below, wait in BUCKETS if quiet < below), TAIL)
    if changes >= OFTEN and age is not None:
        wait = min(wait, age / changes / 2)
    if quiet < schedule.fresh_for:
        return min(max(wait, schedule.fresh), schedule.every)
    return min(max(wait, schedule.every), schedule.every * LONGEST_IN_EVERY)


def longest_wait(watch: Watch) -> timedelta:
    """No URL of *watch* is ever due later than this from its visit, with the grid's half a wait and the jitter."""
    return 2 * max(TAIL, watch.schedule.every, *(use.every for use in watch.sources.search))


def visits_in_a_year(schedule: Schedule) -> tuple[float, float]:
    """How often a page that never changes is fetched in its first year, and in each later one.

    One that changes is fetched more often for as long as it is fresh again.
    """
    year, visits, age = timedelta(days=365), 0, timedelta(0)
    while age < year:
        visits += 1
        age += page_wait(schedule, quiet=age, age=age, changes=0)
    return float(visits), year / page_wait(schedule, quiet=2 * year, age=2 * year, changes=0)


def on_grid(now: datetime, wait: timedelta, url: str) -> datetime:
    """The point of the grid of *wait* after this visit's, late by *url*'s own part: half a wait to one and a half from *now*."""
    if wait < GRID_FROM:
        return now + wait
    own = int.from_bytes(sha256(url.encode()).digest()[:4]) / 2**32 * JITTER
    # The point after the one that this visit belongs to. A visit late by its own part belongs to the point behind it.
    visit = round((now - GRID_ANCHOR) / wait - own)
    return GRID_ANCHOR + (visit + 1 + own) * wait


def _latest(*times: datetime | None) -> datetime | None:
    return max((at for at in times if at is not None), default=None)


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
