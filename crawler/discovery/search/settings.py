"""Reading a source's own table of a watch. A mistake is a ConfigError that names the place, the key and the nearest key."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from archive.exceptions import ConfigError
from archive.urls import is_http

T = TypeVar("T")

REMEDY = "docs/watch-file.md lists every key."
_KINDS = {str: "text in quotes", int: "a whole number", bool: "true or false"}


def check_keys(table: Mapping[str, Any], known: Collection[str], place: str) -> None:
    """Raises ConfigError for a key of *table* that is none of *known*."""
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            remedy = f"Did you mean `{near[0]}`?" if near else f"Known keys here: {', '.join(sorted(known))}."
            raise ConfigError(f"unknown key `{key}`", place=place, remedy=remedy)


def value(table: Mapping[str, Any], key: str, default: T, place: str) -> T:
    """What *table* says of *key*, of the same type as *default*; *default* if it says nothing."""
    found = table.get(key, default)
    kind = type(default)
    if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
        raise ConfigError(f"`{key}`: must be {_KINDS[kind]}, not {found!r}", place=place, remedy=REMEDY)
    return found


def number(table: Mapping[str, Any], key: str, default: int, place: str) -> int:
    """A whole number above 0."""
    found = value(table, key, default, place)
    if found < 1:
        raise ConfigError(f"`{key}`: must be at least 1, not {found}", place=place, remedy=REMEDY)
    return found


def address(table: Mapping[str, Any], key: str, default: str, place: str) -> str:
    """An http(s) address, without a slash at its end."""
    found = value(table, key, default, place).strip()
    if not is_http(found):
        raise ConfigError(f"`{key}`: {found!r} is no http(s) URL", place=place, remedy=REMEDY)
    return found.rstrip("/")
