"""UTC times as the archive writes them. Contains no business logic."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present, in UTC. Called at the edges only: pure modules get the time as an argument."""
    return datetime.now(UTC)


def to_text(time: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and Z: text order is time order.

    >>> from datetime import timedelta, timezone
    >>> to_text(datetime(2023, 1, 20, 1, 30, tzinfo=timezone(timedelta(hours=2))))
    '2023-01-19T23:30:00.000Z'
    """
    if time.tzinfo is None:
        raise ValueError(f"a time without a zone: {time!r}")
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"


def from_text(text: str) -> datetime:
    """The inverse of `to_text`."""
    return datetime.fromisoformat(text)
