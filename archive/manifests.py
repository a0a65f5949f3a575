"""The manifest of a run: one JSON document that says what was captured, made the same way whenever it is made.

::

    {
     "manifest": 1,                     the form of this document
     "run": {…}, "sources": [{…}],      as their rows say, when the run closed
     "captures": [{…, "log_hash"}],     in the order in which they were kept, each with its place in the hash chain
     "totals": {…},
     "head": "…"                        chain hash of the newest capture there was: all before it stands behind it
    }

Its bytes are UTF-8 with one space of indentation and one line break at the end, so `sha256sum` of the file is the sha256
that the archive keeps. Database ids are left out where they say nothing of what was seen; what was noted after the run
closed (alarms, withheld pages) is no part of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

FORM = 1

RUN_COLUMNS = (
    "id", "kind", "watch", "state", "started_at", "finished_at", "planned", "fetched", "new", "unchanged", "failed", "skipped", "note",
)  # fmt: skip
SOURCE_COLUMNS = ("source", "query", "outcome", "reason", "leads", "new_leads", "fetched", "new", "failed")
CAPTURE_COLUMNS = (
    "id", "purpose", "url", "started_at", "status", "error_class", "media_type", "not_modified", "origin", "body_sha256", "log_hash",
)  # fmt: skip

_JSON = frozenset(("failed", "skipped"))
"""Columns that hold JSON."""


@dataclass(frozen=True, slots=True)
class RunRows:
    """The rows that a manifest is made of."""

    run: Mapping[str, Any]
    #: in order of id
    sources: Sequence[Mapping[str, Any]]
    #: in order of id
    captures: Sequence[Mapping[str, Any]]
    #: chain hash of the newest capture there was
    head: str


def manifest(rows: RunRows) -> bytes:
    """The manifest of a run, byte for byte.

    Raises:
        ValueError: a row holds what no row was written with.
    """
    document = {
        "manifest": FORM,
        "run": _facts(rows.run, RUN_COLUMNS),
        "sources": [_facts(row, SOURCE_COLUMNS) for row in rows.sources],
        "captures": [_facts(row, CAPTURE_COLUMNS) for row in rows.captures],
        "totals": {
            "captures": len(rows.captures),
            "bodies": len({row["body_sha256"] for row in rows.captures} - {None}),
        },
        "head": rows.head,
    }
    return f"{json.dumps(document, ensure_ascii=False, indent=1)}\n".encode()


def digest(document: bytes) -> str:
    """The sha256 of a manifest, hexadecimal."""
    return sha256(document).hexdigest()


def _facts(row: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    return {name: json.loads(row[name]) if name in _JSON else row[name] for name in columns}
