"""What linked sentences show: passages, how much of them is quotation, and which figures and names they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import regex
from rapidfuzz.distance import LCSseq

from archive.match.encoder import encode
from archive.match.reading import Reading, figures_in
from archive.match.semantic import OPENING, Link, Semantic, clusters, spans
from archive.text import Span
from archive.types import Passage, SentenceLink


def as_passages(a: Reading, b: Reading, grouped: Sequence[Sequence[Link]]) -> list[Passage]:
    """`runs` of links as passages, in page order."""
    return [_passage(a, b, run, _glued_start(a, b, run[0])) for run in grouped]


#: Where a headline or label may end inside what was read as one sentence: before a capital, without a full stop.
_SEAM = regex.compile(r"(?<=[\p{L}\p{N}\"'”’»)\]])\s+(?=[\"'“„«‘¿¡「『(\[–—-]*[\p{Lu}\p{Lo}\p{N}])")
#: A first sentence is looked at if it is longer than the story's by this factor.
_GLUED_LENGTH = 1.12
#: Seams tried, those first that leave about the length of the story's sentence.
_MOST_SEAMS = 6
#: The rest must be this much nearer to the story's sentence than the whole was.
_GLUED_GAIN = 0.05


def _glued_start(a: Reading, b: Reading, link: Link) -> int:
    """Where the text of a passage's first sentence begins, behind a headline that extraction glued to it."""
    story, page = spans(a, b, link)
    expected = (story.end - story.start) * (_characters_a_letter(b) / _characters_a_letter(a))
    if page.end - page.start < _GLUED_LENGTH * expected:
        return page.start
    first = b.sentences[b.units[link.b_start]]
    seams = [found.end() for found in _SEAM.finditer(b.text, first.start, first.end)]
    seams = [s for s in seams if s - first.start >= _INSERTED and page.end - s >= max(_INSERTED, expected / 3)]
    seams = sorted(seams, key=lambda s: abs(page.end - s - expected))[:_MOST_SEAMS]
    if not seams:
        return page.start
    target = a.vectors[link.a_start : link.a_end].sum(axis=0)
    target /= np.linalg.norm(target)
    cosines = encode([b.text[start : page.end] for start in (page.start, *seams)]) @ target
    best = int(cosines.argmax())
    return seams[best - 1] if best and cosines[best] >= cosines[0] + _GLUED_GAIN else page.start


def _characters_a_letter(reading: Reading) -> float:
    return 0.4 if reading.unspaced else 1.0


#: A story sentence that the page leaves out does not end a passage; two do.
_MOST_DROPPED = 1
#: Letters of page text between two links that end a passage: anything that is a sentence and no label of a few letters.
_INSERTED = 12


def runs(a: Reading, b: Reading, links: Sequence[Link]) -> list[list[Link]]:
    """The links grouped into passages: neighbouring sentences of the page.

    A sentence put in ends a passage, two story sentences left out end it too; one left out, or two neighbours that
    changed places, do not.
    """
    found: list[list[Link]] = []
    for link in sorted(links, key=lambda link: (link.b_start, link.a_start)):
        if found and _continues(a, b, found[-1], link):
            found[-1].append(link)
        else:
            found.append([link])
    return found


def _continues(a: Reading, b: Reading, run: list[Link], link: Link) -> bool:
    last = run[-1]
    inserted = sum(
        b.furniture[index] or sum(map(str.isalpha, b.sentences[index].of(b.text))) >= _INSERTED
        for index in _between(b, last.b_end, link.b_start)
    )
    if inserted:
        # Text was put in, unless the story has labels of its own there ("Read also:").
        labels = sum(a.furniture[index] for index in _between(a, last.a_end, link.a_start))
        return link.b_start == last.b_end and labels >= inserted
    start, end = min(x.a_start for x in run), max(x.a_end for x in run)
    if link.a_start >= end:
        return link.a_start - end <= _MOST_DROPPED
    # Neighbours that changed places: what goes back lies just before, or fills a gap.
    return start - _MOST_DROPPED <= link.a_end <= end or start <= link.a_start < end


def _between(reading: Reading, end: int, start: int) -> range:
    """The sentences, by their indices, between the unit before *end* and the unit *start*; none if it lies earlier."""
    return range(reading.units[end - 1] + 1, reading.units[start])


def _passage(a: Reading, b: Reading, cluster: Sequence[Link], begin: int = 0) -> Passage:
    story = [spans(a, b, link)[0] for link in cluster]
    page = [spans(a, b, link)[1] for link in cluster]
    page[0] = Span(max(begin, page[0].start), page[0].end)
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
        tuple(SentenceLink(*s, *p) for s, p in zip(story, page, strict=True)),
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


_NOWHERE = Span(0, 0)


def opening_figures_differ(a: Reading, b: Reading, semantic: Semantic) -> bool:
    """Whether the first linked sentences, the titles as a rule, both hold figures and have none in common."""
    for link in semantic.links[:OPENING]:
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
    for cluster in clusters(list(semantic.links)):
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


def own_words(a: Reading, b: Reading, semantic: Semantic) -> int:
    """Words outside quotation marks in linked quotations, as far as both texts have them: who spoke, when, and to whom.

    Two reports that quote one speech each have their own. In one language the equal ones are counted, in their order;
    across languages those of the side that has fewer. In scripts without spaces two characters are a word.
    """
    count = 0
    for link in semantic.links:
        if not is_quotation(a, b, link):
            continue
        ours, theirs = (
            [reading.words.folded[word] for word in reading.words.inside(span) if not reading.quoted[word]]
            for reading, span in zip((a, b), spans(a, b, link), strict=True)
        )
        if a.language == b.language:
            count += int(LCSseq.similarity(ours, theirs)) // a.tokens_a_word
        else:
            count += min(len(ours) // a.tokens_a_word, len(theirs) // b.tokens_a_word)
    return count


def quote_share(a: Reading, b: Reading, semantic: Semantic) -> float:
    """The share of the linked characters of the page whose link is a quotation on both sides."""
    lengths = [(link, spans(a, b, link)[1]) for link in semantic.links]
    total = sum(span.end - span.start for _, span in lengths)
    quoted = sum(span.end - span.start for link, span in lengths if is_quotation(a, b, link))
    return quoted / total if total else 0.0
