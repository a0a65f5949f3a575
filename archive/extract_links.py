"""The links that belong to an article, and the caption of its lead image.

Pure. A link belongs to the article if its paragraph is part of the text, or if it is a thing that the article gives away
(a data set, a document, another site's page) beside a paragraph of the text, though the line itself was dropped.
Menus, share buttons, teasers and related boxes have links too; none of them is such a thing beside the text.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from archive.extract_lines import is_credit, line_form
from archive.markup import shown_text
from archive.types import Link
from archive.urls import absolute, registrable_domain

MIN_LINKED: Final = 12
"""Characters of a paragraph from which on its standing in the text is no accident; "Read more" has nine."""
_PROSE: Final = 60
"""Characters of a paragraph beside which a link is looked for."""
_NEST: Final = 12
"""How far up from a link its paragraph is looked for; eight is the most that was seen."""
_LABEL: Final = 24
"""Characters beside a link that are no more than its label: "READ MORE:", "Also on rt.com"."""
_TEASER: Final = 20
"""Characters of a linked text from which on it is a headline and not a name."""
_UPWARDS: Final = 4
"""How far up from a link its neighbourhood reaches: link, its box, the box of the item, the item."""
_FEW: Final = 4
"""Links in a neighbourhood from which on it is a list of teasers."""
MAX_CAPTION: Final = 600

_IN_TEXT: Final = frozenset(("p", "li", "blockquote", "td", "th", "dd", "dt", "h2", "h3", "h4", "div"))
_NO_TEXT: Final = frozenset(("body", "html", "nav", "header", "footer", "aside", "figcaption", "form"))
_MOST_ANCHORS: Final = 3_000
"""Links of a page that are looked at; the longest article with its boxes that was seen has 900."""
# The menus of a page hold most of its links; not to make objects of them halves the time.
_OUTSIDE_OF_CHROME: Final = XPath("//a[@href][not(ancestor::nav or ancestor::footer)]")
_DOCUMENT: Final = re.compile(
    r"\.(?:pdf|csv|tsv|xlsx?|ods|docx?|odt|pptx?|zip|gz|tar|7z|json|xml|kml|kmz|geojson|shp|txt|mp3|epub)$",
    re.IGNORECASE,
)
_NOT_THE_ARTICLES: Final = re.compile(
    r"share|social|follow|related|teaser|recommend|newsletter|subscri|promo|sponsor|advert|outbrain|taboola|comment|"
    r"author|byline|breadcrumb|\btags?\b|topic|menu|\bnav|footer|login|sign-?up|widget|app-?store|copyright|licen[cs]e",
    re.IGNORECASE,
)
_SHARED_AT: Final = frozenset(
    (
        *("facebook.com", "twitter.com", "x.com", "t.me", "wa.me", "whatsapp.com", "linkedin.com", "pinterest.com"),
        *("reddit.com", "tumblr.com", "vk.com", "ok.ru", "weibo.com", "line.me", "xing.com", "getpocket.com"),
        *(
            "flipboard.com",
            "digg.com",
            "stumbleupon.com",
            "delicious.com",
            "instagram.com",
            "youtube.com",
            "tiktok.com",
        ),
        *("threads.net", "bsky.app", "apple.com", "google.com", "mix.com", "addthis.com", "addtoany.com"),
        *("sharethis.com", "disqus.com", "feedburner.com"),
    )
)


class Anchor(NamedTuple):
    """A link that may be the article's."""

    href: str
    words: str
    #: the paragraph, item or cell it stands in, white space folded; empty if the link is something given away beside the text
    paragraph: str


def anchors_in(tree: HtmlElement, url: str, text: str) -> tuple[list[Anchor], frozenset[str]]:
    """The links in or beside *text* in document order, and the lines of it that are nothing but links.

    *text* is as it was read, before such lines are cut from it.
    """
    site = registrable_domain(url)
    lines = {line_form(line) for line in text.split("\n")}
    whole = " ".join(text.split())
    found: list[Anchor] = []
    paragraphs: dict[HtmlElement, str] = {}
    linked: dict[HtmlElement, list[str]] = {}
    buttons: set[str] = set()  # links between paragraphs, in none
    for anchor in _OUTSIDE_OF_CHROME(tree)[:_MOST_ANCHORS]:
        href = anchor.get("href").strip()
        words = shown_text(anchor)
        if not words or not href:
            continue
        paragraph = ""
        if words in whole and (block := _block_of(anchor)) is not None:
            if block not in paragraphs:
                shown = shown_text(block)
                stands = shown in lines or (len(shown) >= MIN_LINKED and shown in whole)
                paragraphs[block] = shown if stands else ""
            paragraph = paragraphs[block]
            if not paragraph and block.tag == "div" and words in lines and not is_credit(words):
                buttons.add(words)
            # A heading that links to its own place, and an address written out, are the article's.
            if paragraph and not href.startswith(("#", "mailto:", "tel:")) and not words.startswith(("http", "www.")):
                linked.setdefault(block, []).append(words)
        if paragraph or (_may_be_given_away(anchor, href, site) and _is_beside(anchor, whole)):
            found.append(Anchor(href, words, paragraph))
    alone = {block for block, texts in linked.items() if is_link_line(paragraphs[block], texts)}
    lists: dict[HtmlElement | None, bool] = {}
    of_links = {
        paragraphs[block] for block in alone if block.tag != "li" or _is_list_of_links(block.getparent(), alone, lists)
    }
    return found, frozenset(of_links | buttons)


