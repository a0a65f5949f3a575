"""Two texts laid beside each other: paragraphs first, then words. Knows nothing of what a difference means.

Paragraphs (the lines of a text that are not blank) are paired by shared words; in long texts, equal paragraphs anchor
first. One paragraph may meet up to four: an outlet that breaks paragraphs anew has not rewritten them. What is left
over on both sides but alike has moved. Then each pair is compared word by word (see `archive.diff_words`).
What is shown is always the original, so that the old sides of all rows join to the old text, and the new to the new.

Whatever is too long for this is compared in a coarser way, and `Alignment.notes` says so.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, filterfalse
from typing import TYPE_CHECKING, Literal, NamedTuple

from rapidfuzz.distance import LCSseq
from rapidfuzz.process import cdist

from archive.diff_tokens import (
    Letters,
    Words,
    count_words,
    cut,
    encode,
    is_word,
    paragraphs,
)
from archive.diff_words import PASSAGE_TOO_LONG, WORD_CELLS, Op, Run, Span, opcodes, runs, word_spans
from archive.text import normal_form

__all__ = [
    "Alignment", "Op", "Row", "RowKind", "Run", "count_words", "lay_out", "paragraphs",
]  # fmt: skip

if TYPE_CHECKING:
    import numpy

    _Counts = numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.int64]]

RowKind = Literal["equal", "edited", "added", "removed", "moved"]

#: A pair shares at least this much of its words (Dice). Unrelated news paragraphs of one language reach 0.25 through
#: function words and punctuation; a paragraph with half of its words replaced still has 0.5.
PAIR = 0.4
#: ... or the shorter one stands this far inside the longer one (a paragraph cut to a fifth), if it is not tiny.
CONTAINED, CONTAINED_MIN = 0.75, 12
#: Each part of a split paragraph stands this far inside the whole.
PART = 0.6
#: A paragraph that shares this much with one elsewhere has moved. Higher than PAIR: there is no neighbourhood to vouch.
MOVED, MOVED_MIN = 0.6, 8
#: An equal paragraph of so many words that stands once in each text is never taken for an edit of another one.
OWN_TWIN = 3
#: Words shared in order (Dice) by texts whose paragraphs do not pair, but which are one text broken anew. Unrelated
#: news of one language shares up to 0.35.
BROKEN = 0.5
#: How many paragraphs one may be broken into (or joined from) and still be followed.
SPLIT_MAX = 4
#: Up to 100 by 100 paragraphs (20 ms) are paired without anchors.
WHOLE_CELLS = 100 * 100
#: Pairing is quadratic in a gap: 400 by 400 paragraphs take 0.2 s, beyond that only equal ones are found again.
GAP_CELLS = 400 * 400
#: Characters of both texts together up to which words are compared (about 350,000 words, seconds of work).
WORDED_LENGTH = 2_000_000

#: Words of the changed sentences of longer texts, old by new, up to which those are compared by words after all.
REFINED_CELLS = 2_000 * 2_000

#: Paragraphs of a longer text beyond which each text counts as one.
MOST_PARAGRAPHS = 50_000

NO_PARAGRAPHS = "the texts have too many paragraphs to tell them apart: each counts as one"
TOO_LONG = "the texts are long: whole sentences were compared, and words only inside the changed ones"
TOO_MANY = "too many paragraphs differ in a row to find edited ones among them: they are shown as removed and added"

_PHRASE = re.compile(r"(?<=[.!?…,;:。！？，、；：؟،؛])(?=\s|[^\x00-\x7f])|(?<=\n)")


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph beside its counterpart.

    Where paragraphs were broken differently, neighbouring rows share the same `old` or `new`, each holding its part.
    A moved paragraph has two rows: one where it stood (`new` is None) and one where it stands (`old` is None).
    """

    kind: RowKind
    #: index among the paragraphs of the old text; None if it has no old side
    old: int | None
    new: int | None
    runs: tuple[Run, ...]
    #: of a moved paragraph: index of its other row
    partner: int | None = None

    @property
    def old_text(self) -> str:
        return "".join(run.old for run in self.runs)

    @property
    def new_text(self) -> str:
        return "".join(run.new for run in self.runs)

    @property
    def broken(self) -> bool:
        """Part of a split or joined paragraph without any changed word."""
        return self.kind == "edited" and all(run.op == "equal" for run in self.runs)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two texts laid beside each other."""

    #: in the order of reading
    rows: tuple[Row, ...]
    old_words: int
    new_words: int
    #: what was compared in a coarser way for its length, in words; empty as a rule
    notes: tuple[str, ...] = ()


def lay_out(old: str, new: str) -> Alignment:
    """Lay *new* beside *old*, and say how long they are and what was too long."""
    notes: set[str] = set()
    old_lines, new_lines = paragraphs(old), paragraphs(new)
    if len(old) + len(new) > WORDED_LENGTH:
        notes.add(TOO_LONG)
        if max(len(old_lines), len(new_lines)) > MOST_PARAGRAPHS:
            notes.add(NO_PARAGRAPHS)
            old_lines, new_lines = [old], [new]
        old_cut, new_cut = [_phrases(line) for line in old_lines], [_phrases(line) for line in new_lines]
        counted = count_words(old), count_words(new)
    else:
        old_cut = [cut(line) for line in old_lines]
        known = dict(zip(old_lines, old_cut, strict=True))
        new_cut = [known.get(line) or cut(line) for line in new_lines]
        counted = _count(old_cut), _count(new_cut)
    letters = Letters(chain.from_iterable(words.keys for words in chain(old_cut, new_cut)))
    old_cut, new_cut = (
        [words._replace(code=encode(words.keys, letters)) for words in side] for side in (old_cut, new_cut)
    )
    old_coded, new_coded = [words.code for words in old_cut], [words.code for words in new_cut]
    if old <= new:
        blocks = _blocks(old_coded, new_coded, notes)
        moves = _moves(old_coded, new_coded, blocks)
    else:
        blocks = [block.flipped() for block in _blocks(new_coded, old_coded, notes)]
        moves = [(i, j) for j, i in _moves(new_coded, old_coded, [block.flipped() for block in blocks])]
    rows = _rows(old_cut, new_cut, blocks, moves, notes)
    return Alignment(tuple(rows), *counted, tuple(sorted(notes)))


def _phrases(line: str) -> Words:
    """A paragraph cut after its points and commas, in place of words."""
    texts = [text for text in _PHRASE.split(line) if text]
    return Words(texts, list(map(normal_form, texts)))


def _count(cut_lines: Sequence[Words]) -> int:
    odd = list(filterfalse(str.isalnum, chain.from_iterable(words.keys for words in cut_lines)))
    return sum(len(words.keys) for words in cut_lines) - len(odd) + sum(map(is_word, odd))


# --- paragraphs -----------------------------------------------------------------------------------


class _Block(NamedTuple):
    """Old paragraphs that correspond to new ones."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int

    def flipped(self) -> _Block:
        return _Block(self.new_start, self.new_end, self.old_start, self.old_end)


