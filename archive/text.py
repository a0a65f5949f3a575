"""Text as code points: normal forms, words, sentences and quotations, each with its place in the original.

Contains no business logic.

Everything that returns a place returns a `Span` of the text it was given, so that `text[span.start:span.end]`
is always what the page itself says, whatever folding was used to find it.
"""

from __future__ import annotations

import bisect
import functools
import unicodedata
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, folded, with their places; parallel tuples, because texts are long."""

    folded: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

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
    places = [found.span() for found in _WORD.finditer(text)]
    return Words(
        tuple([fold_word(text[start:end]) for start, end in places]),
        tuple([start for start, _ in places]),
        tuple([end for _, end in places]),
    )


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

_CLOSERS = "\"'”’»›」』）)\\]〉》"
_OPENERS = "\"'“‘„‚«»‹「『（(\\[¿¡—–-"
_STOP = regex.compile(rf"(?P<wide>[。！？｡．]+|[।॥።။]+)[{_CLOSERS}]*|(?P<narrow>[.!?…؟۔]+)[{_CLOSERS}]*(?=\s|$)")
_NEXT = regex.compile(rf"[\s{_OPENERS}]*")
_BEFORE_POINT = regex.compile(r"(\p{L}[\p{L}\p{M}.]*|\p{N}+)\.$")

#: Words that end in a point inside a sentence, without it. Titles, months and the like, where a capital often follows;
#: before a small letter no point ends a sentence anyway.
_ABBREVIATED = """
    mr mrs ms dr prof rev hon gen col maj capt lt sgt sen rep gov pres st jr sr vs no nos inc ltd co corp dept est fig
    jan feb mar apr jun jul aug sep sept oct nov dec mt ft u.s u.k u.n e.u d.c a.m p.m i.e e.g etc
    dhr mevr drs ir mr ing nl bv resp ca nr blz jl o.a d.w.z bijv
    hr fr nr str bzw z.b d.h u.a s.o vgl abs art bd geb inkl evtl usw sog
    m mm mme mlle dr me av bd p.ex cf env sr sra srta dña ee.uu núm pág av ud uds
    sig sigg dott avv on ing arch sra exmo dra av proc
    bl.a f.eks t.ex dvs kl ca nr s.k
    prof dr ks inż ul tzw np m.in r nt dl str
    г ул им т.е т.д т.п гг
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
#: Month names (and their beginnings) after which "3." before a capital is an ordinal, in languages that write it so.
_ORDINAL_FOLLOWERS = regex.compile(
    r"(?i:jan|feb|mär|maer|mar|apr|mai|maj|jun|jul|aug|sep|okt|nov|dez|dec|des|jahrhundert|klasse|platz|liga|"
    r"led|úno|bře|dub|kvě|čer|srp|zář|říj|lis|pro|tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu)"
)
#: German words before an ordinal, whatever noun follows: "in der 14. Minute".
_BEFORE_ORDINAL = regex.compile(r"(?i:\b(?:der|die|das|den|dem|des|am|im|zum|zur|vom|beim|ab|seit|bis))\s\d+$")
#: Thai, Lao, Khmer and Burmese mark no sentence ends; a phrase ends at a space. Such text is cut at spaces into
#: pieces of about the length of a sentence elsewhere (121 characters on average in news
#: samples of many languages; Thai is denser).
_UNMARKED = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_UNMARKED_LENGTH = 90

#: A sentence longer than this is a list or lacks its points; it is cut at semicolons, for the sake of alignment.
_LONG_SENTENCE = 700
_SEMICOLON = regex.compile(r"[;；]\s*")


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
        if stop.end() < paragraph.end and (stop.group("wide") or _ends_sentence(text, stop)):
            pieces.append(_trimmed(text, start, stop.end()))
            start = stop.end()
    pieces.append(_trimmed(text, start, paragraph.end))
    whole = [piece for piece in pieces if piece.end > piece.start]
    return [part for piece in whole for part in _shortened(text, piece)]


def _ends_sentence(text: str, stop: regex.Match[str]) -> bool:
    following = _NEXT.match(text, stop.end())
    after = following.end() if following else stop.end()
    if after < len(text) and text[after].islower():
        return False
    if stop.group("narrow") != ".":
        return True
    before = _BEFORE_POINT.search(text[max(0, stop.start() - 30) : stop.start() + 1])
    if not before:
        return True
    word = before.group(1)
    if word.isdigit():
        ordinal = _ORDINAL_FOLLOWERS.match(text, after) or _BEFORE_ORDINAL.search(text[: stop.start()][-30:])
        return not (len(word) <= 2 and ordinal)
    if len(word) == 1 and word.isupper():
        return False  # an initial
    return word.lower() not in _ABBREVIATIONS


def _shortened(text: str, sentence: Span) -> list[Span]:
    length = sentence.end - sentence.start
    if length > _UNMARKED_LENGTH and len(_UNMARKED.findall(sentence.of(text))) > length / 2:
        return _cut(text, sentence, _SPACE, _UNMARKED_LENGTH)
    if length > _LONG_SENTENCE:
        return _cut(text, sentence, _SEMICOLON, _LONG_SENTENCE // 4)
    return [sentence]


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
