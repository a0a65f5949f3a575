"""Media Cloud's search over its collection of online news. Needs a token; off unless a watch turns it on.

`GET /api/search/story-list?q=…&start=…&end=…&platform=onlinenews-mediacloud&cs=…`, in parts that `pagination_token` names.
The token is read from the environment variable `AFTERPRINT_MEDIA_CLOUD_TOKEN` by whoever sends the request, and goes into a
header (`request_headers`): it stands in no address, and so in no lead, no capture and no log.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from archive.types import Headers, Lead, Source
from archive.urls import is_http
from crawler.discovery.dates import parse_time
from crawler.discovery.feeds import ranked
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
from crawler.discovery.reading import SourceReading, decode, language_tag, limited, plain, reading, refused, unreadable
from crawler.discovery.search import Answer, Asking, Manners, settings

TOKEN_VARIABLE: Final = "AFTERPRINT_MEDIA_CLOUD_TOKEN"

_BACK = timedelta(days=30)
"""How far back is asked if it is not known when the story appeared."""

_LATE = timedelta(days=3)
"""Stories are asked for by their publication date, and some are indexed days after it."""


class MediaCloud:
    """A question a request; further parts as far as the answer names them."""

    name: Source = "media_cloud"
    manners = Manners(
        delay=31.0,
        per_day=500,
        pause=120.0,
        read_on=date(2026, 11, 23),
        source="mediacloud/web-search 2026-08-18: 2 requests a minute for users without a grant; the limit a day is ours",
    )
    on_by_default = False
    every = timedelta(days=1)

    def settings(self, table: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        settings.check_keys(table, ("url", "questions", "pages", "collections", "sources"), place)
        return {
            "url": settings.address(table, "url", "https://search.mediacloud.org", place),
            "questions": settings.number(table, "questions", 20, place),
            "pages": settings.number(table, "pages", 5, place),
            #: ids of collections and sources, separated by commas; without any, everything is searched
            "collections": settings.value(table, "collections", "", place),
            "sources": settings.value(table, "sources", "", place),
        }

    def ask(self, asking: Asking) -> Iterator[Lead]:
        table = asking.settings
        start = (asking.since or asking.published or asking.now - _BACK) - _LATE
        for question in chosen(asking, table["questions"]):
            query = in_quotes(question)
            if question.language and question.kind not in ("user", "phrase", "credit"):
                query += f" AND language:{question.language}"
            parameters = {
                "q": query,
                "start": _day(start),
                "end": _day(asking.now),
                "platform": "onlinenews-mediacloud",
                "cs": table["collections"],
                "ss": table["sources"],
            }
            base = f"{table['url']}/api/search/story-list?{urlencode({k: v for k, v in parameters.items() if v})}"
            yield search_lead(self.name, carrying(base, kind=question.kind, left=table["pages"] - 1 or None), question)

    def request_headers(self, url: str, base: str, environ: Mapping[str, str]) -> Headers:
        """The headers to send with the request for *url*; none if it does not go to *base*, or there is no token.

        To be asked for each hop: a token must not follow a redirect to another host.
        """
        token = environ.get(TOKEN_VARIABLE, "").strip()
        ours, theirs = urlsplit(url), urlsplit(base)
        if not token or (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            return ()
        return (("authorization", f"Token {token}"), ("accept", "application/json"))

    def read(self, answer: Answer) -> SourceReading:
        if answer.status == 429:
            # The body is empty on older servers.
            return limited(f"Media Cloud allows 2 requests a minute (429){': ' + said(answer) if answer.body else ''}")
        try:
            table = json.loads(decode(answer.body, answer.charset), strict=False)
        except (ValueError, RecursionError):
            what = "a page" if is_page(answer) else "no JSON"
            return failure(answer, "Media Cloud") or unreadable(f"Media Cloud answered {what}: {said(answer)}")
        if not isinstance(table, dict):
            return failure(answer, "Media Cloud") or unreadable("Media Cloud answered JSON of another kind")
        if answer.status != 200 or table.get("status") == "error" or "stories" not in table:
            return self._error(answer, table)
        stories = table["stories"] if isinstance(table["stories"], list) else []
        leads = ranked(lead for story in stories if isinstance(story, dict) and (lead := self._lead(story, answer.url)))
        token, left = table.get("pagination_token"), int(one(carried(answer.url), "left", "0"))
        lost = None
        if leads and isinstance(token, str) and token:
            if left > 0:
                leads.append(self._next(answer.url, token, left))
            else:
                lost = "there is more, beyond the parts that the watch allows (`pages`)"
        return reading(leads, if_empty="Media Cloud has no story for it in these days", lost=lost)

    def _error(self, answer: Answer, table: Mapping[str, Any]) -> SourceReading:
        note = str(table.get("note") or table.get("detail") or table.get("exception") or "no reason given")[:200]
        if answer.status in (401, 403):
            return refused(f"Media Cloud refused ({answer.status}): {note}. Is {TOKEN_VARIABLE} set, and still valid?")
        if "pagination_token" in answer.url and answer.status in (400, 422):
            # A place in an answer is kept for a while only. The first part is asked again when it falls due.
            return unreadable(f"Media Cloud no longer knows this part of its answer: {note}")
        if table.get("temporary"):
            return unreadable(f"Media Cloud cannot answer for the moment: {note}")
        return unreadable(f"Media Cloud could not answer ({answer.status}): {note}")

    def _lead(self, story: Mapping[str, Any], asked: str) -> Lead | None:
        url = story.get("url")
        if not isinstance(url, str) or not is_http(url):
            return None
        query = one(sent(asked), "q")
        title = plain(story.get("title"))
        return Lead(
            url=url,
            source=self.name,
            query=asked.partition("#")[0],
            title=title,
            published=parse_time(story.get("publish_date")),
            language=language_tag(story.get("language")),
            outlet=plain(story.get("media_name")),
            note=hit(one(carried(asked), "kind"), asked_for(query.replace(" AND ", " ")), title) or None,
        )

    def _next(self, url: str, token: str, left: int) -> Lead:
        following = sending(url, pagination_token=token)
        return next_part(self.name, carrying(following, kind=one(carried(url), "kind"), left=left - 1 or None), url)


def _day(time: datetime) -> str:
    return f"{time:%Y-%m-%d}"


SOURCE = MediaCloud()
