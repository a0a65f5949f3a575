"""Is all still as it was written? Each fact of an archive is held against what it must follow from.

========================  =============================================================================
a fact                    is held against
========================  =============================================================================
a body's bytes            its sha256, its size, and the capture that brought it (`first_seen`)
a capture's row           its hash, which stands on that of the row before it
what the hash leaves out  page: the one that the URL is known for · media type: its headers ·
                          purpose: the words there are · run: the counts that the run closed with
a run and its sources     the sha256 of the manifest that was made when it closed
a text                    its sha256: reference texts, and what was read from bodies
a time stamp              the signature of the authority, by the root certificates kept with it (or others that are
                          named), the chain hash that it is of, and the capture with that hash
references                the rows that they name
the file                  SQLite's own check: damaged pages, indexes that do not fit their table
========================  =============================================================================

The chain finds a row that was changed, taken out, put in or moved, wherever it stands. It cannot find that all was
written anew from some row on, or that the last rows were cut off: who wants to see that too notes the last hash (the
head) elsewhere, and asks later whether it still stands in the chain.

A body whose bytes were given up (`afterprint prune`) is counted, and must be noted as pruned.

A body may be stored in more than one way: a flipped bit of its compression that changes no byte of it is no damage.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, get_args

import zstandard

from archive import manifests
from archive.store._captures import NO_HASH, log_hash
from archive.store._evidence import (
    DamageError,
    EvidenceReader,
    RunCount,
    StoredBody,
    StoredStamp,
    StoredText,
    UnreadableRow,
)
from archive.times import to_text
from archive.types import Purpose

if TYPE_CHECKING:
    from archive.store import Store

COLUMNS = {
    "body": {"sha256", "data", "size", "first_seen", "pruned_id"},
    "capture": {
        "id", "run_id", "page_id", "purpose", "url", "final_url", "redirects", "started_at", "finished_at", "status", "error_class",
        "error_detail", "headers", "media_type", "body_sha256", "not_modified", "origin", "origin_ref", "rendered_by", "prev_log_hash", "log_hash",
    },
}  # fmt: skip
"""What is looked at."""

KEPT = 100
"""Findings of one kind that a report names; more are counted only."""

Kind = Literal["file", "chain", "capture", "body", "missing_body", "reference", "run", "page", "text", "timestamp"]

Step = Callable[[str, int, int], None]
"""Told what is looked at, how many of it were, and how many there are."""

_FROM_COPY = "Restore the archive from a backup made before; what this one has seen since can be brought over as WARC."
REMEDIES: dict[Kind, str] = {
    "file": f"If only indexes are named: sqlite3 ARCHIVE 'REINDEX'. Else: {_FROM_COPY}",
    "chain": f"This row is no evidence any more, nor is what is said from it. {_FROM_COPY}",
    "capture": f"This row is no evidence any more, nor is what is said from it. {_FROM_COPY}",
    "body": f"What was read from this body stands on nothing. {_FROM_COPY}",
    "missing_body": f"The capture still proves when and with which hash it was seen. {_FROM_COPY}",
    "reference": "If the table is derived (readings, versions, matches): afterprint process --rebuild. "
    f"Else: {_FROM_COPY}",
    "page": f"What stands at this page's address is not what it was captured from. {_FROM_COPY}",
    "text": "If it is an extraction: afterprint process --rebuild. A reference text is read from its file again by the next "
    f"run of its watch. Else: {_FROM_COPY}",
    "timestamp": f"It proves nothing any more; a later one may stand for it. {_FROM_COPY}",
    "run": f"Compare the captures of this run with a backup: one was lost, or counts for another run. {_FROM_COPY}",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written."""

    kind: Kind
    #: table and row, for people and for sqlite3
    where: str
    what: str

    @property
    def remedy(self) -> str:
        return REMEDIES[self.kind]


@dataclass(frozen=True, slots=True)
class GoodStamp:
    """A time stamp that holds: what it is of, when it was given, by whom."""

    #: the capture that it stands for, with all before it
    capture_id: int
    head: str
    at: datetime
    signer: str
    #: name and fingerprint of the root that the signer leads to
    root: str


