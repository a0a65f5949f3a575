"""The search sources of one run: whose requests are ours, whether there is budget left for them, what was not asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from archive.store import ASKED, SourceResult
from archive.types import FrontierEntry, Headers

if TYPE_CHECKING:
    from archive.store import Requests
    from crawler.discovery.search.registry import Use

DAY: Final = timedelta(days=1)


class SourceMemory(Protocol):
    """The part of the archive that knows what sources were asked."""

    def requests_of(self, source: str, since: datetime) -> Requests: ...
    def count_due_of(self, source: str, story_id: int, now: datetime) -> int: ...


@dataclass(slots=True)
class _Budget:
    left: int
    #: when the next request of the last 24 hours is a day old
    opens: datetime


@dataclass(slots=True)
class _Unasked:
    #: frontier ids of what was given back for lack of budget, and of what waits for a host that wants to be left alone
    over_budget: dict[int, datetime] = field(default_factory=dict)
    held: dict[int, datetime] = field(default_factory=dict)


class Desk:
    """Keeps the daily budgets, all watches together: the archive remembers what earlier runs asked."""

    def __init__(self, uses: tuple[Use, ...], memory: SourceMemory, now: datetime) -> None:
        self._uses: Mapping[str, Use] = {use.name: use for use in uses}
        self._memory = memory
        self._unasked = {name: _Unasked() for name in self._uses}
        self._budgets: dict[str, _Budget] = {}
        for name, use in self._uses.items():
            asked = memory.requests_of(name, now - DAY)
            self._budgets[name] = _Budget(use.manners.per_day - asked.count, (asked.first or now) + DAY)

    def use_of(self, entry: FrontierEntry) -> Use | None:
        """The source that *entry* is a request to; None for a page, and for a source that the watch switched off."""
        return self._uses.get(entry.why) if entry.purpose in ASKED else None

    def is_ours(self, entry: FrontierEntry) -> bool:
        return entry.purpose not in ASKED or entry.why in self._uses

    def closed_until(self, entry: FrontierEntry, now: datetime) -> datetime | None:
        """When the budget of *entry*'s source opens again; None if it may be asked now."""
        use = self.use_of(entry)
        if use is None or self._budgets[use.name].left > 0:
            return None
        return max(self._budgets[use.name].opens, now + timedelta(minutes=1))

    def asked(self, entry: FrontierEntry) -> None:
        if (use := self.use_of(entry)) is not None:
            self._budgets[use.name].left -= 1
            for given_back in (self._unasked[use.name].over_budget, self._unasked[use.name].held):
                given_back.pop(entry.id, None)

    def given_back(self, entry: FrontierEntry, why: str, until: datetime | None, *, sent: bool) -> None:
        """*entry* goes back to the frontier; *sent* says that it was counted as asked before."""
        use = self.use_of(entry)
        if use is None:
            return
        if sent:
            self._budgets[use.name].left += 1
        if until is not None:
            unasked = self._unasked[use.name]
            (unasked.held if why == "held" else unasked.over_budget)[entry.id] = until

    def unasked(self, watch: str, story_id: int, now: datetime) -> Iterator[SourceResult]:
        """A row for each source that was not asked all that was due, with the reason."""
        for name, use in self._uses.items():
            unasked = self._unasked[name]
            due = self._memory.count_due_of(name, story_id, now)
            reasons = []
            if unasked.held:
                until = max(unasked.held.values())
                reasons.append(f"{_requests(unasked.held)}: rate limited until {until:%Y-%m-%d %H:%M:%S} UTC")
            if unasked.over_budget:
                until = max(unasked.over_budget.values())
                limit = f"the daily budget of {use.manners.per_day} requests is used up"
                reasons.append(f"{_requests(unasked.over_budget)}: {limit}; due again {until:%Y-%m-%d %H:%M} UTC")
            if due:
                reasons.append(f"{due} requests: left to the next run")
            if reasons:
                outcome = "limited" if unasked.held else "not_asked"
                yield SourceResult(name, watch, outcome, f"not asked: {'; '.join(reasons)}", leads=0, new_leads=0)


def _requests(given_back: Mapping[int, datetime]) -> str:
    return "1 request" if len(given_back) == 1 else f"{len(given_back)} requests"


def refusal_hold(use: Use | None, headers: Headers, now: datetime) -> datetime | None:
    """Until when a source is left alone that refused without saying for how long; None if it said so, or is none."""
    if use is None or any(name == "retry-after" for name, _ in headers):
        return None
    return now + timedelta(seconds=use.manners.pause)
