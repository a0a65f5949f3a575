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

from archive.match.encoder import Vectors, background_level, encode
from archive.match.reading import Reading, figures_in
from archive.text import Span
from archive.types import Passage

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
#: Lengths of two sentences that translate each other differ by less than this factor (scripts measured apart).
_LENGTH_RATIO = 4.0
#: How often what is left over is aligned again.
_ROUNDS = 3
#: Links in which the titles of two texts are found, with a line above them.
_OPENING = 2


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
    #: cosine of the mean vectors
    document_cosine: float
    #: share of the linked sentences that keep the order of the story
    order: float


NOTHING = Semantic((), 0.0, 0.0, 0.0, 0.0)


def align(a: Reading, b: Reading) -> Semantic:
    """The sentences of *b* (the page) that say what sentences of *a* (the story) say."""
    if not a.units or not b.units:
        return NOTHING
    cosines = a.vectors @ b.vectors.T
    level_a = np.maximum(a.levels, _runners_up(cosines))
    level_b = np.maximum(b.levels, _runners_up(cosines.T))
    scores = adjusted(cosines, level_a, level_b)
    links = _kept(_all_links(_gains(a, b, level_a, level_b), scores.shape))
    return Semantic(
        tuple(links),
        soft_story=float(scores.max(axis=1).mean()),
        soft_page=float(scores.max(axis=0).mean()),
        document_cosine=_document_cosine(a.vectors, b.vectors),
        order=_order(links),
    )


def adjusted(cosines: Scores, level_a: Scores, level_b: Scores) -> Scores:
    """Cosines less the level of both sentences.

    The level of a sentence is what it resembles anyway: the mean of its nearest background sentences, or of its
    nearest sentences in the other text after the best one, whichever is higher.
    """
    return cosines - np.float32(0.5) * (level_a[:, None] + level_b[None, :])


def _runners_up(cosines: Scores) -> Scores:
    """For each row the mean of its best values after the very best."""
    if cosines.shape[1] < 2:
        return np.full(len(cosines), -1.0, dtype=np.float32)
    count = min(_OTHERS + 1, cosines.shape[1])
    best = np.sort(np.partition(cosines, -count, axis=1)[:, -count:], axis=1)
    return best[:, :-1].mean(axis=1)  # type: ignore[no-any-return]


def _document_cosine(a: Vectors, b: Vectors) -> float:
    mean_a, mean_b = a.mean(axis=0), b.mean(axis=0)
    norm = float(np.linalg.norm(mean_a) * np.linalg.norm(mean_b))
    return float(mean_a @ mean_b) / norm if norm else 0.0


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


def _gains(a: Reading, b: Reading, level_a: Scores, level_b: Scores) -> dict[tuple[int, int], Scores]:
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
        score = adjusted(joined_a @ joined_b.T, joined_level_a, joined_level_b) - _JOIN_COST * (height + width - 2)
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
    kept = {link for link in links if link.score >= SEED}
    grown = True
    while grown:
        more = {link for link in links if link not in kept and any(_near(link, seed) for seed in kept)}
        kept |= more
        grown = bool(more)
    clusters = _clusters([link for link in links if link in kept])
    return sorted(
        (link for cluster in clusters if _stands(cluster) for link in cluster),
        key=lambda link: (link.b_start, link.a_start),
    )


def _stands(cluster: list[Link]) -> bool:
    return len(cluster) > 1 or cluster[0].score >= SINGLE


def _near(one: Link, other: Link) -> bool:
    gap_a = max(one.a_start - other.a_end, other.a_start - one.a_end)
    gap_b = max(one.b_start - other.b_end, other.b_start - one.b_end)
    return gap_a <= _NEAR and gap_b <= _NEAR


def _clusters(links: list[Link]) -> list[list[Link]]:
    """*links* in page order, grouped by nearness in both texts."""
    clusters: list[list[Link]] = []
    for link in links:
        home = next((c for c in clusters if any(_near(link, member) for member in c[-3:])), None)
        if home is None:
            clusters.append([link])
        else:
            home.append(link)
    return clusters


def _order(links: list[Link]) -> float:
    """The longest subsequence of the links, in page order, that is in story order too, as a share."""
    if not links:
        return 0.0
    ends: list[int] = []
    for link in links:
        place = int(np.searchsorted(ends, link.a_start))
        ends[place : place + 1] = [link.a_start]
    return len(ends) / len(links)


# --- what the links say ----------------------------------------------------------------------------


def spans(a: Reading, b: Reading, link: Link) -> tuple[Span, Span]:
    """The characters that *link* connects."""
    units_a, units_b = a.units[link.a_start : link.a_end], b.units[link.b_start : link.b_end]
    return (
        Span(a.sentences[units_a[0]].start, a.sentences[units_a[-1]].end),
        Span(b.sentences[units_b[0]].start, b.sentences[units_b[-1]].end),
    )


def as_passages(a: Reading, b: Reading, semantic: Semantic) -> list[Passage]:
    """Neighbouring links as passages, in page order."""
    return [_passage(a, b, cluster) for cluster in _clusters(list(semantic.links))]