def _blocks(old: Sequence[str], new: Sequence[str], notes: set[str]) -> list[_Block]:
    """Which paragraphs correspond, in order."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    ends = len(old) - tail, len(new) - tail
    blocks = [_Block(k, k + 1, k, k + 1) for k in range(head)]
    blocks += (
        _Block(head + a, head + b, head + c, head + d)
        for a, b, c, d in _pair_middle(old[head : ends[0]], new[head : ends[1]], notes)
    )
    return blocks + [_Block(ends[0] + k, ends[0] + k + 1, ends[1] + k, ends[1] + k + 1) for k in range(tail)]


def _pair_middle(old: Sequence[str], new: Sequence[str], notes: set[str]) -> list[_Block]:
    """Short texts are paired as a whole, which finds the fewest moves; long ones between their equal paragraphs."""
    if len(old) * len(new) <= WHOLE_CELLS:
        return _pair_gap(old, new, notes)
    letters = Letters((*old, *new))
    old_line, new_line = encode(old, letters), encode(new, letters)
    blocks: list[_Block] = []
    gap_old = gap_new = 0

    def close_gap(i: int, j: int) -> None:
        blocks.extend(
            _Block(gap_old + a, gap_old + b, gap_new + c, gap_new + d)
            for a, b, c, d in _pair_gap(old[gap_old:i], new[gap_new:j], notes)
        )

    for equal, i1, i2, j1, _ in opcodes(old_line, new_line, set(), anchor=1):
        if equal:
            close_gap(i1, j1)
            blocks.extend(_Block(i1 + k, i1 + k + 1, j1 + k, j1 + k + 1) for k in range(i2 - i1))
            gap_old, gap_new = i2, j1 + (i2 - i1)
    close_gap(len(old), len(new))
    return blocks


def _pair_gap(old: Sequence[str], new: Sequence[str], notes: set[str]) -> list[_Block]:
    """The order-keeping pairing of two runs of paragraphs that keeps most words."""
    n, m = len(old), len(new)
    if not n or not m:
        return []
    if n * m > GAP_CELLS:
        notes.add(TOO_MANY)
        return []
    shared = cdist(old, new, scorer=_words_shared if _are_endless(old, new) else LCSseq.similarity).astype(int)
    _keep_twins(old, new, shared)
    steps = _steps(old, new, shared)
    # best[i][j]: words kept from (i, j) on. A row never grows to the right, and is the one below it until a step gives more.
    best = [[0] * (m + 1) for _ in range(n + 1)]
    taken: dict[tuple[int, int], tuple[int, int]] = {}
    for i in range(n - 1, -1, -1):
        row = best[i] = best[i + 1].copy()
        for j in sorted(steps.get(i, ()), reverse=True):
            value = row[j]
            for rows, columns, words in steps[i][j]:
                if words + best[i + rows][j + columns] > value:
                    value = words + best[i + rows][j + columns]
                    taken[i, j] = (rows, columns)
            while j >= 0 and row[j] < value:
                row[j] = value
                j -= 1
    blocks = []
    i = j = 0
    while i < n and j < m:
        if (i, j) in taken:
            rows, columns = taken[i, j]
            blocks.append(_Block(i, i + rows, j, j + columns))
            i, j = i + rows, j + columns
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return [_Block(0, n, 0, m)] if _broken_anew(old, new, best[0][0]) else blocks


def _are_endless(old: Sequence[str], new: Sequence[str]) -> bool:
    return max(map(len, old)) * max(map(len, new)) > WORD_CELLS


def _words_shared(old: str, new: str, **_: object) -> int:
    """Words that both have, in any order where the order would take too long to find."""
    if len(old) * len(new) <= WORD_CELLS:
        return LCSseq.similarity(old, new)
    return (Counter(old) & Counter(new)).total()


def _broken_anew(old: Sequence[str], new: Sequence[str], kept: int) -> bool:
    """Whether the words went on in order and only the paragraphs are others, so that pairing them loses the text.

    Some outlets print an article as one paragraph, some every sentence as its own.
    """
    one, other = "".join(old), "".join(new)
    shorter = min(len(one), len(other))
    if len(old) == len(new) == 1 or len(one) * len(other) > WORD_CELLS or kept >= 0.6 * shorter:
        return False
    words = LCSseq.similarity(one, other)
    alike = 2 * words >= BROKEN * (len(one) + len(other)) or (shorter >= 100 and words >= 0.8 * shorter)
    return alike and kept < 0.6 * words


def _keep_twins(old: Sequence[str], new: Sequence[str], shared: _Counts) -> None:
    """Let an equal paragraph that stands once in each text pair with its twin only: teasers in another order are
    all alike."""
    once_old, once_new = ({line for line, count in Counter(side).items() if count == 1} for side in (old, new))
    places = {line: j for j, line in enumerate(new)}
    for i, line in enumerate(old):
        if len(line) >= OWN_TWIN and line in once_old and line in once_new:
            j = places[line]
            words = shared[i, j]
            shared[i, :] = shared[:, j] = 0
            shared[i, j] = words


def _steps(old: Sequence[str], new: Sequence[str], shared: _Counts) -> dict[int, dict[int, list[tuple[int, int, int]]]]:
    """What may be paired from [i][j] on: how many old paragraphs, how many new ones, words kept."""
    import numpy  # 0.1 s, and a command that only asks for help needs none

    old_sizes = numpy.array([len(line) for line in old])[:, None]
    new_sizes = numpy.array([len(line) for line in new])[None, :]
    shorter = numpy.minimum(old_sizes, new_sizes)
    alike = 2 * shared >= PAIR * (old_sizes + new_sizes)
    alike |= (shorter >= CONTAINED_MIN) & (shared >= CONTAINED * shorter)
    opens_split, opens_join = shared >= PART * new_sizes, shared >= PART * old_sizes
    steps: dict[int, dict[int, list[tuple[int, int, int]]]] = defaultdict(dict)
    for i, j in numpy.argwhere((shared > 0) & (alike | opens_split | opens_join)).tolist():
        found = [(1, 1, int(shared[i, j]))] if alike[i, j] else []
        if opens_split[i, j]:
            parts = shared[i, j : j + SPLIT_MAX].tolist()
            found += [(1, k, kept) for k, kept in _parts(old[i], new[j : j + SPLIT_MAX], parts)]
        if opens_join[i, j]:
            parts = shared[i : i + SPLIT_MAX, j].tolist()
            found += [(k, 1, kept) for k, kept in _parts(new[j], old[i : i + SPLIT_MAX], parts)]
        if found:
            steps[i][j] = found
    return steps


def _parts(whole: str, parts: Sequence[str], shared: Sequence[int]) -> Iterator[tuple[int, int]]:
    """How many of *parts*, from the first on, make up *whole*, and the words kept."""
    for count in range(2, len(parts) + 1):
        if shared[count - 1] < PART * len(parts[count - 1]) or not parts[count - 1]:
            return
        joined = "".join(parts[:count])
        kept = LCSseq.similarity(whole, joined)
        if kept >= PART * len(joined) and kept >= PART * len(whole):
            yield count, kept


def _moves(old: Sequence[str], new: Sequence[str], blocks: Sequence[_Block]) -> list[tuple[int, int]]:
    """Paragraphs left over on both sides that are the same one at another place."""
    paired_old = {i for block in blocks for i in range(block.old_start, block.old_end)}
    paired_new = {j for block in blocks for j in range(block.new_start, block.new_end)}
    left_old = [i for i in range(len(old)) if i not in paired_old and old[i]]
    left_new = [j for j in range(len(new)) if j not in paired_new and new[j]]
    places: dict[str, list[int]] = {}
    for j in reversed(left_new):
        places.setdefault(new[j], []).append(j)
    moves = [(i, places[old[i]].pop()) for i in left_old if places.get(old[i])]
    found_old, found_new = {i for i, _ in moves}, {j for _, j in moves}
    left_old = [i for i in left_old if i not in found_old and len(old[i]) >= MOVED_MIN]
    left_new = [j for j in left_new if j not in found_new and len(new[j]) >= MOVED_MIN]
    if not left_old or not left_new or len(left_old) * len(left_new) > GAP_CELLS:
        return moves
    sides = [old[i] for i in left_old], [new[j] for j in left_new]
    if _are_endless(*sides):
        return moves
    shared = cdist(*sides, scorer=LCSseq.similarity).tolist()
    ranked = sorted(
        (-words, i, j)
        for i, row in zip(left_old, shared, strict=True)
        for j, words in zip(left_new, row, strict=True)
        if 2 * words >= MOVED * (len(old[i]) + len(new[j]))
    )
    for _, i, j in ranked:
        if i not in found_old and j not in found_new:
            moves.append((i, j))
            found_old.add(i)
            found_new.add(j)
    return moves


def _rows(
    old: Sequence[Words],
    new: Sequence[Words],
    blocks: Sequence[_Block],
    moves: Sequence[tuple[int, int]],
    notes: set[str],
) -> list[Row]:
    rows: list[Row] = []
    moved_to = {j: i for i, j in moves}
    place_from: dict[int, int] = {}  # old index of a moved paragraph -> its row
    place_to: dict[int, int] = {}
    moved_runs = {i: _line_runs(old[i], new[j], notes) for i, j in moves}

    def left_over(old_range: range, new_range: range) -> None:
        for i in old_range:
            if i in moved_runs:
                place_from[i] = len(rows)
                left = tuple(
                    Run("equal" if run.op == "equal" else "removed", run.old, "") for run in moved_runs[i] if run.old
                )
                rows.append(Row("moved", i, None, left))
            else:
                rows.append(_one_sided("removed", i, old[i]))
        for j in new_range:
            if j in moved_to:
                place_to[j] = len(rows)
                come = tuple(
                    Run("equal" if run.op == "equal" else "added", "", run.new)
                    for run in moved_runs[moved_to[j]]
                    if run.new
                )
                rows.append(Row("moved", None, j, come))
            else:
                rows.append(_one_sided("added", j, new[j]))

    i = j = 0
    for block in blocks:
        left_over(range(i, block.old_start), range(j, block.new_start))
        rows.extend(_block_rows(old, new, block, notes))
        i, j = block.old_end, block.new_end
    left_over(range(i, len(old)), range(j, len(new)))
    for i, j in moves:
        rows[place_from[i]] = replace(rows[place_from[i]], partner=place_to[j])
        rows[place_to[j]] = replace(rows[place_to[j]], partner=place_from[i])
    return rows


def _one_sided(kind: Literal["removed", "added"], index: int, words: Words) -> Row:
    text = "".join(words.texts)
    inked = any(words.keys)  # a text of nothing but spaces is no change
    op: Op = kind if inked else "equal"
    if kind == "removed":
        return Row(kind if inked else "equal", index, None, (Run(op, text, ""),))
    return Row(kind if inked else "equal", None, index, (Run(op, "", text),))


def _line_runs(old: Words, new: Words, notes: set[str]) -> tuple[Run, ...]:
    return _refined(runs(old, new, word_spans(old, new, notes)), notes)


def _refined(found: tuple[Run, ...], notes: set[str]) -> tuple[Run, ...]:
    """Sentences that were compared whole, compared by words where they changed."""
    if TOO_LONG not in notes:
        return found
    fine: list[Run] = []
    for run in found:
        old, new = (cut(run.old), cut(run.new)) if run.op == "replaced" else (Words([], []), Words([], []))
        if 0 < len(old.keys) * len(new.keys) <= REFINED_CELLS:
            fine += runs(old, new, word_spans(old, new, notes))
        else:
            if run.op == "replaced":
                notes.add(PASSAGE_TOO_LONG)
            fine.append(run)
    return tuple(fine)


def _block_rows(old: Sequence[Words], new: Sequence[Words], block: _Block, notes: set[str]) -> Iterator[Row]:
    olds, news = old[block.old_start : block.old_end], new[block.new_start : block.new_end]
    if len(olds) == len(news) == 1:
        line_runs = _line_runs(olds[0], news[0], notes)
        kind: RowKind = "equal" if all(run.op == "equal" for run in line_runs) else "edited"
        yield Row(kind, block.old_start, block.new_start, line_runs)
        return
    one, other = one_line(olds), one_line(news)
    old_lengths, new_lengths = [len(words.keys) for words in olds], [len(words.keys) for words in news]
    for i, j, spans in _cut(word_spans(one, other, notes), old_lengths, new_lengths):
        part = _refined(runs(one, other, spans), notes)
        old_size, new_size = spans[-1].i2 - spans[0].i1, spans[-1].j2 - spans[0].j1
        old_index, new_index = block.old_start + i, block.new_start + j
        if not new_size:
            yield Row("removed", old_index, None, part)
        elif not old_size:
            yield Row("added", None, new_index, part)
        else:
            whole = old_size == old_lengths[i] and new_size == new_lengths[j]
            same = whole and all(run.op == "equal" for run in part)
            yield Row("equal" if same else "edited", old_index, new_index, part)


def one_line(lines: Sequence[Words]) -> Words:
    """Several paragraphs as one."""
    return Words(
        [text for words in lines for text in words.texts],
        [key for words in lines for key in words.keys],
        "".join(words.code for words in lines),
    )


def _cut(
    spans: Sequence[Span], old_lengths: Sequence[int], new_lengths: Sequence[int]
) -> Iterator[tuple[int, int, list[Span]]]:
    """Cut the spans wherever a paragraph of either side ends: (old paragraph, new paragraph, its spans)."""
    i = j = 0
    old_end, new_end = old_lengths[0], new_lengths[0]
    piece: list[Span] = []
    queue = list(reversed(spans))
    while queue:
        span = queue.pop()
        next_i, next_j = i, j
        while next_i < len(old_lengths) - 1 and span.i1 >= old_end:
            next_i += 1
            old_end += old_lengths[next_i]
        while next_j < len(new_lengths) - 1 and span.j1 >= new_end:
            next_j += 1
            new_end += new_lengths[next_j]
        if (next_i, next_j) != (i, j):
            if piece:
                yield i, j, piece
            i, j, piece = next_i, next_j, []
        cut_i, cut_j = min(span.i2, old_end), min(span.j2, new_end)
        if span.equal:
            steps = min(cut_i - span.i1, cut_j - span.j1)
            cut_i, cut_j = span.i1 + steps, span.j1 + steps
        piece.append(Span(span.equal, span.i1, cut_i, span.j1, cut_j))
        if (cut_i, cut_j) != (span.i2, span.j2):
            queue.append(Span(span.equal, cut_i, span.i2, cut_j, span.j2))
    if piece:
        yield i, j, piece
