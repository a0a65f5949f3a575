"""Two texts laid beside each other: paragraphs first, then words. Knows nothing of what a difference means.

Paragraphs (the lines of a text that are not blank) are paired by shared words; in long texts, equal paragraphs anchor
first. One paragraph may meet up to four: an outlet that breaks paragraphs anew has not rewritten them. What is left
over on both sides but alike has moved. Then each pair is compared word by word, and marks too small to read are joined.
Words compare by a key in which typography (spaces, quotation marks, dashes, invisible characters) is undone;
what is shown is always the original, so that the old sides of all rows join to the old text, and the new to the new.

Comparing backwards marks the same words: whatever must break a tie does so in an order that both directions share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

import regex
from rapidfuzz.distance import Indel, LCSseq
from rapidfuzz.process import cdist

from archive.text import normal_form

Op = Literal["equal", "replaced", "removed", "added"]
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
#: Words shared in order (Dice) by texts whose paragraphs do not pair, but which are one text broken anew. Unrelated
#: news of one language shares up to 0.35.
BROKEN = 0.5
#: How many paragraphs one may be broken into (or joined from) and still be followed.
SPLIT_MAX = 4
#: Up to 100 by 100 paragraphs (20 ms) are paired without anchors.
WHOLE_CELLS = 100 * 100
#: Pairing is quadratic in a gap: 400 by 400 paragraphs take 0.2 s, beyond that only equal ones are found again.
GAP_CELLS = 400 * 400
#: rapidfuzz keeps a matrix of bits: 20,000 by 20,000 words take 0.4 s and 50 MB. Beyond, a pair counts as replaced.
WORD_CELLS = 20_000 * 20_000
#: An equality of this many words between two changes is read over, unless it holds a figure or a name.
ABSORBED_WORDS = 4

# Scripts without spaces are compared character by character.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_LETTER = rf"[[\p{{L}}\p{{M}}\p{{N}}\p{{Cf}}]--[{_UNSPACED}]]"
_TOKEN = regex.compile(
    rf"""(?:
      [{_UNSPACED}]\p{{M}}*
    | \p{{N}}++(?:[.,:/]\p{{N}}++)*+(?![\p{{L}}\p{{M}}])   # 1,200.50  12:30  3/4
    | {_LETTER}+(?:['’‑-]{_LETTER}+)*                      # don't  co-operate  B-52
    | \.{{2,}}
    | \S
    )[\s\p{{Cf}}]*""",
    regex.VERBOSE | regex.V1,
)
_LINE = regex.compile(r"[^\n]+\n?|\n")
_WORD = regex.compile(r"[\p{L}\p{N}]")
_ANCHORED = regex.compile(r"\p{N}|^\p{Lu}\p{L}")
_SENTENCE_END = regex.compile(r"[.!?…。！？:]$")


class Token(NamedTuple):
    """A word, figure or sign."""

    #: as it stands in the text, with the white space after it: a mark never swallows a gap
    text: str
    #: what it is compared by
    key: str


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that share their fate. Equal runs may differ in typography."""

    op: Op
    old: str
    new: str


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


def tokenise(paragraph: str) -> list[Token]:
    """Cut into words; their texts join to the paragraph.

    >>> [token.key for token in tokenise("“Don’t,” 41% said.")]
    ['"', "Don't", ',', '"', '41', '%', 'said', '.']
    """
    tokens = [Token(text, _key(text)) for text in _TOKEN.findall(paragraph)]
    lead = len(paragraph) - sum(len(token.text) for token in tokens)
    if not tokens:
        return [Token(paragraph, "")] if paragraph else []
    if lead:
        tokens[0] = Token(paragraph[:lead] + tokens[0].text, tokens[0].key)
    return tokens


def paragraphs(text: str) -> list[str]:
    """The lines of *text*, each with its line break and the blank lines after it: they join to the text.

    >>> paragraphs("One.\\n\\nTwo.")
    ['One.\\n\\n', 'Two.']
    """
    found: list[str] = []
    lead = ""
    for line in _LINE.findall(text):
        if normal_form(line):
            found.append(lead + line)
            lead = ""
        elif found:
            found[-1] += line
        else:
            lead += line
    return [*found, lead] if lead else found


def is_word(key: str) -> bool:
    """Whether it is more than punctuation."""
    return _WORD.search(key) is not None


def count_words(text: str) -> int:
    return sum(_WORD.search(word) is not None for word in _TOKEN.findall(text))


def align(old: str, new: str) -> tuple[Row, ...]:
    """Lay *new* beside *old*, in the order of reading."""
    old_paragraphs = [tokenise(paragraph) for paragraph in paragraphs(old)]
    new_paragraphs = [tokenise(paragraph) for paragraph in paragraphs(new)]
    letters: dict[str, str] = {}
    old_coded = [_encode((token.key for token in tokens), letters) for tokens in old_paragraphs]
    new_coded = [_encode((token.key for token in tokens), letters) for tokens in new_paragraphs]
    if old <= new:
        blocks = _blocks(old_coded, new_coded)
        moves = _moves(old_coded, new_coded, blocks)
    else:
        blocks = [block.flipped() for block in _blocks(new_coded, old_coded)]
        moves = [(i, j) for j, i in _moves(new_coded, old_coded, [block.flipped() for block in blocks])]
    return tuple(_rows(old_paragraphs, new_paragraphs, blocks, moves))


# --- paragraphs -----------------------------------------------------------------------------------


class _Block(NamedTuple):
    """Old paragraphs that correspond to new ones."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int

    def flipped(self) -> _Block:
        return _Block(self.new_start, self.new_end, self.old_start, self.old_end)


def _encode(items: Iterable[str], letters: dict[str, str]) -> str:
    """One character an item, equal for equal items: rapidfuzz is at its fastest on strings."""
    return "".join(letters.setdefault(item, chr(256 + len(letters))) for item in items)


def _blocks(old: Sequence[str], new: Sequence[str]) -> list[_Block]:
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
        for a, b, c, d in _pair_middle(old[head : ends[0]], new[head : ends[1]])
    )
    return blocks + [_Block(ends[0] + k, ends[0] + k + 1, ends[1] + k, ends[1] + k + 1) for k in range(tail)]


def _pair_middle(old: Sequence[str], new: Sequence[str]) -> list[_Block]:
    """Short texts are paired as a whole, which finds the fewest moves; long ones between their equal paragraphs."""
    if len(old) * len(new) <= WHOLE_CELLS:
        return _pair_gap(old, new)
    letters: dict[str, str] = {}
    old_line, new_line = _encode(old, letters), _encode(new, letters)
    blocks: list[_Block] = []
    gap_old = gap_new = 0

    def close_gap(i: int, j: int) -> None:
        blocks.extend(
            _Block(gap_old + a, gap_old + b, gap_new + c, gap_new + d)
            for a, b, c, d in _pair_gap(old[gap_old:i], new[gap_new:j])
        )

    for equal, i1, i2, j1, _ in _opcodes(old_line, new_line):
        if equal:
            close_gap(i1, j1)
            blocks.extend(_Block(i1 + k, i1 + k + 1, j1 + k, j1 + k + 1) for k in range(i2 - i1))
            gap_old, gap_new = i2, j1 + (i2 - i1)
    close_gap(len(old), len(new))
    return blocks


def _pair_gap(old: Sequence[str], new: Sequence[str]) -> list[_Block]:
    """The order-keeping pairing of two runs of paragraphs that keeps most words."""
    n, m = len(old), len(new)
    if not n or not m or n * m > GAP_CELLS:
        return []
    shared: list[list[int]] = cdist(old, new, scorer=LCSseq.similarity).astype(int).tolist()
    steps = _steps(old, new, shared)
    best = [[0] * (m + 1) for _ in range(n + 1)]
    taken: dict[tuple[int, int], tuple[int, int]] = {}
    for i in range(n - 1, -1, -1):
        row, below = best[i], best[i + 1]
        for j in range(m - 1, -1, -1):
            value = below[j] if below[j] >= row[j + 1] else row[j + 1]
            for rows, columns, words in steps.get((i, j), ()):
                if words + best[i + rows][j + columns] > value:
                    value = words + best[i + rows][j + columns]
                    taken[i, j] = (rows, columns)
            row[j] = value
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


def _broken_anew(old: Sequence[str], new: Sequence[str], kept: int) -> bool:
    """Whether the words went on in order and only the paragraphs are others, so that pairing them loses the text.

    Some outlets print an article as one paragraph, some every sentence as its own.
    """
    one, other = "".join(old), "".join(new)
    if len(old) == len(new) == 1 or len(one) * len(other) > WORD_CELLS:
        return False
    shorter = min(len(one), len(other))
    words = LCSseq.similarity(one, other)
    alike = 2 * words >= BROKEN * (len(one) + len(other)) or (shorter >= 100 and words >= 0.8 * shorter)
    return alike and kept < 0.6 * words


def _steps(
    old: Sequence[str], new: Sequence[str], shared: list[list[int]]
) -> dict[tuple[int, int], list[tuple[int, int, int]]]:
    """What may be paired from (i, j) on: how many old paragraphs, how many new ones, words kept."""
    steps: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for i, row in enumerate(shared):
        for j, words in enumerate(row):
            if not words:
                continue
            found = []
            if _alike(words, len(old[i]), len(new[j])):
                found.append((1, 1, words))
            if words >= PART * len(new[j]):
                found += [(1, k, kept) for k, kept in _parts(old[i], new[j : j + SPLIT_MAX], row[j : j + SPLIT_MAX])]
            if words >= PART * len(old[i]):
                column = [shared[k][j] for k in range(i, min(i + SPLIT_MAX, len(old)))]
                found += [(k, 1, kept) for k, kept in _parts(new[j], old[i : i + SPLIT_MAX], column)]
            if found:
                steps[i, j] = found
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


def _alike(words: int, old: int, new: int) -> bool:
    shorter = min(old, new)
    return 2 * words >= PAIR * (old + new) or (shorter >= CONTAINED_MIN and words >= CONTAINED * shorter)


def _moves(old: Sequence[str], new: Sequence[str], blocks: Sequence[_Block]) -> list[tuple[int, int]]:
    """Paragraphs left over on both sides that are the same one at another place."""
    paired_old = {i for block in blocks for i in range(block.old_start, block.old_end)}
    paired_new = {j for block in blocks for j in range(block.new_start, block.new_end)}
    left_old = [i for i in range(len(old)) if i not in paired_old and len(old[i]) >= 3]
    left_new = [j for j in range(len(new)) if j not in paired_new and len(new[j]) >= 3]
    places: dict[str, list[int]] = {}
    for j in reversed(left_new):
        places.setdefault(new[j], []).append(j)
    moves = [(i, places[old[i]].pop()) for i in left_old if places.get(old[i])]
    found_old, found_new = {i for i, _ in moves}, {j for _, j in moves}
    left_old = [i for i in left_old if i not in found_old and len(old[i]) >= MOVED_MIN]
    left_new = [j for j in left_new if j not in found_new and len(new[j]) >= MOVED_MIN]
    if not left_old or not left_new or len(left_old) * len(left_new) > GAP_CELLS:
        return moves
    shared = cdist([old[i] for i in left_old], [new[j] for j in left_new], scorer=LCSseq.similarity).tolist()
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
    old: Sequence[list[Token]], new: Sequence[list[Token]], blocks: Sequence[_Block], moves: Sequence[tuple[int, int]]
) -> list[Row]:
    rows: list[Row] = []
    moved_from, moved_to = dict(moves), {j: i for i, j in moves}
    place_from: dict[int, int] = {}  # old index of a moved paragraph -> its row
    place_to: dict[int, int] = {}

    def left_over(old_range: range, new_range: range) -> None:
        for i in old_range:
            if i in moved_from:
                place_from[i] = len(rows)
                sides = word_runs(old[i], new[moved_from[i]])
                runs = tuple(Run("equal" if run.op == "equal" else "removed", run.old, "") for run in sides if run.old)
                rows.append(Row("moved", i, None, runs))
            else:
                rows.append(_one_sided("removed", i, old[i]))
        for j in new_range:
            if j in moved_to:
                place_to[j] = len(rows)
                sides = word_runs(old[moved_to[j]], new[j])
                runs = tuple(Run("equal" if run.op == "equal" else "added", "", run.new) for run in sides if run.new)
                rows.append(Row("moved", None, j, runs))
            else:
                rows.append(_one_sided("added", j, new[j]))

    i = j = 0
    for block in blocks:
        left_over(range(i, block.old_start), range(j, block.new_start))
        rows.extend(_block_rows(old, new, block))
        i, j = block.old_end, block.new_end
    left_over(range(i, len(old)), range(j, len(new)))
    partners = {place_from[i]: place_to[j] for i, j in moves} | {place_to[j]: place_from[i] for i, j in moves}
    return [
        Row(row.kind, row.old, row.new, row.runs, partners[place]) if place in partners else row
        for place, row in enumerate(rows)
    ]


def _one_sided(kind: Literal["removed", "added"], index: int, tokens: Sequence[Token]) -> Row:
    text = "".join(token.text for token in tokens)
    inked = any(token.key for token in tokens)  # a text of nothing but spaces is no change
    op: Op = kind if inked else "equal"
    if kind == "removed":
        return Row(kind if inked else "equal", index, None, (Run(op, text, ""),))
    return Row(kind if inked else "equal", None, index, (Run(op, "", text),))


def _block_rows(old: Sequence[list[Token]], new: Sequence[list[Token]], block: _Block) -> Iterator[Row]:
    olds, news = old[block.old_start : block.old_end], new[block.new_start : block.new_end]
    if len(olds) == len(news) == 1:
        runs = word_runs(olds[0], news[0])
        kind: RowKind = "equal" if all(run.op == "equal" for run in runs) else "edited"
        yield Row(kind, block.old_start, block.new_start, runs)
        return
    old_tokens = [token for tokens in olds for token in tokens]
    new_tokens = [token for tokens in news for token in tokens]
    old_lengths, new_lengths = [len(tokens) for tokens in olds], [len(tokens) for tokens in news]
    for i, j, spans in _cut(_word_spans(old_tokens, new_tokens), old_lengths, new_lengths):
        runs = _runs(old_tokens, new_tokens, spans)
        old_size, new_size = spans[-1].i2 - spans[0].i1, spans[-1].j2 - spans[0].j1
        old_index, new_index = block.old_start + i, block.new_start + j
        if not new_size:
            yield Row("removed", old_index, None, runs)
        elif not old_size:
            yield Row("added", None, new_index, runs)
        else:
            whole = old_size == old_lengths[i] and new_size == new_lengths[j]
            same = whole and all(run.op == "equal" for run in runs)
            yield Row("equal" if same else "edited", old_index, new_index, runs)


def _cut(
    spans: Sequence[_Span], old_lengths: Sequence[int], new_lengths: Sequence[int]
) -> Iterator[tuple[int, int, list[_Span]]]:
    """Cut the spans wherever a paragraph of either side ends: (old paragraph, new paragraph, its spans)."""
    i = j = 0
    old_end, new_end = old_lengths[0], new_lengths[0]
    piece: list[_Span] = []
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
        piece.append(_Span(span.equal, span.i1, cut_i, span.j1, cut_j))
        if (cut_i, cut_j) != (span.i2, span.j2):
            queue.append(_Span(span.equal, cut_i, span.i2, cut_j, span.j2))
    if piece:
        yield i, j, piece


# --- words ----------------------------------------------------------------------------------------


class _Span(NamedTuple):
    equal: bool
    i1: int
    i2: int
    j1: int
    j2: int


def word_runs(old: Sequence[Token], new: Sequence[Token]) -> tuple[Run, ...]:
    """Compare two paragraphs word by word."""
    return _runs(old, new, _word_spans(old, new))


def _word_spans(old: Sequence[Token], new: Sequence[Token]) -> list[_Span]:
    if not old and not new:
        return []
    letters: dict[str, str] = {}
    old_keys, new_keys = [token.key for token in old], [token.key for token in new]
    if old_keys == new_keys:
        return [_Span(True, 0, len(old), 0, len(new))]
    if len(old) * len(new) > WORD_CELLS:
        return [_Span(False, 0, len(old), 0, len(new))]
    if old_keys <= new_keys:
        spans = _opcodes(_encode(old_keys, letters), _encode(new_keys, letters))
    else:
        flipped = _opcodes(_encode(new_keys, letters), _encode(old_keys, letters))
        spans = [_Span(span.equal, span.j1, span.j2, span.i1, span.i2) for span in flipped]
    return _slide(_absorb(spans, old_keys, new_keys), old_keys, new_keys)


def _opcodes(old: str, new: str) -> list[_Span]:
    """The shortest edit script, equal and changed spans in turn."""
    spans: list[_Span] = []
    if len(old) * len(new) > WORD_CELLS:
        return [_Span(False, 0, len(old), 0, len(new))]
    for code in Indel.opcodes(old, new):
        equal = code.tag == "equal"
        span = _Span(equal, code.src_start, code.src_end, code.dest_start, code.dest_end)
        if spans and not equal and not spans[-1].equal:
            spans[-1] = _joined(spans[-1], span)
        else:
            spans.append(span)
    return spans


def _joined(first: _Span, last: _Span) -> _Span:
    return _Span(False, first.i1, last.i2, first.j1, last.j2)


def _absorb(spans: list[_Span], old: Sequence[str], new: Sequence[str]) -> list[_Span]:
    """Join changes that only a few plain words keep apart: "killing of the men" is read as one, not as three."""

    def weight(span: _Span) -> int:
        return max(sum(map(len, old[span.i1 : span.i2])), sum(map(len, new[span.j1 : span.j2])))

    while True:
        kept: list[_Span] = []
        place = 0
        while place < len(spans):
            span = spans[place]
            if (
                span.equal
                and kept
                and place + 1 < len(spans)
                and span.i2 - span.i1 <= ABSORBED_WORDS
                and not any(_ANCHORED.search(key) for key in old[span.i1 : span.i2])
                and weight(span) <= weight(kept[-1])
                and weight(span) <= weight(spans[place + 1])
            ):
                kept[-1] = _joined(kept[-1], spans[place + 1])
                place += 2
            else:
                kept.append(span)
                place += 1
        if len(kept) == len(spans):
            return kept
        spans = kept


def _slide(spans: list[_Span], old: Sequence[str], new: Sequence[str]) -> list[_Span]:
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
        shift = max(
            range(-left, right + 1),
            key=lambda by: (_starts_well(keys, start + by), -abs(by), by),
        )
        if not shift:
            continue
        spans[place - 1] = _Span(True, before.i1, before.i2 + shift, before.j1, before.j2 + shift)
        spans[place] = _Span(False, span.i1 + shift, span.i2 + shift, span.j1 + shift, span.j2 + shift)
        spans[place + 1] = _Span(True, after.i1 + shift, after.i2, after.j1 + shift, after.j2)
    return [span for span in spans if span.i1 != span.i2 or span.j1 != span.j2]


def _starts_well(keys: Sequence[str], place: int) -> int:
    if place == 0 or _SENTENCE_END.search(keys[place - 1]):
        return 2
    return 1 if not is_word(keys[place - 1]) else 0


def _runs(old: Sequence[Token], new: Sequence[Token], spans: Iterable[_Span]) -> tuple[Run, ...]:
    runs = []
    for span in spans:
        before = "".join(token.text for token in old[span.i1 : span.i2])
        after = "".join(token.text for token in new[span.j1 : span.j2])
        op: Op = "equal" if span.equal else "replaced" if before and after else "removed" if before else "added"
        runs.append(Run(op, before, after))
    return tuple(runs)


@lru_cache(maxsize=2**16)
def _key(text: str) -> str:
    key = normal_form(text)
    return '"' if key == "'" else key
