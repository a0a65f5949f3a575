"""Passages that two texts in one language have in common word for word, edits inside them allowed.

Seed and extend: equal runs of three words are found by their hashes and extended as far as they go; runs that
follow each other closely in both texts are chained; the best chain that overlaps no better one is a passage.

Tried and left: sentence seeds alone (they miss an excerpt inside a sentence), one alignment of the whole texts
(it loses passages that moved).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import LCSseq

from archive.match.fingerprint import counted_shingles
from archive.match.reading import Reading
from archive.types import Passage

#: Words in a seed; characters in scripts without spaces. With 5 instead of 3, passages with a change
#: in every line fall apart (plagdet .855 against .863 on labelled news pairs).
SEED = 3
SEED_UNSPACED = 6

#: A seed that occurs more often than this in one text is a phrase of the language or a repeated label.
_MOST_OCCURRENCES = 4
#: Runs considered; an article that is its own copy has one, an edited one about a run a line.
_MOST_RUNS = 600

#: Words between two runs of one passage, on either side: about a sentence.
_GAP = 20
#: By how much the two gaps may differ: beyond this, text was inserted or dropped, and the passage ends.
_GAP_DIFFERENCE = 12

#: A passage holds a run of at least this many words ...
_LEAST_RUN = 5
#: ... and at least this many equal words in all: shorter chains are stock phrases.
_LEAST_EQUAL = 8
#: ... and equal words are at least this share of the longer side.
_LEAST_DENSITY = 0.35

#: Changed words at the edge of a passage: it is widened to the sentence boundary over at most this many.
_EDGE = 6


@dataclass(frozen=True, slots=True)
class Run:
    """Equal words: *length* words from *a* in the story and from *b* in the page."""

    a: int
    b: int
    length: int


@dataclass(frozen=True, slots=True)
class WordPassage:
    """A passage in words: half-open on both sides."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int
    equal: int
    runs: tuple[Run, ...]

    @property
    def likeness(self) -> float:
        """Equal words as a share of the longer side."""
        longer = max(self.a_end - self.a_start, self.b_end - self.b_start)
        return self.equal / longer if longer else 0.0


@dataclass(frozen=True, slots=True)
class Lexical:
    """What two texts have in common word for word."""

    passages: tuple[WordPassage, ...]
    #: equal words in all passages; in scripts without spaces, characters
    equal: int
    #: the longest run of equal words
    longest_run: int
    #: the longest run that is not inside quotation marks on both sides
    longest_own_run: int
    #: equal words that are inside quotation marks on both sides
    equal_quoted: int


NOTHING = Lexical((), 0, 0, 0, 0)


def align(a: Reading, b: Reading) -> Lexical:
    """The passages that *a* (the story) and *b* (the page) share."""
    scale = a.tokens_a_word
    found = [_widened(a, b, passage) for passage in _passages(equal_runs(a, b), scale)]
    passages = tuple(_counted(a, b, passage) for passage in _merged(found, _GAP * scale))
    if not passages:
        return NOTHING
    runs = [run for passage in passages for run in passage.runs]
    quoted = [a.quoted[run.a : run.a + run.length] & b.quoted[run.b : run.b + run.length] for run in runs]
    return Lexical(
        passages,
        equal=sum(passage.equal for passage in passages),
        longest_run=max(run.length for run in runs),
        longest_own_run=max(_longest_false(flags) for flags in quoted),
        equal_quoted=int(sum(flags.sum() for flags in quoted)),
    )


