"""What every reading page stands on: who may see it, how its parameters are read, how it answers.

Nothing here writes, fetches, or renders archived markup. A wrong parameter is a 400, an unknown row a 404.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache, wraps
from importlib.resources import files
from typing import Any, ParamSpec, TypeVar

from datasette.database import QueryInterrupted
from datasette.utils import tilde_decode
from datasette.utils.asgi import Response

from datasette_config import queries
from datasette_config._compat import ensure_views

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # an outlet shall not learn from which archive its page is read
    "X-Robots-Tag": "noindex, noarchive",
}
#: Pages of one table or list. More than this is for SQL.
MANY = 2000

_ID = re.compile(r"[0-9]{1,18}")
#: Two at a time: comparing is the one costly thing a reader can ask for.
_workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="afterprint")

_P = ParamSpec("_P")
_T = TypeVar("_T")


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
            return json_answer({"ok": False, "error": message, "status": status}, status)
        context = {"status": status, "message": message, "title": "Not here" if status == 404 else "That did not work"}
        return await render(datasette, request, "afterprint_error.html", context, status=status)

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
        return await render(self.datasette, self.request, template, {"database": self.name, **context})

    def address(self, path: str) -> str:
        """The whole address of a page of this archive: `address("/-/changes")`."""
        return str(self.datasette.absolute_url(self.request, self.datasette.urls.database(self.name) + path))


async def is_archive(database: Any) -> bool:
    return bool((await database.execute(queries.IS_ARCHIVE)).single_value())


async def open_archive(datasette: Any, request: Any, *views: str) -> Archive:
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


async def story_of(archive: Archive) -> dict[str, Any]:
    """The story that the address names."""
    slug = tilde_decode(archive.request.url_vars["slug"])
    known = await archive.row(queries.STORY, slug=slug)
    if known is None:
        raise PageError(404, f"No story “{slug}” is watched in this archive.")
    return known


async def page_of(archive: Archive) -> dict[str, Any]:
    """The page that the address names."""
    page_id = integer(archive.request.url_vars["page_id"], "page")
    known = await archive.row(queries.PAGE, page_id=page_id)
    if known is None:
        raise PageError(404, f"There is no page {page_id} in this archive.")
    return known


async def beside(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Do work that takes its time in a thread, so that other readers are answered meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(_workers, lambda: work(*args, **kwargs))


# --- parameters -------------------------------------------------------------------------------------


def integer(text: str, name: str) -> int:
    # Not str.isdigit, which is true of "²".
    if not _ID.fullmatch(text):
        raise PageError(400, f"“{name}” must be a whole number.")
    return int(text)


def text_or_version(key: str, name: str) -> tuple[bool, int]:
    """Whether an address names a reference text ("text:3") or else a version ("17"), and its id."""
    kind, _, number = key.rpartition(":")
    if kind not in ("", "text"):
        raise PageError(400, f"“{name}” is neither the id of a version nor text:ID.")
    return bool(kind), integer(number, name)


def share(request: Any, name: str, default: float) -> float:
    text = request.args.get(name)
    if not text:
        return default
    if not re.fullmatch(r"[01](\.[0-9]{1,6})?|\.[0-9]{1,6}", text) or float(text) > 1:
        raise PageError(400, f"“{name}” must be a number from 0 to 1.")
    return float(text)


def one_of(request: Any, name: str, values: tuple[str, ...]) -> str:
    value = request.args.get(name) or values[0]
    if value not in values:
        raise PageError(400, f"“{name}” must be one of: {', '.join(filter(None, values))}.")
    return str(value)


def chosen(request: Any, name: str, known: Mapping[str, Any]) -> list[str]:
    found = [value for value in request.args.getlist(name) if value]
    if unknown := [value for value in found if value not in known]:
        raise PageError(400, f"“{unknown[0]}” is no {name}; there are: {', '.join(known)}.")
    return found


def loaded(row: dict[str, Any], *columns: str) -> dict[str, Any]:
    """*row* with its JSON columns read."""
    return {**row, **{column: json.loads(row[column] or "null") for column in columns}}


# --- answers ----------------------------------------------------------------------------------------


#: Of the JSON twins: raised when a key changes its meaning or goes; new keys may come at any time.
FORMAT = 1


def json_answer(body: Mapping[str, Any], status: int = 200, *, media_type: str = "application/json") -> Response:
    if "ok" in body:
        body = {"format": FORMAT, **body}
    text = json.dumps(body, ensure_ascii=False, default=_plain, indent=2)
    return Response(text, status=status, headers=dict(HEADERS), content_type=f"{media_type}; charset=utf-8")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in a JSON answer")


async def render(
    datasette: Any, request: Any, template: str, context: dict[str, Any], *, status: int = 200
) -> Response:
    context = {"static_version": static_version, "database": None, **context}
    return Response.html(
        await datasette.render_template(template, context, request=request), status=status, headers=dict(HEADERS)
    )


# --- static files -----------------------------------------------------------------------------------

_MEDIA_TYPES = {"css": "text/css", "js": "text/javascript"}


@cache
def _static(kind: str) -> tuple[str, str]:
    text = files("datasette_config").joinpath(f"static/afterprint.{kind}").read_text(encoding="utf-8")
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]


def static_version(kind: str) -> str:
    """What changes in the address of a static file when the file changes."""
    return _static(kind)[1]


async def static(datasette: Any, request: Any) -> Response:
    kind = request.url_vars["kind"]
    headers = {**HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
    text = _static(kind)[0]
    return Response(text, headers=headers, content_type=f"{_MEDIA_TYPES[kind]}; charset=utf-8")
