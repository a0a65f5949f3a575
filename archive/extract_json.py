"""The article's text in the JSON that a page carries for its own scripts.

Pure. Pages that are drawn in the browser hold their text in a state object: `__NEXT_DATA__`, `__APOLLO_STATE__`, `__NUXT__`,
`Fusion.globalContent`, `__PRELOADED_STATE__` and the like. How such an object is built differs from outlet to outlet; what
holds in all of them is that the paragraphs of one text are strings of prose at the same place of the same parent, or one
long string of markup. The place with most prose is the article, unless another place stands beside the page's own headline.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from lxml.html import HtmlElement
from trafilatura.utils import load_html

Place = tuple[str, ...]
"""The keys and numbers that lead to a string."""

_STATE: Final = re.compile(
    r"__APOLLO_STATE__|__NEXT_DATA__|__NUXT(?:_DATA)?__|Fusion\.globalContent|__PRELOADED_STATE__|__INITIAL_STATE__|"
    r"__preloadedData|__INITIAL_DATA__|__DATA__|__STATE__|window\.__\w+\s*="
)
_LARGEST: Final = 4_000_000
"""Characters of a script that is still read: 40 ms. The largest state with an article in it that was seen has 1.1 million."""
_MOST_STRINGS: Final = 50_000
_DEEPEST: Final = 60
_PROSE: Final = 60
"""Characters of a string from which on it may be a paragraph."""
_STOP: Final = re.compile(r"[.!?…。！？।](?:[\"'”’»」)\]\s<]|$)")
_CODE: Final = re.compile(r"\bfunction\s*\w*\(|=>|\b(?:const|var|let) \w+ ?=|[{;]\s*\n|\};")
_PROSE_SHARE: Final = 0.7
_TAG: Final = re.compile(r"</?(?:p|br|div|h\d|li|strong|em|a|span)\b[^<>]*>", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9a-f]{8,}|\d+|\$.*")
_PIECES: Final = 12
"""Strings of a list up to which it may be one paragraph with links in it."""
_LEAST_TEXT: Final = 400
"""Characters of prose below which a place holds a teaser."""
#: Keys whose text is never an article: settings, translations of the user interface, style sheets, other people's words.
_ASIDE: Final = re.compile(
    r"comment|translation|i18n|locale|style|css|script|cookie|consent|related|recommend|teaser|trending|latest|popular|footer|"
    r"header|menu|nav|config|seo|description|caption|bio|ads?$",
    re.IGNORECASE,
)


def embedded_text(tree: HtmlElement, title: str | None) -> str | None:
    """The longest text in the page's state objects; None if there is none. *title* is the page's headline."""
    best: tuple[bool, int, list[str]] | None = None
    for script in tree.iter("script"):
        source = script.text
        if not source or len(source) > _LARGEST or not _is_state(script, source):
            continue
        for value in _objects(source):
            for candidate in _texts(value, title):
                if best is None or candidate[:2] > best[:2]:
                    best = candidate
    return _as_lines(best[2]) if best is not None else None


def _as_lines(strings: list[str]) -> str:
    """The text of one place; markup in it is read only here, for the place that was chosen."""
    return "\n".join(line for string in strings for line in _plain(string).split("\n") if line)


def _is_state(script: HtmlElement, source: str) -> bool:
    if "ld+json" in (script.get("type") or ""):
        return False
    return script.get("type") == "application/json" or _STATE.search(source[:2_000]) is not None or "Fusion." in source


def _objects(source: str) -> Iterator[object]:
    """The JSON values that are assigned in a script, or the script as a whole."""
    decoder = json.JSONDecoder(strict=False)
    place = 0
    for _ in range(40):
        opening = _next_opening(source, place)
        if opening < 0:
            return
        try:
            value, place = decoder.raw_decode(source, opening)
            if isinstance(value, str):  # JSON.parse("...")
                value = json.loads(value, strict=False)
        except (ValueError, RecursionError):
            place = opening + 1
            continue
        if isinstance(value, (dict, list)) and value:
            yield value


_OPENING: Final = re.compile(r"(?:^\s*|=\s*|JSON\.parse\(\s*)([{\[\"])")


def _next_opening(source: str, place: int) -> int:
    found = _OPENING.search(source, place)
    return found.start(1) if found else -1


def _texts(value: object, title: str | None) -> Iterator[tuple[bool, int, list[str]]]:
    """Texts as their strings, with whether they stand beside the headline, and how much of them is prose."""
    lists: dict[Place, list[str]] = {}
    headed: list[Place] = []
    wanted = " ".join(title.split()).casefold() if title else None
    for place, string in islice(_strings(value, (), 0), _MOST_STRINGS):
        if wanted and len(string) < 400 and string.strip().casefold() == wanted:
            headed.append(_without_last_number(place[:-1]))
        elif not any(_ASIDE.search(key) for key in place):
            lists.setdefault(_without_last_number(place), []).append(string)
    for group, lines in [*lists.items(), *_lists_of_lists(lists).items()]:
        prose = sum(len(line) for line in lines if _is_prose(line))
        if prose < _LEAST_TEXT or prose < _PROSE_SHARE * sum(map(len, lines)):
            continue
        yield any(head == group[: len(head)] for head in headed if head), prose, lines


def _lists_of_lists(lists: dict[Place, list[str]]) -> dict[Place, list[str]]:
    """Paragraphs that are lists themselves, cut at their links and emphases, each as one line."""
    found: dict[Place, list[str]] = {}
    for place, strings in lists.items():
        if len(strings) <= _PIECES and (outer := _without_last_number(place)) != place:
            found.setdefault(outer, []).append("".join(strings))
    return {place: lines for place, lines in found.items() if len(lines) > 1}


def _is_prose(string: str) -> bool:
    if "<p" not in string and (len(string) < _PROSE or not _STOP.search(string)):
        return False
    return _CODE.search(string) is None


def _strings(value: object, place: Place, depth: int) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif depth < _DEEPEST and isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, (*place, str(key)), depth + 1)
    elif depth < _DEEPEST and isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _strings(inner, (*place, str(number)), depth + 1)


def _without_last_number(place: Place) -> Place:
    """*place* with its last number open: the paragraphs of one list differ in that."""
    for index in range(len(place) - 1, -1, -1):
        if _NUMBER.search(place[index]):
            return (*place[:index], _NUMBER.sub("*", place[index]), *place[index + 1 :])
    return place


def _plain(string: str) -> str:
    if not _TAG.search(string):
        return " ".join(string.split())
    return plain_lines(string)


def plain_lines(stated: str) -> str:
    """Text that may hold markup as lines, a block a line."""
    if _TAG.search(stated):
        inner = load_html(f"<html><body><div>{stated}</div></body></html>")
        if inner is not None:
            for element in inner.iter("p", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote"):
                element.tail = "\n" + (element.tail or "")
                if element.tag != "br":
                    element.text = "\n" + (element.text or "")
            stated = str(inner.text_content())
    return "\n".join(line for line in (" ".join(line.split()) for line in stated.splitlines()) if line)
