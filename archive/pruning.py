"""Giving up bytes to make room: by rule, announced first, noted with who and when. Nothing is pruned by itself.

===========  ==========================================================================================
a rule       takes the bytes of
===========  ==========================================================================================
unrelated    articles that stand to no story in any way: read as whole articles, compared with all
             stories, never alerted, noted or attested
sources      feeds, sitemaps, robots.txt files, front pages and answers of search sources: what they
             named stands in leads
===========  ==========================================================================================

A body goes only if every capture of it falls under the rule. Its row, size and hash stay, as do the captures, their place
in the chain, and what was read from it. After an upgrade of the extractor such a capture cannot be read again, and is no
side of a comparison any more. If a server sends the same bytes again, they are kept again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive import extract
from archive.quality import SHORT_PAGE
from archive.store import Prunable, PruningRule, Store

BATCH = 200
"""Bodies given up in one transaction, which takes milliseconds."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rule would give up."""

    rule: PruningRule
    #: captures that began before are old enough
    before: datetime
    bodies: tuple[Prunable, ...]

    @property
    def size(self) -> int:
        """Bytes before compression."""
        return sum(body.size for body in self.bodies)

    @property
    def stored(self) -> int:
        """Bytes in the file."""
        return sum(body.stored for body in self.bodies)

    @property
    def words(self) -> str:
        """The rule as it is noted."""
        return f"{self.rule}, captured before {self.before:%Y-%m-%d}"


def plan(store: Store, rule: PruningRule, *, older_than: timedelta, now: datetime) -> Plan:
    """What *rule* would give up now. Writes nothing."""
    before = now - older_than
    found = store.prunable(rule, before=before, label=extract.LABEL, whole=SHORT_PAGE)
    return Plan(rule, before, tuple(found))


def prune(store: Store, plan: Plan, *, who: str, now: datetime, stop: Callable[[], bool] = lambda: False) -> int:
    """Give up what *plan* names, and note who did. Killed on any line, what is noted is what was done.

    Returns the number of bodies: fewer than planned if it was stopped.
    """
    if not plan.bodies:
        return 0
    pruning_id = store.open_pruning(plan.words, who, now)
    done = 0
    for batch in _batches(plan.bodies):
        if stop():
            break
        store.prune(pruning_id, batch)
        done += len(batch)
    return done


def _batches(bodies: Sequence[Prunable]) -> list[Sequence[Prunable]]:
    return [bodies[start : start + BATCH] for start in range(0, len(bodies), BATCH)]
