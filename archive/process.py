"""From captures to versions, changes and matches: the order of the calls, the workers. Nothing else.

::

    captures_to_read ─► [worker] extract ─► histories: versions, changes, availability; one transaction a capture
    new stories      ─► [worker] look up ─► versions that are there already ─► match
    new versions     ─► [worker] look up ─► all stories ─► match ─► one transaction a version: matches, passages
    matches that claim text ──────────────► which came first
    matches, changes, removals, alarms ───► those who asked for it are told: see archive.alerts

Extraction takes tens of milliseconds a page and a sentence encoder more: both run in worker processes,
which read the archive and never write it. The one writer applies results in the order in which jobs were made,
so that the same captures give the same rows. Kill it on any line: what was committed stands, the rest is found again.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive import alerts, extract, references
from archive.alerts import Event, Wishes
from archive.exceptions import StoreError
from archive.histories import Histories, Reading, Summary, read_body
from archive.quality import may_be_html
from archive.store import CaptureToRead, IndexedStory, Store, story_digest
from archive.types import COPY_KINDS

if TYPE_CHECKING:
    from archive.lookup import Compared, Lookup, StoryMatch, StoryTextVectors
    from archive.match.candidates import Keys

MATCH_BATCH = 8
"""Versions, or texts, a job: enough to make a job worth its message, few enough that no worker idles at the end."""

INDEX_BATCH = 200
"""Stories put into the look-up in one transaction."""


def default_workers() -> int:
    """One worker a core, two at least: the writer and a crawl beside it wait most of their time."""
    return max(2, os.cpu_count() or 2)


def process(
    path: Path,
    *,
    now: Callable[[], datetime],
    workers: int | None = None,
    go_on: Callable[[], bool] = lambda: False,
    stop: threading.Event | None = None,
    progress: Callable[[Summary, int], None] | None = None,
) -> Summary:
    """Read every capture that was not read under the present label, and match every version that needs it.

    Args:
        now: tells the time, for alerts.
        go_on: asked when nothing is left to do; while it says yes (a crawl is running), new captures are waited for.
        stop: once set, what is in flight is finished and the rest left for the next call.
        progress: called after each capture with the summary so far and the number of captures waiting.

    Raises:
        StoreError: the archive could not be read or written.
    """
    with Store(path, create=False) as store:
        return _Processing(store, now, workers or default_workers(), stop or threading.Event(), progress).run(go_on)


def match_story(
    path: Path,
    slug: str,
    *,
    now: Callable[[], datetime],
    workers: int | None = None,
    stop: threading.Event | None = None,
    progress: Callable[[Summary, int], None] | None = None,
) -> Summary:
    """Look once more for everything in the archive that one story may have to do with, and compare it.

    What the present matcher said of its present texts stands. Versions that were never compared are compared with all
    stories. No captures are read.

    Args:
        slug: the story's name.

    Raises:
        KeyError: there is no story of this name.
        StoreError: the archive could not be read or written.
    """
    with Store(path, create=False) as store:
        processing = _Processing(store, now, workers or default_workers(), stop or threading.Event(), progress)
        return processing.match_only(slug)


Job = tuple["Future[Any] | None", Callable[[Any], None]]


class _Processing:
    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        workers: int,
        stop: threading.Event,
        progress: Callable[[Summary, int], None] | None,
    ) -> None:
        self.store = store
        self.now = now
        self.workers = workers
        self.stop = stop
        self.progress = progress
        self.summary = Summary()
        self.histories = Histories(store, self.summary, self._tell)
        self.pool = _pool(workers, store.path)
        self.in_flight: dict[str, Future[Reading]] = {}
        #: raised when stories or their vectors change, so that the workers read them again
        self.generation = 0
        #: leads up to this id were looked at: of which stories each page has to have a row
        self.newest_lead = 0
        #: versions of the last pass that ask for the stories' vectors
        self.waiting = 0
        #: story id -> what its user wants to be told
        self.wishes: dict[int, Wishes] = {}
        #: captures up to this id were read before; after an upgrade what is found in them anew is no news
        self.read_before = store.newest_read_capture()
        #: captures read and versions matched when texts were last promoted
        self.promoted_after: tuple[int, int] | None = None
        #: the highest ids of versions and matches then
        self.promoted_up_to = (0, 0)

    def run(self, go_on: Callable[[], bool]) -> Summary:
        try:
            if self.store.has_other_readings(extract.LABEL):
                self.store.hush(self.read_before)
            self.histories.remember_all()
            news = True  # what a killed run left is looked at first
            while True:
                # Asked before looking: what a crawl added in its last moments is seen by the pass after its end.
                more_may_come = go_on()
                done = self._drain(self._read_jobs())
                if not self.stop.is_set():
                    self.histories.compare_runs()
                if news:
                    self.histories.compare_anew(self.stop.is_set)
                self._promote_texts()
                done += self._match_new()
                if not self.stop.is_set():  # after matching, for only what carries a story's text is told
                    self.histories.tell_changes()
                    self.histories.judge_availability(self.stop.is_set)
                    self._tell_alarms()
                if done or news:
                    self._tell_directions()
                news = False
                if self.stop.is_set():
                    self.summary.stopped = True
                    break
                if not done:
                    if not more_may_come:
                        break
                    time.sleep(0.2)  # not `stop.wait`: a signal that sets the event inside of it would wait for itself
        finally:
            self.pool.shutdown(wait=not self.stop.is_set(), cancel_futures=True)
        return self.summary

    def _drain(self, jobs: Iterator[Job]) -> int:
        """Keep the workers fed, and apply results in the order of the jobs."""
        pending: deque[Job] = deque()
        done = 0
        for job in jobs:
            pending.append(job)
            while len(pending) >= 4 * self.workers:
                done += self._apply(pending.popleft())
        while pending:
            done += self._apply(pending.popleft())
        return done

    def _apply(self, job: Job) -> int:
        future, apply = job
        try:
            result = future.result() if future is not None else None
        except BrokenProcessPool as error:
            raise StoreError(
                "a worker process died (out of memory, or killed)",
                place=str(self.store.path),
                remedy="Nothing was lost; run the command again, with --workers 1 if memory is short.",
            ) from error
        apply(result)
        return 1

    # --- captures to versions ---

    def _read_jobs(self) -> Iterator[Job]:
        after = 0
        while not self.stop.is_set():
            captures = self.store.captures_to_read(extract.LABEL, after=after)
            if not captures:
                return
            after = captures[-1].id
            for position, capture in enumerate(captures):
                if self.stop.is_set():
                    return
                left = len(captures) - position - 1
                yield self._reading_of(capture), partial(self._judge_capture, capture, left)

    def _reading_of(self, capture: CaptureToRead) -> Future[Reading] | None:
        digest = capture.body_sha256
        if digest is None or not may_be_html(capture.media_type) or self.store.extraction_of(digest, extract.LABEL):
            return None
        if digest not in self.in_flight:
            if self.store.is_pruned(digest):
                return None
            content_type = next((value for name, value in capture.headers if name == "content-type"), None)
            self.in_flight[digest] = self.pool.submit(_read_body, digest, capture.final_url, content_type)
        return self.in_flight[digest]

    def _judge_capture(self, capture: CaptureToRead, left: int, reading: Reading) -> None:
        self.histories.judge(capture, reading)
        if capture.body_sha256 is not None:
            self.in_flight.pop(capture.body_sha256, None)
        self.summary.read += 1
        if self.progress is not None:
            self.progress(self.summary, left)

    # --- stories ---

    def _promote_texts(self) -> None:
        """Take the story's original and its official translations for reference texts, once they are captured.

        A text whose capture turned out bad is withdrawn first. Stories whose texts changed are matched again.
        """
        done = (self.summary.read, self.summary.matched)
        if done == self.promoted_after:
            return  # nothing was read or matched since
        self.promoted_after = done
        newest = self.store.newest_derived_ids()
        # Some are looked at twice: rows that are made anew may get the ids of those that were deleted.
        seen_version, seen_match = (max(0, last - 100) for last in self.promoted_up_to)
        self.promoted_up_to = newest
        changed = False
        for story_id in self.store.stories_with_news(extract.LABEL, after_version=seen_version, after_match=seen_match):
            story = self.store.story(story_id)
            for promoted in self.store.promoted_texts(story, extract.LABEL):
                reason = references.withdrawn(promoted)
                if reason is not None and promoted.text.id is not None:
                    self.store.retire_text(promoted.text.id, reason)
                    self.summary.told.append(
                        f"reference text withdrawn from {story.slug} ({promoted.text.language}): {reason}"
                    )
                    story = self.store.story(story_id)
                    changed = True
            candidates = self.store.reference_candidates(story, references.outlet_domains(story))
            for promotion in references.promotions(story, candidates) if candidates else ():
                self.store.promote_text(story_id, promotion)
                text = promotion.text
                self.summary.promoted.append(
                    f"{promotion.candidate.url} ({text.language}, {text.role}), "
                    f"capture {promotion.candidate.capture_id}: {promotion.why}"
                )
                changed = True
        if changed:
            self._forget_stories()

    def match_only(self, slug: str) -> Summary:
        """Compare one story anew with all that is there, and new versions with all stories; read no captures."""
        story = self.store.story_by_slug(slug)
        if story is None or story.id is None:
            raise KeyError(slug)
        try:
            self._begin_lookup()
            self._index_stories()
            self.store.search_again(story.id)
            while self._match_new() and not self.stop.is_set():
                pass
            self._tell_directions()
            self.summary.stopped = self.stop.is_set()
        finally:
            self.pool.shutdown(wait=not self.stop.is_set(), cancel_futures=True)
        return self.summary

    def _match_new(self) -> int:
        """Compare what was not compared yet: new stories with old versions, then new versions with all stories.

        Returns how many jobs were done.
        """
        while self.store.index_versions():  # stories look for their titles in it
            pass
        if not self.store.has_story_text():
            return 0
        self._begin_lookup()
        done = self._index_stories()
        self.newest_lead = self.store.reopen_fetched_for(self.newest_lead)
        done += self._search_stories()
        done += self._drain(self._version_jobs())
        if self.waiting and not self.stop.is_set():
            done += self._drain(self._story_vector_jobs())
        return done

    def _begin_lookup(self) -> None:
        from archive import lookup  # loads numpy: only where there is something to match

        matched_before = self.store.newest_derived_ids()[1]
        if self.store.begin_lookup(lookup.LABEL, lookup.ENCODER):
            if matched_before:
                self.store.hush(self.read_before)
            self._forget_stories()

    def _forget_stories(self) -> None:
        """Have everyone read the stories again: something about them changed."""
        self.generation += 1
        self.wishes.clear()

    def _index_stories(self) -> int:
        """Have pages find the stories that are new or were changed."""
        from archive.match.candidates import story_pointers

        story_ids = self.store.stories_to_index()
        if not story_ids:
            return 0
        done = self._drain(self._story_key_jobs(self.store.texts_to_index(story_ids)))
        if self.stop.is_set():
            return done
        for start in range(0, len(story_ids), INDEX_BATCH):
            with self.store.transaction():
                for story_id in story_ids[start : start + INDEX_BATCH]:
                    story = self.store.story_as_published(story_id)
                    self.store.index_story(story, story_digest(story), story_pointers(story))
        self._forget_stories()
        return done

    def _story_key_jobs(self, text_ids: list[int]) -> Iterator[Job]:
        for batch in _batches(text_ids):
            if self.stop.is_set():
                return
            yield self.pool.submit(_keys_of_story_texts, batch), self._keep_story_keys

    def _keep_story_keys(self, found: list[tuple[int, Keys]]) -> None:
        with self.store.transaction():
            for text_id, keys in found:
                self.store.index_story_text(text_id, keys.fingerprints, keys.signals, keys.latin)

    def _story_vector_jobs(self) -> Iterator[Job]:
        """Read the sentences of all stories, so that pages in other words and scripts find them."""
        for batch in _batches(self.store.story_texts_without_vectors()):
            if self.stop.is_set():
                return
            yield self.pool.submit(_vectors_of_story_texts, batch), self._keep_story_vectors

    def _keep_story_vectors(self, found: list[StoryTextVectors]) -> None:
        with self.store.transaction():
            for one in found:
                self.store.add_story_vectors(one.story_text_id, one.whole, one.sentences)
        self._forget_stories()

    # --- a story against what was there before it ---

    def _search_stories(self) -> int:
        stories = self.store.stories_to_search()
        if stories and self.store.nothing_compared():
            self.store.set_all_searched()
            return 0
        done = 0
        for story in stories:
            if self.stop.is_set():
                break
            done += self._drain(self._text_vector_jobs(story))
            done += self._drain(self._search_jobs(story))
            if not self.stop.is_set():
                self.store.set_searched(story.story_id, None)
        return done

    def _text_vector_jobs(self, story: IndexedStory) -> Iterator[Job]:
        """Read the sentences of pages that only meaning can tell: names are written otherwise there."""
        unread = self.pool.submit(_unread_for, story.story_id, self.generation).result()
        if not unread and not self.store.has_text_vectors():
            return  # no page is asked by its meaning
        for batch in _batches(self.store.story_texts_without_vectors(story.story_id)):
            if self.stop.is_set():
                return
            yield self.pool.submit(_vectors_of_story_texts, batch), self._keep_story_vectors
        for batch in _batches(unread):
            if self.stop.is_set():
                return
            yield self.pool.submit(_vectors_of_texts, batch), self._keep_text_vectors

    def _keep_text_vectors(self, found: list[tuple[int, bytes]]) -> None:
        with self.store.transaction():
            for extraction_id, vector in found:
                self.store.add_text_vector(extraction_id, vector)

    def _search_jobs(self, story: IndexedStory) -> Iterator[Job]:
        ids = self.pool.submit(_search, story.story_id, story.texts, story.up_to, self.generation).result()
        for batch in _batches(ids):
            if self.stop.is_set():
                return
            future = self.pool.submit(_compare_with_story, batch, story.story_id, self.generation)
            yield future, partial(self._keep_story_matches, story.story_id, batch)

    def _keep_story_matches(self, story_id: int, version_ids: tuple[int, ...], found: list[StoryMatch]) -> None:
        with self.store.transaction():
            for version_id, one in zip(version_ids, found, strict=True):
                if one.match.kind != "unrelated" or story_id in self.store.stories_fetched_for(version_id):
                    self._keep_match(version_id, one)
                else:
                    self.store.drop_match(version_id, story_id)
            self.store.set_searched(story_id, version_ids[-1])
        if self.progress is not None:
            self.progress(self.summary, 0)

    # --- a version against all stories ---

    def _version_jobs(self) -> Iterator[Job]:
        self.waiting = after = 0
        while not self.stop.is_set():
            ids = self.store.versions_to_compare(after=after)
            if not ids:
                return
            after = ids[-1]
            for batch in _batches(ids):
                if self.stop.is_set():
                    return
                yield self.pool.submit(_compare, batch, self.generation), partial(self._keep_compared, batch)

    def _keep_compared(self, version_ids: tuple[int, ...], found: list[Compared]) -> None:
        for version_id, compared in zip(version_ids, found, strict=True):
            if compared.waits_for_vectors:
                self.waiting += 1
                continue
            keys = compared.keys
            with self.store.transaction():
                self.store.drop_matches(version_id, {one.story_id for one in compared.matches})
                for one in compared.matches:
                    self._keep_match(version_id, one)
                self.store.set_compared(version_id, keys.fingerprints, keys.signals, keys.latin, compared.vector)

    def _keep_match(self, version_id: int, one: StoryMatch) -> None:
        match = one.match
        match_id = self.store.add_match(version_id, one.story_id, one.texts, match)
        self.summary.matched += 1
        self.summary.kinds[match.kind] += 1
        if match.kind in COPY_KINDS and not match.evidence.get("own_url"):
            self._tell_match(match_id, one.story_id)

    # --- which came first ---

    def _tell_directions(self) -> None:
        """Say which came first of the pages that carry text and of their stories, where that is not said or no longer holds."""
        if not self.store.has_story_text():
            return
        while not self.stop.is_set() and (pairs := self.store.matches_without_direction()):
            from archive.came_first import came_first  # loads numpy: only where something matched

            with self.store.transaction():
                for pair in pairs:
                    self.store.add_direction(pair.match_id, came_first(pair))

    # --- alerts ---

    def _tell_match(self, match_id: int, story_id: int) -> None:
        """Tell that a page carries text of a story, and what became of its credit."""
        page = self.store.carrier_of_match(match_id)
        if page is None:
            return
        wishes = self._wishes_of(story_id)
        before = self.store.carrier_before(page, story_id)
        for event in alerts.found(page, before, wishes):
            if alerts.wanted(event, wishes, page.confidence) and not self.store.was_told(story_id, event):
                silent = alerts.silence(wishes, page.outlet, backlog=self.store.is_backlog(story_id, page.capture_id))
                details = {**alerts.details_of(page), "passages": self.store.passages_to_tell(match_id)}
                self._note(story_id, event, silent, {} if silent else details)

    def _tell(
        self, page_id: int, capture_id: int, events: Sequence[Event], details: Callable[[], Mapping[str, object]]
    ) -> None:
        """Tell what happened to a page to each story of which it carries text: the first of *events* that is asked for."""
        for story_id in self.store.stories_carried_by(page_id) if events else ():
            page = self.store.carrier(page_id, story_id)
            if page is None:
                continue
            wishes = self._wishes_of(story_id)
            event = next((event for event in events if alerts.wanted(event, wishes, page.confidence)), None)
            if event is None or self.store.was_told(story_id, event):
                continue
            silent = alerts.silence(wishes, page.outlet, backlog=self.store.is_backlog(story_id, capture_id))
            self._note(story_id, event, silent, {} if silent else {**alerts.details_of(page), **details()})

    def _tell_alarms(self) -> None:
        """Tell which sources fell silent in the newest run of each watch."""
        for alarm in self.store.newest_alarms():
            event = alerts.source_down(alarm.run_id, alarm.source, alarm.query, alarm.alarm)
            if alerts.wanted(event, self._wishes_of(alarm.story_id)) and not self.store.was_told(alarm.story_id, event):
                self._note(alarm.story_id, event, "", {"source": alarm.source, "query": alarm.query})

    def _note(self, story_id: int, event: Event, silent: alerts.Silence, details: Mapping[str, object]) -> None:
        self.store.add_alert(story_id, event, self.now(), silent=silent, details=details)
        if not silent:
            self.summary.told.append(f"{event.rule.replace('_', ' ')}: {event.summary}")

    def _wishes_of(self, story_id: int) -> Wishes:
        if story_id not in self.wishes:
            self.wishes[story_id] = self.store.wishes_of(story_id)
        return self.wishes[story_id]


def _batches(ids: list[int]) -> Iterator[tuple[int, ...]]:
    for start in range(0, len(ids), MATCH_BATCH):
        yield tuple(ids[start : start + MATCH_BATCH])


# --- in the worker processes -------------------------------------------------------------------------

_worker_store: Store | None = None
_worker_lookup: Lookup | None = None


WORKERS_YIELD = 5
"""Workers are this much less urgent than the crawl, whose hosts wait, and than Datasette, whose readers do."""


def _pool(workers: int, path: Path) -> ProcessPoolExecutor:
    # Spawned, not forked: a fork would inherit the writer's SQLite connection.
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start_worker, (path,))


def _start_worker(path: Path) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent decides when to end
    os.nice(WORKERS_YIELD)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    global _worker_store
    _worker_store = Store(path, readonly=True)


def _die_with_parent() -> None:
    """A killed parent closes no queue: without this its workers would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read_body(digest: str, url: str, content_type: str | None) -> Reading:
    assert _worker_store is not None
    return read_body(_worker_store.body(digest), url, content_type)


