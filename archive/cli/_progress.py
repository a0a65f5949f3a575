"""Progress on long work: one moving line on a terminal, a line a minute elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from archive.histories import Summary


class Progress:
    """Shows how far work has come. Writes to standard error, so that output stays clean."""

    def __init__(self, verb: str, quiet: bool = False) -> None:
        self._verb = verb
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._started = self._shown = time.monotonic()
        self._dirty = False

    def captures(self, summary: Summary, left: int) -> None:
        """Called after each capture."""
        rate = summary.read / max(time.monotonic() - self._started, 0.001)
        self._show(f"{self._verb}: {summary.read} captures, {rate:.0f} a second; {summary.new_versions} new versions")

    def _show(self, line: str) -> None:
        now = time.monotonic()
        if self._quiet or now - self._shown < (0.2 if self._terminal else 60):
            return
        self._shown = now
        if self._terminal:
            click.echo(f"\r\x1b[K{line}", err=True, nl=False)
            self._dirty = True
        else:
            click.echo(line, err=True)

    def matches(self, summary: Summary, left: int) -> None:
        """Called after each batch of comparisons."""
        self._show(f"{self._verb}: {summary.matched} comparisons that say something")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._dirty:
            click.echo("\r\x1b[K", err=True, nl=False)


def summary_lines(summary: Summary) -> list[str]:
    """What one processing did, in words."""
    decisions = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in summary.decisions.most_common())
    lines = [f"Read {summary.read} captures" + (f": {decisions}." if decisions else ".")]
    if summary.new_versions or summary.changes:
        lines.append(f"{summary.new_versions} new versions, {summary.changes} changes.")
    if summary.kinds:
        kinds = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in summary.kinds.most_common())
        lines.append(f"Matched {summary.matched} versions: {kinds}.")
    lines += [f"Reference text taken from {text}." for text in summary.promoted]
    lines += [f"Could not be read: {text}" for text in summary.unreadable[:10]]
    if len(summary.unreadable) > 10:
        lines.append(f"… and {len(summary.unreadable) - 10} more that could not be read.")
    lines += summary.told
    if summary.stopped:
        lines.append("Stopped; the next run goes on here.")
    return lines


@contextmanager
def counting(verb: str, *, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """Progress over things that can be counted: to be told what is looked at, how many were, how many there are."""
    with Progress(verb, quiet) as progress:
        yield lambda what, done, total: progress._show(
            f"{verb} {what}" + (f": {done:,} of {total:,}" if total else " …")
        )
