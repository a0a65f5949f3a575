"""kill -9 at random moments of a crawl and of processing, and then a clean finish: nothing lost, nothing torn."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive.process import process
from archive.store import Store
from archive.store._captures import NO_HASH, log_hash
from archive.times import utc_now
from benchmarks.survival import kill_after, start, survive
from crawler.newsroom import serve
from crawler.newsroom.story import demo_newsroom, demo_watch
from tests.test_story import derived, rows

KILLS = 10


def assert_not_torn(archive: Path) -> None:
    assert rows(archive, "PRAGMA integrity_check") == [("ok",)]
    assert rows(archive, "PRAGMA foreign_key_check") == []
    with Store(archive, readonly=True) as store:
        for (digest,) in rows(archive, "SELECT sha256 FROM body"):
            assert store.body(digest) is not None


@pytest.mark.timeout(300)
def test_nothing_is_lost_and_nothing_torn(tmp_path: Path) -> None:
    moments = random.Random(20261124)
    archive, undisturbed = tmp_path / "archive.db", tmp_path / "undisturbed.db"
    watch = tmp_path / "demo.toml"
    with serve(demo_newsroom(), port=0) as server:
        # Slower than the demo's, so that kills fall into the middle of the crawl.
        watch.write_text(demo_watch(server.port).replace('delay = "0.05s"', 'delay = "0.2s"'), encoding="utf-8")
        Store(archive).close()
        interrupted = 0
        for number in range(KILLS):
            if number % 2:
                child = start("archive.cli", "--archive", str(archive), "process", "--workers", "2")
            else:
                child = start("crawler", str(watch), "--archive", str(archive))
            interrupted += kill_after(child, moments.uniform(0.6, 2.6))
            assert_not_torn(archive)
        assert interrupted >= KILLS // 2, "the kills fell after the work"

        for target in (archive, undisturbed):
            for _ in range(4):
                subprocess.run(
                    [sys.executable, "-m", "crawler", str(watch), "--archive", str(target)],
                    check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120,
                )  # fmt: skip
                if not rows(target, "SELECT 1 FROM frontier WHERE visits = 0 AND due_at < ?", utc_now().isoformat()):
                    break
                time.sleep(1)
            process(target, now=utc_now, workers=2)

    assert_not_torn(archive)
    asked = "SELECT DISTINCT url FROM capture ORDER BY url"
    assert rows(archive, asked) == rows(undisturbed, asked)
    assert not rows(archive, "SELECT 1 FROM frontier WHERE state = 'leased'")
    assert not rows(archive, "SELECT 1 FROM version_fts_docsize WHERE id NOT IN (SELECT id FROM version)")
    # The trapdoor is busy at its first request only: which of the two archives met that is chance.
    said = (
        "SELECT p.url_key, e.text_sha256 FROM version v JOIN page p ON p.id = v.page_id"
        " JOIN extraction e ON e.id = v.extraction_id WHERE p.url_key NOT LIKE 'trapdoor%' ORDER BY 1, v.number"
    )
    assert rows(archive, said) == rows(undisturbed, said)
    kinds = "SELECT url, kind, coverage_story FROM story_pages WHERE url NOT LIKE '%trapdoor%' ORDER BY url"
    assert rows(archive, kinds) == rows(undisturbed, kinds)
    assert {state for (state,) in rows(archive, "SELECT state FROM run")} <= {"finished", "killed"}

    before = derived(archive)
    with Store(archive) as store:
        store.clear_derived()
    process(archive, now=utc_now, workers=2)
    assert derived(archive) == before


@pytest.mark.timeout(300)
def test_import_pruning_and_backup_survive_too(tmp_path: Path) -> None:
    """As `python -m benchmarks.survival` does it at a hundred moments over all kinds of work."""
    figures = survive(10, 20261125, tmp_path, ("import", "prune", "backup", "import", "crawl"))
    assert sum(figures["killed"].values()) >= 3, "the kills fell after the work"


def test_the_hash_chain_holds(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    watch = tmp_path / "demo.toml"
    with serve(demo_newsroom(), port=0) as server:
        watch.write_text(demo_watch(server.port), encoding="utf-8")
        subprocess.run(
            [sys.executable, "-m", "crawler", str(watch), "--archive", str(archive)],
            check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip
    with sqlite3.connect(archive) as connection:
        connection.row_factory = sqlite3.Row
        previous = NO_HASH
        for row in connection.execute("SELECT * FROM capture ORDER BY id"):
            assert row["prev_log_hash"] == previous
            assert log_hash(previous, dict(row)) == row["log_hash"]
            assert json.loads(row["headers"]) is not None
            previous = row["log_hash"]
    assert previous != NO_HASH


def test_a_second_run_is_told_that_another_holds_the_lock(tmp_path: Path) -> None:
    from archive import lock

    archive = tmp_path / "archive.db"
    watch = tmp_path / "w.toml"
    watch.write_text('url = "http://127.0.0.1:9/a"\n', encoding="utf-8")
    Store(archive).close()
    for work, arguments in [
        ("crawl", ["crawler", str(watch), "--archive", str(archive)]),
        ("process", ["archive.cli", "--archive", str(archive), "process"]),
        ("process", ["archive.cli", "--archive", str(archive), "run", str(watch)]),
    ]:
        with lock.hold(archive, work):
            done = subprocess.run(
                [sys.executable, "-m", *arguments], capture_output=True, text=True, check=False, timeout=60
            )
        assert done.returncode == 3, done.stderr
        assert f"another {work} (process {os.getpid()}) is at work" in done.stderr
