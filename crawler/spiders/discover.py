"""The spider of every day: sources, the pages they name, and the pages that are due again."""

from __future__ import annotations

from crawler.spiders.base import ArchiveSpider


class DiscoverSpider(ArchiveSpider):
    """Everything of a watch that is due.

    Domain: any.
    Caveats: needs `-a watch=PATH`; one crawl per archive at a time.
    """

    name = "discover"
