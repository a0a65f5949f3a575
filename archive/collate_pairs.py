"""Which paragraph of many copies corresponds to which paragraph of one base, with the words of both.

`archive.diff_align` does this for two texts and takes its time (5 ms for 1,000 words); here the work is shared by
all copies: a paragraph that several outlets print is read once, and only the distinct ones are compared, all at once.
Paragraphs that were split or joined are followed, and a paragraph that stands elsewhere is found there.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import LCSseq
from rapidfuzz.process import cdist

from archive.diff_align import CONTAINED, CONTAINED_MIN, MOVED, MOVED_MIN, PAIR, PART, Run, one_line, paragraphs
from archive.diff_tokens import Words, cut, is_word
from archive.diff_words import runs, word_spans
from archive.text import normal_form

#: A paragraph of so few words and signs has not moved, it is only said twice ("Advertisement").
MOVED_EXACT_MIN = 3


@dataclass(frozen=True, slots=True)
class Found:
    """Where a paragraph of the base stands in a copy."""

    #: indices of paragraphs of the copy; the same one for several paragraphs of the base that were joined
    places: tuple[int, ...]
    #: the base's paragraph beside the words that stand for it
    runs: tuple[Run, ...] = field(repr=False)
    #: it stands before or behind where its neighbours are
    moved: bool


@dataclass(frozen=True, slots=True)
class Laid:
    """A copy laid beside the base."""

    #: by index of the base's paragraph; what is missing was dropped
    found: dict[int, Found]
    #: paragraphs of the copy without a counterpart, by index
    added: tuple[tuple[int, str], ...]
    #: words of the copy
    words: int


class _Read(NamedTuple):
    """A paragraph as it is compared."""

    text: str
    #: undone typography: equal for paragraphs that no reader tells apart
    key: str
    tokens: Words
    #: one character a token, equal for equal tokens
    coded: str
    words: int


class Pairing:
    """The base with everything that is read for it once."""

    def __init__(self, base: str) -> None:
        self._letters: dict[str, str] = {}
        self._known: dict[str, _Read] = {}
        self._base = [self._read(paragraph) for paragraph in paragraphs(base)]
        self._at: dict[str, list[int]] = {}
        for index, read in enumerate(self._base):
            self._at.setdefault(read.key, []).append(index)
        self._same_words: dict[str, tuple[Run, ...]] = {}
        self.paragraphs = tuple(read.text for read in self._base)
        self.word_counts = tuple(read.words for read in self._base)

    def lay(self, texts: Iterable[str]) -> dict[str, Laid]:
        """Each distinct text beside the base."""
        read = {text: [self._read(paragraph) for paragraph in paragraphs(text)] for text in dict.fromkeys(texts)}
        strange = list({one.coded for copy in read.values() for one in copy if one.key not in self._at})
        number = {coded: place for place, coded in enumerate(strange)}
        shared = np.zeros((len(self._base), 0), dtype=np.int64)
        if strange and self._base:
            shared = cdist([one.coded for one in self._base], strange, scorer=LCSseq.similarity).astype(np.int64)
        return {text: self._lay_one(copy, shared, number) for text, copy in read.items()}

    def _read(self, paragraph: str) -> _Read:
        known = self._known.get(paragraph)
        if known is None:
            tokens = cut(paragraph)
            letters = self._letters
            # From 256 on and modulo a million, so that every number is a character.
            coded = "".join(
                [letters.setdefault(key, chr(256 + len(letters) % 1_000_000)) for key in tokens.keys if key]
            )
            words = sum(map(is_word, tokens.keys))
            known = self._known[paragraph] = _Read(paragraph, normal_form(paragraph), tokens, coded, words)
        return known

    def _lay_one(self, copy: Sequence[_Read], shared: np.ndarray, number: dict[str, int]) -> Laid:
        pairs = self._exact(copy)
        taken = set(pairs.values())
        rest = [j for j in range(len(copy)) if j not in pairs]
        free = [i for i in range(len(self._base)) if i not in taken]
        groups = [_Group((i,), (j,), exact=True) for j, i in pairs.items()]
        if rest and free:
            alike = {
                (i, j): int(shared[i, number[copy[j].coded]]) for i in free for j in rest if copy[j].coded in number
            }
            groups += _Loose(self._base, copy, free, rest, alike).groups()
        groups = self._without_strays(groups, copy)
        found: dict[int, Found] = {}
        used: set[int] = set()
        for group in groups:
            for index, words in self._runs(group, copy):
                found[index] = Found(group.new, words, group.moved)
                used.update(group.new)
        added = tuple((j, one.text) for j, one in enumerate(copy) if j not in used and one.words)
        return Laid(found, added, sum(one.words for one in copy))

    def _exact(self, copy: Sequence[_Read]) -> dict[int, int]:
        """Paragraphs of the copy that stand in the base to the letter, each place once, in order where it can be."""
        pairs: dict[int, int] = {}
        taken: set[int] = set()
        last = -1
        for j, one in enumerate(copy):
            places = [i for i in self._at.get(one.key, ()) if i not in taken]
            if places:
                place = bisect.bisect_right(places, last)
                pairs[j] = last = places[place] if place < len(places) else places[0]
                taken.add(last)
        return pairs

    def _without_strays(self, groups: list[_Group], copy: Sequence[_Read]) -> list[_Group]:
        """Mark what moved, and let go what is too little alike to be followed to another place."""
        groups = sorted(groups, key=lambda group: group.old)
        in_order = _heaviest_order([group.new[0] for group in groups], [self._weight(group) for group in groups])
        kept = []
        for place, group in enumerate(groups):
            if place in in_order:
                kept.append(group)
            elif self._moves(group, copy):
                kept.append(_Group(group.old, group.new, group.exact, group.shared, moved=True))
        return kept

    def _weight(self, group: _Group) -> int:
        return group.shared if group.shared else sum(len(self._base[i].coded) for i in group.old)

    def _moves(self, group: _Group, copy: Sequence[_Read]) -> bool:
        old = sum(len(self._base[i].coded) for i in group.old)
        new = sum(len(copy[j].coded) for j in group.new)
        if group.exact:
            return old >= MOVED_EXACT_MIN
        return min(old, new) >= MOVED_MIN and 2 * group.shared >= MOVED * (old + new)

    def _runs(self, group: _Group, copy: Sequence[_Read]) -> Iterable[tuple[int, tuple[Run, ...]]]:
        """The words of each of the group's base paragraphs that is really there."""
        if group.exact:
            old, new = self._base[group.old[0]].text, copy[group.new[0]].text
            yield group.old[0], (Run("equal", old, new),)
            return
        ours = one_line([self._base[i].tokens for i in group.old])
        theirs = one_line([copy[j].tokens for j in group.new])
        found = runs(ours, theirs, word_spans(ours, theirs, set()))
        if len(group.old) == 1:
            yield group.old[0], found
            return
        lengths = [len(self._base[i].text) for i in group.old]
        for i, part in zip(group.old, cut_runs(found, lengths), strict=True):
            kept = sum(len(run.old) for run in part if run.op == "equal")
            if kept >= PAIR * len(self._base[i].text):
                yield i, part


