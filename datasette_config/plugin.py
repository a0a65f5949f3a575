"""What afterprint adds to Datasette: reading pages, links to them, and names for tables and columns. Hooks only."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from copy import deepcopy
from functools import cache, wraps
from importlib.resources import files
from typing import Any

from datasette.utils import parse_metadata, tilde_encode
from jinja2 import ChoiceLoader, Environment, PackageLoader
from markupsafe import Markup

from datasette_config import (
    changing,
    collating,
    comparing,
    health,
    memento,
    notes,
    permissions,
    timeline,
    views,
    web,
    wording,
)
from datasette_config._compat import (
    Action,
    DatabaseResource,
    Forbidden,
    ensure_views,
    hookimpl,
    last_hookimpl,
    set_metadata,
)

DATABASE = r"/(?P<database>[^/]+)/-"
FEED = r"\.atom|\.feed\.json"
#: Where a Datasette instance keeps the names of its databases that are archives.
_ARCHIVES = "afterprint_archives"


_log = logging.getLogger(__name__)


def unfailing(hook: Callable[..., Any]) -> Callable[..., Any]:
    """A hook that fails is logged and says nothing: Datasette would answer every page with an error otherwise."""

    @wraps(hook)
    def asked(*args: Any, **kwargs: Any) -> Any:
        try:
            answer = hook(*args, **kwargs)
        except Exception:  # noqa: BLE001 - whatever it is, it must not reach Datasette
            _log.exception("%s failed; the page is shown without it", hook.__name__)
            return None
        if not inspect.iscoroutinefunction(answer):
            return answer

        async def later(*more: Any) -> Any:
            try:
                return await answer(*more)
            except Exception:  # noqa: BLE001 - as above
                _log.exception("%s failed; the page is shown without it", hook.__name__)
                return None

        return later

    return asked


@cache
def _configuration() -> dict[str, Any]:
    text = files("datasette_config").joinpath("datasette.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = parse_metadata(text)
    return loaded


def load_configuration() -> dict[str, Any]:
    """What `datasette.yaml` says; a copy, because Datasette writes into what it gets."""
    return deepcopy(_configuration())


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        (r"^/-/afterprint$", views.home),
        (r"^/-/afterprint/afterprint\.(?P<kind>css|js)$", web.static),
        (rf"^{DATABASE}/story/(?P<slug>[^/]+?)(?P<format>\.json|\.csv)?$", views.story),
        (rf"^{DATABASE}/story/(?P<slug>[^/]+)/kept(?P<format>\.json)?$", collating.kept),
        (rf"^{DATABASE}/story/(?P<slug>[^/]+)/heat(?P<format>\.json)?$", collating.heat_map),
        (rf"^{DATABASE}/story/(?P<slug>[^/]+)/descent(?P<format>\.json)?$", collating.descent_tree),
        (rf"^{DATABASE}/page/(?P<page_id>[^/]+?)(?P<format>\.json)?$", timeline.timeline),
        (rf"^{DATABASE}/timemap/link/(?P<url>.+)$", memento.timemap),
        (rf"^{DATABASE}/timegate/(?P<url>.+)$", memento.timegate),
        (rf"^{DATABASE}/memento/(?P<stamp>[^/]+)/(?P<url>.+)$", memento.memento),
        (rf"^{DATABASE}/compare(?P<format>\.json)?$", comparing.compare),
        (rf"^{DATABASE}/story/(?P<slug>[^/]+)/changes(?P<format>{FEED})$", changing.story_changes),
        (rf"^{DATABASE}/page/(?P<page_id>[^/]+)/changes(?P<format>{FEED})$", changing.page_changes),
        (rf"^{DATABASE}/changes(?P<format>\.json|{FEED})?$", changing.changes),
        (rf"^{DATABASE}/health(?P<format>\.json)?$", health.health),
        (rf"^{DATABASE}/note$", notes.write),
        (rf"^{DATABASE}/search(?P<format>\.json|{FEED})?$", views.search),
    ]


@hookimpl
@unfailing
def prepare_jinja2_environment(env: Environment) -> None:
    env.loader = ChoiceLoader([env.loader, PackageLoader("datasette_config")])  # type: ignore[list-item]
    env.filters.update(
        ap_when=wording.when,
        ap_day=wording.day,
        ap_clean=wording.clean,
        ap_percent=wording.percent,
        ap_language=wording.language,
        ap_first=wording.first,
        ap_towards=wording.towards,
        ap_direction=wording.direction,
        ap_safe_url=wording.safe_url,
        ap_shown_url=wording.shown_url,
        ap_field=wording.field_name,
        ap_path=tilde_encode,
    )
    env.globals.update(
        ap_span=wording.span, ap_lasted=wording.lasted, ap_counted=wording.counted, ap_kinds=wording.KINDS
    )


@hookimpl
@unfailing
def startup(datasette: Any) -> Any:
    async def note_archives() -> None:
        names = [
            name
            for name, database in datasette.databases.items()
            if not name.startswith("_") and await web.is_archive(database)
        ]
        setattr(datasette, _ARCHIVES, names)
        for name in names:
            await set_metadata(datasette, name, _tables())

    return note_archives


def _tables() -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = load_configuration()["databases"]["archive"]["tables"]
    return tables


@hookimpl
@unfailing
def get_metadata(datasette: Any) -> dict[str, Any]:
    """Titles, facets and hidden tables for 0.65, whatever the file is called; 1.0 gets them at start-up."""
    names = getattr(datasette, _ARCHIVES, ())
    if not names:
        return {}
    known = load_configuration()
    home = datasette.urls.path("/-/afterprint")
    return {
        "title": known["title"],
        "description_html": Markup('<p>{} <a href="{}">Read the stories</a></p>').format(known["description"], home),
        "databases": {name: {"tables": _tables()} for name in names},
    }


@hookimpl
@unfailing
def top_homepage(datasette: Any) -> Markup:
    """The same link on the index of Datasette 1.0."""
    return Markup('<p><a href="{}">Read the stories of this archive</a></p>').format(
        datasette.urls.path("/-/afterprint")
    )


@hookimpl
@unfailing
def asgi_wrapper() -> Callable[[Any], Any]:
    """Headers for Datasette's own pages, which show addresses and titles of outlets too."""

    def wrap(app: Any) -> Any:
        async def guarded(scope: Any, receive: Any, send: Any) -> None:
            async def send_guarded(message: Any) -> None:
                if message["type"] == "http.response.start":
                    known = {name.lower() for name, _ in message["headers"]}
                    message = {**message, "headers": list(message["headers"])}
                    for name, value in _EVERYWHERE.items():
                        if name not in known:
                            message["headers"].append((name, value))
                await send(message)

            await app(scope, receive, send_guarded)

        return guarded

    return wrap


