"""Feeds of every kind, and everything that is served in their place."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.types import Lead
from crawler.discovery.dates import parse_time
from crawler.discovery.feeds import leads_from_feed
from crawler.discovery.reading import MAX_DECOMPRESSED, MAX_LEADS, MAX_READ, language_tag, pieces, plain, unwrap

URL = "https://courier.example/feed/all.xml"


def rss(*items: str, channel: str = "") -> bytes:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>The Courier</title>{channel}{inner}</channel></rss>"
    ).encode()


def test_an_rss_item_in_full() -> None:
    body = rss(
        "<title>Lose &amp;amp; <![CDATA[<b>learn</b>]]></title><link> https://courier.example/a?x=1&amp;y=2 </link>"
        "<pubDate>Thu, 19 Jan 2023 10:00:00 +0100</pubDate><dc:language>nl-NL</dc:language>"
        '<source url="https://origin.example/rss">Origin</source><enclosure url="https://courier.example/a.mp3"/>',
        channel="<language>en-us</language>",
    )
    reading = leads_from_feed(body, URL)
    assert (reading.outcome, reading.reason) == ("ok", None)
    assert reading.leads == (
        Lead(
            url="https://courier.example/a?x=1&y=2",
            source="feed",
            query=URL,
            rank=1,
            title="Lose & learn",
            published=datetime(2023, 1, 19, 9, tzinfo=UTC),
            language="nl-nl",
            outlet="Origin",
            note="names https://origin.example/rss as its source",
        ),
    )


def test_the_address_of_an_item_wherever_it_stands() -> None:
    body = rss(
        "<link/><guid>https://courier.example/guid</guid>",
        '<guid isPermaLink="false">https://courier.example/no</guid>',
        "<guid>12345</guid>",
        "<link>relative/a</link>",
        '<guid>https://courier.example/episode.m4a</guid><atom:link xmlns:atom="http://www.w3.org/2005/Atom" href="/atom"/>',
        "<link>https://feedproxy.example/~r/x</link>"
        '<f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">https://courier.example/orig</f:origLink>',
        "<link>https://courier.example/orig?utm_source=rss</link>",
    )
    assert [(lead.rank, lead.url) for lead in leads_from_feed(body, URL).leads] == [
        (1, "https://courier.example/guid"),
        (2, "https://courier.example/feed/relative/a"),
        (3, "https://courier.example/atom"),
        (4, "https://courier.example/orig"),
    ]


def test_atom_takes_the_page_and_not_what_hangs_on_it() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://courier.example/base/">
      <link rel="self" href="https://courier.example/self"/>
      <entry><title type="html">&lt;i&gt;Eins&lt;/i&gt;</title>
        <link rel="enclosure" href="/a.mp3"/><link rel="replies" href="/replies"/><link rel="alternate" href="eins"/>
        <published>2023-01-19T10:00:00+01:00</published><updated>2023-02-01T00:00:00Z</updated>
        <source><title>Origin</title><link href="https://origin.example/"/></source></entry>
      <entry><title>Zwei</title><link href="zwei"/><updated>2023-02-01T00:00:00Z</updated></entry>
      <entry><title>Keine Seite</title><link rel="enclosure" href="/b.mp3"/><id>urn:uuid:1</id></entry></feed>"""
    one, two = leads_from_feed(body, URL).leads
    assert (one.url, one.title, one.language, one.outlet) == (
        "https://courier.example/base/eins",
        "Eins",
        "de",
        "Origin",
    )
    assert one.published == datetime(2023, 1, 19, 9, tzinfo=UTC)
    # A time of change is no time of publication.
    assert (two.published, two.note) == (None, "updated 2023-02-01T00:00:00Z")


def test_json_feed() -> None:
    items = [
        {"url": "/a", "title": "A", "date_published": "2023-01-19T10:00:00Z", "external_url": "https://other.example/"},
        {"external_url": "https://other.example/b", "language": "fr"},
        {"id": "https://courier.example/c", "title": 7},
        {"id": "12"},
        "no item",
    ]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "language": "en", "items": items})
    leads = leads_from_feed(b"\xef\xbb\xbf" + body.encode(), URL).leads
    assert [(lead.url, lead.title, lead.language) for lead in leads] == [
        ("https://courier.example/a", "A", "en"),
        ("https://other.example/b", None, "fr"),
        ("https://courier.example/c", None, "en"),
    ]


