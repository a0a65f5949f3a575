"""Common Crawl: the list of its collections, an index of each, and single records out of its WARC files.

::

    collinfo.json ─► an index query a collection and address ─► a range of a WARC file: one record, one capture

Formats: pywb's CDX server API; answers recorded by cocrawler/cdx_toolkit (September 2025). What becomes of a record that
was fetched is decided in `crawler.archived`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from archive.exceptions import ConfigError
from archive.types import Lead, Source
from archive.urls import is_http
from crawler.discovery.reading import SourceReading, decode, limited, looks_like_html, plain, reading, unreadable
from crawler.discovery.search import Answer, Asking, Manners, settings
from crawler.discovery.search.indexes import (
    PER_PAGE,
    Row,
    addresses,
    by_page,
    clean_address,
    edition_prefixes,
    language_of,
    parse_time,
    remember,
    remembered,
    short_ids,
    worth_fetching,
)

DATA_URL: Final = "https://data.commoncrawl.org"
COLLECTIONS: Final = 8
"""Collections to ask, unless the watch says otherwise. There is one a month; an article changes in its first days."""

LIMIT: Final = 1000
MAX_RECORD: Final = 16 * 1024 * 1024
"""Bytes of a record as stored. Common Crawl cuts pages at 1 MiB (5 MiB since 2025)."""

PER_REQUEST: Final = 20
"""Addresses that one request for the list of collections stands for."""


class CommonCrawl:
    """One question for each known address and edition, in the collections of the time that is asked for."""

    name: Source = "commoncrawl"
    manners = Manners(
        delay=1.0,
        per_day=2000,
        pause=60.0,
        read_on=date(2026, 11, 23),
        source="cocrawler/cdx_toolkit (b5a32c7): one a second for the index; the limit a day is ours",
    )
    on_by_default = True
    every = timedelta(days=30)

    def settings(self, table: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        settings.check_keys(table, ("url", "data_url", "since", "collections", "per_page"), place)
        since = settings.value(table, "since", "", place)
        if since and not re.fullmatch(r"\d{4}(?:-\d\d){0,2}", since):
            cause = f'`since`: {since!r} is no year, month or day like "2022-12"'
            raise ConfigError(cause, place=place, remedy=settings.REMEDY)
        return {
            "url": settings.address(table, "url", "https://index.commoncrawl.org", place),
            "data_url": settings.address(table, "data_url", DATA_URL, place),
            "since": since,
            "collections": settings.number(table, "collections", COLLECTIONS, place),
            "per_page": settings.number(table, "per_page", PER_PAGE, place),
        }

    def ask(self, asking: Asking) -> Iterator[Lead]:
        exact = [question.text for question in addresses(asking.questions)]
        prefixes = [
            f"{prefix}*"
            for question in short_ids(asking.questions)
            for prefix in edition_prefixes(asking, question.text)
        ]
        defaults = {"data_url": DATA_URL, "since": "", "collections": COLLECTIONS, "per_page": PER_PAGE}
        memory = {key: asking.settings[key] for key, value in defaults.items() if asking.settings[key] != value}
        if asking.published is not None and "since" not in memory:
            memory["since"] = f"{asking.published:%Y-%m-%d}"
        url = f"{asking.settings['url']}/collinfo.json"
        wanted = [*exact, *prefixes]
        for place in range(0, len(wanted), PER_REQUEST):
            part = wanted[place : place + PER_REQUEST]
            yield Lead(
                remember(url, ask=part, **memory),
                self.name,
                f"captures of {part[0]}" + (f" and {len(part) - 1} more" if len(part) > 1 else ""),
                purpose="search",
                note="the list of collections, of which each has an index of its own",
            )

    def read(self, answer: Answer) -> SourceReading:
        text = decode(answer.body, answer.charset)
        failure = _failure(answer, text)
        if failure is not None:
            return failure
        return _read_collections(answer, text) if "/collinfo.json" in answer.url else _read_index(answer, text)


SOURCE = CommonCrawl()


def _failure(answer: Answer, text: str) -> SourceReading | None:
    said = _message(text)
    if answer.status == 404 and "No Captures found" in said:
        return SourceReading((), "empty", "the collection has no capture")
    if answer.status == 400 and re.search(r"Page \d+ invalid", said):
        return SourceReading((), "empty", f"there is no such part of the answer ({said})")
    if answer.status in (429, 503) or "Please reduce your request rate" in text or "SlowDown" in text:
        return limited(f"it answered {answer.status}: it was asked too often{f' ({said})' if said else ''}")
    if answer.status >= 400:
        return unreadable(f"it answered {answer.status}{f': {said}' if said else ''}")
    if looks_like_html(answer.body):
        return unreadable(f"a web page in place of an index{f': {said}' if said else ''}")
    return None


def _message(text: str) -> str:
    """What an error says, in pywb's JSON of either generation or in any other words."""
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return plain(text[:2000], 160) or ""
    said = table.get("message") or table.get("error") if isinstance(table, dict) else None
    return plain(said, 160) or ""


