"""The reading pages, asked through Datasette without a socket."""

from __future__ import annotations

import csv
import io
import re
import shutil
import sqlite3
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from datasette_config import changing, queries, views, wording
from datasette_config._compat import Action
from datasette_config.changing import SORTS
from datasette_config.diffview import Link, pairs, through_story
from datasette_config.plugin import load_configuration
from datasette_config.serve import make_datasette, serve_arguments
from datasette_config.web import HEADERS
from tests.datasette_config.conftest import DUTCH, ENGLISH, Ids

#: 1.0 takes permissions from `config`, 0.65 from `metadata`. Its pytest plugin hides the signature of its constructor.
CONFIG = "metadata" if Action is None else "config"

EVERY_PAGE = [
    "/-/afterprint",
    "/archive/-/health",
    "/archive/-/story/lower-vane",
    "/archive/-/story/lower-vane/kept",
    "/archive/-/story/lower-vane/kept?base=5",
    "/archive/-/story/lower-vane/heat",
    "/archive/-/story/lower-vane/heat?base=5",
    "/archive/-/story/lower-vane/descent",
    "/archive/-/story/lower-vane/descent?base=text:2",
    "/archive/-/page/1",
    "/archive/-/page/2",
    "/archive/-/page/3",
    "/archive/-/page/4",
    "/archive/-/page/5",
    "/archive/-/compare?a=1&b=2",
    "/archive/-/compare?a=1&b=3&view=side&changes=1",
    "/archive/-/compare?a=3&b=1",
    "/archive/-/compare?a=1&b=5&view=side",
    "/archive/-/compare?a=1&b=8",
    "/archive/-/compare?a=6&b=7",
    "/archive/-/compare?a=text:1&b=4",
    "/archive/-/compare?a=text:1&b=text:2",
    "/archive/-/memento/20230123070000/https://evil.test/?q=<script>alert(1)</script>",
    "/archive/-/changes?min=0",
    "/archive/-/search?q=boats",
]


class Page(HTMLParser):
    """What a browser would find: tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def hrefs(self) -> list[str]:
        return [attributes["href"] or "" for _, attributes in self.tags if "href" in attributes]


def words(html: str) -> str:
    """The visible text of a page, roughly."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


@pytest.fixture
def ds(archive_path: Path, ids: Ids) -> Datasette:
    return make_datasette(archive_path)


# --- every page -------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("path", EVERY_PAGE)
async def test_every_page_is_safe(ds: Datasette, path: str) -> None:
    response = await ds.client.get(path)

    assert response.status_code == 200
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    page = Page(response.text)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"iframe", "img", "object", "embed", "base", "style"}
    (script,) = [attributes for tag, attributes in page.tags if tag == "script"]
    assert str(script["src"]).startswith("/-/afterprint/afterprint.js?v=")
    assert set(script) == {"src", "defer"}
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        if tag == "html":
            assert attributes["lang"] == "en"
        if (attributes.get("href") or "").startswith(("http:", "https:")):
            assert attributes["rel"] == "noopener noreferrer nofollow"
    assert all(href.startswith(("/", "#", "http://", "https://")) for href in page.hrefs())


@pytest.mark.asyncio
@pytest.mark.parametrize("path", EVERY_PAGE)
async def test_every_page_works_below_a_base_url(archive_path: Path, ids: Ids, path: str) -> None:
    ds = make_datasette(archive_path, settings={"base_url": "/press/"})

    page = Page((await ds.client.get(path)).text)

    local = [href for href in page.hrefs() if not href.startswith(("#", "http"))]
    assert local
    assert all(href.startswith("/press/") for href in local)


