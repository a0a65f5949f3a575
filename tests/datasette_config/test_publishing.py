"""The copy that is given away: slim, readable, searchable, and without what must not be in it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from datasette.app import Datasette

from archive.cli import main
from archive.types import WITHHELD
from datasette_config.publishing import WORKING_TABLES, _without_folders
from tests.datasette_config.conftest import Ids
from tests.datasette_config.test_pages import EVERY_PAGE

COPY = "https://daily.test/world/lower-vane"


@pytest.fixture
def source(archive_path: Path, ids: Ids, tmp_path: Path) -> Path:
    path = tmp_path / "source.db"
    shutil.copy(archive_path, path)
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute('UPDATE capture SET headers = \'[["set-cookie", "session=secret"]]\'')
    db.execute("UPDATE run_source SET query = '/home/somebody/captures/2023.warc.gz' WHERE source = 'feed'")
    db.execute(
        """INSERT INTO annotation (old_capture_id, new_capture_id, author, text, created_at)
           VALUES (2, 5, 'Ada', 'Look', '2023')"""
    )
    db.commit()
    db.close()
    return path


def published(source: Path, *options: str) -> tuple[Path, Result]:
    out = source.with_name("archive.db")
    return out, CliRunner().invoke(main, ["--archive", str(source), "publish", str(out), *options])


def bytes_of(path: Path) -> bytes:
    return path.read_bytes()


def test_the_copy_is_slim_and_opens_immutable(source: Path) -> None:
    out, result = published(source)

    assert result.exit_code == 0, result.output
    assert "5 pages, 8 versions" in result.output
    db = sqlite3.connect(f"file:{out}?immutable=1", uri=True)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert db.execute("SELECT sum(length(data)), count(*) > 0 FROM body").fetchone() == (0, 1)
    assert b"session=secret" not in bytes_of(out)
    assert b"/home/somebody" not in bytes_of(out)
    assert b"2023.warc.gz" in bytes_of(out)
    assert db.execute("SELECT count(*) FROM annotation").fetchone() == (0,)
    known = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert set(WORKING_TABLES) <= known, "the names are those of the archive"
    assert {db.execute(f"SELECT count(*) FROM {name}").fetchone() for name in WORKING_TABLES} == {(0,)}
    assert not list(out.parent.glob("*.part"))


def test_bodies_and_notes_are_there_if_asked_for(source: Path) -> None:
    out, _ = published(source, "--bodies", "--notes")

    db = sqlite3.connect(out)
    assert db.execute("SELECT sum(length(data)) > 0 FROM body").fetchone() == (1,)
    assert db.execute("SELECT author FROM annotation").fetchone() == ("Ada",)


@pytest.mark.asyncio
async def test_every_page_reads_as_in_the_archive(source: Path) -> None:
    out, _ = published(source)
    ours, theirs = Datasette([str(source.rename(source.parent / "x.db"))]), Datasette([], immutables=[str(out)])

    for path in EVERY_PAGE:
        there = await theirs.client.get(path)
        here = await ours.client.get(path.replace("/archive/", "/x/"))
        assert there.status_code == here.status_code == 200, path
    assert (await theirs.client.get("/archive/-/search.json?q=boats")).json()["pages"]


@pytest.mark.asyncio
async def test_a_withheld_text_is_nowhere(source: Path) -> None:
    out, result = published(source, "--withhold", COPY, "--bodies")

    assert result.exit_code == 0, result.output
    for words in (b"asked the council for comment", b"39 boats", b"41 boats in the mud"):
        assert words not in bytes_of(out), words
    assert b"41 boats lie" in bytes_of(out), "the story's own text is not the page's"
    ds = Datasette([], immutables=[str(out)])
    for path, status in {
        "/archive/-/page/1": 200,
        "/archive/-/changes?min=0": 200,
        "/archive/-/changes.atom?min=0": 200,
        "/archive/-/story/lower-vane/kept": 200,
        "/archive/-/story/lower-vane/descent.json": 200,
        "/archive/-/compare?a=1&b=2": 451,
        "/archive/-/compare.json?a=text:1&b=1": 451,
        "/archive/-/story/lower-vane/heat?base=1": 451,
        f"/archive/-/memento/20230120080000/{COPY}": 451,
    }.items():
        answered = await ds.client.get(path)
        assert answered.status_code == status, path
        assert "39 boats" not in answered.text, path
        assert status == 200 or WITHHELD in answered.text
    assert "1 copy whose text is withheld is left out" in (await ds.client.get("/archive/-/story/lower-vane/kept")).text
    assert not (await ds.client.get("/archive/-/search.json?q=council comment")).json()["pages"]


def test_an_address_that_no_page_has_is_not_passed_over(source: Path) -> None:
    _, result = published(source, "--withhold", "https://nowhere.test/")

    assert result.exit_code == 1
    assert "nothing of it was withheld" in result.output


def test_nothing_is_written_over_by_accident(source: Path) -> None:
    out, _ = published(source)
    before = bytes_of(out)

    _, again = published(source)
    assert again.exit_code == 2
    assert bytes_of(out) == before
    assert published(source, "--force")[1].exit_code == 0
    itself = CliRunner().invoke(main, ["--archive", str(source), "publish", str(source), "--force"])
    assert (itself.exit_code, source.exists()) == (2, True)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/home/me/a.warc.gz", "a.warc.gz"),
        ("C:\\Users\\me\\a.warc.gz", "a.warc.gz"),
        ("https://daily.test/rss", "https://daily.test/rss"),
        ("a.warc.gz", "a.warc.gz"),
        (None, None),
    ],
)
def test_folders_are_left_out(text: str | None, left: str | None) -> None:
    assert _without_folders(text) == left
