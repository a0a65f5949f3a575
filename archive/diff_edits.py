"""The edits of a paragraph read one by one: which words went and came, whether in a quotation, whether names, and
whether the edit is slight (a typo, another spelling, capitals, the same number in other writing).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Literal

import regex
from rapidfuzz.distance import OSA

from archive.diff_align import Row
from archive.diff_furniture import Furniture, clocks, furniture, is_clock_in_label
from archive.diff_lexicon import folded, is_number, is_one, is_sign, number_value, sorts_of
from archive.diff_tokens import is_word, keys_of, tokenise, words_of
from archive.text import quotations

Slight = Literal["punctuation", "capitals", "spelling", "typo", "inflection", "notation"]

#: Letters from which on a wrong letter makes no other word: "elected" and "ejected" have seven.
LONG_WORD = 8
#: ... and from which on two letters that changed places, or one doubled, make none ("form" and "from" have four).
SLIP_WORD = 6
#: No word is longer; what is, is a broken page's, and costs its square to compare.
LONGEST_WORD = 60
#: Letters of a paragraph up to which its quotations and clocks are looked for: marks that never close cost the square.
LONGEST_READ = 20_000

_CAPITAL = regex.compile(r"\p{Lu}[\p{L}\p{M}\p{N}'-]")
_SEPARATORS = regex.compile(r"(?<=[.!?…。！？])\s+|\s*[|•·]\s*")
ASKS = frozenset("?？؟")
_VOWELS = frozenset("aeiouyäöüàáâèéêëìíîïòóôùúû")
_HAS_FIGURE = regex.compile(r"\p{N}")
_MAY_SIGN = regex.compile(r"[\p{Sc}%‰°±?？؟\p{Pd}−]")
_QUOTES = re.compile("[\"'“”„‟‘’‚‛«»‹›「」『』]")
#: Differences of ending that only agree with another word, by language: German adjectives, Dutch ones.
_ENDINGS = {"de": ("", "e", "en", "er", "es", "em"), "nl": ("", "e")}


@dataclass(frozen=True, slots=True)
class Edit:
    """One run of changed words inside a paragraph that exists on both sides."""

    #: words only, without punctuation
    old: tuple[str, ...]
    new: tuple[str, ...]
    #: names among them, as phrases
    old_names: tuple[str, ...] = ()
    new_names: tuple[str, ...] = ()
    #: where it stands to a quotation: "", "edited", "added" or "removed"
    quotation: str = ""
    #: it stands for a clock, a counter, a label: what kind of furniture; None if it is the article's
    noise: Furniture | None = None
    #: why it hardly matters; None if it may
    slight: Slight | None = None
    #: signs that change what is said: "€" became "$", a question mark came
    old_signs: tuple[str, ...] = ()
    new_signs: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return max(len(self.old), len(self.new), bool(self.old_signs or self.new_signs))


class Reader:
    """Reads the edits of rows with an eye on what stands around them."""

    def __init__(self, rows: Iterable[Row], language: str) -> None:
        self._rows = tuple(rows)
        self._language = language
        self._sides: tuple[str, str] | None = None

    def edits(self, row: Row) -> Iterator[Edit]:
        """The edits of one paragraph in order."""
        old_side, new_side = Side(row.old_text), Side(row.new_text)
        at_old = at_new = 0
        for run in row.runs:
            old_end, new_end = at_old + len(run.old), at_new + len(run.new)
            if run.op != "equal":
                yield self._edit(old_side, new_side, (at_old, old_end), (at_new, new_end))
            at_old, at_new = old_end, new_end

    def _edit(self, old: Side, new: Side, old_place: tuple[int, int], new_place: tuple[int, int]) -> Edit:
        old_text, new_text = old.text[slice(*old_place)], new.text[slice(*new_place)]
        old_words, new_words = words_of(old_text), words_of(new_text)
        old_signs, new_signs = _signs(old, old_place), _signs(new, new_place)
        noise = _noise(old, new, old_place, new_place)
        slight = None
        if noise is None and old_signs == new_signs:
            slight = slightness(old_words, new_words, self._language)
        return Edit(
            old_words,
            new_words,
            self._names(old, *old_place, other=1),
            self._names(new, *new_place, other=0),
            _quotation(old.quotation(*old_place), new.quotation(*new_place)),
            noise,
            slight,
            old_signs,
            new_signs,
        )

    def _names(self, side: Side, start: int, end: int, *, other: int) -> tuple[str, ...]:
        """Phrases of capitalised words in a span that the other text does not have; not the first of a sentence."""
        text = side.text
        span = text[start:end]
        if span == span.lower():
            return ()
        before = tokenise(text[max(0, start - 40) : start])
        fresh = not before or _starts_sentence(before[-1].key)
        # Where every noun has a capital, only a word beside another capital is a name: "Olaf Scholz", "Stadt Köln".
        shortest = 2 if self._language in ("de", "lb") else 1
        phrases: list[list[str]] = [[]]
        sizes = [1 if shortest > 1 and not fresh and before and _CAPITAL.match(before[-1].key) else 0]
        for token in tokenise(span):
            if _CAPITAL.match(token.key) and not fresh and not self._stands_in(other, token.key):
                phrases[-1].append(token.key)
                sizes[-1] += 1
            elif phrases[-1]:
                phrases.append([])
                sizes.append(0)
            else:
                sizes[-1] = 0
            fresh = _starts_sentence(token.key)
        if shortest > 1 and phrases[-1] and _CAPITAL.match(text[end : end + 3]):
            sizes[-1] += 1
        return tuple(
            " ".join(phrase) for phrase, size in zip(phrases, sizes, strict=True) if phrase and size >= shortest
        )

    def _stands_in(self, side: int, word: str) -> bool:
        if self._sides is None:
            self._sides = "".join(row.old_text for row in self._rows), "".join(row.new_text for row in self._rows)
        text = self._sides[side]
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            if not text[at - 1 : at].isalnum() and not text[end : end + 1].isalnum():
                return True
            at = text.find(word, end)
        return False


class Side:
    """A paragraph's text with the spans of its quotations and clocks, found when they are asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._quotations: list[tuple[int, int]] | None = None
        self._clocks: list[tuple[int, int]] | None = None

    def quotation(self, start: int, end: int) -> str:
        """Whether a span lies "inside" a quotation, holds one ("around"), or neither ("")."""
        if start == end:
            return ""
        if self._quotations is None:
            readable = len(self.text) <= LONGEST_READ and _QUOTES.search(self.text)
            quoted = quotations(self.text) if readable else []
            self._quotations = [(first, last) for first, last in quoted if last - first >= 5]
        for first, last in self._quotations:
            if first < start and end <= last and end - start < last - first - 2:
                return "inside"
        return "around" if any(start <= first and last <= end + 1 for first, last in self._quotations) else ""

    def is_clock(self, start: int, end: int) -> bool:
        if start == end:
            return True
        if self._clocks is None:
            self._clocks = list(clocks(self.text)) if len(self.text) <= LONGEST_READ else []
        end = start + len(self.text[start:end].rstrip())
        return any(first <= start and end <= last + 1 for first, last in self._clocks)


