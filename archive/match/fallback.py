"""What survives a translation where sentences cannot be compared: the stated fallback for languages that the encoder does not know.

Names (by their sounds, where the scripts differ), figures, where quotations stand, the lead picture, and what the page says
of itself. No sign decides alone: reports of one event share names, and one picture illustrates many stories. A page of
about the story's length is called a translation if three signs agree, names or figures among them; without a sign that
somebody took the story over (its picture, its author, a credit with the outlet's name, an address in the head) all that the
texts can have in common has to.

Measured with the languages of the labelled pairs taken for unknown ones (`python -m benchmarks.fallback`): names or figures
agree in three of four translations, in 6 % of other announcements of one organisation and in 27 % of reports of one event;
names, figures and quotations in 2 to 11 % of translations and in none of 832 others. What a picture or a credit adds, no
labels tell: the pairs have none.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from archive.match.reading import LEAST_NAME, Reading, figures_in_order, name_key, weight_of_figures
from archive.match.romanised import sounded
from archive.text import Span

LEAST_FIGURES = 3
"""Shared figures, years and two-digit ones counted half, from which on they are a sign; and names."""
LEAST_NAMES = 3
LEAST_SHARE = 0.5
"""Of the figures, or of the names, of the text with fewer."""
LEAST_QUOTATIONS = 2
"""Quotations at the same place from which on their places are a sign."""

_QUOTED_WORDS = 4
"""A shorter quotation is a word held at arm's length."""
_SAME_PLACE = 0.1
"""How far apart two quotations may stand, as a share of their texts, to be taken for one."""
_MOST_SHORTER, _MOST_LONGER = 0.4, 2.5
"""Words of a translation per word of its source: half of it may be left out, and Finnish takes one word where English takes two."""


@dataclass(frozen=True, slots=True)
class Survivors:
    """What two texts have in common whatever their languages."""

    names: int = 0
    #: of the text with fewer
    names_of: int = 0
    #: years and figures of two digits counted half
    figures: float = 0.0
    figures_of: float = 0.0
    #: the share of the shared figures that stand in one order in both texts
    order: float = 0.0
    #: quotations at the same place of both texts, and how many the text with fewer has
    quotations: int = 0
    quotations_of: int = 0

    @property
    def same_names(self) -> bool:
        return self.names >= LEAST_NAMES and self.names >= LEAST_SHARE * self.names_of

    @property
    def same_figures(self) -> bool:
        return self.figures >= LEAST_FIGURES and self.figures >= LEAST_SHARE * self.figures_of

    @property
    def same_quotations(self) -> bool:
        return self.quotations >= LEAST_QUOTATIONS and self.quotations >= 0.75 * self.quotations_of

    @property
    def told(self) -> tuple[str, ...]:
        """What they have in common, for people."""
        said = []
        if self.names:
            said.append(f"{self.names} of {self.names_of} names")
        if self.figures_of:
            order = f", {self.order:.0%} of them in one order" if self.figures >= LEAST_FIGURES else ""
            said.append(f"{self.figures:g} of {self.figures_of:g} figures{order}")
        if self.quotations:
            said.append(f"{self.quotations} of {self.quotations_of} quotations at the same place")
        if not said:
            said.append("no name, figure or place of a quotation in common")
        return tuple(said)


NO_SURVIVORS = Survivors()


def survivors(story: Reading, page: Reading) -> Survivors:
    """What *story* and *page* have in common whatever their languages."""
    names, names_of = _shared_names(story, page)
    ours, theirs = _figures(story), _figures(page)
    shared = set(ours) & set(theirs)
    places, places_of = _quotations(story, page)
    return Survivors(
        names,
        names_of,
        weight_of_figures(shared),
        min(weight_of_figures(ours), weight_of_figures(theirs)),
        _in_order([ours[one] for one in sorted(shared, key=lambda one: theirs[one])]) / len(shared) if shared else 0.0,
        places,
        places_of,
    )


def is_translation(found: Survivors, taken_over: int) -> bool:
    """Whether the signs are enough to claim a translation that nobody could read.

    Args:
        taken_over: kinds of signs on the page that it was taken over from the story.
    """
    if not (found.same_names or found.same_figures):
        return False
    in_common = found.same_names + found.same_figures + found.same_quotations
    return in_common == _ALL if not taken_over else in_common + taken_over >= _ENOUGH


_ALL = _ENOUGH = 3
"""Signs that decide together: all three in the texts, or at least one of them and at least one that the page was taken over."""


def fits_in_length(story_words: int, page_words: int) -> bool:
    """Whether a page of so many words can be the whole story in another language, abridged at most by half."""
    return _MOST_SHORTER <= page_words / max(1, story_words) <= _MOST_LONGER


def _figures(reading: Reading) -> dict[str, int]:
    """The figures outside furniture, each with the place where it first stands."""
    found: dict[str, int] = {}
    for sentence, flag in zip(reading.sentences, reading.furniture, strict=True):
        if not flag:
            for figure in figures_in_order(sentence.of(reading.text)):
                found.setdefault(figure, len(found))
    return found


def _in_order(places: Sequence[int]) -> int:
    """The length of the longest rising subsequence."""
    tails: list[int] = []
    for place in places:
        at = bisect.bisect_left(tails, place)
        tails[at : at + 1] = [place]
    return len(tails)


def _shared_names(story: Reading, page: Reading) -> tuple[int, int]:
    """How many names both have, and how many the one with fewer has. A script without capitals tells no names from words."""
    ours, theirs = (reading.signals.names for reading in (story, page))
    if story.latin and page.latin:
        return len(ours & theirs), min(len(ours), len(theirs))
    if ours and theirs:
        heard = [{name_key(sounded(word)) for word in _named(reading)} for reading in (story, page)]
        return len(heard[0] & heard[1]), min(map(len, heard))
    named, other = (story, page) if ours else (page, story)
    names = {key for word in _named(named) if len(key := name_key(sounded(word))) >= LEAST_NAME}
    words = {name_key(sounded(word)) for word in set(other.words.folded)}
    return len(names & words), len(names)


def _named(reading: Reading) -> set[str]:
    keys = reading.signals.names
    return {reading.words.folded[index] for key, index in reading.names if key in keys}


def _quotations(story: Reading, page: Reading) -> tuple[int, int]:
    ours, theirs = (_places(reading, _long(reading)) for reading in (story, page))
    met = place = 0
    for one in ours:
        while place < len(theirs) and theirs[place] < one - _SAME_PLACE:
            place += 1
        if place < len(theirs) and theirs[place] <= one + _SAME_PLACE:
            met += 1
            place += 1
    return met, min(len(ours), len(theirs))


def _long(reading: Reading) -> list[Span]:
    least = _QUOTED_WORDS * reading.tokens_a_word
    return [span for span in reading.quotations if len(reading.words.inside(span)) >= least]


def _places(reading: Reading, spans: Sequence[Span]) -> list[float]:
    """Where the middle of each span stands in its text, from 0 to 1."""
    return [(span.start + span.end) / 2 / max(1, len(reading.text)) for span in spans]
