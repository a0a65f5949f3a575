"""How the watches, their sources and the hosts are, as the health views say it; and what befell the machine."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from archive.health import Finding, IncidentKind, findings
from archive.schema import migrations
from archive.store._base import Base, wrapped_errors
from archive.times import from_text, to_text

SAME_INCIDENT = timedelta(days=1)
"""The same again within this time is counted at its row."""


class Health(Base):
    def health(self, now: datetime) -> list[Finding]:
        """What somebody should look at, what is wrong first."""
        watches, sources, hosts, incidents = (
            [dict(row) for row in self._all(f"SELECT * FROM {view}")]
            for view in ("watch_health", "source_health", "host_health", "incidents")
        )
        return findings(watches, sources, hosts, incidents, now)

    def note_incident(self, kind: IncidentKind, detail: str, now: datetime, watch: str | None = None) -> None:
        """Note what befell the machine or a watch; the same again within a day is counted."""
        at = to_text(now)
        with self.transaction():
            known = self._value(
                """SELECT id FROM incident WHERE kind = ? AND watch IS ? AND detail = ? AND last_at BETWEEN ? AND ?
                   ORDER BY id DESC LIMIT 1""",
                (kind, watch, detail, to_text(now - SAME_INCIDENT), at),
            )
            if known is not None:
                self._run("UPDATE incident SET last_at = ?, times = times + 1 WHERE id = ?", (at, known))
            else:
                self._run(
                    "INSERT INTO incident (kind, watch, detail, at, last_at) VALUES (?, ?, ?, ?, ?)",
                    (kind, watch, detail, at, at),
                )

    def end_of_last_run(self) -> datetime | None:
        """When the last run ended, or began if it never closed its row; None before the first."""
        value = self._value("SELECT coalesce(finished_at, started_at) FROM run ORDER BY id DESC LIMIT 1")
        return from_text(value) if value else None

    def pull_in(self, now: datetime, longest: timedelta) -> int:
        """Make due what is due later than *longest* from now: a clock that was wrong put it there. Returns how many."""
        return self._run(
            "UPDATE frontier SET due_at = ? WHERE state = 'waiting' AND due_at > ?",
            (to_text(now), to_text(now + longest)),
        ).rowcount

    def next_delivery(self, watch: str) -> datetime | None:
        """When the next alert of *watch* is to be delivered or tried again; None if nothing waits."""
        value = self._value(
            """SELECT min(d.next_try_at) FROM receiver r JOIN story s ON s.slug = r.watch
               JOIN alert a ON a.story_id = s.id JOIN delivery d ON d.alert_id = a.id AND d.channel = r.channel
               WHERE r.watch = ? AND d.state = 'pending'""",
            (watch,),
        )
        return from_text(value) if value else None

    def stuck_deliveries(self) -> list[dict[str, Any]]:
        """Receivers that were tried in vain: channel, how many alerts wait, since when, and the last error."""
        rows = self._all(
            """SELECT d.channel, count(*) AS alerts, min(a.created_at) AS since, max(d.attempts) AS attempts, d.last_error
               FROM delivery d JOIN alert a ON a.id = d.alert_id WHERE d.state = 'pending' AND d.attempts > 0
               GROUP BY d.channel ORDER BY d.channel"""
        )
        return [dict(row) for row in rows]

    def server_clocks(self, limit: int) -> list[tuple[str, datetime, str]]:
        """(outlet, when we had the answer, its Date header) of the newest live answers, one an outlet.

        An answer out of a cache (with Age) has an old Date, and is left out.
        """
        rows = self._all(
            """SELECT domain, finished_at, date FROM (
                 SELECT o.domain, c.finished_at, max(c.id) AS newest,
                        max(CASE WHEN lower(h.value ->> 0) = 'date' THEN h.value ->> 1 END) AS date,
                        max(lower(h.value ->> 0) = 'age') AS cached
                 FROM (SELECT * FROM capture WHERE origin = 'live' AND status IS NOT NULL ORDER BY id DESC LIMIT ?1) c
                 JOIN page p ON p.id = c.page_id JOIN outlet o ON o.id = p.outlet_id, json_each(c.headers) h
                 GROUP BY c.id) WHERE date IS NOT NULL AND NOT cached GROUP BY domain HAVING newest = max(newest)""",
            (limit,),
        )
        return [(row["domain"], from_text(row["finished_at"]), row["date"]) for row in rows]

    def running_runs(self) -> list[dict[str, Any]]:
        """Crawls whose rows say that they are at work; only the lock knows whether they are."""
        rows = self._all("SELECT id, watch, started_at FROM run WHERE state = 'running' AND kind = 'crawl' ORDER BY id")
        return [dict(row) for row in rows]

    def journal_mode(self) -> str:
        """As SQLite names it: 'wal' in an archive that this program made."""
        return str(self._value("PRAGMA journal_mode"))

    def unlike_fresh(self) -> list[str]:
        """Tables and views that a fresh archive has and this one has not, or has otherwise."""
        with wrapped_errors(str(self.path)):
            fresh = sqlite3.connect(":memory:", isolation_level=None)
            try:
                migrations.apply(Database(fresh))
                wanted = dict(fresh.execute(_OBJECTS).fetchall())
            finally:
                fresh.close()
        here = {row[0]: row[1] for row in self._all(_OBJECTS)}
        return sorted(name for name, sql in wanted.items() if here.get(name) != sql)


_OBJECTS = "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%_fts_%'"
