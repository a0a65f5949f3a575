"""Whether two texts tell of the same thing, whether or not one took its words from the other.

One figure does not tell: a cosine of whole texts is high between any two reports on one field, the best pair of
sentences is high where both have a stock phrase, and names mean nothing across alphabets. Together they do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from archive.match.encoder import Vectors, background_level, current
from archive.match.reading import Reading

#: Sentences at the top of a text that say what it is about: title and lead, and with the first line of the report.
_OPENING, _LEAD = 2, 3
#: Pairs of sentences that are averaged: one may be chance.
_BEST_PAIRS = 3
#: Names that a text says most often: who it is about.
_MAIN_NAMES = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """Signs that two texts are about the same; cosines, if nothing else is said."""

    #: of the mean vectors
    document: float = 0.0
    #: the same less what both texts resemble anyway
    document_excess: float = 0.0
    #: of the mean vectors less that of the background sentences: what all news has in common is left out
    centred: float = 0.0
    #: of the mean vectors, sentences weighted by how little they resemble the background
    specific: float = 0.0
    #: mean of the three best pairs of sentences
    best_pairs: float = 0.0
    #: mean over the sentences of the story of the best counterpart, less their level
    counterparts: float = 0.0
    #: the best pair among the two first sentences of both, usually the titles
    openings: float = 0.0
    #: of the means of the first three sentences
    leads: float = 0.0
    #: of the first sentence of one with the whole of the other, the better of the two
    opening_elsewhere: float = 0.0
    #: of the names by how often they are said; 0 where one text is not in Latin letters
    names: float = 0.0
    #: share of the three names that each text says most that the other says too; 0 likewise
    main_names: float = 0.0


NO_SUBJECT = Subject()


def compared(a: Reading, b: Reading) -> Subject:
    """The signs that *a* and *b* are about the same."""
    if not a.units or not b.units:
        return NO_SUBJECT
    cosines = a.vectors @ b.vectors.T
    mean_a, mean_b = _unit(a.vectors.mean(axis=0)), _unit(b.vectors.mean(axis=0))
    background = current().background.mean(axis=0)
    levels = background_level(np.stack((mean_a, mean_b)))
    best = np.sort(cosines, axis=None)[-_BEST_PAIRS:]
    names, main_names = (0.0, 0.0)
    if a.latin and b.latin:
        names, main_names = _alike(a.name_counts, b.name_counts), _main_shared(a.name_counts, b.name_counts)
    return Subject(
        document=float(mean_a @ mean_b),
        document_excess=float(mean_a @ mean_b - levels.mean()),
        centred=_cosine(a.vectors.mean(axis=0) - background, b.vectors.mean(axis=0) - background),
        specific=_cosine((1 - a.levels) @ a.vectors, (1 - b.levels) @ b.vectors),
        best_pairs=float(best.mean()),
        counterparts=float(cosines.max(axis=1).mean() - a.levels.mean()),
        openings=float(cosines[:_OPENING, :_OPENING].max()),
        leads=document_cosine(a.vectors[:_LEAD], b.vectors[:_LEAD]),
        opening_elsewhere=float(max(a.vectors[0] @ mean_b, b.vectors[0] @ mean_a)),
        names=names,
        main_names=main_names,
    )


def document_cosine(a: Vectors, b: Vectors) -> float:
    """Cosine of the mean vectors of two texts' sentences."""
    return _cosine(a.mean(axis=0), b.mean(axis=0))


def _cosine(one: Vectors, other: Vectors) -> float:
    return float(_unit(one) @ _unit(other))


def _unit(vector: Vectors) -> Vectors:
    return vector / max(1e-6, float(np.linalg.norm(vector)))


def _alike(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    product = sum(count * other.get(name, 0) for name, count in one.items())
    norm = math.sqrt(sum(n * n for n in one.values()) * sum(n * n for n in other.values()))
    return product / norm if norm else 0.0


def _main_shared(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    shared = [
        sum(name in there for name in sorted(here, key=lambda name: -here[name])[:_MAIN_NAMES])
        for here, there in ((one, other), (other, one))
    ]
    return sum(shared) / (2 * _MAIN_NAMES)
