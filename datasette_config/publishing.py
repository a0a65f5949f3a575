"""A slim copy of an archive that may be given away, or served with `datasette -i`.

It reads and is searched as the archive itself. It does not hold the bodies and headers of what servers answered, what
only crawling and matching need, and what people noted; so it is to be read and is no evidence: `afterprint verify` needs
the archive. Its journal is a plain one, because a file opened with `-i` cannot have a write-ahead log.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive.urls import url_key
from datasette_config.wording import WITHHELD

#: Tables that no view reads and no reader misses: what finds the stories of a page, and what is to be fetched.
WORKING_TABLES = (
    "matched", "text_signal", "text_fingerprint", "text_index", "story_sentence", "sentence_vector", "story_signal_count",
    "story_signal", "story_fingerprint", "story_text_index", "story_pointer", "story_index", "lookup", "outlet_line",
    "page_lines", "availability_due", "frontier_story", "frontier", "host", "delivery", "receiver", "alert",
)  # fmt: skip

#: A path of the machine that imported a file: its folders are nobody's business.
_FOLDERS = re.compile(r"^(?:[A-Za-z]:)?[\\/].*[\\/]")


@dataclass(frozen=True, slots=True)
class Published:
    """What the copy came to."""

    #: bytes
    size: int
    pages: int
    versions: int
    #: addresses asked to be withheld that no page of the archive has
    unknown: tuple[str, ...]


def publish(
    archive: Path, out: Path, *, bodies: bool = False, notes: bool = False, withheld: Collection[str] = ()
) -> Published:
    """Write a slim copy of *archive* to *out*, which must not exist. Works beside a crawl.

    Args:
        bodies: keep the bodies and headers of what servers answered.
        notes: keep what people noted, with their names.
        withheld: addresses of pages whose text must not be in the copy.
    """
    part = out.with_name(f"{out.name}.part")
    part.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(f"{archive.resolve().as_uri()}?mode=ro", uri=True)) as source:
            source.execute("VACUUM INTO ?", (str(part),))
        with closing(sqlite3.connect(part)) as copy:
            copy.create_function("without_folders", 1, _without_folders, deterministic=True)
            unknown = _slim(copy, bodies, notes, withheld)
            copy.commit()
            copy.execute("INSERT INTO version_fts (version_fts) VALUES ('optimize')")
            copy.commit()
            copy.execute("PRAGMA journal_mode = DELETE")
            copy.execute("VACUUM")
            copy.execute("ANALYZE")
            copy.commit()
            ((sound,),) = copy.execute("PRAGMA quick_check(1)")
            if sound != "ok":
                raise sqlite3.DatabaseError(f"the copy is damaged: {sound}")
            pages, versions = (
                copy.execute(f"SELECT count(*) FROM {view}").fetchone()[0] for view in ("pages", "versions")
            )
        part.rename(out)
    finally:
        part.unlink(missing_ok=True)
    return Published(out.stat().st_size, pages, versions, unknown)


def _without_folders(text: str | None) -> str | None:
    return None if text is None else _FOLDERS.sub("", text)


def _slim(copy: sqlite3.Connection, bodies: bool, notes: bool, withheld: Collection[str]) -> tuple[str, ...]:
    tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in (*WORKING_TABLES, *([] if notes else ["annotation"])):
        if table in tables:
            copy.execute(f"DELETE FROM [{table}]")
    if not bodies:
        # The rows stay: they say which bytes there were.
        copy.execute("UPDATE body SET data = x''")
        copy.execute("UPDATE capture SET headers = '[]'")
    copy.execute("UPDATE run_source SET query = without_folders(query)")
    copy.execute(
        "UPDATE capture SET origin_ref = without_folders(origin_ref) || '#' || id WHERE origin_ref LIKE '%/%' AND origin_ref NOT LIKE 'http%'"
    )
    unknown = []
    for url in withheld:
        pages = copy.execute(
            "SELECT DISTINCT page_id FROM page_url WHERE url = ? OR url_key = ?", (url, url_key(url))
        ).fetchall()
        if not pages:
            unknown.append(url)
        for (page,) in pages:
            _withhold(copy, page)
    return tuple(unknown)


def _withhold(copy: sqlite3.Connection, page: int) -> None:
    """Take the words of a page out of the copy, wherever they stand; what is told of them in numbers stays."""
    of_page = "SELECT id FROM version WHERE page_id = :page"
    shared = "SELECT extraction_id FROM version WHERE page_id = :page UNION SELECT extraction_id FROM reading WHERE capture_id IN (SELECT id FROM capture WHERE page_id = :page)"
    for statement in (
        f"UPDATE extraction SET text = :notice, title = NULL, subtitle = NULL, correction = NULL, links = '[]' WHERE id IN ({shared})",
        f"UPDATE change SET summary = 'withheld', reasons = '[]', fields = '{{}}' WHERE new_version_id IN ({of_page})",
        f"DELETE FROM passage WHERE match_id IN (SELECT id FROM match WHERE version_id IN ({of_page}))",
        f"UPDATE match SET credit = NULL, evidence = '{{}}' WHERE version_id IN ({of_page})",
        f"UPDATE direction SET why = 'withheld', notes = '[]' WHERE match_id IN (SELECT id FROM match WHERE version_id IN ({of_page}))",
        "UPDATE lead SET title = NULL WHERE url_key IN (SELECT url_key FROM page_url WHERE page_id = :page)",
        f"DELETE FROM version_fts WHERE rowid IN ({of_page})",
        "UPDATE body SET data = x'' WHERE sha256 IN (SELECT body_sha256 FROM capture WHERE page_id = :page)",
        # A reference text that was promoted from this page is the page's own words.
        "UPDATE story_text SET text = :notice WHERE source IN (SELECT 'capture:' || id FROM capture WHERE page_id = :page)",
    ):
        copy.execute(statement, {"page": page, "notice": WITHHELD})
