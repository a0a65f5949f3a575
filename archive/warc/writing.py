"""Captures out, as one WARC 1.1 file that needs no other. Nothing here decides what is exported.

================================  ====================================================================
a capture                         becomes
================================  ====================================================================
with an answer                    `response`; `revisit` if the same bytes are in the file already
that was stored without one       `resource`, as it came in
whose body scripts made           `resource`, with WARC-X-Rendered-By: no server sent it
304                               `revisit` of the answer that it confirms, profile server-not-modified
its redirects                     one `response` a hop: status and Location, which is all that is kept
with bytes that are no HTTP       `metadata` with those bytes: readers take every `response` for HTTP
that failed, nothing came         `metadata` alone: the format has no record for an answer that was not
whose body was pruned             `metadata` alone, with the sha256 of what there was
================================  ====================================================================

Beside each capture stands a `metadata` record (application/warc-fields, WARC-Refers-To the record) with the facts for
which WARC has no field: the URL asked, when the answer ended, origin, error, sha256, and the place in the hash chain.

**Headers and bodies.** Headers are kept as received, bodies with their encodings undone. A record must fit itself, so
Content-Encoding and Transfer-Encoding become X-Archive-Orig-Content-Encoding and X-Archive-Orig-Transfer-Encoding;
a Content-Length that counted the encoded bytes becomes X-Archive-Orig-Content-Length, and one that fits is added.
Only where the encoding could not be undone (error class "decoding") the bytes are as received, and the headers stay.
The status line's version and words were not kept: "HTTP/1.1" and the standard's words stand for them.

**Self-contained.** A 304 may confirm a body that an answer outside the chosen captures brought: that answer is added.
Revisits refer to whole answers only: one that was cut, or failed otherwise, is always written in full.
"""

from __future__ import annotations

import io
from base64 import b32encode
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from archive.exceptions import StoreError
from archive.replacing import replacing
from archive.times import to_text, utc_now
from archive.types import Capture, ErrorClass, Headers
from archive.warc.reading import RENDERED_BY, clean_url

if TYPE_CHECKING:
    from archive.store import Store

IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_HTTP = "application/http; msgtype=response"

RENAMED = "x-archive-orig-"
"""Stands before the name of a header that does not fit the body any more."""

STORED_WITHOUT_ANSWER = "a resource record"
"""How the note of a capture begins that was imported from a file without its HTTP answer: see archive.warc.reading."""

TRUNCATED: dict[ErrorClass, str] = {"too_large": "length", "timeout": "time", "connection": "disconnect"}
"""Why an answer is not whole, in the words of WARC-Truncated."""

Step = Callable[[str, int, int], None]


@dataclass(slots=True)
class Exported:
    """What one export wrote."""

    captures: int = 0
    #: captures that were not asked for: they brought bodies which others confirm
    added: int = 0
    #: captures whose bodies were pruned: what is known of them is in the file, their answers are not
    pruned: int = 0
    #: WARC-Type -> records
    records: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Original:
    """The record that revisits of a body refer to."""

    record_id: str
    url: str
    date: str


class _Writer(WARCWriter):  # type: ignore[misc]
    """warcio's, with sha256: a body's digest there is its name in the archive."""

    @staticmethod
    def _create_digester() -> Digester:
        return Digester("sha256")


class _Head(StatusAndHeaders):  # type: ignore[misc]
    """The head of an HTTP answer, with the bytes that were received: warcio would escape what is not ASCII."""

    def to_ascii_bytes(self, filter_func: object = None) -> bytes:
        lines = [f"{self.protocol} {self.statusline}", *(f"{name}: {value}" for name, value in self.headers)]
        text = "".join(f"{line}\r\n" for line in lines) + "\r\n"
        try:
            return text.encode("latin-1")
        except UnicodeEncodeError:
            return text.encode("utf-8")


def export(
    store: Store,
    ids: Sequence[int],
    out: Path,
    *,
    now: Callable[[], datetime] = utc_now,
    step: Step | None = None,
) -> Exported:
    """Write the captures with these ids, in this order, to *out*; nothing is there until all is written.

    Compressed record by record if the name ends in .gz.

    Raises:
        StoreError: the file could not be written, or a body is not in the archive.
    """
    try:
        with replacing(out) as part, part.open("wb") as file:
            writer = WarcWriter(file, store, compressed=out.suffix == ".gz")
            writer.warcinfo(out.name, now())
            for number, capture_id in enumerate(ids, start=1):
                writer.write(capture_id)
                if step is not None:
                    step("captures", number, len(ids))
    except KeyError as error:
        raise StoreError(
            f"a body is missing ({error})", place=str(store.path), remedy="See what is wrong with: afterprint verify"
        ) from error
    return writer.done


