"""A story's copies against one text: who kept what, the heat map of the text, and which copy likely came from which."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

from datasette.utils.asgi import Response
from markupsafe import Markup, escape

from archive.collate import LABEL, Base, Cell, Collation, Column, Copy, collate
from archive.collate_descent import Descent, Node, descent
from archive.collate_places import HeatMap, heat
from archive.diff_align import count_words
from archive.text import glimpse
from archive.types import COPY_KINDS
from datasette_config import pictures, queries, wording
from datasette_config.comparing import links_of
from datasette_config.diffview import Link, through_stories
from datasette_config.web import (
    Archive,
    PageError,
    beside,
    json_answer,
    open_archive,
    page,
    story_of,
    text_or_version,
)

#: Copies of one table. The strongest are taken; the page says how many are not.
MOST_COPIES = 150
#: A text longer than this (a live blog) is left out, and the page says so: 0.1 s of work each.
LONGEST_COPY = 200_000

_VIEWS = ("stories", "story_texts", "story_pages", "versions", "version_texts", "passages", "matches")


@dataclass(frozen=True)
class Chosen:
    """The text that the others are held against."""

    #: as in the address: "17" for a version, "text:3" for a reference text
    key: str
    language: str
    base: Base
    #: its row in `versions` and `version_texts`, or in `story_texts`
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """What the three pages show."""

    archive: Archive
    story: Mapping[str, Any]
    chosen: Chosen
    collation: Collation
    #: rows of the copies, in the order of the columns
    copies: Sequence[Mapping[str, Any]]
    #: (key, words for people) of every text that may be the base
    bases: Sequence[tuple[str, str]]
    #: copies in another language of which nothing says what corresponds to this base
    unlinked: Sequence[Mapping[str, Any]]
    too_long: int
    withheld: int
    left_out: int
    extractors: int

    def context(self, title: str, here: str) -> dict[str, Any]:
        return {
            "title": f"{title}: {self.story['title']}",
            "heading": title,
            "here": here,
            "story": self.story,
            "chosen": self.chosen,
            "bases": self.bases,
            "copies": self.copies,
            "columns": self.collation.columns,
            "unlinked": self.unlinked,
            "too_long": self.too_long,
            "withheld": self.withheld,
            "left_out": self.left_out,
            "extractors": self.extractors,
        }

    def told(self) -> dict[str, Any]:
        """The head of the JSON twins."""
        return {
            "ok": True,
            "story": {"slug": self.story["slug"], "title": self.story["title"]},
            "base": {
                "id": self.chosen.key,
                "language": self.chosen.language,
                "text_sha256": self.chosen.row["text_sha256"],
            },
            "label": LABEL,
            "copies": [
                {key: copy[key] for key in ("page_id", "version_id", "outlet", "outlet_name", "url", "language", "kind",
                                            "extractor", "text_sha256")}
                | {"since": column.copy.since, "dated": column.copy.dated, "kept": column.kept, "own": column.own}
                for copy, column in zip(self.copies, self.collation.columns, strict=True)
            ],
            "not_aligned": [copy["version_id"] for copy in self.unlinked],
        }  # fmt: skip


async def _table(datasette: Any, request: Any) -> Table:
    archive = await open_archive(datasette, request, *_VIEWS)
    story = await story_of(archive)
    every = await archive.rows(
        queries.COPIES, story_id=story["id"], kinds=f",{','.join(sorted(COPY_KINDS))},", limit=4 * MOST_COPIES
    )
    texts = await archive.rows(queries.STORY_TEXTS, story_id=story["id"])
    chosen = await _chosen(archive, story, texts, every)
    rows = [row for row in every if str(row["version_id"]) != chosen.key]
    left_out = max(0, len(rows) - MOST_COPIES)
    rows = rows[:MOST_COPIES]
    found = await archive.rows(queries.TEXTS_OF_VERSIONS, versions=json.dumps([row["version_id"] for row in rows]))
    by_version = {row["id"]: row for row in found}
    copies = [{**by_version[row["version_id"]], **row} for row in rows if row["version_id"] in by_version]
    withheld = [copy for copy in copies if copy["text"] == wording.WITHHELD]
    copies = [copy for copy in copies if copy["text"] != wording.WITHHELD]
    long = [copy for copy in copies if len(copy["text"]) > LONGEST_COPY]
    copies = [copy for copy in copies if len(copy["text"]) <= LONGEST_COPY]
    links = await _links(archive, chosen, copies)
    unlinked = [copy for copy in copies if copy["version_id"] in links and not links[copy["version_id"]]]
    shown = {
        str(copy["version_id"]): copy for copy in copies if copy["version_id"] not in links or links[copy["version_id"]]
    }
    collation = await beside(
        _collated, chosen.base, tuple(_copy(copy, links.get(copy["version_id"])) for copy in shown.values())
    )
    return Table(
        archive,
        story,
        chosen,
        collation,
        copies=[shown[column.copy.key] for column in collation.columns],
        bases=_bases(chosen, texts, every),
        unlinked=unlinked,
        too_long=len(long),
        withheld=len(withheld),
        left_out=left_out,
        extractors=len({copy["extractor"] for copy in shown.values()}),
    )


#: The same table is asked for again by its other two pages, and by whoever reloads.
_collated = lru_cache(maxsize=8)(collate)


def forget() -> None:
    """Let go of what was collated, so that it can be measured anew."""
    _collated.cache_clear()


async def _chosen(
    archive: Archive, story: Mapping[str, Any], texts: Sequence[Mapping[str, Any]], copies: Sequence[Mapping[str, Any]]
) -> Chosen:
    key = archive.request.args.get("base")
    if not key:
        ranked = sorted(texts, key=lambda text: (not text["active"], text["role"] != "original", text["id"]))
        if ranked:
            key = f"text:{ranked[0]['id']}"
        elif copies:
            key = str(copies[0]["version_id"])
        else:
            raise PageError(404, "This story has neither a reference text nor a copy yet.")
    is_text, row_id = text_or_version(key, "base")
    if is_text:
        row = await archive.row(queries.STORY_TEXT, id=row_id)
        if row is None or row["story_id"] != story["id"]:
            raise PageError(404, f"This story has no text {row_id}.")
        base = Base(row["text"])
    else:
        text = await archive.row(queries.VERSION, id=row_id)
        copy = next((copy for copy in copies if text is not None and copy["page_id"] == text["page_id"]), None)
        if copy is None or text is None:
            raise PageError(404, f"Version {row_id} is of no copy of this story.")
        row = {**copy, **text}
        since, dated, day_only = since_of(copy)
        base = Base(text["text"], since, dated, day_only)
    if base.text == wording.WITHHELD:
        raise PageError(451, wording.WITHHELD)
    if len(base.text) > LONGEST_COPY:
        raise PageError(413, "This text is too long to hold others against it here.")
    # As this program writes it, whatever way the address had it: "017" is version 17.
    return Chosen(f"text:{row_id}" if is_text else str(row_id), wording.primary(row["language"]), base, row)


def _bases(
    chosen: Chosen, texts: Sequence[Mapping[str, Any]], copies: Sequence[Mapping[str, Any]]
) -> list[tuple[str, str]]:
    listed = [(f"text:{text['id']}", f"reference text, {wording.language(text['language'])}") for text in texts]
    for copy in copies[:MOST_COPIES]:
        told = f"{copy['outlet_name']}, {str(copy['first_seen'] or '')[:10]}, {wording.language(copy['language'])}"
        listed.append((str(copy["version_id"]), told))
    if chosen.key not in {key for key, _ in listed}:
        told = f"{chosen.row['outlet_name']}, version {chosen.row['number']}, {wording.language(chosen.language)}"
        listed.append((chosen.key, told))
    return listed


def _copy(row: Mapping[str, Any], links: Sequence[Link] | None) -> Copy:
    since, dated, day_only = since_of(row)
    notes = []
    if row["credit_name"]:
        notes.append(f"it credits {row['credit_name']}: “{glimpse(str(row['credit']), 120)}”")
    elif row["credit"]:
        notes.append(f"it credits somebody else: “{glimpse(str(row['credit']), 120)}”")
    if row["came_first"] == "story_first" and row["came_first_why"]:
        notes.append(f"the story came first: {row['came_first_why']}")
    return Copy(
        str(row["version_id"]),
        row["outlet"],
        row["text"],
        since,
        dated,
        day_only,
        links=None if links is None else tuple(link.spans for link in links),
        notes=tuple(notes),
    )


def since_of(row: Mapping[str, Any]) -> tuple[datetime | None, Literal["published", "seen"], bool]:
    """When a page was published by its own date, or else when it was first seen; and whether only the day is known.

    A date after the first sight is none of the article's (pages that were moved carry the day of the move).
    """
    seen = _time(row["first_seen"])
    published = str(row["published"] or "")
    stated = _time(published)
    if stated is None or (seen is not None and stated > seen):
        return seen, "seen", False
    # A clock without its zone is right to within a day.
    zoned = len(published) > 10 and (published.endswith("Z") or "+" in published[10:] or "-" in published[10:])
    return stated if zoned else stated.replace(hour=0, minute=0, second=0, microsecond=0), "published", not zoned


def _time(text: str | None) -> datetime | None:
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:
        return None


async def _links(archive: Archive, chosen: Chosen, copies: Sequence[Mapping[str, Any]]) -> dict[int, list[Link]]:
    """What corresponds between the base and each copy in another language: all that matching found, or nothing."""
    foreign = [
        copy["version_id"]
        for copy in copies
        if chosen.language
        and wording.primary(copy["language"])
        and wording.primary(copy["language"]) != chosen.language
    ]
    if not foreign:
        return {}
    is_text = chosen.key.startswith("text:")
    asked = foreign if is_text else [*foreign, int(chosen.key)]
    links = await links_of(archive, asked)
    found: dict[int, list[Link]] = {}
    for version in foreign:
        there = links.get(version, {})
        if is_text:
            found[version] = there.get(int(chosen.key.removeprefix("text:")), [])
        else:
            found[version] = through_stories(links.get(int(chosen.key), {}), there)
    return found


# --- who kept what ----------------------------------------------------------------------------------


@page
async def kept(datasette: Any, request: Any) -> Response:
    table = await _table(datasette, request)
    if request.url_vars.get("format"):
        return json_answer(_kept_json(table))
    columns = table.collation.columns
    names = [escape(wording.clean(copy["outlet_name"])) for copy in table.copies]
    rows = [
        {
            "number": index + 1,
            "text": text.strip(),
            "glimpse": glimpse(text, 90),
            "cells": [
                _shown(column.cells[index], words, names[place], index, column) for place, column in enumerate(columns)
            ],
        }
        for index, (text, words) in enumerate((text, count_words(text)) for text in table.collation.paragraphs)
    ]
    additions = [
        {"addition": addition, "glimpse": glimpse(addition.text, 90), "places": dict(reversed(addition.places))}
        for addition in table.collation.additions
    ]
    return await table.archive.render(
        "afterprint_kept.html",
        **table.context("Who kept what", "kept"),
        rows=rows,
        additions=additions[:100],
        more_additions=max(0, len(additions) - 100),
    )


def _shown(cell: Cell, words: int, name: Markup, index: int, column: Column) -> dict[str, Any]:
    """A cell of the table; the darker, the larger the share of its words that was removed or added.

    There may be thousands: *name*, the outlet's, is escaped already, and the rest is ours.
    """
    changed = max(1 - cell.kept, min(1.0, cell.words_added / max(1, words))) if cell.edited else 0.0
    tone = f" e{min(5, 1 + int(changed * 8))}" if cell.edited else ""
    if cell.fate == "kept":
        mark, said = "●", "kept word for word"
    elif cell.fate == "edited":
        mark, said = f"{cell.kept * 100:.0f}", f"edited, {wording.percent(cell.kept)} of its words kept"
    elif cell.fate == "dropped":
        mark, said = "–", "no counterpart found" if column.translated else "not there"
    elif cell.fate == "moved":
        edits = f" and edited, {wording.percent(cell.kept)} of its words kept" if cell.edited else ""
        mark, said = "↕", f"moved{edits}"
    else:
        mark, said = "⇄", f"translated, {wording.percent(cell.kept)} of it has a counterpart"
    return {
        "class": f"{cell.fate}{tone}",
        "mark": mark,
        "said": Markup(f"{name}, paragraph {index + 1}: ") + said,
        "version": column.copy.key,
    }


def _kept_json(table: Table) -> dict[str, Any]:
    columns = table.collation.columns
    return {
        **table.told(),
        "paragraphs": [
            {
                "number": index + 1,
                "text": text.strip(),
                "cells": [
                    {
                        "version_id": copy["version_id"],
                        "fate": column.cells[index].fate,
                        "kept": round(column.cells[index].kept, 4),
                        "words_added": column.cells[index].words_added,
                        "words_removed": column.cells[index].words_removed,
                        "paragraphs": [place + 1 for place in column.cells[index].places],
                    }
                    for copy, column in zip(table.copies, columns, strict=True)
                ],
            }
            for index, text in enumerate(table.collation.paragraphs)
        ],
        "additions": [
            {
                "text": addition.text,
                "words": addition.words,
                "outlets": addition.outlets,
                "places": [
                    {"version_id": table.copies[column]["version_id"], "paragraph": place + 1}
                    for column, place in addition.places
                ],
            }
            for addition in table.collation.additions
        ],
    }


# --- heat map ---------------------------------------------------------------------------------------


@page
async def heat_map(datasette: Any, request: Any) -> Response:
    table = await _table(datasette, request)
    found = await beside(heat, table.collation)
    if request.url_vars.get("format"):
        return json_answer(_heat_json(table, found))
    sizes = [sum(len(stretch.text) for stretch in one.stretches) for one in found.paragraphs]
    heats = [max((stretch.outlets for stretch in one.stretches), default=0) for one in found.paragraphs]
    return await table.archive.render(
        "afterprint_heat.html",
        **table.context("Heat map", "heat"),
        histogram=pictures.histogram(sizes, heats, found.hottest),
        paragraphs=[
            {
                "number": index + 1,
                "heat": one,
                "tones": [_tone(stretch.outlets, found.hottest) for stretch in one.stretches],
            }
            for index, one in enumerate(found.paragraphs)
        ],
        hottest=found.hottest,
        outlets=len({column.copy.outlet for column in table.collation.columns}),
    )


def _tone(outlets: int, hottest: int) -> int:
    """0 (nobody) to 5: the share of the hottest words' outlets."""
    return 0 if not outlets else max(1, round(5 * outlets / max(3, hottest)))


