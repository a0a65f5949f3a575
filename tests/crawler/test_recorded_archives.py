"""Exchanges recorded with web.archive.org and Common Crawl, replayed as they are and read by a real crawl."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.store import Store
from tests.crawler.archives import Exchange, Recorded, cassette, toolkit
from tests.crawler.asking import plant, run, watch_of
from tests.crawler.crawling import Crawl
from tests.crawler.web import Web

pytestmark = pytest.mark.data


class Replay:
    """One crawl of everything that was recorded."""

    def __init__(self, web: Web, data: Path, folder: Path) -> None:
        exchanges = [one for path in sorted((data / "cassettes").iterdir()) for one in cassette(path)]
        exchanges += [one for path in sorted((data / "cdx_toolkit").iterdir()) for one in toolkit(path)]
        ours = [one for one in exchanges if urlsplit(one.url).hostname in Recorded.HOSTS]
        self.recorded = Recorded(web, ours)
        # Every kind of answer, a few of each: hundreds say "No Captures found".
        kinds: dict[tuple[str, str, int], int] = {}
        self.asked: dict[str, Exchange] = {}
        for one in ours:
            kind = (one.source, urlsplit(one.url).path[:5], one.status)
            kinds[kind] = kinds.get(kind, 0) + 1
            if kinds[kind] <= 3:
                self.asked.setdefault(self._request(one), one)
        story = web.page("paper.example", "/story", body=b"<p>today</p>")
        watch = watch_of(
            folder,
            story,
            f'wayback = {{ url = "{web.url("web.archive.org.localhost", "")}", delay = "0s", pause = "0s" }}',
            f'commoncrawl = {{ url = "{web.url("index.commoncrawl.org.localhost", "")}", delay = "0s", pause = "0s" }}',
            more="max_pages_per_host = 2000",
        )
        for purpose in ("search", "memento", "warc_record"):
            for source in ("wayback", "commoncrawl"):
                plant(
                    folder, watch, [url for url in self.asked if self._what(url) == (purpose, source)], purpose, source
                )
        self.crawl: Crawl = run(watch, folder)

    def _request(self, one: Exchange) -> str:
        if one.status == 206:
            return f"{self.recorded.here(one.url)}#bytes=0-{len(one.body) - 1}"
        return self.recorded.here(one.url)

    def _what(self, url: str) -> tuple[str, str]:
        source = "wayback" if ".archive.org" in url.partition("?")[0] else "commoncrawl"
        if "#bytes=" in url:
            return "warc_record", source
        return "memento" if "/web/" in url.partition("?")[0] else "search", source

    def where(self, words: str) -> str:
        """The one request whose URL holds *words*."""
        found = [url for url in self.asked if words in url]
        assert len(found) == 1, found
        return found[0]

    def outcome(self, url: str) -> tuple[str, str]:
        row = self.crawl.rows(
            """SELECT s.outcome, s.reason FROM run_source s JOIN lead l ON l.query = s.query WHERE l.url = ?""", url
        )
        return row[0]["outcome"], row[0]["reason"] or ""


@pytest.fixture(scope="module")
def replay(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    data = shared_data / "web" / "wayback"
    if not data.is_dir():
        pytest.skip("needs data/web/wayback")
    with Web() as web:
        yield Replay(web, data, tmp_path_factory.mktemp("replay"))


def test_every_exchange_ends_in_a_row_and_none_in_an_error_of_ours(replay: Replay) -> None:
    assert "Traceback" not in replay.crawl.output
    assert len(replay.asked) > 40
    states = {row["url"]: row for row in replay.crawl.rows("SELECT * FROM frontier")}
    assert not [url for url in replay.asked if not states[url]["visits"]]
    for row in replay.crawl.rows("SELECT * FROM run_source WHERE outcome != 'ok'"):
        assert row["reason"], dict(row)
    for row in replay.crawl.rows("SELECT * FROM capture WHERE purpose IN ('memento', 'warc_record')"):
        assert row["error_detail"], dict(row)


def test_a_memento_is_the_page_as_it_was(replay: Replay) -> None:
    url = "https://www.epa.gov/hfstudy/epa-published-research-related-hydraulic-fracturing-study"
    rows = replay.crawl.rows("SELECT * FROM capture WHERE url = ? ORDER BY started_at", url)

    assert [row["started_at"] for row in rows] == ["2019-01-01T03:30:33.000Z", "2019-01-01T05:11:23.000Z"]
    assert {(row["status"], row["origin"], row["purpose"]) for row in rows} == {(200, "wayback", "page")}
    with Store(replay.crawl.archive, readonly=True) as store:
        assert b"<!DOCTYPE html>" in store.body(rows[0]["body_sha256"])[:20]


def test_an_archived_refusal_is_a_fact_about_the_page(replay: Replay) -> None:
    row = replay.crawl.capture("http://www.reddit.com/r/PokemonGiveaway")

    assert (row["status"], row["started_at"]) == (429, "2015-01-29T03:49:04.000Z")
    assert ["retry-after", "6"] in json.loads(row["headers"])
    assert not replay.crawl.rows("SELECT * FROM host WHERE reason LIKE '%Pokemon%'")


def test_an_archived_redirect_leads_to_what_stood_there_then(replay: Replay) -> None:
    moved = replay.crawl.capture("https://www.epa.gov/ghgreporting/san5779-factsheet")
    target = dict(json.loads(moved["headers"]))["location"]
    there = replay.crawl.captures(target)

    assert moved["status"] == 301
    assert target.startswith("https://www.epa.gov/ghgreporting/proposed-rule-fact-sheet")
    assert [(row["status"], row["started_at"]) for row in there] == [(200, "2018-08-08T10:45:00.000Z")]


def test_a_loop_of_archived_redirects_ends(replay: Replay) -> None:
    rows = replay.crawl.rows("SELECT url, status FROM capture WHERE url LIKE '%springer.com%' AND origin = 'wayback'")

    assert {row["status"] for row in rows} <= {302, 303}
    assert 2 <= len(rows) <= 3


def test_a_blocked_site_is_a_refusal_and_not_an_empty_answer(replay: Replay) -> None:
    outcome, reason = replay.outcome(replay.where("nationalpost.com"))

    assert (outcome, reason) == (
        "refused",
        "captures of this site are not shown: excluded by the archive's administrators",
    )


def test_text_and_json_of_the_index_both_name_captures(replay: Replay) -> None:
    for words in ("url=zew.de", "output=json"):
        asked = [url for url in replay.asked if words in url and "/cdx/search/cdx" in url]
        assert asked
        leads = replay.crawl.rows(
            """SELECT n.purpose FROM lead l JOIN lead n ON n.query = l.query AND n.id != l.id WHERE l.url = ?""",
            asked[0],
        )
        assert "memento" in {row["purpose"] for row in leads}


def test_common_crawls_answers_are_told_apart(replay: Replay) -> None:
    said = {}
    for url, one in replay.asked.items():
        if "index.commoncrawl.org" in url and "showNumPages" not in url:
            said.setdefault(one.status, set()).add(replay.outcome(url)[0])

    assert said[404] == {"empty"}
    assert said[400] == {"empty"}
    assert "ok" in said[200]


def test_a_range_of_a_warc_file_is_one_capture(replay: Replay) -> None:
    rows = replay.crawl.rows("SELECT * FROM capture WHERE origin = 'commoncrawl' ORDER BY started_at")

    assert {row["url"] for row in rows} >= {"https://www.commoncrawl.org/"}
    first = next(row for row in rows if row["url"] == "https://www.commoncrawl.org/")
    assert (first["status"], first["started_at"][:19]) == (200, "2025-08-04T10:33:29")
    assert first["origin_ref"].endswith("00340.warc.gz#bytes=0-7062")
