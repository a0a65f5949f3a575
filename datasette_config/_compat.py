"""What differs between Datasette 0.65 and the 1.0 alphas."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Forbidden

try:
    from datasette.resources import TableResource
except ImportError:  # 0.65
    TableResource = None

__all__ = ["Forbidden", "ensure_views", "set_metadata"]


async def ensure_views(datasette: Any, request: Any, database: str, views: tuple[str, ...]) -> None:
    """Raise `Forbidden` unless the actor may see every one of *views*."""
    for view in views:
        if TableResource is not None:
            resource = TableResource(database=database, table=view)
            await datasette.ensure_permission(action="view-table", resource=resource, actor=request.actor)
        else:
            await datasette.ensure_permissions(
                request.actor, [("view-table", (database, view)), ("view-database", database), "view-instance"]
            )


async def set_metadata(datasette: Any, database: str, tables: dict[str, dict[str, Any]]) -> None:
    """Describe the tables of a database in 1.0, where the user has not; in 0.65 the hook `get_metadata` does it."""
    if not hasattr(datasette, "set_resource_metadata"):
        return
    config = datasette.config.setdefault("databases", {}).setdefault(database, {}).setdefault("tables", {})
    for table, described in tables.items():
        known = await datasette.get_resource_metadata(database, table)
        for key, value in described.items():
            if key in ("title", "description"):
                if key not in known:
                    await datasette.set_resource_metadata(database, table, key, value)
            else:
                config.setdefault(table, {}).setdefault(key, value)
