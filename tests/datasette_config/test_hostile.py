"""Outlets that mean harm: what they write is text on every page, feed, export, message and terminal."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from archive.alerts import Event
from archive.cli import main
from archive.deliver_message import Message, alert_to_tell
from archive.notes import note_change, note_match
from archive.search import spaced
from archive.store import Store
from archive.urls import url_key
from datasette_config.serve import make_datasette
from tests.archive.test_process import T
from tests.datasette_config.conftest import Ids
from tests.datasette_config.test_pages import EVERY_PAGE, Page

#: A formula, markup, an end of a script, a turn of the reading direction, a command to a terminal, a template.
EVIL = "=HYPERLINK(\"http://evil.test\") <script>alert('evil')</script></script><img src=x onerror=alert(1)> \u202eexe\u2066 \x1b]0;owned\x07 {{ 7 * 7 }}"
EVIL_URL = "javascript:alert('evil')//https://evil.test/\u202egnp"

#: Every column that holds words of somebody else; the ids, digests and offsets around them stay as they are.
POISONED = {
    "story": ("title", "outlet"),
    "outlet": (),
    "lead": ("url", "query", "title", "note", "outlet", "score_reason"),
    "extraction": (
        "title",
        "subtitle",
        "byline",
        "published",
        "section",
        "site_name",
        "image",
        "caption",
        "correction",
    ),
    "capture": ("error_detail", "media_type", "final_url"),
    "reading": ("why",),
    "change": ("summary", "fallback"),
    "match": ("credit", "credit_name", "explanation"),
    "direction": ("why",),
    "availability_state": ("sentence", "evidence", "moved_to"),
    "run_source": ("query", "reason"),
    "run": ("note",),
}
LISTS = {"change": ("reasons", "outlet_lines"), "reading": ("reasons",), "direction": ("notes",)}

COPY = "https://daily.test/world/lower-vane"
FEEDS = [
    "/archive/-/changes.atom?min=0", "/archive/-/story/lower-vane/changes.atom", "/archive/-/page/1/changes.atom",
    "/archive/-/search.atom?q=boats",
]  # fmt: skip
TWINS = [
    "/archive/-/changes.json?min=0", "/archive/-/changes.feed.json?min=0", "/archive/-/page/1.json",
    "/archive/-/page/3.json", "/archive/-/story/lower-vane.json", "/archive/-/compare.json?a=1&b=2",
    "/archive/-/search.json?q=boats", "/archive/-/story/lower-vane/kept.json",
]  # fmt: skip


@pytest.fixture
def path(archive_path: Path, ids: Ids, tmp_path: Path) -> Path:
    copied = tmp_path / "archive.db"
    shutil.copy(archive_path, copied)
    with sqlite3.connect(copied) as db:
        for table, columns in POISONED.items():
            for column in columns:
                value = EVIL_URL if column in ("url", "final_url", "moved_to", "image") else EVIL
                unique = " || id" if (table, column) == ("lead", "url") else ""
                db.execute(f"UPDATE {table} SET [{column}] = ?{unique}", (value,))
        for table, columns in LISTS.items():
            for column in columns:
                db.execute(f"UPDATE {table} SET [{column}] = ?", (json.dumps([EVIL]),))
        db.execute(
            "UPDATE extraction SET text = ? || char(10) || text, links = ?", (EVIL, json.dumps([[EVIL_URL, EVIL]]))
        )
        db.execute("UPDATE page SET url = ? || id WHERE id = 3", (EVIL_URL,))
        for version, text in db.execute(
            "SELECT v.id, e.text FROM version v JOIN extraction e ON e.id = v.extraction_id"
        ):
            db.execute(
                "UPDATE version_fts SET title = ?, text = ? WHERE rowid = ?", (spaced(EVIL), spaced(text), version)
            )
        db.execute("UPDATE page_url SET url_key = ? WHERE page_id = 1", (url_key(COPY),))
    note_change(copied, 1, 2, author=EVIL, text=EVIL, now=T)
    note_match(copied, 5, 1, author=EVIL, text=EVIL, now=T)
    with Store(copied) as store:
        details = {"outlet": EVIL, "url": EVIL_URL, "page_id": 3, "credit": EVIL}
        store.add_alert(1, Event("new_copy", "lower-vane:page:3", EVIL), T, silent="", details=details)
    return copied


@pytest.mark.asyncio
@pytest.mark.parametrize("address", EVERY_PAGE)
async def test_no_page_runs_or_links_it(path: Path, address: str) -> None:
    if "memento" in address:
        address = f"/archive/-/memento/20230120080000/{COPY}"

    answered = await make_datasette(path).client.get(address)

    assert answered.status_code == 200
    html = answered.text
    page = Page(html)
    assert [tag for tag, _ in page.tags].count("script") == 1, "ours"
    assert not {"img", "iframe", "object", "base"} & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert all(href.startswith(("/", "#", "http://", "https://")) for href in page.hrefs())
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", html)
    assert "49 " not in re.sub(r"<[^>]+>", "", html).replace("49 %", "")
    assert "evil" in html


@pytest.mark.asyncio
@pytest.mark.parametrize("address", FEEDS)
async def test_every_feed_is_well_formed_and_holds_it_as_text(path: Path, address: str) -> None:
    answered = await make_datasette(path).client.get(address)

    root = ElementTree.fromstring(answered.text)
    contents = [element.text or "" for element in root.iter("{http://www.w3.org/2005/Atom}content")]
    assert contents
    for content in contents:
        assert {tag for tag, _ in Page(content).tags} <= {"p", "ins", "del"}
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]", answered.text)
    assert not [
        link.get("href")
        for link in root.iter()
        if (link.get("href") or "http").partition(":")[0] not in ("http", "https")
    ]


@pytest.mark.asyncio
@pytest.mark.parametrize("address", TWINS)
async def test_every_twin_is_json_that_no_browser_takes_for_a_page(path: Path, address: str) -> None:
    answered = await make_datasette(path).client.get(address)

    assert answered.json()
    assert answered.headers["content-type"].startswith(("application/json", "application/feed+json"))
    assert answered.headers["x-content-type-options"] == "nosniff"


@pytest.mark.asyncio
async def test_tables_of_datasette_show_it_as_text(path: Path) -> None:
    ds = make_datasette(path)
    for (name,) in sqlite3.connect(path).execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
        page = Page((await ds.client.get(f"/archive/{name}")).text)
        assert not {"img", "iframe"} & {tag for tag, _ in page.tags}, name
        assert not [href for href in page.hrefs() if href.strip().lower().startswith("javascript")], name


@pytest.mark.asyncio
async def test_no_spreadsheet_computes_it(path: Path, tmp_path: Path) -> None:
    answered = await make_datasette(path).client.get("/archive/-/story/lower-vane.csv")
    done = CliRunner().invoke(main, ["--archive", str(path), "export", "notes", str(tmp_path / "notes.csv")])

    assert done.exit_code == 0
    for text in (answered.text, (tmp_path / "notes.csv").read_text(encoding="utf-8")):
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert any(cell.startswith("'=HYPERLINK") for cell in cells)
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["alerts"],
        ["explain", COPY],
        ["diff", "1", "2"],
        ["withhold", "--list"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_no_command_hands_it_to_the_terminal(path: Path, arguments: list[str]) -> None:
    with Store(path) as store:
        store.decide(4, EVIL, withhold=True, reason=EVIL, by=EVIL, now=T)

    done = CliRunner().invoke(main, ["--archive", str(path), *arguments])

    assert done.exit_code == 0, done.output
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]", done.output)


def test_no_message_carries_it_into_a_header_or_a_direction() -> None:
    told = alert_to_tell(
        slug="lower-vane",
        rule="changed",
        summary=f"{EVIL}\r\nBcc: everybody@evil.test",
        created_at=datetime(2026, 3, 10, tzinfo=UTC),
        details={
            "outlet": EVIL,
            "url": EVIL_URL,
            "kind": "copy",
            "confidence": 0.9,
            "explanation": EVIL,
            "credit": EVIL,
            "passages": [{"story_words": EVIL, "page_words": EVIL}],
            "change": {
                "significance": 0.5, "reasons": [EVIL], "fields": {"title": [EVIL, EVIL]}, "edits": [{"old": EVIL, "new": EVIL}],
                "old_version_id": 1, "new_version_id": 2,
            },
        },
        site="https://desk.test/archive",
    )  # fmt: skip
    message = Message("key", "lower-vane", EVIL, None, [told])

    for text in (message.subject, message.words()):
        assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", text)
    assert "\n" not in message.subject
    assert json.loads(json.dumps(message.data()))["alerts"][0]["outlet"] == EVIL, "data is data"


def test_nothing_is_left_unpoisoned_by_accident(path: Path) -> None:
    """Views are what pages read: each says something hostile."""
    db = sqlite3.connect(path)
    for view in ("stories", "pages", "versions", "version_texts", "changes", "matches", "story_pages", "leads", "captures",
                 "notes", "run_sources", "availability"):  # fmt: skip
        told: list[Any] = db.execute(f"SELECT * FROM {view}").fetchall()
        assert "evil" in str(told), view
