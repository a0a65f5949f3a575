"""A change laid out for a page: which paragraphs to show, where the permalinks go, how two languages stand side by side.

Pure; no Datasette, no SQL. What outlets wrote stays text: the templates escape it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import regex

from archive.collate_languages import Check
from archive.diff import Change, Row, Run
from archive.diff_words import text_runs
from archive.text import glimpse, sentences
from archive.types import SentenceLink

#: Unchanged paragraphs kept around a change when only changes are shown.
CONTEXT = 1
#: So many unchanged paragraphs in a row are folded, those beside a change not counted.
FOLD = 3
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
    #: names of places to link to: "p3" for the third paragraph of the old text, "q3" of the new one
    anchors: tuple[str, ...] = ()


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
    return _anchored(laid)


def _anchored(laid: Sequence[Item]) -> list[Item]:
    """Each paragraph's first row may be linked to."""
    seen: set[str] = set()
    found = []
    for item in laid:
        names = []
        if item.row is not None and item.row.old is not None:
            names.append(f"p{item.row.old + 1}")
        if item.row is not None and item.row.new is not None:
            names.append(f"q{item.row.new + 1}")
        found.append(replace(item, anchors=tuple(name for name in names if name not in seen)))
        seen.update(names)
    return found


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that are shown, or a stretch of unchanged ones folded away."""

    items: tuple[Item, ...]
    folded: bool = False


def blocks(laid: Sequence[Item]) -> list[Block]:
    """The rows with long unchanged stretches set apart. What stands beside a change stays in sight."""
    found: list[Block] = []
    shown: list[Item] = []
    quiet: list[Item] = []

    def close() -> None:
        before = CONTEXT if shown or found else 0
        if len(quiet) - before - CONTEXT >= FOLD:
            shown.extend(quiet[:before])
            if shown:
                found.append(Block(tuple(shown)))
            found.append(Block(tuple(quiet[before : len(quiet) - CONTEXT]), folded=True))
            shown[:] = quiet[len(quiet) - CONTEXT :]
        else:
            shown.extend(quiet)
        quiet.clear()

    for item in laid:
        if item.row is not None and item.row.kind == "equal":
            quiet.append(item)
        else:
            close()
            shown.append(item)
    # The end needs no context behind it.
    if (found or shown) and len(quiet) - CONTEXT >= FOLD:
        return [*found, Block((*shown, *quiet[:CONTEXT])), Block(tuple(quiet[CONTEXT:]), folded=True)]
    found.append(Block((*shown, *quiet)))
    return found


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
        text = f"{glimpse(changed.old, room // 2)} → {glimpse(changed.new, room // 2)}"
    else:
        text = changed.new or changed.old
    return glimpse(text, room + 5)


#: Characters of a hunk: words around the change, and of the change itself.
AROUND, MOST = 80, 400
_TELLING = regex.compile(r"\p{N}|[“”«»\"]")


def best_hunk(change: Change) -> tuple[Run, ...]:
    """The words of a change that tell most, with a few around them: a figure or quotation before other words.

    Of paragraphs that came or went whole the longest is taken, if no paragraph was edited; of headlines alone, theirs.
    """
    edits = [
        (row, place)
        for row in change.rows
        if row.kind in ("edited", "moved")
        for place, run in enumerate(row.runs)
        if run.op != "equal"
    ]
    if edits:
        row, place = max(edits, key=lambda edit: _telling(edit[0].runs[edit[1]]))
        return _around(row.runs, place)
    whole = [row for row in change.rows if row.kind in ("added", "removed")]
    if whole:
        row = max(whole, key=lambda one: len(one.new_text or one.old_text))
        return tuple(_cut(run, MOST) for run in row.runs[:1])
    for _, runs in field_runs(change):
        return runs[:20]
    return ()


def _telling(run: Run) -> tuple[bool, int]:
    return bool(_TELLING.search(run.old + run.new)), min(len(run.old) + len(run.new), MOST)


def _around(runs: Sequence[Run], place: int) -> tuple[Run, ...]:
    found = [_cut(runs[place], MOST)]
    if place and runs[place - 1].op == "equal":
        text = runs[place - 1].new
        before = text if len(text) <= AROUND else f"…{text[-AROUND:].partition(' ')[2] or text[-AROUND:]}"
        found.insert(0, Run("equal", before, before))
    if place + 1 < len(runs) and runs[place + 1].op == "equal":
        found.append(_cut(runs[place + 1], AROUND))
    return tuple(found)


def _cut(run: Run, room: int) -> Run:
    return Run(run.op, _short_end(run.old, room), _short_end(run.new, room))


def _short_end(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[:room].rpartition(' ')[0] or text[:room]}…"


def field_runs(change: Change) -> list[tuple[str, tuple[Run, ...]]]:
    """Each changed field with its words compared."""
    return [(name, text_runs(old or "", new or "")) for name, (old, new) in change.fields.items()]


# --- two languages ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """A span of the old text and the span of the new one that says the same."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    likeness: float

    @property
    def spans(self) -> SentenceLink:
        return SentenceLink(self.old_start, self.old_end, self.new_start, self.new_end)


