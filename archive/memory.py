"""What an outlet prints on page after page: lines that belong to the outlet and not to the article.

Newsletter boxes, related teasers, registration walls, "about us" and agency disclaimers differ from outlet to outlet and
from year to year; no list of phrases holds them. But they recur: a line that stands on several pages of one outlet whose
texts otherwise differ is the outlet's. Two pages that share only such lines are no copies of each other, and a change of
nothing but such lines is no edit of the article.

Pure: lines go in as texts and as numbers; the store keeps which number stands on which page.

The unit is the line, which is a paragraph, a teaser or a box of its own, and not the sentence. A sentence that an
outlet repeats inside a paragraph of fresh prose ("The ministry did not answer our questions.") is the article's.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple, Self

from archive.text import INVISIBLE, Span, paragraphs, visible_form

#: Names this way of counting; raised when other lines would be the same, or the same lines others.
LABEL = "lines 1"

LEAST_PAGES = 4
"""Pages of one outlet, of different articles, from which on a line is the outlet's."""

MOST_PAGES = 20
"""Pages noted for a line that is known to repeat: more would say nothing new."""

SAME_ARTICLE = 0.5
"""Share of the prose of one page from which on it and the other show the same article. Of pairs of pages of one outlet in
our samples, captures and light edits of one article share 0.57 and more, and different articles less than 0.5, but for a few
pairs of short reports between long boxes, which are found out once some of the boxes are known."""

PROSE_WORDS = 8
"""A line with fewer words is a heading, a label or a teaser: what pages share of these says nothing of their articles."""

MOST_LINES = 400
"""Lines of a page that are looked at, half from its beginning and half from its end; boxes stand there."""

#: An answer in an interview ("No.") is a line too, and repeats; a label has no full stop.
_ANSWER_WORDS = 3
_STOPS = (".", "!", "?", "…", "。", "！", "？", "؟", "।", '."', ".”", ".»", "!”", "?”", "。」", "！」", "？」")


class Line(NamedTuple):
    """A line of a text that may repeat."""

    #: equal for lines that differ only in case, punctuation, spacing and figures; 64 bits, signed
    key: int
    words: int
    span: Span


