"""What a headline shares with its translations: names, news words, figures, and how other names sound. Pure.

So headlines in two languages can be compared without translating either.
"""

from __future__ import annotations

import functools
import re

from archive.text import words
from crawler.discovery.questions_names import (
    LEAST_STEM,
    SHORT,
    bare,
    is_form,
    names_table,
    roman,
    stem_of,
    words_table,
)

#: In English headlines every word may have a capital, and most short ones are no names.
_SHORT_CAPITALISED = 4
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_APOSTROPHE = re.compile("['’ʼ]")

_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("tsch|tsj|tch|cz|tj", "c"),
        ("sch|shch|sh|sj|sz|zh|zj", "s"),
        ("kh|ch", "h"),
        ("ph|v|w", "f"),
        ("ck|q|c(?=[aouklmnrt])", "k"),
        ("ts|tz", "z"),
        ("p", "b"),
        ("[^a-z]", ""),
        ("(?<=.)[aeiouy]", ""),
        ("^[aeiouyw]+", ""),
        (r"(.)\1+", r"\1"),
    )
)


@functools.lru_cache(maxsize=65536)
def sounds(word: str) -> str:
    """The consonants of a name, so that its spellings fall together.

    >>> {sounds(name) for name in ("Medvedev", "Medwedew", "Miedwiediew", "Медведев", "ميدفيديف")}
    {'mdfdf'}
    """
    text = roman(word)
    for pattern, sound in _SOUNDS:
        text = pattern.sub(sound, text)
    return text


@functools.cache
def _lookup() -> tuple[dict[str, set[str]], dict[str, set[str]], tuple[tuple[str, str], ...]]:
    """Whole words, stems, and forms in scripts without spaces or of several words; each with the marks it stands for."""
    whole: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    inside: list[tuple[str, str]] = []
    for kind, table in (("name", names_table()), ("word", words_table())):
        for entry in table:
            mark = f"{kind} {entry.name}"
            for forms in entry.spellings.values():
                for form in forms:
                    plain = bare(form)
                    if " " in plain or "-" in plain or _UNSPACED.search(plain):
                        inside.append((plain, mark))
                        continue
                    whole.setdefault(plain, set()).add(mark)
                    if len(plain) > SHORT:
                        stems.setdefault(stem_of(plain), set()).add(mark)
    return whole, stems, tuple(inside)


@functools.lru_cache(maxsize=32768)
def marks(text: str, *, heard: bool = True) -> frozenset[str]:
    """What *text* (a headline, in any language) shares with its translations: "name Russia", "word war", "figure 440",
    and, if *heard*, the `sounds` of its other capitalised words, "sound flk"."""
    found: set[str] = set()
    whole, stems, inside = _lookup()
    plain_text = bare(text)
    found |= {mark for form, mark in inside if form in plain_text}
    capitals = any(c.isupper() for c in text)
    parts = words(text)
    for place in range(len(parts)):
        word = parts.span(place, place + 1).of(text)
        # Turkish sets its endings apart (Rusya'dan), French its articles (l'OTAN).
        plain = max(_APOSTROPHE.split(bare(word)), key=len)
        digits = "".join(c for c in plain if c.isdigit())
        if digits:
            if len(digits) > 1:
                found.add(f"figure {digits.lstrip('0')}")
            continue
        # Short words mean something else in the next language: "war" is German for "was".
        if len(plain) <= SHORT and not (plain in whole and (word.isupper() or not word.isascii())):
            continue
        hits = whole.get(plain) or next(
            (stems[plain[:size]] for size in range(len(plain), LEAST_STEM - 1, -1) if plain[:size] in stems), None
        )
        # A stem may be the beginning of another word altogether.
        if hits and (plain in whole or any(is_form(plain, form) for mark in hits for form in _forms(mark))):
            found |= hits
        elif heard and _may_be_name(word, capitals) and len(consonants := sounds(word)) >= 3:
            found.add(f"sound {consonants}")
    return frozenset(found)


def _may_be_name(word: str, capitals: bool) -> bool:
    """A capital, in scripts that have them, and more letters than "When" and "This"."""
    return (word[:1].isupper() or not capitals) and (len(word) > _SHORT_CAPITALISED or not word.isascii())


@functools.cache
def _forms(mark: str) -> tuple[str, ...]:
    kind, _, name = mark.partition(" ")
    table = names_table() if kind == "name" else words_table()
    return tuple(form for entry in table if entry.name == name for forms in entry.spellings.values() for form in forms)
