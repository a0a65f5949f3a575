"""A web of invented newspapers with copies of one story in it, each behind one kind of source only.

::

    newsroom        outlets with feeds, news sitemaps, trees of sitemaps, front pages, and some that list nothing
    web archives    know the editions of the story under the publisher's id
    search engines  each knows copies that no listing names, among reports of the same event and other pages

The tracked story and its translations are those of the bundled newsroom; all else is made by seed.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from archive.text import fold
from benchmarks import coverage_words as words
from crawler.discovery.search.registry import SOURCES
from crawler.newsroom import ferry, pages
from crawler.newsroom.newsroom import Listing, Newsroom, Ref
from crawler.newsroom.server import Server, serve
from crawler.newsroom.wording import pick
from tests.crawler import news_search
from tests.crawler.archives import CommonCrawl, WaybackMachine
from tests.crawler.web import Web

SEED = 20261124
DOMAIN = "example"
SHORT_ID = "mq7k2x"
ORIGINAL = Ref("courier", f"/en_us/article/{SHORT_ID}/last-summer-of-the-anna-lind")

COPIES: Mapping[str, int] = {
    "feed": 5, "news_sitemap": 5, "sitemap": 5, "front_page": 5, "hreflang": 4, "canonical": 2, "link": 3,
    "wayback": 5, "commoncrawl": 4, "gdelt_articles": 3, "gdelt_ngrams": 3, "gdelt_doc": 3, "searxng": 3, "media_cloud": 3,
    "google_news": 3, "bing_news": 2, "import": 2,
}  # fmt: skip
"""Kind of source -> copies that only it names: sixty."""

LISTINGS: Mapping[str, Listing] = {
    "feed": "feed",
    "news_sitemap": "sitemap",
    "sitemap": "sitemap",
    "front_page": "front",
}
ARCHIVES: Mapping[str, Sequence[str]] = {
    "wayback": ("nl", "de", "en_uk", "nl_be", "de_at"),
    "commoncrawl": ("en_ca", "de_ch", "en_au", "en_in"),
}
"""Archive -> editions of the story that it knows."""

ENGINES = ("gdelt_articles", "gdelt_ngrams", "gdelt_doc", "searxng", "media_cloud", "google_news", "bing_news")

LANGUAGES = ("en", "nl", "de")
OUTLETS_A_LISTING = 4
HIDDEN = ("lamplight", "kwelder", "nordlicht", "tribune", "polderpost", "weekly")
NEAR_SHARE = 0.08
"""Of other pages, those from the story's town or about ferries."""

LISTED_SHARE = 0.9
"""Of other pages, those that some listing names."""

EVENT_PAGES = 20
EVENT = "It was about Port Merrin, Skerra, the Anna Lind, Ingrid Solheim, Edvard Lange, Hanne Orvik, Tomas Reith and Coastwire."
"""Other pages with the names of the story, which search engines find too."""

IMPORTED = 100
"""Addresses in the list that is imported."""

CREDITS = {
    "en": "This article was first published by {name}.",
    "nl": "Dit artikel verscheen eerder in {name}.",
    "de": "Dieser Artikel erschien zuerst bei {name}.",
}


@dataclass(frozen=True, slots=True)
class Copy:
    """A page that carries the story."""

    at: Ref
    #: the only kind of source that leads to it
    behind: str


