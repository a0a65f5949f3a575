"""Whether a page is still there, over time: what was observed, in which window, and what may be claimed of it.

::

    sightings of the page, captures of its host ─► a sign each ─► intervals of one state ─► claimed or not, in words

A page is never "deleted on" a day. It is seen, and later it is not: "present 1 March 2019 10:02 UTC, absent from 4 March
2019 09:58 UTC" is all that a watcher can know, and it names both captures. And an absence is claimed only when it persists
(`PERSISTENCE`) while the rest of the host answers (`witnesses_fail_too`): servers go down, publish by halves and come back.

Pure: the answer depends on what was observed and when, and not on the order in which it came to be known. An old capture
imported today that shows the page between two failures makes two short absences of a long one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Literal

from archive.plausibility import SAME_TEXT
from archive.urls import url_key
from archive.versions import OTHER_ARTICLE, STUB_LEFT, TEXT_LOST

StateName = Literal["live", "unreachable", "blocked", "removed?", "removed", "moved"]

WINDOW = timedelta(days=14)
"""Over which EDGI's web monitoring looks back before it calls a page gone."""

OK_SHARE = 0.75
"""Share of that window below which a page must have been present, for EDGI, to be called gone."""

PERSISTENCE: tuple[tuple[int, timedelta], ...] = (
    (3, WINDOW * (1 - OK_SHARE)),
    (2, WINDOW),
)
"""(failures, time from the first to the last of them), each of which is enough to claim a removal.

The first row is EDGI's rule for one absence without a break: a page that was there for less than 75 % of 14 days has been
away for 3.5 days. EDGI adds up broken absences; we do not, since a page that comes back was not removed. Three failures,
because two can fall into two nights of maintenance. The second row is for archives of others, which hold a capture a
month: both ends of a whole window failed, and nothing shows it in between."""

PERSISTENCE_IF_EXPLICIT: tuple[tuple[int, timedelta], ...] = ((2, timedelta(days=1)),)
"""The same where the server answered 410 ("likely to be permanent", RFC 9110 section 15.5.11) or the page itself says that
the article was taken away. Somebody chose these words; a second look a day later rules out a mistake soon put right."""

HOST_WINDOW = timedelta(hours=6)
"""Around a failure, in which captures of other pages of the host say whether the host as a whole failed."""

HOST_SHARE = 0.5
"""Share of the host's other pages above which the same failure is the host's and not the page's."""

RECENTLY = timedelta(days=60)
"""How long before a failure another page must have been seen live to bear witness: one that is gone for years says
nothing of the host today. Long enough for pages that are visited once a month."""

_ABSENT_REASONS = ("soft_404", "removal_notice")
_WALL_REASONS = (
    "blocked:", "robot_check", "access_denied", "consent_wall", "login", "paywall_stub", "old_browser", SAME_TEXT,
)  # fmt: skip
_OUR_DOING = ("budget", "guard", "robots")
"""Errors by which we did not ask; they say nothing of the page."""

Sign = Literal["live", "moved", "gone", "soft", "blocked", "unreachable"]
"""What one capture says: "gone" by its status, "soft" by what a page of status 200 shows in the article's place."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One capture of the page, as the question needs it."""

    capture_id: int
    at: datetime
    status: int | None
    error_class: str | None = None
    #: of `archive.versions.Decision`
    decision: str = ""
    why: str = ""
    #: of `archive.types.Quality`
    reasons: tuple[str, ...] = ()
    #: the URL asked, and the one that answered
    url: str = ""
    final_url: str = ""
    #: every hop was a permanent redirect (301, 308)
    permanently: bool = False
    #: whether the address that answered shows this page's article (`archive.plausibility.same_article`), or names it
    #: as its own; None if nothing was there to compare
    same_article: bool | None = None