class WarcWriter:
    """Writes captures of one archive to one file, each body once."""

    def __init__(self, file: BinaryIO, store: Store, *, compressed: bool = True) -> None:
        self._writer = _Writer(file, gzip=compressed, warc_version="1.1")
        self._store = store
        self._originals: dict[str, _Original] = {}
        self._written: set[int] = set()
        self.done = Exported()

    def warcinfo(self, name: str, now: datetime) -> None:
        """The record that opens the file."""
        fields = {
            "software": "afterprint",
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "description": "Bodies have their content and transfer encodings undone; headers that do not fit them"
            " any more are renamed to X-Archive-Orig-...",
        }
        headers = {"WARC-Date": to_text(now), "WARC-Filename": name}
        self._record("", "warcinfo", _fields(fields), headers, content_type="application/warc-fields")

    def write(self, capture_id: int) -> None:
        """One capture, with its redirects before it and what is known of it behind it; once."""
        if capture_id in self._written:
            return
        self._written.add(capture_id)
        capture, row = self._store.exported_capture(capture_id)
        digest: str | None = row["body_sha256"]
        pruned = digest is not None and self._store.is_pruned(digest)
        if capture.not_modified and digest is not None and digest not in self._originals and not pruned:
            self._bring(digest)
        self._hops(capture)
        record_id = self._answer(capture, digest) if capture.not_modified or not pruned else None
        self.done.pruned += pruned
        self._metadata(capture, row, record_id)
        self.done.captures += 1

    def _bring(self, digest: str) -> None:
        """Write the answer that carried a body which a 304 is about to confirm."""
        bringer = self._store.bringer_of_body(digest)
        if bringer is not None and bringer not in self._written:
            self.done.added += 1
            self.write(bringer)

    # --- what came ---

    def _answer(self, capture: Capture, digest: str | None) -> str | None:
        """The record of what came; None if nothing did."""
        if capture.status is None and digest is None:
            return None
        if capture.not_modified:
            return self._confirmed(capture, digest)
        body = self._store.body(digest) if digest is not None else b""
        url = capture.final_url or capture.url
        at = {"WARC-Date": to_text(capture.started_at)}
        if capture.status is None:
            return self._record(url, "metadata", body, at, content_type="application/octet-stream")
        if (capture.error_detail or "").startswith(STORED_WITHOUT_ANSWER):
            kind = capture.header("content-type") or "application/octet-stream"
            return self._record(url, "resource", body, at, content_type=kind)
        if capture.rendered_by is not None:
            at[RENDERED_BY] = capture.rendered_by
            kind = capture.header("content-type") or "text/html"
            return self._record(url, "resource", body, at, content_type=kind)
        headers = headers_for(capture.headers, len(body), encoded=capture.error_class == "decoding")
        original = self._originals.get(digest) if digest is not None and capture.error_class is None else None
        if original is not None and digest is not None:
            return self._revisit(capture, headers, original, digest, IDENTICAL)
        if capture.error_class is not None and capture.error_class != "decoding":
            at["WARC-Truncated"] = TRUNCATED.get(capture.error_class, "unspecified")
        record_id = self._record(url, "response", body, at, head=_head(capture.status, headers), content_type=_HTTP)
        if digest is not None and capture.error_class is None:
            self._originals[digest] = _Original(record_id, clean_url(url), at["WARC-Date"])
        return record_id

    def _confirmed(self, capture: Capture, digest: str | None) -> str:
        """The record of a 304."""
        headers = headers_for(capture.headers, 0)
        original = self._originals.get(digest) if digest is not None else None
        if original is not None and digest is not None:
            return self._revisit(capture, headers, original, digest, NOT_MODIFIED)
        at = {"WARC-Date": to_text(capture.started_at)}
        url = capture.final_url or capture.url
        return self._record(url, "response", b"", at, head=_head(304, headers), content_type=_HTTP)

    def _revisit(self, capture: Capture, headers: Headers, original: _Original, digest: str, profile: str) -> str:
        fields = {
            "WARC-Date": to_text(capture.started_at),
            "WARC-Profile": profile,
            "WARC-Refers-To": original.record_id,
            "WARC-Refers-To-Target-URI": original.url,
            "WARC-Refers-To-Date": original.date,
            "WARC-Payload-Digest": f"sha256:{b32encode(bytes.fromhex(digest)).decode()}",
        }
        assert capture.status is not None
        url = capture.final_url or capture.url
        return self._record(url, "revisit", b"", fields, head=_head(capture.status, headers), content_type=_HTTP)

    def _hops(self, capture: Capture) -> None:
        """The answers that led on. A capture keeps of each its status and where it pointed."""
        for hop in capture.redirects:
            headers = (("location", hop.location), ("content-length", "0"))
            at = {"WARC-Date": to_text(capture.started_at)}
            self._record(hop.url, "response", b"", at, head=_head(hop.status, headers), content_type=_HTTP)

    # --- what is known of it ---

    def _metadata(self, capture: Capture, row: Mapping[str, Any], record_id: str | None) -> None:
        fields = {
            "capture": row["id"],
            "asked": capture.url,
            "purpose": capture.purpose,
            "started": row["started_at"],
            "finished": row["finished_at"],
            "status": capture.status,
            "error-class": capture.error_class,
            "error-detail": capture.error_detail,
            "redirects": row["redirects"] if capture.redirects else None,
            "origin": capture.origin,
            "origin-ref": capture.origin_ref,
            "rendered-by": capture.rendered_by,
            "body-sha256": row["body_sha256"],
            "prev-log-hash": row["prev_log_hash"],
            "log-hash": row["log_hash"],
        }
        headers = {"WARC-Date": to_text(capture.started_at)}
        if record_id is not None:
            headers["WARC-Refers-To"] = record_id
        url = capture.final_url or capture.url
        self._record(url, "metadata", _fields(fields), headers, content_type="application/warc-fields")

    # --- bytes ---

    def _record(
        self,
        url: str,
        kind: str,
        block: bytes,
        fields: Mapping[str, str],
        *,
        content_type: str,
        head: _Head | None = None,
    ) -> str:
        """Write one record; returns its id."""
        record = self._writer.create_warc_record(
            clean_url(url),
            kind,
            payload=io.BytesIO(block) if block else None,
            length=len(block),
            warc_content_type=content_type,
            warc_headers_dict={name: _one_line(value) for name, value in fields.items()},
            http_headers=head,
        )
        self._writer.write_record(record)
        self.done.records[kind] += 1
        return str(record.rec_headers.get_header("WARC-Record-ID"))


