"""GDELT's files and its search, asked over HTTP."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.questions_sought import Sought, lines_of
from crawler.discovery.search import Question
from crawler.discovery.search.gdelt_articles import SOURCE as ARTICLES
from crawler.discovery.search.gdelt_doc import SOURCE as DOC
from crawler.discovery.search.gdelt_ngrams import SOURCE as NGRAMS
from crawler.discovery.search.gdelt_ngrams import rebuilt
from tests.crawler.news_search import NOW, Article, NewsSearch
from tests.crawler.news_search_asking import COPY, DAY, OTHER, PHRASE, PRESS, TRANSLATION, answered, ask, asking, fetch


@pytest.fixture
def news() -> Iterator[NewsSearch]:
    with NewsSearch(PRESS) as server:
        yield server


# --- GDELT's article lists ------------------------------------------------------------------------------


def test_gdelt_files_are_asked_minute_by_minute_until_they_are_too_young(news: NewsSearch) -> None:
    what = asking(ARTICLES, f"{news.url}/gdeltv3/gal", since=DAY - timedelta(minutes=10))
    asked = [lead.url.partition("#")[0][-26:-14] for lead in ARTICLES.ask(what)][1:]
    # From what was too young when the source last answered, to what is old enough now.
    assert (asked[0], asked[-1], len(asked)) == ("202301211115", "202301211140", 26)
    news.now = NOW + timedelta(hours=1)
    found, readings = ask(ARTICLES, what)
    assert {lead.url for lead in found} == {COPY.url, TRANSLATION.url}
    minutes = [one.path[-26:-14] for one in news.asked if one.path.endswith(".gz")]
    # By the server's clock there are more by now: each answer names the next.
    assert minutes == [
        f"{datetime(2023, 1, 21, 11, 15, tzinfo=UTC) + timedelta(minutes=n):%Y%m%d%H%M}" for n in range(86)
    ]
    missing = [r for r in readings if r.reason and r.reason.startswith("no file of this minute")]
    assert len(missing) == 86 - 12


def test_a_headline_in_another_language_is_found_by_its_names(news: NewsSearch) -> None:
    news.now = NOW + timedelta(hours=1)
    found, _ = ask(ARTICLES, asking(ARTICLES, f"{news.url}/gdeltv3/gal", since=DAY - timedelta(minutes=5)))
    dutch = next(lead for lead in found if lead.language == "nl")
    assert dutch.note is not None and "Putin" in dutch.note and "Russia" in dutch.note
    assert "seen by GDELT 2023-01-21 11:54 UTC" in dutch.note
    assert (dutch.outlet, dutch.published) == ("Kustbode", None)


def test_the_feed_of_the_last_quarter_of_an_hour_is_enough_for_a_watch_that_runs_often(news: NewsSearch) -> None:
    what = asking(ARTICLES, f"{news.url}/gdeltv3/gal")
    assert [lead.url.partition("#")[0] for lead in ARTICLES.ask(what)] == [f"{news.url}/gdeltv3/gal/feed.rss"]
    found, _ = ask(ARTICLES, what)
    assert {lead.url for lead in found} == {COPY.url, TRANSLATION.url}
    news.press = [OTHER]
    assert "none of 1 headlines may be of a copy" in str(answered(ARTICLES, what).reason)
    etag = dict(fetch(next(iter(ARTICLES.ask(what)))).headers)["etag"]
    assert fetch(next(iter(ARTICLES.ask(what))), **{"If-None-Match": etag}).status == 304


@pytest.mark.parametrize("trap", ["", "storage"])
def test_a_file_that_is_not_there_yet_and_one_that_never_will_be(news: NewsSearch, trap: str) -> None:
    news.trap = trap
    what = asking(ARTICLES, f"{news.url}/gdeltv3/gal", since=NOW - timedelta(minutes=5))
    last = list(ARTICLES.ask(what))[-1]
    news.now = NOW - timedelta(minutes=15)
    young = ARTICLES.read(fetch(last))
    assert (young.outcome, young.reason) == (
        "empty",
        "no file of this minute: it may still come",
    )
    news.now = NOW + timedelta(hours=1)
    old = ARTICLES.read(fetch(last))
    assert [lead.purpose for lead in old.leads] == ["search"]


def test_a_damaged_and_a_cut_off_file_give_what_is_left_of_them(news: NewsSearch) -> None:
    what = asking(ARTICLES, f"{news.url}/gdeltv3/gal", since=datetime(2023, 1, 21, 11, 56, tzinfo=UTC))
    there = next(lead for lead in ARTICLES.ask(what) if "/20230121113100." in lead.url)
    news.trap = "damaged"
    damaged = ARTICLES.read(fetch(there))
    assert damaged.outcome == "ok" and "1 lines are damaged" in str(damaged.reason)
    news.trap = "cut"
    cut = ARTICLES.read(fetch(there))
    assert "cut off" in str(cut.reason)


# --- GDELT's n-grams ------------------------------------------------------------------------------------


def test_a_phrase_is_found_in_lines_without_order(news: NewsSearch) -> None:
    news.now = NOW + timedelta(minutes=30)
    found, _ = ask(NGRAMS, asking(NGRAMS, f"{news.url}/gdeltv3/webngrams", PHRASE, since=DAY - timedelta(minutes=3)))
    assert [lead.url for lead in found] == [COPY.url]
    assert found[0].note == f"has the words “{PHRASE.text}”; seen by GDELT 2023-01-21 11:50 UTC"


def test_a_phrase_is_found_where_every_second_line_is_missing(news: NewsSearch) -> None:
    news.now, news.trap = NOW + timedelta(minutes=30), "every second line"
    found, _ = ask(NGRAMS, asking(NGRAMS, f"{news.url}/gdeltv3/webngrams", PHRASE, since=DAY))
    assert [lead.url for lead in found] == [COPY.url]


def test_a_translation_is_found_by_three_of_the_rarer_names(news: NewsSearch) -> None:
    news.now = NOW + timedelta(minutes=30)
    names = Question("names", "Peabody · Lindqvist · Merrin · Rusland", "nl", "")
    event = Question("event", "Rusland · Poetin", "nl", "")
    found, _ = ask(NGRAMS, asking(NGRAMS, f"{news.url}/gdeltv3/webngrams", names, event, since=DAY))
    notes = {lead.url: str(lead.note).partition(";")[0] for lead in found}
    assert set(notes[TRANSLATION.url].removeprefix("names ").split(", ")) == {"Merrin", "Lindqvist", "Peabody"}
    assert OTHER.url not in notes


def test_a_phrase_in_a_script_without_spaces(news: NewsSearch) -> None:
    text = "一座灯塔被卖掉之后港口里没有人问那盏灯会怎么样看守人每天早晨擦拭铜器三十七年"
    news.press = [Article("https://bao.example/1", "灯塔", text, "zh", DAY, "Bao")]
    news.now = NOW + timedelta(minutes=30)
    question = Question("phrase", "港口里没有人问那盏灯会怎么样", "zh", "")
    found, _ = ask(NGRAMS, asking(NGRAMS, f"{news.url}/gdeltv3/webngrams", question, since=DAY))
    assert [(lead.url, lead.language) for lead in found] == [("https://bao.example/1", "zh")]


def test_nothing_is_asked_without_a_phrase_or_names() -> None:
    only_address = Question("url", "https://courier.example/2023/lighthouse", None, "")
    for source in (ARTICLES, NGRAMS):
        assert list(source.ask(asking(source, "http://127.0.0.1:9/x", only_address))) == []


@given(st.lists(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=12, max_size=40, unique=False), st.randoms())
def test_snippets_of_any_text_join_to_a_text_that_holds_each(words: list[str], rng: object) -> None:
    text = [f"{word}{place}" for place, word in enumerate(words)]
    snippets = [" ".join(text[max(0, n - 7) : n + 8]) for n in range(len(text))]
    rng.shuffle(snippets)  # type: ignore[attr-defined]
    assert rebuilt(snippets) == " ".join(text)


def test_a_bomb_of_a_file_is_read_line_by_line_and_ends() -> None:
    lines = list(lines_of(gzip.compress(b"x" * 50 + b"\n", 9) * 3))
    assert lines == [b"x" * 50] * 3
    assert list(lines_of(gzip.compress(b"a\nb\nc" * 5000)[:-30]))[-1] is None


# --- GDELT's DOC API -------------------------------------------------------------------------------------


def test_doc_names_articles_with_the_time_that_it_saw_them(news: NewsSearch) -> None:
    found, _ = ask(DOC, asking(DOC, news.url, PHRASE))
    assert [(lead.url, lead.title, lead.language, lead.published) for lead in found] == [
        (COPY.url, "Russia buys the lighthouse that Putin never saw, at last", "en", None)
    ]
    assert "seen by GDELT 2023-01-21 11:50 UTC" in str(found[0].note)


def test_doc_is_asked_in_halves_where_its_answer_is_full(news: NewsSearch) -> None:
    news.most = 250
    news.press = [
        replace(COPY, url=f"https://digest.example/{n}", published=NOW - timedelta(minutes=2 * n + 1))
        for n in range(700)
    ]
    found, readings = ask(DOC, asking(DOC, news.url, PHRASE))
    assert len(found) == 700
    assert "asked again in two halves" in str(readings[0].reason)
    # A window of an hour that is full is not cut any more: the search ends.
    news.press = [
        replace(COPY, url=f"https://digest.example/{n}", published=NOW - timedelta(minutes=1)) for n in range(300)
    ]
    found, readings = ask(DOC, asking(DOC, news.url, PHRASE))
    assert len(found) == 250 and len(readings) < 20
    assert any("there are more in this hour" in str(read.reason) for read in readings)


@pytest.mark.parametrize(
    ("trap", "outcome", "says"),
    [
        ("notice", "limited", "asked too often (200): Please limit requests"),
        ("429", "limited", "asked too often (429)"),
        ("html", "unreadable", "down (502)"),
    ],
)
def test_doc_refuses_under_any_status(news: NewsSearch, trap: str, outcome: str, says: str) -> None:
    news.trap = trap
    read = answered(DOC, asking(DOC, news.url, PHRASE))
    assert read.outcome == outcome and says in str(read.reason)


def test_doc_finds_nothing_in_two_ways_and_does_not_understand_in_a_third(news: NewsSearch) -> None:
    missing = Question("phrase", "words that nobody has ever printed", "en", "")
    for news.trap in ("", "empty"):
        assert answered(DOC, asking(DOC, news.url, missing)).reason == "GDELT saw no article for it in these days"
    news.trap = ""
    short = Question("user", '"of" lighthouse', None, "")
    read = answered(DOC, asking(DOC, news.url, short))
    assert read.outcome == "unreadable" and "did not understand" in str(read.reason)


def test_doc_says_nothing_about_a_domain_with_a_dash(news: NewsSearch) -> None:
    read = answered(DOC, asking(DOC, news.url, Question("user", "lighthouse domain:my-digest.example", None, "")))
    assert read.outcome == "unreadable" and "domain with a dash" in str(read.reason)


def test_doc_is_read_although_control_characters_stand_in_its_json(news: NewsSearch) -> None:
    news.trap = "control characters"
    found, _ = ask(DOC, asking(DOC, news.url, PHRASE))
    assert [lead.url for lead in found] == [COPY.url]


def test_a_very_long_story_fits_into_an_address() -> None:
    many = [Question("names", " · ".join(f"Имя{n}{k}" * 4 for k in range(4)), "ru", "") for n in range(80)]
    url = Sought.made_of(many).carried_by("https://data.example/20230121115000.gal.json.gz")
    assert len(url) < 5000 and Sought.of(url).names
