"""The spider that takes its URLs from the archive's frontier.

Scrapy gets one URL at a time for each registrable domain, and only as many as are really on their way. All others
stay on the frontier, where a killed process loses none and a held host blocks nobody else::

    frontier ══ lease ══► buffer ─► in flight ─┬─► Captured ══ pipeline ══► archive
        ▲                   │                  │
        └═════ release ═════┴──────────────────┘   held host, budget, stop

A URL is asked once a run. The run ends when nothing is in flight and nothing falls due within its patience.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy import Request, Spider, signals

from archive.exceptions import AfterprintError, ConfigError, StoreError
from archive.store import ASKED
from archive.times import utc_now
from archive.types import Capture, FrontierEntry, Headers, Lead, Purpose
from crawler.archive_port import ArchivePort
from crawler.archived import leads_of, page_of
from crawler.asking import Desk, refusal_hold
from crawler.discovery.search import WithCredentials
from crawler.fetch import FETCH_ERRORS, Ask, GivenBack, capture_of_answer, capture_of_failure, make_request
from crawler.politeness import HostHolds, host_key, user_agent
from crawler.schedule import MAX_ATTEMPTS, back_off, next_due, next_due_of_kept
from crawler.slots import give_back_queued, slow_down
from crawler.sources import SourceResult, read_source
from crawler.watch import Schedule, Watch, load_watch

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from archive.store import RunSummary
    from crawler.seeding import LeadTriage, Seeded

logger = logging.getLogger(__name__)

LEASE_SECONDS = 1800.0
"""A leased URL waits behind at most `PER_DOMAIN` others of its domain, each at most a long Crawl-delay apart."""

PER_DOMAIN = 8
BUFFER = 64

SOURCES_FIRST_SECONDS = 20.0
"""So long new pages wait for the answers of the sources that are due, so that the likeliest of all are fetched first;
and longer while more new pages are known than the budget has room for."""

QUESTIONS_SHARE = 0.5
"""Of a run's budget, what questions to sources may take while anything else is due: the copies that they name must be
fetched too."""

JITTER_ROOM = 1.25
"""The slot's delay is this much longer than the watch's, so that with the jitter of 0.2 it is never shorter."""


@dataclass(frozen=True, slots=True)
class Captured:
    """What the pipeline writes: a capture and what follows from it for the crawl."""

    capture: Capture
    #: None for a page, and for a robots.txt fetched on the way
    source: SourceResult | None = None
    #: None if no frontier entry asked for it, or if it is not to be asked again
    next_due: datetime | None = None
    #: what else to fetch, where the capture is no source's answer
    leads: tuple[Lead, ...] = ()


class ArchiveSpider(Spider):
    """Base of all spiders here: `watch` and `archive` in, captures out.

    Spider arguments:
        watch: path of the watch file.
        archive: path of the archive, default "archive.db".
        budget: URLs to ask at most, default the watch's `max_pages`.
        again: "1" to ask all URLs of the story, due or not.
    """

    #: what this spider fetches
    purposes: ClassVar[frozenset[Purpose]] = frozenset(
        ("page", "feed", "sitemap", "robots", "front_page", "search", "memento", "warc_record")
    )
    #: whether the watch's own URLs and sources are put on the frontier first
    plants_seeds: ClassVar[bool] = True

    archive: ArchivePort
    holds: HostHolds
    desk: Desk
    run_id: int
    story_id: int
    #: the URLs of the questions that are put again when they are due
    questions: frozenset[str]
    #: scores the leads that come; None if this crawl looks for none
    triage: LeadTriage | None

    def __init__(
        self, watch: Watch, archive: str = "archive.db", budget: int | None = None, again: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.watch = watch
        self.archive_path = archive
        self.budget = watch.politeness.max_pages if budget is None else budget
        self.again = again
        self.user_agent = user_agent(watch.politeness.contact, version("afterprint"))
        self.max_size = 0
        self.patience = timedelta(0)
        self.max_in_flight = 1
        #: what made the run impossible, or ended it early
        self.error: AfterprintError | None = None
        self.summary: RunSummary | None = None
        #: URLs that the watch names itself and that failed, with the reason
        self.failed_given: list[tuple[str, str]] = []
        self.counts: Counter[str] = Counter()
        #: source -> captures of what it named
        self.fetched_of: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.in_flight: dict[int, FrontierEntry] = {}
        self._buffer: deque[FrontierEntry] = deque()
        self._aside: list[FrontierEntry] = []
        #: beyond their share of the budget; asked if it is not used up
        self._questions_aside: dict[int, FrontierEntry] = {}
        self._questions_sent = 0
        self._asked: set[int] = set()
        self._sent: Counter[str] = Counter()
        self._returning: set[datetime] = set()
        self._settled = asyncio.Event()
        self._next_lease = 0.0
        self._began = 0.0
        self._guardian: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Turn the arguments, which are strings on the command line, into their types; set what the watch says.

        Raises:
            ConfigError: the watch cannot be read, an argument is wrong, or pages need a browser and there is none.
        """
        settings = crawler.settings
        watch = kwargs.pop("watch", None)
        if watch is None:
            raise ConfigError("no watch named", place=cls.name, remedy="Add: -a watch=PATH")
        if not isinstance(watch, Watch):
            watch = load_watch(watch)
        spider = super().from_crawler(
            crawler,
            *args,
            watch=watch,
            budget=_whole_number("budget", kwargs.pop("budget", None)),
            again=str(kwargs.pop("again", "")).lower() in ("1", "true", "yes"),
            **kwargs,
        )
        settings.set("DOWNLOAD_DELAY", watch.politeness.delay * JITTER_ROOM, priority="spider")
        settings.set("USER_AGENT", spider.user_agent, priority="spider")
        if watch.browser:
            from crawler import browser  # only where it is needed: it asks for an optional package

            browser.configure(settings)
        spider.max_size = settings.getint("DOWNLOAD_MAXSIZE")
        spider.patience = timedelta(seconds=settings.getfloat("RUN_PATIENCE"))
        spider.max_in_flight = settings.getint("CONCURRENT_REQUESTS")
        crawler.signals.connect(spider._item_done, signals.item_scraped)
        crawler.signals.connect(spider._item_done, signals.item_error)
        crawler.signals.connect(spider._bug, signals.spider_error)
        return spider

    # --- begin and end: called by extensions.RunRecord -------------------------------------------

    def begin(self, archive: ArchivePort, *, run_id: int, seeded: Seeded) -> None:
        """Take the archive; from here on there are URLs to lease."""
        self.archive = archive
        self.run_id = run_id
        self.story_id = seeded.story_id
        self.questions = seeded.questions
        self.triage = seeded.triage
        self._began = time.monotonic()
        self.holds = HostHolds(archive, utc_now)
        asked = self.watch.sources.search if "search" in self.purposes else ()
        self.desk = Desk(asked, archive, utc_now())
        if self.again:
            archive.make_due(story_id=self.story_id, now=utc_now())
        self._guardian = asyncio.get_running_loop().create_task(self._empty_slots_when_stopped())

    def end(self) -> None:
        """Give back what is still leased: after this, the frontier is as if the rest had never been taken."""
        if self._guardian is not None:
            self._guardian.cancel()
        used_up = self.planned >= self.budget
        for entry in (*self._buffer, *self.in_flight.values()):
            self._give_back(entry, "stopped")
        for entry in (*self._aside, *self._questions_aside.values()):
            self.archive.release(entry, due_at=entry.due_at, reason="not asked by this run")
        self._buffer.clear()
        self.in_flight.clear()
        self._aside.clear()
        self._questions_aside.clear()
        if used_up and (due := self.archive.frontier_state(self.story_id, utc_now()).due):
            self.skipped["budget"] = due

    @property
    def planned(self) -> int:
        """URLs that were asked in this run."""
        return len(self._asked)

    def fail(self, error: AfterprintError) -> None:
        """End the crawl because of *error*."""
        if self.error is None:
            self.error = error
            engine = self.crawler.engine
            assert engine is not None
            give_back_queued(engine.downloader, GivenBack("stopped"))
            self._closing = asyncio.get_running_loop().create_task(engine.close_spider_async(reason="failed"))

    # --- out -------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        try:
            while self.error is None:
                entry = self._next_entry()
                if entry is not None:
                    yield self._request(entry)
                elif not await self._wait():
                    return
        except StoreError as error:
            self.fail(error)

    def _request(self, entry: FrontierEntry) -> Request:
        self.in_flight[entry.id] = entry
        self._asked.add(entry.id)
        self._sent[entry.domain] += 1
        self._questions_sent += entry.purpose in ASKED
        self.desk.asked(entry)
        own_headers: Headers = ()
        if (use := self.desk.use_of(entry)) is not None:
            assert self.crawler.engine is not None
            slow_down(self.crawler.engine.downloader, entry.domain, use.manners.delay)
            if isinstance(use.source, WithCredentials):
                own_headers = use.source.request_headers(entry.url, use.settings["url"], os.environ)
        ask = Ask(url=entry.url, purpose=entry.purpose, entry=entry)
        request = make_request(ask, self.user_agent, slot=entry.domain, own_headers=own_headers)
        request.callback = self.answered
        request.errback = self.failed
        return request

    def _next_entry(self) -> FrontierEntry | None:
        """A URL that may be asked now, None if there is none just now."""
        if self.planned >= self.budget:
            while self._buffer:
                self._give_back(self._buffer.popleft(), "budget")
            return None
        if len(self.in_flight) >= self.max_in_flight:
            return None
        return self._take() or (self._lease() and self._take()) or None

    def _take(self) -> FrontierEntry | None:
        busy = {entry.domain for entry in self.in_flight.values()}
        for _ in range(len(self._buffer)):
            entry = self._buffer.popleft()
            until = self.holds.until(host_key(entry.url))
            if until is not None:
                self._give_back(entry, "held", until)
            elif (until := self.desk.closed_until(entry, utc_now())) is not None:
                self._give_back(entry, "daily budget", until)
            elif self._exhausted(entry.domain):
                self.skipped["host budget"] += 1
                self._aside.append(entry)
            elif entry.domain in busy:
                self._buffer.append(entry)
            else:
                return entry
        return None

    def _lease(self) -> bool:
        """Fill the buffer from the frontier; whether that brought anything."""
        if time.monotonic() < self._next_lease:
            return False
        state = self.archive.frontier_state(self.story_id, utc_now())
        if state.due > state.new_pages and self._lease_some(new_pages=False):
            return True
        left = self.budget - self.planned - len(self._buffer)
        scarce = state.new_pages > left
        if not state.new_pages or left <= 0 or self._waits_for_sources(scarce):
            brought = False
        else:
            brought = self._lease_some(new_pages=True, most=left, scarce=scarce)
        if brought or self._take_up_questions():
            return True
        # Asked again when something may have changed (see `_settle`), or when a second has passed.
        self._next_lease = time.monotonic() + 1.0
        return False

    def _waits_for_sources(self, scarce: bool) -> bool:
        """Whether new pages wait: a source on its way may name likelier ones."""
        sources = any(
            entry.purpose not in ("page", "memento", "warc_record")
            for entry in (*self.in_flight.values(), *self._buffer)
        )
        return sources and (scarce or time.monotonic() - self._began < SOURCES_FIRST_SECONDS)

    def _lease_some(self, *, new_pages: bool, most: int = BUFFER, scarce: bool = False) -> bool:
        """Lease what is known, or with *new_pages* also those; whether that brought anything.

        If the budget is *scarce*, just the likeliest are taken and wait for their turn, even behind others of their domain:
        what is less likely would take their place in the budget.
        """
        busy = {domain for domain in self._sent if self._exhausted(domain)}
        if not scarce:
            busy.update(entry.domain for entry in (*self.in_flight.values(), *self._buffer))
        while (room := min(BUFFER - len(self._buffer), most)) > 0:
            per_domain = room if scarce else PER_DOMAIN
            entries = self.archive.lease_due(
                story_id=self.story_id,
                limit=room,
                lease_seconds=LEASE_SECONDS * max(1, per_domain / PER_DOMAIN),
                now=utc_now(),
                busy_domains=busy,
                per_domain=per_domain,
                new_pages=new_pages,
                likeliest_first=scarce,
            )
            ours = [
                entry
                for entry in entries
                if entry.purpose in self.purposes and entry.id not in self._asked and self.desk.is_ours(entry)
            ]
            # What came and is not ours stays leased until the run ends, or it would come again and again.
            self._aside.extend(entry for entry in entries if entry not in ours)
            if self._take_in(ours):
                return True
            if not entries:
                break
        return False

    def _take_in(self, entries: list[FrontierEntry]) -> bool:
        """Put *entries* into the buffer, questions as far as their share goes; whether that brought anything."""
        before = len(self._buffer)
        waiting = sum(entry.purpose in ASKED for entry in self._buffer)
        for entry in entries:
            if entry.purpose in ASKED:
                if self._questions_sent + waiting >= self.budget * QUESTIONS_SHARE:
                    self._questions_aside[entry.id] = entry
                    continue
                waiting += 1
            self._buffer.append(entry)
        return len(self._buffer) > before

    def _take_up_questions(self) -> bool:
        """Take up questions that were set aside, now that nothing else is due; whether there were any."""
        if not self._questions_aside or self._buffer or self.in_flight or self.planned >= self.budget:
            return False
        for entry_id in list(self._questions_aside)[:BUFFER]:
            self._buffer.append(self._questions_aside.pop(entry_id))
        return True

    def _exhausted(self, domain: str) -> bool:
        return self._sent[domain] >= self.watch.politeness.max_pages_per_host

    async def _wait(self) -> bool:
        """Until something may have changed; False if nothing will."""
        if self.in_flight:
            self._settled.clear()
            try:
                async with asyncio.timeout(1.0):
                    await self._settled.wait()
            except TimeoutError:
                pass
            return True
        seconds = self.seconds_until_due()
        if seconds is None:
            return False
        await asyncio.sleep(seconds)
        self._next_lease = 0.0
        return True

    def seconds_until_due(self) -> float | None:
        """How long until a URL falls due that is worth waiting for; None if there is none."""
        if self.planned >= self.budget:
            return None
        now = utc_now()
        due = self.archive.next_due(story_id=self.story_id, before=now + self.patience)
        times = [*self._returning, due] if due is not None else self._returning
        # What is due already was not for us: its domain's budget is used up.
        times = [at for at in times if now < at < now + self.patience]
        return (min(times) - now).total_seconds() + 0.01 if times else None

    # --- in --------------------------------------------------------------------------------------

    def answered(self, response: Response) -> Iterator[Captured]:
        """Any answer, whatever its status, is a capture."""
        assert response.request is not None
        ask = Ask.of(response.request)
        assert ask is not None
        yield self.captured(capture_of_answer(ask, response, self.max_size), ask)

    def failed(self, failure: Failure) -> Iterator[Captured]:
        """No answer is a capture too, except where the URL was not asked at all."""
        request: Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        ask = Ask.of(request)
        assert ask is not None
        error = failure.value
        assert error is not None
        if isinstance(error, GivenBack):
            assert ask.entry is not None
            self._give_back(ask.entry, "held" if error.until else "stopped", error.until)
            return
        if not isinstance(error, FETCH_ERRORS):
            logger.error("Unexpected failure of %s", request, exc_info=error)
        yield self.captured(capture_of_failure(ask, error, request.url), ask)

    def captured(self, capture: Capture, ask: Ask) -> Captured:
        """*capture* with what follows from it."""
        if ask.entry is None:
            return Captured(capture)
        now = capture.finished_at
        if ask.purpose == "search":
            return self._answer(capture, ask.entry, now)
        if ask.purpose in ("memento", "warc_record"):
            page = page_of(capture)
            return Captured(page, None, next_due_of_kept(page, ask.entry, now), leads_of(capture, page, ask.entry.why))
        due = next_due(self.watch.schedule, capture, ask.entry, now)
        return Captured(capture, read_source(capture), due)

    def _answer(self, capture: Capture, entry: FrontierEntry, now: datetime) -> Captured:
        """What a source answered to a question, and when that is asked again."""
        use = self.desk.use_of(entry)
        assert use is not None
        result = read_source(capture, use.source)
        assert result is not None
        schedule = Schedule(every=use.every, fresh=use.every)
        if result.outcome == "limited":  # by its status, or by a notice under status 200
            until = max(filter(None, (capture.retry_at, refusal_hold(use, capture.headers, now), now)))
            self.holds.hold(host_key(capture.url), until, f"{use.name}: {result.reason}")
            reason = f"{result.reason}; left alone until {until:%Y-%m-%d %H:%M:%S} UTC"
            return Captured(capture, replace(result, reason=reason), max(until, now + back_off(entry.attempts)))
        if result.outcome == "unreadable" and (capture.status or 0) < 400:
            return Captured(capture, result, now + back_off(entry.attempts))  # it may be a page about maintenance
        if capture.url not in self.questions and (result.outcome != "failed" or entry.attempts + 1 >= MAX_ATTEMPTS):
            # A part of an answer: it is asked for when the question is put again.
            return Captured(capture, result, None)
        return Captured(capture, result, next_due(schedule, capture, entry, now))

    def _item_done(self, item: Captured) -> None:
        capture = item.capture
        self.counts[capture.error_class or f"http {capture.status}"] += 1
        entry = self.in_flight.get(capture.frontier_id) if capture.frontier_id is not None else None
        if entry is None:
            return
        self.fetched_of[entry.why] += 1
        logger.info(
            "%s %s",
            capture.error_class or f"http {capture.status}",
            entry.url,
            extra={"url": entry.url, "source": entry.why, "purpose": entry.purpose},
        )
        if item.leads or (item.source is not None and item.source.leads):
            self._next_lease = 0.0
        if entry.why == "given" and capture.purpose == "page" and (capture.error_class or (capture.status or 0) >= 400):
            cause = (
                f"{capture.error_class}: {capture.error_detail}" if capture.error_class else f"http {capture.status}"
            )
            self.failed_given.append((entry.url, cause))
        self._settle(entry)

    def _settle(self, entry: FrontierEntry) -> None:
        self.in_flight.pop(entry.id, None)
        if all(waiting.domain != entry.domain for waiting in self._buffer):
            self._next_lease = 0.0  # the frontier may hold more of this domain
        self._settled.set()

    def _give_back(self, entry: FrontierEntry, why: str, until: datetime | None = None) -> None:
        """Return *entry* to the frontier, unasked."""
        self.skipped[why] += 1
        if until is not None:
            self._returning.add(until)
        sent = entry.id in self._asked
        if sent:
            self._asked.discard(entry.id)
            self._sent[entry.domain] -= 1
            self._questions_sent -= entry.purpose in ASKED
        self.desk.given_back(entry, why, until, sent=sent)
        self.archive.release(entry, due_at=until or entry.due_at, reason=why)
        self._settle(entry)

    def _bug(self, failure: Failure, response: Response | Failure | None) -> None:
        """A callback of ours raised: Scrapy has logged it. The URL's lease runs out and it is asked again."""
        self.counts["bug"] += 1
        request = getattr(response, "request", None)
        ask = Ask.of(request) if request is not None else None
        if ask is not None and ask.entry is not None:
            self._settle(ask.entry)

    async def _empty_slots_when_stopped(self) -> None:
        """On a stop, Scrapy waits for all that has reached the downloader, even behind a long delay. We do not."""
        assert self.crawler.engine is not None
        while True:
            await asyncio.sleep(0.25)
            if not self.crawler.engine.running:
                give_back_queued(self.crawler.engine.downloader, GivenBack("stopped"))


def _whole_number(name: str, value: Any) -> int | None:
    if value is None:
        return None
    try:
        number = int(value)
    except ValueError:
        number = 0
    if number < 1:
        raise ConfigError(f"{value!r} is no whole number above 0", place=f"argument {name}")
    return number
