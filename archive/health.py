"""What is wrong with a crawl that nobody watches, and what to do about it. Pure: rows of the health views in, findings out.

::

    watch_health   ─► a crawl was killed · failed again and again · finds nothing where it used to · is overdue
    source_health  ─► a source fell silent · fails again and again
    host_health    ─► a host fails or refuses again and again · asked to be left alone
    incidents      ─► the clock jumped · the disk is nearly full · a watch is wrong · a crawl died

`afterprint status`, `afterprint doctor` and the page "Health" tell the same findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from archive.times import from_text

Level = Literal[
    "wrong",  # it does not do what it was told to do
    "look",  # it does, and somebody should know
]

IncidentKind = Literal["clock_jumped", "disk_low", "watch_wrong", "crawl_died", "run_crashed"]

IN_A_ROW = 3
"""Failures from which on it is no chance: with six hours between crawls, most of a day."""

HOST_IN_A_ROW = 5
"""Of a host, of which many pages are asked in one run."""

OVERDUE = timedelta(days=1)
"""By then a watch that is run every hour or by `afterprint watch` has been run, whatever its `every` says."""

RECENT = timedelta(days=7)
"""So long an incident is told."""

CLOCK_JUMP = timedelta(seconds=30)
"""Clocks are slewed by less than this; more is a step, and "seen from … to …" depends on the clock."""

LEAST_FREE = 1 << 30
"""Bytes free on the archive's disk below which it is nearly full, and never less than ..."""

LEAST_FREE_SHARE = 0.1
"""... this share of the archive's size: migrating and backing up write much at once."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that somebody should look at."""

    level: Level
    #: 'watch', 'source', 'host', 'machine'
    about: str
    #: which of them; empty for the machine
    name: str
    what: str
    remedy: str
    #: since when, in UTC; None if that is not known
    since: str | None = None


def findings(
    watches: Iterable[Mapping[str, Any]],
    sources: Iterable[Mapping[str, Any]],
    hosts: Iterable[Mapping[str, Any]],
    incidents: Iterable[Mapping[str, Any]],
    now: datetime,
) -> list[Finding]:
    """What the rows of the four views say is wrong at *now*, what is wrong first."""
    found = [
        *(one for row in watches for one in _of_watch(row, now)),
        *(one for row in sources for one in _of_source(row)),
        *(one for row in hosts for one in _of_host(row, now)),
        *(one for row in incidents for one in _of_incident(row, now)),
    ]
    return sorted(found, key=lambda one: one.level != "wrong")


def _of_watch(row: Mapping[str, Any], now: datetime) -> list[Finding]:
    name, found = row["watch"], []
    since = row["last_good"] or row["started_at"]
    if row["bad_in_row"] >= IN_A_ROW:
        why = f": {row['note']}" if row["note"] else ""
        what = f"the last {row['bad_in_row']} crawls failed or were answered by nobody{why}"
        remedy = f"Is the network up? Try: afterprint crawl watches/{name}.toml, and read what it says of each source."
        found.append(Finding("wrong", "watch", name, what, remedy, since))
    elif row["state"] == "killed":
        remedy = "Nothing is lost; the next run goes on. If it happens again, the system log says who killed it: memory, often."
        found.append(Finding("look", "watch", name, "the last crawl was killed", remedy, row["started_at"]))
    elif row["state"] == "failed":
        what = f"the last crawl failed{': ' + row['note'] if row['note'] else ''}"
        found.append(Finding("look", "watch", name, what, "See its log; the next run tries again.", row["started_at"]))
    elif row["state"] == "finished" and row["planned"] and not row["fetched"] and row["last_good"]:
        what = f"the last crawl asked {row['planned']} URLs and got no answer, where earlier ones did"
        found.append(Finding("wrong", "watch", name, what, "Is the network up? The next run tries again.", since))
    if row["next_due"] and now - from_text(row["next_due"]) > OVERDUE and row["state"] != "running":
        what = "what is due has not been visited for more than a day"
        remedy = "Is the timer, cron or `afterprint watch` still there? If it is, raise max_pages of the watch."
        found.append(Finding("wrong", "watch", name, what, remedy, row["next_due"]))
    return found


_REMEDIES = {
    "failed": "Open its address in a browser. If it moved, name the new address in the watch; if it is down, wait.",
    "unreadable": "Open its address in a browser. If it is another kind of page now, name another source in the watch.",
    "refused": "Its robots.txt or a wall refuses us. Ask the publisher, or take it out of the watch.",
}


