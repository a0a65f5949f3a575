"""Two texts beside each other: folding, anchors, the strip, the citation, and checks across languages."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from hypothesis import given
from hypothesis import strategies as st

from archive.diff import LABEL, diff_texts
from datasette_config import pictures
from datasette_config.diffview import CONTEXT, FOLD, Link, blocks, items, pairs, sentence_links
from datasette_config.serve import make_datasette
from tests.datasette_config.conftest import Ids
from tests.datasette_config.test_pages import Page, words

LINES = [
    f"Paragraph number {word} of the text stands here."
    for word in ["one", "two", "three", "four", "five", "six", "seven", "eight"]
]


@pytest.fixture
def ds(archive_path: Path, ids: Ids) -> Datasette:
    return make_datasette(archive_path)


def folded(new: list[str]) -> list[tuple[bool, int]]:
    change = diff_texts("\n".join(LINES), "\n".join(new))
    return [(block.folded, len(block.items)) for block in blocks(items(change.rows, only_changes=False))]


def test_long_unchanged_stretches_are_folded_and_neighbours_stay_in_sight() -> None:
    assert folded([LINES[0].replace("text", "book"), *LINES[1:]]) == [(False, 2), (True, 6)]
    assert folded([*LINES[:7], LINES[7].replace("text", "book")]) == [(True, 6), (False, 2)]
    assert folded([LINES[0], LINES[1].replace("text", "book"), *LINES[2:7], "Quite another end."])[1] == (True, 3)


def test_a_text_without_changes_is_not_folded() -> None:
    assert folded(LINES) == [(False, 8)]


@given(st.lists(st.sampled_from(LINES), max_size=12), st.lists(st.sampled_from([*LINES, "Quite new."]), max_size=12))
def test_blocks_hold_every_row_once(old: list[str], new: list[str]) -> None:
    laid = items(diff_texts("\n".join(old), "\n".join(new)).rows, only_changes=False)
    found = blocks(laid)

    assert [item for block in found for item in block.items] == laid
    assert all(len(block.items) >= FOLD for block in found if block.folded)
    assert not [item for block in found if block.folded for item in block.items if item.change]
    anchors = [name for item in laid for name in item.anchors]
    assert len(anchors) == len(set(anchors))
    assert CONTEXT == 1


def test_the_strip_is_as_wide_as_the_text_and_links_every_change() -> None:
    change = diff_texts("\n".join(LINES), "\n".join([LINES[0], "Quite new.", *LINES[2:]]))
    pieces = pictures.strip(change.rows)

    assert sum(piece["width"] for piece in pieces) == pytest.approx(pictures.STRIP, abs=0.1)
    assert [piece["change"] for piece in pieces if piece["change"]] == list(
        range(1, sum(row.kind != "equal" for row in change.rows) + 1)
    )


@pytest.mark.asyncio
@pytest.mark.parametrize("view", ["inline", "side"])
async def test_every_place_to_go_exists(ds: Datasette, view: str) -> None:
    html = (await ds.client.get(f"/archive/-/compare?a=1&b=3&view={view}")).text
    page = Page(html)

    anchors = {attributes.get("id") for _, attributes in page.tags}
    assert {f"p{number}" for number in range(1, 7)} <= anchors
    assert {href[1:] for href in page.hrefs() if href.startswith("#")} <= anchors
    assert html.index("% the same") < html.index('class="sides"'), "the sentence comes first"
    assert 'title="the next change"' in html


@pytest.mark.asyncio
async def test_unchanged_paragraphs_fold_unless_the_whole_text_is_asked_for(ds: Datasette) -> None:
    assert '<details class="fold">' in (await ds.client.get("/archive/-/compare?a=2&b=3")).text
    assert '<details class="fold">' not in (await ds.client.get("/archive/-/compare?a=2&b=3&changes=0")).text


@pytest.mark.asyncio
async def test_links_that_came_and_went_are_listed_and_a_script_is_none(
    archive_path: Path, ids: Ids, tmp_path: Path
) -> None:
    path = tmp_path / "archive.db"
    with sqlite3.connect(archive_path) as source, sqlite3.connect(path) as copy:
        source.backup(copy)
        for extraction, links in (
            (1, [["https://source.test/report.pdf", "the report"]]),
            (2, [["javascript:alert(1)", "<b>here</b>"]]),
        ):
            copy.execute("UPDATE extraction SET links = ? WHERE id = ?", (json.dumps(links), extraction))

    html = (await make_datasette(path).client.get("/archive/-/compare?a=1&b=2")).text

    assert "<del>the report</del>" in html
    assert "<b>here" not in html
    assert not [href for href in Page(html).hrefs() if "javascript" in href]


@pytest.mark.asyncio
async def test_two_outlets_are_not_told_apart_by_their_own_address(
    archive_path: Path, ids: Ids, tmp_path: Path
) -> None:
    path = tmp_path / "archive.db"
    with sqlite3.connect(archive_path) as source, sqlite3.connect(path) as copy:
        source.backup(copy)
        copy.execute("UPDATE extraction SET markup = json_object('canonical', 'https://x.test/' || id)")
    ds = make_datasette(path)

    of_two = (await ds.client.get(f"/archive/-/compare.json?a=1&b={ids.hostile_version}")).json()
    of_one = (await ds.client.get("/archive/-/compare.json?a=1&b=2")).json()

    assert "canonical" not in of_two["change"]["fields"]
    assert "canonical" in of_one["change"]["fields"]


@pytest.mark.asyncio
async def test_the_citation_holds_all_that_a_check_needs(ds: Datasette, ids: Ids) -> None:
    html = (await ds.client.get("/archive/-/compare?a=1&b=2")).text
    citation = words(html[html.index('class="citation"') :]).partition(">")[2]

    one, other = [
        (await ds.client.get(f"/archive/versions.json?id={number}&_shape=array")).json()[0] for number in (1, 2)
    ]
    for side in (one, other):
        for said in ("body_sha256", "text_sha256", "url", "seen_from", "seen_to", "outlet", "extractor"):
            assert side[said] in citation, said
    assert f"Compared by {LABEL}: 95 % the same" in citation


@pytest.mark.asyncio
async def test_two_languages_are_summed_up_and_checked(ds: Datasette, ids: Ids) -> None:
    found = (await ds.client.get("/archive/-/compare.json?a=text:1&b=4")).json()

    assert found["summary"] == (
        "84 % of the English text and 90 % of the Dutch text have a counterpart; 3 of 3 figures found again; "
        "3 of 3 names found again"
    )
    verdicts = {(one["old"] or one["new"])[2]: one["verdict"] for one in found["checks"]}
    assert verdicts["41"] == verdicts["2.4 million"] == "same"
    html = words((await ds.client.get("/archive/-/compare?a=text:1&b=4")).text)
    assert "Figures, dates and names" in html


def test_a_figure_that_differs_is_shown_at_its_sentence() -> None:
    from archive.collate_languages import check
    from archive.types import SentenceLink

    old, new = "They counted 41 boats.", "Ze telden 14 boten."
    links = [Link(0, len(old), 0, len(new), 0.9)]
    checks = check(old, new, [SentenceLink(0, len(old), 0, len(new))], "en", "nl")

    (pair,) = pairs(old, new, links, checks)

    assert [(one.verdict, one.old and one.old.said, one.new and one.new.said) for one in pair.doubts] == [
        ("differs", "41", "14")
    ]


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ("[[0, 5, 3, 9], [6, 9, 10, 12]]", [(0, 5, 3, 9), (6, 9, 10, 12)]),
        ("[]", [(0, 20, 1, 21)]),
        (None, [(0, 20, 1, 21)]),
    ],
)
def test_sentences_of_a_passage(links: str | None, found: list[Any]) -> None:
    passage = {"links": links, "story_start": 0, "story_end": 20, "page_start": 1, "page_end": 21, "likeness": 0.7}

    assert [(link.old_start, link.old_end, link.new_start, link.new_end) for link in sentence_links(passage)] == found