def headers_for(headers: Headers, size: int, *, encoded: bool = False) -> Headers:
    """Headers as received, made to fit a body of *size* bytes; *encoded*: its encoding was left as it came.

    >>> headers_for((("content-encoding", "gzip"), ("content-length", "20")), 45)
    (('x-archive-orig-content-encoding', 'gzip'), ('x-archive-orig-content-length', '20'), ('content-length', '45'))
    """
    fitted: list[tuple[str, str]] = []
    has_length = False
    for name, value in headers:
        lower = name.lower()
        fits = True
        if lower == "transfer-encoding":
            fits = False
        elif lower == "content-encoding":
            fits = encoded
        elif lower == "content-length":
            fits = not has_length and value.strip() == str(size)
            has_length = has_length or fits
        fitted.append((name if fits else RENAMED + name, value))
    if any(name.lower().startswith(RENAMED) for name, _ in fitted) and not has_length:
        fitted.append(("content-length", str(size)))
    return tuple(fitted)


def _head(status: int, headers: Iterable[tuple[str, str]]) -> _Head:
    try:
        words = HTTPStatus(status).phrase
    except ValueError:
        words = ""
    pairs = [(_one_line(name), _one_line(value)) for name, value in headers]
    return _Head(f"{status} {words}".strip(), pairs, protocol="HTTP/1.1")


def _fields(fields: Mapping[str, object]) -> bytes:
    """application/warc-fields of what there is to say."""
    return "".join(
        f"{name}: {_one_line(str(value))}\r\n" for name, value in fields.items() if value is not None
    ).encode()


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())
