"""Sitemaps: urlset with its news and hreflang parts, sitemapindex, plain text, gzipped or not.

Scrapy's own reader drops what `news:` elements say; here title, date, language and publication are kept.
`lastmod` is no publication date (whole archives carry the day of a redesign in it), so it goes to the note.

Pure, and flat in memory: an element is forgotten as soon as it was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from io import BytesIO

from lxml import etree

from archive.types import Lead
from archive.urls import absolute, url_key
from crawler.discovery.dates import parse_time
from crawler.discovery.feeds import leads_from_feed
from crawler.discovery.reading import (
    SourceReading,
    TooLargeError,
    decode,
    gunzip,
    is_media,
    language_tag,
    looks_like_html,
    pieces,
    plain,
    reading,
    repair_xml,
    unreadable,
)

MAX_URLS = 50_000
"""What the protocol allows in one sitemap."""

_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_SUBSET = re.compile(rb"<!DOCTYPE[^>\[]*\[", re.IGNORECASE)
_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_TOO_MANY = f"more than {MAX_URLS} addresses, the rest was left"


def leads_from_sitemap(body: bytes, url: str) -> SourceReading:
    """The pages and further sitemaps that the sitemap *body*, found at *url*, names.

    What could be read before a fault is kept, and the reason says so.
    """
    try:
        body, lost = gunzip(body)
    except TooLargeError as error:
        return unreadable(str(error))
    if body[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
        body = decode(body).encode("utf-8", "replace")  # UTF-16, where the checks below would see nothing
    body = body.lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if not body:
        return unreadable(f"empty body ({lost})" if lost else "empty body")
    if looks_like_html(body):
        return unreadable("an HTML page, not a sitemap")
    if body[:1] != b"<":
        return _text_sitemap(body, url, lost)
    doctype = _DOCTYPE.search(body)
    if doctype and _SUBSET.match(body, doctype.start()):
        return unreadable("declares entities, which sitemaps never need: refused")
    root = _ROOT.search(body)
    kind = root[1].decode("ascii", "replace").lower() if root else ""
    if kind in ("rss", "rdf", "feed"):  # the protocol allows a feed as a sitemap
        feed = leads_from_feed(body, url)
        return replace(feed, leads=tuple(replace(lead, source="sitemap") for lead in feed.leads))
    if kind not in ("urlset", "sitemapindex"):
        return unreadable(f"not a sitemap: its root element is <{kind}>" if kind else "not a sitemap: no XML in it")
    sitemap = _Sitemap(url)
    damage = sitemap.read(body, recover=False)
    if damage is not None and not sitemap.full:
        # Unescaped ampersands, undeclared prefixes and wrong encodings are common; only then it is read again.
        sitemap = _Sitemap(url)
        text = decode(body)
        del body
        for piece in pieces(text, "url|sitemap"):
            sitemap.read(repair_xml(piece, "url|sitemap"), recover=True)
            if sitemap.full:
                break
        damage = f"broken XML, read as far as it goes: {damage}"
    lost = lost or (_TOO_MANY if sitemap.full else damage)
    return reading(sitemap.leads(), if_empty="no addresses", lost=lost)


class _Sitemap:
    """What was read of one sitemap so far."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.own_key = url_key(url)
        self.pages: dict[str, Lead] = {}
        #: alternates by key; most are pages of the same sitemap too, and then say nothing new
        self.alternates: dict[str, Lead] = {}
        self.full = False

    def read(self, body: bytes, *, recover: bool) -> str | None:
        """Read *body* up to its end or first fault; returns the fault."""
        events = etree.iterparse(
            BytesIO(body),
            events=("end",),
            tag=("{*}url", "{*}sitemap"),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
            recover=recover,
        )
        take: dict[str, Callable[[etree._Element], None]] = {"url": self._take_page, "sitemap": self._take_sitemap}
        try:
            for _, element in events:
                if len(self.pages) >= MAX_URLS:
                    self.full = True
                    return None
                take[_local(element)](element)
                # Emptying alone would leave 50,000 empty elements under the root.
                element.clear(keep_tail=False)
                while element.getprevious() is not None:
                    del element.getparent()[0]
        except etree.XMLSyntaxError as error:
            return str(error.msg)
        return None

    def leads(self) -> list[Lead]:
        """The pages in the sitemap's order, then the alternates that it does not list itself."""
        others = (lead for key, lead in self.alternates.items() if key not in self.pages)
        ranked = [replace(lead, rank=n) for n, lead in enumerate(others, start=len(self.pages) + 1)]
        return [*self.pages.values(), *ranked][:MAX_URLS]

    def _take_page(self, element: etree._Element) -> None:
        page = absolute(self.url, _child_text(element, "loc"))
        if page is None or is_media(page):
            return
        key = url_key(page)
        news = next((child for child in element if _local(child) == "news"), None)
        lead = Lead(url=page, source="sitemap", query=self.url, rank=len(self.pages) + 1, note=_lastmod(element))
        if news is not None:
            publication = next((child for child in news if _local(child) == "publication"), None)
            lead = replace(
                lead,
                source="news_sitemap",
                title=plain(_child_text(news, "title")),
                published=parse_time(_child_text(news, "publication_date")),
                language=language_tag(_child_text(publication, "language")),
                outlet=plain(_child_text(publication, "name")),
            )
        for alternate, language in self._alternates(element):
            if url_key(alternate) == key:
                lead = replace(lead, language=lead.language or language)
            elif len(self.alternates) < MAX_URLS:
                note = f"alternate of {page}"
                self.alternates.setdefault(
                    url_key(alternate), Lead(alternate, "hreflang", self.url, language=language, note=note)
                )
        self.pages.setdefault(key, lead)

    def _alternates(self, element: etree._Element) -> list[tuple[str, str]]:
        found = []
        for link in element:
            if _local(link) == "link" and (link.get("rel") or "alternate").lower() == "alternate":
                language = language_tag(link.get("hreflang"))  # x-default is a page for choosing
                address = absolute(self.url, link.get("href") or "")
                if language and address:
                    found.append((address, language))
        return found

    def _take_sitemap(self, element: etree._Element) -> None:
        # Some indexes leave <loc> out and put the address right into <sitemap>.
        address = absolute(self.url, _child_text(element, "loc") or element.text or "")
        if address is None or url_key(address) == self.own_key:  # an index that names itself is no news
            return
        rank = len(self.pages) + 1
        lead = Lead(address, "sitemap", self.url, purpose="sitemap", rank=rank, note=_lastmod(element))
        self.pages.setdefault(url_key(address), lead)


