"""Crawl and process together: the crawl as a program of its own, the processing beside it.

The crawl runs in a subprocess, for Scrapy's reactor runs once a process and a crash of either leaves the other whole.
It is in a process group of its own, so that no signal reaches it twice: what the parent gets, Ctrl-C or SIGTERM, it
passes on. The first asks for a clean stop, the second ends both.
"""

from __future__ import annotations

import logging
import math
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from archive import attesting, delivery, lock, machine
from archive.attesting import Services
from archive.delivery import Receivers
from archive.exceptions import StoreError
from archive.health import CLOCK_JUMP, IncidentKind, disk_is_low, jump_in_words
from archive.histories import Summary
from archive.process import process
from archive.store import Store
from archive.times import utc_now

if TYPE_CHECKING:
    from crawler.watch import Watch

logger = logging.getLogger(__name__)

MAX_ROUNDS = 5
"""Crawls in one run: what copies point to (translations, originals) is fetched in the next round. Three suffice in practice."""

ROUND_SHARE = 0.5
"""Of the URLs that a run may still ask, those that one round may: what copies point to is worth more than what is left of the
first round's leads, and copies found tell which of these are worth more."""


LAST_MOMENTS = 5.0
"""Seconds that a crawl has to end at once, before it is killed. The archive stands that."""

Crawling = subprocess.Popen[bytes]


@dataclass(slots=True)
class RunResult:
    """What one run came to."""

    exit_code: int = 0
    summary: Summary = field(default_factory=Summary)
    stopped: bool = False


