"""Bodies that a browser's scripts made: marked, chained, exported as what they are, and no edit of what a server sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.store import Store
from archive.types import Capture
from archive.verify import verify
from archive.warc import read_warc
from archive.warc.writing import export
from crawler.newsroom import ferry
from tests.archive.test_process import add, page, rows, run

URL = "https://ticker.example/2026/ferry"
BY = "chromium 130.0, scrapy-playwright 0.0.48"
LATER = ferry.ENGLISH.replace("164", "171")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "archive.db") as opened:
        yield opened


def see(store: Store, day: int, text: str, rendered_by: str | None = None) -> None:
    headers = (("content-type", "text/html"), ("etag", '"frame"'))
    add(store, 24 * day, page(text), URL, rendered_by=rendered_by, headers=headers)


def history(store: Store) -> list[tuple[object, ...]]:
    run(store)
    return rows(store, "SELECT number, captures, changed_fields FROM versions ORDER BY number")


def test_two_rendered_bodies_are_compared_like_any(store: Store) -> None:
    see(store, 0, ferry.ENGLISH, BY)
    see(store, 1, LATER, "chromium 131.0, scrapy-playwright 0.0.48")
    assert history(store) == [(1, 1, "[]"), (2, 1, '["text"]')]
    assert rows(store, "SELECT words_added, words_removed FROM changes") == [(1, 1)]


@pytest.mark.parametrize(("first", "then"), [(None, BY), (BY, None)], ids=["plain first", "rendered first"])
def test_a_plain_and_a_rendered_body_are_never_an_edit(store: Store, first: str | None, then: str | None) -> None:
    see(store, 0, ferry.ENGLISH, first)
    see(store, 1, LATER, then)
    assert history(store) == [(1, 1, "[]")], "one may be half a page"
    see(store, 2, LATER, then)
    assert history(store) == [(1, 1, "[]"), (2, 1, "[]")], "the page goes on, and it is not said what changed"
    see(store, 3, ferry.ENGLISH, then)
    assert history(store)[-1] == (3, 1, '["text"]')
    assert rows(store, "SELECT words_added, words_removed FROM changes") == [(1, 1)]


def test_the_same_words_are_the_same_whoever_put_them_there(store: Store) -> None:
    for day, by in enumerate((None, BY, None, BY)):
        see(store, day, ferry.ENGLISH, by)
    assert history(store) == [(1, 4, "[]")]


def test_a_history_told_one_capture_at_a_time_is_the_same(store: Store) -> None:
    for day, (text, by) in enumerate(((ferry.ENGLISH, None), (LATER, BY), (LATER, BY), (ferry.ENGLISH, BY))):
        see(store, day, text, by)
        told = history(store)
    store.clear_derived()
    assert history(store) == told


def test_the_mark_is_part_of_the_hash_chain(store: Store) -> None:
    see(store, 0, ferry.ENGLISH, BY)
    see(store, 1, ferry.ENGLISH, BY)
    assert verify(store).ok
    with store.transaction():
        store._run("UPDATE capture SET rendered_by = NULL WHERE id = 1")
    assert [finding.where for finding in verify(store).findings] == ["capture 1"]


def test_a_warc_file_says_that_no_server_sent_it_and_an_import_knows_it_too(store: Store, tmp_path: Path) -> None:
    see(store, 0, ferry.ENGLISH)
    see(store, 1, ferry.ENGLISH, BY)
    file = tmp_path / "out.warc.gz"
    assert export(store, [1, 2], file).records["resource"] == 1
    found = [item for item in read_warc(file) if isinstance(item, Capture)]
    assert [(item.status, item.rendered_by, item.body) for item in found] == [
        (200, None, page(ferry.ENGLISH)),
        (200, BY, page(ferry.ENGLISH)),
    ]
