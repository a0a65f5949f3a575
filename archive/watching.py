"""`afterprint watch`: runs each watch when something of it is due, for good.

::

    look ─┬─► a watch is due ──► run it ──► rest ──┐
     ▲    ├─► an alert waits ──► deliver it        │
     │    └─► nothing ─────────► wait, in steps    │
     └──────────────────────────────────────────────┘

All that it remembers stands in the archive: killed and started again it goes on. What is due is asked of the archive by the
clock on the wall; the waiting itself goes by the time that passes, so that a clock that is set neither wakes it for ever nor
lets it sleep for a year, and is noticed and noted.

One watch that is wrong, one crawl that dies, a full disk: none of them ends it. Each is noted and tried again.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from archive import lock, running
from archive.exceptions import AfterprintError, ConfigError, DiskFullError, LockedError, StoreBusyError
from archive.health import IncidentKind, jump_in_words
from archive.machine import ClockMark, Clocks
from archive.store import Store

if TYPE_CHECKING:
    from crawler.watch import Schedule, Watch

logger = logging.getLogger(__name__)
logger.addHandler(logging.NullHandler())  # without a log, people are told by `say` alone

STEP: Final = timedelta(seconds=1)
"""A stop is heeded within this time."""

LOOK: Final = timedelta(minutes=1)
"""At least so often the archive and the watches are looked at: others add to them."""

REST_SHARE: Final = 5
"""A watch rests a fifth of `fresh` after a run: what falls due meanwhile is fetched together, and nothing is late by more."""
LEAST_REST: Final = timedelta(seconds=1)
MOST_REST: Final = timedelta(minutes=5)
LONGEST_REST: Final = timedelta(hours=1)
"""After runs that could ask nothing, or failed: the rest is doubled with each, up to this."""


class RunOnce(Protocol):
    """One run of a watch: `running.run_under_lock`."""

    def __call__(
        self, loaded: Watch, watch: Path, archive: Path, stop: threading.Event, *, workers: int | None
    ) -> running.RunResult: ...


@dataclass(slots=True)
class Turn:
    """What is remembered of one watch file between its runs; nothing of it matters after a restart."""

    file: Path
    #: by the time that passes: not to be run, and its receivers not to be told, before
    rests_until: timedelta = timedelta(0)
    quiet_until: timedelta = timedelta(0)
    #: runs in a row that failed or could ask nothing
    idle: int = 0
    #: what was said of it last, so that it is said once
    said: str = ""


class Watching:
    """Watches for good. `stop` ends it after what is at work."""

    def __init__(
        self,
        files: Callable[[], Sequence[Path]],
        archive: Path,
        stop: threading.Event,
        *,
        workers: int | None = None,
        clocks: Clocks | None = None,
        run_once: RunOnce = running.run_under_lock,
        say: Callable[[str], None] = lambda line: print(line, file=sys.stderr),  # noqa: T201
    ) -> None:
        self.files = files
        self.archive = archive
        self.stop = stop
        self.workers = workers
        self.clocks = clocks or Clocks()
        self.run_once = run_once
        self.say = say
        self.turns: dict[Path, Turn] = {}
        self.mark = ClockMark(self.clocks)

    def go_on(self) -> None:
        """Watch until `stop` is set.

        Raises:
            ConfigError: there is no watch, or one is wrong before anything was started.
            LockedError: another `afterprint watch` or `afterprint run` is at work on the archive.
            StoreError: the file is no archive.
        """
        from crawler.watch import load_watch

        watches = [load_watch(file) for file in self.files()]
        if not watches:
            raise ConfigError("there is no watch to run", remedy="Make one with: afterprint add URL")
        for watch in watches:
            for notice in watch.notices:
                self.say(f"Note: {notice}")
        Store(self.archive).close()  # what is wrong with the file is told before its lock is looked for
        with lock.hold(self.archive, "run"):
            for watch in watches:
                running.mind_the_past(self.archive, watch)
            self.mark = ClockMark(self.clocks)
            while not self.stop.is_set():
                try:
                    waits = self._look()
                except (StoreBusyError, DiskFullError) as error:
                    self._tell(str(error))
                    waits = LOOK
                self._wait(waits)

    # --- what is to be done ---

    def _look(self) -> timedelta:
        """Do the one thing that is most overdue. Returns how long nothing is due, at most `LOOK`."""
        passed, now = self.clocks.elapsed(), self.clocks.now()
        waits, chosen = LOOK, None
        for file in self.files():
            turn = self.turns.setdefault(file, Turn(file))
            watch = self._load(turn)
            if watch is None:
                continue
            due, tells = self._due(watch)
            if tells is not None:
                waits_to_tell = max(tells - now, turn.quiet_until - passed)
                if waits_to_tell <= timedelta(0):
                    turn.quiet_until = passed + LOOK
                    running.tell_receivers(self.archive, watch.slug, watch.alerts.receivers, self.stop)
                else:
                    waits = min(waits, waits_to_tell)
            wait = max((due or now) - now, turn.rests_until - passed)
            if wait > timedelta(0):
                waits = min(waits, wait)
            elif chosen is None or (due or _NEVER) < chosen[0]:
                chosen = (due or _NEVER, turn, watch)
        if chosen is not None and not self.stop.is_set():
            _, turn, watch = chosen
            self._run(turn, watch)
            return timedelta(0)
        return waits

    def _load(self, turn: Turn) -> Watch | None:
        from crawler.watch import load_watch

        try:
            watch = load_watch(turn.file)
        except ConfigError as error:
            if turn.said != str(error):
                turn.said = str(error)
                self._tell(turn.said)
                self._note("watch_wrong", str(error).replace("\n", " "), str(turn.file))
            return None
        turn.said = ""
        return watch

    def _due(self, watch: Watch) -> tuple[datetime | None, datetime | None]:
        """When a URL of *watch* is due, and when an alert is; of a watch that was never run, None: at once."""
        with Store(self.archive, create=False, readonly=True) as store:
            story = store.story_by_slug(watch.slug)
            tells = store.next_delivery(watch.slug)
            if story is None or store.last_run(watch.slug) is None:
                return None, tells
            due = store.next_due(story_id=story.id, before=_FAR)
            return due or _FAR, tells

    # --- doing it ---

    def _run(self, turn: Turn, watch: Watch) -> None:
        before = self._last_run(watch.slug)
        logger.info("run begins", extra={"watch": watch.slug})
        good = False
        try:
            result = self.run_once(watch, turn.file, self.archive, self.stop, workers=self.workers)
            last = self._last_run(watch.slug)
            good = result.exit_code in (0, 1) and last != before and bool(last and last[1])
            for line in result.summary.told:
                self.say(line)
        except LockedError as error:
            self._tell(str(error))
        except AfterprintError as error:
            self._tell(str(error))
            self._note("run_crashed", error.cause, watch.slug)
        except Exception as error:
            # A bug must not end a year's work: it is told, noted, and tried again after a rest.
            logger.exception("run crashed", extra={"watch": watch.slug})
            self.say(traceback.format_exc())
            self._tell(f"a run of {watch.slug} crashed: {type(error).__name__}: {error}")
            self._note("run_crashed", f"{type(error).__name__}: {error}", watch.slug)
        turn.idle = 0 if good else turn.idle + 1
        turn.rests_until = self.clocks.elapsed() + rest(watch.schedule, turn.idle)
        self.mark = ClockMark(self.clocks)  # what the clock did during a run, the run has noted
        if not self.stop.is_set():
            self._say_next(watch)

    def _last_run(self, slug: str) -> tuple[int, int] | None:
        """Id of the last run, and how many URLs it asked."""
        with Store(self.archive, create=False, readonly=True) as store:
            run = store.last_run(slug)
        return (run.id, run.planned) if run is not None else None

    def _say_next(self, watch: Watch) -> None:
        due, _ = self._due(watch)
        if due is not None and due != _FAR:
            self.say(f"{watch.slug}: next due {max(due, self.clocks.now()):%Y-%m-%d %H:%M} UTC")

    # --- waiting ---

    def _wait(self, time: timedelta) -> None:
        end = self.clocks.elapsed() + time
        while not self.stop.is_set() and (left := end - self.clocks.elapsed()) > timedelta(0):
            self.clocks.pause(min(left, STEP).total_seconds())
            if (jump := self.mark.jump()) is not None:
                self._clock_was_set(jump)
                return

    def _clock_was_set(self, jump: timedelta) -> None:
        detail = jump_in_words(jump)
        self._tell(detail)
        self._note("clock_jumped", detail, None)
        if jump < timedelta(0):
            for turn in self.turns.values():
                if (watch := self._load(turn)) is not None:
                    running.mind_the_past(self.archive, watch)

    def _tell(self, line: str) -> None:
        self.say(f"Note: {line}")
        logger.warning(line)

    def _note(self, kind: IncidentKind, detail: str, watch: str | None) -> None:
        try:
            with Store(self.archive, create=False) as store:
                store.note_incident(kind, detail, self.clocks.now(), watch)
        except AfterprintError as error:
            self.say(f"Note: {error}")


def rest(schedule: Schedule, idle: int) -> timedelta:
    """How long a watch rests after a run, of which *idle* in a row failed or could ask nothing.

    >>> from crawler.watch import Schedule
    >>> [str(rest(Schedule(), idle)) for idle in (0, 1, 5)]
    ['0:05:00', '0:10:00', '1:00:00']
    """
    usual = min(max(min(schedule.fresh, schedule.every) / REST_SHARE, LEAST_REST), MOST_REST)
    return min(usual * (1 << min(idle, 20)), max(LONGEST_REST, usual))


_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_FAR: Final = datetime.max.replace(tzinfo=UTC)
