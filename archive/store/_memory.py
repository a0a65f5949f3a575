"""Which lines stand on which pages of an outlet: what `archive.memory` learns from."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable

from archive.memory import LABEL, LEAST_PAGES, MOST_PAGES, PageLines, learn, repeated
from archive.store._base import Base
from archive.text import Span
from archive.types import COPY_KINDS, MatchKind

#: Kinds of match that rest on shared words, and may rest on the outlet's own.
_RESTING_ON_WORDS: tuple[MatchKind, ...] = (*sorted(COPY_KINDS), "quotes_only")

_MOST_CARRIERS = 64
"""Pages of a line that are looked at: only duplicates of one article make so many without the line being known."""


class Memory(Base):
    def remember_lines(self, page_id: int, extractor: str, text: str) -> frozenset[int]:
        """Note the lines of a page's text, and return the pages for which this changes what is the outlet's.

        The lines of all the page's versions are noted together, each once, so that saying the same again changes
        nothing. Lines read by another extractor are forgotten first.

        Args:
            extractor: label of the extraction that *text* comes from.
        """
        label = f"{LABEL}|{extractor}"
        seen = PageLines.of(text)
        row = self._one("SELECT label, lines FROM page_lines WHERE page_id = ?", (page_id,))
        before = PageLines.from_bytes(row["lines"]) if row is not None else PageLines({})
        if row is not None and row["label"] == label and seen.words.keys() <= before.words.keys():
            return frozenset()
        with self.transaction():
            outlet_id = self._outlet_id(page_id)
            if row is not None and row["label"] != label:
                self._forget_lines(outlet_id, page_id, before)
                before = PageLines({})
            now = before | seen
            self._run(
                """INSERT INTO page_lines (page_id, label, lines) VALUES (?, ?, ?)
                   ON CONFLICT (page_id) DO UPDATE SET label = excluded.label, lines = excluded.lines""",
                (page_id, label, now.to_bytes()),
            )
            return self._count_lines(outlet_id, page_id, seen.words.keys() - before.words.keys(), now)

    def _count_lines(self, outlet_id: int, page_id: int, added: Collection[int], lines: PageLines) -> frozenset[int]:
        """Count *added* for the page; the other pages that carry one of them which is the outlet's only from now on."""
        carriers = self._carriers(outlet_id, added)
        near = {key: ids for key, ids in carriers.items() if len(ids) >= LEAST_PAGES - 1}
        pages = self._page_lines({page for ids in near.values() for page in ids} - {page_id}) | {page_id: lines}
        known = learn(near, pages)
        self._conn.executemany(
            "INSERT INTO outlet_line (outlet_id, line, page_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [
                (outlet_id, key, page_id)
                for key in sorted(added)
                if key not in known or len(carriers.get(key, ())) < MOST_PAGES
            ],
        )
        learned = learn({key: ids | {page_id} for key, ids in near.items() if key not in known}, pages)
        return frozenset(page for key in learned for page in near[key]) - {page_id}

    def _forget_lines(self, outlet_id: int, page_id: int, lines: PageLines) -> None:
        self._conn.executemany(
            "DELETE FROM outlet_line WHERE outlet_id = ? AND line = ? AND page_id = ?",
            [(outlet_id, key, page_id) for key in lines.words],
        )

    def _outlet_id(self, page_id: int) -> int:
        return int(self._value("SELECT outlet_id FROM page WHERE id = ?", (page_id,)))

    def _carriers(self, outlet_id: int, keys: Collection[int]) -> dict[int, set[int]]:
        """Key -> the outlet's pages noted for that line."""
        found: dict[int, set[int]] = defaultdict(set)
        rows = self._all(
            "SELECT line, page_id FROM outlet_line WHERE outlet_id = ? AND line IN (SELECT value FROM json_each(?))",
            (outlet_id, json.dumps(sorted(keys))),
        )
        for row in rows:
            if len(found[row["line"]]) < _MOST_CARRIERS:
                found[row["line"]].add(row["page_id"])
        return found

    def _page_lines(self, page_ids: Collection[int]) -> dict[int, PageLines]:
        rows = self._all(
            "SELECT page_id, lines FROM page_lines WHERE page_id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(page_ids)),),
        )
        return {row["page_id"]: PageLines.from_bytes(row["lines"]) for row in rows}

    def pages_to_remember(self, extractor: str, limit: int = 200) -> list[tuple[int, str]]:
        """(page id, text) of versions read by *extractor* whose pages' lines were not noted under the present label."""
        rows = self._all(
            """SELECT v.page_id, e.text FROM version v JOIN extraction e ON e.id = v.extraction_id
               WHERE e.label = ? AND NOT EXISTS
                 (SELECT 1 FROM page_lines l WHERE l.page_id = v.page_id AND l.label = ?) ORDER BY v.id LIMIT ?""",
            (extractor, f"{LABEL}|{extractor}", limit),
        )
        return [(row["page_id"], row["text"]) for row in rows]

    def repeated_keys(self, page_id: int, keys: Collection[int]) -> frozenset[int]:
        """Those of *keys* (see `archive.memory.lines`) that are, as far as is known now, lines of the page's outlet."""
        carriers = {
            key: ids for key, ids in self._carriers(self._outlet_id(page_id), keys).items() if len(ids) >= LEAST_PAGES
        }
        return learn(carriers, self._page_lines({page for ids in carriers.values() for page in ids}))

    def repeated_spans(self, page_id: int, text: str, own: Iterable[str | None] = ()) -> tuple[Span, ...]:
        """The spans of *text* that are lines of the page's outlet and not of the article.

        Args:
            own: the page's headline and summary, which are the article's here, whatever other pages repeat.
        """
        return repeated(text, self.repeated_keys(page_id, PageLines.of(text).words.keys()), own=own)

    def doubt_matches(self, page_ids: Collection[int]) -> int:
        """Have the matches of these pages that rest on shared words made anew: some of their lines are the outlet's.

        They stay as they are until the new ones take their place. Returns how many.
        """
        return self._run(
            f"""UPDATE match SET label = '' WHERE kind IN ({", ".join("?" * len(_RESTING_ON_WORDS))}) AND version_id IN
                  (SELECT v.id FROM json_each(?) p JOIN version v ON v.page_id = p.value)""",
            (*_RESTING_ON_WORDS, json.dumps(sorted(page_ids))),
        ).rowcount
