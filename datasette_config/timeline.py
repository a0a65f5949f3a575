"""One page over time: what it said, when it could not be seen, what it has to do with the stories."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from datasette.utils.asgi import Response

from datasette_config import notes, pictures, queries, wording
from datasette_config.web import json_answer, loaded, open_archive, page, page_of

#: Captures listed on the page, the newest; all are in the JSON and in `captures`.
MOST_CAPTURES = 500


@page
async def timeline(datasette: Any, request: Any) -> Response:
    archive = await open_archive(datasette, request, "pages", "versions", "changes", "captures", "matches", "story_pages",
                          "passages", "story_texts", "page_leads")  # fmt: skip
    known = await page_of(archive)
    page_id = known["id"]
    versions = [loaded(row, "changed_fields") for row in await archive.rows(queries.PAGE_VERSIONS, page_id=page_id)]
    changes = {
        row["new_version_id"]: loaded(row, "reasons")
        for row in await archive.rows(queries.PAGE_CHANGES, page_id=page_id)
    }
    captures = await archive.rows(queries.PAGE_CAPTURES, page_id=page_id)
    matches = await archive.rows(queries.PAGE_MATCHES, page_id=page_id)
    strongest = {row["match_id"] for row in await archive.rows(queries.STRONGEST_MATCHES, page_id=page_id)}
    for match in matches:
        match["strongest"] = match["id"] in strongest
        match["came_first_notes"] = json.loads(match["came_first_notes"] or "[]")
        match["signals"] = json.loads(match["signals"] or "[]")
        match["passages"] = await archive.rows(queries.PASSAGES, match_id=match["id"]) if match["strongest"] else []
    events = _events(versions, changes, captures)
    states = await archive.rows(queries.PAGE_AVAILABILITY, page_id=page_id)
    noted = await notes.notes_of(archive, {page_id})
    if request.url_vars.get("format"):
        told = _page_json(known, versions, changes, captures, states, matches)
        return json_answer({**told, "notes": notes.told(noted)})
    return await archive.render(
        "afterprint_page.html",
        title=known["title"] or wording.shown_url(known["url"]),
        page=known,
        state=wording.state(known),
        versions=versions,
        changes=changes,
        events=events,
        notes=noted,
        notepad=await notes.notepad(archive),
        axis=pictures.life(versions, changes, captures, states),
        captures=captures[-MOST_CAPTURES:],
        earlier_captures=max(0, len(captures) - MOST_CAPTURES),
        matches=sorted(matches, key=lambda match: (match["story"], not match["strongest"])),
        leads=await archive.rows(queries.PAGE_LEADS, page_id=page_id),
    )


def _page_json(
    known: Mapping[str, Any],
    versions: list[dict[str, Any]],
    changes: Mapping[int, dict[str, Any]],
    captures: list[dict[str, Any]],
    states: list[dict[str, Any]],
    matches: list[dict[str, Any]],
) -> dict[str, Any]:
    told = ("story", "kind", "version_number", "version_id", "coverage_story", "coverage_page", "similarity",
            "confidence", "credit", "credit_name", "explanation", "signals", "came_first", "came_first_why", "strongest")  # fmt: skip
    return {
        "ok": True,
        "page": dict(known),
        "versions": [
            {**{key: version[key] for key in version if key != "page_id"}, "change": changes.get(version["id"])}
            for version in versions
        ],
        "availability": states,
        "captures": captures,
        "matches": [{key: match[key] for key in told} for match in matches],
    }


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
