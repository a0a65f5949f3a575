"""Reads an article out of a body: text by trafilatura, the rest by the cheapest trustworthy way.

Pure: bytes in, an `Extraction` out, the same for the same bytes and label.

Why not trafilatura's metadata as well: it costs a third of the whole extraction, and structured data
(JSON-LD, OpenGraph) says the same where it exists. htmldate is asked for a date only where nothing states one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import htmldate
import trafilatura
from lxml.etree import ParserError
from lxml.html import HtmlElement, fromstring
from trafilatura.utils import DOCTYPE_TAG, FAULTY_HTML, HTML_PARSER
from w3lib.encoding import html_to_unicode

from archive.corrections import corrections, may_correct
from archive.extract_json import embedded_text, plain_lines
from archive.extract_links import caption_of, links_of
from archive.extract_text import PATHS, read_text
from archive.markup import article_node, json_ld_nodes, read_markup, shown_text
from archive.text import detect_language, normal_form
from archive.titles import without_site
from archive.types import Extraction, Markup

LABEL = f"trafilatura {trafilatura.__version__}|fast|afterprint 3"
"""Names everything that the text depends on. Raise the last number with any change to this module's reading."""

_BEGINNING = 4_096
_CONTROLS = bytes(number for number in range(32) if number not in b"\t\n\r")

MAX_LINKS = 300
DETECTABLE = 200
"""Characters of a text from which on its language is detected; below, what the page declares is the better guess."""

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


def parse(source: str) -> HtmlElement | None:
    """The tree of a page, None if it is no HTML: what trafilatura's `load_html` gives, in half the time.

    Control characters go from the bytes, where that is a table look-up, instead of from the text by a pattern.
    """
    beginning = source[:_BEGINNING]
    opening = beginning[:50].lower()
    if "doctype" in opening:  # libxml2 loses the page behind some of them
        first, _, rest = beginning.partition("\n")
        beginning = f"{DOCTYPE_TAG.sub('', first, count=1)}\n{rest}"
    if any("<html" in line and line.endswith("/>") for line in beginning.splitlines()[:4]):
        beginning = FAULTY_HTML.sub(r"\1>", beginning, count=1)
    encoded = (beginning + source[_BEGINNING:]).encode("utf-8", "replace").translate(None, _CONTROLS)
    try:
        tree = fromstring(encoded, parser=HTML_PARSER)
    except (ParserError, ValueError):
        return None
    return None if tree is None or ("html" not in opening and len(tree) < 2) else tree


def _guess_encoding(body: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:20_000]).best()
    return best.encoding if best else "cp1252"


def extract(body: bytes, url: str, content_type: str | None = None, *, path: str | None = None) -> Extraction | None:
    """What stands on the page, or None if the body is no HTML document.

    Args:
        url: the URL that answered; relative links are resolved against it.
        content_type: the response's Content-Type header, for its charset.
        path: the text is read this way only (see `archive.extract_text`), as when another capture of the page was read
            that way and the two are to be compared. Not found that way, it is empty and the path "none".
    """
    if path is not None and path not in PATHS:
        raise ValueError(f"path {path!r} is none of {', '.join(PATHS)}")
    source = decode(body, content_type)
    tree = parse(source)
    if tree is None:
        return None
    nodes = json_ld_nodes(tree)
    markup = read_markup(tree, url, nodes)
    node = article_node(nodes) or {}
    meta = _meta(tree)
    in_head = next((shown_text(element) for element in tree.iter("title")), None)
    title = _title(tree, node, meta, markup, in_head)
    image = _first(_image(node.get("image")), meta.get("og:image"))
    notes = corrections(tree) if may_correct(tree) else ()
    fields: dict[str, Any] = {
        "label": LABEL,
        "title": title,
        "subtitle": _first(node.get("description"), meta.get("og:description"), meta.get("description")),
        "byline": _byline(node, meta),
        "published": _first(node.get("datePublished"), *(meta.get(name) for name in _OGP_DATES))
        or _guess_date(tree, url),
        "modified": _first(node.get("dateModified"), *(meta.get(name) for name in _OGP_MODIFIED)),
        "section": _first(node.get("articleSection"), meta.get("article:section")),
        "image": image,
        "caption": caption_of(tree, node, image),
        "correction": "\n".join(notes) or None,
        "page_title": without_site(in_head, markup.site_name, url) if in_head else None,
        "markup": markup,
    }
    declared = (tree.get("lang") or meta.get("og:locale") or "").replace("_", "-").partition("-")[0].lower() or None
    stated = node.get("articleBody")
    reading = read_text(
        tree,
        source,
        url,
        title,
        plain_lines(stated) if isinstance(stated, str) else None,
        lambda: embedded_text(tree, title),
        path=path,
    )
    language = (detect_language(reading.text) if len(reading.text) >= DETECTABLE else None) or declared
    links = links_of(reading.text, reading.anchors, url, MAX_LINKS)
    return Extraction(text=reading.text, path=reading.path, language=language, links=links, **fields)


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


def _title(
    tree: HtmlElement, node: Mapping[str, Any], meta: Mapping[str, str], markup: Markup, in_head: str | None
) -> str | None:
    """The headline as readers see it.

    An h1 that shares words with what the page declares is the headline itself; declared titles lag behind
    silent headline edits and carry the site's name.
    """
    declared = _first(meta.get("og:title"), node.get("headline"), meta.get("twitter:title"), in_head)
    headings = [shown_text(element) for element in tree.iter("h1")]
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
