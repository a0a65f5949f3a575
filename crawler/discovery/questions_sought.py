"""Looking for a story in files that hold what the whole world printed in some minutes. Pure.

Such files are not asked a question: all of them are read, and compared with what stands in the request's fragment
(`questions_asked.carrying`). Titles are compared by what survives translation, so one list serves all languages.
"""

from __future__ import annotations

import functools
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from archive.text import unspaced_share
from archive.types import Lead, Source
from archive.urls import MAX_URL_LENGTH
from crawler.discovery.questions import parts
from crawler.discovery.questions_asked import carried, carrying, failure, is_page, next_part, said
from crawler.discovery.questions_marks import marks
from crawler.discovery.questions_names import bare
from crawler.discovery.reading import SourceReading, reading, unreadable
from crawler.discovery.search import Answer, Asking, Question

#: How much of what a title names another must name too, and how many of the rarer names are enough without it.
_LEAST_MARKS = 3
_LEAST_NAMES = 2
#: Most of each that a request carries.
_TITLES, _PHRASES, _NAMES = 3, 16, 60
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for."""

    titles: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    #: names that other reports of the event would not all have, in all spellings
    names: tuple[str, ...] = ()

    @classmethod
    def made_of(cls, questions: Sequence[Question]) -> Sought:
        event = {part for question in questions if question.kind == "event" for part in parts(question)}
        names = [
            part
            for question in questions
            if question.kind == "names"
            for part in parts(question)
            if part not in event and not part[0].isdigit()
        ]
        return cls(
            tuple(q.text for q in questions if q.kind == "title")[:_TITLES],
            tuple(part for q in questions if q.kind in ("user", "phrase", "credit") for part in parts(q)[:1])[
                :_PHRASES
            ],
            tuple(dict.fromkeys(names))[:_NAMES],
        )

    @classmethod
    def of(cls, url: str) -> Sought:
        """What the request for *url* carries."""
        memory = carried(url)
        return cls(tuple(memory.get("t", ())), tuple(memory.get("p", ())), tuple(memory.get("n", ())))

    def __bool__(self) -> bool:
        return bool(self.titles or self.phrases or self.names)

    def carried_by(self, url: str) -> str:
        """*url* with all this in its fragment, as much as an address may hold."""
        names = self.names
        while len(result := carrying(url, t=self.titles, p=self.phrases, n=names)) > MAX_URL_LENGTH // 2 and names:
            names = names[:-5]
        return result if len(result) <= MAX_URL_LENGTH // 2 else carrying(url, t=self.titles[:1])

    def in_title(self, title: str, snippet: str = "") -> str | None:
        """Why a headline may be of a copy, in words; None if it need not be looked at."""
        text = f"{title} {snippet}"
        if phrase := next((p for p in self.phrases if in_text(p, text)), None):
            return f"has the words “{phrase}”"
        words = {bare(word) for word in _WORD.findall(text)}
        named = [name for name in self.names if bare(name) in words or (" " in name and bare(name) in bare(text))]
        shared: set[str] = set()
        told = marks(text, heard=False) if self.titles else frozenset()
        for known in self.titles:
            wanted = marks(known, heard=False)
            common = wanted & told
            if len(common) >= min(_LEAST_MARKS, max(2, len(wanted))):
                shared |= common
        if not shared and len(named) < _LEAST_NAMES:
            return None
        said = [mark.partition(" ")[2] for mark in sorted(shared)] + named
        return f"the headline names {', '.join(dict.fromkeys(said))}"


def in_text(phrase: str, text: str) -> bool:
    """Whether *text* has the words of *phrase* in their order, whatever stands between them that is no word.

    >>> in_text("Medvedev, liet de wereld", "… Dmitri Medvedev liet de wereld weten"), in_text("a war", "a warning")
    (True, False)
    """
    if _is_unspaced(phrase):
        return _words_only(phrase).replace(" ", "") in _words_only(text).replace(" ", "")
    return f" {_words_only(phrase)} " in f" {_words_only(text)} "


# One text is compared with every phrase, and every text with the same phrases.
@functools.lru_cache(maxsize=1024)
def _words_only(text: str) -> str:
    return " ".join(_WORD.findall(bare(text)))


@functools.lru_cache(maxsize=1024)
def _is_unspaced(phrase: str) -> bool:
    return unspaced_share(phrase) > 0.5


# --- files by the minute --------------------------------------------------------------------------------

AGE: Final = timedelta(minutes=20)
"""A younger file may still be on its way: that it is not there says nothing."""

MOST_MINUTES: Final = 1440
"""Files that are asked for at once; what is later comes one after the other, each named by the answer before."""

_STAMP = re.compile(r"/(\d{14})\.")


def minute_of(url: str) -> datetime | None:
    """The minute that a file's address names, in UTC."""
    found = _STAMP.search(url)
    try:
        return datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def minutes(asking: Asking, hours: int) -> list[datetime]:
    """The minutes whose files are to be read: since the source last answered, or the last *hours*, up to `AGE` ago.

    Those that were too young when it last answered are among them; what was read before, the frontier knows.
    """
    start = asking.since - AGE - timedelta(minutes=5) if asking.since else asking.now - timedelta(hours=hours)
    start = start.replace(second=0, microsecond=0)
    count = int((asking.now - AGE - start) / timedelta(minutes=1)) + 1
    return [start + timedelta(minutes=n) for n in range(max(0, min(count, MOST_MINUTES)))]


