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
    _health     how watches, sources and hosts are; what befell the machine
    _evidence   what is verified, exported and copied
    _manifests  the rows of a run's manifest
    _attestations what others are asked to confirm
    _pruning    bytes that are given up
    _notes      what people noted
    _withholding what is not shown on request
    _reports    what people ask of an archive
"""

from __future__ import annotations

from archive.store._alerts import DueDelivery
from archive.store._attestations import Attestation, AttestationKind
from archive.store._candidates import IndexedStory
from archive.store._captures import RunState, RunSummary
from archive.store._derived import CaptureToRead, ReadBody
from archive.store._frontier import FrontierState
from archive.store._notes import NOTE_COLUMNS
from archive.store._pruning import Prunable, PruningRule
from archive.store._reports import Reports as Store
from archive.store._sources import ASKED, Requests, SourceOutcome, SourceResult
from archive.store._stories import story_digest
from archive.store._withholding import Decision

__all__ = [
    "ASKED",
    "NOTE_COLUMNS",
    "Attestation",
    "AttestationKind",
    "CaptureToRead",
    "Decision",
    "DueDelivery",
    "FrontierState",
    "IndexedStory",
    "Prunable",
    "PruningRule",
    "ReadBody",
    "Requests",
    "RunState",
    "RunSummary",
    "SourceOutcome",
    "SourceResult",
    "Store",
    "story_digest",
]
