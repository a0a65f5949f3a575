"""What `archive.verify` judges by, read afresh from the file; the captures of an export; a copy of the whole.

A check must see the file, not what a connection remembers of it: each one opens a connection of its own. It reads in
one transaction, so that a crawl may go on meanwhile, and row by row, so that a damaged page hides no other row.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.exceptions import StoreError
from archive.manifests import RunRows
from archive.store._base import BUSY_TIMEOUT, Base, wrapped_errors
from archive.store._manifests import rows_of_run
from archive.times import from_text
from archive.types import Capture, Redirect
from archive.urls import url_key

BACKUP_PAGES = 2_000
"""Pages (8 MB) between two words about how far a copy has come."""


_STUMBLES = (sqlite3.DatabaseError, UnicodeError)
"""What reading a damaged file raises: names of columns may be damaged too, and are no text then."""


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row that SQLite could not give."""

    id: int
    cause: str


@dataclass(frozen=True, slots=True)
class StoredBody:
    """A row of the table `body`, as it stands in the file."""

    row: int
    sha256: Any
    #: zstd
    data: Any
    size: Any
    first_seen: Any
    #: when the capture began that brought it; None if no capture refers to it
    brought_at: str | None
    #: the pruning that gave up its bytes; None while they are there
    pruned_id: Any = None


