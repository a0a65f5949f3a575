"""From the answer of a web archive to the capture of the page that it kept. Pure, but for one temporary file.

A capture of purpose "memento" or "warc_record" says what the archive answered. If that is the page, it becomes the page's
capture: its own address, its own time, its own status, with the archive as its origin; so a page's history begins before
the first visit. If it is not, the capture stays what it is, and says why it is no page.
"""

from __future__ import annotations

import re
import tempfile
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final, cast
from urllib.parse import unquote, urljoin

from archive.exceptions import ConfigError
from archive.types import Capture, Headers, Lead, Source
from archive.urls import url_key
from archive.warc import BadRecord, Skipped, read_warc

MAX_DRIFT: Final = timedelta(days=1)
"""An archive that lacks the capture asked for gives the nearest one. A day is what edgi's `wayback` allows too."""

MAX_INFLATED: Final = 64 * 1024 * 1024

_MEMENTO = re.compile(r"https?://[^/]+/web/(\d{4,14})[a-z]{0,2}_?/(.+)", re.DOTALL)
_ORIGINAL = re.compile(r'<([^>]+)>\s*;\s*rel="?original"?')
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class MementoUrl:
    """What the address of a memento says."""

    at: datetime
    url: str


def is_memento(headers: Headers) -> bool:
    """Whether an answer is what an archive kept, whatever its status: an archived 429 is not ours to obey."""
    return any(name == "memento-datetime" for name, _ in headers)


def byte_range(url: str) -> str | None:
    """The value of the Range header for the URL of a WARC record, which carries it behind "#"."""
    found = _RANGE.fullmatch(url.partition("#")[2])
    return found[0] if found else None


def page_of(capture: Capture) -> Capture:
    """The capture of the page that an archive's answer holds; *capture* itself, with the reason, where it holds none."""
    if capture.error_class is not None:
        return capture
    if capture.purpose == "memento":
        return _page_of_memento(capture)
    return _page_of_record(capture) if capture.purpose == "warc_record" else capture


def leads_of(answer: Capture, page: Capture, source: str) -> tuple[Lead, ...]:
    """Where an archived redirect led: the archive's capture of that address at the same time."""
    location = answer.header("location")
    if page is answer or page.status not in (301, 302, 303, 307, 308) or not location:
        return ()
    target = urljoin(answer.final_url, location)
    if parse_memento_url(target) is None:
        return ()
    note = f"{page.url} redirected there on {page.started_at:%Y-%m-%d}"
    return (Lead(target, cast("Source", source), answer.url, purpose="memento", note=note),)


# --- mementos -------------------------------------------------------------------------------------


def parse_memento_url(url: str) -> MementoUrl | None:
    """Time and original address in the address of a memento; None if it is none.

    >>> parse_memento_url("https://web.archive.org/web/20150503090125id_/http://www.fws.gov/birds/").url
    'http://www.fws.gov/birds/'
    """
    found = _MEMENTO.fullmatch(url)
    if found is None:
        return None
    try:
        at = datetime.strptime(f"{found[1]}{'00000101000000'[len(found[1]) :]} +0000", "%Y%m%d%H%M%S %z")
    except ValueError:
        return None
    # Some clients escape the address, and its colons with it.
    original = unquote(found[2]) if re.match(r"https?%3A", found[2], re.IGNORECASE) else found[2]
    return MementoUrl(at, original)


def _page_of_memento(capture: Capture) -> Capture:
    asked = parse_memento_url(capture.url)
    got = parse_memento_url(capture.final_url)
    at = _http_time(capture.header("memento-datetime"))
    if at is None or asked is None or got is None:
        return replace(capture, error_detail=_why_no_memento(capture))
    linked = _ORIGINAL.search(capture.header("link") or "")
    original = linked[1] if linked else got.url
    if url_key(original) != url_key(asked.url):
        return replace(capture, error_detail=f"the archive answered with another page: {original}")
    drift = abs(at - asked.at)
    if drift > MAX_DRIFT:
        detail = (
            f"the archive answered with its capture of {at:%Y-%m-%d %H:%M} UTC, {_days(drift)} from the one asked for"
        )
        return replace(capture, error_detail=detail)
    headers = _original_headers(capture)
    return Capture(
        url=asked.url,
        purpose="page",
        started_at=at,
        finished_at=at,
        final_url=asked.url,
        status=capture.status,
        headers=headers,
        body=_original_body(capture.body, headers),
        origin="wayback",
        origin_ref=capture.final_url,
        frontier_id=capture.frontier_id,
    )


def _why_no_memento(capture: Capture) -> str:
    text = (capture.body or b"")[:4000].decode("utf-8", "replace")
    if "has been excluded" in text or "AccessControlException" in text:
        return "the archive does not show this page: it has been excluded"
    if capture.status == 404:
        return "the archive has no such capture"
    if capture.status is not None and capture.status >= 400:
        return f"the archive itself answered {capture.status}"
    return "the archive answered with a page of its own, without the time of a capture"


def _days(time: timedelta) -> str:
    return f"{time / timedelta(days=1):.0f} days"


def _http_time(text: str | None) -> datetime | None:
    try:
        time = parsedate_to_datetime(text or "")
    except (ValueError, TypeError):
        return None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _original_headers(capture: Capture) -> Headers:
    """What the page's own server sent. Where it led is known from the archive's redirect only."""
    prefix = "x-archive-orig-"
    headers = [(name.removeprefix(prefix), value) for name, value in capture.headers if name.startswith(prefix)]
    names = {name for name, _ in headers}
    content_type = capture.header("content-type")
    if "content-type" not in names and content_type:
        headers.append(("content-type", content_type))
    location = capture.header("location")
    if "location" not in names and location:
        target = _MEMENTO.fullmatch(location) or re.fullmatch(r"/web/(\d{4,14})[a-z]{0,2}_?/(.+)", location)
        headers.append(("location", target[2] if target else location))
    return tuple(headers)


def _original_body(body: bytes | None, headers: Headers) -> bytes | None:
    """*body* as the page's server meant it: some were stored packed, and the archive then forgets to say so."""
    if not body or body[:2] != b"\x1f\x8b" or not any(name == "content-encoding" for name, _ in headers):
        return body
    unpacker = zlib.decompressobj(31)
    try:
        unpacked = unpacker.decompress(body, MAX_INFLATED)
    except zlib.error:
        return body
    return unpacked if unpacker.eof else body


# --- records of WARC files ------------------------------------------------------------------------


def _page_of_record(capture: Capture) -> Capture:
    if capture.status != 206 or not capture.body:
        said = f"it answered {capture.status} in place of a part (206)" if capture.status != 206 else "it sent nothing"
        return replace(capture, error_detail=f"no record came: {said}")
    with tempfile.NamedTemporaryFile(suffix=".warc.gz") as file:
        file.write(capture.body)
        file.flush()
        try:
            items = list(read_warc(Path(file.name)))
        except ConfigError as error:
            return replace(capture, error_class="decoding", error_detail=f"the range holds no record: {error.cause}")
    for item in items:
        if isinstance(item, Capture) and not (item.origin_ref or "").endswith("-without-body"):
            return replace(
                item,
                purpose="page",
                origin="commoncrawl",
                origin_ref=capture.url,
                frontier_id=capture.frontier_id,
            )
    reasons = [
        item.reason if isinstance(item, (BadRecord, Skipped)) else item.error_detail or "a repetition without its body"
        for item in items
    ]
    detail = f"the record cannot be read: {'; '.join(reasons) or 'the range holds none'}"
    return replace(capture, error_class="decoding", error_detail=detail, body=capture.body)
