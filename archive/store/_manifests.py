"""The rows of which a run's manifest is made."""

from __future__ import annotations

import sqlite3

from archive.manifests import CAPTURE_COLUMNS, RUN_COLUMNS, SOURCE_COLUMNS, RunRows


def rows_of_run(connection: sqlite3.Connection, run_id: int, head: str) -> RunRows:
    """The rows of a run, with the *head* that the chain had when it closed. Raises KeyError if there is no such run.

    Args:
        connection: whose rows can be asked by name.
    """
    run = connection.execute(f"SELECT {', '.join(RUN_COLUMNS)} FROM run WHERE id = ?", (run_id,)).fetchone()
    if run is None:
        raise KeyError(run_id)
    sources = connection.execute(
        f"SELECT {', '.join(SOURCE_COLUMNS)} FROM run_source WHERE run_id = ? ORDER BY id", (run_id,)
    ).fetchall()
    captures = connection.execute(
        f"SELECT {', '.join(CAPTURE_COLUMNS)} FROM capture WHERE run_id = ? ORDER BY id", (run_id,)
    ).fetchall()
    return RunRows(run, sources, captures, head)
