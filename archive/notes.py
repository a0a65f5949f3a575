"""Writing what a person notes into an archive: one short transaction on a connection of its own.

A page that is read in Datasette calls this; Datasette itself opens the archive to read. A crawl may go on meanwhile.
"""

from __future__ import annotations

import os
import unicodedata
from datetime import datetime
from pathlib import Path

from archive.exceptions import NoteError
from archive.store import Store

LONGEST = 4_000
"""Characters of a note: a remark, not an article."""


def is_writable(path: Path) -> bool:
    """Whether notes can be kept there: the file, and the folder that gets its write-ahead log, may be written to."""
    return os.access(path, os.W_OK) and os.access(path.resolve().parent, os.W_OK)


def clean_note(text: str) -> str:
    """A note as it is kept: line breaks stay, control characters go.

    Raises:
        NoteError: it says nothing, or too much.

    >>> clean_note(" a\\r\\nb\\x07 ")
    'a\\nb'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(char for char in lines if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs")).strip()
    if not kept:
        raise NoteError("a note needs words", remedy="Write something, or take the note back.")
    if len(kept) > LONGEST:
        raise NoteError(f"a note has room for {LONGEST:,} characters", remedy="Say it in fewer words.")
    return kept


def note_change(path: Path, old_version: int, new_version: int, *, author: str, text: str, now: datetime) -> int:
    """Note something about what changed between two versions. Raises KeyError, NoteError, StoreError."""
    with Store(path, create=False) as store:
        return store.add_note(
            new_version=new_version,
            old_version=old_version,
            story_id=None,
            author=author,
            text=clean_note(text),
            now=now,
        )


def note_match(path: Path, version: int, story_id: int, *, author: str, text: str, now: datetime) -> int:
    """Note something about what a version is to a story. Raises KeyError, NoteError, StoreError."""
    with Store(path, create=False) as store:
        return store.add_note(
            new_version=version, old_version=None, story_id=story_id, author=author, text=clean_note(text), now=now
        )


def edit_note(path: Path, note_id: int, *, author: str, text: str, now: datetime) -> int:
    """Put other words in the place of a note. Raises KeyError, NoteError, StoreError."""
    with Store(path, create=False) as store:
        return store.replace_note(note_id, author=author, text=clean_note(text), now=now)


def take_back(path: Path, note_id: int, *, author: str, now: datetime) -> int:
    """Show a note no longer. Raises KeyError, NoteError, StoreError."""
    with Store(path, create=False) as store:
        return store.replace_note(note_id, author=author, text="", now=now)
