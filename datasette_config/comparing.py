"""Two texts beside each other: versions of one page, pages of two outlets, a page and the story, two languages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from datasette.utils.asgi import Response

from archive.collate_languages import Check, check
from archive.diff import FIELDS, Change, VersionText, diff, percent
from archive.diff import LABEL as DIFF_LABEL
from archive.types import Link
from datasette_config import diffview, notes, pictures, queries, wording
from datasette_config.web import Archive, PageError, beside, json_answer, one_of, open_archive, page, text_or_version

#: Characters of both texts that are compared while somebody waits: a second of work.
LONGEST_DIFF = 2_000_000


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
        return wording.primary(self.text.language)


@page
async def compare(datasette: Any, request: Any) -> Response:
    archive = await open_archive(
        datasette, request, "versions", "version_texts", "story_texts", "stories", "passages", "matches"
    )
    old, new = await _side(archive, "a"), await _side(archive, "b")
    view = one_of(request, "view", ("inline", "side"))
    changes = one_of(request, "changes", ("", "0", "1"))
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
        context["around"] = await archive.row(
            queries.NEIGHBOURS, page_id=old.row["page_id"], older=old.row["number"], newer=new.row["number"]
        )
    change: Change | None = None
    if foreign:
        context |= await _foreign(archive, old, new)
    else:
        texts = old.text, new.text
        if not same_page:
            # The address that a page declares is another at every outlet.
            texts = replace(old.text, canonical=None), replace(new.text, canonical=None)
        if not (old.is_version and new.is_version):
            texts = _bare(old.text), _bare(new.text)
        change = await beside(diff, *texts)
        only_changes = changes == "1" or (changes == "" and len(change.rows) > diffview.LONG)
        items = diffview.items(change.rows, only_changes=only_changes)
        context |= {
            "change": change,
            "field_runs": diffview.field_runs(change),
            "blocks": [diffview.Block(tuple(items))] if only_changes or changes == "0" else diffview.blocks(items),
            "headlines": list(diffview.headlines(change.rows)),
            "strip": pictures.strip(change.rows),
            "only_changes": only_changes,
            "whole": changes == "0",
            "diff_label": DIFF_LABEL,
        }
    context["match"] = await _match(archive, old, new)
    context["notes"] = []
    if old.is_version and new.is_version:
        about = await notes.notes_of(archive, {old.row["page_id"], new.row["page_id"]})
        context["notes"] = notes.about_change(about, old.row["id"], new.row["id"])
    context["citation"] = _citation(context, old, new, change)
    if request.url_vars.get("format"):
        return _compare_json(context, old, new, change)
    context["notepad"] = await notes.notepad(archive)
    return await archive.render("afterprint_compare.html", **context)


async def _match(archive: Archive, old: Side, new: Side) -> dict[str, Any] | None:
    """What the matcher said of a version and the story of a reference text beside it."""
    text, version = (old, new) if new.is_version else (new, old)
    if text.is_version or not version.is_version:
        return None
    found = await archive.row(queries.MATCH_OF_VERSION, version=version.row["id"], story=text.row["story"])
    return None if found is None else {**found, "signals": json.loads(found["signals"] or "[]")}


async def _foreign(archive: Archive, old: Side, new: Side) -> dict[str, Any]:
    """Two languages: what corresponds, and what of it can be checked. Never a word diff."""
    links = await _links(archive, old, new)
    spans = [link.spans for link in links]
    checks = await beside(check, old.text.text, new.text.text, spans, old.language, new.language) if links else ()
    shares = (
        diffview.aligned_share(old.text.text, ((link.old_start, link.old_end) for link in links)),
        diffview.aligned_share(new.text.text, ((link.new_start, link.new_end) for link in links)),
    )
    return {
        "pairs": diffview.pairs(old.text.text, new.text.text, links, checks),
        "linked": bool(links),
        "checks": checks,
        "verdict": _foreign_sentence(old, new, shares, checks) if links else "",
    }


def _foreign_sentence(old: Side, new: Side, shares: tuple[float, float], checks: Sequence[Check]) -> str:
    """As the sentence of a word diff sums that up."""
    one, other = wording.language(old.language), wording.language(new.language)
    parts = [f"{percent(shares[0])} of the {one} text and {percent(shares[1])} of the {other} text have a counterpart"]
    for sort in ("figure", "date", "name"):
        held = [found for found in checks if found.sort == sort and found.old and found.verdict != "alone"]
        if held:
            same = sum(found.verdict == "same" for found in held)
            parts.append(f"{same} of {wording.counted(len(held), sort)} found again")
    parts += [
        f"{found.sort} {found.old.said} → {found.new.said}"
        for found in checks
        if found.verdict == "differs" and found.old and found.new
    ][:4]
    return "; ".join(parts)


def _citation(context: Mapping[str, Any], old: Side, new: Side, change: Change | None) -> str:
    """The comparison as plain text, with all that somebody needs to check it."""
    lines = []
    for name, side in (("A", old), ("B", new)):
        row = side.row
        if side.is_version:
            lines += [
                f"{name}: {row['outlet_name']} ({row['outlet']}), “{side.text.title or 'Untitled'}”, version {row['number']}",
                f"   {row['url']}",
                f"   seen from {row['seen_from']} to {row['seen_to']} (UTC)",
                f"   body sha256 {row['body_sha256'] or 'none'}",
                f"   text sha256 {row['text_sha256']}",
                f"   read by {row['extractor']}",
            ]
        else:
            lines += [
                f"{name}: reference text of “{row['title']}”, {wording.language(row['language'])}, from {row['source']}",
                f"   text sha256 {row['text_sha256']}",
            ]
    if change is not None:
        lines += [f"Compared by {DIFF_LABEL}: {change.summary}", f"   change sha256 {change.diff_hash}"]
    elif context["verdict"]:
        lines.append(f"Laid side by side by meaning: {context['verdict']}")
    lines.append(str(context["permalink"]))
    return "\n".join(wording.clean(line) for line in lines)


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
        "match": context["match"],
        "notes": notes.told(context["notes"]),
    }
    if change is not None:
        body["change"] = asdict(change)
    else:
        body |= {
            "pairs": [asdict(pair) for pair in context["pairs"]],
            "summary": context["verdict"],
            "checks": [asdict(one) for one in context["checks"]],
        }
    return json_answer(body)


async def _side(archive: Archive, name: str) -> Side:
    key = archive.request.args.get(name)
    if not key:
        raise PageError(400, f"“{name}” is missing: compare?a=VERSION&b=VERSION")
    is_text, row_id = text_or_version(key, name)
    row = await archive.row(queries.STORY_TEXT if is_text else queries.VERSION, id=row_id)
    if row is None:
        raise PageError(404, f"There is no {'story text' if is_text else 'version'} {row_id} in this archive.")
    if row["text"] == wording.WITHHELD:
        raise PageError(451, wording.WITHHELD)
    if is_text:
        # The title is the watch's, in whatever language: it is not held against the page's.
        return Side(f"text:{row_id}", row, VersionText(language=row["language"], text=row["text"]))
    links = tuple(Link(str(url), str(text)) for url, text in json.loads(row["links"] or "[]"))
    fields = {field: row[field] for field in FIELDS}
    return Side(str(row_id), row, VersionText(text=row["text"], links=links, **fields))


async def _links(archive: Archive, old: Side, new: Side) -> list[diffview.Link]:
    """What corresponds between two languages, from what matching found; nothing if it found nothing."""
    old_links, new_links = await _sentences(archive, old), await _sentences(archive, new)
    if not old.is_version:
        return new_links.get(int(old.row["id"]), [])
    if not new.is_version:
        there = old_links.get(int(new.row["id"]), [])
        return [
            diffview.Link(link.new_start, link.new_end, link.old_start, link.old_end, link.likeness) for link in there
        ]
    return diffview.through_stories(old_links, new_links)


async def _sentences(archive: Archive, side: Side) -> dict[int, list[diffview.Link]]:
    """Links from story texts to the page, by story text."""
    return (await links_of(archive, [side.row["id"]])).get(side.row["id"], {}) if side.is_version else {}


async def links_of(archive: Archive, versions: Sequence[int]) -> dict[int, dict[int, list[diffview.Link]]]:
    """Links from story texts to pages, by version and story text."""
    links: dict[int, dict[int, list[diffview.Link]]] = {}
    for row in await archive.rows(queries.PASSAGES_OF_VERSIONS, versions=json.dumps(versions)):
        by_text = links.setdefault(row["version_id"], {})
        by_text.setdefault(row["story_text_id"], []).extend(diffview.sentence_links(row))
    return links