@dataclass(slots=True)
class Report:
    """What was looked at, and what is wrong."""

    captures: int = 0
    bodies: int = 0
    #: of all bodies, decompressed
    bytes: int = 0
    #: hash of the last capture's row: all before it stands behind it
    head: str = NO_HASH
    #: whether the head noted elsewhere stands in the chain; None if none was named
    head_found: bool | None = None
    #: at most `KEPT` of a kind
    findings: list[Finding] = field(default_factory=list)
    counts: Counter[Kind] = field(default_factory=Counter)
    #: bodies that were pruned: row and hash are there, their bytes were given up
    pruned: int = 0
    #: the time stamps that hold, in order of time
    stamps: list[GoodStamp] = field(default_factory=list)
    #: sha256 of bodies that no capture refers to: nothing is wrong with them
    unreferenced: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.counts and self.head_found is not False

    def add(self, found: Iterator[Finding] | list[Finding]) -> None:
        """Take in findings."""
        for finding in found:
            self.counts[finding.kind] += 1
            if self.counts[finding.kind] <= KEPT:
                self.findings.append(finding)


def verify(store: Store, *, head: str | None = None, roots: str | None = None, step: Step | None = None) -> Report:
    """Look at everything, as it stands in the file now. Nothing is written, and a crawl may go on meanwhile.

    Args:
        head: the hash of a row, noted earlier: it must still stand in the chain.
        roots: PEM of the root certificates to check time stamps by; without it, by those that are kept with them.
    """
    report = Report()
    told: set[object] = set()  # runs of which something is told already, so that their manifests need not tell it again
    with store.evidence() as reader:
        report.add(_bodies(reader, report, step or _silent) if _has(reader, "body", report) else [])
        report.add(_captures(reader, report, head, told, step or _silent) if _has(reader, "capture", report) else [])
        (step or _silent)("the file, by SQLite's own check", 0, 0)
        report.add([Finding("file", "SQLite's own check", line) for line in reader.sqlite_complaints()])
        try:
            for look in (_missing_bodies, _references, _pages, _texts):
                report.add(look(reader))
            report.add(_runs(reader, told))
            report.add(_manifests(reader, told))
            report.add(_timestamps(reader, report, roots))
            report.unreferenced = [_plain(digest) for digest in reader.bodies_without_capture()]
        except DamageError as error:
            report.add([Finding("file", "references between rows", f"not all could be followed ({error})")])
    return report


def _silent(what: str, done: int, total: int) -> None:
    """Nobody watches."""


def _has(reader: EvidenceReader, table: str, report: Report) -> bool:
    """Whether the table has the columns that are looked at; where it has not, its own description is damaged."""
    try:
        missing = COLUMNS[table] - reader.columns(table)
    except DamageError as error:
        report.add([Finding("file", f"table {table}", f"its description cannot be read ({error})")])
        return False
    if missing:
        report.add([Finding("file", f"table {table}", f"it has no column {', '.join(sorted(missing))}")])
    return not missing


def _plain(text: object) -> str:
    """Text from a row that may be damaged, fit to be shown."""
    return str(text).encode("ascii", "backslashreplace").decode()[:200]


# --- bodies ---------------------------------------------------------------------------------------


def _bodies(reader: EvidenceReader, report: Report, step: Step) -> Iterator[Finding]:
    rows = reader.body_rows()
    for number, (row, body) in enumerate(zip(rows, reader.bodies(rows), strict=True), start=1):
        finding, size = check_body(row, body)
        report.bodies += 1
        report.bytes += size
        report.pruned += isinstance(body, StoredBody) and body.pruned_id is not None
        if finding is not None:
            yield finding
        step("bodies", number, len(rows))


def check_body(row: int, body: StoredBody | UnreadableRow | None) -> tuple[Finding | None, int]:
    """What is wrong with a row of the table `body`, and the bytes that it holds, decompressed."""
    if body is None:
        return Finding("body", f"body, row {row}", "it stands in the index, but not in the table"), 0
    if isinstance(body, UnreadableRow):
        return Finding("body", f"body, row {row}", f"it cannot be read ({body.cause})"), 0
    where = f"body {_plain(body.sha256)} (row {row})"
    if not isinstance(body.data, bytes) or not isinstance(body.size, int):
        return Finding("body", where, "the row does not hold what its columns are for"), 0
    if body.pruned_id is not None:
        if body.data:
            return Finding("body", where, "it is noted as pruned, and its bytes are there"), 0
        return _beginning(body, where), 0
    digest, size = sha256(), 0
    try:
        # Never more than the size that is written there: damaged data may decompress to anything.
        with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(body.data)) as stream:
            while size <= body.size and (piece := stream.read(min(1 << 20, body.size + 1 - size))):
                digest.update(piece)
                size += len(piece)
    except (zstandard.ZstdError, MemoryError) as error:
        return Finding("body", where, f"it cannot be decompressed ({error})"), size
    if digest.hexdigest() != body.sha256:
        return Finding("body", where, f"its bytes have the sha256 {digest.hexdigest()}"), size
    if size != body.size:
        return Finding("body", where, f"it is {size} bytes long, and {body.size} are written there"), size
    return _beginning(body, where), size


