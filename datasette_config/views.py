"""The reading pages of the whole archive and of a story: home, story, changes, search.

Each is a coroutine that asks the views of the archive and fills a template.
"""

from __future__ import annotations

import csv
import io
import json
import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Response
from markupsafe import Markup

from archive.diff import NOTABLE
from archive.search import match_query, unspaced
from archive.text import glimpse
from archive.times import to_text
from archive.types import COPY_KINDS
from datasette_config import feeds, pictures, queries, wording
from datasette_config._compat import Forbidden, ensure_views
from datasette_config.changing import FEEDS, Filter, list_changes
from datasette_config.collating import since_of
from datasette_config.web import (
    HEADERS,
    MANY,
    Archive,
    PageError,
    chosen,
    integer,
    is_archive,
    json_answer,
    loaded,
    one_of,
    open_archive,
    page,
    render,
    story_of,
)

#: Versions that a search shows: finding is quick, showing where takes 0.2 ms each.
MOST_HITS = 150
#: Versions that are weighed against each other, 2 µs each and word. Where more hold the words, those read last are shown.
MOST_WEIGHED = 2000
#: Pages of one kind, until the reader asks for that kind.
FIRST = 100

# --- home -------------------------------------------------------------------------------------------


@page
async def home(datasette: Any, request: Any) -> Response:
    archives = []
    for name, database in datasette.databases.items():
        if name.startswith("_") or not await is_archive(database):
            continue
        try:
            await ensure_views(
                datasette, request, name, ("stories", "story_pages", "changes", "runs", "run_sources", "pages")
            )
        except Forbidden:
            continue  # a reader sees what is theirs to see
        archive = Archive(datasette, request, name, database)
        runs = [_run(row) for row in await archive.rows(queries.RUNS, limit=5)]
        archives.append(
            {
                "name": name,
                "stories": await _stories(archive),
                "new": await archive.rows(queries.NEW_COPIES, kinds=_COPY_KINDS, limit=6),
                "totals": await archive.row(queries.TOTALS),
                "changes": await list_changes(archive, Filter(least=NOTABLE), limit=8),
                "runs": runs,
                "failed_sources": await archive.rows(queries.FAILED_SOURCES, first_run=runs[-1]["id"]) if runs else [],
            }
        )
    alone = archives[0]["name"] if len(archives) == 1 else None
    return await render(
        datasette, request, "afterprint_home.html", {"archives": archives, "database": alone, "title": "Stories"}
    )


_COPY_KINDS = f",{','.join(sorted(COPY_KINDS))},"


async def _stories(archive: Archive) -> list[dict[str, Any]]:
    """The stories, each with what kinds of pages in which languages carry its text."""
    found = {row["id"]: loaded(row, "languages") for row in await archive.rows(queries.STORIES)}
    for row in found.values():
        row |= {"kinds": Counter(), "spoken": Counter()}
    for row in await archive.rows(queries.STORY_KINDS, kinds=_COPY_KINDS):
        if row["story_id"] in found:
            found[row["story_id"]]["kinds"][row["kind"]] += row["pages"]
            found[row["story_id"]]["spoken"][row["language"] or ""] += row["pages"]
    return list(found.values())


def _run(row: dict[str, Any]) -> dict[str, Any]:
    return loaded(row, "failed", "skipped")


# --- story ------------------------------------------------------------------------------------------

STORY_COLUMNS = (
    "kind", "own", "outlet", "outlet_name", "title", "url", "language", "coverage_story", "coverage_page", "similarity",
    "confidence", "credit", "credit_name", "explanation", "published", "first_seen", "last_seen", "versions", "state",
    "last_decision", "last_why", "last_captured", "gone_from", "page_id", "version_id", "came_first", "came_first_why",
)  # fmt: skip
"""Columns of the JSON and CSV twins; they may grow, but not change."""

CREDITS: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "named": lambda row: bool(row["credit_name"]),
    "missing": lambda row: not row["credit_name"] and not row["own"] and row["kind"] in COPY_KINDS,
}
STATES = ("live", "other")
#: How the pages of each kind are ordered; what is unknown comes last.
ORDERS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "coverage": lambda row: 0,  # as the query has them
    "first_seen": lambda row: (row["first_seen"] is None, row["first_seen"] or ""),
    "published": lambda row: (row["published"] is None, row["published"] or ""),
    "outlet": lambda row: (row["outlet"], row["first_seen"] or ""),
    "language": lambda row: (row["language"] is None, row["language"] or ""),
    "edits": lambda row: -row["versions"],
}


