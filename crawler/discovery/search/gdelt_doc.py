"""GDELT's DOC 2.0 search. Sheds load since 2026 and often refuses the first request: a fallback for its files.

`GET /api/v2/doc/doc?query=…&mode=ArtList&format=json&maxrecords=250&startdatetime=…&enddatetime=…`, over the last three months.
No pages: an answer with 250 articles is cut off there, and its window is asked again in two halves. A refusal comes as 429 or
as a sentence under 200, a query it does not understand as prose under 200, nothing found as `{}` or as no body at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from archive.types import Lead, Source
from archive.urls import is_http
from crawler.discovery.dates import parse_time
from crawler.discovery.feeds import ranked
from crawler.discovery.questions_asked import (
    ENGLISH_NAMES,
    asked_for,
    carried,
    carrying,
    chosen,
    failure,
    hit,
    in_quotes,
    next_part,
    one,
    said,
    search_lead,
    sending,
    sent,
)
from crawler.discovery.reading import SourceReading, decode, limited, plain, reading, unreadable
from crawler.discovery.search import Answer, Asking, Manners, settings

MOST: Final = 250
HISTORY: Final = timedelta(days=90)
"""The official window."""

SHORTEST: Final = timedelta(hours=1)
"""A full window this short is not cut again."""

_TIME: Final = "%Y%m%d%H%M%S"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_TOKENISED = re.compile(r" ([,.;:!?’'”)\]])")
_DASHED_DOMAIN = re.compile(r"\bdomain(?:is)?:\S*-\S*")


class GdeltDoc:
    """A question a request: since it last answered, else since the story appeared, as far back as it goes."""

    name: Source = "gdelt_doc"
    manners = Manners(
        delay=8.0,
        per_day=300,
        pause=300.0,
        read_on=date(2026, 11, 23),
        source="its own notice: one request every 5 seconds; users settle on 6 to 8 s, and on 5 minutes after a refusal",
    )
    on_by_default = False
    every = timedelta(days=1)

    def settings(self, table: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        settings.check_keys(table, ("url", "questions"), place)
        return {
            "url": settings.address(table, "url", "https://api.gdeltproject.org", place),
            "questions": settings.number(table, "questions", 20, place),
        }

    def ask(self, asking: Asking) -> Iterator[Lead]:
        start = max(asking.since or asking.published or asking.now - timedelta(days=1), asking.now - HISTORY)
        for question in chosen(asking, asking.settings["questions"]):
            query = in_quotes(question)
            # Keywords of one or two characters are refused, and the whole query with them.
            if all(len(part) < 3 for part in asked_for(query)):
                continue
            english = next((name for name, tag in ENGLISH_NAMES.items() if tag == question.language), None)
            if english and question.kind != "user":
                query += f" sourcelang:{english}"
            parameters = {
                "query": query, "mode": "ArtList", "format": "json", "maxrecords": MOST, "sort": "DateDesc",
                **_window(start, asking.now),
            }  # fmt: skip
            url = carrying(f"{asking.settings['url']}/api/v2/doc/doc?{urlencode(parameters)}", kind=question.kind)
            yield search_lead(self.name, url, question)

    def read(self, answer: Answer) -> SourceReading:
        query = one(sent(answer.url), "query")
        text = _CONTROL.sub(" ", decode(answer.body, answer.charset)).strip()
        if re.search(r"limit requests to one every", text[:500], re.IGNORECASE):
            return limited(f"GDELT was asked too often ({answer.status}): {said(answer)}")
        if failed := failure(answer, "GDELT"):
            return failed
        if text in ("", "{}"):
            if _DASHED_DOMAIN.search(query):
                return unreadable("GDELT finds nothing for a domain with a dash in it, so this answer says nothing")
            return reading([], if_empty="GDELT saw no article for it in these days")
        if not text.startswith("{"):
            return unreadable(f"GDELT did not understand the question: {said(answer)}")
        try:
            table = json.loads(text, strict=False)
        except (ValueError, RecursionError) as error:
            return unreadable(f"GDELT's JSON is damaged ({error})"[:200])
        articles = table.get("articles")
        if not isinstance(articles, list):
            return reading([], if_empty="GDELT saw no article for it in these days")
        leads = ranked(lead for a in articles if isinstance(a, dict) and (lead := self._lead(a, answer.url, query)))
        lost = None
        if len(articles) >= MOST:
            halves = self._halves(answer.url)
            lost = f"{MOST} articles are all it gives; " + (
                "asked again in two halves" if halves else "there are more in this hour"
            )
            leads += halves
        return reading(leads, if_empty="GDELT named articles without an address", lost=lost)

    def _lead(self, article: Mapping[str, Any], asked: str, query: str) -> Lead | None:
        url = article.get("url")
        if not isinstance(url, str) or not is_http(url):
            return None
        title = plain(article.get("title"))
        title = _TOKENISED.sub(r"\1", title) if title else None
        seen = parse_time(article.get("seendate"))
        words = hit(one(carried(asked), "kind"), asked_for(query), title)
        return Lead(
            url=url,
            source=self.name,
            query=asked.partition("#")[0],
            title=title,
            # When GDELT saw it is no publication date, so `published` stays unknown.
            language=ENGLISH_NAMES.get(str(article.get("language", "")).lower()),
            outlet=plain(article.get("domain")),
            note="; ".join(filter(None, (words, f"seen by GDELT {seen:%Y-%m-%d %H:%M} UTC" if seen else ""))) or None,
        )

    def _halves(self, url: str) -> list[Lead]:
        asked = sent(url)
        try:
            start, end = (
                datetime.strptime(one(asked, name), _TIME).replace(tzinfo=UTC)
                for name in ("startdatetime", "enddatetime")
            )
        except ValueError:
            return []
        if end - start <= SHORTEST:
            return []
        middle = (start + (end - start) / 2).replace(microsecond=0)
        kind = one(carried(url), "kind")
        return [
            next_part(self.name, carrying(sending(url, **_window(*half)), kind=kind), url, "half of the time")
            for half in ((start, middle), (middle + timedelta(seconds=1), end))
        ]


def _window(start: datetime, end: datetime) -> dict[str, str]:
    return {"startdatetime": f"{start:{_TIME}}", "enddatetime": f"{end:{_TIME}}"}


SOURCE = GdeltDoc()
