"""Reads an article out of a body: text by trafilatura, the rest by the cheapest trustworthy way.

Pure: bytes in, an `Extraction` out, the same for the same bytes and label.

Why not trafilatura's metadata as well: it costs a third of the whole extraction, and structured data
(JSON-LD, OpenGraph) says the same where it exists. htmldate is asked for a date only where nothing states one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import htmldate
import trafilatura
from lxml.html import HtmlElement
from trafilatura.utils import load_html
from w3lib.encoding import html_to_unicode

from archive.markup import article_node, json_ld_nodes, read_markup
from archive.text import detect_language, normal_form
from archive.types import Extraction, Link, Markup
from archive.urls import absolute

LABEL = f"trafilatura {trafilatura.__version__}|fast|afterprint 1"
"""Names everything that the text depends on. Raise the last number with any change to this module's reading."""

MAX_LINKS = 300
MIN_LINKED = 12
"""Characters of a paragraph from which on its standing in the text is no accident; \"Read more\" has nine."""
SHORT = 200
"""Characters below which the extractor's text is doubted and an articleBody in JSON-LD preferred."""

_CORRECTION_LABELS = (
    "correction", "corrections", "clarification", "editor's note", "editors' note", "editor’s note", "editors’ note",
    "update",
    "correctie", "rectificatie", "naschrift", "aanvulling", "noot van de redactie",
    "korrektur", "berichtigung", "richtigstellung", "anmerkung der redaktion", "hinweis der redaktion", "nachtrag",
    "correctif", "rectificatif", "erratum", "note de la rédaction", "mise à jour",
    "corrección", "fe de errores", "rectificación", "nota del editor", "nota de la redacción",
    "correzione", "errata corrige", "nota della redazione", "correção", "errata", "nota da redação",
)  # fmt: skip
_CORRECTION = re.compile(
    rf"^\W*((?:{'|'.join(map(re.escape, _CORRECTION_LABELS))})\b[^:.\d\n]{{0,40}}[:—–-]\s*(?:\S+\s+){{4,}}.*)",
    re.IGNORECASE | re.DOTALL,
)
_CORRECTION_HINT = re.compile(
    rf"(?:{'|'.join(map(re.escape, sorted(_CORRECTION_LABELS, key=len, reverse=True)))})\b"
    r"[^:.\d<>\n]{0,40}\W*(?:<[^<>]{0,80}>\W*){0,4}[:—–-]"
)
"""What the lower-case source of a page with such a paragraph holds, after a tag. Asked first: walking the tree costs 10 ms."""
_AFTER_A_TAG = re.compile(r">\W*$")

_BLOCKS = ("p", "li", "blockquote", "aside", "em", "small", "footer", "div", "section")

_OGP_DATES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date",
    "dc.date.issued",
    "pubdate",
)
_OGP_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dc.date.modified")


def decode(body: bytes, content_type: str | None) -> str:
    """The body as text.

    Bytes that are valid UTF-8 are UTF-8, whatever was declared: other encodings do not look like it by chance.
    Else the order of the HTML standard holds: byte order mark, HTTP header, <meta>, and only then a guess.
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return html_to_unicode(content_type, body, auto_detect_fun=_guess_encoding)[1]


def _guess_encoding(body: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:20_000]).best()
    return best.encoding if best else "cp1252"


def extract(body: bytes, url: str, content_type: str | None = None) -> Extraction | None:
    """What stands on the page, or None if the body is no HTML document.

    Args:
        url: the URL that answered; relative links are resolved against it.
        content_type: the response's Content-Type header, for its charset.
    """
    source = decode(body, content_type)
    tree = load_html(source)
    if tree is None:
        return None
    markup = read_markup(tree, url)
    node = article_node(json_ld_nodes(tree)) or {}
    meta = _meta(tree)
    correction = _correction(tree) if _may_correct(source) else None
    title = _title(tree, node, meta, markup)
    published = _first(node.get("datePublished"), *(meta.get(name) for name in _OGP_DATES)) or _guess_date(tree, url)
    fields: dict[str, Any] = {
        "label": LABEL,
        "title": title,
        "subtitle": _first(node.get("description"), meta.get("og:description"), meta.get("description")),
        "byline": _byline(node, meta),
        "published": published,
        "modified": _first(node.get("dateModified"), *(meta.get(name) for name in _OGP_MODIFIED)),
        "section": _first(node.get("articleSection"), meta.get("article:section")),
        "image": _first(_image(node.get("image")), meta.get("og:image")),
        "correction": correction,
        "markup": markup,
    }
    declared = (tree.get("lang") or meta.get("og:locale") or "").replace("_", "-").partition("-")[0].lower() or None
    text, path = _text(tree, node)
    links = tuple(_links_in(text, tree, url))[:MAX_LINKS]
    language = (detect_language(text) if len(text) >= SHORT else None) or declared
    return Extraction(text=text, path=path, language=language, links=links, **fields)


def _text(tree: HtmlElement, node: Mapping[str, Any]) -> tuple[str, str]:
    document = trafilatura.bare_extraction(tree, fast=True, include_comments=False, with_metadata=False)
    text = str(getattr(document, "text", None) or "")
    stated = node.get("articleBody")
    if len(text) < SHORT and isinstance(stated, str) and len(stated) > 2 * len(text) + SHORT:
        return _plain(stated), "json"
    return text, "article" if text else "none"


def _plain(stated: str) -> str:
    if "<" in stated:
        inner = load_html(f"<html><body>{stated}</body></html>")
        stated = inner.text_content() if inner is not None else stated
    return "\n".join(line for line in (" ".join(line.split()) for line in stated.splitlines()) if line)


def _meta(tree: HtmlElement) -> dict[str, str]:
    """Contents of the page's meta elements by lower-case name or property; the first of each wins."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = element.get("content")
        if name and content and content.strip():
            found.setdefault(name.strip().lower(), content.strip())
    return found


