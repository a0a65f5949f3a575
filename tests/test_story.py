"""One story end to end: the newsroom prints, the crawl sees, the processing understands, and acts 2 and 3 follow."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.cli import main
from archive.process import process
from archive.running import run
from archive.schema import DERIVED_TABLES
from archive.store import Store
from archive.times import utc_now
from crawler.newsroom import serve
from crawler.newsroom.server import Server
from crawler.newsroom.story import DEMO, demo_newsroom, demo_watch

KINDS = {"copy", "rewrite", "excerpt", "translation", "translated_excerpt"}


@contextmanager
def newsroom(folder: Path, *, traps: bool = False) -> Iterator[tuple[Server, Path]]:
    with serve(demo_newsroom(traps=traps), port=0) as server:
        watch = folder / "demo.toml"
        watch.write_text(demo_watch(server.port), encoding="utf-8")
        yield server, watch


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The whole demo, once for this module: (archive, URL of a reference)."""
    folder = tmp_path_factory.mktemp("story")
    archive = folder / "archive.db"
    with newsroom(folder) as (server, watch):
        results = [run(watch, archive, workers=2)]
        while server.room.next_act() is not None:
            results.append(run(watch, archive, again=True, workers=2))
        expected = {server.locate(page.at): page for page in DEMO}
        visits = list(server.log)
        yield {
            "archive": archive,
            "expected": expected,
            "results": results,
            "server": server,
            "watch": watch,
            "visits": visits,
        }