def _beginning(body: StoredBody, where: str) -> Finding | None:
    if body.brought_at is None or body.first_seen == body.brought_at:
        return None
    what = (
        f"first_seen is {_plain(body.first_seen)}, but the capture that brought it began at {_plain(body.brought_at)}"
    )
    return Finding("body", where, what)


# --- captures -------------------------------------------------------------------------------------


def _captures(
    reader: EvidenceReader, report: Report, head: str | None, told: set[object], step: Step
) -> Iterator[Finding]:
    ids = reader.capture_ids()
    chain = Chain()
    heads: set[str] = set()
    for number, (capture_id, row) in enumerate(zip(ids, reader.captures(ids), strict=True), start=1):
        for finding in chain.check(capture_id, row):
            told.add(row["run_id"] if isinstance(row, Mapping) else None)
            yield finding
        if head is not None:
            heads.add(chain.head)
        step("captures", number, len(ids))
    report.captures = len(ids)
    report.head = _plain(chain.head)
    if head is not None:
        report.head_found = head.strip().lower() in heads


class Chain:
    """Walks along the hash chain, one row after the other; a damaged row is one finding, not two."""

    def __init__(self) -> None:
        #: the hash that stands in the last row
        self.head = NO_HASH
        self._last_id = 0
        #: hashes on which the next row may stand; None: on any, since the row before it is lost
        self._ground: set[str] | None = {NO_HASH}

    def check(self, capture_id: int, row: Mapping[str, Any] | UnreadableRow | None) -> Iterator[Finding]:
        """What is wrong with the next row."""
        where = f"capture {capture_id}"
        if capture_id != self._last_id + 1:
            yield Finding("chain", where, f"rows are gone before it: the last one is capture {self._last_id}")
            self._ground = None
        self._last_id = capture_id
        if not isinstance(row, Mapping):
            cause = "it stands in an index, but not in the table" if row is None else f"it cannot be read ({row.cause})"
            yield Finding("capture", where, cause)
            self._ground = None
            return
        stored, previous = row["log_hash"], row["prev_log_hash"]
        stands = self._ground is None or previous in self._ground
        made = _hash(previous, row)
        if made == stored:
            if not stands:
                yield Finding(
                    "chain", where, "it does not stand on the row before it: that one was changed, or rows were"
                )
        elif not stands and any(_hash(ground, row) == stored for ground in self._ground or ()):
            yield Finding("chain", where, "its prev_log_hash was changed")
        else:
            yield Finding("capture", where, "what it says does not fit its hash: it was changed after it was written")
        yield from check_row(where, row)
        self.head = str(stored)
        self._ground = {str(stored), made or ""}


def _hash(previous: Any, row: Mapping[str, Any]) -> str | None:
    """The row's chain hash; None if it cannot be made, since the row holds what no row was written with."""
    try:
        return log_hash(previous, row)
    except (TypeError, ValueError):
        return None


