"""Sentences of two texts that say the same, in whatever languages: translations and rewrites.

A pair of sentences scores by how far its cosine exceeds what these sentences resemble anyway (`adjusted`).
One cut then serves all languages, which no cut of the plain cosine does: on labelled pairs of news, the 5th
percentile of translations is .82 and the 95th of other pages .81 by document cosine.

The alignment is monotone (translators keep the order): a dynamic programme over both texts that may join up to
`MOST_JOINED` sentences on one side and may skip any number at no cost. What is left over is aligned again, so
that a block that moved is found too. Scattered single pairs are dropped: two reports of one event always have some.

Tried and left: a fixed set of unrelated sentences as the only background (it does not know the subject of the
two texts: recall of translations at 3 % false alarms .85, against .98 with the sentence's other neighbours in the
other text taken into account); plain cosines of the best counterparts (.94).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from archive.match.encoder import Vectors, background_level, encode, rescaled
from archive.match.fingerprint import shingle_hashes
from archive.match.reading import Hashes, Reading, figures_in
from archive.match.subject import document_cosine
from archive.text import Span

Scores = NDArray[np.float32]

#: Translators split and join sentences; blocks of more than three are rare (Text+Berg, German-French: under 1 %).
MOST_JOINED = 3
#: Neighbours in the other text, the best left out, that make a sentence's level (2, 3, 4 and 8 tried: all within .001 AUC).
_OTHERS = 3

#: A pair below this does not correspond. Unrelated sentences of one subject reach it in 1 of 20 cases.
MARGIN = 0.10
#: Joining costs this much a sentence, or every pair would swallow its neighbours.
_JOIN_COST = 0.01
#: A link this strong stands by itself as a seed ...
SEED = 0.22
#: ... and weaker links stay if a seed is this near in both texts (sentences).
_NEAR = 2
#: A passage of one link needs more: same-event reports share single sentences.
SINGLE = 0.30
#: Two openings need less: a title stands alone in a text that was cut, and its own text resembles it, which lowers its score.
_TITLES = 0.14
#: Lengths of two sentences that translate each other differ by less than this factor (scripts measured apart).
_LENGTH_RATIO = 4.0
#: How often what is left over is aligned again.
_ROUNDS = 3
#: Links in which the titles of two texts are found, with a line above them.
OPENING = 2


@dataclass(frozen=True, slots=True)
class Link:
    """Sentences *a_start* to *a_end* of the story say what *b_start* to *b_end* of the page say (indices of units)."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int
    #: adjusted cosine
    score: float


@dataclass(frozen=True, slots=True)
class Semantic:
    """What two texts have in common by meaning."""

    links: tuple[Link, ...]
    #: adjusted cosine of the best counterpart, averaged over the sentences of the story and of the page
    soft_story: float
    soft_page: float
    #: share of the linked sentences that keep the order of the story
    order: float


NOTHING = Semantic((), 0.0, 0.0, 0.0)


def align(a: Reading, b: Reading) -> Semantic:
    """The sentences of *b* (the page) that say what sentences of *a* (the story) say."""
    if not a.units or not b.units:
        return NOTHING
    cosines = a.vectors @ b.vectors.T
    level_a = np.maximum(a.levels, _runners_up(cosines))
    level_b = np.maximum(b.levels, _runners_up(cosines.T))
    scores = adjusted(cosines, level_a, level_b)
    wording = _Wording.of(a, b) if a.language == b.language else None
    gains = _gains(a, b, level_a, level_b, wording)
    links = _filled(_kept(_all_links(gains, scores.shape)), _Blocks.of(a, b, level_a, level_b))
    return Semantic(
        tuple(links),
        soft_story=float(scores.max(axis=1).mean()),
        soft_page=float(scores.max(axis=0).mean()),
        order=_order(links),
    )


