"""What sources gave, run after run: how often they were asked, and whether one fell silent."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from archive.store._base import Base
from archive.times import from_text, to_text

SourceOutcome = Literal[
    "ok",
    "empty",  # it was read, and named nothing
    "unchanged",  # 304
    "failed",  # no answer, or one that says that it is down
    "unreadable",  # an answer that is not what it should be
    "refused",  # by its robots.txt, or by a wall
    "limited",  # asked too often; the reason says until when
    "not_asked",  # for lack of budget, or of anything to ask
]

ASKED = ("search", "memento", "warc_record")
"""Purposes of what is requested from a source that is asked; the frontier's `why` names the source."""

_IS_ASKED = "source NOT IN ('given', 'feed', 'sitemap', 'robots', 'front_page', 'import')"

_ASKED_FOR_NEWS = "source IN ('gdelt_articles', 'gdelt_ngrams', 'gdelt_doc', 'google_news', 'media_cloud')"
"""Asked for what came since they last answered: that nothing did is no silence."""

ALARM_RUNS = 5
"""Runs looked back at, those in which the source was asked and could answer."""

ALARM_GAVE = 2
"""In so many of them it must have given: once may have been chance."""


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What one source gave in one run."""

    source: str
    query: str
    outcome: str
    reason: str | None
    leads: int
    new_leads: int
    #: pages that it named and that answered in this run
    fetched: int = 0
    #: of them: a body never seen before
    new: int = 0
    #: error class or "http 404" -> pages that it named and that failed
    failed: Mapping[str, int] = field(default_factory=dict)
    #: that it used to give and gave nothing, in words; None if all is as usual
    alarm: str | None = None


@dataclass(frozen=True, slots=True)
class Requests:
    """What a source was asked since some time, by all watches."""

    count: int
    #: when the first of them was sent, or its run began; None without any
    first: datetime | None


class Sources(Base):
    def requests_of(self, source: str, since: datetime) -> Requests:
        """What *source* was asked since then, as the captures say it.

        A capture from a web archive has the time of the page, so it counts with the run that fetched it.
        """
        row = self._one(
            f"""SELECT count(*) AS n, min(CASE c.origin WHEN 'live' THEN c.started_at ELSE r.started_at END) AS first
                FROM run r JOIN capture c ON c.run_id = r.id
                WHERE r.kind = 'crawl' AND coalesce(r.finished_at, '9') >= :since
                  AND (c.origin = :source OR (c.origin = 'live' AND c.purpose IN {ASKED} AND c.started_at >= :since
                       AND EXISTS (SELECT 1 FROM frontier f WHERE f.url = c.url AND f.why = :source)))""",
            {"since": to_text(since), "source": source},
        )
        assert row is not None
        return Requests(row["n"], from_text(row["first"]) if row["first"] else None)

    def count_due_of(self, source: str, story_id: int, now: datetime) -> int:
        """How many requests of a story to *source* are due and were not sent."""
        return int(
            self._value(
                f"""SELECT count(*) FROM frontier WHERE why = ? AND purpose IN {ASKED} AND state IN ('waiting', 'leased') AND due_at <= ?
                    AND id IN (SELECT frontier_id FROM frontier_story WHERE story_id = ?)""",
                (source, to_text(now), story_id),
            )
        )

    def last_answered(self, source: str, watch: str) -> datetime | None:
        """When the last run of *watch* began in which *source* answered; None if there is none."""
        value = self._value(
            """SELECT max(r.started_at) FROM run_source s JOIN run r ON r.id = s.run_id
               WHERE s.source = ? AND r.watch = ? AND s.outcome IN ('ok', 'empty', 'unchanged')""",
            (source, watch),
        )
        return from_text(value) if value else None

    def questions_put(self, source: str, story_id: int) -> set[str]:
        """The questions, in words, that *source* has been asked for a story."""
        rows = self._all(
            "SELECT DISTINCT query FROM lead WHERE story_id = ? AND source = ? AND purpose = 'search'",
            (story_id, source),
        )
        return {row["query"] for row in rows}

    def retire_questions(self, source: str, *, story_id: int, but: Collection[str]) -> None:
        """Put no question again that was answered and is no longer among those to put: it was struck, or overtaken."""
        self._run(
            """UPDATE frontier AS f SET state = 'done'
               WHERE f.why = :source AND f.purpose = 'search' AND f.state = 'waiting' AND f.visits > 0 AND f.attempts = 0
                 AND f.url NOT IN (SELECT value FROM json_each(:but))
                 AND f.id IN (SELECT frontier_id FROM frontier_story WHERE story_id = :story)
                 AND NOT EXISTS (SELECT 1 FROM frontier_story o WHERE o.frontier_id = f.id AND o.story_id != :story)""",
            {"source": source, "story": story_id, "but": json.dumps(list(but))},
        )

    def first_published(self, story_id: int) -> datetime | None:
        """The earliest date that a page at one of the story's own addresses states; None if none was read.

        The earliest: a page that moves is often dated anew, and none is dated back.
        """
        rows = self._all(
            """SELECT DISTINCT e.published FROM story_url u JOIN page_url pu ON pu.url_key = u.url_key
               JOIN version v ON v.page_id = pu.page_id JOIN extraction e ON e.id = v.extraction_id
               WHERE u.story_id = ? AND e.published GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*' ORDER BY 1""",
            (story_id,),
        )
        for row in rows:
            with suppress(ValueError):
                return datetime.fromisoformat(row["published"][:10]).replace(tzinfo=UTC)
        return None

    def raise_alarms(self, run_id: int) -> list[str]:
        """Mark the sources of a run that used to give and gave nothing this time. Returns the alarms in words.

        A feed, sitemap or page stands for itself; a source that is asked is compared by the questions that were put again.
        What was not asked, was held or answered 304 says nothing, and neither does a source of news that had none.
        """
        rows = self._all(
            f"""SELECT min(id) AS id, source, CASE WHEN {_IS_ASKED} THEN NULL ELSE query END AS query, sum(leads) AS leads,
                       max(CASE WHEN outcome = 'ok' THEN NULL ELSE outcome || coalesce(': ' || reason, '') END) AS said
                FROM run_source WHERE run_id = ? AND outcome NOT IN ('unchanged', 'limited', 'not_asked')
                GROUP BY source, 3
                HAVING sum(leads) = 0 AND NOT ({_ASKED_FOR_NEWS} AND sum(outcome NOT IN ('ok', 'empty')) = 0)""",
            (run_id,),
        )
        alarms = []
        with self.transaction():
            for row in rows:
                gave = self._gave_before(run_id, row["source"], row["query"])
                if sum(leads > 0 for leads in gave) < ALARM_GAVE or not gave[0]:
                    continue
                name = f"{row['source']} {row['query']}" if row["query"] else row["source"]
                leads = "1 lead" if gave[0] == 1 else f"{gave[0]} leads"
                alarm = f"it gave {leads} the time before and none now ({row['said'] or 'empty'})"
                self._run("UPDATE run_source SET alarm = ? WHERE id = ?", (alarm, row["id"]))
                alarms.append(f"{name} fell silent: {alarm}")
        return alarms

    def _gave_before(self, run_id: int, source: str, query: str | None) -> list[int]:
        """The leads of the last runs of the same watch that asked the source the same and were answered, the newest first."""
        rows = self._all(
            """SELECT sum(s.leads) AS leads FROM run_source s JOIN run r ON r.id = s.run_id
               WHERE s.source = :source AND (:query IS NULL OR s.query = :query) AND s.run_id < :run
                 AND s.query IN (SELECT query FROM run_source WHERE run_id = :run AND source = :source)
                 AND s.outcome NOT IN ('unchanged', 'limited', 'not_asked')
                 AND r.watch = (SELECT watch FROM run WHERE id = :run)
               GROUP BY s.run_id ORDER BY s.run_id DESC LIMIT :runs""",
            {"source": source, "query": query, "run": run_id, "runs": ALARM_RUNS},
        )
        return [row["leads"] for row in rows] or [0]

    def empty_sources(self, run_id: int) -> dict[str, int]:
        """Source -> how many of its answers in a run were in order and named nothing."""
        rows = self._all(
            "SELECT source, count(*) FROM run_source WHERE run_id = ? AND outcome = 'empty' GROUP BY 1 ORDER BY min(id)",
            (run_id,),
        )
        return {row[0]: row[1] for row in rows}

    def alarms(self, watch: str) -> list[str]:
        """Which sources of *watch* fell silent and have given nothing since, in words."""
        rows = self._all(
            f"""SELECT s.source, CASE WHEN s.{_IS_ASKED} THEN '' ELSE s.query END AS query, s.alarm, r.started_at
                FROM run_source s JOIN run r ON r.id = s.run_id
                WHERE r.watch = ? AND s.alarm IS NOT NULL AND NOT EXISTS
                  (SELECT 1 FROM run_source l JOIN run lr ON lr.id = l.run_id WHERE l.run_id > s.run_id AND l.leads > 0
                   AND lr.watch = r.watch AND l.source = s.source AND (s.{_IS_ASKED} OR l.query = s.query))
                GROUP BY 1, 2 HAVING s.run_id = max(s.run_id) ORDER BY s.id""",
            (watch,),
        )
        return [f"{row['source']} {row['query']} since {row['started_at'][:16]}: {row['alarm']}" for row in rows]
