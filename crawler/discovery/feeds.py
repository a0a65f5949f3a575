"""Feeds: RSS 0.9x, 1.0 (RDF) and 2.0, Atom 0.3 and 1.0, JSON Feed 1.x.

Pure. A feed that turns out to be something else is an answer (`unreadable`), not an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from lxml import etree

from archive.types import Lead
from archive.urls import absolute, registrable_domain, url_key
from crawler.discovery.dates import parse_time
from crawler.discovery.reading import (
    MAX_LEADS,
    MAX_READ,
    SourceReading,
    TooLargeError,
    decode,
    gunzip,
    is_media,
    language_tag,
    looks_like_html,
    plain,
    reading,
    repair_xml,
    unreadable,
    unwrap,
    xml_parser,
)

#: Namespaces whose elements mean something here; those of all other modules are told apart by a "?".
_PREFIXES = {
    "http://www.w3.org/2005/atom": "atom:",
    "http://purl.org/atom/ns#": "atom:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    # RSS itself, as its versions named it
    "": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
}
_PUBLISHED = (
    *("pubdate", "atom:published", "dc:date", "dcterms:created", "dcterms:issued"),
    *("atom:issued", "atom:created"),  # Atom 0.3
    *("published", "date"),  # undeclared or invented, but seen
)
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


def leads_from_feed(body: bytes, url: str, charset: str | None = None) -> SourceReading:
    """The entries of the feed *body* that was found at *url*, in its order.

    *charset* is what the Content-Type header says. Broken XML is read as far as it goes.
    """
    try:
        body, lost = gunzip(body)
    except TooLargeError as error:
        return unreadable(str(error))
    if not body.strip(b"\xef\xbb\xbf \t\r\n\0"):
        return unreadable("empty body")
    if looks_like_html(body):
        return unreadable("an HTML page, not a feed")
    if body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        if len(body) > MAX_READ:
            return unreadable(
                f"a JSON feed of {len(body) // 1024 // 1024} MiB: more than {MAX_READ // 1024 // 1024} are not read"
            )
        return _json_feed(body, url)
    if len(body) > MAX_READ:
        # What is cut off in the middle is read up to the last whole entry.
        body, lost = body[:MAX_READ], f"longer than {MAX_READ // 1024 // 1024} MiB, only the beginning was read"
    root, damage = parse_xml(body, charset)
    if root is None:
        return unreadable(f"not a feed: {damage}")
    return _xml_feed(root, url, lost or damage)


def parse_xml(body: bytes, charset: str | None) -> tuple[etree._Element | None, str | None]:
    """The root of *body*, and what was wrong with it. Well-formed XML is taken as it is, anything else is repaired."""
    text = decode(body, charset)
    if "<" not in text:
        return None, "no XML in it"
    whole = text.lstrip("\ufeff \t\r\n\0")
    damage = None
    if "<!DOCTYPE" not in whole[:4096]:
        try:
            # The text is decoded, so what it declares as its encoding no longer holds; lxml refuses to be told.
            return etree.fromstring(re.sub(r"\A<\?xml\b[^>]{0,300}?\?>", "", whole), xml_parser(recover=False)), None
        except (etree.XMLSyntaxError, ValueError) as error:
            damage = (
                f"broken XML, read as far as it goes: {error.msg if isinstance(error, etree.XMLSyntaxError) else error}"
            )
    try:
        # Without a whole entry the text goes in as it is, to see what it is instead of a feed.
        root = etree.fromstring(repair_xml(text, "item|entry") or repair_xml(text, "[a-z]+"), xml_parser(recover=True))
    except (etree.XMLSyntaxError, ValueError) as error:
        return None, str(error)[:200]
    return (root, damage) if root is not None else (None, "no XML in it")


def _xml_feed(root: etree._Element, url: str, damage: str | None) -> SourceReading:
    kind = _name(root).rpartition(":")[2].lstrip("?")
    if kind == "html":
        return unreadable("an HTML page, not a feed")
    # A root that is not one of a feed may still hold items: feeds have been seen inside of envelopes.
    entries = (element for element in root.iter(etree.Element) if _name(element) in ("item", "atom:entry", "entry"))
    items = list(islice(entries, MAX_LEADS + 1))
    if not items and kind not in ("rss", "rdf", "feed", "channel"):
        return unreadable(f"not a feed: its root element is <{kind}>")
    channel = next((child for child in root if _name(child) == "channel"), root)
    language = _language(root) or _language(channel)
    leads = (_lead_of_item(item, url, language) for item in items[:MAX_LEADS])
    found = [lead for lead in leads if lead is not None]
    return reading(ranked(found), if_empty=_why_empty(len(items)), lost=damage or _too_many(len(items)))


def _lead_of_item(item: etree._Element, url: str, language: str | None) -> Lead | None:
    fields = _fields(item)
    base = _base(item, url)
    links = (absolute(base, href) for href in _links(item, fields))
    link = next((link for link in links if link and not is_media(link)), None)
    if link is None:
        return None
    published = _first(fields, *_PUBLISHED)
    updated = _first(fields, "atom:updated", "atom:modified", "dcterms:modified", "updated")
    outlet, origin = _origin(fields)
    notes = []
    if origin and registrable_domain(origin) != registrable_domain(url):
        # An aggregated or copied entry: the feed itself says where it comes from.
        notes.append(f"names {origin} as its source")
    if published is None and updated is not None:
        # A time of change is no time of publication, and nothing shall read it as one.
        notes.append(f"updated {' '.join((updated.text or '').split())[:40]}")
    title = _first(fields, "title", "atom:title", "dc:title")
    return Lead(
        url=unwrap(link),
        source="feed",
        query=url,
        title=plain("".join(map(str, title.itertext()))) if title is not None else None,
        published=parse_time(published.text) if published is not None else None,
        language=_language(item) or language,
        outlet=outlet,
        note="; ".join(notes) or None,
    )


def _links(item: etree._Element, fields: dict[str, list[etree._Element]]) -> Iterator[str]:
    """What may be the address of an item, the likeliest first. Enclosures, replies and edit links are none."""
    for element in fields.get("feedburner:origlink", ()):
        yield element.text or ""
    for element in fields.get("link", ()):
        # <link>url</link>, or, where an HTML parser went over the feed, <link/>url
        yield element.text or element.tail or ""
    for element in (*fields.get("atom:link", ()), *fields.get("link", ())):
        rel = (element.get("rel") or "alternate").lower()
        kind = (element.get("type") or "").lower()
        if rel == "alternate" and kind in ("", "text/html", "application/xhtml+xml"):
            yield element.get("href") or ""
    for element in fields.get("guid", ()):
        if (element.get("isPermaLink") or "true").lower() != "false":
            yield _only_absolute(element.text)
    yield _only_absolute(item.get(_RDF_ABOUT))
    for element in fields.get("atom:link", ()):
        if (element.get("rel") or "alternate").lower() == "alternate":
            yield element.get("href") or ""
    for element in fields.get("atom:id", ()):
        yield _only_absolute(element.text)


def _only_absolute(text: str | None) -> str:
    """Ids are often bare words, and a bare word is a valid relative address."""
    text = (text or "").strip()
    return text if text.lower().startswith(("http://", "https://")) else ""


def _origin(fields: dict[str, list[etree._Element]]) -> tuple[str | None, str | None]:
    """Name and address of the feed that an entry was taken over from."""
    for element in fields.get("source", ()):
        return plain(element.text), element.get("url")
    for element in fields.get("atom:source", ()):
        inner = _fields(element)
        title = _first(inner, "atom:title")
        address = next((link.get("href") for link in inner.get("atom:link", ()) if link.get("href")), None)
        return plain("".join(map(str, title.itertext()))) if title is not None else None, address
    return None, None


def _fields(item: etree._Element) -> dict[str, list[etree._Element]]:
    fields: dict[str, list[etree._Element]] = {}
    for child in item.iterchildren(etree.Element):
        fields.setdefault(_name(child), []).append(child)
    return fields


def _first(fields: dict[str, list[etree._Element]], *names: str) -> etree._Element | None:
    """The first element of these names that has something in it."""
    for name in names:
        for element in fields.get(name, ()):
            if len(element) or (element.text or "").strip():
                return element
    return None


def _name(element: etree._Element) -> str:
    """The element's name in lower case with one prefix per meaning: "title", "atom:title", "?title"."""
    return _meaning(element.tag)


