"""The reading pages: each a coroutine that asks the views of the archive and fills a template.

Nothing here writes, fetches, or renders archived markup. A wrong parameter is a 400, an unknown row a 404.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import re
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache, wraps
from importlib.resources import files
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils import tilde_decode
from datasette.utils.asgi import Response

from archive.diff import FIELDS, NOTABLE, Change, VersionText, diff
from archive.search import match_query, unspaced
from archive.types import COPY_KINDS
from datasette_config import diffview, queries, wording
from datasette_config._compat import Forbidden, ensure_views

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # an outlet shall not learn from which archive its page is read
    "X-Robots-Tag": "noindex, noarchive",
}
#: Pages of one table or list. More than this is for SQL.
MANY = 2000
#: Pages of one kind, until the reader asks for that kind.
FIRST = 100
#: Characters of both texts that are compared while somebody waits: a second of work.
LONGEST_DIFF = 2_000_000

_ID = re.compile(r"[0-9]{1,18}")
#: Two at a time: a comparison is the one costly thing a reader can ask for.
_workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="afterprint-diff")


class PageError(Exception):
    """The request cannot be answered with a page."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


Route = Callable[[Any, Any], Awaitable[Response]]


def page(view: Route) -> Route:
    """Answer errors of ours with our own page, or with JSON where JSON was asked for."""

    @wraps(view)
    async def answer(datasette: Any, request: Any) -> Response:
        try:
            return await view(datasette, request)
        except PageError as error:
            status, message = error.status, error.message
        except QueryInterrupted:
            status, message = 503, "The archive did not answer in time. Ask for less, or raise sql_time_limit_ms."
        if request.url_vars.get("format"):
            return _json({"ok": False, "error": message, "status": status}, status)
        context = {"status": status, "message": message, "title": "Not here" if status == 404 else "That did not work"}
        return await _render(datasette, request, "afterprint_error.html", context, status=status)

    return answer


@dataclass(frozen=True)
class Archive:
    """A database of ours, as one request may see it."""

    datasette: Any
    request: Any
    name: str
    database: Any

    async def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self.database.execute(sql, parameters)).rows]

    async def row(self, sql: str, **parameters: Any) -> dict[str, Any] | None:
        found = await self.rows(sql, **parameters)
        return found[0] if found else None

    async def render(self, template: str, **context: Any) -> Response:
        return await _render(self.datasette, self.request, template, {"database": self.name, **context})


async def is_archive(database: Any) -> bool:
    return bool((await database.execute(queries.IS_ARCHIVE)).single_value())


async def _open(datasette: Any, request: Any, *views: str) -> Archive:
    """The archive that the address names, if the reader may see *views* of it."""
    name = tilde_decode(request.url_vars["database"])
    try:
        database = datasette.get_database(name)
    except KeyError:
        raise PageError(404, f"There is no database “{name}”.") from None
    await ensure_views(datasette, request, name, views)
    if not await is_archive(database):
        raise PageError(404, f"“{name}” is not an afterprint archive.")
    return Archive(datasette, request, name, database)


# --- home -------------------------------------------------------------------------------------------


@page
async def home(datasette: Any, request: Any) -> Response:
    archives = []
    for name, database in datasette.databases.items():
        if name.startswith("_") or not await is_archive(database):
            continue
        try:
            await ensure_views(datasette, request, name, ("stories", "changes", "runs", "run_sources", "pages"))
        except Forbidden:
            continue  # a reader sees what is theirs to see
        archive = Archive(datasette, request, name, database)
        runs = [_run(row) for row in await archive.rows(queries.RUNS, limit=5)]
        archives.append(
            {
                "name": name,
                "stories": [_loaded(row, "languages") for row in await archive.rows(queries.STORIES)],
                "totals": await archive.row(queries.TOTALS),
                "changes": await _changes(archive, least=NOTABLE, limit=8),
                "runs": runs,
                "failed_sources": await archive.rows(queries.FAILED_SOURCES, first_run=runs[-1]["id"]) if runs else [],
            }
        )
    alone = archives[0]["name"] if len(archives) == 1 else None
    return await _render(
        datasette, request, "afterprint_home.html", {"archives": archives, "database": alone, "title": "Stories"}
    )


def _run(row: dict[str, Any]) -> dict[str, Any]:
    return _loaded(row, "failed", "skipped")


