"""A change laid out for a page: which paragraphs to show, where the permalinks go, how two languages stand side by side.

Pure; no Datasette, no SQL. What outlets wrote stays text: the templates escape it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.diff import Change, Row, Run
from archive.diff_align import tokenise, word_runs

#: Unchanged paragraphs kept around a change when only changes are shown.
CONTEXT = 1
#: From this many paragraphs on, only changes are shown unless the reader asks for all.
LONG = 300


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the diff to show, or a stretch of unchanged ones left out."""

    row: Row | None
    #: number of the change from 1, for its permalink; 0 if nothing changed in the row
    change: int = 0
    #: of a moved paragraph: the number of the change at its other place
    partner: int = 0
    hidden: int = 0
    #: the paragraph goes on in the next row (it was split or joined)
    goes_on: bool = False


def items(rows: Sequence[Row], *, only_changes: bool) -> list[Item]:
    """The rows in the order of reading, each change numbered."""
    numbers: dict[int, int] = {}
    for place, row in enumerate(rows):
        if row.kind != "equal":
            numbers[place] = len(numbers) + 1
    shown = {place + by for place in numbers for by in range(-CONTEXT, CONTEXT + 1)}
    laid: list[Item] = []
    hidden = 0
    for place, row in enumerate(rows):
        if only_changes and place not in shown:
            hidden += 1
            continue
        if hidden:
            laid.append(Item(None, hidden=hidden))
            hidden = 0
        partner = 0 if row.partner is None else numbers[row.partner]
        laid.append(Item(row, numbers.get(place, 0), partner, goes_on=_goes_on(rows, place)))
    if hidden:
        laid.append(Item(None, hidden=hidden))
    return laid


def _goes_on(rows: Sequence[Row], place: int) -> bool:
    if place + 1 >= len(rows) or rows[place].kind != "edited" or rows[place + 1].kind != "edited":
        return False
    return rows[place].old == rows[place + 1].old or rows[place].new == rows[place + 1].new


def headlines(rows: Sequence[Row]) -> Iterator[tuple[int, str, str]]:
    """Each change as number, kind and a few words, for the list of changes."""
    number = 0
    for row in rows:
        if row.kind == "equal":
            continue
        number += 1
        yield number, "split or joined" if row.broken else row.kind, _glimpse(row)


def _glimpse(row: Row, room: int = 60) -> str:
    changed = next((run for run in row.runs if run.op != "equal"), None)
    if row.kind != "edited" or changed is None:
        text = row.new_text or row.old_text
    elif changed.op == "replaced":
        text = f"{_short(changed.old, room // 2)} → {_short(changed.new, room // 2)}"
    else:
        text = changed.new or changed.old
    return _short(text, room + 5)


def _short(text: str, room: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= room else f"{text[:room].rstrip()}…"


def field_runs(change: Change) -> list[tuple[str, tuple[Run, ...]]]:
    """Each changed field with its words compared."""
    return [(name, word_runs(tokenise(old or ""), tokenise(new or ""))) for name, (old, new) in change.fields.items()]


# --- two languages ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """A span of the old text and the span of the new one that says the same."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    likeness: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Words side by side; None where the other text has nothing that corresponds."""

    old: str | None
    new: str | None
    likeness: float | None = None


def through_story(old: Iterable[Link], new: Iterable[Link]) -> list[Link]:
    """Links between two pages, from the links of a story text (old side) to each of them (new side).

    Two spans correspond if they quote the same part of the story: that which overlaps most is taken.
    """
    there = list(new)
    links = []
    for link in old:
        best = max(there, key=lambda other: _overlap(link, other), default=None)
        if best is not None and _overlap(link, best) > 0:
            likeness = min(link.likeness, best.likeness)
            links.append(Link(link.new_start, link.new_end, best.new_start, best.new_end, likeness))
    return links


def _overlap(one: Link, other: Link) -> int:
    return min(one.old_end, other.old_end) - max(one.old_start, other.old_start)


def pairs(old: str, new: str, links: Iterable[Link]) -> list[Pair]:
    """Both texts whole, in the order of the new one, what corresponds side by side."""
    laid: list[Pair] = []
    at_old = at_new = 0
    for link in sorted(links, key=lambda link: (link.new_start, link.old_start)):
        if link.new_start < at_new:
            continue  # these words of the new text stand there already
        laid += _alone(new[at_new : link.new_start], new_side=True)
        if link.old_start >= at_old:
            laid += _alone(old[at_old : link.old_start], new_side=False)
            at_old = link.old_end
        laid.append(Pair(old[link.old_start : link.old_end], new[link.new_start : link.new_end], link.likeness))
        at_new = link.new_end
    laid += _alone(new[at_new:], new_side=True)
    laid += _alone(old[at_old:], new_side=False)
    return laid


def _alone(text: str, *, new_side: bool) -> list[Pair]:
    return [
        Pair(None, line) if new_side else Pair(line, None)
        for line in text.split("\n")
        if any(letter.isalnum() for letter in line)
    ]
