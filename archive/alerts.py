"""Which events a watch wants to be told of. Pure: what happened in, events out.

::

    a match that claims text ─► found()       new_copy | new_translation, credit_missing, credit_removed
    a change of such a page  ─► edited()      correction, else changed from `NOTABLE` on
    a removal that persists  ─► removed()
    a source fell silent     ─► source_down()

    wanted(event, wishes)    is it asked for, and sure enough?
    silence(event, wishes)   asked for, and yet noted without telling anybody: a backlog, a muted outlet

An event is known by its subject, which names pages, captures and runs only: their ids stay when all that is derived is
made anew, so an event is told once however often it is found.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from archive.diff import NOTABLE
from archive.types import COPY_KINDS, MatchKind

Rule = Literal[
    "new_copy",
    "new_translation",
    "changed",  # a page that carries text of the story, from `archive.diff.NOTABLE` on
    "correction",  # such a page says that it was corrected, or says it otherwise
    "removed",
    "credit_missing",  # a new copy that does not name the story's outlet
    "credit_removed",
    "source_down",
]

RULES: tuple[Rule, ...] = get_args(Rule)

Silence = Literal["", "backlog", "muted"]

_NEW: tuple[Rule, ...] = ("new_copy", "new_translation")
_TRANSLATIONS: frozenset[MatchKind] = frozenset(("translation", "translated_excerpt"))


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user of one story wants to be told."""

    #: name of the story
    slug: str
    #: the outlet that published it first, as credit lines name it; empty if unknown
    outlet: str = ""
    on: tuple[str, ...] = ()
    min_confidence: float = 0.0
    #: registrable domains
    mute: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carrier:
    """A page that carries text of a story, as its strongest or newest match says it."""

    page_id: int
    match_id: int
    #: registrable domain
    outlet: str
    url: str
    kind: MatchKind
    confidence: float
    explanation: str
    #: the credit line; empty if there is none
    credit: str
    #: the name in it that is the story's outlet; empty if it names somebody else
    credit_name: str
    #: of the matcher
    label: str
    #: first capture of the matched version, and when it was seen, in UTC
    capture_id: int
    seen_from: str
    seen_to: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a page, as it is told."""

    change_id: int
    page_id: int
    #: the first capture of the new version
    capture_id: int
    outlet: str
    summary: str
    significance: float
    #: the note of correction before and after; None for both if it stayed as it was
    correction: tuple[str | None, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that came out of processing."""

    rule: Rule
    #: what it is about, so that each event is told once: "page:4", "page:4:capture:17"
    subject: str
    summary: str

    @property
    def alike(self) -> tuple[Rule, ...]:
        """The rules under which the same event may have been told before."""
        return _NEW if self.rule in _NEW else (self.rule,)


def found(page: Carrier, before: Carrier | None, wishes: Wishes) -> tuple[Event, ...]:
    """A version of a page was found to carry text of a story. That it is new is one event a page, whatever versions follow.

    Args:
        before: the version before it that carries text of the story too; None if this is the first.
    """
    if page.kind not in COPY_KINDS:
        return ()
    subject = f"{wishes.slug}:page:{page.page_id}"
    rule: Rule = "new_translation" if page.kind in _TRANSLATIONS else "new_copy"
    kind = page.kind.replace("_", " ")
    events = [Event(rule, subject, f"{page.outlet}: {kind} — {page.explanation}")]
    if page.credit_name or not wishes.outlet:
        return tuple(events)
    instead = f"it says “{page.credit}”" if page.credit else "no credit was found"
    if before is None:
        words = f"{page.outlet}: {kind} without credit to {wishes.outlet}; {instead}"
        events.append(Event("credit_missing", subject, words))
    elif before.credit_name and before.label == page.label:
        words = (
            f"{page.outlet}: the credit “{before.credit}” was there on {before.seen_to} "
            f"and was not on {page.seen_from}; {instead}"
        )
        events.append(Event("credit_removed", f"page:{page.page_id}:capture:{page.capture_id}", words))
    return tuple(events)


def edited(edit: Edit) -> tuple[Event, ...]:
    """A page that carries text of a story was edited: what may be told of it, what is said most exactly first."""
    subject = f"page:{edit.page_id}:capture:{edit.capture_id}"
    events = []
    if edit.correction is not None and edit.correction[1]:
        old, new = edit.correction
        verb = "the correction was reworded" if old else "a correction appeared"
        events.append(Event("correction", subject, f"{edit.outlet}: {verb}: “{new}” — {edit.summary}"))
    if edit.significance >= NOTABLE:
        events.append(Event("changed", subject, f"{edit.outlet}: {edit.summary}"))
    return tuple(events)


def removed(page_id: int, capture_id: int, outlet: str, last_seen: str, absent_at: str) -> Event:
    """A page that carries text of a story no longer answers with it. Worded as the window that was observed."""
    return Event(
        "removed", f"page:{page_id}:capture:{capture_id}", f"{outlet}: seen last {last_seen}, absent {absent_at}"
    )


def source_down(run_id: int, source: str, query: str, alarm: str) -> Event:
    """A source that used to name pages named none."""
    name = f"{source} {query}".strip()
    return Event("source_down", f"run:{run_id}:{name}", f"{name} fell silent: {alarm}")


def wanted(event: Event, wishes: Wishes, confidence: float | None = None) -> bool:
    """Whether a watch with these wishes wants to be told.

    Args:
        confidence: of the match on which the event rests; None if it rests on none.
    """
    return event.rule in wishes.on and (confidence is None or confidence >= wishes.min_confidence)


def silence(wishes: Wishes, outlet: str, *, backlog: bool) -> Silence:
    """Why an event that is wanted is noted and not told; empty if it is told."""
    if is_muted(outlet, wishes.mute):
        return "muted"
    return "backlog" if backlog else ""


def is_muted(outlet: str, mute: Collection[str]) -> bool:
    """Whether an outlet is among those of which the user does not want to hear.

    >>> is_muted("example.org", ("example.org",)), is_muted("example.org.evil.test", ("example.org",))
    (True, False)
    """
    return any(outlet == domain or outlet.endswith(f".{domain}") for domain in mute)


def details_of(page: Carrier) -> Mapping[str, object]:
    """What an alert says of the page that it is about."""
    return {
        "outlet": page.outlet,
        "url": page.url,
        "page_id": page.page_id,
        "kind": page.kind,
        "confidence": page.confidence,
        "explanation": page.explanation,
        "credit": page.credit or None,
    }


def without_words(rule: str, details: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """Summary and details of an alert about a page that is withheld: that it happened, and nothing that the page says.

    >>> without_words("changed", {"outlet": "daily.test", "page_id": 4, "credit": "Jo Quill"})
    ('daily.test: changed; what the page says is withheld', {'outlet': 'daily.test', 'page_id': 4})
    """
    kept = {name: details[name] for name in ("outlet", "url", "page_id") if name in details}
    outlet = f"{kept['outlet']}: " if "outlet" in kept else ""
    return f"{outlet}{rule.replace('_', ' ')}; what the page says is withheld", kept
