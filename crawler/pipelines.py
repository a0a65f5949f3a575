"""The one writer of a crawl."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from scrapy.exceptions import DropItem

from archive.exceptions import StoreError
from crawler.spiders.base import ArchiveSpider, Captured

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from archive.types import Lead

ON_A_THREAD: Final = 500
"""More leads than this are scored on a thread: so many take some 40 ms, which no other answer should wait for."""


class ArchivePipeline:
    """Writes each capture, with its leads and its next date, in one transaction."""

    def __init__(self, spider: ArchiveSpider) -> None:
        self.spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert isinstance(crawler.spider, ArchiveSpider)
        return cls(crawler.spider)

    async def process_item(self, item: Captured) -> Captured:
        """Keep *item*. If the archive cannot be written, the crawl ends: fetching on would be fetching in vain."""
        spider = self.spider
        source = item.source
        leads = await self._scored(source.leads if source is not None else item.leads)
        try:
            spider.archive.add_capture(
                item.capture,
                leads,
                run_id=spider.run_id,
                story_id=spider.story_id,
                reading=(source.outcome, source.reason) if source is not None else None,
                next_due=item.next_due,
            )
        except StoreError as error:
            spider.fail(error)
            # The crawl ends with this error; a traceback for each answer still on its way would only hide it.
            raise DropItem("the archive cannot be written", log_level="DEBUG") from error
        return item

    async def _scored(self, leads: Sequence[Lead]) -> Sequence[Lead]:
        """*leads* with what each promises. The sentence encoder takes no part: it would hold up the crawl."""
        triage = self.spider.triage
        if triage is None or not leads:
            return leads
        if len(leads) <= ON_A_THREAD:
            return triage.scored(leads)
        # A copy, as another answer may be scored meanwhile.
        return await asyncio.to_thread(replace(triage, seen=list(triage.seen)).scored, leads)
