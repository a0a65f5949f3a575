"""Giving up bytes by rule: what goes, what stays, what is noted, and that nothing else notices."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive import lock, pruning
from archive.alerts import Event
from archive.cli import main
from archive.exceptions import PrunedError
from archive.process import process
from archive.store import Store
from archive.types import Story, StoryText
from archive.verify import verify
from archive.warc.writing import export
from crawler.newsroom import ferry
from tests.archive.test_process import T, add, page

YEAR = timedelta(days=365)
LATER = T + 2 * YEAR
MARKET = "\n\n".join(
    f"On market day {number} the fishmongers of the quay sold {number * 37} crates of plaice, which nobody had foreseen "
    f"in the year {1900 + number}, when the hall was built by the town and its guilds."
    for number in range(1, 12)
)
OTHER = "https://market.example/plaice"
ALIKE = "https://market.example/plaice-print"
YOUNG = "https://market.example/cod"
NOTED = "https://market.example/noted"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prune") / "archive.db"
    with Store(path) as store:
        story = Story("ferry", "Ferry", texts=(StoryText(ferry.ENGLISH, "en", "original", "file:en.txt"),))
        store.save_story(story, T)
        run = store.open_run(kind="crawl", watch="ferry", now=T)
        add(store, 1)
        market = page(MARKET, "Fish")
        add(store, 1, market, url=OTHER)
        add(store, 2, market, url=ALIKE)
        add(store, 3, page(MARKET.replace("plaice", "herring"), "Herring"), url=OTHER)
        add(store, 24 * 700, page(MARKET.replace("plaice", "cod"), "Cod"), url=YOUNG)
        add(store, 4, page(MARKET.replace("plaice", "eel"), "Eel"), url=NOTED)
        add(store, 5, b"<p>Gone.</p>", url="https://market.example/gone", status=404)
        add(
            store,
            6,
            b"<rss/>",
            url="https://market.example/feed",
            purpose="feed",
            headers=(("content-type", "text/xml"),),
        )
        store.close_run(run, state="finished", now=T)
    process(path, now=lambda: T, workers=1)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            """INSERT INTO annotation (new_capture_id, story_id, author, text, created_at)
               SELECT c.id, s.id, 'desk', 'look', '2026-03-11T00:00:00.000Z' FROM capture c, story s WHERE c.url = ?""",
            (NOTED,),
        )
    return path


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "archive.db"))


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def pruned_urls(path: Path) -> set[str]:
    return {
        url
        for (url,) in rows(
            path, "SELECT c.url FROM capture c JOIN body b ON b.sha256 = c.body_sha256 WHERE b.pruned_id IS NOT NULL"
        )
    }


TOLD = "SELECT page_id, number, seen_from, seen_to, captures, changed_fields FROM version ORDER BY 1, 2"
FACTS = "SELECT * FROM capture ORDER BY id"


def prune(path: Path, rule: Any = "unrelated", older_than: timedelta = YEAR) -> int:
    with Store(path) as store:
        return pruning.prune(store, pruning.plan(store, rule, older_than=older_than, now=LATER), who="desk", now=LATER)


def test_unrelated_articles_lose_their_bytes_and_nothing_else(archive: Path) -> None:
    before = rows(archive, FACTS), rows(archive, TOLD), rows(archive, "SELECT id, text, text_sha256 FROM extraction")
    assert prune(archive) == 2, "one body at two addresses, and its edit"
    assert pruned_urls(archive) == {OTHER, ALIKE}
    assert (
        rows(archive, FACTS),
        rows(archive, TOLD),
        rows(archive, "SELECT id, text, text_sha256 FROM extraction"),
    ) == before
    ((rule, who, bodies, size),) = rows(archive, "SELECT rule, who, bodies, bytes FROM pruning")
    assert (rule, who, bodies) == ("unrelated, captured before 2027-03-10", "desk", 2) and size > 1000
    with Store(archive) as store:
        report = verify(store)
        assert report.ok and report.pruned == 2
        ((digest,),) = rows(archive, f"SELECT body_sha256 FROM capture WHERE url = '{ALIKE}'")
        with pytest.raises(PrunedError, match="was pruned"):
            store.body(digest)
    assert prune(archive) == 0, "once"


def test_a_body_that_also_another_page_showed_stays(archive: Path) -> None:
    with Store(archive) as store:
        add(store, 24 * 700, page(MARKET, "Fish"), url="https://market.example/again")
    assert prune(archive) == 1
    assert prune(archive, older_than=timedelta(0)) == 1, (
        "the young page; what was not read stays, and so does what it shares"
    )


@pytest.mark.parametrize("subject", ["page:{}:capture:1", "ferry:page:{}"])
def test_an_article_of_which_something_was_told_stays(archive: Path, subject: str) -> None:
    """Whatever is said of it by now: somebody acted on what was told."""
    ((page_id,),) = rows(archive, f"SELECT id FROM page WHERE url = '{OTHER}'")
    with Store(archive) as store:
        event = Event("new_copy", subject.format(page_id), "market.example: copy")
        store.add_alert(1, event, LATER, silent="", details={})
    assert prune(archive) == 0, "its body is that of the other address too"


def test_answers_of_sources_go_by_a_rule_of_their_own(archive: Path) -> None:
    assert prune(archive, "sources") == 1
    assert pruned_urls(archive) == {"https://market.example/feed"}


def test_all_is_made_anew_the_same_without_the_bytes(archive: Path) -> None:
    before = rows(archive, TOLD), rows(archive, "SELECT capture_id, quality, reasons, decision FROM reading ORDER BY 1")
    prune(archive)
    with Store(archive) as store:
        store.clear_derived()
    process(archive, now=lambda: LATER, workers=1)
    assert (
        rows(archive, TOLD),
        rows(archive, "SELECT capture_id, quality, reasons, decision FROM reading ORDER BY 1"),
    ) == before


def test_after_an_upgrade_what_cannot_be_read_again_is_no_side_of_a_claim_and_its_text_stays(archive: Path) -> None:
    prune(archive)
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute("UPDATE extraction SET label = 'older'")
        connection.execute("UPDATE reading SET label = 'older'")
    texts = rows(archive, "SELECT count(*) FROM extraction WHERE label = 'older'")
    process(archive, now=lambda: LATER, workers=1)
    ((page_id,),) = rows(archive, f"SELECT id FROM page WHERE url = '{OTHER}'")
    assert rows(archive, f"SELECT * FROM version WHERE page_id = {page_id}") == []
    assert rows(archive, f"SELECT DISTINCT decision FROM captures WHERE page_id = {page_id}") == [("bad",)]
    assert rows(archive, "SELECT count(*) FROM extraction WHERE label = 'older'") == texts
    with Store(archive) as store:
        assert verify(store).ok


def test_bytes_that_come_again_are_kept_again(archive: Path) -> None:
    prune(archive)
    with Store(archive) as store:
        add(store, 24 * 800, page(MARKET, "Fish"), url=ALIKE)
        report = verify(store)
    assert report.ok and report.pruned == 1
    assert pruned_urls(archive) == {OTHER}, "its edit"


def test_a_pruned_capture_is_exported_as_what_is_known_of_it(archive: Path, tmp_path: Path) -> None:
    prune(archive)
    with Store(archive) as store:
        done = export(store, store.captures_to_export(), tmp_path / "out.warc.gz")
    assert done.pruned == 3 and done.captures == 8


def test_bytes_that_are_gone_without_a_note_are_damage_and_so_is_a_note_without_a_loss(archive: Path) -> None:
    prune(archive)
    for statement in (
        "UPDATE body SET pruned_id = NULL",
        "UPDATE body SET pruned_id = 1 WHERE pruned_id IS NULL",
        "UPDATE body SET pruned_id = 7 WHERE pruned_id IS NOT NULL",
    ):
        copy = archive.with_name("copy.db")
        shutil.copy(archive, copy)
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute(statement)
        with Store(copy) as store:
            assert not verify(store).ok, statement


# --- the command ---------------------------------------------------------------------------------------


def test_the_command_says_first_what_it_will_do_and_does_it_when_told(archive: Path) -> None:
    with (
        closing(sqlite3.connect(archive)) as connection,
        connection,
    ):  # as old as the command wants it, by the real clock
        connection.execute("UPDATE capture SET started_at = replace(started_at, '2026-03', '2020-03')")
    command = ["--archive", str(archive), "prune", "unrelated", "--older-than", "1000d"]
    shown = CliRunner().invoke(main, command)
    assert shown.exit_code == 0, shown.output
    assert "names 2 bodies" in shown.output and "Nothing was done" in shown.output
    assert pruned_urls(archive) == set()
    with lock.hold(archive, "process"):
        assert CliRunner().invoke(main, [*command, "--yes"]).exit_code == 3
    shown = CliRunner().invoke(main, [*command, "--yes", "--as", "archivist"])
    assert "2 of 2 bodies" in shown.output
    told = json.loads(CliRunner().invoke(main, [*command, "--json"]).output)
    assert told["bodies"] == 0 and told["prunings"][0]["who"] == "archivist"
    assert CliRunner().invoke(main, [*command[:-1], "soon"]).exit_code == 2
