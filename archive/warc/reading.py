"""What the records of WARC and ARC files mean: captures, for the most part.

- response: a capture, with its encodings undone. Answers to other methods than GET are skipped.
- revisit: a capture whose body is that of the record it refers to, in any of the files that are read together.
- resource: a capture of a file without its HTTP answer; it is taken as status 200 and says so.
- all others (request, metadata, warcinfo, conversion, continuation), and addresses other than http(s): skipped.

**Identity.** `origin_ref` is the WARC-Record-ID with a hash of URL, date and block. The id alone does not do: files in
circulation use one id for several records. The file's name and offset do not do either: files are renamed, merged
and compressed again. So a record is known wherever it comes from, and a damaged copy never stands in a good one's way.

**Halves.** An answer that was cut (by the connection, or by the crawler's own limit) keeps its bytes and carries an
`error_class`: it is evidence, but no basis for saying that something was removed.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Literal

from archive.exceptions import ConfigError
from archive.types import Capture, ErrorClass, Headers, Purpose
from archive.urls import host_port, is_http
from archive.warc._framing import Damage, Position, Record, parse_digest, record_at, records, sniff
from archive.warc._http import parse_answer, undo_encodings

MAX_BODY = 64 * 2**20
"""Bytes of a body, before and after decompression. What is larger is no page, but a film or a bomb."""

BLOCK_LIMIT = MAX_BODY + 2**18

RENDERED_BY = "WARC-X-Rendered-By"
"""The field, of our own, of a resource record whose body a browser's scripts made: `Capture.rendered_by`."""

REREAD_BUDGET = 4 * 2**30
"""Bytes to inflate a second time, in one reading, for revisits in files that are one single gzip member:
there the way to each original leads through all records before it."""

FileKind = Literal["warc", "arc", "wacz"]

_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError)

TRUNCATIONS: dict[str, ErrorClass] = {"length": "too_large", "time": "timeout"}
"""WARC-Truncated's values; the others (disconnect, unspecified) count as "connection"."""


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that could not be read. The rest of its file was."""

    path: Path
    #: where it begins in the file; in a compressed file, where the gzip member begins that holds its beginning
    offset: int
    reason: str
    #: the file within a WACZ; empty otherwise
    member: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A sound record that is no capture."""

    path: Path
    offset: int
    #: one of few, to be counted: "request record", "answer to POST", "dns: address"
    reason: str
    url: str | None = None


Item = Capture | BadRecord | Skipped


@dataclass(frozen=True, slots=True)
class Reference:
    """The record whose body a revisit repeats."""

    #: algorithm and value of WARC-Payload-Digest
    digest: tuple[str, bytes] | None
    url: str | None
    date: datetime | None
    #: in words, for people
    text: str


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A revisit whose original was not seen yet."""

    path: Path
    revisit: Capture
    reference: Reference


FindBody = Callable[[str, datetime], bytes | None]
"""Asks elsewhere (an archive) for the body of a URL's capture at a time, to the second."""


def read_warc(path: Path) -> Iterator[Item]:
    """All that one file holds. Revisits whose original follows later, or is not there, come last.

    Raises:
        ConfigError: there is no such file, or it is something else than WARC, ARC or WACZ.
    """
    reader = WarcReader()
    yield from reader.read(path)
    for _, capture in reader.rest():
        yield capture