@pytest.mark.asyncio
async def test_every_link_leads_somewhere(ds: Datasette) -> None:
    seen: set[str] = set()
    for path in EVERY_PAGE:
        seen |= {
            href.partition("#")[0] for href in Page((await ds.client.get(path)).text).hrefs() if href.startswith("/")
        }

    broken = [href for href in sorted(seen) if (await ds.client.get(href)).status_code != 200]

    assert broken == []


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/archive/-/story/nothing", 404),
        ("/archive/-/story/nothing.json", 404),
        ("/archive/-/story/lower-vane?kind=nonsense", 400),
        ("/archive/-/story/nothing/kept", 404),
        ("/archive/-/story/lower-vane/kept?base=text:99", 404),
        ("/archive/-/story/lower-vane/heat?base=8", 404),  # shares a quotation, and is no copy
        ("/archive/-/story/lower-vane/descent?base=page:1", 400),
        ("/archive/-/story/lower-vane/kept.json?base=x", 400),
        ("/archive/-/story/lower-vane?sort=luck", 400),
        ("/archive/-/story/lower-vane?credit=perhaps", 400),
        ("/archive/-/story/lower-vane?state=gone", 400),
        ("/archive/-/page/99", 404),
        ("/archive/-/page/99.json", 404),
        ("/archive/-/page/x", 400),
        ("/archive/-/page/²", 400),
        ("/archive/-/page/99999999999999999999", 400),
        ("/archive/-/compare", 400),
        ("/archive/-/compare?a=1", 400),
        ("/archive/-/compare?a=1&b=-2", 400),
        ("/archive/-/compare?a=1&b=2;DROP", 400),
        ("/archive/-/compare?a=1&b=99", 404),
        ("/archive/-/compare?a=text:99&b=1", 404),
        ("/archive/-/compare?a=page:1&b=1", 400),
        ("/archive/-/compare?a=1&b=2&view=sideways", 400),
        ("/archive/-/compare?a=1&b=2&changes=yes", 400),
        ("/archive/-/compare.json?a=1&b=99", 404),
        ("/archive/-/changes?min=2", 400),
        ("/archive/-/changes?min=nan", 400),
        ("/archive/-/changes?offset=-1", 400),
        ("/archive/-/changes?sort=loudest", 400),
        ("/archive/-/changes?kind=nonsense", 400),
        ("/archive/-/page/99/changes.atom", 404),
        ("/archive/-/story/nothing/changes.feed.json", 404),
        ("/archive/-/search.atom?q=", 400),
        ("/elsewhere/-/changes", 404),
    ],
)
async def test_what_cannot_be_answered_is_said(ds: Datasette, path: str, status: int) -> None:
    response = await ds.client.get(path)

    assert response.status_code == status
    assert response.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
    if ".json" in path:
        assert response.json()["ok"] is False


