"""A page's links with one story beside what the other stories at hand offer for the same sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from archive.match.reading import Reading
from archive.match.semantic import Link, Scores, block_cosine


@dataclass(frozen=True, slots=True)
class Rivalry:
    """A page's links with a story beside what other stories offer for the same sentences (cosines)."""

    rivals: int = 0
    #: shares of the links whose page sentence is nearer to a sentence of another story, and by .1 at least
    beaten: float = 0.0
    clearly_beaten: float = 0.0
    #: mean cosine of the page's sentences to their best counterparts, less that of the best other story
    ahead: float = 0.0
    #: share of the links that are ahead of every other story by .1, mean lead, and links ahead by .03
    clear: float = 0.0
    lead: float = 0.0
    own_links: int = 0


NO_RIVALS = Rivalry()

#: By how much a counterpart must be nearer: a form's fixed sentences are equally near everywhere.
_BEATEN, _OWN, _CLEARLY = 0.02, 0.03, 0.1
#: Two stories that share this much at this cosine are one story twice, and no rivals.
_SAME_SENTENCE, _SAME_STORY = 0.9, 0.7
#: ... unless their names and figures differ (Jaccard index): a form filled in anew.
_SAME_SIGNALS = 0.8


def rivalry(a: Reading, b: Reading, links: Sequence[Link], others: Sequence[Reading]) -> Rivalry:
    """How the links of the page *b* with the story *a* stand beside those that *others* could have.

    A form that one organisation fills in again and again, or a report of one event, fits several stories alike; a copy
    fits one of them.
    """
    rivals = [other for other in others if other.units and not _same_story(a, other)]
    if not rivals or not b.units or not a.units:
        return NO_RIVALS
    own = (a.vectors @ b.vectors.T).max(axis=0)
    offered = [(rival.vectors @ b.vectors.T).max(axis=0) for rival in rivals]
    best = np.max(offered, axis=0)
    leads = np.array([_lead(a, b, link, own, best) for link in links])
    count = max(1, len(leads))
    return Rivalry(
        rivals=len(rivals),
        beaten=float((leads < -_BEATEN).sum()) / count,
        clearly_beaten=float((leads < -_CLEARLY).sum()) / count,
        ahead=float(own.mean()) - max(float(one.mean()) for one in offered),
        clear=float((leads > _CLEARLY).sum()) / count,
        lead=float(leads.mean()) if len(leads) else 0.0,
        own_links=int((leads > _OWN).sum()),
    )


def _same_story(a: Reading, other: Reading) -> bool:
    if a is other:
        return True
    if ((a.vectors @ other.vectors.T).max(axis=1) > _SAME_SENTENCE).mean() < _SAME_STORY:
        return False
    ours, theirs = ({*one.signals.names, *one.signals.figures} for one in (a, other))
    return len(ours & theirs) >= _SAME_SIGNALS * len(ours | theirs)


def _lead(a: Reading, b: Reading, link: Link, own: Scores, best: Scores) -> float:
    cosine = block_cosine(a.vectors[link.a_start : link.a_end], b.vectors[link.b_start : link.b_end])
    return max(cosine, float(own[link.b_start : link.b_end].max())) - float(best[link.b_start : link.b_end].max())