class WarcReader:
    """Reads files one after another; a revisit may refer to a record of any of them."""

    def __init__(self, find_body: FindBody | None = None) -> None:
        """*find_body* is asked for the body of revisits whose original is in none of the files."""
        self._find_body = find_body
        self._originals = _Originals()
        self._waiting: list[_Waiting] = []

    def read(self, path: Path) -> Iterator[Item]:
        """What *path* holds, without the revisits whose original was not seen yet: see `rest`."""
        kind = identify(path)
        for member in _members(path, kind):
            try:
                with _opened(path, member) as file:
                    yield from self._read_file(file, path, member)
            except (*_ZIP_ERRORS, OSError) as error:
                yield BadRecord(path, 0, f"the rest of the file cannot be read ({error})", member)

    def rest(self) -> Iterator[tuple[Path, Capture]]:
        """The revisits that were held back, with their files, now that all were read."""
        waiting, self._waiting = self._waiting, []
        for revisit in waiting:
            yield revisit.path, self._resolved(revisit) or self._asked_elsewhere(revisit)

    def _read_file(self, file: BinaryIO, path: Path, member: str) -> Iterator[Item]:
        exchanges = _Exchanges()
        for found in records(file, block_limit=BLOCK_LIMIT):
            if isinstance(found, Damage):
                yield BadRecord(path, found.offset, found.reason, member)
                continue
            try:
                item = self._meaning(found, path, member)
            except _BadRecordError as error:
                yield BadRecord(path, found.position.offset, str(error), member)
                continue
            yield from self._without_waiting(exchanges.pair(found, item, path))
        yield from self._without_waiting(exchanges.flush())

    def _without_waiting(self, items: Iterable[Item | _Waiting]) -> Iterator[Item]:
        for item in items:
            if isinstance(item, _Waiting):
                self._waiting.append(item)
            else:
                yield item

    def _meaning(self, record: Record, path: Path, member: str) -> Item | _Waiting:
        """The capture in *record*, or why there is none."""
        if record.type not in ("response", "resource", "revisit"):
            reason = f"{record.type[:40] or 'untyped'} record"
            return Skipped(path, record.position.offset, reason, record.get("warc-target-uri"))
        url = clean_url(record.get("warc-target-uri") or "")
        if not url:
            raise _BadRecordError("the record names no address (WARC-Target-URI)")
        scheme = url.partition(":")[0].lower()
        if scheme not in ("http", "https"):
            return Skipped(path, record.position.offset, f"{scheme[:20]}: address", url)
        if not is_http(url) or host_port(url) is None:
            raise _BadRecordError(f"WARC-Target-URI is no address: {url[:100]!r}")
        at = parse_date(record.get("warc-date") or "")
        if at is None:
            raise _BadRecordError(f"WARC-Date is no time: {(record.get('warc-date') or '')[:60]!r}")
        capture = _capture(record, url, at)
        if record.type != "revisit":
            self._originals.add(record, capture, path, member)
            return capture
        if capture.not_modified and record.get("warc-payload-digest") is None:
            return capture
        waiting = _Waiting(path, capture, _reference(record))
        return self._resolved(waiting) or waiting

    def _resolved(self, waiting: _Waiting) -> Capture | None:
        capture = waiting.revisit
        original = self._originals.find(waiting.reference)
        if original is None:
            return None
        return replace(
            capture,
            status=capture.status or original.status,
            headers=capture.headers or original.headers,
            body=original.body,
            error_class=original.error_class,
            error_detail=_detail(capture.error_detail, original.error_detail),
        )

    def _asked_elsewhere(self, waiting: _Waiting) -> Capture:
        capture, reference = waiting.revisit, waiting.reference
        if self._find_body is not None and reference.url and reference.date:
            body = self._find_body(reference.url, reference.date)
            if body is not None:
                return replace(capture, status=capture.status or 200, body=body)
        detail = f"stored as a repetition of {reference.text}, which is in none of the files read"
        return replace(
            capture,
            error_class="protocol" if capture.status is None else None,
            error_detail=_detail(capture.error_detail, detail),
            # With another name, so that a later import which has the original brings the whole capture.
            origin_ref=f"{capture.origin_ref}-without-body",
        )


class _BadRecordError(Exception):
    """The record is framed well, but says something impossible."""


# --- one record -----------------------------------------------------------------------------------


