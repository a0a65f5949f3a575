"""Imports every WARC, ARC and WACZ file of a folder into a temporary archive, and compares with an independent reading.

    python -m benchmarks.warc_import DIR

The independent reading is a plain loop over warcio's ArchiveIterator, which stops at the first damaged byte; where it
reads a file to its end, each http(s) response, revisit and resource that it saw must be a capture, or be reported as
skipped or damaged. The last line is one JSON object:

    captures         found in all files; one that several files hold counts in each
    distinct         rows that they became in the archive
    broken_reported  damaged records, each with place and reason
    crashes          files whose reading ended in an exception
    missing          records that warcio read and that are neither captures nor reported (expected: 0)
    added_again      rows that a second import of the same files added (expected: 0)
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from archive.importing import import_files
from archive.store import Store
from archive.warc import BadRecord, Skipped, looks_like, read_warc


@dataclass
class Reading:
    """What one file gave to us and to warcio."""

    path: Path
    kind: str
    captures: int = 0
    broken: list[BadRecord] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    crash: str = ""
    #: URLs that we saw in any way
    seen: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    #: URLs that warcio read
    theirs: Counter[str] = field(default_factory=Counter)
    their_end: str = ""

    @property
    def missing(self) -> int:
        """Records that warcio read soundly and we passed over in silence."""
        if self.their_end:
            return 0
        unseen = (self.theirs - self.seen).total()
        return max(unseen - len(self.broken), 0)


def read(path: Path, kind: str) -> Reading:
    """Read *path* with our own reader."""
    reading = Reading(path, kind)
    begun = time.perf_counter()
    try:
        for item in read_warc(path):
            if isinstance(item, BadRecord):
                reading.broken.append(item)
            elif isinstance(item, Skipped):
                reading.skipped[item.reason] += 1
                reading.seen[item.url or ""] += 1
            else:
                reading.captures += 1
                reading.seen[item.url] += 1
    except Exception as error:  # noqa: BLE001 - a crash is what is counted here
        reading.crash = f"{type(error).__name__}: {error}"
    reading.seconds = time.perf_counter() - begun
    return reading


def read_with_warcio(reading: Reading) -> None:
    """Read the same file with warcio, and note where it stopped."""
    logging.getLogger("warcio").setLevel(logging.ERROR)
    with contextlib.redirect_stderr(io.StringIO()):
        for file in opened(reading):
            iterator = ArchiveIterator(file, arc2warc=True)
            try:
                for record in iterator:
                    url = record.rec_headers.get_header("WARC-Target-URI") or ""
                    if record.rec_type in ("response", "revisit", "resource") and url.startswith(("http:", "https:")):
                        reading.theirs[url] += 1
                    record.raw_stream.read()
            except (ArchiveLoadFailed, ValueError, OSError, EOFError) as error:
                reading.their_end = f"stops ({type(error).__name__})"
            if iterator.err_count and not reading.their_end:
                reading.their_end = "warns"


def opened(reading: Reading) -> Iterator[BinaryIO]:
    """The file, or the WARC files in it."""
    if reading.kind != "wacz":
        with reading.path.open("rb") as file:
            yield file
        return
    with zipfile.ZipFile(reading.path) as archive:
        for name in archive.namelist():
            if name.startswith("archive/") and not name.endswith("/"):
                yield io.BytesIO(archive.read(name))


def show(folder: Path, readings: list[Reading]) -> None:
    """Print the table."""
    width = max(len(str(reading.path.relative_to(folder))) for reading in readings)
    print(f"{'file':{width}}  kind  captures  broken  warcio        skipped")
    for reading in readings:
        theirs = f"{reading.theirs.total()} {reading.their_end}".strip()
        skipped = ", ".join(f"{number} {reason}" for reason, number in reading.skipped.most_common())
        name = str(reading.path.relative_to(folder))
        print(
            f"{name:{width}}  {reading.kind:4}  {reading.captures:8}  {len(reading.broken):6}  {theirs:12}  {skipped}"
        )
        for record in reading.broken[:5]:
            print(f"{'':{width}}  damaged at {record.offset}: {record.reason}")
        if reading.crash:
            print(f"{'':{width}}  CRASH {reading.crash}")
        if reading.missing:
            print(f"{'':{width}}  MISSING {reading.missing}: {dict(reading.theirs - reading.seen)}")


def main(folder: Path) -> dict[str, int]:
    """Read, import, import again, and print. Raises ValueError if nothing in *folder* can be imported."""
    files = [(path, looks_like(path)) for path in sorted(folder.rglob("*")) if path.is_file()]
    readings = [read(path, kind) for path, kind in files if kind]
    if not readings:
        raise ValueError(f"{folder}: no WARC, ARC or WACZ file")
    for reading in readings:
        read_with_warcio(reading)
    show(folder, readings)
    sound = [reading.path for reading in readings if not reading.crash]
    with tempfile.TemporaryDirectory() as temporary, Store(Path(temporary) / "archive.db") as store:
        begun = time.perf_counter()
        first = import_files(store, sound)
        seconds = time.perf_counter() - begun
        again = import_files(store, sound)
    read_seconds = sum(reading.seconds for reading in readings)
    found = sum(reading.captures for reading in readings)
    print(f"\n{len(readings)} files read in {read_seconds:.2f} s, imported in {seconds:.2f} s")
    print(
        f"{found} captures found: {first.added} added, {first.known} in more than one file; imported again: {again.added} added"
    )
    figures = {
        "captures": found,
        "distinct": first.added,
        "broken_reported": first.broken,
        "crashes": sum(bool(reading.crash) for reading in readings),
        "missing": sum(reading.missing for reading in readings),
        "added_again": again.added,
        "files": len(readings),
        "records_per_second": round(sum(r.seen.total() + len(r.broken) for r in readings) / read_seconds),
    }
    print(json.dumps(figures))
    return figures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print("usage: python -m benchmarks.warc_import DIR", file=sys.stderr)
        sys.exit(2)
    main(Path(sys.argv[1]))