@pytest.mark.asyncio
async def test_a_database_that_is_no_archive_is_left_alone(archive_path: Path, ids: Ids, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE changes (id)")
    ds = make_datasette(archive_path)
    ds = Datasette([str(archive_path), str(other)])

    assert (await ds.client.get("/other/-/changes")).status_code == 404
    assert "Every edit of an outlet" not in (await ds.client.get("/other/changes")).text
    assert "lower-vane" in (await ds.client.get("/-/afterprint")).text


# --- the pages --------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_home_lists_stories_changes_and_runs_with_their_failures(ds: Datasette) -> None:
    told = words((await ds.client.get("/-/afterprint")).text)

    assert "A Town Learns to Lose Its Harbour" in told
    assert "3 pages carry its text, at 3 outlets." in told
    assert "1 copy1 excerpt1 translation" in told
    assert "In English (2), Dutch (1)." in told
    found_last = told[told.index("Found last") : told.index("Latest changes")]
    assert found_last.index("Evil") < found_last.index("Het Blad") < found_last.index("The Daily")
    assert "figure changed: 41 → 39" in told
    assert "1 timeout, 1 503" in told
    assert "2 robots" in told
    assert "news sitemap blad.test/sitemap.xml the server answered 503" in told


@pytest.mark.asyncio
async def test_a_story_shows_its_pages_by_kind_with_evidence(ds: Datasette) -> None:
    told = words((await ds.client.get("/archive/-/story/lower-vane")).text)

    headings = [
        told.index(heading)
        for heading in ("Copies 1", "Excerpts 1", "Translations 1", "Quotations only 1", "Related 1")
    ]
    assert headings == sorted(headings)
    assert "missing" in told
    assert "Dit artikel verscheen oorspronkelijk op The Estuary." in told
    assert "present 10 February 2023 07:00 UTC, absent from 20 February 2023 07:00 UTC" in told
    assert "present 25 January 2023 00:00 UTC, blocked 25 February 2023 00:00 UTC" in told
    assert "present 1 March 2023 08:00 UTC" in told


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("query", "urls"),
    [
        ("", 5),
        ("?kind=translation", 1),
        ("?kind=translation&kind=copy", 2),
        ("?language=en", 2),
        ("?kind=copy&language=nl", 0),
        ("?credit=missing", 2),
        ("?credit=named", 1),
        ("?state=live", 3),
        ("?state=other", 2),
        ("?outlet=blad.test&credit=named", 1),
    ],
)
async def test_a_story_filters_and_its_twins_follow(ds: Datasette, query: str, urls: int) -> None:
    as_json = (await ds.client.get(f"/archive/-/story/lower-vane.json{query}")).json()
    as_csv = await ds.client.get(f"/archive/-/story/lower-vane.csv{query}")

    assert len(as_json["pages"]) == urls
    assert len(list(csv.DictReader(io.StringIO(as_csv.text)))) == urls
    assert as_csv.headers["content-disposition"] == 'attachment; filename="lower-vane.csv"'


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("order", "outlets"),
    [
        ("coverage", ["daily.test", "evil.test", "blad.test", "sahifa.test", "shimbun.test"]),
        ("outlet", ["blad.test", "daily.test", "evil.test", "sahifa.test", "shimbun.test"]),
        ("first_seen", ["daily.test", "blad.test", "evil.test", "shimbun.test", "sahifa.test"]),
        ("edits", ["daily.test", "shimbun.test", "evil.test", "blad.test", "sahifa.test"]),
    ],
)
async def test_a_story_is_sorted_without_a_script(ds: Datasette, order: str, outlets: list[str]) -> None:
    found = (await ds.client.get(f"/archive/-/story/lower-vane.json?sort={order}")).json()

    assert [row["outlet"] for row in found["pages"]] == outlets


@pytest.mark.asyncio
async def test_a_story_spreads_over_time_by_language(ds: Datasette) -> None:
    html = (await ds.client.get("/archive/-/story/lower-vane")).text

    picture = html[html.index('class="lanes"') : html.index("</figure>")]
    assert re.findall(r"<li>(.*?)</li>", picture)[0] == "English, 2"
    marks = Page(picture).hrefs()
    assert sorted(marks) == [f"/archive/-/page/{number}" for number in range(1, 6)]
    assert "first seen 2023-01-20 08:00" in picture
    assert "dated 2023-01-21 00:00" in picture


@pytest.mark.asyncio
async def test_any_two_copies_of_a_story_may_be_picked(ds: Datasette, ids: Ids) -> None:
    html = (await ds.client.get("/archive/-/story/lower-vane")).text
    picked = re.findall(r'<select name="(a|b)">(.*?)</select>', html, re.S)

    assert [name for name, _ in picked] == ["a", "b"]
    for _, options in picked:
        keys = re.findall(r'value="([^"]+)"', options)
        assert {f"text:{ids.english_text}", str(ids.translation_version)} <= set(keys)
        for key in keys:
            assert (await ds.client.get(f"/archive/-/compare?a={keys[0]}&b={key}")).status_code == 200


@pytest.mark.asyncio
async def test_a_long_story_shows_the_strongest_of_each_kind(ds: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "FIRST", 0)
    cut = (await ds.client.get("/archive/-/story/lower-vane")).text
    whole = (await ds.client.get("/archive/-/story/lower-vane?kind=copy")).text

    assert "41 boats in the mud</a>" not in cut
    assert "Show all 1" in cut
    assert "41 boats in the mud" in whole


