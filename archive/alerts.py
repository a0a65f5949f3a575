"""Which events a watch wants to be told of. Pure: events in, alerts out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from archive.types import COPY_KINDS, MatchKind

Rule = Literal["new_copy", "changed", "removed"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that came out of processing."""

    rule: Rule
    #: what it is about, so that each event is told once: "page:4", "change:2"
    subject: str
    summary: str


def new_match(page_id: int, story: str, kind: MatchKind, outlet: str, explanation: str) -> Event | None:
    """A page was found to carry text of a story. One event a page, whatever versions follow."""
    if kind not in COPY_KINDS:
        return None
    return Event("new_copy", f"{story}:page:{page_id}", f"{outlet}: {kind.replace('_', ' ')} — {explanation}")


def changed(change_id: int, outlet: str, summary: str) -> Event:
    """A page that carries text of a story was edited."""
    return Event("changed", f"change:{change_id}", f"{outlet}: {summary}")


def removed(page_id: int, capture_id: int, outlet: str, last_seen: str, absent_at: str) -> Event:
    """A page that carries text of a story no longer answers with it. Worded as the window that was observed."""
    return Event(
        "removed", f"page:{page_id}:capture:{capture_id}", f"{outlet}: seen last {last_seen}, absent {absent_at}"
    )


def wanted(event: Event, rules: Collection[str]) -> bool:
    """Whether a watch with these rules wants to be told."""
    return event.rule in rules
