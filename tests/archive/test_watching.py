"""`afterprint watch`: what is run when, what is noted, and what ends it. The clock is ours, the archive is real."""

from __future__ import annotations

import itertools
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive import lock, running, watching
from archive.exceptions import AfterprintError, ConfigError, DiskFullError, LockedError
from archive.machine import Clocks
from archive.store import Store
from archive.times import utc_now
from archive.types import Lead
from archive.watching import Watching
from crawler.newsroom import serve
from crawler.newsroom.story import demo_newsroom, demo_watch
from crawler.watch import load_watch

START = datetime(2026, 3, 10, 8, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class OurClocks(Clocks):
    """Two clocks that go on only while somebody waits; `set_by` sets the one on the wall."""

    def __init__(self) -> None:
        self.wall, self.passed = START, timedelta(0)
        self.at: dict[timedelta, Callable[[], None]] = {}

    def now(self) -> datetime:
        return self.wall

    def elapsed(self) -> timedelta:
        return self.passed

    def pause(self, seconds: float) -> None:
        assert seconds <= watching.STEP.total_seconds()
        self.wall += timedelta(seconds=seconds)
        self.passed += timedelta(seconds=seconds)
        for moment in [moment for moment in self.at if moment <= self.passed]:
            self.at.pop(moment)()

    def set_by(self, jump: timedelta) -> None:
        self.wall += jump


class Bench:
    """Watches, an archive, and runs that are written down: a run asks what is due and puts it off."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
        self.archive = folder / "archive.db"
        self.clocks = OurClocks()
        self.stop = threading.Event()
        self.said: list[str] = []
        self.runs: list[tuple[str, timedelta]] = []
        self.every = 6 * HOUR
        self.trouble: Exception | None = None
        self.files = [folder / f"{name}.toml" for name in names]
        for file in self.files:
            file.write_text(f'url = "https://{file.stem}.example/a"\n', encoding="utf-8")
        monkeypatch.setattr(running, "utc_now", self.clocks.now)
        monkeypatch.setattr(watching, "STEP", timedelta(seconds=30))
        monkeypatch.setattr(watching, "LOOK", 10 * MINUTE)

    def run_once(self, loaded: Any, watch: Path, archive: Path, stop: threading.Event, **_: object) -> Any:
        self.runs.append((loaded.slug, self.clocks.passed))
        if self.trouble is not None:
            raise self.trouble
        now = self.clocks.now()
        with Store(archive) as store:
            story = store.save_story(loaded.story, now)
            assert story.id is not None
            run = store.open_run(kind="crawl", watch=loaded.slug, now=now)
            store.add_leads([Lead(story.urls[0], "given", "watch")], story_id=story.id, run_id=run, now=now)
            entries = store.lease_due(story_id=story.id, limit=9, lease_seconds=60, now=now)
            for entry in entries:
                store.release(entry, due_at=now + self.every, reason="asked")
            store.close_run(run, state="finished", now=now, planned=len(entries))
        return running.RunResult()

    def watch_for(self, time: timedelta) -> Watching:
        made = Watching(
            lambda: self.files,
            self.archive,
            self.stop,
            clocks=self.clocks,
            run_once=self.run_once,
            say=self.said.append,
        )
        self.clocks.at[self.clocks.passed + time] = self.stop.set
        made.go_on()
        return made

    def incidents(self) -> list[tuple[str, str, int]]:
        with Store(self.archive, readonly=True) as store:
            rows = store._all("SELECT kind, detail, times FROM incidents ORDER BY id")
        return [tuple(row) for row in rows]


def test_each_watch_is_run_when_it_is_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path, monkeypatch, "one", "two")
    bench.watch_for(13 * HOUR)
    for name in ("one", "two"):
        assert [at // HOUR for slug, at in bench.runs if slug == name] == [0, 6, 12]
    assert any("one: next due 2026-03-10 14:00 UTC" in line for line in bench.said)


def test_started_again_it_goes_on_and_runs_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path, monkeypatch, "one")
    bench.watch_for(HOUR)
    bench.stop.clear()
    bench.watch_for(4 * HOUR)
    assert len(bench.runs) == 1
    bench.stop.clear()
    bench.watch_for(2 * HOUR)
    assert len(bench.runs) == 2


def test_a_watch_that_can_ask_nothing_rests_longer_and_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path, monkeypatch, "one")
    bench.trouble = DiskFullError("could not write")
    bench.watch_for(5 * HOUR)
    starts = [at for _, at in bench.runs]
    waits = [(later - earlier) / MINUTE for earlier, later in itertools.pairwise(starts)]
    assert waits[:4] == [10, 20, 40, 60]
    assert max(waits) <= 61
    bench.trouble = None
    bench.stop.clear()
    bench.watch_for(2 * HOUR)
    assert bench.incidents()[0][0] == "run_crashed"
    assert bench.incidents()[0][2] == len(starts)


def test_a_bug_is_noted_and_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path, monkeypatch, "one")
    bench.trouble = ZeroDivisionError("division by zero")
    bench.watch_for(HOUR)
    assert len(bench.runs) > 1
    assert bench.incidents()[0][:2] == ("run_crashed", "ZeroDivisionError: division by zero")


def test_a_watch_that_became_wrong_is_told_once_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path, monkeypatch, "one", "two")
    bench.clocks.at[HOUR] = lambda: bench.files[0].write_text("urll = 1\n", encoding="utf-8") and None
    bench.clocks.at[7 * HOUR] = lambda: (
        bench.files[0].write_text('url = "https://one.example/a"\n', encoding="utf-8") and None
    )
    bench.watch_for(8 * HOUR)
    assert [slug for slug, _ in bench.runs].count("two") == 2
    assert [at // HOUR for slug, at in bench.runs if slug == "one"] == [0, 7]
    assert len([line for line in bench.said if "unknown key" in line]) == 1
    assert [kind for kind, *_ in bench.incidents()] == ["watch_wrong"]


def test_a_watch_that_is_wrong_from_the_beginning_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path, monkeypatch, "one")
    bench.files[0].write_text("urll = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="unknown key"):
        bench.watch_for(HOUR)
    bench.files = []
    with pytest.raises(ConfigError, match="no watch"):
        bench.watch_for(HOUR)


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-400)], ids=["forward", "back"])
def test_a_clock_that_was_set_is_noted_and_keeps_nothing_from_being_visited(
    jump: timedelta, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path, monkeypatch, "one")
    bench.clocks.at[HOUR] = lambda: bench.clocks.set_by(jump)
    bench.watch_for(10 * HOUR)
    kinds = [kind for kind, *_ in bench.incidents()]
    assert kinds[0] == "clock_jumped"
    assert "400 days" in bench.incidents()[0][1]
    # Forward: all is due at once. Back: what was put 400 days ahead is made due.
    assert [at // HOUR for _, at in bench.runs] == [0, 1, 7]


def test_a_clock_that_was_wrong_before_the_start_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path, monkeypatch, "one")
    bench.clocks.set_by(4 * 365 * DAY)
    bench.watch_for(HOUR)
    bench.clocks.set_by(-4 * 365 * DAY)
    bench.stop.clear()
    bench.watch_for(HOUR)
    assert len(bench.runs) == 2
    assert "later than now" in bench.incidents()[0][1]


def test_a_slewed_clock_is_no_jump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path, monkeypatch, "one")
    for minute in range(1, 50):
        bench.clocks.at[minute * MINUTE] = lambda: bench.clocks.set_by(timedelta(seconds=0.5))
    bench.watch_for(HOUR)
    assert not bench.incidents()


def test_it_is_locked_against_itself_and_against_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path, monkeypatch, "one")
    Store(bench.archive).close()
    with lock.hold(bench.archive, "run"), pytest.raises(LockedError, match=f"another run .process {os.getpid()}"):
        bench.watch_for(HOUR)
    with lock.hold(bench.archive, "run"), pytest.raises(LockedError):
        running.run(bench.files[0], bench.archive)
    assert lock.holder(bench.archive, "run") is None


def test_while_somebody_processes_it_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path, monkeypatch, "one")
    bench.trouble = LockedError("another process is at work")
    bench.clocks.at[30 * MINUTE] = lambda: setattr(bench, "trouble", None)
    bench.watch_for(2 * HOUR)
    assert not bench.incidents(), "that is no incident"
    with Store(bench.archive, readonly=True) as store:
        assert store.last_run("one") is not None


def test_the_most_overdue_watch_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path, monkeypatch, "one", "two")
    bench.watch_for(HOUR)
    bench.every = 2 * HOUR
    bench.files = bench.files[1:]
    bench.stop.clear()
    bench.watch_for(8 * HOUR)  # "two" is run every two hours, and "one" waits
    bench.files = [tmp_path / "two.toml", tmp_path / "one.toml"]
    bench.stop.clear()
    bench.clocks.set_by(timedelta(0))
    bench.runs.clear()
    bench.watch_for(3 * HOUR)
    assert bench.runs[0][0] == "one"


def test_rest_is_bounded_by_the_watch() -> None:
    from crawler.watch import Schedule

    assert watching.rest(Schedule(fresh=timedelta(seconds=1)), 0) == timedelta(seconds=1)
    assert watching.rest(Schedule(fresh=timedelta(days=1), every=timedelta(days=1)), 0) == 5 * MINUTE
    assert watching.rest(Schedule(), 10_000) == HOUR
    assert timedelta(seconds=1) >= watching.STEP, "a stop is heeded within it"


# --- the real program --------------------------------------------------------------------------------


@contextmanager
def started(folder: Path) -> Iterator[tuple[subprocess.Popen[str], Path, Path]]:
    archive, watch = folder / "archive.db", folder / "demo.toml"
    with serve(demo_newsroom(), port=0) as server:
        # Slower than the demo's, so that signals fall into the middle of the crawl.
        watch.write_text(demo_watch(server.port).replace('delay = "0.05s"', 'delay = "2s"'), encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "archive.cli", "--archive", str(archive), "watch", str(watch), "--workers", "1"],
            stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            yield process, archive, watch
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate(timeout=10)


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def captures(archive: Path) -> int:
    if not archive.exists():
        return 0
    try:
        with Store(archive, create=False, readonly=True) as store:
            return store.counts()["capture"]
    except (AfterprintError, sqlite3.OperationalError):
        return 0  # the file is being made


def test_sigterm_to_it_alone_ends_the_crawl_too_and_closes_its_row(tmp_path: Path) -> None:
    with started(tmp_path) as (process, archive, watch):
        wait_for(lambda: captures(archive) > 3)
        refused = subprocess.run(
            [sys.executable, "-m", "archive.cli", "--archive", str(archive), "run", str(watch)],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert refused.returncode == 3, refused.stderr
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert "Stopped" in out
        with Store(archive, readonly=True) as store:
            run = store.last_run()
            assert run is not None
            assert run.state == "stopped"
            assert not store.running_runs()
        assert lock.holder(archive, "crawl") is None


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    with started(tmp_path) as (process, archive, _):
        wait_for(lambda: captures(archive) > 3)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
        assert process.returncode in (0, 130), err  # 0 if the first had ended it by then
        assert lock.holder(archive, "crawl") is None, "the crawl outlived it"


def test_a_crawl_that_was_killed_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = subprocess.Popen

    def killed(command: list[str], **options: Any) -> Any:
        code = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
        return real([sys.executable, "-c", code] if "crawler" in command else command, **options)

    monkeypatch.setattr(running.subprocess, "Popen", killed)
    watch = tmp_path / "w.toml"
    watch.write_text('url = "http://127.0.0.1:9/a"\n', encoding="utf-8")
    result = running.run(watch, tmp_path / "archive.db", workers=1)
    assert result.exit_code == 1
    with Store(tmp_path / "archive.db", readonly=True) as store:
        found = store.health(utc_now())
    assert [one.what for one in found] == ["a crawl was ended by SIGKILL"]


def test_one_wrong_watch_keeps_no_other_from_being_run(tmp_path: Path) -> None:
    wrong, archive = tmp_path / "wrong.toml", tmp_path / "archive.db"
    wrong.write_text("urll = 1\n", encoding="utf-8")
    with serve(demo_newsroom(), port=0) as server:
        page = tmp_path / "page.toml"
        told = load_watch(_written(tmp_path / "demo.toml", demo_watch(server.port)))
        page.write_text(
            f"url = {json.dumps(told.story.urls[0])}\n[sources]\nsearch = false\nfollow_copies = false\n"
            '[politeness]\nallow_private = ["127.0.0.1"]\ndelay = "0s"\n',
            encoding="utf-8",
        )
        done = subprocess.run(
            [sys.executable, "-m", "archive.cli", "--archive", str(archive), "run", str(wrong), str(page)],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
    assert done.returncode == 2
    assert "unknown key" in done.stderr
    assert captures(archive)


def _written(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file
