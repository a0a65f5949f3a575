"""What the archive saw of a page over time, and of its host beside it: what `archive.availability` judges by."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from archive.availability import HOST_WINDOW, RECENTLY, HostCapture, Sighting, State
from archive.plausibility import LEAST_URLS, SeenText
from archive.store._directions import Directions
from archive.times import from_text, to_text
from archive.urls import url_key

MOST_WITNESSES = 60
"""Other pages of a host that are asked about one failure: more would not change what most of them say."""

_PERMANENT = (301, 308)


class Availability(Directions):
    # --- the page ---

    def availability_due(self, page_id: int) -> None:
        """Have the page's availability judged again: something about it was captured, or read anew."""
        self._run("INSERT INTO availability_due (page_id) VALUES (?) ON CONFLICT DO NOTHING", (page_id,))

    def hosts_availability_due(self) -> None:
        """The same for pages that are not found just now, of the outlets of those that are due: they may bear witness."""
        self._run(
            """INSERT INTO availability_due (page_id)
               SELECT a.page_id FROM availability_state a JOIN page p ON p.id = a.page_id
               WHERE a.last AND a.state IN ('removed', 'removed?', 'unreachable')
                 AND p.outlet_id IN (SELECT d.outlet_id FROM availability_due w JOIN page d ON d.id = w.page_id)
               ON CONFLICT DO NOTHING"""
        )

    def pages_with_availability_due(self, limit: int = 500) -> list[int]:
        """Pages to be judged again."""
        return [row[0] for row in self._all("SELECT page_id FROM availability_due ORDER BY page_id LIMIT ?", (limit,))]

    def sightings(self, page_id: int) -> list[Sighting]:
        """Every read capture of a page, in order of time; whether a move shows the same article is not said."""
        rows = self._all(
            """SELECT c.id, c.started_at, c.status, c.error_class, c.url, c.final_url, c.redirects, r.decision, r.why,
                      r.reasons
               FROM capture c JOIN reading r ON r.capture_id = c.id
               WHERE c.page_id = ? AND c.purpose = 'page' ORDER BY c.started_at, c.id""",
            (page_id,),
        )
        return [
            Sighting(
                capture_id=row["id"],
                at=from_text(row["started_at"]),
                status=row["status"],
                error_class=row["error_class"],
                decision=row["decision"],
                why=row["why"],
                reasons=tuple(json.loads(row["reasons"])),
                url=row["url"],
                final_url=row["final_url"],
                permanently=_permanently(row["redirects"]),
            )
            for row in rows
        ]

    def host_captures(self, page_id: int, failures: Sequence[datetime]) -> list[HostCapture]:
        """What the page's host said of other pages about the times of these failures, and for a while before them."""
        if not failures:
            return []
        url = str(self._value("SELECT url FROM page WHERE id = ?", (page_id,)))
        witnesses = self._witnesses(page_id, urlsplit(url).hostname or "", failures)
        rows = self._all(
            """SELECT c.page_id, c.started_at, c.status, c.error_class, r.decision, r.reasons
               FROM capture c LEFT JOIN reading r ON r.capture_id = c.id
               WHERE c.page_id IN (SELECT value FROM json_each(?)) AND c.started_at BETWEEN ? AND ?""",
            (json.dumps(witnesses), to_text(min(failures) - RECENTLY), to_text(max(failures) + HOST_WINDOW)),
        )
        return [
            HostCapture(
                page=str(row["page_id"]),
                at=from_text(row["started_at"]),
                status=row["status"],
                error_class=row["error_class"],
                decision=row["decision"] or "",
                reasons=tuple(json.loads(row["reasons"] or "[]")),
            )
            for row in rows
        ]

    def _witnesses(self, page_id: int, host: str, failures: Sequence[datetime]) -> list[int]:
        found: dict[int, None] = {}
        for at in failures:
            rows = self._all(
                """SELECT DISTINCT c.page_id, c.url FROM page p JOIN page other ON other.outlet_id = p.outlet_id
                   JOIN capture c ON c.page_id = other.id
                   WHERE p.id = ?1 AND other.id <> ?1 AND c.started_at BETWEEN ?2 AND ?3 ORDER BY c.page_id LIMIT ?4""",
                (page_id, to_text(at - HOST_WINDOW), to_text(at + HOST_WINDOW), 4 * MOST_WITNESSES),
            )
            found.update((row["page_id"], None) for row in rows if urlsplit(row["url"]).hostname == host)
            if len(found) >= MOST_WITNESSES:
                break
        return list(found)[:MOST_WITNESSES]

    def save_availability(self, page_id: int, states: Sequence[State], sentences: Sequence[str]) -> None:
        """Make these the page's states; *sentences* say what may be said of the page with each of them as its last."""
        with self.transaction():
            self._run("DELETE FROM availability_state WHERE page_id = ?", (page_id,))
            self._conn.executemany(
                """INSERT INTO availability_state (page_id, number, last, state, since, until, last_present_capture_id,
                       last_present_at, first_absent_capture_id, evidence, claimed, captures, moved_to, sentence)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                [
                    (
                        page_id,
                        number,
                        int(number == len(states)),
                        one.state,
                        to_text(one.since),
                        to_text(one.until),
                        one.last_present.capture_id if one.last_present else None,
                        to_text(one.last_present.at) if one.last_present else None,
                        one.first_absent.capture_id if one.first_absent else None,
                        one.evidence,
                        int(one.claimed),
                        one.captures,
                        one.moved_to,
                        sentence,
                    )
                    for number, (one, sentence) in enumerate(zip(states, sentences, strict=True), start=1)
                ],
            )
            self._run("DELETE FROM availability_due WHERE page_id = ?", (page_id,))

    def note_move(self, page_id: int, url: str, at: datetime) -> None:
        """Let captures of *url*, to which the page moved, go on in its history; a page that stands there already stays."""
        key = url_key(url)
        if self._value("SELECT 1 FROM page_url WHERE url_key = ? OR url = ?", (key, url)) is None:
            self._note_url(page_id, url, key, "moved", to_text(at))

    # --- the run ---

    def runs_with_new_readings(self) -> list[int]:
        """Runs of which captures were read that were not yet compared with each other."""
        return [
            row[0]
            for row in self._all(
                """SELECT DISTINCT c.run_id FROM capture c JOIN reading r ON r.capture_id = c.id
                   WHERE NOT r.compared AND c.run_id IS NOT NULL ORDER BY 1"""
            )
        ]

    def repeated_texts(self, run_id: int) -> list[SeenText]:
        """The captures of a run whose text was read from several of its pages, where it was not compared yet."""
        # From the new readings, by index: a long crawl is asked again and again.
        rows = self._all(
            """WITH new AS (
                 SELECT DISTINCT e.text_sha256 AS digest FROM reading r JOIN capture c ON c.id = r.capture_id
                 JOIN extraction e ON e.id = r.extraction_id WHERE NOT r.compared AND c.run_id = ?1),
               seen AS (
                 SELECT c.id, c.final_url, c.page_id, e.text_sha256, length(e.text) AS size, e.markup ->> 'canonical' AS canonical
                 FROM new JOIN extraction e ON e.text_sha256 = new.digest JOIN reading r ON r.extraction_id = e.id
                 JOIN capture c ON c.id = r.capture_id
                 WHERE c.run_id = ?1 AND c.purpose = 'page' AND e.text <> '')
               SELECT * FROM seen WHERE text_sha256 IN
                 (SELECT text_sha256 FROM seen GROUP BY text_sha256 HAVING count(DISTINCT page_id) >= ?2)""",
            (run_id, LEAST_URLS),
        )
        return [
            SeenText(
                capture_id=row["id"],
                url_key=url_key(row["final_url"]),
                host=urlsplit(row["final_url"]).hostname or "",
                text_sha256=row["text_sha256"],
                text_length=row["size"],
                canonical=row["canonical"],
            )
            for row in rows
        ]

    def doubt_captures(self, run_id: int, reasons: dict[int, str], score: float) -> list[int]:
        """Add a reason against each of these captures, and note that the run's captures are compared.

        Returns the pages whose captures were good before.
        """
        rows = self._rows_of(reasons)
        self._conn.executemany(
            "UPDATE reading SET quality = ?, reasons = ? WHERE capture_id = ?",
            [
                (score, json.dumps([reasons[row["capture_id"]], *json.loads(row["reasons"])]), row["capture_id"])
                for row in rows
            ],
        )
        self._run(
            "UPDATE reading SET compared = 1 WHERE NOT compared AND capture_id IN (SELECT id FROM capture WHERE run_id = ?)",
            (run_id,),
        )
        return sorted({row["page_id"] for row in rows})

    def _rows_of(self, capture_ids: Collection[int]) -> list[Any]:
        return self._all(
            """SELECT r.capture_id, r.reasons, c.page_id FROM reading r JOIN capture c ON c.id = r.capture_id
               WHERE r.quality >= 0.5 AND r.capture_id IN (SELECT value FROM json_each(?))""",
            (json.dumps(sorted(capture_ids)),),
        )


def _permanently(redirects: str) -> bool:
    hops = json.loads(redirects)
    return bool(hops) and all(status in _PERMANENT for _, status, _ in hops)
