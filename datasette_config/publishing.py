"""A slim copy of an archive that may be given away, or served with `datasette -i`.

It reads and is searched as the archive itself. It does not hold the bodies and headers of what servers answered, what
only crawling and matching need, and what people noted; nor what withheld pages say (see `afterprint withhold`), nor who
asked for it. So it is to be read and is no evidence: `afterprint verify` needs the archive. Its journal is a plain one, because a file opened with `-i` cannot have a write-ahead log.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.types import WITHHELD
from archive.urls import url_key

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
        withheld: addresses of pages that are withheld in the copy beside those that the archive withholds.
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
    for table in WORKING_TABLES:
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
            copy.execute(
                """INSERT INTO withholding (page_id, url, withheld, reason, decided_by, decided_at)
                   SELECT ?1, ?2, 1, '', '', strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
                   WHERE ?1 NOT IN (SELECT page_id FROM withheld)""",
                (page, url),
            )
    for (page,) in copy.execute("SELECT page_id FROM withheld").fetchall():
        _take_out(copy, page)
    with _editable(copy, "withholding", "annotation"):
        copy.execute("UPDATE withholding SET reason = '', decided_by = ''")
        _keep_notes(copy, notes)
    copy.execute("UPDATE withheld SET removed = 1")
    return tuple(unknown)


@contextmanager
def _editable(copy: sqlite3.Connection, *tables: str) -> Iterator[None]:
    """Without the triggers of these tables, which keep an archive's record as it is; a copy is none."""
    marks = ", ".join("?" * len(tables))
    triggers = copy.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({marks})", tables
    ).fetchall()
    for name, _ in triggers:
        copy.execute(f"DROP TRIGGER [{name}]")
    yield
    for _, sql in triggers:
        copy.execute(sql)


def _keep_notes(copy: sqlite3.Connection, notes: bool) -> None:
    """Only notes as they are now: no earlier words, none about a withheld page; none at all unless asked for."""
    shown = "SELECT id FROM notes WHERE withheld_since IS NULL"
    copy.execute(f"DELETE FROM annotation WHERE id NOT IN ({shown})" if notes else "DELETE FROM annotation")
    copy.execute("UPDATE annotation SET replaces = NULL WHERE replaces NOT IN (SELECT id FROM annotation)")


def _take_out(copy: sqlite3.Connection, page: int) -> None:
    """Take the words of a page out of the copy, wherever they stand; what is told of them in numbers stays.

    A body or text that a page which is not withheld has too stays, for it is shown there.
    """
    of_page = "SELECT id FROM version WHERE page_id = :page"
    elsewhere = "(SELECT page_id FROM withheld)"
    read = """(SELECT extraction_id, page_id FROM version
               UNION SELECT r.extraction_id, c.page_id FROM reading r JOIN capture c ON c.id = r.capture_id)"""
    only_here = f"""id IN (SELECT extraction_id FROM {read} WHERE page_id = :page)
            AND id NOT IN (SELECT extraction_id FROM {read} WHERE page_id NOT IN {elsewhere} AND extraction_id IS NOT NULL)"""
    for statement in (
        f"""UPDATE extraction SET text = :notice, title = NULL, subtitle = NULL, correction = NULL, image = NULL,
               caption = NULL, page_title = NULL, links = '[]', markup = json_object('canonical', markup ->> 'canonical') WHERE {only_here}""",
        f"""UPDATE change SET summary = 'withheld', reasons = '[]', fields = '{{}}', links = '{{}}', outlet_lines = '[]'
            WHERE new_version_id IN ({of_page})""",
        f"DELETE FROM passage WHERE match_id IN (SELECT id FROM match WHERE version_id IN ({of_page}))",
        f"UPDATE match SET credit = NULL, explanation = 'withheld', evidence = '{{}}' WHERE version_id IN ({of_page})",
        f"UPDATE direction SET why = 'withheld', clues = '[]', notes = '[]' WHERE match_id IN (SELECT id FROM match WHERE version_id IN ({of_page}))",
        "UPDATE lead SET title = NULL, note = NULL, score_reason = NULL WHERE url_key IN (SELECT url_key FROM page_url WHERE page_id = :page)",
        f"DELETE FROM version_fts WHERE rowid IN ({of_page})",
        f"""UPDATE body SET data = x'' WHERE sha256 IN (SELECT body_sha256 FROM capture WHERE page_id = :page)
            AND sha256 NOT IN (SELECT body_sha256 FROM capture WHERE page_id NOT IN {elsewhere} AND body_sha256 IS NOT NULL)""",
        "UPDATE capture SET headers = '[]' WHERE page_id = :page",
        # A reference text that was promoted or added from this page is the page's own words.
        """UPDATE story_text SET text = :notice WHERE source IN (SELECT 'capture:' || id FROM capture WHERE page_id = :page
             UNION SELECT 'user:' || url FROM page_url WHERE page_id = :page)""",
    ):
        copy.execute(statement, {"page": page, "notice": WITHHELD})
