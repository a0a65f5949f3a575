"""The one writer of a crawl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.exceptions import StoreError
from crawler.spiders.base import ArchiveSpider, Captured

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler


class ArchivePipeline:
    """Writes each capture, with its leads and its next date, in one transaction."""

    def __init__(self, spider: ArchiveSpider) -> None:
        self.spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        assert isinstance(crawler.spider, ArchiveSpider)
        return cls(crawler.spider)

    def process_item(self, item: Captured) -> Captured:
        """Keep *item*. If the archive cannot be written, the crawl ends: fetching on would be fetching in vain."""
        spider = self.spider
        source = item.source
        try:
            spider.archive.add_capture(
                item.capture,
                source.leads if source is not None else item.leads,
                run_id=spider.run_id,
                story_id=spider.story_id,
                reading=(source.outcome, source.reason) if source is not None else None,
                next_due=item.next_due,
            )
        except StoreError as error:
            spider.fail(error)
            raise
        return item