@lru_cache(maxsize=1024)  # a feed has some thirty names
def _meaning(tag: str) -> str:
    namespace, _, local = tag.rpartition("}")
    # With an undeclared prefix, the recovering parser leaves "dc:date" as the name.
    prefix = _PREFIXES.get(namespace.lstrip("{").lower(), "?") if ":" not in local else ""
    return prefix + local.lower()


def _language(element: etree._Element) -> str | None:
    tags = [element.get(_XML_LANG)]
    tags += [child.text for child in element.iterchildren(etree.Element) if _name(child) in ("language", "dc:language")]
    return next((tag for tag in map(language_tag, tags) if tag), None)


def _base(item: etree._Element, url: str) -> str:
    bases = [element.get(_XML_BASE) for element in (*item.iterancestors(), item) if element.get(_XML_BASE)]
    for base in bases:
        url = absolute(url, base) or url
    return url


# --- JSON ----------------------------------------------------------------------------------------


def _json_feed(body: bytes, url: str) -> SourceReading:
    try:
        feed = json.loads(decode(body).lstrip("\ufeff \t\r\n"), strict=False)
    except (ValueError, RecursionError) as error:
        return unreadable(f"broken JSON: {error}"[:200])
    # A few sites write RSS 2.0 as JSON: rss.channel.item (scripting.com).
    rss = feed.get("rss") if isinstance(feed, dict) else None
    channel = rss.get("channel") if isinstance(rss, dict) else feed
    items = channel.get("items", channel.get("item")) if isinstance(channel, dict) else None
    if not isinstance(channel, dict) or not isinstance(items, list):
        return unreadable("JSON, but not a feed: it has no list of items")
    language = language_tag(_text(channel.get("language")))
    read = items[:MAX_LEADS]
    leads = [lead for item in read if isinstance(item, dict) and (lead := _lead_of_json(item, url, language))]
    return reading(ranked(leads), if_empty=_why_empty(len(items)), lost=_too_many(len(items)))


