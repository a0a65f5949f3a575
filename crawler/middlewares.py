"""What happens to a request on its way out and to an answer on its way in. One component, one job.

::

    Request ─► Guard ─► Hold ─► Robots ─► (the host's delay) ─► server
                                                                  │
    Response ◄──────────────────────────────── Redirect ◄─────────┘   a redirect starts again at the top

A component that ends a fetch raises `NotFetched`, which becomes a capture, or `GivenBack`, which does not: the URL
returns to the frontier.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scrapy import signals
from scrapy.exceptions import CannotResolveHostError
from w3lib.url import safe_url_string

from archive.times import utc_now
from archive.types import Redirect
from archive.urls import registrable_domain
from crawler.archived import is_memento
from crawler.asking import refusal_hold
from crawler.fetch import (
    FETCH_ERRORS,
    REDIRECT_STATUSES,
    Ask,
    GivenBack,
    NotFetched,
    capture_of_answer,
    capture_of_failure,
    header_pairs,
    make_request,
    redirected,
)
from crawler.guard import GuardedResolver, installed_resolver, parse_allowed, url_refusal
from crawler.politeness import (
    DEFAULT_HOLD,
    MAX_ROBOTS_REDIRECTS,
    Robots,
    host_key,
    read_robots,
    repeated_hold,
    retry_at,
    robots_failure,
)
from crawler.slots import give_back_queued, slow_down
from crawler.spiders.base import ArchiveSpider

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)


def spider_of(crawler: Crawler) -> ArchiveSpider:
    """The running spider, typed: these components serve ours only."""
    assert isinstance(crawler.spider, ArchiveSpider)
    return crawler.spider


class GuardMiddleware:
    """Refuses what `crawler.guard` refuses, and says so in its words."""

    def __init__(self, crawler: Crawler) -> None:
        self.allowed = parse_allowed(spider_of(crawler).watch.politeness.allow_private)
        self.resolver: GuardedResolver | None = None
        crawler.signals.connect(self.spider_opened, signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_opened(self) -> None:
        self.resolver = installed_resolver()
        if self.resolver is None:
            # Nothing is fetched then: see `process_request`.
            logger.error("The guarded resolver is not installed (TWISTED_DNS_RESOLVER); no name will be resolved.")
        else:
            self.resolver.allowed = self.allowed

    def process_request(self, request: Request) -> None:
        reason = url_refusal(request.url, self.allowed)
        if reason is None and self.resolver is None:
            reason = "the guarded resolver is not installed"
        if reason is not None:
            raise NotFetched("guard", reason)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Twisted says of a name that it led nowhere; the resolver knows why."""
        if self.resolver is None or not isinstance(exception, CannotResolveHostError):
            return
        host = urlsplit(request.url).hostname or ""
        if host in self.resolver.refusals:
            raise NotFetched("guard", f"{host}: {self.resolver.refusals[host]}") from exception
        cause = self.resolver.errors.get(host, "no address found")
        raise NotFetched("dns", f"{host}: {cause}") from exception