@dataclass(frozen=True, slots=True)
class _Group:
    """Paragraphs that correspond: one to one, one to several, or several to one."""

    old: tuple[int, ...]
    new: tuple[int, ...]
    exact: bool = False
    #: words and signs shared in order; 0 if exact
    shared: int = 0
    moved: bool = False


class _Loose:
    """Pairs what is alike and not the same."""

    def __init__(
        self,
        base: Sequence[_Read],
        copy: Sequence[_Read],
        free: Sequence[int],
        rest: Sequence[int],
        shared: dict[tuple[int, int], int],
    ) -> None:
        self._base, self._copy, self._free, self._rest, self._shared = base, copy, free, rest, shared
        self._of_old: dict[int, list[int]] = {}
        self._of_new: dict[int, list[int]] = {}

    def groups(self) -> list[_Group]:
        self._best_pairs()
        self._further_parts()
        self._joined()
        groups, done = [], set()
        for i in sorted(self._of_old):
            news = tuple(sorted(self._of_old[i]))
            if news in done:
                continue
            olds = tuple(sorted(self._of_new[news[0]])) if len(news) == 1 else (i,)
            if len(olds) > 1:
                done.add(news)
            shared = sum(self._shared.get((old, new), 0) for old in olds for new in news)
            groups.append(_Group(olds, news, shared=shared))
        return groups

    def _best_pairs(self) -> None:
        ranked = sorted(
            (-words, abs(i / len(self._base) - j / len(self._copy)), i, j)
            for (i, j), words in self._shared.items()
            if _alike(words, len(self._base[i].coded), len(self._copy[j].coded))
        )
        for _, _, i, j in ranked:
            if i not in self._of_old and j not in self._of_new:
                self._of_old[i], self._of_new[j] = [j], [i]

    def _further_parts(self) -> None:
        """The other parts of a paragraph that was split: beside the part that is known, and inside the whole."""
        for j in self._rest:
            if j in self._of_new:
                continue
            for beside in (_before(self._of_new, j), _after(self._of_new, j)):
                i = self._of_new[beside][0] if beside is not None else None
                if i is not None and self._shared.get((i, j), 0) >= PART * max(1, len(self._copy[j].coded)):
                    self._of_old[i].append(j)
                    self._of_new[j] = [i]
                    break

    def _joined(self) -> None:
        """The other paragraphs that were joined into one; `Pairing` looks whether their words are really there."""
        for i in self._free:
            if i in self._of_old:
                continue
            for beside in (_before(self._of_old, i), _after(self._of_old, i)):
                places = self._of_old[beside] if beside is not None else []
                if len(places) != 1:
                    continue
                if self._shared.get((i, places[0]), 0) >= PART * max(1, len(self._base[i].coded)):
                    self._of_old[i] = list(places)
                    self._of_new[places[0]].append(i)
                    break


