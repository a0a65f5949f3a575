"""GDELT's article lists: title, one sentence and address of every article that GDELT saw, in files of some minutes.

`GET …/gal/feed.rss` holds the last quarter of an hour, `GET …/gal/YYYYMMDDHHMMSS.gal.json.gz` (one JSON object a line) a minute.
There is no listing, and for most minutes there is no file (404, or 403 from its storage): so minute after minute is asked
for, and each answer names the next. Nothing is sent but the address: what is looked for stands in its fragment.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from archive.types import Lead, Source
from archive.urls import is_http
from crawler.discovery.dates import parse_time
from crawler.discovery.feeds import leads_from_feed, ranked
from crawler.discovery.questions_asked import ENGLISH_NAMES, failure
from crawler.discovery.questions_sought import Sought, following, lines_of, minute_of, minutes, no_file
from crawler.discovery.reading import SourceReading, language_tag, plain, reading, unreadable
from crawler.discovery.search import Answer, Asking, Manners, settings


class GdeltArticles:
    """The feed of the last minutes, and the files since the watch last asked."""

    name: Source = "gdelt_articles"
    manners = Manners(
        delay=1.0,
        per_day=3000,
        pause=300.0,
        read_on=date(2026, 11, 23),
        source="static files, no limit was seen by those who read them all; the figures are ours",
    )
    on_by_default = True
    every = timedelta(minutes=15)

    def settings(self, table: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        settings.check_keys(table, ("url", "hours"), place)
        return {
            "url": settings.address(table, "url", "https://data.gdeltproject.org/gdeltv3/gal", place),
            # How far back files are read if the watch does not say since when. 0: only the feed, enough for a watch that
            # runs every quarter of an hour.
            "hours": max(0, settings.value(table, "hours", 0, place)),
        }

    def ask(self, asking: Asking) -> Iterator[Lead]:
        sought = Sought.made_of(asking.questions)
        if not sought:
            return
        base = asking.settings["url"]
        url = sought.carried_by(f"{base}/feed.rss")
        yield Lead(url, self.name, "the feed of headlines", purpose="search", note="the last quarter of an hour")
        if asking.since is None and not asking.settings["hours"]:
            return
        for minute in minutes(asking, asking.settings["hours"]):
            url = sought.carried_by(f"{base}/{minute:%Y%m%d%H%M}00.gal.json.gz")
            note = f"the file of {minute:%Y-%m-%d %H:%M} UTC"
            yield Lead(url, self.name, "the files of headlines", purpose="search", note=note)

    def read(self, answer: Answer) -> SourceReading:
        sought = Sought.of(answer.url)
        if answer.url.partition("#")[0].endswith(".rss"):
            return self._feed(answer, sought)
        onward = following(self.name, answer)
        if (none := no_file(answer, onward)) is not None:
            return none
        leads, read, lost = self._lines(answer, sought)
        if not read:
            return unreadable(lost or "the file holds no article")
        return reading([*leads, *onward], if_empty=f"none of {read} headlines may be of a copy", lost=lost)

    def _lines(self, answer: Answer, sought: Sought) -> tuple[list[Lead], int, str | None]:
        leads: list[Lead] = []
        read = broken = 0
        cut = False
        for line in lines_of(answer.body):
            if line is None:
                cut = True
                continue
            try:
                row = json.loads(line, strict=False) if line.strip() else {}
            except (ValueError, RecursionError):
                broken += 1
                continue
            if isinstance(row, dict) and row:
                read += 1
                if lead := self._lead(row, answer.url, sought):
                    leads.append(lead)
        lost = [f"{broken} lines are damaged"] if broken else []
        lost += ["the file is cut off"] if cut else []
        return ranked(leads), read, "; ".join(lost) or None

    def _lead(self, row: Mapping[str, Any], asked: str, sought: Sought) -> Lead | None:
        url, title = row.get("url"), plain(row.get("title"))
        if not isinstance(url, str) or not is_http(url) or not title:
            return None
        why = sought.in_title(title, plain(row.get("desc")) or "")
        if why is None:
            return None
        seen = parse_time(row.get("date")) or minute_of(asked)
        tongue = str(row.get("lang") or "")
        return Lead(
            url=url,
            source=self.name,
            query=asked.partition("#")[0],
            title=title,
            # When GDELT saw it is no publication date, so `published` stays unknown.
            language=ENGLISH_NAMES.get(tongue.lower()) or language_tag(tongue),
            outlet=plain(row.get("outletName")) or plain(row.get("domain")),
            note=why + (f"; seen by GDELT {seen:%Y-%m-%d %H:%M} UTC" if seen else ""),
        )

    def _feed(self, answer: Answer, sought: Sought) -> SourceReading:
        if failed := failure(answer, "GDELT"):
            return failed
        found = leads_from_feed(answer.body, answer.url, answer.charset)
        if found.outcome != "ok":
            return found
        asked = answer.url.partition("#")[0]
        chosen = [
            replace(lead, source=self.name, query=asked, note=why)
            for lead in found.leads
            if lead.title and (why := sought.in_title(lead.title))
        ]
        return reading(
            ranked(chosen), if_empty=f"none of {len(found.leads)} headlines may be of a copy", lost=found.reason
        )


SOURCE = GdeltArticles()
