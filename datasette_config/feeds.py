"""Feeds of changes and of search results: Atom (RFC 4287) and JSON Feed 1.1, with the words that changed inside.

What outlets wrote is text in them: escaped once as HTML and again as XML, without control characters. Names of entries
are made from what they say, so that an archive that was rebuilt, or that moved, tells no reader the same edit twice.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree

from datasette.utils.asgi import Response
from markupsafe import Markup, escape

from archive.diff import Run
from datasette_config import wording
from datasette_config.web import HEADERS, json_answer

#: Entries of one feed; older ones follow on its next page.
ENTRIES = 40

_ATOM = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"
#: What XML 1.0 cannot hold, escaped or not.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class Entry:
    """Something that happened."""

    #: what it is, in words that stay the same when the archive is rebuilt
    identity: str
    title: str
    url: str
    updated: str
    author: str
    summary: str
    #: markup of ours around escaped words
    content: Markup
    language: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    title: str
    #: the page that shows the same, the feed itself, and its next page
    home: str
    url: str
    next_url: str | None
    entries: Sequence[Entry] = field(default_factory=tuple)
    #: of the newest entry
    updated: str = "1970-01-01T00:00:00Z"


def name_of(identity: str) -> str:
    """
    >>> name_of("a") == name_of("a") != name_of("b")
    True
    """
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, identity)}"


def hunk_markup(runs: Sequence[Run]) -> Markup:
    """Words with their marks, for a reader of feeds; legible without any style."""
    pieces = []
    for run in runs:
        if run.op == "equal":
            pieces.append(escape(plain(run.new)))
            continue
        if run.old:
            pieces.append(Markup("<del>{}</del> ").format(plain(run.old.rstrip())))
        if run.new:
            pieces.append(Markup("<ins>{}</ins> ").format(plain(run.new.rstrip())))
    return Markup("").join(pieces)


def change_entry(change: Mapping[str, Any], hunk: Sequence[Run], url: str) -> Entry:
    """One edit of an outlet, with its best hunk."""
    window = f"seen between {change['still_old_at']} and {change['seen_at']}"
    told = [reason for reason in change["reasons"] if reason not in change["summary"]]
    content = Markup("<p>{}</p><p>{}</p>").format(plain(change["summary"]), hunk_markup(hunk))
    if told:
        content += Markup("<p>{}</p>").format(plain("; ".join(told[:6])))
    content += Markup("<p>{} · {} · {}</p>").format(plain(change["outlet_name"]), plain(change["url"]), window)
    return Entry(
        identity=f"change|{change['url']}|{change['seen_at']}|{change['diff_hash']}",
        title=f"{change['outlet_name']}: {change['title'] or ('Withheld' if change['withheld_since'] else 'Untitled')}",
        url=url,
        updated=change["seen_at"],
        author=change["outlet_name"],
        summary=change["summary"],
        content=content,
        language=change.get("language") or "",
        tags=(change["outlet"],),
    )


def plain(text: object) -> str:
    """What an outlet wrote, as XML may hold it."""
    return _ILLEGAL.sub("\ufffd", wording.clean(text))


# --- answers ----------------------------------------------------------------------------------------


def answer(request: Any, feed: Feed, output: str) -> Response:
    """The feed as asked for; 304 if the reader has it already."""
    response = (
        Response(_atom(feed), content_type="application/atom+xml; charset=utf-8", headers=dict(HEADERS))
        if output == ".atom"
        else json_answer(_json_feed(feed), media_type="application/feed+json")
    )
    etag = f'"{hashlib.sha256(str(response.body).encode()).hexdigest()[:32]}"'
    response.headers |= {
        "ETag": etag,
        "Last-Modified": format_datetime(datetime.fromisoformat(feed.updated), usegmt=True),
        # A reader asks each time, and is told in a few bytes that nothing is new.
        "Cache-Control": "no-cache",
    }
    if _has(request.headers.get("if-none-match"), etag):
        return Response("", status=304, headers=response.headers, content_type=response.content_type)
    return response


def _has(condition: str | None, etag: str) -> bool:
    known = [one.strip().removeprefix("W/") for one in (condition or "").split(",")]
    return etag in known or "*" in known


def _atom(feed: Feed) -> str:
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(f"{{{_ATOM}}}feed", {f"{{{_XML}}}lang": "en"})

    def add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
        element = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
        element.text = plain(text) or None
        return element

    add(root, "id", name_of(f"feed|{feed.url.partition('//')[2].partition('/')[2]}"))
    add(root, "title", feed.title)
    add(root, "updated", feed.updated)
    add(root, "generator", "afterprint")
    add(add(root, "author"), "name", "afterprint")
    add(root, "link", rel="self", type="application/atom+xml", href=feed.url)
    add(root, "link", rel="alternate", type="text/html", href=feed.home)
    if feed.next_url:
        add(root, "link", rel="next", type="application/atom+xml", href=feed.next_url)
    for entry in feed.entries:
        element = add(root, "entry")
        lang = {f"{{{_XML}}}lang": entry.language} if _LANGUAGE.fullmatch(entry.language) else {}
        add(element, "id", name_of(entry.identity))
        add(element, "title", entry.title, **lang)
        add(element, "updated", entry.updated)
        add(add(element, "author"), "name", entry.author or "unknown")
        add(element, "link", rel="alternate", type="text/html", href=entry.url)
        for tag in entry.tags:
            add(element, "category", term=plain(tag))
        add(element, "summary", entry.summary, type="text")
        add(element, "content", str(entry.content), type="html")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _json_feed(feed: Feed) -> dict[str, Any]:
    found: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": plain(feed.title),
        "home_page_url": feed.home,
        "feed_url": feed.url,
    }
    if feed.next_url:
        found["next_url"] = feed.next_url
    found["items"] = [
        {
            "id": name_of(entry.identity),
            "url": entry.url,
            "title": plain(entry.title),
            "summary": plain(entry.summary),
            "content_html": plain(entry.content),
            "date_published": entry.updated,
            "authors": [{"name": plain(entry.author) or "unknown"}],
            "tags": [plain(tag) for tag in entry.tags],
            **({"language": entry.language} if _LANGUAGE.fullmatch(entry.language) else {}),
        }
        for entry in feed.entries
    ]
    return found
