"""A log for machines: JSON lines, each with the run, the watch, the source and the URL that it is about, where there is one.

Several processes write to one file (`afterprint watch`, the crawl that it started), each line in one write. The file may be
moved away at any time, as logrotate does: the next line goes to a new one.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path

from archive.times import to_text

VARIABLE = "AFTERPRINT_LOG"
"""The environment variable that names the file; crawls that are started inherit it."""

ABOUT = ("run", "watch", "source", "url", "purpose")
"""What a record may be about, besides its message: attributes that `extra` sets."""

_always: dict[str, object] = {}


def about(**always: object) -> None:
    """Say what all further lines of this process are about: `about(run=7, watch="demo")`."""
    _always.update(always)


class JsonLines(WatchedFileHandler):
    """Writes each record as one line of JSON."""

    def __init__(self, path: Path, look: Callable[[logging.LogRecord], dict[str, object]] = lambda record: {}) -> None:
        super().__init__(path, encoding="utf-8")
        self.setLevel(logging.INFO)
        self.look = look

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = json.dumps(self.fields(record), ensure_ascii=False, default=str) + "\n"
            self.reopenIfNeeded()
            # Not through the stream: it would cut a long line in several writes, and another process may come between.
            assert self.stream is not None
            os.write(self.stream.fileno(), line.encode("utf-8", "backslashreplace"))
        except Exception:  # noqa: BLE001 - as all handlers: a log that cannot be written must not end the work
            self.handleError(record)

    def fields(self, record: logging.LogRecord) -> dict[str, object]:
        """What is written of *record*."""
        fields: dict[str, object] = {
            "time": to_text(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            **_always,
            **self.look(record),
            **{name: record.__dict__[name] for name in ABOUT if name in record.__dict__},
        }
        if record.exc_info:
            fields["error"] = logging.Formatter().formatException(record.exc_info)
        return fields


def write_to(path: Path, look: Callable[[logging.LogRecord], dict[str, object]] = lambda record: {}) -> None:
    """Write what is logged from now on to *path*, by this process and by those that it starts.

    Args:
        look: finds in a record of somebody else what it is about.

    Raises:
        OSError: the file cannot be opened.
    """
    os.environ[VARIABLE] = str(path.absolute())
    root = logging.getLogger()
    root.addHandler(JsonLines(path, look))
    if root.level > logging.INFO:
        root.setLevel(logging.INFO)
