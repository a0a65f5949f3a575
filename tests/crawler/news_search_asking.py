"""Asking search sources over HTTP as a crawl does, and the press that there is to find."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections import deque
from datetime import UTC, datetime, timedelta

from archive.types import Lead, Story, StoryText
from archive.urls import url_key
from crawler.discovery.questions import questions
from crawler.discovery.reading import SourceReading
from crawler.discovery.search import Answer, Asking, Question, SearchSource
from tests.crawler.news_search import NOW, Article

TEXT = (
    "When the old lighthouse of Port Merrin was sold, nobody in the harbour asked what would become of the lamp.\n"
    "The keeper, Anna Lindqvist, had polished its forgotten brass instruments every morning for thirty-seven years.\n"
    "“Somebody must keep counting the passing trawlers tonight,” said Harold Peabody of the harbour office in Moscow.\n"
    "Putin never visited the place, although Peabody and Lindqvist invited him in writing after the winter storms of Russia."
)
STORY = Story(
    slug="lighthouse",
    title="Russia buys the lighthouse that Putin never saw",
    outlet="The Courier",
    urls=("https://courier.example/2023/lighthouse",),
    languages=("en", "nl"),
    texts=(StoryText(TEXT, "en", "original", "file:en.txt"),),
)
DAY = datetime(2023, 1, 21, 11, 50, tzinfo=UTC)
COPY = Article(
    "https://digest.example/lamp?id=7&x=1",
    "Russia buys the lighthouse that Putin never saw, at last",
    TEXT,
    "en",
    DAY,
    "Digest",
)
TRANSLATION = Article(
    "https://kustbode.example/vuurtoren",
    "Rusland koopt de vuurtoren die Poetin nooit zag",
    "De vuurtoren van Port Merrin is verkocht. Volgens Lindqvist en Peabody kwam Poetin nooit, al werd hij uit Moskou gevraagd.",
    "nl",
    DAY + timedelta(minutes=4),
    "Kustbode",
)
OTHER = Article(
    "https://digest.example/fair", "A town has a fair", "The fair opens on Sunday with music.", "en", DAY, "Digest"
)
PRESS = (COPY, TRANSLATION, OTHER)


def asking(source: SearchSource, url: str, *made: Question, since: datetime | None = None, **table: object) -> Asking:
    table = {"url": url, **table}
    return Asking(STORY, made or questions(STORY), source.settings(table, "watch.toml"), NOW, since)


def fetch(lead: Lead, **headers: str) -> Answer:
    """What the server answers to *lead*, as the crawl would hand it on."""
    request = urllib.request.Request(lead.url.partition("#")[0], headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        response = opener.open(request, timeout=10)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        received = tuple((name.lower(), value) for name, value in response.headers.items())
        charset = response.headers.get_content_charset()
        return Answer(lead.url, response.url, response.status, received, response.read(), charset)


def ask(source: SearchSource, what: Asking, most: int = 200, **headers: str) -> tuple[list[Lead], list[SourceReading]]:
    """All that *source* finds, with every answer, following the parts that its answers name."""
    waiting = deque(source.ask(what))
    known = {url_key(lead.url) for lead in waiting}
    pages: dict[str, Lead] = {}
    readings: list[SourceReading] = []
    while waiting and len(readings) < most:
        read = source.read(fetch(waiting.popleft(), **headers))
        readings.append(read)
        for lead in read.leads:
            assert lead.source == source.name
            if lead.purpose == "search":
                # As the frontier does: what is known is not asked again.
                if url_key(lead.url) not in known:
                    known.add(url_key(lead.url))
                    waiting.append(lead)
            else:
                pages.setdefault(lead.url, lead)
    return list(pages.values()), readings


def answered(source: SearchSource, what: Asking, **headers: str) -> SourceReading:
    """The answer to the first request."""
    return source.read(fetch(next(iter(source.ask(what))), **headers))


PHRASE = Question("phrase", "had polished its forgotten brass instruments every morning", "en", "")
