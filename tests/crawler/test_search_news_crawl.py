"""News sources asked by real crawls over real HTTP: what they find, and what their traps leave in the archive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import main
from archive.times import utc_now
from crawler.discovery.search.registry import SOURCES
from tests.crawler.asking import outcomes
from tests.crawler.crawling import Crawl, crawl
from tests.crawler.news_search import Article, NewsSearch
from tests.crawler.news_search_asking import COPY, STORY, TEXT
from tests.crawler.web import Web

ENGINES = ("bing news", "google news", "qwant news", "startpage news")


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


def watch_of(folder: Path, web: Web, **search: str) -> Path:
    """A watch of the lighthouse story that asks these sources; each value is a table of settings without its braces."""
    (folder / "en.txt").write_text(TEXT + "\n" + "And the lamp was lit again. " * 8, encoding="utf-8")
    asked = "\n".join(f"{name} = {{ {settings} }}" for name, settings in search.items())
    off = "\n".join(f"{name} = false" for name in SOURCES if name not in search)
    path = folder / "watch.toml"
    path.write_text(
        f"title = {json.dumps(STORY.title)}\n"
        f'[[text]]\nfile = "en.txt"\nlanguage = "en"\nurl = "{web.page("courier.localhost", "/story", body=b"x")}"\n'
        f'[questions]\nadd = ["polished its forgotten brass instruments"]\n[sources.search]\n{asked}\n{off}\n'
        '[politeness]\ncontact = "desk@example.org"\ndelay = "0s"\nallow_private = ["127.0.0.1"]\n',
        encoding="utf-8",
    )
    return path


def at(news: NewsSearch, host: str, more: str = "") -> str:
    return f'url = "{news.url.replace("127.0.0.1", host)}", delay = "0s"{more}'


def printed(web: Web, host: str, path: str) -> Article:
    url = web.page(host, path, body=b"<p>the lamp</p>")
    return replace(COPY, url=url, outlet=host, published=utc_now() - timedelta(minutes=40))


def run(watch: Path, folder: Path, *hosts: str, **options: object) -> Crawl:
    return crawl(watch, folder / "archive.db", names={host: ["127.0.0.1"] for host in hosts}, **options)


def test_what_hides_behind_the_links_of_google_and_bing_is_fetched_once(web: Web, tmp_path: Path) -> None:
    open_, hidden = (printed(web, host, "/2023/lamp-of-port-merrin") for host in ("open.example", "hidden.example"))
    front = f'<html><body><a href="{hidden.url}">{hidden.title}</a></body></html>'
    web.page("hidden.example", "/", body=front.encode())
    with NewsSearch([open_, hidden], utc_now()) as google, NewsSearch([open_], utc_now()) as bing:
        watch = watch_of(
            tmp_path, web, google_news=at(google, "google.localhost"), bing_news=at(bing, "bing.localhost")
        )
        first = run(watch, tmp_path, "open.example", "hidden.example")
        named = first.rows("SELECT url FROM frontier WHERE purpose = 'page' ORDER BY id")
        again = run(watch, tmp_path, "open.example", "hidden.example", again=True)

    # The first generation of Google's links has the address in it, the second one only the publisher.
    assert [row["status"] for row in first.captures(open_.url)[:1]] == [200]
    assert [row["status"] for row in first.captures(hidden.url)[:1]] == [200]
    lead = first.rows("SELECT note FROM lead WHERE source = 'google_news' AND purpose = 'front_page'")[0]
    assert "whose address Google hides" in lead["note"]
    assert again.rows("SELECT url FROM frontier WHERE purpose = 'page' ORDER BY id") == named, "another tid is no page"
    assert not [row["url"] for row in named if "tid=" in row["url"]]


def test_each_trap_is_another_answer_in_the_rows_and_in_status(web: Web, tmp_path: Path) -> None:
    traps = {
        "google_news": ("consent", ""),
        "bing_news": ("page", ""),
        "gdelt_doc": ("notice", ""),
        "searxng": ("engines", f", engines = {json.dumps(ENGINES)}"),
        "media_cloud": ("", ""),
    }
    with ExitStack() as stack:
        search = {}
        for name, (trap, more) in traps.items():
            news = stack.enter_context(NewsSearch([printed(web, "open.example", "/lamp")], utc_now()))
            news.trap, news.engines = trap, ENGINES
            search[name] = at(news, f"{name.replace('_', '')}.localhost", more)
        result = run(watch_of(tmp_path, web, **search), tmp_path, "open.example")

    said = {name: set(outcomes(result, name).values()) for name in traps}

    def one(name: str, outcome: str, words: str) -> bool:
        return any(found == outcome and words in reason for found, reason in said[name])

    assert one("google_news", "refused", "Google asks for consent first"), said
    assert one("bing_news", "unreadable", "Bing answered a page, not a feed"), said
    assert one("gdelt_doc", "limited", "left alone until"), said
    assert one("searxng", "unreadable", "0 of 4 engines answered"), said
    assert one("media_cloud", "refused", "AFTERPRINT_MEDIA_CLOUD_TOKEN"), said
    status = CliRunner().invoke(main, ["--archive", str(result.archive), "status"]).output
    for word, name in (
        ("Refused", "google_news"),
        ("Unclear", "bing_news"),
        ("Limited", "gdelt_doc"),
        ("Unclear", "searxng"),
    ):
        assert f"{word:<9} {name} " in status, status
    assert "0 of 4 engines answered" in status
    assert result.code == 1
