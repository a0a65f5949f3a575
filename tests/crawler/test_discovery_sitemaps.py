"""Sitemaps and the robots.txt that names them."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from archive.types import Lead
from archive.urls import url_key
from crawler.discovery import reading as reading_module
from crawler.discovery.robots import sitemaps_from_robots
from crawler.discovery.sitemaps import MAX_URLS, leads_from_sitemap

URL = "https://courier.example/sitemap.xml"
ROBOTS = "https://courier.example/robots.txt"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)


def urlset(inner: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NAMESPACES}>{inner}</urlset>'.encode()


def test_a_news_sitemap_keeps_what_it_says() -> None:
    body = urlset(
        """<url><loc>https://courier.example/a?x=1&amp;y=2</loc><lastmod>2024-08-01</lastmod>
        <news:news><news:publication><news:name>The Courier</news:name><news:language>NL</news:language>
        </news:publication><news:publication_date>2023-01-19T10:00:00.5+01:00</news:publication_date>
        <news:title><![CDATA[ Lose & learn ]]></news:title></news:news>
        <image:image><image:loc>https://courier.example/a.webp</image:loc><image:title>Nobody</image:title></image:image>
        </url>"""
    )
    assert leads_from_sitemap(body, URL).leads == (
        Lead(
            url="https://courier.example/a?x=1&y=2",
            source="news_sitemap",
            query=URL,
            rank=1,
            title="Lose & learn",
            published=datetime(2023, 1, 19, 9, tzinfo=UTC),
            language="nl",
            outlet="The Courier",
            note="lastmod 2024-08-01",
        ),
    )


def test_lastmod_is_no_publication_date() -> None:
    (lead,) = leads_from_sitemap(urlset("<url><lastmod>2024-08-01</lastmod><loc>/a</loc></url>"), URL).leads
    assert (lead.published, lead.note) == (None, "lastmod 2024-08-01")


def test_alternates_are_leads_of_their_own_unless_listed() -> None:
    link = '<xhtml:link rel="alternate" hreflang="{}" href="https://courier.example{}"/>'
    links = "".join(link.format(*pair) for pair in (("en", "/en/a"), ("pt-BR", "/pt/a"), ("x-default", "/choose")))
    leads = leads_from_sitemap(urlset(f"<url><loc>https://courier.example/en/a</loc>{links}</url>"), URL).leads
    assert [(lead.url, lead.source, lead.language) for lead in leads] == [
        ("https://courier.example/en/a", "sitemap", "en"),
        ("https://courier.example/pt/a", "hreflang", "pt-br"),
    ]


def test_an_index_leads_to_sitemaps_and_not_to_itself() -> None:
    body = f"""<sitemapindex {NAMESPACES}><sitemap><loc>/2023.xml.gz</loc><lastmod>2023-02-01</lastmod></sitemap>
    <sitemap> https://courier.example/bare.xml </sitemap><sitemap><loc>{URL}</loc></sitemap></sitemapindex>""".encode()
    assert [(lead.url, lead.purpose, lead.published, lead.note) for lead in leads_from_sitemap(body, URL).leads] == [
        ("https://courier.example/2023.xml.gz", "sitemap", None, "lastmod 2023-02-01"),
        ("https://courier.example/bare.xml", "sitemap", None, None),
    ]


