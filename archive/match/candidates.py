"""Which stories may stand on a page, among thousands: what texts are looked up by, and what the finds are worth.

::

    page ──► fingerprints ── 2 shared, or 1 with names ─────────────────────────────► candidates
       ├───► addresses, short ids, title ───────────────────────────────────────────►
       └───► names and figures, the rare ones heavier ──no──► not embedded: nothing more
                       │ one story stands out, or the scripts differ
                       ▼
             sentence vectors ──► nearest documents, nearest sentences ──► exactly ──►

A candidate is no claim: `archive.match.match_all` looks at each. What is no candidate is never looked at, so the
cuts are wide. Measured on labelled pairs against 982 tracked articles (`benchmarks.candidates --recall`).

Sentences are sorted by the nearest of the fixed background sentences (`archive.match.background`), so that a search
reads the few groups that are near, 7 % of all. Only 64 of their 512 dimensions are held in memory: those in which
the background sentences differ most. The best are compared anew in all dimensions.
"""

from __future__ import annotations

import functools
import hashlib
import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from archive.match.background import SENTENCES
from archive.match.encoder import Vectors, background_level, current, encode, rescaled
from archive.match.fingerprint import WINDOW, shingle_hashes, size_for, winnow
from archive.match.pointers import address
from archive.match.reading import Hashes, Reading, Signals, figures_in, is_weak, name_key
from archive.text import latin_share, words
from archive.types import PageText, Story

#: Part of what the archive's look-up tables are made under: a change empties them, and they are made again.
LABEL = "candidates 1"

#: A fingerprint that stands in more story texts is a formula.
COMMON_FINGERPRINT = 12
#: Shared fingerprints that make a candidate; one and a shared name or figure do as well.
LEAST_FINGERPRINTS = 2
#: A text that has this share of a page's fingerprints is found by them, and needs no vectors.
_EXPLAINED = 0.3
#: A name or figure in more texts, or in more than this share of them, says nothing.
COMMON_SIGNAL = 200
COMMON_SIGNAL_SHARE = 0.02
#: Texts read for the names and figures of a page, those of the rarest first: what a page costs does not grow with the stories.
MOST_HOLDERS = 400
#: Weight (`signal_weights`) from which on a story stands out ...
_LEAST_WEIGHT = 8.0
#: ... if it has this much more than the fifth best: of labelled translations and rewrites 97 to 100 % (of releases with
#: one figure of many changed 90 %), of pages of other subjects 35 to 77 %. Without the second test 69 to 88 %.
_STANDS_OUT = 1.25
#: ... or this much by itself.
_SURE_WEIGHT = 20.0
#: Stories and pages with the most weight that are compared by it alone.
MOST_BY_SIGNALS = 3
MOST_TEXTS_BY_SIGNALS = 200
#: Below this share of Latin letters names are written otherwise, and are not shared with a text in Latin letters.
_LATIN = 0.5
#: Characters of a text by which its script is told.
_LATIN_SAMPLE = 500
#: A shorter word is no name (as in `Reading.names`).
_LEAST_NAME = 4

#: Nearest documents and sentences' stories that are compared sentence by sentence.
NEAREST_DOCUMENTS = 15
NEAREST_STORIES = 35
#: A story of which no sentence is nearer than this is none: `semantic` starts from a pair above it.
_LEAST_SENTENCE = 0.20
#: What a pair of sentences adds is what it has above this.
_MARGIN = 0.10
#: Stories of one page that are compared in full because of all their sentences, and as many because of the best one.
MOST_BY_VECTORS = 8
#: A sentence in more story texts is a formula.
COMMON_SENTENCE = 12

#: With 32 the nearest 400 sentences hold .946 of translated excerpts' sources, with 64 .951, with 128 .960, with all .964.
_DIMENSIONS = 64
#: Groups of sentences that are read for a sentence (of 164): 4 found .87 of translated excerpts, 8 .94, all 1.00.
_PROBES = 8
_BEST_SENTENCES = 400

_TITLE_WORDS = 4
_TITLE_CHARACTERS = 8
_SEPARATORS = regex.compile(r"[/_.\-?#&=]+")


# --- what a text is looked up by -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Keys:
    """What a text is looked up by, as SQLite's signed integers."""

    fingerprints: tuple[int, ...]
    #: hashes of its names and figures
    signals: tuple[int, ...]
    #: whether it is mostly in Latin letters
    latin: bool


def story_keys(reading: Reading) -> Keys:
    """What a story text is found by; its furniture left out."""
    return Keys(_signed(winnow(reading)), _signal_keys(reading.signals), _is_latin(reading.text))