def _before(known: Iterable[int], place: int) -> int | None:
    return max((other for other in known if other < place), default=None)


def _after(known: Iterable[int], place: int) -> int | None:
    return min((other for other in known if other > place), default=None)


def _alike(words: int, old: int, new: int) -> bool:
    """As two texts are paired: see the constants of `archive.diff_align`."""
    shorter = min(old, new)
    return words > 0 and (
        2 * words >= PAIR * (old + new) or (shorter >= CONTAINED_MIN and words >= CONTAINED * shorter)
    )


def _heaviest_order(places: Sequence[int], weights: Sequence[int]) -> set[int]:
    """The items, by index, that stand in order and together weigh most; equal places count as in order."""
    best: list[int] = []
    before: list[int | None] = []
    for at, place in enumerate(places):
        options = [(best[k], -k, k) for k in range(at) if places[k] <= place]
        chosen = max(options, default=None)
        best.append(weights[at] + (chosen[0] if chosen else 0))
        before.append(chosen[2] if chosen else None)
    if not best:
        return set()
    at_last: int | None = max(range(len(best)), key=lambda k: (best[k], -k))
    order = set()
    while at_last is not None:
        order.add(at_last)
        at_last = before[at_last]
    return order


def cut_runs(runs: Sequence[Run], lengths: Sequence[int]) -> list[tuple[Run, ...]]:
    """Cut the runs where pieces of the old side end; words that came anew go to the piece before.

    *lengths* are those of the pieces, in code points; they add up to the old side.
    """
    pieces: list[list[Run]] = [[]]
    room = list(lengths)
    for run in runs:
        while len(run.old) > room[0] and len(room) > 1:
            first, run = cut_run(run, room[0])
            if first.old or first.new:
                pieces[-1].append(first)
            room.pop(0)
            pieces.append([])
        pieces[-1].append(run)
        room[0] -= len(run.old)
        if not room[0] and len(room) > 1 and run.old:
            room.pop(0)
            pieces.append([])
    return [tuple(piece) for piece in [*pieces, *[[] for _ in range(len(lengths) - len(pieces))]]]


def cut_run(run: Run, at: int) -> tuple[Run, Run]:
    """One run as two, the old side cut at code point *at*, between words."""
    if run.op != "equal":
        before, after = run.old[:at], run.old[at:]
        op = run.op if before or run.op == "added" else "added"
        return Run(op, before, run.new), Run("removed" if after else "added", after, "")
    if run.old == run.new:
        return Run("equal", run.old[:at], run.new[:at]), Run("equal", run.old[at:], run.new[at:])
    reached = there = 0
    for old, new in zip(cut(run.old).texts, cut(run.new).texts, strict=False):
        if reached >= at:
            break
        reached += len(old)
        there += len(new)
    return Run("equal", run.old[:at], run.new[:there]), Run("equal", run.old[at:], run.new[there:])