def is_link_line(whole: str, linked: Sequence[str]) -> bool:
    """Whether the line *whole* is nothing but the texts *linked*, with a label beside them at most."""
    length = sum(map(len, linked))
    if length < 0.9 * len(whole):
        label = whole.replace(linked[0], "", 1)
        if len(linked) > 1 or length < _TEASER or len(label) > min(_LABEL, length) or any(map(str.isdigit, label)):
            return False
    return not is_credit(whole)


def _is_list_of_links(
    items: HtmlElement | None, alone: Container[HtmlElement], known: dict[HtmlElement | None, bool]
) -> bool:
    """Whether nearly all the items of a list are nothing but links; one that is, among others, is the article's."""
    if items not in known:
        tags = [item for item in items if item.tag == "li"] if items is not None else []
        known[items] = sum(item in alone for item in tags) >= 0.8 * len(tags)
    return known[items]


def _block_of(anchor: HtmlElement) -> HtmlElement | None:
    element = anchor.getparent()
    for _ in range(_NEST):
        if element is None or element.tag in _NO_TEXT:
            return None
        if element.tag in _IN_TEXT:
            return element
        element = element.getparent()
    return None


def _may_be_given_away(anchor: HtmlElement, href: str, site: str) -> bool:
    if anchor.get("download") is not None or _DOCUMENT.search(href.partition("#")[0].partition("?")[0]):
        return True
    if "//" not in href[:8]:
        return False
    domain = registrable_domain(href)
    return bool(domain) and domain not in _SHARED_AT and domain != site


def _is_beside(anchor: HtmlElement, whole: str) -> bool:
    """Whether the smallest box around a link that holds a paragraph holds one of the text, and hardly any other link."""
    element = anchor
    for _ in range(_UPWARDS):
        if _NOT_THE_ARTICLES.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            return False
        parent = element.getparent()
        if parent is None or parent.tag in _NO_TEXT:
            return False
        element = parent
        if sum(1 for _ in islice(element.iter("a"), _FEW)) == _FEW:
            return False
        found = [words for block in element.iter("p", "div") if len(words := shown_text(block)) >= _PROSE]
        if found:
            return any(words in whole for words in found)
    return False


def links_of(text: str, anchors: Sequence[Anchor], url: str, limit: int) -> tuple[Link, ...]:
    """The links of *text* in document order, each address with each of its texts once."""
    lines = {line_form(line) for line in text.split("\n")}
    whole = " ".join(text.split())
    found: dict[Link, None] = {}
    for anchor in anchors:
        paragraph = anchor.paragraph
        if not paragraph or paragraph in lines or (len(paragraph) >= MIN_LINKED and paragraph in whole):
            target = absolute(url, anchor.href)
            if target is not None:
                found[Link(target, anchor.words[:200])] = None
                if len(found) == limit:
                    break
    return tuple(found)


def caption_of(tree: HtmlElement, node: Mapping[str, Any], image: str | None) -> str | None:
    """What stands under the lead image: the caption in structured data, else the <figcaption> of the figure that shows it.

    The figure whose image has the lead image's file name is the lead; failing that, the first figure after the headline.
    """
    stated = node.get("image")
    if isinstance(stated, list):
        stated = stated[0] if stated else None
    if isinstance(stated, dict):
        for key in ("caption", "description"):
            value = stated.get(key)
            if isinstance(value, str) and value.strip():
                return " ".join(value.split())[:MAX_CAPTION]
    figures = [figure for figure in tree.iter("figure") if figure.find(".//figcaption") is not None]
    if not figures:
        return None
    name = _file_name(image) if image else ""
    if name:
        for figure in figures:
            shown = (source for element in figure.iter("img", "source") for source in element.values())
            if any(name in source for source in shown):
                return _caption(figure)
    seen = False
    for element in tree.iter("h1", "figure"):
        if element.tag == "h1":
            seen = True
        elif seen and element.find(".//img") is not None:
            return _caption(element) if element.find(".//figcaption") is not None else None
    return None


def _file_name(image: str) -> str:
    name = urlsplit(image).path.rpartition("/")[2]
    stem = re.sub(r"(?:[-_]\d+x\d+)?\.\w{2,5}$", "", name)
    return stem if len(stem) >= 6 else ""


def _caption(figure: HtmlElement) -> str | None:
    caption = figure.find(".//figcaption")
    return (shown_text(caption)[:MAX_CAPTION] or None) if caption is not None else None