@pytest.mark.asyncio
async def test_a_timeline_shows_versions_and_what_could_not_be_seen(ds: Datasette, ids: Ids) -> None:
    told = words((await ds.client.get(f"/archive/-/page/{ids.copy_page}")).text)

    order = [
        "Version 1",
        "Not seen",
        "the server answered 503; no answer: timeout",
        "Version 2",
        "consent wall",
        "Version 3",
    ]
    history = told[told.index("What it said, and when") :]
    places = [history.index(part) for part in order]
    assert places == sorted(places)
    assert "Correction: an earlier version" in told
    assert "6 passages" in told
    assert "feed daily.test/rss place 3" in told


@pytest.mark.asyncio
async def test_a_page_is_drawn_over_time_and_every_capture_is_listed(ds: Datasette, ids: Ids) -> None:
    html = (await ds.client.get(f"/archive/-/page/{ids.translation_page}")).text

    picture = Page(html[html.index('class="lifeline"') : html.index("</figure>")])
    kinds = [attributes.get("class") for _, attributes in picture.tags if attributes.get("class")]
    assert {"window", "removed", "point", "tick good", "tick bad"} <= set(kinds)
    (window,) = [attributes for _, attributes in picture.tags if attributes.get("class") == "window"]
    (gone,) = [attributes for _, attributes in picture.tags if attributes.get("class") == "removed"]
    assert float(window["x"] or 0) < float(gone["x"] or 0), "the window opens when it was last there"
    captures = html[html.index('class="captures"') :]
    assert captures.count("/archive/captures?id=") == 4
    assert "the server answered 410" in captures


@pytest.mark.asyncio
async def test_the_largest_point_is_the_gravest_change(ds: Datasette, ids: Ids) -> None:
    html = (await ds.client.get(f"/archive/-/page/{ids.copy_page}")).text
    told = (await ds.client.get(f"/archive/-/page/{ids.copy_page}.json")).json()

    widths = [float(width) for width in re.findall(r'class="point"[^>]*stroke-width="([0-9.]+)"', html)]
    graver = [version["change"]["significance"] if version["change"] else 0.15 for version in told["versions"]]
    assert [widths.index(width) for width in sorted(widths)] == [graver.index(one) for one in sorted(graver)]
    assert [state["state"] for state in told["availability"]][-1] == "live"
    assert len(told["captures"]) == 8


@pytest.mark.asyncio
async def test_any_two_versions_are_picked_without_a_script(ds: Datasette, ids: Ids) -> None:
    page = Page((await ds.client.get(f"/archive/-/page/{ids.copy_page}")).text)

    picked = [attributes for tag, attributes in page.tags if tag == "input" and attributes.get("type") == "radio"]
    assert [(one["name"], one["value"]) for one in picked if "checked" in one] == [("b", "3"), ("a", "2")]
    assert len(picked) == 6


@pytest.mark.asyncio
async def test_a_removal_is_a_window(ds: Datasette, ids: Ids) -> None:
    told = words((await ds.client.get(f"/archive/-/page/{ids.translation_page}")).text)

    assert "present 10 February 2023 07:00 UTC, absent from 20 February 2023 07:00 UTC" in told
    assert "Absent 20 February 2023, 07:00 UTC – 1 March 2023, 07:00 UTC" in told


@pytest.mark.asyncio
@pytest.mark.parametrize("view", ["inline", "side"])
async def test_compare_marks_words_and_links_moves(ds: Datasette, view: str) -> None:
    html = (await ds.client.get(f"/archive/-/compare?a=1&b=2&view={view}")).text

    assert "95 % the same; 10 words added, 1 removed; 1 paragraph edited, 1 added, 1 moved; headline changed" in html
    assert "<del>41</del>" in html
    assert "<ins>39</ins>" in html
    page = Page(html)
    anchors = {attributes.get("id") for _, attributes in page.tags}
    assert {href for href in page.hrefs() if href.startswith("#c")} <= {f"#{anchor}" for anchor in anchors}
    assert "moved from <a href=" in html
    for said in ("body sha256", "text sha256", "trafilatura 2.3|recall", "2023-01-22T08:00:00.000Z"):
        assert said in html


