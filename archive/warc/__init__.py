"""WARC and ARC files in.

::

    file ──► _framing.records ──► Record | Damage ──► reading.WarcReader ──► Capture | BadRecord | Skipped
                                                            │
                                                         _http (head, chunks, gzip, br, zstd)
"""

from archive.warc.reading import (
    BadRecord,
    FindBody,
    Item,
    Skipped,
    WarcReader,
    find_files,
    identify,
    looks_like,
    read_warc,
)

__all__ = [
    "BadRecord",
    "FindBody",
    "Item",
    "Skipped",
    "WarcReader",
    "find_files",
    "identify",
    "looks_like",
    "read_warc",
]
