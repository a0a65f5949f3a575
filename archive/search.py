"""Text as the full-text index holds it, and queries to match. Contains no business logic.

SQLite's unicode61 tokenizer takes a run of Chinese or Japanese for one word and finds nothing in it.
With a space between such characters each is a word, and a query for 首相 becomes the phrase "首 相".
"""

from __future__ import annotations

import regex

_CJK = regex.compile(r"([\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Khmer}\p{Lao}\p{Myanmar}])")


def spaced(text: str) -> str:
    """*text* with spaces around each character of a script that writes without spaces."""
    return _CJK.sub(r" \1 ", text)


def unspaced(text: str) -> str:
    """Undo `spaced` in a snippet, between characters of such scripts."""
    script = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Khmer}\p{Lao}\p{Myanmar}]"
    return regex.sub(rf"(?<={script}) +(?={script})| (?={script})|(?<={script}) ", "", text)


def match_query(words: str) -> str:
    """An FTS5 query that finds all of *words*, whatever characters they hold; '' if there is nothing to find.

    Words in double quotes stay a phrase. FTS5's own syntax (AND, *, ^, parentheses) is searched for as text,
    so that no input is a syntax error.
    """
    phrases = []
    for quoted, bare in regex.findall(r'"([^"]*)"|(\S+)', words):
        phrase = " ".join(spaced(quoted or bare).replace('"', " ").split())
        if regex.search(r"[\p{L}\p{N}]", phrase):
            phrases.append(f'"{phrase}"')
    return " ".join(phrases)
