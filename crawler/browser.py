"""Pages that show nothing until a script ran: `browser = true` of an outlet in a watch, by way of scrapy-playwright.

::

    answer ─► shows its article? ── yes ──────────────────────────────────► capture of the answer
                    │ no
                    ▼
    page in Chromium ══ asks for a script or data ══► Scrapy: guard, hold, robots, redirects, size, time ══► server
                    │
                    ▼
    document as it stands when nothing is asked any more ─► capture: status and headers of the answer, body as rendered

The browser has no network. It is handed the answer that the crawl got, and whatever it asks for is fetched by the crawl
itself, through the same middlewares as a page: so an address that is refused to the crawl is refused to a script, and the
address that was judged is the one that is connected to. What goes past the interception (a redirect inside the browser,
a WebSocket, WebRTC, a prefetch) finds neither a name server nor a proxy that exists.

Only scripts and the data they ask for with GET are fetched; images, styles, frames and beacons show no text.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from scrapy import Request, signals
from scrapy.exceptions import NotConfigured
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding

from archive.exceptions import ConfigError
from archive.quality import SHORT_PAGE, judge, may_be_html
from archive.times import utc_now
from archive.types import Extraction, Headers
from archive.urls import registrable_domain
from crawler.fetch import (
    FETCH_ERRORS,
    PARTS_SLOT,
    Ask,
    GivenBack,
    NotFetched,
    Rendering,
    classify,
    decode_body,
    header_pairs,
    make_request,
)
from crawler.guard import IPNetwork, parse_allowed, url_refusal
from crawler.spiders.base import ArchiveSpider

if TYPE_CHECKING:
    from typing import Self

    from playwright.async_api import BrowserContext, Page, Route, WebSocketRoute
    from playwright.async_api import Request as BrowserRequest
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler  # type: ignore[import-untyped]

logger = logging.getLogger(__name__)

# What a page does wrong is a capture; a warning with a traceback for each would only repeat it.
logging.getLogger("scrapy-playwright").setLevel(logging.ERROR)

EXECUTABLE_VARIABLE: Final = "AFTERPRINT_BROWSER"
"""The environment variable that names the browser's executable, where it is not found by name."""

EXECUTABLES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

PAGES_AT_ONCE: Final = 2
"""Each page is a process of some 100 MB."""

MAX_PARTS: Final = 100
"""Scripts and data that one page may ask for. The heaviest news pages ask for some 80, advertising included."""

QUIET_SECONDS: Final = 0.5
"""So long nothing is asked for before the page counts as finished: what Playwright calls "networkidle"."""

STARTING_SECONDS: Final = 60.0
"""So long the browser may take to start and to open an empty page: on a busy machine some ten."""

CLOSING_SECONDS: Final = 10.0
"""A page that is stuck in a script is closed within a second; after this the browser itself is ended."""

PARTS: Final = frozenset(("script", "xhr", "fetch"))
"""What a page may ask for, in Playwright's words."""

_RENDERABLE: Final = frozenset(("no_text", "old_browser", "soft_404:front_page"))
"""What is seen of a frame that waits for its scripts. Walls and checks are not among it: they are recorded, never climbed.
Frames call themselves the front page, for they are the same for all addresses of a site."""

_NOT_FORWARDED: Final = frozenset(
    (
        "accept-encoding",
        "connection",
        "content-length",
        "cookie",
        "host",
        "if-modified-since",
        "if-none-match",
        "user-agent",
    )
)
_NOT_HANDED_OVER: Final = frozenset(
    (
        "content-encoding",
        "content-length",
        "transfer-encoding",
        "connection",
        "set-cookie",
        "location",
        "refresh",
        "link",
    )
)
"""Headers that do not fit what is handed to the browser: encodings are undone, cookies are not kept, and nothing is to be
loaded by a header."""

_LAUNCH: Final = {
    "args": [
        # No way out but through the crawl: no name resolves, not even that of the proxy, and no address is exempt from it.
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--proxy-server=http://no-network.invalid:9",
        "--proxy-bypass-list=<-loopback>",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--disable-quic",
        "--js-flags=--max-old-space-size=256",  # MB of a page's JavaScript
    ],
    # Ctrl-C asks the crawl for a clean stop, and the crawl closes the browser.
    "handle_sigint": False,
    "handle_sigterm": False,
    "handle_sighup": False,
}


