"""A story as a folder of evidence that stands by itself: to be put on a disk, handed over, and checked by anybody.

::

    report.html        what was found, with passages and edits; no scripts, nothing loaded from anywhere
    texts/             what each version said, as it was read
    changes/           each edit, with the words that came and went
    bodies/            the bytes that servers sent, named by their sha256; .bin, so that no browser runs them by mistake
    captures.warc.gz   the same captures as a WARC, with failures, headers and each one's place in the hash chain
    stamps/            time stamps of that chain, with the hash stamped and the roots to check them by
    manifest.json      the captures, and sha256 and size of every file
    SHA256SUMS         for `sha256sum -c SHA256SUMS`

Pages that carry the story's text, and the work itself, are there in full; others are named in the report only, and so are
pages that are withheld. Captures with the same bytes as a withheld page are not there either, as in every export.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from archive import diff
from archive.diff_terminal import render_terminal
from archive.evidence_report import Page, Shown, report
from archive.exceptions import PrunedError, StoreError
from archive.times import to_text, utc_now
from archive.types import COPY_KINDS, Story
from archive.warc.writing import Step, export

if TYPE_CHECKING:
    from archive.store import Store

WIDTH = 100
"""Columns of a change as text."""


@dataclass(slots=True)
class Folder:
    """What one export wrote."""

    pages: int = 0
    versions: int = 0
    changes: int = 0
    captures: int = 0
    #: sha256 of bodies that were pruned: named, and not there
    pruned: set[str] = field(default_factory=set)
    files: int = 0


def export_story(
    store: Store, slug: str, out: Path, *, now: Callable[[], datetime] = utc_now, step: Step | None = None
) -> Folder:
    """Write the evidence of a story to the folder *out*, which must not exist; nothing is there until all is written.

    Raises:
        KeyError: the archive knows no such story.
        StoreError: the folder could not be written, or a body is not in the archive.
    """
    story = store.story_by_slug(slug)
    if story is None or story.id is None:
        raise KeyError(slug)
    part = out.with_name(f"{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir()
        done = _Writer(store, story, part, now(), step).write()
        part.rename(out)
    except OSError as error:
        raise StoreError(str(error.strerror), place=str(out), remedy="Nothing was left there.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return done


class _Writer:
    def __init__(self, store: Store, story: Story, folder: Path, now: datetime, step: Step | None) -> None:
        self.store = store
        self.story = story
        self.folder = folder
        self.now = now
        self.step = step
        self.done = Folder()
        #: captures that may be handed on: none of a withheld page, and none with bytes of one
        self.exported = frozenset(store.captures_to_export(story=story.slug))

    def write(self) -> Folder:
        assert self.story.id is not None
        rows = self.store.story_pages(self.story.id)
        withheld = self.store.withheld_pages()
        carriers = [row for row in rows if (row["own"] or row["kind"] in COPY_KINDS) and row["page_id"] not in withheld]
        others = [row for row in rows if row not in carriers and row["kind"] != "unrelated"]
        pages = []
        for number, row in enumerate(carriers, start=1):
            pages.append(self._page(row))
            if self.step is not None:
                self.step("pages", number, len(carriers))
        captures = sorted(
            (one for page in pages for one in page.captures), key=lambda one: (one["captured_at"], one["id"])
        )
        if captures:
            export(self.store, [one["id"] for one in captures], self.folder / "captures.warc.gz", now=lambda: self.now)
        not_shown = self.store.withheld_texts(self.story.id)
        story = replace(self.story, texts=tuple(text for text in self.story.texts if text.id not in not_shown))
        for text in story.texts:
            self._put(f"texts/reference-{text.language}-{text.id}.txt", text.text)
        stamps = self._stamps(min((one["id"] for one in captures), default=None))
        head = self.store.head()
        shown = Shown(story, pages, others, stamps, head, self.now, frozenset(self.done.pruned))
        self._put("report.html", report(shown))
        self._seal(captures, head)
        return self.done

    def _page(self, row: Mapping[str, Any]) -> Page:
        store = self.store
        versions = store.versions_of_page(row["page_id"])
        for version in versions:
            text = store.version_text(version["id"])
            parts = filter(None, (text.title, text.subtitle, text.byline, text.correction))
            version["file"] = self._put(
                f"texts/page-{row['page_id']}-version-{version['number']}.txt", "\n\n".join((*parts, text.text))
            )
        changes = [self._change(change) for change in store.changes_of_page(row["page_id"])]
        captures = [one for one in store.captures_of_page(row["page_id"]) if one["id"] in self.exported]
        for capture in captures:
            capture["file"] = self._body(capture["body_sha256"])
        self.done.pages += 1
        self.done.versions += len(versions)
        self.done.changes += len(changes)
        self.done.captures += len(captures)
        return Page(row, versions, changes, captures, store.passages_of_match(row["match_id"]))

    def _change(self, row: dict[str, Any]) -> dict[str, Any]:
        old, new = row["old_version_id"], row["new_version_id"]
        # Texts that were read in two ways are not laid side by side: what differs is not the outlet's doing.
        alike = self.store.reading_path(old)[1] == self.store.reading_path(new)[1]
        row["diff"] = diff.diff(self.store.version_text(old), self.store.version_text(new)) if alike else None
        told = render_terminal(row["diff"], False, WIDTH) if row["diff"] is not None else f"{row['summary']}\n"
        row["file"] = self._put(f"changes/page-{row['page_id']}-change-{row['id']}.txt", told)
        return row

    def _body(self, digest: str | None) -> str | None:
        """The file of a body, written once; None if there are no bytes."""
        if digest is None or digest in self.done.pruned:
            return None
        name = f"bodies/{digest}.bin"
        path = self.folder / name
        if not path.exists():
            try:
                data = self.store.body(digest)
            except PrunedError:
                self.done.pruned.add(digest)
                return None
            except KeyError as error:
                raise StoreError(
                    f"a body is missing ({digest})", place=str(self.store.path), remedy="See: afterprint verify"
                ) from error
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        return name

    def _stamps(self, first_capture: int | None) -> list[dict[str, Any]]:
        stamps = self.store.stamps_since(first_capture) if first_capture is not None else []
        for stamp in stamps:
            name = f"stamps/capture-{stamp['capture_id']}"
            self._put(f"{name}.head.txt", stamp["subject"])
            self._put(f"{name}.roots.pem", stamp["roots"])
            (self.folder / f"{name}.tsr").write_bytes(stamp["proof"])
            stamp["file"] = f"{name}.tsr"
        return stamps

    def _put(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
        return name

    def _seal(self, captures: Sequence[Mapping[str, Any]], head: str) -> None:
        """Name every file with its sha256: in the manifest, and with the manifest in SHA256SUMS."""
        files = [self._described(path) for path in self.folder.rglob("*") if path.is_file()]
        kept = ("id", "url", "captured_at", "status", "error_class", "media_type", "origin", "body_sha256", "log_hash")
        document = {
            "manifest": 1,
            "story": self.story.slug,
            "title": self.story.title,
            "made_at": to_text(self.now),
            "head": head,
            "captures": [{name: one[name] for name in kept} for one in captures],
            "pruned": sorted(self.done.pruned),
            "files": sorted(files, key=_path),
        }
        name = self._put("manifest.json", f"{json.dumps(document, ensure_ascii=False, indent=1)}\n")
        files = sorted([*files, self._described(self.folder / name)], key=_path)
        self._put("SHA256SUMS", "".join(f"{one['sha256']}  {one['path']}\n" for one in files))
        self.done.files = len(files) + 1

    def _described(self, path: Path) -> dict[str, Any]:
        with path.open("rb") as file:
            return {
                "path": path.relative_to(self.folder).as_posix(),
                "sha256": file_digest(file, "sha256").hexdigest(),
                "bytes": path.stat().st_size,
            }


def _path(described: Mapping[str, Any]) -> PurePosixPath:
    return PurePosixPath(described["path"])
