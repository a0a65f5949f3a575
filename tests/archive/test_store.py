"""The store on a real SQLite file: facts are kept, leases hold, failures have names."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.exceptions import DiskFullError, NewerSchemaError, NotAnArchiveError, StoreBusyError, StoreError
from archive.store import Store, _base
from archive.types import Capture, Lead, Redirect, Story, StoryText

T = datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "archive.db") as opened:
        yield opened


@pytest.fixture
def story_id(store: Store) -> int:
    story = store.save_story(
        Story("ferry", "Ferry", "Courier", texts=(StoryText("Some text.", "en", "original", "file:a.txt"),)), T
    )
    assert story.id is not None
    return story.id


def capture(url: str = "https://example.org/a", body: bytes | None = b"<p>one</p>", **more: object) -> Capture:
    return replace(
        Capture(
            url=url,
            purpose="page",
            started_at=T,
            finished_at=T + timedelta(seconds=1),
            final_url=url,
            status=200,
            headers=(("content-type", "text/html; charset=utf-8"), ("etag", '"1"')),
            body=body,
        ),
        **more,  # type: ignore[arg-type]
    )


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(store.path) as connection:
        return connection.execute(sql).fetchall()


def test_the_same_page_a_hundred_times_is_a_hundred_captures_and_one_body(store: Store) -> None:
    for hour in range(100):
        store.add_capture(capture(started_at=T + timedelta(hours=hour)))
    assert rows(store, "SELECT count(*) FROM capture") == [(100,)]
    assert rows(store, "SELECT count(*) FROM body") == [(1,)]
    assert store.body(str(rows(store, "SELECT sha256 FROM body")[0][0])) == b"<p>one</p>"


def test_every_outcome_leaves_a_row(store: Store) -> None:
    store.add_capture(capture())
    store.add_capture(capture("https://example.org/b", None, status=404))
    store.add_capture(capture("https://example.org/c", None, status=None, error_class="timeout", error_detail="30 s"))
    store.add_capture(capture("https://example.org/d", None, status=None, error_class="guard"))
    store.add_capture(capture(body=None, status=304, not_modified=True))
    outcomes = rows(store, "SELECT status, error_class FROM capture ORDER BY id")
    assert outcomes == [(200, None), (404, None), (None, "timeout"), (None, "guard"), (304, None)]


def test_the_hash_chain_shows_an_edited_row(store: Store) -> None:
    for number in range(3):
        store.add_capture(capture(f"https://example.org/{number}"))
    chain = rows(store, "SELECT prev_log_hash, log_hash FROM capture ORDER BY id")
    assert chain[0][0] == "0" * 64
    assert [row[0] for row in chain[1:]] == [row[1] for row in chain[:-1]]
    assert len({row[1] for row in chain}) == 3


def test_a_304_points_at_the_body_that_it_confirms(store: Store, story_id: int) -> None:
    store.add_leads([Lead("https://example.org/a", "given", "w")], story_id=story_id, run_id=None, now=T)
    entry = store.lease_due(story_id=story_id, limit=9, lease_seconds=60, now=T)[0]
    assert entry.etag is None
    store.add_capture(capture(frontier_id=entry.id), next_due=T)
    entry = store.lease_due(story_id=story_id, limit=9, lease_seconds=60, now=T)[0]
    assert entry.etag == '"1"'
    store.add_capture(capture(body=None, status=304, not_modified=True, frontier_id=entry.id), next_due=T)
    digests = rows(store, "SELECT body_sha256 FROM capture ORDER BY id")
    assert digests[0] == digests[1] != (None,)


def test_a_lease_is_exclusive_until_it_runs_out(store: Store, story_id: int) -> None:
    store.add_leads([Lead("https://example.org/a", "given", "w")], story_id=story_id, run_id=None, now=T)
    assert len(store.lease_due(story_id=story_id, limit=9, lease_seconds=60, now=T)) == 1
    assert store.lease_due(story_id=story_id, limit=9, lease_seconds=60, now=T + timedelta(seconds=59)) == []
    assert len(store.lease_due(story_id=story_id, limit=9, lease_seconds=60, now=T + timedelta(seconds=61))) == 1


def test_one_domain_cannot_fill_a_batch(store: Store, story_id: int) -> None:
    leads = [Lead(f"https://big.example/{n}", "feed", "f") for n in range(20)]
    leads.append(Lead("https://small.example/1", "feed", "f"))
    store.add_leads(leads, story_id=story_id, run_id=None, now=T)
    batch = store.lease_due(story_id=story_id, limit=8, lease_seconds=60, now=T, per_domain=4)
    assert sum(entry.domain == "small.example" for entry in batch) == 1
    assert sum(entry.domain == "big.example" for entry in batch) == 4
    assert store.lease_due(story_id=story_id, limit=8, lease_seconds=60, now=T, busy_domains=["big.example"]) == []


def test_forms_of_one_url_are_one_page_and_one_frontier_entry(store: Store, story_id: int) -> None:
    forms = ["https://www.example.org/a?utm_source=x", "http://example.org/a/", "https://example.org/a#top"]
    new = store.add_leads([Lead(url, "given", "w") for url in forms], story_id=story_id, run_id=None, now=T)
    assert new == 1
    for url in forms:
        store.add_capture(capture(url))
    assert rows(store, "SELECT count(*) FROM page") == [(1,)]
    assert rows(store, "SELECT count(*) FROM page_url") == [(3,)]
    store.add_capture(capture("https://example.org/a?eid=4411"))
    assert rows(store, "SELECT count(*) FROM page") == [(2,)]


def test_the_generations_of_an_address_are_one_page_and_two_ids_under_one_slug_are_two(store: Store) -> None:
    old = "https://motherboard.vice.com/nl/article/d3bz5w/pokemon-go"
    for url in (
        old,
        "https://www.vice.com/nl/article/d3bz5w/pokemon-go",
        "https://www.vice.com/nl/article/pokemon-go/",
    ):
        store.add_capture(capture(url))
    assert rows(store, "SELECT count(DISTINCT page_id), count(*) FROM capture") == [(1, 3)]
    store.add_capture(capture("https://www.vice.com/nl/article/qqqqqq/pokemon-go"))
    assert rows(store, "SELECT count(DISTINCT page_id) FROM capture") == [(2,)], "another id is another article"
    store.add_capture(capture("https://www.vice.com/nl/article/pokemon-go"))
    assert rows(store, "SELECT count(DISTINCT page_id) FROM capture") == [(2,)], "known under its own key by now"


def test_a_known_page_that_redirects_away_keeps_its_captures(store: Store) -> None:
    store.add_capture(capture())
    home = "https://example.org/"
    store.add_capture(capture(final_url=home, redirects=(Redirect("https://example.org/a", 302, home),)))
    assert rows(store, "SELECT DISTINCT page_id FROM capture") == [(1,)]


def test_a_short_link_leads_to_the_page_it_names(store: Store) -> None:
    store.add_capture(capture())
    target = "https://example.org/a"
    store.add_capture(
        capture("https://sho.rt/x", final_url=target, redirects=(Redirect("https://sho.rt/x", 301, target),))
    )
    assert rows(store, "SELECT count(*) FROM page") == [(1,)]


def test_an_import_brings_a_record_once(store: Store) -> None:
    record = capture(origin="warc", origin_ref="urn:uuid:1")
    assert store.add_capture(record) is not None
    assert store.add_capture(record) is None
    assert rows(store, "SELECT count(*) FROM capture") == [(1,)]


def test_an_exception_in_the_middle_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        store.add_capture(capture())
        raise RuntimeError
    assert rows(store, "SELECT count(*) FROM capture") == [(0,)]
    assert rows(store, "SELECT count(*) FROM page") == [(0,)]


def test_a_hold_is_never_shortened(store: Store) -> None:
    store.hold_host("example.org", T + timedelta(minutes=5), "429")
    store.hold_host("example.org", T + timedelta(minutes=1), "429")
    assert store.host_hold("example.org") == T + timedelta(minutes=5)


def test_a_killed_run_is_told_apart(store: Store) -> None:
    first = store.open_run(kind="crawl", watch="w", now=T)
    store.open_run(kind="crawl", watch="w", now=T)
    assert store.run(first).state == "killed"


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    Store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('afterprint', 'm999_future', '')"
        )
    connection.close()
    with pytest.raises(NewerSchemaError, match=r"m999_future.*\n.*Upgrade"):
        Store(path)


def test_something_else_is_no_archive(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("these are my notes, and they are longer than a SQLite header is\n" * 40)
    with pytest.raises(NotAnArchiveError, match="not a SQLite database"):
        Store(text)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(NotAnArchiveError, match="no archive of afterprint"):
        Store(other)
    with pytest.raises(StoreError, match="afterprint init"):
        Store(tmp_path / "absent.db", create=False)


@pytest.mark.parametrize("readonly", [False, True])
def test_a_flipped_byte_in_the_schema_is_a_damaged_archive(tmp_path: Path, readonly: bool) -> None:
    path = tmp_path / "archive.db"
    Store(path).close()
    whole = path.read_bytes()
    at = whole.index(b"CREATE TABLE capture (") + len("CREAT")
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x80]) + whole[at + 1 :])
    with pytest.raises(NotAnArchiveError, match="damaged") as raised:
        Store(path, readonly=readonly)._all("SELECT * FROM capture")
    assert raised.value.place == str(path)
    assert "Restore" in raised.value.remedy


def test_a_full_disk_is_named_and_loses_nothing(store: Store) -> None:
    store.add_capture(capture())
    pages = store._value("PRAGMA page_count")
    store._run(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(DiskFullError, match="Make room"):
        for number in range(50):
            noise = bytes((number * 7 + n * n) % 251 for n in range(20_000))
            store.add_capture(capture(f"https://example.org/{number}", noise))
    store._run("PRAGMA max_page_count = 1000000")
    assert store.add_capture(capture("https://example.org/after")) is not None
    assert rows(store, "PRAGMA integrity_check") == [("ok",)]


def test_a_locked_database_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_base, "BUSY_TIMEOUT", 0.2)
    path = tmp_path / "archive.db"
    with Store(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match="another process held the database"):
            store.add_capture(capture())
        other.execute("ROLLBACK")
        other.close()
        assert store.add_capture(capture()) is not None


def test_a_text_that_the_watch_dropped_is_kept_but_not_matched(store: Store, story_id: int) -> None:
    story = store.save_story(
        Story("ferry", "Ferry", texts=(StoryText("Other.", "nl", "translation", "file:b.txt"),)), T
    )
    assert [text.language for text in story.texts] == ["nl"]
    assert rows(store, "SELECT count(*) FROM story_text") == [(2,)]
