"""Names and words that survive translation: which stand in a text, and how another language spells them. Pure.

::

    "Poetin" (nl) ──table──► the name "Putin" ──table──► de "Putin", fr "Poutine", ru "Путин"
    "Sjojgoe" (nl) ──rules──► "Shojgu" ──rules──► de "Schojgu"

No machine translation is at hand, and none is pretended: what is in no table and follows no rule is asked for as it stands.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from archive.text import Words, quotations, sentences, words
from crawler.discovery.questions_spellings import NAMES, WORDS

How = Literal["table", "rule", "as it stands"]

#: A spelling is recognised with other endings as well (Rosja, Rosji): so many letters must agree at least ...
LEAST_STEM = 4
#: ... and so many may follow.
_MOST_ENDING = 3
#: Up to this many letters a word stands for itself only ("UN", "UE"), with its capitals.
SHORT = 3
_VOWELS = "aeiouyаеиоуыэюяій"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a table."""

    #: the English spelling
    name: str
    #: by language, the one to ask for first
    spellings: dict[str, tuple[str, ...]]

    def spelled(self, language: str) -> str:
        return self.spellings.get(language, (self.name,))[0]


@functools.cache
def names_table() -> tuple[Entry, ...]:
    return _entries(NAMES)


@functools.cache
def words_table() -> tuple[Entry, ...]:
    return _entries(WORDS)


def _entries(table: str) -> tuple[Entry, ...]:
    found = []
    for line in table.strip().splitlines():
        english, _, others = line.partition(":")
        spellings = {"en": tuple(english.split("/"))}
        for other in others.split(";"):
            language, _, forms = other.strip().partition(" ")
            if forms:
                spellings[language] = tuple(forms.split("/"))
        found.append(Entry(spellings["en"][0], spellings))
    return tuple(found)


# --- letters -----------------------------------------------------------------------------------------

_CYRILLIC = dict(
    zip(
        "абвгґдеєёжзиіїйклмнопрстуўфхцчшщъыьэюя",
        [
            "a",
            "b",
            "v",
            "g",
            "g",
            "d",
            "e",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "i",
            "i",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "",
            "y",
            "",
            "e",
            "yu",
            "ya",
        ],
        strict=True,
    )
)
_GEORGIAN = dict(zip("აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ", ["a", "b", "g", "d", "e", "v", "z", "t", "i", "k", "l", "m", "n", "o", "p", "zh", "r", "s", "t", "u", "p", "k", "gh", "q", "sh", "ch", "ts", "dz", "ts", "ch", "kh", "j", "h"], strict=True))  # fmt: skip
_GREEK = dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", ["a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "i", "f", "ch", "ps", "o"], strict=True))  # fmt: skip
_ARABIC = dict(zip("ابتثجحخدذرزسشصضطظعغفقكلمنهويىةأإآءئؤ", ["a", "b", "t", "th", "j", "h", "kh", "d", "d", "r", "z", "s", "sh", "s", "d", "t", "z", "a", "gh", "f", "q", "k", "l", "m", "n", "h", "w", "y", "a", "a", "a", "a", "a", "", "y", "w"], strict=True))  # fmt: skip
_ROMAN = {**_CYRILLIC, **_GEORGIAN, **_GREEK, **_ARABIC, "ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "ð": "d", "þ": "th", "ı": "i", "đ": "d"}  # fmt: skip


def bare(word: str) -> str:
    """*word* in small letters without accents: "Medvédev" and "medvedev" are one."""
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))


def roman(word: str) -> str:
    """*word* in bare Latin letters: Cyrillic, Greek, Georgian and Arabic letter by letter, other scripts as they are."""
    plain = bare(word)
    return plain if plain.isascii() else "".join(_ROMAN.get(c, c) for c in plain)


# --- from one language to another --------------------------------------------------------------------

#: Spellings of East Slavic names, from English: only for names with the endings of `_SLAVIC`.
_RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "nl": (("shch", "sjtsj"), ("sh", "sj"), ("ch", "tsj"), ("zh", "zj"), ("kh", "ch"), ("u", "oe"), ("sky", "ski")),
    "de": (("shch", "schtsch"), ("sh", "sch"), ("ch", "tsch"), ("zh", "sch"), ("kh", "ch"), ("v", "w"), ("sky", "ski")),
    "fr": (("sh", "ch"), ("ch", "tch"), ("zh", "j"), ("u", "ou")),
    "es": (("zh", "zh"), ("kh", "j"), ("sky", "ski")),
    "pl": (("shch", "szcz"), ("sh", "sz"), ("ch", "cz"), ("zh", "ż"), ("kh", "ch"), ("v", "w"), ("sky", "ski")),
    "cs": (("shch", "šč"), ("sh", "š"), ("ch", "č"), ("zh", "ž"), ("kh", "ch"), ("sky", "skij")),
    "sv": (("shch", "sjtj"), ("sh", "sj"), ("ch", "tj"), ("zh", "zj"), ("kh", "ch"), ("sky", "skij")),
}
_SLAVIC = re.compile(
    r"\w{2,}(?:[eo]v|[eo]w|ova|eva|owa|ewa|sky|skij|ski|enko|[ij]gu|[ij]goe|zhin|zjin|yov)$", re.IGNORECASE
)