@dataclass(frozen=True, slots=True)
class HostCapture:
    """One capture of anything else on the host: another article, the front page, a feed."""

    #: any name that is the same for captures of one page
    page: str
    at: datetime
    status: int | None
    error_class: str | None = None
    decision: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    capture_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """An interval in which every capture said the same of the page's availability."""

    state: StateName
    #: the first and the last capture that showed it; the page changed somewhere before `since` and after `until`
    since: datetime
    until: datetime
    #: the last capture before this interval that showed the article; None if none did
    last_present: Point | None
    #: the first capture of this interval, if the article was absent in it
    first_absent: Point | None
    #: why, in words
    evidence: str
    #: whether it may be told as a fact; a state with a question mark may not
    claimed: bool
    captures: int = 1
    #: the address to which it moved
    moved_to: str | None = None


def sign_of(sighting: Sighting) -> Sign | None:
    """What one capture says by itself; None if it says nothing of the page."""
    if sighting.error_class in _OUR_DOING or sighting.decision == "not_a_page":
        return None
    if sighting.error_class is not None or sighting.status is None:
        return "unreachable"
    reasons = sighting.reasons
    if any(reason.startswith(_WALL_REASONS) for reason in reasons) or sighting.why == STUB_LEFT:
        return "blocked"
    if sighting.status in (404, 410):
        return "gone"
    if sighting.status >= 500:
        return "unreachable"
    if sighting.status >= 400:
        return "blocked"
    if any(reason.startswith(_ABSENT_REASONS) for reason in reasons) or sighting.why in (OTHER_ARTICLE, TEXT_LOST):
        return "soft"
    if sighting.decision in ("new_version", "unchanged"):
        return "moved" if _moved(sighting) else "live"
    # A half-read page, a page without text: it answered, and does not say that the article is gone.
    return "unreachable"


def _moved(sighting: Sighting) -> bool:
    return (
        sighting.permanently
        and sighting.same_article is True
        and bool(sighting.final_url)
        and url_key(sighting.final_url) != url_key(sighting.url)
    )


_ABSENT = ("gone", "soft")
_PRESENT = ("live", "moved")


# --- the host ---------------------------------------------------------------------------------------


def witnesses_fail_too(
    sign: Sign,
    at: datetime,
    pages: Sequence[Sequence[tuple[Sign, datetime]]],
    *,
    last_live: datetime | None,
    first_failed: datetime,
) -> tuple[int, int] | None:
    """(failed, asked) among the host's other pages about *at*, if most failed in the same way; else None.

    A page that answers bears witness for its host. One that fails bears witness against it if it may have begun to fail
    when this page did: between its own last answer and first failure lies a time that also lies between this page's
    *last_live* and *first_failed*. What went before or after is another event. With one witness, and it fails, the host
    gets the benefit of the doubt: two pages that go together may be two removals, and may be one mistake.
    """
    asked = failed = 0
    for of_page in pages:
        about = [found for found, when in of_page if abs(when - at) <= HOST_WINDOW]
        if any(found in _PRESENT for found in about):
            asked += 1
            continue
        lived = [when for found, when in of_page if found in _PRESENT and at - RECENTLY <= when < at]
        if not about or not lived:
            continue
        began = min(when for found, when in of_page if when > lived[-1])
        if lived[-1] < first_failed and (last_live is None or last_live < began):
            asked += 1
            failed += any(_alike(sign, found) for found in about)
    return (failed, asked) if failed and failed > HOST_SHARE * asked else None


def _by_page(host: Sequence[HostCapture]) -> list[list[tuple[Sign, datetime]]]:
    """What each page said when, in order of time; captures that say nothing are left out."""
    pages: dict[str, list[tuple[Sign, datetime]]] = {}
    for capture in host:
        sign = _host_sign(capture)
        if sign is not None:
            pages.setdefault(capture.page, []).append((sign, capture.at))
    return list(pages.values())


def _host_sign(capture: HostCapture) -> Sign | None:
    sign = sign_of(
        Sighting(0, capture.at, capture.status, capture.error_class, capture.decision, reasons=capture.reasons)
    )
    # Feeds and front pages have no part in a page's history: an answer is an answer.
    if capture.error_class is None and capture.status is not None and capture.status < 400 and not capture.reasons:
        return "live"
    return sign


