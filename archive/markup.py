"""What a page says about itself: canonical address, other languages, declared origin, structured data.

Pure. Reads and judges nothing: a page may name itself as its own original source, and most do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from lxml.html import HtmlElement

from archive.types import Markup
from archive.urls import absolute, resolve_base

JsonNode = dict[str, Any]

# Types of schema.org, likeliest to be the page's article first; what is not here never is.
_ARTICLE_TYPES = (
    *("newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle", "backgroundnewsarticle"),
    *("askpublicnewsarticle", "reviewnewsarticle", "advertisercontentarticle", "satiricalarticle"),
    *("liveblogposting", "article", "report", "blogposting", "techarticle", "scholarlyarticle", "socialmediaposting"),
)

_MAX_NODES = 2000
"""Some pages list their whole archive in JSON-LD; the article is among the first."""


def shown_text(element: HtmlElement) -> str:
    """What an element shows, white space folded."""
    return " ".join(str(element.text_content()).split())


def read_markup(tree: HtmlElement, url: str, nodes: Sequence[JsonNode] | None = None) -> Markup:
    """The markup of the page *tree* that answered at *url*. The first of several equal statements counts.

    *nodes* are its JSON-LD nodes, if they were read already.
    """
    base = resolve_base(url, next((element.get("href") for element in tree.iter("base") if element.get("href")), None))
    links: dict[str, str] = {}
    alternates: dict[tuple[str, str], None] = {}
    for element in tree.iter("link"):
        rels = (element.get("rel") or "").lower().split()
        address = absolute(base, element.get("href") or "") if rels else None
        if address is None:
            continue
        language = (element.get("hreflang") or "").strip().lower()
        if language and "alternate" in rels:
            alternates[language, address] = None
        for rel in rels:
            links.setdefault(rel, address)
    metas: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = " ".join((element.get("content") or "").split())
        # RDFa says `property`, HTML says `name`, and publishers mix them up.
        for name in (element.get("property"), element.get("name")):
            if name and content:
                metas.setdefault(name.strip().lower(), content)
    nodes = json_ld_nodes(tree) if nodes is None else nodes
    node = article_node(nodes) or {}

    def address_of(name: str) -> str | None:
        return absolute(base, metas.get(name, "")) or links.get(name)

    return Markup(
        canonical=links.get("canonical"),
        og_url=absolute(base, metas.get("og:url", "")),
        amp=links.get("amphtml"),
        alternates=tuple(alternates),
        original_source=address_of("original-source"),
        syndication_source=address_of("syndication-source"),
        site_name=metas.get("og:site_name") or _name_of(node.get("publisher"), nodes),
        page_type=(metas.get("og:type") or "").lower() or None,
        free=_truth(node.get("isAccessibleForFree")),
    )


# --- JSON-LD -------------------------------------------------------------------------------------

# Bounded repeats: a page can put a million blanks wherever one is allowed.
_OPENING = re.compile(r"(?://|/\*)?\s{0,9}(?:<!--|<!\[CDATA\[)\s{0,9}(?:\*/|//)?")
_CLOSING = re.compile(r"(?:(?://|/\*)\s{0,9})?(?:-->|\]\]>)\s{0,9}(?:\*/)?$")
_BETWEEN = frozenset(" \t\r\n,;")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


def json_ld_nodes(tree: HtmlElement) -> list[JsonNode]:
    """All JSON-LD nodes of the page in document order, lists and `@graph` opened up; what is broken is left out."""
    nodes: list[JsonNode] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            for value in _json_values(script.text):
                nodes.extend(_nodes_in(value))
    return nodes[:_MAX_NODES]


def article_node(nodes: Sequence[JsonNode]) -> JsonNode | None:
    """The node that describes the page's article; None if there is none."""
    candidates = [*nodes, *(inner for node in nodes if isinstance(inner := node.get("mainEntity"), dict))]
    ranked = [
        (min(ranks), place)
        for place, node in enumerate(candidates)
        if (ranks := [_ARTICLE_TYPES.index(kind) for kind in _types(node) if kind in _ARTICLE_TYPES])
    ]
    return candidates[min(ranked)[1]] if ranked else None


def _json_values(text: str) -> Iterator[object]:
    """The JSON values in a script: usually one; several in a row, wrappings and trailing commas have been seen."""
    text = text.strip()
    if opening := _OPENING.match(text):
        closing = _CLOSING.search(text, max(len(text) - 40, opening.end()))
        text = text[opening.end() : closing.start() if closing else None]
    text = text.strip().rstrip(";")
    # strict=False: line breaks inside of strings are the commonest fault of all.
    decoder = json.JSONDecoder(strict=False)
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text)):
        values: list[object] = []
        place = 0
        try:
            while place < len(attempt) and len(values) < _MAX_NODES:
                value, place = decoder.raw_decode(attempt, place)
                values.append(value)
                while attempt[place : place + 1] in _BETWEEN:
                    place += 1
        except (ValueError, RecursionError):
            # Commas are repaired in the second attempt; what stood whole before the fault is used in any case.
            if attempt is text and _TRAILING_COMMA.search(text):
                continue
        yield from values
        return


def _nodes_in(value: object, depth: int = 0) -> Iterator[JsonNode]:
    if depth > 5:  # a list in a graph in a list is the deepest that was seen
        return
    if isinstance(value, list):
        for inner in value[:_MAX_NODES]:
            yield from _nodes_in(inner, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value or "@graph" not in value:
            yield value
        yield from _nodes_in(value.get("@graph"), depth + 1)


def _types(node: JsonNode) -> list[str]:
    types = node.get("@type")
    names = types if isinstance(types, list) else [types]
    # "https://schema.org/NewsArticle" and "schema:NewsArticle" are both allowed.
    return [re.split(r"[/:#]", name)[-1].lower() for name in names if isinstance(name, str)]


def _name_of(value: object, nodes: Sequence[JsonNode]) -> str | None:
    """The name of a person or organisation, which may be given in full, as a list, as a bare name or by reference."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict) and "name" not in value and "@id" in value:
        value = next((node for node in nodes if node.get("@id") == value["@id"] and "name" in node), None)
    name = value.get("name") if isinstance(value, dict) else value
    if isinstance(name, list):
        name = name[0] if name else None
    return " ".join(name.split()) or None if isinstance(name, str) and not name.startswith("http") else None


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        # "False", "http://schema.org/False"
        return {"true": True, "false": False}.get(value.rpartition("/")[2].strip().lower())
    return None
