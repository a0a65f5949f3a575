"""GDELT's Web NGrams 3.0: every word that GDELT read, with the seven words before and after it. Full-text search without a key.

`GET …/webngrams/YYYYMMDDHHMM00.webngrams.json.gz`, one file a minute (some are missing), one JSON object a line:
`{"date", "ngram", "lang", "type", "pos", "pre", "post", "url"}`, in no order. A phrase of up to eight words stands whole around
each of its own words; where lines are missing, the snippets of a page are joined where they overlap.
The files are large (tens of MB a minute), so a watch turns this on for the days that matter.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from archive.text import unspaced_share
from archive.types import Lead, Source
from archive.urls import is_http
from crawler.discovery.feeds import ranked
from crawler.discovery.questions_names import bare
from crawler.discovery.questions_sought import (
    Sought,
    following,
    in_text,
    lines_of,
    minute_of,
    minutes,
    no_file,
)
from crawler.discovery.reading import SourceReading, language_tag, reading, unreadable
from crawler.discovery.search import Answer, Asking, Manners, settings

NAMES: Final = 3
"""So many of the story's rarer names on one page make it worth a look: a translation has no phrase of the text."""

_SNIPPETS: Final = 400
"""Snippets kept of one page."""

_OVERLAP: Final = 3
"""Words, or characters in scripts without spaces, that two snippets must share to be joined."""


_PIECE: Final = 4
"""Characters of a phrase in a script without spaces by which its lines are told."""

_SMALL: Final = 3
"""A shorter word stands in too many lines."""


@dataclass(slots=True)
class _Page:
    language: str | None = None
    spaced: bool = True
    snippets: list[str] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)


