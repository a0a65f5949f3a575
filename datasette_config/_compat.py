"""What differs between Datasette 0.65 and the 1.0 alphas, and the types that neither declares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import datasette
from datasette.utils.asgi import Forbidden

try:
    from datasette.resources import TableResource
except ImportError:  # 0.65
    TableResource = None

try:
    from datasette.permissions import Action, PermissionSQL
    from datasette.resources import DatabaseResource
except ImportError:  # 0.65
    Action = PermissionSQL = DatabaseResource = None

__all__ = [
    "Action",
    "DatabaseResource",
    "Forbidden",
    "PermissionSQL",
    "ensure_views",
    "hookimpl",
    "last_hookimpl",
    "may",
    "set_metadata",
]

Hook = TypeVar("Hook", bound=Callable[..., Any])


def hookimpl(hook: Hook) -> Hook:
    """`datasette.hookimpl`, which leaves a function as it is."""
    return cast(Hook, datasette.hookimpl(hook))


def last_hookimpl(hook: Hook) -> Hook:
    """The same for a hook that is asked after all others: in 0.65 the last opinion on a permission counts."""
    return cast(Hook, datasette.hookimpl(trylast=True)(hook))


async def may(ds: Any, actor: Any, action: str, database: str) -> bool:
    """Whether the actor may do something with a whole database. What nobody said is no."""
    if DatabaseResource is not None:
        return bool(await ds.allowed(action=action, resource=DatabaseResource(database), actor=actor))
    return bool(await ds.permission_allowed(actor, action, resource=database, default=False))


async def ensure_views(ds: Any, request: Any, database: str, views: tuple[str, ...]) -> None:
    """Raise `Forbidden` unless the actor may see every one of *views*."""
    for view in views:
        if TableResource is not None:
            resource = TableResource(database=database, table=view)
            await ds.ensure_permission(action="view-table", resource=resource, actor=request.actor)
        else:
            await ds.ensure_permissions(
                request.actor, [("view-table", (database, view)), ("view-database", database), "view-instance"]
            )


async def set_metadata(ds: Any, database: str, tables: dict[str, dict[str, Any]]) -> None:
    """Describe the tables of a database in 1.0, where the user has not; in 0.65 the hook `get_metadata` does it."""
    if not hasattr(ds, "set_resource_metadata"):
        return
    config = ds.config.setdefault("databases", {}).setdefault(database, {}).setdefault("tables", {})
    for table, described in tables.items():
        known = await ds.get_resource_metadata(database, table)
        for key, value in described.items():
            if key in ("title", "description"):
                if key not in known:
                    await ds.set_resource_metadata(database, table, key, value)
            else:
                config.setdefault(table, {}).setdefault(key, value)
