"""The download handler: Scrapy's, with a watch in its hand."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

from archive.times import utc_now
from crawler.fetch import Ask

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

# Bodies that are too large or cut short are captures with a class of their own; a warning for each would only repeat it.
logging.getLogger("scrapy.core.downloader.handlers.http11").setLevel(logging.ERROR)


class TimedHandler(HTTP11DownloadHandler):
    """Notes when a request really left and when its answer was complete: a capture is evidence of a moment.

    Scrapy's own signals tell when a request entered the queue of its host, which with a delay is minutes earlier.
    """

    async def download_request(self, request: Request) -> Response:
        ask = Ask.of(request)
        if ask is None:
            return await super().download_request(request)
        ask.began(utc_now())
        try:
            return await super().download_request(request)
        finally:
            ask.ended(utc_now())
