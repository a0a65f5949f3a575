"""Stories and their reference texts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from archive.references import Candidate, Promoted, Promotion, outlet_domains
from archive.store._base import Base
from archive.times import from_text, to_text
from archive.types import Role, Story, StoryText, TextUrl
from archive.urls import url_key


class Stories(Base):
    def save_story(self, story: Story, now: datetime) -> Story:
        """Store what a watch says of its story, and return it with ids.

        Texts that the watch no longer names are kept, but no longer matched against;
        texts promoted from captures stay.
        """
        with self.transaction():
            self._run(
                """INSERT INTO story (slug, title, outlet, aliases, short_ids, languages, alerts,
                                      min_confidence, mute, created_at)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                   ON CONFLICT (slug) DO UPDATE SET title = excluded.title, outlet = excluded.outlet,
                     aliases = excluded.aliases, short_ids = excluded.short_ids, languages = excluded.languages,
                     alerts = excluded.alerts, min_confidence = excluded.min_confidence, mute = excluded.mute""",
                (
                    story.slug,
                    story.title,
                    story.outlet,
                    json.dumps(story.aliases, ensure_ascii=False),
                    json.dumps(story.short_ids),
                    json.dumps(story.languages),
                    json.dumps(story.alerts),
                    story.min_confidence,
                    json.dumps(story.mute),
                    to_text(now),
                ),
            )
            story_id = int(self._value("SELECT id FROM story WHERE slug = ?", (story.slug,)))
            self._save_urls(story_id, story)
            self._run("UPDATE story_text SET active = 0 WHERE story_id = ? AND source LIKE 'file:%'", (story_id,))
            for text in story.texts:
                self.add_story_text(story_id, text)
            self._look_again(story_id)
        return self.story(story_id)

    def _look_again(self, story_id: int) -> None:
        """Have the story's look-up compared with what the story says now."""
        self._run("UPDATE story_index SET stale = 1 WHERE story_id = ?", (story_id,))

    def _save_urls(self, story_id: int, story: Story) -> None:
        self._run("DELETE FROM story_url WHERE story_id = ?", (story_id,))
        named = {text_url.url: text_url for text_url in story.text_urls}
        for url in dict.fromkeys((*story.urls, *named)):
            text_url = named.get(url)
            self._run(
                "INSERT INTO story_url (story_id, url, url_key, language, role) VALUES (?, ?, ?, ?, ?)",
                (
                    story_id,
                    url,
                    url_key(url),
                    text_url.language if text_url else None,
                    text_url.role if text_url else None,
                ),
            )

    def add_story_text(self, story_id: int, text: StoryText) -> None:
        """Add a reference text, or make it active again if it is known."""
        self._run(
            """INSERT INTO story_text (story_id, language, role, text, text_sha256, source, active)
               VALUES (?, ?, ?, ?, ?, ?, 1)
               ON CONFLICT (story_id, text_sha256) DO UPDATE
                 SET active = 1, language = excluded.language, role = excluded.role""",
            (story_id, text.language, text.role, text.text, sha256(text.text.encode()).hexdigest(), text.source),
        )

    def story(self, story_id: int) -> Story:
        """The story with this id, with its active texts. Raises KeyError if there is none."""
        row = self._one("SELECT * FROM story WHERE id = ?", (story_id,))
        if row is None:
            raise KeyError(story_id)
        urls = self._all("SELECT * FROM story_url WHERE story_id = ? ORDER BY id", (story_id,))
        texts = self._all("SELECT * FROM story_text WHERE story_id = ? AND active ORDER BY id", (story_id,))
        return Story(
            id=story_id,
            slug=row["slug"],
            title=row["title"],
            outlet=row["outlet"],
            aliases=tuple(json.loads(row["aliases"])),
            short_ids=tuple(json.loads(row["short_ids"])),
            languages=tuple(json.loads(row["languages"])),
            alerts=tuple(json.loads(row["alerts"])),
            min_confidence=row["min_confidence"],
            mute=tuple(json.loads(row["mute"])),
            urls=tuple(url["url"] for url in urls),
            text_urls=tuple(TextUrl(url["url"], url["language"], _role(url["role"])) for url in urls if url["role"]),
            texts=tuple(
                StoryText(text["text"], text["language"], _role(text["role"]), text["source"], text["id"])
                for text in texts
            ),
        )

    def story_by_slug(self, slug: str) -> Story | None:
        """The story of the watch named *slug*, or None."""
        story_id = self._value("SELECT id FROM story WHERE slug = ?", (slug,))
        return self.story(story_id) if story_id is not None else None

    def stories(self) -> list[Story]:
        """All stories, in the order in which they were added."""
        return [self.story(row["id"]) for row in self._all("SELECT id FROM story ORDER BY id")]

    # --- reference texts that grow ---

    def stories_with_news(self, label: str, *, after_version: int, after_match: int) -> list[int]:
        """Stories whose reference texts may change: a page at one of their addresses or on a domain of their outlet
        was read or matched since, or the capture behind a promoted text is judged or read otherwise under *label*."""
        at_their_addresses = self._all(
            """SELECT DISTINCT u.story_id FROM story_url u CROSS JOIN page_url pu ON pu.url_key = u.url_key
               CROSS JOIN version v ON v.page_id = pu.page_id LEFT JOIN match m ON m.version_id = v.id AND m.story_id = u.story_id
               WHERE v.id > ? OR m.id > ?""",
            (after_version, after_match),
        )
        doubtful = self._all(
            """SELECT DISTINCT t.story_id FROM story_text t
               JOIN reading r ON r.capture_id = CAST(substr(t.source, length('capture:') + 1) AS INTEGER)
               LEFT JOIN extraction e ON e.id = r.extraction_id
               WHERE t.active AND t.source LIKE 'capture:%' AND r.label = ?
                 AND (r.quality < 0.5 OR r.decision NOT IN ('new_version', 'unchanged', '')
                      OR e.text_sha256 IS NOT t.text_sha256)""",
            (label,),
        )
        matched = self._all(
            """SELECT DISTINCT m.story_id, o.domain FROM match m JOIN version v ON v.id = m.version_id
               JOIN page p ON p.id = v.page_id JOIN outlet o ON o.id = p.outlet_id
               WHERE m.id > ? AND +m.kind IN ('copy', 'rewrite', 'translation', 'mentions')  -- +: by id, which is nearly all known""",
            (after_match,),
        )
        domains = self._outlet_domains() if matched else {}
        found = {row[0] for row in (*at_their_addresses, *doubtful)}
        found |= {row["story_id"] for row in matched if row["domain"] in domains.get(row["story_id"], ())}
        return sorted(found)

    def _outlet_domains(self) -> dict[int, frozenset[str]]:
        """The domains of each story's outlet."""
        urls: dict[int, list[str]] = {}
        for row in self._all("SELECT story_id, url FROM story_url"):
            urls.setdefault(row["story_id"], []).append(row["url"])
        return {
            row["id"]: outlet_domains(
                Story(
                    row["slug"],
                    "",
                    row["outlet"],
                    tuple(json.loads(row["aliases"])),
                    urls=tuple(urls.get(row["id"], ())),
                )
            )
            for row in self._all("SELECT id, slug, outlet, aliases FROM story")
        }

    def newest_derived_ids(self) -> tuple[int, int]:
        """The highest ids of versions and of matches; 0 where there are none."""
        row = self._one("SELECT (SELECT coalesce(max(id), 0) FROM version), (SELECT coalesce(max(id), 0) FROM match)")
        assert row is not None
        return row[0], row[1]

    def reference_candidates(self, story: Story, domains: Iterable[str]) -> list[Candidate]:
        """Versions on *domains* that stand at the story's own addresses or carry or name the story, in order of time."""
        rows = self._all(
            """SELECT v.id, v.page_id, v.first_capture_id, v.seen_from, c.final_url, e.text, e.language, e.markup,
                      m.kind, m.coverage_story, m.coverage_page, m.credit_name, m.evidence
               FROM (SELECT m2.version_id AS id FROM match m2
                       WHERE m2.story_id = :story AND m2.kind IN ('copy', 'rewrite', 'translation', 'mentions')
                     UNION
                     SELECT v2.id FROM story_url u JOIN page_url pu ON pu.url_key = u.url_key
                       JOIN version v2 ON v2.page_id = pu.page_id WHERE u.story_id = :story) AS found
               JOIN version v ON v.id = found.id JOIN page p ON p.id = v.page_id JOIN outlet o ON o.id = p.outlet_id
               JOIN extraction e ON e.id = v.extraction_id JOIN capture c ON c.id = v.first_capture_id
               -- as it is judged now: during an upgrade a version outlives the reading that it was made from
               JOIN reading r ON r.capture_id = c.id AND r.extraction_id = e.id AND r.quality >= 0.5
               LEFT JOIN match m ON m.version_id = v.id AND m.story_id = :story
               WHERE o.domain IN (SELECT value FROM json_each(:domains)) ORDER BY v.seen_from, v.id""",
            {"story": story.id, "domains": json.dumps(sorted(domains))},
        )
        refused = self._refused_pages(story) if rows else frozenset()
        return [
            Candidate(
                capture_id=row["first_capture_id"],
                url=row["final_url"],
                urls=self._urls_of_page(row["page_id"]),
                text=row["text"],
                language=row["language"],
                seen_from=from_text(row["seen_from"]),
                alternates=tuple(url for _, url in json.loads(row["markup"])["alternates"]),
                kind=row["kind"],
                coverage_story=row["coverage_story"] or 0.0,
                coverage_page=row["coverage_page"] or 0.0,
                credit_name=row["credit_name"] or "",
                evidence=json.loads(row["evidence"]) if row["evidence"] else {},
                refused=row["page_id"] in refused,
            )
            for row in rows
        ]

    def _urls_of_page(self, page_id: int) -> tuple[str, ...]:
        rows = self._all("SELECT url FROM page_url WHERE page_id = ? ORDER BY id", (page_id,))
        return tuple(row[0] for row in rows)

    def _refused_pages(self, story: Story) -> frozenset[int]:
        """Pages out of which a text was taken that the user took away again."""
        rows = self._all(
            """SELECT c.page_id FROM story_text t JOIN capture c ON c.id = substr(t.source, length('capture:') + 1)
               WHERE t.story_id = ? AND t.refused AND t.source LIKE 'capture:%'""",
            (story.id,),
        )
        return frozenset(row[0] for row in rows)

    def promoted_texts(self, story: Story, label: str) -> list[Promoted]:
        """The story's promoted texts, each with how its capture is judged and read under *label*."""
        found = []
        for text in story.texts:
            if not text.source.startswith("capture:"):
                continue
            capture_id = int(text.source.removeprefix("capture:"))
            row = self._one(
                """SELECT r.quality, r.reasons, r.decision, e.text FROM reading r
                   LEFT JOIN extraction e ON e.id = r.extraction_id WHERE r.capture_id = ? AND r.label = ?""",
                (capture_id, label),
            )
            found.append(
                Promoted(
                    text, capture_id, row["quality"], tuple(json.loads(row["reasons"])), row["decision"], row["text"]
                )
                if row
                else Promoted(text, capture_id, None)
            )
        return found

    def capture_ids_of_url(self, url: str) -> list[int]:
        """The captures of the page at *url*, in order of id."""
        rows = self._all(
            """SELECT c.id FROM capture c WHERE c.page_id IN (SELECT page_id FROM page_url WHERE url_key = ?) ORDER BY c.id""",
            (url_key(url),),
        )
        return [row[0] for row in rows]

    def promote_text(self, story_id: int, promotion: Promotion) -> None:
        """Make a captured page's text a reference text, with the reason."""
        with self.transaction():
            if promotion.replaces is not None and promotion.replaces.id is not None:
                self.retire_text(promotion.replaces.id, f"an original took its place: {promotion.text.source}")
            self._keep_text(story_id, promotion.text, promotion.why)

    def add_users_text(self, story_id: int, text: StoryText, why: str) -> None:
        """Add a reference text by the user's word, in place of the promoted ones of its language."""
        with self.transaction():
            for known in self.story(story_id).texts:
                if known.language == text.language and known.source.startswith("capture:") and known.id is not None:
                    self.retire_text(known.id, "the user gave another text")
            self._keep_text(story_id, text, why)

    def _keep_text(self, story_id: int, text: StoryText, why: str) -> None:
        self.add_story_text(story_id, text)
        self._run(
            "UPDATE story_text SET source = ?, why = ?, refused = 0 WHERE story_id = ? AND text_sha256 = ?",
            (text.source, why, story_id, sha256(text.text.encode()).hexdigest()),
        )

    def retire_text(self, text_id: int, why: str, *, refused: bool = False) -> None:
        """Make a reference text inactive, with the reason; *refused*: by the user's word, so that no rule brings it back."""
        with self.transaction():
            self._run(
                "UPDATE story_text SET active = 0, why = ?, refused = ? WHERE id = ?", (why, int(refused), text_id)
            )
            self._look_again(int(self._value("SELECT story_id FROM story_text WHERE id = ?", (text_id,))))


def story_digest(story: Story) -> str:
    """Names what of a story a match was made against: its texts, and its bylines and pictures as its own pages state them.

    A match under another digest is made anew.
    """
    named = [str(text.id) for text in story.texts] + [*story.bylines, *story.images]
    return sha256("|".join(sorted(named)).encode()).hexdigest()[:16]


def _role(value: str) -> Role:
    return "original" if value == "original" else "translation"