def _lead_of_json(item: dict[str, object], url: str, language: str | None) -> Lead | None:
    own = absolute(url, _text(item.get("url")) or _text(item.get("link")) or "")
    # A link blog's entry is about `external_url`; where an entry has no page of its own, that is all there is.
    link = own or absolute(url, _text(item.get("external_url")) or _only_absolute(_text(item.get("id"))))
    if link is None:
        return None
    modified = _text(item.get("date_modified"))
    published = parse_time(_text(item.get("date_published")) or _text(item.get("pubDate")))
    return Lead(
        url=link,
        source="feed",
        query=url,
        title=plain(item.get("title")),
        published=published,
        language=language_tag(_text(item.get("language"))) or language,
        note=f"updated {modified[:40]}" if modified and published is None else None,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


# --- both ----------------------------------------------------------------------------------------


def ranked(leads: Iterable[Lead]) -> list[Lead]:
    """One lead a page, the first; ranks counted from 1.

    Where a blog has a page for each day, its entries differ by the fragment only, and some have no title.
    """
    pages: dict[str, Lead] = {}
    for lead in leads:
        first = pages.setdefault(url_key(lead.url), lead)
        if first is not lead and not (first.title and first.published):
            pages[url_key(lead.url)] = replace(
                first, title=first.title or lead.title, published=first.published or lead.published
            )
    return [replace(lead, rank=rank) for rank, lead in enumerate(pages.values(), start=1)]


def _too_many(items: int) -> str | None:
    return f"more than {MAX_LEADS} entries, the rest was left" if items > MAX_LEADS else None


def _why_empty(items: int) -> str:
    return f"{items} entries, none with a link" if items else "no entries"
