"""Words of a text that stand in few other texts: what to put between quotation marks. Pure.

Without a list of how frequent words are in each language, length stands for rarity: long words are rarer everywhere.
What a third party said is left out, for it stands wherever that was quoted; and so is what names the outlet.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass

from archive.text import Span, Words, paragraphs, quotations, sentences, unspaced_share, words

#: Words of a phrase: fewer stand elsewhere too, more are lost with the first edit. GDELT shows seven words either side of one.
PHRASE_WORDS = 8
_LEAST_WORDS = 6
#: Characters, in scripts without spaces.
PHRASE_CHARACTERS = 16
#: Words of this length say nothing about rarity, or all there is to say.
_SHORT, _LONG = 3, 12
#: A phrase must be so rare on average, 0 to 1.
_LEAST = 0.25
_BREAKS = re.compile(r"[.!?;:()\[\]…\"“”„«»]|\s[-–—]\s")


@dataclass(frozen=True, slots=True)
class Phrase:
    text: str
    #: 0 to 1: the mean length of its words, between `_SHORT` and `_LONG`
    rarity: float
    #: of the sentence it stands in, from 1, and how many there are
    sentence: int
    sentences: int


def phrases(text: str, most: int = 6) -> tuple[Phrase, ...]:
    """The rarest runs of words of *text*, one a sentence, spread over the text so that an excerpt holds one too."""
    from archive.match.credit import find_credits  # its package brings numpy

    left_out = [*quotations(text), *(Span(c.start, c.end) for c in find_credits(text))]
    parts = words(text)
    all_sentences = sentences(text)
    found: list[tuple[Phrase, Span]] = []
    for place, sentence in enumerate(all_sentences, start=1):
        best = _best_in(text, parts, sentence, left_out)
        if best is not None:
            rarity, span = best
            found.append((Phrase(span.of(text), round(rarity, 2), place, len(all_sentences)), span))
    found.sort(key=lambda item: -item[0].rarity)
    return tuple(_spread(text, found, most))


def _best_in(text: str, parts: Words, sentence: Span, left_out: list[Span]) -> tuple[float, Span] | None:
    inside = parts.inside(sentence)
    size = PHRASE_CHARACTERS if unspaced_share(sentence.of(text)) > 0.5 else PHRASE_WORDS
    best: tuple[float, Span] | None = None
    for first in range(inside.start, inside.stop - size + 1):
        span = parts.span(first, first + size)
        if any(span.overlaps(other) for other in left_out) or _BREAKS.search(text, span.start, span.end):
            continue
        rarity = sum(_rarity(word, size) for word in parts.folded[first : first + size]) / size
        if best is None or rarity > best[0]:
            best = (rarity, _trimmed(parts, first, first + size) if size == PHRASE_WORDS else span)
    return best if best is not None and best[0] >= _LEAST else None


def _trimmed(parts: Words, first: int, last: int) -> Span:
    """Without the small words at its ends, which are the first that an edit changes; `_LEAST_WORDS` stay."""
    while last - first > _LEAST_WORDS and len(parts.folded[last - 1]) <= _SHORT:
        last -= 1
    while last - first > _LEAST_WORDS and len(parts.folded[first]) <= _SHORT:
        first += 1
    return parts.span(first, last)


def _rarity(word: str, size: int) -> float:
    if size == PHRASE_CHARACTERS:
        return 0.6 if word.isalpha() else 0.3
    if word[0].isdigit():
        return 0.4
    return min(1.0, max(0.0, (len(word) - _SHORT) / (_LONG - _SHORT)))


def _spread(text: str, found: list[tuple[Phrase, Span]], most: int) -> list[Phrase]:
    """The rarest of each paragraph first, then the second of each: a cut copy keeps whole paragraphs."""
    starts = [paragraph.start for paragraph in paragraphs(text)]
    taken: dict[int, int] = {}
    rounds: list[tuple[int, float, Phrase]] = []
    for phrase, span in found:
        paragraph = bisect.bisect_right(starts, span.start)
        taken[paragraph] = taken.get(paragraph, 0) + 1
        rounds.append((taken[paragraph], -phrase.rarity, phrase))
    rounds.sort(key=lambda item: item[:2])
    return [phrase for _, _, phrase in rounds[:most]]
