"""The sources that can be asked, by name, and which of them a watch asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from archive.exceptions import ConfigError
from archive.types import Source
from crawler.discovery.search import (
    Manners,
    SearchSource,
    bing_news,
    commoncrawl,
    gdelt_articles,
    gdelt_doc,
    gdelt_ngrams,
    google_news,
    media_cloud,
    searxng,
    settings,
    wayback,
)

_MODULES = (wayback, commoncrawl, gdelt_articles, gdelt_ngrams, gdelt_doc, google_news, bing_news, searxng, media_cloud)

SOURCES: Final[Mapping[str, SearchSource]] = {module.SOURCE.name: module.SOURCE for module in _MODULES}


@dataclass(frozen=True, slots=True)
class Use:
    """A source that a watch asks, with what the watch says of it."""

    name: Source
    #: its own settings, checked and complete
    settings: Mapping[str, Any]
    #: its manners, but for what the watch sets otherwise: limits drift
    manners: Manners
    #: how often a question is put again
    every: timedelta
    #: the watch says nothing of it, and it is on all the same
    by_default: bool = False

    @property
    def source(self) -> SearchSource:
        return SOURCES[self.name]


def read_uses(
    table: Mapping[str, Any], place: Callable[[str], str], duration: Callable[[str], timedelta]
) -> tuple[Use, ...]:
    """The sources that `[sources.search]` leaves on.

    A source is set to true, to false, or to a table: its own keys, and `every`, `delay`, `pause` (durations) and `per_day`.
    *place* says where a key stands, *duration* reads "6h" and raises ValueError.

    Raises:
        ConfigError: an unknown source or key, or a value that cannot be meant.
    """
    for name in table:
        settings.check_keys({name: None}, tuple(SOURCES), place(name))
    return tuple(_uses(table, place, duration))


def _uses(table: Mapping[str, Any], place: Callable[[str], str], duration: Callable[[str], timedelta]) -> Iterator[Use]:
    for name, source in SOURCES.items():
        said = table.get(name, source.on_by_default)
        if said is False:
            continue
        by_default = name not in table
        if said is not True and not isinstance(said, dict):
            cause = f"`{name}`: must be true, false or a table of its settings, not {said!r}"
            raise ConfigError(cause, place=place(name), remedy=settings.REMEDY)
        yield replace(_use(source, {} if said is True else said, place(name), duration), by_default=by_default)


def _use(source: SearchSource, table: Mapping[str, Any], place: str, duration: Callable[[str], timedelta]) -> Use:
    def time(key: str, default: timedelta) -> timedelta:
        if key not in table:
            return default
        try:
            return duration(settings.value(table, key, "", place))
        except ValueError:
            cause = f'`{key}`: {table[key]!r} is no duration like "30m", "6h" or "3d"'
            raise ConfigError(cause, place=place, remedy=settings.REMEDY) from None

    usual = source.manners
    manners = replace(
        usual,
        delay=time("delay", timedelta(seconds=usual.delay)).total_seconds(),
        pause=time("pause", timedelta(seconds=usual.pause)).total_seconds(),
        per_day=settings.number(table, "per_day", usual.per_day, place),
    )
    own = {key: value for key, value in table.items() if key not in ("every", "delay", "pause", "per_day")}
    return Use(source.name, source.settings(own, place), manners, time("every", source.every))
