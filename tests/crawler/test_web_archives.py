"""Real crawls of web archives on 127.0.0.1: their indexes, what they kept, their traps."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.store import Store
from archive.times import from_text, to_text, utc_now
from tests.crawler.archives import Kept, WaybackMachine
from tests.crawler.asking import (
    JANUARY,
    bodies,
    common_crawl,
    commoncrawl,
    outcomes,
    page,
    plant,
    run,
    watch_of,
    wayback,
)
from tests.crawler.web import Web


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


# --- the Wayback Machine --------------------------------------------------------------------------


def test_a_pages_history_begins_before_the_first_visit(web: Web, tmp_path: Path) -> None:
    machine = WaybackMachine(web)
    story = web.page("paper.example", "/2023/story", body=page("as it reads today"))
    first = machine.keep(story, JANUARY, page("as it was printed"))
    machine.keep(story, JANUARY + timedelta(days=1), page("as it was printed"))
    machine.keep(story, JANUARY + timedelta(days=2), page("with a correction"))

    result = run(watch_of(tmp_path, story, wayback(machine)), tmp_path)

    kept = bodies(result, story, "wayback")
    assert kept == [
        (to_text(JANUARY), 200, page("as it was printed")),
        (to_text(JANUARY + timedelta(days=2)), 200, page("with a correction")),
    ], result.output
    row = result.rows("SELECT * FROM capture WHERE origin = 'wayback' ORDER BY started_at LIMIT 1")[0]
    assert row["origin_ref"] == machine.memento(first)
    assert row["finished_at"] == row["started_at"]
    assert row["purpose"] == "page"
    headers = dict(json.loads(row["headers"]))
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert "memento-datetime" not in headers
    live = result.captures(story)
    assert {capture["page_id"] for capture in live} == {row["page_id"]}, "one page, archived and live"
    assert outcomes(result, "wayback")[f"captures of {story}"][0] == "ok"
    assert result.code == 0


def test_what_was_fetched_from_an_archive_is_not_fetched_again(web: Web, tmp_path: Path) -> None:
    machine = WaybackMachine(web)
    story = web.page("paper.example", "/2023/story", body=page("today"))
    machine.keep(story, JANUARY, page("then"))
    watch = watch_of(tmp_path, story, wayback(machine))

    run(watch, tmp_path)
    second = run(watch, tmp_path, again=True)

    mementos = [path for path in web.paths(machine.host) if path.startswith("/web/")]
    questions = [path for path in web.paths(machine.host) if path.startswith("/cdx/")]
    assert len(mementos) == 1
    assert len(questions) == 2, "the question was put again, as `again` asks"
    assert len(bodies(second, story, "wayback")) == 1
    assert second.rows("SELECT state FROM frontier WHERE purpose = 'memento'")[0]["state"] == "done"


def test_a_question_is_put_again_when_it_is_due_and_not_before(web: Web, tmp_path: Path) -> None:
    machine = WaybackMachine(web)
    story = web.page("paper.example", "/2023/story", body=page("today"))
    machine.keep(story, JANUARY, page("then"))
    watch = watch_of(tmp_path, story, wayback(machine, every="3d"))

    first = run(watch, tmp_path)
    run(watch, tmp_path)

    assert len(machine.questions) == 1
    due = from_text(first.rows("SELECT due_at FROM frontier WHERE purpose = 'search'")[0]["due_at"])
    assert timedelta(days=2, hours=23) < due - utc_now() < timedelta(days=3)


def test_of_many_captures_few_are_fetched_spread_over_the_time(web: Web, tmp_path: Path) -> None:
    machine = WaybackMachine(web)
    story = web.page("paper.example", "/2023/story", body=page("today"))
    for day in range(100):
        machine.keep(story, JANUARY + timedelta(days=day), page(f"day {day}"))

    result = run(watch_of(tmp_path, story, wayback(machine, per_page=5)), tmp_path)

    days = [(from_text(at) - JANUARY).days for at, _, _ in bodies(result, story, "wayback")]
    assert len(days) == 5
    assert (days[0], days[-1]) == (0, 99)
    assert all(10 <= later - earlier <= 40 for earlier, later in itertools.pairwise(days))


def test_the_first_absence_is_fetched_after_the_last_capture_that_shows_the_page(web: Web, tmp_path: Path) -> None:
    machine = WaybackMachine(web)
    story = web.page("paper.example", "/2023/story", status=404, body=b"gone")
    machine.keep(story, JANUARY, page("then"))
    for month in range(1, 5):
        machine.keep(story, JANUARY + timedelta(days=30 * month), b"gone %d" % month, status=404)

    result = run(watch_of(tmp_path, story, wayback(machine)), tmp_path)

    assert [(at, status) for at, status, _ in bodies(result, story, "wayback")] == [
        (to_text(JANUARY), 200),
        (to_text(JANUARY + timedelta(days=30)), 404),
    ]


def test_the_publishers_id_leads_to_its_translations(web: Web, tmp_path: Path) -> None:
    """The five generations of VICE's addresses: only the archive still knows the edition that was taken down."""
    machine = WaybackMachine(web)
    machine.dirt = [
        "example,vice)/nl/article/qjkq9w/slug 20000012170449 http://vice.example/nl/article/qjkq9w/slug text/html 200 AAAA 1",
        "example,vice)/x 20230120000000 http://mailto:desk@vice.example/ unk 301 BBBB 1",
        "example,vice)/y 20230120000000 some/not/even/url/thing text/html 200 CCCC -",
    ]
    port = web.port
    english = web.page("www.vice.example", "/en_us/article/qjkq9w/learn-to-lose", body=page("English"))
    dutch = f"http://www.vice.example:{port}/nl/article/qjkq9w/leren-verliezen"
    german = web.page("www.vice.example", "/de/article/qjkq9w/verlieren-lernen", body=page("Deutsch"))
    other = f"http://www.vice.example:{port}/nl/article/xjkq9wz/iets-anders"
    for url, words in ((english, "English"), (dutch, "Nederlands"), (german, "Deutsch"), (other, "iets anders")):
        machine.keep(url, JANUARY, page(words))
    outlet = f'[outlet]\nname = "VICE"\nshort_ids = ["qjkq9w"]\nurls = ["{english}"]'

    result = run(watch_of(tmp_path, english, wayback(machine), outlet=outlet), tmp_path)

    assert [body for _, _, body in bodies(result, dutch, "wayback")] == [page("Nederlands")], result.output
    assert [body for _, _, body in bodies(result, german, "wayback")] == [page("Deutsch")]
    assert not bodies(result, other, "wayback")
    leads = result.rows("SELECT * FROM lead WHERE url = ? AND purpose = 'page'", dutch)
    assert leads[0]["source"] == "wayback"
    assert leads[0]["language"] == "nl"
    assert leads[0]["query"].endswith(("/nl/article/qjkq9w/", "with the id qjkq9w"))
    assert [row["status"] for row in result.captures(german) if row["origin"] == "live"] == [200]
    said = outcomes(result, "wayback")
    assert any("captures without a possible time" in reason for outcome, reason in said.values() if outcome == "ok")
    assert {"prefix", "domain"} <= {asked.get("matchType") for asked in machine.questions}


