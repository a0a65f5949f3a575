"""Withholding on request, in the archive and on the command line: hidden everywhere, lost nowhere."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.alerts import RULES, Event
from archive.cli import main
from archive.store import Store
from archive.types import WITHHELD, Story, StoryText, TextUrl
from archive.verify import verify
from archive.warc.writing import export
from crawler.newsroom import ferry
from tests.archive.test_process import EDITED, URL, T, add, page, rows, run

OTHER = "https://gazette.example/ferry"
WORDS = "171"
SHOWING = ("versions", "version_texts", "pages", "changes", "matches", "story_pages", "passages", "leads", "page_leads",
           "story_texts")  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A story whose reference text is a captured page, that page edited once, and a copy elsewhere."""
    with Store(tmp_path / "archive.db") as opened:
        opened.save_story(
            Story(
                "ferry", "The ferry", alerts=RULES, texts=(StoryText(ferry.ENGLISH, "en", "original", "file:en.txt"),)
            ),
            T,
        )
        add(opened, 1)
        add(opened, 2, page(EDITED, "171 people on the ferry"))
        add(opened, 3, url=OTHER)
        run(opened)
        yield opened


def cli(store: Store, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--archive", str(store.path), *arguments])


def withhold(store: Store, url: str = URL, *more: str) -> Result:
    return cli(store, "withhold", url, "--reason", "asked to by the author", "--by", "Ada Brandt", *more)


def shown(store: Store) -> str:
    """All that the views say."""
    return json.dumps([rows(store, f"SELECT * FROM {view}") for view in SHOWING], ensure_ascii=False, default=str)


def figures(store: Store) -> Any:
    """What stays: dates, digests, figures."""
    return (
        rows(store, "SELECT id, number, seen_from, seen_to, text_sha256, body_sha256, text_chars FROM versions"),
        rows(store, "SELECT id, similarity, words_added, significance, diff_hash FROM changes"),
        rows(store, "SELECT id, kind, coverage_story, coverage_page, confidence FROM matches"),
    )


def test_the_views_say_nothing_of_a_withheld_page_but_dates_and_figures(store: Store) -> None:
    before, stays = shown(store), figures(store)
    assert "171 people on the ferry" in before
    assert stays[1]

    assert withhold(store).exit_code == 0

    after = shown(store)
    assert WITHHELD in after
    assert WORDS not in after
    assert "passenger" in after, "the copy elsewhere is still shown"
    assert figures(store) == stays
    assert rows(store, "SELECT url FROM withheld_pages") == [(URL,)]


def test_shown_again_it_reads_as_before(store: Store) -> None:
    before = shown(store)
    withhold(store)

    assert withhold(store, URL, "--lift").exit_code == 0

    assert shown(store) == before


def test_nothing_is_deleted_and_the_archive_verifies(store: Store) -> None:
    before = rows(store, "SELECT * FROM extraction"), rows(store, "SELECT sha256, data FROM body")

    withhold(store)

    assert (rows(store, "SELECT * FROM extraction"), rows(store, "SELECT sha256, data FROM body")) == before
    assert verify(store).ok


def test_it_outlives_a_rebuild_and_later_captures(store: Store) -> None:
    withhold(store)
    add(store, 5, page(EDITED.replace("171", "182"), "182 people on the ferry"))

    assert cli(store, "process", "--rebuild", "--workers", "1").exit_code == 0

    said = rows(store, f"SELECT number, changed_fields FROM versions WHERE url = '{URL}' ORDER BY number")
    assert [number for number, _ in said] == [1, 2, 3], "it is still compared, by what it says"
    assert "182" not in shown(store)
    assert "171 people" not in shown(store)


def test_a_reference_text_that_was_promoted_from_the_page_is_withheld_too(tmp_path: Path) -> None:
    with Store(tmp_path / "archive.db") as store:
        store.save_story(Story("ferry", "The ferry", text_urls=(TextUrl(URL, "en", "original"),)), T)
        add(store, 1)
        add(store, 3, url=OTHER)
        run(store)
        assert [source[:8] for (source,) in rows(store, "SELECT source FROM story_texts")] == ["capture:"]
        assert rows(store, "SELECT count(*) > 0 FROM passages") == [(1,)]

        withhold(store)

        assert rows(store, "SELECT text FROM story_texts") == [(WITHHELD,)]
        assert rows(store, "SELECT count(*) FROM passages") == [(0,)], "the story's side of a passage is its words"


def test_each_decision_is_kept_with_who_and_why(store: Store) -> None:
    withhold(store)
    assert "withheld already" in withhold(store).output
    withhold(store, URL, "--lift")
    listed = cli(store, "withhold", "--list").output
    told = json.loads(cli(store, "withhold", "--list", "--json").output)

    assert [line.split(" by Ada Brandt: ")[0].split(" ")[-1] for line in listed.splitlines()] == ["withheld", "again"]
    assert [(one["withheld"], one["reason"], one["decided_by"]) for one in told] == [
        (True, "asked to by the author", "Ada Brandt"),
        (False, "asked to by the author", "Ada Brandt"),
    ]
    with sqlite3.connect(store.path) as db, pytest.raises(sqlite3.IntegrityError, match="only added to"):
        db.execute("UPDATE withholding SET reason = 'another'")
    with sqlite3.connect(store.path) as db, pytest.raises(sqlite3.IntegrityError, match="only added to"):
        db.execute("DELETE FROM withholding")


def test_other_addresses_of_the_same_text_are_named(store: Store) -> None:
    assert OTHER in withhold(store).output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["withhold"], "no page is named"),
        (["withhold", URL], "--reason and --by"),
        (["withhold", URL, "--reason", " ", "--by", "Ada"], "--reason and --by"),
        (["withhold", "https://nowhere.example/", "--reason", "r", "--by", "Ada"], "no page of this archive"),
    ],
)
def test_what_cannot_be_withheld_is_said(store: Store, arguments: list[str], words: str) -> None:
    answer = cli(store, *arguments)

    assert answer.exit_code == 2
    assert words in answer.output
    assert rows(store, "SELECT * FROM withholding") == []


