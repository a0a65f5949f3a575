"""Bytes that are given up to make room. Rows, hashes and what was read from them stay."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from archive.store._base import Base
from archive.times import to_text

PruningRule = Literal["unrelated", "sources"]

_RELATED = """
  SELECT v.page_id FROM match m JOIN version v ON v.id = m.version_id WHERE m.kind != 'unrelated'
  UNION SELECT u.page_id FROM page_url u JOIN story_url s ON s.url_key = u.url_key
  UNION SELECT c.page_id FROM story_text t JOIN capture c ON c.id = substr(t.source, 9) WHERE t.source LIKE 'capture:%'
  -- what was told, noted or attested is to be defended
  -- (the subject of an alert about a page is "page:4", "page:4:capture:17" or "ferry:page:4")
  UNION SELECT CAST(substr(subject, instr(':' || subject, ':page:') + 5) AS INTEGER) FROM alert
    WHERE rule != 'source_down' AND instr(':' || subject, ':page:')
  UNION SELECT c.page_id FROM attestation a JOIN capture c ON c.id = a.capture_id WHERE a.kind = 'wayback'
  UNION SELECT c.page_id FROM annotation n JOIN capture c ON c.id IN (n.old_capture_id, n.new_capture_id)
  -- what was not compared with all stories yet may be related
  UNION SELECT page_id FROM version WHERE id NOT IN (SELECT version_id FROM matched)
"""

_MAY_GO: dict[PruningRule, str] = {
    # Only where a whole article was read: all else is judged by its source again when readings are made anew.
    "unrelated": f"""c.purpose = 'page' AND c.started_at < :before AND (c.not_modified OR c.status BETWEEN 200 AND 299)
       AND r.label = :label AND r.decision IN ('new_version', 'unchanged') AND length(e.text) > :whole
       AND c.page_id NOT IN ({_RELATED})""",
    "sources": """c.purpose IN ('feed', 'sitemap', 'robots', 'front_page', 'search') AND c.started_at < :before""",
}


@dataclass(frozen=True, slots=True)
class Prunable:
    """A body whose bytes a rule would give up."""

    sha256: str
    #: bytes before compression
    size: int
    #: bytes in the file
    stored: int
    #: pages that showed it
    pages: int


class Pruning(Base):
    def prunable(self, rule: PruningRule, *, before: datetime, label: str, whole: int) -> list[Prunable]:
        """The bodies that *rule* would give up: those of which every capture falls under it.

        Args:
            before: captures that began later keep their bodies.
            label: of the extractor; a body that it has not read keeps its bytes.
            whole: characters of text above which a page was read as a whole article.
        """
        rows = self._all(
            f"""SELECT b.sha256, b.size, length(b.data) AS stored, count(DISTINCT c.page_id) AS pages
                FROM body b JOIN capture c ON c.body_sha256 = b.sha256
                LEFT JOIN reading r ON r.capture_id = c.id LEFT JOIN extraction e ON e.id = r.extraction_id
                WHERE b.pruned_id IS NULL AND b.size > 0
                GROUP BY b.rowid HAVING min(({_MAY_GO[rule]}) IS TRUE) ORDER BY b.rowid""",
            {"before": to_text(before), "label": label, "whole": whole},
        )
        return [Prunable(row["sha256"], row["size"], row["stored"], row["pages"]) for row in rows]

    def open_pruning(self, rule: str, who: str, now: datetime) -> int:
        """Note that somebody begins to prune by *rule*, in words."""
        cursor = self._run(
            "INSERT INTO pruning (rule, who, pruned_at, bodies, bytes) VALUES (?, ?, ?, 0, 0)",
            (rule, who, to_text(now)),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def prune(self, pruning_id: int, bodies: Sequence[Prunable]) -> None:
        """Give up the bytes of these bodies, and count them, in one transaction."""
        digests = json.dumps([body.sha256 for body in bodies])
        with self.transaction():
            self._run(
                """UPDATE pruning SET (bodies, bytes) = (SELECT bodies + count(*), bytes + coalesce(sum(size), 0) FROM body
                     WHERE pruned_id IS NULL AND sha256 IN (SELECT value FROM json_each(:digests))) WHERE id = :id""",
                {"digests": digests, "id": pruning_id},
            )
            self._run(
                """UPDATE body SET data = x'', pruned_id = :id
                   WHERE pruned_id IS NULL AND sha256 IN (SELECT value FROM json_each(:digests))""",
                {"digests": digests, "id": pruning_id},
            )

    def prunings(self) -> list[dict[str, Any]]:
        """Who gave up what and when, the newest first."""
        return [dict(row) for row in self._all("SELECT * FROM pruning ORDER BY id DESC")]
