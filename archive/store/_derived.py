"""What is derived from captures: readings, versions, changes, matches. Each row can be deleted and made again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from typing import Any

from archive.diff import Change, VersionText
from archive.schema import DERIVED_TABLES
from archive.search import spaced
from archive.store._alerts import Alerts
from archive.store._captures import Captures
from archive.store._memory import Memory
from archive.store._stories import Stories
from archive.times import from_text, to_text
from archive.types import COPY_KINDS, Extraction, Lead, Link, Markup, Match, Observation, PageText, Quality, Version
from archive.versions import fields_of, way_of_reading


@dataclass(frozen=True, slots=True)
class CaptureToRead:
    """A capture that no extractor of the present label has read."""

    id: int
    page_id: int
    url: str
    final_url: str
    redirected: bool
    at: datetime
    status: int | None
    error_class: str | None
    not_modified: bool
    media_type: str | None
    headers: tuple[tuple[str, str], ...]
    body_sha256: str | None
    #: see `Capture.rendered_by`
    rendered: bool = False


@dataclass(frozen=True, slots=True)
class ReadBody:
    """An extraction as the archive holds it."""

    id: int
    extraction: Extraction


@dataclass(frozen=True, slots=True)
class LastVersion:
    """Where a page's history stands."""

    version: Version
    #: what it says, as `Observation.fields`
    fields: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class SavedHistory:
    """What `Derived.save_history` wrote."""

    new_version_ids: tuple[int, ...]
    #: (old version id, new version id) of neighbours that have no change row yet
    uncompared: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class BodySource:
    """What a capture's text was read from."""

    body_sha256: str
    final_url: str
    content_type: str | None
    #: see `Capture.rendered_by`
    rendered: bool


