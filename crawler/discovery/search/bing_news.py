"""Bing News, by its RSS output. Undocumented: off unless a watch turns it on.

`GET /news/search?q=…&format=rss&mkt=nl-nl&first=11`: ten items a page, and past the last page the last one again.
The links lead through bing.com with a `tid` that is another one at each request; the publisher's address is their `url`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from lxml import etree

from archive.types import Lead, Source
from archive.urls import is_http, url_key
from crawler.discovery.dates import parse_time
from crawler.discovery.feeds import parse_xml, ranked
from crawler.discovery.questions_asked import (
    asked_for,
    carried,
    carrying,
    chosen,
    failure,
    hit,
    in_quotes,
    is_page,
    next_part,
    one,
    said,
    search_lead,
    sending,
    sent,
)
from crawler.discovery.reading import SourceReading, plain, reading, unreadable
from crawler.discovery.search import Answer, Asking, Manners, settings
from crawler.discovery.search.indexes import is_public

MARKETS: Final[Mapping[str, str]] = {
    "en": "en-us", "nl": "nl-nl", "de": "de-de", "fr": "fr-fr", "es": "es-es", "it": "it-it", "pt": "pt-br", "pl": "pl-pl",
    "sv": "sv-se", "da": "da-dk", "no": "nb-no", "fi": "fi-fi", "cs": "cs-cz", "tr": "tr-tr", "ru": "ru-ru", "ja": "ja-jp",
}  # fmt: skip
PAGE: Final = 10


class BingNews:
    """A question a request; further pages while they bring something new."""

    name: Source = "bing_news"
    manners = Manners(
        delay=20.0,
        per_day=200,
        pause=1800.0,
        read_on=date(2026, 11, 23),
        source="no limit is published; the figures are ours",
    )
    on_by_default = False
    every = timedelta(days=1)

    def settings(self, table: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        settings.check_keys(table, ("url", "questions", "pages"), place)
        return {
            "url": settings.address(table, "url", "https://www.bing.com", place),
            "questions": settings.number(table, "questions", 20, place),
            "pages": settings.number(table, "pages", 3, place),
        }

    def ask(self, asking: Asking) -> Iterator[Lead]:
        for question in chosen(asking, asking.settings["questions"]):
            parameters = {"q": in_quotes(question), "format": "rss"}
            if market := MARKETS.get(question.language or ""):
                parameters["mkt"] = market
            base = f"{asking.settings['url']}/news/search?{urlencode(parameters)}"
            yield search_lead(
                self.name, carrying(base, kind=question.kind, left=asking.settings["pages"] - 1), question
            )

    def read(self, answer: Answer) -> SourceReading:
        if failed := failure(answer, "Bing"):
            return failed
        if is_page(answer):
            return unreadable(f"Bing answered a page, not a feed: {said(answer)}")
        root, damage = parse_xml(answer.body, answer.charset)
        if root is None or _local(root) != "rss":
            return unreadable(f"Bing answered no feed: {damage or said(answer)}")
        items = list(root.iter("item"))
        found = [lead for item in items if (lead := self._lead(item, answer.url))]
        leads = ranked(found)
        pages = _pages(leads)
        memory = carried(answer.url)
        if leads and pages == one(memory, "seen"):
            return reading([], if_empty="no further page: Bing repeats the last one")
        lost = (
            f"{len(items) - len(found)} of {len(items)} items without a publisher's address"
            if len(found) < len(items)
            else None
        )
        left = int(one(memory, "left", "0") or 0)
        if len(items) >= PAGE and left > 0:
            leads.append(self._next(answer.url, pages, left, one(memory, "kind")))
        return reading(leads, if_empty="Bing knows no page for it", lost=lost or damage)

    def _lead(self, item: etree._Element, asked: str) -> Lead | None:
        wrapped = (item.findtext("link") or "").strip()
        # The address behind the redirect; Bing answers robots 404 there.
        url = one(parse_qs(wrapped.partition("?")[2]), "url") if "apiclick" in wrapped else wrapped
        if not (is_http(url) and is_public(url)) or url_key(url).startswith("bing.com/"):
            return None
        title, snippet = plain(item.findtext("title")), plain(item.findtext("description"))
        source = next((child.text for child in item if _local(child) == "Source"), None)
        query = sent(asked)
        return Lead(
            url=url,
            source=self.name,
            query=asked.partition("#")[0],
            title=title,
            published=parse_time(item.findtext("pubDate")),
            language=one(query, "mkt").partition("-")[0] or None,
            outlet=plain(source),
            note=hit(one(carried(asked), "kind"), asked_for(one(query, "q")), title, snippet) or None,
        )

    def _next(self, url: str, pages: str, left: int, kind: str) -> Lead:
        following = sending(url, first=int(one(sent(url), "first", "1")) + PAGE)
        return next_part(self.name, carrying(following, kind=kind, left=left - 1 or None, seen=pages), url)


def _pages(leads: list[Lead]) -> str:
    """Which pages an answer names, in short; not their links, whose `tid` changes."""
    return hashlib.sha256("\n".join(url_key(lead.url) for lead in leads).encode()).hexdigest()[:12]


SOURCE = BingNews()


def _local(element: etree._Element) -> str:
    """The element's name without its prefix, which the recovering parser leaves in it if nobody declared it."""
    return re.split("[}:]", element.tag)[-1] if isinstance(element.tag, str) else ""