class HoldMiddleware:
    """Leaves a host alone that answered 429 or 503, until the moment it named.

    The hold is set before the host's next request can leave: Scrapy announces an answer before it looks into the
    queue again. What waits there for the same host goes back to the frontier.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.spider = spider_of(crawler)
        #: how often in a row a host has refused
        self.refusals: Counter[str] = Counter()
        crawler.signals.connect(self.response_downloaded, signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        host = host_key(request.url)
        until = self.spider.holds.until(host)
        if until is not None:
            raise GivenBack(f"{host} is held", until)

    def response_downloaded(self, response: Response, request: Request) -> None:
        host = host_key(request.url)
        if response.status not in DEFAULT_HOLD or is_memento(headers := header_pairs(response.headers)):
            if response.status < 400:
                self.refusals.pop(host, None)
            return
        ask = Ask.of(request)
        robots = ask is not None and ask.purpose == "robots"
        if robots and response.status == 503 and not response.headers.get("Retry-After"):
            return  # all pages of the host end with "robots" now: there is nothing left to hold
        now = utc_now()
        until = retry_at(response.status, headers, now)
        assert until is not None
        use = self.spider.desk.use_of(ask.entry) if ask is not None and ask.entry is not None else None
        until = max(until, refusal_hold(use, headers, now) or until)
        until = max(until, now + repeated_hold(self.refusals[host]))
        self.refusals[host] += 1
        self.spider.holds.hold(host, until, f"answered {response.status} to {request.url}")
        assert self.crawler.engine is not None
        give_back_queued(self.crawler.engine.downloader, GivenBack(f"{host} is held", until), host)


class RobotsMiddleware:
    """Obeys robots.txt as RFC 9309 has it, Crawl-delay too, and keeps each robots.txt as a capture.

    Read once a run for each scheme, host and port.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.spider = spider_of(crawler)
        self._robots: dict[str, Robots] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        ask = Ask.of(request)
        if ask is None or ask.purpose == "robots":
            return
        robots = await self.robots_for(request.url)
        refused = robots.refuses(request.url)
        if refused is not None:
            raise NotFetched(*refused)

    def process_response(self, request: Request, response: Response) -> Response:
        """A robots.txt that the frontier asked for need not be fetched again."""
        ask = Ask.of(request)
        if ask is not None and ask.purpose == "robots" and ask.entry is not None and response.status != 304:
            capture = capture_of_answer(ask, response, self.spider.max_size)
            if capture.error_class is None:
                self._remember(origin(ask.url), read_robots(response.status, capture.body))
        return response

    async def robots_for(self, url: str) -> Robots:
        """The rules for *url*'s host, fetched first if need be; several requests wait for one fetch."""
        key = origin(url)
        if key not in self._robots:
            async with self._locks.setdefault(key, asyncio.Lock()):
                if key not in self._robots:
                    self._remember(key, await self._fetch(key))
        return self._robots[key]

    def _remember(self, key: str, robots: Robots) -> None:
        self._robots[key] = robots
        delay = robots.crawl_delay
        if delay is not None:
            assert self.crawler.engine is not None
            slow_down(self.crawler.engine.downloader, registrable_domain(key), delay)

    async def _fetch(self, key: str) -> Robots:
        url = f"{key}/robots.txt"
        ask = Ask(url=url, purpose="robots")
        request = make_request(ask, self.spider.user_agent, slot=registrable_domain(url), priority=1)
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(request)
        except GivenBack:
            raise
        except FETCH_ERRORS as error:
            capture = capture_of_failure(ask, error, url)
        else:
            capture = capture_of_answer(ask, response, self.spider.max_size)
        captured = self.spider.captured(capture, ask)
        await self.crawler.engine.scraper.start_itemproc_async(captured, response=None)
        if capture.error_class is not None:
            return robots_failure(capture.error_class, capture.error_detail or "")
        return read_robots(capture.status or 0, capture.body)


def origin(url: str) -> str:
    """Scheme, host and port: what one robots.txt is valid for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


class RedirectMiddleware:
    """Follows redirects, one hop at a time, and keeps the chain. Meta refresh is left alone: it is the page's text."""

    def __init__(self, crawler: Crawler) -> None:
        self.max_times = crawler.settings.getint("REDIRECT_MAX_TIMES")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        ask = Ask.of(request)
        hop = next_hop(response)
        if ask is None or hop is None or is_memento(header_pairs(response.headers)):
            return response  # a redirect that an archive kept is what the page was: see crawler.archived
        limit = MAX_ROBOTS_REDIRECTS if ask.purpose == "robots" else self.max_times
        if len(ask.redirects) >= limit:
            raise NotFetched("too_many_redirects", f"more than {limit} redirects, the last to {hop.location}")
        ask.follow(hop)
        scheme = urlsplit(hop.location).scheme
        if scheme not in ("http", "https"):
            raise NotFetched("guard", f"redirects to {hop.location[:200]}: only http and https are fetched")
        return redirected(request, hop.location)


def next_hop(response: Response) -> Redirect | None:
    """Where *response* sends us, absolute; None if it is no redirect, or one without an address."""
    location = response.headers.get("Location")
    if response.status not in REDIRECT_STATUSES or not location:
        return None
    try:
        target = urljoin(response.url, safe_url_string(location.decode("utf-8", "replace").strip()))
    except ValueError:  # "http://[broken"
        return None
    return Redirect(url=response.url, status=response.status, location=target.partition("#")[0])
