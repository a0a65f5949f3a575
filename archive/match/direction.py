"""Which of two texts that correspond came first. Pure: from what is known of both sides to a verdict with its reason.

Clues, the strongest first; the first that points one way and not the other decides:

1. **credit**: one side's credit line names the other's outlet.
2. **pointer**: one side's markup names the other as canonical, original or syndication source. `hreflang` joins two
   editions and says nothing of their order.
3. **capture**: one side was seen before the other says that it was published. Two captures by themselves decide
   nothing: what was fetched later may have stood there long before.
4. **word**: the user gave one side as the original.
5. **dates**: as the pages state them. A date says least: sites that move or republish date their pages anew.

A date is set aside if it is refuted: by a capture before it, by a date of modification before it, or because the site
is known to have dated its pages anew. Times compare to the minute only if both name their zone; else days compare, and
a day counts as earlier only if it is so in every zone that was named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

import regex

from archive.types import Role
from archive.urls import registrable_domain

Verdict = Literal["story_first", "page_first", "undecided"]
ClueKind = Literal["credit", "pointer", "capture", "word", "dates"]

ORDERED_POINTERS = ("canonical", "og_url", "original_source", "syndication_source")
"""Pointers by which a page says that another address is the real one. The names of `archive.match.pointers`."""

#: Sites that dated old pages anew, and the months that they gave them. Read on pages of the site: articles of 2012 to
#: 2023, at new addresses, all state August 2024.
_DATED_ANEW = {"vice.com": ("2024-08",)}

#: A server's clock may be wrong by this much; a date that is further after a capture is refuted by it.
_CLOCK = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one side."""

    url: str = ""
    #: publication dates as the page states them, of all its versions, in any order
    published: tuple[str, ...] = ()
    modified: str | None = None
    #: the first time that anybody is known to have fetched it, web archives included
    first_captured: datetime | None = None
    #: its credit line that names the other side's outlet; empty if there is none
    credits_other: str = ""
    #: its credit line that names somebody else; empty if there is none
    credits_third: str = ""
    #: names of the pointers by which it names the other side: "canonical", "hreflang", "link" …
    points_to_other: tuple[str, ...] = ()
    #: what the user said that it is; None if the user did not say
    given_as: Role | None = None


@dataclass(frozen=True, slots=True)
class Clue:
    """One reason to hold one side for the first."""

    kind: ClueKind
    first: Verdict
    words: str


@dataclass(frozen=True, slots=True)
class Direction:
    """Which side came first, and why."""

    verdict: Verdict
    #: the reason in words, for people
    why: str
    #: all clues found, the strongest first, those against the verdict too
    clues: tuple[Clue, ...] = ()
    #: what was set aside or says nothing of the order, in words
    notes: tuple[str, ...] = ()


def direction(story: Known, page: Known, names: tuple[str, str] = ("the story", "the page")) -> Direction:
    """Which came first. *names* are what the two sides are called in the reasons."""
    sides = (_Side(names[0], story), _Side(names[1], page))
    clues = tuple(_clues(*sides))
    notes = tuple(_notes(*sides))
    for kind in dict.fromkeys(clue.kind for clue in clues):
        of_kind = [clue for clue in clues if clue.kind == kind]
        if len({clue.first for clue in of_kind}) == 1:
            verdict = of_kind[0].first
            against = [clue.words for clue in clues if clue.first != verdict]
            why = of_kind[0].words + (f" (against it: {'; '.join(against)})" if against else "")
            return Direction(verdict, why, clues, notes)
    return Direction("undecided", _undecided(clues, sides, notes), clues, notes)


# --- times ---------------------------------------------------------------------------------------------------

_DAY = regex.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?!\d)")
_FRACTION = regex.compile(r"(?<=:\d\d)[.,]\d+")
_SHORT_ZONE = regex.compile(r"(?<=\d)\s*([+-]\d{2}):?(\d{2})$")


