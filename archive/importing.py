"""Puts the captures of WARC and ARC files into an archive. Order of calls and transactions, nothing else.

Importing again is harmless: a record that the archive holds is counted as known, wherever its file lies now.
After a kill the import can simply be started again.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from archive import lock
from archive.exceptions import StoreError
from archive.store import RunSummary, SourceResult, Store
from archive.times import utc_now
from archive.types import Capture
from archive.warc import BadRecord, FindBody, Skipped, WarcReader, find_files

BATCH_CAPTURES = 100
BATCH_BYTES = 2**24
"""A transaction ends at either: a hundred captures take about a tenth of a second, then other writers get a turn."""

BROKEN_KEPT = 100
"""Damaged records that a file's report names; more are counted only."""


@dataclass(slots=True)
class FileReport:
    """What one file gave."""

    path: Path
    #: captures that the archive did not hold
    added: int = 0
    #: captures that it held already
    known: int = 0
    #: damaged records
    broken: int = 0
    #: the first of them, with place and reason
    broken_records: list[BadRecord] = field(default_factory=list)
    #: reason -> sound records that are no captures
    skipped: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one import gave."""

    run: RunSummary
    files: tuple[FileReport, ...]

    @property
    def added(self) -> int:
        return sum(file.added for file in self.files)

    @property
    def known(self) -> int:
        return sum(file.known for file in self.files)

    @property
    def broken(self) -> int:
        return sum(file.broken for file in self.files)


def import_files(
    store: Store,
    paths: Iterable[Path],
    report: Callable[[FileReport], None] | None = None,
    *,
    now: Callable[[], datetime] = utc_now,
    stop: threading.Event | None = None,
    find_body: FindBody | None = None,
) -> ImportReport:
    """Import the files at *paths*, and all that can be imported from folders among them.

    *report* is called after each file; revisits of records in later files are added to its figures at the end.
    *stop* ends the import after the transaction at hand.

    Raises:
        ConfigError: one of the paths cannot be imported; nothing was written.
        LockedError: another import is at work on this archive.
    """
    files = [FileReport(path) for path in find_files(paths)]
    stop = stop or threading.Event()
    with _locked(store.path):
        run_id = store.open_run(kind="import", watch=None, now=now())
        try:
            _import(store, run_id, files, report, stop, WarcReader(find_body or store.body_at))
        except BaseException as error:
            interrupted = isinstance(error, KeyboardInterrupt)
            with suppress(StoreError):
                _close(
                    store,
                    run_id,
                    files,
                    now(),
                    state="stopped" if interrupted else "failed",
                    note=None if interrupted else f"{type(error).__name__}: {error}",
                )
            raise
        run = _close(store, run_id, files, now(), state="stopped" if stop.is_set() else "finished")
        return ImportReport(run, tuple(files))


def _import(
    store: Store,
    run_id: int,
    files: Sequence[FileReport],
    report: Callable[[FileReport], None] | None,
    stop: threading.Event,
    reader: WarcReader,
) -> None:
    for file in files:
        for batch in _batches((file, capture) for capture in _captures(reader, file)):
            _add(store, run_id, batch)
            if stop.is_set():
                return
        if report is not None:
            report(file)
    by_path = {file.path: file for file in files}
    for batch in _batches((by_path[path], capture) for path, capture in reader.rest()):
        _add(store, run_id, batch)


_Batch = list[tuple[FileReport, Capture]]


def _captures(reader: WarcReader, file: FileReport) -> Iterator[Capture]:
    """The captures of *file*; all else goes into its figures."""
    for item in reader.read(file.path):
        if isinstance(item, Skipped):
            file.skipped[item.reason] += 1
        elif isinstance(item, BadRecord):
            file.broken += 1
            if len(file.broken_records) < BROKEN_KEPT:
                file.broken_records.append(item)
        else:
            yield item


def _batches(captures: Iterable[tuple[FileReport, Capture]]) -> Iterator[_Batch]:
    batch: _Batch = []
    size = 0
    for file, capture in captures:
        batch.append((file, capture))
        size += len(capture.body or b"")
        if len(batch) >= BATCH_CAPTURES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _add(store: Store, run_id: int, batch: _Batch) -> None:
    with store.transaction():
        ids = [store.add_capture(capture, run_id=run_id) for _, capture in batch]
    # Counted once the transaction has ended well.
    for (file, _), capture_id in zip(batch, ids, strict=True):
        if capture_id is None:
            file.known += 1
        else:
            file.added += 1


def _close(
    store: Store,
    run_id: int,
    files: Sequence[FileReport],
    now: datetime,
    *,
    state: Literal["finished", "stopped", "failed"],
    note: str | None = None,
) -> RunSummary:
    skipped = Counter[str]()
    for file in files:
        store.add_source_result(run_id, _source_result(file))
        skipped.update(file.skipped)
        skipped["damaged record"] += file.broken
        skipped["already in the archive"] += file.known
    return store.close_run(
        run_id,
        state=state,
        now=now,
        planned=sum(file.added + file.known for file in files),
        skipped={reason: number for reason, number in skipped.most_common() if number},
        note=note,
    )


def _source_result(file: FileReport) -> SourceResult:
    found = file.added + file.known
    outcome = "ok" if found else "unreadable" if file.broken else "empty"
    reason = f"{file.added} captures added, {file.known} known, {file.broken} damaged records"
    return SourceResult("import", file.path.name, outcome, reason, leads=0, new_leads=0)


@contextmanager
def _locked(archive: Path) -> Iterator[None]:
    if str(archive) == ":memory:":
        yield
        return
    with lock.hold(archive, "import"):
        yield
