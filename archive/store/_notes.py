"""What people noted. Rows are only added: an edit replaces an earlier row, and so does taking a note back.

A note hangs on captures, whose ids stay, and not on versions, changes or matches, which are made anew.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from archive.exceptions import NoteError
from archive.store._base import Base
from archive.times import to_text

NOTE_COLUMNS = (
    "id", "about", "author", "text", "noted_at", "edited", "outlet", "url", "story", "old_version_id", "new_version_id",
    "old_capture_id", "new_capture_id", "old_body_sha256", "new_body_sha256", "withheld_since",
)  # fmt: skip
"""What an exported note says, columns of the view `notes`: captures and digests name what it is about for good."""


class Notes(Base):
    def add_note(
        self, *, new_version: int, old_version: int | None, story_id: int | None, author: str, text: str, now: datetime
    ) -> int:
        """Note something about what a version says, against an older version or against a story. Returns the note's id.

        Raises:
            KeyError: there is no such version or story.
        """
        with self.transaction():
            new = self._capture_of("first", new_version)
            old = None if old_version is None else self._capture_of("last", old_version)
            if story_id is not None and not self._value("SELECT 1 FROM story WHERE id = ?", (story_id,)):
                raise KeyError(story_id)
            cursor = self._run(
                """INSERT INTO annotation (old_capture_id, new_capture_id, story_id, author, text, created_at)
                   VALUES (?, ?, ?, ?, ?, ?)""",
                (old, new, story_id, author, text, to_text(now)),
            )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def replace_note(self, note_id: int, *, author: str, text: str, now: datetime) -> int:
        """Put other words in the place of a note, or take it back where *text* is empty. Returns the new row's id.

        Raises:
            KeyError: there is no such note.
            NoteError: it is somebody else's, or was replaced or taken back already.
        """
        with self.transaction():
            row = self._one("SELECT * FROM annotation WHERE id = ?", (note_id,))
            if row is None:
                raise KeyError(note_id)
            if row["author"] != author:
                raise NoteError("this note is somebody else's", remedy="Only its author may edit it.")
            try:
                if row["deleted"]:
                    raise sqlite3.IntegrityError
                cursor = self._run(
                    """INSERT INTO annotation
                         (old_capture_id, new_capture_id, story_id, author, text, created_at, replaces, deleted)
                       VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                    (
                        row["old_capture_id"], row["new_capture_id"], row["story_id"], author, text, to_text(now), note_id,
                        int(not text),
                    ),
                )  # fmt: skip
            except sqlite3.IntegrityError as error:
                raise NoteError("this note was edited meanwhile", remedy="Read it again, then edit it.") from error
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def notes(self) -> list[dict[str, Any]]:
        """All notes as they are now, oldest first, with `NOTE_COLUMNS`."""
        return [dict(row) for row in self._all(f"SELECT {', '.join(NOTE_COLUMNS)} FROM notes ORDER BY noted_at, id")]

    def _capture_of(self, end: str, version_id: int) -> int:
        found = self._value(f"SELECT {end}_capture_id FROM version WHERE id = ?", (version_id,))
        if found is None:
            raise KeyError(version_id)
        return int(found)