def equal_runs(a: Reading, b: Reading) -> list[Run]:
    """The maximal runs of equal words, longest first."""
    size = SEED_UNSPACED if a.unspaced else SEED
    hashes_a, places_a = counted_shingles(a, size)
    hashes_b, places_b = counted_shingles(b, size)
    if not len(hashes_a) or not len(hashes_b):
        return []
    order = np.argsort(hashes_a, kind="stable")
    ascending = hashes_a[order]
    first = np.searchsorted(ascending, hashes_b, side="left")
    count = np.searchsorted(ascending, hashes_b, side="right") - first
    _, inverse, times = np.unique(hashes_b, return_inverse=True, return_counts=True)
    usable = np.flatnonzero((count > 0) & (count <= _MOST_OCCURRENCES) & (times[inverse] <= _MOST_OCCURRENCES))
    if not len(usable):
        return []
    repeats = count[usable]
    b_index = np.repeat(usable, repeats)
    within = np.arange(len(b_index)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    starts_a = places_a[order[np.repeat(first[usable], repeats) + within]]
    starts_b = places_b[b_index]
    diagonal = starts_b - starts_a
    by_diagonal = np.lexsort((starts_b, diagonal))
    diagonal, starts_a, starts_b = diagonal[by_diagonal], starts_a[by_diagonal], starts_b[by_diagonal]
    breaks = np.flatnonzero((np.diff(diagonal) != 0) | (np.diff(starts_b) != 1)) + 1
    heads = np.concatenate(([0], breaks))
    tails = np.concatenate((breaks, [len(diagonal)]))
    runs = [
        Run(int(starts_a[head]), int(starts_b[head]), int(tail - head) + size - 1)
        for head, tail in zip(heads, tails, strict=True)
    ]
    runs.sort(key=lambda run: (-run.length, run.b, run.a))
    return runs[:_MOST_RUNS]


def _passages(runs: list[Run], scale: int) -> list[WordPassage]:
    """Chains of *runs*, best first, none overlapping a better one on either side."""
    passages: list[WordPassage] = []
    left = runs
    while left:
        chain = _best_chain(left, scale)
        equal = sum(run.length for run in chain)
        if equal < _LEAST_EQUAL * scale:
            break
        passage = WordPassage(
            chain[0].a, chain[-1].a + chain[-1].length, chain[0].b, chain[-1].b + chain[-1].length, equal, tuple(chain)
        )
        if max(run.length for run in chain) >= _LEAST_RUN * scale and passage.likeness >= _LEAST_DENSITY:
            passages.append(passage)
            left = [part for run in left for part in _outside(run, passage)]
        else:
            in_chain = set(chain)
            left = [run for run in left if run not in in_chain]
    return passages


def _outside(run: Run, passage: WordPassage) -> list[Run]:
    """The parts of *run* that touch *passage* on neither side."""
    left = max(0, min(passage.a_start - run.a, passage.b_start - run.b))
    right = max(0, min(run.a + run.length - passage.a_end, run.b + run.length - passage.b_end))
    if run.a + run.length <= passage.a_start or run.a >= passage.a_end:
        # Apart in the story: only the page side can overlap.
        left, right = max(0, passage.b_start - run.b), max(0, run.b + run.length - passage.b_end)
    elif run.b + run.length <= passage.b_start or run.b >= passage.b_end:
        left, right = max(0, passage.a_start - run.a), max(0, run.a + run.length - passage.a_end)
    if left >= run.length or right >= run.length:
        return [run]
    parts = []
    if left >= SEED:
        parts.append(Run(run.a, run.b, left))
    if right >= SEED:
        parts.append(Run(run.a + run.length - right, run.b + run.length - right, right))
    return parts


def _best_chain(runs: list[Run], scale: int) -> list[Run]:
    """The chain with the most equal words, each run following the one before it closely in both texts."""
    gap_most, difference_most = _GAP * scale, _GAP_DIFFERENCE * scale
    ordered = sorted(runs, key=lambda run: (run.b, run.a))
    longest = max(run.length for run in runs)
    totals: list[int] = []
    before: list[int] = []
    trimmed: list[Run] = []
    for index, run in enumerate(ordered):
        best, link, kept = run.length, -1, run
        for earlier in range(index - 1, -1, -1):
            previous = trimmed[earlier]
            if run.b - previous.b > longest + gap_most:
                break
            overlap = max(0, previous.a + previous.length - run.a, previous.b + previous.length - run.b)
            if overlap >= run.length or run.a <= previous.a:
                continue
            gap_a = run.a + overlap - previous.a - previous.length
            gap_b = run.b + overlap - previous.b - previous.length
            if gap_a > gap_most or gap_b > gap_most or abs(gap_a - gap_b) > difference_most:
                continue
            total = totals[earlier] + run.length - overlap
            if total > best:
                best, link = total, earlier
                kept = Run(run.a + overlap, run.b + overlap, run.length - overlap)
        totals.append(best)
        before.append(link)
        trimmed.append(kept)
    at = max(range(len(ordered)), key=totals.__getitem__)
    chain: list[Run] = []
    while at >= 0:
        chain.append(trimmed[at])
        at = before[at]
    return chain[::-1]


def _widened(a: Reading, b: Reading, passage: WordPassage) -> WordPassage:
    """*passage* up to the sentence boundaries, if only a few changed words on both sides keep it from them."""
    a_start, b_start = passage.a_start, passage.b_start
    a_end, b_end = passage.a_end, passage.b_end
    first_a, first_b = _sentence_start(a, a_start), _sentence_start(b, b_start)
    if 0 < a_start - first_a <= _EDGE and 0 < b_start - first_b <= _EDGE:
        a_start, b_start = first_a, first_b
    last_a, last_b = _sentence_end(a, a_end), _sentence_end(b, b_end)
    if 0 < last_a - a_end <= _EDGE and 0 < last_b - b_end <= _EDGE:
        a_end, b_end = last_a, last_b
    return WordPassage(a_start, a_end, b_start, b_end, passage.equal, passage.runs)


def _merged(passages: list[WordPassage], gap: int) -> list[WordPassage]:
    """Neighbours in both texts as one, in page order: two sentences that changed places are one edited passage."""
    while True:
        merged = _merged_once(passages, gap)
        if len(merged) == len(passages):
            return merged
        passages = merged


def _merged_once(passages: list[WordPassage], gap: int) -> list[WordPassage]:
    merged: list[WordPassage] = []
    for passage in sorted(passages, key=lambda p: p.b_start):
        last = merged[-1] if merged else None
        if (
            last
            and passage.b_start - last.b_end <= gap
            and max(passage.a_start - last.a_end, last.a_start - passage.a_end) <= gap
            and (passage.a_start >= last.a_start or _is_small(last, passage, 2 * gap))
            and not _between(passages, last, passage)
        ):
            merged[-1] = WordPassage(
                min(last.a_start, passage.a_start),
                max(last.a_end, passage.a_end),
                last.b_start,
                passage.b_end,
                last.equal + passage.equal,
                last.runs + passage.runs,
            )
        else:
            merged.append(passage)
    return merged


def _is_small(one: WordPassage, other: WordPassage, most: int) -> bool:
    """Whether what changed places is a sentence or two; a block that moved stays a passage of its own."""
    return min(one.b_end - one.b_start, other.b_end - other.b_start) <= most


def _between(passages: list[WordPassage], one: WordPassage, other: WordPassage) -> bool:
    """Whether a third passage lies in the part of the story that *one* and *other* enclose."""
    start, end = min(one.a_end, other.a_end), max(one.a_start, other.a_start)
    return any(start < p.a_end and p.a_start < end and p not in (one, other) for p in passages)


def _sentence_start(reading: Reading, word: int) -> int:
    return next((inside.start for inside in reading.sentence_words if inside.start <= word < inside.stop), word)


def _sentence_end(reading: Reading, end: int) -> int:
    return next((inside.stop for inside in reading.sentence_words if inside.start < end <= inside.stop), end)


def _counted(a: Reading, b: Reading, passage: WordPassage) -> WordPassage:
    """*passage* with its equal words counted by a longest common subsequence, which sees single words too."""
    words_a = a.words.folded[passage.a_start : passage.a_end]
    words_b = b.words.folded[passage.b_start : passage.b_end]
    equal = int(LCSseq.similarity(words_a, words_b))
    return WordPassage(passage.a_start, passage.a_end, passage.b_start, passage.b_end, equal, passage.runs)


#: Equal words as a share of the longer side from which on two spans correspond word for word.
LEAST_LIKENESS = 0.5
#: Words of a side beyond which equal words are counted in the first ones only: a subsequence takes quadratic time.
_MOST_COUNTED = 4000


def equal_words(a: Reading, b: Reading, ours: range, theirs: range) -> int:
    """The words in a longest common subsequence of two ranges of words."""
    return int(
        LCSseq.similarity(
            a.words.folded[ours.start : ours.stop][:_MOST_COUNTED],
            b.words.folded[theirs.start : theirs.stop][:_MOST_COUNTED],
        )
    )


def _longest_false(flags: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    longest = current = 0
    for flag in flags.tolist():
        current = 0 if flag else current + 1
        longest = max(longest, current)
    return longest


def as_passages(a: Reading, b: Reading, lexical: Lexical) -> list[Passage]:
    """The passages in characters. Punctuation that closes the last sentence on both sides belongs to them."""
    found = []
    for passage in lexical.passages:
        story = a.words.span(passage.a_start, passage.a_end)
        page = b.words.span(passage.b_start, passage.b_end)
        quoted = bool(
            a.quoted[passage.a_start : passage.a_end].mean() >= 0.9
            and b.quoted[passage.b_start : passage.b_end].mean() >= 0.9
        )
        found.append(
            Passage(story.start, story.end, page.start, page.end, round(passage.likeness, 4), "lexical", quoted)
        )
    return found