# --- the list of collections ----------------------------------------------------------------------


def _read_collections(answer: Answer, text: str) -> SourceReading:
    try:
        table = json.loads(text)
    except (ValueError, RecursionError) as error:
        return unreadable(f"the list of collections is damaged ({error})")
    if not isinstance(table, list):
        return unreadable("JSON, but no list of collections")
    entries = [entry for entry in table if isinstance(entry, dict) and is_http(str(entry.get("cdx-api", "")))]
    if not entries:
        return unreadable("the list names no collection")
    memory = remembered(answer.url)
    asked = memory.pop("ask", [])
    since = memory.pop("since", [""])[0]
    most = int(memory.pop("collections", [str(COLLECTIONS)])[0])
    # The oldest first: they have the page as it was before anybody edited it.
    in_time = sorted(entries, key=lambda entry: str(entry.get("to", "")))
    chosen = _spread([entry for entry in in_time if str(entry.get("to", "9")) >= since], most, since)
    kept = {key: values[0] for key, values in memory.items()}
    leads = [
        Lead(
            remember(f"{entry['cdx-api']}?{urlencode({'url': address, 'output': 'json', 'limit': LIMIT})}", **kept),
            "commoncrawl",
            answer.url,
            purpose="search",
            note=f"{plain(entry.get('name')) or plain(entry.get('id')) or 'a collection'}",
            once=True,  # a collection is listed when it is complete, and never changes
        )
        for entry in chosen
        for address in asked
    ]
    return reading(leads, if_empty=f"no collection since {since}" if since else "nothing was asked for")


def _spread(entries: Sequence[Mapping[str, Any]], most: int, since: str) -> list[Mapping[str, Any]]:
    """At most *most*: the first half of them in a row, from the time asked for on, the others over the time since.

    Where no time is asked for, the newest.
    """
    if len(entries) <= most or not since:
        return list(entries[-most:])
    first = max(1, most // 2)
    rest, room = entries[first:], most - first
    return [*entries[:first], *(rest[len(rest) * (n + 1) // room - 1] for n in range(room))]


# --- an index -------------------------------------------------------------------------------------


def _read_index(answer: Answer, text: str) -> SourceReading:
    rows: list[Row] = []
    places: dict[tuple[str, str], str] = {}
    lost = 0
    lines = [line for line in text.splitlines() if line.strip()]
    for line in lines:
        row = _row(line, places)
        if row is None:
            lost += 1
        else:
            rows.append(row)
    if lines and not rows:
        return unreadable(f"none of {len(lines)} lines is a capture")
    memory = remembered(answer.url)
    base = memory.get("data_url", [DATA_URL])[0]
    most = int(memory.get("per_page", [str(PER_PAGE)])[0])
    prefix = re.search(r"[?&]url=[^&]*(?:%2A|\*)", answer.url) is not None
    leads: list[Lead] = []
    for page in by_page(rows).values():
        newest = page[-1].url
        if prefix:
            note = f"Common Crawl has {len(page)} captures of it"
            leads.append(Lead(newest, "commoncrawl", answer.url, language=language_of(newest), note=note))
        leads += [
            Lead(
                f"{base}/{places[row.timestamp, row.url]}",
                "commoncrawl",
                answer.url,
                purpose="warc_record",
                language=language_of(newest),
                note=f"a capture of {row.url}, {row.at:%Y-%m-%d %H:%M} UTC"
                + ("" if row.status == "200" else f", which answered {row.status}"),
            )
            for row in worth_fetching(page, most)
        ]
    notes = [f"{lost} lines are no captures"] if lost else []
    if len(lines) >= LIMIT:
        notes.append(f"only the first {LIMIT} captures were named")
    empty = "no capture that shows the page" if rows else "the collection has no capture"
    return reading(leads, if_empty=empty, lost="; ".join(notes) or None)


def _row(line: str, places: dict[tuple[str, str], str]) -> Row | None:
    """The capture in one line of JSON, or None; where its record lies goes into *places*."""
    try:
        cells = json.loads(line)
        timestamp, file = str(cells["timestamp"]), str(cells["filename"])
        offset, length = int(cells["offset"]), int(cells["length"])
        url = clean_address(str(cells["url"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if "/robotstxt/" in file:
        url = None  # a site's robots.txt, listed under the address that it redirects to
    at = parse_time(timestamp)
    if at is None or url is None or offset < 0 or not 0 < length <= MAX_RECORD or not re.fullmatch(r"[\w./+-]+", file):
        return None
    places[timestamp, url] = f"{file}#bytes={offset}-{offset + length - 1}"
    media_type = str(cells.get("mime-detected") or cells.get("mime") or "-")
    return Row(timestamp, at, url, media_type, str(cells.get("status", "-")), str(cells.get("digest", "")))
