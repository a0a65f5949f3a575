"""What outlets edited after publication: the list, gravest first, and its feeds, newest first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import Response

from archive.diff import NOTABLE, Run, VersionText, diff
from datasette_config import feeds, notes, queries, wording
from datasette_config.diffview import best_hunk
from datasette_config.web import (
    Archive,
    beside,
    chosen,
    integer,
    json_answer,
    loaded,
    one_of,
    open_archive,
    page,
    page_of,
    share,
    story_of,
)

#: Changes of one page of the list.
PER_PAGE = 25
#: Changes that are counted, of those shown and of those hidden.
MOST_COUNTED = 10_000
#: Characters of both texts up to which a list compares them to show their words: 10 ms each.
LONGEST_HUNK = 60_000

FEEDS = (".atom", ".feed.json")
SORTS = ("significance", "time")


@dataclass(frozen=True)
class Filter:
    """Which changes."""

    least: float = NOTABLE
    outlet: str = ""
    story: str = ""
    #: kinds of match of their pages
    kinds: tuple[str, ...] = ()
    page: int = 0
    #: the same edit on other pages has the same hash
    hash: str = ""
    sort: str = "time"

    def parameters(self) -> dict[str, Any]:
        """What says which changes, under the names that `queries.changes` knows; what is not asked for is left out."""
        kinds = f",{','.join(self.kinds)}," if self.kinds else ""
        said = {"outlet": self.outlet, "story": self.story, "kinds": kinds, "page": self.page, "hash": self.hash}
        return {name: value for name, value in said.items() if value}

    def query(self, **more: object) -> str:
        """As the end of an address; what is as usual is left out."""
        said: list[tuple[str, object]] = [("min", self.least)]
        said += [(name, value) for name in ("outlet", "story", "hash") if (value := getattr(self, name))]
        said += [("kind", kind) for kind in self.kinds]
        if self.sort != SORTS[0]:
            said.append(("sort", self.sort))
        return urlencode([*said, *((name, value) for name, value in more.items() if value)])


@page
async def changes(datasette: Any, request: Any) -> Response:
    output = request.url_vars.get("format") or ""
    archive = await _open(datasette, request)
    chosen_changes = Filter(
        least=share(request, "min", NOTABLE),
        outlet=request.args.get("outlet") or "",
        story=request.args.get("story") or "",
        kinds=tuple(chosen(request, "kind", wording.KINDS)),
        hash=request.args.get("hash") or "",
        sort=one_of(request, "sort", SORTS),
    )
    if output in FEEDS:
        return await _feed(archive, chosen_changes, output, f"/-/changes{output}", "/-/changes", "Changes")
    offset = integer(request.args.get("offset") or "0", "offset")
    found = await list_changes(archive, chosen_changes, limit=PER_PAGE + 1, offset=offset)
    shown = found[:PER_PAGE]
    which = replace(chosen_changes, hash="").parameters()
    counted = await archive.rows(
        queries.change_count(which), **which, least=chosen_changes.least, most=MOST_COUNTED + 1
    )
    counts = {name: min(number, MOST_COUNTED) for name, number in counted[0].items()}
    counts |= {"total": sum(counts.values()), "counted_to": MOST_COUNTED}
    told = {
        "least": chosen_changes.least,
        "outlet": chosen_changes.outlet,
        "hash": chosen_changes.hash,
        "offset": offset,
        "next_offset": offset + PER_PAGE if len(found) > PER_PAGE else None,
        "counts": counts,
    }
    hunks = await hunks_of(archive, shown)
    about = await notes.notes_of(archive, {row["page_id"] for row in shown})
    shown = [
        {**row, "notes": notes.told(notes.about_change(about, row["old_version_id"], row["new_version_id"]))}
        for row in shown
    ]
    if output:
        listed = [{**row, "hunk": [asdict(run) for run in hunks[row["id"]]]} for row in shown]
        return json_answer({"ok": True, "changes": listed, **told})
    return await archive.render(
        "afterprint_changes.html",
        title="Changes",
        notable=NOTABLE,
        per_page=PER_PAGE,
        changes=[{**row, "hunk": hunks[row["id"]]} for row in shown],
        filter=chosen_changes,
        stories=await archive.rows(queries.STORY_NAMES),
        **told,
    )


@page
async def story_changes(datasette: Any, request: Any) -> Response:
    """The feed of a story: edits of all pages that carry it."""
    output = request.url_vars["format"]
    archive = await _open(datasette, request)
    known = await story_of(archive)
    place = f"/-/story/{request.url_vars['slug']}"
    wanted = Filter(least=share(request, "min", NOTABLE), story=known["slug"])
    return await _feed(archive, wanted, output, f"{place}/changes{output}", place, str(known["title"]))


@page
async def page_changes(datasette: Any, request: Any) -> Response:
    """The feed of one page."""
    output = request.url_vars["format"]
    archive = await _open(datasette, request, "pages")
    known = await page_of(archive)
    place = f"/-/page/{known['id']}"
    wanted = Filter(least=share(request, "min", 0.0), page=known["id"])
    title = f"{known['outlet_name']}: {known['title'] or known['url']}"
    return await _feed(archive, wanted, output, f"{place}/changes{output}", place, title)


async def _open(datasette: Any, request: Any, *more: str) -> Archive:
    """The list shows words of the texts, and is filtered by what pages are to stories."""
    return await open_archive(
        datasette, request, "changes", "versions", "version_texts", "stories", "story_pages", *more
    )


async def list_changes(archive: Archive, wanted: Filter, *, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    which = wanted.parameters()
    found = await archive.rows(
        queries.changes(which, wanted.sort), **which, least=wanted.least, limit=limit, offset=offset
    )
    return [loaded(row, "reasons") for row in found]


async def _feed(archive: Archive, wanted: Filter, output: str, path: str, home: str, title: str) -> Response:
    wanted = replace(wanted, sort="time")
    offset = integer(archive.request.args.get("offset") or "0", "offset")
    found = await list_changes(archive, wanted, limit=feeds.ENTRIES + 1, offset=offset)
    shown = found[: feeds.ENTRIES]
    hunks = await hunks_of(archive, shown)

    def address(at: int) -> str:
        if path == f"/-/changes{output}":
            query = replace(wanted, sort=SORTS[0]).query(offset=at)
        else:  # the path says which changes
            query = urlencode({"min": wanted.least} | ({"offset": at} if at else {}))
        return archive.address(f"{path}?{query}")

    feed = feeds.Feed(
        title=f"afterprint: {title}",
        home=archive.address(home),
        url=address(offset),
        next_url=address(offset + feeds.ENTRIES) if len(found) > feeds.ENTRIES else None,
        entries=[
            feeds.change_entry(
                change,
                hunks[change["id"]],
                archive.address(f"/-/compare?a={change['old_version_id']}&b={change['new_version_id']}"),
            )
            for change in shown
        ],
        updated=shown[0]["seen_at"] if shown else feeds.Feed.updated,
    )
    return feeds.answer(archive.request, feed, output)


# --- the words of a change --------------------------------------------------------------------------


async def hunks_of(archive: Archive, listed: Sequence[Mapping[str, Any]]) -> dict[int, tuple[Run, ...]]:
    """The best hunk of each change; nothing for texts that are too long to be compared in a list."""
    versions = {row[key] for row in listed for key in ("old_version_id", "new_version_id")}
    rows = await archive.rows(queries.TEXTS, versions=json.dumps(sorted(versions))) if versions else []
    texts = {row["id"]: row for row in rows}

    def all_hunks() -> dict[int, tuple[Run, ...]]:
        return {
            row["id"]: _hunk_of(texts.get(row["old_version_id"]), texts.get(row["new_version_id"])) for row in listed
        }

    return await beside(all_hunks)


def _hunk_of(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> tuple[Run, ...]:
    if old is None or new is None or wording.WITHHELD in (old["text"], new["text"]):
        return ()
    if len(old["text"]) + len(new["text"]) > LONGEST_HUNK:
        return ()
    return _hunk(old["title"], old["text"], new["title"], new["text"], new["language"])


@lru_cache(maxsize=512)
def _hunk(old_title: str | None, old: str, new_title: str | None, new: str, language: str | None) -> tuple[Run, ...]:
    return best_hunk(
        diff(
            VersionText(title=old_title, language=language, text=old),
            VersionText(title=new_title, language=language, text=new),
        )
    )
