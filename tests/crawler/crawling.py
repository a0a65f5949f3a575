"""Runs real crawls, each in a process of its own, and reads what they left in the archive."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]

CODE = """
import json, sys
from pathlib import Path
from crawler.__main__ import crawl
from crawler.watch import load_watch
import crawler.guard
watch, archive, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
names = options.pop("names")  # what the name server says; nothing leaves this machine
turns = options.pop("turns")  # what it says one after the other, never to be remembered
if turns:
    crawler.guard.POSITIVE_TTL = 0.0
def getaddrinfo(host):
    if host in turns:
        return tuple(turns[host].pop(0))
    if host not in names:
        raise OSError(-2, "Name or service not known")
    return tuple(names[host])
crawler.guard._getaddrinfo = getaddrinfo
sys.exit(crawl(load_watch(watch), Path(archive), **options))
"""


@dataclass(frozen=True)
class Crawl:
    """A finished crawl."""

    archive: Path
    code: int
    output: str

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        connection = sqlite3.connect(self.archive)
        connection.row_factory = sqlite3.Row
        with connection:
            rows = connection.execute(sql, values).fetchall()
        connection.close()
        return rows

    def captures(self, url: str) -> list[sqlite3.Row]:
        return self.rows("SELECT * FROM capture WHERE url = ? ORDER BY id", url)

    def capture(self, url: str) -> sqlite3.Row:
        """The one capture of *url*: each request ends in exactly one."""
        rows = self.captures(url)
        assert len(rows) == 1, (url, [dict(row) for row in rows], self.output)
        return rows[0]

    def run(self) -> sqlite3.Row:
        return self.rows("SELECT * FROM run ORDER BY id DESC LIMIT 1")[0]


def write_watch(
    folder: Path,
    pages: list[str],
    *,
    delay: float = 0.0,
    allow: tuple[str, ...] = ("127.0.0.1",),
    sources: str = "",
    more: str = "",
) -> Path:
    """A watch of *pages*, with the manners of a test: no delay."""
    path = folder / "watch.toml"
    path.write_text(
        f'url = "{pages[0]}"\n[sources]\npages = {json.dumps(pages[1:])}\n{sources}\n'
        f'[politeness]\ncontact = "desk@example.org"\ndelay = "{delay}s"\nallow_private = {json.dumps(list(allow))}\n{more}\n'
    )
    return path


def start(
    watch: Path,
    archive: Path,
    *,
    names: dict[str, list[str]] | None = None,
    turns: dict[str, list[list[str]]] | None = None,
    **options: Any,
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            CODE,
            str(watch),
            str(archive),
            json.dumps({**options, "names": names or {}, "turns": turns or {}}),
        ],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONWARNINGS": "error::DeprecationWarning:crawler"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def crawl(watch: Path, archive: Path, **options: Any) -> Crawl:
    process = start(watch, archive, **options)
    _, output = process.communicate(timeout=90)
    return Crawl(archive, process.returncode, output)