def following(source: Source, answer: Answer, step: timedelta = timedelta(minutes=1)) -> list[Lead]:
    """The request for the file after this one; none if it would be younger than `AGE` by the server's clock."""
    minute = minute_of(answer.url)
    if minute is None:
        return []
    after = minute + step
    clock = _clock(answer)
    if clock is None or after > clock - AGE:
        return []
    url = _STAMP.sub(f"/{after:%Y%m%d%H%M%S}.", answer.url.partition("#")[0], count=1)
    memory = answer.url.partition("#")[2]
    return [
        next_part(source, f"{url}#{memory}" if memory else url, answer.url, f"the file of {after:%Y-%m-%d %H:%M} UTC")
    ]


def no_file(answer: Answer, onward: list[Lead]) -> SourceReading | None:
    """What an answer without a file says, *onward* being the request for the next; None if there is one."""
    if answer.status in (403, 404):
        gone = "there is none" if _is_missing_for_good(answer) else "it may still come"
        none = f"no file of this minute: {gone}"
        return reading(onward, if_empty=none, lost=none if onward else None)
    if failed := failure(answer, "GDELT"):
        return failed
    return unreadable(f"a page in place of a file: {said(answer)}") if is_page(answer) else None


def _is_missing_for_good(answer: Answer) -> bool:
    """Whether a file that is not there will not come any more."""
    minute, clock = minute_of(answer.url), _clock(answer)
    return minute is not None and clock is not None and minute <= clock - AGE


def _clock(answer: Answer) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.header("date") or "").astimezone(UTC)
    except (ValueError, TypeError):
        return None


_MOST = 1024 * 1024 * 1024
"""Bytes, unpacked, that are read of a file; they are never in memory at once."""


def lines_of(body: bytes) -> Iterator[bytes | None]:
    """The lines of a gzip (or plain) file, one after the other; None last if it is damaged or cut off."""
    if body[:2] != b"\x1f\x8b":
        yield from body.splitlines()
        return
    rest, total = b"", 0
    while body[:2] == b"\x1f\x8b":
        member = zlib.decompressobj(31)
        packed = body
        while packed and not member.eof:
            try:
                piece = member.decompress(packed, 1 << 20)
            except zlib.error:
                yield None
                return
            packed = member.unconsumed_tail
            total += len(piece)
            if total > _MOST or (not piece and not packed and not member.eof):
                yield None
                return
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
        if not member.eof:
            yield None
            return
        body = member.unused_data
    if rest:
        yield rest
