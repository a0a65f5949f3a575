"""Paragraphs that several outlets added alike: a common source, an agency's new version, or one copying another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from archive.text import words

#: Shorter additions ("Read more", "Advertisement") are everybody's and nobody's.
ADDITION_MIN = 5
#: Two additions are one if so many of the shorter one's word triples stand in the other: a lightly edited paragraph has
#: 0.7 and more, two paragraphs on one subject under 0.1.
ALIKE = 0.5
#: A triple that stands in more additions than this tells nothing.
COMMON = 400


@dataclass(frozen=True, slots=True)
class Addition:
    """A paragraph that the base does not have, alike at several outlets."""

    #: as the earliest copy prints it
    text: str = field(repr=False)
    #: words of it
    words: int
    #: index of the column, and of the paragraph there
    places: tuple[tuple[int, int], ...]
    #: in how many outlets it stands
    outlets: int


def shared_additions(
    added: Sequence[tuple[int, str, Sequence[tuple[int, str]]]],
) -> tuple[Addition, ...]:
    """The additions of at least two outlets; *added* is, for each column, its number, outlet and own paragraphs."""
    where: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    shown: dict[tuple[str, ...], str] = {}
    outlet_of = {column: outlet for column, outlet, _ in added}
    for column, _, own in added:
        for place, text in own:
            folded = words(text).folded
            if len(folded) >= ADDITION_MIN:
                where[folded].append((column, place))
                shown.setdefault(folded, text.strip())
    distinct = list(where)
    found = []
    for group in _alike_groups(distinct):
        places = sorted(place for number in group for place in where[distinct[number]])
        outlets = len({outlet_of[column] for column, _ in places})
        if outlets > 1:
            first = next(number for number in group if places[0] in where[distinct[number]])
            text = shown[distinct[first]]
            found.append(Addition(text, len(distinct[first]), tuple(places), outlets))
    return tuple(sorted(found, key=lambda one: (-one.outlets, one.places[0])))


def _alike_groups(distinct: Sequence[tuple[str, ...]]) -> Iterable[list[int]]:
    """Numbers of texts that are one, each group in order."""
    triples = [frozenset(zip(text, text[1:], text[2:], strict=False)) for text in distinct]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, own in enumerate(triples):
        for triple in own:
            holders[triple].append(number)
    leader = list(range(len(distinct)))

    def lead(number: int) -> int:
        while leader[number] != number:
            leader[number] = number = leader[leader[number]]
        return number

    for number, own in enumerate(triples):
        shared: dict[int, int] = defaultdict(int)
        for triple in own:
            if len(holders[triple]) <= COMMON:
                for other in holders[triple]:
                    if other < number:
                        shared[other] += 1
        for other, count in shared.items():
            if count >= ALIKE * min(len(own), len(triples[other])):
                leader[lead(number)] = lead(other)
    groups: dict[int, list[int]] = defaultdict(list)
    for number in range(len(distinct)):
        groups[lead(number)].append(number)
    return groups.values()
