"""Reading pages: what the reader sees, in whatever bytes it came."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path

import pytest
from lxml.html import tostring
from trafilatura.utils import load_html

from archive.extract import LABEL, decode, extract, parse
from archive.types import Extraction
from benchmarks.extraction import f1, read_pages, shingle_score, word_runs

SENTENCES = (
    "The harbour board met behind closed doors on Tuesday evening and voted nine to six against the repair.",
    "Nobody at the town hall could say what would sail on the first of July, when the old ferry has gone.",
    "Its own papers show that the board had known of the cracks in the hull for longer than it admitted.",
)
BODY = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


def page(body: str = BODY, head: str = "", title: str = "The last ferry", h1: str | None = None) -> bytes:
    return f"""<!DOCTYPE html><html lang="en"><head><title>{title} | Courier</title>{head}</head>
    <body><nav><ul><li><a href="/news">News</a></li><li><a href="/sport">Sport</a></li></ul></nav>
    <main><article><h1>{h1 or title}</h1>{body}</article></main>
    <footer><p>About us. Privacy. Terms.</p></footer></body></html>""".encode()


def test_text_title_and_language() -> None:
    read = extract(page(), "https://example.org/a")
    assert read is not None
    assert read.label == LABEL
    assert [line for line in SENTENCES if line in read.text] == list(SENTENCES)
    assert "Privacy" not in read.text
    assert read.title == "The last ferry"
    assert read.language == "en"
    assert read.path == "article"


def test_the_headline_that_readers_see_wins_over_a_stale_declaration() -> None:
    head = '<meta property="og:title" content="The last ferry sails in June">'
    read = extract(page(head=head, h1="The last ferry sails in July"), "https://example.org/a")
    assert read is not None
    assert read.title == "The last ferry sails in July"


def test_structured_data_and_markup() -> None:
    head = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "The last ferry",
      "datePublished": "2026-03-10T08:00:00+01:00", "dateModified": "2026-03-11T09:00:00+01:00",
      "author": [{"name": "Ann Lee"}, {"name": "Bo Ek"}], "articleSection": "Harbour",
      "publisher": {"name": "The Courier"}}</script>
      <link rel="canonical" href="/a"><link rel="alternate" hreflang="nl" href="/nl/a">"""
    read = extract(page(head=head), "https://example.org/a?x=1")
    assert read is not None
    assert (read.byline, read.section) == ("Ann Lee, Bo Ek", "Harbour")
    assert (read.published, read.modified) == ("2026-03-10T08:00:00+01:00", "2026-03-11T09:00:00+01:00")
    assert read.markup.canonical == "https://example.org/a"
    assert read.markup.alternates == (("nl", "https://example.org/nl/a"),)
    assert read.markup.site_name == "The Courier"


def test_links_of_the_text_and_not_of_the_menu() -> None:
    body = BODY + '<p>The story was first told by <a href="/2026/original">another paper of the town</a> last week.</p>'
    read = extract(page(body), "https://example.org/a")
    assert read is not None
    assert [(link.url, link.text) for link in read.links] == [
        ("https://example.org/2026/original", "another paper of the town")
    ]


def test_links_given_away_beside_the_text_and_not_those_of_boxes() -> None:
    body = f"""{BODY}<div class="data"><div><p>The papers of the board on the hull were laid open last week, all of them.</p>
      <a class="button" href="/papers/hull.csv">Get the table</a></div></div>
      <div class="share-links"><a href="https://www.facebook.com/sharer?u=x">Share it</a></div>
      <div class="related"><a href="https://other.example.com/x">What another paper said of the ferry and its hull</a></div>
      <div class="teasers"><p><a href="/b">The tug that never came to the harbour</a></p>
      <p><a href="/c">What the yard was paid for the hull</a></p></div>
      <p>READ MORE: <a href="/d">The tug that never came to the harbour</a></p>"""
    read = extract(page(body), "https://example.org/a")
    assert read is not None
    assert [link.url for link in read.links] == ["https://example.org/papers/hull.csv"]
    assert "READ MORE" not in read.text