# --- story ------------------------------------------------------------------------------------------

STORY_COLUMNS = (
    "kind", "own", "outlet", "outlet_name", "title", "url", "language", "coverage_story", "coverage_page", "similarity",
    "confidence", "credit", "credit_name", "explanation", "published", "first_seen", "last_seen", "versions", "state",
    "last_decision", "last_why", "last_captured", "gone_from", "page_id", "version_id", "came_first", "came_first_why",
)  # fmt: skip
"""Columns of the JSON and CSV twins; they may grow, but not change."""


@page
async def story(datasette: Any, request: Any) -> Response:
    archive = await _open(datasette, request, "stories", "story_texts", "story_pages", "versions")
    slug = tilde_decode(request.url_vars["slug"])
    known = await archive.row(queries.STORY, slug=slug)
    if known is None:
        raise PageError(404, f"No story “{slug}” is watched in this archive.")
    kinds = _chosen(request, "kind", wording.KINDS)
    every = await archive.rows(
        queries.STORY_PAGES, story_id=known["id"], kinds=f",{','.join(wording.KINDS)},", limit=MANY
    )
    listed = [row for row in every if row["kind"] in wording.KINDS]
    languages = Counter(row["language"] or "" for row in listed)
    language = request.args.get("language") or ""
    shown = [
        row for row in listed if (not kinds or row["kind"] in kinds) and (not language or row["language"] == language)
    ]
    for row in shown:
        row["state"] = wording.state(row)
    output = request.url_vars.get("format")
    if output:
        return _story_export(output, known, shown)
    starts: dict[int, list[str]] = {}
    page_ids = json.dumps([row["page_id"] for row in shown])
    for row in await archive.rows(queries.VERSION_STARTS, pages=page_ids):
        starts.setdefault(row["page_id"], []).append(row["seen_from"])
    for row, life in zip(shown, wording.life_lines(shown, starts), strict=True):
        row["life"] = life
    copies = [row for row in listed if row["kind"] in COPY_KINDS and not row["own"]]
    groups = [("", wording.OWN, [row for row in shown if row["own"]])]
    for kind, told in wording.KINDS.items():
        groups.append((kind, told, [row for row in shown if row["kind"] == kind and not row["own"]]))
    return await archive.render(
        "afterprint_story.html",
        title=known["title"],
        story=_loaded(known, "languages", "urls"),
        texts=await archive.rows(queries.STORY_TEXTS, story_id=known["id"]),
        groups=[(kind, told, rows[: MANY if kinds else FIRST], len(rows)) for kind, told, rows in groups if rows],
        shown=len(shown),
        counts=Counter(row["kind"] for row in listed),
        unrelated=len(every) - len(listed),
        cut=len(every) == MANY,
        languages=languages,
        chosen_kinds=kinds,
        chosen_language=language,
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
            "gone": sum(row["last_decision"] == "gone" for row in copies),
        },
    )


def _story_export(output: str, known: Mapping[str, Any], rows: list[dict[str, Any]]) -> Response:
    plain = [{**row, "state": row["state"].words.striptags()} for row in rows]
    if output == ".json":
        listed = [{name: row[name] for name in STORY_COLUMNS} for row in plain]
        return _json({"ok": True, "story": {"slug": known["slug"], "title": known["title"]}, "pages": listed})
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(STORY_COLUMNS)
    writer.writerows([wording.csv_cell(row[name]) for name in STORY_COLUMNS] for row in plain)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", known["slug"])
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(written.getvalue(), headers=headers, content_type="text/csv; charset=utf-8")


# --- page -------------------------------------------------------------------------------------------


