"""Who may do what here, beyond what Datasette's own configuration says. No SQL of pages, no markup.

**Withheld pages.** The views leave out what a withheld page says. Tables, and SQL that reads them, would show it; so while
an archive withholds anything, its tables that hold words of pages, SQL of readers' own, stored queries and the file itself
are closed to everybody. A published copy, which does not hold the words, stays open.

**Notes.** `afterprint-note` allows to annotate. It is asked of the plugin's configuration (`notes`, an allow block as
everywhere in Datasette); if that says nothing, only the root actor of `datasette --root` may. Nobody may without an id.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from datasette.utils import actor_matches_allow

from datasette_config import queries
from datasette_config._compat import PermissionSQL
from datasette_config.web import is_archive

_log = logging.getLogger(__name__)

NOTE = "afterprint-note"
"""The permission to annotate an archive."""

PLUGIN = "afterprint"

CLOSED_TABLES = (
    "extraction", "body", "capture", "change", "passage", "match", "direction", "lead", "story_text", "alert", "annotation",
    "withholding", "version_fts", "version_fts_content", "version_fts_data", "version_fts_idx", "version_fts_docsize",
    "version_fts_config",
)  # fmt: skip
"""Tables that hold words of pages, or who asked not to show them."""

CLOSED_ACTIONS = ("execute-sql", "execute-write-sql", "view-query", "view-database-download")

WHY = "pages of this archive are withheld"


async def archives_with_secrets(datasette: Any) -> list[str]:
    """Names of the databases served here whose file holds words that are withheld, or cannot be asked whether."""
    found = []
    for name, database in datasette.databases.items():
        if name.startswith("_"):
            continue
        try:
            if await is_archive(database) and (await database.execute(queries.HOLDS_WITHHELD_WORDS)).single_value():
                found.append(name)
        except Exception:  # noqa: BLE001 - whatever it is, in doubt nothing is shown
            _log.exception("%s cannot be asked what it withholds, so its tables are closed", name)
            found.append(name)
    return found


async def is_closed(datasette: Any, action: str, resource: Any) -> bool:
    """Whether something that words of withheld pages could be read by is closed, to everybody."""
    database, table = resource if isinstance(resource, tuple | list) else (resource, None)
    if action == "view-table":
        return table in CLOSED_TABLES and database in await archives_with_secrets(datasette)
    if action not in CLOSED_ACTIONS:
        return False
    secret = await archives_with_secrets(datasette)
    # With --crossdb, SQL on "_memory" reads every database.
    return database in secret or (database == "_memory" and datasette.crossdb and bool(secret))


async def closed_resources(datasette: Any, action: str) -> list[tuple[str, str | None]]:
    """The same as (database, table) for Datasette 1.0; None for a whole database."""
    if action != "view-table" and action not in CLOSED_ACTIONS:
        return []
    secret = await archives_with_secrets(datasette)
    if action == "view-table":
        return [(name, table) for name in secret for table in CLOSED_TABLES]
    return [(name, None) for name in [*secret, *(["_memory"] if secret and datasette.crossdb else [])]]


def may_note(datasette: Any, actor: Any, database: str) -> bool | None:
    """What the plugin's configuration says of an actor who wants to annotate; None if it leaves that to others."""
    if not actor or not actor.get("id"):
        return False
    # 1.0a41 forgets to fall back to the top where something else is configured for the database.
    configured = datasette.plugin_config(PLUGIN, database=database) or datasette.plugin_config(PLUGIN) or {}
    if "notes" in configured:
        return bool(actor_matches_allow(actor, configured["notes"]))
    return True if actor["id"] == "root" else None


async def opinion(datasette: Any, actor: Any, action: str, resource: Any) -> bool | None:
    """Ours on one question of Datasette 0.65; None if it is not ours."""
    if action == NOTE:
        return may_note(datasette, actor, resource)
    return False if await is_closed(datasette, action, resource) else None


async def rules(datasette: Any, actor: Any, action: str) -> Any:
    """Ours for all resources at once, as Datasette 1.0 asks for them; None if there are none."""
    if action == NOTE:
        names = [name for name in datasette.databases if not name.startswith("_")]
        said: list[tuple[str, str | None, bool | None]] = [
            (name, None, may_note(datasette, actor, name)) for name in names
        ]
    else:
        said = [(*resource, False) for resource in await closed_resources(datasette, action)]
    said = [rule for rule in said if rule[2] is not None]
    if not said:
        return None
    key = f"afterprint_{action.replace('-', '_')}"
    sql = f"""SELECT value ->> 0 AS parent, value ->> 1 AS child, value ->> 2 AS allow, :{key}_why AS reason
              FROM json_each(:{key})"""
    if action == "view-query":
        # Who stored a query may run it by a rule for that query, which goes before one for its database.
        sql += f""" UNION ALL SELECT q.database_name, q.name, 0, :{key}_why FROM queries q
                    JOIN json_each(:{key}) closed ON closed.value ->> 0 = q.database_name"""
    why = "notes in the plugin's configuration" if action == NOTE else WHY
    return PermissionSQL(sql=sql, params={key: json.dumps(said), f"{key}_why": why})
