"""What one captured copy leads to, and what only a broken template says."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from lxml import html

from archive.markup import read_markup
from archive.types import Link, Markup
from crawler.discovery.markup import leads_from_markup

COPY = "https://herald.example/news/russia-must-learn"


def test_a_copy_that_says_where_it_comes_from() -> None:
    markup = Markup(
        canonical="https://origin.example/lose",
        original_source="https://origin.example/lose",
        syndication_source="https://wire.example/lose",
        amp="https://herald.example/mobile-version/russia-must-learn",
        alternates=(
            ("en", COPY),
            ("x-default", "https://herald.example/choose"),
            ("pt_br", "https://herald.example/pt/perder"),
            ("nl", "https://herald.example/nl/"),
        ),
    )
    assert [(lead.source, lead.url, lead.language) for lead in leads_from_markup(markup, (), COPY)] == [
        ("canonical", "https://origin.example/lose", None),
        ("original_source", "https://origin.example/lose", None),
        ("syndication_source", "https://wire.example/lose", None),
        ("amp", "https://herald.example/mobile-version/russia-must-learn", None),
        ("hreflang", "https://herald.example/pt/perder", "pt-br"),
    ]


@pytest.mark.parametrize(
    "canonical",
    [
        pytest.param(COPY + "/?utm_source=x", id="itself"),
        pytest.param("https://m.herald.example/news/russia-must-learn", id="itself for telephones"),
        pytest.param("https://herald.example/", id="own front page"),
        pytest.param("https://group.example/en", id="front page of another site"),
        pytest.param("https://localtvkstu.wordpress.com/2019/01/01/x", id="backend"),
        pytest.param("https://d1234.cloudfront.net/news/russia-must-learn", id="CDN"),
        pytest.param("https://herald-example.cdn.ampproject.org/c/s/herald.example/x", id="AMP cache"),
        pytest.param("https://www.youtube.com/watch?v=abc", id="video"),
        pytest.param("http://10.0.0.7/news/russia-must-learn", id="bare machine"),
        pytest.param("http://cms-prod/news/russia-must-learn", id="name of a machine"),
        pytest.param("https://origin.example/photo.jpg", id="file"),
    ],
)
def test_declarations_that_are_no_leads(canonical: str) -> None:
    markup = Markup(canonical=canonical, original_source=canonical)
    assert leads_from_markup(markup, (), COPY) == ()


def test_a_blog_may_name_its_neighbour() -> None:
    page = "https://one.wordpress.com/2023/a-copy"
    (lead,) = leads_from_markup(Markup(canonical="https://one.wordpress.com/2023/the-original"), (), page)
    assert lead.note is None


def test_links_to_the_story_and_to_its_id() -> None:
    story = "https://www.vice.com/en_us/article/qjkq9w/russia-needs-to-learn-to-lose-like-america"
    links = (
        Link(story + "?utm_source=herald", "read the <b>original</b>"),
        Link("https://motherboard.vice.com/nl/article/qjkq9w/rusland", "Dutch"),
        Link("https://www.vice.com/en/article/xqjkq9w1/other", "another id"),
        Link("https://herald.example/about", "about"),
        Link(story, "again"),
        Link(COPY, "itself"),
        Link("not a link", "junk"),
    )
    leads = leads_from_markup(Markup(), links, COPY, [story, COPY], ["qjkq9w", ""])
    assert [(lead.url, lead.title, lead.note) for lead in leads] == [
        (links[0].url, "read the original", "links to a known address of the story"),
        (links[1].url, "Dutch", "its address holds the story's id qjkq9w"),
    ]
    assert {(lead.source, lead.query) for lead in leads} == {("link", COPY)}


def test_a_link_farm_is_told_from_editions() -> None:
    editions = tuple((language, f"https://herald-{language}.example/a") for language in ("de", "fr", "nl"))
    farm = tuple(("en", f"https://farm{n}.example/a") for n in range(20))
    own = (("es", "https://herald.example/es/a"),)
    assert len(leads_from_markup(Markup(alternates=editions), (), COPY)) == 3
    assert [lead.url for lead in leads_from_markup(Markup(alternates=farm + own), (), COPY)] == [own[0][1]]


def test_vice_leads_to_its_editions(shared_data: Path) -> None:
    url = "https://www.vice.com/en_uk/article/d3avvm/the-amazon-is-on-fire-and-the-smoke-can-be-seen-from-space"
    body = gzip.decompress((shared_data / "web/vice/vice.com.amazon.html.gz").read_bytes())
    leads = leads_from_markup(read_markup(html.document_fromstring(body), url), (), url)
    assert {lead.source for lead in leads} == {"hreflang"}
    assert len(leads) == 13
    assert "pt-br" in {lead.language for lead in leads}


def test_real_copies_declare_their_origin(shared_data: Path) -> None:
    """All pages labelled with a canonical that points elsewhere give a lead, but for a page whose canonical is its own backend."""
    folder = shared_data / "web/syndication"
    declared, led = 0, 0
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not row.get("canonical_points_elsewhere") or not row.get("og_url"):
            continue
        body = gzip.decompress((folder / row["file"]).read_bytes())
        leads = leads_from_markup(read_markup(html.document_fromstring(body), row["og_url"]), (), row["og_url"])
        declared += 1
        led += any(lead.source == "canonical" for lead in leads)
    assert (declared, led) == (24, 23)


def test_a_copy_of_a_copy_links_to_what_it_copied_in_its_credit_line() -> None:
    links = (
        Link("https://weekly.example/2023/the-copy", "Coastal Weekly"),
        Link("https://weekly.example/", "weekly.example"),
        Link("https://shop.example/tickets", "tickets"),
    )
    credits = ("This article was first published by Coastal Weekly (weekly.example).",)
    (lead,) = leads_from_markup(Markup(), links, COPY, credits=credits)
    assert (lead.source, lead.url) == ("link", "https://weekly.example/2023/the-copy")
    assert lead.note == f"the credit “{credits[0]}” links to it"