def spelled(name: str, source: str, target: str) -> tuple[str, How]:
    """*name* of a text in *source* as *target* spells it, and how that is known."""
    entry = known_name(name, source)
    if entry is not None:
        return entry.spelled(target), "table"
    if is_slavic(name) and source != target and (source in _RULES or source == "en"):
        english = _applied(name, tuple((there, here) for here, there in _RULES.get(source, ())))
        result = _applied(english, _RULES.get(target, ()))
        if result != name:
            return result, "rule"
    return name, "as it stands"


def is_slavic(name: str) -> bool:
    """Whether *name* ends as East Slavic surnames do, and so is spelled by rules."""
    return _SLAVIC.match(name) is not None and " " not in name


def _applied(name: str, rules: tuple[tuple[str, str], ...]) -> str:
    """All *rules* in one pass, the longest first: what one has written the next must not change."""
    table = {before: after for before, after in rules if before != after}
    if not table:
        return name
    pattern = re.compile("|".join(sorted(map(re.escape, table), key=len, reverse=True)), re.IGNORECASE)

    def put(found: re.Match[str]) -> str:
        written = table[found.group().lower()]
        return written.capitalize() if found.group()[0].isupper() else written

    return pattern.sub(put, name)


@functools.lru_cache(maxsize=4096)
def known_name(name: str, language: str | None = None) -> Entry | None:
    """The line of the table of names that *name* is, in *language* or in any; None if there is none."""
    plain = bare(name)
    for exact in (True, False):
        for entry in names_table():
            for place, forms in entry.spellings.items():
                # Languages that a line leaves out write the name as English does.
                if language and place not in (language, "en"):
                    continue
                # "Us" opens an English sentence, "US" is a country.
                if len(plain) <= SHORT and name not in forms:
                    continue
                if any(bare(form) == plain if exact else is_form(plain, form) for form in forms):
                    return entry
    return None


def is_form(plain: str, form: str) -> bool:
    """Whether *plain* is *form* with another ending."""
    wanted = bare(form)
    if len(wanted) <= SHORT or " " in wanted:
        return plain == wanted
    stem = stem_of(wanted)
    return len(plain) <= len(wanted) + _MOST_ENDING and plain.startswith(stem)


def stem_of(plain: str) -> str:
    """Without the last vowel, where enough is left: Rosj(a), Росси(я). A consonant stays: "Truman" is no form of "Trump"."""
    return plain[:-1] if plain[-1] in _VOWELS and len(plain) > LEAST_STEM else plain


# --- the names of an article ----------------------------------------------------------------------------