def _capture(record: Record, url: str, at: datetime) -> Capture:
    """The capture that a response, resource or revisit record is."""
    notes: list[str] = []
    status: int | None = None
    error: ErrorClass | None = None
    headers: Headers = ()
    body: bytes | None = None
    answer = parse_answer(record.block)
    if record.missing:
        whole = answer is not None and (answer.is_whole or (record.type == "revisit" and answer.head_ended))
        if not whole:
            raise _BadRecordError(f"the record was cut: {record.missing} of {record.length} bytes are missing")
        notes.append(f"the record lacks its last {record.missing} bytes, but the answer in it is whole")
    if record.type == "resource":
        status, body = 200, record.block
        headers = tuple(("content-type", value) for value in record.all("content-type")[:1])
        notes.append("a resource record: the file without its HTTP answer, taken as status 200")
    elif answer is not None:
        status, headers = answer.status, answer.headers
        if record.type == "response" and status != 304:
            undone = undo_encodings(headers, answer.payload, limit=MAX_BODY)
            body, error = undone.data, undone.error_class
            notes += undone.notes
    elif record.type == "response":
        body, error = record.block, "protocol"
        notes.append("the stored answer is not HTTP")
    if record.length - record.missing > len(record.block) or len(body or b"") > MAX_BODY:
        body, error = None, "too_large"
        notes = [f"the stored answer is {record.length} bytes long, more than the {MAX_BODY} that are read"]
    # Writers mark revisits as truncated because their payload is left out; that says nothing about the answer.
    truncated = record.get("warc-truncated") if record.type != "revisit" else None
    if truncated is not None:
        error = error or TRUNCATIONS.get(truncated.strip().lower(), "connection")
        notes.append(f"the crawler kept only the beginning (WARC-Truncated: {truncated[:40]})")
    if record.type == "response" and record.get("warc-segment-number") is not None:
        error = error or "too_large"
        notes.append("the answer goes on in continuation records, which are not put together")
    if record.digest_fits is False:
        notes.append("the record's own digest (WARC-Block-Digest) does not fit its bytes")
    return Capture(
        url=url,
        purpose=_purpose(url),
        started_at=at,
        finished_at=at,
        final_url=url,
        status=status,
        error_class=error,
        error_detail=_detail(*notes),
        headers=headers,
        body=body,
        not_modified=status == 304,
        origin="warc",
        origin_ref=_origin_ref(record, url),
        rendered_by=record.get(RENDERED_BY.lower()) if record.type == "resource" else None,
    )


def _origin_ref(record: Record, url: str) -> str:
    content = "\n".join((url, record.get("warc-date") or "", record.sha256 or ""))
    name = (record.get("warc-record-id") or "").strip().strip("<>") or record.format
    return f"{name}#{sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _purpose(url: str) -> Purpose:
    path = re.sub(r"^https?://[^/?#]*", "", url, flags=re.IGNORECASE)
    return "robots" if re.match(r"/robots\.txt(?:[?#]|$)", path) else "page"


def _detail(*notes: str | None) -> str | None:
    return "; ".join(dict.fromkeys(note for note in notes if note)) or None


def clean_url(text: str) -> str:
    """WARC-Target-URI without the angle brackets of WARC 1.0, and with spaces and control characters escaped.

    >>> clean_url("<http://example.com/a b>")
    'http://example.com/a%20b'
    """
    text = text.strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1].strip()
    return re.sub(r"[\x00-\x20\x7f]", lambda match: f"%{ord(match[0]):02X}", text)


_DATE = re.compile(
    r"""(?P<year>\d{4})(?:-?(?P<month>\d\d)(?:-?(?P<day>\d{2,3})
        (?:[T\ ]?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?)?)?)?
        \s*(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?""",
    re.VERBOSE | re.IGNORECASE,
)