@dataclass(slots=True)
class Coverage:
    """The running web."""

    server: Server
    copies: list[Copy] = field(default_factory=list)
    #: addresses that a user imports
    imported: list[str] = field(default_factory=list)
    #: lines of `[sources]` and of `[sources.search]`
    listings: dict[str, list[str]] = field(default_factory=dict)
    engines: dict[str, str] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return sum(len(outlet.articles()) for outlet in self.server.room.outlets) + self.gone

    #: copies that only a web archive still has
    gone: int = 0

    def watch(self) -> str:
        """The watch that asks all of them, as TOML."""
        search = "\n".join(f"{name} = {{ {settings} }}" for name, settings in self.engines.items())
        off = "\n".join(f"{name} = false" for name in SOURCES if name not in self.engines)
        listed = "\n".join(f"{key} = {json.dumps(urls)}" for key, urls in self.listings.items())
        return f"""\
name = "coverage"
title = {json.dumps(ferry.ENGLISH_TITLE, ensure_ascii=False)}
languages = {json.dumps(LANGUAGES)}
[[text]]
url = "{self.server.locate(ORIGINAL)}"
file = "story.txt"
language = "en"
role = "original"
[outlet]
name = "The Harbour Courier"
aliases = ["Harbour Courier"]
short_ids = ["{SHORT_ID}"]
[sources]
{listed}
[sources.search]
{search}
{off}
[politeness]
contact = "https://example.org/afterprint-benchmark"
delay = "0s"
allow_private = ["127.0.0.1"]
"""


@contextmanager
def open_web(total: int, copies: Mapping[str, int], now: datetime) -> Iterator[Coverage]:
    """The web while the block runs.

    Args:
        total: pages in it, copies among them.
        now: the wall clock; everything was printed in the days before.
    """
    room = Newsroom()
    with ExitStack() as stack:
        server = stack.enter_context(serve(room, domain=DOMAIN))
        web = stack.enter_context(Web())
        builder = _Builder(Coverage(server), random.Random(SEED), now)
        builder.found_outlets()
        builder.publish_copies(copies)
        builder.fill(total)
        builder.open_archives(WaybackMachine(web), CommonCrawl(web))
        for name in ENGINES:
            if name in copies:
                builder.open_engine(name, stack.enter_context(news_search.NewsSearch(builder.press(name), now)))
        yield builder.coverage


