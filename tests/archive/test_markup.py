"""What pages say about themselves, in all the ways that templates get it wrong."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from lxml import html

from archive.markup import article_node, json_ld_nodes, read_markup
from archive.types import Markup

URL = "https://courier.example/nl/artikel/verliezen"


def page(head: str, body: str = "") -> html.HtmlElement:
    return html.document_fromstring(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>")


def json_ld(text: str) -> html.HtmlElement:
    return page(f'<script type="application/ld+json">{text}</script>')


def test_a_page_in_full() -> None:
    tree = page(
        """<base href="/nl/">
        <link rel="canonical" href="artikel/verliezen"><link rel="canonical" href="/second">
        <link rel="amphtml" href="https://amp.courier.example/x">
        <link rel="ALTERNATE" hreflang="en-US" href="https://courier.example/en/lose">
        <link rel="alternate" hreflang="x-default" href="/">
        <link rel="alternate" type="application/rss+xml" href="/feed">
        <meta property="og:url" content="https://courier.example/og"><meta property="og:type" content="Article">
        <meta property="og:site_name" content=" The
          Courier "><meta name="original-source" content="https://origin.example/lose">
        <link rel="syndication-source" href="https://wire.example/lose">
        <script type="application/ld+json">{"@graph": [{"@type": "WebSite"},
          {"@type": ["Article", "NewsArticle"], "isAccessibleForFree": "False", "publisher": {"name": "Other"}}]}
        </script>"""
    )
    assert read_markup(tree, URL) == Markup(
        canonical="https://courier.example/nl/artikel/verliezen",
        og_url="https://courier.example/og",
        amp="https://amp.courier.example/x",
        alternates=(("en-us", "https://courier.example/en/lose"), ("x-default", "https://courier.example/")),
        original_source="https://origin.example/lose",
        syndication_source="https://wire.example/lose",
        site_name="The Courier",
        page_type="article",
        free=False,
    )


def test_an_empty_page_says_nothing() -> None:
    assert read_markup(page(""), URL) == Markup()


def test_addresses_that_are_none_are_left_out() -> None:
    tree = page(
        '<link rel=canonical href="javascript:1"><link rel=canonical href="/real"><link rel=amphtml href="">'
        '<meta property=og:url content="undefined:"><link rel=alternate hreflang=nl href="android-app://x/y">'
    )
    markup = read_markup(tree, URL)
    assert (markup.canonical, markup.amp, markup.og_url, markup.alternates) == (
        "https://courier.example/real",
        None,
        None,
        (),
    )


def test_a_page_may_name_itself_as_its_source() -> None:
    assert read_markup(page(f'<meta property="original-source" content="{URL}">'), URL).original_source == URL


@pytest.mark.parametrize(
    "publisher",
    [
        '{"@type": "Organization", "name": "The Courier"}',
        '[{"name": "The Courier"}]',
        '"The Courier"',
        '{"@id": "#org"}',
        '{"name": ["The Courier"]}',
    ],
)
def test_the_publisher_in_all_its_forms(publisher: str) -> None:
    tree = json_ld(
        f'[{{"@type": "NewsArticle", "publisher": {publisher}}}, {{"@id": "#org", "@type": "X", "name": "The Courier"}}]'
    )
    assert read_markup(tree, URL).site_name == "The Courier"


@pytest.mark.parametrize(
    ("written", "free"),
    [("true", True), ('"False"', False), ('"http://schema.org/True"', True), ("null", None), ("3", None)],
)
def test_whether_it_is_free(written: str, free: bool | None) -> None:
    assert read_markup(json_ld(f'{{"@type": "Article", "isAccessibleForFree": {written}}}'), URL).free is free


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"@type": "NewsArticle", "headline": "a\nb"}', id="line break in a string"),
        pytest.param('{"@type": "NewsArticle", "a": [1, 2,],}', id="trailing commas"),
        pytest.param('//<![CDATA[\n{"@type": "NewsArticle"}\n//]]>', id="CDATA"),
        pytest.param('<!-- {"@type": "NewsArticle"} -->', id="comment"),
        pytest.param('{"@type": "NewsArticle"};', id="semicolon"),
        pytest.param('{"@type": "Person"}\n{"@type": "NewsArticle"}', id="two values"),
        pytest.param('{"@type": "NewsArticle"} {broken', id="whole before a fault"),
        pytest.param('{"@graph": [[{"@type": "https://schema.org/NewsArticle"}]]}', id="lists in a graph"),
        pytest.param('{"@type": "WebPage", "mainEntity": {"@type": "NewsArticle"}}', id="main entity of a page"),
    ],
)
def test_json_ld_as_it_is_found(text: str) -> None:
    assert article_node(json_ld_nodes(json_ld(text))) is not None


@pytest.mark.parametrize("text", ["", "{", "null", "[1, 2]", "[" * 100_000, '{"a": }', "\x00"])
def test_json_ld_that_is_none(text: str) -> None:
    tree = page("")
    script = html.Element("script", type="application/ld+json")
    script.text = text.replace("\x00", "")
    tree.append(script)
    assert json_ld_nodes(tree) == []


@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", ["{},", "[", "<!--", "--> ", ", ", "/* ", " "])
def test_hostile_json_ld_takes_no_quadratic_time(piece: str) -> None:
    tree = page("")
    script = html.Element("script", type="application/ld+json")
    script.text = 100_000 * piece + "x"
    tree.append(script)
    assert len(json_ld_nodes(tree)) <= 2000


def test_the_article_is_told_from_other_nodes() -> None:
    nodes = json_ld_nodes(
        json_ld('[{"@type": "ImageObject"}, {"@type": "Article", "n": 1}, {"@type": "NewsArticle", "n": 2}]')
    )
    assert (article_node(nodes) or {})["n"] == 2
    assert article_node([{"@type": "WebPage"}, {"@type": 3}, {}]) is None


def test_vice_lists_its_editions(shared_data: Path) -> None:
    url = "https://www.vice.com/en_uk/article/d3avvm/the-amazon-is-on-fire-and-the-smoke-can-be-seen-from-space"
    body = gzip.decompress((shared_data / "web/vice/vice.com.amazon.html.gz").read_bytes())
    markup = read_markup(html.document_fromstring(body), url)

    assert markup.canonical == url
    assert markup.site_name == "Vice"
    languages = [language for language, _ in markup.alternates]
    assert len(languages) == 14
    assert {"en-us", "de-de", "pt-br", "ro-ro"} <= set(languages)
    assert all("/d3avvm/" in address for _, address in markup.alternates)


def test_every_real_page_of_a_folder_is_read(shared_data: Path) -> None:
    names = sorted((shared_data / "web/fundus").rglob("*.html.gz"))
    found = [
        read_markup(html.document_fromstring(gzip.decompress(name.read_bytes())), "https://page.example/x")
        for name in names
        if name.is_file()
    ]
    assert len(found) > 100
    # Measured 2.1 of the field notes: canonical on 86% of pages.
    assert sum(markup.canonical is not None for markup in found) / len(found) > 0.8
    assert sum(markup.site_name is not None for markup in found) / len(found) > 0.8
