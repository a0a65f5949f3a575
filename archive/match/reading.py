"""One text as the matcher reads it: everything it derives from it, computed when first asked for and kept."""

from __future__ import annotations

import functools
import itertools
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import regex
from numpy.typing import NDArray

from archive.match.credit import candidates, find_credits
from archive.match.encoder import Vectors, background_level, encode
from archive.match.furniture import after_labels, is_furniture, lists, opens_about, phrases_in
from archive.text import Span, Words, latin_share, paragraphs, quotations, sentences, words

Hashes = NDArray[np.uint64]
Mask = NDArray[np.bool_]

#: Characters read of a text: a book of 250 pages. 5 MB would take 5 s by its words alone, 33 in scripts without spaces.
MOST_CHARACTERS = 400_000
#: Sentences of a text compared by their meaning: about 150,000 characters, 5 s. 5 MB would take 200 s.
MOST_UNITS = 1_500
#: If more of the words than this look like furniture, the article itself is about such things.
_MOST_FURNITURE = 0.6
#: If lists leave fewer words than this, the article is a list.
_LEAST_WORDS_LEFT = 60
#: The share of Latin letters from which on a text is in them.
_LATIN = 0.5
#: A credit of more words tells news as well: "Earlier it was reported that …".
_MOST_CREDIT_WORDS = 14
#: A sentence of fewer words that comes again is no repetition: "He nodded."
_LEAST_REPEATED = 5
#: A sentence with fewer letters is a label or a list item: its vector says nothing.
_LEAST_LETTERS = 12
#: The same in scripts without spaces, where a character is about half a word.
_LEAST_LETTERS_UNSPACED = 5


@functools.lru_cache(maxsize=131072)
def _word_hash(word: str) -> int:
    # crc32 and not hash(): fingerprints are stored, and must be the same in every process.
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