def _local(element: etree._Element) -> str:
    return _name(element.tag)[1]


@lru_cache(maxsize=256)  # a sitemap has ten names and half a million elements
def _name(tag: object) -> tuple[str, str]:
    """Namespace, or the prefix that nobody declared, and the name without them, in lower case."""
    if not isinstance(tag, str):  # an entity of a DTD that was not loaded
        return "", ""
    namespace, _, name = tag.rpartition("}")
    prefix, _, local = name.rpartition(":")
    return namespace + prefix, local.lower()


def _child_text(element: etree._Element | None, name: str) -> str:
    """Text of the first child *name* of the element's own namespace: `image:loc` is no page."""
    if element is not None:
        wanted = (_name(element.tag)[0], name)
        for child in element:
            if _name(child.tag) == wanted and child.text and (text := child.text.strip()):
                return str(text)
    return ""


def _lastmod(element: etree._Element) -> str | None:
    text = _child_text(element, "lastmod")
    return f"lastmod {text[:40]}" if text else None


def _text_sitemap(body: bytes, url: str, lost: str | None) -> SourceReading:
    pages: dict[str, Lead] = {}
    lines = other = 0
    text = decode(body)
    if lost:
        text = text[: text.rfind("\n") + 1]  # half an address is an address too, but another one
    for line in text.splitlines():
        if not line.strip():
            continue
        lines += 1
        # A list holds whole addresses; a relative one would make a page of every line of prose.
        address = absolute(url, line) if line.lstrip().lower().startswith(("http://", "https://")) else None
        if address is None:
            other += 1
            if other > 100 > 10 * len(pages):
                break
        elif len(pages) >= MAX_URLS:
            lost = lost or _TOO_MANY
            break
        else:
            pages.setdefault(url_key(address), Lead(address, "sitemap", url))
    if other * 2 > lines:
        return unreadable("neither XML nor a list of addresses")
    leads = [replace(lead, rank=rank) for rank, lead in enumerate(pages.values(), start=1)]
    return reading(leads, if_empty="no addresses", lost=lost)
