"""Notes of people: who may write them, that they stay, and that they are text."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from datasette.app import Datasette

from archive.cli import main
from archive.exceptions import NoteError
from archive.notes import clean_note, edit_note, is_writable, note_change, take_back
from archive.store import Store
from datasette_config._compat import Action
from datasette_config.publishing import publish
from datasette_config.serve import make_datasette
from tests.archive.test_process import EDITED, T, add, page, rows, run
from tests.datasette_config.conftest import Ids
from tests.datasette_config.test_pages import CONFIG, Page

EDITORS = {"plugins": {"afterprint": {"notes": {"id": ["editor", "other"]}}}}
EVIL = "=cmd|' /C calc'!A0 <script>alert(1)</script> \u202egnp.exe"
COMPARE = "/archive/-/compare?a=1&b=2"


@pytest.fixture
def path(archive_path: Path, ids: Ids, tmp_path: Path) -> Path:
    copied = tmp_path / "archive.db"
    shutil.copy(archive_path, copied)
    return copied


@pytest.fixture
def ds(path: Path) -> Datasette:
    return make_datasette(path, **{CONFIG: EDITORS})


def actor(ds: Datasette, name: str | None) -> dict[str, str]:
    return {"ds_actor": ds.sign({"a": {"id": name}}, "actor")} if name else {}


async def post(
    ds: Datasette, name: str | None = "editor", *, at: str = COMPARE, base: str = "", **fields: object
) -> Any:
    """Send the form as a browser does that has read the page it stands on."""
    cookies = actor(ds, name)
    shown = await ds.client.get(at, cookies=cookies)
    token = re.search(r'name="csrftoken" value="([^"]+)"', shown.text)
    if "ds_csrftoken" in shown.cookies:
        cookies["ds_csrftoken"] = shown.cookies["ds_csrftoken"]
    data = {key: str(value) for key, value in fields.items()} | ({"csrftoken": token[1]} if token else {})
    return await ds.client.post(
        f"{base}/archive/-/note", data=data, cookies=cookies, headers={"sec-fetch-site": "same-origin"}
    )


@pytest.mark.asyncio
async def test_a_note_on_a_change_is_shown_wherever_the_change_is(ds: Datasette) -> None:
    answered = await post(ds, a=1, b=2, text=EVIL)

    assert (answered.status_code, answered.headers["location"]) == (303, "/archive/-/compare?a=1&b=2#notes")
    for address in (COMPARE, "/archive/-/compare?a=2&b=1", "/archive/-/page/1", "/archive/-/changes?min=0"):
        html = (await ds.client.get(address)).text
        assert "&lt;script&gt;alert(1)" in html, address
        assert "<script>alert" not in html
        assert "\u202e" not in html
        assert "editor" in html
    assert "1 note" in (await ds.client.get("/archive/-/story/lower-vane")).text
    (note,) = (await ds.client.get("/archive/-/compare.json?a=1&b=2")).json()["notes"]
    assert (note["author"], note["text"]) == ("editor", EVIL)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", note["noted_at"])
    assert len((await ds.client.get("/archive/-/page/1.json")).json()["notes"]) == 1
    changes = (await ds.client.get("/archive/-/changes.json?min=0")).json()["changes"]
    assert [len(change["notes"]) for change in changes] == [1, 0]
    listed = (await ds.client.get("/archive/-/story/lower-vane.json")).json()["pages"]
    assert {row["page_id"]: row["notes"] for row in listed}[1] == 1


@pytest.mark.asyncio
async def test_a_note_on_a_match_stands_on_its_page(ds: Datasette, path: Path) -> None:
    match = rows_of(path, "SELECT match_id FROM story_pages WHERE page_id = 2")[0][0]

    answered = await post(ds, at="/archive/-/page/2", match=match, text="A fine translation")

    assert answered.headers["location"] == "/archive/-/page/2#notes"
    html = (await ds.client.get("/archive/-/page/2", cookies=actor(ds, "editor"))).text
    assert "A fine translation" in html
    assert "on what it is to" in html


@pytest.mark.asyncio
async def test_an_edit_is_a_new_row_and_taking_back_is_marked(ds: Datasette, path: Path) -> None:
    await post(ds, a=1, b=2, text="First")
    await post(ds, note=1, text="Second")
    stale = await post(ds, note=1, text="Third")
    (note,) = (await ds.client.get("/archive/-/compare.json?a=1&b=2")).json()["notes"]
    assert (note["id"], note["text"], note["edited"]) == (2, "Second", 1)
    assert stale.status_code == 404, "what was replaced is no note any more"

    await post(ds, note=2, take_back="1")

    assert (await ds.client.get("/archive/-/compare.json?a=1&b=2")).json()["notes"] == []
    assert rows_of(path, "SELECT text, replaces, deleted FROM annotation ORDER BY id") == [
        ("First", None, 0),
        ("Second", 1, 0),
        ("", 2, 1),
    ]
    with sqlite3.connect(path) as db, pytest.raises(sqlite3.IntegrityError, match="only added to"):
        db.execute("UPDATE annotation SET text = 'Forged'")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("name", "fields", "status"),
    [
        (None, {"a": 1, "b": 2, "text": "x"}, 403),
        ("viewer", {"a": 1, "b": 2, "text": "x"}, 403),
        ("root", {"a": 1, "b": 2, "text": "x"}, 403),  # the configuration names others
        ("editor", {"a": 1, "b": 2, "text": "  "}, 400),
        ("editor", {"a": 1, "b": 2}, 400),
        ("editor", {"a": 1, "b": "x", "text": "x"}, 400),
        ("editor", {"a": 1, "text": "x"}, 400),
        ("editor", {"a": 1, "b": 99, "text": "x"}, 404),
        ("editor", {"match": 99, "text": "x"}, 404),
        ("editor", {"note": 99, "text": "x"}, 404),
        ("editor", {"a": 1, "b": 2, "text": "x" * 4001}, 400),
        ("editor", {"a": 1, "b": 2, "text": "x" * 90_000}, 413),
        ("editor", {"a": 1, "b": 2, "text": "é" * 4000}, 303),
    ],
)
async def test_who_may_note_what(
    ds: Datasette, path: Path, name: str | None, fields: dict[str, object], status: int
) -> None:
    answered = await post(ds, name, **fields)

    assert answered.status_code == status
    assert rows_of(path, "SELECT count(*) FROM annotation") == [(int(status == 303),)]


@pytest.mark.asyncio
async def test_a_note_of_somebody_else_stays(ds: Datasette) -> None:
    await post(ds, a=1, b=2, text="Mine")

    answered = await post(ds, "other", note=1, text="Yours")

    assert answered.status_code == 409
    assert "somebody else" in answered.text
    html = (await ds.client.get(COMPARE, cookies=actor(ds, "other"))).text
    assert "Edit or take back" not in html
    assert "Edit or take back" in (await ds.client.get(COMPARE, cookies=actor(ds, "editor"))).text


@pytest.mark.asyncio
@pytest.mark.parametrize(("name", "offered"), [(None, False), ("viewer", False), ("editor", True)])
async def test_the_form_is_offered_to_who_may(ds: Datasette, name: str | None, offered: bool) -> None:
    for address in (COMPARE, "/archive/-/page/1"):
        page = Page((await ds.client.get(address, cookies=actor(ds, name))).text)
        forms = [attributes for tag, attributes in page.tags if tag == "form" and attributes.get("method") == "post"]
        assert bool(forms) is offered
        assert all(form["action"] == "/archive/-/note" for form in forms)


@pytest.mark.asyncio
async def test_only_the_root_actor_may_where_nothing_is_configured(path: Path) -> None:
    ds = make_datasette(path)

    assert (await post(ds, "editor", a=1, b=2, text="x")).status_code == 403
    assert (await post(ds, "root", a=1, b=2, text="x")).status_code == 303
    never = make_datasette(path, **{CONFIG: {"plugins": {"afterprint": {"notes": False}}}})
    assert (await post(never, "root", a=1, b=2, text="x")).status_code == 403


@pytest.mark.asyncio
async def test_another_site_cannot_note_in_a_readers_name(ds: Datasette, path: Path) -> None:
    answered = await ds.client.post(
        "/archive/-/note",
        data={"a": "1", "b": "2", "text": "x"},
        cookies=actor(ds, "editor"),
        headers={"origin": "https://evil.test", "sec-fetch-site": "cross-site"},
    )

    assert answered.status_code == 403
    assert rows_of(path, "SELECT count(*) FROM annotation") == [(0,)]


@pytest.mark.asyncio
async def test_reading_the_address_of_the_form_is_answered(ds: Datasette) -> None:
    assert (await ds.client.get("/archive/-/note", cookies=actor(ds, "editor"))).status_code == 405


@pytest.mark.asyncio
async def test_an_immutable_archive_offers_no_form_and_says_why(path: Path) -> None:
    ds = Datasette([], immutables=[str(path)], **{CONFIG: EDITORS})

    assert "/-/note" not in (await ds.client.get(COMPARE, cookies=actor(ds, "editor"))).text
    answered = await post(ds, a=1, b=2, text="x", at="/-/logout")
    assert answered.status_code in (403, 409)
    assert rows_of(path, "SELECT count(*) FROM annotation") == [(0,)]


@pytest.mark.asyncio
async def test_a_file_that_may_not_be_written_offers_no_form(
    ds: Datasette, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.chmod(stat.S_IRUSR)
    # Root, as in a container, may write to anything.
    monkeypatch.setattr(os, "access", lambda place, mode: bool(Path(place).stat().st_mode & stat.S_IWUSR))
    assert not is_writable(path)

    assert "/-/note" not in (await ds.client.get(COMPARE, cookies=actor(ds, "editor"))).text


@pytest.mark.asyncio
async def test_it_works_below_a_base_url(path: Path) -> None:
    ds = make_datasette(path, settings={"base_url": "/press/"}, **{CONFIG: EDITORS})

    html = (await ds.client.get(COMPARE, cookies=actor(ds, "editor"))).text
    answered = await post(ds, a=1, b=2, text="Below")

    assert 'action="/press/archive/-/note"' in html
    assert answered.headers["location"] == "/press/archive/-/compare?a=1&b=2#notes"


@pytest.mark.asyncio
async def test_notes_are_hidden_from_who_may_not_see_them(path: Path) -> None:
    config = {**EDITORS, "databases": {"archive": {"tables": {"notes": {"allow": {"id": "editor"}}}}}}
    ds = make_datasette(path, **{CONFIG: config})
    await post(ds, a=1, b=2, text="Between us")

    for address in (COMPARE, "/archive/-/compare.json?a=1&b=2", "/archive/-/page/1", "/archive/-/changes.json?min=0"):
        assert "Between us" not in (await ds.client.get(address)).text
        assert "Between us" in (await ds.client.get(address, cookies=actor(ds, "editor"))).text


@pytest.mark.asyncio
async def test_a_note_about_a_withheld_page_is_withheld_with_it(ds: Datasette, path: Path) -> None:
    await post(ds, a=1, b=2, text="It said 39 boats")
    with Store(path) as store:
        store.decide(1, "https://daily.test/world/lower-vane", withhold=True, reason="r", by="Ada", now=T)

    for address in (
        "/archive/-/page/1",
        "/archive/-/page/1.json",
        "/archive/-/changes.json?min=0",
        "/archive/notes.json",
    ):
        assert "39 boats" not in (await ds.client.get(address, cookies=actor(ds, "editor"))).text
    assert (await post(ds, at="/archive/-/page/2", note=1, text="39 boats")).status_code == 451
    assert (await post(ds, at="/archive/-/page/2", a=1, b=2, text="39 boats")).status_code == 451


def test_a_note_outlives_a_rebuild(tmp_path: Path) -> None:
    with Store(tmp_path / "archive.db") as store:
        add(store, 1)
        add(store, 2, page(EDITED))
        run(store)
        (old,), (new,) = rows(store, "SELECT id FROM version ORDER BY number")
        note_change(store.path, old, new, author="ada", text="Seven more", now=T)
        add(store, 0, page(EDITED.replace("171", "160")), url="https://before.example/")  # ids of versions move

        rebuilt = CliRunner().invoke(main, ["--archive", str(store.path), "process", "--rebuild", "--workers", "1"])

        assert rebuilt.exit_code == 0
        (found,) = rows(store, "SELECT text, old_version_id, new_version_id FROM notes")
        assert found[0] == "Seven more"
        assert found[1:] == rows(store, "SELECT old_version_id, new_version_id FROM change")[0]


def test_notes_are_exported_without_formulas(path: Path, tmp_path: Path) -> None:
    note_change(path, 1, 2, author="ada", text=EVIL, now=T)

    for name in ("notes.csv", "notes.json"):
        done = CliRunner().invoke(main, ["--archive", str(path), "export", "notes", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
    (row,) = csv.DictReader((tmp_path / "notes.csv").open(encoding="utf-8", newline=""))
    assert row["text"] == f"'{EVIL}"
    (note,) = json.loads((tmp_path / "notes.json").read_text(encoding="utf-8"))
    assert note["text"] == EVIL
    assert (len(note["old_body_sha256"]), note["url"]) == (64, "https://daily.test/world/lower-vane")


def test_a_published_copy_has_notes_as_they_are_now_if_asked_for(path: Path, tmp_path: Path) -> None:
    note_change(path, 1, 2, author="ada", text="First words", now=T)
    edit_note(path, 1, author="ada", text="Better words", now=T)
    taken = note_change(path, 2, 3, author="ada", text="Rash words", now=T)
    take_back(path, taken, author="ada", now=T)
    publish(path, tmp_path / "with.db", notes=True)
    publish(path, tmp_path / "without.db")

    assert rows_of(tmp_path / "with.db", "SELECT text FROM notes") == [("Better words",)]
    assert rows_of(tmp_path / "with.db", "PRAGMA foreign_key_check") == []
    for words in (b"First words", b"Rash words"):
        assert words not in (tmp_path / "with.db").read_bytes()
    assert b"Better words" not in (tmp_path / "without.db").read_bytes()


def test_what_was_taken_back_cannot_be_edited(path: Path) -> None:
    note_id = note_change(path, 1, 2, author="ada", text="Rash", now=T)
    gone = take_back(path, note_id, author="ada", now=T)

    for one in (note_id, gone):
        with pytest.raises(NoteError, match="edited meanwhile"):
            edit_note(path, one, author="ada", text="Again", now=T)


def test_control_characters_are_left_out() -> None:
    assert clean_note("a\x00\x1b[2J\r\nb") == "a[2J\nb"


@pytest.mark.skipif(Action is None, reason="Datasette 0.65 has no register of actions")
@pytest.mark.asyncio
async def test_the_permission_is_registered(ds: Datasette) -> None:
    await ds.invoke_startup()
    assert "afterprint-note" in ds.actions


def rows_of(path: Path, sql: str) -> list[tuple[Any, ...]]:
    return sqlite3.connect(path).execute(sql).fetchall()
