"""Text as code points: normal forms, words, sentences and quotations, each with its place in the original.

Contains no business logic.

Everything that returns a place returns a `Span` of the text it was given, so that `text[span.start:span.end]`
is always what the page itself says, whatever folding was used to find it.
"""

from __future__ import annotations

import bisect
import functools
import math
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import regex

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier


class Span(NamedTuple):
    """A half-open range of code points."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


# --- normal forms ----------------------------------------------------------------------------------

#: Characters that show nothing: soft hyphen, zero-width space and joiners, word joiner, BOM, direction marks.
INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"

_INVISIBLE = regex.compile(f"[{INVISIBLE}]+")
_SPACE = regex.compile(r"\s+")

_DOUBLE_QUOTES = "“”„‟«»″〝〞〟＂"
_SINGLE_QUOTES = "‘’‚‛‹›′ʼ`´＇"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"

_FOLD_MARKS = str.maketrans(
    dict.fromkeys(_DOUBLE_QUOTES, '"') | dict.fromkeys(_SINGLE_QUOTES, "'") | dict.fromkeys(_DASHES, "-") | {"…": "..."}
)


def visible_form(text: str) -> str:
    """*text* with composed code points, single spaces and no invisible characters: what is printed, to the letter.

    Unlike `normal_form` it keeps which quotes and dashes were set: exchanging them is an edit, if a slight one.
    """
    return _SPACE.sub(" ", unicodedata.normalize("NFC", _INVISIBLE.sub("", text))).strip()


def normal_form(text: str) -> str:
    """*text* without the differences that no reader sees: what two renderings of one text have in common.

    Invisible characters go, every run of whitespace (line breaks too) is one space, code points are composed (NFC),
    quotes and dashes have one form each. Case, accents, digits and all other
    punctuation stay: changing them is an edit.

    >>> normal_form("\u201cNo\u00ad pe\u0301ril\u201d \u2013  he said\\n")
    '"No p\u00e9ril" - he said'
    """
    composed = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return _SPACE.sub(" ", composed.translate(_FOLD_MARKS)).strip()


@functools.lru_cache(maxsize=65536)
def fold_word(word: str) -> str:
    """*word* as it is compared: compatibility forms, case, invisible characters and apostrophes folded."""
    if word.isascii():
        return word.lower()
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", word).translate(_FOLD_MARKS)).casefold()
    return unicodedata.normalize("NFKC", folded)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text that knows where each of its characters came from."""

    text: str
    #: for each folded character, the span of the original that it stands for
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> Span:
        """The span of the original behind the folded characters [*start*, *end*)."""
        if start >= end:
            place = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return Span(place, place)
        return Span(self.starts[start], self.ends[end - 1])


_CLUSTER = regex.compile(r"\s+|\X")


