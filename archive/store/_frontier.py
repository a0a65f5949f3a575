"""URLs to fetch: who named them, when they are due, who has them on lease, what their hosts asked of us."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from archive.store._sources import ASKED, Sources
from archive.times import from_text, to_text
from archive.types import FrontierEntry, Lead
from archive.urls import registrable_domain, url_key

_NEW_PAGE: Final = "(f.purpose = 'page' AND f.visits = 0 AND f.why <> 'given')"
"""As `FrontierEntry.is_new_page`."""

VOLATILE_CHANGES: Final = 4
VOLATILE_SHARE: Final = 0.25
"""A page is volatile if at most a quarter of its new bodies, at least four of them, brought a new text."""


@dataclass(frozen=True, slots=True)
class FrontierState:
    """How many URLs of a story stand where."""

    due: int
    leased: int
    later: int
    dropped: int
    next_due: datetime | None
    #: of those due: pages that sources named and that were never fetched; each stays listed with its score and reason
    new_pages: int = 0


class Frontier(Sources):
    def add_leads(self, leads: Sequence[Lead], *, story_id: int, run_id: int | None, now: datetime) -> int:
        """Keep *leads*; put URLs never heard of on the frontier, due at once. Returns how many those were."""
        at = to_text(now)
        new = 0
        with self.transaction():
            for lead in leads:
                key = frontier_key(lead)
                self._run(
                    """INSERT INTO lead (story_id, url, url_key, source, query, purpose, rank, title, published, language,
                                         outlet, note, run_id, first_seen, last_seen, score, score_reason)
                       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                       ON CONFLICT (story_id, source, query, url) DO UPDATE SET last_seen = excluded.last_seen,
                         score = coalesce(excluded.score, score),
                         score_reason = coalesce(excluded.score_reason, score_reason)""",
                    (
                        story_id,
                        lead.url,
                        key,
                        lead.source,
                        lead.query,
                        lead.purpose,
                        lead.rank,
                        lead.title,
                        to_text(lead.published) if lead.published else None,
                        lead.language,
                        lead.outlet,
                        lead.note,
                        run_id,
                        at,
                        at,
                        lead.score,
                        lead.score_reason,
                    ),
                )
                new += self._add_to_frontier(lead, key, story_id, at)
        return new

    def _add_to_frontier(self, lead: Lead, key: str, story_id: int, at: str) -> int:
        row = self._one("SELECT id, state FROM frontier WHERE url_key = ?", (key,))
        if row is None:
            cursor = self._run(
                """INSERT INTO frontier (url, url_key, purpose, domain, state, due_at, why, added_at, score, score_reason)
                   VALUES (?, ?, ?, ?, 'waiting', ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
                (
                    lead.url,
                    key,
                    lead.purpose,
                    registrable_domain(lead.url),
                    at,
                    lead.source,
                    at,
                    lead.score,
                    lead.score_reason,
                ),
            )
            if not cursor.rowcount:
                return 0
            frontier_id = cursor.lastrowid
        else:
            frontier_id = row["id"]
            if lead.purpose == "search" and (row["state"] == "dropped" or (row["state"] == "done" and not lead.once)):
                # A part of an answer that was asked for anew.
                self._run(
                    "UPDATE frontier SET state = 'waiting', attempts = 0, due_at = ? WHERE id = ?", (at, frontier_id)
                )
            if lead.score is not None:
                self._raise_score(lead, frontier_id)
        self._run("INSERT OR IGNORE INTO frontier_story (frontier_id, story_id) VALUES (?, ?)", (frontier_id, story_id))
        return int(row is None)

    def _raise_score(self, lead: Lead, frontier_id: int) -> None:
        self._run(
            "UPDATE frontier SET score = ?1, score_reason = ?2 WHERE id = ?3 AND (score IS NULL OR score < ?1)",
            (lead.score, lead.score_reason, frontier_id),
        )

    def unfetched_leads(self, story_id: int, limit: int) -> list[Lead]:
        """Leads to pages never fetched: those that nobody has judged yet, such as an imported list, then the most promising."""
        rows = self._all(
            """SELECT l.* FROM lead l JOIN frontier f ON f.url_key = l.url_key
               WHERE l.story_id = ? AND l.purpose = 'page' AND f.visits = 0
               ORDER BY l.score IS NOT NULL, l.score DESC, l.id LIMIT ?""",
            (story_id, limit),
        )
        return [
            Lead(
                url=row["url"],
                source=row["source"],
                query=row["query"],
                rank=row["rank"],
                title=row["title"],
                published=from_text(row["published"]) if row["published"] else None,
                language=row["language"],
                outlet=row["outlet"],
                note=row["note"],
            )
            for row in rows
        ]

    def score_leads(self, leads: Sequence[Lead], story_id: int) -> None:
        """Note the scores of leads that are known; the frontier keeps the best score of a URL."""
        with self.transaction():
            for lead in leads:
                self._run(
                    """UPDATE lead SET score = ?, score_reason = ?
                       WHERE story_id = ? AND source = ? AND query = ? AND url = ?""",
                    (lead.score, lead.score_reason, story_id, lead.source, lead.query, lead.url),
                )
                row = self._one("SELECT id FROM frontier WHERE url_key = ?", (frontier_key(lead),))
                if row is not None:
                    self._raise_score(lead, row["id"])

    def finish(self, frontier_id: int, *, given_up: bool) -> None:
        """Never fetch a URL again: its answer cannot change, or it was tried often enough."""
        self._run(
            "UPDATE frontier SET state = ?, lease_until = NULL, visits = visits + 1 WHERE id = ?",
            ("dropped" if given_up else "done", frontier_id),
        )

    def lease_due(
        self,
        *,
        story_id: int | None,
        limit: int,
        lease_seconds: float,
        now: datetime,
        busy_domains: Collection[str] = (),
        per_domain: int = 4,
        new_pages: bool = True,
        likeliest_first: bool = False,
    ) -> list[FrontierEntry]:
        """Take up to *limit* due URLs for this crawl alone.

        What is known comes first, the longest overdue first: pages fetched before, sources, and what the watch names. Then
        come new pages, in each domain the likeliest to be a copy first; with *likeliest_first* over all domains.

        At most *per_domain* of one domain, so that one slow domain cannot fill the batch, and none of *busy_domains*.
        A lease that ran out counts as due: its crawl died. `story_id` None takes URLs of all stories.
        """
        at = to_text(now)
        until = now + timedelta(seconds=lease_seconds)
        busy = sorted(busy_domains)
        of_story = (
            "AND f.id IN (SELECT frontier_id FROM frontier_story WHERE story_id = ?)" if story_id is not None else ""
        )
        with self.transaction():
            rows = self._all(
                f"""SELECT * FROM (
                      SELECT *, row_number() OVER (PARTITION BY domain ORDER BY new_page, promise DESC, due_at, id) AS place
                      FROM (SELECT f.*, {_NEW_PAGE} AS new_page,
                                   CASE WHEN {_NEW_PAGE} THEN coalesce(f.score, 0.0) ELSE 0.0 END AS promise FROM frontier f
                      WHERE ((f.state = 'waiting' AND f.due_at <= ?) OR (f.state = 'leased' AND f.lease_until <= ?))
                        {of_story} {"" if new_pages else f"AND NOT ({_NEW_PAGE})"}
                        AND f.domain NOT IN ({", ".join("?" * len(busy))})))
                    WHERE place <= ?
                    ORDER BY new_page, {"promise DESC," if likeliest_first else ""} place, due_at, id LIMIT ?""",
                (at, at, *([story_id] if story_id is not None else []), *busy, per_domain, limit),
            )
            self._conn.executemany(
                "UPDATE frontier SET state = 'leased', lease_until = ? WHERE id = ?",
                [(to_text(until), row["id"]) for row in rows],
            )
        return [self._entry(row, until) for row in rows]

    def _entry(self, row: Any, until: datetime) -> FrontierEntry:
        read = self._one(
            """SELECT count(*) AS versions, max(v.seen_from) AS changed_at FROM page_url pu
               JOIN version v ON v.page_id = pu.page_id WHERE pu.url = ?""",
            (row["url"],),
        )
        assert read is not None
        # Bytes change with every advertisement: once the text was read, its versions say how often the page changed.
        changes = read["versions"] - 1 if read["versions"] else row["changes"]
        changed_at = read["changed_at"] if read["versions"] > 1 else None
        if not read["versions"] or (row["last_status"] or 0) >= 400:  # never read, or gone since then
            changed_at = row["last_changed"]
        return FrontierEntry(
            id=row["id"],
            url=row["url"],
            purpose=row["purpose"],
            domain=row["domain"],
            attempts=row["attempts"],
            due_at=from_text(row["due_at"]),
            lease_until=until,
            etag=row["etag"],
            last_modified=row["last_modified"],
            why=row["why"],
            added_at=from_text(row["added_at"]),
            changed_at=from_text(changed_at) if changed_at and row["visits"] else None,
            changes=changes,
            visits=row["visits"],
            last_status=row["last_status"],
            body_sha256=row["body_sha256"],
            volatile=row["changes"] >= VOLATILE_CHANGES and changes <= row["changes"] * VOLATILE_SHARE,
            score=row["score"],
        )

    def next_due(self, *, story_id: int | None, before: datetime) -> datetime | None:
        """When the next URL falls due, or a lease runs out, before *before*; None if none does."""
        of_story = (
            "AND id IN (SELECT frontier_id FROM frontier_story WHERE story_id = ?)" if story_id is not None else ""
        )
        value = self._value(
            f"""SELECT min(CASE state WHEN 'leased' THEN lease_until ELSE due_at END) FROM frontier
                WHERE state IN ('waiting', 'leased') {of_story}""",
            (story_id,) if story_id is not None else (),
        )
        due = from_text(value) if value else None
        return due if due is not None and due < before else None

    def release(self, entry: FrontierEntry, *, due_at: datetime, reason: str) -> None:
        """Give a leased URL back unfetched, to be due at *due_at*."""
        self._run(
            "UPDATE frontier SET state = 'waiting', lease_until = NULL, due_at = ? WHERE id = ? AND state = 'leased'",
            (to_text(due_at), entry.id),
        )

    def is_known_url(self, url: str) -> bool:
        """Whether the frontier has heard of this URL, or of another form of it."""
        return bool(self._value("SELECT 1 FROM frontier WHERE url_key = ?", (url_key(url),)))

    def make_due(self, *, story_id: int, now: datetime) -> int:
        """Make every URL of a story due now, as `crawl --again` asks. Returns how many."""
        return self._run(
            """UPDATE frontier SET due_at = ? WHERE state = 'waiting' AND due_at > ?
               AND id IN (SELECT frontier_id FROM frontier_story WHERE story_id = ?)""",
            (to_text(now), to_text(now), story_id),
        ).rowcount

    def frontier_state(self, story_id: int, now: datetime) -> FrontierState:
        """The story's URLs by state at *now*."""
        row = self._one(
            f"""SELECT sum(state = 'waiting' AND due_at <= :now) AS due, sum(state = 'leased') AS leased,
                      sum(state = 'waiting' AND due_at > :now) AS later, sum(state = 'dropped') AS dropped,
                      min(CASE state WHEN 'waiting' THEN due_at END) AS next_due,
                      sum(state = 'waiting' AND due_at <= :now AND {_NEW_PAGE}) AS new_pages
               FROM frontier f WHERE id IN (SELECT frontier_id FROM frontier_story WHERE story_id = :story)""",
            {"now": to_text(now), "story": story_id},
        )
        assert row is not None
        return FrontierState(
            row["due"] or 0,
            row["leased"] or 0,
            row["later"] or 0,
            row["dropped"] or 0,
            from_text(row["next_due"]) if row["next_due"] else None,
            row["new_pages"] or 0,
        )

    def queue_by_source(self, story_id: int, now: datetime) -> dict[str, int]:
        """Source -> how many of the URLs that it was the first to name are due."""
        rows = self._all(
            """SELECT why, count(*) FROM frontier WHERE state = 'waiting' AND due_at <= ?
               AND id IN (SELECT frontier_id FROM frontier_story WHERE story_id = ?) GROUP BY why ORDER BY why""",
            (to_text(now), story_id),
        )
        return {row[0]: row[1] for row in rows}

    def host_hold(self, host: str) -> datetime | None:
        """Until when *host* ("name:port") asked to be left alone, or None."""
        value = self._value("SELECT retry_at FROM host WHERE host = ?", (host,))
        return from_text(value) if value else None

    def hold_host(self, host: str, until: datetime, reason: str) -> None:
        """Leave *host* alone until *until*; a hold is never shortened."""
        self._run(
            """INSERT INTO host (host, retry_at, reason) VALUES (?, ?, ?) ON CONFLICT (host) DO UPDATE
               SET retry_at = max(retry_at, excluded.retry_at), reason = excluded.reason""",
            (host, to_text(until), reason),
        )


def frontier_key(lead: Lead) -> str:
    """What makes *lead* another request than all others: the page, or, of a source that is asked, the very words.

    A question has parameters that look like tracking, and the address in a memento's is not the memento's own.
    """
    return lead.url if lead.purpose in ASKED else url_key(lead.url)


def flips(before: int | None, now: int | None) -> bool:
    """Whether a page that was there went, or one that was gone or behind a wall came back; of another kind of answer.

    >>> flips(200, 404), flips(404, 410), flips(200, 304), flips(None, 404)
    (True, False, False, False)
    """
    return before is not None and now is not None and _kind(before) != _kind(now)


def _kind(status: int) -> str:
    return "there" if status < 400 else "gone" if status in (404, 410) else "closed"