def _alike(one: Sign, other: Sign) -> bool:
    return one == other or (one in _ABSENT and other in _ABSENT)


# --- the fold ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Seen:
    sighting: Sighting
    sign: Sign
    #: (failed, asked) of the host's other pages, if the failure was the host's
    outage: tuple[int, int] | None = None

    @property
    def point(self) -> Point:
        return Point(self.sighting.capture_id, self.sighting.at)

    @property
    def explicit(self) -> bool:
        return self.sighting.status == 410 or "removal_notice" in self.sighting.reasons


def states(sightings: Iterable[Sighting], host: Iterable[HostCapture] = ()) -> tuple[State, ...]:
    """The states of a page in order of time.

    Args:
        sightings: all captures of the page, in any order.
        host: captures of other pages of its host around its failures, and for `RECENTLY` before them, in any order.
    """
    others = _by_page(sorted(host, key=lambda capture: (capture.at, capture.page)))
    seen = _see(sorted(sightings, key=lambda one: (one.at, one.capture_id)), others)
    found: list[State] = []
    last_present: Point | None = None
    for kind, members in groupby(zip(_kinds(seen), seen, strict=True), key=itemgetter(0)):
        run = [one for _, one in members]
        found.append(_state(kind, run, last_present))
        if kind in _PRESENT:
            last_present = run[-1].point
    return tuple(found)


def _see(sightings: Sequence[Sighting], others: Sequence[Sequence[tuple[Sign, datetime]]]) -> list[_Seen]:
    """What each capture says, failures of the whole host told apart."""
    seen: list[_Seen] = []
    last_live: datetime | None = None
    first_failed: datetime | None = None
    for sighting in sightings:
        sign = sign_of(sighting)
        if sign is None:
            continue
        outage = None
        if sign in _PRESENT:
            last_live, first_failed = sighting.at, None
        elif sign in _ABSENT:
            first_failed = first_failed or sighting.at
            outage = witnesses_fail_too(sign, sighting.at, others, last_live=last_live, first_failed=first_failed)
        seen.append(_Seen(sighting, "unreachable" if outage else sign, outage))
    return seen


Kind = Literal["live", "moved", "absent", "blocked", "unreachable"]


def _kinds(seen: Sequence[_Seen]) -> list[Kind]:
    """The kind of interval that each capture belongs to.

    A capture that shows nothing either way (no answer, a wall) is part of an absence if the page is found absent on both
    sides of it: nobody saw it there in between.
    """
    kinds: list[Kind] = []
    last_absent: int | None = None
    for place, one in enumerate(seen):
        if one.sign == "gone" or one.sign == "soft":
            if last_absent is not None:
                kinds[last_absent + 1 :] = ["absent"] * (place - last_absent - 1)
            last_absent = place
            kinds.append("absent")
        else:
            kinds.append(one.sign)
            if one.sign in _PRESENT:
                last_absent = None
    return kinds


def _state(kind: Kind, run: Sequence[_Seen], last_present: Point | None) -> State:
    since, until = run[0].sighting.at, run[-1].sighting.at
    if kind == "absent":
        claimed = last_present is not None and _persists(run)
        return State(
            "removed" if claimed else "removed?", since, until, last_present, run[0].point,
            _absence(run, last_present, claimed), claimed, len(run),
        )  # fmt: skip
    if kind == "live":
        return State(
            kind, since, until, last_present, None, f"{_times(len(run))} seen with its article", True, len(run)
        )
    if kind == "moved":
        target = run[-1].sighting.final_url
        evidence = f"redirects permanently to {target}, where the same article stands"
        return State(kind, since, until, last_present, None, evidence, True, len(run), moved_to=target)
    if kind == "blocked":
        evidence = f"{_times(len(run))} a wall or a refusal: {_causes(run)}"
    else:
        outages = [one.outage for one in run if one.outage is not None]
        evidence = f"{_times(len(run))} no article could be read: {_causes(run)}"
        if outages:
            failed, asked = max(outages)
            evidence += f"; {failed} of {asked} other pages of the host failed in the same way"
    return State(kind, since, until, last_present, None, evidence, True, len(run))