def test_the_command_line_hides_it_too(store: Store, tmp_path: Path) -> None:
    ids = [id for (id,) in rows(store, f"SELECT id FROM versions WHERE url = '{URL}' ORDER BY number")]
    withhold(store)

    for arguments in (["diff", URL], ["diff", *map(str, ids)], ["diff", *map(str, ids), "--json"]):
        answer = cli(store, *arguments)
        assert (answer.exit_code, "is withheld" in answer.output) == (2, True)
    for arguments in (["explain", URL], ["explain", URL, "--json"], ["status", "--json"]):
        answer = cli(store, *arguments)
        assert answer.exit_code == 0, answer.output
        assert WORDS not in answer.output
    assert "Withheld" in cli(store, "explain", URL).output
    added = cli(store, "add-text", "ferry", URL, "--role", "original")
    assert (added.exit_code, "withheld" in added.output) == (2, True)


def test_it_is_not_exported(store: Store, tmp_path: Path) -> None:
    withhold(store)
    out = tmp_path / "out.warc"

    export(store, store.captures_to_export(), out)

    assert b"gazette.example" not in out.read_bytes(), "the copy has the very bytes of the page's first capture"
    assert b"171" not in out.read_bytes()
    alone = cli(store, "export", "warc", str(tmp_path / "page.warc"), "--page", URL)
    assert (alone.exit_code, "withheld" in alone.output) == (2, True)
    withhold(store, URL, "--lift")
    assert len(store.captures_to_export()) == 3


def test_alerts_and_what_is_still_to_be_delivered_lose_the_words(store: Store) -> None:
    page_id = store.pages_at(URL)[0]
    details = {
        "outlet": "courier.example",
        "url": URL,
        "page_id": page_id,
        "credit": "secret words",
        "passages": ["secret words"],
    }
    store.set_receivers("ferry", ["webhook"], T)
    for number, event in enumerate(
        (
            Event("correction", f"page:{page_id}:capture:2", "courier.example: “secret words”"),
            Event("credit_missing", f"ferry:page:{page_id}", "secret words"),
            Event("source_down", f"run:1:page:{page_id}", "a source fell silent"),
        )
    ):
        store.add_alert(1, event, T + timedelta(minutes=number), silent="", details=details if number < 2 else {})
    for alert_id, _ in store.undelivered("ferry", "webhook"):
        store.add_delivery(alert_id, "webhook", T, None)
    due_before = store.due_deliveries("ferry", "webhook", datetime(2027, 1, 1, tzinfo=UTC))
    assert "secret words" in str(due_before)

    withhold(store)

    due = store.due_deliveries("ferry", "webhook", datetime(2027, 1, 1, tzinfo=UTC))
    assert len(due) == len(due_before)
    told = json.dumps(
        [store.last_alerts(100, silent=True), [(one.summary, dict(one.details)) for one in due]], default=str
    )
    assert "secret words" not in told
    assert "what the page says is withheld" in told
    assert "a source fell silent" in told
