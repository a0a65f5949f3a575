"""From captures to versions, changes and matches: the order of the calls, the workers, the transactions. Nothing else.

::

    store.captures_to_read() ─► [worker] extract ─► ┌ one transaction a capture ────────────────────────────┐
                                                    │ extraction, quality ─► history ─► versions ─► changes  │
                                                    └────────────────────────────────────────────────────────┘
    new versions             ─► [worker] match   ─►   one transaction a version: match, passages

Extraction takes tens of milliseconds a page and a sentence encoder more: both run in worker processes,
which read the archive and never write it. The one writer applies results in the order in which jobs were made,
so that the same captures give the same rows. Kill it on any line: what was committed stands, the rest is found again.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from archive import alerts, diff, extract, versions
from archive.alerts import Event
from archive.exceptions import StoreError
from archive.quality import judge, may_be_html
from archive.store import CaptureToRead, Store, texts_digest
from archive.times import to_text
from archive.types import COPY_KINDS, Extraction, Match, Observation, Quality, Story, StoryText

MAX_READ_BYTES = 8 * 1024 * 1024
"""A larger HTML document is kept but not read: the largest article page seen has 2.5 MB, and parsing takes 40 times as much memory."""

MATCH_BATCH = 8
"""Versions a match job: enough to make a job worth its message, few enough that no worker idles at the end."""


@dataclass(slots=True)
class Summary:
    """What one call of `process` did."""

    read: int = 0
    new_versions: int = 0
    changes: int = 0
    matched: int = 0
    #: decision -> captures
    decisions: Counter[str] = field(default_factory=Counter)
    #: kind -> versions matched
    kinds: Counter[str] = field(default_factory=Counter)
    #: alerts that a watch asked for, in words
    told: list[str] = field(default_factory=list)
    #: reference texts promoted from captures, in words
    promoted: list[str] = field(default_factory=list)
    #: bodies that the extractor could not cope with: URL and error
    unreadable: list[str] = field(default_factory=list)
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A body on which the extractor failed."""

    cause: str


