"""What people ask of an archive."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from archive.store._attestations import Attestations
from archive.store._availability import Availability
from archive.store._candidates import Candidates
from archive.store._evidence import Evidence
from archive.store._health import Health
from archive.store._notes import Notes
from archive.store._pruning import Pruning
from archive.store._withholding import Withholding
from archive.times import to_text
from archive.urls import url_key

KIND_ORDER = "copy,rewrite,excerpt,translation,translated_excerpt,quotes_only,related,mentions,unrelated"


class Reports(Availability, Candidates, Evidence, Attestations, Health, Notes, Pruning, Withholding):
    def counts(self) -> dict[str, int]:
        """Rows of the tables that people ask about."""
        tables = ("story", "outlet", "page", "capture", "body", "version", "change", "match")
        return {table: int(self._value(f"SELECT count(*) FROM {table}")) for table in tables}

    def newest_capture_id(self) -> int:
        """The id of the capture added last; 0 in an empty archive."""
        return int(self._value("SELECT coalesce(max(id), 0) FROM capture"))

    def story_pages(self, story_id: int) -> list[dict[str, Any]]:
        """Rows of the view `story_pages`, strongest kinds first."""
        rows = self._all(
            "SELECT * FROM story_pages WHERE story_id = ? ORDER BY instr(?, kind), coverage_story DESC, url",
            (story_id, KIND_ORDER),
        )
        return [dict(row) for row in rows]

    def all_story_pages(self) -> list[dict[str, Any]]:
        """Rows of the view `story_pages` of all stories."""
        return [dict(row) for row in self._all("SELECT * FROM story_pages ORDER BY story_id, page_id")]

    def kinds(self, story_id: int) -> dict[str, int]:
        """Kind -> pages that stand so to a story, the work itself left out, strongest kinds first."""
        rows = self._all(
            """SELECT kind, count(*) FROM story_pages WHERE story_id = ? AND NOT own GROUP BY kind ORDER BY instr(?, kind)""",
            (story_id, KIND_ORDER),
        )
        return {row[0]: row[1] for row in rows}

    def weightiest_change(self) -> dict[str, Any] | None:
        """The change of the greatest significance, of a copy if one was changed; None if nothing was."""
        row = self._one(
            """SELECT ch.* FROM changes ch ORDER BY EXISTS
                 (SELECT 1 FROM matches m WHERE m.page_id = ch.page_id AND m.kind IN
                    ('copy', 'rewrite', 'excerpt', 'translation', 'translated_excerpt')) DESC,
                 ch.significance DESC, ch.id LIMIT 1"""
        )
        return dict(row) if row else None

    def failing_sources(self, run_id: int) -> list[dict[str, Any]]:
        """The sources that could not give anything in a run, with the reason; those that had nothing to say are not among them."""
        rows = self._all(
            """SELECT source, query, outcome, reason FROM run_source
               WHERE run_id = ? AND outcome IN ('failed', 'unreadable', 'refused', 'limited', 'not_asked') ORDER BY id""",
            (run_id,),
        )
        return [dict(row) for row in rows]

    def unfetched_pages(self, story_id: int, limit: int) -> list[dict[str, Any]]:
        """The pages that sources named for a story and that were never fetched, the likeliest first, each with the reason."""
        rows = self._all(
            """SELECT f.url, f.score, f.score_reason, f.why AS source, f.due_at,
                      (SELECT l.title FROM lead l WHERE l.url_key = f.url_key AND l.story_id = :story AND l.title IS NOT NULL
                       ORDER BY l.score DESC LIMIT 1) AS title
               FROM frontier f JOIN frontier_story s ON s.frontier_id = f.id
               WHERE s.story_id = :story AND f.purpose = 'page' AND f.visits = 0
               ORDER BY f.score DESC, f.id LIMIT :limit""",
            {"story": story_id, "limit": limit},
        )
        return [dict(row) for row in rows]

    def held_hosts(self, now: datetime) -> list[dict[str, Any]]:
        """Hosts that asked to be left alone until later than *now*."""
        rows = self._all(
            "SELECT host, retry_at, reason FROM host WHERE retry_at > ? ORDER BY retry_at", (to_text(now),)
        )
        return [dict(row) for row in rows]

    def explain(self, url: str) -> dict[str, Any] | None:
        """All that the archive knows of a URL: who named it, what came of fetching it, what it is to each story.

        Returns None for a URL that the archive never heard of.
        """
        key = url_key(url)
        page_id = self._value("SELECT page_id FROM page_url WHERE url_key = ? ORDER BY id LIMIT 1", (key,))
        leads = self._all("SELECT * FROM leads WHERE id IN (SELECT id FROM lead WHERE url_key = ?) ORDER BY id", (key,))
        waiting = self._one("SELECT * FROM frontier WHERE url_key = ?", (key,))
        if page_id is None and not leads and waiting is None:
            return None
        return {
            "url": url,
            "url_key": key,
            "page_id": page_id,
            "leads": [dict(row) for row in leads],
            "frontier": {name: waiting[name] for name in ("state", "due_at", "attempts", "why")} if waiting else None,
            "captures": [dict(row) for row in self._captures_of(page_id)],
            "versions": [
                dict(row) for row in self._all("SELECT * FROM versions WHERE page_id = ? ORDER BY number", (page_id,))
            ],
            "changes": self.changes_of_page(page_id) if page_id is not None else [],
            "matches": [self._match_in_full(row) for row in self._matches_of(page_id)],
        }

    def changes_of_page(self, page_id: int) -> list[dict[str, Any]]:
        """The changes of a page, as the view `changes` tells them, in order of time."""
        rows = self._all("SELECT * FROM changes WHERE page_id = ? ORDER BY seen_at, id", (page_id,))
        return [
            {**dict(row), "reasons": json.loads(row["reasons"]), "fields": json.loads(row["fields"])} for row in rows
        ]

    def _captures_of(self, page_id: int | None) -> list[Any]:
        return self._all(
            """SELECT id, captured_at, status, error_class, error_detail, not_modified, quality, quality_reasons, decision, why,
                      body_sha256, origin FROM captures WHERE page_id = ? ORDER BY captured_at, id""",
            (page_id,),
        )

    def _matches_of(self, page_id: int | None) -> list[Any]:
        return self._all("SELECT * FROM matches WHERE page_id = ? ORDER BY story_id, version_number", (page_id,))

    def _match_in_full(self, row: Any) -> dict[str, Any]:
        match = dict(row)
        match["evidence"] = json.loads(match["evidence"])
        match["came_first_notes"] = json.loads(match["came_first_notes"] or "[]")
        match["passages"] = [
            {**dict(passage), "links": json.loads(passage["links"])}
            for passage in self._all("SELECT * FROM passages WHERE match_id = ? ORDER BY number", (row["id"],))
        ]
        return match

    def version_row(self, version_id: int) -> dict[str, Any] | None:
        """The row of the view `versions`, or None."""
        row = self._one("SELECT * FROM versions WHERE id = ?", (version_id,))
        return dict(row) if row else None

    def versions_of_url(self, url: str) -> list[dict[str, Any]]:
        """The versions of the page at *url*, in order of time."""
        rows = self._all(
            """SELECT * FROM versions WHERE page_id = (SELECT page_id FROM page_url WHERE url_key = ? ORDER BY id LIMIT 1)
               ORDER BY number""",
            (url_key(url),),
        )
        return [dict(row) for row in rows]
