"""The spider that only looks after pages already known: quick, and it finds nothing new."""

from __future__ import annotations

from crawler.spiders.base import ArchiveSpider


class RevisitSpider(ArchiveSpider):
    """Pages that are due; sources and web archives stay as they are.

    Domain: any.
    Caveats: needs `-a watch=PATH`; one crawl per archive at a time.
    """

    name = "revisit"
    purposes = frozenset(("page",))
    plants_seeds = False
