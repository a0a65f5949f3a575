"""What can be checked between a text and its translation without reading either: figures, dates and names.

Words of two languages do not compare, but "41 boats" stays 41 in "41 boten" and in "quarante et un bateaux", 14 March
stays "14 maart", and Ada Brandt keeps her name where the alphabet is the same. What is said in a sentence that has a
counterpart, and is not said there or anywhere else in the other text, deserves a look.

Numerals are read in English, Dutch, German, French and Spanish, digits in every language; months and weekdays in these
and in Italian and Portuguese. "One" is an article in most of them and is never a figure. Names are words with a capital
inside a sentence; in German every noun has one, so that there only the other side's names are looked for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

import regex

from archive.diff_lexicon import MONTHS, WEEKDAYS
from archive.text import Span, latin_share, sentences
from archive.types import SentenceLink

Sort = Literal["figure", "date", "name"]
#: "same": said on both sides. "differs": its sentence's counterpart says another of its sort. "missing": its sentence has
#: a counterpart, and the other text does not say it. "alone": its sentence has no counterpart.
Verdict = Literal["same", "differs", "missing", "alone"]


class Fact(NamedTuple):
    """A figure, date or name, as written."""

    sort: Sort
    #: equal for what says the same in two languages
    key: str
    said: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Check:
    """What became of one figure, date or name in the other language."""

    sort: Sort
    verdict: Verdict
    old: Fact | None
    new: Fact | None


def check(old: str, new: str, links: Sequence[SentenceLink], old_language: str, new_language: str) -> tuple[Check, ...]:
    """Hold the figures, dates and names of two texts in two languages against each other.

    *links* say which sentences correspond, the old text's as "story", the new one's as "page". What both sides say is
    told once, however often they say it. In order of the old text; what only the new one says follows.
    """
    olds, news = _once(facts(old, old_language)), _once(facts(new, new_language))
    if latin_share(old) < 0.5 or latin_share(new) < 0.5:
        olds, news = _without_names(olds), _without_names(news)
    old_keys, new_keys = _keys(olds), _keys(news)
    # A name of one side may stand on the other with another ending, or without a capital.
    old_words, new_words = _beginnings(old), _beginnings(new)
    found: list[Check] = []
    told: set[Fact] = set()
    for one in olds:
        if one.key in new_keys or (one.sort == "name" and _beginning(one.said) in new_words):
            twin = next((other for other in news if other.key == one.key), None)
            found.append(Check(one.sort, "same", one, twin))
            continue
        there = [link for link in links if link.story_start <= one.start < link.story_end]
        spans = [Span(link.page_start, link.page_end) for link in there]
        other = next(
            (
                fact
                for fact in _inside(news, spans)
                if fact.sort == one.sort and fact.key not in old_keys and fact not in told
            ),
            None,
        )
        if other is not None and one.sort != "name":
            told.add(other)
            found.append(Check(one.sort, "differs", one, other))
        else:
            found.append(Check(one.sort, "missing" if there else "alone", one, None))
    for other in news:
        if other.key in old_keys or other in told or (other.sort == "name" and _beginning(other.said) in old_words):
            continue
        linked = any(link.page_start <= other.start < link.page_end for link in links)
        found.append(Check(other.sort, "missing" if linked else "alone", None, other))
    return tuple(found)


def _once(found: Iterable[Fact]) -> list[Fact]:
    return list({fact.key: fact for fact in reversed(list(found))}.values())[::-1]


def _without_names(found: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in found if fact.sort != "name"]


def _keys(found: Iterable[Fact]) -> frozenset[str]:
    return frozenset(fact.key for fact in found)


def _inside(found: Iterable[Fact], spans: Sequence[Span]) -> Iterator[Fact]:
    return (fact for fact in found if any(span.start <= fact.start < span.end for span in spans))


# --- figures and dates -------------------------------------------------------------------------------

_NUMBER = regex.compile(r"(?<![\p{L}\p{N}])\p{Nd}+(?:[.,'’\u00a0\u202f ]\p{Nd}{3}(?!\p{Nd}))*(?:[.,]\p{Nd}+)?")
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*")

#: Languages that write 1,200.5; the others write 1.200,5.
_POINT = frozenset(("en", "ja", "zh", "ko", "th", "he"))

_SCALES = {
    "thousand": 1e3, "million": 1e6, "millions": 1e6, "billion": 1e9, "billions": 1e9,
    "duizend": 1e3, "miljoen": 1e6, "miljard": 1e9,
    "tausend": 1e3, "millionen": 1e6, "mio": 1e6, "milliarde": 1e9, "milliarden": 1e9, "mrd": 1e9,
    "mille": 1e3, "milliard": 1e9, "milliards": 1e9, "mil": 1e3, "millón": 1e6, "millones": 1e6,
    "milioni": 1e6, "milione": 1e6, "miliardi": 1e9, "milhões": 1e6, "milhão": 1e6,
}  # fmt: skip

#: Languages that write "dinsdagavond" in one word.
_JOINING = frozenset(("de", "nl"))


def facts(text: str, language: str) -> list[Fact]:
    """The figures, dates and names of *text*, in order; *language* is a primary subtag, "" if unknown."""
    dates = list(_dates(text, language))
    taken = [(fact.start, fact.end) for fact in dates]
    figures = [
        fact
        for fact in (*_digits(text, language), *_numerals(text, language))
        if not any(start <= fact.start < end for start, end in taken)
    ]
    return sorted([*dates, *figures, *_names(text, language)], key=lambda fact: (fact.start, fact.sort))


def _digits(text: str, language: str) -> Iterator[Fact]:
    for found in _NUMBER.finditer(text):
        # A digit of a younger Unicode than Python's has no value here.
        if not all(sign.isdecimal() or sign in ".,'’\u00a0\u202f " for sign in found.group()):
            continue
        value = _value(found.group(), language)
        end = found.end()
        scale = _WORD.match(text, end + 1) if text[end : end + 1] in (" ", "\u00a0", "\u202f") else None
        if scale is not None and scale.group().casefold() in _SCALES:
            value *= _SCALES[scale.group().casefold()]
            end = scale.end()
        yield Fact("figure", f"figure {value:.10g}", text[found.start() : end], found.start(), end)


def _value(written: str, language: str) -> float:
    """
    >>> _value("1,200", "en"), _value("1.200", "nl"), _value("2,4", "nl"), _value("38 000", "fr"), _value("1.5", "de")
    (1200.0, 1200.0, 2.4, 38000.0, 1.5)
    """
    plain = "".join(str(unicodedata.digit(sign, -1)) if sign.isdigit() else sign for sign in written)
    decimal = "." if language in _POINT else ","
    parts = regex.split(r"[.,'’\s]", plain)
    if len(parts) == 1:
        return float(plain)
    last = plain[-len(parts[-1]) - 1]
    grouped = len(parts[-1]) == 3 and (last != decimal or len(parts) > 2)
    if grouped and all(len(part) == 3 for part in parts[1:]):
        return float("".join(parts))
    return float("".join(parts[:-1]) + "." + parts[-1])


def _numerals(text: str, language: str) -> Iterator[Fact]:
    known = _numeral_words(language)
    if not known:
        return
    found = list(_WORD.finditer(text))
    place = 0
    while place < len(found):
        value = known.get(found[place].group().casefold())
        start, end = found[place].span()
        place += 1
        if value is None:
            continue
        # "two hundred", "deux millions"
        while place < len(found) and text[end : found[place].start()] == " ":
            word = found[place].group().casefold()
            times = _HUNDREDS.get(word) or _SCALES.get(word)
            if times is None:
                break
            value *= times
            end = found[place].end()
            place += 1
        yield Fact("figure", f"figure {value:.10g}", text[start:end], start, end)


_HUNDREDS = {"hundred": 100.0, "honderd": 100.0, "hundert": 100.0, "cents": 100.0, "cent": 100.0}

#: From 2 to 20, then the tens from 30 to 90.
_COUNTED = {
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety",
    "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien "
    "achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
    "dix-huit dix-neuf vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
}


@cache
def _numeral_words(language: str) -> dict[str, float]:
    if language not in _COUNTED:
        return {}
    listed = _COUNTED[language].casefold().split()  # ß becomes ss, as in the text
    known = dict(zip(listed, [*map(float, range(2, 21)), *map(float, range(30, 100, 10))], strict=True))
    units = {word: int(value) for word, value in known.items() if value < 10}
    tens = {word: int(value) for word, value in known.items() if value >= 20}
    for ten, tenfold in tens.items():
        for unit, single in units.items():
            value = float(tenfold + single)
            if language == "en":
                known[f"{ten}-{unit}"] = value
            elif language == "nl":
                known[f"{unit}{'ën' if unit.endswith('e') else 'en'}{ten}"] = value
            elif language == "de":
                known[f"{unit}und{ten}"] = value
            elif language == "fr" and tenfold in (20, 30, 40, 50, 60):
                known[f"{ten}-{unit}"] = value
    ones = {"en": "{}-one", "nl": "eenen{}", "de": "einund{}", "fr": "{}-et-un"}
    if language in ones:
        known |= {ones[language].format(ten): float(tenfold + 1) for ten, tenfold in tens.items()}
    return known


@cache
def _calendar(language: str) -> tuple[dict[str, int], dict[str, int]]:
    """Months and weekdays of a language, by number from 1."""
    months, days = MONTHS.get(language, ""), WEEKDAYS.get(language, "")
    return (
        {name: number for number, name in enumerate(months.split(), 1)},
        {name: number for number, name in enumerate(days.split(), 1)},
    )


def _dates(text: str, language: str) -> Iterator[Fact]:
    months, days = _calendar(language)
    for found in _WORD.finditer(text):
        word = found.group().casefold()
        day = (
            word if word in days else next((one for one in days if language in _JOINING and word.startswith(one)), None)
        )
        if day is not None:
            yield Fact("date", f"weekday {days[day]}", found.group(), *found.span())
        if word not in months:
            continue
        before = regex.search(
            r"(?<!\p{N})(\d{1,2})(?:\.|st|nd|rd|th|er|º)?(?: de)? $", text[max(0, found.start() - 9) : found.start()]
        )
        after = regex.match(r" (\d{1,2})(?:st|nd|rd|th)?(?![\p{N}.:]\p{N}|\p{N})", text[found.end() : found.end() + 6])
        if before:
            start = found.start() - (len(before.group()))
            yield Fact("date", f"{int(before.group(1))}.{months[word]}.", text[start : found.end()], start, found.end())
        elif after:
            end = found.end() + after.end()
            yield Fact("date", f"{int(after.group(1))}.{months[word]}.", text[found.start() : end], found.start(), end)


# --- names -------------------------------------------------------------------------------------------

_LEAST_NAME = 4
_BEGINNING = 5


def _names(text: str, language: str) -> Iterator[Fact]:
    if language in ("de", "lb"):
        return
    months, days = _calendar(language)
    for span in sentences(text):
        first = True
        for found in _WORD.finditer(text, span.start, span.end):
            word = found.group()
            opens, first = first or text[found.start() - 1 : found.start()] in ("“", '"', "«", "„", "‘"), False
            plain = regex.sub(r"['’]s?$", "", word)
            if opens or len(plain) < _LEAST_NAME or not plain[0].isupper():
                continue
            if plain.casefold() in months or plain.casefold() in days or plain.casefold() in _numeral_words(language):
                continue
            yield Fact("name", f"name {_beginning(plain)}", plain, found.start(), found.start() + len(plain))


def _beginning(word: str) -> str:
    """The first letters of a word without accents: names change their endings, and some of their letters."""
    plain = "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))
    return plain.casefold()[:_BEGINNING]


def _beginnings(text: str) -> frozenset[str]:
    return frozenset(_beginning(found.group()) for found in _WORD.finditer(text))