@pytest.mark.asyncio
async def test_changes_only_leaves_out_what_is_far_from_a_change(ds: Datasette) -> None:
    html = (await ds.client.get("/archive/-/compare?a=2&b=3&changes=1")).text

    assert "paragraphs unchanged" in html
    assert ENGLISH.split("\n")[0] not in words(html)


@pytest.mark.asyncio
async def test_two_extractors_are_no_edit(ds: Datasette, ids: Ids) -> None:
    old, new = ids.japanese_versions

    assert "Read by two extractors." in (await ds.client.get(f"/archive/-/compare?a={old}&b={new}")).text
    assert (await ds.client.get(f"/archive/-/compare.json?a={old}&b={new}")).json()["labels_differ"] is True
    assert "Read by two extractors." not in (await ds.client.get("/archive/-/compare?a=1&b=2")).text


@pytest.mark.asyncio
@pytest.mark.parametrize("sides", ["a=text:1&b=4", "a=1&b=4"], ids=["story and page", "page and page"])
async def test_two_languages_stand_side_by_side(ds: Datasette, sides: str) -> None:
    html = (await ds.client.get(f"/archive/-/compare?{sides}")).text
    told = (await ds.client.get(f"/archive/-/compare.json?{sides}")).json()

    assert "<ins>" not in html
    assert "<del>" not in html
    assert "not in the English text" in html
    matched = [pair for pair in told["pairs"] if pair["old"] and pair["new"]]
    assert [(pair["old"], pair["new"]) for pair in matched] == list(
        zip(ENGLISH.split("\n")[:5], DUTCH.split("\n")[:5], strict=True)
    )


@pytest.mark.asyncio
async def test_two_languages_without_a_match_are_not_aligned(ds: Datasette, ids: Ids) -> None:
    html = (await ds.client.get(f"/archive/-/compare?a=1&b={ids.japanese_versions[0]}")).text

    assert "No match with a common story says what corresponds" in html
    assert "<ins>" not in html


@pytest.mark.asyncio
async def test_a_page_compares_with_the_story_in_words_only(ds: Datasette) -> None:
    change = (await ds.client.get("/archive/-/compare.json?a=text:1&b=1")).json()["change"]

    assert (change["summary"], change["fields"]) == ("No difference.", {})


@pytest.mark.asyncio
async def test_changes_say_how_many_are_hidden(ds: Datasette) -> None:
    every = (await ds.client.get("/archive/-/changes.json?min=0")).json()
    graver, lesser = (row["significance"] for row in every["changes"])
    grave = await ds.client.get(f"/archive/-/changes?min={(graver + lesser) / 2:.4f}")

    assert [row["new_version_id"] for row in every["changes"]] == [2, 3], "gravest first"
    newest = (await ds.client.get("/archive/-/changes.json?min=0&sort=time")).json()
    assert [row["new_version_id"] for row in newest["changes"]] == [3, 2]
    assert {"op": "replaced", "old": "41 ", "new": "39 "} in every["changes"][0]["hunk"]
    assert "1 change shown; 1 change of less significance hidden" in words(grave.text)


@pytest.mark.asyncio
async def test_counting_ends_where_it_no_longer_matters(ds: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing, "MOST_COUNTED", 1)
    counts = (await ds.client.get("/archive/-/changes.json?min=0")).json()["counts"]

    assert counts == {"shown": 1, "hidden": 0, "total": 1, "counted_to": 1}
    assert "At least 1 change shown." in words((await ds.client.get("/archive/-/changes?min=0")).text)


