"""Facts: runs, captures and bodies. Added, never edited."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

import zstandard

from archive import manifests
from archive.exceptions import PrunedError
from archive.store._frontier import Frontier, flips
from archive.store._manifests import rows_of_run
from archive.store._sources import SourceOutcome, SourceResult
from archive.times import from_text, to_text
from archive.types import Capture, Lead
from archive.urls import page_keys, registrable_domain, same_page, url_key

ZSTD_LEVEL = 3
"""As small as gzip -6 on news pages at a sixth of its CPU; level 9 gains a tenth and costs five times as much."""

_ANSWERED = ("ok", "empty", "unchanged")
"""Outcomes of a source that gave what it has."""

NO_HASH = "0" * 64
"""What the first capture's chain hash stands on."""

RunKind = Literal["crawl", "import"]
RunState = Literal["running", "finished", "stopped", "failed", "killed"]


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run in figures."""

    id: int
    kind: str
    watch: str | None
    state: str
    started_at: datetime
    finished_at: datetime | None
    planned: int
    #: captures with an answer
    fetched: int
    #: of them: a body never seen before
    new: int
    #: of them: 304, or a body seen before
    unchanged: int
    #: error class or "http 404" -> captures
    failed: Mapping[str, int]
    #: reason -> URLs not asked
    skipped: Mapping[str, int]
    sources: tuple[SourceResult, ...]
    note: str | None


class Captures(Frontier):
    # --- runs ---

    def open_run(self, *, kind: RunKind, watch: str | None, now: datetime, delay: timedelta = timedelta(0)) -> int:
        """Begin a run. Runs of the same kind that never ended were killed: the lock says that none is alive.

        URLs that a killed crawl had on lease are due again, after the polite *delay* since it may have just asked them.
        """
        with self.transaction():
            if kind == "crawl":
                self._run(
                    """UPDATE frontier SET state = 'waiting', lease_until = NULL, due_at = max(due_at, ?)
                       WHERE state = 'leased'""",
                    (to_text(now + delay),),
                )
            self._run(
                "UPDATE run SET state = 'killed', note = 'ended without closing its row' WHERE state = 'running' AND kind = ?",
                (kind,),
            )
            cursor = self._run(
                "INSERT INTO run (kind, watch, started_at, state) VALUES (?, ?, ?, 'running')",
                (kind, watch, to_text(now)),
            )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def close_run(
        self,
        run_id: int,
        *,
        state: RunState,
        now: datetime,
        planned: int = 0,
        skipped: Mapping[str, int] | None = None,
        note: str | None = None,
    ) -> RunSummary:
        """End a run; its counts are taken from its captures."""
        with self.transaction():
            counts = self._one(
                """SELECT count(*) FILTER (WHERE status IS NOT NULL) AS fetched,
                          count(*) FILTER (WHERE not_modified OR EXISTS
                            (SELECT 1 FROM capture o WHERE o.body_sha256 = c.body_sha256 AND o.id < c.id)) AS unchanged,
                          count(*) FILTER (WHERE NOT not_modified AND body_sha256 IS NOT NULL AND NOT EXISTS
                            (SELECT 1 FROM capture o WHERE o.body_sha256 = c.body_sha256 AND o.id < c.id)) AS new
                   FROM capture c WHERE run_id = ?""",
                (run_id,),
            )
            assert counts is not None
            failed = self._all(
                """SELECT coalesce(error_class, 'http ' || status) AS class, count(*) AS n FROM capture
                   WHERE run_id = ? AND (error_class IS NOT NULL OR status >= 400)
                     -- a site without a robots.txt allows all: that is no failure
                     AND NOT (purpose = 'robots' AND status BETWEEN 400 AND 499)
                     -- what a source means by its status stands in its own row: one index says "I have none" as a 404
                     AND NOT (purpose = 'search' AND error_class IS NULL)
                   GROUP BY 1 ORDER BY 2 DESC, 1""",
                (run_id,),
            )
            self._run(
                """UPDATE run SET finished_at = ?, state = ?, planned = ?, fetched = ?, new = ?, unchanged = ?,
                                  failed = ?, skipped = ?, note = ? WHERE id = ?""",
                (
                    to_text(now),
                    state,
                    planned,
                    counts["fetched"],
                    counts["new"],
                    counts["unchanged"],
                    json.dumps({row["class"]: row["n"] for row in failed}),
                    json.dumps(dict(skipped or {})),
                    note,
                    run_id,
                ),
            )
            self._count_pages_of_sources(run_id)
            self._seal(run_id, now)
        return self.run(run_id)

    def _seal(self, run_id: int, now: datetime) -> None:
        """Keep the hash of the run's manifest, so that it shows if anything in it is changed later."""
        rows = rows_of_run(self._conn, run_id, self.head())
        document = manifests.manifest(rows)
        self._run(
            "INSERT INTO manifest (run_id, captures, head, sha256, made_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (run_id, len(rows.captures), rows.head, manifests.digest(document), to_text(now)),
        )

    def manifest(self, run_id: int) -> tuple[bytes, str | None]:
        """The manifest of a run as its rows make it now, and the sha256 that it had when the run closed.

        The latter is None while the run goes on, and if it was killed. Raises KeyError if there is no such run.
        """
        sealed = self._one("SELECT head, sha256 FROM manifest WHERE run_id = ?", (run_id,))
        rows = rows_of_run(self._conn, run_id, sealed["head"] if sealed else self.head())
        return manifests.manifest(rows), sealed["sha256"] if sealed else None

    def head(self) -> str:
        """The chain hash of the newest capture: all before it stands behind it."""
        return str(self._value("SELECT log_hash FROM capture ORDER BY id DESC LIMIT 1") or NO_HASH)

    def _count_pages_of_sources(self, run_id: int) -> None:
        """Note at each source of a run what came of the pages that it named. A page may have several sources."""
        rows = self._all(
            """SELECT l.query, coalesce(c.error_class, CASE WHEN c.status >= 400 THEN 'http ' || c.status END) AS class,
                      count(DISTINCT c.id) AS n,
                      count(DISTINCT CASE WHEN c.body_sha256 IS NOT NULL AND NOT c.not_modified AND NOT EXISTS
                        (SELECT 1 FROM capture o WHERE o.body_sha256 = c.body_sha256 AND o.id < c.id) THEN c.id END) AS new
               FROM (SELECT c.*, l.id AS lead_id FROM capture c JOIN page_url u ON u.url = c.url
                     JOIN lead l ON l.url_key = u.url_key WHERE c.run_id = ?1 AND c.purpose = 'page' AND c.origin = 'live'
                     UNION ALL
                     -- what a web archive gave, or failed to give, belongs to the source that named it there
                     SELECT c.*, l.id FROM capture c JOIN lead l ON l.url_key = coalesce(c.origin_ref, c.url)
                     WHERE c.run_id = ?1 AND (c.origin != 'live' OR c.purpose IN ('memento', 'warc_record'))) c
               JOIN lead l ON l.id = c.lead_id GROUP BY 1, 2""",
            (run_id,),
        )
        for query in {row["query"] for row in rows}:
            of_query = [row for row in rows if row["query"] == query]
            failed = {row["class"]: row["n"] for row in of_query if row["class"]}
            self._run(
                """UPDATE run_source SET fetched = ?, new = ?, failed = ? WHERE run_id = ? AND query = ?""",
                (
                    sum(row["n"] for row in of_query if not row["class"]),
                    sum(row["new"] for row in of_query if not row["class"]),
                    json.dumps(failed),
                    run_id,
                    query,
                ),
            )

    def run(self, run_id: int) -> RunSummary:
        """The run with this id. Raises KeyError if there is none."""
        row = self._one("SELECT * FROM run WHERE id = ?", (run_id,))
        if row is None:
            raise KeyError(run_id)
        sources = self._all("SELECT * FROM run_source WHERE run_id = ? ORDER BY id", (run_id,))
        return RunSummary(
            id=run_id,
            kind=row["kind"],
            watch=row["watch"],
            state=row["state"],
            started_at=from_text(row["started_at"]),
            finished_at=from_text(row["finished_at"]) if row["finished_at"] else None,
            planned=row["planned"],
            fetched=row["fetched"],
            new=row["new"],
            unchanged=row["unchanged"],
            failed=json.loads(row["failed"]),
            skipped=json.loads(row["skipped"]),
            sources=tuple(
                SourceResult(
                    s["source"],
                    s["query"],
                    s["outcome"],
                    s["reason"],
                    s["leads"],
                    s["new_leads"],
                    s["fetched"],
                    s["new"],
                    json.loads(s["failed"]),
                    s["alarm"],
                )
                for s in sources
            ),
            note=row["note"],
        )

    def last_run(self, watch: str | None = None) -> RunSummary | None:
        """The newest run, of *watch* if it is named."""
        value = self._value(
            "SELECT id FROM run WHERE ?1 IS NULL OR watch = ?1 ORDER BY id DESC LIMIT 1",
            (watch,),
        )
        return self.run(value) if value is not None else None

    # --- captures ---

    def add_capture(
        self,
        capture: Capture,
        leads: Sequence[Lead] = (),
        *,
        run_id: int | None = None,
        story_id: int | None = None,
        reading: tuple[SourceOutcome, str | None] | None = None,
        next_due: datetime | None = None,
    ) -> int | None:
        """Keep one fetch with all that follows from it for the crawl, in one transaction.

        The body is stored once per sha256; *leads* found in it go to the frontier of *story_id*;
        the frontier entry that asked for it is given back, to be due at *next_due*, or never again if that is None;
        *reading* is what a source (feed, sitemap, front page) made of it: its outcome and the reason.

        Returns:
            the capture's id, or None if an import brought a record that is here already.
        """
        with self.transaction():
            entry = (
                self._one("SELECT * FROM frontier WHERE id = ?", (capture.frontier_id,))
                if capture.frontier_id
                else None
            )
            if entry is not None and next_due is None:
                failed = capture.status is None or capture.error_class is not None
                unanswered = reading is not None and reading[0] not in _ANSWERED
                self.finish(entry["id"], given_up=failed or unanswered)
            if capture.origin_ref is not None and self._value(
                "SELECT 1 FROM capture WHERE origin_ref = ?", (capture.origin_ref,)
            ):
                return None
            digest = self._keep_body(capture)
            if capture.not_modified and digest is None and entry is not None:
                digest = entry["body_sha256"]
            capture_id = self._insert_capture(capture, digest, run_id)
            if entry is not None and next_due is not None:
                self._reschedule(entry, capture, digest, next_due)
            name, query = self._source_of(capture, entry)
            new = 0
            if story_id is not None and leads:
                if query != capture.url:
                    leads = [replace(lead, query=query) for lead in leads]
                new = self.add_leads(leads, story_id=story_id, run_id=run_id, now=capture.finished_at)
            if reading is not None and run_id is not None:
                self._add_source_result(name, query, run_id, reading, len(leads), new)
        return capture_id

    def _source_of(self, capture: Capture, entry: Any) -> tuple[str, str]:
        """The source that a capture is an answer of, and what it was asked, in words where there are any."""
        if entry is None or capture.purpose != "search":
            return capture.purpose, capture.url
        asked = self._value("SELECT query FROM lead WHERE url = ? AND purpose = 'search' ORDER BY id", (entry["url"],))
        return entry["why"], asked or capture.url

    def _keep_body(self, capture: Capture) -> str | None:
        if capture.body is None:
            return None
        digest = sha256(capture.body).hexdigest()
        known = self._one("SELECT pruned_id FROM body WHERE sha256 = ?", (digest,))
        if known is None or known["pruned_id"] is not None:
            self._run(
                """INSERT INTO body (sha256, data, size, first_seen) VALUES (?, ?, ?, ?)
                   ON CONFLICT (sha256) DO UPDATE SET data = excluded.data, pruned_id = NULL""",
                (
                    digest,
                    zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(capture.body),
                    len(capture.body),
                    to_text(capture.started_at),
                ),
            )
        return digest

    def _insert_capture(self, capture: Capture, digest: str | None, run_id: int | None) -> int:
        row: dict[str, Any] = {
            "page_id": self._page_of(capture),
            "purpose": capture.purpose,
            "url": capture.url,
            "final_url": capture.final_url or capture.url,
            "redirects": json.dumps([[hop.url, hop.status, hop.location] for hop in capture.redirects]),
            "started_at": to_text(capture.started_at),
            "finished_at": to_text(capture.finished_at),
            "status": capture.status,
            "error_class": capture.error_class,
            "error_detail": capture.error_detail,
            "headers": json.dumps([list(pair) for pair in capture.headers], ensure_ascii=False),
            "media_type": _media_type(capture),
            "body_sha256": digest,
            "not_modified": int(capture.not_modified),
            "origin": capture.origin,
            "origin_ref": capture.origin_ref,
            "rendered_by": capture.rendered_by,
        }
        previous = self.head()
        row["run_id"] = run_id
        row["prev_log_hash"] = previous
        row["log_hash"] = log_hash(previous, row)
        columns = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        cursor = self._run(f"INSERT INTO capture ({columns}) VALUES ({marks})", row)
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _page_of(self, capture: Capture) -> int:
        """The page that a capture shows: the one that its URL was known for, else the one it led to.

        A URL with a history keeps its page when it starts to redirect: a removed article often redirects to a
        front page, and that must not become the article's new text.
        """
        at = to_text(capture.started_at)
        asked = url_key(capture.url)
        known = self._known_page(capture.url)
        if known is None:
            url, key = capture.url, asked
            if capture.status is not None and 200 <= capture.status < 300 and capture.final_url:
                url, key = capture.final_url, url_key(capture.final_url)
            if url != capture.url:
                known = self._known_page(url)
            if known is None:
                known = self._new_page(url, key, capture.purpose, at)
            if key != asked:
                self._note_url(known, url, key, "redirect", at)
        self._note_url(known, capture.url, asked, "fetched", at)
        return int(known)

    def _known_page(self, url: str) -> int | None:
        """The page that *url* names: by its key, or by another form of the address that names one page only."""
        key, *others = page_keys(url)
        known = self._value("SELECT page_id FROM page_url WHERE url_key = ? ORDER BY id LIMIT 1", (key,))
        if known is not None:
            return int(known)
        rows = self._all(
            """SELECT page_id, url FROM page_url WHERE url_key IN (SELECT value FROM json_each(?1))
               UNION SELECT page_id, url FROM page_form WHERE url_key IN (SELECT value FROM json_each(?2))""",
            (json.dumps(others), json.dumps([key, *others])),
        )
        # A page with an id is not joined by its slug to an address with another id.
        others_of_slug = {row["page_id"] for row in rows if not same_page(url, row["url"])}
        pages = {row["page_id"] for row in rows} - others_of_slug
        return int(pages.pop()) if len(pages) == 1 else None

    def _new_page(self, url: str, key: str, purpose: str, at: str) -> int:
        domain = registrable_domain(url)
        self._run("INSERT INTO outlet (domain, first_seen) VALUES (?, ?) ON CONFLICT DO NOTHING", (domain, at))
        cursor = self._run(
            """INSERT INTO page (outlet_id, url, url_key, purpose, first_seen)
               VALUES ((SELECT id FROM outlet WHERE domain = ?), ?, ?, ?, ?)""",
            (domain, url, key, purpose, at),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _note_url(self, page_id: int, url: str, key: str, reason: str, at: str) -> None:
        self._run(
            """INSERT INTO page_url (page_id, url, url_key, reason, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?)
               ON CONFLICT (url) DO UPDATE SET first_seen = min(first_seen, excluded.first_seen),
                                               last_seen = max(last_seen, excluded.last_seen)""",
            (page_id, url, key, reason, at, at),
        )
        self._conn.executemany(
            "INSERT INTO page_form (url_key, page_id, url) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(form, page_id, url) for form in page_keys(url)[1:]],
        )

    def _reschedule(self, entry: Any, capture: Capture, digest: str | None, next_due: datetime) -> None:
        answered = capture.status is not None and capture.status < 500 and capture.status != 429
        fresh = capture.status == 200 and capture.body is not None
        other_body = fresh and digest != entry["body_sha256"]
        # A page that went, came back or hid behind a wall changed too.
        flipped = answered and capture.error_class is None and flips(entry["last_status"], capture.status)
        changed = other_body or flipped
        first = entry["visits"] == 0
        # A redirect target's validators say nothing of the URL that was asked, nor a frame's of what scripts put into it.
        own = fresh and not capture.redirects and capture.rendered_by is None
        self._run(
            """UPDATE frontier SET state = 'waiting', lease_until = NULL, due_at = ?, visits = visits + 1, attempts = ?,
                 last_changed = ?, etag = ?, last_modified = ?, body_sha256 = ?, last_status = ?, changes = changes + ?
               WHERE id = ?""",
            (
                to_text(next_due),
                0 if answered else entry["attempts"] + 1,
                to_text(capture.finished_at) if changed else entry["last_changed"],
                capture.header("etag") if own else None if fresh else entry["etag"],
                capture.header("last-modified") if own else None if fresh else entry["last_modified"],
                digest if fresh else entry["body_sha256"],
                capture.status if answered and capture.error_class is None else entry["last_status"],
                int(changed and not first),
                entry["id"],
            ),
        )

    def _add_source_result(
        self,
        source: str,
        query: str,
        run_id: int,
        reading: tuple[SourceOutcome, str | None],
        leads: int,
        new_leads: int,
    ) -> None:
        outcome, reason = reading
        self._run(
            """INSERT INTO run_source (run_id, source, query, outcome, reason, leads, new_leads) VALUES (?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (run_id, source, query) DO UPDATE SET
                 -- Of an answer in parts, a part that gave outweighs those that had nothing to add.
                 outcome = CASE WHEN excluded.outcome = 'empty' AND leads > 0 THEN outcome ELSE excluded.outcome END,
                 reason = CASE WHEN excluded.outcome = 'empty' AND leads > 0 THEN reason ELSE excluded.reason END,
                 leads = leads + excluded.leads, new_leads = new_leads + excluded.new_leads""",
            (run_id, source, query, outcome, reason, leads, new_leads),
        )

    def add_source_result(self, run_id: int, result: SourceResult) -> None:
        """Note what a source gave in a run, in place of what was noted of it before."""
        self._run(
            """INSERT INTO run_source (run_id, source, query, outcome, reason, leads, new_leads)
               VALUES (?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (run_id, source, query) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason,
                 leads = excluded.leads, new_leads = excluded.new_leads""",
            (run_id, result.source, result.query, result.outcome, result.reason, result.leads, result.new_leads),
        )

    def body_at(self, url: str, at: datetime) -> bytes | None:
        """The body of a capture of *url* begun in the second of *at*, or None: what a revisit record refers to."""
        digest = self._value(
            """SELECT body_sha256 FROM capture WHERE page_id = (SELECT page_id FROM page_url WHERE url = ?) AND url = ?
               AND started_at >= ? AND started_at < ? AND body_sha256 IS NOT NULL ORDER BY id LIMIT 1""",
            (url, url, to_text(at.replace(microsecond=0)), to_text(at.replace(microsecond=0) + timedelta(seconds=1))),
        )
        return self.body(digest) if digest is not None and not self.is_pruned(digest) else None

    def is_pruned(self, digest: str) -> bool:
        """Whether the bytes with this sha256 were here and were given up."""
        return bool(self._value("SELECT 1 FROM body WHERE sha256 = ? AND pruned_id IS NOT NULL", (digest,)))

    def body(self, digest: str) -> bytes:
        """The raw bytes with this sha256.

        Raises:
            KeyError: the archive never held them.
            PrunedError: it did, and they were given up to make room.
        """
        row = self._one("SELECT data, size, pruned_id FROM body WHERE sha256 = ?", (digest,))
        if row is None:
            raise KeyError(digest)
        if row["pruned_id"] is not None:
            raise PrunedError(
                f"the body {digest} was pruned", place=str(self.path), remedy="Look for it in a backup made before."
            )
        return zstandard.ZstdDecompressor().decompress(row["data"], max_output_size=row["size"])


def log_hash(previous: str, row: Mapping[str, Any]) -> str:
    """The chain hash of a capture row: sha256 over the previous hash and the row's facts in a fixed form.

    Ids are left out: they say where a row stands in one file, not what was seen.
    """
    facts = {
        name: row[name]
        for name in ("url", "final_url", "redirects", "started_at", "finished_at", "status", "error_class", "error_detail",
                     "headers", "body_sha256", "not_modified", "origin", "origin_ref", "rendered_by")
    }  # fmt: skip
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(f"{previous}\n{text}".encode()).hexdigest()


def _media_type(capture: Capture) -> str | None:
    value = capture.header("content-type")
    return value.partition(";")[0].strip().lower() or None if value else None