def fold(text: str) -> Folded:
    """*text* as it is searched: as `fold_word`, and every run of whitespace is one space."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in _CLUSTER.finditer(text):
        cluster = found.group()
        folded = " " if cluster.isspace() else fold_word(cluster)
        parts.append(folded)
        starts.extend([found.start()] * len(folded))
        ends.extend([found.end()] * len(folded))
    return Folded("".join(parts), tuple(starts), tuple(ends))


def glimpse(text: str, room: int) -> str:
    """The beginning of *text* in one line, at most *room* characters of it."""
    text = " ".join(text.split())
    return text if len(text) <= room else f"{text[:room].rstrip()}…"


# --- words -------------------------------------------------------------------------------------------

#: Scripts written without spaces between words: one character (with its marks) counts as a token.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー"

_WORD = regex.compile(
    rf"""
      [{_UNSPACED}][\p{{M}}{INVISIBLE}]*
    | [\p{{N}}--{_UNSPACED}]+ (?: [.,:] \p{{N}}+ )*+ (?: [\p{{L}}\p{{M}}--[{_UNSPACED}]]* )
    | [\p{{L}}\p{{N}}\p{{M}}--[{_UNSPACED}]] [\p{{L}}\p{{N}}\p{{M}}{INVISIBLE}--[{_UNSPACED}]]*
      (?: ['’ʼ] [\p{{L}}\p{{N}}\p{{M}}{INVISIBLE}--[{_UNSPACED}]]+ )*
    """,
    regex.VERSION1 | regex.VERBOSE,
)
_UNSPACED_CHARACTER = regex.compile(f"[{_UNSPACED}]")


#: Most texts in Latin letters have no other characters than these. For them a pattern without properties finds the same
#: words in a quarter of the time.
_PLAIN_LETTERS = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_PLAIN_WORD = re.compile(
    rf"[0-9]+(?:[.,:][0-9]+)*+[{_PLAIN_LETTERS}]*|[{_PLAIN_LETTERS}][{_PLAIN_LETTERS}0-9]*(?:['’][{_PLAIN_LETTERS}0-9]+)*"
)
_PLAIN = frozenset(map(chr, (*range(0x80), *range(0xC0, 0xD7), *range(0xD8, 0xF7), *range(0xF8, 0x250)))) | frozenset(
    "“”„‘’«»–—…\u00a0·•€£§°"
)


def _word_pattern(text: str) -> re.Pattern[str] | regex.Pattern[str]:
    return _PLAIN_WORD if _PLAIN.issuperset(text) else _WORD


@dataclass(frozen=True)
class Words:
    """The words of a text, with their places; parallel tuples, because texts are long."""

    text: str = field(repr=False)
    #: as they stand
    shown: tuple[str, ...]
    folded: tuple[str, ...]

    @functools.cached_property
    def _places(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        # Only where asked for: a look-up does without, and it is half of the cost.
        places = [found.span() for found in _word_pattern(self.text).finditer(self.text)]
        return tuple([start for start, _ in places]), tuple([end for _, end in places])

    @property
    def starts(self) -> tuple[int, ...]:
        return self._places[0]

    @property
    def ends(self) -> tuple[int, ...]:
        return self._places[1]

    def __len__(self) -> int:
        return len(self.folded)

    def span(self, first: int, last: int) -> Span:
        """From the start of word *first* to the end of word *last* - 1."""
        return Span(self.starts[first], self.ends[last - 1])

    def inside(self, span: Span) -> range:
        """The words that lie wholly inside *span*."""
        first = bisect.bisect_left(self.starts, span.start)
        return range(first, max(first, bisect.bisect_right(self.ends, span.end)))


def words(text: str) -> Words:
    """The words of *text* in order; in scripts without spaces, its characters."""
    shown = tuple(_word_pattern(text).findall(text))
    return Words(text, shown, tuple(map(fold_word, shown)))


def unspaced_share(text: str) -> float:
    """The share of the letters of *text* that belong to scripts without spaces between words."""
    letters = sum(map(str.isalpha, text))
    return len(_UNSPACED_CHARACTER.findall(text)) / letters if letters else 0.0


_LATIN = regex.compile(r"\p{Latin}")
_LETTER = regex.compile(r"\p{L}")


def latin_share(text: str) -> float:
    """The share of the letters of *text* that are Latin."""
    letters = len(_LETTER.findall(text))
    return len(_LATIN.findall(text)) / letters if letters else 0.0


# --- sentences ---------------------------------------------------------------------------------------

_CLOSERS = f"\"'”’»›」』）)\\]〉》{INVISIBLE}"
_OPENERS = f"{INVISIBLE}\"'“‘„‚«»‹「『（(\\[¿¡—–-"
#: The space that French sets before a closing mark, and the mark: it belongs to what ends.
_SPACED_CLOSER = "[ \u00a0\u202f]»"
_STOP = regex.compile(
    rf"""
      (?P<wide> (?: (?: [。！？｡] | ．(?!\p{{N}}) )+ (?P<closed>[{_CLOSERS}]*) )+ | [।॥။។]+ [{_CLOSERS}]* )
    | (?P<narrow>[.!?…؟۔]+)
      [{_CLOSERS}“‘]*  # German closes with the marks that open in English
      (?: {_SPACED_CLOSER} | (?!{_SPACED_CLOSER}(?:[\s.,;:!?)]|$)) )
      (?=\s|$)
    """,
    regex.VERBOSE,
)
_NEXT = regex.compile(rf"[\s{_OPENERS}]*")
_SAYS = regex.compile(r"[\p{L}\p{N}]")
#: What cannot open a sentence in a script without spaces: "「本当？」と聞いた", “是！”，他说.
_GOES_ON = regex.compile(r"\p{Hiragana}")
_GOES_ON_ALWAYS = regex.compile(r"[、，；：,;:]")
_BEFORE_POINT = regex.compile(r"(\p{L}[\p{L}\p{M}.]*|\p{N}+)\.$")
#: How far back a word before a point is looked for.
_LOOKED_BACK = 30

#: Words that end in a point inside a sentence, without it. Titles, months and the like, where a capital often follows;
#: before a small letter no point ends a sentence anyway.
_ABBREVIATED = """
    mr mrs ms dr prof rev maj capt lt sgt gov pres st jr sr vs inc ltd corp dept
    jan feb apr jun jul aug sep sept oct nov dec u.s u.k u.n e.u d.c a.m p.m i.e e.g etc
    dhr mevr drs nl bv resp ca blz jl o.a d.w.z bijv
    hr fr bzw z.b d.h u.a s.o vgl geb inkl zzgl evtl usw sog
    mme mlle p.ex cf env sra srta dña ee ee.uu pág ud uds
    sig sigg dott avv exmo dra proc
    bl.a f.eks t.ex dvs kl s.k
    ks inż tzw np m.in r nt dl
    ул прим т.е т.д т.п
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
#: Titles that are ordinary words of some language when written small: "Sen. Warren", but "he told me.", "no mar.".
_TITLES = frozenset(
    ("Arch", "Av", "Co", "Col", "Est", "Gen", "Hon", "Ing", "Ir", "M", "Mar", "Me", "Mm", "Mt", "On", "Rep", "Sen")
)
#: Shortened only before a number: "Art. 5", "no. 7", but "dieser Art.", "he said no.".
_NUMBERED = frozenset(("abs", "art", "bd", "fig", "no", "nos", "nr", "núm", "str"))
_NUMBER = regex.compile(r"\p{N}|[IVXLC]+\b")
#: Month names (and their beginnings) after which "3." before a capital is an ordinal, in languages that write it so.
_ORDINAL_FOLLOWERS = regex.compile(
    r"(?i:jan|feb|mär|maer|mar|apr|mai|maj|jun|jul|aug|sep|okt|nov|dez|dec|des|jahrhundert|klasse|platz|liga|"
    r"led|úno|bře|dub|kvě|čer|srp|zář|říj|lis|pro|tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu)"
)
#: German words before an ordinal, whatever noun follows: "in der 14. Minute".
_BEFORE_ORDINAL = regex.compile(r"(?i:\b(?:der|die|das|den|dem|des|am|im|zum|zur|vom|beim|ab|seit|bis))\s\d+$")

#: A sentence longer than this is a list or lacks its points; it is cut at semicolons, for the sake of alignment ...
_LONG_SENTENCE = 700
_SEMICOLON = regex.compile(r"[;；]\s*")
#: ... and what is longer than this all the same is no sentence, and is cut at spaces, for the sake of time.
_NO_SENTENCE = 3 * _LONG_SENTENCE


def paragraphs(text: str) -> list[Span]:
    """The lines of *text* that are not blank, without the white space around them."""
    found = []
    start = 0
    for line in text.split("\n"):
        left = len(line) - len(line.lstrip())
        right = len(line.rstrip())
        if right > left:
            found.append(Span(start + left, start + right))
        start += len(line) + 1
    return found


def sentences(text: str) -> list[Span]:
    """The sentences of *text*. A line break always ends one."""
    found: list[Span] = []
    for paragraph in paragraphs(text):
        found.extend(_sentences_of(text, paragraph))
    return found


def _sentences_of(text: str, paragraph: Span) -> list[Span]:
    pieces: list[Span] = []
    start = paragraph.start
    for stop in _STOP.finditer(text, paragraph.start, paragraph.end):
        if stop.end() < paragraph.end and _ends_sentence(text, stop):
            pieces.append(_trimmed(text, start, stop.end()))
            start = stop.end()
    pieces.append(_trimmed(text, start, paragraph.end))
    whole: list[Span] = []
    for piece in pieces:
        if whole and not _SAYS.search(text, piece.start, piece.end):  # a mark set apart, or nothing
            whole[-1] = Span(whole[-1].start, max(whole[-1].end, piece.end))
        elif piece.end > piece.start:
            whole.append(piece)
    return [part for piece in whole for part in _shortened(text, piece)]


def _ends_sentence(text: str, stop: regex.Match[str]) -> bool:
    if stop.group("wide"):
        return not (
            _GOES_ON_ALWAYS.match(text, stop.end()) or (stop.group("closed") and _GOES_ON.match(text, stop.end()))
        )
    following = _NEXT.match(text, stop.end())
    after = following.end() if following else stop.end()
    if after < len(text) and text[after].islower():
        return False
    if stop.group("narrow") != ".":
        return True
    before = _BEFORE_POINT.search(text[max(0, stop.start() - _LOOKED_BACK) : stop.start() + 1])
    return not (before and _is_shortened(text, before.group(1), stop.start(), after))


def _is_shortened(text: str, word: str, point: int, after: int) -> bool:
    """Whether *word*, whose point is at *point*, is an ordinal, an initial or an abbreviation; what follows opens at *after*."""
    if word.isdigit():
        before = text[max(0, point - _LOOKED_BACK) : point]
        return len(word) <= 2 and bool(_ORDINAL_FOLLOWERS.match(text, after) or _BEFORE_ORDINAL.search(before))
    if len(word) == 1 and word.isupper():
        return True  # an initial
    if word.lower() in _NUMBERED:
        return _NUMBER.match(text, after) is not None
    return word in _TITLES or word.lower() in _ABBREVIATIONS


def _shortened(text: str, sentence: Span) -> list[Span]:
    length = sentence.end - sentence.start
    if length > _PHRASE_LENGTH:
        unmarked = len(_UNMARKED.findall(text, sentence.start, sentence.end))
        if unmarked > length / 2:
            return _phrases(text, sentence)
    if length > _LONG_SENTENCE:
        parts = _cut(text, sentence, _SEMICOLON, _LONG_SENTENCE // 4)
        return [short for part in parts for short in _never_endless(text, part)]
    return [sentence]


def _never_endless(text: str, sentence: Span) -> list[Span]:
    if sentence.end - sentence.start <= _NO_SENTENCE:
        return [sentence]
    return _cut(text, sentence, _SPACE, _LONG_SENTENCE)


def _cut(text: str, sentence: Span, at: regex.Pattern[str], least: int) -> list[Span]:
    parts = []
    start = sentence.start
    for place in at.finditer(text, sentence.start, sentence.end):
        if place.end() - start >= least and sentence.end - place.end() >= least // 2:
            parts.append(_trimmed(text, start, place.end()))
            start = place.end()
    return [*parts, _trimmed(text, start, sentence.end)]


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


# --- scripts that mark no sentence ends ----------------------------------------------------------------

#: Thai and Lao mark no sentence ends, Khmer and Burmese not always. A sentence ends at a space, but a space also
#: stands around names, figures and foreign words, and in lists. So such text is cut at those spaces that together
#: make the likeliest pieces: about as long as sentences are, and not where the words around the space say no.
#:
#: Measured on 35 pairs of Thai news translations with their English sources, 303 known sentence starts in 18 of them,
#: all after a space: F of the starts, F of the sentence links, plagdet of the passages.
#:   a cut at the first space after 90 characters     .51   .91   .94
#:   ... after 60                                     .53   .95   .94
#:   ... after 40                                     .46   .96   .90
#:   lengths alone, script and words left out         .52   .91   .97
#:   these rules                                      .64   .94   .95
#:   PyThaiNLP's crfcut as it is                      .58   .93   .89
#:   crfcut's probabilities at spaces and lengths     .63   .92   .93
#:   these rules and crfcut's probabilities           .66   .93   .93
#: Some 25 settings were tried on these same pairs, and none on others. The starts tell the ways apart; links and passages
#: do not: they are few, and short pieces find links more easily. What is certain is that 70 MB of package and a model
#: showed no gain in them, so it is left out.
_UNMARKED = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
#: The usual length of a piece, in characters (60 to 110 tried), and how freely it varies (deviation of its logarithm).
_PHRASE_LENGTH = 80
_PHRASE_SPREAD = 0.6
#: No piece is longer if there is a space to cut it at.
_LONGEST_PHRASE = 5 * _PHRASE_LENGTH

#: Words that open a Thai sentence: but, however, besides, therefore, while, after, when, then, as for, for, he, she,
#: they, it, we, I, Mr, Mrs, although, if, in, according to, from, the (act of), because, this is, there is.
_OPEN_THAI = (
    "แต่ อย่างไรก็ นอกจาก ทั้งนี้ ดังนั้น เพราะฉะนั้น ขณะ ในขณะ หลังจาก เมื่อ ก่อนหน้านี้ ต่อมา จากนั้น ด้าน ส่วน สำหรับ "
    "เขา เธอ พวกเขา มัน เรา ผม ฉัน นาย นาง ถึงแม้ แม้ หาก ถ้า ใน ตาม จาก การ เนื่องจาก นี่ มี"
)
#: Words that go on with one: and, or, who/which, of, with, by, in order to, that, get, give, be, will, thus, also, is,
#: because, and then, up to, including.
_GO_ON_THAI = "และ หรือ ที่ ซึ่ง ของ กับ โดย เพื่อ ว่า ได้ ให้ เป็น จะ จึง ก็ คือ เพราะ แล้ว ไปจนถึง รวมถึง"
#: Words that end none: that, is, and, or, who/which, of, with, such as, be, by, in, but, from, namely, Mr, Mrs.
_END_NONE_THAI = "ว่า คือ และ หรือ ที่ ของ กับ ซึ่ง เช่น เป็น โดย ใน แต่ จาก ได้แก่ นาย นาง"

_OPENING = regex.compile("|".join(_OPEN_THAI.split()))
_GOING_ON = regex.compile("|".join(_GO_ON_THAI.split()))
_ENDING_NONE = regex.compile(f"(?:{'|'.join(_END_NONE_THAI.split())})$")


def _phrases(text: str, sentence: Span) -> list[Span]:
    """*sentence* cut at its spaces into the likeliest pieces (a dynamic programme over the spaces)."""
    places = [sentence.start]
    gains = [0.0]
    for space in _SPACE.finditer(text, sentence.start, sentence.end):
        places.append(space.end())
        gains.append(_break_gain(text, space.start(), space.end()))
    places.append(sentence.end)
    gains.append(0.0)
    best = [0.0]
    before = [0]
    for end in range(1, len(places)):
        # A stretch without spaces may be longer than any piece should be; then the last space has to do.
        total, start = best[end - 1] + _length_gain(places[end] - places[end - 1]), end - 1
        for earlier in range(end - 2, -1, -1):
            length = places[end] - places[earlier]
            if length > _LONGEST_PHRASE:
                break
            if best[earlier] + _LENGTH_GAINS[length] > total:
                total, start = best[earlier] + _LENGTH_GAINS[length], earlier
        best.append(total + gains[end])
        before.append(start)
    pieces = []
    end = len(places) - 1
    while end:
        pieces.append(_trimmed(text, places[before[end]], places[end]))
        end = before[end]
    return pieces[::-1]


def _length_gain(length: int) -> float:
    """How likely a piece is to be *length* characters long, about as a logarithm: lengths are log-normal."""
    return -((math.log(length / _PHRASE_LENGTH) / _PHRASE_SPREAD) ** 2) / 2


_LENGTH_GAINS = [-math.inf, *map(_length_gain, range(1, _LONGEST_PHRASE + 1))]


def _break_gain(text: str, start: int, end: int) -> float:
    """How much the space from *start* to *end* looks like the end of a sentence, about as the logarithm of odds."""
    last, first = text[start - 1], text[end]
    gain = 0.0
    if last in ".!?…":
        gain += 2
    elif last in ",;:":
        gain -= 2.5
    elif last == "ๆ" or not (_UNMARKED.match(last) or last in "\"”’')"):
        gain -= 1  # the sign of repetition; a name or figure, which has spaces around it
    if first == "(":
        gain -= 3
    elif not (_UNMARKED.match(first) or first in "\"“‘'"):
        gain -= 1
    if _ENDING_NONE.search(text, max(0, start - 10), start):
        gain -= 2
    if _OPENING.match(text, end):
        gain += 0.7
    elif _GOING_ON.match(text, end):
        gain -= 1
    return gain


# --- quotations --------------------------------------------------------------------------------------

#: For each opening mark, the marks that may close it. German closes „ with “, Polish and Dutch with ”; Swedish closes » with ».
_PAIRS = {
    "“": "”",
    "„": "“”",
    "«": "»",
    "»": "«»",
    "「": "」",
    "『": "』",
    "‘": "’",
    "‚": "‘’",
    "‹": "›",
    '"': '"',
    "'": "'",
}
_QUOTE_MARK = regex.compile("[" + "".join(sorted(set("".join(_PAIRS) + "".join(_PAIRS.values())))) + "]")


def quotations(text: str) -> list[Span]:
    """What stands between quotation marks, the marks included, in order and without overlap.

    A quotation ends in its own paragraph, or runs on as English print has it: each further paragraph opens with
    the mark again and only the last one closes. Unpaired marks and apostrophes quote nothing.
    """
    found: list[Span] = []
    running = ""  # the opening mark of a quotation whose paragraph ended without a closing one
    for paragraph in paragraphs(text):
        running = _quotations_of(text, paragraph, running, found)
    return found


def _quotations_of(text: str, paragraph: Span, running: str, found: list[Span]) -> str:
    marks = [place.start() for place in _QUOTE_MARK.finditer(text, paragraph.start, paragraph.end)]
    continues = bool(running) and bool(marks) and marks[0] == paragraph.start and text[marks[0]] == running
    position = 0
    while position < len(marks):
        start = marks[position]
        if not _opens(text, start, paragraph):
            position += 1
            continue
        closing = _closing(text, marks, position, paragraph)
        if closing is None:
            # Only the double marks run on over paragraphs; a stray apostrophe must not swallow a text.
            if text[start] in '“„«"' and (continues or _is_last_of_kind(text, marks, position)):
                found.append(Span(start, paragraph.end))
                return text[start]
            position += 1
            continue
        found.append(Span(start, marks[closing] + 1))
        position = closing + 1
    return ""


def _is_last_of_kind(text: str, marks: list[int], position: int) -> bool:
    return all(text[mark] != text[marks[position]] for mark in marks[position + 1 :])


def _opens(text: str, place: int, paragraph: Span) -> bool:
    if text[place] not in _PAIRS or place + 1 >= paragraph.end:
        return False
    if text[place + 1].isspace() and text[place] != "«":  # French sets its marks apart
        return False
    if text[place] in "「『“„":
        return True
    return place == paragraph.start or not (text[place - 1].isalnum() or text[place - 1] in ".,!?…")


def _closing(text: str, marks: list[int], position: int, paragraph: Span) -> int | None:
    opening = text[marks[position]]
    for candidate in range(position + 1, len(marks)):
        place = marks[candidate]
        mark = text[place]
        if mark not in _PAIRS[opening]:
            continue
        if mark in "'’‘" and place + 1 < paragraph.end and text[place + 1].isalnum():
            continue  # an apostrophe inside a word
        if mark in "\"'" and text[place - 1].isspace():
            continue  # it opens, it does not close
        return candidate
    return None


# --- language ----------------------------------------------------------------------------------------

#: Fewer letters than this say nothing about the language: a headline of five words is guessed wrong too often.
_LEAST_LETTERS = 40
#: Letters read: enough to decide, and the cost stays below a millisecond.
_LETTERS_READ = 800


@functools.cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # 0.1 s and 20 MB, so only when asked for

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@functools.lru_cache(maxsize=256)
def detect_language(text: str) -> str | None:
    """The language of *text* as a BCP 47 primary subtag, or None if it is too short to say."""
    sample = text[:_LETTERS_READ]
    if sum(map(str.isalpha, sample)) < (_LEAST_LETTERS if latin_share(sample) > 0.5 else _LEAST_LETTERS // 4):
        return None
    language, _ = _identifier().classify(sample)
    return str(language)


# --- spreadsheets ------------------------------------------------------------------------------------

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula.

    >>> csv_cell("=1+1"), csv_cell(-1.5), csv_cell("Ada")
    ("'=1+1", -1.5, 'Ada')
    """
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