# --- decisions -------------------------------------------------------------------------------------


def needs_browser(url: str, final_url: str, status: int, headers: Headers, body: bytes) -> bool:
    """Whether the answer is a frame that its scripts are to fill.

    It is not if an article stands in it, in its markup or in embedded JSON, that is longer than what may be a teaser; nor
    if the server said that there is none, or that we may not see it.
    """
    from archive.histories import read_body  # loads the extractor: only where a page may need a browser

    content_type = next((value for name, value in headers if name == "content-type"), None)
    media_type = content_type.partition(";")[0].strip().lower() if content_type else None
    if not 200 <= status < 300 or not may_be_html(media_type) or not body:
        return False
    reading = read_body(body, final_url, content_type)
    extraction = reading if isinstance(reading, Extraction) else None
    quality = judge(
        status=status,
        headers=headers,
        media_type=media_type,
        url=url,
        final_url=final_url,
        extraction=extraction,
        body=body,
    )
    if not quality.good:
        return set(quality.reasons) <= _RENDERABLE
    assert extraction is not None
    return extraction.path not in ("article", "json") or len(extraction.text) <= SHORT_PAGE


def encoded(html: str, headers: Headers) -> bytes:
    """A document in the encoding that its headers, or it itself, declare, so that both still fit; UTF-8 if none does.

    >>> encoded("<p>Ø ☃", (("content-type", "text/html; charset=iso-8859-1"),))
    b'<p>\\xd8 &#8364;'
    """
    content_type = next((value for name, value in headers if name == "content-type"), "")
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(html[:4096])
    return html.encode(declared or "utf-8", "xmlcharrefreplace")


def executable(environment: Mapping[str, str]) -> str:
    """The browser's executable: what the environment names, else the first that is installed.

    Raises:
        ConfigError: there is none.
    """
    named = environment.get(EXECUTABLE_VARIABLE)
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, EXECUTABLES)), None)
    if found is None:
        raise ConfigError(
            f"{named} ({EXECUTABLE_VARIABLE}) is no program" if named else "pages need a browser, and there is none",
            place="browser = true",
            remedy=f"Install Chromium (on Debian: apt install chromium), or name its executable in {EXECUTABLE_VARIABLE}.",
        )
    return found


def settings_for_browser(environment: Mapping[str, str]) -> dict[str, Any]:
    """Scrapy settings with which pages can be opened in a browser.

    Raises:
        ConfigError: scrapy-playwright or a browser is missing.
    """
    if find_spec("scrapy_playwright") is None:
        raise ConfigError(
            "pages need a browser, and scrapy-playwright is not installed",
            place="browser = true",
            remedy="Install it with: pip install 'afterprint[browser]'",
        )
    launch = {**_LAUNCH, "executable_path": executable(environment)}
    # Chromium refuses to start its sandbox as root.
    launch["chromium_sandbox"] = os.geteuid() != 0
    return {
        "PLAYWRIGHT_LAUNCH_OPTIONS": launch,
        # Whatever our own interception has not answered: nothing should come so far.
        "PLAYWRIGHT_ABORT_REQUEST": lambda request: True,
    }


# --- one page --------------------------------------------------------------------------------------