def rows(archive: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with sqlite3.connect(archive) as connection:
        return connection.execute(sql, values).fetchall()


def invoke(archive: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--archive", str(archive), *arguments])


def test_every_page_is_recognised_for_what_it_is(told: dict[str, Any]) -> None:
    found = dict(rows(told["archive"], "SELECT url, kind FROM story_pages"))
    by_key = {url.partition("?")[0]: kind for url, kind in found.items()}
    wrong = {
        url: (page.kind, by_key.get(url))
        for url, page in told["expected"].items()
        if page.kind is not None and by_key.get(url) != page.kind
    }
    assert not wrong


def test_credit_is_found_where_it_stands(told: dict[str, Any]) -> None:
    credit = dict(rows(told["archive"], "SELECT url, credit_name FROM story_pages WHERE kind != 'unrelated'"))
    for url, page in told["expected"].items():
        if page.kind in KINDS and url in credit:
            assert bool(credit[url]) == bool(page.credit), url


def test_later_acts_are_told_apart(told: dict[str, Any]) -> None:
    by_outlet: dict[str, list[str]] = {}
    for outlet, summary in rows(told["archive"], "SELECT outlet, summary FROM changes ORDER BY id"):
        by_outlet.setdefault(outlet.partition(".")[0], []).append(summary)
    assert "4.2 → 2.4" in by_outlet["gazette"][0]
    assert "headline changed" in by_outlet["kustbode"][0]
    assert "correction added" in by_outlet["weekly"][0]
    assert len(by_outlet["hafenblatt"]) == 2, "an edit and its undoing are two changes"
    assert "polderpost" not in by_outlet, "a consent wall is no edit"
    versions = rows(
        told["archive"], "SELECT number FROM versions WHERE outlet = 'hafenblatt.localhost' AND url LIKE '%f%hre%'"
    )
    a_b_a = rows(
        told["archive"],
        "SELECT e.text_sha256 FROM version v JOIN extraction e ON e.id = v.extraction_id WHERE v.page_id IN"
        " (SELECT page_id FROM changes WHERE outlet = 'hafenblatt.localhost') ORDER BY v.number",
    )
    assert len(a_b_a) == 3, versions
    assert a_b_a[0] == a_b_a[2] != a_b_a[1]


def test_a_withdrawal_and_a_soft_404_are_no_versions(told: dict[str, Any]) -> None:
    gone = rows(told["archive"], "SELECT DISTINCT outlet FROM captures WHERE decision = 'gone'")
    assert gone == [("digest.localhost",)]
    states = rows(
        told["archive"], "SELECT decision, why FROM captures WHERE why LIKE 'soft_404%' OR why LIKE '%consent%'"
    )
    assert {state for state, _ in states} == {"bad"}
    assert len(states) >= 2


def test_no_private_address_was_opened_and_robots_was_obeyed(told: dict[str, Any]) -> None:
    guard = rows(told["archive"], "SELECT redirects FROM captures WHERE error_class = 'guard'")
    assert any("169.254.169.254" in redirects for (redirects,) in guard)
    assert any("10.0.0.1" in redirects for (redirects,) in guard)
    from crawler.newsroom.story import FORBIDDEN

    assert not told["server"].visits(FORBIDDEN.outlet, FORBIDDEN.path)
    assert rows(told["archive"], "SELECT 1 FROM captures WHERE error_class = 'robots'")


def test_unchanged_pages_answer_304_and_leave_a_row(told: dict[str, Any]) -> None:
    assert rows(told["archive"], "SELECT count(*) FROM capture WHERE not_modified")[0][0] > 5
    assert not rows(told["archive"], "SELECT 1 FROM capture WHERE not_modified AND body_sha256 IS NULL")


def test_each_source_of_a_run_says_what_came_of_the_pages_it_named(told: dict[str, Any]) -> None:
    first = rows(
        told["archive"],
        "SELECT source, leads, fetched, new, failed FROM run_sources WHERE run_id = 1 AND query LIKE '%kustbode%/feed.xml'",
    )
    assert first == [("feed", 3, 3, 3, "{}")]
    trapdoor = rows(
        told["archive"], "SELECT failed FROM run_sources WHERE run_id = 1 AND query LIKE 'http://trapdoor.localhost:%/'"
    )
    assert json.loads(trapdoor[0][0])["guard"] == 2


DERIVED_VIEWS = {
    "versions": "url, number, title, seen_from, seen_to, captures, changed_fields, text_sha256, first_capture_id, last_capture_id",
    "changes": "url, seen_at, summary, similarity, words_added, words_removed, moves, significance, reasons, fields, diff_hash",
    "matches": "url, version_number, story, kind, coverage_story, coverage_page, similarity, confidence, credit, explanation",
    "passages": "number, story_start, story_end, page_start, page_end, likeness, method, story_words, page_words",
    "captures": "id, decision, why, quality, quality_reasons",
    "pages": "url, title, versions, captures, last_decision",
}


def derived(archive: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {
        view: sorted(rows(archive, f"SELECT {columns} FROM {view}"), key=repr)
        for view, columns in DERIVED_VIEWS.items()
    }


def test_rebuilding_gives_the_same_rows(told: dict[str, Any], tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with sqlite3.connect(told["archive"]) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    before = derived(copy)
    with Store(copy) as store:
        store.clear_derived()
    for table in DERIVED_TABLES:
        assert rows(copy, f"SELECT count(*) FROM {table}") == [(0,)]
    process(copy, now=utc_now, workers=2)
    assert derived(copy) == before


def test_processing_again_does_nothing(told: dict[str, Any]) -> None:
    before = derived(told["archive"])
    assert process(told["archive"], now=utc_now, workers=1).read == 0
    assert derived(told["archive"]) == before


def test_reading_commands(told: dict[str, Any]) -> None:
    archive = told["archive"]
    status = json.loads(invoke(archive, "status", "--json").output)
    assert status["stories"][0]["kinds"]["translation"] == 2
    assert status["unread"] == 0
    assert "Last run" in invoke(archive, "status").output
    translated = next(url for url, page in told["expected"].items() if page.kind == "translation" and page.credit)
    explained = json.loads(invoke(archive, "explain", translated, "--json").output)
    match = explained["matches"][0]
    assert match["kind"] == "translation"
    assert match["passages"]
    assert "semantic" in invoke(archive, "explain", translated).output
    a, b = rows(archive, "SELECT old_version_id, new_version_id FROM changes WHERE outlet LIKE 'gazette%'")[0]
    shown = invoke(archive, "diff", str(a), str(b))
    assert "4.2" in shown.output
    assert "2.4" in shown.output
    as_json = json.loads(invoke(archive, "diff", str(a), str(b), "--json").output)
    assert as_json["words_added"] == 1
    assert as_json["same_extractor"]


def test_commands_answer_mistakes_in_words(told: dict[str, Any], tmp_path: Path) -> None:
    archive = told["archive"]
    for arguments, code, words in [
        (["explain", "https://nowhere.example/x"], 1, "never heard of"),
        (["diff", "999999", "1"], 2, "there is no version 999999"),
        (["diff", "1"], 2, "nothing to compare with"),
        (["stauts"], 2, "status"),
        (["check", str(tmp_path / "absent.toml")], 2, "no such watch file"),
        (["add", "not-a-url"], 2, "no http(s) URL"),
    ]:
        result = invoke(archive, *arguments)
        assert result.exit_code == code, result.output
        assert words in result.output
    missing = invoke(tmp_path / "absent.db", "status")
    assert missing.exit_code == 1
    assert "afterprint init" in missing.output


def test_one_line_is_enough_to_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    assert runner.invoke(main, ["init"]).exit_code == 0
    added = runner.invoke(main, ["add", "https://example.org/2023/the-article.html"])
    assert added.exit_code == 0, added.output
    assert Path("watches/the-article-html.toml").read_text(encoding="utf-8").startswith('url = "https://')
    checked = runner.invoke(main, ["check", "watches/the-article-html.toml", "--json"])
    assert json.loads(checked.output)["asked"] == [
        {"purpose": "page", "url": "https://example.org/2023/the-article.html"}
    ]
    assert runner.invoke(main, ["add", "https://example.org/2023/the-article.html"]).exit_code == 2


def test_people_who_know_scrapy(told: dict[str, Any]) -> None:
    import subprocess

    root = Path(__file__).resolve().parent.parent
    listed = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"], cwd=root, capture_output=True, text=True, check=True
    )
    assert "discover" in listed.stdout.split()