class _Builder:
    def __init__(self, coverage: Coverage, rng: random.Random, now: datetime) -> None:
        self.coverage = coverage
        self.room = coverage.server.room
        self.rng = rng
        self.now = now
        self.of_listing: dict[str, list[str]] = {}
        self.taken: set[tuple[str, str]] = set()
        self.number = 0
        self.events: list[Ref] = []

    def locate(self, at: Ref) -> str:
        return self.coverage.server.locate(at)

    # --- outlets ---

    def found_outlets(self) -> None:
        self.room.outlet("courier", name="The Harbour Courier")
        self._publish(ORIGINAL, "en", ferry.ENGLISH_TITLE, ferry.ENGLISH, byline="Nora Whitlock", listed=())
        addresses = self.coverage.listings
        for kind in LISTINGS:
            for number in range(OUTLETS_A_LISTING):
                handle = f"{kind.replace('_', '')}{number}"
                language = LANGUAGES[number % len(LANGUAGES)]
                outlet = self.room.outlet(
                    handle,
                    name=f"The {handle.capitalize()} Times",
                    language=language,
                    template=("broadsheet", "blog", "boxes")[number % 3],
                    feed=("rss", "atom", "json")[number % 3],
                )
                self.of_listing.setdefault(kind, []).append(handle)
                if kind == "feed":
                    addresses.setdefault("feeds", []).append(self.locate(outlet.ref(outlet.feed_path)))
                elif kind == "front_page":
                    addresses.setdefault("front_pages", []).append(self.locate(outlet.ref()))
                else:
                    # A tree begins at robots.txt, or is a list without titles.
                    tree = "/robots.txt" if number % 2 else "/archive-sitemap.xml.gz"
                    path = "/news-sitemap.xml" if kind == "news_sitemap" else tree
                    addresses.setdefault("sitemaps", []).append(self.locate(outlet.ref(path)))
        for number, handle in enumerate(HIDDEN):
            self.room.outlet(handle, name=handle.capitalize(), language=LANGUAGES[number % len(LANGUAGES)])

    # --- copies ---

    def publish_copies(self, copies: Mapping[str, int]) -> None:
        """Those that listings name last: they point to others."""
        pointers: list[tuple[str, list[Ref]]] = []
        for kind in ("hreflang", "canonical", "link"):
            # Neighbours have different languages.
            hidden = [self._copy(kind, handle=HIDDEN[n % len(HIDDEN)]) for n in range(copies.get(kind, 0))]
            # Two languages in one cluster, one original a page.
            step = 2 if kind == "hreflang" else 1
            pointers += [(kind, hidden[place : place + step]) for place in range(0, len(hidden), step)]
        for kind, editions in ARCHIVES.items():
            for number, edition in enumerate(editions[: copies.get(kind, 0)]):
                at = Ref(ORIGINAL.outlet, f"/{edition}/article/{SHORT_ID}/{edition}-{number}")
                self._copy(kind, at=at, language=edition.partition("_")[0])
        for kind in (*ENGINES, "import"):
            for _ in range(copies.get(kind, 0)):
                self._copy(kind)
        for kind in LISTINGS:
            for number in range(copies.get(kind, 0)):
                pointer = pointers.pop() if pointers else None
                self._copy(kind, handle=self.of_listing[kind][number % OUTLETS_A_LISTING], pointer=pointer)
        assert not pointers, "each hidden copy needs one that points to it"

    def _copy(
        self,
        kind: str,
        *,
        handle: str = "",
        at: Ref | None = None,
        language: str = "",
        pointer: tuple[str, list[Ref]] | None = None,
    ) -> Ref:
        rng = self.rng
        handle = handle or (at.outlet if at else rng.choice(HIDDEN))
        language = language or self.room[handle].language
        title = rng.choice(words.COPY_TITLES[language])
        more: dict[str, object] = {}
        text = _carried(rng, language)
        if pointer is not None:
            which, refs = pointer
            if which == "hreflang":
                more["alternates"] = {self.room[ref.outlet].language: ref for ref in refs}
            elif which == "canonical":
                more[rng.choice(("canonical", "syndication_source"))] = refs[0]
            else:
                name = self.room[refs[0].outlet].name
                more["credit"] = CREDITS[language].format(name=name)
                more["links"] = {name: refs[0]}
        listed = (LISTINGS[kind],) if kind in LISTINGS else ("front",) if kind == "google_news" else ()
        at = at or Ref(handle, self._path(title, slug=kind != "searxng"))
        self._publish(at, language, title, text, listed=listed, **more)
        self.coverage.copies.append(Copy(at, kind))
        if kind == "import":
            self.coverage.imported.append(self.locate(at))
        return at

    # --- other pages ---

    def fill(self, total: int) -> None:
        """Other pages, until there are *total*; most in listings, some known to engines and in the import only."""
        for number in range(EVENT_PAGES):
            handle = HIDDEN[number % len(HIDDEN)]
            text = words.text(self.rng, self.room[handle].language)
            self.events.append(self._other(handle, f"{text}\n\n{EVENT}", near=True))
        listing = [handle for kind in LISTINGS for handle in self.of_listing[kind]]
        for _ in range(total - self.coverage.pages):
            handle = self.rng.choice(listing if self.rng.random() < LISTED_SHARE else HIDDEN)
            text = words.text(self.rng, self.room[handle].language)
            at = self._other(handle, text, near=self.rng.random() < NEAR_SHARE)
            if handle in HIDDEN and len(self.coverage.imported) < IMPORTED:
                self.coverage.imported.append(self.locate(at))

    def _other(self, handle: str, text: str, *, near: bool) -> Ref:
        language = self.room[handle].language
        title = words.headline(self.rng, language, near=near)
        listed = [LISTINGS[kind] for kind, handles in self.of_listing.items() if handle in handles]
        return self._publish(Ref(handle, self._path(title)), language, title, text, listed=listed)

    def _path(self, title: str, *, slug: bool = True) -> str:
        self.number += 1
        said = "-".join(re.findall(r"[a-z0-9]+", fold(title).text))[:60].strip("-") if slug else ""
        return f"/2026/11/{said or 'article'}-{self.number}"

    def _publish(
        self, at: Ref, language: str, title: str, text: str, *, listed: Sequence[Listing], **more: object
    ) -> Ref:
        published = self.now - timedelta(minutes=45, hours=0 if not listed else self.rng.randrange(0, 48))
        self.room[at.outlet].publish(
            at.path, title=title, text=text, language=language, published=published, listed=listed, **more
        )  # type: ignore[arg-type]
        return at

    # --- archives and engines ---

    def open_archives(self, machine: WaybackMachine, crawls: CommonCrawl) -> None:
        month = f"{self.now - timedelta(days=1):%Y-%m-%dT00:00:00}"
        crawls.collection("CC-MAIN-NEW", month, f"{self.now:%Y-%m-%dT%H:%M:%S}")
        self.coverage.engines["wayback"] = f'url = "{machine.url}", delay = "0s"'
        self.coverage.engines["commoncrawl"] = f'url = "{crawls.url}", data_url = "{crawls.url}", delay = "0s"'
        for number, copy in enumerate(copy for copy in self.coverage.copies if copy.behind in ARCHIVES):
            outlet = self.room[copy.at.outlet]
            article = outlet.article(copy.at.path)
            body = pages.article_page(outlet, article, self.coverage.server.locate, visits=1).encode()
            kept = machine.keep(self.locate(copy.at), self.now - timedelta(hours=6 + number), body)
            if copy.behind == "commoncrawl":
                machine.kept.remove(kept)
                crawls.keep("CC-MAIN-NEW", kept)
            elif number < 2:
                outlet.withdraw(copy.at.path)
                self.coverage.gone += 1

    def press(self, name: str) -> list[news_search.Article]:
        """What an engine knows: its copies, reports of the event, and other pages."""
        known = [copy.at for copy in self.coverage.copies if copy.behind == name]
        others = [
            Ref(handle, article.path)
            for handle in HIDDEN
            for article in self.room[handle].articles()
            if not article.listed and all(Ref(handle, article.path) != copy.at for copy in self.coverage.copies)
        ]
        chosen = [*known, *self.events, *self.rng.sample(others, min(30, len(others)))]
        found = []
        for at in chosen:
            article = self.room[at.outlet].article(at.path)
            found.append(
                news_search.Article(
                    self.locate(at),
                    article.title,
                    article.text,
                    article.language,
                    article.published,
                    self.room[at.outlet].name,
                )
            )
        return found

    def open_engine(self, name: str, engine: news_search.NewsSearch) -> None:
        port = engine.url.rpartition(":")[2]
        base = f"http://{name.replace('_', '')}.localhost:{port}"
        path = {"gdelt_articles": "/gdeltv3/gal", "gdelt_ngrams": "/gdeltv3/webngrams"}.get(name, "")
        hours = ", hours = 1" if path else ""
        self.coverage.engines[name] = f'url = "{base}{path}", delay = "0s"{hours}'


def _carried(rng: random.Random, language: str) -> str:
    """The story whole, cut, or a part of it in another's words."""
    whole = {"en": ferry.ENGLISH, "nl": ferry.DUTCH, "de": ferry.GERMAN}[language]
    shape = rng.random()
    if shape < 0.5:
        return rng.choice((ferry.ENGLISH, ferry.EDITED)) if language == "en" else whole
    count = len(whole.split("\n\n"))
    if shape < 0.8:
        return pick(whole, *sorted(rng.sample(range(1, count + 1), rng.randrange(6, count - 1))))
    part = pick(whole, *(start := rng.randrange(1, count - 3), start + 1, start + 2))
    before, *after = words.text(rng, language).split("\n\n")
    return "\n\n".join((before, part, *after))