@last_hookimpl
@unfailing
def permission_allowed(datasette: Any, actor: Any, action: str, resource: Any) -> Any:
    """Datasette 0.65; 1.0 asks the next two."""

    async def opinion() -> bool | None:
        return await permissions.opinion(datasette, actor, action, resource)

    return opinion


@hookimpl
@unfailing
def register_actions(datasette: Any) -> list[Any]:
    told = "Annotate changes and matches of an archive"
    return [Action(name=permissions.NOTE, abbr="apn", description=told, resource_class=DatabaseResource)]


@hookimpl
@unfailing
def permission_resources_sql(datasette: Any, actor: Any, action: str) -> Any:
    async def rules() -> Any:
        return await permissions.rules(datasette, actor, action)

    return rules


_EVERYWHERE = {
    **{name.lower().encode(): value.encode() for name, value in web.HEADERS.items()},
    # Datasette's own pages carry inline scripts and styles.
    b"content-security-policy": b"object-src 'none'; base-uri 'none'; frame-ancestors 'self'",
}


@hookimpl
@unfailing
def menu_links(datasette: Any, actor: Any, request: Any) -> Any:
    async def links() -> list[dict[str, str]]:
        found = [{"href": datasette.urls.path("/-/afterprint"), "label": "Stories"}]
        for name in getattr(datasette, _ARCHIVES, ()):
            if request is not None:
                try:
                    await ensure_views(datasette, request, name, ("changes", "versions"))
                except Forbidden:
                    continue  # no link to what would be refused
            base = datasette.urls.database(name)
            found += [
                {"href": f"{base}/-/changes", "label": f"Changes in {name}"},
                {"href": f"{base}/-/search", "label": f"Search {name}"},
                {"href": f"{base}/-/health", "label": f"Health of {name}"},
            ]
        return found

    return links


@hookimpl
@unfailing
def render_cell(row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any) -> Markup | None:
    """Link the cells that name a story, a page or a change to its reading page."""
    if value in (None, "") or database not in getattr(datasette, _ARCHIVES, ()):
        return None
    base = datasette.urls.database(database)
    if column == "page_id" or (table == "pages" and column == "id"):
        return Markup('<a href="{}/-/page/{}">{}</a>').format(base, value, value)
    if (table, column) == ("stories", "slug") or (column == "story" and isinstance(value, str)):
        return Markup('<a href="{}/-/story/{}">{}</a>').format(base, tilde_encode(value), value)
    if (table, column) == ("changes", "summary"):
        return Markup('<a href="{}/-/compare?a={}&amp;b={}">{}</a>').format(
            base, row["old_version_id"], row["new_version_id"], value
        )
    return None
