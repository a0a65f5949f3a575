"""Processing on real archives, with real workers: late captures, upgrades, hostile bodies, stories that come later."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive import extract
from archive.process import process
from archive.store import Store
from archive.types import Capture, Story, StoryText, TextUrl
from crawler.newsroom import ferry

T = datetime(2026, 3, 10, 8, tzinfo=UTC)
URL = "https://courier.example/2026/ferry"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "archive.db") as opened:
        yield opened


def page(text: str = ferry.ENGLISH, title: str = ferry.ENGLISH_TITLE) -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n"))
    return f'<html lang="en"><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>'.encode()


def add(store: Store, hour: int, body: bytes | None = None, url: str = URL, **more: Any) -> None:
    at = T + timedelta(hours=hour)
    facts: dict[str, Any] = {
        "purpose": "page",
        "status": 200,
        "body": page() if body is None else body,
        "headers": (("content-type", "text/html"),),
    }
    store.add_capture(Capture(url=url, started_at=at, finished_at=at, final_url=url, **(facts | more)))


def run(store: Store) -> Any:
    return process(store.path, now=lambda: T, workers=1)


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(store.path) as connection:
        return connection.execute(sql).fetchall()


def told(store: Store) -> list[tuple[Any, ...]]:
    return rows(
        store,
        """SELECT v.number, v.seen_from, v.seen_to, v.captures, v.changed_fields, e.text_sha256
           FROM version v JOIN extraction e ON e.id = v.extraction_id ORDER BY v.number""",
    )


EDITED = ferry.ENGLISH.replace("164", "171")


def test_a_late_capture_takes_its_place_in_time(store: Store, tmp_path: Path) -> None:
    add(store, 1)
    add(store, 5, page(EDITED))
    run(store)
    assert len(told(store)) == 2
    add(store, 3, page(ferry.ENGLISH, "Another headline"))  # imported later, seen between the two
    run(store)
    with Store(tmp_path / "in_order.db") as in_order:
        add(in_order, 1)
        add(in_order, 3, page(ferry.ENGLISH, "Another headline"))
        add(in_order, 5, page(EDITED))
        run(in_order)
        assert told(store) == told(in_order)
    assert [row[4] for row in told(store)] == ["[]", '["title"]', '["title", "text"]']
    pairs = rows(
        store,
        """SELECT o.number, n.number FROM change c JOIN version o ON o.id = c.old_version_id
           JOIN version n ON n.id = c.new_version_id ORDER BY 1""",
    )
    assert pairs == [(1, 2), (2, 3)]


def test_an_upgrade_of_the_extractor_makes_no_edit(store: Store) -> None:
    add(store, 1)
    add(store, 2, page(EDITED))
    add(store, 3, page(EDITED) + b"<!-- another counter -->")
    run(store)
    before = told(store)
    with sqlite3.connect(store.path) as connection:  # as if all had been read by an older extractor
        connection.execute("UPDATE extraction SET label = 'older', text = text || 'x'")
        connection.execute("UPDATE reading SET label = 'older'")
    summary = run(store)
    assert summary.read == 3
    assert told(store) == before
    labels = rows(store, "SELECT DISTINCT e.label FROM version v JOIN extraction e ON e.id = v.extraction_id")
    assert labels == [(extract.LABEL,)]
    assert len(rows(store, "SELECT * FROM change")) == 1


def test_an_upgrade_of_the_differ_says_anew_what_changed_and_tells_nobody_again(store: Store) -> None:
    store.save_story(
        Story(
            "ferry", "Ferry", alerts=("changed",), texts=(StoryText(ferry.ENGLISH, "en", "original", "file:en.txt"),)
        ),
        T - timedelta(days=1),
    )
    add(store, 1)
    add(store, 2, page(EDITED))
    first = run(store)
    before = rows(store, "SELECT * FROM change"), rows(store, "SELECT * FROM alert")
    assert first.compared_anew == 0
    assert len(before[0]) == len(before[1]) == 1
    with sqlite3.connect(store.path) as connection:  # as if an older differ had described it
        connection.execute("UPDATE change SET label = 'diff 0', summary = 'stale', significance = 0, diff_hash = ''")
    summary = run(store)
    assert summary.compared_anew == 1
    assert summary.told == []
    assert (rows(store, "SELECT * FROM change"), rows(store, "SELECT * FROM alert")) == before
    assert run(store).compared_anew == 0


def test_captures_that_show_no_article_are_judged_and_kept(store: Store) -> None:
    add(store, 1)
    add(store, 2, b"\x00\xff" * 400)
    add(store, 3, b"%PDF-1.7", headers=(("content-type", "application/pdf"),))
    add(store, 4, None, status=503)
    add(store, 5, status=None, error_class="timeout", headers=())
    add(store, 6, b"", status=410)
    add(store, 7)
    run(store)
    decisions = rows(store, "SELECT decision FROM reading ORDER BY capture_id")
    assert decisions == [
        ("new_version",),
        ("bad",),
        ("bad",),
        ("unreachable",),
        ("unreachable",),
        ("gone",),
        ("unchanged",),
    ]
    assert len(told(store)) == 1


def test_a_story_that_comes_later_is_matched_against_what_is_there(store: Store) -> None:
    add(store, 1, page(ferry.ENGLISH.replace("PORT MERRIN — ", "")), url="https://gazette.example/island")
    run(store)
    assert rows(store, "SELECT * FROM match") == []
    store.save_story(
        Story(
            "ferry", "Ferry", "The Harbour Courier", texts=(StoryText(ferry.ENGLISH, "en", "original", "file:en.txt"),)
        ),
        T,
    )
    run(store)
    assert rows(store, "SELECT kind FROM match") == [("copy",)]
    assert rows(store, "SELECT count(*) FROM passage")[0][0] >= 1


def test_without_a_text_the_first_good_capture_becomes_it(store: Store) -> None:
    store.save_story(Story("ferry", "Ferry", text_urls=(TextUrl(URL, "und", "original"),)), T)
    add(store, 1, b"<html><title>404 Not Found</title><p>Nothing here.</p></html>")
    add(store, 2)
    summary = run(store)
    assert summary.promoted == [
        f"{URL} (en, original), capture 2: it stands at the story's own address; no text of the story was known before"
    ]
    assert rows(store, "SELECT language, source FROM story_text") == [("en", "capture:2")]
    assert rows(store, "SELECT kind FROM match") == [("copy",)]
    assert run(store).promoted == []


def test_what_is_found_can_be_searched(store: Store) -> None:
    add(store, 1)
    run(store)
    found = rows(store, "SELECT rowid FROM version_fts WHERE version_fts MATCH '\"ferry\"'")
    assert found == [(1,)]


def test_a_stop_leaves_the_rest_for_the_next_call(store: Store) -> None:
    for hour in range(6):
        add(store, hour, url=f"https://courier.example/{hour}")
    stop = threading.Event()
    summary = process(store.path, now=lambda: T, workers=1, stop=stop, progress=lambda done, left: stop.set())
    assert summary.stopped
    assert 1 <= summary.read < 6
    assert summary.read + run(store).read == 6
    assert len(rows(store, "SELECT * FROM version")) == 6


def test_what_a_crawl_adds_in_its_last_moment_is_read(store: Store) -> None:
    def crawl_goes_on() -> bool:
        """By the time the answer is "no", the crawl has just written its last capture."""
        if not rows(store, "SELECT 1 FROM capture"):
            add(store, 1)
        return False

    assert process(store.path, now=lambda: T, workers=1, go_on=crawl_goes_on).read == 1
