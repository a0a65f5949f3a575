"""Leads out of one captured copy: where it says it comes from, its other languages, its links to the story.

Pure. A page's word about itself is no evidence; the guards keep out what only a broken template says.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from archive.types import Lead, Link, Markup, Source
from archive.urls import host_port, is_home, registrable_domain, url_key
from crawler.discovery.reading import is_media, language_tag, plain

MAX_FOREIGN_SITES = 10
"""A publisher's editions stand on a few domains; hreflang over more of them is a link farm."""

# Hosts that serve other people's pages under a second name, and hosts that have no pages with text.
# From real canonicals that were no republications: fox13now.com -> localtvkstu.wordpress.com, videos of youtube.com.
_BACKENDS = re.compile(
    r"(?:.+\.)?(?:ampproject\.(?:org|net)|bing-amp\.com|cloudfront\.net|amazonaws\.com|akamai(?:zed|hd|)\.net|edgesuite\.net"
    r"|fastly\.net|azureedge\.net|azurewebsites\.net|googleusercontent\.com|translate\.goog|herokuapp\.com|wpengine\.com"
    r"|wpenginepowered\.com|pantheonsite\.io|netlify\.app|vercel\.app|wordpress\.com|wpcomstaging\.com|wp\.com"
    r"|youtube\.com|youtu\.be|vimeo\.com|web\.archive\.org|archive\.(?:is|ph|today))"
)
_ADDRESS_OF_A_MACHINE = re.compile(r"\[.*\]|[\d.]+|[^.]+|.+\.(?:local|lan|internal|intranet)")


def leads_from_markup(
    markup: Markup,
    links: Sequence[Link],
    page_url: str,
    story_urls: Collection[str] = (),
    short_ids: Collection[str] = (),
    credits: Sequence[str] = (),
) -> tuple[Lead, ...]:
    """What the copy at *page_url*, with *markup* and *links* in its text, leads to; never to itself.

    *story_urls* are the known addresses of the story, *short_ids* the ids its publisher gave it, *credits* the page's lines
    that say where it appeared before: a copy of a copy links to what it copied.
    """
    leads: dict[tuple[Source, str], Lead] = {}

    def add(source: Source, url: str, language: str | None = None, title: str | None = None, note: str = "") -> None:
        lead = Lead(url, source, page_url, title=title, language=language, note=note or None)
        leads.setdefault((source, url_key(url)), lead)

    declared: tuple[tuple[Source, str | None], ...] = (
        ("canonical", markup.canonical),
        ("original_source", markup.original_source),
        ("syndication_source", markup.syndication_source),
    )
    for source, url in declared:
        if url and _is_other_page(url, page_url):
            foreign = registrable_domain(url) != registrable_domain(page_url)
            add(source, url, note="the page names another site as its own address" if foreign else "")
    if markup.amp and _is_other_page(markup.amp, page_url):
        add("amp", markup.amp)
    for language, url in _alternates(markup, page_url):
        add("hreflang", url, language)
    story_keys = {url_key(url) for url in story_urls}
    for link in links:
        reason = _why_followed(link.url, story_keys, short_ids)
        if reason and url_key(link.url) != url_key(page_url):
            add("link", link.url, title=plain(link.text), note=reason)
        elif not reason and _is_other_page(link.url, page_url) and (line := _line_of(link, credits)):
            add("link", link.url, note=f"the credit “{line}” links to it")
    return tuple(leads.values())


def _alternates(markup: Markup, page_url: str) -> list[tuple[str, str]]:
    """The page in other languages: neither itself nor the page for choosing one."""
    site = registrable_domain(page_url)
    found = [
        (language, url)
        for written, url in markup.alternates
        if (language := language_tag(written)) and _is_other_page(url, page_url)
    ]
    foreign_sites = {registrable_domain(url) for _, url in found} - {site}
    if len(foreign_sites) > MAX_FOREIGN_SITES:
        return [(language, url) for language, url in found if registrable_domain(url) == site]
    return found


def _is_other_page(url: str, page_url: str) -> bool:
    """Whether *url* is a page of its own that may hold the article: no front page, file, backend or bare machine."""
    if url_key(url) == url_key(page_url) or is_home(url) or is_media(url):
        return False
    if registrable_domain(url) == registrable_domain(page_url):
        return True
    place = host_port(url)
    return place is not None and not (_BACKENDS.fullmatch(place[0]) or _ADDRESS_OF_A_MACHINE.fullmatch(place[0]))


def _line_of(link: Link, credits: Sequence[str]) -> str | None:
    """The credit line in which *link* stands."""
    said = " ".join(link.text.split())
    return next((line for line in credits if said and said in " ".join(line.split())), None)


def _why_followed(url: str, story_keys: Collection[str], short_ids: Collection[str]) -> str | None:
    key = url_key(url)
    if key in story_keys:
        return "links to a known address of the story"
    path = key.partition("/")[2].partition("?")[0]
    for short_id in short_ids:
        # As a whole word: "qjkq9w" in /nl/article/qjkq9w/slug, and not in a longer id.
        if short_id and re.search(rf"(?<![A-Za-z0-9]){re.escape(short_id)}(?![A-Za-z0-9])", path):
            return f"its address holds the story's id {short_id}"
    return None
