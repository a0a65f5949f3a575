"""The ways in which the text of a page is read, and the choice between them.

Pure.

| path | the text is |
|---|---|
| article | what trafilatura's rules take for the article: the first reading, and nearly always the last |
| whole_page | what trafilatura's whole cascade finds (readability, justext, recall), asked where the first reading failed |
| json | what the page states about itself in structured data, where its HTML holds no more than a part of it |
| none | not found |

The version decision does not compare over different paths, so the path changes only where the first reading clearly
failed: by being short or a small share of the page, or by lacking most of a text that the page itself states.
The first reading runs trafilatura's own steps, without what its `fast` mode does for nothing here
(measuring the page to decide about a second attempt, copies of the tree).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import trafilatura
from lxml.etree import XPath
from lxml.html import HtmlElement
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.settings import Extractor
from trafilatura.xml import xmltotxt
from trafilatura.xpaths import RAW_TREE_PRUNE_XPATH, REMOVE_COMMENTS_AND_LISTS_XPATH

from archive.extract_lines import trimmed
from archive.extract_links import Anchor, anchors_in
from archive.markup import shown_text

SHORT: Final = 450
"""Characters below which the first reading is doubted; with `SMALL_SHARE`, on 33 of 430 pages of our samples. Of the half that
was looked at, the cascade had clearly more on three pages that were not doubted: better once, worse once, the same once."""
SMALL_SHARE: Final = 0.2
NEVER_SMALL: Final = 3_000
"""A first reading of less than this share of the page's text is doubted, unless it is so long: the figures at which
trafilatura tries again, though it counts the page with its chrome."""
CLEARLY_MORE: Final = 1.3
"""How many times as long another reading must be to be taken for the first one's."""
LEAST_STATED: Final = 200
"""Characters of a text in structured data below which it is a teaser."""

PATHS: Final = ("article", "whole_page", "json", "none")

_OPTIONS: Final = Extractor(fast=True, comments=False, with_metadata=False)
#: Teasers that take turns: another set of them at every visit, which the cascade would take for the text.
_CAROUSELS: Final = XPath(
    """.//*[self::div or self::ul or self::section][
    re:test(@class, '(?:^|[\\s_-])(?:flex-?slider|slideshow|carousel|swiper|slick|owl-|glide|splide)', 'i')]
    | .//header[@role='banner']""",
    namespaces={"re": "http://exslt.org/regular-expressions"},
)
#: What the source of a page holds, if trafilatura's patterns for appended articles can match in it.
_APPENDED: Final = ("mvp-post-add", "infinite", "elementor-share-buttons")
_FORUM: Final = "DiscussionForumPosting"


@dataclass(frozen=True, slots=True)
class Reading:
    """A text and how it was found."""

    text: str
    path: str
    #: the links in or beside it, document order
    anchors: tuple[Anchor, ...] = ()


def read_text(
    tree: HtmlElement,
    source: str,
    url: str,
    title: str | None,
    stated: str | None,
    embedded: Callable[[], str | None],
    *,
    path: str | None = None,
) -> Reading:
    """The article's text.

    Args:
        source: the page's markup, of which *tree* was made.
        stated: the article's text as its JSON-LD node gives it, or None.
        embedded: finds the text in other JSON of the page; asked only where nothing else holds it.
        path: read this way only; None to choose.
    """
    if path == "none":
        return Reading("", "none")
    if path == "json":
        return _as_stated(tree, url, stated or embedded())
    if path == "whole_page":
        return _trimmed(_cascade(tree), path, tree, url, title, stated)
    content, characters = _content_area(tree, source)
    text = _first_reading(content)
    if path == "article":
        return _trimmed(text, path, tree, url, title, stated)
    if stated is not None and lacks(text, stated):
        return _as_stated(tree, url, stated)
    reading = _trimmed(text, "article", tree, url, title, stated)
    if len(text) >= SHORT and (len(text) >= NEVER_SMALL or len(text) >= SMALL_SHARE * characters):
        return reading
    other = _trimmed(_cascade(tree), "whole_page", tree, url, title, stated)
    if len(other.text) > CLEARLY_MORE * len(reading.text):
        reading = other
    if len(text) < SHORT and (hidden := embedded()) is not None and lacks(reading.text, hidden):
        return _as_stated(tree, url, hidden)
    return reading


def _trimmed(text: str, path: str, tree: HtmlElement, url: str, title: str | None, stated: str | None) -> Reading:
    anchors, lines = anchors_in(tree, url, text)
    text = trimmed(text, title, lines, stated)
    return Reading(text, path if text else "none", tuple(anchors))


def _as_stated(tree: HtmlElement, url: str, stated: str | None) -> Reading:
    if stated is None or len(stated) < LEAST_STATED:
        return Reading("", "none")
    return Reading(stated, "json", tuple(anchors_in(tree, url, stated)[0]))


def _content_area(tree: HtmlElement, source: str) -> tuple[HtmlElement, int]:
    """The tree without chrome and comments, converted for the first reading, and its characters before that."""
    area = tree_cleaning(copy(tree), _OPTIONS)
    if any(token in source for token in _APPENDED):
        area = prune_unwanted_nodes(area, RAW_TREE_PRUNE_XPATH)
    if _FORUM not in source or not _is_forum(tree):
        area = prune_unwanted_nodes(area, REMOVE_COMMENTS_AND_LISTS_XPATH)
    characters = len(shown_text(area))
    return convert_tags(area, _OPTIONS, None), characters


def _is_forum(tree: HtmlElement) -> bool:
    """Whether the page's posts are its text, though they stand where other pages have comments."""
    return any(
        script.text and _FORUM in script.text for script in tree.iterfind('.//script[@type="application/ld+json"]')
    )


def _first_reading(content: HtmlElement) -> str:
    body, _ = extract_content(content, _OPTIONS)
    return str(xmltotxt(body, False) or "")


def _cascade(tree: HtmlElement) -> str:
    pruned = prune_unwanted_nodes(copy(tree), [_CAROUSELS], with_backup=True)
    document = trafilatura.bare_extraction(pruned, include_comments=False, with_metadata=False)
    return str(getattr(document, "text", None) or "")


_WORD = re.compile(r"\w+")


def lacks(text: str, stated: str) -> bool:
    """Whether *text* lacks most of what is *stated*: then it was cut out of the page, or the page does not hold it."""
    if len(stated) < LEAST_STATED or len(stated) < CLEARLY_MORE * len(text):
        return False
    wanted = [word.casefold() for word in _WORD.findall(stated)]
    have = [word.casefold() for word in _WORD.findall(text)]
    pairs = set(pairwise(have))
    return sum(pair in pairs for pair in pairwise(wanted)) < 0.7 * len(wanted)
