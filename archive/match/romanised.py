"""A text in other letters: what a word looks like in Latin ones, spelled so that schemes of transliteration agree.

Names are written by ear ("Линдквист", "Lindqvist", "ლინდქვისტი"), and whole texts are too: Serbian and Kazakh news in two
alphabets, Russian or Greek typed on a Latin keyboard. Pure; the tables are `anyascii`'s. Where words are not told apart by
spaces (Chinese, Thai) it does not help.
"""

from __future__ import annotations

import functools

import regex
from anyascii import anyascii

from archive.match.reading import Reading
from archive.text import Words

#: Spellings of one sound, longest first: "Щедрин" is Shchedrin, Schedrin and Ščedrin; "Хабаров" Khabarov, Chabarov, Habarov.
_SOUNDS = (
    ("shch", "s"), ("sch", "s"), ("tch", "s"), ("tsch", "s"), ("sh", "s"), ("zh", "s"), ("ch", "k"), ("kh", "k"), ("gh", "g"),
    ("ph", "f"), ("th", "t"), ("ck", "k"), ("ts", "s"), ("tz", "s"), ("dz", "s"), ("dj", "s"), ("ks", "k"),
    ("c", "k"), ("q", "k"), ("x", "k"), ("j", "i"), ("y", "i"), ("w", "v"), ("z", "s"), ("h", ""), ("ou", "u"),
)  # fmt: skip
_SOUND = regex.compile("|".join(regex.escape(spelling) for spelling, _ in _SOUNDS))
_TWICE = regex.compile(r"(.)\1+")
_VOWELS = str.maketrans("", "", "aeiou")

#: Consonants of a word from which on it tells one text from another.
_LEAST_CONSONANTS = 3
#: Distinct words of a text from which on their share means something.
_LEAST_WORDS = 20
#: The share of the words of the text with fewer that stand in the other, by their consonants, from which on the two are
#: compared word for word in Latin letters, which decides. Russian news transliterated by three schemes: .65 and more;
#: 6,000 pairs with news in other languages: .25 at most; with other Russian news .10 (median).
LEAST_SHARED = 0.3


@functools.lru_cache(maxsize=65536)
def sounded(word: str) -> str:
    """*word* by its sounds, in Latin letters without accents.

    >>> sounded("ლინდქვისტი"), sounded("Lindqvist"), sounded("Щедрин"), sounded("Shchedrin")
    ('lindkvisti', 'lindkvist', 'sedrin', 'sedrin')
    """
    ascii_only = "".join(filter(str.isalnum, anyascii(word).lower()))
    return _TWICE.sub(r"\1", _SOUND.sub(lambda found: _BY_SPELLING[found.group()], ascii_only))


_BY_SPELLING = dict(_SOUNDS)


@functools.lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """*word* by its consonants: vowels are what schemes of transliteration differ in most. A word without any keeps its vowels.

    >>> skeleton("объявление"), skeleton("ob'yavlenie"), skeleton("objavlenije")
    ('bvln', 'bvln', 'bvln')
    """
    spelled = sounded(word)
    return spelled.translate(_VOWELS) or spelled


@functools.lru_cache(maxsize=32)
def in_latin(reading: Reading) -> Reading:
    """*reading* with its words by their consonants, each where it stands in the original."""
    found = Reading(reading.text, reading.language, reading.repeated)
    said = reading.words
    found.__dict__["words"] = Words(said.text, said.shown, tuple(map(skeleton, said.folded)))
    return found


def shared_share(one: Reading, other: Reading) -> float:
    """The share of the distinct words of one text that stand in the other too, by their consonants, of that with fewer.

    0 where both are in one kind of letters, or where the words of one are not told apart by spaces.
    """
    if one.latin == other.latin or one.unspaced or other.unspaced:
        return 0.0
    ours, theirs = (_telling(reading) for reading in (one, other))
    fewer = min(len(ours), len(theirs))
    return len(ours & theirs) / fewer if fewer >= _LEAST_WORDS else 0.0


def _telling(reading: Reading) -> frozenset[str]:
    # Latin words in a text of other letters are names and terms, which a translation keeps too.
    said = set(reading.words.folded) if reading.latin else {word for word in reading.words.folded if not word.isascii()}
    return frozenset(spelled for word in said if len(spelled := skeleton(word)) >= _LEAST_CONSONANTS)
