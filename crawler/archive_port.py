"""What a running crawl asks of the archive, and nothing more. `archive.store.Store` answers it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from archive.types import Capture, FrontierEntry, Lead

if TYPE_CHECKING:
    from archive.store import FrontierState, Requests, RunState, RunSummary, SourceOutcome


class ArchivePort(Protocol):
    """Each method is one short transaction: calling it on the event loop is fine."""

    def make_due(self, *, story_id: int, now: datetime) -> int:
        """Make every URL of the story due now."""

    def lease_due(
        self,
        *,
        story_id: int | None,
        limit: int,
        lease_seconds: float,
        now: datetime,
        busy_domains: Collection[str] = (),
        per_domain: int = 4,
        new_pages: bool = True,
        likeliest_first: bool = False,
    ) -> list[FrontierEntry]:
        """Due URLs for this crawl alone, a few per domain, none of the busy domains; what is known before new pages."""

    def frontier_state(self, story_id: int, now: datetime) -> FrontierState:
        """How many of the story's URLs stand where."""

    def queue_by_source(self, story_id: int, now: datetime) -> Mapping[str, int]:
        """Source -> how many of the URLs that it was the first to name are due."""

    def next_due(self, *, story_id: int | None, before: datetime) -> datetime | None:
        """When the next URL falls due, if that is before *before*."""

    def release(self, entry: FrontierEntry, *, due_at: datetime, reason: str) -> None:
        """Give a leased URL back unfetched."""

    def add_capture(
        self,
        capture: Capture,
        leads: Sequence[Lead] = (),
        *,
        run_id: int | None = None,
        story_id: int | None = None,
        reading: tuple[SourceOutcome, str | None] | None = None,
        next_due: datetime | None = None,
    ) -> int | None:
        """Capture, body, leads and the frontier row's next date (None: it is done with): all or nothing."""

    def requests_of(self, source: str, since: datetime) -> Requests:
        """What a source was asked since then, by all watches."""

    def count_due_of(self, source: str, story_id: int, now: datetime) -> int:
        """How many requests to a source are due."""

    def host_hold(self, host: str) -> datetime | None:
        """Until when the host asked to be left alone."""

    def hold_host(self, host: str, until: datetime, reason: str) -> None:
        """Leave the host alone until then."""

    def close_run(
        self,
        run_id: int,
        *,
        state: RunState,
        now: datetime,
        planned: int = 0,
        skipped: Mapping[str, int] | None = None,
        note: str | None = None,
    ) -> RunSummary:
        """End it; its counts are taken from its captures."""
