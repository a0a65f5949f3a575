"""News databases and search engines, asked over HTTP: what each finds, and how each says that it did not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.exceptions import ConfigError
from archive.urls import url_key
from crawler.discovery.questions_asked import asked_for, carried, carrying, in_quotes
from crawler.discovery.search import Answer, Question, SearchSource
from crawler.discovery.search.bing_news import SOURCE as BING
from crawler.discovery.search.gdelt_articles import SOURCE as ARTICLES
from crawler.discovery.search.gdelt_doc import SOURCE as DOC
from crawler.discovery.search.gdelt_ngrams import SOURCE as NGRAMS
from crawler.discovery.search.google_news import ENCODED
from crawler.discovery.search.google_news import SOURCE as GOOGLE
from crawler.discovery.search.media_cloud import SOURCE as MEDIA_CLOUD
from crawler.discovery.search.media_cloud import TOKEN_VARIABLE
from crawler.discovery.search.searxng import SOURCE as SEARXNG
from tests.crawler.news_search import NOW, NewsSearch
from tests.crawler.news_search_asking import COPY, DAY, OTHER, PHRASE, PRESS, answered, ask, asking, fetch

EVERY = (ARTICLES, NGRAMS, DOC, GOOGLE, BING, SEARXNG, MEDIA_CLOUD)


@pytest.fixture
def news() -> Iterator[NewsSearch]:
    with NewsSearch(PRESS) as server:
        yield server


# --- what is carried in a request ----------------------------------------------------------------------


def test_what_a_request_carries_is_not_sent_and_tells_two_requests_apart() -> None:
    one = carrying("https://data.example/20230101.gz", p=["a b", "c|d&e"], left=None)
    assert carried(one) == {"p": ["a b", "c|d&e"]}
    assert url_key(one) != url_key(carrying(one, p=["other"]))
    assert carrying(one) == "https://data.example/20230101.gz"


def test_a_question_is_put_in_quotes_and_what_the_user_wrote_stays() -> None:
    assert (
        in_quotes(Question("credit", "This “article” appeared on VICE · Russia", "en", ""))
        == '"This “article” appeared on VICE" Russia'
    )
    for text in ('"lose like" -sport', "intitle:lighthouse", "lamp OR light", "plain words"):
        assert in_quotes(Question("user", text, None, "")) == text
    assert asked_for('"had polished" Rusland after:2023-01-01') == ["had polished", "Rusland"]


# --- Google News -----------------------------------------------------------------------------------------


def test_google_links_of_both_generations(news: NewsSearch) -> None:
    news.press = [COPY, replace(COPY, url="https://mirror.example/lamp", outlet="Mirror")]
    found, readings = ask(GOOGLE, asking(GOOGLE, news.url, PHRASE))
    old, new, front = found
    assert (old.url, old.title, old.outlet, old.language) == (COPY.url, COPY.title, "Digest", "en-us")
    assert old.published == COPY.published
    assert new.url.startswith("https://news.google.com/rss/articles/CBMi")
    assert new.note is not None and ENCODED in new.note and "published at https://mirror.example" in new.note
    assert readings[0].reason == "1 of 2 links are encoded"
    # What Google hides is looked for where it is not hidden.
    assert (front.url, front.purpose) == ("https://mirror.example/", "front_page")
    assert f"the publisher of “{COPY.title}”" in str(front.note)
    event = Question("event", "Putin · Russia", "en", "")
    assert all(lead.purpose == "page" for lead in ask(GOOGLE, asking(GOOGLE, news.url, event))[0])


def test_google_asks_each_question_in_the_edition_of_its_language(news: NewsSearch) -> None:
    dutch = Question("names", "Poetin · Rusland", "nl", "")
    list(map(fetch, GOOGLE.ask(asking(GOOGLE, news.url, PHRASE, dutch, since=DAY))))
    assert [(a.query["hl"], a.query["ceid"], a.query["q"]) for a in news.asked] == [
        ("en-US", "US:en", f'"{PHRASE.text}" after:2023-01-19'),
        ("nl", "NL:nl", "Poetin Rusland after:2023-01-19"),
    ]


def test_a_publisher_is_taken_off_the_title_only_if_google_names_it(news: NewsSearch) -> None:
    news.trap = "no source"
    found, _ = ask(GOOGLE, asking(GOOGLE, news.url, PHRASE))
    assert found[0].title == f"{COPY.title} - Digest"


@pytest.mark.parametrize(
    ("trap", "outcome", "says"), [("consent", "refused", "consent"), ("sorry", "limited", "sorry")]
)
def test_google_s_walls_are_told_apart_from_no_result(news: NewsSearch, trap: str, outcome: str, says: str) -> None:
    news.trap = trap
    read = answered(GOOGLE, asking(GOOGLE, news.url, PHRASE))
    assert read.outcome == outcome and says in str(read.reason)
    news.trap, news.press = "", []
    assert answered(GOOGLE, asking(GOOGLE, news.url, PHRASE)).reason == "Google News knows no page for it"


# --- Bing News -------------------------------------------------------------------------------------------


def test_bing_s_pages_are_read_until_it_repeats_the_last_one(news: NewsSearch) -> None:
    news.press = [replace(COPY, url=f"https://digest.example/a?n={n}&x=%C3%A9") for n in range(20)]
    found, readings = ask(BING, asking(BING, news.url, PHRASE, pages=9))
    # The address behind the redirect, whatever tid it came with.
    assert [lead.url for lead in found] == [article.url for article in news.press]
    assert (readings[-1].outcome, readings[-1].reason) == ("empty", "no further page: Bing repeats the last one")
    assert len(readings) == 3
    again, _ = ask(BING, asking(BING, news.url, PHRASE, pages=9))
    assert again == found
    assert (found[0].outlet, found[0].language) == ("Digest", "en")


def test_bing_s_links_that_lead_nowhere_are_counted(news: NewsSearch) -> None:
    news.trap = "bad links"
    read = answered(BING, asking(BING, news.url, PHRASE))
    assert [lead.url for lead in read.leads] == [COPY.url]
    assert read.reason == "3 of 4 items without a publisher's address"
    news.trap = "page"
    assert "a page, not a feed" in str(answered(BING, asking(BING, news.url, PHRASE)).reason)


# --- SearXNG ---------------------------------------------------------------------------------------------


def test_searxng_s_results_once_each_with_their_engines(news: NewsSearch) -> None:
    news.press = [replace(COPY, url=f"https://digest.example/{n}") for n in range(8)]
    found, readings = ask(SEARXNG, asking(SEARXNG, news.url, PHRASE, pages=3))
    assert [lead.url for lead in found] == [article.url for article in news.press]
    assert found[0].published == COPY.published and found[1].published is None
    assert "found by qwant news, startpage news" in str(found[0].note)
    assert len(readings) == 3  # five, three, none


def test_no_engine_answered_is_not_nothing_found(news: NewsSearch) -> None:
    named = list(news.engines)
    news.trap = "engines"
    read = answered(SEARXNG, asking(SEARXNG, news.url, PHRASE, engines=named))
    assert read.outcome == "unreadable" and str(read.reason).startswith(
        "0 of 4 engines answered; not: bing news (Suspended"
    )
    # Without their names it is not known how many there are, and so nothing is claimed.
    read = answered(SEARXNG, asking(SEARXNG, news.url, PHRASE))
    assert read.outcome == "unreadable" and "whether others did is not said" in str(read.reason)
    news.trap, news.press = "half of the engines", []
    read = answered(SEARXNG, asking(SEARXNG, news.url, PHRASE, engines=named))
    assert read.outcome == "empty" and "nothing found, 2 of 4 engines answered" in str(read.reason)
    news.trap = ""
    assert "all engines answered" in str(answered(SEARXNG, asking(SEARXNG, news.url, PHRASE)).reason)


def test_an_instance_without_json_says_what_to_do(news: NewsSearch) -> None:
    news.trap = "no json"
    read = answered(SEARXNG, asking(SEARXNG, news.url, PHRASE))
    assert read.outcome == "refused" and "search.formats" in str(read.reason)
    news.trap = "error"
    assert "down (500)" in str(answered(SEARXNG, asking(SEARXNG, news.url, PHRASE)).reason)
    with pytest.raises(ConfigError, match="the address of the SearXNG instance is missing"):
        SEARXNG.settings({}, "watch.toml, line 3")


# --- Media Cloud -----------------------------------------------------------------------------------------


def test_media_cloud_part_after_part_with_the_token_in_a_header_only(news: NewsSearch) -> None:
    news.press = [
        replace(COPY, url=f"https://digest.example/{n}", published=DAY - timedelta(days=n)) for n in range(10)
    ]
    what = asking(MEDIA_CLOUD, news.url, PHRASE)
    sent = dict(MEDIA_CLOUD.request_headers(f"{news.url}/api/x", news.url, {TOKEN_VARIABLE: "right-token"}))
    found, readings = ask(MEDIA_CLOUD, what, **sent)
    assert len(found) == 10 and len(readings) == 3
    assert (found[0].outlet, found[0].published) == ("Digest", datetime(2023, 1, 21, tzinfo=UTC))
    for read in readings:
        for lead in read.leads:
            assert "right-token" not in repr(lead)
    assert all("right-token" not in str(asked.query) + asked.path for asked in news.asked)


def test_a_token_is_sent_to_media_cloud_and_to_nobody_else() -> None:
    base, token = "https://search.mediacloud.example", {TOKEN_VARIABLE: " t "}
    assert MEDIA_CLOUD.request_headers(f"{base}/api/x", base, token)[0] == ("authorization", "Token t")
    for elsewhere in (
        "http://search.mediacloud.example/api/x",
        "https://evil.example/?u=https://search.mediacloud.example",
    ):
        assert MEDIA_CLOUD.request_headers(elsewhere, base, token) == ()
    assert MEDIA_CLOUD.request_headers(f"{base}/api/x", base, {}) == ()


@pytest.mark.parametrize(
    ("trap", "token", "outcome", "says"),
    [
        ("429", "right-token", "limited", "2 requests a minute (429)"),
        ("temporary", "right-token", "unreadable", "for the moment: the index is busy"),
        ("", "wrong", "refused", "Is AFTERPRINT_MEDIA_CLOUD_TOKEN set, and still valid?"),
    ],
)
def test_media_cloud_s_refusals(news: NewsSearch, trap: str, token: str, outcome: str, says: str) -> None:
    news.trap = trap
    read = answered(MEDIA_CLOUD, asking(MEDIA_CLOUD, news.url, PHRASE), authorization=f"Token {token}")
    assert read.outcome == outcome and says in str(read.reason)


def test_media_cloud_forgets_the_place_in_an_answer(news: NewsSearch) -> None:
    news.press = [replace(COPY, url=f"https://digest.example/{n}") for n in range(10)]
    news.trap = "expired"
    found, readings = ask(MEDIA_CLOUD, asking(MEDIA_CLOUD, news.url, PHRASE), authorization="Token right-token")
    assert len(found) == 4
    assert "no longer knows this part" in str(readings[-1].reason)


# --- all of them -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", EVERY, ids=lambda source: source.name)
def test_a_source_finds_a_copy_and_says_why(news: NewsSearch, source: SearchSource) -> None:
    """With the questions that are really made of the story."""
    news.now = NOW + timedelta(hours=1)
    paths = {"gdelt_articles": "/gdeltv3/gal", "gdelt_ngrams": "/gdeltv3/webngrams"}
    what = asking(source, news.url + paths.get(source.name, ""), since=DAY - timedelta(minutes=2))
    found, readings = ask(source, what, authorization="Token right-token")
    assert COPY.url in {lead.url for lead in found}
    assert OTHER.url not in {lead.url for lead in found}
    assert all(lead.note and lead.query for lead in found)
    assert all(read.reason for read in readings if read.outcome != "ok")


@pytest.mark.parametrize("source", EVERY, ids=lambda source: source.name)
def test_a_source_is_dated_checked_and_off_where_it_must_be(source: SearchSource) -> None:
    assert source.manners.read_on.year == 2026 and source.manners.source
    assert source.on_by_default == (source.name == "gdelt_articles")
    with pytest.raises(ConfigError, match=r"watch\.toml, line 9: unknown key `qestions`"):
        source.settings({"url": "https://x.example", "qestions": 3}, "watch.toml, line 9")


@pytest.mark.parametrize("source", EVERY, ids=lambda source: source.name)
@settings(max_examples=60, deadline=None)
@given(
    status=st.sampled_from((200, 204, 301, 400, 401, 403, 404, 418, 429, 500, 503)),
    body=st.one_of(
        st.binary(max_size=60),
        st.sampled_from(
            (b"", b"{}", b"[]", b"null", b"<rss/>", b"<rss><channel><item/></channel></rss>",
             b"<rss><channel><item><link>http://[apiclick?url=http://[</link></item></channel></rss>", b'{"articles": [3, {"url": 4}]}',
             b'{"results": [null, {"url": "x"}], "unresponsive_engines": [[], ["a"], 3]}', b'{"stories": [{"url": 1}, 2]}',
             b'{"stories": null, "pagination_token": 7}', b"\x1f\x8b\x08", b'{"ngram": 3, "url": "https://a.example/", "pre": 4}',
             b'{"title": 3, "url": "https://a.example/"}', b"[" * 3000)
        ),
    ),
    place=st.sampled_from(("/x", "/20230121115000.gal.json.gz", "/20239921115000.webngrams.json.gz", "/feed.rss")),
)  # fmt: skip
def test_no_answer_makes_a_source_raise_and_every_silence_is_explained(
    source: SearchSource, status: int, body: bytes, place: str
) -> None:
    url = carrying(
        f"https://source.example{place}?q=lighthouse&query=x", p=["fair"], t=["Russia buys a lighthouse"], left=1
    )
    read = source.read(Answer(url, url, status, (("date", "junk"),), body))
    assert read.leads or (read.outcome != "ok" and read.reason)
