"""The download handler: Scrapy's, with a watch in its hand."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS

from archive.times import utc_now
from crawler.fetch import Ask, EndlessHeadError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import Request as TxRequest
    from twisted.web.iweb import IResponse

# Bodies that are too large or cut short are captures with a class of their own; a warning for each would only repeat it.
logging.getLogger("scrapy.core.downloader.handlers.http11").setLevel(logging.ERROR)

MAX_HEAD = 256 * 1024
"""Bytes of an answer's headers: as many as Chromium reads. Neither Scrapy nor Twisted has a limit, and they stay in memory."""


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Gives up on an answer whose headers come to no end."""

    _head = 0

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:
        parser = self._parser
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if parser is None or self._parser is not parser or parser.state not in (STATUS, HEADER):
            return
        self._head += len(data)
        if self._head > MAX_HEAD:
            self._giveUp(Failure(EndlessHeadError(f"more than {MAX_HEAD} bytes of headers", data[:100])))  # type: ignore[no-untyped-call]


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> _BoundedProtocol:
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class TimedHandler(HTTP11DownloadHandler):
    """Notes when a request really left and when its answer was complete: a capture is evidence of a moment.

    Scrapy's own signals tell when a request entered the queue of its host, which with a delay is minutes earlier.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory

    async def download_request(self, request: Request) -> Response:
        ask = Ask.of(request)
        if ask is None:
            return await super().download_request(request)
        ask.began(utc_now())
        try:
            return await super().download_request(request)
        finally:
            ask.ended(utc_now())