class Reading:
    """A text, its words and sentences with their places, and what is left out of every count."""

    def __init__(self, text: str, language: str | None = None, repeated: Sequence[Span] = ()) -> None:
        self.text = text[:MOST_CHARACTERS]
        #: whether the text goes on
        self.cut = len(text) > MOST_CHARACTERS
        self.language = language
        #: what the outlet repeats on its pages: furniture, whatever it says
        self.repeated = repeated

    @functools.cached_property
    def words(self) -> Words:
        return words(self.text)

    @functools.cached_property
    def hashes(self) -> Hashes:
        """A stable number for each word."""
        return np.fromiter(map(_word_hash, self.words.folded), dtype=np.uint64, count=len(self.words))

    @functools.cached_property
    def unspaced(self) -> bool:
        """Whether the text is mostly in a script without spaces, so that a token is a character."""
        single = sum(1 for word in self.words.folded if len(word) == 1 and ord(word) >= 0x0E00)
        return single > len(self.words) / 2

    @property
    def tokens_a_word(self) -> int:
        """Two characters count as a word in scripts without spaces."""
        return 2 if self.unspaced else 1

    @functools.cached_property
    def latin(self) -> bool:
        """Whether the text is mostly in Latin letters; with one that is not it shares names only by chance."""
        return latin_share(self.text) >= _LATIN

    @functools.cached_property
    def paragraphs(self) -> tuple[Span, ...]:
        return tuple(paragraphs(self.text))

    @functools.cached_property
    def sentences(self) -> tuple[Span, ...]:
        """The sentences, labels such as "Advertisement" cut off the sentence that they are glued to."""
        return tuple(sentence for sentence, _ in self._pieces)

    @functools.cached_property
    def _pieces(self) -> tuple[tuple[Span, bool], ...]:
        """Sentences, and labels with True."""
        found = []
        for sentence in sentences(self.text):
            begin = sentence.start + after_labels(sentence.of(self.text))
            if begin > sentence.start:
                found.append((Span(sentence.start, begin - 1), True))
            found.append((Span(begin, sentence.end), False))
        return tuple(found)

    @functools.cached_property
    def sentence_words(self) -> tuple[range, ...]:
        """For each sentence the words in it."""
        return tuple(self.words.inside(sentence) for sentence in self.sentences)

    @functools.cached_property
    def credit_candidates(self) -> tuple[Span, ...]:
        return candidates(self.text, self.sentences)

    @property
    def furniture(self) -> tuple[bool, ...]:
        """For each sentence whether it belongs to the site and not to the article."""
        return self._furniture[0]

    @property
    def mostly_furniture(self) -> bool:
        """Whether nearly all looks like furniture: an article about such things, or a page that shows no article."""
        return self._furniture[1]

    @functools.cached_property
    def _furniture(self) -> tuple[tuple[bool, ...], bool]:
        listed = self._within(self._lists())
        if self._words_outside(listed) < _LEAST_WORDS_LEFT:
            listed = (False,) * len(self.sentences)
        learned = self._within(self.repeated)
        known = tuple(map(any, zip(listed, learned, self.said_before, strict=True)))
        phrases = phrases_in(self.text)
        apart = self._within([*self._about(), *self._credits()])
        flags = tuple(
            label or is_known or in_block or is_furniture(sentence.of(self.text), phrases)
            for (sentence, label), is_known, in_block in zip(self._pieces, known, apart, strict=True)
        )
        left = self._words_outside(flags)
        mostly = left < (1 - _MOST_FURNITURE) * self._words_outside(known)
        return known if mostly else flags, mostly

    @functools.cached_property
    def said_before(self) -> tuple[bool, ...]:
        """For each sentence whether the text has said it before, word for word: what stands twice counts once.

        Otherwise a page that holds a story five times would share no seed with it that is not too frequent
        (`lexical._MOST_OCCURRENCES`), and of one that holds it twice only half would be covered.
        """
        least = _LEAST_REPEATED * self.tokens_a_word
        seen: set[tuple[str, ...]] = set()
        flags = []
        for inside in self.sentence_words:
            said = self.words.folded[inside.start : inside.stop]
            flags.append(len(said) >= least and said in seen)
            seen.add(said)
        return tuple(flags)

    def _within(self, spans: Sequence[Span]) -> tuple[bool, ...]:
        return tuple(any(p.start <= sentence.start < p.end for p in spans) for sentence in self.sentences)

    def _words_outside(self, flags: Sequence[bool]) -> int:
        return sum(len(inside) for inside, flag in zip(self.sentence_words, flags, strict=True) if not flag)

    def _credits(self) -> list[Span]:
        credits = (Span(c.start, c.end) for c in find_credits(self.text, (), self.credit_candidates))
        most = _MOST_CREDIT_WORDS * self.tokens_a_word
        return [credit for credit in credits if len(self.words.inside(credit)) <= most]

    def _about(self) -> list[Span]:
        """Paragraphs in the second half that say who the publisher is, with their headings."""
        lines = [line for line in self.paragraphs if line.start > len(self.text) / 2]
        found = []
        for place, line in enumerate(lines):
            if opens_about(line.of(self.text)):
                found.extend(lines[place : place + 2])
        return found

    def _lists(self) -> list[Span]:
        runs = lists([line.of(self.text) for line in self.paragraphs])
        return [Span(self.paragraphs[run[0]].start, self.paragraphs[run[-1]].end) for run in runs]

    @functools.cached_property
    def counted(self) -> Mask:
        """For each word whether it is outside furniture."""
        mask = np.ones(len(self.words), dtype=np.bool_)
        for inside, flag in zip(self.sentence_words, self.furniture, strict=True):
            if flag:
                mask[inside.start : inside.stop] = False
        return mask

    @functools.cached_property
    def counted_words(self) -> int:
        return int(self.counted.sum())

    @functools.cached_property
    def counted_characters(self) -> int:
        """The characters of all sentences outside furniture: what the coverages are shares of."""
        return sum(s.end - s.start for s, flag in zip(self.sentences, self.furniture, strict=True) if not flag)

    @functools.cached_property
    def quotations(self) -> tuple[Span, ...]:
        return tuple(quotations(self.text))

    @functools.cached_property
    def quoted(self) -> Mask:
        """For each word whether it stands in quotation marks."""
        mask = np.zeros(len(self.words), dtype=np.bool_)
        for quotation in self.quotations:
            inside = self.words.inside(quotation)
            mask[inside.start : inside.stop] = True
        return mask

    # --- sentence vectors ----------------------------------------------------------------------

    @functools.cached_property
    def units(self) -> tuple[int, ...]:
        """The sentences that carry meaning enough to be compared by their vectors, the first `MOST_UNITS` of them."""
        least = _LEAST_LETTERS_UNSPACED if self.unspaced else _LEAST_LETTERS
        return tuple(
            itertools.islice(
                (
                    index
                    for index, sentence in enumerate(self.sentences)
                    if not self.furniture[index] and sum(map(str.isalpha, sentence.of(self.text))) >= least
                ),
                MOST_UNITS,
            )
        )

    @functools.cached_property
    def vectors(self) -> Vectors:
        """One row for each of `units`."""
        return encode([self.sentences[index].of(self.text) for index in self.units])

    @functools.cached_property
    def levels(self) -> NDArray[np.float32]:
        """The background level of each of `units`."""
        return background_level(self.vectors)

    # --- what survives translation ---------------------------------------------------------------

    @functools.cached_property
    def names(self) -> tuple[tuple[str, int], ...]:
        """Capitalised words that do not open a sentence, by their keys, with the number of the word."""
        opens = {inside.start for inside in self.sentence_words if inside}
        return tuple(
            (name_key(word), index)
            for index, (word, start) in enumerate(zip(self.words.folded, self.words.starts, strict=True))
            if len(word) >= LEAST_NAME and self.text[start].isupper() and index not in opens
        )

    @functools.cached_property
    def name_counts(self) -> Counter[str]:
        """How often each name is said, days and months left out."""
        return Counter(key for key, _ in self.names if key not in _CALENDAR)

    def names_in(self, span: Span) -> frozenset[str]:
        inside = self.words.inside(span)
        return frozenset(key for key, index in self.names if index in inside)

    @functools.cached_property
    def signals(self) -> Signals:
        return _signals(self)

    @functools.cached_property
    def all_signals(self) -> Signals:
        """As `signals`, with those of the site's furniture: cheaper, and never fewer."""
        return Signals(frozenset(figures_in(self.text)), frozenset(key for key, _ in self.names) - _CALENDAR)


