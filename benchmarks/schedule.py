"""How many edits are seen and how late, for what number of fetches: our revisit times against newsdiffs' and diffengine's.

    python -m benchmarks.schedule

3,000 pages are followed for a year in simulated time. How often they change is taken from what was counted:

- 35 % of articles are updated at all, between 20 % and 60 % from outlet to outlet; four in five of those only once or twice,
  one in twenty more than nine times: Y. Timmerman on 300,000 articles of six Flemish sites, 2019-2021, visited every 15
  minutes for a day (Future of Journalism, 2023). 27 % of 600,000 articles in nine months: Tsoukaladelis et al., "The Times,
  They Are A-Changin'".
- when they change was not published with it, and is assumed here: the first update comes in the first hours (median 2 h,
  log-normal, a factor of 4), the next after gaps of the same kind (median 1.5 h), and three pages in a hundred change once
  more, long after (evenly over the logarithm from a week to a year), as corrections and removals do.

newsdiffs: by the time since the last change, 15 min below 3 h, 1 h below a day, 3 h below a week, 3 days below 30, 30 days
below 360 (its `get_update_delay`). diffengine: when a fifth of the page's age has passed since the last visit.
Both are stretched by one factor until they make as many fetches as we do, with `fresh = "5m"`; the first line says what the
default, 30 min, gives, which bounds every delay from below. No rule asks twice within 5 minutes. An edit is seen if a visit falls between it and the next one of the page; it is late by the time until that visit.

The last line is one JSON object: `fetches_per_page_year`, `edits`, `edits_seen`, those of the others, and for each of them our
median delay divided by theirs.
"""

from __future__ import annotations

import bisect
import json
import math
import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from statistics import median

from crawler.schedule import GRID_ANCHOR, on_grid, page_wait
from crawler.watch import Schedule

PAGES = 3_000
SEED = 20230119
YEAR = 365 * 24.0
LEAST = 5 / 60

OUTLET_SHARES = (0.20, 0.25, 0.30, 0.35, 0.40, 0.60)
"""Share of articles that are updated, at six outlets; their mean is .35."""

Rule = Callable[[int, float, float, int], float]
"""The hour of the next visit, from the page, the hour now, that of the last change seen (0: none), and the changes seen."""


def edits_of(dice: random.Random) -> list[float]:
    """Hours after publication at which a page changes."""
    times: list[float] = []
    if dice.random() < dice.choice(OUTLET_SHARES):
        kind = dice.random()
        count = dice.choice((1, 1, 2)) if kind < 0.80 else dice.randint(3, 9) if kind < 0.95 else dice.randint(10, 25)
        at = 0.0
        for number in range(count):
            at += dice.lognormvariate(math.log(1.5 if number else 2.0), math.log(4))
            times.append(at)
    if dice.random() < 0.03:
        times.append(math.exp(dice.uniform(math.log(7 * 24), math.log(YEAR))))
    return sorted(at for at in times if at < YEAR)


def follow(pages: Sequence[Sequence[float]], rule: Rule) -> tuple[int, list[float]]:
    """Fetches, and the delays in hours of the edits seen."""
    fetches, delays = 0, []
    for page, edits in enumerate(pages):
        now, changed, changes, known = 0.0, 0.0, 0, 0
        while now < YEAR:
            fetches += 1
            past = bisect.bisect_right(edits, now)
            if past > known:
                delays.append(now - edits[past - 1])  # of several since the last visit, only the last is seen
                known, changed, changes = past, now, changes + 1
            now = max(rule(page, now, changed, changes), now + LEAST)
    return fetches, delays


def ours(schedule: Schedule) -> Rule:
    def rule(page: int, now: float, changed: float, changes: int) -> float:
        wait = page_wait(schedule, quiet=timedelta(hours=now - changed), age=timedelta(hours=now), changes=changes)
        # Published at any minute of the week.
        at = GRID_ANCHOR + timedelta(minutes=page * 7919 % 10080, hours=now)
        return now + (on_grid(at, wait, f"https://example.org/{page}") - at).total_seconds() / 3600

    return rule


NEWSDIFFS = ((3.0, 0.25), (24.0, 1.0), (168.0, 3.0), (720.0, 72.0), (8640.0, 720.0))


def newsdiffs(stretch: float) -> Rule:
    def rule(page: int, now: float, changed: float, changes: int) -> float:
        delay = next((delay for below, delay in NEWSDIFFS if now - changed < below), math.inf)
        return now + delay * stretch

    return rule


def diffengine(stretch: float) -> Rule:
    # Stale when the time since the last visit is a fifth of the age *then*.
    share = min(0.2 * stretch, 0.95)
    return lambda page, now, changed, changes: now / (1 - share)


def stretched(
    pages: Sequence[Sequence[float]], rule: Callable[[float], Rule], fetches: int
) -> tuple[float, list[float]]:
    """*rule* with as many *fetches*: its stretch, and what it saw."""
    low, high = 0.02, 4.5
    for _ in range(12):
        middle = math.sqrt(low * high)
        made, delays = follow(pages, rule(middle))
        if abs(made - fetches) < fetches * 0.002:
            break
        low, high = (middle, high) if made > fetches else (low, middle)
    return middle, delays


def main() -> dict[str, float]:
    dice = random.Random(SEED)
    pages = [edits_of(dice) for _ in range(PAGES)]
    fetches, seen = follow(pages, ours(Schedule()))
    print(f"by default: {fetches / PAGES:.1f} fetches, {len(seen)} edits, {median(seen) * 60:.1f} min late (median)")
    fetches, seen = follow(pages, ours(Schedule(fresh=timedelta(minutes=5))))
    figures: dict[str, float] = {
        "fetches_per_page_year": round(fetches / PAGES, 1),
        "edits": sum(map(len, pages)),
        "edits_seen": len(seen),
        "median_delay_minutes": round(median(seen) * 60, 1),
    }
    for name, rule in (("newsdiffs", newsdiffs), ("diffengine", diffengine)):
        stretch, delays = stretched(pages, rule, fetches)
        print(f"{name}: {len(delays)} edits, {median(delays) * 60:.1f} min late (median), stretched by {stretch:.2f}")
        figures[f"edits_seen_{name}"] = len(delays)
        figures[f"median_delay_ratio_{name}"] = round(median(seen) / median(delays), 3)
    print(json.dumps(figures))
    return figures


if __name__ == "__main__":
    main()