def test_a_link_that_is_gone_is_gone_from_the_links_though_the_text_is_the_same() -> None:
    text = "<p>The papers of the board on the hull were laid open last week, and anybody may read them.</p>"
    with_link = page(f'{BODY}<div>{text}<a href="https://data.example.net/set/17">View this set</a></div>')
    without = page(f"{BODY}<div>{text}</div>")
    one, other = extract(with_link, "https://example.org/a"), extract(without, "https://example.org/a")
    assert one is not None
    assert other is not None
    assert one.text == other.text
    assert [link.text for link in one.links] == ["View this set"]
    assert other.links == ()


def test_corrections_are_a_field_one_a_line() -> None:
    notes = (
        "Correction: an earlier version gave the wrong year of the hull.",
        "Editor's note: the figure was taken from the board's own report.",
    )
    read = extract(page(BODY + "".join(f"<p>{note}</p>" for note in notes)), "https://example.org/a")
    assert read is not None
    assert read.correction == "\n".join(notes)


@pytest.mark.parametrize(
    ("head", "figure", "caption"),
    [
        ("", "<figure><img src='/ferry-in-the-dock.jpg'><figcaption>The ferry in the dock</figcaption></figure>", True),
        ("", "<figure><img src='/ferry-in-the-dock.jpg'></figure>", False),
        ("", "", False),
        (
            """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "x",
            "image": [{"url": "/f.jpg", "caption": "The ferry in the dock"}]}</script>""",
            "",
            True,
        ),
    ],
)
def test_the_caption_of_the_lead_image(head: str, figure: str, caption: bool) -> None:
    read = extract(page(figure + BODY, head=head), "https://example.org/a")
    assert read is not None
    assert read.caption == ("The ferry in the dock" if caption else None)


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("How to be a great travel partner", "How to be a great travel partner"),
        ("Ferry cancelled – Harbour | The Courier", "Ferry cancelled – Harbour"),
        ("Ferry cancelled - courier.example", "Ferry cancelled"),
        ("Ferry - cancelled", "Ferry - cancelled"),
        ("The Courier", "The Courier"),
    ],
)
def test_the_page_title_is_read_beside_the_headline(title: str, kept: str) -> None:
    body = f"<html><title>{title}</title><body><h1>Ferry cancelled</h1><p>{'It did not sail. ' * 20}</p></body></html>"
    read = extract(body.encode(), "https://www.courier.example/1")
    assert read is not None
    assert (read.title, read.page_title) == ("Ferry cancelled" if "Ferry" in title else read.title, kept)


def test_the_caption_is_that_of_the_image_that_the_page_declares() -> None:
    figures = "".join(
        f"<figure><img src='/pictures/{name}-800x600.jpg'><figcaption>{caption}</figcaption></figure>"
        for name, caption in (("the-mayor", "The mayor"), ("the-ferry", "The ferry"))
    )
    head = '<meta property="og:image" content="https://example.org/pictures/the-ferry.jpg">'
    read = extract(page(BODY + figures, head=head), "https://example.org/a")
    assert read is not None
    assert read.caption == "The ferry"


# --- which way the text was read -------------------------------------------------------------------------

LONG = [f"{sentence} {SENTENCES[2]} {SENTENCES[1]}" for sentence in SENTENCES]


def script(value: object, before: str = "", after: str = "", kind: str = "application/json") -> str:
    return f'<script type="{kind}">{before}{json.dumps(value)}{after}</script>'


def json_ld(text: str) -> str:
    return script({"@type": "NewsArticle", "articleBody": text}, kind="application/ld+json")


def test_text_that_stands_in_structured_data_only() -> None:
    text = " ".join(SENTENCES * 2)
    read = extract(page("<div id=app></div>", head=json_ld(text)), "https://example.org/a")
    assert read is not None
    assert (read.text, read.path) == (text, "json")


MARKUP = "".join(f"<p>{paragraph}</p>" for paragraph in LONG)
NEXT = {"props": {"page": {"story": {"title": "The last ferry", "body": MARKUP}}}}
FUSION = {"headlines": {"basic": "The last ferry"}, "content_elements": [{"_id": x[:3], "content": x} for x in LONG]}
APOLLO = {"Article:ab12": {"title": "x", "content": [{"children": [{"text": p[:40]}, {"text": p[40:]}]} for p in LONG]}}
PARSED = json.dumps({"article": {"paragraphs": LONG}, "related": [{"body": sentence * 9} for sentence in SENTENCES]})


