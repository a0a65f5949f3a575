"""From a capture that was read to what it says of its page: quality, the outlet's lines, versions, changes, availability.

::

    capture + what was read ─┬─► quality, reading                        ┐
                             ├─► lines that the outlet repeats, learned   │ one transaction a capture
                             └─► history ─► versions ─► changes           ┘
    all captures of a run    ───► one text under many addresses is nobody's article ─► those histories anew
    pages with news          ───► availability ─► a removal that persists is told

What is judged here is decided in pure modules; here is the order of the calls, and what is written together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from archive import alerts, availability, diff, extract, memory, versions
from archive.alerts import Event
from archive.memory import PageLines
from archive.plausibility import same_article, same_text_elsewhere
from archive.quality import judge, may_be_html, wants_source
from archive.store import CaptureToRead, Store
from archive.times import to_text
from archive.types import Extraction, Observation, Quality, Version

MAX_READ_BYTES = 8 * 1024 * 1024
"""A larger HTML document is kept but not read: the largest article page seen has 2.5 MB, and parsing takes 40 times as much memory."""

MOST_EDITS = 30
"""Changed paragraphs that go with an alert."""

DOUBTED = 0.1
"""Quality of a capture whose text stands under many addresses of its host."""


@dataclass(slots=True)
class Summary:
    """What one call of `process` did."""

    read: int = 0
    new_versions: int = 0
    changes: int = 0
    #: changes that an earlier differ had described, described anew
    compared_anew: int = 0
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

Tell = Callable[[int, int, Sequence[Event], Callable[[], Mapping[str, object]]], None]
"""Given a page, the capture that shows what happened to it, what may be said of that (the most exact first), and how to
find out what else goes with it."""


def read_body(body: bytes, url: str, content_type: str | None, path: str | None = None) -> Reading:
    """What the extractor reads from a body, or why it could not."""
    if len(body) > MAX_READ_BYTES:
        return Unreadable(f"{len(body)} bytes of HTML are more than is read ({MAX_READ_BYTES})")
    try:
        return extract.extract(body, url, content_type, path=path)
    except Exception as error:  # noqa: BLE001 - parsers fail on hostile pages in ways of their own; the cause is kept
        return Unreadable(f"{type(error).__name__}: {error}")


class Histories:
    """The histories of an archive's pages, as captures are read one after the other.

    Args:
        tell: see `Tell`.
    """

    def __init__(self, store: Store, summary: Summary, tell: Tell) -> None:
        self.store = store
        self.summary = summary
        self.tell = tell

    # --- one capture ---

    def judge(self, capture: CaptureToRead, reading: Reading) -> None:
        """Judge a capture with what was read from its body, and tell its page's history on."""
        store = self.store
        with store.transaction():
            extraction_id, extraction = self._keep_extraction(capture, reading)
            quality = self._quality(capture, reading, extraction)
            store.add_reading(capture.id, extract.LABEL, extraction_id, quality)
            grown: frozenset[int] = frozenset()
            if extraction is not None and quality.good:
                grown = self.remember(capture.page_id, extraction.text)
            self._tell_on(capture, extraction_id, extraction, quality, anew=bool(grown))
            # An edit of before may have been one of lines that only now are known to be the outlet's.
            for page_id in store.pages_with_versions(grown - {capture.page_id}):
                self._tell_anew(page_id)
            store.availability_due(capture.page_id)

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

    def _quality(self, capture: CaptureToRead, reading: Reading, extraction: Extraction | None) -> Quality:
        if isinstance(reading, Unreadable):
            return Quality(0.0, ("unreadable",))
        # A 304 says that the body of before still stands: it is judged as that body's answer.
        status = 200 if capture.not_modified else capture.status
        digest = capture.body_sha256
        asks = digest is not None and wants_source(status, extraction)
        if asks and digest is not None and self.store.is_pruned(digest):
            return Quality(0.0, ("unreadable",))  # who cannot look at the source may not say that it is no wall
        return judge(
            status=status,
            headers=capture.headers,
            media_type=None if capture.not_modified else capture.media_type,
            url=capture.url,
            final_url=capture.final_url,
            extraction=extraction,
            body=self.store.body(digest) if asks and digest is not None else None,
        )

    # --- the outlet's own lines ---

    def remember(self, page_id: int, text: str) -> frozenset[int]:
        """Note the lines of a page's text. Returns the pages for which this changes what is the outlet's."""
        others = self.store.remember_lines(page_id, extract.LABEL, text)
        if others:
            self.store.doubt_matches(others)
        return others

    def remember_all(self) -> None:
        """Note the lines of pages that were read before lines were noted, or were noted another way."""
        while pages := self.store.pages_to_remember(extract.LABEL):
            with self.store.transaction():
                for page_id, text in pages:
                    self.remember(page_id, text)

    def _learned(self, page_id: int, texts: Collection[str | None]) -> frozenset[int]:
        """Those lines that some of *texts* have and others lack which are the outlet's."""
        sets = [PageLines.of(text).words.keys() for text in set(texts) if text]
        if len(sets) < 2:
            return frozenset()
        every = frozenset[int]().union(*sets)
        common = every.intersection(*sets)
        return self.store.repeated_keys(page_id, every - common) if every != common else frozenset()

    # --- versions and changes ---

    def _tell_on(
        self,
        capture: CaptureToRead,
        extraction_id: int | None,
        extraction: Extraction | None,
        quality: Quality,
        *,
        anew: bool,
    ) -> None:
        store = self.store
        if store.page_has_other_readings(capture.page_id, extract.LABEL):
            return  # after an upgrade: told anew once every capture of the page is read under the same label
        last = None if anew else store.last_version(capture.page_id, extract.LABEL, capture)
        if last is None:
            decisions = self._tell_anew(capture.page_id)
        else:
            seen = _observation(capture, extraction_id, extraction, quality)
            learned = self._learned(capture.page_id, [last.fields.get("text"), (seen.fields or {}).get("text")])
            told, decisions = versions.history(
                capture.page_id, [seen], after=(last.version, last.fields), learned=learned
            )
            if decisions[capture.id].row == versions.READ_ANOTHER_WAY:
                decisions = self._tell_anew(capture.page_id)
            else:
                self._save(capture.page_id, told, decisions, whole=False)
        self.summary.decisions[decisions[capture.id].kind] += 1

    def _tell_anew(self, page_id: int) -> dict[int, versions.Decision]:
        observations = self.store.observations(page_id)
        learned = self._learned(page_id, [seen.fields.get("text") for seen in observations if seen.fields is not None])
        told, decisions = versions.history(page_id, observations, learned=learned, reread=self._reread)
        self._save(page_id, told, decisions, whole=True)
        return decisions

    def _reread(self, capture_id: int, path: str) -> versions.Fields | None:
        """What a capture says if it is read in the way *path* only; kept, for the page's history is told again and again."""
        source = self.store.source_of(capture_id)
        if source is None or source.rendered != path.endswith(versions.IN_A_BROWSER):
            return None  # what scripts made of a page, and what its server sent, are no two readings of one body
        path = path.removesuffix(versions.IN_A_BROWSER)
        label = f"{extract.LABEL}|{path} only"
        known = self.store.extraction_of(source.body_sha256, label)
        if known is None:
            if self.store.is_pruned(source.body_sha256):
                return None
            read = read_body(self.store.body(source.body_sha256), source.final_url, source.content_type, path)
            if not isinstance(read, Extraction):
                return None
            found = replace(read, label=label)
            self.store.add_extraction(source.body_sha256, found)
        else:
            found = known.extraction
        return versions.fields_of(found, rendered=source.rendered) if found.text else None

    def _save(
        self,
        page_id: int,
        told: Sequence[Version],
        decisions: dict[int, versions.Decision],
        *,
        whole: bool,
    ) -> None:
        store = self.store
        saved = store.save_history(
            page_id,
            told,
            {capture_id: (decision.kind, decision.why) for capture_id, decision in decisions.items()},
            whole=whole,
        )
        self.summary.new_versions += len(saved.new_version_ids)
        if saved.new_version_ids or whole:
            store.forget_directions(page_id)
            store.look_again_at_story_of(page_id)
        for old_id, new_id in saved.uncompared:
            sides = self._read_alike(old_id, new_id)
            if sides is None:
                continue
            change, taken = self._change(page_id, *sides)
            store.add_change(old_id, new_id, diff.LABEL, change, taken)
            self.summary.changes += 1

    def compare_anew(self, stop: Callable[[], bool]) -> None:
        """Say anew what changes are that an earlier differ described. They are no news: what was told stays told."""
        while not stop() and (stale := self.store.stale_changes(diff.LABEL)):
            with self.store.transaction():
                for change_id, old_id, new_id in stale:
                    sides = self._read_alike(old_id, new_id)
                    if sides is None:
                        self.store.drop_change(change_id)
                        continue
                    change, taken = self._change(self.store.page_of_version(new_id), *sides)
                    self.store.renew_change(change_id, diff.LABEL, change, taken)
                    self.summary.compared_anew += 1

    def _read_alike(self, old_id: int, new_id: int) -> tuple[diff.VersionText, diff.VersionText] | None:
        """Two versions as they compare, read in one way; None if no way finds both their texts."""
        store = self.store
        old, new = store.version_text(old_id), store.version_text(new_id)
        (old_capture, old_path), (new_capture, new_path) = store.reading_path(old_id), store.reading_path(new_id)
        if old_path == new_path:
            return old, new
        again = self._reread(new_capture, old_path)
        if again is not None:
            return old, replace(new, text=again.get("text") or "")
        before = self._reread(old_capture, new_path)
        return (replace(old, text=before.get("text") or ""), new) if before is not None else None

    def _change(
        self, page_id: int, old: diff.VersionText, new: diff.VersionText
    ) -> tuple[diff.Change, tuple[str, ...]]:
        """What changed, and the lines of the outlet that came or went beside it and are not counted."""
        learned = self._learned(page_id, [old.text, new.text])
        if not learned:
            return diff.diff(old, new), ()
        own = (old.title, new.title, old.subtitle, new.subtitle, old.correction, new.correction)
        sides = [(side, memory.repeated(side.text, learned, own=own)) for side in (old, new)]
        taken = dict.fromkeys(span.of(side.text).strip() for side, spans in sides for span in spans)
        bare = [replace(side, text=memory.without(side.text, spans)) for side, spans in sides]
        return diff.diff(*bare), tuple(taken)

    # --- the other pages of a run ---

    def compare_runs(self) -> None:
        """Find texts that stand under many addresses of a host in one run: nobody's article."""
        for run_id in self.store.runs_with_new_readings():
            with self.store.transaction():
                reasons = same_text_elsewhere(self.store.repeated_texts(run_id))
                for page_id in self.store.doubt_captures(run_id, reasons, DOUBTED):
                    if not self.store.page_has_other_readings(page_id, extract.LABEL):
                        self._tell_anew(page_id)
                    self.store.availability_due(page_id)

    def tell_changes(self) -> None:
        """Tell the changes that stand, now that all captures of their runs were compared."""
        while untold := self.store.untold_changes():
            with self.store.transaction():
                for change in untold:
                    details = partial(self._change_to_tell, change.change_id)
                    self.tell(change.page_id, change.capture_id, alerts.edited(change), details)
                self.store.set_told([change.change_id for change in untold])

    def _change_to_tell(self, change_id: int) -> Mapping[str, object]:
        """A change with its reasons and the paragraphs that were edited, as an alert carries them."""
        told = self.store.change_to_tell(change_id)
        old_id, new_id = told["old_version_id"], told["new_version_id"]
        assert isinstance(old_id, int) and isinstance(new_id, int)
        edits: list[dict[str, str]] = []
        sides = self._read_alike(old_id, new_id)
        if sides is not None:
            change, _ = self._change(self.store.page_of_version(new_id), *sides)
            edited = [row for row in change.rows if row.kind != "equal" and not row.broken]
            edits = [{"kind": row.kind, "old": row.old_text, "new": row.new_text} for row in edited[:MOST_EDITS]]
        return {"change": {**told, "edits": edits}}

    # --- availability ---

    def judge_availability(self, stop: Callable[[], bool]) -> None:
        """Say of each page with news whether it is still there; a removal that persists is told."""
        self.store.hosts_availability_due()
        while not stop() and (pages := self.store.pages_with_availability_due()):
            for page_id in pages:
                self._judge_page(page_id)

    def _judge_page(self, page_id: int) -> None:
        store = self.store
        sightings = store.sightings(page_id)
        if any(one.permanently for one in sightings):
            sightings = _with_moves(sightings, store.observations(page_id))
        failures = [one.at for one in sightings if availability.sign_of(one) in ("gone", "soft")]
        states = availability.states(sightings, store.host_captures(page_id, failures))
        sentences = [availability.sentence(states[: place + 1]) for place in range(len(states))]
        with store.transaction():
            store.save_availability(page_id, states, sentences)
            for one in states:
                if one.moved_to is not None:
                    store.note_move(page_id, one.moved_to, one.since)
            if states and states[-1].state == "removed" and states[-1].claimed:
                last = states[-1]
                assert last.last_present is not None and last.first_absent is not None
                event = alerts.removed(
                    page_id,
                    last.last_present.capture_id,
                    store.outlet_of(page_id),
                    to_text(last.last_present.at),
                    to_text(last.since),
                )
                words = {"availability": sentences[-1]}
                self.tell(page_id, last.first_absent.capture_id, (event,), lambda: words)


def _with_moves(
    sightings: Sequence[availability.Sighting], observations: Sequence[Observation]
) -> list[availability.Sighting]:
    """*sightings*, those that were redirected with whether the article of before stands where they led."""
    seen = {observation.capture_id: observation.fields for observation in observations}
    known: versions.Fields | None = None
    found = []
    for one in sightings:
        fields = seen.get(one.capture_id)
        if one.permanently and known is not None and fields is not None:
            one = replace(one, same_article=same_article(known, fields))
        if fields is not None and one.decision in ("new_version", "unchanged"):
            known = fields
        found.append(one)
    return found


def _observation(
    capture: CaptureToRead, extraction_id: int | None, extraction: Extraction | None, quality: Quality
) -> Observation:
    return Observation(
        capture_id=capture.id,
        at=capture.at,
        status=capture.status,
        error_class=capture.error_class,
        not_modified=capture.not_modified,
        quality=quality,
        extraction_id=extraction_id,
        fields=versions.fields_of(extraction, rendered=capture.rendered) if extraction is not None else None,
    )