def test_rdf_of_the_year_2000() -> None:
    body = b"""<!DOCTYPE rdf:RDF [<!ENTITY % HTMLlat1 PUBLIC "-//W3C//x" "http://x.example/y"> %HTMLlat1;]>
      <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><dc:language>it</dc:language></channel>
      <item rdf:about="https://courier.example/a"><title>caff&egrave;</title><dc:date>2023-01-19</dc:date></item></rdf:RDF>"""
    (lead,) = leads_from_feed(body, URL).leads
    assert (lead.url, lead.title, lead.language) == ("https://courier.example/a", "caffè", "it")
    assert lead.published == datetime(2023, 1, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("broken", "title"),
    [
        pytest.param(rss("<link>/a?x=1&y=2</link><title>A & B</title>"), "A & B", id="bare ampersands"),
        pytest.param(rss("<link>/a?x=1&amp;y=2</link><title>caf&eacute;</title>"), "café", id="HTML entities"),
        pytest.param(rss("<link>/a?x=1&amp;y=2</link><title>a\x0bb\x00</title>"), "ab", id="control characters"),
        pytest.param(
            b"\n \xef\xbb\xbf" + rss("<link>/a?x=1&amp;y=2</link><title>A</title>"), "A", id="before the start"
        ),
        pytest.param(
            rss("<link>/a?x=1&amp;y=2</link><title>é</title>").decode().encode("latin-1"), "é", id="latin-1 as UTF-8"
        ),
        pytest.param(
            rss("<link>/a?x=1&amp;y=2</link><title>é</title>").replace(b"utf-8", b"utf-16"), "é", id="UTF-8 as UTF-16"
        ),
        pytest.param(rss("<link>/a?x=1&amp;y=2</link><title>é</title>").decode().encode("utf-16"), "é", id="UTF-16"),
        pytest.param(rss("<link>/a?x=1&amp;y=2</link><title>A</title><x:y>1</x:y>"), "A", id="undeclared prefix"),
        pytest.param(
            rss("<link>/a?x=1&amp;y=2</link><title>A</title>", "<link>/cut-off-he").rpartition(b"-he")[0],
            "A",
            id="cut off",
        ),
        pytest.param(
            gzip.compress(rss("<link>/a?x=1&amp;y=2</link><title>A</title>")), "A", id="gzip without a header"
        ),
    ],
)
def test_broken_feeds_are_read(broken: bytes, title: str) -> None:
    (lead,) = leads_from_feed(broken, URL).leads
    assert (lead.url, lead.title) == ("https://courier.example/a?x=1&y=2", title)


def test_the_header_says_the_charset() -> None:
    body = rss("<link>/a</link><title>Привет</title>").decode().replace("utf-8", "x").encode("windows-1251")
    assert leads_from_feed(body, URL, "windows-1251").leads[0].title == "Привет"


BOMB = '<!DOCTYPE rss [<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {b} "&{a};&{a};&{a};&{a};&{a};&{a};&{a};&{a};&{a};&{a};">'
    for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_a_bomb_does_not_go_off() -> None:
    body = (BOMB + "]><rss><channel><item><link>/a</link><title>x&i;</title></item></channel></rss>").encode()
    (lead,) = leads_from_feed(body, URL).leads
    assert len(lead.title or "") < 10


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "an HTML page, not a feed"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', "an HTML page, not a feed"),
        (b"", "empty body"),
        (b"\xef\xbb\xbf \n", "empty body"),
        (b"Service unavailable", "not a feed: no XML in it"),
        (b'{"error": 404}', "JSON, but not a feed: it has no list of items"),
        (b"<urlset/>", "not a feed: its root element is <urlset>"),
        (gzip.compress(bytes(MAX_DECOMPRESSED + 1)), "unpacks to more than 64 MiB"),
    ],
)
def test_what_is_no_feed_says_why(body: bytes, reason: str) -> None:
    reading = leads_from_feed(body, URL)
    assert (reading.leads, reading.outcome, reading.reason) == ((), "unreadable", reason)