def test_lists_of_changes_come_from_indexes(archive_path: Path, ids: Ids) -> None:
    db = sqlite3.connect(archive_path)
    given = {"least": 0.25, "limit": 25, "offset": 0, "most": 9, "outlet": "daily.test", "story": "lower-vane"}

    def plan(sql: str) -> list[str]:
        return [step for *_, step in db.execute(f"EXPLAIN QUERY PLAN {sql}", given)]

    for by, index in (("significance", "change_significance"), ("time", "change_seen_at")):
        steps = plan(queries.changes((), by))
        assert any(f"ch USING INDEX {index}" in step for step in steps), by
        assert not any(step.startswith("SCAN ov") for step in steps), by
    assert not any(" v " in step for step in plan(queries.change_count(()))), "counting needs no version"
    for asked in (("outlet",), ("story",)):
        assert any("v USING COVERING INDEX version_page" in step for step in plan(queries.changes(asked, "time")))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("story=lower-vane", [2, 3]),
        ("story=other", []),
        ("kind=copy", [2, 3]),
        ("kind=translation", []),
        ("story=lower-vane&kind=copy&outlet=daily.test", [2, 3]),
        ("outlet=blad.test", []),
    ],
)
async def test_changes_are_filtered_by_story_kind_and_outlet(ds: Datasette, query: str, found: list[int]) -> None:
    answered = (await ds.client.get(f"/archive/-/changes.json?min=0&{query}")).json()

    assert [row["new_version_id"] for row in answered["changes"]] == found
    assert answered["counts"]["total"] == len(found)


@pytest.mark.asyncio
async def test_a_change_says_in_which_language_its_words_are(ds: Datasette) -> None:
    every = (await ds.client.get("/archive/-/changes.json?min=0")).json()
    assert {row["language"] for row in every["changes"]} == {"en"}
    assert '<p class="hunk" lang="en"' in (await ds.client.get("/archive/-/changes?min=0")).text
    assert 'xml:lang="en"' in (await ds.client.get("/archive/-/changes.atom?min=0")).text.partition("<entry>")[2]


@pytest.mark.asyncio
async def test_the_same_edit_on_several_pages_is_listed_once(archive_path: Path, ids: Ids, tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with sqlite3.connect(archive_path) as source, sqlite3.connect(path) as copy:
        source.backup(copy)
        copy.execute("UPDATE change SET diff_hash = 'c0ffee'")
    ds = make_datasette(path)
    listed = await ds.client.get("/archive/-/changes?min=0")
    assert listed.text.count('class="change"') == 1
    assert "the same edit on 2 pages" in words(listed.text)
    assert "/archive/-/changes?min=0&amp;hash=c0ffee" in listed.text
    every = (await ds.client.get("/archive/-/changes.json?min=0&hash=c0ffee")).json()
    assert [row["new_version_id"] for row in every["changes"]] == [2, 3]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("query", "outlets"),
    [
        ("boats", {"daily.test", "evil.test"}),
        ("41 boats", {"daily.test", "evil.test"}),
        ('"boats lie in the mud"', {"daily.test", "evil.test"}),
        ('"mud boats"', set()),
        ("首相", {"shimbun.test"}),
        ("空気", {"shimbun.test"}),
        ("相首", set()),
        ("القارب OR", set()),
        ("verliezen", {"blad.test"}),
    ],
)
async def test_search_finds_words_in_any_script(ds: Datasette, query: str, outlets: set[str]) -> None:
    found = (await ds.client.get("/archive/-/search.json", params={"q": query})).json()

    assert {row["outlet"] for row in found["pages"]} == outlets


