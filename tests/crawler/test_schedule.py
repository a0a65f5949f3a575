"""When a URL is asked again: the table of `crawler.schedule`, row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive.types import Capture, FrontierEntry
from crawler.schedule import next_due, next_due_of_kept
from crawler.watch import Schedule

NOW = datetime(2023, 1, 20, 12, tzinfo=UTC)
SCHEDULE = Schedule(every=timedelta(hours=2), fresh=timedelta(minutes=10), fresh_for=timedelta(days=3))
YOUNG, OLD = NOW - timedelta(hours=5), NOW - timedelta(days=9)


def due_in(capture: dict[str, Any], *, attempts: int = 0, fresh_since: datetime | None = OLD) -> timedelta:
    entry = FrontierEntry(
        id=1,
        url="http://a.example/",
        purpose="page",
        domain="a.example",
        attempts=attempts,
        due_at=NOW,
        lease_until=NOW,
    )
    made = Capture(url=entry.url, purpose="page", started_at=NOW, finished_at=NOW, **capture)
    return next_due(SCHEDULE, made, entry, NOW, fresh_since=fresh_since) - NOW


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

ROWS: dict[str, tuple[dict[str, Any], dict[str, Any], timedelta]] = {
    "an old page, at every": ({"status": 200}, {}, 2 * HOUR),
    "a young page, after fresh": ({"status": 200}, {"fresh_since": YOUNG}, 10 * MINUTE),
    "age unknown, at every": ({"status": 200}, {"fresh_since": None}, 2 * HOUR),
    "304 counts as an answer": ({"status": 304, "not_modified": True}, {"fresh_since": YOUNG}, 10 * MINUTE),
    "first timeout, soon": ({"error_class": "timeout"}, {}, 5 * MINUTE),
    "third timeout, later": ({"error_class": "timeout"}, {"attempts": 2}, 20 * MINUTE),
    "the hundredth, at most a day": ({"error_class": "dns"}, {"attempts": 99}, DAY),
    "500 as a failure": ({"status": 500}, {"attempts": 1}, 10 * MINUTE),
    "429 without a time": ({"status": 429}, {}, 5 * MINUTE),
    "429 with a later time": ({"status": 429, "retry_at": NOW + HOUR}, {}, HOUR),
    "429 with an earlier time pulls nothing forward": ({"status": 429, "retry_at": NOW + MINUTE}, {}, 5 * MINUTE),
    "gone, slower": ({"status": 410}, {"fresh_since": YOUNG}, 6 * HOUR),
    "a wall, slower": ({"status": 403}, {}, 6 * HOUR),
    "forbidden by robots, not before every": ({"error_class": "robots"}, {}, 2 * HOUR),
    "forbidden for long, daily": ({"error_class": "robots"}, {"attempts": 50}, DAY),
    "refused by the guard, daily": ({"error_class": "guard"}, {}, DAY),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_next_due(row: tuple[dict[str, Any], dict[str, Any], timedelta]) -> None:
    capture, known, expected = row

    assert due_in(capture, **known) == expected


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
