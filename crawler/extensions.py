"""What is written besides captures: the run's row, how it goes, and a log for machines."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from scrapy import Request, signals
from scrapy.exceptions import CloseSpider, NotConfigured
from scrapy.utils.asyncio import AsyncioLoopingCall

from archive import lock, logs
from archive.exceptions import AfterprintError
from archive.store import RunState, Store
from archive.times import utc_now
from crawler.fetch import Ask
from crawler.progress import Screen, SourceLine, lines
from crawler.report import summary_text
from crawler.seeding import Seeded, seed
from crawler.slots import seconds_until_free
from crawler.spiders.base import ArchiveSpider, Captured

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler


logger = logging.getLogger(__name__)


class RunRecord:
    """Opens the archive under its lock, and the run's row; closes both, however the crawl ends."""

    def __init__(self, crawler: Crawler) -> None:
        self.stack = ExitStack()
        self.archive: Store | None = None
        self.run_id: int | None = None
        crawler.signals.connect(self.spider_opened, signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_opened(self, spider: ArchiveSpider) -> None:
        try:
            self.stack.enter_context(lock.hold(Path(spider.archive_path), "crawl"))
            self.archive = self.stack.enter_context(Store(spider.archive_path))
            self.run_id = self.archive.open_run(
                kind="crawl",
                watch=spider.watch.slug,
                now=utc_now(),
                delay=timedelta(seconds=spider.watch.politeness.delay),
            )
            logs.about(run=self.run_id, watch=spider.watch.slug)
            spider.begin(self.archive, run_id=self.run_id, seeded=self._seed(spider))
        except AfterprintError as error:
            spider.error = error
            raise CloseSpider("failed") from error

    def _seed(self, spider: ArchiveSpider) -> Seeded:
        assert self.archive is not None
        if spider.plants_seeds:
            return seed(self.archive, spider.watch, run_id=self.run_id, now=utc_now())
        story = self.archive.save_story(spider.watch.story, utc_now())
        assert story.id is not None
        return Seeded(story.id)

    def spider_closed(self, spider: ArchiveSpider, reason: str) -> None:
        with self.stack:
            if self.archive is None or self.run_id is None:
                return
            try:
                spider.end()
                for row in spider.desk.unasked(spider.watch.slug, spider.story_id, utc_now()):
                    self.archive.add_source_result(self.run_id, row)
                alarms = self.archive.raise_alarms(self.run_id)
                spider.summary = self.archive.close_run(
                    self.run_id,
                    state=run_state(reason, spider),
                    now=utc_now(),
                    planned=spider.planned,
                    skipped=spider.skipped,
                    note="; ".join(filter(None, (run_note(reason, spider), *alarms))) or None,
                )
            except AfterprintError as error:
                spider.error = spider.error or error


def run_state(reason: str, spider: ArchiveSpider) -> RunState:
    """The archive's word for the *reason* for which Scrapy closed the spider."""
    if spider.error is not None or reason in ("failed", "start_error"):
        return "failed"
    return "finished" if reason == "finished" else "stopped"


def run_note(reason: str, spider: ArchiveSpider) -> str | None:
    """Why the run ended, where its state does not say it."""
    if spider.error is not None:
        return spider.error.cause
    if reason == "start_error":
        return "an error in the crawler itself; see the log"
    if "budget" in spider.skipped or spider.planned >= spider.budget:
        return f"the budget of {spider.budget} URLs is used up"
    return None if reason in ("finished", "shutdown") else reason


class JsonLog:
    """Scrapy's messages and ours as JSON lines in the file that `$AFTERPRINT_LOG` names."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        path = os.environ.get(logs.VARIABLE)
        if not path:
            raise NotConfigured
        logs.write_to(Path(path), _about)
        return cls()


def _about(record: logging.LogRecord) -> dict[str, object]:
    """What one of Scrapy's records is about, by the request in its arguments."""
    request = record.args.get("request") if isinstance(record.args, dict) else None
    if not isinstance(request, Request):
        return {}
    ask = Ask.of(request)
    if ask is None or ask.entry is None:
        return {"url": request.url}
    return {"url": request.url, "source": ask.entry.why, "purpose": ask.purpose}


QUEUE_SECONDS = 5.0
"""The queue is counted so often: on a large frontier that takes some milliseconds, in which no answer is read."""


class Progress:
    """A line a source that overwrites itself on a terminal, one line a minute elsewhere; the summary at the end."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.terminal = sys.stderr.isatty()
        self.screen = Screen(partial(click.echo, nl=False, err=True))
        self.started = time.monotonic()
        self.loop: AsyncioLoopingCall | None = None
        self.queue: Mapping[str, int] = {}
        self.counted = -QUEUE_SECONDS
        crawler.signals.connect(self.spider_opened, signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)
        if self.terminal:
            crawler.signals.connect(self.item_scraped, signals.item_scraped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_opened(self, spider: ArchiveSpider) -> None:
        self.loop = AsyncioLoopingCall(self.tell, spider)
        self.loop.start(1.0 if self.terminal else 60.0, now=False)

    def spider_closed(self, spider: ArchiveSpider) -> None:
        """The summary. `RunRecord` has closed the run by now: it is the earlier one in `EXTENSIONS`."""
        if self.loop is not None and self.loop.running:
            self.loop.stop()
        self.screen.clear()
        if spider.summary is not None:
            click.echo(summary_text(spider.summary, spider.failed_given), err=True)

    def item_scraped(self, item: Captured) -> None:
        if item.source is None:
            return
        self.screen.clear()
        count = f"{len(item.source.leads)} leads" if item.source.outcome == "ok" else item.source.outcome
        reason = f" ({item.source.reason})" if item.source.reason else ""
        click.echo(f"{item.capture.purpose:<11}{item.capture.url}  {count}{reason}", err=True)

    def tell(self, spider: ArchiveSpider) -> None:
        line = self.line(spider)
        if self.terminal:
            size = shutil.get_terminal_size()
            seconds = time.monotonic() - self.started
            self.screen.show([line, *lines(self.sources(spider), seconds)], size.columns, size.lines)
        else:
            click.echo(line, err=True)
        logger.info(line)

    def sources(self, spider: ArchiveSpider) -> list[SourceLine]:
        """The sources at work, with what each waits for."""
        now = time.monotonic()
        if now - self.counted >= QUEUE_SECONDS:
            self.queue, self.counted = spider.archive.queue_by_source(spider.story_id, utc_now()), now
        waits = self.waits(spider)
        found = []
        for source in {*self.queue, *spider.fetched_of, *(entry.why for entry in spider.in_flight.values())}:
            ours = [entry for entry in spider.in_flight.values() if entry.why == source]
            wait, host = max(((waits[entry.domain], entry.domain) for entry in ours), default=(0.0, ""))
            queue = self.queue.get(source, 0)
            found.append(SourceLine(source, spider.fetched_of[source], len(ours), queue, wait, host))
        return found

    def waits(self, spider: ArchiveSpider) -> Mapping[str, float]:
        """Domain of a request on its way -> seconds until it may be sent."""
        assert self.crawler.engine is not None
        downloader, now = self.crawler.engine.downloader, time.monotonic()
        domains = {entry.domain for entry in spider.in_flight.values()}
        return {domain: seconds_until_free(downloader, domain, now) for domain in domains}

    def line(self, spider: ArchiveSpider) -> str:
        """How it goes: what was fetched, what is on its way, and whom we are waiting for."""
        seconds = time.monotonic() - self.started
        done = sum(spider.counts.values())
        line = f"{seconds:.0f} s: {done} fetched ({done / seconds:.1f}/s), {len(spider.in_flight)} on their way"
        longest = max(((wait, domain) for domain, wait in self.waits(spider).items()), default=(0.0, ""))
        if longest[0] >= 1:
            line += f", waiting {longest[0]:.0f} s for {longest[1]}"
        elif not spider.in_flight and (left := spider.seconds_until_due() or 0) >= 1:
            line += f", waiting {left:.0f} s for a host that asked for it"
        return line