def _heat_json(table: Table, found: HeatMap) -> dict[str, Any]:
    return {
        **table.told(),
        "hottest": found.hottest,
        "paragraphs": [
            {
                "number": index + 1,
                "present": one.present,
                "rewritten": one.rewritten,
                "dropped": one.dropped,
                "translated": one.translated,
                "stretches": [
                    {"text": stretch.text, "outlets": stretch.outlets, "variants": list(stretch.variants)}
                    for stretch in one.stretches
                ],
                "variants": [
                    {
                        "start": variant.start,
                        "end": variant.end,
                        "old": variant.old,
                        "new": variant.new,
                        "outlets": variant.outlets,
                        "trifling": variant.trifling,
                        "version_ids": [table.copies[column]["version_id"] for column in variant.columns],
                    }
                    for variant in one.variants
                ],
            }
            for index, one in enumerate(found.paragraphs)
        ],
    }


# --- descent ----------------------------------------------------------------------------------------


@page
async def descent_tree(datasette: Any, request: Any) -> Response:
    table = await _table(datasette, request)
    found: Descent = await beside(descent, table.collation)
    if request.url_vars.get("format"):
        told = table.told()
        return json_answer(
            {
                **told,
                "tree": _node_json(table, found.root),
                "unplaced": [
                    {"version_id": table.copies[column]["version_id"], "why": why} for column, why in found.unplaced
                ],
            }
        )
    return await table.archive.render(
        "afterprint_descent.html",
        **table.context("Descent", "descent"),
        picture=pictures.tree(found.root, [str(copy["outlet_name"]) for copy in table.copies]),
        root=found.root,
        unplaced=found.unplaced,
    )


def _node_json(table: Table, node: Node) -> dict[str, Any]:
    return {
        "kind": node.kind,
        "version_id": table.copies[node.column]["version_id"] if node.column is not None else None,
        "evidence": [{"kind": reason.kind, "words": reason.words} for reason in node.evidence],
        "children": [_node_json(table, child) for child in node.children],
    }