@pytest.mark.asyncio
async def test_words_that_stand_everywhere_are_shown_where_they_were_read_last(
    ds: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked = (await ds.client.get("/archive/-/search.json?q=boats")).json()
    monkeypatch.setattr(views, "MOST_WEIGHED", 1)
    last = (await ds.client.get("/archive/-/search.json?q=boats")).json()

    assert (ranked["order"], last["order"]) == ("rank", "read")
    assert {row["page_id"] for row in last["pages"]} == {row["page_id"] for row in ranked["pages"]}
    shown = [row["version_id"] for row in last["pages"]]
    assert len(shown) > 1
    assert shown == sorted(shown, reverse=True)
    assert "More than 1 versions hold this" in words((await ds.client.get("/archive/-/search?q=boats")).text)


@pytest.mark.asyncio
async def test_search_shows_hits_and_what_was_edited_away(ds: Datasette) -> None:
    html = (await ds.client.get("/archive/-/search", params={"q": '"41 boats"'})).text

    assert "<mark>41 boats</mark>" in html
    assert "edited away since" in html
    assert "<mark>首相</mark>" in (await ds.client.get("/archive/-/search", params={"q": "首相"})).text


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "query", ['"', "(", "*", "a AND", "NEAR(", "title:", "-x", "^", "'; DROP TABLE page; --", "\x00", "a" * 5000]
)
async def test_search_takes_any_words(ds: Datasette, query: str) -> None:
    assert (await ds.client.get("/archive/-/search", params={"q": query})).status_code == 200


# --- what outlets write stays text ------------------------------------------------------------------


@pytest.mark.asyncio
async def test_markup_of_an_outlet_is_shown_as_text(ds: Datasette, ids: Ids) -> None:
    for path in (
        f"/archive/-/page/{ids.hostile_page}",
        f"/archive/-/compare?a=1&b={ids.hostile_version}",
        f"/archive/-/story/lower-vane/kept?base={ids.hostile_version}",
        f"/archive/-/story/lower-vane/heat?base={ids.hostile_version}",
        "/archive/-/story/lower-vane/descent",
        "/archive/-/search?q=boats",
    ):
        html = (await ds.client.get(path)).text
        assert html.lower().count("<script") == 1, "ours"
        assert "&lt;" in html
        assert "\u202e" not in html
        assert "7 * 7" in html or "/page/" in path or "/descent" in path


@pytest.mark.asyncio
async def test_a_script_address_is_no_link(ds: Datasette, ids: Ids) -> None:
    html = (await ds.client.get(f"/archive/-/page/{ids.hostile_page}")).text

    assert "javascript:alert(1)</code>" in html
    assert not [href for href in Page(html).hrefs() if "javascript" in href]


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.test/b", True),
        ("HTTP://a.test", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//a.test", False),
        ("https://", False),
        ("http://[", False),
        (None, False),
    ],
)
def test_safe_url(url: str | None, safe: bool) -> None:
    assert (wording.safe_url(url) is not None) is safe


@pytest.mark.asyncio
async def test_csv_has_no_formulas(ds: Datasette) -> None:
    assert wording.csv_cell("=1+1") == "'=1+1"
    assert wording.csv_cell(-1.5) == -1.5
    rows = csv.DictReader(io.StringIO((await ds.client.get("/archive/-/story/lower-vane.csv")).text))
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "-", "@")]


# --- the rest of Datasette --------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_tables_link_to_the_pages_and_raw_tables_hide(ds: Datasette) -> None:
    assert "/archive/-/compare?a=1&amp;b=2" in (await ds.client.get("/archive/changes")).text
    assert "/archive/-/story/lower-vane" in (await ds.client.get("/archive/story_pages")).text
    hidden = {row["name"]: row["hidden"] for row in (await ds.client.get("/archive.json")).json()["tables"]}
    assert hidden
    assert all(hidden.values())


@pytest.mark.asyncio
async def test_datasettes_own_pages_leak_no_referrer(ds: Datasette) -> None:
    for path in ("/", "/archive", "/archive/pages", "/archive/nothing"):
        response = await ds.client.get(path)
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["x-content-type-options"] == "nosniff"
    assert "/-/afterprint" in (await ds.client.get("/")).text