def lines(text: str) -> list[Line]:
    """The lines of *text* that can be counted, in order: those with at least one word that is no figure."""
    found = []
    spans = paragraphs(text)
    if len(spans) > MOST_LINES:
        spans = [*spans[: MOST_LINES // 2], *spans[-MOST_LINES // 2 :]]
    for span in spans:
        words = _words(span.of(text))
        if len(words) <= _ANSWER_WORDS and text.endswith(_STOPS, span.start, span.end):
            continue
        if any(word != "0" for word in words):
            key = " ".join(words)
            found.append(Line(_key(key), max(len(words), len(key) // _LONG_WORD), span))
    return found


_WORD = re.compile(r"[^\W_]+")
_NOT_SHOWN = re.compile(f"[{INVISIBLE}]+")
#: Where words are not spaced, so many characters count as one.
_LONG_WORD = 8


def _words(line: str) -> list[str]:
    """The folded words of *line*; "0" stands for figures: counters, hours and dates change on a line that stays.

    Cheaper than `archive.text.words`, which keeps the place of each word.
    """
    folded = line if line.isascii() else unicodedata.normalize("NFKC", _NOT_SHOWN.sub("", line))
    found: list[str] = []
    for word in _WORD.findall(folded.casefold()):
        if word.isalpha() or not any(map(str.isdecimal, word)):
            found.append(word)
        elif not found or found[-1] != "0":  # "1,203" is one figure
            found.append("0")
    return found


def _key(folded: str) -> int:
    # Not hash(): the numbers are stored, and must be the same in every process.
    return int.from_bytes(blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True)


@dataclass(frozen=True, slots=True)
class PageLines:
    """The lines of a page by their numbers, without their order."""

    #: key -> words
    words: Mapping[int, int]

    @classmethod
    def of(cls, text: str) -> Self:
        return cls({line.key: line.words for line in lines(text)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        return cls(dict(_PACKED.iter_unpack(data)))

    def to_bytes(self) -> bytes:
        """Ten bytes a line, in order of the keys."""
        return b"".join(_PACKED.pack(key, min(count, 0xFFFF)) for key, count in sorted(self.words.items()))

    def __or__(self, other: PageLines) -> PageLines:
        return PageLines({**self.words, **other.words})


_PACKED = struct.Struct("<qH")


def learn(
    carriers: Mapping[int, Collection[int]], pages: Mapping[int, PageLines], *, least: int = LEAST_PAGES
) -> frozenset[int]:
    """The keys of the lines that are the outlet's.

    Args:
        carriers: key of a line -> ids of the outlet's pages on which it stands.
        pages: page id -> all lines of that page; at least of every page in *carriers*.
        least: pages of different articles that it takes.

    An article that stands at many addresses (mobile and AMP pages, editions, sections) is one article, and so are its
    lightly edited versions: of pages whose prose is the same by half, one is counted. The line itself is left aside in
    this, and so are lines that are known already: short reports between long boxes differ by what stands between.
    """
    known: set[int] = set()
    left = {line: on_pages for line, on_pages in carriers.items() if len(on_pages) >= least}
    articles = _Articles(pages if left else {})
    while found := {line for line, on_pages in left.items() if articles.are_different(on_pages, line, least)}:
        known |= found
        left = {line: on_pages for line, on_pages in left.items() if line not in found}
        if left:
            articles.leave_out(found)
    return frozenset(known)


class _Articles:
    """Pages by their prose, apart from lines that are known to be the outlet's."""

    def __init__(self, pages: Mapping[int, PageLines]) -> None:
        self._prose = {
            page_id: {key: count for key, count in page.words.items() if count >= PROSE_WORDS}
            for page_id, page in pages.items()
        }
        self._words = {page_id: sum(prose.values()) for page_id, prose in self._prose.items()}
        #: words of the prose that two pages share
        self._shared: dict[tuple[int, int], int] = {}

    def leave_out(self, lines: Collection[int]) -> None:
        """Compare without *lines* from now on."""
        for page_id, prose in self._prose.items():
            for line in prose.keys() & lines:
                self._words[page_id] -= prose.pop(line)
        self._shared.clear()

    def are_different(self, page_ids: Collection[int], line: int, least: int) -> bool:
        """Whether *least* of the pages show articles that differ, *line* left aside."""
        different: list[int] = []
        # Those with most to tell them apart come first; the ids make the order the same every time.
        for page_id in sorted(page_ids, key=lambda page_id: (-self._words[page_id], page_id)):
            if self._without(page_id, line) and not any(self._same(page_id, other, line) for other in different):
                different.append(page_id)
                if len(different) == least:
                    return True
        return False

    def _same(self, one: int, other: int, line: int) -> bool:
        pair = (min(one, other), max(one, other))
        prose, others = self._prose[pair[0]], self._prose[pair[1]]
        if pair not in self._shared:
            self._shared[pair] = sum(prose[key] for key in prose.keys() & others.keys())
        shared = self._shared[pair] - (prose[line] if line in prose and line in others else 0)
        return shared >= SAME_ARTICLE * min(self._without(one, line), self._without(other, line))

    def _without(self, page_id: int, line: int) -> int:
        return self._words[page_id] - self._prose[page_id].get(line, 0)


def repeated(text: str, learned: Collection[int], *, own: Iterable[str | None] = ()) -> tuple[Span, ...]:
    """The lines of *text* that are the outlet's, as spans in order; neighbours are joined, with the rules and figures between.

    Args:
        learned: keys of the lines that the outlet repeats (see `learn`).
        own: the page's headline and summary. On other pages they are teasers, here they are the article.
    """
    if not learned:
        return ()
    kept = {line.key for line in chain.from_iterable(lines(value) for value in own if value)}
    found: list[Span] = []
    last = None
    for place, line in enumerate(lines(text)):
        if line.key in learned and line.key not in kept:
            if last == place - 1 and not any(map(str.isalpha, text[found[-1].end : line.span.start])):
                found[-1] = Span(found[-1].start, line.span.end)
            else:
                found.append(line.span)
            last = place
    return tuple(found)


def without(text: str, spans: Iterable[Span]) -> str:
    """*text* without the lines in *spans*: what the article itself says."""
    parts = []
    start = 0
    for span in spans:
        parts.append(text[start : span.start])
        start = span.end
    parts.append(text[start:])
    return "\n".join(line for part in parts for line in part.split("\n") if line.strip())


def only_outlet_lines_differ(
    old: str, new: str, learned: Collection[int], *, own: Iterable[str | None] = ()
) -> tuple[str, ...] | None:
    """The lines that came or went, if two texts of one page differ in nothing but lines of the outlet; else None.

    What is asked of a change before it is called an edit: None means that it is one, () that the texts say the same.

    Args:
        own: headline and summary of both, and every line that is evidence itself, such as a credit.
    """
    own = tuple(own)
    sides = [(text, repeated(text, learned, own=own)) for text in (old, new)]
    if len({visible_form(without(text, spans)) for text, spans in sides}) > 1:
        return None
    of_old, of_new = (
        {line.key: line.span.of(text) for line in lines(text) if any(s.start <= line.span.start < s.end for s in spans)}
        for text, spans in sides
    )
    return tuple(
        dict.fromkeys(
            [of_old[key] for key in of_old if key not in of_new] + [of_new[key] for key in of_new if key not in of_old]
        )
    )