def _quotation(old: str, new: str) -> str:
    if "inside" in (old, new) or (old and new):
        return "edited"
    return "removed" if old else "added" if new else ""


def _noise(old: Side, new: Side, old_place: tuple[int, int], new_place: tuple[int, int]) -> Furniture | None:
    """What kind of furniture changed inside a paragraph of prose."""
    if old_place[0] != old_place[1] and new_place[0] != new_place[1]:
        if not _HAS_FIGURE.search(old.text, *old_place) and not _HAS_FIGURE.search(new.text, *new_place):
            return None
        clocks_both = all(
            side.is_clock(*place) or is_clock_in_label(side.text, *place)
            for side, place in ((old, old_place), (new, new_place))
        )
        return "timestamp" if clocks_both else None
    side, (start, end) = (old, old_place) if new_place[0] == new_place[1] else (new, new_place)
    if _HAS_FIGURE.search(side.text, start, end) and side.is_clock(start, end):
        return "timestamp"
    # A label that the extractor glued to the paragraph before or after it.
    before, after = side.text[:start].rstrip(), side.text[end:].strip()
    apart = (not before or before[-1] in '.!?…”»"|:)') and (not after or after[0].isupper() or not after[0].isalnum())
    return furniture(side.text[start:end]) if apart and (before or after) else None


def _signs(side: Side, place: tuple[int, int]) -> tuple[str, ...]:
    """Signs that say something in a span: currencies, per cent, question marks, the minus of a figure."""
    start, end = place
    if not _MAY_SIGN.search(side.text, start, end):
        return ()
    found = []
    keys = keys_of(side.text[start:end])
    for number, key in enumerate(keys):
        if is_sign(key) or key in ASKS:
            found.append(key)
        elif key == "-" and (start == 0 or side.text[start - 1].isspace() or number):
            following = keys[number + 1] if number + 1 < len(keys) else side.text[end : end + 1]
            glued = number + 1 < len(keys) or not side.text[:end].endswith((" ", "\u00a0"))
            if glued and _HAS_FIGURE.match(following) and (not number or not _HAS_FIGURE.search(keys[number - 1])):
                found.append("minus")
    return tuple(found)


def _starts_sentence(previous: str) -> bool:
    return not is_word(previous) and previous not in (",", ";", "-", ")", "(", "/", "&")


# --- slight edits -------------------------------------------------------------------------------------


