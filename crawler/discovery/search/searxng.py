"""SearXNG: a metasearch engine that the user runs. Asked as soon as a watch names the instance's address.

`GET /search?q=…&format=json&categories=news&language=nl&pageno=1`. It needs `search.formats: [html, json]` in its settings.yml,
else it answers 403. It asks other engines, and says which did not answer: an answer without results from an instance whose
engines are all suspended is no "nothing found".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from archive.exceptions import ConfigError
from archive.types import Lead, Source
from archive.urls import is_http
from crawler.discovery.dates import parse_time
from crawler.discovery.feeds import ranked
from crawler.discovery.questions_asked import (
    SEARCHABLE,
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
from crawler.discovery.reading import SourceReading, decode, language_tag, plain, reading, refused, unreadable
from crawler.discovery.search import Answer, Asking, Manners, settings


class Searxng:
    """A question a request, in the language of the question; further pages while they bring results."""

    name: Source = "searxng"
    manners = Manners(
        delay=5.0,
        per_day=1000,
        pause=180.0,
        read_on=date(2026, 11, 23),
        source="searxng 9fea412: engines are suspended 180 s after a 429 of theirs, 3600 s after a captcha; the rest is ours",
    )
    #: there is no public instance to ask by default
    on_by_default = False
    every = timedelta(hours=12)

    def settings(self, table: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        settings.check_keys(table, ("url", "questions", "pages", "categories", "engines"), place)
        if not table.get("url"):
            raise ConfigError(
                "`url`: the address of the SearXNG instance is missing",
                place=place,
                remedy='Name your own: searxng = { url = "http://127.0.0.1:8888" }',
            )
        return {
            "url": settings.address(table, "url", "", place),
            "questions": settings.number(table, "questions", 40, place),
            "pages": settings.number(table, "pages", 2, place),
            "categories": settings.value(table, "categories", "news,general", place),
            # With them, it is known how many should answer: an answer names only those that did not.
            "engines": ",".join(_names(table, place)),
        }

    def ask(self, asking: Asking) -> Iterator[Lead]:
        table = asking.settings
        whom = {"engines": table["engines"]} if table["engines"] else {"categories": table["categories"]}
        # A general engine finds an id like "qjkq9w" in the addresses of pages.
        for question in chosen(asking, table["questions"], (*SEARCHABLE, "short_id")):
            parameters = {"q": in_quotes(question), "format": "json", **whom, "safesearch": "0"}
            parameters |= {"language": question.language} if question.language else {}
            url = f"{table['url']}/search?{urlencode({**parameters, 'pageno': 1})}"
            yield search_lead(self.name, carrying(url, kind=question.kind, left=table["pages"] - 1 or None), question)

    def read(self, answer: Answer) -> SourceReading:
        if answer.status == 403:
            return refused(
                "the instance gives no JSON (403): set search.formats: [html, json] in its settings.yml, or allow this client"
            )
        table = _json(answer)
        if isinstance(table, SourceReading):
            return table
        results = table.get("results")
        if not isinstance(results, list):
            return unreadable(f"SearXNG answered JSON without results: {table.get('error', '')}")
        memory = carried(answer.url)
        silent = _silent(table)
        leads = ranked(
            lead for result in results if isinstance(result, dict) and (lead := self._lead(result, answer.url))
        )
        if not results and silent:
            return _nothing(silent, one(sent(answer.url), "engines"))
        lost = f"without {', '.join(name for name, _ in silent)}" if silent else None
        left = int(one(memory, "left", "0"))
        if leads and left > 0:
            leads.append(self._next(answer.url, left, memory))
        return reading(leads, if_empty="all engines answered, and none knows a page for it", lost=lost)

    def _lead(self, result: Mapping[str, Any], asked: str) -> Lead | None:
        url = result.get("url")
        if not isinstance(url, str) or not is_http(url):
            return None
        query = sent(asked)
        title, snippet = plain(result.get("title")), plain(result.get("content"))
        engines = result.get("engines")
        found_by = f"found by {', '.join(map(str, engines))}" if isinstance(engines, list) and engines else ""
        words = hit(one(carried(asked), "kind"), asked_for(one(query, "q")), title, snippet)
        return Lead(
            url=url,
            source=self.name,
            query=asked.partition("#")[0],
            title=title,
            # Null for most engines of news; what "pubdate" adds is the same formatted for people.
            published=parse_time(result.get("publishedDate")),
            language=language_tag(one(query, "language")),
            note="; ".join(filter(None, (words, found_by))) or None,
        )

    def _next(self, url: str, left: int, memory: Mapping[str, list[str]]) -> Lead:
        following = sending(url, pageno=int(one(sent(url), "pageno", "1")) + 1)
        return next_part(self.name, carrying(following, kind=one(memory, "kind"), left=left - 1 or None), url)


def _names(table: Mapping[str, Any], place: str) -> list[str]:
    names = table.get("engines", [])
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
        raise ConfigError(
            f"`engines`: must be a list of names in quotes, not {names!r}", place=place, remedy=settings.REMEDY
        )
    return [name.strip() for name in names]


def _json(answer: Answer) -> dict[str, Any] | SourceReading:
    try:
        table = json.loads(decode(answer.body, answer.charset), strict=False)
    except (ValueError, RecursionError):
        if failed := failure(answer, "SearXNG"):
            return failed
        what = "a page" if is_page(answer) else "no JSON"
        return unreadable(f"SearXNG answered {what}: {said(answer)}")
    if isinstance(table, dict) and (error := table.get("error")):
        return failure(answer, "SearXNG") or unreadable(f"SearXNG could not search: {error}")
    if failed := failure(answer, "SearXNG"):
        return failed
    return table if isinstance(table, dict) else unreadable("SearXNG answered JSON of another kind")


def _nothing(silent: list[tuple[str, str]], asked: str) -> SourceReading:
    """What an answer without results means if some engines did not answer."""
    told = ", ".join(f"{name} ({why})" for name, why in silent)
    if not asked:
        # How many the instance has in these categories is not said.
        return unreadable(
            f"no result, and {len(silent)} engines did not answer: {told}; whether others did is not said"
        )
    names = asked.split(",")
    heard = [name for name in names if name not in {name for name, _ in silent}]
    count = f"{len(heard)} of {len(names)} engines answered; not: {told}"
    return reading([], if_empty=f"nothing found, {count}") if heard else unreadable(count)


def _silent(table: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The engines that did not answer, with their reasons."""
    told = table.get("unresponsive_engines")
    pairs = [pair for pair in told if isinstance(pair, list) and pair] if isinstance(told, list) else []
    return [(str(pair[0]), str(pair[1]) if len(pair) > 1 else "no reason") for pair in pairs]


SOURCE = Searxng()
