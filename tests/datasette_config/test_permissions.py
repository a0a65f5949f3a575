"""Who sees what: every kind of answer, for nobody, a viewer and an editor, with denied tables and a denied database."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from datasette_config import changing, permissions, plugin, web
from datasette_config.serve import make_datasette
from tests.datasette_config.conftest import Ids
from tests.datasette_config.test_notes import actor, post
from tests.datasette_config.test_pages import CONFIG

WHO = (None, "viewer", "editor")

#: Two archives: one that everybody reads, but for its changes and notes; one for editors only.
CONFIGURED: dict[str, Any] = {
    "databases": {
        "archive": {
            "tables": {
                "changes": {"allow": {"id": ["viewer", "editor"]}},
                "notes": {"allow": {"id": "editor"}},
                "version_texts": {"allow": {"id": ["viewer", "editor"]}},
            },
        },
        "desk": {"allow": {"id": "editor"}},
    },
    "plugins": {"afterprint": {"notes": {"id": "editor"}}},
}


@dataclass(frozen=True)
class Case:
    """An address, and what comes of it for nobody, for a viewer, for an editor."""

    name: str
    path: str
    statuses: tuple[int, int, int]


OPEN, SIGNED_IN, EDITORS = (200, 200, 200), (403, 200, 200), (403, 403, 200)

CASES = [
    # HTML
    Case("home", "/-/afterprint", OPEN),
    Case("story", "/archive/-/story/lower-vane", OPEN),
    Case("timeline shows changes", "/archive/-/page/1", SIGNED_IN),
    Case("changes", "/archive/-/changes?min=0", SIGNED_IN),
    Case("compare reads texts", "/archive/-/compare?a=1&b=2", SIGNED_IN),
    Case("search reads texts", "/archive/-/search?q=boats", SIGNED_IN),
    Case("kept reads texts", "/archive/-/story/lower-vane/kept", SIGNED_IN),
    Case("heat reads texts", "/archive/-/story/lower-vane/heat", SIGNED_IN),
    Case("descent reads texts", "/archive/-/story/lower-vane/descent", SIGNED_IN),
    Case("memento reads texts", "/archive/-/memento/20230120080000/https://daily.test/world/lower-vane", SIGNED_IN),
    # JSON, CSV
    Case("story as JSON", "/archive/-/story/lower-vane.json", OPEN),
    Case("story as CSV", "/archive/-/story/lower-vane.csv", OPEN),
    Case("timeline as JSON", "/archive/-/page/1.json", SIGNED_IN),
    Case("changes as JSON", "/archive/-/changes.json?min=0", SIGNED_IN),
    Case("compare as JSON", "/archive/-/compare.json?a=1&b=2", SIGNED_IN),
    Case("search as JSON", "/archive/-/search.json?q=boats", SIGNED_IN),
    Case("kept as JSON", "/archive/-/story/lower-vane/kept.json", SIGNED_IN),
    Case("notes as JSON", "/archive/notes.json", EDITORS),
    # feeds
    Case("changes as Atom", "/archive/-/changes.atom?min=0", SIGNED_IN),
    Case("changes as JSON Feed", "/archive/-/changes.feed.json?min=0", SIGNED_IN),
    Case("changes of a story", "/archive/-/story/lower-vane/changes.atom", SIGNED_IN),
    Case("changes of a page", "/archive/-/page/1/changes.atom", SIGNED_IN),
    Case("search as Atom", "/archive/-/search.atom?q=boats", SIGNED_IN),
    # the denied database, by every kind of page
    Case("desk: story", "/desk/-/story/lower-vane", EDITORS),
    Case("desk: story as JSON", "/desk/-/story/lower-vane.json", EDITORS),
    Case("desk: story as CSV", "/desk/-/story/lower-vane.csv", EDITORS),
    Case("desk: timeline", "/desk/-/page/1", EDITORS),
    Case("desk: changes", "/desk/-/changes?min=0", EDITORS),
    Case("desk: Atom", "/desk/-/changes.atom?min=0", EDITORS),
    Case("desk: compare", "/desk/-/compare?a=1&b=2", EDITORS),
    Case("desk: search", "/desk/-/search?q=boats", EDITORS),
    Case("desk: search as Atom", "/desk/-/search.atom?q=boats", EDITORS),
    Case("desk: kept", "/desk/-/story/lower-vane/kept", EDITORS),
    Case("desk: time map", "/desk/-/timemap/link/https://daily.test/world/lower-vane", EDITORS),
    Case("desk: notes", "/desk/notes.json", EDITORS),
    Case("desk: a story that there is not", "/desk/-/story/nothing", (403, 403, 404)),
]


@pytest.fixture
def archives(archive_path: Path, ids: Ids, tmp_path: Path) -> tuple[Path, Path]:
    found = tmp_path / "archive.db", tmp_path / "desk.db"
    for path in found:
        shutil.copy(archive_path, path)
    with sqlite3.connect(found[1]) as db:
        db.execute("UPDATE story SET title = 'The secret of the desk'")
    return found


def served(archives: tuple[Path, Path], **options: Any) -> Datasette:
    ds = make_datasette(archives[0], **{CONFIG: CONFIGURED}, **options)
    if len(archives) > 1:
        from datasette.database import Database

        ds.add_database(Database(ds, path=str(archives[1]), is_mutable=True), name="desk")
    return ds


@pytest.mark.asyncio
@pytest.mark.parametrize("base", ["", "/press"])
@pytest.mark.parametrize("who", WHO)
async def test_the_matrix(archives: tuple[Path, Path], who: str | None, base: str) -> None:
    ds = served(archives, settings={"base_url": f"{base}/"})
    wrong = {}

    for case in CASES:
        answered = await ds.client.get(case.path, cookies=actor(ds, who))
        if answered.status_code != case.statuses[WHO.index(who)]:
            wrong[case.name] = answered.status_code
        if who != "editor":
            assert "secret of the desk" not in answered.text, case.name
        if answered.status_code == 403:
            for words in ("41 boats", "daily.test", "39 boats"):
                assert words not in answered.text.replace(case.path, ""), case.name
    assert wrong == {}


@pytest.mark.asyncio
@pytest.mark.parametrize("who", WHO)
async def test_nothing_links_to_what_is_denied(archives: tuple[Path, Path], who: str | None) -> None:
    ds = served(archives)

    home = (await ds.client.get("/-/afterprint", cookies=actor(ds, who))).text

    assert ("/desk/" in home) is (who == "editor")


@pytest.mark.asyncio
@pytest.mark.parametrize(("who", "status"), [(None, 403), ("viewer", 403), ("editor", 303)])
async def test_writing_is_in_the_matrix_too(archives: tuple[Path, Path], who: str | None, status: int) -> None:
    ds = served(archives)

    for database in ("archive", "desk"):
        cookies = actor(ds, who)
        shown = await ds.client.get(f"/{database}/-/compare?a=1&b=2", cookies=cookies)
        if "csrftoken" in shown.text and database == "archive":
            assert (await post(ds, who, a=1, b=2, text="x")).status_code == status
        else:
            bare = await ds.client.post(f"/{database}/-/note", data={"a": "1"}, cookies=cookies)
            assert bare.status_code in (403, 400)
    counted = sqlite3.connect(archives[0]).execute("SELECT count(*) FROM annotation").fetchone()
    assert counted == (int(status == 303),)


# --- hooks that fail --------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("module", "name"),
    [
        (web, "is_archive"),  # start-up, permissions
        (plugin, "ensure_views"),  # the menu
        (plugin, "tilde_encode"),  # cells
        (plugin, "load_configuration"),  # metadata
        (permissions, "may_note"),
        (permissions, "closed_resources"),
        (permissions, "is_closed"),
        (plugin, "set_metadata"),
    ],
)
async def test_a_hook_that_fails_takes_no_page_of_datasette_down(
    archive_path: Path, ids: Ids, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    ds = make_datasette(archive_path)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(module, name, fails)

    for path in ("/", "/archive", "/archive/stories", "/archive/changes", "/archive/runs.json"):
        assert (await ds.client.get(path)).status_code == 200, path


@pytest.mark.asyncio
async def test_a_page_of_ours_that_fails_leaves_the_others_alone(
    archive_path: Path, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    ds = make_datasette(archive_path)
    monkeypatch.setattr(changing, "list_changes", None)

    assert (await ds.client.get("/archive/-/changes")).status_code == 500
    assert (await ds.client.get("/archive/-/story/lower-vane")).status_code == 200