def test_an_answer_in_parts_is_read_to_its_end(web: Web, tmp_path: Path) -> None:
    machine = WaybackMachine(web)
    machine.page_size = 4
    story = web.page("paper.example", "/2023/story", body=page("today"))
    for day in range(10):
        machine.keep(story, JANUARY + timedelta(days=day), page(f"day {day}"))

    result = run(watch_of(tmp_path, story, wayback(machine)), tmp_path)

    assert len(bodies(result, story, "wayback")) == 10
    assert "resumeKey" not in machine.questions[0]
    assert len(machine.questions) == 3, (
        "rows 1 to 4, 4 to 7, 7 to 10: each part begins with the last row of the one before"
    )
    rows = result.rows("SELECT * FROM run_source WHERE source = 'wayback'")
    assert len(rows) == 1, "one question, in however many parts it was answered"
    assert rows[0]["leads"] >= 10
    assert (rows[0]["fetched"], rows[0]["new"]) == (10, 10)


def test_what_an_archive_kept_of_a_busy_server_is_no_word_of_its_own(web: Web, tmp_path: Path) -> None:
    machine = WaybackMachine(web)
    story = web.page("paper.example", "/2023/story", body=page("today"))
    machine.keep(story, JANUARY, page("then"))
    busy = machine.keep(story, JANUARY + timedelta(days=1), b"whoa there", status=429, headers=(("Retry-After", "6"),))
    machine.keep(story, JANUARY + timedelta(days=2), page("later"))
    watch = watch_of(tmp_path, story, wayback(machine))
    plant(tmp_path, watch, [machine.memento(busy)])

    result = run(watch, tmp_path)

    assert [status for _, status, _ in bodies(result, story, "wayback")] == [200, 429, 200]
    assert not result.rows("SELECT * FROM host")


