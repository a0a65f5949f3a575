"""Look-ups that find the stories of a page and the pages of a story, and the note of what was compared."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.store._base import Base
from archive.types import Role, Story, StoryText

_CHUNK = 10_000
"""Vectors read at a time: 10 MB."""


@dataclass(frozen=True, slots=True)
class IndexedStory:
    """How far a story is with finding what was there before it."""

    story_id: int
    texts: str
    up_to: int


class Candidates(Base):
    # --- what the look-up tables were made with ---

    def begin_lookup(self, matcher: str, encoder: str) -> bool:
        """Make sure that the look-up was made under these labels: empty it if not. Returns whether it was emptied.

        Emptied, it is made again and every version compared again; matches stay until new ones take their place.
        """
        wanted = {"matcher": (matcher, _OF_MATCHER), "encoder": (encoder, _OF_ENCODER)}
        known = {row["part"]: row["label"] for row in self._all("SELECT part, label FROM lookup")}
        others = [part for part, (label, _) in wanted.items() if known.get(part) != label]
        if not others:
            return False
        with self.transaction():
            for part in others:
                label, statements = wanted[part]
                for statement in statements:
                    self._run(statement)
                self._run(
                    "INSERT INTO lookup (part, label) VALUES (?, ?) ON CONFLICT (part) DO UPDATE SET label = excluded.label",
                    (part, label),
                )
        return bool(known)

    # --- stories into the look-up ---

    def stories_to_index(self) -> list[int]:
        """Stories never put into the look-up, those with other texts since, and those of which the watch was read."""
        rows = self._all(
            f"""SELECT s.id FROM story s LEFT JOIN story_index i ON i.story_id = s.id
                WHERE i.story_id IS NULL OR i.stale OR i.text_ids != ({_TEXT_IDS}) ORDER BY 1"""
        )
        return [row[0] for row in rows]

    def texts_to_index(self, story_ids: Collection[int]) -> list[int]:
        """The active texts of these stories that are not in the look-up yet."""
        rows = self._all(
            """SELECT id FROM story_text t WHERE story_id IN (SELECT value FROM json_each(?)) AND active
                 AND NOT EXISTS (SELECT 1 FROM story_text_index i WHERE i.story_text_id = t.id) ORDER BY id""",
            (json.dumps(sorted(story_ids)),),
        )
        return [row[0] for row in rows]

    def story_text(self, story_text_id: int) -> StoryText:
        """A reference text. Raises KeyError if there is none."""
        row = self._one("SELECT * FROM story_text WHERE id = ?", (story_text_id,))
        if row is None:
            raise KeyError(story_text_id)
        role: Role = "original" if row["role"] == "original" else "translation"
        return StoryText(row["text"], row["language"], role, row["source"], row["id"])

    def index_story_text(
        self, story_text_id: int, fingerprints: Iterable[int], signals: Iterable[int], latin: bool
    ) -> None:
        """Have pages find a story text. All hashes are signed 64-bit integers."""
        with self.transaction():
            self._run(
                "INSERT INTO story_text_index (story_text_id, latin) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (story_text_id, int(latin)),
            )
            self._conn.executemany(
                "INSERT INTO story_fingerprint (hash, story_text_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [(value, story_text_id) for value in fingerprints],
            )
            for value in signals:
                if self._run("INSERT OR IGNORE INTO story_signal VALUES (?, ?)", (value, story_text_id)).rowcount:
                    self._run(
                        """INSERT INTO story_signal_count (signal, texts) VALUES (?, 1)
                           ON CONFLICT (signal) DO UPDATE SET texts = texts + 1""",
                        (value,),
                    )

    def index_story(self, story: Story, texts: str, pointers: Iterable[str]) -> None:
        """Note that pages find a story by its texts and *pointers*; other texts than before have it search again.

        Args:
            texts: digest of the story's texts.
        """
        with self.transaction():
            self._run("DELETE FROM story_pointer WHERE story_id = ?", (story.id,))
            self._conn.executemany(
                "INSERT INTO story_pointer (key, story_id) VALUES (?, ?)", [(key, story.id) for key in pointers]
            )
            self._run(
                """INSERT INTO story_index (story_id, text_ids, texts, stale, up_to, done) VALUES (?, ?, ?, 0, 0, 0)
                   ON CONFLICT (story_id) DO UPDATE SET stale = 0, up_to = iif(texts = excluded.texts, up_to, 0),
                     done = iif(texts = excluded.texts, done, 0), texts = excluded.texts, text_ids = excluded.text_ids""",
                (story.id, ",".join(str(text.id) for text in story.texts), texts),
            )

    def story_texts_without_vectors(self, story_id: int | None = None) -> list[int]:
        """Active story texts, of one story or of all, whose sentences were never read."""
        rows = self._all(
            """SELECT i.story_text_id FROM story_text_index i JOIN story_text t ON t.id = i.story_text_id
               WHERE i.vector IS NULL AND t.active AND (?1 IS NULL OR t.story_id = ?1) ORDER BY 1""",
            (story_id,),
        )
        return [row[0] for row in rows]

    def has_text_vectors(self) -> bool:
        """Whether the sentences of some page text were read."""
        return bool(self._value("SELECT 1 FROM text_index WHERE length(vector) LIMIT 1"))

    def has_story_text(self) -> bool:
        """Whether there is a story that pages can be compared with."""
        return bool(self._value("SELECT 1 FROM story_text WHERE active LIMIT 1"))

    def lacks_vectors(self) -> bool:
        """Whether some active story text cannot be found by vectors yet."""
        return bool(
            self._value(
                """SELECT 1 FROM story_text_index i JOIN story_text t ON t.id = i.story_text_id
                   WHERE i.vector IS NULL AND t.active LIMIT 1"""
            )
        )

    def add_story_vectors(
        self, story_text_id: int, vector: bytes, sentences: Mapping[bytes, tuple[int, float, bytes]]
    ) -> None:
        """Keep the mean vector of a story text, and of its sentences by key the pivot, the level and the vector."""
        with self.transaction():
            for key, stored in sentences.items():
                self._run(
                    "INSERT INTO sentence_vector (key, pivot, level, vector) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (key, *stored),
                )
                self._run(
                    """INSERT INTO story_sentence (sentence_id, story_text_id)
                       SELECT id, ? FROM sentence_vector WHERE key = ? ON CONFLICT DO NOTHING""",
                    (story_text_id, key),
                )
            self._run("UPDATE story_text_index SET vector = ? WHERE story_text_id = ?", (vector, story_text_id))

    # --- pages ask for stories ---

    def story_texts_sharing(self, fingerprints: Collection[int], common: int) -> dict[int, int]:
        """Active story text -> how many of *fingerprints* it has; those in more than *common* texts left out."""
        shared: dict[int, int] = {}
        for holders in self._holders("story_fingerprint", "hash", "story_text_id", fingerprints, common):
            for holder in holders:
                shared[holder] = shared.get(holder, 0) + 1
        return shared

    def story_texts_by_signals(self, signals: Collection[int], common: int, most: int) -> list[list[int]]:
        """For each of *signals* the story texts that have it, the rarest signals first.

        Args:
            common: signals in more texts are left out.
            most: so many texts are read in all; the signals after them are left out.
        """
        rows = self._all(
            """SELECT signal, texts FROM json_each(?) j JOIN story_signal_count c ON c.signal = j.value
               WHERE texts <= ? ORDER BY texts, signal""",
            (json.dumps(list(signals)), common),
        )
        rare = []
        for signal, texts in rows:
            most -= texts
            if most < 0:
                break
            rare.append(signal)
        return self._holders("story_signal", "signal", "story_text_id", rare, common)

    def _holders(self, table: str, key: str, holder: str, values: Collection[int], common: int) -> list[list[int]]:
        # A subquery a value, so that of a formula that a thousand texts share only the first are read.
        rows = self._all(
            f"""SELECT (SELECT group_concat({holder}) FROM (SELECT {holder} FROM {table} WHERE {key} = j.value LIMIT ?))
                FROM json_each(?) j""",
            (common + 1, json.dumps(list(values))),
        )
        found = [[int(one) for one in row[0].split(",")] for row in rows if row[0] is not None]
        return [holders for holders in found if len(holders) <= common]

    def stories_pointed_at(self, keys: Collection[str]) -> set[int]:
        """The stories that one of *keys* points to."""
        rows = self._all(
            "SELECT DISTINCT story_id FROM story_pointer WHERE key IN (SELECT value FROM json_each(?))",
            (json.dumps(list(keys)),),
        )
        return {row[0] for row in rows}

    def title_pointers(self) -> list[tuple[str, int]]:
        """(pointer, story id) of all titles."""
        rows = self._all("SELECT key, story_id FROM story_pointer WHERE key >= 'title ' AND key < 'title!'")
        return [(row[0], row[1]) for row in rows]

    def stories_of_texts(self, story_text_ids: Collection[int]) -> dict[int, int]:
        """Story text -> its story, for those of the texts that are active."""
        rows = self._all(
            "SELECT id, story_id FROM story_text WHERE id IN (SELECT value FROM json_each(?)) AND active",
            (json.dumps(list(story_text_ids)),),
        )
        return {row[0]: row[1] for row in rows}

    def stories_fetched_for(self, version_id: int) -> list[int]:
        """The stories, of those with a text, for which the page of a version was fetched or named by a source."""
        rows = self._all(
            f"""SELECT DISTINCT l.story_id FROM version v JOIN page_url u ON u.page_id = v.page_id
                JOIN ({_FETCHED_FOR}) l ON l.url_key = u.url_key
                WHERE v.id = ? AND {_HAS_TEXT} ORDER BY 1""",
            (version_id,),
        )
        return [row[0] for row in rows]

    def story_text_count(self) -> tuple[int, int, int]:
        """(texts in the look-up, of them in Latin letters, of them in others), active ones only."""
        row = self._one(
            """SELECT count(*), coalesce(sum(latin), 0) FROM story_text_index i JOIN story_text t ON t.id = i.story_text_id
               WHERE t.active"""
        )
        assert row is not None
        return row[0], row[1], row[0] - row[1]

    def stories_in_lookup(self) -> frozenset[int]:
        """The stories that a page can be compared with: those with an active text."""
        rows = self._all(
            """SELECT DISTINCT t.story_id FROM story_text_index i JOIN story_text t ON t.id = i.story_text_id
               WHERE t.active"""
        )
        return frozenset(row[0] for row in rows)

    def text_count(self) -> int:
        """Page texts in the look-up."""
        return int(self._value("SELECT count(*) FROM text_index"))

    # --- vectors ---

    def document_vectors(self) -> Iterator[tuple[list[int], list[bytes]]]:
        """(story text ids, mean vectors) of all active story texts, in pieces."""
        yield from self._vectors(
            """SELECT i.story_text_id, i.vector FROM story_text_index i JOIN story_text t ON t.id = i.story_text_id
               WHERE i.vector IS NOT NULL AND length(i.vector) AND t.active AND i.story_text_id > ? ORDER BY 1 LIMIT ?"""
        )

    def text_vectors(self) -> Iterator[tuple[list[int], list[bytes]]]:
        """(extraction ids, mean vectors) of all page texts whose sentences were read, in pieces."""
        yield from self._vectors(
            "SELECT extraction_id, vector FROM text_index WHERE length(vector) AND extraction_id > ? ORDER BY 1 LIMIT ?"
        )

    def _vectors(self, sql: str) -> Iterator[tuple[list[int], list[bytes]]]:
        after = 0
        while rows := self._all(sql, (after, _CHUNK)):
            yield [row[0] for row in rows], [row[1] for row in rows]
            after = rows[-1][0]

    def sentence_count(self) -> int:
        """Distinct sentences with a vector."""
        return int(self._value("SELECT count(*) FROM sentence_vector"))

    def sentence_vectors(self) -> Iterator[tuple[list[int], list[int], list[float], list[bytes]]]:
        """(ids, pivots, levels, vectors) of all sentences, in order of their pivots, in pieces."""
        after = (-1, 0)
        while rows := self._all(
            "SELECT * FROM sentence_vector WHERE (pivot, id) > (?, ?) ORDER BY pivot, id LIMIT ?", (*after, _CHUNK)
        ):
            ids, pivots, levels, vectors = ([row[name] for row in rows] for name in ("id", "pivot", "level", "vector"))
            yield ids, pivots, levels, vectors
            after = (pivots[-1], ids[-1])

    def texts_of_sentences(self, sentence_ids: Sequence[int], common: int) -> list[int]:
        """The story texts of these sentences, those of the first ones first; of sentences in more than *common*, none."""
        found: dict[int, None] = {}
        rows = self._all(
            """SELECT (SELECT json_group_array(story_text_id) FROM
                        (SELECT story_text_id FROM story_sentence WHERE sentence_id = j.value LIMIT ?)) AS holders
               FROM json_each(?) j ORDER BY j.id""",
            (common + 1, json.dumps(list(sentence_ids))),
        )
        for row in rows:
            holders = json.loads(row["holders"])
            if len(holders) <= common:
                found.update(dict.fromkeys(holders))
        return list(found)

    def sentences_of_texts(self, story_text_ids: Collection[int]) -> dict[int, list[tuple[float, bytes]]]:
        """Story text -> (level, vector) of its sentences."""
        rows = self._all(
            """SELECT s.story_text_id, v.level, v.vector FROM story_sentence s JOIN sentence_vector v ON v.id = s.sentence_id
               WHERE s.story_text_id IN (SELECT value FROM json_each(?)) ORDER BY 1, v.id""",
            (json.dumps(list(story_text_ids)),),
        )
        found: dict[int, list[tuple[float, bytes]]] = {}
        for text_id, level, vector in rows:
            found.setdefault(text_id, []).append((level, vector))
        return found

    def vectors_by_key(self, keys: Sequence[bytes]) -> list[bytes] | None:
        """The vectors of these sentences, in their order; None if one is not there."""
        found = []
        for key in keys:
            value = self._value("SELECT vector FROM sentence_vector WHERE key = ?", (key,))
            if value is None:
                return None
            found.append(value)
        return found

    # --- what was compared ---

    def versions_to_compare(self, *, after: int = 0, limit: int = 200) -> list[int]:
        """Ids above *after* of versions never compared with the stories, or of which some match is in doubt."""
        rows = self._all(
            """SELECT id FROM version v WHERE v.id > ?1 AND NOT EXISTS (SELECT 1 FROM matched m WHERE m.version_id = v.id)
               UNION SELECT version_id FROM match WHERE label = '' AND version_id > ?1 ORDER BY 1 LIMIT ?2""",
            (after, limit),
        )
        return [row[0] for row in rows]

    def set_compared(
        self,
        version_id: int,
        fingerprints: Iterable[int],
        signals: Iterable[int],
        latin: bool,
        vector: bytes | None,
    ) -> None:
        """Note that a version was compared with all stories there are, and have later stories find its text."""
        with self.transaction():
            extraction_id = self._value("SELECT extraction_id FROM version WHERE id = ?", (version_id,))
            known = self._one("SELECT 1 FROM text_index WHERE extraction_id = ?", (extraction_id,))
            if known is None:
                self._run("INSERT INTO text_index (extraction_id, latin) VALUES (?, ?)", (extraction_id, int(latin)))
                self._conn.executemany(
                    "INSERT INTO text_fingerprint (hash, extraction_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    [(value, extraction_id) for value in fingerprints],
                )
                self._conn.executemany(
                    "INSERT INTO text_signal (signal, extraction_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    [(value, extraction_id) for value in signals],
                )
            if vector is not None:
                self.add_text_vector(extraction_id, vector)
            self._run("INSERT INTO matched (version_id) VALUES (?) ON CONFLICT DO NOTHING", (version_id,))

    def add_text_vector(self, extraction_id: int, vector: bytes) -> None:
        """Keep the mean vector of a page's text; empty if it has no sentence."""
        self._run("UPDATE text_index SET vector = ? WHERE extraction_id = ?", (vector, extraction_id))

    def reopen_fetched_for(self, after_lead: int) -> int:
        """Have compared versions looked at again whose page was since named for one more story.

        Args:
            after_lead: leads up to this id were looked at before.

        Returns:
            the id of the newest lead.
        """
        newest = int(self._value("SELECT coalesce(max(id), 0) FROM lead"))
        if newest > after_lead:
            self._run(
                f"""DELETE FROM matched WHERE version_id IN
                      (SELECT v.id FROM lead l JOIN page_url u ON u.url_key = l.url_key JOIN version v ON v.page_id = u.page_id
                       WHERE l.id > ? AND {_HAS_TEXT} AND NOT EXISTS
                         (SELECT 1 FROM match x WHERE x.version_id = v.id AND x.story_id = l.story_id))""",
                (after_lead,),
            )
        return newest

    # --- a story asks for pages ---

    def stories_to_search(self) -> list[IndexedStory]:
        """Stories that were not compared with all that was there before them, and have a text."""
        rows = self._all(
            f"""SELECT l.story_id, l.texts, l.up_to FROM story_index l WHERE NOT l.done AND NOT l.stale AND {_HAS_TEXT}
                ORDER BY 1"""
        )
        return [IndexedStory(row["story_id"], row["texts"], row["up_to"]) for row in rows]

    def nothing_compared(self) -> bool:
        """Whether no version was compared with any story yet."""
        return self._value("SELECT 1 FROM matched LIMIT 1") is None

    def set_searched(self, story_id: int, up_to: int | None) -> None:
        """Note that a story was compared with what it finds among the versions up to this id; None: with all."""
        self._run(
            "UPDATE story_index SET up_to = coalesce(?1, up_to), done = ?1 IS NULL WHERE story_id = ?2",
            (up_to, story_id),
        )

    def set_all_searched(self) -> None:
        """Note that there is nothing yet that a story could find."""
        self._run("UPDATE story_index SET done = 1 WHERE NOT stale")

    def search_again(self, story_id: int) -> None:
        """Have a story compared once more with all that it finds."""
        self._run("UPDATE story_index SET up_to = 0, done = 0 WHERE story_id = ? AND done", (story_id,))

    def texts_sharing(self, fingerprints: Collection[int]) -> dict[int, int]:
        """Page text (extraction id) -> how many of *fingerprints* it has."""
        rows = self._all(
            """SELECT f.extraction_id, count(*) FROM json_each(?) j JOIN text_fingerprint f ON f.hash = j.value GROUP BY 1""",
            (json.dumps(list(fingerprints)),),
        )
        return {row[0]: row[1] for row in rows}

    def texts_by_signals(self, signals: Collection[int], common: int) -> list[list[int]]:
        """For each of *signals* the page texts that have it; those in more than *common* texts left out."""
        return self._holders("text_signal", "signal", "extraction_id", signals, common)

    def texts_without_vector(self, latin: bool) -> list[int]:
        """Page texts in Latin letters, or in others, whose sentences were never read."""
        rows = self._all(
            "SELECT extraction_id FROM text_index WHERE latin = ? AND vector IS NULL ORDER BY 1", (int(latin),)
        )
        return [row[0] for row in rows]

    def version_of_text(self, extraction_id: int) -> int | None:
        """A version with this text, or None if there is none any more."""
        value = self._value("SELECT id FROM version WHERE extraction_id = ? ORDER BY id LIMIT 1", (extraction_id,))
        return int(value) if value is not None else None

    def texts_with_words(self, needles: Collection[str], title: Sequence[str]) -> list[int]:
        """Page texts whose links or markup hold one of *needles*, or that have the words of *title* in a row."""
        found: set[int] = set()
        for needle in needles:
            rows = self._all(
                """SELECT e.id FROM text_index i JOIN extraction e ON e.id = i.extraction_id
                   WHERE instr(e.links, ?1) OR instr(e.markup, ?1)""",
                (needle,),
            )
            found.update(row[0] for row in rows)
        if title:
            phrase = '"' + " ".join(title).replace('"', " ") + '"'
            rows = self._all(
                """SELECT v.extraction_id FROM version_fts f JOIN version v ON v.id = f.rowid
                   WHERE version_fts MATCH ? ORDER BY 1""",
                (phrase,),
            )
            found.update(row[0] for row in rows)
        return sorted(found)

    def versions_to_search(
        self, story_id: int, extraction_ids: Collection[int], label: str, texts: str, *, after: int
    ) -> list[int]:
        """The compared versions above *after* that a story has to be compared with, in order of id.

        They have one of these texts, or their page was fetched for the story, or they were matched with it before;
        those that were matched under this label with these texts are left out.
        """
        rows = self._all(
            f"""SELECT DISTINCT v.id FROM
                  (SELECT id FROM version WHERE extraction_id IN (SELECT value FROM json_each(:extractions))
                   UNION SELECT v.id FROM ({_FETCHED_FOR}) l JOIN page_url u ON u.url_key = l.url_key
                     JOIN version v ON v.page_id = u.page_id WHERE l.story_id = :story
                   UNION SELECT version_id FROM match WHERE story_id = :story) v
                JOIN matched m ON m.version_id = v.id
                WHERE v.id > :after AND NOT EXISTS (SELECT 1 FROM match x WHERE x.version_id = v.id
                  AND x.story_id = :story AND x.label = :label AND x.texts = :texts) ORDER BY 1""",
            {
                "extractions": json.dumps(list(extraction_ids)),
                "story": story_id,
                "after": after,
                "label": label,
                "texts": texts,
            },
        )
        return [row[0] for row in rows]


_FETCHED_FOR = """SELECT f.url_key, fs.story_id FROM frontier f JOIN frontier_story fs ON fs.frontier_id = f.id
                  UNION ALL SELECT url_key, story_id FROM lead"""

_HAS_TEXT = "EXISTS (SELECT 1 FROM story_text t WHERE t.story_id = l.story_id AND t.active)"

_TEXT_IDS = """SELECT coalesce(group_concat(id, ','), '') FROM
               (SELECT id FROM story_text t WHERE t.story_id = s.id AND t.active ORDER BY id)"""

_OF_MATCHER = (
    "DELETE FROM story_index",
    "DELETE FROM story_pointer",
    "DELETE FROM story_fingerprint",
    "DELETE FROM story_signal",
    "DELETE FROM story_signal_count",
    "DELETE FROM story_text_index",
    "DELETE FROM text_fingerprint",
    "DELETE FROM text_signal",
    "DELETE FROM text_index",
    "DELETE FROM story_sentence",
    "DELETE FROM matched",
)

_OF_ENCODER = (
    "DELETE FROM story_sentence",
    "DELETE FROM sentence_vector",
    "UPDATE story_text_index SET vector = NULL",
    "UPDATE text_index SET vector = NULL",
)