def slightness(old: tuple[str, ...], new: tuple[str, ...], language: str) -> Slight | None:
    """Why an edit hardly matters; None if it may.

    >>> slightness(("recieved",), ("received",), "en"), slightness(("north",), ("south",), "en")
    ('typo', None)
    >>> slightness(("twelve",), ("12",), "en"), slightness(("now",), ("not",), "en")
    ('notation', None)
    """
    if old == new:
        return "punctuation"
    if [word.lower() for word in old] == [word.lower() for word in new]:
        return "capitals"
    if len(old) != len(new):
        # "prime-minister" and "prime minister", but no figure cut in two
        same = bool(old and new) and "".join(map(folded, old)) == "".join(map(folded, new))
        return "spelling" if same and not any(map(_HAS_FIGURE.search, (*old, *new))) else None
    kinds = [_slight_word(before, after, language) for before, after in zip(old, new, strict=True) if before != after]
    return None if None in kinds else kinds[0]


def _same_number(old: str, new: str, language: str) -> bool:
    value = number_value(old, language)
    return value is not None and value == number_value(new, language)


@lru_cache(maxsize=2**14)
def _slight_word(old: str, new: str, language: str) -> Slight | None:
    if old.lower() == new.lower():
        return "capitals"
    if is_number(old, language) or is_number(new, language):
        same = _same_number(old, new, language)
        return "notation" if same and not (is_one(old, language) or is_one(new, language)) else None
    if abs(len(old) - len(new)) > 3 or _weighs(old, language) or _weighs(new, language):
        return None
    if folded(old) == folded(new):
        # An accent on the last letter is a tense: "habló", "tué".
        return "spelling" if folded(old[-1]) != folded(new[-1]) or old[-1] == new[-1] else None
    if not (old.isalpha() and new.isalpha()) or old[0].isupper() != new[0].isupper():
        return None
    if old[0].isupper() and language not in ("de", "lb"):
        return None  # a name
    one, other = old.casefold(), new.casefold()
    if one[0] != other[0] or abs(len(one) - len(other)) > 2:
        return None
    if min(len(one), len(other)) >= 5 and _respelled(one) == _respelled(other):
        return "spelling"
    if old[0].islower() and _only_agrees(one, other, language):
        return "inflection"
    return "typo" if _is_slip(one, other) else None


def _weighs(word: str, language: str) -> bool:
    return bool(sorts_of(word, language))


_RESPELLED = tuple(
    (regex.compile(pattern), by)
    for pattern, by in (
        (r"is(?=e[drs]?$|ing$|ation|able$)", "iz"),
        (r"our(?=$|s$|ed$|ing$|ful|able|ite)", "or"),
        (r"tre(?=s?$)", "ter"),
        (r"ll(?=ed$|ing$|ers?$)", "l"),
        (r"mme(?=s?$)", "m"),
        (r"yse(?=[drs]?$)", "yze"),
        (r"ence$", "ense"),
        (r"ae|oe", "e"),
        (r"ph", "f"),
    )
)


def _respelled(word: str) -> str:
    """British and American, old and new spelling alike."""
    for pattern, by in _RESPELLED:
        word = pattern.sub(by, word)
    return word


def _only_agrees(one: str, other: str, language: str) -> bool:
    endings = _ENDINGS.get(language, ())
    stem = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return stem >= 4 and any(one[at:] in endings and other[at:] in endings for at in (stem - 1, stem))


def _is_slip(one: str, other: str) -> bool:
    """Whether one word is the other with a slip of the pen in it, and not another word of the language.

    Without a dictionary this is a matter of length and of what fingers do: letters that changed places, a double
    letter written once, a letter left out of a long word. "Injured" and "insured", "elected" and "ejected" are no slip.
    """
    shorter, longer = sorted((one, other), key=len)
    if len(longer) > LONGEST_WORD:
        return False
    if one[0] != other[0] or len(shorter) < SLIP_WORD - 1 or OSA.distance(one, other) > 1:
        return False
    if len(one) == len(other):
        places = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        if len(places) == 2:
            return len(one) >= SLIP_WORD and places[1] < len(one) - 1
        return len(one) >= LONG_WORD and places[0] < len(one) - 2 and {one[places[0]], other[places[0]]} <= _VOWELS
    place = next((i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    doubled = longer[place] in (longer[place - 1 : place], longer[place + 1 : place + 2])
    return (doubled and len(shorter) >= SLIP_WORD - 1) or (len(shorter) >= LONG_WORD and place < len(shorter) - 1)


def only_reordered(row: Row) -> bool:
    """Whether a paragraph has the same sentences, or the same items of a list, in another order."""
    gone, come = (
        "".join("".join(side).split())
        for side in zip(*((run.old, run.new) for run in row.runs if run.op != "equal"), strict=True)
    )
    if len(gone) != len(come) or sorted(gone) != sorted(come):
        return False
    return sorted(_pieces(row.old_text)) == sorted(_pieces(row.new_text))


def _pieces(text: str) -> list[str]:
    return [" ".join(keys_of(piece)) for piece in _SEPARATORS.split(text.strip()) if piece]