def _of_source(row: Mapping[str, Any]) -> list[Finding]:
    name = f"{row['source']} {row['query']}".strip()
    where = f"{row['watch']}: {name}"
    since = row["last_gave"] or row["last_good"]
    if row["bad_in_row"] >= IN_A_ROW:
        reason = f" ({row['reason']})" if row["reason"] else ""
        what = f"{row['outcome']} {row['bad_in_row']} times in a row{reason}"
        remedy = _REMEDIES.get(row["outcome"], "It asked to be left alone; it is asked again later.")
        return [Finding("wrong", "source", where, what, remedy, since)]
    if row["alarm"]:
        remedy = (
            "Open its address in a browser: is what it names still there? Sources change their form without a word."
        )
        return [Finding("wrong", "source", where, f"it fell silent: {row['alarm']}", remedy, since)]
    return []


def _of_host(row: Mapping[str, Any], now: datetime) -> list[Finding]:
    if row["held_until"] and from_text(row["held_until"]) > now:
        what = f"asked to be left alone until {row['held_until'][:16].replace('T', ' ')} UTC"
        remedy = "Nothing to do: it is asked again then. If it happens daily, raise `delay` in the watch."
        return [Finding("look", "host", row["domain"], what, remedy, row["last_answered"])]
    if row["bad_in_row"] < HOST_IN_A_ROW:
        return []
    said = f"{row['outcome']}{': ' + row['detail'] if row['detail'] else ''}"
    if row["class"] == "refused":
        what = f"refused the last {row['bad_in_row']} requests ({said})"
        remedy = (
            "Walls are recorded and never climbed. Ask the publisher, with the `contact` of the watch as your card."
        )
    else:
        what = f"did not answer the last {row['bad_in_row']} requests ({said})"
        remedy = "Does it open in a browser? If the host is gone for good, its pages are visited ever more rarely."
    return [Finding("look", "host", row["domain"], what, remedy, row["last_answered"])]


_OF_INCIDENTS: Mapping[str, tuple[Level, str]] = {
    "clock_jumped": (
        "look",
        "Captures from before and after carry different clocks. Keep the time by NTP: timedatectl set-ntp true",
    ),
    "disk_low": ("wrong", "Make room, or move the archive: a full disk stops the crawl, and loses nothing."),
    "watch_wrong": ("wrong", "Mend the file; the other watches are run meanwhile. It is read again before each run."),
    "crawl_died": ("look", "Nothing is lost. If it happens again, the system log says why: memory, often."),
    "run_crashed": (
        "wrong",
        "Nothing is lost, and it is tried again. What happened stands in the log: please report it.",
    ),
}


def _of_incident(row: Mapping[str, Any], now: datetime) -> list[Finding]:
    # A row from the future is one that a wrong clock wrote, which is just what should be told.
    if now - from_text(row["last_at"]) > RECENT:
        return []
    level, remedy = _OF_INCIDENTS[row["kind"]]
    again = f", {row['times']} times" if row["times"] > 1 else ""
    return [Finding(level, "machine", row["watch"] or "", f"{row['detail']}{again}", remedy, row["at"])]


def disk_is_low(free: int, size: int) -> bool:
    """Whether so many bytes free are too few beside an archive of *size* bytes.

    >>> disk_is_low(2 << 30, 1 << 20), disk_is_low(500 << 20, 1 << 20), disk_is_low(2 << 30, 100 << 30)
    (False, True, True)
    """
    return free < max(LEAST_FREE, size * LEAST_FREE_SHARE)


def clock_jump(wall: timedelta, elapsed: timedelta) -> timedelta | None:
    """By how much the clock was set, if while *elapsed* passed it went on by *wall*; None if it was not.

    >>> clock_jump(timedelta(hours=1, seconds=5), timedelta(seconds=5))
    datetime.timedelta(seconds=3600)
    >>> clock_jump(timedelta(seconds=6), timedelta(seconds=5))
    """
    jump = wall - elapsed
    return jump if abs(jump) >= CLOCK_JUMP else None


def jump_in_words(jump: timedelta) -> str:
    """
    >>> jump_in_words(timedelta(hours=-2))
    'the clock was set back by 2:00:00'
    """
    return f"the clock was set {'forward' if jump > timedelta(0) else 'back'} by {abs(jump)}".partition(".")[0]