def adjusted(cosines: Scores, level_a: Scores, level_b: Scores) -> Scores:
    """Cosines less the level of both sentences.

    The level of a sentence is what it resembles anyway: the mean of its nearest background sentences, or of its
    nearest sentences in the other text after the best one, whichever is higher.
    """
    return rescaled(cosines - np.float32(0.5) * (level_a[:, None] + level_b[None, :]))


def _runners_up(cosines: Scores) -> Scores:
    """For each row the mean of its best values after the very best."""
    if cosines.shape[1] < 2:
        return np.full(len(cosines), -1.0, dtype=np.float32)
    count = min(_OTHERS + 1, cosines.shape[1])
    best = np.sort(np.partition(cosines, -count, axis=1)[:, -count:], axis=1)
    return best[:, :-1].mean(axis=1)  # type: ignore[no-any-return]


# --- alignment -----------------------------------------------------------------------------------


def _all_links(gains: dict[tuple[int, int], Scores], shape: tuple[int, ...]) -> list[Link]:
    links: list[Link] = []
    for _ in range(_ROUNDS):
        found = _best_path(gains, shape)
        if not found:
            break
        links.extend(found)
        for link in found:
            for (height, width), gain in gains.items():
                gain[max(0, link.a_start - height + 1) : link.a_end, :] = -1.0
                gain[:, max(0, link.b_start - width + 1) : link.b_end] = -1.0
    return links


_SHAPES = (
    (1, 1),
    *((1, width) for width in range(2, MOST_JOINED + 1)),
    *((height, 1) for height in range(2, MOST_JOINED + 1)),
)


@dataclass(frozen=True, slots=True)
class _Wording:
    """Which words stand in which sentence of two texts in one language, weighted by how few sentences they stand in."""

    a: Scores
    b: Scores
    weights: Scores

    @classmethod
    def of(cls, a: Reading, b: Reading) -> _Wording | None:
        """None where the tables would not fit: such texts are aligned by meaning alone."""
        size = 2 if a.unspaced else 1
        hashes_a, hashes_b = shingle_hashes(a.hashes, size), shingle_hashes(b.hashes, size)
        vocabulary = np.unique(np.concatenate((hashes_a, hashes_b)))
        if (len(a.units) + len(b.units)) * len(vocabulary) > _MOST_CELLS:
            return None
        rows_a, rows_b = _incidence(a, hashes_a, size, vocabulary), _incidence(b, hashes_b, size, vocabulary)
        spread = (rows_a > 0).sum(axis=0) + (rows_b > 0).sum(axis=0)
        return cls(rows_a, rows_b, (1 / (1 + np.log(np.maximum(1, spread)))).astype(np.float32))

    def likeness(self, height: int, width: int) -> Scores:
        """Weighted Dice coefficient of every block of *height* sentences of a with every block of *width* of b."""
        rows_a, rows_b = _window(self.a, height), _window(self.b, width)
        common = (rows_a * self.weights) @ rows_b.T
        sizes = (rows_a @ self.weights)[:, None] + (rows_b @ self.weights)[None, :]
        return (2 * common / np.maximum(sizes, 1e-6)).astype(np.float32)


def _incidence(reading: Reading, hashes: Hashes, size: int, vocabulary: Hashes) -> Scores:
    rows = np.zeros((len(reading.units), len(vocabulary)), dtype=np.float32)
    columns = np.searchsorted(vocabulary, hashes)
    for row, unit in enumerate(reading.units):
        inside = reading.sentence_words[unit]
        rows[row, columns[inside.start : max(inside.start, inside.stop - size + 1)]] = 1.0
    return rows


def _window(rows: Scores, size: int) -> Scores:
    if size == 1:
        return rows
    count = len(rows) - size + 1
    return np.max([rows[offset : offset + count] for offset in range(size)], axis=0)  # type: ignore[no-any-return]


#: Sentences times distinct words, 4 bytes each: two articles of 1,000 sentences stay below.
_MOST_CELLS = 20_000_000
#: A weighted Dice coefficient of words counts as an adjusted cosine of `_WORDING_SCALE` times it less `_WORDING_COST`.
_WORDING_SCALE = 0.8
_WORDING_COST = 0.18