def check_row(where: str, row: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong with those columns that the hash leaves out, as far as the row itself tells."""
    if row["purpose"] not in get_args(Purpose):
        yield Finding("capture", where, f"there is no purpose {_plain(row['purpose'])}")
    try:
        headers = json.loads(row["headers"])
        value = next((value for name, value in headers if name == "content-type"), None)
        expected = value.partition(";")[0].strip().lower() or None if value else None
    except (TypeError, ValueError, AttributeError):
        return  # the hash has told
    if row["media_type"] != expected:
        yield Finding(
            "capture", where, f"its media type is {_plain(row['media_type'])}, its headers say {_plain(expected)}"
        )


# --- what rows say of each other ------------------------------------------------------------------


def _missing_bodies(reader: EvidenceReader) -> Iterator[Finding]:
    for digest, capture_id, captures in reader.missing_bodies():
        others = f" and {captures - 1} more" if captures > 1 else ""
        yield Finding("missing_body", f"capture {capture_id}{others}", f"the body {_plain(digest)} is not there")


def _references(reader: EvidenceReader) -> Iterator[Finding]:
    for table, row, parent in reader.broken_references():
        yield Finding("reference", f"{table} {row}", f"it refers to a row of {parent} that is not there")


def _pages(reader: EvidenceReader) -> Iterator[Finding]:
    for capture_id, page, known in reader.captures_on_other_pages():
        expected = f"its URL is known for page {known}" if known is not None else "its URL is known for none"
        yield Finding("capture", f"capture {capture_id}", f"it counts for page {page}, but {expected}")

    for page, url in reader.pages_at_strange_addresses():
        yield Finding("page", f"page {page}", f"no capture of it was asked of or answered by {_plain(url)}")


def _manifests(reader: EvidenceReader, told: set[object]) -> Iterator[Finding]:
    for run, head, sealed in reader.sealed_runs():
        if run in told:
            continue
        if sealed is None or head is None:
            yield Finding("run", f"run {run}", "it closed, and its manifest is gone")
            continue
        try:
            made = manifests.digest(manifests.manifest(reader.rows_of_run(run, head)))
        except (ValueError, TypeError, DamageError) as error:
            yield Finding("run", f"run {run}", f"its manifest cannot be made again ({_plain(error)})")
            continue
        if made != sealed:
            what = "its manifest is another than when it closed: the run, its sources or its captures were changed"
            yield Finding("run", f"run {run}", what)


def _texts(reader: EvidenceReader) -> Iterator[Finding]:
    for text in reader.texts():
        if (finding := check_text(text)) is not None:
            yield finding


def check_text(text: StoredText) -> Finding | None:
    """What is wrong with a text beside its sha256."""
    where = f"{text.table} {text.row}"
    if not isinstance(text.text, str):
        return Finding("text", where, "it is no text")
    try:
        found = sha256(text.text.encode()).hexdigest()
    except UnicodeEncodeError:
        return Finding("text", where, "its text is no UTF-8 any more")
    return None if found == text.sha256 else Finding("text", where, f"its text has the sha256 {found}")


def _timestamps(reader: EvidenceReader, report: Report, roots: str | None) -> Iterator[Finding]:
    for stamp in reader.timestamps():
        good, finding = check_stamp(stamp, roots)
        if finding is not None:
            yield finding
        if good is not None:
            report.stamps.append(good)
    report.stamps.sort(key=lambda one: one.at)


def check_stamp(stamp: StoredStamp, roots: str | None = None) -> tuple[GoodStamp | None, Finding | None]:
    """What a time stamp proves, or what is wrong with it."""
    from archive.timestamping import StampError, check  # loads the cryptography that nothing else here needs

    where = f"attestation {stamp.id}"
    if stamp.subject != stamp.log_hash:
        return None, Finding(
            "timestamp", where, f"it is of another hash than that of capture {_plain(stamp.capture_id)}"
        )
    trusted = roots if roots is not None else stamp.roots
    if not isinstance(stamp.proof, bytes) or not isinstance(trusted, str):
        return None, Finding("timestamp", where, "the row does not hold what its columns are for")
    try:
        found = check(stamp.proof, str(stamp.subject), trusted)
    except (StampError, ValueError) as error:
        return None, Finding("timestamp", where, f"it does not hold: {_plain(error)}")
    if to_text(found.at) != stamp.confirmed_at:
        return None, Finding("timestamp", where, f"it was given at {to_text(found.at)}, and the row says another time")
    return GoodStamp(stamp.capture_id, str(stamp.subject), found.at, found.signer, found.root), None


def _runs(reader: EvidenceReader, told: set[object]) -> Iterator[Finding]:
    for one in reader.run_counts():
        for finding in check_run(one):
            told.add(one.run)
            yield finding


def check_run(one: RunCount) -> Iterator[Finding]:
    """What is wrong with a run whose captures are not as many as it counted when it closed."""
    for name, counted, found in (
        ("with an answer", one.fetched, one.fetched_found),
        ("that failed", one.failed, one.failed_found),
    ):
        if counted != found:
            yield Finding("run", f"run {one.run}", f"it closed with {counted} captures {name}, {found} are there")
