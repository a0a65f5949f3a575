"""Withheld pages in Datasette: on no page, in no feed, in no table, by no SQL of a reader."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from datasette.app import Datasette

from archive.store import Store
from archive.types import WITHHELD
from datasette_config import permissions
from datasette_config.permissions import CLOSED_TABLES
from datasette_config.publishing import publish
from datasette_config.serve import make_datasette
from tests.archive.test_process import T
from tests.datasette_config.conftest import Ids
from tests.datasette_config.test_pages import CONFIG, EVERY_PAGE

#: Either Datasette has its own route for SQL, and answers 400 or 404 on the other's.
REFUSED = (400, 403, 404)
COPY = "https://daily.test/world/lower-vane"
#: Said by the page that is withheld, and by nobody else here.
SECRETS = (
    "asked the council for comment",
    "39 boats in the mud",
    "gave a wrong number of boats",
    "41 boats in the mud",
)
#: Where its words could be met, beside the pages themselves.
MORE = [
    "/archive/-/changes.json?min=0", "/archive/-/changes.atom?min=0", "/archive/-/changes.feed.json?min=0",
    "/archive/-/page/1.json", "/archive/-/page/1/changes.atom", "/archive/-/story/lower-vane.json",
    "/archive/-/story/lower-vane.csv", "/archive/-/story/lower-vane/changes.atom",
    "/archive/-/story/lower-vane/kept.json", "/archive/-/story/lower-vane/heat.json",
    "/archive/-/story/lower-vane/descent.json", "/archive/-/search.json?q=council", "/archive/-/search.atom?q=council",
    "/archive/-/search?q=%22wrong+number%22", "/archive/-/compare.json?a=1&b=2",
    f"/archive/-/memento/20230120080000/{COPY}", f"/archive/-/timemap/link/{COPY}",
]  # fmt: skip


@pytest.fixture
def path(archive_path: Path, ids: Ids, tmp_path: Path) -> Path:
    copied = tmp_path / "archive.db"
    shutil.copy(archive_path, copied)
    decide(copied, withhold=True)
    return copied


def decide(path: Path, *, withhold: bool) -> None:
    with Store(path) as store:
        assert store.decide(1, COPY, withhold=withhold, reason="letter of 3 March", by="Ada Brandt", now=T)


@pytest.mark.asyncio
@pytest.mark.parametrize("address", [*EVERY_PAGE, *MORE])
async def test_no_page_and_no_feed_says_it(path: Path, address: str) -> None:
    response = await make_datasette(path).client.get(address)

    assert response.status_code in (200, 451)
    for words in SECRETS:
        assert words not in response.text, words
    if "a=1&" in address or "memento/20230120" in address:
        assert response.status_code == 451
        assert WITHHELD in response.text


@pytest.mark.asyncio
async def test_no_table_shows_it_to_anybody(path: Path) -> None:
    ds = make_datasette(path)
    root = {"ds_actor": ds.sign({"a": {"id": "root"}}, "actor")}
    names = [
        name
        for (name,) in sqlite3.connect(path).execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    ]
    closed = set()

    for name in names:
        for ending in ("", ".json?_labels=on&_shape=objects&_size=max", ".csv?_labels=on&_stream=on"):
            response = await ds.client.get(f"/archive/{name}{ending}", cookies=root)
            assert response.status_code in (200, 403), name
            if response.status_code == 403:
                closed.add(name)
            for words in SECRETS:
                assert words not in response.text, (name, words)
    assert closed == set(CLOSED_TABLES)
    assert (await ds.client.get("/archive/EXTRACTION")).status_code in (403, 404)
    assert (await ds.client.get("/archive/extraction/1.json")).status_code == 403
    assert (await ds.client.get("/archive/version/1.json")).status_code == 200


@pytest.mark.asyncio
@pytest.mark.parametrize("address", ["/archive.json?sql=", "/archive/-/query.json?sql=", "/archive.csv?sql="])
async def test_sql_of_readers_is_closed_while_something_is_withheld(path: Path, address: str) -> None:
    ds = make_datasette(path)
    root = {"ds_actor": ds.sign({"a": {"id": "root"}}, "actor")}
    question = "select+text+from+extraction"

    for cookies in ({}, root):
        response = await ds.client.get(address + question, cookies=cookies, follow_redirects=True)
        assert response.status_code in REFUSED
        assert "council" not in response.text
    where = await ds.client.get("/archive/versions.json?_where=id+in+(select+id+from+extraction)")
    assert where.status_code in (400, 403)


@pytest.mark.asyncio
async def test_sql_across_databases_is_closed_too(path: Path) -> None:
    ds = make_datasette(path, crossdb=True, memory=True)

    for address in ("/_memory.json?sql=", "/_memory/-/query.json?sql="):
        answered = await ds.client.get(address + "select+text+from+[archive].extraction", follow_redirects=True)
        assert answered.status_code in REFUSED


@pytest.mark.asyncio
async def test_stored_queries_are_closed_too(path: Path) -> None:
    queries = {"databases": {"archive": {"queries": {"all_texts": {"sql": "select text from extraction"}}}}}
    ds = make_datasette(path, **{CONFIG: queries})
    assert (await ds.client.get("/archive/all_texts.json")).status_code in (403, 404)  # 1.0 does not say that it exists

    decide(path, withhold=False)
    assert (await ds.client.get("/archive/all_texts.json")).status_code == 200


@pytest.mark.asyncio
async def test_a_running_server_heeds_a_decision_at_once(path: Path) -> None:
    ds = make_datasette(path)
    assert (await ds.client.get("/archive/extraction")).status_code == 403
    assert "Withheld since" in (await ds.client.get("/archive/-/page/1")).text

    decide(path, withhold=False)

    assert (await ds.client.get("/archive/extraction")).status_code == 200
    assert (await ds.client.get("/archive/-/compare?a=1&b=2")).status_code == 200
    assert SECRETS[0] in (await ds.client.get("/archive/-/compare?a=1&b=2")).text


@pytest.mark.asyncio
async def test_a_published_copy_honours_it_and_stays_open_to_sql(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "public.db"
    publish(path, out, bodies=True, notes=True)

    for words in (*SECRETS, "letter of 3 March", "Ada Brandt decided"):
        assert words.encode() not in out.read_bytes(), words
    assert sqlite3.connect(out).execute("SELECT reason, decided_by FROM withholding").fetchall() == [("", "")]
    ds = Datasette([], immutables=[str(out)])
    assert "Withheld since" in (await ds.client.get("/public/-/page/1")).text
    assert (await ds.client.get("/public/extraction.json")).status_code == 200
    answered = await ds.client.get("/public.json?sql=select+count(*)+from+extraction", follow_redirects=True)
    assert answered.status_code == 200


@pytest.mark.asyncio
async def test_what_cannot_be_asked_is_closed(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DROP VIEW withheld_pages")  # as in an archive of another age

    ds = make_datasette(path)

    assert (await ds.client.get("/archive/extraction")).status_code == 403
    assert (await ds.client.get("/archive/runs")).status_code == 200


@pytest.mark.asyncio
async def test_a_bug_of_ours_closes_and_does_not_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(_: object) -> bool:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(permissions, "is_archive", fails)
    ds = make_datasette(path)

    assert (await ds.client.get("/archive/extraction.json")).status_code == 403
    assert (await ds.client.get("/archive/stories.json")).status_code == 200