def _passage(a: Reading, b: Reading, cluster: list[Link]) -> Passage:
    story = [spans(a, b, link)[0] for link in cluster]
    page = [spans(a, b, link)[1] for link in cluster]
    weight = [span.end - span.start for span in page]
    likeness = sum(link.score * w for link, w in zip(cluster, weight, strict=True)) / sum(weight)
    return Passage(
        min(span.start for span in story),
        max(span.end for span in story),
        min(span.start for span in page),
        max(span.end for span in page),
        round(min(1.0, max(0.0, likeness)), 4),
        "semantic",
        all(is_quotation(a, b, link) for link in cluster),
    )


def is_quotation(a: Reading, b: Reading, link: Link) -> bool:
    """Whether the words that *link* connects stand mostly in quotation marks in both texts."""
    story, page = spans(a, b, link)
    words_a, words_b = a.words.inside(story), b.words.inside(page)
    if not words_a or not words_b:
        return False
    return bool(
        a.quoted[words_a.start : words_a.stop].mean() >= 0.5 and b.quoted[words_b.start : words_b.stop].mean() >= 0.5
    )


def figures(a: Reading, b: Reading, semantic: Semantic) -> tuple[int, int]:
    """How many distinct figures of the linked sentences stand in those of the other text too, of how many in all.

    Of all linked sentences together, because a translator moves a figure to the next sentence.
    """
    of_story: set[str] = set()
    of_page: set[str] = set()
    for link in semantic.links:
        story, page = spans(a, b, link)
        of_story |= figures_in(story.of(a.text))
        of_page |= figures_in(page.of(b.text))
    return len(of_story & of_page), len(of_story | of_page)


_NOWHERE = Span(0, 0)


def opening_figures_differ(a: Reading, b: Reading, semantic: Semantic) -> bool:
    """Whether the first linked sentences, the titles as a rule, both hold figures and have none in common."""
    for link in semantic.links[:_OPENING]:
        story, page = spans(a, b, link)
        of_story, of_page = figures_in(story.of(a.text)), figures_in(page.of(b.text))
        if of_story and of_page:
            return not of_story & of_page
    return False


@dataclass(frozen=True, slots=True)
class BestPassage:
    """The strongest group of neighbouring links."""

    links: int = 0
    mean: float = 0.0
    #: figures and names that stand in it in both texts
    signals: int = 0
    story: Span = _NOWHERE
    page: Span = _NOWHERE

    def closes(self, a: Reading, b: Reading, share: float) -> bool:
        """Whether it lies in the last part of both texts, where publishers say who they are."""
        return (
            self.links > 0
            and self.story.start >= share * a.sentences[-1].end
            and self.page.start >= share * b.sentences[-1].end
        )


def best_passage(a: Reading, b: Reading, semantic: Semantic) -> BestPassage:
    """The group of links with the highest total score that is not a quotation; if all are, none."""
    best = BestPassage()
    for cluster in _clusters(list(semantic.links)):
        own = [link for link in cluster if not is_quotation(a, b, link)]
        if not own:
            continue
        total = sum(link.score for link in own)
        if total > best.links * best.mean:
            passage = _passage(a, b, own)
            story, page = Span(passage.story_start, passage.story_end), Span(passage.page_start, passage.page_end)
            best = BestPassage(len(own), total / len(own), _signals_shared(a, story, b, page), story, page)
    return best


def _signals_shared(a: Reading, story: Span, b: Reading, page: Span) -> int:
    figures_shared = figures_in(story.of(a.text)) & figures_in(page.of(b.text))
    return len(figures_shared) + len(a.names_in(story) & b.names_in(page))


def quote_share(a: Reading, b: Reading, semantic: Semantic) -> float:
    """The share of the linked characters of the page whose link is a quotation on both sides."""
    lengths = [(link, spans(a, b, link)[1]) for link in semantic.links]
    total = sum(span.end - span.start for _, span in lengths)
    quoted = sum(span.end - span.start for link, span in lengths if is_quotation(a, b, link))
    return quoted / total if total else 0.0


#: Cosine of the mean vectors from which on a page is about what the story is about (`decide`'s rule for `related`).
SAME_SUBJECT = 0.5


def try_some(a: Reading, b: Reading, count: int, *, subject: bool = False) -> bool:
    """Whether any of *count* sentences of *b*, spread over it, seems to say what a sentence of *a* says.

    With *subject* it is enough that together they seem to be about the same.
    """
    if not a.units or not b.units:
        return False
    step = max(1, len(b.units) // count)
    some = encode([b.sentences[unit].of(b.text) for unit in b.units[::step][:count]])
    if subject and _document_cosine(a.vectors, some) >= SAME_SUBJECT:
        return True
    cosines = a.vectors @ some.T
    level_b = np.maximum(background_level(some), _runners_up(cosines.T))
    return bool((cosines.max(axis=0) - level_b).max() >= SEED)