def test_a_memento_that_cannot_be_had_leaves_a_row_that_says_why(web: Web, tmp_path: Path) -> None:
    machine = WaybackMachine(web)
    story = web.page("paper.example", "/2023/story", body=page("today"))
    kept = machine.keep(story, JANUARY, page("then"))
    near = machine.memento(replace(kept, at=JANUARY + timedelta(hours=3)))
    far = machine.memento(replace(kept, at=JANUARY + timedelta(days=90)))
    never = f"{machine.url}/web/20230120091500id_/http://paper.example/never"
    view = web.page(
        "excluded.localhost", "/web/20230120091500id_/http://paper.example/x", body=b"<p>This URL has been excluded"
    )
    watch = watch_of(tmp_path, story, wayback(machine))
    plant(tmp_path, watch, [near, far, never, view])

    result = run(watch, tmp_path)

    assert len(bodies(result, story, "wayback")) == 1, "the near one is the capture that the index named too"
    assert not result.captures(near)
    row = result.capture(far)
    assert (row["purpose"], row["origin"], row["final_url"]) == ("memento", "live", machine.memento(kept))
    assert "90 days from the one asked for" in row["error_detail"]
    assert result.capture(never)["error_detail"] == "the archive has no such capture"
    assert "excluded" in result.capture(view)["error_detail"]
    states = {
        row["url"]: row["state"] for row in result.rows("SELECT url, state FROM frontier WHERE purpose = 'memento'")
    }
    assert set(states.values()) == {"done"}, "an archive's no is final"


def test_an_archived_redirect_is_what_the_page_was_and_leads_on(web: Web, tmp_path: Path) -> None:
    machine = WaybackMachine(web)
    old = web.page("paper.example", "/old", status=404)
    new = f"http://paper.example:{web.port}/new"
    moved = machine.keep(old, JANUARY, b"", status=301, headers=(("Location", new),))
    machine.keep(new, JANUARY + timedelta(hours=1), page("in its new place"))
    watch = watch_of(tmp_path, old, wayback(machine))
    plant(tmp_path, watch, [machine.memento(moved)])

    result = run(watch, tmp_path)

    assert [status for _, status, _ in bodies(result, old, "wayback")] == [301]
    headers = dict(json.loads(result.rows("SELECT headers FROM capture WHERE status = 301")[0]["headers"]))
    assert headers["location"] == new
    assert [body for _, _, body in bodies(result, new, "wayback")] == [page("in its new place")]


# --- Common Crawl -----------------------------------------------------------------------------------