def parse_date(text: str) -> datetime | None:
    """WARC-Date or an ARC's date in UTC; None if it is no time.

    Understood besides the standard's forms: other zones, no zone (UTC), fourteen digits and fewer, and the day of the
    year in place of the day of the month, as ClueWeb09 writes it ("2008-10-294T05:21:46-0700").

    >>> parse_date("2014-01-27T17:12:38.5+01:00").isoformat()
    '2014-01-27T16:12:38.500000+00:00'
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (
        int(match[name] or default)
        for name, default in (("year", 0), ("month", 1), ("day", 1), ("hour", 0), ("minute", 0), ("second", 0))
    )
    microsecond = int((match["fraction"] or "0")[:6].ljust(6, "0"))
    zone = (match["zone"] or "Z").upper()
    offset = timedelta(0)
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
        offset = -offset if zone[0] == "-" else offset
    try:
        if match["day"] and len(match["day"]) == 3:
            date = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day - 1)
            if date.month != month:
                return None
            month, day = date.month, date.day
        # A leap second is kept as the last one before it.
        time = datetime(year, month, day, hour, minute, min(second, 59), microsecond, timezone(offset))
        return time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# --- records that belong together --------------------------------------------------------------


class _Exchanges:
    """Keeps answers to POST, HEAD and the like out: what was sent is said by the request record beside the answer.

    The request comes before or after its answer. So each capture is held until the next answer or the file's end;
    a request that stands elsewhere in the file is not found.
    """

    def __init__(self) -> None:
        self._held: tuple[Record, Capture | _Waiting] | None = None
        #: record ids of, and named by, requests with another method than GET
        self._methods: dict[str, str] = {}
        self._last_request: Record | None = None

    def pair(self, record: Record, item: Item | _Waiting, path: Path) -> Iterator[Item | _Waiting]:
        """Take in one record with its meaning; give out what is decided."""
        if record.type == "request":
            if self._held is not None and _same_exchange(record, self._held[0]):
                yield from self._decide(_method(record), path)
            else:
                self._last_request = record
                if _method(record) != "GET":
                    self._methods |= dict.fromkeys(_names(record), _method(record))
        if isinstance(item, Capture | _Waiting):
            yield from self.flush()
            self._held = (record, item)
            known = next((self._methods[name] for name in _names(record) if name in self._methods), None)
            if known is None and self._last_request is not None and _same_exchange(self._last_request, record):
                known = _method(self._last_request)
            if known is not None:
                yield from self._decide(known, path)
        else:
            yield item

    def flush(self) -> Iterator[Item | _Waiting]:
        """Give out the capture that is held."""
        if self._held is not None:
            yield self._held[1]
            self._held = None

    def _decide(self, method: str, path: Path) -> Iterator[Item | _Waiting]:
        assert self._held is not None
        record, answer = self._held
        self._held = None
        if method == "GET":
            yield answer
        else:
            yield Skipped(path, record.position.offset, f"answer to {method}", record.get("warc-target-uri"))


def _names(record: Record) -> tuple[str, ...]:
    return (*record.all("warc-record-id"), *record.all("warc-concurrent-to"))


def _same_exchange(request: Record, answer: Record) -> bool:
    links = {*request.all("warc-concurrent-to"), *answer.all("warc-concurrent-to")}
    if links & {*request.all("warc-record-id"), *answer.all("warc-record-id")}:
        return True
    if answer.get("warc-concurrent-to"):
        return False
    return all(request.get(name) == answer.get(name) for name in ("warc-target-uri", "warc-date"))


def _method(request: Record) -> str:
    match = re.match(rb"([A-Za-z]{3,12}) ", request.block)
    return match[1].decode("ascii").upper() if match else "GET"


# --- revisits -------------------------------------------------------------------------------------


def _reference(record: Record) -> Reference:
    url = clean_url(record.get("warc-refers-to-target-uri") or record.get("warc-target-uri") or "")
    date = record.get("warc-refers-to-date")
    digest = record.get("warc-payload-digest")
    return Reference(
        digest=parse_digest(digest),
        url=url or None,
        date=parse_date(date) if date else None,
        text=" ".join((url, *([f"of {date}"] if date else ()), *([f"({digest})"] if digest else ()))),
    )


@dataclass(frozen=True, slots=True)
class _Location:
    path: Path
    member: str
    position: Position
    url: str
    at: datetime


@dataclass(slots=True)
class _Originals:
    """Where the records are that revisits may refer to. Their bodies are read again when asked for."""

    _by_digest: dict[bytes, _Location] = field(default_factory=dict)
    _by_date: dict[tuple[str, datetime], _Location] = field(default_factory=dict)
    _budget: int = REREAD_BUDGET

    def add(self, record: Record, capture: Capture, path: Path, member: str) -> None:
        if capture.body is None:
            return
        location = _Location(path, member, record.position, capture.url, capture.started_at)
        digest = parse_digest(record.get("warc-payload-digest"))
        if digest is not None:
            self._by_digest.setdefault(digest[1], location)
        self._by_date.setdefault((capture.url, capture.started_at.replace(microsecond=0)), location)

    def find(self, reference: Reference) -> Capture | None:
        location = None
        if reference.digest is not None:
            location = self._by_digest.get(reference.digest[1])
        if location is None and reference.url and reference.date:
            location = self._by_date.get((reference.url, reference.date.replace(microsecond=0)))
        return self._read(location, reference) if location is not None else None

    def _read(self, location: _Location, reference: Reference) -> Capture | None:
        self._budget -= location.position.inner
        if self._budget < 0:
            return None
        try:
            with _opened(location.path, location.member) as file:
                record = record_at(file, location.position, block_limit=BLOCK_LIMIT)
        except (*_ZIP_ERRORS, OSError):
            return None  # moved away while we read on
        if record is None:
            return None
        digest = parse_digest(record.get("warc-payload-digest"))
        if digest is not None and reference.digest is not None and digest != reference.digest:
            return None  # found by its date, but it is another body
        return _capture(record, location.url, location.at)


# --- files ----------------------------------------------------------------------------------------


def looks_like(path: Path) -> FileKind | None:
    """What kind of file *path* is, by its content and never by its name; None if it is none that can be imported."""
    try:
        return identify(path)
    except ConfigError:
        return None


def identify(path: Path) -> FileKind:
    """What kind of file *path* is, by its content.

    Raises:
        ConfigError: it is none that can be imported; the message says what it is, as far as that can be seen.
    """
    place = str(path)
    if path.is_dir():
        raise ConfigError("this is a folder", place=place, remedy="Name the WARC files in it.")
    refused: ConfigError | None = None
    try:
        with path.open("rb") as file:
            magic = file.read(4)
            if magic == b"PK\x03\x04" and zipfile.is_zipfile(file):
                try:
                    return _identify_zip(path)
                except ConfigError as error:
                    refused = error
            # A damaged zip file, too: WARC files stand in it uncompressed and can be read around the damage.
            found, first = sniff(file)
    except FileNotFoundError as error:
        raise ConfigError("there is no such file", place=place, remedy="Check the name.") from error
    except OSError as error:
        raise ConfigError(f"cannot be read ({error.strerror})", place=place) from error
    if found is not None:
        return found
    if refused is not None:
        raise refused
    cause = _what_else(magic, first)
    raise ConfigError(cause, place=place, remedy=_REMEDIES[cause])


_EMPTY = "the file is empty"
_CDX = "this is a CDX index, which only says where records are"
_LZ4 = "this is an lz4 file"
_OTHER = "no WARC or ARC record was found in it"
_REMEDIES = {
    _EMPTY: "Download or copy it again.",
    _CDX: "Name the WARC files that it points into (the last column).",
    _LZ4: "Decompress it with lz4 -d and name the result.",
    _OTHER: "Files that can be imported: .warc, .arc, both also with .gz or .zst, and .wacz.",
}
_CDX_LINE = re.compile(rb"CDX [A-Za-z] |!(?:context|meta|id|keys) |\S+\)\S* \d{4,17} |!OpenWayback-CDXJ")


def _what_else(magic: bytes, first: bytes) -> str:
    if not magic:
        return _EMPTY
    if _CDX_LINE.match(first):
        return _CDX
    if magic == b"\x04\x22\x4d\x18":
        return _LZ4
    return _OTHER


def _identify_zip(path: Path) -> FileKind:
    try:
        members = _members(path, "wacz")
        for member in members:
            with _opened(path, member) as file:
                file.read(1)
    # What zipfile raises on damage, encryption, unknown methods and names in no encoding.
    except (*_ZIP_ERRORS, RuntimeError, ValueError, OverflowError, struct.error) as error:
        raise ConfigError(f"a damaged zip file ({error})", place=str(path), remedy=_REMEDIES[_EMPTY]) from error
    if not members:
        raise ConfigError(
            "this is a zip file without a WARC file in it",
            place=str(path),
            remedy="A WACZ holds its WARC files in the folder archive/.",
        )
    return "wacz"


def _members(path: Path, kind: FileKind) -> list[str]:
    """The names of the WARC files in a WACZ; one empty name for a file that is one itself."""
    if kind != "wacz":
        return [""]
    with zipfile.ZipFile(path) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
    return [name for name in names if re.search(r"\.w?arc(?:\.gz|\.zst)?$", name, re.IGNORECASE)]


@contextmanager
def _opened(path: Path, member: str) -> Iterator[BinaryIO]:
    if not member:
        with path.open("rb") as file:
            yield file
        return
    with zipfile.ZipFile(path) as archive, archive.open(member) as inner:
        yield inner  # type: ignore[misc]


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files to import: those named, which must be importable, and of folders all that are, in order of name.

    Raises:
        ConfigError: a file that was named cannot be imported, or a folder holds none that can.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            identify(path)
            found[path] = None
            continue
        inside = [file for file in sorted(path.rglob("*")) if file.is_file() and looks_like(file)]
        if not inside:
            raise ConfigError("no WARC, ARC or WACZ file is in this folder", place=str(path), remedy="Name another.")
        found |= dict.fromkeys(inside)
    return list(found)
