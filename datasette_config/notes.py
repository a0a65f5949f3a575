"""What people note about changes and matches: shown beside them, and written by whoever may (see `permissions`).

The form is a plain one. Datasette guards it against other sites: by a token in 0.65, by the headers of the request in 1.0.
Nothing is written through Datasette's own connections, which read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from datasette.utils.asgi import Response

from archive import notes as writing
from archive.exceptions import NoteError, StoreError
from archive.times import utc_now
from archive.types import WITHHELD
from datasette_config import queries
from datasette_config._compat import Forbidden, ensure_views, may
from datasette_config.permissions import NOTE
from datasette_config.web import HEADERS, Archive, PageError, beside, integer, open_archive, page

#: Bytes of a form, filled with the longest note in any script.
LARGEST_FORM = 12 * writing.LONGEST + 10_000

#: What the JSON twins tell of a note.
TOLD = (
    "id", "about", "author", "text", "noted_at", "edited", "story", "page_id", "old_version_id", "new_version_id",
    "withheld_since",
)  # fmt: skip


async def notes_of(archive: Archive, pages: Collection[int]) -> list[dict[str, Any]]:
    """Notes about these pages, oldest first; none for a reader who may not see notes."""
    try:
        await ensure_views(archive.datasette, archive.request, archive.name, ("notes",))
    except Forbidden:
        return []
    return await archive.rows(queries.NOTES, pages=json.dumps(sorted(pages))) if pages else []


def about_change(notes: Collection[Mapping[str, Any]], one: int, other: int) -> list[Mapping[str, Any]]:
    """Those about what changed between two versions, whichever of them is named first."""
    return [
        note
        for note in notes
        if note["about"] == "change" and {note["old_version_id"], note["new_version_id"]} == {one, other}
    ]


async def notepad(archive: Archive) -> dict[str, Any]:
    """For a template: whether this reader may write here, and as whom."""
    actor = archive.request.actor
    offered = bool(actor and actor.get("id")) and _is_writable(archive)
    return {
        "may": offered and await may(archive.datasette, actor, NOTE, archive.name),
        "author": str((actor or {}).get("id") or ""),
        "longest": writing.LONGEST,
    }


def told(notes: Collection[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """As the JSON twins have them."""
    return [{key: note[key] for key in TOLD} for note in notes]


def _is_writable(archive: Archive) -> bool:
    database = archive.database
    return bool(database.is_mutable and database.path and writing.is_writable(Path(database.path)))


@page
async def write(datasette: Any, request: Any) -> Response:
    """Take a note: `a` and `b`, or `match`, with `text`; or another `text` for `note`, or `take_back` for it."""
    archive = await open_archive(datasette, request, "notes", "versions", "matches")
    if request.method != "POST":
        raise PageError(405, "Notes are written with the form on the page of a comparison or of a match.")
    author = str((request.actor or {}).get("id") or "")
    if not author or not await may(datasette, request.actor, NOTE, archive.name):
        raise PageError(403, "You may not write notes here. " + ("" if author else "You are not signed in."))
    if not _is_writable(archive):
        raise PageError(409, "This archive is served to be read only, so no note can be kept in it.")
    fields = await _fields(request)
    try:
        place = await _edit(archive, fields, author) if fields.get("note") else await _add(archive, fields, author)
    except NoteError as error:
        raise PageError(409, f"{error.cause[:1].upper()}{error.cause[1:]}. {error.remedy}") from error
    except StoreError as error:
        raise PageError(503, f"The note was not kept: {error.cause}. {error.remedy}") from error
    address = datasette.urls.database(archive.name) + place
    return Response("", status=303, headers={**HEADERS, "Location": str(address)}, content_type="text/plain")


async def _fields(request: Any) -> dict[str, str]:
    length = request.headers.get("content-length") or "0"
    if not length.isdecimal() or int(length) > LARGEST_FORM:
        raise PageError(413, f"A note has room for {writing.LONGEST:,} characters.")
    try:
        fields: dict[str, str] = await request.post_vars()
    except UnicodeDecodeError:
        raise PageError(400, "This is no form in UTF-8.") from None
    return fields


def _text(fields: Mapping[str, str]) -> str:
    try:
        return writing.clean_note(fields.get("text") or "")
    except NoteError as error:
        raise PageError(400, f"{error.cause[:1].upper()}{error.cause[1:]}. {error.remedy}") from error


async def _add(archive: Archive, fields: Mapping[str, str], author: str) -> str:
    text, path = _text(fields), Path(archive.database.path)
    said: dict[str, Any] = {"author": author, "text": text, "now": utc_now()}
    if fields.get("match"):
        match = await _row(archive, queries.MATCH, integer(fields["match"], "match"), "match")
        await beside(writing.note_match, path, match["version_id"], match["story_id"], **said)
        return f"/-/page/{match['page_id']}#notes"
    old, new = [
        await _row(archive, queries.VERSION_PLACE, integer(fields.get(name) or "", name), "version")
        for name in ("a", "b")
    ]
    await beside(writing.note_change, path, old["id"], new["id"], **said)
    return f"/-/compare?a={old['id']}&b={new['id']}#notes"


async def _edit(archive: Archive, fields: Mapping[str, str], author: str) -> str:
    note = await _row(archive, queries.NOTE_PLACE, integer(fields["note"], "note"), "note")
    path, now = Path(archive.database.path), utc_now()
    if fields.get("take_back"):
        await beside(writing.take_back, path, note["id"], author=author, now=now)
    else:
        await beside(writing.edit_note, path, note["id"], author=author, text=_text(fields), now=now)
    if note["old_version_id"] and note["new_version_id"]:
        return f"/-/compare?a={note['old_version_id']}&b={note['new_version_id']}#notes"
    return f"/-/page/{note['page_id']}#notes"


async def _row(archive: Archive, sql: str, row_id: int, what: str) -> dict[str, Any]:
    found = await archive.row(sql, id=row_id)
    if found is None:
        raise PageError(404, f"There is no {what} {row_id} in this archive.")
    if found["withheld_since"]:
        raise PageError(451, WITHHELD)
    return found