class GdeltNgrams:
    """The files since the watch last asked, each naming the next."""

    name: Source = "gdelt_ngrams"
    manners = Manners(
        delay=2.0,
        per_day=1440,
        pause=300.0,
        read_on=date(2026, 11, 23),
        source="static files, no limit was seen (gdeltnews 1.1.0 reads them all); the figures are ours",
    )
    on_by_default = False
    every = timedelta(minutes=15)

    def settings(self, table: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        settings.check_keys(table, ("url", "hours"), place)
        return {
            "url": settings.address(table, "url", "http://data.gdeltproject.org/gdeltv3/webngrams", place),
            "hours": settings.number(table, "hours", 1, place),
        }

    def ask(self, asking: Asking) -> Iterator[Lead]:
        sought = Sought.made_of(asking.questions)
        if not sought.phrases and len(sought.names) < NAMES:
            return
        words = f"pages with one of {len(sought.phrases)} phrases, or {NAMES} of {len(sought.names)} names"
        for minute in minutes(asking, asking.settings["hours"]):
            url = sought.carried_by(f"{asking.settings['url']}/{minute:%Y%m%d%H%M}00.webngrams.json.gz")
            yield Lead(url, self.name, words, purpose="search", note=f"the file of {minute:%Y-%m-%d %H:%M} UTC")

    def read(self, answer: Answer) -> SourceReading:
        onward = following(self.name, answer)
        if (none := no_file(answer, onward)) is not None:
            return none
        sought = Sought.of(answer.url)
        pages, lines, lost = _pages(answer.body, sought)
        if not lines:
            return unreadable(lost or "the file holds no line")
        leads = [lead for url, page in pages.items() if (lead := self._lead(url, page, answer.url, sought))]
        return reading([*ranked(leads), *onward], if_empty=f"no phrase in {lines} lines", lost=lost)

    def _lead(self, url: str, page: _Page, asked: str, sought: Sought) -> Lead | None:
        text = rebuilt(page.snippets, spaced=page.spaced)
        phrase = next((p for p in sought.phrases if in_text(p, text)), None)
        if phrase is not None:
            note = f"has the words “{phrase}”"
        elif len(page.names) >= NAMES:
            note = f"names {', '.join(page.names)}"
        else:
            return None
        seen = minute_of(asked)
        note += f"; seen by GDELT {seen:%Y-%m-%d %H:%M} UTC" if seen else ""
        return Lead(url, self.name, asked.partition("#")[0], language=page.language, note=note)


def _pages(body: bytes, sought: Sought) -> tuple[dict[str, _Page], int, str | None]:
    """The pages with words that are looked for, the number of lines, and what was lost."""
    needles = _Needles.of(sought)
    names = {bare(name): name for name in sought.names}
    pages: dict[str, _Page] = defaultdict(_Page)
    count = broken = 0
    cut = False
    for line in lines_of(body):
        if line is None:
            cut = True
            continue
        count += 1
        if not needles.in_line(line):
            continue
        try:
            row = json.loads(line, strict=False)
        except (ValueError, RecursionError):
            broken += 1
            continue
        url = row.get("url") if isinstance(row, dict) else None
        if isinstance(url, str) and is_http(url):
            _note(pages[url], row, names)
    lost = [f"{broken} lines are damaged"] if broken else []
    lost += ["the file is cut off"] if cut else []
    return pages, count, "; ".join(lost) or None


def _note(page: _Page, row: Mapping[str, Any], names: Mapping[str, str]) -> None:
    ngram = str(row.get("ngram", ""))
    page.language = page.language or language_tag(str(row.get("lang") or ""))
    page.spaced = row.get("type") != 2
    if (name := names.get(bare(ngram))) and ngram[:1].isupper():
        page.names[name] = None
    if len(page.snippets) < _SNIPPETS:
        gap = " " if page.spaced else ""
        page.snippets.append(gap.join(str(row.get(key) or "").strip() for key in ("pre", "ngram", "post")))


_NGRAM = re.compile(rb'"ngram"\s*:\s*"([^"]*)"')


@dataclass(frozen=True, slots=True)
class _Needles:
    """What a line must hold to be read as JSON: of a minute's million lines, a few hundred do."""

    #: words of the phrases, and names, as they may stand in a line
    words: frozenset[bytes]
    #: pieces of phrases in scripts without spaces
    pieces: tuple[bytes, ...]

    @classmethod
    def of(cls, sought: Sought) -> _Needles:
        words, pieces = set(), set()
        for phrase in sought.phrases:
            if unspaced_share(phrase) > 0.5:
                middle = len(phrase) // 2
                pieces |= {phrase[place : place + _PIECE] for place in (0, middle - _PIECE // 2, len(phrase) - _PIECE)}
            else:
                # Not the rarest one alone: its line may be among those that are missing.
                words |= {word for word in re.findall(r"\w+", phrase) if len(word) > _SMALL}
        words |= {name for name in sought.names if " " not in name}
        forms = {form for word in words for form in (word, word.lower(), word.upper(), word.capitalize())}
        return cls(frozenset(_as_json(forms)), tuple(_as_json(pieces)))

    def in_line(self, line: bytes) -> bool:
        found = _NGRAM.search(line)
        return (found is not None and found[1] in self.words) or any(piece in line for piece in self.pieces)


def _as_json(words: Iterable[str]) -> set[bytes]:
    """As UTF-8, and escaped as some writers of JSON do."""
    return {form for word in words for form in (word.encode(), json.dumps(word)[1:-1].encode())}


def rebuilt(snippets: Sequence[str], *, spaced: bool = True) -> str:
    """*snippets* of one page joined where they overlap; pieces that do not are set apart by " … ".

    >>> rebuilt(["lost the war in the end", "we saw how they lost the war"])
    'we saw how they lost the war in the end'
    """
    pieces: list[list[str]] = []
    tokens = [snippet.split() if spaced else list(snippet) for snippet in dict.fromkeys(snippets)]
    for snippet in sorted(tokens, key=len, reverse=True):
        for place, piece in enumerate(pieces):
            joined = _joined(piece, snippet)
            if joined is not None:
                pieces[place] = joined
                break
        else:
            pieces.append(snippet)
    gap = " " if spaced else ""
    return " … ".join(gap.join(piece) for piece in _merged(pieces))


def _merged(pieces: list[list[str]]) -> list[list[str]]:
    """*pieces* joined until no two of them overlap: a snippet may close the gap between two others."""
    done = False
    while not done:
        done = True
        for one in range(len(pieces)):
            for other in range(one + 1, len(pieces)):
                joined = _joined(pieces[one], pieces[other])
                if joined is not None:
                    pieces[one] = joined
                    del pieces[other]
                    done = False
                    break
            if not done:
                break
    return pieces


def _joined(one: list[str], other: list[str]) -> list[str] | None:
    """Two runs of words as one, if the end of one is the beginning of the other, or one holds the other."""
    if any(one[start : start + len(other)] == other for start in range(len(one) - len(other) + 1)):
        return one
    for left, right in ((one, other), (other, one)):
        for size in range(min(len(left), len(right)), _OVERLAP - 1, -1):
            if left[-size:] == right[:size]:
                return left + right[size:]
    return None


SOURCE = GdeltNgrams()
