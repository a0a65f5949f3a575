"""Two paragraphs compared word by word, and the marks made readable.

The shortest edit script comes from rapidfuzz; marks that only a few plain words keep apart are joined, and an
insertion starts where a sentence starts if it can be read either way. Figures and names that stayed are never
inside a mark. Comparing backwards marks the same words: whatever must break a tie does so in an order that both
directions share.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Literal, NamedTuple

import regex
from rapidfuzz.distance import Indel

from archive.diff_tokens import Letters, Words, cut, encode, is_word

Op = Literal["equal", "replaced", "removed", "added"]

#: rapidfuzz keeps a matrix of bits: 20,000 by 20,000 words take 0.4 s and 50 MB. Beyond, words that stand once on
#: both sides in the same surroundings anchor first, and a gap that is still too long counts as replaced.
WORD_CELLS = 20_000 * 20_000
#: So many items in a row, found once on each side, are an anchor in what is too long to be compared whole.
ANCHOR = 6
#: An equality of this many words between two changes is read over, unless it holds a figure or a name.
ABSORBED_WORDS = 4
#: The note of a comparison that left a passage uncompared.
PASSAGE_TOO_LONG = "a passage too long to be compared word by word is shown as replaced"

_ANCHORED = regex.compile(r"\p{N}|^\p{Lu}\p{L}")
_SENTENCE_END = regex.compile(r"[.!?…。！？:]$")


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that share their fate. Equal runs may differ in typography."""

    op: Op
    old: str
    new: str


class Span(NamedTuple):
    """Items `i1` to `i2` of the old side beside items `j1` to `j2` of the new one."""

    equal: bool
    i1: int
    i2: int
    j1: int
    j2: int


def text_runs(old: str, new: str) -> tuple[Run, ...]:
    """Compare two texts word by word."""
    one, other = cut(old), cut(new)
    return runs(one, other, word_spans(one, other, set()))


def runs(old: Words, new: Words, spans: Iterable[Span]) -> tuple[Run, ...]:
    """The words of each span."""
    found = []
    for equal, i1, i2, j1, j2 in spans:
        before, after = "".join(old.texts[i1:i2]), "".join(new.texts[j1:j2])
        op: Op = "equal" if equal else "replaced" if before and after else "removed" if before else "added"
        found.append(Run(op, before, after))
    return tuple(found)


def word_spans(old: Words, new: Words, notes: set[str]) -> list[Span]:
    """Equal and changed spans of two lists of words in turn; *notes* takes what was not compared."""
    one, other = old.keys, new.keys
    if not one and not other:
        return []
    if one == other:
        return [Span(True, 0, len(one), 0, len(other))]
    codes = old.code, new.code
    if not all(codes):
        letters = Letters((*one, *other))
        codes = encode(one, letters), encode(other, letters)
    if one <= other:
        spans = opcodes(*codes, notes)
    else:
        flipped = opcodes(codes[1], codes[0], notes)
        spans = [Span(equal, j1, j2, i1, i2) for equal, i1, i2, j1, j2 in flipped]
    return _slide(_absorb(spans, one, other), one, other)


# --- the shortest edit script -------------------------------------------------------------------------


def opcodes(old: str, new: str, notes: set[str], *, anchor: int = ANCHOR) -> list[Span]:
    """The shortest edit script between two encoded sequences, equal and changed spans in turn.

    In sequences too long for it, *anchor* items found once on each side in a row hold the two together.
    """
    if len(old) * len(new) <= WORD_CELLS:
        return _joined(_shortest(old, new, 0, 0))
    spans: list[Span] = []
    for equal, i1, i2, j1, j2 in _anchored(old, new, anchor):
        if equal:
            spans.append(Span(True, i1, i2, j1, j2))
        elif (i2 - i1) * (j2 - j1) <= WORD_CELLS:
            spans += _shortest(old[i1:i2], new[j1:j2], i1, j1)
        else:
            notes.add(PASSAGE_TOO_LONG)
            spans.append(Span(False, i1, i2, j1, j2))
    return _joined(spans)