@dataclass(frozen=True, slots=True)
class When:
    """A stated date: a moment if it names its zone, else a day."""

    stated: str
    #: aware; None for a day without time, and for a time without zone
    moment: datetime | None
    day: date

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day that it may be, where it was said and in UTC."""
        if self.moment is None:
            return self.day, self.day
        utc = self.moment.astimezone(UTC).date()
        return min(self.day, utc), max(self.day, utc)

    def is_before(self, other: When) -> bool:
        """Whether it is earlier beyond doubt."""
        if self.moment is not None and other.moment is not None:
            return self.moment < other.moment
        return self.days[1] < other.days[0]

    def __str__(self) -> str:
        if self.moment is None:
            return self.day.isoformat()
        return self.moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def when(stated: str) -> When | None:
    """A date as pages state it (ISO 8601 in its many spellings, RFC 2822), or None if it cannot be read.

    >>> str(when("2023-01-20T01:30:00+02:00")), str(when("2023-01-20T01:30:00")), str(when("20230120"))
    ('2023-01-19 23:30 UTC', '2023-01-20', '2023-01-20')
    """
    text = _SHORT_ZONE.sub(r"\1:\2", _FRACTION.sub("", stated.strip()))
    moment: datetime | None = None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, IndexError, OverflowError):
            digits = _DAY.match(text)
            try:
                return When(stated, None, date(*map(int, digits.groups()))) if digits else None
            except ValueError:
                return None
    try:
        zoned = moment if moment.tzinfo is not None and moment.utcoffset() is not None else None
        found = When(stated, zoned, moment.date())
        assert found.days  # a zone can carry the first and the last day of the calendar out of it
    except OverflowError:
        return None
    return found


def _captured(at: datetime) -> When:
    return When(at.isoformat(), at, at.astimezone(UTC).date())


# --- one side ------------------------------------------------------------------------------------------------


class _Side:
    """What is known of a side, with its dates weighed."""

    def __init__(self, name: str, known: Known) -> None:
        self.name = name
        self.known = known
        self.captured = _captured(known.first_captured) if known.first_captured is not None else None
        self.refuted: list[str] = []
        self.published = self._published()

    def _published(self) -> When | None:
        """The earliest stated date that nothing refutes."""
        dates = [found for stated in self.known.published if (found := when(stated)) is not None]
        dates.sort(key=lambda one: (one.day, one.moment is None, str(one)))
        credible = [one for one in dates if not self._refuted(one)]
        if len({one.day for one in credible}) > 1:
            self.refuted.append(f"{self.name} states several dates, of which the earliest is taken")
        return credible[0] if credible else None

    def _refuted(self, stated: When) -> bool:
        reason = self._doubt(stated)
        if reason is not None:
            self.refuted.append(reason)
        return reason is not None

    def _doubt(self, stated: When) -> str | None:
        says = f"{self.name} states {stated.day}"
        if any(stated.day.isoformat().startswith(month) for month in _DATED_ANEW.get(self._site, ())):
            return f"{says}, a date that {self._site} gave to pages which it moved"
        at = self.known.first_captured
        if at is not None and stated.days[0] > (at.astimezone(UTC) + _CLOCK).date():
            return f"{says}, but was captured on {at.astimezone(UTC):%Y-%m-%d} already"
        modified = when(self.known.modified) if self.known.modified else None
        if modified is not None and modified.days[1] + timedelta(days=1) < stated.days[0]:
            return f"{says}, but says that it was modified on {modified.day}, before that"
        return None

    @property
    def _site(self) -> str:
        return registrable_domain(self.known.url) if self.known.url else ""


# --- clues ---------------------------------------------------------------------------------------------------


def _clues(story: _Side, page: _Side) -> Iterator[Clue]:
    """All clues, the strongest kinds first."""
    pairs: tuple[tuple[_Side, _Side, Verdict], ...] = ((story, page, "story_first"), (page, story, "page_first"))
    for first, second, verdict in pairs:
        if second.known.credits_other:
            words = f"{second.name} credits the outlet of {first.name}: “{second.known.credits_other}”"
            yield Clue("credit", verdict, words)
    for first, second, verdict in pairs:
        pointers = [name for name in second.known.points_to_other if name in ORDERED_POINTERS]
        if pointers:
            words = f"{second.name} names {first.name} as its {_listed(pointers)}"
            yield Clue("pointer", verdict, words)
    for first, second, verdict in pairs:
        if first.captured and second.published and first.captured.is_before(second.published):
            words = f"{first.name} was captured on {first.captured}, before {second.name} was published ({second.published})"
            yield Clue("capture", verdict, words)
    for first, _, verdict in pairs:
        if first.known.given_as == "original":
            yield Clue("word", verdict, f"{first.name} was given as the original")
    for first, second, verdict in pairs:
        if first.published and second.published and first.published.is_before(second.published):
            words = f"{first.name} is dated {first.published}, {second.name} {second.published}"
            yield Clue("dates", verdict, words)


def _notes(story: _Side, page: _Side) -> Iterator[str]:
    for side in (story, page):
        yield from dict.fromkeys(side.refuted)
        if side.known.credits_third:
            yield f"{side.name} credits somebody else: “{side.known.credits_third}”"
        if side.known.given_as == "translation":
            yield f"{side.name} was given as a translation: its original came before it"
    if "hreflang" in (*story.known.points_to_other, *page.known.points_to_other):
        yield "hreflang joins the two, and says nothing of their order"


def _undecided(clues: Sequence[Clue], sides: tuple[_Side, _Side], notes: Sequence[str]) -> str:
    """Why nothing can be said, plainly."""
    told = []
    if clues:
        told.append("the clues contradict each other: " + "; ".join(clue.words for clue in clues))
    else:
        told.append(f"{_of_dates(*sides)} and no credit")
    told.extend(notes)
    return f"{'; '.join(told)}: which came first cannot be said"


def _of_dates(story: _Side, page: _Side) -> str:
    if story.published and page.published:
        if story.published.moment and page.published.moment:
            return "dates of the same minute"
        same = story.published.day == page.published.day
        return "dates of the same day" if same else "dates so near that time zones may turn their order"
    dateless = [side.name for side in (story, page) if side.published is None]
    words = "no credible date of either" if len(dateless) == 2 else f"no credible date of {dateless[0]}"
    if story.captured and page.captured:
        first = min((story, page), key=lambda side: side.known.first_captured or datetime.max.replace(tzinfo=UTC))
        words += f", though {first.name} was seen first (the other may have stood there unseen)"
    return words


def _listed(names: Sequence[str]) -> str:
    return " and ".join(name.replace("_", " ") for name in names)