PAGE = "<url><loc>https://courier.example/a?x=1&amp;y=2</loc></url>"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(urlset(PAGE), id="whole"),
        pytest.param(f"<urlset>{PAGE}</urlset>".encode(), id="no namespace"),
        pytest.param(
            f'<s:urlset xmlns:s="x">{PAGE}</s:urlset>'.replace("url>", "url>").encode(), id="prefix at the root"
        ),
        pytest.param(urlset(PAGE.replace("&amp;", "&")), id="bare ampersand"),
        pytest.param(urlset(PAGE + "<url><loc>https://courier.example/cut"), id="not closed"),
        pytest.param(urlset(PAGE)[:-9] + b"<url><loc>https://courier.example/cu", id="cut off"),
        pytest.param(urlset(PAGE + "<url><loc>javascript:x</loc></url><url/>"), id="no addresses among them"),
        pytest.param(gzip.compress(urlset(PAGE)), id="gzip"),
        pytest.param(gzip.compress(gzip.compress(urlset(PAGE))), id="gzip twice"),
        pytest.param(b"\xef\xbb\xbf\n" + urlset(PAGE), id="byte order mark"),
        pytest.param(urlset(PAGE).decode().encode("utf-16"), id="UTF-16"),
        pytest.param(urlset("<!-- c -->" + PAGE + "\x00\x0b"), id="control characters"),
        pytest.param(
            urlset(PAGE + "<url><loc>https://courier.example/ü\xff</loc></url>")[:-9] + b"\xff", id="bad UTF-8"
        ),
        pytest.param(b"\xef\xbb\xbfhttps://courier.example/a?x=1&y=2\r\n\r\n", id="plain text"),
        pytest.param(
            b"<rss><channel><item><link>https://courier.example/a?x=1&amp;y=2</link></item></channel></rss>",
            id="a feed",
        ),
    ],
)
def test_sitemaps_as_they_are_served(body: bytes) -> None:
    reading = leads_from_sitemap(body, URL)
    assert reading.outcome == "ok"
    assert reading.leads[0].url == "https://courier.example/a?x=1&y=2"
    assert reading.leads[0].source == "sitemap"
    assert not any("/cu" in lead.url for lead in reading.leads), "half an address is another address"


def test_what_was_lost_is_said() -> None:
    whole = urlset("".join(f"<url><loc>https://courier.example/{n}</loc></url>" for n in range(1000)))
    cut = leads_from_sitemap(whole[:20_000], URL)
    assert 300 < len(cut.leads) < 500
    assert (cut.reason or "").startswith("broken XML, read as far as it goes")
    packed = leads_from_sitemap(gzip.compress(whole)[:1500], URL)
    assert packed.outcome == "ok"
    assert packed.reason == "the gzip data is cut off"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!doctype html><html><body>404</body></html>", "an HTML page, not a sitemap"),
        (b'<!DOCTYPE urlset [<!ENTITY a "b">]><urlset/>', "declares entities, which sitemaps never need: refused"),
        (
            '<!DOCTYPE u [<!ENTITY a "b">]><u/>'.encode("utf-16"),
            "declares entities, which sitemaps never need: refused",
        ),
        (b"<x/>", "not a sitemap: its root element is <x>"),
        (b"some words\nand more\n", "neither XML nor a list of addresses"),
        (b"%PDF-1.4 \x00\xff", "neither XML nor a list of addresses"),
        (b"", "empty body"),
        (
            b"\x1f\x8b garbage",
            "empty body (the gzip data is damaged (Error -3 while decompressing data: unknown compression method))",
        ),
    ],
)
def test_what_is_no_sitemap_says_why(body: bytes, reason: str) -> None:
    reading = leads_from_sitemap(body, URL)
    assert (reading.leads, reading.outcome, reading.reason) == ((), "unreadable", reason)


def test_endless_gzip_is_left_in_time() -> None:
    reading = leads_from_sitemap(gzip.compress(bytes(reading_module.MAX_DECOMPRESSED + 1)), URL)
    assert (reading.outcome, reading.reason) == ("unreadable", "unpacks to more than 64 MiB")


def test_an_endless_sitemap_ends_at_the_limit_of_the_protocol() -> None:
    body = "\n".join(f"https://courier.example/{n}" for n in range(MAX_URLS + 5)).encode()
    reading = leads_from_sitemap(body, URL)
    assert len(reading.leads) == MAX_URLS
    assert reading.reason == "more than 50000 addresses, the rest was left"


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece", ["<!DOCTYPE ", "<![CDATA[", "<!ENTITY ", "<url>", "<url><loc>", "</url>", "sitemap:  "]
)
def test_hostile_repetition_takes_no_quadratic_time(piece: str) -> None:
    leads_from_sitemap((f"<urlset>{PAGE}" + 30_000 * piece + "</url>").encode(), URL)
    leads_from_sitemap((30_000 * piece).encode(), URL)
    sitemaps_from_robots((30_000 * piece).encode(), ROBOTS)


def test_an_entity_of_a_dtd_that_is_not_loaded() -> None:
    body = f'<!DOCTYPE urlset SYSTEM "https://a.example/x.dtd"><urlset><url>&x;<loc>/b</loc></url>{PAGE}</urlset>'
    assert len(leads_from_sitemap(body.encode(), URL).leads) == 2


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda junk: urlset(PAGE).replace(b"<loc>", junk)))
def test_no_bytes_raise(body: bytes) -> None:
    leads_from_sitemap(body, URL)
    sitemaps_from_robots(body, "https://courier.example/robots.txt")