@page
async def story(datasette: Any, request: Any) -> Response:
    archive = await open_archive(datasette, request, "stories", "story_texts", "story_pages", "versions")
    known = await story_of(archive)
    kinds = chosen(request, "kind", wording.KINDS)
    every = await archive.rows(
        queries.STORY_PAGES, story_id=known["id"], kinds=f",{','.join(wording.KINDS)},", limit=MANY
    )
    listed = [row for row in every if row["kind"] in wording.KINDS]
    languages = Counter(row["language"] or "" for row in listed)
    language = request.args.get("language") or ""
    outlet = request.args.get("outlet") or ""
    credit, still = one_of(request, "credit", ("", *CREDITS)), one_of(request, "state", ("", *STATES))
    order = one_of(request, "sort", tuple(ORDERS))
    for row in listed:
        row["state"] = wording.state(row)
    shown = [
        row
        for row in listed
        if (not kinds or row["kind"] in kinds)
        and (not language or row["language"] == language)
        and (not outlet or row["outlet"] == outlet)
        and (not credit or CREDITS[credit](row))
        and (not still or (row["state"].name == "live") == (still == "live"))
    ]
    shown.sort(key=ORDERS[order])
    output = request.url_vars.get("format")
    if output:
        return _story_export(output, known, shown)
    starts: dict[int, list[str]] = {}
    page_ids = json.dumps([row["page_id"] for row in shown])
    for row in await archive.rows(queries.VERSION_STARTS, pages=page_ids):
        starts.setdefault(row["page_id"], []).append(row["seen_from"])
    for row, life in zip(shown, wording.life_lines(shown, starts), strict=True):
        row["life"] = life
        since, dated, _ = since_of(row)
        row |= {"since": since and to_text(since), "dated": "dated" if dated == "published" else "first seen"}
    copies = [row for row in listed if row["kind"] in COPY_KINDS and not row["own"]]
    groups = [("", wording.OWN, [row for row in shown if row["own"]])]
    for kind, told in wording.KINDS.items():
        groups.append((kind, told, [row for row in shown if row["kind"] == kind and not row["own"]]))
    texts = await archive.rows(queries.STORY_TEXTS, story_id=known["id"])
    return await archive.render(
        "afterprint_story.html",
        title=known["title"],
        story=loaded(known, "languages", "urls"),
        texts=texts,
        pickable=_pickable(texts, shown),
        groups=[(kind, told, rows[: MANY if kinds else FIRST], len(rows)) for kind, told, rows in groups if rows],
        shown=len(shown),
        counts=Counter(row["kind"] for row in listed),
        unrelated=len(every) - len(listed),
        cut=len(every) == MANY,
        languages=languages,
        chosen_kinds=kinds,
        chosen_language=language,
        outlet=outlet,
        credit=credit,
        still=still,
        order=order,
        filtered=bool(kinds or language or outlet or credit or still),
        spread=pictures.spread(shown),
        axis=(
            min((row["first_seen"] for row in shown if row["first_seen"]), default=None),
            max((row["last_captured"] for row in shown if row["last_captured"]), default=None),
        ),
        figures={
            "copies": len(copies),
            "outlets": len({row["outlet"] for row in copies}),
            "languages": len({row["language"] for row in copies}),
            "uncredited": sum(not row["credit_name"] for row in copies),
            "edited": sum(row["versions"] > 1 for row in copies),
            "gone": sum(row["state"].name == "gone" for row in copies),
        },
    )


#: Texts of a story that may be picked from a list; more than fit on a screen are found in the table.
MOST_PICKABLE = 200


