"""The archive for other archives' tools: TimeMap, TimeGate and mementos (RFC 7089).

A memento here is what a page said at a time, as text that was read from it. Its markup is kept as evidence and is never
served as a page. Each good capture is a memento; a page that could not be seen has none at that time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from datasette.utils.asgi import Response

from archive.urls import url_key
from datasette_config import queries, wording
from datasette_config.web import HEADERS, Archive, PageError, open_archive, page

_STAMP = "%Y%m%d%H%M%S"
_VIEWS = ("captures", "pages", "versions", "version_texts")


@page
async def timemap(datasette: Any, request: Any) -> Response:
    """Every memento of a URL, as links (section 5)."""
    archive, url, found = await _mementos(datasette, request)
    times = [_time(row["captured_at"]) for row in found]
    gate, own = _address(archive, "timegate", url), _address(archive, "timemap/link", url)
    lines = [
        f'<{_inside(url)}>; rel="original"',
        f'<{gate}>; rel="timegate"',
        f'<{own}>; rel="self"; type="application/link-format"; from="{_said(times[0])}"; until="{_said(times[-1])}"',
    ]
    for place, time in enumerate(times):
        marks = [name for name, holds in (("first", not place), ("last", place == len(times) - 1)) if holds]
        rel = " ".join([*marks, "memento"])
        lines.append(f'<{_memento_address(archive, url, time)}>; rel="{rel}"; datetime="{_said(time)}"')
    return Response(
        ",\n".join(lines) + "\n", headers=dict(HEADERS), content_type="application/link-format; charset=utf-8"
    )


@page
async def timegate(datasette: Any, request: Any) -> Response:
    """Redirect to the memento nearest to Accept-Datetime, or to the newest (section 4)."""
    archive, url, found = await _mementos(datasette, request)
    times = [_time(row["captured_at"]) for row in found]
    asked = request.headers.get("accept-datetime")
    try:
        wanted = parsedate_to_datetime(asked) if asked else times[-1]
    except ValueError:
        raise PageError(400, "Accept-Datetime must be a date as in HTTP: Fri, 20 Jan 2023 08:00:00 GMT.") from None
    wanted = wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)
    best = min(times, key=lambda time: abs((time - wanted).total_seconds()))
    headers = {
        **HEADERS,
        "Location": _memento_address(archive, url, best),
        "Vary": "accept-datetime",
        "Link": _links(archive, url, times, best),
    }
    return Response("", status=302, headers=headers, content_type="text/plain; charset=utf-8")


@page
async def memento(datasette: Any, request: Any) -> Response:
    """What a page said at a time. A time without a capture redirects to the nearest one (section 4.5.3)."""
    archive, url, found = await _mementos(datasette, request)
    try:
        wanted = datetime.strptime(request.url_vars["stamp"], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        raise PageError(400, "The time of a memento is written as YYYYMMDDhhmmss.") from None
    times = [_time(row["captured_at"]) for row in found]
    place = min(range(len(times)), key=lambda number: abs((times[number] - wanted).total_seconds()))
    if times[place] != wanted:
        headers = {**HEADERS, "Location": _memento_address(archive, url, times[place])}
        return Response("", status=302, headers=headers, content_type="text/plain; charset=utf-8")
    version = await archive.row(queries.VERSION_AT, page_id=found[place]["page_id"], at=found[place]["captured_at"])
    if version is None:
        raise PageError(404, "This capture was not read.")
    if version["text"] == wording.WITHHELD:
        raise PageError(451, wording.WITHHELD)
    response = await archive.render(
        "afterprint_memento.html",
        title=version["title"] or url,
        url=url,
        version=version,
        captured_at=found[place]["captured_at"],
        capture_id=found[place]["id"],
    )
    response.headers |= {
        "Memento-Datetime": _said(times[place]),
        "Link": _links(archive, url, times, times[place]),
    }
    return response


# --- what is asked for ------------------------------------------------------------------------------


async def _mementos(datasette: Any, request: Any) -> tuple[Archive, str, list[dict[str, Any]]]:
    """The archive, the original's URL, and its good captures in order of time."""
    archive = await open_archive(datasette, request, *_VIEWS)
    url = request.url_vars["url"] + (f"?{request.query_string}" if request.query_string else "")
    # A proxy that tidies paths makes one slash of two.
    url = re.sub(r"^(https?):/+", r"\1://", url)
    known = (
        await archive.rows(queries.PAGES_OF_URLS, urls=json.dumps(_spellings(url))) if _host(url) is not None else []
    )
    pages = json.dumps([row["page_id"] for row in known])
    found = await archive.rows(queries.MEMENTOS, pages=pages) if known else []
    if not found:
        raise PageError(404, "This archive has no capture of that address that shows an article.")
    return archive, url, found


def _host(url: str) -> str | None:
    """The host of an http(s) address; None if it is none."""
    try:
        parts = urlsplit(url)
        return parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        return None


def _spellings(url: str) -> Sequence[str]:
    """The ways in which one address may be asked for: percent signs, scheme, www, and the last slash."""
    found = []
    for text in dict.fromkeys((url, unquote(url), f"https://{url_key(url)}")):
        scheme, _, rest = text.partition("://")
        bare = rest.removeprefix("www.")
        path, mark, query = bare.partition("?")
        for ending in dict.fromkeys((path, path.rstrip("/"), f"{path.rstrip('/')}/")):
            for host in ("", "www."):
                found += [f"{way}://{host}{ending}{mark}{query}" for way in dict.fromkeys((scheme, "https", "http"))]
    return list(dict.fromkeys(found))


# --- links ------------------------------------------------------------------------------------------


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)


def _said(time: datetime) -> str:
    return format_datetime(time, usegmt=True)


def _inside(url: str) -> str:
    """An address as it may stand between < and >, in a header too."""
    return quote(url, safe="%:/?#[]@!$&'()*+,;=-._~")


def _address(archive: Archive, kind: str, url: str) -> str:
    return archive.address(f"/-/{kind}/") + _inside(url)


def _memento_address(archive: Archive, url: str, time: datetime) -> str:
    return archive.address(f"/-/memento/{time:{_STAMP}}/") + _inside(url)


def _links(archive: Archive, url: str, times: Sequence[datetime], own: datetime) -> str:
    told = [
        f'<{_inside(url)}>; rel="original"',
        f'<{_address(archive, "timegate", url)}>; rel="timegate"',
        f'<{_address(archive, "timemap/link", url)}>; rel="timemap"; type="application/link-format"',
    ]
    marked: dict[datetime, list[str]] = {}
    place = times.index(own)
    for name, number in (("first", 0), ("prev", place - 1), ("next", place + 1), ("last", len(times) - 1)):
        if 0 <= number < len(times):
            marked.setdefault(times[number], []).append(name)
    marked.setdefault(own, [])
    told += [
        f'<{_memento_address(archive, url, time)}>; rel="{" ".join([*names, "memento"])}"; datetime="{_said(time)}"'
        for time, names in sorted(marked.items())
    ]
    return ", ".join(told)
