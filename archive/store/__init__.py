"""The archive in SQLite: one method a question, rows in and types out. The only package with SQL.

::

    _base       the connection, transactions, SQLite's failures as ours
    _stories    stories and reference texts
    _sources    what sources gave, run after run
    _frontier   leads, URLs due, leases, holds of hosts
    _captures   runs, captures, bodies             (facts)
    _memory     lines that an outlet repeats
    _derived    readings, versions, changes, matches
    _directions which came first
    _availability whether a page is still there
    _alerts     what is told, and its way to those who want to know
    _candidates look-ups of stories by pages and of pages by stories
    _notes      what people noted
    _withholding what is not shown on request
    _reports    what people ask of an archive
"""

from __future__ import annotations

from archive.store._alerts import DueDelivery
from archive.store._candidates import IndexedStory
from archive.store._captures import RunState, RunSummary
from archive.store._derived import CaptureToRead, ReadBody
from archive.store._frontier import FrontierState
from archive.store._notes import NOTE_COLUMNS
from archive.store._reports import Reports as Store
from archive.store._sources import ASKED, Requests, SourceOutcome, SourceResult
from archive.store._stories import texts_digest
from archive.store._withholding import Decision

__all__ = [
    "ASKED",
    "NOTE_COLUMNS",
    "CaptureToRead",
    "Decision",
    "DueDelivery",
    "FrontierState",
    "IndexedStory",
    "ReadBody",
    "Requests",
    "RunState",
    "RunSummary",
    "SourceOutcome",
    "SourceResult",
    "Store",
    "texts_digest",
]
