"""Rows out as CSV and JSON: matches, changes, versions and captures, as the views tell them. Nothing here decides what.

A CSV is made for spreadsheets, which take a cell that begins with =, +, -, @, a tab or a line break for a formula: what an
outlet wrote gets an apostrophe before it then. The JSON is as the archive has it, JSON columns opened.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, Literal

from archive.text import csv_cell

Rows = Literal["matches", "changes", "versions", "captures"]

_JSON_COLUMNS = frozenset(
    ("evidence", "came_first_notes", "reasons", "fields", "links", "outlet_lines", "changed_fields", "quality_reasons", "redirects")
)  # fmt: skip


def write_csv(rows: Iterable[Mapping[str, Any]], file: IO[str]) -> int:
    """Write rows with a line of names before them; returns how many. Without rows nothing is written."""
    writer = csv.writer(file)
    count = 0
    for row in rows:
        if not count:
            writer.writerow(row.keys())
        writer.writerow([csv_cell(value) for value in row.values()])
        count += 1
    return count


def write_json(rows: Iterable[Mapping[str, Any]], file: IO[str]) -> int:
    """Write rows as a list of objects, one a line; returns how many."""
    count = 0
    file.write("[")
    for row in _opened(rows):
        file.write(f"{',' if count else ''}\n{json.dumps(row, ensure_ascii=False)}")
        count += 1
    file.write("\n]\n")
    return count


def _opened(rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {
            name: json.loads(value) if name in _JSON_COLUMNS and isinstance(value, str) else value
            for name, value in row.items()
        }
