"""Feeds of changes and searches: valid, escaped, answered with 304 when nothing is new."""

from __future__ import annotations

import sqlite3
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from datasette.app import Datasette
from hypothesis import given
from hypothesis import strategies as st

from archive.diff import Run
from datasette_config import feeds
from datasette_config.serve import make_datasette
from tests.datasette_config.conftest import HOSTILE_TEXT, Ids
from tests.datasette_config.test_pages import CONFIG, Page

ATOM = "{http://www.w3.org/2005/Atom}"
EVERY_FEED = [
    "/archive/-/changes{}?min=0",
    "/archive/-/changes{}?outlet=daily.test",
    "/archive/-/changes{}?outlet=nobody.test",
    "/archive/-/story/lower-vane/changes{}",
    "/archive/-/page/1/changes{}",
    "/archive/-/page/3/changes{}",
    "/archive/-/search{}?q=boats",
    "/archive/-/search{}?q=boats&language=en",
    "/archive/-/search{}?q=nowhere",
]


@pytest.fixture
def ds(archive_path: Path, ids: Ids) -> Datasette:
    return make_datasette(archive_path)


@pytest.mark.asyncio
@pytest.mark.parametrize("path", EVERY_FEED)
async def test_every_atom_feed_has_what_the_standard_asks_for(ds: Datasette, path: str) -> None:
    response = await ds.client.get(path.format(".atom"))

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.text)
    assert feed.tag == f"{ATOM}feed"
    for parent in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(parent.findall(f"{ATOM}{name}")) == 1
        assert parent.findtext(f"{ATOM}id", "").startswith("urn:uuid:")
        assert parent.findtext(f"{ATOM}updated", "").endswith("Z")
        assert parent.find(f"{ATOM}author/{ATOM}name") is not None
    entries = list(feed.iter(f"{ATOM}entry"))
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    assert [entry.findtext(f"{ATOM}updated") for entry in entries] == sorted(
        (entry.findtext(f"{ATOM}updated", "") for entry in entries), reverse=True
    )
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"].startswith("http://localhost/archive/-/")  # type: ignore[union-attr]
    assert (await ds.client.get(links["self"].removeprefix("http://localhost"))).text == response.text  # type: ignore[union-attr]
    for entry in entries:
        (link,) = entry.findall(f"{ATOM}link")
        assert (await ds.client.get(link.get("href", "").removeprefix("http://localhost"))).status_code == 200


@pytest.mark.asyncio
@pytest.mark.parametrize("path", EVERY_FEED)
async def test_the_json_feed_says_the_same(ds: Datasette, path: str) -> None:
    atom = ElementTree.fromstring((await ds.client.get(path.format(".atom"))).text)
    response = await ds.client.get(path.format(".feed.json"))

    assert response.headers["content-type"] == "application/feed+json; charset=utf-8"
    feed: Any = response.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] == atom.findtext(f"{ATOM}title")
    assert [item["id"] for item in feed["items"]] == [
        entry.findtext(f"{ATOM}id") for entry in atom.iter(f"{ATOM}entry")
    ]
    assert all(isinstance(item["content_html"], str) and item["url"] for item in feed["items"])


@pytest.mark.asyncio
async def test_the_diff_is_inside(ds: Datasette) -> None:
    feed = ElementTree.fromstring((await ds.client.get("/archive/-/page/1/changes.atom")).text)

    newest, first = feed.iter(f"{ATOM}entry")
    assert "<del>41</del> <ins>39</ins>" in first.findtext(f"{ATOM}content", "")
    assert first.findtext(f"{ATOM}summary", "").startswith("95 % the same")
    assert "2023-01-22T08:00:00.000Z" in first.findtext(f"{ATOM}content", "")
    assert newest.findtext(f"{ATOM}updated") == "2023-02-01T08:00:00.000Z"