def crawl(watch: Path, archive: Path, *, again: bool = False, budget: int | None = None) -> int:
    """Crawl once, and return the crawl's exit code: 0 fine, 1 some sources failed, 2 bad configuration, 3 locked."""
    stop = threading.Event()
    with _crawls(stop) as crawls:
        return _code(_start_crawl(crawls, stop, watch, archive, again=again, budget=budget).wait())


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
        ConfigError: the watch is wrong. LockedError: another run is at work, or `afterprint watch` is.
    """
    from crawler.watch import load_watch

    loaded = load_watch(watch)  # a mistake in it is told before anything starts
    for notice in loaded.notices:
        print(f"Note: {notice}", file=sys.stderr)  # noqa: T201
    Store(archive).close()  # what is wrong with the file is told before its lock is looked for
    with lock.hold(archive, "run"):
        return run_under_lock(loaded, watch, archive, threading.Event(), again=again, budget=budget, workers=workers)


def run_under_lock(
    loaded: Watch,
    watch: Path,
    archive: Path,
    stop: threading.Event,
    *,
    again: bool = False,
    budget: int | None = None,
    workers: int | None = None,
) -> RunResult:
    """As `run`, for a caller that holds the lock for runs and listens to *stop* too. Raises LockedError."""
    receivers = loaded.alerts.receivers
    result = RunResult()
    with Store(archive) as store:
        delivery.name_receivers(store, loaded.slug, receivers, utc_now())
    mind_the_past(archive, loaded)
    mark = machine.ClockMark(machine.Clocks())
    with _crawls(stop) as crawls:
        with lock.hold(archive, "process"):
            _rounds(loaded, watch, archive, result, crawls, stop, again=again, budget=budget, workers=workers)
        if not stop.is_set():
            tell_receivers(archive, loaded.slug, receivers, stop)
            _ask_for_proofs(archive, loaded.slug, loaded.evidence, stop)
    _mind_the_machine(archive, mark.jump())
    return result


def mind_the_past(archive: Path, watch: Watch) -> None:
    """Notice that the last run was at work later than now, and make due what its clock put years ahead."""
    from crawler.schedule import longest_wait

    with Store(archive) as store:
        now, last = utc_now(), store.end_of_last_run()
        if last is None or last - now < CLOCK_JUMP:
            return
        detail = f"the last run ended at {last:%Y-%m-%d %H:%M} UTC by its clock, which is later than now"
        store.note_incident("clock_jumped", detail, now)
        count = store.pull_in(now, longest_wait(watch))
    print(f"Note: {detail}; {count} URLs that it put years ahead are due now", file=sys.stderr)  # noqa: T201


def _mind_the_machine(archive: Path, jump: timedelta | None) -> None:
    """Note what befell the machine during a run. Whatever comes of it, the run has done its work."""
    free = machine.free_bytes(archive)
    said: list[tuple[IncidentKind, str]] = []
    if jump is not None:
        said.append(("clock_jumped", f"{jump_in_words(jump)} during a run"))
    if disk_is_low(free, machine.size_of(archive)):
        said.append(("disk_low", f"the disk of the archive is nearly full: {free >> 20:,} MB are free"))
    for _, detail in said:
        print(f"Note: {detail}", file=sys.stderr)  # noqa: T201
    try:
        with Store(archive) as store:
            for kind, detail in said:
                store.note_incident(kind, detail, utc_now())
    except StoreError as error:
        print(f"Note: {error}", file=sys.stderr)  # noqa: T201


def _rounds(
    loaded: Watch,
    watch: Path,
    archive: Path,
    result: RunResult,
    crawls: list[Crawling],
    stop: threading.Event,
    *,
    again: bool,
    budget: int | None,
    workers: int | None,
) -> None:
    """Crawl and process, and again while copies name URLs never heard of, or the budget of the run has room for more."""
    left = loaded.politeness.max_pages if budget is None else budget
    for number in range(MAX_ROUNDS):
        share = left if number == MAX_ROUNDS - 1 else math.ceil(left * ROUND_SHARE)
        child = _start_crawl(crawls, stop, watch, archive, again=again and not number, budget=share)
        summary = process(archive, now=utc_now, workers=workers, stop=stop, go_on=partial(_is_running, child))
        code = _code(child.wait())
        if child.returncode < 0 and not stop.is_set():
            with Store(archive) as store:
                name = signal.Signals(-child.returncode).name
                store.note_incident("crawl_died", f"a crawl was ended by {name}", utc_now(), loaded.slug)
        _add(result.summary, summary)
        logger.info(
            "crawl ended with code %d; read %d captures, %d new versions, %d changes, %d matches",
            code, summary.read, summary.new_versions, summary.changes, summary.matched, extra={"watch": loaded.slug},
        )  # fmt: skip
        result.exit_code = max(result.exit_code, code)
        result.stopped = stop.is_set()
        if code not in (0, 1) or result.stopped:
            break
        asked, cut_off = _last_crawl(archive, loaded.slug)
        left -= asked
        if left <= 0 or not (cut_off or (loaded.sources.follow_copies and _copies_point_on(archive, loaded.slug))):
            break


def _last_crawl(archive: Path, slug: str) -> tuple[int, bool]:
    """How many URLs the last crawl of a watch asked, and whether its budget left some out."""
    with Store(archive) as store:
        run = store.last_run(slug)
    return (run.planned, "budget" in run.skipped) if run is not None else (0, False)


def tell_receivers(archive: Path, slug: str, receivers: Receivers, stop: threading.Event) -> None:
    """Deliver what is due. Whatever comes of it, the run has done its work."""
    try:
        with Store(archive) as store:
            done = delivery.deliver(store, slug, receivers, now=utc_now, stop=stop.is_set)
    except StoreError as error:
        print(f"Note: alerts wait for the next run: {error}", file=sys.stderr)  # noqa: T201
        return
    logger.info("%d alerts delivered, %d attempts failed", done.ok, len(done.failed), extra={"watch": slug})
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


def _is_running(child: Crawling) -> bool:
    return child.poll() is None


def _copies_point_on(archive: Path, slug: str) -> bool:
    """Whether the copies found name URLs never heard of, so that another crawl finds more."""
    from crawler.seeding import copy_leads

    with Store(archive) as store:
        story = store.story_by_slug(slug)
        if story is None or story.id is None:
            return False
        return any(not store.is_known_url(lead.url) for lead in copy_leads(store.copies_of(story.id), story))


def _start_crawl(
    crawls: list[Crawling], stop: threading.Event, watch: Path, archive: Path, *, again: bool, budget: int | None
) -> Crawling:
    command = [sys.executable, "-m", "crawler", str(watch), "--archive", str(archive)]
    if again:
        command.append("--again")
    if budget is not None:
        command += ["--budget", str(budget)]
    child = subprocess.Popen(command, process_group=0)
    crawls.append(child)
    if stop.is_set():  # between the start and the line above, nobody would have told it
        child.terminate()
    return child


def _code(returned: int) -> int:
    """The exit code of a crawl; of one that a signal ended, such as the kernel's when memory runs out, 1."""
    if returned >= 0:
        return returned
    print(f"Note: the crawl was ended by {signal.Signals(-returned).name}; the next run goes on", file=sys.stderr)  # noqa: T201
    return 1


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
def _crawls(stop: threading.Event) -> Iterator[list[Crawling]]:
    """Crawls that are told of signals while the block runs, and of which none is alive after it."""
    crawls: list[Crawling] = []

    def pass_on() -> None:
        for child in crawls:
            child.terminate()

    with _interrupts(stop, pass_on):
        try:
            yield crawls
        finally:
            _end(crawls)


def _end(crawls: list[Crawling]) -> None:
    for child in crawls:
        if child.poll() is not None:
            continue
        child.terminate()
        try:
            child.wait(LAST_MOMENTS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextmanager
def _interrupts(stop: threading.Event, pass_on: Callable[[], None] = lambda: None) -> Iterator[None]:
    """The first SIGINT or SIGTERM sets *stop*, the second ends the process; each is passed on.

    An event that is set already keeps that: the signal that set it was the first.
    """

    def on_signal(number: int, frame: FrameType | None) -> None:
        pass_on()
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
