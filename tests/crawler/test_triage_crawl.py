"""A budget of a few URLs is spent on the likeliest: real crawls of a small web on 127.0.0.1."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from archive.running import run
from archive.store import Store
from tests.crawler import asking
from tests.crawler.archives import WaybackMachine
from tests.crawler.asking import JANUARY
from tests.crawler.crawling import REPOSITORY, Crawl, crawl, write_watch
from tests.crawler.web import Web, send

TITLE = "The last summer of the ferry Anna Lind in Port Merrin"
COPIES = ("The last summer of the ferry Anna Lind", "Port Merrin: the last summer of the Anna Lind ferry")
OTHERS = (
    "Council votes on new parking fees", "Ten soups for cold evenings", "Rain expected until the weekend",
    "School choir wins regional prize", "Museum opens its attic to visitors", "Trains delayed after signal failure",
    "How to prune an apple tree", "Handball: narrow defeat in the last minute", "Library extends its hours",
    "New bakery in the old post office", "Roadworks on the ring until March", "Volunteers count winter birds",
)  # fmt: skip


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


def item(title: str, url: str) -> str:
    return f"<item><title>{title}</title><link>{url}</link></item>"


def feed(items: list[str]) -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{"".join(items)}</channel></rss>'.encode()


def publish(web: Web, host: str, titles: tuple[str, ...]) -> list[str]:
    return [item(title, web.page(host, f"/{n}", body=title.encode())) for n, title in enumerate(titles)]


def watch_of(web: Web, folder: Path, *feeds: str) -> Path:
    watch = write_watch(
        folder, [web.page("own.localhost", "/story", body=b"the story")], sources=f"feeds = {json.dumps(feeds)}"
    )
    watch.write_text(f'title = "{TITLE}"\n' + watch.read_text())
    return watch


def pages_asked(web: Web, host: str) -> list[str]:
    return [path for path in web.paths(host) if path not in ("/robots.txt", "/feed")]


def test_a_small_budget_goes_to_the_copies_and_the_rest_stays_listed_with_reasons(web: Web, tmp_path: Path) -> None:
    """The copies stand at the end of a long feed, both at one host, and are asked one after the other."""
    items = publish(web, "paper.localhost", (*OTHERS, *COPIES)) + publish(web, "other.localhost", OTHERS)
    watch = watch_of(web, tmp_path, web.page("feed.localhost", "/feed", body=feed(items)))

    # the story itself, the feed, and two pages
    result = crawl(watch, tmp_path / "archive.db", budget=4)

    assert sorted(pages_asked(web, "paper.localhost")) == [f"/{len(OTHERS)}", f"/{len(OTHERS) + 1}"]
    assert pages_asked(web, "other.localhost") == []
    listed = result.rows("SELECT * FROM frontier WHERE visits = 0 ORDER BY score DESC")
    assert len(listed) == 2 * len(OTHERS)
    for row in listed:
        assert row["state"] == "waiting"
        assert 0 <= row["score"] < 0.5
        assert row["score_reason"]
    fetched = result.rows("SELECT min(score) AS least FROM frontier WHERE visits > 0 AND why = 'feed'")[0]["least"]
    assert fetched > listed[0]["score"]
    asked = result.rows("SELECT score_reason FROM leads WHERE url LIKE '%paper%' ORDER BY score DESC")[0]
    assert "the title shares" in asked["score_reason"]
    assert json.loads(result.run()["skipped"])["budget"] == 2 * len(OTHERS)
    assert f"{2 * len(OTHERS)} new pages" in status(tmp_path / "archive.db")


def status(archive: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "archive.cli", "--archive", str(archive), "status"],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_copy_that_a_slow_source_names_is_not_too_late(web: Web, tmp_path: Path) -> None:
    copy = publish(web, "paper.localhost", COPIES[:1])

    def slowly(request: BaseHTTPRequestHandler) -> None:
        time.sleep(1.5)
        send(request, 200, (), feed(copy))

    quick = web.page("quick.localhost", "/feed", body=feed(publish(web, "other.localhost", OTHERS)))
    watch = watch_of(web, tmp_path, quick, web.page("slow.localhost", "/feed", answer=slowly))

    crawl(watch, tmp_path / "archive.db", budget=4)

    assert pages_asked(web, "paper.localhost") == ["/0"]
    assert pages_asked(web, "other.localhost") == []


def test_known_pages_come_before_new_ones_and_the_next_run_goes_on_where_the_last_ended(
    web: Web, tmp_path: Path
) -> None:
    items = publish(web, "paper.localhost", (*OTHERS, *COPIES))
    watch = watch_of(web, tmp_path, web.page("feed.localhost", "/feed", body=feed(items)))
    archive = tmp_path / "archive.db"
    crawl(watch, archive, budget=4)

    # The story, the feed and the two copies are known by now: asked again, they use up the budget.
    again = crawl(watch, archive, budget=4, again=True)
    assert len(pages_asked(web, "paper.localhost")) == 4
    assert again.rows("SELECT count(*) AS n FROM frontier WHERE visits = 0")[0]["n"] == len(OTHERS)
    last = crawl(watch, archive)

    assert last.rows("SELECT count(*) AS n FROM frontier WHERE visits = 0")[0]["n"] == 0
    assert set(pages_asked(web, "paper.localhost")) == {f"/{n}" for n in range(len(items))}


def test_a_budget_is_for_all_crawls_of_a_run(web: Web, tmp_path: Path) -> None:
    items = publish(web, "paper.localhost", (*OTHERS, *COPIES))
    watch = watch_of(web, tmp_path, web.page("feed.localhost", "/feed", body=feed(items)))

    run(watch, tmp_path / "archive.db", budget=8)

    with Store(tmp_path / "archive.db", readonly=True) as store:
        crawls = [store.run(number) for number in range(1, (store.last_run("watch") or store.run(1)).id + 1)]
    assert len(crawls) > 1
    assert sum(crawl.planned for crawl in crawls) == 8
    assert {f"/{len(OTHERS)}", f"/{len(OTHERS) + 1}"} <= set(pages_asked(web, "paper.localhost"))


def test_questions_leave_half_of_the_budget_to_what_they_find(web: Web, tmp_path: Path) -> None:
    """An archive with more captures than the budget has room for must not keep the crawl from the copies."""
    machine = WaybackMachine(web)
    story = web.page("paper.example", "/2023/story", body=b"the story")
    for day in range(12):
        machine.keep(story, JANUARY + timedelta(days=day), f"day {day}".encode())
    items = publish(web, "copies.localhost", (*COPIES, *OTHERS))
    watch = asking.watch_of(tmp_path, story, asking.wayback(machine, per_page=12))
    listed = json.dumps([web.page("feed.localhost", "/feed", body=feed(items))])
    said = watch.read_text().replace("[sources.search]", f"feeds = {listed}\n[sources.search]")
    watch.write_text(f'title = "{TITLE}"\n{said}')

    result = asking.run(watch, tmp_path, budget=10)

    assert {"/0", "/1"} <= set(pages_asked(web, "copies.localhost"))
    assert len([path for path in web.paths(machine.host) if path != "/robots.txt"]) == 5
    assert result.run()["planned"] == 10
    rest = asking.run(watch, tmp_path)
    assert len([path for path in web.paths(machine.host) if path != "/robots.txt"]) == 13, (
        "they are asked when there is room"
    )
    assert rest.rows("SELECT count(*) AS n FROM frontier WHERE state = 'leased'")[0]["n"] == 0


def test_the_best_of_two_leads_to_one_page_counts(web: Web, tmp_path: Path) -> None:
    url = web.page("paper.localhost", "/0", body=b"x")
    feeds = [
        web.page("dull.localhost", "/feed", body=feed([item("Read more", url)])),
        web.page("good.localhost", "/feed", body=feed([item(COPIES[0], url)])),
    ]

    result: Crawl = crawl(watch_of(web, tmp_path, *feeds), tmp_path / "archive.db", budget=3)

    scores = [row["score"] for row in result.rows("SELECT score FROM lead WHERE url = ? ORDER BY score", url)]
    assert scores[0] < scores[1]
    assert result.rows("SELECT score FROM frontier WHERE url = ?", url)[0]["score"] == scores[1]