def _first(*values: object) -> str | None:
    for value in values:
        if isinstance(value, (list, tuple)):
            value = next((item for item in value if isinstance(item, str)), None)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
    return None


def _title(tree: HtmlElement, node: Mapping[str, Any], meta: Mapping[str, str], markup: Markup) -> str | None:
    """The headline as readers see it.

    An h1 that shares words with what the page declares is the headline itself; declared titles lag behind
    silent headline edits and carry the site's name.
    """
    in_head = next((_words(element) for element in tree.iter("title")), None)
    declared = _first(meta.get("og:title"), node.get("headline"), meta.get("twitter:title"), in_head)
    headings = [_words(element) for element in tree.iter("h1")]
    headings = [heading for heading in headings if heading]
    if declared is None:
        return headings[0] if headings else None
    words = set(normal_form(declared).casefold().split())
    best = max(headings, key=lambda heading: _overlap(words, heading), default=None)
    if best is not None and _overlap(words, best) >= 0.5:
        return best
    return _without_site(declared, markup.site_name)


def _overlap(words: set[str], heading: str) -> float:
    other = set(normal_form(heading).casefold().split())
    return len(words & other) / min(len(words), len(other)) if words and other else 0.0


def _without_site(title: str, site: str | None) -> str:
    for separator in (" | ", " - ", " – ", " — ", " :: "):
        head, found, tail = title.rpartition(separator)
        if found and site and normal_form(tail).casefold() == normal_form(site).casefold():
            return head
    return title


def _byline(node: Mapping[str, Any], meta: Mapping[str, str]) -> str | None:
    names = []
    authors = node.get("author")
    for author in authors if isinstance(authors, list) else [authors]:
        name = author.get("name") if isinstance(author, dict) else author
        for one in name if isinstance(name, list) else [name]:
            if isinstance(one, str) and one.strip() and not one.startswith("http"):
                names.append(" ".join(one.split()))  # noqa: PERF401 - the condition reads better here
    if names:
        return ", ".join(dict.fromkeys(names))
    stated = _first(meta.get("author"), meta.get("article:author"), meta.get("byl"), meta.get("dc.creator"))
    return None if stated is None or stated.startswith("http") else stated


def _image(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl")
    return value if isinstance(value, str) else None


def _guess_date(tree: HtmlElement, url: str) -> str | None:
    found = htmldate.find_date(tree, url=url, original_date=True, extensive_search=False)
    return str(found) if found else None


def _may_correct(source: str) -> bool:
    lower = source.lower()
    return any(
        _AFTER_A_TAG.search(lower[max(0, found.start() - 40) : found.start()])
        for found in _CORRECTION_HINT.finditer(lower)
    )


def _correction(tree: HtmlElement) -> str | None:
    """The first paragraph that opens with a label of correction, label included.

    The extractor is not asked: it drops the label and keeps the rest as an anonymous paragraph
    (measured on a New York Times page with the label in a bare <strong>).
    """
    for element in tree.iter(*_BLOCKS):
        if element.tag in ("div", "section", "aside", "footer") and any(child.tag in _BLOCKS for child in element):
            continue
        text = _words(element)
        if 20 <= len(text) <= 1_500 and _CORRECTION.match(text):
            return text
    return None


def _links_in(text: str, tree: HtmlElement, url: str) -> Iterator[Link]:
    """The links of those paragraphs that are part of *text*: teasers and menus have links too."""
    whole = " ".join(text.split())
    known: dict[HtmlElement, bool] = {}
    for anchor in tree.iter("a"):
        words = _words(anchor)
        if not words or words not in whole or not anchor.get("href"):
            continue
        block = _block_of(anchor)
        if block is None:
            continue
        if block not in known:
            paragraph = _words(block)
            known[block] = len(paragraph) >= MIN_LINKED and paragraph in whole
        target = absolute(url, anchor.get("href")) if known[block] else None
        if target is not None:
            yield Link(target, words[:200])


def _block_of(anchor: HtmlElement) -> HtmlElement | None:
    for element in _upwards(anchor):
        if element.tag in ("p", "li", "blockquote", "td", "h2", "h3"):
            return element
        if element.tag in ("body", "nav", "header", "footer"):
            return None
    return None


def _words(element: HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def _upwards(element: HtmlElement) -> Iterator[HtmlElement]:
    parent = element.getparent()
    while parent is not None:
        yield parent
        parent = parent.getparent()
