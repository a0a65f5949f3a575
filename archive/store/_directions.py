"""Which came first, a story or a page that carries its text: what is known of both sides, and what was said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from archive.store._derived import Derived
from archive.times import from_text
from archive.types import COPY_KINDS, CarriedPage, PageLife, PageText, Story

if TYPE_CHECKING:
    from archive.match.direction import Direction

_KINDS = json.dumps(sorted(COPY_KINDS))


#: Pages that are the work itself: at one of the story's addresses, or where one of its reference texts was taken from.
_OWN_PAGES = """
SELECT u.story_id, pu.page_id FROM story_url u JOIN page_url pu ON pu.url_key = u.url_key
UNION
SELECT t.story_id, c.page_id FROM story_text t JOIN capture c ON c.id = substr(t.source, length('capture:') + 1)
WHERE t.active AND t.source LIKE 'capture:%'
"""


class Directions(Derived):
    def matches_without_direction(self, limit: int = 200) -> list[CarriedPage]:
        """Matches that claim text of a story and say nothing of the order yet; a story's own pages left out."""
        rows = self._all(
            f"""SELECT m.id, m.story_id, m.story_text_id, m.version_id, m.credit, m.credit_name, m.evidence, v.page_id,
                      coalesce(e.site_name, o.domain) AS outlet
               FROM match m JOIN version v ON v.id = m.version_id JOIN page p ON p.id = v.page_id
               JOIN outlet o ON o.id = p.outlet_id JOIN extraction e ON e.id = v.extraction_id
               LEFT JOIN direction d ON d.match_id = m.id
               WHERE d.match_id IS NULL AND m.label <> '' AND m.kind IN (SELECT value FROM json_each(?))
                 AND (m.story_id, v.page_id) NOT IN ({_OWN_PAGES})
               ORDER BY m.id LIMIT ?""",
            (_KINDS, limit),
        )
        stories = {story_id: self.story(story_id) for story_id in {row["story_id"] for row in rows}}
        own = {story_id: self._own_page(story_id) for story_id in stories}
        found = []
        for row in rows:
            evidence = json.loads(row["evidence"])
            own_page, own_life = own[row["story_id"]]
            found.append(
                CarriedPage(
                    match_id=row["id"],
                    story=stories[row["story_id"]],
                    story_text_id=row["story_text_id"],
                    own_page=own_page,
                    own_life=own_life,
                    page=self.page_text(row["version_id"]),
                    page_outlet=row["outlet"],
                    page_life=self._life([row["page_id"]]),
                    credit=row["credit"] or "",
                    credit_name=row["credit_name"] or "",
                    points_to_story=tuple(evidence.get("points_to_story", ())),
                    common_sources=tuple(one["name"] or one["kind"] for one in evidence.get("common_sources", ())),
                )
            )
        return found

    def story_as_published(self, story_id: int) -> Story:
        """The story with its bylines and pictures as its own pages, in whatever version, state them.

        Raises KeyError if there is none.
        """
        rows = self._all(
            f"""SELECT DISTINCT e.byline, e.image FROM ({_OWN_PAGES}) own JOIN version v ON v.page_id = own.page_id
                JOIN extraction e ON e.id = v.extraction_id WHERE own.story_id = ? ORDER BY v.id""",
            (story_id,),
        )
        # The query of a picture's address is its size, or a signature that changes at every visit.
        images = (row["image"].partition("?")[0] for row in rows if row["image"])
        return replace(
            self.story(story_id),
            bylines=tuple(dict.fromkeys(row["byline"] for row in rows if row["byline"])),
            images=tuple(dict.fromkeys(images)),
        )

    def look_again_at_story_of(self, page_id: int) -> None:
        """Have stories of which this page is an own one compared anew if their bylines or pictures are others now."""
        self._run(
            f"UPDATE story_index SET stale = 1 WHERE story_id IN (SELECT story_id FROM ({_OWN_PAGES}) WHERE page_id = ?)",
            (page_id,),
        )

    def _own_page(self, story_id: int) -> tuple[PageText | None, PageLife]:
        page_ids = [
            row[0]
            for row in self._all(
                f"""SELECT page_id FROM ({_OWN_PAGES}) WHERE story_id = ?
                    AND page_id IN (SELECT page_id FROM version) ORDER BY page_id""",
                (story_id,),
            )
        ]
        if not page_ids:
            return None, PageLife()
        newest = self._value(
            """SELECT id FROM version WHERE page_id IN (SELECT value FROM json_each(?)) ORDER BY seen_from DESC LIMIT 1""",
            (json.dumps(page_ids),),
        )
        return self.page_text(newest), self._life(page_ids)

    def _life(self, page_ids: Sequence[int]) -> PageLife:
        rows = self._all(
            """SELECT p.url, v.seen_from, e.published, e.modified FROM version v JOIN page p ON p.id = v.page_id
               JOIN extraction e ON e.id = v.extraction_id WHERE v.page_id IN (SELECT value FROM json_each(?))
               ORDER BY v.seen_from""",
            (json.dumps(list(page_ids)),),
        )
        if not rows:
            return PageLife()
        return PageLife(
            url=rows[0]["url"],
            published=tuple(dict.fromkeys(row["published"] for row in rows if row["published"])),
            modified=next((row["modified"] for row in rows if row["modified"]), None),
            first_captured=from_text(rows[0]["seen_from"]),
        )

    def add_direction(self, match_id: int, direction: Direction) -> None:
        """Keep which side came first, and why."""
        self._run(
            "INSERT INTO direction (match_id, verdict, why, clues, notes) VALUES (?, ?, ?, ?, ?)",
            (
                match_id,
                direction.verdict,
                direction.why,
                json.dumps([[clue.kind, clue.first, clue.words] for clue in direction.clues], ensure_ascii=False),
                json.dumps(direction.notes, ensure_ascii=False),
            ),
        )

    def forget_directions(self, page_id: int) -> None:
        """Have it said anew which came first wherever this page is a side: its dates or captures are others now."""
        self._run(
            f"""DELETE FROM direction WHERE match_id IN
                 (SELECT m.id FROM version v JOIN match m ON m.version_id = v.id WHERE v.page_id = ?1
                  UNION SELECT m.id FROM ({_OWN_PAGES}) own JOIN match m ON m.story_id = own.story_id
                        WHERE own.page_id = ?1)""",
            (page_id,),
        )