@page
async def timeline(datasette: Any, request: Any) -> Response:
    archive = await _open(datasette, request, "pages", "versions", "changes", "captures", "matches", "story_pages",
                          "passages", "story_texts", "page_leads")  # fmt: skip
    page_id = _integer(request.url_vars["page_id"], "page")
    known = await archive.row(queries.PAGE, page_id=page_id)
    if known is None:
        raise PageError(404, f"There is no page {page_id} in this archive.")
    versions = [_loaded(row, "changed_fields") for row in await archive.rows(queries.PAGE_VERSIONS, page_id=page_id)]
    changes = {
        row["new_version_id"]: _loaded(row, "reasons")
        for row in await archive.rows(queries.PAGE_CHANGES, page_id=page_id)
    }
    captures = await archive.rows(queries.PAGE_CAPTURES, page_id=page_id)
    matches = await archive.rows(queries.PAGE_MATCHES, page_id=page_id)
    strongest = {row["match_id"] for row in await archive.rows(queries.STRONGEST_MATCHES, page_id=page_id)}
    for match in matches:
        match["strongest"] = match["id"] in strongest
        match["came_first_notes"] = json.loads(match["came_first_notes"] or "[]")
        match["passages"] = await archive.rows(queries.PASSAGES, match_id=match["id"]) if match["strongest"] else []
    return await archive.render(
        "afterprint_page.html",
        title=known["title"] or wording.shown_url(known["url"]),
        page=known,
        state=wording.state(known),
        versions=versions,
        events=_events(versions, changes, captures),
        matches=sorted(matches, key=lambda match: (match["story"], not match["strongest"])),
        leads=await archive.rows(queries.PAGE_LEADS, page_id=page_id),
    )


