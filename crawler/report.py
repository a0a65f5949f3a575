"""What a run says at its end. Pure: a summary in, text out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.store import RunSummary


def summary_text(summary: RunSummary, failed_given: Iterable[tuple[str, str]] = ()) -> str:
    """The block printed when a run ends: a line for the run, one for each source, one for each kind of failure."""
    seconds = (summary.finished_at - summary.started_at).total_seconds() if summary.finished_at else 0.0
    head = f"Run {summary.id} of {summary.watch}: {summary.state} in {seconds:.0f} s"
    if summary.note:
        head += f" ({summary.note})"
    lines = [
        head,
        f"  {_count(summary.planned, 'URL')} asked, {summary.fetched} answered: "
        f"{summary.new} new, {summary.unchanged} unchanged",
    ]
    for source in summary.sources:
        found = f"{_count(source.leads, 'lead')}, {source.new_leads} new" if source.outcome == "ok" else source.outcome
        reason = f" ({source.reason})" if source.reason else ""
        lines.append(f"  {source.source:<11}{source.query}  {found.replace('_', ' ')}{reason}")
        if source.alarm:
            lines.append(f"  {'':<11}Alarm: {source.alarm}")
    lines += [f"  {'page':<11}{url}  failed ({cause})" for url, cause in failed_given]
    if summary.failed:
        lines.append(f"  failed     {_table(summary.failed)}")
    if summary.skipped:
        lines.append(f"  not asked  {_table(summary.skipped)}")
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    """
    >>> _count(1, "lead"), _count(2, "lead")
    ('1 lead', '2 leads')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _table(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in sorted(counts.items(), key=lambda pair: -pair[1]))


def exit_code(summary: RunSummary, failed_given: Iterable[tuple[str, str]] = ()) -> int:
    """0: all went well. 1: a source failed, a URL that the user named failed, or the run did."""
    if summary.state == "failed" or any(failed_given):
        return 1
    if any(source.outcome in ("failed", "unreadable", "refused") for source in summary.sources):
        return 1
    return 1 if summary.failed and not summary.fetched else 0
