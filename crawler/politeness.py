"""What hosts ask of crawlers, read from their answers: Retry-After and robots.txt. Pure, but for `HostHolds`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, Protocol

from protego import Protego

from archive.types import ErrorClass, Headers
from archive.urls import host_port

PRODUCT: Final = "afterprint"
"""The name to which a robots.txt speaks."""

DEFAULT_HOLD: Final = {429: timedelta(seconds=60), 503: timedelta(seconds=30)}
"""How long a host is left alone that says "too many requests" or "not now", but not until when."""

MAX_HOLD: Final = timedelta(days=1)
"""A Retry-After beyond this is cut: a mistyped date must not silence an outlet for years."""

MAX_CRAWL_DELAY: Final = 120.0
"""Seconds. A Crawl-delay beyond this is cut: some files say 86400."""

MAX_ROBOTS_SIZE: Final = 500 * 1024
"""Bytes of a robots.txt that are read, the least that RFC 9309 asks for."""

MAX_ROBOTS_REDIRECTS: Final = 5


def user_agent(contact: str, version: str) -> str:
    """Who we are and whom to tell: no crawl runs under a browser's name.

    >>> user_agent("desk@example.org", "0.1.0")
    'afterprint/0.1.0 (+desk@example.org)'
    """
    return f"{PRODUCT}/{version} (+{contact})" if contact else f"{PRODUCT}/{version}"


def host_key(url: str) -> str:
    """The name under which a URL's host is held: without the port where it is the usual one, for http and https alike.

    >>> host_key("https://Example.com/a"), host_key("http://example.com:8080/")
    ('example.com', 'example.com:8080')
    """
    found = host_port(url)
    if found is None:
        return ""
    host, port = found
    return host if port in (80, 443) else f"{host}:{port}"


# --- Retry-After ---------------------------------------------------------------------------------


def retry_at(status: int, headers: Headers, now: datetime) -> datetime | None:
    """From when on the host may be asked again, if its answer says that now it may not; else None."""
    default = DEFAULT_HOLD.get(status)
    if default is None:
        return None
    value = next((value for name, value in headers if name == "retry-after"), None)
    wait = retry_after(value, headers, now) if value is not None else None
    return now + min(wait if wait is not None else default, MAX_HOLD)


def repeated_hold(refusals: int) -> timedelta:
    """The least hold after *refusals* in a row before this one: a host that says "in a second" each time is not asked
    each second.

    >>> [str(repeated_hold(n)) for n in (0, 1, 2, 99)]
    ['0:00:00', '0:04:00', '0:08:00', '1 day, 0:00:00']
    """
    return min(DEFAULT_HOLD[429] * (2 << min(refusals, 12)), MAX_HOLD) if refusals else timedelta(0)


def retry_after(value: str, headers: Headers, now: datetime) -> timedelta | None:
    """How long a Retry-After header asks to wait; None if it cannot be read.

    A date is measured against the answer's own Date header: the server's clock may be wrong, but it is one clock.

    >>> now = datetime(2023, 1, 20, 12, tzinfo=UTC)
    >>> retry_after("90", (), now)
    datetime.timedelta(seconds=90)
    >>> retry_after("Fri, 20 Jan 2023 12:05:00 GMT", (("date", "Fri, 20 Jan 2023 12:04:00 GMT"),), now)
    datetime.timedelta(seconds=60)
    """
    text = value.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text), int(MAX_HOLD.total_seconds())))
    until = _http_date(text)
    if until is None:
        return None
    sent = next((_http_date(value) for name, value in headers if name == "date"), None)
    return max(until - (sent or now), timedelta(0))


def _http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


class HoldStore(Protocol):
    """The part of the archive that remembers holds between runs."""

    def host_hold(self, host: str) -> datetime | None: ...
    def hold_host(self, host: str, until: datetime, reason: str) -> None: ...


class HostHolds:
    """Which hosts are to be left alone, until when. Remembered in the archive: the next run keeps it too."""

    def __init__(self, store: HoldStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._until: dict[str, datetime | None] = {}

    def until(self, host: str) -> datetime | None:
        """The end of the hold on *host*, None if it may be asked now."""
        if host not in self._until:
            self._until[host] = self._store.host_hold(host)
        until = self._until[host]
        return until if until is not None and until > self._now() else None

    def hold(self, host: str, until: datetime, reason: str) -> None:
        """Leave *host* alone until then; a hold is never shortened."""
        known = self._until.get(host)
        if known is None or until > known:
            self._until[host] = until
            self._store.hold_host(host, until, reason)


# --- robots.txt ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Robots:
    """What a robots.txt allows us."""

    #: None: everything is allowed
    rules: Protego | None = None
    #: why nothing is allowed for now; None if that is not so
    refusal: tuple[ErrorClass, str] | None = None

    def refuses(self, url: str) -> tuple[ErrorClass, str] | None:
        """The error class and the reason if *url* may not be fetched, else None."""
        if self.refusal is not None:
            return self.refusal
        if self.rules is not None and not self.rules.can_fetch(url, PRODUCT):
            return "robots", f"robots.txt disallows it for {PRODUCT}"
        return None

    @property
    def crawl_delay(self) -> float | None:
        """Seconds between two requests, if it asks for any; cut at `MAX_CRAWL_DELAY`."""
        delay = self.rules.crawl_delay(PRODUCT) if self.rules is not None else None
        return min(float(delay), MAX_CRAWL_DELAY) if delay and delay > 0 else None


def read_robots(status: int, body: bytes | None) -> Robots:
    """RFC 9309: 2xx is read, 4xx allows all, 5xx forbids all until it answers again.

    429 is a 4xx that says "not now", and redirects that lead nowhere count as no file.
    """
    if 200 <= status < 300:
        text = (body or b"")[:MAX_ROBOTS_SIZE].decode("utf-8-sig", errors="replace")
        return Robots(rules=Protego.parse(text))
    if status == 429 or status >= 500:
        return Robots(refusal=("robots", f"robots.txt answered {status}, so nothing of the host is fetched for now"))
    return Robots()


def robots_failure(error_class: ErrorClass, detail: str) -> Robots:
    """What follows from a robots.txt that did not answer.

    If the host cannot be reached at all, its pages fail in the same way and say so; if it was reached but the file
    could not be had, that is robots' doing. Redirects without end count as no file (RFC 9309, 2.3.1.2).
    """
    if error_class == "too_many_redirects":
        return Robots()
    if error_class in ("dns", "tls", "connection", "guard"):
        return Robots(refusal=(error_class, detail))
    return Robots(refusal=("robots", f"robots.txt could not be read ({error_class}: {detail})"))