@dataclass
class _Visit:
    """One page in the browser: what it asks for, and what it gets. (Playwright writes to the owner of a handler: no slots.)"""

    spider: ArchiveSpider
    allowed: tuple[IPNetwork, ...]
    answer: Response
    body: bytes
    seconds: float
    #: what ends the visit
    clock: asyncio.Timeout = field(default_factory=lambda: asyncio.timeout(STARTING_SECONDS))
    #: whether it stands between the page and the network
    begun: bool = False
    parts: int = 0
    #: bytes that it may still get
    room: int = 0
    waiting: int = 0
    #: when it last asked for something or got it, by `time.monotonic`
    last: float = 0.0
    #: the answer was handed over
    opened: bool = False
    #: what it did not get, by address, and why
    refused: dict[str, str] = field(default_factory=dict)

    async def begin(self, page: Page, request: Request) -> None:
        """Stand between the page and the network. scrapy-playwright calls this before it opens the page."""
        context = page.context
        context.on("page", _close)
        await context.route("**", _abort)  # windows that the page opens
        await page.route("**", self.give)
        await page.route_web_socket("**", _hang_up)
        self.begun = True
        self.clock.reschedule(asyncio.get_running_loop().time() + self.seconds)

    async def give(self, route: Route) -> None:
        """Answer one request of the page."""
        request = route.request
        self.last = time.monotonic()
        self.waiting += 1
        try:
            if not self.opened and request.is_navigation_request():
                self.opened = True
                headers = dict(_handed_over(header_pairs(self.answer.headers)))
                await route.fulfill(status=self.answer.status, headers=headers, body=self.body)
            elif request.resource_type not in PARTS or request.method != "GET":
                await _abort(route)
            else:
                await self._give_part(route, request)
        except _playwright_error() as error:
            logger.debug("The page of %s went while it waited for %s: %s", self.answer.url, request.url, error)
        finally:
            self.waiting -= 1
            self.last = time.monotonic()

    async def _give_part(self, route: Route, request: BrowserRequest) -> None:
        try:
            response, body = await self._fetch(request)
        except GivenBack as error:
            self.refused[request.url] = str(error)
        except FETCH_ERRORS as error:
            self.refused[request.url] = classify(error)[1]
        else:
            headers = dict(_handed_over(header_pairs(response.headers)))
            await route.fulfill(status=response.status, headers=headers, body=body)
            return
        await route.abort("failed")

    async def _fetch(self, asked: BrowserRequest) -> tuple[Response, bytes]:
        if (reason := url_refusal(asked.url, self.allowed)) is not None:
            raise NotFetched("guard", reason)
        if self.parts >= MAX_PARTS:
            raise NotFetched("budget", f"the page asks for more than {MAX_PARTS} files")
        if self.room <= 0:
            raise NotFetched("budget", "the page's files are larger together than what is downloaded")
        self.parts += 1
        request = make_request(Ask(asked.url, "page"), self.spider.user_agent, slot=PARTS_SLOT)
        forwarded = {name: value for name, value in asked.headers.items() if name.lower() not in _NOT_FORWARDED}
        request.headers.update(forwarded)
        engine = self.spider.crawler.engine
        assert engine is not None
        response = await engine.download_async(request)
        body = decode_body(response.body, header_pairs(response.headers), self.room)
        self.room -= len(body)
        return response, body

    async def settle(self, page: Page) -> None:
        """Return once the page has asked for nothing for a while. A page that never rests runs into the visit's time."""
        while self.waiting or time.monotonic() - self.last < QUIET_SECONDS:
            await asyncio.sleep(0.05)

    @property
    def detail(self) -> str | None:
        """What the page did not get, in words."""
        if not self.refused:
            return None
        named = [f"{url[:200]} ({reason})" for url, reason in list(self.refused.items())[:3]]
        more = f" and {len(self.refused) - 3} more" if len(self.refused) > 3 else ""
        return f"rendered without {'; '.join(named)}{more}"


def _handed_over(headers: Headers) -> Iterator[tuple[str, str]]:
    joined: dict[str, str] = {}
    for name, value in headers:
        if name not in _NOT_HANDED_OVER:
            joined[name] = f"{joined[name]}, {value}" if name in joined else value
    yield from joined.items()


async def _abort(route: Route) -> None:
    """Refuse it in the way that leaves the page as it is: after other failures Chromium shows a page of its own."""
    await route.abort("aborted")


async def _close(page: Page) -> None:
    await page.close()


def _hang_up(socket: WebSocketRoute) -> None:
    """Never connected: a WebSocket is no page."""


def _playwright_error() -> type[Exception]:
    from playwright.async_api import Error

    return Error


# --- all pages -------------------------------------------------------------------------------------