def page_keys(reading: Reading) -> Keys:
    """What a page is looked up by: more than a story text is found by, for it is faster to look up a word than to judge it.

    Its furniture is included, and capitalised words that open a sentence.
    """
    text = reading.text
    names = frozenset(
        name_key(word)
        for word, shown in zip(reading.words.folded, reading.words.shown, strict=True)
        if len(word) >= _LEAST_NAME and shown[0].isupper()
    )
    signals = Signals(frozenset(figures_in(text)), names)
    return Keys(_winnow_all(reading), _signal_keys(signals), _is_latin(text))


def _is_latin(text: str) -> bool:
    return latin_share(text[:_LATIN_SAMPLE]) >= _LATIN


def _winnow_all(reading: Reading) -> tuple[int, ...]:
    """As `winnow`, of all words."""
    hashes = shingle_hashes(reading.hashes, size_for(reading))
    least = hashes[: max(1, len(hashes) - WINDOW + 1)]
    for offset in range(1, min(WINDOW, len(hashes))):
        least = np.minimum(least, hashes[offset : offset + len(least)])
    return tuple(np.unique(least).view(np.int64).tolist())


def _signed(hashes: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(value - (1 << 64) if value >> 63 else value for value in hashes))


def _signal_keys(signals: Signals) -> tuple[int, ...]:
    figures = (f"figure {figure}" for figure in signals.figures if not (len(figure) <= 2 and is_weak(figure)))
    names = (f"name {name}" for name in signals.names)
    return tuple(sorted({_signal_key(signal) for signal in (*figures, *names)}))


