"""Reading pages: what the reader sees, in whatever bytes it came."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from archive.extract import LABEL, decode, extract

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


@pytest.mark.parametrize(
    ("note", "found"),
    [
        ("<p><strong>Correction:</strong> an earlier version gave the wrong year of the hull.</p>", True),
        ("<div class='note'>Editor's note — the figure was taken from the board's own report.</div>", True),
        ("<p><em>Rectificatie: in een eerdere versie stond een verkeerd jaartal vermeld.</em></p>", True),
        ("<p>Updated: 12 March 2026, 19:11</p>", False),
        ("<p>Corrections officers were called to the harbour on Tuesday evening.</p>", False),
        ("<p>Update</p>", False),
    ],
)
def test_correction_notes_keep_their_label(note: str, found: bool) -> None:
    read = extract(page(BODY + note), "https://example.org/a")
    assert read is not None
    assert bool(read.correction) == found
    if found:
        assert read.correction is not None
        assert read.correction.startswith(("Correction:", "Editor's note", "Rectificatie:"))


def test_text_that_stands_in_structured_data_only() -> None:
    text = " ".join(SENTENCES * 2)
    head = f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "x", "articleBody": "{text}"}}</script>'
    read = extract(page("<div id=app></div>", head=head), "https://example.org/a")
    assert read is not None
    assert SENTENCES[0] in read.text


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


def test_every_encoding_of_the_collection(shared_data: Path) -> None:
    for file in sorted((shared_data / "web" / "encodings").rglob("*.html.gz")):
        extract(gzip.decompress(file.read_bytes()), "https://example.org/a")


def test_the_same_bytes_give_the_same_reading() -> None:
    assert extract(page(), "https://example.org/a") == extract(page(), "https://example.org/a")
