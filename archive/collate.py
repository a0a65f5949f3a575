"""One text against all of its copies: who kept what, what several of them changed or added, who likely had it from whom.

`collate` lays every copy beside the base, paragraph by paragraph; `archive.collate_places` reads from that which words
of the base were changed by how many outlets, `archive.collate_descent` which copy likely came from which. After the
habits of textual scholars (a base text, places, readings, shared errors), for news: some 150 witnesses of 1,000 words.

A copy in another language is never compared by words: its cells come from what matching found to correspond.
Pure; knows nothing of pages, archives or Datasette.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from archive.collate_additions import Addition, shared_additions
from archive.collate_pairs import Laid, Pairing
from archive.diff_align import Run, count_words, paragraphs
from archive.types import SentenceLink

__all__ = ["LABEL", "Addition", "Base", "Cell", "Collation", "Column", "Copy", "Fate", "collate"]

#: Names this way of collating, for whoever cites what it found.
LABEL = "collate 1"

Fate = Literal["kept", "edited", "dropped", "moved", "translated"]

#: A paragraph of the base counts as translated when this much of its characters has a counterpart. Links run from
#: sentence to sentence, so that a paragraph of three with one of them translated has about a third.
TRANSLATED = 0.25


@dataclass(frozen=True, slots=True)
class Copy:
    """A text that may hold words of the base."""

    #: how the caller names it; everything said about it names it so
    key: str
    #: several copies of one outlet count as one voice
    outlet: str
    text: str = field(repr=False)
    #: when it was published, or else first seen, in UTC; None if neither is known
    since: datetime | None = None
    #: whose word `since` is: the page's own date, or our first sight of it (it may be older)
    dated: Literal["published", "seen"] = "seen"
    #: `since` names a day and no hour
    day_only: bool = False
    #: of a text in another language: what corresponds, in code points of base ("story") and copy ("page").
    #: None: the same language, compared by words
    links: tuple[SentenceLink, ...] | None = None
    #: what is known of where it comes from beside its words ("credits The Estuary"), as sentences for people
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Base:
    """The text that the others are held against."""

    text: str = field(repr=False)
    #: None if it is a reference text whose time is not known; then it is taken for the first
    since: datetime | None = None
    dated: Literal["published", "seen"] = "seen"
    day_only: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of one paragraph of the base in one copy."""

    fate: Fate
    #: share of the paragraph's words that stand there unchanged; of a translation, of its characters with a counterpart
    kept: float
    words_added: int = 0
    words_removed: int = 0
    #: where it stands: indices of paragraphs of the copy
    places: tuple[int, ...] = ()
    #: its words beside those of the base; empty if it was dropped or translated
    runs: tuple[Run, ...] = field(default=(), repr=False)

    @property
    def edited(self) -> bool:
        """Words differ, wherever it stands now."""
        return any(run.op != "equal" for run in self.runs)


@dataclass(frozen=True, slots=True)
class Column:
    """One copy against the base."""

    copy: Copy
    #: one for each paragraph of the base
    cells: tuple[Cell, ...]
    #: share of the base's words (translations: characters) that stand in the copy
    kept: float
    #: share of the copy's words (translations: characters) that the base does not have
    own: float
    #: paragraphs of the copy without a counterpart in the base, by index; none for a translation, where silence of the
    #: matcher is no proof
    added: tuple[tuple[int, str], ...] = field(default=(), repr=False)

    @property
    def translated(self) -> bool:
        return self.copy.links is not None


@dataclass(frozen=True, slots=True)
class Collation:
    """A base and its copies."""

    base: Base
    #: as they stand, each with the line break after it
    paragraphs: tuple[str, ...] = field(repr=False)
    #: in order of time; copies of unknown time last
    columns: tuple[Column, ...]
    #: paragraphs that at least two outlets added alike, most outlets first
    additions: tuple[Addition, ...]


def collate(base: Base, copies: Iterable[Copy]) -> Collation:
    """Lay every one of *copies* beside *base*."""
    ordered = sorted(copies, key=lambda copy: (copy.since.timestamp() if copy.since else math.inf, copy.key))
    pairing = Pairing(base.text)
    laid = pairing.lay([copy.text for copy in ordered if copy.links is None])
    columns = []
    for copy in ordered:
        if copy.links is None:
            columns.append(_column(copy, laid[copy.text], pairing))
        else:
            columns.append(_translation(copy, copy.links, base.text))
    added = [(place, column.copy.outlet, column.added) for place, column in enumerate(columns)]
    return Collation(base, pairing.paragraphs, tuple(columns), shared_additions(added))


def _column(copy: Copy, laid: Laid, pairing: Pairing) -> Column:
    cells = []
    for index, words in enumerate(pairing.word_counts):
        found = laid.found.get(index)
        if found is None:
            cells.append(Cell("dropped", 0.0, words_removed=words))
            continue
        added = removed = 0
        edited = False
        for run in found.runs:
            if run.op != "equal":
                edited = True
                added += count_words(run.new)
                removed += count_words(run.old)
        kept = (words - removed) / words if words else 1.0
        fate: Fate = "moved" if found.moved else "edited" if edited else "kept"
        cells.append(Cell(fate, kept, added, removed, found.places, found.runs))
    base_words = sum(pairing.word_counts)
    kept_words = base_words - sum(cell.words_removed for cell in cells)
    return Column(
        copy,
        tuple(cells),
        kept=kept_words / base_words if base_words else 0.0,
        own=max(0.0, 1 - kept_words / laid.words) if laid.words else 0.0,
        added=laid.added,
    )


def _translation(copy: Copy, links: Sequence[SentenceLink], base: str) -> Column:
    cells = []
    at = covered = 0
    copy_starts = _starts(paragraphs(copy.text))
    for paragraph in paragraphs(base):
        start, end = at, at + len(paragraph.rstrip())
        at += len(paragraph)
        inside = [link for link in links if link.story_start < end and link.story_end > start]
        share = _covered(((link.story_start, link.story_end) for link in inside), start, end)
        covered += share
        kept = share / (end - start) if end > start else 0.0
        if kept < TRANSLATED:
            cells.append(Cell("dropped", kept))
            continue
        places = {_paragraph_at(copy_starts, link.page_start) for link in inside}
        cells.append(Cell("translated", kept, places=tuple(sorted(places))))
    spans = ((link.page_start, link.page_end) for link in links)
    return Column(
        copy,
        tuple(cells),
        kept=min(1.0, covered / max(1, len(base.strip()))),
        own=max(0.0, 1 - _covered(spans, 0, len(copy.text)) / max(1, len(copy.text.strip()))),
    )


def _covered(spans: Iterable[tuple[int, int]], start: int, end: int) -> int:
    """How many code points from *start* to *end* lie in any of *spans*."""
    total = 0
    reached = start
    for first, last in sorted(spans):
        total += max(0, min(last, end) - max(first, reached))
        reached = max(reached, min(last, end))
    return total


def _starts(pieces: Sequence[str]) -> list[int]:
    starts, at = [], 0
    for piece in pieces:
        starts.append(at)
        at += len(piece)
    return starts


def _paragraph_at(starts: Sequence[int], place: int) -> int:
    return max(0, sum(start <= place for start in starts) - 1)
