"""The peer: what one would write in an hour. One Scrapy process with default settings; trafilatura and sqlite-utils
in the item pipeline, a commit a row.

    python -m benchmarks.plain_pipeline URLS_FILE DATABASE
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

import scrapy
import sqlite_utils
import trafilatura
from scrapy.crawler import CrawlerProcess


class ExtractAndInsert:
    def open_spider(self) -> None:
        self.pages = sqlite_utils.Database(sys.argv[2])["pages"]

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        document = trafilatura.bare_extraction(item["body"], url=item["url"], with_metadata=True)
        row = {"url": item["url"], "html": item["body"], "text": None, "title": None, "author": None, "date": None}
        if document is not None:
            row |= {"text": document.text, "title": document.title, "author": document.author, "date": document.date}
        self.pages.insert(row)
        return item


class Plain(scrapy.Spider):
    name = "plain"
    custom_settings: ClassVar[dict[str, Any]] = {
        "ITEM_PIPELINES": {ExtractAndInsert: 300},
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
    }

    async def start(self) -> AsyncIterator[Any]:
        for url in Path(sys.argv[1]).read_text(encoding="utf-8").split():
            yield scrapy.Request(url)

    def parse(self, response: scrapy.http.Response) -> dict[str, Any]:
        return {"url": response.url, "body": response.body}


if __name__ == "__main__":
    process = CrawlerProcess()
    process.crawl(Plain)
    process.start()