class BrowserMiddleware:
    """Opens the pages of outlets with `browser = true` whose answer shows no article."""

    def __init__(self, crawler: Crawler, handler: ScrapyPlaywrightDownloadHandler) -> None:
        assert isinstance(crawler.spider, ArchiveSpider)
        self.spider = crawler.spider
        self.handler = handler
        self.allowed = parse_allowed(self.spider.watch.politeness.allow_private)
        self.seconds = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._places = asyncio.Semaphore(PAGES_AT_ONCE)
        self._numbers = count(1)
        crawler.signals.connect(self.close, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert isinstance(crawler.spider, ArchiveSpider)
        if not crawler.spider.watch.browser:
            raise NotConfigured
        from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

        # Not under DOWNLOAD_HANDLERS: there it would take the place of ours for all outlets. It starts with the engine.
        return cls(crawler, ScrapyPlaywrightDownloadHandler.from_crawler(crawler))

    async def close(self) -> None:
        await self.handler.close()

    async def process_response(self, request: Request, response: Response) -> Response:
        ask = Ask.of(request)
        if ask is None or ask.entry is None or ask.purpose != "page" or not self._is_wanted(ask.url, response.url):
            return response
        headers = header_pairs(response.headers)
        try:
            body = decode_body(response.body, headers, self.spider.max_size)
        except NotFetched:
            return response  # its capture will say so
        if await asyncio.to_thread(needs_browser, ask.url, response.url, response.status, headers, body):
            async with self._places:
                visit = _Visit(self.spider, self.allowed, response, body, self.seconds, room=self.spider.max_size)
                ask.rendering = await self._render(visit)
            ask.ended(utc_now())
        return response

    def _is_wanted(self, *urls: str) -> bool:
        return any(registrable_domain(url) in self.spider.watch.browser for url in urls)

    async def _render(self, visit: _Visit) -> Rendering:
        from scrapy_playwright.page import PageMethod  # type: ignore[import-untyped]

        name = f"page {next(self._numbers)}"
        request = Request(
            visit.answer.url,
            headers={"User-Agent": self.spider.user_agent},
            meta={
                "playwright": True,
                # Each page in a context of its own: no cookies, nothing cached, as a stranger sees it.
                "playwright_context": name,
                "playwright_context_kwargs": {
                    "user_agent": self.spider.user_agent,
                    "service_workers": "block",
                    "accept_downloads": False,
                },
                "playwright_page_init_callback": visit.begin,
                "playwright_page_methods": [PageMethod(visit.settle)],
                "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded"},
            },
        )
        try:
            async with visit.clock:
                rendered = await self.handler.download_request(request)
            body = encoded(rendered.text, header_pairs(visit.answer.headers))
        except TimeoutError:
            within = visit.seconds if visit.begun else STARTING_SECONDS
            return Rendering(self._label(), error=NotFetched("browser", f"not rendered within {within:.0f} s"))
        except (_playwright_error(), LookupError, RuntimeError, ValueError) as error:
            # scrapy-playwright raises a RuntimeError where a page offers a file to save, and a ValueError for half of a
            # surrogate pair, which is in no encoding.
            cause = str(error).splitlines()[0] if str(error) else type(error).__name__
            if not visit.begun:
                logger.error("No page of %s was opened: %s", visit.answer.url, cause)
            return Rendering(self._label(), error=NotFetched("browser", f"the browser failed: {cause}"))
        finally:
            await self._close(name)
        if len(body) > self.spider.max_size:
            too_large = NotFetched("too_large", f"more than {self.spider.max_size} bytes once rendered")
            return Rendering(self._label(), error=too_large)
        return Rendering(self._label(), body, visit.detail)

    async def _close(self, name: str) -> None:
        """End the page's context, however the page was left."""
        wrapper = self.handler.context_wrappers.get(name)
        if wrapper is None:
            return
        context: BrowserContext = wrapper.context
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                await context.close()
        except (TimeoutError, _playwright_error()) as error:
            logger.warning("The browser is ended: a page could not be closed (%s)", error or "no answer")
            await self.handler.browser.close()

    def _label(self) -> str:
        browser = getattr(self.handler, "browser", None)  # absent until it was first started
        name = f"{browser.browser_type.name} {browser.version}, " if browser is not None else ""
        return f"{name}scrapy-playwright {version('scrapy-playwright')}"


def configure(settings: BaseSettings, environment: Mapping[str, str] = os.environ) -> None:
    """Have this crawl open pages in a browser. Called by the spider, before the engine is made."""
    for name, value in settings_for_browser(environment).items():
        settings.set(name, value, priority="spider")