_GERMAN_DETERMINERS = frozenset(
    "der die das den dem des ein eine einen einem einer eines kein keine im am zum zur vom beim ins ans seine seiner "  # noqa: SIM905
    "ihre ihrer dieser diese dieses mit von für als ohne durch aus nach bei unter über".split()
)
_JOINED = re.compile(r"[ \u00a0]|\. ?|-")
_WORD = re.compile(r"\b[^\W\d_][\w-]*")
#: "l’Ukraine", "dell’Ucraina": the name begins behind the apostrophe.
_ELIDING = frozenset(("fr", "it", "ca"))
_ELIDED = re.compile(r"\b(\w{1,5})['’ʼ](?=[A-ZÀ-Ý])")
_GENITIVE = re.compile("['’ʼ]s?$")
#: Days and months are capitalised in some languages, and survive no translation.
_CALENDAR = frozenset(
    bare(word)
    for word in """
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday januari februari maart mei juni juli augustus oktober maandag dinsdag woensdag
    donderdag vrijdag zaterdag zondag januar februar märz mai dezember montag dienstag mittwoch donnerstag freitag
    samstag sonntag advertisement
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text."""

    text: str
    #: how often it stands there
    count: int
    #: whether it stands outside of quotations
    outside: bool = True


def names_in(text: str, language: str) -> tuple[Name, ...]:
    """The names in *text*, the most frequent first: runs of capitalised words that do not open a sentence.

    In German, where every noun has a capital, only those that no article precedes, and those that the table knows.
    In scripts without capitals, only those that the table knows.
    """
    counts: Counter[str] = Counter()
    outside: set[str] = set()
    quoted = quotations(text)
    lines = sentences(text)
    if language in _ELIDING:
        text = _ELIDED.sub(r"\1 ", text)
    inside = frozenset(word for sentence in lines for word in _WORD.findall(sentence.of(text))[1:])
    for sentence in lines:
        for start, name in _runs(sentence.of(text), language, inside):
            counts[name] += 1
            place = sentence.start + start
            if not any(q.start <= place < q.end for q in quoted):
                outside.add(name)
    if not any(c.isupper() for c in text):
        for entry in names_table():
            for form in entry.spellings.get(language, ()):
                if times := text.count(form):
                    counts[form] += times
                    outside.add(form)
    merged = _merged(counts, language)
    order = {name: place for place, name in enumerate(merged)}
    return tuple(
        Name(name, count, name in outside)
        for name, count in sorted(merged.items(), key=lambda item: (-item[1], order[item[0]]))
    )


#: A name that stands in a text so often is what the text is about.
_ITS_OWN = 2


@functools.lru_cache(maxsize=64)
def own_names(text: str, language: str) -> tuple[str, ...]:
    """The names that *text* itself repeats, whether the table knows them or not, the most frequent first.

    "The Board" is none where "the board" stands in the text too.
    """
    small = {bare(word) for word in _WORD.findall(text) if word[0].islower()}
    return tuple(
        name.text
        for name in names_in(text, language)
        if name.count >= _ITS_OWN and name.outside and not small & set(bare(name.text).split())
    )


def _runs(line: str, language: str, inside: frozenset[str]) -> list[tuple[int, str]]:
    """The names in a sentence, with their places; *inside* are the capitalised words that do not open a sentence."""
    parts = words(line)
    found: list[tuple[int, str]] = []
    place = 0
    while place < len(parts):
        last = _end_of_run(line, parts, place)
        if last == place:
            place += 1
            continue
        first = place
        opener = parts.span(place, place + 1).of(line)
        if place == 0 and known_name(opener, language) is None and opener not in inside:
            first += 1  # it has its capital from the sentence
        if language == "de" and last - first > 2 and first and parts.folded[first - 1] in _GERMAN_DETERMINERS:
            first += 1  # "dem Botschafter Karl Müller"
        for begin, end in _parts_of_run(line, parts, first, last, language):
            name = _GENITIVE.sub("", parts.span(begin, end).of(line))
            before = parts.folded[begin - 1] if begin else ""
            if known_name(name, language) is not None or _is_name(name, before, language):
                found.append((parts.starts[begin], name))
        place = last
    return found


def _end_of_run(line: str, parts: Words, place: int) -> int:
    last = place
    while last < len(parts):
        word = parts.span(last, last + 1).of(line)
        joined = last == place or _JOINED.fullmatch(line[parts.ends[last - 1] : parts.starts[last]])
        if not (word[0].isupper() and joined) or bare(word) in _CALENDAR:
            break
        last += 1
    return last


def _parts_of_run(line: str, parts: Words, first: int, last: int, language: str) -> list[tuple[int, int]]:
    """Names that stand side by side ("NATO Russia") are told apart if the table knows both; a first name is none."""
    if first >= last:
        return []
    if known_name(parts.span(first, last).of(line), language) is not None:
        return [(first, last)]
    known = [place for place in range(first, last) if known_name(parts.span(place, place + 1).of(line), language)]
    if len(known) < 2:
        return [(first, last)]
    return [(place, place + 1) for place in known]


def _is_name(name: str, before: str, language: str) -> bool:
    if language == "de":
        return (" " in name or name.isupper()) and before not in _GERMAN_DETERMINERS
    return len(name) > 2 or (name.isupper() and len(name) > 1)


def _merged(counts: Counter[str], language: str) -> Counter[str]:
    """One name a person and place: "Medvedev" counts for "Dmitri Medvedev", "Poetins" for "Poetin", "Russian" for "Russia"."""
    merged: Counter[str] = Counter()
    full: dict[str, str] = {}
    for name in sorted(counts, key=len, reverse=True):
        if " " in name:
            full.setdefault(name.split()[-1], name)
    for name, count in counts.items():
        base = name[:-1] if name.endswith("s") and name[:-1] in counts else name
        entry = known_name(base, language)
        if entry is not None and base not in full:
            base = entry.spelled(language)
        merged[full.get(base, base)] += count
    return merged
