"""kill -9 at random moments of crawl, processing, import, pruning and backup; after each the archive is looked at whole.

    python -m benchmarks.survival          100 moments
    python -m benchmarks.survival 20 7     20 moments, another series of them

The invented newsroom is crawled over real HTTP. After each kill SQLite's own check, all references and `archive.verify` must
find nothing, and no backup may lie about that is not whole. At the end everything is done without a disturbance: every
address that an undisturbed archive knows must have been asked, no record of the import may be twice there, none missing.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from archive.importing import import_files
from archive.process import process
from archive.store import Store
from archive.times import utc_now
from archive.types import Capture
from archive.verify import verify
from archive.warc.writing import export
from crawler.newsroom import serve
from crawler.newsroom.story import demo_newsroom, demo_watch

RECORDS = 1_500
"""Captures in the file that is imported: some seconds of work."""

T = datetime(2020, 3, 1, tzinfo=UTC)


def make_warc(folder: Path) -> Path:
    """A WARC with captures of long ago, none of which a crawl brings."""
    out = folder / "old.warc.gz"
    with Store(folder / "old.db") as store:
        with store.transaction():
            for number in range(RECORDS):
                at = T + timedelta(minutes=number)
                words = random.Random(number).randbytes(2_000).hex()
                body = f"<rss><title>{number}</title>{words}</rss>".encode()
                store.add_capture(
                    Capture(f"https://old.example/{number}", "page", at, at, status=200, headers=(("content-type", "text/xml"),), body=body)
                )  # fmt: skip
        export(store, store.captures_to_export(), out)
    return out


def start(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def kill_after(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Kill the process after so many seconds; whether it still ran. Its workers must not outlive it."""
    try:
        child.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        workers = psutil.Process(child.pid).children(recursive=True)
        os.kill(child.pid, signal.SIGKILL)
        child.wait(10)
        _, alive = psutil.wait_procs(workers, timeout=10)
        if alive:
            raise AssertionError("workers outlived their killed parent") from None
        return True


def rows(archive: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(archive)) as connection:
        return connection.execute(sql).fetchall()


def check_whole(archive: Path, folder: Path) -> None:
    """Raises AssertionError if anything is torn."""
    assert rows(archive, "PRAGMA integrity_check") == [("ok",)]
    assert rows(archive, "PRAGMA foreign_key_check") == []
    with Store(archive, readonly=True) as store:
        report = verify(store)
    assert report.ok, report.findings[:3]
    for backup in folder.glob("backup-*.db"):
        with Store(backup, readonly=True) as store:
            assert verify(store).ok, f"{backup} lies about and is not whole"
        backup.unlink()
    noted = rows(archive, "SELECT id, bodies FROM pruning ORDER BY id")
    done = dict(rows(archive, "SELECT pruned_id, count(*) FROM body WHERE pruned_id IS NOT NULL GROUP BY 1"))
    assert all(bodies >= done.get(number, 0) for number, bodies in noted)


def survive(moments: int, series: int, folder: Path, works: Sequence[str] = ()) -> dict[str, Any]:
    """Kill *moments* times, finish in peace, and compare. Raises AssertionError if anything was lost or torn."""
    chance = random.Random(series)
    archive, undisturbed = folder / "archive.db", folder / "undisturbed.db"
    watch, warc = folder / "demo.toml", make_warc(folder)
    killed: Counter[str] = Counter()
    with serve(demo_newsroom(), port=0) as server:
        watch.write_text(demo_watch(server.port).replace('delay = "0.05s"', 'delay = "0.2s"'), encoding="utf-8")
        Store(archive).close()
        program = ("archive.cli", "--archive", str(archive))
        commands = {
            "crawl": ("crawler", str(watch), "--archive", str(archive)),
            "process": (*program, "process", "--workers", "2"),
            "import": (*program, "import", "warc", str(warc)),
            "prune": (*program, "prune", "sources", "--older-than", "0d", "--yes"),
            "backup": (*program, "backup", str(folder / "backup-x.db"), "--force"),
        }
        names = works or tuple(commands)
        for number in range(moments):
            work = names[number % len(names)]
            killed[work] += kill_after(start(*commands[work]), chance.uniform(0.5, 2.6))
            for part in folder.glob("backup-*.part*"):
                part.unlink()
            check_whole(archive, folder)
        for target in (archive, undisturbed):
            for _ in range(6):
                subprocess.run(
                    [sys.executable, "-m", "crawler", str(watch), "--archive", str(target)],
                    check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120,
                )  # fmt: skip
                if not rows(target, "SELECT 1 FROM frontier WHERE visits = 0 AND state = 'waiting'"):
                    break
            process(target, now=utc_now, workers=2)
            with Store(target) as store:
                import_files(store, [warc])
        check_whole(archive, folder)
    live = "SELECT DISTINCT url FROM capture WHERE origin = 'live' ORDER BY url"
    assert rows(archive, live) == rows(undisturbed, live), "an address was lost"
    brought = "SELECT count(*), count(DISTINCT url) FROM capture WHERE origin = 'warc'"
    assert rows(archive, brought) == [(RECORDS, RECORDS)], "a record is missing, or twice there"
    return {"moments": moments, "killed": dict(killed), "captures": rows(archive, "SELECT count(*) FROM capture")[0][0]}


def main(moments: int, series: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        figures = survive(moments, series, Path(folder))
    figures |= {"torn": 0, "lost": 0, "twice": 0}
    print(json.dumps(figures))
    return figures


if __name__ == "__main__":
    main(*(int(one) for one in (*sys.argv[1:], *("100", "20261124")[len(sys.argv) - 1 :])))