def test_a_quiet_feed_is_not_a_broken_one() -> None:
    assert leads_from_feed(rss(), URL).outcome == "empty"
    assert leads_from_feed(rss("<title>x</title>"), URL).reason == "1 entries, none with a link"


@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", ["<!DOCTYPE ", "<![CDATA[", "<?xml ", "<item>", "</item>", "&amp", "<", "]]>", " "])
def test_hostile_repetition_takes_no_quadratic_time(piece: str) -> None:
    item = "<rss><channel><item><link>/a</link></item>"
    assert leads_from_feed((item + 30_000 * piece + "</item>").encode(), URL).outcome == "ok"
    leads_from_feed((30_000 * piece).encode(), URL)


@given(
    st.binary(max_size=300) | st.binary(max_size=80).map(lambda junk: rss("<link>/a</link>").replace(b"<link>", junk))
)
def test_no_bytes_raise(body: bytes) -> None:
    reading = leads_from_feed(body, URL)
    assert (reading.outcome == "ok") == bool(reading.leads)


@pytest.mark.parametrize(
    "written",
    """Thu, 19 Jan 2023 10:00:00 GMT|Thu,19 Jan 2023 10:0:0 GMT|Thu, 19 Jan 23 05:00:00 -0500|19 January 2023 10:00
    2023-01-19T10:00:00Z|2023-01-19T10:00:00.1234567Z|2023-01-19 11:00:00 +0100|2023-01-19T11:00+01
    Do, 19 Jän 2023 11:00:00 CET|jeu., 19 janv. 2023 10:00:00 +0000|January 19, 2023 10:00 AM|Thu Jan 19 10:00:00 UTC 2023
    Thursday, January 19, 2023 - 10:00|19/01/2023 10:00|1674122400|1674122400000|20230119T100000Z|2023/01/19 10:00:00
    Thu, 19 Jan 2023 10:00:00 +0000 (UTC)|Thu, 19 Jan 2023 19:00:00 GMT+9|19. Januar 2023, 10:00""".replace(
        "\n", "|"
    ).split("|"),
)
def test_times_as_they_are_written(written: str) -> None:
    assert parse_time(written.strip()) == datetime(2023, 1, 19, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "03/04/2023",
        "2023-13-45",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "9" * 12,
        "x" * 999,
        None,
    ],
)
def test_a_doubtful_time_is_none(written: str | None) -> None:
    assert parse_time(written) is None


@given(st.text(alphabet="0123456789-/.: TZ+JanFebThu,", max_size=40))
def test_times_never_raise(written: str) -> None:
    time = parse_time(written)
    assert time is None or time.tzinfo is UTC


def test_languages_and_words() -> None:
    assert [language_tag(tag) for tag in ("EN-us", "pt_BR", "US", "x-default", "English", "fil", None)] == [
        *("en-us", "pt-br", None, None, None, "fil", None)
    ]
    assert plain(" a <b>c</b>\n&amp;quot;d&amp;quot; 5 < 6 \ud800") == 'a c "d" 5 < 6'
    assert plain("<br>") is None


def test_redirects_that_robots_may_not_follow_are_opened() -> None:
    alert = "https://www.google.com/url?rct=j&sa=t&url=https://courier.example/a%3Fx%3D1&ct=ga"
    assert unwrap(alert) == "https://courier.example/a?x=1"
    assert unwrap("https://www.google.com/search?q=x") == "https://www.google.com/search?q=x"


# --- real feeds ----------------------------------------------------------------------------------