Reading = Extraction | Unreadable | None


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
        self.pool = _pool(workers, store.path)
        self.in_flight: dict[str, Future[Reading]] = {}
        self.stories: list[tuple[Story, str]] = []

    def run(self, go_on: Callable[[], bool]) -> Summary:
        try:
            while True:
                # Asked before looking: what a crawl added in its last moments is seen by the pass after its end.
                more_may_come = go_on()
                self._load_stories()
                done = self._drain(self._read_jobs())
                self._promote_texts()
                done += self._drain(self._match_jobs())
                while self.store.index_versions():
                    pass
                if self.stop.is_set():
                    self.summary.stopped = True
                    break
                if not done:
                    if not more_may_come:
                        break
                    self.stop.wait(0.2)
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
            content_type = next((value for name, value in capture.headers if name == "content-type"), None)
            self.in_flight[digest] = self.pool.submit(_read_body, digest, capture.final_url, content_type)
        return self.in_flight[digest]

    def _judge_capture(self, capture: CaptureToRead, left: int, reading: Reading) -> None:
        store = self.store
        with store.transaction():
            extraction_id, extraction = self._keep_extraction(capture, reading)
            quality = (
                Quality(0.0, ("unreadable",))
                if isinstance(reading, Unreadable)
                else judge(
                    status=200 if capture.not_modified else capture.status,
                    headers=capture.headers,
                    media_type=None if capture.not_modified else capture.media_type,
                    url=capture.url,
                    final_url=capture.final_url,
                    extraction=extraction,
                )
            )
            store.add_reading(capture.id, extract.LABEL, extraction_id, quality)
            self._tell_history(capture, extraction_id, extraction, quality)
        if capture.body_sha256 is not None:
            self.in_flight.pop(capture.body_sha256, None)
        self.summary.read += 1
        if self.progress is not None:
            self.progress(self.summary, left)

    def _keep_extraction(self, capture: CaptureToRead, reading: Reading) -> tuple[int | None, Extraction | None]:
        digest = capture.body_sha256
        if digest is None or not may_be_html(capture.media_type):
            return None, None
        if isinstance(reading, Unreadable):
            self.summary.unreadable.append(f"{capture.url}: {reading.cause}")
            return None, None
        if reading is not None:
            return self.store.add_extraction(digest, reading), reading
        known = self.store.extraction_of(digest, extract.LABEL)
        return (known.id, known.extraction) if known else (None, None)

    def _tell_history(
        self, capture: CaptureToRead, extraction_id: int | None, extraction: Extraction | None, quality: Quality
    ) -> None:
        store = self.store
        if store.page_has_other_readings(capture.page_id, extract.LABEL):
            return  # after an upgrade: told anew once every capture of the page is read under the same label
        last = store.last_version(capture.page_id, extract.LABEL, capture)
        if last is not None:
            seen = _observation(capture, extraction_id, extraction, quality)
            told, decisions = versions.history(capture.page_id, [seen], after=(last.version, last.fields))
        else:
            told, decisions = versions.history(capture.page_id, store.observations(capture.page_id))
        self.summary.decisions[decisions[capture.id].kind] += 1
        saved = store.save_history(
            capture.page_id,
            told,
            {capture_id: (decision.kind, decision.why) for capture_id, decision in decisions.items()},
            whole=last is None,
        )
        self.summary.new_versions += len(saved.new_version_ids)
        for old_id, new_id in saved.uncompared:
            change = diff.diff(store.version_text(old_id), store.version_text(new_id))
            change_id = store.add_change(old_id, new_id, diff.LABEL, change)
            self.summary.changes += 1
            self._tell(capture.page_id, alerts.changed(change_id, store.outlet_of(capture.page_id), change.summary))
        if decisions[capture.id].kind == "gone" and told:
            self._tell(
                capture.page_id,
                alerts.removed(
                    capture.page_id,
                    told[-1].last_capture_id,
                    store.outlet_of(capture.page_id),
                    to_text(told[-1].seen_to),
                    to_text(capture.at),
                ),
            )

    # --- stories ---

    def _load_stories(self) -> None:
        self.stories = [(story, texts_digest(story.texts)) for story in self.store.stories() if story.texts]

    def _promote_texts(self) -> None:
        """Take the first good capture of a named URL for a reference text that nobody provided."""
        promoted = False
        for story_id, text_url in self.store.text_urls_without_text():
            found = self.store.first_good_text(text_url.url)
            if found is None:
                continue
            capture_id, text, language = found
            spoken = text_url.language if text_url.language != "und" else language or "und"
            with self.store.transaction():
                self.store.add_story_text(story_id, StoryText(text, spoken, text_url.role, f"capture:{capture_id}"))
            self.summary.promoted.append(f"{text_url.url} ({spoken}, {text_url.role}), capture {capture_id}")
            promoted = True
        if promoted:
            self._load_stories()

    def _match_jobs(self) -> Iterator[Job]:
        if not self.stories:
            return
        from archive.match import LABEL as matcher  # loads numpy: only where there is something to match

        for story, texts in self.stories:
            assert story.id is not None
            after = 0
            while not self.stop.is_set():
                ids = self.store.versions_to_match(story.id, matcher, texts, after=after)
                if not ids:
                    break
                after = ids[-1]
                for start in range(0, len(ids), MATCH_BATCH):
                    if self.stop.is_set():
                        return
                    batch = tuple(ids[start : start + MATCH_BATCH])
                    future = self.pool.submit(_match_versions, batch, story.id, texts)
                    yield future, partial(self._keep_matches, story, texts, batch)

    def _keep_matches(self, story: Story, texts: str, version_ids: tuple[int, ...], matches: list[Match]) -> None:
        assert story.id is not None
        for version_id, match in zip(version_ids, matches, strict=True):
            with self.store.transaction():
                self.store.add_match(version_id, story.id, texts, match)
                self.summary.matched += 1
                self.summary.kinds[match.kind] += 1
                if match.kind in COPY_KINDS and not match.evidence.get("own_url"):
                    page_id = self.store.page_of_version(version_id)
                    event = alerts.new_match(
                        page_id, story.slug, match.kind, self.store.outlet_of(page_id), match.explanation
                    )
                    self._note(event, story)

    # --- alerts ---

    def _tell(self, page_id: int, event: Event) -> None:
        """Tell an event of a page to each story of which it carries text."""
        for story, _ in self.stories:
            if story.id is not None and self.store.carries_text_of(page_id, story.id):
                self._note(event, story)

    def _note(self, event: Event | None, story: Story) -> None:
        if (
            event is not None
            and alerts.wanted(event, story.alerts)
            and self.store.add_alert(event.rule, event.subject, event.summary, self.now())
        ):
            self.summary.told.append(f"{event.rule.replace('_', ' ')}: {event.summary}")


def _observation(
    capture: CaptureToRead, extraction_id: int | None, extraction: Extraction | None, quality: Quality
) -> Observation:
    fields = None
    if extraction is not None:
        names = (*versions.DECIDING_FIELDS, *versions.NOTED_FIELDS, "path")
        fields = {name: getattr(extraction, name) for name in names} | {"canonical": extraction.markup.canonical}
    return Observation(
        capture_id=capture.id,
        at=capture.at,
        status=capture.status,
        error_class=capture.error_class,
        not_modified=capture.not_modified,
        quality=quality,
        extraction_id=extraction_id,
        fields=fields,
    )


# --- in the worker processes -------------------------------------------------------------------------

_worker_store: Store | None = None
_worker_stories: dict[tuple[int, str], Story] = {}


def _pool(workers: int, path: Path) -> ProcessPoolExecutor:
    # Spawned, not forked: a fork would inherit the writer's SQLite connection.
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start_worker, (path,))


def _start_worker(path: Path) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent decides when to end
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
    body = _worker_store.body(digest)
    if len(body) > MAX_READ_BYTES:
        return Unreadable(f"{len(body)} bytes of HTML are more than is read ({MAX_READ_BYTES})")
    try:
        return extract.extract(body, url, content_type)
    except Exception as error:  # noqa: BLE001 - parsers fail on hostile pages in ways of their own; the cause is kept
        return Unreadable(f"{type(error).__name__}: {error}")


def _match_versions(version_ids: tuple[int, ...], story_id: int, texts: str) -> list[Match]:
    from archive.match import match

    assert _worker_store is not None
    key = (story_id, texts)
    if key not in _worker_stories:
        _worker_stories[key] = _worker_store.story(story_id)
    return [match(_worker_store.page_text(version_id), _worker_stories[key]) for version_id in version_ids]
