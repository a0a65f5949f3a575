"""Publication times as sources write them. Contains no business logic."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_ZONES = {
    name: hours
    for hours, names in (
        (0, "z ut utc gmt wet"),
        (1, "cet bst west"),
        (2, "eet cest"),
        (3, "eest msk trt"),
        (-8, "pst"),
        (-7, "pdt mst"),
        (-6, "mdt cst"),
        (-5, "cdt est"),
        (-4, "edt"),
        (-3, "brt"),
        (9, "jst kst"),
        (10, "aest"),
        (11, "aedt"),
        (12, "nzst"),
        (13, "nzdt"),
    )
    for name in names.split()
}

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan jän ene gen",
            "feb fév fev",
            "mar mär maa mrt maerz",
            "apr avr abr",
            "may mai mei mag maj",
            "jun juin giu",
            "jul juil lug",
            "aug aoû aou ago",
            "sep set",
            "oct okt out ott",
            "nov",
            "dec dez déc dic",
        ),
        start=1,
    )
    for name in names.split()
}

_CLOCK = r"(?:(?:T|[\s,-]+)(?:at\s+)?(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?\s*"
_ZONE = r"\(?(?:([A-Za-z]{1,4})|(?:UTC|GMT)?([+-]\d{1,2}):?(\d{2})?)?\)?(?:\s*\([^)]*\))?"
_W3C = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?" + _CLOCK + _ZONE)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2}):?(\d{2})(?::?(\d{2}))?)?()" + _ZONE)
_SLASHES = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})" + _CLOCK + _ZONE)
_DAY_FIRST = re.compile(
    r"(?:[^\W\d]+(?:[.,]+\s*|\s+))?(\d{1,2})[.\s-]+([^\W\d]+)[.,\s-]+(\d{2}|\d{4})" + _CLOCK + _ZONE
)
_MONTH_FIRST = re.compile(
    r"(?:[^\W\d]+[.,]+\s+|[^\W\d]+\s+(?=[^\W\d]))?([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})"
    + _CLOCK
    + _ZONE
)
_ASCTIME = re.compile(r"[A-Za-z]{3} ([A-Za-z]{3}) (\d{1,2}) (\d\d):(\d\d):(\d\d)( [A-Z]{1,4})? (\d{4})")
_NUMBERS = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})" + _CLOCK + _ZONE)


def parse_time(text: object) -> datetime | None:
    """A publication time in UTC: RFC 822, W3C, Unix time and the usual broken forms. None if there is doubt.

    A time without a zone is read as UTC, an unknown zone too; a day as its first moment.
    `03/04/2023` is two days, so it is none.
    """
    if isinstance(text, int | float):
        text = str(int(text)) if abs(text) < 1e14 else ""
    if not isinstance(text, str) or len(text) > 100:
        return None
    text = _ASCTIME.sub(r"\2 \1 \7 \3:\4:\5\6", " ".join(text.split()))
    if found := _W3C.fullmatch(text) or _SLASHES.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3] or 1)
    elif re.fullmatch(r"\d{10}|\d{13}", text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    elif found := _DAY_FIRST.fullmatch(text):
        year, month, day = int(found[3]), _month(found[2]), int(found[1])
        if len(found[3]) == 2:
            year += 2000 if year < 70 else 1900
    elif found := _MONTH_FIRST.fullmatch(text):
        year, month, day = int(found[3]), _month(found[1]), int(found[2])
    elif found := _NUMBERS.fullmatch(text):
        year, day, month = int(found[3]), int(found[1]), int(found[2])
        if day <= 12 and month <= 12 and day != month:
            return None
        if month > 12:
            day, month = month, day
    else:
        return None
    return _in_utc(year, month, day, found.groups()[3:])


def _month(name: str) -> int:
    name = name.lower()
    return _MONTHS.get(name[:4]) or _MONTHS.get(name[:3]) or 0


def _in_utc(year: int, month: int, day: int, clock_and_zone: tuple[str | None, ...]) -> datetime | None:
    hours, minutes, seconds, half, zone_name, zone_hours, zone_minutes = clock_and_zone
    hour = int(hours or 0)
    if half:
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    offset = timedelta(hours=_ZONES.get((zone_name or "z").lower(), 0))
    if zone_hours:
        sign = -1 if zone_hours[0] == "-" else 1
        offset = timedelta(hours=int(zone_hours), minutes=sign * int(zone_minutes or 0))
    try:
        # "24:00" ends a day; a 60th second is a leap second.
        local = datetime(year, month, day, tzinfo=timezone(offset)) + timedelta(
            hours=hour, minutes=int(minutes or 0), seconds=min(int(seconds or 0), 59)
        )
        time = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    # The zero of a CMS, not a date: year 1 (Go, .NET), 1900 (Excel), 1970 (Unix).
    if hour > 24 or time.year < 1800 or (time.year in (1900, 1970) and (month, day) == (1, 1)):
        return None
    return time
