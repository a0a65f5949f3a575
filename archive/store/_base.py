"""The connection, its transactions, and how SQLite's failures become ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlite_utils import Database

from archive.exceptions import DiskFullError, NewerSchemaError, NotAnArchiveError, StoreBusyError, StoreError
from archive.schema import migrations

BUSY_TIMEOUT = 15.0
"""Seconds to wait for another writer. A transaction of ours lasts milliseconds; an import's, at most a second."""


READER_CACHE_KB = 32_000
"""Memory for a reader's pages: look-ups jump all over the file, and the default of 2 MB makes each jump a read."""


@contextmanager
def wrapped_errors(place: str) -> Iterator[None]:
    """Turn SQLite's operational failures into ours. Programming errors (bad SQL, constraint) stay what they are."""
    try:
        yield
    except sqlite3.OperationalError as error:
        cause = str(error)
        if "locked" in cause or "busy" in cause:
            raise StoreBusyError(
                f"another process held the database for more than {BUSY_TIMEOUT:.0f} s",
                place=place,
                remedy="Nothing was lost; run the command again. Close other programs that write to this file.",
            ) from error
        if "full" in cause or "disk I/O" in cause:
            raise DiskFullError(
                f"could not write ({cause})",
                place=place,
                remedy="The last step was rolled back, all before it is kept. Make room on the disk and run the command again.",
            ) from error
        if "unable to open" in cause or "readonly" in cause:
            raise StoreError(
                cause, place=place, remedy="Check that the folder exists and that you may write to it."
            ) from error
        raise
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:
            raise  # IntegrityError, ProgrammingError: bugs, not conditions
        raise NotAnArchiveError(
            f"not a SQLite database, or a damaged one ({error})",
            place=place,
            remedy="Name another file, or restore this one from a copy.",
        ) from error


def damaged(place: str, error: UnicodeDecodeError) -> NotAnArchiveError:
    """A name in the file's description of itself is no text any more, so that not even SQLite's complaint is."""
    return NotAnArchiveError(
        f"a damaged SQLite database: its description of itself is no text ({error.reason})",
        place=place,
        remedy="Restore this file from a backup. To save what is left: sqlite3 ARCHIVE .recover",
    )


class Base:
    """One connection to one archive. Not to be shared between threads or processes."""

    def __init__(self, path: Path | str, *, create: bool = True, readonly: bool = False) -> None:
        """Open the archive at *path*, bring its schema up to date, and say so clearly if that cannot be done.

        Raises:
            NewerSchemaError: it was written by a newer afterprint.
            NotAnArchiveError: the file is something else, or damaged.
            StoreError: it does not exist and *create* is false, or may not be opened.
        """
        self.path = Path(path)
        self._depth = 0
        memory = str(path) == ":memory:"
        if not memory and not create and not self.path.exists():
            raise StoreError("there is no archive here", place=str(path), remedy="Make one with: afterprint init")
        try:
            with wrapped_errors(str(path)):
                self._open(path, memory=memory, readonly=readonly)
        except UnicodeDecodeError as error:
            raise damaged(str(path), error) from error

    def _open(self, path: Path | str, *, memory: bool, readonly: bool) -> None:
        if readonly:
            uri = f"{self.path.resolve().as_uri()}?mode=ro"
            self._conn = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None)
        else:
            self._conn = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)
        self._conn.row_factory = sqlite3.Row
        self._conn.execute("PRAGMA foreign_keys = ON")
        if readonly:
            self._conn.execute(f"PRAGMA cache_size = -{READER_CACHE_KB}")
            self._refuse_newer_schema()
            return
        if not memory:
            self._conn.execute("PRAGMA journal_mode = WAL")
            # In WAL, NORMAL cannot tear the file; a power cut may lose the last transactions, a killed process none.
            self._conn.execute("PRAGMA synchronous = NORMAL")
        self._refuse_newer_schema()
        if migrations.pending(Database(self._conn, use_counts_table=False)):
            # Migrations run under the write lock, so that two processes opening a new archive do not both run them.
            with self.transaction():
                migrations.apply(Database(self._conn))

    def _refuse_newer_schema(self) -> None:
        if not self._one("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'"):
            if self._one("SELECT 1 FROM sqlite_master WHERE type = 'table'"):
                raise NotAnArchiveError(
                    "a SQLite database, but no archive of afterprint",
                    place=str(self.path),
                    remedy="Name another file with --archive.",
                )
            return
        applied = {
            row[0] for row in self._all("SELECT name FROM _sqlite_migrations WHERE migration_set = 'afterprint'")
        }
        unknown = sorted(applied - {migration.name for migration in migrations._migrations})
        if unknown:
            raise NewerSchemaError(
                f"written by a newer afterprint (schema step {unknown[-1]} is unknown here)",
                place=str(self.path),
                remedy="Upgrade afterprint; this version leaves the file as it is.",
            )

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""
        self._conn.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block's writes, or none. Nested blocks join the outer one."""
        with wrapped_errors(str(self.path)):
            if self._depth:
                yield
                return
            self._conn.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
                self._conn.execute("COMMIT")
            except BaseException:
                # After "disk full" SQLite may have rolled back by itself.
                if self._conn.in_transaction:
                    self._conn.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    def _run(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        with wrapped_errors(str(self.path)):
            try:
                return self._conn.execute(sql, values)
            except UnicodeDecodeError as error:
                raise damaged(str(self.path), error) from error

    def _one(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._run(sql, values).fetchone()
        return row

    def _all(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[sqlite3.Row]:
        return self._run(sql, values).fetchall()

    def _value(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Any:
        row = self._one(sql, values)
        return row[0] if row else None
