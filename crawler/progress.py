"""How a crawl goes, a line a source: what was fetched, how fast, what waits, and for whom. Pure, but for `Screen`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

MOST_LINES = 12
"""A watch has rarely more sources at work at once; the rest are named in one line."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source in a running crawl: a feed, the sitemaps, a web archive, the pages that the watch names."""

    source: str
    fetched: int = 0
    #: requests on their way, or waiting for their host's delay
    in_flight: int = 0
    #: URLs that it named and that are due
    queue: int = 0
    #: seconds until the host for which it waits longest may be asked, and that host; 0 and "" if it waits for none
    wait: float = 0.0
    host: str = ""


def lines(sources: Sequence[SourceLine], seconds: float) -> list[str]:
    """The busiest sources, a line each.

    >>> for line in lines([SourceLine("feed", 12, 1, 40, 4.6, "a.test"), SourceLine("given", 3, 0, 2)], 6.0):
    ...     print(line)
      feed              12 fetched    2.0/s      40 queued  waiting 5 s for a.test
      given              3 fetched    0.5/s       2 queued  waiting for its turn
    """
    shown = sorted(sources, key=lambda one: (-one.in_flight, -one.queue, -one.fetched, one.source))
    told = [_line(one, seconds) for one in shown[:MOST_LINES]]
    if len(shown) > MOST_LINES:
        told.append(f"  and {len(shown) - MOST_LINES} more sources")
    return told


def _line(one: SourceLine, seconds: float) -> str:
    if one.wait >= 1:
        waits = f"  waiting {one.wait:.0f} s for {one.host}"
    elif one.in_flight:
        waits = f"  {one.in_flight} on their way"
    else:
        waits = "  waiting for its turn" if one.queue else ""
    rate = one.fetched / max(seconds, 0.001)
    return f"  {one.source.replace('_', ' '):<14}{one.fetched:>6} fetched {rate:>6.1f}/s {one.queue:>7} queued{waits}"


class Screen:
    """Lines at the end of a terminal that are overwritten in place: one write each time, and only if they differ."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._shown: list[str] = []

    def show(self, lines: Sequence[str], columns: int, rows: int) -> None:
        """Put *lines* where the last ones were, cut to what fits."""
        fitting = [line[: max(columns - 1, 1)] for line in lines[: max(rows - 1, 1)]]
        if fitting == self._shown:
            return
        self._write(self._up() + "".join(f"{line}\x1b[K\n" for line in fitting) + "\x1b[J")
        self._shown = fitting

    def clear(self) -> None:
        """Take the lines away, so that something else may be written."""
        if self._shown:
            self._write(self._up() + "\x1b[J")
            self._shown = []

    def _up(self) -> str:
        return f"\r\x1b[{len(self._shown)}A" if self._shown else ""
