"""Crawl and process together: the crawl as a program of its own, the processing beside it.

The crawl runs in a subprocess, for Scrapy's reactor runs once a process and a crash of either leaves the other whole.
Ctrl-C reaches both, as the terminal sends it to the whole group: the first asks for a clean stop, the second ends it.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from archive import attesting, delivery, lock
from archive.attesting import Services
from archive.delivery import Receivers
from archive.exceptions import StoreError
from archive.histories import Summary
from archive.process import process
from archive.store import Store
from archive.times import utc_now

if TYPE_CHECKING:
    from crawler.watch import Watch

MAX_ROUNDS = 5
"""Crawls in one run: what copies point to (translations, originals) is fetched in the next round. Three suffice in practice."""


@dataclass(slots=True)
class RunResult:
    """What one run came to."""

    exit_code: int = 0
    summary: Summary = field(default_factory=Summary)
    stopped: bool = False


def crawl(watch: Path, archive: Path, *, again: bool = False, budget: int | None = None) -> int:
    """Crawl once, and return the crawl's exit code: 0 fine, 1 some sources failed, 2 bad configuration, 3 locked."""
    with _interrupts(threading.Event()):
        return _start_crawl(watch, archive, again=again, budget=budget).wait()


def process_alone(
    archive: Path,
    *,
    workers: int | None = None,
    rebuild: bool = False,
    progress: Callable[[Summary, int], None] | None = None,
) -> Summary:
    """Process what is there. Raises LockedError if another process does."""
    stop = threading.Event()
    with Store(archive, create=False) as store, lock.hold(archive, "process"), _interrupts(stop):
        if rebuild:
            store.clear_derived()
        return process(archive, now=utc_now, workers=workers, stop=stop, progress=progress)


def run(
    watch: Path, archive: Path, *, again: bool = False, budget: int | None = None, workers: int | None = None
) -> RunResult:
    """Crawl what is due and process it as it comes, until neither leaves the other anything to do.

    Raises:
        ConfigError: the watch is wrong. LockedError: another run is at work.
    """
    from crawler.watch import load_watch

    loaded = load_watch(watch)  # a mistake in it is told before anything starts
    for notice in loaded.notices:
        print(f"Note: {notice}", file=sys.stderr)  # noqa: T201
    receivers = loaded.alerts.receivers
    with Store(archive) as store:
        delivery.name_receivers(store, loaded.slug, receivers, utc_now())
    result = RunResult()
    stop = threading.Event()
    with _interrupts(stop):
        with lock.hold(archive, "process"):
            _rounds(loaded, watch, archive, result, stop, again=again, budget=budget, workers=workers)
        if not stop.is_set():
            _tell_receivers(archive, loaded.slug, receivers, stop)
            _ask_for_proofs(archive, loaded.slug, loaded.evidence, stop)
    return result


def _rounds(
    loaded: Watch,
    watch: Path,
    archive: Path,
    result: RunResult,
    stop: threading.Event,
    *,
    again: bool,
    budget: int | None,
    workers: int | None,
) -> None:
    """Crawl and process, and again while copies name URLs never heard of."""
    for number in range(MAX_ROUNDS):
        child = _start_crawl(watch, archive, again=again and not number, budget=budget)
        summary = process(archive, now=utc_now, workers=workers, stop=stop, go_on=partial(_is_running, child))
        code = child.wait()
        _add(result.summary, summary)
        result.exit_code = max(result.exit_code, code)
        result.stopped = stop.is_set()
        if code not in (0, 1) or result.stopped or not loaded.sources.follow_copies:
            break
        if not _copies_point_on(archive, loaded.slug):
            break


def _tell_receivers(archive: Path, slug: str, receivers: Receivers, stop: threading.Event) -> None:
    """Deliver what is due. Whatever comes of it, the run has done its work."""
    try:
        with Store(archive) as store:
            done = delivery.deliver(store, slug, receivers, now=utc_now, stop=stop.is_set)
    except StoreError as error:
        print(f"Note: alerts wait for the next run: {error}", file=sys.stderr)  # noqa: T201
        return
    for line in done.failed:
        print(f"Note: {line}", file=sys.stderr)  # noqa: T201


def _ask_for_proofs(archive: Path, slug: str, services: Services, stop: threading.Event) -> None:
    """Have the run's end stamped, and copies made, if the watch says so. Whatever comes of it, the run has done its work."""
    try:
        with Store(archive) as store:
            attesting.enqueue(store, slug, services, utc_now())
            done = attesting.ask(store, services, now=utc_now, stop=stop)
    except StoreError as error:
        print(f"Note: time stamps and copies wait for the next run: {error}", file=sys.stderr)  # noqa: T201
        return
    for line in done.failed:
        print(f"Note: {line}", file=sys.stderr)  # noqa: T201


def _is_running(child: subprocess.Popen[bytes]) -> bool:
    return child.poll() is None


def _copies_point_on(archive: Path, slug: str) -> bool:
    """Whether the copies found name URLs never heard of, so that another crawl finds more."""
    from crawler.seeding import copy_leads

    with Store(archive) as store:
        story = store.story_by_slug(slug)
        if story is None or story.id is None:
            return False
        return any(not store.is_known_url(lead.url) for lead in copy_leads(store.copies_of(story.id), story))


def _start_crawl(watch: Path, archive: Path, *, again: bool, budget: int | None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "crawler", str(watch), "--archive", str(archive)]
    if again:
        command.append("--again")
    if budget is not None:
        command += ["--budget", str(budget)]
    return subprocess.Popen(command)


def _add(total: Summary, more: Summary) -> None:
    total.read += more.read
    total.new_versions += more.new_versions
    total.changes += more.changes
    total.matched += more.matched
    total.decisions.update(more.decisions)
    total.kinds.update(more.kinds)
    total.told += more.told
    total.promoted += more.promoted
    total.unreadable += more.unreadable
    total.stopped = more.stopped


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets while the block runs; the second ends the process."""
    stop = threading.Event()
    with _interrupts(stop):
        yield stop


@contextmanager
def _interrupts(stop: threading.Event) -> Iterator[None]:
    """The first SIGINT or SIGTERM sets *stop*, the second ends the process; the crawl gets its own."""

    def on_signal(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        print("\nStopping: finishing what is in flight. Press Ctrl-C again to stop now.", file=sys.stderr)  # noqa: T201

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