def _gains(
    a: Reading, b: Reading, level_a: Scores, level_b: Scores, wording: _Wording | None
) -> dict[tuple[int, int], Scores]:
    """For each shape of block what it adds, at every place, to a path that takes it: score less margin.

    A block of joined sentences gains no more than a pair does, so it is taken only where joining raises the cosine:
    joining a sentence that does not belong lowers it.
    """
    gains: dict[tuple[int, int], Scores] = {}
    lengths_a, lengths_b = _lengths(a), _lengths(b)
    for height, width in _SHAPES:
        if height > len(lengths_a) or width > len(lengths_b):
            continue
        joined_a, joined_level_a = _joined(a.vectors, level_a, height)
        joined_b, joined_level_b = _joined(b.vectors, level_b, width)
        score = adjusted(joined_a @ joined_b.T, joined_level_a, joined_level_b)
        if wording is not None:
            score = np.maximum(score, _WORDING_SCALE * wording.likeness(height, width) - _WORDING_COST)
        score = score - _JOIN_COST * (height + width - 2)
        ratio = _windowed_sum(lengths_a, height)[:, None] / _windowed_sum(lengths_b, width)[None, :]
        fits = (ratio < _LENGTH_RATIO) & (ratio > 1 / _LENGTH_RATIO)
        gains[height, width] = np.where(fits, score - MARGIN, -1.0).astype(np.float32)
    return gains


def _lengths(reading: Reading) -> NDArray[np.float32]:
    scale = 2.5 if reading.unspaced else 1.0  # a character of Chinese or Japanese holds about that many letters
    return np.array(
        [scale * (reading.sentences[unit].end - reading.sentences[unit].start) for unit in reading.units],
        dtype=np.float32,
    )