class Derived(Captures, Stories, Memory, Alerts):
    # --- reading ---

    def captures_to_read(self, label: str, *, after: int = 0, limit: int = 200) -> list[CaptureToRead]:
        """Captures of article pages with an id above *after* that were not read under *label*, in order of id."""
        rows = self._all(
            """SELECT c.* FROM capture c LEFT JOIN reading r ON r.capture_id = c.id
               WHERE c.id > ? AND c.purpose = 'page' AND (r.label IS NULL OR r.label != ?) ORDER BY c.id LIMIT ?""",
            (after, label, limit),
        )
        return [
            CaptureToRead(
                id=row["id"],
                page_id=row["page_id"],
                url=row["url"],
                final_url=row["final_url"],
                redirected=row["redirects"] != "[]",
                at=from_text(row["started_at"]),
                status=row["status"],
                error_class=row["error_class"],
                not_modified=bool(row["not_modified"]),
                media_type=row["media_type"],
                headers=tuple((name, value) for name, value in json.loads(row["headers"])),
                body_sha256=row["body_sha256"],
                rendered=row["rendered_by"] is not None,
            )
            for row in rows
        ]

    def count_to_read(self, label: str) -> int:
        """How many captures `captures_to_read` would give in all."""
        return int(
            self._value(
                """SELECT count(*) FROM capture c LEFT JOIN reading r ON r.capture_id = c.id
                   WHERE c.purpose = 'page' AND (r.label IS NULL OR r.label != ?)""",
                (label,),
            )
        )

    def extraction_of(self, digest: str, label: str) -> ReadBody | None:
        """What the extractor *label* read from the body *digest*, if it has read it."""
        row = self._one("SELECT * FROM extraction WHERE body_sha256 = ? AND label = ?", (digest, label))
        return ReadBody(row["id"], _extraction(row)) if row else None

    def add_extraction(self, digest: str, extraction: Extraction) -> int:
        """Keep what was read from a body; the same body and label is kept once."""
        self._run(
            """INSERT INTO extraction (body_sha256, label, path, title, subtitle, byline, published, modified, section,
                                       language, site_name, image, caption, page_title, correction, text, text_sha256,
                                       links, markup)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
            (
                digest,
                extraction.label,
                extraction.path,
                extraction.title,
                extraction.subtitle,
                extraction.byline,
                extraction.published,
                extraction.modified,
                extraction.section,
                extraction.language,
                extraction.markup.site_name,
                extraction.image,
                extraction.caption,
                extraction.page_title,
                extraction.correction,
                extraction.text,
                sha256(extraction.text.encode()).hexdigest(),
                json.dumps([[link.url, link.text] for link in extraction.links], ensure_ascii=False),
                json.dumps(asdict(extraction.markup), ensure_ascii=False),
            ),
        )
        return int(
            self._value("SELECT id FROM extraction WHERE body_sha256 = ? AND label = ?", (digest, extraction.label))
        )

    def source_of(self, capture_id: int) -> BodySource | None:
        """What a capture was read from; None if it has no body."""
        row = self._one("SELECT body_sha256, final_url, headers, rendered_by FROM capture WHERE id = ?", (capture_id,))
        if row is None or row["body_sha256"] is None:
            return None
        content_type = next((value for name, value in json.loads(row["headers"]) if name == "content-type"), None)
        return BodySource(row["body_sha256"], row["final_url"], content_type, row["rendered_by"] is not None)

    def reading_path(self, version_id: int) -> tuple[int, str]:
        """The first capture of a version, and the way in which its text was found, as `fields_of` has it."""
        row = self._one(
            """SELECT v.first_capture_id, e.path, c.rendered_by FROM version v JOIN extraction e ON e.id = v.extraction_id
               JOIN capture c ON c.id = v.first_capture_id WHERE v.id = ?""",
            (version_id,),
        )
        assert row is not None
        return row["first_capture_id"], way_of_reading(row["path"], row["rendered_by"] is not None)

    def add_reading(self, capture_id: int, label: str, extraction_id: int | None, quality: Quality) -> None:
        """Note how a capture was judged. Its part in the page's history is decided by `save_history`."""
        self._run(
            """INSERT INTO reading (capture_id, label, extraction_id, quality, reasons, decision, why)
               VALUES (?, ?, ?, ?, ?, '', '') ON CONFLICT (capture_id) DO UPDATE
               SET label = excluded.label, extraction_id = excluded.extraction_id, quality = excluded.quality,
                   reasons = excluded.reasons, compared = 0""",
            (capture_id, label, extraction_id, quality.score, json.dumps(quality.reasons)),
        )

    def page_has_other_readings(self, page_id: int, label: str) -> bool:
        """Whether some capture of the page is still read under another label, so that sides would not compare."""
        return bool(
            self._value(
                """SELECT 1 FROM reading r JOIN capture c ON c.id = r.capture_id
                   WHERE c.page_id = ? AND r.label != ? LIMIT 1""",
                (page_id, label),
            )
        )

    # --- versions ---

    def observations(self, page_id: int) -> list[Observation]:
        """Every read capture of a page, in order of time."""
        rows = self._all(
            """SELECT c.id AS capture_id, c.started_at, c.status, c.error_class, c.not_modified, c.rendered_by, r.quality,
                      r.reasons, r.extraction_id, e.*
               FROM capture c JOIN reading r ON r.capture_id = c.id LEFT JOIN extraction e ON e.id = r.extraction_id
               WHERE c.page_id = ? AND c.purpose = 'page' ORDER BY c.started_at, c.id""",
            (page_id,),
        )
        return [
            Observation(
                capture_id=row["capture_id"],
                at=from_text(row["started_at"]),
                status=row["status"],
                error_class=row["error_class"],
                not_modified=bool(row["not_modified"]),
                quality=Quality(row["quality"], tuple(json.loads(row["reasons"]))),
                extraction_id=row["extraction_id"],
                fields=(
                    fields_of(_extraction(row), rendered=row["rendered_by"] is not None)
                    if row["extraction_id"] is not None
                    else None
                ),
            )
            for row in rows
        ]

    def last_version(self, page_id: int, label: str, before: CaptureToRead) -> LastVersion | None:
        """The page's newest version, if it was read under *label* and all the page's other captures lie before *before*.

        None means that the page's history has to be told from its beginning.
        """
        row = self._one(
            """SELECT v.page_id, v.number, v.first_capture_id, v.last_capture_id, v.seen_from, v.seen_to, v.extraction_id,
                      v.changed_fields, v.captures, f.rendered_by, e.*
                FROM version v JOIN extraction e ON e.id = v.extraction_id JOIN capture f ON f.id = v.first_capture_id
                WHERE v.page_id = ? AND e.label = ? AND NOT EXISTS
                  (SELECT 1 FROM capture c WHERE c.page_id = v.page_id AND c.id != ? AND c.purpose = 'page'
                     AND (c.started_at, c.id) > (?, ?) AND EXISTS (SELECT 1 FROM reading r WHERE r.capture_id = c.id))
                ORDER BY v.number DESC LIMIT 1""",
            (page_id, label, before.id, to_text(before.at), before.id),
        )
        if row is None:
            return None
        version = Version(
            page_id=page_id,
            number=row["number"],
            first_capture_id=row["first_capture_id"],
            last_capture_id=row["last_capture_id"],
            seen_from=from_text(row["seen_from"]),
            seen_to=from_text(row["seen_to"]),
            extraction_id=row["extraction_id"],
            changed_fields=tuple(json.loads(row["changed_fields"])),
            captures=row["captures"],
        )
        return LastVersion(version, fields_of(_extraction(row), rendered=row["rendered_by"] is not None))

    def save_history(
        self,
        page_id: int,
        versions: Sequence[Version],
        decisions: Mapping[int, tuple[str, str]],
        *,
        whole: bool = True,
    ) -> SavedHistory:
        """Make the page's versions these, keeping the ids of those that stay.

        Args:
            decisions: capture id -> (decision, why).
            whole: whether *versions* is the page's whole history; else it is the last known version and what follows.
        """
        known = {
            row["first_capture_id"]: row for row in self._all("SELECT * FROM version WHERE page_id = ?", (page_id,))
        }
        wanted = {version.first_capture_id: version for version in versions}
        if whole:
            for first_capture_id in known.keys() - wanted.keys():
                self._delete_version(known[first_capture_id]["id"])
        ids = []
        new_ids = []
        for version in versions:
            row = known.get(version.first_capture_id)
            if row is not None and row["extraction_id"] != version.extraction_id:
                self._delete_version(row["id"])  # read anew: its matches and changes no longer hold
                row = None
            ids.append(self._save_version(version, row))
            if row is None:
                new_ids.append(ids[-1])
        pairs = list(pairwise(ids))
        if whole:
            self._drop_changes_outside(page_id, pairs)
        self._conn.executemany(
            "UPDATE reading SET decision = ?, why = ? WHERE capture_id = ?",
            [(decision, why, capture_id) for capture_id, (decision, why) in decisions.items()],
        )
        compared = {
            (row[0], row[1])
            for row in self._all(
                """SELECT old_version_id, new_version_id FROM change ch JOIN version v ON v.id = ch.new_version_id
                   WHERE v.page_id = ?""",
                (page_id,),
            )
        }
        return SavedHistory(tuple(new_ids), tuple(pair for pair in pairs if pair not in compared))

    def _save_version(self, version: Version, known: Any | None) -> int:
        values = (
            version.number,
            version.last_capture_id,
            to_text(version.seen_from),
            to_text(version.seen_to),
            version.captures,
            json.dumps(version.changed_fields),
        )
        if known is not None:
            self._run(
                """UPDATE version SET number = ?, last_capture_id = ?, seen_from = ?, seen_to = ?, captures = ?,
                                      changed_fields = ? WHERE id = ?""",
                (*values, known["id"]),
            )
            return int(known["id"])
        cursor = self._run(
            """INSERT INTO version (number, last_capture_id, seen_from, seen_to, captures, changed_fields,
                                    page_id, first_capture_id, extraction_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (*values, version.page_id, version.first_capture_id, version.extraction_id),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _delete_version(self, version_id: int) -> None:
        self._run("DELETE FROM passage WHERE match_id IN (SELECT id FROM match WHERE version_id = ?)", (version_id,))
        self._run("DELETE FROM match WHERE version_id = ?", (version_id,))
        self._run("DELETE FROM change WHERE ?1 IN (old_version_id, new_version_id)", (version_id,))
        self._run("DELETE FROM matched WHERE version_id = ?", (version_id,))
        self._run("DELETE FROM version_fts WHERE rowid = ?", (version_id,))
        self._run("DELETE FROM version WHERE id = ?", (version_id,))

    def _drop_changes_outside(self, page_id: int, pairs: Iterable[tuple[int, int]]) -> None:
        neighbours = set(pairs)
        rows = self._all(
            """SELECT ch.id, old_version_id, new_version_id FROM change ch JOIN version v ON v.id = ch.new_version_id
               WHERE v.page_id = ?""",
            (page_id,),
        )
        for row in rows:
            if (row[1], row[2]) not in neighbours:
                self._run("DELETE FROM change WHERE id = ?", (row[0],))

    def pages_with_versions(self, page_ids: Collection[int]) -> list[int]:
        """Those of *page_ids* that have more than one version."""
        rows = self._all(
            """SELECT page_id FROM version WHERE page_id IN (SELECT value FROM json_each(?)) GROUP BY page_id
               HAVING count(*) > 1 ORDER BY page_id""",
            (json.dumps(sorted(page_ids)),),
        )
        return [row[0] for row in rows]

    def version_text(self, version_id: int) -> VersionText:
        """A version as the diff reads it. Raises KeyError if there is none."""
        row = self._one(  # not the view: versions are told apart by what pages say, withheld or not
            """SELECT e.*, e.markup ->> 'canonical' AS canonical FROM version v JOIN extraction e ON e.id = v.extraction_id
               WHERE v.id = ?""",
            (version_id,),
        )
        if row is None:
            raise KeyError(version_id)
        values = {field.name: row[field.name] for field in fields(VersionText)}
        return VersionText(**values | {"links": _links(row["links"])})

    def add_change(
        self, old_version_id: int, new_version_id: int, label: str, change: Change, outlet_lines: Sequence[str] = ()
    ) -> int:
        """Keep what changed between two versions; *outlet_lines* came or went beside it and are not counted."""
        values = _change_values(label, change, outlet_lines)
        cursor = self._run(
            f"""INSERT INTO change (old_version_id, new_version_id, {", ".join(values)}, seen_at)
                VALUES (?, ?{", ?" * len(values)}, (SELECT seen_from FROM version WHERE id = ?))""",
            (old_version_id, new_version_id, *values.values(), new_version_id),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def stale_changes(self, label: str, limit: int = 200) -> list[tuple[int, int, int]]:
        """(id, old version id, new version id) of changes that were not compared under *label*."""
        rows = self._all(
            "SELECT id, old_version_id, new_version_id FROM change WHERE label != ? ORDER BY id LIMIT ?", (label, limit)
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def renew_change(self, change_id: int, label: str, change: Change, outlet_lines: Sequence[str]) -> None:
        """Say anew what a change is. Its id stays, and whether it was told."""
        values = _change_values(label, change, outlet_lines)
        self._run(
            f"UPDATE change SET {', '.join(f'{name} = ?' for name in values)} WHERE id = ?",
            (*values.values(), change_id),
        )

    def drop_change(self, change_id: int) -> None:
        """Forget a change: its sides do not compare."""
        self._run("DELETE FROM change WHERE id = ?", (change_id,))

    # --- matches ---

    def page_text(self, version_id: int) -> PageText:
        """A version as the matcher reads it. Raises KeyError if there is none."""
        row = self._one(
            """SELECT p.url AS page_url, p.id AS page_id, e.* FROM version v JOIN page p ON p.id = v.page_id
               JOIN extraction e ON e.id = v.extraction_id WHERE v.id = ?""",
            (version_id,),
        )
        if row is None:
            raise KeyError(version_id)
        extraction = _extraction(row)
        return PageText(
            url=row["page_url"],
            text=extraction.text,
            language=extraction.language,
            title=extraction.title,
            links=extraction.links,
            markup=extraction.markup,
            repeated=self.repeated_spans(row["page_id"], extraction.text, (extraction.title, extraction.subtitle)),
            byline=extraction.byline,
            image=extraction.image,
        )

    def source_of_version(self, version_id: int) -> BodySource | None:
        """What a version was first read from; None if it has no body."""
        capture_id = self._value("SELECT first_capture_id FROM version WHERE id = ?", (version_id,))
        return self.source_of(capture_id) if capture_id is not None else None

    def feed_lead(self, version_id: int) -> Lead | None:
        """The first entry of a feed that led to the page of a version and names a publisher; None if there is none."""
        row = self._one(
            """SELECT l.* FROM version v JOIN page_url u ON u.page_id = v.page_id JOIN lead l ON l.url_key = u.url_key
               WHERE v.id = ? AND l.source = 'feed' AND (l.outlet IS NOT NULL OR l.note LIKE '%as its source%')
               ORDER BY l.id LIMIT 1""",
            (version_id,),
        )
        if row is None:
            return None
        return Lead(row["url"], "feed", row["query"], title=row["title"], outlet=row["outlet"], note=row["note"])

    def add_match(self, version_id: int, story_id: int, texts: str, match: Match) -> int:
        """Keep what a version is to a story, in place of what an older matcher said."""
        with self.transaction():
            self.drop_match(version_id, story_id)
            cursor = self._run(
                """INSERT INTO match (version_id, story_id, story_text_id, label, texts, kind, coverage_story, coverage_page,
                                      similarity, confidence, credit, credit_name, evidence, explanation)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (
                    version_id,
                    story_id,
                    match.story_text_id,
                    match.label,
                    texts,
                    match.kind,
                    match.coverage_story,
                    match.coverage_page,
                    match.similarity,
                    match.confidence,
                    match.credit.text if match.credit else None,
                    match.credit.name or None if match.credit else None,
                    json.dumps(dict(match.evidence), ensure_ascii=False),
                    match.explanation,
                ),
            )
            match_id = cursor.lastrowid
            assert match_id is not None
            self._conn.executemany(
                """INSERT INTO passage (match_id, number, story_start, story_end, page_start, page_end, likeness, method,
                                        quotation, links) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                [
                    (
                        match_id,
                        number,
                        passage.story_start,
                        passage.story_end,
                        passage.page_start,
                        passage.page_end,
                        passage.likeness,
                        passage.method,
                        int(passage.quotation),
                        json.dumps(passage.links),
                    )
                    for number, passage in enumerate(match.passages, start=1)
                ],
            )
        return match_id

    def drop_matches(self, version_id: int, keep: Collection[int]) -> None:
        """Forget what a version was to stories other than *keep*."""
        rows = self._all("SELECT story_id FROM match WHERE version_id = ?", (version_id,))
        for row in rows:
            if row["story_id"] not in keep:
                self.drop_match(version_id, row["story_id"])

    def drop_match(self, version_id: int, story_id: int) -> None:
        """Forget what a version was to a story."""
        match_id = self._value("SELECT id FROM match WHERE version_id = ? AND story_id = ?", (version_id, story_id))
        if match_id is not None:
            self._run("DELETE FROM passage WHERE match_id = ?", (match_id,))
            self._run("DELETE FROM match WHERE id = ?", (match_id,))

    def copies_of(self, story_id: int) -> list[PageText]:
        """The newest version of each page that carries text of the story, as the matcher reads it."""
        rows = self._all(
            f"""SELECT max(v.id) FROM version v JOIN match m ON m.version_id = v.id
                WHERE m.story_id = ? AND m.kind IN ({", ".join("?" * len(COPY_KINDS))}) GROUP BY v.page_id""",
            (story_id, *sorted(COPY_KINDS)),
        )
        return [self.page_text(row[0]) for row in rows]

    def stories_carried_by(self, page_id: int) -> list[int]:
        """The stories of which some version of the page carries text."""
        kinds = sorted(COPY_KINDS)
        rows = self._all(
            f"""SELECT DISTINCT m.story_id FROM match m JOIN version v ON v.id = m.version_id
                WHERE v.page_id = ? AND m.kind IN ({", ".join("?" * len(kinds))}) ORDER BY 1""",
            (page_id, *kinds),
        )
        return [row[0] for row in rows]

    def page_of_version(self, version_id: int) -> int:
        """The page that a version belongs to."""
        return int(self._value("SELECT page_id FROM version WHERE id = ?", (version_id,)))

    def outlet_of(self, page_id: int) -> str:
        """The registrable domain of a page's outlet."""
        return str(
            self._value("SELECT o.domain FROM page p JOIN outlet o ON o.id = p.outlet_id WHERE p.id = ?", (page_id,))
        )

    # --- search, rebuilding ---

    def index_versions(self, limit: int = 500) -> int:
        """Put versions into the full-text index that are not in it. Returns how many."""
        rows = self._all(
            """SELECT v.id, e.title, e.text FROM version v JOIN extraction e ON e.id = v.extraction_id
               WHERE v.id NOT IN (SELECT id FROM version_fts_docsize) ORDER BY v.id LIMIT ?""",
            (limit,),
        )
        with self.transaction():
            self._conn.executemany(
                "INSERT INTO version_fts (rowid, title, text) VALUES (?, ?, ?)",
                [(row["id"], spaced(row["title"] or ""), spaced(row["text"])) for row in rows],
            )
        return len(rows)

    def clear_derived(self) -> None:
        """Delete all that can be made again from the captures. What was told stays: it is not told again."""
        with self.transaction():
            self.hush(self.newest_read_capture())
            for table in DERIVED_TABLES:
                # What was read from a body that is no longer there cannot be read again.
                but = " WHERE body_sha256 NOT IN (SELECT sha256 FROM body WHERE pruned_id IS NOT NULL)"
                self._run(f"DELETE FROM {table}{but if table == 'extraction' else ''}")


def _change_values(label: str, change: Change, outlet_lines: Sequence[str]) -> dict[str, Any]:
    """The columns of `change` that say what it is."""
    links = {
        side: [[link.url, link.text] for link in links]
        for side, links in (("removed", change.links.removed), ("added", change.links.added))
    }
    return {
        "label": label,
        "fields": json.dumps({name: list(sides) for name, sides in change.fields.items()}, ensure_ascii=False),
        "similarity": change.similarity,
        "words_added": change.words_added,
        "words_removed": change.words_removed,
        "moves": change.moves,
        "significance": change.significance,
        "reasons": json.dumps(change.reasons, ensure_ascii=False),
        "summary": change.summary,
        "diff_hash": change.diff_hash,
        "links": json.dumps(links, ensure_ascii=False),
        "fallback": change.fallback,
        "outlet_lines": json.dumps(outlet_lines, ensure_ascii=False),
    }


def _links(text: str) -> tuple[Link, ...]:
    return tuple(Link(url, words) for url, words in json.loads(text))


def _extraction(row: Any) -> Extraction:
    markup = json.loads(row["markup"])
    markup["alternates"] = tuple((language, url) for language, url in markup["alternates"])
    return Extraction(
        label=row["label"],
        text=row["text"],
        title=row["title"],
        subtitle=row["subtitle"],
        byline=row["byline"],
        published=row["published"],
        modified=row["modified"],
        section=row["section"],
        language=row["language"],
        image=row["image"],
        caption=row["caption"],
        page_title=row["page_title"],
        correction=row["correction"],
        links=_links(row["links"]),
        markup=Markup(**markup),
        path=row["path"],
    )