def test_all_real_feeds_are_read(shared_data: Path) -> None:
    folder = shared_data / "web/feeds-sitemaps"
    outcomes: dict[str, str] = {}
    dated = total = 0
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        name = json.loads(line)["file"]
        reading = leads_from_feed((folder / name).read_bytes(), URL)
        outcomes[name] = reading.outcome
        total += len(reading.leads)
        dated += sum(lead.published is not None or "updated" in (lead.note or "") for lead in reading.leads)
        assert [lead.rank for lead in reading.leads] == list(range(1, len(reading.leads) + 1))
    unread = {name for name, outcome in outcomes.items() if outcome == "unreadable"}
    assert all("sitemap" in name or "FirstEntry" in name for name in unread)
    assert {name for name, outcome in outcomes.items() if outcome == "empty"} == {
        # podcasts whose items have only sound files, and entries without a link
        *("feedjira/ITunesWithSingleQuotedAttributes.xml", "feedjira/ITunesWithSpacesInAttributes.xml"),
        *("reader/empty.json", "reader/empty.rss", "reader/10.json", "RSParser/authors.json"),
    }
    assert total == 954
    assert dated == total - 70, "three feeds give no dates at all; all other dates are understood"


def test_a_real_feed_of_google_news_leads_to_the_publishers(shared_data: Path) -> None:
    body = (shared_data / "web/feeds-sitemaps/google-news/google_news_de_20220719.rss.xml").read_bytes()
    leads = leads_from_feed(body, URL).leads
    assert leads[0].url.startswith("https://www.welt.de/politik/ausland/plus239979385/")
    assert not any("news.google.com" in lead.url for lead in leads)


def test_entries_of_one_page_complete_each_other() -> None:
    body = rss(
        "<link>https://courier.example/2023/01/19#a1</link><description>No title</description>",
        "<link>https://courier.example/2023/01/19#a2</link><title>Second</title><pubDate>Thu, 19 Jan 2023 10:00:00 GMT</pubDate>",
        "<link>https://courier.example/2023/01/19#a3</link><title>Third</title>",
    )
    (lead,) = leads_from_feed(body, URL).leads
    assert (lead.url, lead.rank, lead.title) == ("https://courier.example/2023/01/19#a1", 1, "Second")
    assert lead.published == datetime(2023, 1, 19, 10, tzinfo=UTC)


def test_an_archive_of_years_gives_its_beginning_and_says_so() -> None:
    body = rss(*(f"<link>https://courier.example/{number}</link>" for number in range(MAX_LEADS + 5)))
    answer = leads_from_feed(body, URL)
    assert len(answer.leads) == MAX_LEADS
    assert answer.reason == f"more than {MAX_LEADS} entries, the rest was left"
    items = [{"url": f"https://courier.example/{number}"} for number in range(MAX_LEADS + 5)]
    answer = leads_from_feed(json.dumps({"items": items}).encode(), URL)
    assert (len(answer.leads), answer.reason) == (MAX_LEADS, f"more than {MAX_LEADS} entries, the rest was left")


def test_a_feed_too_long_for_memory_is_read_from_its_beginning() -> None:
    body = rss("<link>https://courier.example/first</link>", f"<description>{'x' * MAX_READ}</description>")
    answer = leads_from_feed(body, URL)
    assert [lead.url for lead in answer.leads] == ["https://courier.example/first"]
    assert answer.reason is not None
    assert "only the beginning was read" in answer.reason
    answer = leads_from_feed(b'{"items": ["' + b"x" * MAX_READ + b'"]}', URL)
    assert answer.outcome == "unreadable"
    assert answer.reason is not None
    assert "a JSON feed" in answer.reason


def test_a_long_document_is_repaired_in_pieces_that_keep_the_root() -> None:
    text = (
        '<?xml version="1.0"?><urlset xmlns:x="y">'
        + "".join(f"<url>{number:03}</url>" for number in range(100))
        + "<url>cut"
    )
    parts = list(pieces(text, "url|sitemap", 200))
    assert len(parts) > 3
    assert all(part.startswith('<urlset xmlns:x="y"><url>') and part.endswith("</url>") for part in parts)
    assert sum(part.count("<url>") for part in parts) == 100
    assert list(pieces(text, "url", 10_000)) == [text]
