"""The report of an evidence folder: one HTML page without scripts, that loads nothing. Rows in, a document out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from archive.diff import Change, Row
from archive.times import to_text
from archive.types import Story

STYLE = """
body { font: 16px/1.5 Georgia, serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
table { border-collapse: collapse; width: 100%; font: 13px/1.4 system-ui, sans-serif; margin: .5rem 0 1rem }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #ccc; padding: .25rem .5rem; overflow-wrap: anywhere }
h2 { border-top: 2px solid #1a1a1a; padding-top: .5rem; margin-top: 2.5rem }
code, .small { font-size: 12px } code { overflow-wrap: anywhere }
ins { background: #d7f2d7; text-decoration: underline } del { background: #fbdcdc }
.edit { border-left: 3px solid #999; padding-left: .75rem; margin: .5rem 0 }
"""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that carries the story's text, with all that was seen of it; rows as the views tell them."""

    row: Mapping[str, Any]
    #: with `file`
    versions: Sequence[Mapping[str, Any]]
    #: with `file` and `diff`: the edit, or None if the two sides were read in different ways
    changes: Sequence[Mapping[str, Any]]
    #: with `file`: of the body, or None if it is not there
    captures: Sequence[Mapping[str, Any]]
    passages: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a report tells."""

    story: Story
    pages: Sequence[Page]
    #: pages that stand to the story in another way, or are withheld
    others: Sequence[Mapping[str, Any]]
    #: with `file`
    stamps: Sequence[Mapping[str, Any]]
    head: str
    made_at: datetime
    #: sha256 of bodies that were pruned
    pruned: frozenset[str]


def report(shown: Shown) -> str:
    """The whole document."""
    story = shown.story
    parts = (
        "<!doctype html>\n<html lang=en><head><meta charset=utf-8>",
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        "<meta name=viewport content='width=device-width'>",
        f"<title>{escape(story.title)}: evidence</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(story.title)}</h1>",
        f"<p>What afterprint found of this story{f' by {escape(story.outlet)}' if story.outlet else ''}, as its archive said at "
        f"{to_text(shown.made_at)}. All times are UTC, of this machine's clock. Every file of this folder is named with its "
        "sha256 in <code>SHA256SUMS</code>: <code>sha256sum -c SHA256SUMS</code>.</p>",
        *_summary(shown),
        *_proof(shown),
        *(line for page in shown.pages for line in _page(page, shown.pruned)),
        "</body></html>\n",
    )
    return "\n".join(parts)


def _summary(shown: Shown) -> Iterator[str]:
    yield "<h2>The story and its pages</h2>"
    for text in shown.story.texts:
        yield (
            f"<p class=small>Reference text ({escape(text.language)}, {escape(text.role)}), from {escape(text.source)}: "
            f"<code>texts/reference-{escape(text.language)}-{text.id}.txt</code></p>"
        )
    yield _table(
        ("outlet", "what it is", "of the story", "confidence", "credit", "first seen", "last seen", "address"),
        (
            (
                page.row["outlet_name"],
                "the work itself" if page.row["own"] else _words(page.row["kind"]),
                _share(page.row["coverage_story"]),
                _share(page.row["confidence"]),
                page.row["credit"] or "none found",
                page.row["first_seen"],
                page.row["last_seen"],
                page.row["url"],
            )
            for page in shown.pages
        ),
    )
    if shown.others:
        yield "<p>Pages that do not carry its text, or only a third party's words, or that are withheld; their captures are not in this folder.</p>"
        yield _table(
            ("outlet", "what it is", "why", "address"),
            ((row["outlet_name"], _words(row["kind"]), row["explanation"], row["url"]) for row in shown.others),
        )


def _proof(shown: Shown) -> Iterator[str]:
    yield "<h2>What stands behind it</h2>"
    yield (
        "<p>Each capture's row is hashed with the hash of the row before it. The hash of the newest row when this folder was "
        f"made is <code>{escape(shown.head)}</code>; <code>afterprint verify --head</code> says whether it still stands in the "
        "archive.</p>"
    )
    if not shown.stamps:
        yield "<p>No time stamp stands for these captures yet.</p>"
        return
    yield "<p>Time stamps by RFC 3161. Each says that the archive, up to its capture, existed at its time.</p>"
    yield _table(
        ("time", "authority", "up to capture", "file"),
        ((one["confirmed_at"], one["authority"], one["capture_id"], one["file"]) for one in shown.stamps),
    )


def _page(page: Page, pruned: frozenset[str]) -> Iterator[str]:
    row = page.row
    yield f"<h2>{escape(row['outlet_name'])}: {escape(row['title'] or 'without a headline')}</h2>"
    yield f"<p><code>{escape(row['url'])}</code></p><p>{escape(row['explanation'])}</p>"
    for name in ("availability", "came_first_why"):
        if row[name]:
            yield f"<p>{escape(row[name])}</p>"
    yield "<h3>Versions</h3>"
    yield _table(
        ("", "seen from", "seen to", "headline", "text", "sha256 of the text"),
        (
            (one["number"], one["seen_from"], one["seen_to"], one["title"], one["file"], one["text_sha256"])
            for one in page.versions
        ),
    )
    for change in page.changes:
        yield from _change(change)
    if page.passages and not row["own"]:
        yield "<h3>Passages that correspond</h3>"
        yield _table(
            ("the story", "the page", "likeness"),
            ((one["story_words"], one["page_words"], _share(one["likeness"])) for one in page.passages),
        )
    yield "<h3>Captures</h3>"
    yield _table(
        ("", "time", "answer", "came from", "judged", "body", "hash of the row"),
        (
            (
                one["id"],
                one["captured_at"],
                one["status"] if one["status"] is not None else f"{one['error_class']}: {one['error_detail'] or ''}",
                one["origin"],
                one["why"] or one["decision"] or "not read",
                f"{one['body_sha256']} (pruned)" if one["body_sha256"] in pruned else one["file"] or "none",
                one["log_hash"],
            )
            for one in page.captures
        ),
    )


def _change(change: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h3>Changed between {escape(change['still_old_at'])} and {escape(change['seen_at'])}</h3>"
    yield f"<p>{escape(change['summary'])} <span class=small><code>{escape(change['file'])}</code></span></p>"
    made: Change | None = change["diff"]
    if made is None:
        yield "<p>The two sides were read in different ways and are not laid side by side here.</p>"
        return
    for name, (old, new) in made.fields.items():
        yield f"<div class=edit>{escape(_words(name))}: <del>{escape(old or '')}</del> <ins>{escape(new or '')}</ins></div>"
    for line in made.rows:
        if line.kind != "equal" and not line.broken:
            yield f"<div class=edit>{_edit(line)}</div>"


def _edit(line: Row) -> str:
    if line.kind == "moved":
        return f"moved {'away' if line.new is None else 'here'}: {escape(line.new_text or line.old_text)}"
    parts = []
    for run in line.runs:
        if run.op == "equal":
            parts.append(escape(run.new))
            continue
        parts += [f"<{tag}>{escape(text)}</{tag}>" for tag, text in (("del", run.old), ("ins", run.new)) if text]
    return "".join(parts)


def _table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th scope=col>{escape(name)}</th>" for name in names)
    lines = (
        "<tr>" + "".join(f"<td>{escape('' if cell is None else str(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n" + "\n".join(lines) + "\n</tbody></table>"


def _share(value: float) -> str:
    return f"{value * 100:.0f} %"


def _words(name: str) -> str:
    return name.replace("_", " ")