@dataclass(frozen=True, slots=True)
class RunCount:
    """What the row of a closed run says of its captures, and how many there are."""

    run: int
    fetched: int
    fetched_found: int
    failed: int
    failed_found: int


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text that stands beside its sha256."""

    table: str
    row: int
    text: Any
    sha256: Any


@dataclass(frozen=True, slots=True)
class StoredStamp:
    """A time stamp, with the chain hash of the capture that it is said to be of; None if there is none."""

    id: int
    subject: Any
    log_hash: str | None
    capture_id: Any
    authority: Any
    confirmed_at: Any
    proof: Any
    roots: Any


class DamageError(Exception):
    """SQLite stumbled over the file in a question that concerns many rows."""


class EvidenceReader:
    """Reads the evidence of one archive as it was at one moment. Gives what it finds, and judges nothing.

    What concerns the whole file raises `DamageError` where it cannot be told.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._conn = connection

    def _all(self, sql: str) -> list[sqlite3.Row]:
        try:
            return self._conn.execute(sql).fetchall()
        except _STUMBLES as error:
            if "locked" in str(error):
                raise
            raise DamageError(str(error)) from error

    def columns(self, table: str) -> set[str]:
        """The names of the columns of *table*; none if there is no such table."""
        return {row[1] for row in self._all(f"PRAGMA table_info({table})")}

    def sqlite_complaints(self, limit: int = 100) -> list[str]:
        """What SQLite itself finds wrong in the file: damaged pages, indexes that do not fit their table."""
        try:
            found = [str(row[0]) for row in self._conn.execute(f"PRAGMA integrity_check({limit})")]
        except _STUMBLES as error:
            return [str(error)]
        return [] if found == ["ok"] else found

    def broken_references(self) -> list[tuple[str, int | None, str]]:
        """(table, row, table referred to) of rows that refer to a row which is not there; but see `missing_bodies`."""
        rows = self._all("PRAGMA foreign_key_check")
        return [(row[0], row[1], row[2]) for row in rows if (row[0], row[2]) != ("capture", "body")]

    def missing_bodies(self) -> list[tuple[str, int, int]]:
        """(sha256, first capture, captures) of bodies that captures refer to and that are not there."""
        rows = self._all(
            """SELECT body_sha256, min(id), count(*) FROM capture
               WHERE body_sha256 IS NOT NULL AND body_sha256 NOT IN (SELECT sha256 FROM body) GROUP BY 1 ORDER BY 2"""
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def bodies_without_capture(self) -> list[str]:
        """sha256 of bodies that no capture refers to."""
        rows = self._all(
            """SELECT sha256 FROM body b WHERE NOT EXISTS (SELECT 1 FROM capture c WHERE c.body_sha256 = b.sha256)
               ORDER BY rowid"""
        )
        return [row[0] for row in rows]

    def capture_ids(self) -> list[int]:
        """The ids of all captures, in order, from the table and from an index: one knows what the other has lost."""
        return self._row_ids("capture", "capture_run")

    def captures(self, ids: list[int]) -> Iterator[Mapping[str, Any] | UnreadableRow | None]:
        """The rows with these ids, one each; None for one that is in the index only."""
        for capture_id in ids:
            try:
                row = self._conn.execute("SELECT * FROM capture WHERE id = ?", (capture_id,)).fetchone()
            except _STUMBLES as error:
                yield UnreadableRow(capture_id, str(error))
            else:
                yield dict(row) if row is not None else None

    def captures_on_other_pages(self) -> list[tuple[int, int, int | None]]:
        """(capture, its page, the page that its URL is known for) where the two differ."""
        rows = self._all(
            """SELECT c.id, c.page_id, u.page_id FROM capture c LEFT JOIN page_url u ON u.url = c.url
               WHERE u.page_id IS NOT c.page_id ORDER BY c.id"""
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def run_counts(self) -> list[RunCount]:
        """Of each run that closed its row: what it counted then, and what is there now."""
        rows = self._all(
            """SELECT r.id, r.fetched, r.failed, count(c.status) AS fetched_found,
                      count(c.error_class) FILTER (WHERE NOT (c.purpose = 'robots' AND c.status IS NOT NULL
                                                              AND c.status BETWEEN 400 AND 499)) AS failed_found
               FROM run r LEFT JOIN capture c ON c.run_id = r.id WHERE r.finished_at IS NOT NULL GROUP BY r.id ORDER BY r.id"""
        )
        return [
            RunCount(row["id"], row["fetched"], row["fetched_found"], _without_answers(row["failed"]), row["failed_found"])
            for row in rows
        ]  # fmt: skip

    def sealed_runs(self) -> list[tuple[int, str | None, str | None]]:
        """(run, chain's head then, sha256 of its manifest) of each run that closed its row; None where no manifest is there."""
        rows = self._all(
            """SELECT r.id, m.head, m.sha256 FROM run r LEFT JOIN manifest m ON m.run_id = r.id
               WHERE r.finished_at IS NOT NULL OR m.run_id IS NOT NULL ORDER BY r.id"""
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def rows_of_run(self, run_id: int, head: str) -> RunRows:
        """What the manifest of a run is made of, as it stands now."""
        try:
            return rows_of_run(self._conn, run_id, head)
        except _STUMBLES as error:
            raise DamageError(str(error)) from error

    def texts(self) -> Iterator[StoredText]:
        """The reference texts, and the texts that were read from bodies."""
        for table in ("story_text", "extraction"):
            try:
                for row in self._conn.execute(f"SELECT id, text, text_sha256 FROM {table}"):
                    yield StoredText(table, row[0], row[1], row[2])
            except _STUMBLES as error:
                raise DamageError(f"{table}: {error}") from error

    def timestamps(self) -> list[StoredStamp]:
        """The time stamps that were given."""
        rows = self._all(
            """SELECT a.id, a.subject, c.log_hash, a.capture_id, a.authority, a.confirmed_at, a.proof, a.roots
               FROM attestation a LEFT JOIN capture c ON c.id = a.capture_id
               WHERE a.kind = 'timestamp' AND a.state = 'ok' ORDER BY a.id"""
        )
        return [StoredStamp(*row) for row in rows]

    def pages_at_strange_addresses(self) -> list[tuple[int, str]]:
        """(page, address) of pages with captures, none of which was asked of or answered by that address."""
        rows = self._all(
            """SELECT p.id, p.url FROM page p WHERE EXISTS (SELECT 1 FROM capture c WHERE c.page_id = p.id)
               AND NOT EXISTS (SELECT 1 FROM capture c WHERE c.page_id = p.id AND p.url IN (c.url, c.final_url))"""
        )
        return [(row[0], row[1]) for row in rows]

    def body_rows(self) -> list[int]:
        """The numbers of all rows of the table `body`."""
        return self._row_ids("body", "sqlite_autoindex_body_1")

    def bodies(self, rows: list[int]) -> Iterator[StoredBody | UnreadableRow | None]:
        """These rows, one each; None for one that is in the index only."""
        for number in rows:
            try:
                row = self._conn.execute("SELECT * FROM body WHERE rowid = ?", (number,)).fetchone()
                brought = row and self._conn.execute(
                    "SELECT started_at FROM capture WHERE body_sha256 = ? ORDER BY id LIMIT 1", (row["sha256"],)
                ).fetchone()  # fmt: skip
            except _STUMBLES as error:
                yield UnreadableRow(number, str(error))
                continue
            if row is None:
                yield None
                continue
            yield StoredBody(
                number, row["sha256"], row["data"], row["size"], row["first_seen"], brought[0] if brought else None, row["pruned_id"]
            )  # fmt: skip

    def _row_ids(self, table: str, index: str) -> list[int]:
        found: set[int] = set()
        for way in ("NOT INDEXED", f"INDEXED BY {index}"):
            try:
                for row in self._conn.execute(f"SELECT rowid FROM {table} {way}"):
                    found.add(row[0])
            except _STUMBLES:
                continue  # SQLite's own check says so; what the other way knows is looked at
        return sorted(found)


class Evidence(Base):
    @contextmanager
    def evidence(self) -> Iterator[EvidenceReader]:
        """The evidence as it stands in the file now, whatever this connection has read before."""
        if str(self.path) == ":memory:":
            yield EvidenceReader(self._conn)
            return
        with wrapped_errors(str(self.path)), closing(self._afresh()) as connection:
            # A byte that is no UTF-8 any more must be found, not stumbled over.
            connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")
            yield EvidenceReader(connection)

    def _afresh(self) -> sqlite3.Connection:
        uri = f"{self.path.resolve().as_uri()}?mode=ro"
        return sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None)

    # --- what is exported ---

    def captures_to_export(self, *, page: str | None = None, story: str | None = None) -> list[int]:
        """Ids of captures in order of time: all, those of the page at the URL *page*, or those of a story.

        Of a story: every capture of the pages that carry the work itself or were found to stand to it in any way but
        'unrelated'. Captures of withheld pages are left out, and whatever else has a body of theirs.

        Raises:
            KeyError: the archive knows no such page or story.
        """
        if page is not None:
            found = self._value("SELECT page_id FROM page_url WHERE url_key = ? ORDER BY id LIMIT 1", (url_key(page),))
            if found is None:
                raise KeyError(page)
            pages: list[int] | None = [found]
        elif story is not None:
            story_id = self._value("SELECT id FROM story WHERE slug = ?", (story,))
            if story_id is None:
                raise KeyError(story)
            rows = self._all(
                """SELECT page_id FROM story_pages WHERE story_id = ?1 AND (own OR kind <> 'unrelated')
                   UNION SELECT u.page_id FROM page_url u JOIN story_url s ON s.url_key = u.url_key WHERE s.story_id = ?1""",
                (story_id,),
            )
            pages = [row[0] for row in rows]
        else:
            pages = None
        rows = self._all(
            """SELECT id FROM capture WHERE (?1 IS NULL OR page_id IN (SELECT value FROM json_each(?1)))
                 AND page_id NOT IN (SELECT page_id FROM withheld)
                 AND (body_sha256 IS NULL OR body_sha256 NOT IN
                        (SELECT c.body_sha256 FROM withheld w JOIN capture c ON c.page_id = w.page_id
                         WHERE c.body_sha256 IS NOT NULL))
               ORDER BY started_at, id""",
            (None if pages is None else json.dumps(pages),),
        )
        return [row[0] for row in rows]

    def exported_capture(self, capture_id: int) -> tuple[Capture, Mapping[str, Any]]:
        """A capture as it was kept, without its body, and its row: sha256 of the body, place in the hash chain."""
        row = self._one("SELECT * FROM capture WHERE id = ?", (capture_id,))
        if row is None:
            raise KeyError(capture_id)
        capture = Capture(
            url=row["url"],
            purpose=row["purpose"],
            started_at=from_text(row["started_at"]),
            finished_at=from_text(row["finished_at"]),
            final_url=row["final_url"],
            redirects=tuple(Redirect(*hop) for hop in json.loads(row["redirects"])),
            status=row["status"],
            error_class=row["error_class"],
            error_detail=row["error_detail"],
            headers=tuple((name, value) for name, value in json.loads(row["headers"])),
            not_modified=bool(row["not_modified"]),
            origin=row["origin"],
            origin_ref=row["origin_ref"],
            rendered_by=row["rendered_by"],
        )
        return capture, dict(row)

    def bringer_of_body(self, digest: str) -> int | None:
        """The first capture whose answer carried the body, and did not only confirm it; None if there is none."""
        found = self._value(
            "SELECT id FROM capture WHERE body_sha256 = ? AND NOT not_modified ORDER BY id LIMIT 1", (digest,)
        )
        return int(found) if found is not None else None

    def pages_of_captures(self, ids: Collection[int]) -> Iterator[dict[str, Any]]:
        """Of these captures, those that show an article: id, address, time and headline, in order of time."""
        rows = self._all(
            """SELECT c.id, c.final_url AS url, c.started_at AS ts, e.title FROM capture c
               LEFT JOIN reading r ON r.capture_id = c.id LEFT JOIN extraction e ON e.id = r.extraction_id
               WHERE c.id IN (SELECT value FROM json_each(?)) AND c.purpose = 'page' AND c.status BETWEEN 200 AND 299
                 AND c.body_sha256 IS NOT NULL ORDER BY c.started_at, c.id""",
            (json.dumps(list(ids)),),
        )
        for row in rows:
            yield {**dict(row), "id": f"capture-{row['id']}"}

    def rows_to_export(self, view: str, story: str | None = None) -> Iterator[dict[str, Any]]:
        """The rows of a view in order of id; with *story*, those of pages that stand to it, 'unrelated' left out.

        Raises:
            KeyError: the archive knows no such story.
        """
        where = "1"
        if story is not None:
            if not self._value("SELECT 1 FROM story WHERE slug = ?", (story,)):
                raise KeyError(story)
            of_story = "SELECT page_id FROM story_pages WHERE story = :story AND kind <> 'unrelated'"
            where = f"page_id IN ({of_story})" + (" AND story = :story" if view == "matches" else "")
        cursor = self._run(f"SELECT * FROM {view} WHERE {where} ORDER BY id", {"story": story})
        return (dict(row) for row in cursor)

    def captures_of_page(self, page_id: int) -> list[dict[str, Any]]:
        """The captures of a page in order of time, with how they were judged."""
        rows = self._all("SELECT * FROM captures WHERE page_id = ? ORDER BY captured_at, id", (page_id,))
        return [dict(row) for row in rows]

    def versions_of_page(self, page_id: int) -> list[dict[str, Any]]:
        """The versions of a page in order of time, as the view `versions` tells them."""
        return [dict(row) for row in self._all("SELECT * FROM versions WHERE page_id = ? ORDER BY number", (page_id,))]

    def passages_of_match(self, match_id: int) -> list[dict[str, Any]]:
        """The aligned spans of a match with the words of both sides, in the page's order."""
        return [
            dict(row) for row in self._all("SELECT * FROM passages WHERE match_id = ? ORDER BY number", (match_id,))
        ]

    def stamps_since(self, capture_id: int) -> list[dict[str, Any]]:
        """The time stamps that stand for a capture: those of it or of a later one, with what is needed to check them."""
        rows = self._all(
            """SELECT subject, capture_id, authority, confirmed_at, proof, roots FROM attestation
               WHERE kind = 'timestamp' AND state = 'ok' AND capture_id >= ? ORDER BY capture_id""",
            (capture_id,),
        )
        return [dict(row) for row in rows]

    # --- a copy of the whole ---

    def back_up(self, out: Path, step: Callable[[int, int], None] | None = None) -> None:
        """Copy the archive as it is at this moment to *out*, which must not exist. Others may write meanwhile.

        *step* is told pages copied and pages in all. Raises StoreError; then nothing is left at *out*.
        """
        try:
            with wrapped_errors(str(out)), closing(self._afresh()) as source, closing(sqlite3.connect(out)) as target:
                # One reading transaction: else each write of a crawl would make the copy begin anew.
                source.execute("BEGIN")
                source.execute("SELECT count(*) FROM sqlite_master").fetchone()
                source.backup(
                    target,
                    pages=BACKUP_PAGES,
                    progress=lambda _, left, total: step(total - left, total) if step else None,
                )
                # One file, to be carried away as it is: no -wal beside it.
                target.execute("PRAGMA journal_mode = DELETE")
        except BaseException as error:
            out.unlink(missing_ok=True)
            if isinstance(error, sqlite3.Error):
                raise StoreError(str(error), place=str(out), remedy="Nothing was left there.") from error
            raise


def _without_answers(failed: str) -> int:
    """How many captures with an error class a run counted."""
    try:
        counted = json.loads(failed)
    except ValueError:
        return -1
    return sum(number for name, number in counted.items() if not name.startswith("http "))
