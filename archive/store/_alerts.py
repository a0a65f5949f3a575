"""What is told, and its way to those who want to know."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.alerts import Carrier, Edit, Event, Silence, Wishes, without_words
from archive.store._withholding import Withholding
from archive.times import from_text, to_text
from archive.types import COPY_KINDS

MOST_PASSAGES = 20
"""Passages that go with an alert: a receiver wants to see what it is about, the rest is on the page."""

MOST_WORDS = 600
"""Characters of each side of them."""

_PAGE = re.compile(r"(?:^|:)page:(\d+)")
"""The page in the subject of an alert that is about one."""

_COPY = ", ".join(f"'{kind}'" for kind in sorted(COPY_KINDS))


@dataclass(frozen=True, slots=True)
class Alarm:
    """A source of a run that used to give and gave nothing."""

    story_id: int
    run_id: int
    source: str
    query: str
    alarm: str


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """An alert that a receiver is to be told of now."""

    id: int
    alert_id: int
    story_id: int
    rule: str
    subject: str
    summary: str
    details: Mapping[str, Any]
    created_at: datetime
    #: the day of the digest that it goes with; None if it goes at once
    digest: str | None
    #: how often it was tried before
    attempts: int


class Alerts(Withholding):
    # --- what happened ---

    def wishes_of(self, story_id: int) -> Wishes:
        """What the user of a story wants to be told. Raises KeyError if there is no such story."""
        row = self._one("SELECT slug, outlet, alerts, min_confidence, mute FROM story WHERE id = ?", (story_id,))
        if row is None:
            raise KeyError(story_id)
        return Wishes(
            row["slug"],
            row["outlet"],
            tuple(json.loads(row["alerts"])),
            row["min_confidence"],
            tuple(json.loads(row["mute"])),
        )

    def carrier_of_match(self, match_id: int) -> Carrier | None:
        """The page of a match that claims text; None if it claims none."""
        return self._carrier("m.id = ?", (match_id,))

    def carrier_before(self, page: Carrier, story_id: int) -> Carrier | None:
        """The newest version before that of *page* which carries text of the story too."""
        return self._carrier(
            """v.page_id = ? AND m.story_id = ?
               AND v.number < (SELECT v2.number FROM match m2 JOIN version v2 ON v2.id = m2.version_id WHERE m2.id = ?)""",
            (page.page_id, story_id, page.match_id),
        )

    def carrier(self, page_id: int, story_id: int) -> Carrier | None:
        """The page by its newest version that carries text of the story; None if none does."""
        return self._carrier("v.page_id = ? AND m.story_id = ?", (page_id, story_id))

    def _carrier(self, where: str, values: Sequence[object]) -> Carrier | None:
        row = self._one(
            f"""SELECT v.page_id, m.id AS match_id, o.domain AS outlet, p.url, m.kind, m.confidence, m.explanation,
                       coalesce(m.credit, '') AS credit, coalesce(m.credit_name, '') AS credit_name, m.label,
                       v.first_capture_id AS capture_id, v.seen_from, v.seen_to
                FROM match m JOIN version v ON v.id = m.version_id JOIN page p ON p.id = v.page_id
                JOIN outlet o ON o.id = p.outlet_id
                WHERE {where} AND m.kind IN ({_COPY}) ORDER BY v.number DESC LIMIT 1""",
            values,
        )
        return Carrier(**dict(row)) if row else None

    def untold_changes(self, limit: int = 500) -> list[Edit]:
        """Changes of which nobody was told yet, in order of id."""
        rows = self._all(
            """SELECT ch.id, v.page_id, v.first_capture_id, o.domain, ch.summary, ch.significance,
                      ch.fields ->> '$.correction' AS correction
               FROM change ch JOIN version v ON v.id = ch.new_version_id JOIN page p ON p.id = v.page_id
               JOIN outlet o ON o.id = p.outlet_id WHERE NOT ch.told ORDER BY ch.id LIMIT ?""",
            (limit,),
        )
        return [
            Edit(
                change_id=row["id"],
                page_id=row["page_id"],
                capture_id=row["first_capture_id"],
                outlet=row["domain"],
                summary=row["summary"],
                significance=row["significance"],
                correction=tuple(json.loads(row["correction"])) if row["correction"] else None,
            )
            for row in rows
        ]

    def set_told(self, change_ids: Collection[int]) -> None:
        """Note that those who wanted to know of these changes were told."""
        self._run(
            "UPDATE change SET told = 1 WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(change_ids)),)
        )

    def newest_alarms(self) -> list[Alarm]:
        """The alarms of the newest finished run of each watch."""
        rows = self._all(
            """SELECT s.id AS story_id, rs.run_id, rs.source, rs.query, rs.alarm
               FROM story s JOIN run_source rs ON rs.run_id =
                 (SELECT max(r.id) FROM run r WHERE r.watch = s.slug AND r.finished_at IS NOT NULL)
               WHERE rs.alarm IS NOT NULL ORDER BY rs.id"""
        )
        return [Alarm(**dict(row)) for row in rows]

    def is_backlog(self, story_id: int, capture_id: int) -> bool:
        """Whether what a capture shows was there before the story was tracked, or is known from an import only.

        It is news if it was seen live since the story was added, and was not seen live before; and if it is no capture
        that was read before an upgrade or a rebuild.
        """
        row = self._one(
            """WITH shown AS (
                 SELECT c.id, c.origin, c.started_at FROM capture c WHERE c.id = :capture
                 UNION
                 SELECT c.id, c.origin, c.started_at FROM version v JOIN capture c ON c.page_id = v.page_id
                   JOIN reading r ON r.capture_id = c.id
                 WHERE v.first_capture_id = :capture AND c.started_at BETWEEN v.seen_from AND v.seen_to
                   AND r.decision IN ('new_version', 'unchanged'))
               SELECT count(*) FILTER (WHERE started_at >= s.created_at) AS since,
                      count(*) FILTER (WHERE started_at < s.created_at) AS before,
                      :capture <= (SELECT coalesce(max(up_to), 0) FROM told_before) AS again
               FROM story s LEFT JOIN shown ON shown.origin = 'live' WHERE s.id = :story""",
            {"capture": capture_id, "story": story_id},
        )
        assert row is not None
        return not row["since"] or bool(row["before"]) or bool(row["again"])

    def newest_read_capture(self) -> int:
        """The highest id of a capture that was read, under whatever label; 0 if none was."""
        return int(self._value("SELECT coalesce(max(capture_id), 0) FROM reading"))

    def has_other_readings(self, label: str) -> bool:
        """Whether some capture is still read under another label."""
        return bool(self._value("SELECT 1 FROM reading WHERE label != ? LIMIT 1", (label,)))

    def hush(self, up_to: int) -> None:
        """Have nothing told that is found from now on in captures up to this id: they are read or matched again."""
        with self.transaction():
            before = self._value("SELECT coalesce(max(up_to), 0) FROM told_before")
            self._run("DELETE FROM told_before")
            self._run("INSERT INTO told_before (up_to) VALUES (?)", (max(before, up_to),))

    # --- alerts ---

    def was_told(self, story_id: int, event: Event) -> bool:
        """Whether the story's user was told of the event, or it was noted in silence."""
        marks = ", ".join("?" * len(event.alike))
        return bool(
            self._value(
                f"SELECT 1 FROM alert WHERE story_id = ? AND subject = ? AND rule IN ({marks}) LIMIT 1",
                (story_id, event.subject, *event.alike),
            )
        )

    def add_alert(
        self, story_id: int, event: Event, now: datetime, *, silent: Silence, details: Mapping[str, object]
    ) -> None:
        """Note that an event is told to a story's user, or in silence. Each event once: see `was_told`."""
        self._run(
            """INSERT INTO alert (story_id, rule, subject, summary, silent, details, created_at)
               VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
            (
                story_id,
                event.rule,
                event.subject,
                event.summary,
                silent,
                json.dumps(details, ensure_ascii=False),
                to_text(now),
            ),
        )

    def passages_to_tell(self, match_id: int) -> list[dict[str, object]]:
        """The longest passages of a match with the words of both sides, in the page's order."""
        rows = self._all(
            f"""SELECT * FROM (SELECT number, likeness, method, quotation, substr(story_words, 1, {MOST_WORDS}) AS story_words,
                                      substr(page_words, 1, {MOST_WORDS}) AS page_words
                               FROM passages WHERE match_id = ? ORDER BY page_end - page_start DESC, number LIMIT ?)
                ORDER BY number""",
            (match_id, MOST_PASSAGES),
        )
        return [{**dict(row), "quotation": bool(row["quotation"])} for row in rows]

    def change_to_tell(self, change_id: int) -> dict[str, object]:
        """What an alert says of a change, without the words themselves."""
        row = self._one(
            """SELECT summary, significance, reasons, fields, words_added, words_removed, old_version_id, new_version_id,
                      still_old_at, seen_at FROM changes WHERE id = ?""",
            (change_id,),
        )
        assert row is not None
        return {**dict(row), "reasons": json.loads(row["reasons"]), "fields": json.loads(row["fields"])}

    def last_alerts(self, limit: int, *, silent: bool = False) -> list[dict[str, Any]]:
        """The last alerts, newest first, each with the state of its deliveries.

        Args:
            silent: also those of which nobody was told.
        """
        rows = self._all(
            """SELECT a.*, s.slug AS story FROM alert a JOIN story s ON s.id = a.story_id
               WHERE ? OR a.silent = '' ORDER BY a.id DESC LIMIT ?""",
            (silent, limit),
        )
        withheld = self.withheld_pages()
        return [
            {
                **{name: row[name] for name in ("id", "story", "rule", "subject", "silent", "created_at")},
                **_words(dict(row), withheld),
                "deliveries": [
                    dict(one)
                    for one in self._all(
                        """SELECT channel, digest, state, attempts, next_try_at, last_error, done_at FROM delivery
                           WHERE alert_id = ? ORDER BY id""",
                        (row["id"],),
                    )
                ],
            }
            for row in rows
        ]

    # --- deliveries ---

    def set_receivers(self, watch: str, channels: Collection[str], now: datetime) -> None:
        """Note which receivers a watch names. A new one is told of what happens from *now* on, one no longer named of nothing."""
        with self.transaction():
            gone = [
                row["channel"]
                for row in self._all("SELECT channel FROM receiver WHERE watch = ?", (watch,))
                if row["channel"] not in channels
            ]
            for channel in gone:
                self._run("DELETE FROM receiver WHERE watch = ? AND channel = ?", (watch, channel))
                self._run(
                    """UPDATE delivery SET state = 'failed', last_error = 'the watch no longer names this receiver', done_at = ?
                       WHERE state = 'pending' AND channel = ? AND alert_id IN
                         (SELECT a.id FROM alert a JOIN story s ON s.id = a.story_id WHERE s.slug = ?)""",
                    (to_text(now), channel, watch),
                )
            for channel in channels:
                self._run(
                    "INSERT INTO receiver (watch, channel, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    (watch, channel, to_text(now)),
                )

    def undelivered(self, watch: str, channel: str) -> list[tuple[int, datetime]]:
        """Alerts that were told since the receiver is named, and are not on their way to it: id and time."""
        rows = self._all(
            """SELECT a.id, a.created_at FROM receiver r JOIN story s ON s.slug = r.watch JOIN alert a ON a.story_id = s.id
               WHERE r.watch = ? AND r.channel = ? AND a.silent = '' AND a.created_at >= r.since
                 AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.alert_id = a.id AND d.channel = r.channel) ORDER BY a.id""",
            (watch, channel),
        )
        return [(row["id"], from_text(row["created_at"])) for row in rows]

    def add_delivery(self, alert_id: int, channel: str, due_at: datetime, digest: str | None) -> None:
        """Send an alert on its way."""
        self._run(
            """INSERT INTO delivery (alert_id, channel, digest, state, next_try_at) VALUES (?, ?, ?, 'pending', ?)
               ON CONFLICT DO NOTHING""",
            (alert_id, channel, digest, to_text(due_at)),
        )

    def due_deliveries(self, watch: str, channel: str, now: datetime) -> list[DueDelivery]:
        """What a receiver is to be told now, oldest first."""
        rows = self._all(
            """SELECT d.id, d.alert_id, a.story_id, a.rule, a.subject, a.summary, a.details, a.created_at, d.digest, d.attempts
               FROM delivery d JOIN alert a ON a.id = d.alert_id JOIN story s ON s.id = a.story_id
               WHERE d.state = 'pending' AND d.channel = ? AND d.next_try_at <= ? AND s.slug = ? ORDER BY a.id""",
            (channel, to_text(now), watch),
        )
        withheld = self.withheld_pages()
        return [
            DueDelivery(**{**dict(row), **_words(dict(row), withheld), "created_at": from_text(row["created_at"])})
            for row in rows
        ]

    def claim_deliveries(self, due: Sequence[DueDelivery], next_try_at: datetime) -> bool:
        """Count an attempt before it is made, so that no other process makes it too. Returns False if one has."""
        claims = [(one.id, one.attempts) for one in due]
        with self.transaction():
            still = self._value(
                """SELECT count(*) FROM delivery d JOIN json_each(?) c ON d.id = c.value ->> 0 AND d.attempts = c.value ->> 1
                   WHERE d.state = 'pending'""",
                (json.dumps(claims),),
            )
            if still != len(claims):
                return False
            for delivery_id, _ in claims:
                self._run(
                    "UPDATE delivery SET attempts = attempts + 1, next_try_at = ? WHERE id = ?",
                    (to_text(next_try_at), delivery_id),
                )
        return True

    def set_delivered(self, delivery_ids: Collection[int], note: str, now: datetime) -> None:
        """Note that a receiver was told, and who of several was not."""
        self._run(
            """UPDATE delivery SET state = 'ok', last_error = nullif(?, ''), done_at = ?
               WHERE id IN (SELECT value FROM json_each(?))""",
            (note, to_text(now), json.dumps(list(delivery_ids))),
        )

    def set_undelivered(
        self, delivery_ids: Collection[int], error: str, now: datetime, next_try_at: datetime | None
    ) -> None:
        """Note that a receiver could not be told, and when it is tried again; None: never."""
        ids = json.dumps(list(delivery_ids))
        if next_try_at is None:
            self._run(
                """UPDATE delivery SET state = 'failed', last_error = ?, done_at = ?
                   WHERE id IN (SELECT value FROM json_each(?))""",
                (error, to_text(now), ids),
            )
        else:
            self._run(
                "UPDATE delivery SET last_error = ?, next_try_at = ? WHERE id IN (SELECT value FROM json_each(?))",
                (error, to_text(next_try_at), ids),
            )


def _words(row: Mapping[str, Any], withheld: Collection[int]) -> dict[str, Any]:
    """Summary and details of an alert, without the words of a page that was withheld since."""
    summary, details = row["summary"], json.loads(row["details"])
    page = None if row["rule"] == "source_down" else _PAGE.search(row["subject"])
    if page is not None and int(page[1]) in withheld:
        summary, details = without_words(row["rule"], details)
    return {"summary": summary, "details": details}
