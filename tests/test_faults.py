"""A full disk, a file that may not be written, a lock that is held, a damaged page: a clear error, nothing lost, and a way back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.exceptions import NotAnArchiveError, StoreBusyError, StoreError
from archive.process import process
from archive.store import Store, _base
from archive.times import utc_now
from archive.types import Capture
from archive.verify import verify
from tests.crawler.crawling import REPOSITORY, write_watch
from tests.crawler.web import Web

T = datetime(2026, 3, 1, 12, tzinfo=UTC)


def capture(number: int) -> Capture:
    url = f"https://courier.example/{number}"
    return Capture(url, "page", T, T, final_url=url, status=200, body=os.urandom(6_000))


def facts(path: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT id, log_hash, body_sha256 FROM capture ORDER BY id").fetchall()
    connection.close()
    return rows


@contextmanager
def as_a_reader(path: Path) -> Iterator[None]:
    """Somebody who may read the file and its folder, and write neither: as root, only another user is such a one."""
    folder, before = path.parent, path.parent.stat().st_mode
    path.chmod(0o444)
    folder.chmod(0o555)
    me = os.geteuid()
    try:
        if me == 0:
            os.seteuid(65_534)
        yield
    finally:
        os.seteuid(me)
        folder.chmod(before)
        path.chmod(0o644)


# --- the disk is full ------------------------------------------------------------------------------


def test_a_crawl_on_a_full_disk_ends_with_a_remedy_and_the_next_one_goes_on(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    Store(archive).close()
    with Web() as web:
        urls = [web.page(f"h{number}.localhost", "/page", body=os.urandom(40_000)) for number in range(30)]
        watch = write_watch(tmp_path, urls)
        command = f"ulimit -f 1200; exec {sys.executable} -m crawler {watch} --archive {archive}"  # blocks of 512 bytes
        full = subprocess.run(
            ["sh", "-c", command], cwd=REPOSITORY, capture_output=True, text=True, timeout=90, check=False
        )
        assert full.returncode == 1, full.stderr
        assert "Make room on the disk and run the command again" in full.stderr
        assert "Traceback" not in full.stderr
        kept = facts(archive)
        assert 0 < len(kept) < 2 * len(urls)
        with Store(archive, create=False) as store:
            assert verify(store).ok

        again = subprocess.run(
            [sys.executable, "-m", "crawler", str(watch), "--archive", str(archive)],
            cwd=REPOSITORY, capture_output=True, text=True, timeout=90, check=False,
        )  # fmt: skip
        assert again.returncode == 0, again.stderr
    assert facts(archive)[: len(kept)] == kept
    with sqlite3.connect(archive) as connection:
        fetched = connection.execute("SELECT url, count(*) FROM capture WHERE purpose = 'page' GROUP BY url").fetchall()
        assert connection.execute("SELECT count(*) FROM frontier WHERE state = 'leased'").fetchone() == (0,)
    connection.close()
    assert sorted(fetched) == sorted((url, 1) for url in urls), "none lost, none asked twice"
    with Store(archive, create=False) as store:
        assert verify(store).ok


# --- the file may not be written -----------------------------------------------------------------------


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can look into: pytest's own are closed."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def test_a_file_that_may_not_be_written_is_an_error_with_a_remedy_and_stays_as_it_is(open_folder: Path) -> None:
    path = open_folder / "archive.db"
    with Store(path) as store:
        store.add_capture(capture(1))
    before = path.read_bytes()
    with as_a_reader(path), pytest.raises(StoreError, match="that you may write to it"), Store(path) as store:
        store.add_capture(capture(2))
    assert path.read_bytes() == before
    with Store(path) as store:
        assert store.add_capture(capture(2)) == 2


# --- somebody else holds the lock -----------------------------------------------------------------------


@contextmanager
def held(path: Path, seconds: float) -> Iterator[None]:
    """Another program writes to the archive for so long."""
    taken = threading.Event()

    def hold() -> None:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        taken.set()
        time.sleep(seconds)
        other.execute("ROLLBACK")
        other.close()

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait(10)
    yield
    thread.join()


def test_a_lock_that_is_given_back_in_time_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Store(path) as store, held(path, 0.5):
        assert store.add_capture(capture(1)) == 1


def test_a_lock_that_is_held_too_long_is_named_and_the_same_store_goes_on_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_base, "BUSY_TIMEOUT", 0.2)
    path = tmp_path / "archive.db"
    with Store(path) as store:
        store.add_capture(capture(1))
        with held(path, 1.0), pytest.raises(StoreBusyError, match="Nothing was lost; run the command again"):
            store.add_capture(capture(2))
        assert store.add_capture(capture(2)) == 2
        assert verify(store).ok


# --- a page of the file is damaged -----------------------------------------------------------------------


@pytest.fixture
def damaged(tmp_path: Path) -> tuple[Path, Path]:
    """An archive of forty captures with a page overwritten, and its backup from before the last ten."""
    path, backup = tmp_path / "archive.db", tmp_path / "backup.db"
    with Store(path) as store:
        for number in range(30):
            store.add_capture(capture(number))
        store.back_up(backup)
        for number in range(30, 40):
            store.add_capture(capture(number))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [(size,)] = connection.execute("PRAGMA page_size").fetchall()
        [(root,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'capture'").fetchall()
    connection.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xa5" * size)
    return path, backup


def test_a_damaged_page_is_named_by_verify_and_by_whoever_meets_it(damaged: tuple[Path, Path]) -> None:
    path, _ = damaged
    with Store(path, create=False) as store:
        report = verify(store)
        assert not report.ok
        assert any("Restore the archive from a backup" in finding.remedy for finding in report.findings)
    with pytest.raises(NotAnArchiveError, match="restore this one from a copy"):
        process(path, now=utc_now, workers=1)
    with pytest.raises(NotAnArchiveError), Store(path) as store:
        store.add_capture(capture(99))


def test_the_way_back_from_a_damaged_page(damaged: tuple[Path, Path]) -> None:
    """As docs/reliability.md has it: put the damaged file aside, take the backup in its place, go on."""
    path, backup = damaged
    path.rename(path.with_suffix(".damaged"))
    shutil.copy(backup, path)
    with Store(path) as store:
        assert verify(store).ok
        assert store.add_capture(capture(40)) == 31
        assert verify(store).ok