@functools.lru_cache(maxsize=65536)
def _signal_key(signal: str) -> int:
    digest = hashlib.blake2b(signal.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def story_pointers(story: Story) -> frozenset[str]:
    """What points to *story*: "url …", "id …", "title …"."""
    found = {f"url {key}" for url in story.urls if "/" in (key := address(url))}
    # A page is asked for by the parts of its addresses: the longest part of an id finds it.
    found |= {f"id {max(_SEPARATORS.split(short), key=len)}" for short in story.short_ids if short}
    if title := long_title(story):
        size = _title_size(title)
        found.add(f"title {size} {_run_hashes(story.title, size).view(np.int64)[0]}")
    return frozenset(found)


def long_title(story: Story) -> tuple[str, ...]:
    """The words of the story's title, if they are so many that they are not found by chance; else none."""
    title = words(story.title).folded
    return title if len(title) >= _title_size(title) else ()


def _title_size(title: Sequence[str]) -> int:
    return _TITLE_CHARACTERS if title and all(len(word) == 1 for word in title) else _TITLE_WORDS


def page_pointers(page: PageText) -> frozenset[str]:
    """What *page* points to, in the form of `story_pointers`; titles are asked for by `names_a_title`."""
    markup = page.markup
    named = (page.url, markup.canonical, markup.og_url, markup.amp, markup.original_source, markup.syndication_source)
    urls = {url for url in named if url}
    urls.update(url for _, url in markup.alternates)
    urls.update(link.url for link in page.links)
    found = set()
    for url in urls:
        bare = address(url)
        found.add(f"url {bare}")
        found.update(f"id {part}" for part in _SEPARATORS.split(bare) if any(map(str.isalnum, part)))
    return frozenset(found)


def _run_hashes(text: str, size: int) -> Hashes:
    return shingle_hashes(Reading(text).hashes, size)


class Titles:
    """The beginnings of the stories' titles, to be looked for in every page."""

    def __init__(self, pointers: Iterable[tuple[str, int]]) -> None:
        """Of (pointer, story id), those that are titles."""
        self._stories: dict[int, dict[int, list[int]]] = {}
        for pointer, story_id in pointers:
            kind, _, rest = pointer.partition(" ")
            if kind == "title":
                size, _, value = rest.partition(" ")
                self._stories.setdefault(int(size), {}).setdefault(int(value), []).append(story_id)
        self._known = {size: np.array(sorted(values), dtype=np.int64) for size, values in self._stories.items()}

    def named_by(self, reading: Reading, title: str | None) -> set[int]:
        """The stories whose title begins somewhere in the page's text or in its own title."""
        found: set[int] = set()
        for size, known in self._known.items():
            hashes = shingle_hashes(reading.hashes, size)
            if title:
                hashes = np.concatenate((hashes, _run_hashes(title, size)))
            values = hashes.view(np.int64)
            places = np.searchsorted(known, values)
            places[places == len(known)] = 0
            for value in values[known[places] == values].tolist():
                found.update(self._stories[size][value])
        return found


# --- what the finds are worth -----------------------------------------------------------------------------


def common(texts: int) -> int:
    """In how many of *texts* texts a name or figure may stand and still say something."""
    return max(COMMON_SIGNAL, int(texts * COMMON_SIGNAL_SHARE))


def signal_weights(found: Iterable[Sequence[int]], texts: int) -> dict[int, float]:
    """Text -> weight of the names and figures that it shares: of each, the less the more of *texts* texts have it.

    Args:
        found: for each name or figure the texts that have it.
    """
    weights: dict[int, float] = {}
    for holders in found:
        weight = math.log(1 + texts / max(1, len(holders)))
        for holder in holders:
            weights[holder] = weights.get(holder, 0.0) + weight
    return weights


def heaviest(weights: Mapping[int, float], count: int) -> list[int]:
    """The *count* texts of the most weight, heaviest first."""
    return heapq.nsmallest(count, weights, key=lambda text: (-weights[text], text))


def stands_out(weights: Mapping[int, float]) -> bool:
    """Whether the names and figures of a page are so much those of one story that its sentences should be read."""
    top = heapq.nlargest(5, weights.values())
    if not top or top[0] < _LEAST_WEIGHT:
        return False
    return top[0] >= _SURE_WEIGHT or len(top) < 5 or top[0] >= _STANDS_OUT * top[-1]


def enough_signals(weight: float) -> bool:
    """Whether a page with this weight may have to do with a new story."""
    return weight >= _LEAST_WEIGHT


def by_wording(shared: Mapping[int, int], weights: Mapping[int, float]) -> set[int]:
    """The texts that share wording enough, by their shared fingerprints and the weight of their names and figures."""
    return {text for text, count in shared.items() if count >= LEAST_FINGERPRINTS or weights.get(text, 0) > 0}


def unexplained(weights: Mapping[int, float], shared: Mapping[int, int], fingerprints: int) -> dict[int, float]:
    """The weights without the texts that a page of so many fingerprints is known to have the wording of.

    Those are found, and need no vectors; but beside the copy of one text may stand a translated part of another.
    """
    least = max(LEAST_FINGERPRINTS, _EXPLAINED * fingerprints)
    return {text: weight for text, weight in weights.items() if shared.get(text, 0) < least}


# --- vectors -------------------------------------------------------------------------------------------------


def unit_sentences(reading: Reading) -> list[str]:
    """The sentences that have vectors, in the order of `Reading.vectors`."""
    return [reading.sentences[unit].of(reading.text) for unit in reading.units]


class StoredSentence(NamedTuple):
    """A sentence by meaning."""

    #: number of the background sentence nearest to it
    pivot: int
    #: its background level
    level: float
    vector: bytes


def document_vector(vectors: Vectors) -> Vectors:
    """The direction of the mean; zero if there are no vectors."""
    if not len(vectors):
        return np.zeros(vectors.shape[1], dtype=np.float32)
    mean: Vectors = vectors.mean(axis=0, dtype=np.float32)
    length = np.float32(np.linalg.norm(mean))
    return mean / length if length else mean


def to_blob(vector: Vectors) -> bytes:
    """A vector as it is stored: float16, little endian, as the encoder keeps it."""
    return vector.astype("<f2").tobytes()


def from_blobs(blobs: Sequence[bytes]) -> Vectors:
    """Stored vectors as rows."""
    rows: NDArray[Any] = np.frombuffer(b"".join(blobs), dtype="<f2").reshape(len(blobs), -1)
    return rows.astype(np.float32)


def _pivots() -> Vectors:
    return _pivots_by(current().label)


@functools.cache
def _pivots_by(label: str) -> Vectors:
    return encode(list(SENTENCES))


@functools.cache
def _directions_by(label: str) -> Vectors:
    """The directions in which the background sentences differ most, as columns."""
    _, _, directions = np.linalg.svd(_pivots_by(label), full_matrices=False)
    return np.ascontiguousarray(directions[:_DIMENSIONS].T)


def _points(vectors: Vectors) -> Vectors:
    """*vectors* in few dimensions, of length 1 there: else those that lie across the directions would seem far from all."""
    points: Vectors = vectors @ _directions_by(current().label)
    lengths: Vectors = np.linalg.norm(points, axis=1, keepdims=True)
    points /= np.maximum(lengths, np.float32(1e-6))
    return points


def stored_sentences(vectors: Vectors) -> list[StoredSentence]:
    """Sentences as they are stored."""
    levels = background_level(vectors).tolist()
    return [
        StoredSentence(pivot, level, to_blob(vector))
        for pivot, level, vector in zip(pivots_of(vectors), levels, vectors, strict=True)
    ]


def pivots_of(vectors: Vectors) -> list[int]:
    """For each vector the number of the background sentence nearest to it."""
    return (vectors @ _pivots().T).argmax(axis=1).tolist() if len(vectors) else []


def nearest_documents(vector: Vectors, documents: Vectors, count: int = NEAREST_DOCUMENTS) -> list[int]:
    """The rows of *documents* nearest to *vector*, nearest first."""
    cosines = documents @ vector
    if len(cosines) > count:
        places = np.argpartition(-cosines, count)[:count]
    else:
        places = np.arange(len(cosines))
    return places[np.argsort(-cosines[places], kind="stable")].tolist()  # type: ignore[no-any-return]


class SentenceIndex:
    """The sentences of all stories, grouped by pivot, in few dimensions: 0.3 kB each."""

    def __init__(self, count: int) -> None:
        """Room for *count* sentences; add them in order of their pivots."""
        self._ids = np.zeros(count, dtype=np.int64)
        self._points = np.zeros((count, _DIMENSIONS), dtype=np.float32)
        self._levels = np.zeros(count, dtype=np.float32)
        self._pivots = np.zeros(count, dtype=np.int16)
        self._filled = 0
        self._starts: NDArray[np.intp] | None = None

    def add(self, ids: Sequence[int], pivots: Sequence[int], levels: Sequence[float], blobs: Sequence[bytes]) -> None:
        """Add sentences, each with its pivot not below the last one's."""
        here = slice(self._filled, self._filled + len(ids))
        self._ids[here] = ids
        self._pivots[here] = pivots
        self._points[here] = _points(from_blobs(blobs))
        self._levels[here] = levels
        self._filled += len(ids)
        self._starts = None

    def nearest(self, vectors: Vectors, levels: NDArray[np.float32]) -> list[int]:
        """Ids of the sentences nearest to any of *vectors*, above what they resemble anyway; nearest first."""
        if not self._filled or not len(vectors):
            return []
        if self._starts is None:
            self._starts = np.searchsorted(self._pivots[: self._filled], np.arange(len(SENTENCES) + 1))
        points = _points(vectors)
        cosines = vectors @ _pivots().T
        probed = np.argpartition(-cosines, _PROBES, axis=1)[:, :_PROBES]
        places, scores = [], []
        for pivot in np.unique(probed):
            start, end = self._starts[pivot], self._starts[pivot + 1]
            if start == end:
                continue
            rows = np.flatnonzero((probed == pivot).any(axis=1))
            here = self._points[start:end]
            best = here @ points[rows[0]] - np.float32(0.5) * levels[rows[0]]
            for row in rows[1:]:  # few, and a maximum along a short axis is slow
                np.maximum(best, here @ points[row] - np.float32(0.5) * levels[row], out=best)
            best -= np.float32(0.5) * self._levels[start:end]
            best = rescaled(best)
            near = np.flatnonzero(best >= _MARGIN)
            places.append(near + start)
            scores.append(best[near])
        if not places:
            return []
        place, score = np.concatenate(places), np.concatenate(scores)
        if len(place) > _BEST_SENTENCES:
            kept = np.argpartition(-score, _BEST_SENTENCES)[:_BEST_SENTENCES]
            place, score = place[kept], score[kept]
        return self._ids[place[np.argsort(-score, kind="stable")]].tolist()  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Strength:
    """How much of a page some sentences of a story say."""

    #: the best pair of sentences, above what they resemble anyway; a sentence or two of a story that is quoted
    best: float
    #: the sum over the sentences of the page of their best pair above a margin: a whole story
    total: float


def strengths(
    page: Vectors,
    levels: NDArray[np.float32],
    stories: Mapping[int, Sequence[tuple[float, bytes]]],
) -> dict[int, Strength]:
    """How much of *page* sentences of each story say, for those with a pair of sentences that `semantic` may start from.

    Args:
        stories: of each the background levels and stored vectors of its sentences.
    """
    if not len(page) or not stories:
        return {}
    sentences = [sentence for story in stories.values() for sentence in story]
    vectors = from_blobs([blob for _, blob in sentences])
    of_story = np.array([level for level, _ in sentences], dtype=np.float32)
    scores = vectors @ page.T - np.float32(0.5) * of_story[:, None]
    starts = np.cumsum([0, *(len(story) for story in stories.values())])[:-1]
    best = rescaled(np.maximum.reduceat(scores, starts, axis=0) - np.float32(0.5) * levels)
    totals = np.maximum(best - _MARGIN, 0).sum(axis=1)
    found = zip(stories, best.max(axis=1).tolist(), totals.tolist(), strict=True)
    return {story: Strength(top, total) for story, top, total in found if top >= _LEAST_SENTENCE}


def strongest(found: Mapping[int, Strength]) -> set[int]:
    """The texts of the most strength, some by their best pair of sentences and some by all."""
    by_best = heapq.nlargest(MOST_BY_VECTORS, found, key=lambda text: (found[text].best, -text))
    by_total = heapq.nlargest(MOST_BY_VECTORS, found, key=lambda text: (found[text].total, -text))
    return {*by_best, *by_total}
