"""A text cut into paragraphs and words for the comparison. What is cut joins to the original again.

Words compare by a key in which typography (spaces, quotation marks, dashes, invisible characters) is undone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import count
from typing import NamedTuple

import regex

from archive.text import INVISIBLE, normal_form

# Scripts without spaces are compared character by character.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_LETTER = rf"[[\p{{L}}\p{{M}}\p{{N}}\p{{Cf}}]--[{_UNSPACED}]]"
_TOKEN = regex.compile(
    rf"""(?:
      [{_UNSPACED}]\p{{M}}*
    | \p{{N}}++(?:[.,:/]\p{{N}}++)*+(?![\p{{L}}\p{{M}}])   # 1,200.50  12:30  3/4
    | {_LETTER}+(?:['’‑-]{_LETTER}+)*                      # don't  co-operate  B-52
    | \.{{2,}}
    | \S
    )[\s\p{{Cf}}]*""",
    regex.VERBOSE | regex.V1,
)
# The same for text of nothing but Latin letters and common signs, where `re` agrees and takes a third of the time.
_NOT_PLAIN = re.compile(
    "[^\t\n\r -~\u00a0-\u00ac\u00ae-\u00b1\u00b4-\u00b8\u00ba\u00bb\u00bf-\u02ff\u2010-\u2026\u20ac]"
)
_PLAIN_TOKEN = re.compile(
    r"(?:[a-zA-Z]++(?![^\s.,])"  # nearly all words, in half the time
    r"|[^\W\d_][^\W_]*+(?:['’‑-][^\W_]+)*+|\d++(?:[.,:/]\d++)*+(?![^\W\d_])|[^\W_]+(?:['’‑-][^\W_]+)*|\.{2,}|\S)\s*",
)
_PLAIN_WORD = re.compile(r"\d++(?:[.,:/]\d++)*+(?![^\W\d_])|[^\W_]+(?:['’‑-][^\W_]+)*")
_LINE = re.compile(r"[^\n]+\n?|\n")
_INKED = regex.compile(rf"[^\s{INVISIBLE}]")
_WORD = regex.compile(r"[\p{L}\p{N}]")


class Token(NamedTuple):
    """A word, figure or sign."""

    #: as it stands in the text, with the white space after it: a mark never swallows a gap
    text: str
    #: what it is compared by
    key: str


class Words(NamedTuple):
    """The tokens of a paragraph, in parallel: a text has thousands."""

    texts: list[str]
    keys: list[str]
    #: the keys as one character each, if they are encoded already
    code: str = ""


def cut(paragraph: str) -> Words:
    """Cut into words; their texts join to the paragraph."""
    texts = _token_texts(paragraph)
    if not texts:
        return Words([paragraph], [""]) if paragraph else Words([], [])
    keys = list(map(_key_of, texts))
    if paragraph[0].isspace() or not paragraph.startswith(texts[0]):
        lead = len(paragraph) - sum(map(len, texts))
        texts[0] = paragraph[:lead] + texts[0]
    return Words(texts, keys)


def tokenise(paragraph: str) -> list[Token]:
    """Cut into words; their texts join to the paragraph.

    >>> [token.key for token in tokenise("“Don’t,” 41% said.")]
    ['"', "Don't", ',', '"', '41', '%', 'said', '.']
    """
    return list(map(Token, *cut(paragraph)[:2]))


def _token_texts(text: str) -> list[str]:
    if not _NOT_PLAIN.search(text):
        return _PLAIN_TOKEN.findall(text)
    return _TOKEN.findall(text)


def paragraphs(text: str) -> list[str]:
    """The lines of *text*, each with its line break and the blank lines after it: they join to the text.

    >>> paragraphs("One.\\n\\nTwo.")
    ['One.\\n\\n', 'Two.']
    """
    found: list[str] = []
    lead = ""
    for line in _LINE.findall(text):
        if _INKED.search(line):
            found.append(lead + line)
            lead = ""
        elif found:
            found[-1] += line
        else:
            lead += line
    return [*found, lead] if lead else found


class _Keys(dict[str, str]):
    """What tokens are compared by, as far as they were met.

    A text asks for thousands, and a dict answers in half the time of `lru_cache`.
    """

    def __missing__(self, text: str) -> str:
        bare = text.rstrip(" \n")
        if bare.isascii() and bare.isalnum():
            key = bare  # most words, and ten times as fast
        else:
            key = normal_form(text)
            key = '"' if key == "'" else key
        if len(self) >= _MOST_KEYS:
            self.clear()
        self[text] = key
        return key


_MOST_KEYS = 2**16
_key_of = _Keys().__getitem__


@lru_cache(maxsize=2**16)
def is_word(key: str) -> bool:
    """Whether it is more than punctuation."""
    return key.isalnum() or _WORD.search(key) is not None


def count_words(text: str) -> int:
    if len(text) <= _REMEMBERED:
        return len(words_of(text))
    if not _NOT_PLAIN.search(text):
        return len(_PLAIN_WORD.findall(text))
    return sum(map(is_word, map(_key_of, _TOKEN.findall(text))))


def words_of(text: str) -> tuple[str, ...]:
    """The words alone, as they are compared."""
    return _short_words(text) if len(text) <= _REMEMBERED else _words(text)


def keys_of(text: str) -> tuple[str, ...]:
    """What its tokens are compared by."""
    return _short_keys(text) if len(text) <= _REMEMBERED else tuple(map(_key_of, _token_texts(text)))


#: A changed passage is asked for its words some five times while it is counted, weighed and hashed.
_REMEMBERED = 400


@lru_cache(maxsize=2**11)
def _short_keys(text: str) -> tuple[str, ...]:
    return tuple(map(_key_of, _token_texts(text)))


@lru_cache(maxsize=2**11)
def _short_words(text: str) -> tuple[str, ...]:
    return _words(text)


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(is_word, map(_key_of, _token_texts(text))))


def encode(items: Iterable[str], letters: Letters) -> str:
    """One character an item, equal for equal items: rapidfuzz is at its fastest on strings."""
    return "".join(map(letters.__getitem__, items))


class Letters(dict[str, str]):
    """Gives every item a character of its own.

    The first ones, which tend to be the commonest, get those below 256: rapidfuzz finds these in a table.
    """

    def __init__(self, items: Iterable[str]) -> None:
        super().__init__(zip(dict.fromkeys(items), map(chr, count()), strict=False))