@pytest.mark.asyncio
async def test_what_is_denied_is_not_shown(archive_path: Path, ids: Ids) -> None:
    denied = {"databases": {"archive": {"tables": {"changes": {"allow": False}}}}}
    ds = make_datasette(archive_path, **{CONFIG: denied})

    assert (await ds.client.get("/archive/-/changes")).status_code == 403
    assert (await ds.client.get("/archive/-/changes.json")).status_code == 403
    assert (await ds.client.get("/archive/-/page/1")).status_code == 403
    assert (await ds.client.get("/archive/-/search?q=boats")).status_code == 200
    assert "41 → 39" not in (await ds.client.get("/-/afterprint")).text
    assert "Changes in" not in (await ds.client.get("/archive/pages")).text


@pytest.mark.asyncio
async def test_it_reads_beside_a_writer(archive_path: Path, ids: Ids, tmp_path: Path) -> None:
    live = tmp_path / "archive.db"
    shutil.copy(archive_path, live)
    writer = sqlite3.connect(live)
    writer.execute("PRAGMA journal_mode = WAL")
    ds = make_datasette(live)
    assert "A Town Learns" in (await ds.client.get("/archive/-/story/lower-vane")).text

    writer.execute("UPDATE story SET title = 'Written meanwhile'")
    writer.commit()

    assert "Written meanwhile" in (await ds.client.get("/archive/-/story/lower-vane")).text


def test_the_server_opens_the_archive_mutable() -> None:
    arguments = serve_arguments("/data/archive.db", "127.0.0.1", 8001)

    assert arguments[:6] == ["serve", "/data/archive.db", "--host", "127.0.0.1", "--port", "8001"]
    assert "-i" not in arguments
    assert arguments[arguments.index("suggest_facets") + 1] == "false"


def test_every_table_and_view_is_described(archive_path: Path, ids: Ids) -> None:
    described = load_configuration()["databases"]["archive"]["tables"]
    kinds = dict(
        sqlite3.connect(archive_path).execute(
            "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'version_fts_%'"
        )
    )

    assert set(described) == set(kinds)
    for name, kind in kinds.items():
        assert described[name].get("hidden", False) is (kind == "table"), name
        assert kind == "table" or described[name]["title"], name


def test_a_page_finds_its_strongest_match_without_walking_the_story(archive_path: Path, ids: Ids) -> None:
    plan = sqlite3.connect(archive_path).execute(
        f"EXPLAIN QUERY PLAN {queries.STORY_PAGES}", {"story_id": 1, "kinds": "", "limit": 1}
    )

    assert not [step for *_, step in plan if "m2 USING INDEX match_story" in step]


def test_queries_read_views_only(archive_path: Path, ids: Ids) -> None:
    tables = {
        name for (name,) in sqlite3.connect(archive_path).execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    statements = {name: sql for name, sql in vars(queries).items() if isinstance(sql, str) and name.isupper()}
    for asked in ((), ("outlet", "page", "story", "kinds"), ("story",), ("kinds", "hash")):
        statements |= {f"changes {asked} {by}": queries.changes(asked, by) for by in SORTS}
        statements[f"count {asked}"] = queries.change_count(asked)

    for name, sql in statements.items():
        read = set(re.findall(r"\b(?:FROM|JOIN)\s+([a-z_]+)", sql))
        assert read & tables <= {"version_fts", "sqlite_master"}, name


# --- two languages, without a page ------------------------------------------------------------------


def test_pairs_keep_both_texts_whole() -> None:
    old, new = "One. Two. Three.", "Twee. Nieuw. Een."
    links = [Link(5, 9, 0, 5, 0.9), Link(0, 4, 13, 17, 0.8)]

    laid: list[tuple[Any, Any]] = [(pair.old, pair.new) for pair in pairs(old, new, links)]

    assert laid == [("One.", None), ("Two.", "Twee."), (None, "Nieuw."), ("One.", "Een."), ("Three.", None)]


def test_pages_meet_through_the_story() -> None:
    old, new = (
        [Link(0, 10, 100, 110, 0.9), Link(20, 30, 120, 130, 0.9)],
        [Link(2, 9, 7, 14, 0.7), Link(40, 50, 0, 5, 1)],
    )

    assert through_story(old, new) == [Link(100, 110, 7, 14, 0.7)]
