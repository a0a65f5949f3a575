"""The Wayback Machine of the Internet Archive: its index (the CDX server) names captures, which are fetched as mementos.

Formats: the CDX server's README in internetarchive/wayback (a331f968); answers recorded by edgi-govdata-archiving/wayback and
cocrawler/cdx_toolkit. A memento is asked for in its original bytes (`id_`): the view for people is rewritten. What becomes
of one that was fetched is decided in `crawler.archived`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from archive.types import Lead, Source
from crawler.discovery.reading import (
    SourceReading,
    decode,
    limited,
    looks_like_html,
    plain,
    reading,
    refused,
    unreadable,
)
from crawler.discovery.search import Answer, Asking, Manners, settings
from crawler.discovery.search.indexes import (
    PER_PAGE,
    Row,
    addresses,
    by_page,
    clean_address,
    edition_prefixes,
    language_of,
    outlet_domains,
    parse_time,
    remember,
    remembered,
    short_ids,
    worth_fetching,
)

LIMIT: Final = 1000
"""Rows of an answer; more come with the resume key. The server gives up on much larger ones (504)."""

MAX_PAGES: Final = 40
"""Pages that are taken from one answer to a question for an id."""

FIELDS: Final = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")


@dataclass(frozen=True, slots=True)
class _Rows:
    rows: list[Row]
    #: in the form in which it is sent back; None if this was the last part
    resume_key: str | None
    #: lines that name no capture, by reason
    lost: Mapping[str, int]


class Wayback:
    """One question for each known address, and a few for each id that the publisher shares between editions."""

    name: Source = "wayback"
    manners = Manners(
        delay=2.5,
        per_day=2000,
        pause=60.0,
        read_on=date(2026, 11, 23),
        source="edgi-govdata-archiving/wayback 0.5.1: 30 a minute for the index, 80 % of it asked of clients; "
        "after a 429 at least a minute; the limit a day is ours",
    )
    on_by_default = True
    every = timedelta(days=7)

    def settings(self, table: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        settings.check_keys(table, ("url", "per_page"), place)
        return {
            "url": settings.address(table, "url", "https://web.archive.org", place),
            "per_page": settings.number(table, "per_page", PER_PAGE, place),
        }

    def ask(self, asking: Asking) -> Iterator[Lead]:
        memory = {} if asking.settings["per_page"] == PER_PAGE else {"per_page": asking.settings["per_page"]}

        def lead(query: str, note: str, **parameters: object) -> Lead:
            # Without a time: what was archived before a page's stated date shows that the date is false, and an archive
            # takes in older crawls of others all the time.
            sent = {**parameters, "limit": LIMIT, "resolveRevisits": "true", "showResumeKey": "true"}
            url = f"{asking.settings['url']}/cdx/search/cdx?{urlencode(sent)}"
            return Lead(remember(url, **memory), self.name, query, purpose="search", note=note)

        for question in addresses(asking.questions):
            # Adjacent captures of one digest are one: of a page that never changed, one row comes instead of thousands.
            yield lead(f"captures of {question.text}", question.why, url=question.text, collapse="digest")
        for question in short_ids(asking.questions):
            for prefix in edition_prefixes(asking, question.text):
                query = f"addresses that begin with {prefix}"
                yield lead(query, question.why, url=prefix, matchType="prefix", collapse="digest")
        for question in short_ids(asking.questions):
            for domain in outlet_domains(asking.story):
                # Last: the server walks through all it has of the domain, and sometimes gives up on the way (504).
                yield lead(
                    f"addresses at {domain} with the id {question.text}",
                    question.why,
                    url=domain,
                    matchType="domain",
                    filter=rf"urlkey:.*/{re.escape(question.text.lower())}(/.*)?",
                    collapse="digest",
                )

    def read(self, answer: Answer) -> SourceReading:
        found = _refusal(answer)
        if found is not None:
            return found
        rows = _parse(answer)
        if isinstance(rows, SourceReading):
            return rows
        lost = ", ".join(f"{count} {reason}" for reason, count in rows.lost.items()) or None
        leads = list(self._leads(answer.url, rows.rows))
        if rows.resume_key is not None:
            leads.append(_next_part(answer.url, rows.resume_key))
        empty = "no capture that shows the page" if rows.rows else "the archive has no capture"
        return reading(leads, if_empty=empty, lost=lost)

    def _leads(self, url: str, rows: list[Row]) -> Iterator[Lead]:
        parts = urlsplit(url)
        base = f"{parts.scheme}://{parts.netloc}"
        most = int(remembered(url).get("per_page", [str(PER_PAGE)])[0])
        asked_for_pages = "matchType=" in parts.query
        pages = list(by_page(rows).values())
        for page in pages[:MAX_PAGES] if asked_for_pages else pages:
            chosen = worth_fetching(page, most)
            language = language_of(page[-1].url)
            if asked_for_pages:
                note = f"the archive has {len(page)} captures of it"
                yield Lead(page[-1].url, self.name, url, language=language, note=note)
            for row in chosen:
                where = f"{base}/web/{row.timestamp}id_/{quote(row.url, safe=_AS_IT_IS)}"
                note = "" if row.status in ("200", "-") else f", which answered {row.status}"
                yield Lead(
                    where,
                    self.name,
                    url,
                    purpose="memento",
                    language=language,
                    note=f"a capture of {row.at:%Y-%m-%d %H:%M} UTC{note}",
                )


SOURCE = Wayback()

_AS_IT_IS = "%/:?[]@!$&'()*+,;=-._~"


def _refusal(answer: Answer) -> SourceReading | None:
    """What an answer other than a list of captures says; None for a list."""
    text = decode(answer.body[:4000], answer.charset)
    error = answer.header("x-archive-wayback-runtime-error") or ""
    for words in (error, text[:1000]):
        # Under status 403, and seen as a line under 200 too.
        if "AccessControlException" in words or "Blocked Site Error" in words:
            why = "its robots.txt" if "RobotAccessControl" in words else "the archive's administrators"
            return refused(f"captures of this site are not shown: excluded by {why}")
    if answer.status == 429 or "429 Too Many Requests" in text[:200]:
        return limited("the archive was asked too often")
    if answer.status == 504:
        return unreadable("the archive gave up on the question (504): it has too much of what was asked for")
    if answer.status >= 400:
        return unreadable(f"it answered {answer.status}{_words(text)}")
    if looks_like_html(answer.body):
        return unreadable(f"a web page in place of a list of captures{_words(text)}")
    return None


def _words(text: str) -> str:
    said = plain(text, 160)
    return f": {said}" if said else ""


def _parse(answer: Answer) -> _Rows | SourceReading:
    """The captures in an answer, text or JSON."""
    text = decode(answer.body, answer.charset)
    if text.lstrip().startswith("["):
        try:
            table = json.loads(text)
        except (ValueError, RecursionError) as error:
            return unreadable(f"the JSON is damaged ({error})")
        if not isinstance(table, list) or not all(isinstance(row, list) for row in table):
            return unreadable("JSON, but no list of captures")
        lines = [[str(cell) for cell in row] for row in table]
        if lines and "timestamp" in lines[0]:
            header, lines = lines[0], lines[1:]
        else:
            header = list(FIELDS)
    else:
        header = list(FIELDS)
        lines = [line.split() for line in text.splitlines()]
    return _rows(header, lines)


def _rows(header: list[str], lines: list[list[str]]) -> _Rows:
    rows: list[Row] = []
    lost: dict[str, int] = {}
    resume_key = None
    before: list[str] | None = None
    for place, line in enumerate(lines):
        if not line:
            # A blank line, then the key: that is how the list says that there is more.
            rest = lines[place + 1 :]
            resume_key = rest[0][0] if rest and len(rest[0]) == 1 else None
            break
        if line == before:
            continue  # the first row of a next part may be the last one of the part before; some are listed thrice
        before = line
        reason = _read_row(dict(zip(header, line, strict=False)), rows)
        if reason is not None:
            lost[reason] = lost.get(reason, 0) + 1
    return _Rows(rows, resume_key, lost)


def _read_row(cells: Mapping[str, str], rows: list[Row]) -> str | None:
    """Add a row to *rows*, or say why it is none."""
    if not {"timestamp", "original", "statuscode", "digest"} <= cells.keys():
        return "lines that are no captures"
    at = parse_time(cells["timestamp"])
    if at is None:
        return "captures without a possible time"
    url = clean_address(cells["original"])
    if url is None:
        return "captures of what is no page's address"
    media_type = cells.get("mimetype", "-")
    rows.append(Row(cells["timestamp"], at, url, media_type, cells["statuscode"], cells["digest"]))
    return None


def _next_part(url: str, resume_key: str) -> Lead:
    """The request for what comes after *resume_key*, which is sent back encoded once more than it came."""
    asked, _, memory = url.partition("#")
    asked = re.sub(r"&resumeKey=[^&]*", "", asked)
    following = f"{asked}&resumeKey={quote(resume_key, safe='')}"
    return Lead(
        f"{following}#{memory}" if memory else following,
        "wayback",
        url,
        purpose="search",
        note="the next part of the answer",
    )