def _lookup(generation: int) -> Lookup:
    from archive.lookup import Lookup

    global _worker_lookup
    if _worker_lookup is None:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        threadpool_limits(1)  # there is a worker a core already
        assert _worker_store is not None
        _worker_lookup = Lookup(_worker_store)
    _worker_lookup.refresh(generation)
    return _worker_lookup


def _compare(version_ids: tuple[int, ...], generation: int) -> list[Compared]:
    lookup = _lookup(generation)
    return [lookup.compare(version_id) for version_id in version_ids]


def _search(story_id: int, texts: str, after: int, generation: int) -> list[int]:
    return _lookup(generation).search(story_id, texts, after=after)


def _unread_for(story_id: int, generation: int) -> list[int]:
    return _lookup(generation).unread_for(story_id)


def _compare_with_story(version_ids: tuple[int, ...], story_id: int, generation: int) -> list[StoryMatch]:
    return _lookup(generation).compare_with(version_ids, story_id)


def _keys_of_story_texts(text_ids: tuple[int, ...]) -> list[tuple[int, Keys]]:
    return _lookup(0).keys_of_story_texts(text_ids)


def _vectors_of_story_texts(text_ids: tuple[int, ...]) -> list[StoryTextVectors]:
    return _lookup(0).vectors_of_story_texts(text_ids)


def _vectors_of_texts(extraction_ids: tuple[int, ...]) -> list[tuple[int, bytes]]:
    return _lookup(0).vectors_of_texts(extraction_ids)