@pytest.mark.asyncio
@pytest.mark.parametrize("output", [".atom", ".feed.json"])
async def test_nothing_new_is_304(ds: Datasette, output: str) -> None:
    path = f"/archive/-/changes{output}"
    first = await ds.client.get(path)

    again = await ds.client.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})

    assert (again.status_code, again.text) == (304, "")
    assert again.headers["etag"] == first.headers["etag"]
    assert parsedate_to_datetime(first.headers["last-modified"]).year == 2023
    assert (await ds.client.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


@pytest.mark.asyncio
async def test_an_edit_keeps_its_name_when_the_archive_is_rebuilt(archive_path: Path, ids: Ids, tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with sqlite3.connect(archive_path) as source, sqlite3.connect(path) as copy:
        source.backup(copy)
        copy.execute("UPDATE change SET id = id + 40")

    names = [
        [item["id"] for item in (await make_datasette(one).client.get("/archive/-/changes.feed.json")).json()["items"]]
        for one in (archive_path, path)
    ]

    assert names[0] == names[1] != []


@pytest.mark.asyncio
async def test_older_entries_are_on_the_next_page(ds: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "ENTRIES", 1)

    first = (await ds.client.get("/archive/-/changes.feed.json?min=0")).json()
    second = (await ds.client.get(first["next_url"].removeprefix("http://localhost"))).json()

    assert [item["date_published"][:10] for item in first["items"] + second["items"]] == ["2023-02-01", "2023-01-22"]
    assert "next_url" not in second


@pytest.mark.asyncio
async def test_a_page_names_its_feed(ds: Datasette) -> None:
    for path in (
        "/archive/-/changes?min=0",
        "/archive/-/story/lower-vane",
        "/archive/-/page/1",
        "/archive/-/search?q=41",
    ):
        found = [
            attributes["href"]
            for tag, attributes in Page((await ds.client.get(path)).text).tags
            if tag == "link" and attributes.get("type") == "application/atom+xml"
        ]
        assert len(found) == 1, path
        assert (await ds.client.get(found[0])).status_code == 200


@pytest.mark.asyncio
async def test_what_an_outlet_wrote_is_text_in_a_feed(ds: Datasette) -> None:
    response = await ds.client.get("/archive/-/search.atom?q=dredging")

    evil = [
        entry
        for entry in ElementTree.fromstring(response.text).iter(f"{ATOM}entry")
        if "Evil" in entry.findtext(f"{ATOM}title", "")
    ]
    (content,) = [entry.findtext(f"{ATOM}content", "") for entry in evil]
    assert "<script" in HOSTILE_TEXT
    assert "&lt;script&gt;" in content
    assert "<script" not in content
    assert "\u202e" not in response.text
    tags = {tag for tag, _ in Page(content).tags}
    assert tags <= {"p", "ins", "del"}


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_words_make_a_feed(one: str, other: str) -> None:
    change = {
        "still_old_at": "2023-01-20T08:00:00.000Z", "seen_at": "2023-01-22T08:00:00.000Z", "reasons": [one], "summary": other,
        "outlet_name": one, "outlet": other, "url": one, "title": other, "diff_hash": "0",
        "withheld_since": None,
    }  # fmt: skip
    entry = feeds.change_entry(change, [Run("replaced", one, other), Run("equal", other, other)], "http://localhost/")
    feed = feeds.Feed(one, "http://localhost/", "http://localhost/f", None, [entry])

    parsed = ElementTree.fromstring(feeds._atom(feed))

    content = parsed.findtext(f"{ATOM}entry/{ATOM}content", "")
    assert {tag for tag, _ in Page(content).tags} <= {"p", "ins", "del"}


@pytest.mark.asyncio
@pytest.mark.parametrize("output", [".atom", ".feed.json"])
@pytest.mark.parametrize("table", ["changes", "version_texts"])
async def test_a_feed_leaks_nothing_that_is_denied(archive_path: Path, ids: Ids, output: str, table: str) -> None:
    denied = {"databases": {"archive": {"tables": {table: {"allow": {"id": "editor"}}}}}}
    ds = make_datasette(archive_path, **{CONFIG: denied})

    for path in ("/archive/-/changes", "/archive/-/story/lower-vane/changes", "/archive/-/page/1/changes"):
        assert (await ds.client.get(path + output)).status_code == 403
    cookies = {"ds_actor": ds.sign({"a": {"id": "editor"}}, "actor")}
    assert (await ds.client.get(f"/archive/-/changes{output}", cookies=cookies)).status_code == 200
