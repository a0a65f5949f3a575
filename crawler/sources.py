"""From a source's answer to what it named, or to why it named nothing. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from w3lib.encoding import http_content_type_encoding

from archive.store import SourceOutcome
from archive.types import Capture, Lead, Purpose
from crawler.discovery.feeds import leads_from_feed
from crawler.discovery.front_page import leads_from_front_page
from crawler.discovery.reading import SourceReading
from crawler.discovery.robots import sitemaps_from_robots
from crawler.discovery.sitemaps import leads_from_sitemap


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What became of a source in this run: what it named, or why it named nothing."""

    leads: tuple[Lead, ...]
    outcome: SourceOutcome
    reason: str | None = None


READERS: Mapping[Purpose, Callable[[bytes, str, str | None], SourceReading]] = {
    "feed": leads_from_feed,
    "front_page": leads_from_front_page,
    # These two are UTF-8 by their standards, whatever the header says.
    "sitemap": lambda body, url, charset: leads_from_sitemap(body, url),
    "robots": lambda body, url, charset: sitemaps_from_robots(body, url),
}


def read_source(capture: Capture) -> SourceResult | None:
    """What a source named; None for a page, which is read after the crawl."""
    if capture.purpose == "page":
        return None
    if capture.error_class is not None:
        return SourceResult((), "failed", f"{capture.error_class}: {capture.error_detail}")
    if capture.not_modified:
        return SourceResult((), "unchanged")
    if capture.status is None or not 200 <= capture.status < 300:
        outcome: SourceOutcome = "empty" if capture.purpose == "robots" and capture.status in (404, 410) else "failed"
        return SourceResult((), outcome, f"it answered {capture.status}")
    reading = parse_leads(capture)
    return SourceResult(reading.leads, reading.outcome, reading.reason)


def parse_leads(capture: Capture) -> SourceReading:
    """The leads in a source's body, read from the address that answered in the end."""
    charset = http_content_type_encoding(capture.header("content-type"))
    return READERS[capture.purpose](capture.body or b"", capture.final_url or capture.url, charset)
