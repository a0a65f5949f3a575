"""Which copy likely came from which: a small tree in which every edge says why it is there.

Theory of operation. What a copy changed it hands down to whoever copies it. So B likely comes from A if B shares
what only A (or few) changed, has nothing of the base that A had lost, and is not older. Copies that share changes
but each keep something of the base that the other lost come from a common source that is not in the archive.
All that share nothing with each other stand directly under the base.

Known limits. The numbers are judgement, not fitted (see `archive.collate_evidence`). A copy made from two sources is
given one parent. First sights bound a time from above only: "first seen" is said, never "dated", where the page does
not state its date. Between languages nothing is inferred from words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from archive.collate_evidence import Evidence, Feature, Features
from archive.diff import percent
from archive.diff_align import count_words

if TYPE_CHECKING:
    from archive.collate import Base, Collation, Column, Copy

#: So much evidence makes an edge between copies: two reworded phrases, a slip, or an added paragraph.
ENOUGH = 2.0
#: Evidence against a parent (words of the base that it had lost) weighs so many times what speaks for it.
AGAINST = 3.0
#: A copy with fewer words of the base is not placed.
WORDS_MIN = 25
#: So many readings of an edge are told; the rest are counted.
TOLD = 4


@dataclass(frozen=True, slots=True)
class Node:
    """A text in the tree, with the edge that leads to it."""

    kind: Literal["base", "copy", "lost"]
    #: index of the column; None for the base, and for a source that is not in the archive
    column: int | None
    #: why it hangs where it hangs; empty for the base only
    evidence: tuple[Evidence, ...] = ()
    children: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Descent:
    """The tree, and the copies of which nothing can be said."""

    root: Node
    #: index of the column, and why it has no place
    unplaced: tuple[tuple[int, str], ...] = field(default=())


def descent(collation: Collation) -> Descent:
    """The likely tree of the copies of *collation*."""
    columns = collation.columns
    sizes = [count_words(paragraph) for paragraph in collation.paragraphs]
    placed, unplaced = [], []
    for number, column in enumerate(columns):
        if why := _why_unplaced(collation.base, column, sizes):
            unplaced.append((number, why))
        else:
            placed.append(number)
    by_words = [number for number in placed if not columns[number].translated]
    features = Features(collation, frozenset(by_words))
    parents = _parents(features, columns, by_words)
    lost = _lost_sources(features, [number for number in by_words if number not in parents])
    return Descent(_tree(collation, placed, parents, lost, features), tuple(unplaced))


def _why_unplaced(base: Base, column: Column, sizes: Sequence[int]) -> str:
    copy = column.copy
    if base.since is not None and _order(copy, base) == "before":
        return f"it is older than the base ({_earlier(copy, base)}), so it does not come from it"
    kept = sum(size * cell.kept for size, cell in zip(sizes, column.cells, strict=True))
    if kept < WORDS_MIN and column.kept < 0.5:
        return f"it has too little of the base to tell ({percent(column.kept)})"
    return ""


# --- time --------------------------------------------------------------------------------------------


def _order(one: Copy | Base, other: Copy | Base) -> Literal["before", "after", "unknown"]:
    """Whether *one* is surely older than *other*. A first sight says only that a page is not younger."""
    if one.since is None or other.since is None:
        return "unknown"
    if _surely_before(one, other):
        return "before"
    return "after" if _surely_before(other, one) else "unknown"


def _surely_before(one: Copy | Base, other: Copy | Base) -> bool:
    assert one.since is not None
    assert other.since is not None
    if other.dated != "published":
        return False
    latest = one.since + (timedelta(days=1) if one.day_only else timedelta())
    return latest <= other.since if one.day_only else latest < other.since


def _maybe_before(one: Copy | Base, other: Copy | Base) -> bool:
    """Whether what we know of both times speaks for *one*."""
    if one.since is None or other.since is None or _surely_before(other, one):
        return False
    if one.day_only or other.day_only:
        return one.since.date() < other.since.date()
    return one.since < other.since


def _earlier(one: Copy | Base, other: Copy | Base) -> str:
    assert one.since is not None
    assert other.since is not None
    seconds = (other.since - one.since).total_seconds()
    size, unit = next(
        (size, unit)
        for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (0, "moment"))
        if seconds >= size
    )
    count = int(seconds // size) if size else 1
    words = f"{count} {unit}{'' if count == 1 else 's'} earlier"
    if one.dated == other.dated == "published":
        return f"dated {words}"
    if one.dated == other.dated == "seen":
        return f"first seen {words}"
    if one.dated == "published":
        return f"dated {words} than the other was first seen"
    return f"first seen {words} than the other is dated"


# --- edges -------------------------------------------------------------------------------------------


def _parents(features: Features, columns: Sequence[Column], numbers: Sequence[int]) -> dict[int, int]:
    """For each copy the other copy that it likely comes from, if there is one."""
    support: dict[tuple[int, int], float] = defaultdict(float)
    for feature in features.shared:
        members = sorted(feature.columns)
        # What is shared by a crowd is halved in weight and would cost a pair for each two of it: it names no parent.
        if len(members) > 40:
            continue
        for one in members:
            for other in members:
                if one != other:
                    support[one, other] += feature.weight
    candidates: dict[int, list[tuple[float, float, int]]] = defaultdict(list)
    for (parent, child), weight in support.items():
        if weight < ENOUGH or not _may_descend(columns[parent].copy, columns[child].copy):
            continue
        against = features.against(parent, child)
        if AGAINST * against > weight:
            continue
        directed = features.more(parent, child) or _maybe_before(columns[parent].copy, columns[child].copy)
        if directed:
            since = columns[parent].copy.since
            candidates[child].append((weight - against, since.timestamp() if since else 0.0, parent))
    parents: dict[int, int] = {}
    for child in numbers:
        for _, _, parent in sorted(candidates[child], reverse=True):
            if not _leads_to(parents, parent, child):
                parents[child] = parent
                break
    return parents


def _may_descend(parent: Copy, child: Copy) -> bool:
    return parent.outlet != child.outlet and _order(parent, child) != "after"


def _leads_to(parents: dict[int, int], start: int, end: int) -> bool:
    at: int | None = start
    while at is not None:
        if at == end:
            return True
        at = parents.get(at)
    return False


def _lost_sources(features: Features, orphans: Sequence[int]) -> list[tuple[int, ...]]:
    """Groups of copies without a parent that all share enough: they have it from a text that we do not have."""
    ranked = sorted(
        (-sum(feature.weight for feature in features.common(pair)), pair)
        for pair in _pairs_sharing(features, set(orphans))
    )
    group_of: dict[int, list[int]] = {}
    for weight, (one, other) in ranked:
        if -weight < ENOUGH:
            break
        left, right = group_of.get(one, [one]), group_of.get(other, [other])
        if left is right:
            continue
        joined = sorted({*left, *right})
        if sum(feature.weight for feature in features.common(joined)) >= ENOUGH:
            for number in joined:
                group_of[number] = joined
    groups = {tuple(group) for group in group_of.values()}
    return sorted(group for group in groups if features.outlets(group) > 1)


def _pairs_sharing(features: Features, numbers: set[int]) -> set[tuple[int, int]]:
    pairs = set()
    for feature in features.shared:
        members = sorted(feature.columns & numbers)
        # A chain of neighbours joins a crowd as well as every pair of it.
        partners = members if len(members) <= 20 else []
        pairs |= {(one, other) for one in partners for other in partners if one < other}
        pairs |= set(pairwise(members))
    return pairs


def _tree(
    collation: Collation,
    placed: Sequence[int],
    parents: dict[int, int],
    lost: Sequence[tuple[int, ...]],
    features: Features,
) -> Node:
    children: dict[int, list[int]] = defaultdict(list)
    for child, parent in parents.items():
        children[parent].append(child)
    grouped = {number for group in lost for number in group}

    def node(number: int, evidence: tuple[Evidence, ...]) -> Node:
        below = tuple(node(child, _copied(collation, features, number, child)) for child in sorted(children[number]))
        return Node("copy", number, evidence, below)

    under_base = [
        node(number, _from_base(collation, number, features))
        for number in placed
        if number not in parents and number not in grouped
    ]
    for group in lost:
        told = [
            Evidence(
                "common",
                f"{_names(collation, group)} share what the base does not have, and none of them has all of another's",
            ),
            *_told(features.common(group), "they "),
        ]
        below = tuple(node(number, _from_lost(collation, group, number, features)) for number in group)
        under_base.append(Node("lost", None, tuple(told), below))
    under_base.sort(key=_first_column)
    return Node("base", None, (), tuple(under_base))


def _first_column(node: Node) -> int:
    own = [node.column] if node.column is not None else []
    return min(own + [_first_column(child) for child in node.children])


def _copied(collation: Collation, features: Features, parent: int, child: int) -> tuple[Evidence, ...]:
    one, other = collation.columns[parent].copy, collation.columns[child].copy
    evidence = _told(features.common((parent, child)), "both ")
    if _maybe_before(one, other):
        evidence.append(Evidence("time", f"{one.outlet} is {_earlier(one, other)}"))
    if features.more(parent, child):
        evidence.append(Evidence("kept", f"{other.outlet} has all that {one.outlet} changed, and changes of its own"))
    if not features.against(parent, child):
        evidence.append(Evidence("kept", f"it has nothing of the base that {one.outlet} had lost"))
    return (*evidence, *(Evidence("note", note) for note in other.notes))


def _told(features: Sequence[Feature], who: str) -> list[Evidence]:
    told = [Evidence(feature.kind, who + feature.words + _rareness(feature)) for feature in features[:TOLD]]
    if len(features) > TOLD:
        told.append(Evidence("reading", f"{len(features) - TOLD} more readings or paragraphs are shared"))
    return told


def _rareness(feature: Feature) -> str:
    others = len(feature.columns) - 2
    return (
        ", as no other copy does" if others == 0 else f"; so {'does 1 other' if others == 1 else f'do {others} others'}"
    )


def _from_base(collation: Collation, number: int, features: Features) -> tuple[Evidence, ...]:
    column = collation.columns[number]
    cells = column.cells
    if column.translated:
        count = sum(cell.fate == "translated" for cell in cells)
        told = f"{count} of {len(cells)} paragraphs have a counterpart, found by meaning; words cannot tell which copy was translated"
        evidence = [Evidence("link", told)]
    else:
        whole = sum(cell.fate in ("kept", "moved") and not cell.edited for cell in cells)
        told = f"it keeps {percent(column.kept)} of the base's words, {whole} of {len(cells)} paragraphs to the letter"
        evidence = [Evidence("kept", told)]
        if not any(len(feature.columns) > 1 for feature in features.of[number]):
            evidence.append(Evidence("kept", "it shares no change with another copy"))
    base = collation.base
    if base.since is not None and _maybe_before(base, column.copy):
        evidence.append(Evidence("time", f"the base is {_earlier(base, column.copy)}"))
    return (*evidence, *(Evidence("note", note) for note in column.copy.notes))


def _from_lost(collation: Collation, group: Sequence[int], number: int, features: Features) -> tuple[Evidence, ...]:
    own = [feature for feature in features.of[number] if len(feature.columns) == 1]
    told = (
        f"it has {'1 change' if len(own) == 1 else f'{len(own)} changes'} of its own that the others of the group lack"
    )
    common = f"it has all {len(features.common(group))} readings and paragraphs of the group"
    notes = (Evidence("note", note) for note in collation.columns[number].copy.notes)
    return (Evidence("common", common), Evidence("kept", told), *notes)


def _names(collation: Collation, group: Sequence[int]) -> str:
    names = list(dict.fromkeys(collation.columns[number].copy.outlet for number in group))
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) <= 5 else f"{len(names)} outlets"
