"""Stories and their reference texts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from archive.store._base import Base
from archive.times import to_text
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
                                      created_at)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                   ON CONFLICT (slug) DO UPDATE SET title = excluded.title, outlet = excluded.outlet,
                     aliases = excluded.aliases, short_ids = excluded.short_ids, languages = excluded.languages,
                     alerts = excluded.alerts""",
                (
                    story.slug,
                    story.title,
                    story.outlet,
                    json.dumps(story.aliases, ensure_ascii=False),
                    json.dumps(story.short_ids),
                    json.dumps(story.languages),
                    json.dumps(story.alerts),
                    to_text(now),
                ),
            )
            story_id = int(self._value("SELECT id FROM story WHERE slug = ?", (story.slug,)))
            self._save_urls(story_id, story)
            self._run("UPDATE story_text SET active = 0 WHERE story_id = ? AND source LIKE 'file:%'", (story_id,))
            for text in story.texts:
                self.add_story_text(story_id, text)
        return self.story(story_id)

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

    def text_urls_without_text(self) -> list[tuple[int, TextUrl]]:
        """(story id, URL) for each language of a story that has a named URL but no active text."""
        rows = self._all(
            """SELECT u.* FROM story_url u WHERE u.role IS NOT NULL AND NOT EXISTS
                 (SELECT 1 FROM story_text t WHERE t.story_id = u.story_id AND t.active
                    AND (t.language = u.language OR u.language = 'und'))
               ORDER BY u.id"""
        )
        return [(row["story_id"], TextUrl(row["url"], row["language"], _role(row["role"]))) for row in rows]

    def first_good_text(self, url: str) -> tuple[int, str, str | None] | None:
        """(capture id, text, language) of the first version of the page at *url*, or None while there is none."""
        row = self._one(
            """SELECT v.first_capture_id, e.text, e.language FROM version v JOIN extraction e ON e.id = v.extraction_id
               WHERE v.page_id IN (SELECT page_id FROM page_url WHERE url_key = ?) ORDER BY v.seen_from LIMIT 1""",
            (url_key(url),),
        )
        return (row[0], row[1], row[2]) if row else None


def texts_digest(texts: Iterable[StoryText]) -> str:
    """Names the set of texts that a match was made against; a match under another digest is made anew."""
    return sha256("|".join(sorted(str(text.id) for text in texts)).encode()).hexdigest()[:16]


def _role(value: str) -> Role:
    return "original" if value == "original" else "translation"