@dataclass(frozen=True, slots=True)
class Signals:
    """What a translation leaves as it is: figures, and names as far as the alphabet and the spelling agree."""

    figures: frozenset[str]
    names: frozenset[str]

    def shared_with(self, other: Signals) -> float:
        """How many names and figures two texts share, weak figures counted half."""
        figures = self.figures & other.figures
        return len(self.names & other.names) + weight_of_figures(figures)


#: Days and months, by their keys: capitalised in some languages, and in every article of the week.
_CALENDAR_WORDS = """
january february march april june july august september october november december monday tuesday wednesday
thursday friday saturday sunday januari februari maart juni juli augustus oktober maandag dinsdag woensdag
donderdag vrijdag zaterdag zondag januar februar marz dezember montag dienstag mittwoch donnerstag freitag
samstag sonnabend sonntag janvier fevrier avril juillet aout septembre octobre novembre decembre lundi mardi
mercredi jeudi vendredi samedi dimanche enero febrero marzo abril mayo junio julio agosto septiembre octubre
noviembre diciembre lunes martes miercoles jueves viernes sabado domingo gennaio febbraio aprile maggio giugno
luglio settembre ottobre dicembre lunedi martedi mercoledi giovedi venerdi
"""
_CALENDAR = frozenset(word[:5] for word in _CALENDAR_WORDS.split())


def is_weak(figure: str) -> bool:
    """Whether a figure says little: two digits, or a year of our time. Counted half (see `matcher._SIGNALS_TO_READ`)."""
    return len(figure) <= 2 or (len(figure) == 4 and figure[:2] in ("19", "20"))


def weight_of_figures(figures: Iterable[str]) -> float:
    """How much they say together, weak ones counted half."""
    return sum(0.5 if is_weak(figure) else 1.0 for figure in figures)


#: A name is compared by its beginning, because languages inflect it ("Putin", "Putins", "Putinem").
_NAME_BEGINNING = 5
LEAST_NAME = 4


def _signals(reading: Reading) -> Signals:
    text = reading.text
    figures: set[str] = set()
    for sentence, flag in zip(reading.sentences, reading.furniture, strict=True):
        if not flag:
            figures |= figures_in(sentence.of(text))
    names = frozenset(key for key, index in reading.names if reading.counted[index])
    return Signals(frozenset(figures), names - _CALENDAR)


#: Digits with their separators; a space separates only groups of three ("6 152 524").
_FIGURE = regex.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,'’]\d+)*")


def figures_in(text: str) -> set[str]:
    """The figures in *text* by their digits alone: "6.152.524" is "6,152,524", and "05" is "5".

    Single digits are left out: every text has them, and translators write them as words.
    """
    return set(figures_in_order(text))


def figures_in_order(text: str) -> list[str]:
    """As `figures_in`, each as often and where it is said."""
    found = []
    for place in _FIGURE.finditer(text):
        digits = "".join(str(unicodedata.digit(c)) for c in place.group() if c.isdigit()).lstrip("0")
        if len(digits) >= 2:
            found.append(digits)
    return found


@functools.lru_cache(maxsize=65536)
def name_key(word: str) -> str:
    """The beginning of a name without accents."""
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return word[:_NAME_BEGINNING]