def test_a_record_of_common_crawl_becomes_a_capture_of_its_own_date(web: Web, tmp_path: Path) -> None:
    archive = common_crawl(web)
    story = web.page("paper.example", "/2023/story", body=page("today"))
    archive.keep("CC-MAIN-2023-06", Kept("http://elsewhere.example/", JANUARY, page("somebody else")))
    row = archive.keep("CC-MAIN-2023-06", Kept(story, JANUARY + timedelta(days=7), page("as crawled")))

    result = run(watch_of(tmp_path, story, commoncrawl(archive, since="2023-01")), tmp_path)

    at = to_text(JANUARY + timedelta(days=7))
    assert bodies(result, story, "commoncrawl") == [(at, 200, page("as crawled"))], result.output
    capture = result.rows("SELECT * FROM capture WHERE origin = 'commoncrawl'")[0]
    end = int(row["offset"]) + int(row["length"]) - 1
    assert capture["origin_ref"] == f"{archive.url}/{row['filename']}#bytes={row['offset']}-{end}"
    said = outcomes(result, "commoncrawl")
    assert [outcome for outcome, _ in said.values()] == ["ok"]
    assert "/CC-MAIN-2022-49-index" not in archive.asked, "it ends before the time asked for"
    assert archive.asked["/CC-MAIN-2023-14-index"] == 1
    assert result.code == 0


def test_a_collection_is_asked_once_for_it_never_changes(web: Web, tmp_path: Path) -> None:
    archive = common_crawl(web)
    story = web.page("paper.example", "/2023/story", body=page("today"))
    archive.keep("CC-MAIN-2023-06", Kept(story, JANUARY, page("then")))
    archive.refuses.add("CC-MAIN-2023-14")
    watch = watch_of(tmp_path, story, commoncrawl(archive))
    run(watch, tmp_path)
    archive.refuses.clear()

    run(watch, tmp_path, again=True)

    assert archive.asked["/collinfo.json"] == 2, "there may be a new one"
    indexes = {path: count for path, count in archive.asked.items() if path.endswith("-index")}
    assert indexes == {
        "/CC-MAIN-2022-49-index": 1,  # it had nothing, and never will
        "/CC-MAIN-2023-06-index": 1,
        "/CC-MAIN-2023-14-index": 2,  # it had refused
    }


def test_a_torn_record_is_explained_and_a_whole_one_beside_it_read(web: Web, tmp_path: Path) -> None:
    archive = common_crawl(web)
    story = web.page("paper.example", "/2023/story", body=page("today"))
    archive.keep("CC-MAIN-2023-06", Kept(story, JANUARY, page("torn" * 100)), cut=40)
    archive.keep("CC-MAIN-2023-14", Kept(story, JANUARY + timedelta(days=60), page("whole")))

    result = run(watch_of(tmp_path, story, commoncrawl(archive)), tmp_path)

    assert [body for _, _, body in bodies(result, story, "commoncrawl")] == [page("whole")]
    torn = result.rows("SELECT * FROM capture WHERE purpose = 'warc_record'")
    assert len(torn) == 1
    assert (torn[0]["error_class"], torn[0]["status"]) == ("decoding", 206)
    assert "record" in torn[0]["error_detail"]
    assert torn[0]["body_sha256"], "what came is kept"


def test_a_storm_of_503_is_waited_out(web: Web, tmp_path: Path) -> None:
    archive = common_crawl(web)
    archive.storm = 1
    story = web.page("paper.example", "/2023/story", body=page("today"))
    archive.keep("CC-MAIN-2023-06", Kept(story, JANUARY, page("as crawled")))
    watch = watch_of(tmp_path, story, commoncrawl(archive, pause="30m"))

    began = time.monotonic()
    first = run(watch, tmp_path)

    assert time.monotonic() - began < 30
    (outcome, reason), *_ = outcomes(first, "commoncrawl").values()
    assert (outcome, "left alone until" in reason) == ("limited", True)
    with Store(first.archive) as store:
        store._run("UPDATE host SET retry_at = ?", (to_text(utc_now()),))
    second = run(watch, tmp_path, again=True)

    assert len(bodies(second, story, "commoncrawl")) == 1


def test_nothing_found_in_any_collection_is_no_failure(web: Web, tmp_path: Path) -> None:
    archive = common_crawl(web)
    story = web.page("paper.example", "/2023/story", body=page("today"))

    result = run(watch_of(tmp_path, story, commoncrawl(archive)), tmp_path)

    said = outcomes(result, "commoncrawl")
    assert len(said) == 1
    assert result.code == 0
    assert result.rows("SELECT count(*) AS n FROM capture WHERE purpose = 'search' AND status = 404")[0]["n"] == 3