def _windowed_sum(values: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    return np.convolve(values, np.ones(size, dtype=np.float32), mode="valid")


def _joined(vectors: Vectors, levels: Scores, size: int) -> tuple[Vectors, Scores]:
    """The vectors of *size* neighbouring sentences read as one, approximated by their mean, and their levels."""
    if size == 1:
        return vectors, levels
    count = len(vectors) - size + 1
    joined = np.sum([vectors[offset : offset + count] for offset in range(size)], axis=0)
    joined /= np.linalg.norm(joined, axis=1, keepdims=True)
    level = np.max([levels[offset : offset + count] for offset in range(size)], axis=0)
    return joined, np.maximum(level, background_level(joined))


def _best_path(gains: dict[tuple[int, int], Scores], shape: tuple[int, ...]) -> list[Link]:
    """The monotone sequence of blocks with the highest total gain."""
    rows, columns = shape
    total = np.zeros((rows + 1, columns + 1), dtype=np.float32)
    for row in range(1, rows + 1):
        line = total[row - 1].copy()
        for (height, width), gain in gains.items():
            if height > row:
                continue
            taken = total[row - height, : columns + 1 - width] + gain[row - height]
            np.maximum(line[width:], taken, out=line[width:])
        total[row] = np.maximum.accumulate(line)
    return _traced(gains, total)


def _traced(gains: dict[tuple[int, int], Scores], total: Scores) -> list[Link]:
    row, column = total.shape[0] - 1, total.shape[1] - 1
    links: list[Link] = []
    while row > 0 and column > 0 and total[row, column] > 0:
        here = total[row, column]
        if total[row - 1, column] >= here:
            row -= 1
            continue
        if total[row, column - 1] >= here:
            column -= 1
            continue
        for (height, width), gain in gains.items():
            if height > row or width > column:
                continue
            value = gain[row - height, column - width]
            if value > 0 and abs(total[row - height, column - width] + value - here) < 1e-4:
                score = float(value) + MARGIN
                links.append(Link(row - height, row, column - width, column, score))
                row, column = row - height, column - width
                break
        else:
            break
    return links[::-1]


def _kept(links: list[Link]) -> list[Link]:
    """Seeds, and the links near one; in page order."""
    links = sorted(links, key=lambda link: (link.b_start, link.a_start))
    kept = {link for link in links if link.score >= SEED or (_is_opening(link) and link.score >= _TITLES)}
    grown = True
    while grown:
        more = {link for link in links if link not in kept and any(_near(link, seed) for seed in kept)}
        kept |= more
        grown = bool(more)
    grouped = clusters([link for link in links if link in kept])
    return sorted(
        (link for cluster in grouped if _stands(cluster) for link in cluster),
        key=lambda link: (link.b_start, link.a_start),
    )


def block_cosine(one: Vectors, other: Vectors) -> float:
    """Cosine of two runs of sentences, each read as one."""
    a, b = one.sum(axis=0), other.sum(axis=0)
    return float(a @ b) / max(1e-6, float(np.linalg.norm(a) * np.linalg.norm(b)))


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Scores any run of sentences of one text against any run of the other."""

    vectors_a: Vectors
    vectors_b: Vectors
    level_a: Scores
    level_b: Scores
    lengths_a: NDArray[np.float32]
    lengths_b: NDArray[np.float32]

    @classmethod
    def of(cls, a: Reading, b: Reading, level_a: Scores, level_b: Scores) -> _Blocks:
        return cls(a.vectors, b.vectors, level_a, level_b, _lengths(a), _lengths(b))

    def score(self, a_start: int, a_end: int, b_start: int, b_end: int) -> float:
        cosine = block_cosine(self.vectors_a[a_start:a_end], self.vectors_b[b_start:b_end])
        level = 0.5 * (self.level_a[a_start:a_end].max() + self.level_b[b_start:b_end].max())
        return float(rescaled(cosine - level))

    def log_ratio(self, a_start: int, a_end: int, b_start: int, b_end: int) -> float:
        return float(np.log(self.lengths_b[b_start:b_end].sum() / self.lengths_a[a_start:a_end].sum()))


#: Between two links, at most so many sentences are given to their neighbours or to each other.
_MOST_FILLED = 3
#: A sentence between two links belongs to one of them if joining it costs no more score than this, a better fit of the
#: lengths counted in its favour. Of 236 that belonged (second halves of split sentences, in translations)
#: 5 % lost more than .18, of 29 that were put in 75 % lost more than .10, and their lengths fitted worse.
_MOST_LOST = 0.18
_LENGTH_WEIGHT = 0.2
#: What stands alone between two links on both sides corresponds, if it does not plainly say something else.
_LEAST_BETWEEN = -0.16
_MOST_LOG_RATIO = 0.9


def _filled(links: list[Link], blocks: _Blocks) -> list[Link]:
    """*links* with what lies between two of them: halves of split sentences, and pairs too short or free to stand out."""
    if len(links) < 2:
        return links
    usual = float(np.median([blocks.log_ratio(*_block(one)) for one in links]))
    filled = [links[0]]
    for link in links[1:]:
        last = filled[-1]
        gap_a, gap_b = link.a_start - last.a_end, link.b_start - last.b_end
        if not (gap_a or gap_b) or not (0 <= gap_a <= _MOST_FILLED and 0 <= gap_b <= _MOST_FILLED):
            filled.append(link)
        elif gap_a and gap_b:
            between = (last.a_end, link.a_start, last.b_end, link.b_start)
            score = blocks.score(*between)
            if score >= _LEAST_BETWEEN and abs(blocks.log_ratio(*between) - usual) <= _MOST_LOG_RATIO:
                filled.append(Link(*between, score))
            filled.append(link)
        else:
            filled[-1:] = _joined_to_neighbour(last, link, blocks, usual)
    return filled


def _block(link: Link) -> tuple[int, int, int, int]:
    return link.a_start, link.a_end, link.b_start, link.b_end


def _joined_to_neighbour(last: Link, link: Link, blocks: _Blocks, usual: float) -> list[Link]:
    """*last* and *link*, one of them with the sentences between them if these belong to it."""
    choices = (
        (last, Link(last.a_start, link.a_start, last.b_start, link.b_start, last.score)),
        (link, Link(last.a_end, link.a_end, last.b_end, link.b_end, link.score)),
    )
    losses = [_loss(old, new, blocks, usual) for old, new in choices]
    if min(losses) > _MOST_LOST:
        return [last, link]
    return [choices[0][1], link] if losses[0] <= losses[1] else [last, choices[1][1]]


def _loss(old: Link, new: Link, blocks: _Blocks, usual: float) -> float:
    was, now = ((blocks.score(*where), abs(blocks.log_ratio(*where) - usual)) for where in (_block(old), _block(new)))
    return was[0] - now[0] + _LENGTH_WEIGHT * (now[1] - was[1])


def _stands(cluster: list[Link]) -> bool:
    return len(cluster) > 1 or cluster[0].score >= (_TITLES if _is_opening(cluster[0]) else SINGLE)


def _is_opening(link: Link) -> bool:
    return link.a_start == 0 and link.b_start < OPENING


def _near(one: Link, other: Link) -> bool:
    gap_a = max(one.a_start - other.a_end, other.a_start - one.a_end)
    gap_b = max(one.b_start - other.b_end, other.b_start - one.b_end)
    return gap_a <= _NEAR and gap_b <= _NEAR


def clusters(links: list[Link]) -> list[list[Link]]:
    """*links* in page order, grouped by nearness in both texts."""
    found: list[list[Link]] = []
    for link in links:
        home = next((c for c in found if any(_near(link, member) for member in c[-3:])), None)
        if home is None:
            found.append([link])
        else:
            home.append(link)
    return found


def _order(links: list[Link]) -> float:
    """The longest subsequence of the links, in page order, that is in story order too, as a share."""
    if not links:
        return 0.0
    ends: list[int] = []
    for link in links:
        place = int(np.searchsorted(ends, link.a_start))
        ends[place : place + 1] = [link.a_start]
    return len(ends) / len(links)


def spans(a: Reading, b: Reading, link: Link) -> tuple[Span, Span]:
    """The characters that *link* connects."""
    units_a, units_b = a.units[link.a_start : link.a_end], b.units[link.b_start : link.b_end]
    return (
        Span(a.sentences[units_a[0]].start, a.sentences[units_a[-1]].end),
        Span(b.sentences[units_b[0]].start, b.sentences[units_b[-1]].end),
    )


def _promising(a: Reading, b: Reading, count: int) -> list[int]:
    names, figures = a.signals.names, a.signals.figures
    shared = {
        unit: len(b.names_in(s) & names) + len(figures_in(s.of(b.text)) & figures)
        for unit in b.units
        for s in [b.sentences[unit]]
    }
    best = sorted((unit for unit in b.units if shared[unit]), key=lambda unit: -shared[unit])[: (count + 1) // 2]
    rest = [unit for unit in b.units if unit not in best]
    left = count - len(best)
    return sorted([*best, *rest[:: max(1, len(rest) // max(1, left))][:left]])


#: Cosine of the mean vectors from which on a page is about what the story is about (`decide`'s rule for `related`).
SAME_SUBJECT = 0.5


def try_some(a: Reading, b: Reading, count: int, *, subject: bool = False) -> bool:
    """Whether any of *count* sentences of *b* seems to say what a sentence of *a* says.

    Tried are those that share most names and figures with *a*, and others spread over the text.

    With *subject* it is enough that together they seem to be about the same.
    """
    if not a.units or not b.units:
        return False
    some = encode([b.sentences[unit].of(b.text) for unit in _promising(a, b, count)])
    if subject and document_cosine(a.vectors, some) >= SAME_SUBJECT:
        return True
    cosines = a.vectors @ some.T
    level_b = np.maximum(background_level(some), _runners_up(cosines.T))
    return bool(rescaled(cosines.max(axis=0) - level_b).max() >= SEED)