@pytest.mark.parametrize(
    "state",
    [
        script(NEXT),
        script(FUSION, "window.Fusion={};Fusion.globalContent=", ";Fusion.x=1", "text/javascript"),
        script(APOLLO, "window.__APOLLO_STATE__ = ", ";", "text/javascript"),
        script(PARSED, "window.__PRELOADED_STATE__ = JSON.parse(", ")", "text/javascript"),
    ],
    ids=["next", "fusion", "apollo", "parsed"],
)
def test_text_that_stands_in_the_state_of_a_page_drawn_by_the_browser(state: str) -> None:
    read = extract(page("<div id=app><p>Please turn on scripts.</p></div>" + state), "https://example.org/a")
    assert read is not None
    assert read.path == "json"
    assert read.text.split("\n") == LONG


def test_the_state_of_a_page_whose_text_stands_in_its_markup_changes_nothing() -> None:
    state = script({"other": {"body": MARKUP * 4}}, "window.__STATE__ = ", ";", "text/javascript")
    read, alone = extract(page(MARKUP + state), "https://example.org/a"), extract(page(MARKUP), "https://example.org/a")
    assert read == alone


def test_what_the_page_states_is_taken_if_its_markup_holds_no_more_than_the_beginning() -> None:
    whole = " ".join(f"The board said in point {n} that dock{n} and hull{n} were sound." for n in range(40))
    read = extract(page(f"<p>{whole[:900]}</p>", head=json_ld(whole)), "https://example.org/a")
    assert read is not None
    assert (read.text, read.path) == (whole, "json")


def test_a_later_capture_can_be_read_the_way_of_the_earlier_one() -> None:
    text = " ".join(LONG)
    head = json_ld(text)
    earlier = extract(page("<div id=app></div>", head=head), "https://example.org/a")
    body = page(MARKUP, head=head)
    later, same_way = extract(body, "https://example.org/a"), extract(body, "https://example.org/a", path="json")
    assert earlier is not None
    assert later is not None
    assert same_way is not None
    assert (earlier.path, later.path, same_way.path) == ("json", "article", "json")
    assert earlier.text == same_way.text


def test_a_way_that_finds_nothing_says_so() -> None:
    read = extract(page(), "https://example.org/a", path="json")
    assert read is not None
    assert (read.text, read.path) == ("", "none")
    with pytest.raises(ValueError, match="'best' is none of article, whole_page, json, none"):
        extract(page(), "https://example.org/a", path="best")


@pytest.mark.parametrize("path", ["article", "whole_page"])
def test_the_way_asked_for_is_the_way_told(path: str) -> None:
    read = extract(page(), "https://example.org/a", path=path)
    assert read is not None
    assert read.path == path
    assert SENTENCES[0] in read.text


# --- what must not look like an edit -----------------------------------------------------------------------


def test_counters_ages_boxes_and_teasers_are_no_part_of_the_text() -> None:
    body = f"""<p>8 hrs ago</p><p>1,204 views</p>{BODY}<p>Advertisement</p><p>Lees ook:</p>
      <p><a href="/b">The tug that never came to the harbour</a></p><p>45 comments</p>"""
    other = (
        body.replace("8 hrs", "9 hours")
        .replace("1,204", "2,345")
        .replace("The tug that never came", "What the yard was paid")
    )
    one, later = extract(page(body), "https://example.org/a"), extract(page(other), "https://example.org/a")
    assert one is not None
    assert one == later
    assert one.text.split("\n") == list(SENTENCES)


