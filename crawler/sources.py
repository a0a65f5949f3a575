"""From a source's answer to what it named, or to why it named nothing. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from w3lib.encoding import http_content_type_encoding

from archive.store import SourceOutcome
from archive.types import Capture, Lead, Purpose
from crawler.discovery.feeds import leads_from_feed
from crawler.discovery.front_page import leads_from_front_page
from crawler.discovery.reading import SourceReading
from crawler.discovery.robots import sitemaps_from_robots
from crawler.discovery.search import Answer
from crawler.discovery.sitemaps import leads_from_sitemap

if TYPE_CHECKING:
    from crawler.discovery.search import SearchSource


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


def read_source(capture: Capture, asked: SearchSource | None = None) -> SourceResult | None:
    """What a source named; None for a page, which is read after the crawl.

    *asked* is the source whose answer a capture of purpose "search" is.
    """
    if capture.purpose in ("page", "memento", "warc_record"):
        return None
    if capture.error_class == "robots":
        return SourceResult((), "refused", capture.error_detail)
    if capture.error_class is not None:
        return SourceResult((), "failed", f"{capture.error_class}: {capture.error_detail}")
    if capture.not_modified:
        return SourceResult((), "unchanged")
    if capture.purpose == "search":
        assert asked is not None, "only requests to the watch's sources are taken from the frontier"
        return _read_answer(capture, asked)
    if capture.status == 429 and capture.retry_at is not None:
        return SourceResult(
            (), "limited", f"it answered 429; left alone until {capture.retry_at:%Y-%m-%d %H:%M:%S} UTC"
        )
    if capture.status is None or not 200 <= capture.status < 300:
        outcome: SourceOutcome = "empty" if capture.purpose == "robots" and capture.status in (404, 410) else "failed"
        return SourceResult((), outcome, f"it answered {capture.status}")
    reading = parse_leads(capture)
    return SourceResult(reading.leads, reading.outcome, reading.reason)


def parse_leads(capture: Capture) -> SourceReading:
    """The leads in a source's body, read from the address that answered in the end."""
    return READERS[capture.purpose](capture.body or b"", capture.final_url or capture.url, _charset(capture))


def _read_answer(capture: Capture, asked: SearchSource) -> SourceResult:
    """What an answer means whose source could or could not make anything of it."""
    status = capture.status or 0
    reading = asked.read(
        Answer(
            url=capture.url,
            final_url=capture.final_url or capture.url,
            status=status,
            headers=capture.headers,
            body=capture.body or b"",
            charset=_charset(capture),
        )
    )
    outcome: SourceOutcome = reading.outcome
    if outcome == "unreadable":
        if status == 429 or (status == 503 and capture.header("retry-after")):
            outcome = "limited"
        elif status >= 500:
            outcome = "failed"
        elif status in (401, 403, 451):
            outcome = "refused"
    return SourceResult(reading.leads, outcome, reading.reason)


def _charset(capture: Capture) -> str | None:
    return http_content_type_encoding(capture.header("content-type"))
