"""What the indexes of web archives answer, and what is made of it: no network, no archive."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.types import Capture, Lead, Story
from crawler.archived import byte_range, page_of, parse_memento_url
from crawler.discovery.reading import SourceReading
from crawler.discovery.search import Answer, Asking, Question
from crawler.discovery.search.commoncrawl import SOURCE as COMMON_CRAWL
from crawler.discovery.search.indexes import Row, clean_address, edition_prefixes, is_public, spread, worth_fetching
from crawler.discovery.search.wayback import SOURCE as WAYBACK
from tests.crawler.archives import Kept, warc_record

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CDX = "https://web.archive.org/cdx/search/cdx?url=x.example&showResumeKey=true"


def answer(body: bytes | str, status: int = 200, url: str = CDX, **headers: str) -> Answer:
    data = body.encode() if isinstance(body, str) else body
    return Answer(url, url, status, tuple((name.replace("_", "-"), value) for name, value in headers.items()), data)


def ask(source: Any, story: Story, *questions: Question, **settings: object) -> list[Lead]:
    return list(source.ask(Asking(story, questions, source.settings(settings, "watch"), NOW)))


def mementos(reading: SourceReading) -> list[str]:
    return [lead.url for lead in reading.leads if lead.purpose == "memento"]


# --- the Wayback Machine's index --------------------------------------------------------------------


@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "lost", "kept"),
    [
        ("bad_timestamp_cdx.txt", "2 captures without a possible time", 3),
        ("malformed_cdx.txt", "captures of what is no page's address", 2),
        ("zero_length_cdx.txt", None, 5),
    ],
)
def test_dirty_rows_are_counted_and_stop_nothing(shared_data: Path, file: str, lost: str | None, kept: int) -> None:
    body = (shared_data / "web" / "wayback" / "edge" / file).read_bytes()
    reading = WAYBACK.read(answer(body))

    assert reading.outcome == "ok"
    assert len(mementos(reading)) == kept
    assert (lost in (reading.reason or "")) if lost else reading.reason is None


def test_the_same_line_thrice_is_one_capture() -> None:
    line = "gov,nasa)/ 19961231235847 http://www.nasa.gov:80/ text/html 200 MGIGF4GRGGF5GKV6VNCBAXOE3OR5BTZC 1811\n"

    assert mementos(WAYBACK.read(answer(line * 3))) == [
        "https://web.archive.org/web/19961231235847id_/http://www.nasa.gov/"
    ]


def test_the_key_for_the_next_part_is_sent_back_encoded_once_more() -> None:
    row = "com,cnn)/ 20010503212618 http://cnn.com/ text/html 200 AAAA 1\n"
    reading = WAYBACK.read(answer(f"{row}\ncom%2Ccnn%29%2F+20010503212619\n"))
    following = [lead.url for lead in reading.leads if lead.purpose == "search"]

    assert following == [f"{CDX}&resumeKey=com%252Ccnn%2529%252F%2B20010503212619"]
    third = WAYBACK.read(answer(f"{row}\ncom%2Ccnn%29%2F+20020101000000\n", url=following[0]))
    assert [lead.url.count("resumeKey=") for lead in third.leads if lead.purpose == "search"] == [1]


def test_json_says_the_same_as_text() -> None:
    cells = ["com,x)/", "20230120091500", "http://x.example/", "text/html", "200", "AAAA", "1"]
    header = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
    text = WAYBACK.read(answer(" ".join(cells) + "\n\nkey%2B1\n"))
    as_json = WAYBACK.read(answer(json.dumps([header, cells, [], ["key%2B1"]])))

    assert as_json == text
    assert WAYBACK.read(answer("[]")).outcome == WAYBACK.read(answer("")).outcome == "empty"


@pytest.mark.parametrize(
    ("answered", "outcome", "words"),
    [
        (answer("<html><h1>429 Too Many Requests</h1>", 429), "limited", "too often"),
        (answer("x", 403, x_archive_wayback_runtime_error="…AdministrativeAccessControlException: Blocked"), "refused", "excluded"),
        (answer("org.archive.wayback.exception.RobotAccessControlException: Blocked By Robots\n"), "refused", "robots.txt"),
        (answer("<html><title>504 Gateway Time-out</title>", 504), "unreadable", "gave up"),
        (answer("<html><body>Internet Archive: Scheduled Maintenance"), "unreadable", "Scheduled Maintenance"),
        (answer('[["urlkey","timestamp"], ["com,'), "unreadable", "damaged"),
        (answer('[{"a": 1}]'), "unreadable", "no list of captures"),
        (answer("com,x)/ 20230120091500 http://x.example/ image/png 200 AAAA 1\n"), "empty", "no capture that shows the page"),
    ],
    ids=["429", "blocked", "robots under 200", "504", "a page", "torn JSON", "other JSON", "an image"],
)  # fmt: skip
def test_each_trap_ends_in_words(answered: Answer, outcome: str, words: str) -> None:
    reading = WAYBACK.read(answered)

    assert (reading.outcome, reading.leads) == (outcome, ())
    assert words in (reading.reason or "")


@given(st.binary(max_size=400), st.sampled_from([200, 206, 400, 404, 429, 500, 503, 599]))
def test_no_answer_makes_a_source_raise(body: bytes, status: int) -> None:
    for source, url in ((WAYBACK, CDX), (COMMON_CRAWL, f"{COLLINFO}#ask=x.example"), (COMMON_CRAWL, INDEX)):
        reading = source.read(answer(body, status, url))
        assert reading.leads or reading.reason


# --- what is asked ----------------------------------------------------------------------------------


def test_an_id_is_asked_for_in_the_editions_of_the_watchs_languages() -> None:
    story = Story(
        "s",
        "S",
        urls=("https://www.vice.com/en_us/article/qjkq9w/slug",),
        short_ids=("qjkq9w",),
        languages=("nl", "pt"),
    )
    short = Question("short_id", "qjkq9w", None, "")
    leads = ask(WAYBACK, story, Question("url", story.urls[0], None, ""), short, Question("phrase", "words", "nl", ""))

    assert edition_prefixes(Asking(story, (), {}, NOW), "qjkq9w") == [
        f"www.vice.com/{edition}/article/qjkq9w/" for edition in ("nl", "nl_be", "pt", "pt_br")
    ]
    assert [lead.query for lead in leads] == [
        "captures of https://www.vice.com/en_us/article/qjkq9w/slug",
        *(
            f"addresses that begin with www.vice.com/{edition}/article/qjkq9w/"
            for edition in ("nl", "nl_be", "pt", "pt_br")
        ),
        "addresses at vice.com with the id qjkq9w",
    ]
    assert {lead.purpose for lead in leads} == {"search"}


def test_a_question_has_the_same_url_tomorrow() -> None:
    story = Story("s", "S", urls=("https://x.example/a",))
    question = Question("url", story.urls[0], None, "")
    for source in (WAYBACK, COMMON_CRAWL):
        today, tomorrow = (
            [lead.url for lead in source.ask(Asking(story, (question,), source.settings({}, ""), at, since))]
            for at, since in ((NOW, None), (NOW + timedelta(days=1), NOW))
        )
        assert today == tomorrow


@pytest.mark.parametrize("url", ["http://127.0.0.1:8701/x", "http://paper.localhost/x", "http://10.1.2.3/", "http://intranet/x", "mailto:x@y.example"])  # fmt: skip
def test_private_addresses_are_not_told_to_anybody(url: str) -> None:
    assert not is_public(url)
    assert ask(WAYBACK, Story("s", "S", urls=(url,)), Question("url", url, None, "")) == []


@pytest.mark.parametrize(
    ("original", "clean"),
    [
        ("http://www.nasa.gov:80/", "http://www.nasa.gov/"),
        ("https://x.example:443/a?b=1", "https://x.example/a?b=1"),
        ("http://x.example:8080/", "http://x.example:8080/"),
        ("http://mailto:ucmr@epa.gov/", None),
        ("https://www.epa.gov/%22data:image/jpeg;base64,/9j/4aaqsk", None),
        ("some/not/even/url/thing", None),
        ("https://x.example/" + "a" * 3000, None),
    ],
)
def test_only_pages_are_taken_from_an_index(original: str, clean: str | None) -> None:
    assert clean_address(original) == clean


def row(day: int, status: str = "200", digest: str | None = None, media_type: str = "text/html") -> Row:
    at = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(days=day)
    return Row(f"{at:%Y%m%d%H%M%S}", at, "http://x.example/", media_type, status, digest or str(day))


def test_equal_captures_are_fetched_once_and_absence_once() -> None:
    rows = [row(0, digest="A"), row(1, digest="A"), row(2, "404"), row(3, digest="B"), row(4, "-", "A", "warc/revisit"),
            row(5, "410"), row(6, "404"), row(7, "500")]  # fmt: skip

    assert [(chosen.at.day - 1, chosen.status) for chosen in worth_fetching(rows, 12)] == [
        (0, "200"),
        (3, "200"),
        (5, "410"),
    ]
    assert worth_fetching([row(0, "404"), row(1, "301")], 12) == []


@given(st.lists(st.integers(0, 4000), unique=True, min_size=1, max_size=60), st.integers(1, 15))
def test_a_selection_keeps_the_first_and_the_last_and_its_number(days: list[int], most: int) -> None:
    rows = [row(day) for day in sorted(days)]
    chosen = spread(rows, most)

    assert len(chosen) == min(most, len(rows))
    assert chosen[0] == rows[0]
    assert most == 1 or chosen[-1] == rows[-1]
    assert chosen == sorted(chosen, key=lambda one: one.at)


# --- Common Crawl -----------------------------------------------------------------------------------

COLLINFO = "https://index.commoncrawl.org/collinfo.json"
INDEX = "https://index.commoncrawl.org/CC-MAIN-2025-33-index?url=x.example&output=json"


def collections(*months: str) -> str:
    return json.dumps([
        {"id": f"CC-{month}", "name": f"{month} Index", "cdx-api": f"https://index.commoncrawl.org/CC-{month}-index",
         "from": f"{month}-01T00:00:00", "to": f"{month}-14T00:00:00"}
        for month in sorted(months, reverse=True)
    ])  # fmt: skip


def asked_collections(fragment: str, *months: str) -> list[str]:
    reading = COMMON_CRAWL.read(answer(collections(*months), url=f"{COLLINFO}#ask=x.example&{fragment}"))
    return [lead.url.partition("/CC-")[2][:7] for lead in reading.leads]


def test_the_collections_of_the_time_asked_for_are_asked_the_oldest_first() -> None:
    months = [f"20{year}-{month:02}" for year in (22, 23, 24) for month in range(1, 13)]

    assert asked_collections("since=2023-01-20&collections=4", *months) == ["2023-02", "2023-03", "2024-01", "2024-12"]
    assert asked_collections("collections=2", *months) == ["2024-11", "2024-12"], "no time is asked for: the newest"
    assert asked_collections("since=2023&collections=9", "2022-12") == []


def test_settings_of_the_watch_ride_to_the_last_request_unsent() -> None:
    story = Story("s", "S", urls=("https://x.example/a",))
    lead = ask(
        COMMON_CRAWL, story, Question("url", story.urls[0], None, ""), data_url="http://127.0.0.1:1/d", per_page=2
    )[0]
    assert lead.url.startswith(f"{COLLINFO}#")
    index = COMMON_CRAWL.read(answer(collections("2025-08"), url=lead.url)).leads[0]
    cells = {"timestamp": "20250804103329", "url": "https://x.example/a", "mime": "text/html", "status": "200", "digest": "A",
             "length": "7063", "offset": "667474763", "filename": "crawl-data/CC/warc/00340.warc.gz"}  # fmt: skip
    record = COMMON_CRAWL.read(answer(json.dumps(cells), url=index.url)).leads[0]

    assert record.purpose == "warc_record"
    assert record.url == "http://127.0.0.1:1/d/crawl-data/CC/warc/00340.warc.gz#bytes=667474763-667481825"
    assert byte_range(record.url) == "bytes=667474763-667481825"


@pytest.mark.parametrize(
    ("status", "body", "outcome", "words"),
    [
        (404, '{"message": "No Captures found for: x"}', "empty", "no capture"),
        (404, '{"error": "No Captures found for: x"}', "empty", "no capture"),
        (404, "<html>nginx", "unreadable", "404"),
        (400, '{"message": "Page 1 invalid: First Page is 0, Last Page is 0"}', "empty", "no such part"),
        (503, "<Code>SlowDown</Code>", "limited", "too often"),
        (500, "Please reduce your request rate.", "limited", "too often"),
        (200, '{"timestamp": "x"}\nnot json\n', "unreadable", "none of 2 lines"),
    ],
)
def test_each_kind_of_refusal_is_told_apart(status: int, body: str, outcome: str, words: str) -> None:
    reading = COMMON_CRAWL.read(answer(body, status, INDEX))

    assert (reading.outcome, words in (reading.reason or "")) == (outcome, True), reading


# --- what an archive's answer is --------------------------------------------------------------------


def kept_answer(purpose: Any, url: str, body: bytes, status: int = 200, **headers: str) -> Capture:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Capture(url, purpose, NOW, NOW, final_url=url, status=status, headers=pairs, body=body, frontier_id=7)


MEMENTO = "https://web.archive.org/web/20230120091500id_/http://x.example/a"


def test_a_memento_stored_packed_is_unpacked() -> None:
    packed = gzip.compress(b"<p>the page</p>")
    page = page_of(kept_answer(
        "memento", MEMENTO, packed, memento_datetime="Fri, 20 Jan 2023 09:15:00 GMT", x_archive_orig_content_encoding="gzip",
    ))  # fmt: skip

    assert (page.body, page.origin, page.frontier_id) == (b"<p>the page</p>", "wayback", 7)
    assert page.started_at == datetime(2023, 1, 20, 9, 15, tzinfo=UTC)


def test_a_page_of_another_address_is_not_taken() -> None:
    other = kept_answer(
        "memento", MEMENTO, b"x", memento_datetime="Fri, 20 Jan 2023 09:15:00 GMT",
        link='<http://x.example/b>; rel="original", <https://web.archive.org/web/2023/http://x.example/b>; rel="memento"',
    )  # fmt: skip

    assert page_of(other).purpose == "memento"
    assert page_of(other).error_detail == "the archive answered with another page: http://x.example/b"


def test_an_address_that_was_escaped_is_the_same_address() -> None:
    found = parse_memento_url("https://web.archive.org/web/20080328041443id_/http%3A//www.commoncrawl.org%3A80/")

    assert found is not None
    assert found.url == "http://www.commoncrawl.org:80/"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 206, "it sent nothing"),
        (b"whole file", 200, "in place of a part"),
        (b"not gzip at all", 206, "record"),
        (gzip.compress(warc_record(Kept("http://x.example/a", NOW, b"x" * 500)))[:-30], 206, "record"),
        (gzip.compress(b"WARC/1.0\r\nWARC-Type: request\r\nContent-Length: 0\r\n\r\n\r\n\r\n"), 206, "request record"),
    ],
    ids=["nothing", "no range", "junk", "torn", "a request"],
)
def test_a_range_that_holds_no_page_says_so(body: bytes, status: int, words: str) -> None:
    found = page_of(kept_answer("warc_record", "https://data.commoncrawl.org/f.warc.gz#bytes=0-9", body, status))

    assert found.purpose == "warc_record"
    assert words in (found.error_detail or "")
