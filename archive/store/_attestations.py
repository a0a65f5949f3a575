"""What third parties are asked to confirm: time stamps of the hash chain, copies of pages in a web archive."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from archive.store._base import Base
from archive.times import from_text, to_text
from archive.types import COPY_KINDS

AttestationKind = Literal["timestamp", "wayback"]


@dataclass(frozen=True, slots=True)
class Attestation:
    """One thing to be confirmed by one service."""

    id: int
    kind: AttestationKind
    #: of a time stamp: the chain hash; of a copy: the page's URL
    subject: str
    authority: str
    #: how often the service was asked before
    attempts: int
    #: the service's name for the work that it took on; None if it has taken on none
    job: str | None
    created_at: datetime


class Attestations(Base):
    def add_timestamp(self, authority: str, now: datetime) -> bool:
        """Have the chain's head stamped by *authority*. Returns False if there is no capture, or it was asked for before."""
        row = self._one("SELECT id, log_hash FROM capture ORDER BY id DESC LIMIT 1")
        return row is not None and self._add("timestamp", row["log_hash"], row["id"], authority, now)

    def add_copies(self, slug: str, authority: str, now: datetime) -> int:
        """Have *authority* keep a copy of each page that carries text of a story, once a version that was seen live.

        Only the newest version of a page is asked for: the ones before are no longer there. Returns how many are new.
        """
        rows = self._all(
            """SELECT v.first_capture_id AS capture_id, c.final_url AS url
               FROM story_pages sp JOIN version v ON v.id = sp.latest_version_id JOIN capture c ON c.id = v.first_capture_id
               WHERE sp.story = ? AND c.origin = 'live' AND sp.state IS NOT 'removed'
                 AND (sp.own OR sp.kind IN (SELECT value FROM json_each(?)))
                 AND NOT EXISTS (SELECT 1 FROM attestation a WHERE a.kind = 'wayback' AND a.capture_id = c.id)
               ORDER BY c.id""",
            (slug, json.dumps(sorted(COPY_KINDS))),
        )
        with self.transaction():
            return sum(self._add("wayback", row["url"], row["capture_id"], authority, now) for row in rows)

    def _add(self, kind: AttestationKind, subject: str, capture_id: int, authority: str, now: datetime) -> bool:
        cursor = self._run(
            """INSERT INTO attestation (kind, subject, capture_id, authority, state, next_try_at, created_at)
               VALUES (?, ?, ?, ?, 'pending', ?, ?) ON CONFLICT DO NOTHING""",
            (kind, subject, capture_id, authority, to_text(now), to_text(now)),
        )
        return cursor.rowcount > 0

    def due_attestations(self, kind: AttestationKind, authority: str, now: datetime) -> list[Attestation]:
        """What is to be asked of a service now: the newest time stamp first, for it stands for all before; else the oldest."""
        rows = self._all(
            """SELECT id, kind, subject, authority, attempts, job, created_at FROM attestation
               WHERE state = 'pending' AND kind = ? AND authority = ? AND next_try_at <= ?
               ORDER BY CASE kind WHEN 'timestamp' THEN -capture_id ELSE id END""",
            (kind, authority, to_text(now)),
        )
        return [Attestation(**{**dict(row), "created_at": from_text(row["created_at"])}) for row in rows]

    def claim_attestation(self, one: Attestation, next_try_at: datetime) -> bool:
        """Count an attempt before it is made, so that no other process makes it too. Returns False if one has."""
        cursor = self._run(
            """UPDATE attestation SET attempts = attempts + 1, next_try_at = ?
               WHERE id = ? AND state = 'pending' AND attempts = ?""",
            (to_text(next_try_at), one.id, one.attempts),
        )
        return cursor.rowcount == 1

    def set_attested(
        self,
        one: Attestation,
        now: datetime,
        confirmed_at: datetime,
        *,
        proof: bytes | None = None,
        roots: str | None = None,
        memento: str | None = None,
    ) -> None:
        """Keep what a service confirmed. Time stamps that it was asked for earlier are needless then."""
        with self.transaction():
            self._run(
                """UPDATE attestation SET state = 'ok', last_error = NULL, done_at = ?, confirmed_at = ?, proof = ?,
                     roots = ?, memento = ? WHERE id = ?""",
                (to_text(now), to_text(confirmed_at), proof, roots, memento, one.id),
            )
            # Asked now, an earlier head would get no earlier time, and the later one stands on it.
            self._run(
                """UPDATE attestation SET state = 'failed', last_error = 'a later head, which stands on it, was stamped', done_at = ?
                   WHERE kind = 'timestamp' AND state = 'pending' AND authority = ?
                     AND capture_id < (SELECT capture_id FROM attestation WHERE id = ? AND kind = 'timestamp')""",
                (to_text(now), one.authority, one.id),
            )

    def set_taken_on(self, one: Attestation, job: str, next_try_at: datetime) -> None:
        """Note that a service works on it, and when to ask how far it is."""
        self._run(
            "UPDATE attestation SET job = ?, last_error = NULL, next_try_at = ? WHERE id = ?",
            (job, to_text(next_try_at), one.id),
        )

    def set_unattested(self, one: Attestation, error: str, now: datetime, next_try_at: datetime | None) -> None:
        """Note that a service did not confirm it, and when it is asked again, from the beginning; None: never."""
        self._run(
            """UPDATE attestation SET job = NULL, last_error = :error, next_try_at = coalesce(:next, next_try_at),
                 state = iif(:next IS NULL, 'failed', state), done_at = iif(:next IS NULL, :now, NULL) WHERE id = :id""",
            {
                "error": error,
                "next": to_text(next_try_at) if next_try_at else None,
                "now": to_text(now),
                "id": one.id,
            },
        )

    def last_attestations(self, limit: int) -> list[dict[str, Any]]:
        """The last of them, the newest first, as the view `attestations` tells them."""
        return [dict(row) for row in self._all("SELECT * FROM attestations ORDER BY id DESC LIMIT ?", (limit,))]