def test_all_real_sitemaps_are_read(shared_data: Path) -> None:
    folder = shared_data / "web/feeds-sitemaps"
    counts = {}
    for name in sorted(folder.rglob("*")):
        if name.is_file() and (
            name.parent.name in ("crawler-commons", "ultimate-sitemap-parser") or "sitemap" in name.name
        ):
            reading = leads_from_sitemap(name.read_bytes(), URL)
            counts[name.name] = (reading.outcome, len(reading.leads))
    assert counts == {
        "atom0.3.xml": ("ok", 2),
        "google-image.xml": ("ok", 2),
        "hebdenbridgetimes-articles-sitemap.xml": ("ok", 74),
        "hreflang.xml": ("ok", 2),
        "rss2.0.xml": ("ok", 2),
        "sitemap-links.xml": ("ok", 3),
        "sitemap-videos-tvshow.xml": ("ok", 1),
        "sitemap-videos.xml": ("ok", 3),
        "sitemap-with-bom.txt": ("ok", 2),
        "sitemap.badns.xml": ("ok", 2),
        "sitemap.index.xml": ("ok", 15),
        "sitemap.txt": ("ok", 2),
        "sitemap2.xml": ("ok", 2),
        "washingtonpost_news_sitemap_20230928.xml": ("ok", 3),
    }


# --- robots.txt ----------------------------------------------------------------------------------


def test_sitemap_lines_as_webmasters_write_them() -> None:
    body = (
        b"\xef\xbb\xbfSITEMAP: https://courier.example/1.xml\r\nUser-agent: *\r\nDisallow: /sitemap\r\n"
        b"site-map : /2.xml  # old\rSitemap https://courier.example/3.xml\n\n  sitemap:https://cdn.example/4.xml#x\n"
        b"# Sitemap: https://courier.example/no.xml\nSitemap:\nSitemap: /2.xml\nSitemap: mailto:x\n"
    )
    leads = sitemaps_from_robots(body, ROBOTS).leads
    assert [lead.url for lead in leads] == [
        "https://courier.example/1.xml",
        "https://courier.example/2.xml",
        "https://courier.example/3.xml",
        "https://cdn.example/4.xml#x",
    ]
    assert {(lead.purpose, lead.source, lead.query) for lead in leads} == {("sitemap", "robots", ROBOTS)}
    assert [lead.rank for lead in leads] == [1, 2, 3, 4]


def test_robots_without_sitemaps_and_pages_in_its_place() -> None:
    assert sitemaps_from_robots(b"User-agent: *", ROBOTS).outcome == "empty"
    assert sitemaps_from_robots(b"", ROBOTS).outcome == "empty"
    assert sitemaps_from_robots(b"\n<html>Sitemap: /x", ROBOTS).outcome == "unreadable"


def test_only_the_first_500_kib_are_read() -> None:
    body = b"Sitemap: /1.xml\n" + b"#" * 512_000 + b"\nSitemap: /2.xml\n"
    reading = sitemaps_from_robots(body, ROBOTS)
    assert [lead.url for lead in reading.leads] == ["https://courier.example/1.xml"]
    assert "500 KiB" in (reading.reason or "")


def test_all_real_robots_files(shared_data: Path) -> None:
    """At least what Protego finds in 319 files, and nothing in those labelled as HTML."""
    folder = shared_data / "web/robots"
    named = 0
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        body = (folder / row["file"]).read_bytes()
        reading = sitemaps_from_robots(body, f"https://{row.get('host') or 'a.example'}/robots.txt")
        ours = {url_key(lead.url) for lead in reading.leads}
        if row.get("looks_like_html"):
            assert reading.outcome == "unreadable", row["file"]
            continue
        theirs = Protego.parse(body.decode("utf-8", "replace")).sitemaps
        assert {url_key(url) for url in theirs if url.startswith("http")} <= ours, row["file"]
        named += len(ours)
    assert named > 600