def test_captures_in_which_nothing_changed_for_a_reader_read_the_same(shared_data: Path) -> None:
    folder = shared_data / "web" / "captures"
    unlike = []
    for entry in map(json.loads, (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()):
        if entry["kind"] == "same_text_other_html":
            reads = [
                extract(gzip.decompress((folder / capture["file"]).read_bytes()), "https://example.org/a")
                for capture in entry["captures"]
            ]
            if len({(read.text, read.path, read.links) for read in reads if read is not None}) > 1:
                unlike.append(entry["id"])
    assert unlike == []


def test_the_texts_of_the_published_benchmark(shared_data: Path) -> None:
    folder = shared_data / "web" / "article-extraction-benchmark"
    scores = []
    for one in read_pages(folder, None):
        read = extract(gzip.decompress(one.file.read_bytes()), one.url)
        scores.append(
            shingle_score(word_runs(one.gold["articleBody"]), word_runs(read.text if read is not None else ""))
        )
    assert f1(scores) >= 0.97


def test_a_removed_download_and_a_footer_that_takes_turns(shared_data: Path) -> None:
    folder = shared_data / "web" / "page-versions" / "edgi"

    def read(name: str) -> Extraction:
        found = extract(gzip.decompress((folder / f"{name}.html.gz").read_bytes()), "https://www.example.gov/page")
        assert found is not None
        return found

    before, after = read("truepos-dataset-removal-a"), read("truepos-dataset-removal-b")
    assert before.text == after.text
    assert [link.text for link in before.links if link not in after.links] == ["View this Dataset"]
    before, after = read("falsepos-footer-a"), read("falsepos-footer-b")
    assert (before.text, before.links) == (after.text, after.links)


def test_valid_utf_8_is_utf_8_whatever_was_declared() -> None:
    body = "<p>Het was één keer zo ver — café.</p>".encode()
    assert "één" in decode(body, "text/html; charset=iso-8859-1")
    assert "één" in decode("<p>één</p>".encode("cp1252"), "text/html; charset=windows-1252")
    assert "één" in decode("<meta charset=latin1><p>één</p>".encode("latin1"), None)
    assert "\ufeff" not in decode(b"\xef\xbb\xbf<p>x</p>", None)


@pytest.mark.parametrize(
    "junk", [b"", b"\x00" * 300, b"\xff\xfe\xfd" * 99, b"%PDF-1.7 " + b"\x9c" * 500, b"<" * 5_000, b"{}"]
)
def test_nonsense_is_read_as_nothing_or_little(junk: bytes) -> None:
    read = extract(junk, "https://example.org/a")
    assert read is None or len(read.text) < 6_000


@pytest.mark.parametrize(
    "body",
    [
        "<div>" + "<a href='https://other.example.com/x'>other</a> " * 30_000 + "</div>",
        "<ul>" + "<li><a href='/x'>The tug that never came to the harbour</a></li>" * 10_000 + "</ul>",
        "<div>" + "<b>Correction:</b> " * 10_000 + "<p>x</p></div>",
        "<p>" + "Update " * 50_000 + "</p>",
        f"<p>{'8 ' * 50_000}</p>",
        "<div>" * 2_000 + BODY,
    ],
    ids=["links", "list", "labels", "words", "figures", "nest"],
)
def test_a_page_made_to_be_slow_is_not(body: str) -> None:
    started = time.process_time()
    extract(page(BODY + body), "https://example.org/a")
    assert time.process_time() - started < 20


def test_every_encoding_of_the_collection(shared_data: Path) -> None:
    for file in sorted((shared_data / "web" / "encodings").rglob("*.html.gz")):
        extract(gzip.decompress(file.read_bytes()), "https://example.org/a")


def test_the_same_bytes_give_the_same_reading() -> None:
    assert extract(page(), "https://example.org/a") == extract(page(), "https://example.org/a")


@pytest.mark.parametrize(
    "source",
    [
        "<!DOCTYPE html><html><body><p>x\x00\x01y</p><p>z</p></body></html>",
        '<!doctype html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://example.org/x.dtd" />\n<html><body><p>x</p></body></html>',
        '<html lang="en" />\n<head><title>x</title></head><body><p>y</p></body></html>',
        '<?xml version="1.0" encoding="iso-8859-1"?>\n<!DOCTYPE html><html><body><p>één</p><p>z</p></body></html>',
        "<div>x</div>",
        "no markup at all",
        "",
    ],
)
def test_pages_are_parsed_as_trafilatura_does(source: str) -> None:
    ours, theirs = parse(source), load_html(source)
    assert (ours is None) == (theirs is None)
    if ours is not None:
        assert tostring(ours) == tostring(theirs)
