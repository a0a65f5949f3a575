"""Captures out as one WACZ 1.1.1 file: the WARC with an index and a list of its pages, zipped.

::

    archive/data.warc.gz       as `archive.warc.writing` writes it; not compressed again, so that it can be read in place
    indexes/index.cdx          CDXJ: where in it each answer lies, in the order of their SURT keys
    pages/pages.jsonl          the articles, by address, time and headline
    datapackage.json           sha256 and size of each of these
    datapackage-digest.json    sha256 of that

ReplayWeb.page opens it without a server. https://specs.webrecorder.net/wacz/1.1.1/
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import surt  # type: ignore[import-untyped]
from warcio.archiveiterator import ArchiveIterator
from warcio.timeutils import iso_date_to_timestamp

from archive.replacing import replacing
from archive.times import to_text, utc_now
from archive.warc.writing import Exported, Step, export

if TYPE_CHECKING:
    from archive.store import Store

WARC_NAME = "data.warc.gz"

_FIRST_WORD = re.compile(r"[^;\s]+")


def export_wacz(
    store: Store,
    ids: Sequence[int],
    out: Path,
    *,
    title: str,
    now: Callable[[], datetime] = utc_now,
    step: Step | None = None,
) -> Exported:
    """Write the captures with these ids to *out*; nothing is there until all is written.

    Args:
        title: of the collection.

    Raises:
        StoreError: the file could not be written, or a body is not in the archive.
    """
    with (
        replacing(out) as part,
        tempfile.TemporaryDirectory(prefix=f"{out.name}.", dir=out.resolve().parent) as folder,
    ):
        warc = Path(folder) / WARC_NAME
        done = export(store, ids, warc, now=now, step=step)
        _zip(part, warc, list(store.pages_of_captures(ids)), title, now())
    return done


def _zip(out: Path, warc: Path, pages: Sequence[Mapping[str, Any]], title: str, now: datetime) -> None:
    index = "".join(f"{line}\n" for line in index_lines(warc)).encode()
    listed = "".join(f"{line}\n" for line in _page_lines(pages, title)).encode()
    stored, packed = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(out, "w", allowZip64=True) as file:
        file.write(warc, f"archive/{WARC_NAME}", stored)
        file.writestr("indexes/index.cdx", index, packed)
        file.writestr("pages/pages.jsonl", listed, packed)
        with warc.open("rb") as data:
            digest = hashlib.file_digest(data, "sha256").hexdigest()
        resources = [
            _resource(f"archive/{WARC_NAME}", digest, warc.stat().st_size),
            _resource("indexes/index.cdx", hashlib.sha256(index).hexdigest(), len(index)),
            _resource("pages/pages.jsonl", hashlib.sha256(listed).hexdigest(), len(listed)),
        ]
        package = {
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "title": title,
            "software": f"afterprint {version('afterprint')}",
            "created": to_text(now),
            "resources": resources,
        }
        if pages:
            package |= {"mainPageUrl": pages[0]["url"], "mainPageDate": pages[0]["ts"]}
        described = json.dumps(package, ensure_ascii=False, indent=2).encode()
        file.writestr("datapackage.json", described, packed)
        digested = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(described).hexdigest()}"}
        file.writestr("datapackage-digest.json", json.dumps(digested, indent=2), packed)


def _resource(path: str, digest: str, size: int) -> dict[str, object]:
    return {"name": path.rpartition("/")[2], "path": path, "hash": f"sha256:{digest}", "bytes": size}


def _page_lines(pages: Iterable[Mapping[str, Any]], title: str) -> Iterator[str]:
    yield json.dumps({"format": "json-pages-1.0", "id": "pages", "title": title}, ensure_ascii=False)
    for page in pages:
        yield json.dumps({name: value for name, value in page.items() if value is not None}, ensure_ascii=False)


def index_lines(warc: Path) -> list[str]:
    """The CDXJ lines of a WARC file's answers, in order."""
    lines = []
    with warc.open("rb") as file:
        records = ArchiveIterator(file)
        for record in records:
            kind = record.rec_type
            if kind not in ("response", "revisit", "resource"):
                continue
            head = record.rec_headers
            url = head.get_header("WARC-Target-URI")
            fields = {
                "url": url,
                "mime": "warc/revisit" if kind == "revisit" else _media_type(record),
                "status": record.http_headers.get_statuscode() if record.http_headers else None,
                "digest": head.get_header("WARC-Payload-Digest"),
            }
            # Only once the record is read to its end is its length known.
            records.read_to_end(record)
            fields |= {
                "length": str(records.get_record_length()),
                "offset": str(records.get_record_offset()),
                "filename": warc.name,
            }
            told = json.dumps({name: value for name, value in fields.items() if value is not None})
            lines.append(f"{surt.surt(url)} {iso_date_to_timestamp(head.get_header('WARC-Date'))} {told}")
    return sorted(lines)


def _media_type(record: Any) -> str | None:
    value = (
        record.http_headers.get_header("Content-Type")
        if record.http_headers
        else record.rec_headers.get_header("Content-Type")
    )
    found = _FIRST_WORD.search(value or "")
    return found[0] if found else None