def _shortest(old: str, new: str, i: int, j: int) -> Iterator[Span]:
    for code in Indel.opcodes(old, new):
        yield Span(code.tag == "equal", i + code.src_start, i + code.src_end, j + code.dest_start, j + code.dest_end)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Neighbours of one kind as one span."""
    found: list[Span] = []
    for span in spans:
        if found and span.equal == found[-1].equal:
            found[-1] = Span(span.equal, found[-1].i1, span.i2, found[-1].j1, span.j2)
        else:
            found.append(span)
    return found


def _anchored(old: str, new: str, anchor: int) -> Iterator[Span]:
    """Common head and tail, and between them whatever stands once on both sides, in order; and the gaps."""
    head = _common(old, new)
    tail = _common(old[:head:-1], new[:head:-1]) if head < min(len(old), len(new)) else 0
    ends = len(old) - tail, len(new) - tail
    i = j = 0
    for at_old, at_new, length in [(0, 0, head), *_anchors(old, new, head, ends, anchor), (*ends, tail)]:
        by = max(0, i - at_old, j - at_new)  # anchors that overlap go on where the last one ended
        if by >= length:
            continue
        if at_old + by > i or at_new + by > j:
            yield Span(False, i, at_old + by, j, at_new + by)
        yield Span(True, at_old + by, at_old + length, at_new + by, at_new + length)
        i, j = at_old + length, at_new + length
    if i < len(old) or j < len(new):
        yield Span(False, i, len(old), j, len(new))


def _common(old: str, new: str) -> int:
    """The length of the common head."""
    shorter = min(len(old), len(new))
    if old[:shorter] == new[:shorter]:
        return shorter
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _anchors(old: str, new: str, start: int, ends: tuple[int, int], length: int) -> list[tuple[int, int, int]]:
    """(old place, new place, length) of pieces found once on each side, the longest row of them that keeps order."""
    places_old = _once(old, range(start, ends[0] - length + 1), length)
    places_new = _once(new, range(start, ends[1] - length + 1), length)
    pairs = sorted((place, places_new[piece]) for piece, place in places_old.items() if piece in places_new)
    tops: list[int] = []  # smallest new place that ends a row of each length
    last: list[int] = []
    before: list[int | None] = []
    for number, (_, j) in enumerate(pairs):
        rank = bisect_left(tops, j)
        before.append(last[rank - 1] if rank else None)
        if rank == len(tops):
            tops.append(j)
            last.append(number)
        else:
            tops[rank], last[rank] = j, number
    row = []
    at = last[-1] if last else None
    while at is not None:
        row.append((*pairs[at], length))
        at = before[at]
    return row[::-1]


def _once(side: str, places: range, length: int) -> dict[str, int]:
    counts = Counter(side[place : place + length] for place in places)
    return {piece: place for place in places if counts[piece := side[place : place + length]] == 1}


# --- marks that read well -----------------------------------------------------------------------------


def _absorb(spans: list[Span], old: Sequence[str], new: Sequence[str]) -> list[Span]:
    """Join changes that only a few plain words keep apart: "killing of the men" is read as one, not as three."""

    def weight(span: Span) -> int:
        return max(sum(map(len, old[span.i1 : span.i2])), sum(map(len, new[span.j1 : span.j2])))

    while True:
        kept: list[Span] = []
        place = 0
        while place < len(spans):
            span = spans[place]
            if (
                span.equal
                and kept
                and place + 1 < len(spans)
                and span.i2 - span.i1 <= ABSORBED_WORDS
                and not any(map(_is_anchored, old[span.i1 : span.i2]))
                and (own := weight(span)) <= weight(kept[-1])
                and own <= weight(spans[place + 1])
            ):
                kept[-1] = Span(False, kept[-1].i1, spans[place + 1].i2, kept[-1].j1, spans[place + 1].j2)
                place += 2
            else:
                kept.append(span)
                place += 1
        if len(kept) == len(spans):
            return kept
        spans = kept


@lru_cache(maxsize=2**14)
def _is_anchored(key: str) -> bool:
    return _ANCHORED.search(key) is not None


def _slide(spans: list[Span], old: Sequence[str], new: Sequence[str]) -> list[Span]:
    """Let an insertion or removal start where a sentence starts, if it can be read either way."""
    for place in range(1, len(spans) - 1):
        before, span, after = spans[place - 1 : place + 2]
        if span.equal or (span.i1 != span.i2 and span.j1 != span.j2):
            continue
        keys, start, stop = (new, span.j1, span.j2) if span.i1 == span.i2 else (old, span.i1, span.i2)
        # An equality between two changes keeps a word, or the two would touch.
        room_left = before.i2 - before.i1 - (place > 1)
        room_right = after.i2 - after.i1 - (place < len(spans) - 2)
        left = 0
        while left < room_left and keys[start - left - 1] == keys[stop - left - 1]:
            left += 1
        right = 0
        while right < room_right and keys[start + right] == keys[stop + right]:
            right += 1
        if not left and not right:
            continue
        shift = max(
            range(-left, right + 1),
            key=lambda by: (_starts_well(keys, start + by), -abs(by), by),
        )
        if not shift:
            continue
        spans[place - 1] = Span(True, before.i1, before.i2 + shift, before.j1, before.j2 + shift)
        spans[place] = Span(False, span.i1 + shift, span.i2 + shift, span.j1 + shift, span.j2 + shift)
        spans[place + 1] = Span(True, after.i1 + shift, after.i2, after.j1 + shift, after.j2)
    return [span for span in spans if span.i1 != span.i2 or span.j1 != span.j2]


def _starts_well(keys: Sequence[str], place: int) -> int:
    if place == 0 or _SENTENCE_END.search(keys[place - 1]):
        return 2
    return 1 if not is_word(keys[place - 1]) else 0
