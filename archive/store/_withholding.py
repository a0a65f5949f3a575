"""Pages of which nothing that they say is shown, on somebody's request. Nothing is deleted for it.

The views leave their words out (see `archive.schema`); what reads tables instead of views asks here. Processing goes on:
a withheld page is still compared, so that its dates and figures stay true and it can be shown again as it is by then.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from archive.store._base import Base
from archive.times import from_text, to_text
from archive.urls import url_key


@dataclass(frozen=True, slots=True)
class Decision:
    """That a page was withheld, or shown again."""

    page_id: int
    #: the page's own address, and the one by which it was named
    page_url: str
    url: str
    withheld: bool
    reason: str
    decided_by: str
    decided_at: datetime


class Withholding(Base):
    def pages_at(self, url: str) -> list[int]:
        """The pages that have, or had, this address."""
        rows = self._all(
            "SELECT DISTINCT page_id FROM page_url WHERE url = ? OR url_key = ? ORDER BY 1", (url, url_key(url))
        )
        return [row[0] for row in rows]

    def withheld_pages(self) -> frozenset[int]:
        """Ids of the pages that are withheld now."""
        return frozenset(row[0] for row in self._all("SELECT page_id FROM withheld"))

    def withheld_texts(self, story_id: int) -> frozenset[int]:
        """Ids of the reference texts of a story that were taken from pages which are withheld now."""
        rows = self._all("SELECT id FROM story_texts WHERE story_id = ? AND withheld_since IS NOT NULL", (story_id,))
        return frozenset(row[0] for row in rows)

    def decide(self, page_id: int, url: str, *, withhold: bool, reason: str, by: str, now: datetime) -> bool:
        """Note that a page is withheld, or shown again. Returns False, and notes nothing, if it is so already.

        Args:
            url: the address by which the page was named.
            by: who decided it, as that person is to be named in the record.
        """
        with self.transaction():
            if bool(self._value("SELECT 1 FROM withheld WHERE page_id = ?", (page_id,))) == withhold:
                return False
            self._run(
                """INSERT INTO withholding (page_id, url, withheld, reason, decided_by, decided_at)
                   VALUES (?, ?, ?, ?, ?, ?)""",
                (page_id, url, int(withhold), reason, by, to_text(now)),
            )
        return True

    def decisions(self) -> list[Decision]:
        """Every decision there was, in order of time."""
        rows = self._all(
            """SELECT d.page_id, p.url AS page_url, d.url, d.withheld, d.reason, d.decided_by, d.decided_at
               FROM withholding d JOIN page p ON p.id = d.page_id ORDER BY d.id"""
        )
        return [
            Decision(**{**dict(row), "withheld": bool(row["withheld"]), "decided_at": from_text(row["decided_at"])})
            for row in rows
        ]

    def pages_saying_the_same(self, page_ids: Collection[int]) -> list[str]:
        """Addresses of other pages, not withheld, that had word for word a text of one of these."""
        marks = ", ".join("?" * len(page_ids))
        rows = self._all(
            f"""SELECT DISTINCT p.url FROM version v JOIN extraction e ON e.id = v.extraction_id
                JOIN extraction same ON same.text_sha256 = e.text_sha256 JOIN version other ON other.extraction_id = same.id
                JOIN page p ON p.id = other.page_id
                WHERE v.page_id IN ({marks}) AND p.id NOT IN ({marks}) AND p.id NOT IN (SELECT page_id FROM withheld)
                ORDER BY p.url LIMIT 100""",
            (*page_ids, *page_ids),
        )
        return [row[0] for row in rows]
