"""The way from one address of the story to all its official translations, on a publisher that moved four times.

VICE gave an article one id in all editions and five addresses in the course of time (see `Generations`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.running import run
from archive.store import Store
from archive.urls import url_key
from tests.crawler.web import Web

ENGLISH = """Russia needs to learn to lose like America did, a columnist writes. He remembers the helicopters that left the roof
of an embassy, and the years in which nobody in Washington wanted to speak of them. A great power that cannot lose is dangerous,
he says, because it will rather burn the table than leave the game. The generals who promised a short war now promise a long one,
and the people who believed them bury their sons in towns whose names nobody abroad can spell. Losing, he concludes, is a skill
which is learned late and by few, and there are worse things for a country than to become ordinary and to be left alone."""

DUTCH = """Rusland moet leren verliezen zoals Amerika dat deed, schrijft een columnist. Hij denkt terug aan de helikopters die van het
dak van een ambassade vertrokken, en aan de jaren waarin niemand in Washington erover wilde praten. Een grootmacht die niet kan
verliezen is gevaarlijk, zegt hij, want die steekt liever de tafel in brand dan dat hij van het spel opstaat. De generaals die een
korte oorlog beloofden, beloven nu een lange, en de mensen die hen geloofden begraven hun zonen in dorpen waarvan niemand in het
buitenland de naam kan spellen. Verliezen, besluit hij, is een kunst die laat en door weinigen wordt geleerd."""


def article(words: str, *, language: str, links: dict[str, str], canonical: str, title: str) -> bytes:
    alternates = "".join(f'<link rel="alternate" hreflang="{code}" href="{url}">' for code, url in links.items())
    body = "".join(f"<p>{line}</p>" for line in words.splitlines())
    return (
        f'<html lang="{language}"><head><title>{title}</title><link rel="canonical" href="{canonical}">{alternates}</head>'
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


class Generations:
    """The publisher as it stands today: old addresses redirect to newer ones, editions name each other by hreflang."""

    def __init__(self, web: Web) -> None:
        self.english = web.url("www.vice.localhost", "/en/article/learn-to-lose/")
        self.dutch = web.url("www.vice.localhost", "/nl/article/leren-verliezen/")
        self.german = web.url("www.vice.localhost", "/de/article/qjkq9w/verlieren-lernen")
        self.ways = [
            web.url("motherboard.vice.localhost", "/en_us/article/learn-to-lose"),
            web.url("motherboard.vice.localhost", "/en_us/article/qjkq9w/learn-to-lose"),
            web.url("www.vice.localhost", "/en_us/article/qjkq9w/learn-to-lose"),
            web.url("www.vice.localhost", "/en/article/qjkq9w/learn-to-lose"),
            self.english,
        ]
        for old, new in zip(self.ways, self.ways[1:], strict=False):
            host, _, path = old.removeprefix("http://").partition("/")
            web.page(host.partition(":")[0], f"/{path}", status=301, headers=(("Location", new),))
        cluster = {
            "en": self.english,
            "nl": self.dutch,
            "de": self.german,
            "x-default": web.url("www.vice.localhost", "/"),
        }
        pages = ((self.english, ENGLISH, "en", "Learn to lose"), (self.dutch, DUTCH, "nl", "Leren verliezen"))
        for url, words, language, title in pages:
            path = "/" + url.removeprefix("http://").partition("/")[2]
            body = article(words, language=language, links=cluster, canonical=url, title=title)
            web.page("www.vice.localhost", path, body=body, headers=(("Content-Type", "text/html; charset=utf-8"),))
        web.page("www.vice.localhost", "/de/article/qjkq9w/verlieren-lernen", status=410)


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


def test_from_its_oldest_address_the_story_is_found_in_all_its_editions(web: Web, tmp_path: Path) -> None:
    vice = Generations(web)
    watch = tmp_path / "vice.toml"
    watch.write_text(
        f'url = "{vice.ways[0]}"\ntitle = "Learn to lose"\nlanguages = ["en", "nl", "de"]\n'
        f'[outlet]\nname = "VICE"\nshort_ids = ["qjkq9w"]\n[sources]\nsearch = false\n'
        '[politeness]\ndelay = "0s"\nallow_private = ["127.0.0.1"]\n'
    )

    run(watch, tmp_path / "archive.db", workers=1)

    with Store(tmp_path / "archive.db", readonly=True) as store:
        of_url = {
            key: store._one("SELECT * FROM page_url WHERE url_key = ?", (url_key(key),))
            for key in (vice.ways[0], vice.english, vice.dutch)
        }
        assert all(of_url.values()), of_url
        assert of_url[vice.ways[0]]["page_id"] == of_url[vice.english]["page_id"], (
            "the oldest address is the page of today's"
        )
        named = {row["url"]: row for row in store._all("SELECT * FROM lead WHERE source = 'hreflang'")}
        assert {vice.dutch, vice.german} <= set(named)
        assert (named[vice.dutch]["language"], named[vice.german]["language"]) == ("nl", "de")
        dutch = next(row for row in store.all_story_pages() if row["url"] == vice.dutch)
        texts = store.stories()[0].texts
        assert dutch["own"], "the publisher's own edition, not somebody's copy"
        assert {(text.language, text.role) for text in texts} == {("en", "original"), ("nl", "translation")}
        gone = store._one("SELECT status FROM capture WHERE url = ?", (vice.german,))
        assert gone is not None
        assert gone["status"] == 410, "the edition that is gone leaves a row too"


def test_each_generation_of_the_address_is_the_same_page(web: Web, tmp_path: Path) -> None:
    vice = Generations(web)
    watch = tmp_path / "vice.toml"
    listed = ", ".join(f'"{url}"' for url in vice.ways[1:])
    watch.write_text(
        f'url = "{vice.ways[0]}"\n[outlet]\nurls = [{listed}]\n[sources]\nsearch = false\n'
        '[politeness]\ndelay = "0s"\nallow_private = ["127.0.0.1"]\n'
    )

    run(watch, tmp_path / "archive.db", workers=1)

    with Store(tmp_path / "archive.db", readonly=True) as store:
        pages = store._all("SELECT DISTINCT page_id FROM page_url WHERE url LIKE '%learn-to-lose%'")
        texts = store._all("SELECT * FROM story_text WHERE active")
    assert len(pages) == 1
    assert {row["language"] for row in texts} == {"en", "nl"}, "each text once, under however many addresses"
    assert len(texts) == 2