def _pickable(texts: list[dict[str, Any]], rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What may be compared with each other: key as the comparison knows it, and words."""
    found = [
        (f"text:{text['id']}", f"reference text, {wording.language(text['language'])}")
        for text in texts
        if text["active"]
    ]
    for row in rows[:MOST_PICKABLE]:
        if row["own"] or row["kind"] in COPY_KINDS:
            told = (
                f"{row['outlet_name']}, {wording.language(row['language'])}: {glimpse(row['title'] or 'Untitled', 50)}"
            )
            found.append((str(row["version_id"]), told))
    return found


def _story_export(output: str, known: Mapping[str, Any], rows: list[dict[str, Any]]) -> Response:
    plain = [{**row, "state": row["state"].words.striptags()} for row in rows]
    if output == ".json":
        listed = [{name: row[name] for name in STORY_COLUMNS} for row in plain]
        return json_answer({"ok": True, "story": {"slug": known["slug"], "title": known["title"]}, "pages": listed})
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(STORY_COLUMNS)
    writer.writerows([wording.csv_cell(row[name]) for name in STORY_COLUMNS] for row in plain)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", known["slug"])
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(written.getvalue(), headers=headers, content_type="text/csv; charset=utf-8")


# --- search -----------------------------------------------------------------------------------------


@page
async def search(datasette: Any, request: Any) -> Response:
    archive = await open_archive(datasette, request, "versions", "version_texts", "pages")
    words = (request.args.get("q") or "")[:300]
    language = request.args.get("language") or ""
    query = match_query(words)
    output = request.url_vars.get("format") or ""
    if output in FEEDS:
        return await _search_feed(archive, words, query, language, output)
    # Marks that no archived text can hold: drawn anew for each search, replaced after escaping.
    start, end = secrets.token_hex(8), secrets.token_hex(8)
    hits: list[dict[str, Any]] = []
    everywhere = False
    if query:
        counted = await archive.row(queries.HITS, query=query, most=MOST_WEIGHED + 1)
        everywhere = counted is not None and counted["hits"] > MOST_WEIGHED
        order = queries.SEARCH_LAST if everywhere else queries.SEARCH
        hits = await archive.rows(order, query=query, open=start, close=end, limit=MOST_HITS)
    pages: dict[int, dict[str, Any]] = {}
    for hit in hits:
        known = pages.setdefault(hit["page_id"], {"hits": []})
        known["hits"].append(hit)
    results = []
    for known in pages.values():
        latest = max(known["hits"], key=lambda hit: hit["number"])
        results.append(
            {
                **latest,
                "hits": len(known["hits"]),
                "still": latest["version_id"] == latest["latest_version_id"],
                "marked_title": _marked(latest["marked_title"], start, end),
                "snippet": _marked(latest["snippet"], start, end),
            }
        )
    languages = Counter(row["language"] or "" for row in results)
    results = [row for row in results if not language or row["language"] == language]
    if output:
        plain = [
            {
                **{key: row[key] for key in ("page_id", "version_id", "url", "title", "outlet", "language", "still")},
                "snippet": "".join(text for text, _ in row["snippet"]),
            }
            for row in results
        ]
        order = "read" if everywhere else "rank"
        return json_answer({"ok": True, "q": words, "language": language, "order": order, "pages": plain})
    return await archive.render(
        "afterprint_search.html",
        title=f"Search: {words}" if words else "Search",
        q=words,
        asked=bool(query),
        results=results,
        languages=languages,
        language=language,
        cut=len(hits) == MOST_HITS,
        most_hits=MOST_HITS,
        everywhere=everywhere,
        most_weighed=MOST_WEIGHED,
    )


async def _search_feed(archive: Archive, words: str, query: str, language: str, output: str) -> Response:
    """Versions that hold the words, newest first: a reader is told when a page comes to say them."""
    if not query:
        raise PageError(400, "A feed of a search needs words to look for: “q”.")
    offset = integer(archive.request.args.get("offset") or "0", "offset")
    found = await archive.rows(
        queries.SEARCH_NEWEST,
        query=query,
        language=language,
        most=MOST_WEIGHED,
        limit=feeds.ENTRIES + 1,
        offset=offset,
    )
    asked = urlencode({"q": words} | ({"language": language} if language else {}))
    feed = feeds.Feed(
        title=f"afterprint: {words}",
        home=archive.address(f"/-/search?{asked}"),
        url=archive.address(f"/-/search{output}?{asked}" + (f"&offset={offset}" if offset else "")),
        next_url=archive.address(f"/-/search{output}?{asked}&offset={offset + feeds.ENTRIES}")
        if len(found) > feeds.ENTRIES
        else None,
        entries=[_hit_entry(archive, row) for row in found[: feeds.ENTRIES]],
        updated=found[0]["seen_from"] if found else feeds.Feed.updated,
    )
    return feeds.answer(archive.request, feed, output)


def _hit_entry(archive: Archive, row: Mapping[str, Any]) -> feeds.Entry:
    snippet = unspaced(row["snippet"] or "")
    return feeds.Entry(
        identity=f"version|{row['url']}|{row['seen_from']}|{row['text_sha256']}",
        title=f"{row['outlet_name']}: {row['title'] or 'Untitled'}",
        url=archive.address(f"/-/page/{row['page_id']}#v{row['number']}"),
        updated=row["seen_from"],
        author=row["outlet_name"],
        summary=f"Version {row['number']} holds these words.",
        content=Markup("<p>{}</p><p>{}, version {}</p>").format(
            feeds.plain(snippet), feeds.plain(row["url"]), row["number"]
        ),
        language=row["language"] or "",
        tags=(row["outlet"],),
    )


def _marked(text: str | None, start: str, end: str) -> list[tuple[str, bool]]:
    """Text as pieces, each with whether it was searched for."""
    pieces: list[tuple[str, bool]] = []
    for number, part in enumerate(unspaced(text or "").split(start)):
        hit, found, rest = part.partition(end)
        if number and found:
            pieces += [(hit, True), (rest, False)]
        else:
            pieces.append((part, False))
    return [piece for piece in pieces if piece[0]]
