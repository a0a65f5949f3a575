"""When a URL is asked again: the table of `crawler.schedule`, row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.types import Capture, FrontierEntry, Story
from crawler.schedule import longest_wait, next_due, next_due_of_kept, on_grid, page_wait, visits_in_a_year
from crawler.watch import Schedule, Watch

NOW = datetime(2023, 1, 20, 12, tzinfo=UTC)
SCHEDULE = Schedule(every=timedelta(hours=2), fresh=timedelta(minutes=10), fresh_for=timedelta(days=3))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
YOUNG, OLD = NOW - timedelta(hours=5), NOW - timedelta(days=9)


def entry_of(**known: Any) -> FrontierEntry:
    defaults = {"purpose": "page", "attempts": 0, "added_at": OLD}
    return FrontierEntry(
        id=1, url="http://a.example/", domain="a.example", due_at=NOW, lease_until=NOW, **{**defaults, **known}
    )


def due_in(capture: dict[str, Any], known: dict[str, Any]) -> timedelta:
    entry = entry_of(**known)
    made = Capture(url=entry.url, purpose=entry.purpose, started_at=NOW, finished_at=NOW, **capture)
    return next_due(SCHEDULE, made, entry, NOW) - NOW


FEED = {"purpose": "feed"}
ROWS: dict[str, tuple[dict[str, Any], dict[str, Any], timedelta]] = {
    "an old source, at every": ({"status": 200}, FEED, 2 * HOUR),
    "a young source, after fresh": ({"status": 200}, {**FEED, "added_at": YOUNG}, 10 * MINUTE),
    "age of a source unknown, at every": ({"status": 200}, {**FEED, "added_at": None}, 2 * HOUR),
    "304 counts as an answer": ({"status": 304, "not_modified": True}, {**FEED, "added_at": YOUNG}, 10 * MINUTE),
    "a source that is gone, slower": ({"status": 404}, {**FEED, "added_at": YOUNG}, 6 * HOUR),
    "first timeout, soon": ({"error_class": "timeout"}, {}, 5 * MINUTE),
    "third timeout, later": ({"error_class": "timeout"}, {"attempts": 2}, 20 * MINUTE),
    "the hundredth, at most a day": ({"error_class": "dns"}, {"attempts": 99}, DAY),
    "500 as a failure": ({"status": 500}, {"attempts": 1}, 10 * MINUTE),
    "429 without a time": ({"status": 429}, {}, 5 * MINUTE),
    "429 with a later time": ({"status": 429, "retry_at": NOW + HOUR}, {}, HOUR),
    "429 with an earlier time pulls nothing forward": ({"status": 429, "retry_at": NOW + MINUTE}, {}, 5 * MINUTE),
    "forbidden by robots, not before every": ({"error_class": "robots"}, {}, 2 * HOUR),
    "forbidden for long, daily": ({"error_class": "robots"}, {"attempts": 50}, DAY),
    "refused by the guard, daily": ({"error_class": "guard"}, {}, DAY),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_next_due(row: tuple[dict[str, Any], dict[str, Any], timedelta]) -> None:
    capture, known, expected = row

    assert due_in(capture, known) == expected


USUAL = Schedule()  # every 6 h, fresh 30 min for 3 days
DEMO = Schedule(every=timedelta(seconds=1), fresh=timedelta(seconds=1))
DAILY = Schedule(every=DAY, fresh=6 * HOUR)
PATIENT = Schedule(every=6 * HOUR, fresh=MINUTE)

WAITS: dict[str, tuple[Schedule, timedelta, int, timedelta]] = {
    "just seen": (PATIENT, HOUR / 2, 0, 5 * MINUTE),
    "just seen: not sooner than fresh": (USUAL, HOUR, 0, 30 * MINUTE),
    "in the first hours": (PATIENT, 2 * HOUR, 0, 7.5 * MINUTE),
    "till the sixth": (PATIENT, 5 * HOUR, 0, 15 * MINUTE),
    "till the twelfth": (USUAL, 8 * HOUR, 0, 30 * MINUTE),
    "on the first day": (USUAL, 20 * HOUR, 0, 90 * MINUTE),
    "on the second, not later than every": (USUAL, 2 * DAY, 0, 6 * HOUR),
    "in the first week": (USUAL, 4 * DAY, 0, DAY),
    "in the first month": (USUAL, 8 * DAY, 0, 5 * DAY),
    "in the first year": (USUAL, 31 * DAY, 0, 60 * DAY),
    "the tail": (USUAL, 400 * DAY, 0, 90 * DAY),
    "the tail never ends": (USUAL, 9000 * DAY, 0, 90 * DAY),
    "a page of many changes is asked at its own rate": (USUAL, 20 * DAY, 20, DAY / 2),
    "one change makes no rate": (USUAL, 20 * DAY, 1, 5 * DAY),
    "its own rate makes no page slower": (USUAL, 31 * DAY, 2, 31 * DAY / 4),
    "the demo is asked every second": (DEMO, HOUR, 0, timedelta(seconds=1)),
    "and after a year every six minutes": (DEMO, 400 * DAY, 0, timedelta(minutes=6)),
    "daily while it is fresh: at fresh": (DAILY, HOUR, 0, 6 * HOUR),
    "daily, never sooner afterwards": (DAILY, 4 * DAY, 99, DAY),
}  # fmt: skip


@pytest.mark.parametrize("row", WAITS.values(), ids=WAITS)
def test_how_long_a_page_waits(row: tuple[Schedule, timedelta, int, timedelta]) -> None:
    schedule, quiet, changes, expected = row

    # Quiet ever since it was found, or the changes would have come in the last moment.
    assert page_wait(schedule, quiet=quiet, age=quiet, changes=changes) == expected


def answered(entry: FrontierEntry, **capture: Any) -> timedelta:
    made = Capture(url=entry.url, purpose="page", started_at=NOW, finished_at=NOW, **{"status": 200, **capture})
    return next_due(USUAL, made, entry, NOW) - NOW


def about(wait: timedelta, expected: timedelta) -> bool:
    return expected * 0.5 <= wait <= expected * 1.5


def test_after_any_change_a_page_of_the_slow_tail_is_fast_again() -> None:
    known = {"added_at": NOW - 800 * DAY, "visits": 90, "last_status": 200, "body_sha256": sha256(b"old").hexdigest()}

    assert about(answered(entry_of(**known), body=b"old"), 90 * DAY)
    assert about(answered(entry_of(**known), body=b"new"), 30 * MINUTE)
    assert about(answered(entry_of(**known, changed_at=NOW - 2 * DAY), body=b"old"), 6 * HOUR)
    assert about(answered(entry_of(**known, changed_at=NOW - 6 * DAY), body=b"old"), DAY)


def test_a_page_that_vanishes_or_comes_back_is_fast_again_and_then_slow() -> None:
    old = NOW - 800 * DAY

    assert about(answered(entry_of(added_at=old, last_status=200), status=404), 6 * HOUR)
    assert about(answered(entry_of(added_at=old, last_status=404), status=200, body=b"x"), 30 * MINUTE)
    assert about(answered(entry_of(added_at=old, last_status=404, changed_at=NOW - 90 * DAY), status=404), 60 * DAY)


def test_a_page_whose_bytes_change_at_each_visit_is_not_kept_fast_by_them() -> None:
    entry = entry_of(added_at=NOW - 800 * DAY, last_status=200, body_sha256="0" * 64, volatile=True)

    assert about(answered(entry, body=b"another advertisement"), 90 * DAY)


def test_a_server_only_pushes_later() -> None:
    page = entry_of(added_at=NOW - HOUR)

    assert answered(page, status=200, retry_at=NOW + DAY) == DAY
    assert about(answered(page, status=200, retry_at=NOW + MINUTE), 30 * MINUTE)


def test_visits_keep_their_pace_on_a_grid_and_the_pages_of_a_host_do_not_fall_due_together() -> None:
    urls = [f"http://a.example/{n}" for n in range(200)]
    first = {url: on_grid(NOW, 3 * HOUR, url) for url in urls}

    assert len(set(first.values())) == 200
    for url, at in first.items():
        assert about(at - NOW, 3 * HOUR)
        for late in range(0, 60, 7):  # fetched a little late, the next visit is on the grid again
            assert on_grid(at + late * MINUTE, 3 * HOUR, url) == at + 3 * HOUR


@pytest.mark.parametrize(
    ("capture", "attempts", "wait"),
    [
        ({"purpose": "page", "status": 200}, 0, None),
        ({"purpose": "page", "status": 503, "origin": "wayback"}, 0, None),
        ({"purpose": "memento", "status": 404}, 0, None),
        ({"purpose": "memento", "status": 503}, 1, 10 * MINUTE),
        ({"purpose": "memento", "status": 429, "retry_at": NOW + HOUR}, 0, HOUR),
        ({"purpose": "memento", "error_class": "timeout"}, 0, 5 * MINUTE),
        ({"purpose": "memento", "error_class": "timeout"}, 5, None),
        ({"purpose": "memento", "error_class": "robots"}, 0, DAY),
        ({"purpose": "warc_record", "error_class": "decoding", "status": 206}, 0, None),
    ],
    ids=["it came", "an archived 503 came", "never archived", "down", "asked too often", "no answer", "the sixth try",
         "robots.txt forbids", "a torn record"],
)  # fmt: skip
def test_what_an_archive_keeps_is_fetched_once(capture: dict[str, Any], attempts: int, wait: timedelta | None) -> None:
    entry = FrontierEntry(1, "http://a.example/", "memento", "a.example", attempts, NOW, NOW)
    due = next_due_of_kept(Capture(url=entry.url, started_at=NOW, finished_at=NOW, **capture), entry, NOW)

    assert (due - NOW if due is not None else None) == wait


def test_what_a_page_costs() -> None:
    first, later = visits_in_a_year(Schedule())
    assert 50 < first < 70, "the slow tail is what a year costs"
    assert later == pytest.approx(365 / 90)
    often, _ = visits_in_a_year(Schedule(fresh=timedelta(minutes=5)))
    assert often > first
    assert visits_in_a_year(Schedule(every=365 * DAY, fresh=365 * DAY))[0] == 1


@given(
    every=st.timedeltas(timedelta(seconds=1), 400 * DAY),
    fresh=st.timedeltas(timedelta(seconds=1), 400 * DAY),
    quiet=st.timedeltas(timedelta(0), 4000 * DAY),
    changes=st.integers(0, 50),
)
def test_nothing_is_ever_due_later_than_the_longest_wait(
    every: timedelta, fresh: timedelta, quiet: timedelta, changes: int
) -> None:
    schedule = Schedule(every=every, fresh=fresh)
    wait = page_wait(schedule, quiet=quiet, age=quiet, changes=changes)
    due = on_grid(NOW, wait, "https://a.example/")
    assert due - NOW <= longest_wait(Watch("w", Story("w", "W"), schedule=schedule))