def _persists(run: Sequence[_Seen]) -> bool:
    failures = [one for one in run if one.sign in _ABSENT]
    explicit = [one for one in failures if one.explicit]
    return _lasts(failures, PERSISTENCE) or _lasts(explicit, PERSISTENCE_IF_EXPLICIT)


def _lasts(failures: Sequence[_Seen], rows: Sequence[tuple[int, timedelta]]) -> bool:
    if not failures:
        return False
    lasted = failures[-1].sighting.at - failures[0].sighting.at
    return any(len(failures) >= count and lasted >= time for count, time in rows)


# --- words --------------------------------------------------------------------------------------------

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


def sentence(found: Sequence[State]) -> str:
    """What may be said of the page now, for people: windows that were observed, and never a day of deletion."""
    if not found:
        return "never seen"
    last = found[-1]
    seen = f"present {_time(last.last_present.at)}" if last.last_present else "never seen present"
    if last.state == "removed":
        return f"{seen}, absent from {_time(last.since)}"
    if last.state == "removed?":
        return f"{seen}, not found {_time(last.since)}{_until(last)}; not claimed as removed: {last.evidence}"
    if last.state == "moved":
        return f"present {_time(last.until)} at {last.moved_to}, to which it moved; seen to redirect from {_time(last.since)}"
    if last.state == "live":
        absence = next((state for state in reversed(found[:-1]) if state.state in ("removed", "removed?")), None)
        if absence is None:
            return f"present {_time(last.until)}"
        return f"present {_time(last.until)}, after it was not found {_time(absence.since)}{_until(absence)}"
    word = "blocked" if last.state == "blocked" else "no usable answer"
    gone = next((state for state in reversed(found[:-1]) if state.state in ("removed", *_PRESENT)), None)
    if gone is not None and gone.state == "removed":
        seen = sentence([gone])
    return f"{seen}, {word} {_time(last.since)}{_until(last)}"


def _until(state: State) -> str:
    return f" to {_time(state.until)}" if state.until != state.since else ""


def _time(at: datetime) -> str:
    """
    >>> _time(datetime(2019, 3, 1, 10, 2, tzinfo=UTC))
    '1 March 2019 10:02 UTC'
    """
    utc = at.astimezone(UTC)
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year} {utc:%H:%M} UTC"


def _absence(run: Sequence[_Seen], last_present: Point | None, claimed: bool) -> str:
    failures = [one for one in run if one.sign in _ABSENT]
    lasted = failures[-1].sighting.at - failures[0].sighting.at
    over = f" over {_duration(lasted)}" if len(failures) > 1 else ""
    told = f"{_times(len(failures))} absent{over}: {_causes(failures)}"
    if len(run) > len(failures):
        told += f"; between them {_times(len(run) - len(failures))} nothing to be seen"
    if claimed:
        return told
    if last_present is None:
        return f"{told}; it was never seen present"
    rows = " or ".join(f"{count} over {_duration(time)}" for count, time in PERSISTENCE)
    return f"{told}; a removal takes {rows}"


def _causes(run: Sequence[_Seen]) -> str:
    return ", ".join(dict.fromkeys(_cause(one.sighting) for one in run))


def _cause(sighting: Sighting) -> str:
    if sighting.error_class is not None:
        return sighting.error_class.replace("_", " ")
    named = [reason.replace("_", " ") for reason in sighting.reasons if not reason.startswith("http_")]
    if named:
        return " and ".join(named)
    if sighting.status is not None and sighting.status >= 400:
        return f"the server answered {sighting.status}"
    return sighting.why or "nothing readable"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _duration(time: timedelta) -> str:
    """
    >>> _duration(timedelta(days=3.5)), _duration(timedelta(minutes=90)), _duration(timedelta(days=1))
    ('3.5 days', '1.5 hours', '1 day')
    """
    for seconds, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if time.total_seconds() >= seconds:
            count = f"{time.total_seconds() / seconds:.1f}".removesuffix(".0")
            return f"{count} {unit}" + ("" if count == "1" else "s")
    return "less than a minute"