@dataclass(frozen=True, slots=True)
class Pair:
    """Words side by side; None where the other text has nothing that corresponds."""

    old: str | None
    new: str | None
    likeness: float | None = None
    #: where they stand in their texts, in code points
    old_start: int | None = None
    new_start: int | None = None
    #: figures and dates of these words that the other side does not say
    doubts: tuple[Check, ...] = ()


def sentence_links(passage: Mapping[str, Any]) -> list[Link]:
    """The sentences that correspond inside a passage of the view `passages`; the passage itself if none were kept.

    A verbatim passage needs no sentences: it corresponds as a whole.
    """
    spans = json.loads(passage["links"] or "[]")
    if not spans:
        spans = [[passage[key] for key in ("story_start", "story_end", "page_start", "page_end")]]
    return [Link(span[0], span[1], span[2], span[3], passage["likeness"]) for span in spans]


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


def through_stories(old: Mapping[int, Sequence[Link]], new: Mapping[int, Sequence[Link]]) -> list[Link]:
    """Links between two pages, from their links to each story text that both have to do with."""
    return [link for text in old.keys() & new.keys() for link in through_story(old[text], new[text])]


def _overlap(one: Link, other: Link) -> int:
    return min(one.old_end, other.old_end) - max(one.old_start, other.old_start)


def pairs(old: str, new: str, links: Iterable[Link], checks: Sequence[Check] = ()) -> list[Pair]:
    """Both texts whole, in the order of the new one, what corresponds side by side, the rest sentence by sentence."""
    laid: list[Pair] = []
    at_old = at_new = 0
    for link in sorted(links, key=lambda link: (link.new_start, link.old_start)):
        if link.new_start < at_new:
            continue  # these words of the new text stand there already
        laid += _alone(new, at_new, link.new_start, new_side=True)
        if link.old_start >= at_old:
            laid += _alone(old, at_old, link.old_start, new_side=False)
            at_old = link.old_end
        laid.append(
            Pair(
                old[link.old_start : link.old_end],
                new[link.new_start : link.new_end],
                link.likeness,
                link.old_start,
                link.new_start,
            )
        )
        at_new = link.new_end
    laid += _alone(new, at_new, len(new), new_side=True)
    laid += _alone(old, at_old, len(old), new_side=False)
    doubtful = [one for one in checks if one.verdict in ("differs", "missing")]
    return [replace(pair, doubts=tuple(_doubts(pair, doubtful))) for pair in laid] if doubtful else laid


def _alone(text: str, start: int, end: int, *, new_side: bool) -> list[Pair]:
    """The sentences of a stretch without counterpart."""
    found = []
    for first, last in sentences(text[start:end]):
        words = text[start + first : start + last]
        if any(letter.isalnum() for letter in words):
            found.append(
                Pair(None, words, new_start=start + first) if new_side else Pair(words, None, old_start=start + first)
            )
    return found


def _doubts(pair: Pair, checks: Sequence[Check]) -> Iterator[Check]:
    if pair.old is None or pair.new is None or pair.old_start is None or pair.new_start is None:
        return
    for one in checks:
        if one.old is not None:
            if pair.old_start <= one.old.start < pair.old_start + len(pair.old):
                yield one
        elif one.new is not None and pair.new_start <= one.new.start < pair.new_start + len(pair.new):
            yield one


def aligned_share(text: str, spans: Iterable[tuple[int, int]]) -> float:
    """The share of the letters of *text* that lie in *spans*."""
    inside = {place for start, end in spans for place in range(start, end)}
    letters = [place for place, sign in enumerate(text) if sign.isalnum()]
    return sum(place in inside for place in letters) / len(letters) if letters else 0.0
