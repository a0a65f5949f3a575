"""What can go wrong in ways that are ours, as one tree.

::

    AfterprintError                 base of all; carries cause, place and remedy
    ├── ConfigError                 a watch file or an option is wrong          (exit code 2)
    │   └── StoryTextError          a reference text is missing, empty or too short
    ├── NoteError                   a person's note cannot be kept as it is
    ├── LockedError                 another run holds the lock                  (exit code 3)
    └── StoreError                  SQLite could not do what was asked
        ├── StoreBusyError          another process held the database too long
        ├── DiskFullError           there was no room to write
        ├── NotAnArchiveError       the file is not a database, or is damaged
        ├── NewerSchemaError        the database was written by a newer afterprint
        └── PrunedError             bytes are asked for that were given up to make room

What the web does (304, 404, timeout, nonsense) is no exception: it is a `Capture`.
Bugs are not wrapped: they keep their own type and their traceback.
"""

from __future__ import annotations


class AfterprintError(Exception):
    """Base of all errors that a user can act on.

    The message is built once, as ``place: cause. remedy``; the parts stay readable as attributes.
    """

    exit_code = 1

    def __init__(self, cause: str, *, place: str = "", remedy: str = "") -> None:
        self.cause = cause
        self.place = place
        self.remedy = remedy
        message = f"{place}: {cause}" if place else cause
        super().__init__(f"{message}\n  {remedy}" if remedy else message)


class ConfigError(AfterprintError):
    """A watch file, an argument or an option is wrong; raised before anything is fetched or written."""

    exit_code = 2


class StoryTextError(ConfigError):
    """A reference text cannot serve: not found, not UTF-8, empty, or too short to be told apart."""


class NoteError(AfterprintError):
    """A person's note cannot be kept: it is empty or too long, somebody else's, or was edited meanwhile."""


class LockedError(AfterprintError):
    """Another run works on this archive."""

    exit_code = 3


class StoreError(AfterprintError):
    """SQLite refused; raised from a `Store` method, with the database's path as place."""


class StoreBusyError(StoreError):
    """Another process held the database longer than the busy timeout."""


class DiskFullError(StoreError):
    """There was no room to write. The transaction was rolled back; nothing before it is lost."""


class NotAnArchiveError(StoreError):
    """The file is not a SQLite database, or SQLite found it damaged."""


class NewerSchemaError(StoreError):
    """The database was written by a newer afterprint, which this one would misread."""


class PrunedError(StoreError):
    """The bytes of a body were given up by `afterprint prune`: its row and its hash are all that is left."""
