"""Google News, by its RSS search. Undocumented and not covered by its terms: off unless a watch turns it on.

`GET /rss/search?q=…&hl=nl&gl=NL&ceid=NL:nl` answers some 100 items at most and has no pages, so a question with many answers
is asked by slices of time (`after:`, `before:`). Its links are not the publisher's. Until 2024 the address stood inside
them in clear; since then they can only be resolved by two further requests of a protocol that is Google's own, which is
not done here: such a lead is kept with its title, publisher and date, and the front page of a publisher who may have a copy
is looked through for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from archive.types import Lead, Source
from crawler.discovery.feeds import leads_from_feed
from crawler.discovery.questions_asked import (
    asked_for,
    carried,
    carrying,
    chosen,
    failure,
    hit,
    in_quotes,
    one,
    said,
    search_lead,
    sent,
)
from crawler.discovery.reading import SourceReading, limited, reading, refused, unreadable
from crawler.discovery.search import Answer, Asking, Manners, settings

EDITIONS: Final[Mapping[str, tuple[str, str]]] = {
    "en": ("en-US", "US"), "nl": ("nl", "NL"), "de": ("de", "DE"), "fr": ("fr", "FR"), "es": ("es", "ES"), "it": ("it", "IT"),
    "pt": ("pt-BR", "BR"), "pl": ("pl", "PL"), "sv": ("sv", "SE"), "no": ("no", "NO"), "cs": ("cs", "CZ"), "ro": ("ro", "RO"),
    "el": ("el", "GR"), "tr": ("tr", "TR"), "ru": ("ru", "RU"), "uk": ("uk", "UA"), "ar": ("ar", "EG"), "he": ("he", "IL"),
    "ja": ("ja", "JP"), "ko": ("ko", "KR"), "hu": ("hu", "HU"), "bg": ("bg", "BG"), "sr": ("sr", "RS"), "sk": ("sk", "SK"),
}  # fmt: skip
"""Language -> hl and gl, which must agree with each other and with ceid."""

MOST_ITEMS: Final = 100
"""An answer with as many is cut off there."""

ENCODED: Final = "the link is Google's own: the publisher's address cannot be read from it without asking Google"


MOST_PUBLISHERS: Final = 5
"""Front pages to look through for the encoded links of one answer."""

_OF_A_COPY: Final = ("user", "phrase", "credit", "title", "names")
"""Kinds of questions whose answers are copies rather than reports of the same event."""


class GoogleNews:
    """A question a request, in the edition of its language."""

    name: Source = "google_news"
    manners = Manners(
        delay=30.0,
        per_day=200,
        pause=3600.0,
        read_on=date(2026, 11, 23),
        source="no limit is published; 429 and google.com/sorry on bursts (SSujitX/google-news-url-decoder#3); the figures are ours",
    )
    on_by_default = False
    every = timedelta(days=1)

    def settings(self, table: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        settings.check_keys(table, ("url", "questions"), place)
        return {
            "url": settings.address(table, "url", "https://news.google.com", place),
            "questions": settings.number(table, "questions", 30, place),
        }

    def ask(self, asking: Asking) -> Iterator[Lead]:
        for question in chosen(asking, asking.settings["questions"]):
            hl, gl = EDITIONS.get(question.language or "en", EDITIONS["en"])
            query = in_quotes(question)
            # Google knows days only, and finds some pages a day late.
            if start := asking.since or asking.published:
                query += f" after:{start - timedelta(days=2):%Y-%m-%d}"
            parameters = urlencode({"q": query, "hl": hl, "gl": gl, "ceid": f"{gl}:{hl.partition('-')[0]}"})
            url = carrying(f"{asking.settings['url']}/rss/search?{parameters}", kind=question.kind)
            yield search_lead(self.name, url, question)

    def read(self, answer: Answer) -> SourceReading:
        if wall := _wall(answer):
            return wall
        if failed := failure(answer, "Google News"):
            return failed
        found = leads_from_feed(answer.body, answer.url, answer.charset)
        if found.outcome == "unreadable":
            return unreadable(f"Google News answered no feed: {found.reason}; {said(answer)}"[:300])
        query = one(sent(answer.url), "q")
        kind = one(carried(answer.url), "kind")
        language = one(sent(answer.url), "hl").partition("-")[0] or None
        leads = [self._lead(lead, answer.url, query, kind, language) for lead in found.leads]
        encoded = sum(ENCODED in (lead.note or "") for lead in leads)
        lost = [found.reason] if found.reason and leads else []
        lost += [f"{encoded} of {len(leads)} links are encoded"] if encoded else []
        lost += [f"{MOST_ITEMS} items are all it gives: there may be more"] if len(leads) >= MOST_ITEMS else []
        fronts = _front_pages(leads, answer.url) if kind in _OF_A_COPY else []
        return reading([*leads, *fronts], if_empty="Google News knows no page for it", lost="; ".join(lost) or None)

    def _lead(self, lead: Lead, asked: str, query: str, kind: str, language: str | None) -> Lead:
        title = lead.title
        # Google puts the publisher behind the title; the publisher's own titles may end so too, but not with <source>.
        if title and lead.outlet:
            title = title.removesuffix(f" - {lead.outlet}")
        note = hit(kind, asked_for(query), title)
        host = urlsplit(lead.url).hostname or ""
        if re.search(r"(?:^|\.)google\.[a-z.]+$", host) or "/rss/articles/" in lead.url:
            publisher = re.search(r"names (\S+) as its source", lead.note or "")
            note = "; ".join(filter(None, (note, ENCODED, f"published at {publisher[1]}" if publisher else "")))
        return replace(
            lead,
            source=self.name,
            query=asked.partition("#")[0],
            title=title,
            language=lead.language or language,
            note=note or None,
        )


def _front_pages(leads: Sequence[Lead], asked: str) -> list[Lead]:
    """The front pages of the publishers whose addresses are encoded, each once."""
    found: dict[str, Lead] = {}
    for lead in leads:
        publisher = _PUBLISHER.search(lead.note or "")
        if publisher is not None and len(found) < MOST_PUBLISHERS:
            note = f"the publisher of “{lead.title}”, whose address Google hides"
            front = Lead(
                f"{publisher[1].rstrip('/')}/", "google_news", asked.partition("#")[0], "front_page", note=note
            )
            found.setdefault(front.url, front)
    return list(found.values())


_PUBLISHER = re.compile(r"published at (https?://[^\s;]+)")


def _wall(answer: Answer) -> SourceReading | None:
    """What stands in the way of an answer, by the address that was answered from."""
    place = urlsplit(answer.final_url)
    host = place.hostname or ""
    if host.startswith("consent.") or (place.path.startswith("/m") and "continue=" in place.query):
        return refused("Google asks for consent first (consent.google.com), which a program cannot give")
    if place.path.startswith("/sorry"):
        return limited("Google takes us for too many requests (google.com/sorry)")
    return None


SOURCE = GoogleNews()