def _events(
    versions: list[dict[str, Any]], changes: Mapping[int, dict[str, Any]], captures: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The page's history in order of time: versions, and the stretches in which it could not be seen."""
    events = [
        {"sort": version["seen_from"], "version": version, "change": changes.get(version["id"])} for version in versions
    ]
    gap: list[dict[str, Any]] = []
    for capture in [*captures, None]:
        if capture and capture["decision"] not in ("new_version", "unchanged"):
            gap.append(capture)
        elif gap:
            said = Counter(_failure(missed) for missed in gap)
            events.append(
                {
                    "sort": gap[0]["captured_at"],
                    "from": gap[0]["captured_at"],
                    "to": gap[-1]["captured_at"],
                    "captures": len(gap),
                    "kind": "gone" if gap[-1]["decision"] == "gone" else "gap",
                    "reasons": said.most_common(),
                }
            )
            gap = []
    return sorted(events, key=lambda event: event["sort"])


def _failure(capture: Mapping[str, Any]) -> str:
    if capture["decision"] is None:
        return "not read yet"
    return (
        wording.reasons(capture["why"]) if capture["decision"] == "bad" else str(capture["why"] or capture["decision"])
    )


# --- compare ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """One of two texts: a version of a page, or a reference text of a story."""

    #: as in the address: "17", or "text:3"
    key: str
    row: Mapping[str, Any]
    text: VersionText

    @property
    def is_version(self) -> bool:
        return not self.key.startswith("text:")

    @property
    def language(self) -> str:
        return (self.text.language or "").split("-")[0].lower()


@page
async def compare(datasette: Any, request: Any) -> Response:
    archive = await _open(datasette, request, "versions", "version_texts", "story_texts", "stories", "passages")
    old, new = await _side(archive, "a"), await _side(archive, "b")
    view = _one_of(request, "view", ("inline", "side"))
    changes = _one_of(request, "changes", ("", "0", "1"))
    if len(old.text.text) + len(new.text.text) > LONGEST_DIFF:
        raise PageError(413, "These texts are too long to compare here. `afterprint diff` compares them in a terminal.")
    foreign = bool(old.language and new.language and old.language != new.language)
    same_page = old.is_version and new.is_version and old.row["page_id"] == new.row["page_id"]
    context: dict[str, Any] = {
        "a": old,
        "b": new,
        "view": view,
        "same_page": same_page,
        "labels_differ": old.is_version and new.is_version and old.row["extractor"] != new.row["extractor"],
        "backwards": same_page and old.row["number"] > new.row["number"],
        "foreign": foreign,
        "title": "Two versions" if same_page else "Two texts",
        "permalink": datasette.absolute_url(
            request, f"{datasette.urls.database(archive.name)}/-/compare?a={old.key}&b={new.key}"
        ),
    }
    if same_page:
        context["older"] = await archive.row(queries.NEIGHBOURS, page_id=old.row["page_id"], number=old.row["number"])
        context["newer"] = await archive.row(queries.NEIGHBOURS, page_id=new.row["page_id"], number=new.row["number"])
    change: Change | None = None
    if foreign:
        links = await _links(archive, old, new)
        context |= {"pairs": diffview.pairs(old.text.text, new.text.text, links), "linked": bool(links)}
    else:
        texts = (old.text, new.text) if old.is_version and new.is_version else (_bare(old.text), _bare(new.text))
        change = await asyncio.get_running_loop().run_in_executor(_workers, diff, *texts)
        only_changes = changes == "1" or (changes == "" and len(change.rows) > diffview.LONG)
        context |= {
            "change": change,
            "field_runs": diffview.field_runs(change),
            "items": diffview.items(change.rows, only_changes=only_changes),
            "headlines": list(diffview.headlines(change.rows)),
            "only_changes": only_changes,
        }
    if request.url_vars.get("format"):
        return _compare_json(context, old, new, change)
    return await archive.render("afterprint_compare.html", **context)


def _bare(text: VersionText) -> VersionText:
    """The words alone: a reference text has no byline or date to hold against a page's."""
    return VersionText(language=text.language, text=text.text)


def _compare_json(context: Mapping[str, Any], old: Side, new: Side, change: Change | None) -> Response:
    told = ("outlet", "outlet_name", "url", "number", "seen_from", "seen_to", "page_id", "extractor", "text_sha256",
            "body_sha256", "story", "source")  # fmt: skip
    sides = {
        name: {"id": side.key, "title": side.text.title, "language": side.text.language}
        | {key: side.row[key] for key in told if key in side.row}
        for name, side in (("a", old), ("b", new))
    }
    body: dict[str, Any] = {
        "ok": True,
        **sides,
        "labels_differ": context["labels_differ"],
        "change": None,
        "pairs": None,
    }
    if change is not None:
        body["change"] = asdict(change)
    else:
        body["pairs"] = [asdict(pair) for pair in context["pairs"]]
    return _json(body)


async def _side(archive: Archive, name: str) -> Side:
    key = archive.request.args.get(name)
    if not key:
        raise PageError(400, f"“{name}” is missing: compare?a=VERSION&b=VERSION")
    kind, _, number = key.rpartition(":")
    if kind not in ("", "text"):
        raise PageError(400, f"“{name}” is neither the id of a version nor text:ID.")
    row_id = _integer(number, name)
    row = await archive.row(queries.STORY_TEXT if kind else queries.VERSION, id=row_id)
    if row is None:
        raise PageError(404, f"There is no {'story text' if kind else 'version'} {row_id} in this archive.")
    if kind:
        # The title is the watch's, in whatever language: it is not held against the page's.
        return Side(f"text:{row_id}", row, VersionText(language=row["language"], text=row["text"]))
    return Side(str(row_id), row, VersionText(text=row["text"], **{field: row[field] for field in FIELDS}))


async def _links(archive: Archive, old: Side, new: Side) -> list[diffview.Link]:
    """What corresponds between two languages, from the passages that matching found; nothing if it found none."""
    old_links, new_links = await _passages(archive, old), await _passages(archive, new)
    if not old.is_version:
        return new_links.get(int(old.row["id"]), [])
    if not new.is_version:
        there = old_links.get(int(new.row["id"]), [])
        return [
            diffview.Link(link.new_start, link.new_end, link.old_start, link.old_end, link.likeness) for link in there
        ]
    found: list[diffview.Link] = []
    for text_id in old_links.keys() & new_links.keys():
        found += diffview.through_story(old_links[text_id], new_links[text_id])
    return found


async def _passages(archive: Archive, side: Side) -> dict[int, list[diffview.Link]]:
    """Links from story texts to the page, by story text."""
    links: dict[int, list[diffview.Link]] = {}
    if side.is_version:
        for row in await archive.rows(queries.VERSION_PASSAGES, id=side.row["id"]):
            text_id = row.pop("story_text_id")
            link = diffview.Link(
                row["story_start"], row["story_end"], row["page_start"], row["page_end"], row["likeness"]
            )
            links.setdefault(text_id, []).append(link)
    return links


# --- changes ----------------------------------------------------------------------------------------

PER_PAGE = 50


@page
async def changes(datasette: Any, request: Any) -> Response:
    archive = await _open(datasette, request, "changes")
    least = _share(request, "min", NOTABLE)
    offset = _integer(request.args.get("offset") or "0", "offset")
    outlet = request.args.get("outlet") or ""
    edit = request.args.get("hash") or ""
    found = await _changes(archive, least=least, outlet=outlet, edit=edit, limit=PER_PAGE + 1, offset=offset)
    counts = await archive.row(queries.CHANGE_COUNTS, least=least, outlet=outlet)
    context = {
        "changes": found[:PER_PAGE],
        "least": least,
        "outlet": outlet,
        "hash": edit,
        "offset": offset,
        "next_offset": offset + PER_PAGE if len(found) > PER_PAGE else None,
        "counts": counts,
    }
    if request.url_vars.get("format"):
        return _json({"ok": True, **context})
    return await archive.render(
        "afterprint_changes.html", title="Changes", notable=NOTABLE, per_page=PER_PAGE, **context
    )


async def _changes(
    archive: Archive, *, least: float, limit: int, outlet: str = "", edit: str = "", offset: int = 0
) -> list[dict[str, Any]]:
    found = await archive.rows(queries.CHANGES, least=least, outlet=outlet, hash=edit, limit=limit, offset=offset)
    return [_loaded(row, "reasons") for row in found]


# --- search -----------------------------------------------------------------------------------------


@page
async def search(datasette: Any, request: Any) -> Response:
    archive = await _open(datasette, request, "versions", "version_texts", "pages")
    words = (request.args.get("q") or "")[:300]
    query = match_query(words)
    # Marks that no archived text can hold: drawn anew for each search, replaced after escaping.
    start, end = secrets.token_hex(8), secrets.token_hex(8)
    hits = await archive.rows(queries.SEARCH, query=query, open=start, close=end) if query else []
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
    if request.url_vars.get("format"):
        plain = [
            {
                **{key: row[key] for key in ("page_id", "version_id", "url", "title", "outlet", "language", "still")},
                "snippet": "".join(text for text, _ in row["snippet"]),
            }
            for row in results
        ]
        return _json({"ok": True, "q": words, "pages": plain})
    return await archive.render(
        "afterprint_search.html",
        title=f"Search: {words}" if words else "Search",
        q=words,
        asked=bool(query),
        results=results,
        cut=len(hits) == 500,
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


# --- static files -----------------------------------------------------------------------------------


@cache
def _stylesheet() -> tuple[str, str]:
    text = files("datasette_config").joinpath("static/afterprint.css").read_text(encoding="utf-8")
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]


def stylesheet_version() -> str:
    return _stylesheet()[1]


async def stylesheet(datasette: Any, request: Any) -> Response:
    headers = {**HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
    return Response(_stylesheet()[0], headers=headers, content_type="text/css; charset=utf-8")


# --- parameters and answers -------------------------------------------------------------------------


def _integer(text: str, name: str) -> int:
    # Not str.isdigit, which is true of "²".
    if not _ID.fullmatch(text):
        raise PageError(400, f"“{name}” must be a whole number.")
    return int(text)


def _share(request: Any, name: str, default: float) -> float:
    text = request.args.get(name)
    if not text:
        return default
    if not re.fullmatch(r"[01](\.[0-9]{1,6})?|\.[0-9]{1,6}", text) or float(text) > 1:
        raise PageError(400, f"“{name}” must be a number from 0 to 1.")
    return float(text)


def _one_of(request: Any, name: str, values: tuple[str, ...]) -> str:
    value = request.args.get(name) or values[0]
    if value not in values:
        raise PageError(400, f"“{name}” must be one of: {', '.join(filter(None, values))}.")
    return str(value)


def _chosen(request: Any, name: str, known: Mapping[str, Any]) -> list[str]:
    chosen = [value for value in request.args.getlist(name) if value]
    if unknown := [value for value in chosen if value not in known]:
        raise PageError(400, f"“{unknown[0]}” is no {name}; there are: {', '.join(known)}.")
    return chosen


def _loaded(row: dict[str, Any], *columns: str) -> dict[str, Any]:
    """*row* with its JSON columns read."""
    return {**row, **{column: json.loads(row[column] or "null") for column in columns}}


def _json(body: Mapping[str, Any], status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False, default=_plain, indent=2)
    return Response(text, status=status, headers=dict(HEADERS), content_type="application/json; charset=utf-8")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in a JSON answer")


async def _render(
    datasette: Any, request: Any, template: str, context: dict[str, Any], *, status: int = 200
) -> Response:
    context = {"stylesheet_version": stylesheet_version(), "database": None, **context}
    return Response.html(
        await datasette.render_template(template, context, request=request), status=status, headers=dict(HEADERS)
    )
