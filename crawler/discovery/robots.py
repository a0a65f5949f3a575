"""Sitemaps that robots.txt names. What it allows to fetch is decided elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace

from archive.types import Lead
from archive.urls import absolute, url_key
from crawler.discovery.reading import SourceReading, decode, reading, unreadable

MAX_READ = 500 * 1024
"""RFC 9309 asks for at least 500 KiB to be read."""

# Names as Google's parser takes them, which webmasters write for: any case, "site-map", a space for the colon.
_SITEMAP = re.compile(r"[ \t\ufeff]*site-?map(?:[ \t]*:|[ \t]+(?=https?:))[ \t]*(\S[^\r\n]*)", re.IGNORECASE)


def sitemaps_from_robots(body: bytes, url: str) -> SourceReading:
    """The sitemaps that the robots.txt *body*, found at *url*, names. Relative addresses are wrong, but taken."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return unreadable("an HTML page, not a robots.txt")
    lost = "longer than 500 KiB, only the beginning was read" if len(body) > MAX_READ else None
    found: dict[str, Lead] = {}
    for line in re.split(r"[\r\n]+", decode(body[:MAX_READ])):
        match = _SITEMAP.match(line)
        if match:
            # A comment begins at a "#" after a blank; without the blank it belongs to the address.
            address = absolute(url, re.split(r"\s#", match[1])[0])
            if address:
                found.setdefault(url_key(address), Lead(address, "robots", url, purpose="sitemap"))
    leads = [replace(lead, rank=rank) for rank, lead in enumerate(found.values(), start=1)]
    return reading(leads, if_empty="names no sitemap", lost=lost)
