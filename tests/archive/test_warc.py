"""WARC and ARC in: each test writes a small file, often damages it, and reads it."""

from __future__ import annotations

import gzip
import io
import logging
import tracemalloc
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.exceptions import ConfigError
from archive.importing import import_files
from archive.store import Store
from archive.types import Capture
from archive.warc import BadRecord, Skipped, WarcReader, find_files, looks_like, read_warc
from archive.warc._http import undo_encodings
from archive.warc.reading import clean_url, parse_date

PAGE = b"<html><body><p>A headline, and a paragraph under it.</p></body></html>"
T = "2023-01-20T09:15:00Z"


@dataclass
class Warc:
    """Writes a WARC file and remembers where each record begins."""

    compressed: bool = True
    version: str = "1.1"
    offsets: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.out = io.BytesIO()
        self.writer = WARCWriter(self.out, gzip=self.compressed, warc_version=self.version)

    def response(
        self,
        url: str,
        body: bytes = PAGE,
        *,
        status: str = "200 OK",
        at: str = T,
        fields: dict[str, str] | None = None,
        **headers: str,
    ) -> Any:
        http = [("Content-Type", "text/html"), *((name.replace("_", "-"), value) for name, value in headers.items())]
        return self.record(
            url, "response", body, http=StatusAndHeaders(status, http, protocol="HTTP/1.1"), at=at, fields=fields
        )

    def request(self, answer: Any, method: str = "GET") -> Any:
        url = answer.rec_headers.get_header("WARC-Target-URI")
        return self.record(
            url,
            "request",
            b"",
            http=StatusAndHeaders(f"{method} / HTTP/1.1", [("Host", "example.com")], is_http_request=True),
            fields={"WARC-Concurrent-To": answer.rec_headers.get_header("WARC-Record-ID")},
        )

    def revisit(self, of: Any, at: str = "2023-02-01T00:00:00Z", *, digest: str | None = None) -> Any:
        get = of.rec_headers.get_header
        record = self.writer.create_revisit_record(
            get("WARC-Target-URI"),
            digest=digest or get("WARC-Payload-Digest"),
            refers_to_uri=get("WARC-Target-URI"),
            refers_to_date=get("WARC-Date"),
            http_headers=StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": at},
        )
        return self.write(record)

    def record(
        self, url: str, kind: str, block: bytes, *, http: Any = None, at: str = T, fields: dict[str, str] | None = None
    ) -> Any:
        return self.write(
            self.writer.create_warc_record(
                url,
                kind,
                payload=io.BytesIO(block),
                http_headers=http,
                warc_headers_dict={"WARC-Date": at, **(fields or {})},
            )
        )

    def write(self, record: Any) -> Any:
        self.offsets.append(self.out.tell())
        self.writer.write_record(record)
        return record

    def raw(self, *header: str, block: bytes = b"", length: int | None = None) -> None:
        """A plain record exactly as said."""
        self.offsets.append(self.out.tell())
        size = len(block) if length is None else length
        self.out.write(
            "\r\n".join(("WARC/1.0", *header, f"Content-Length: {size}", "", "")).encode() + block + b"\r\n\r\n"
        )

    @property
    def data(self) -> bytearray:
        return bytearray(self.out.getvalue())


def read(path: Path) -> tuple[list[Capture], list[BadRecord], Counter[str]]:
    captures: list[Capture] = []
    broken: list[BadRecord] = []
    skipped: Counter[str] = Counter()
    for item in read_warc(path):
        if isinstance(item, Capture):
            captures.append(item)
        elif isinstance(item, BadRecord):
            broken.append(item)
        else:
            skipped[item.reason] += 1
    return captures, broken, skipped


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    def save(data: bytes | Warc, name: str = "test.warc.gz") -> Path:
        path = tmp_path / name
        path.write_bytes(bytes(data.data if isinstance(data, Warc) else data))
        return path

    return save


def five_pages(compressed: bool = True) -> Warc:
    warc = Warc(compressed)
    for number in range(5):
        warc.response(f"https://example.com/{number}", PAGE + str(number).encode() * 200)
    return warc


def urls(captures: list[Capture]) -> str:
    """The last characters of the captures' URLs: "0124"."""
    return "".join(capture.url[-1] for capture in captures)


# --- what records mean ---------------------------------------------------------------------------


@pytest.mark.parametrize("compressed", [True, False], ids=["gzip", "plain"])
@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc", "no-suffix"])
def test_a_response_is_a_capture(save: Any, compressed: bool, name: str) -> None:
    warc = Warc(compressed)
    record = warc.response("https://example.com/a", ETag='"1"', Set_Cookie="a=1")
    [capture], broken, skipped = read(save(warc, name))

    assert not broken and not skipped
    assert (capture.url, capture.final_url, capture.status) == ("https://example.com/a", "https://example.com/a", 200)
    assert capture.body == PAGE
    assert capture.started_at == capture.finished_at == datetime(2023, 1, 20, 9, 15, tzinfo=UTC)
    assert capture.headers == (("content-type", "text/html"), ("etag", '"1"'), ("set-cookie", "a=1"))
    assert (capture.origin, capture.purpose, capture.error_class, capture.error_detail) == ("warc", "page", None, None)
    assert capture.origin_ref is not None
    assert capture.origin_ref.startswith(record.rec_headers.get_header("WARC-Record-ID").strip("<>") + "#")


def test_redirects_and_failures_are_captures(save: Any) -> None:
    warc = Warc()
    warc.response("https://example.com/old", b"", status="301 Moved", Location="https://example.com/new")
    warc.response("https://example.com/gone", b"gone", status="404 Not Found")
    captures, _, _ = read(save(warc))

    assert [capture.status for capture in captures] == [301, 404]
    assert captures[0].header("location") == "https://example.com/new"


def test_other_records_and_addresses_are_skipped_with_a_reason(save: Any) -> None:
    warc = Warc()
    warc.write(warc.writer.create_warcinfo_record("a.warc.gz", {"software": "test"}))
    warc.record("dns:example.com", "response", b"20230120\nexample.com. 1 IN A 192.0.2.1\n")
    warc.record("urn:pageinfo:https://example.com/", "resource", b"{}")
    warc.record("https://example.com/", "conversion", b"text")
    captures, broken, skipped = read(save(warc))

    assert not captures and not broken
    assert skipped == {"warcinfo record": 1, "dns: address": 1, "urn: address": 1, "conversion record": 1}


def test_robots_txt_is_told_apart(save: Any) -> None:
    warc = Warc()
    warc.response("https://example.com/robots.txt", b"User-agent: *\n")
    warc.response("https://example.com/about/robots.txt")
    captures, _, _ = read(save(warc))

    assert [capture.purpose for capture in captures] == ["robots", "page"]


def test_a_resource_says_that_its_status_is_assumed(save: Any) -> None:
    warc = Warc()
    warc.writer.write_record(
        warc.writer.create_warc_record(
            "https://example.com/a", "resource", payload=io.BytesIO(PAGE), warc_content_type="text/html"
        )
    )
    [capture], _, _ = read(save(warc))

    assert (capture.status, capture.body, capture.header("content-type")) == (200, PAGE, "text/html")
    assert "resource" in (capture.error_detail or "")


@pytest.mark.parametrize("request_first", [True, False])
def test_answers_to_other_methods_are_skipped(save: Any, request_first: bool) -> None:
    warc = Warc()
    for path, method in (("a", "POST"), ("b", "GET"), ("c", "HEAD")):
        before = warc.out.tell()
        answer = warc.response(f"https://example.com/{path}")
        answer_bytes = warc.out.getvalue()[before:]
        if request_first:
            warc.out.seek(before)
            warc.out.truncate()
            warc.request(answer, method)
            warc.out.write(answer_bytes)
        else:
            warc.request(answer, method)
    captures, broken, skipped = read(save(warc))

    assert urls(captures) == "b" and not broken
    assert skipped == {"request record": 3, "answer to POST": 1, "answer to HEAD": 1}


def test_what_is_not_http_is_kept_as_what_it_is(save: Any) -> None:
    warc = Warc(compressed=False)
    warc.raw(
        "WARC-Type: response", f"WARC-Date: {T}", "WARC-Target-URI: http://example.com/a", block=b"SSH-2.0-OpenSSH\r\n"
    )
    [capture], _, _ = read(save(warc))

    assert (capture.status, capture.error_class, capture.body) == (None, "protocol", b"SSH-2.0-OpenSSH\r\n")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (("WARC-Type: response", f"WARC-Date: {T}"), "no address"),
        (("WARC-Type: response", f"WARC-Date: {T}", "WARC-Target-URI: http:///path"), "is no address"),
        (
            ("WARC-Type: response", "WARC-Date: 5088968-11-06T12:31:23Z", "WARC-Target-URI: http://example.com/"),
            "no time",
        ),
        (("WARC-Type: response", "WARC-Target-URI: http://example.com/"), "no time"),
    ],
)
def test_impossible_statements_are_reported(save: Any, header: tuple[str, ...], reason: str) -> None:
    warc = Warc(compressed=False)
    warc.raw(*header, block=b"HTTP/1.1 200 OK\r\n\r\nbody")
    warc.response("http://example.com/good")
    captures, [record], _ = read(save(warc))

    assert record.offset == 0 and reason in record.reason
    assert len(captures) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-01-20T09:15:00Z", "2023-01-20T09:15:00+00:00"),
        ("2023-01-20T09:15:00.123456789Z", "2023-01-20T09:15:00.123456+00:00"),
        ("2023-01-20T09:15:00", "2023-01-20T09:15:00+00:00"),
        ("2023-01-20T23:15:00-0700", "2023-01-21T06:15:00+00:00"),
        ("2023-01-20 09:15:00 UTC", "2023-01-20T09:15:00+00:00"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
        ("2023-01", "2023-01-01T00:00:00+00:00"),
        ("20140216050221", "2014-02-16T05:02:21+00:00"),
        ("201402160502", "2014-02-16T05:02:00+00:00"),
        ("2008-10-294T05:21:46-0700", "2008-10-20T12:21:46+00:00"),
        ("2008-03-294T05:21:46-0700", None),
        ("2023-02-30T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
        ("0001-01-01T00:00:00+0100", None),
    ],
)
def test_dates(text: str, expected: str | None) -> None:
    time = parse_date(text)

    assert (time.isoformat() if time else None) == expected


def test_addresses_lose_their_brackets_and_spaces() -> None:
    assert clean_url(" <https://example.com/a b\t?c> ") == "https://example.com/a%20b%09?c"


# --- encodings -----------------------------------------------------------------------------------


def chunked(body: bytes, size: int = 20) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;ext=1\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\nTrailer: x\r\n\r\n"


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": lambda body: gzip.compress(body[:30]) + gzip.compress(body[30:]),
    "deflate": zlib.compress,
    "Deflate": raw_deflate,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("encoding", ENCODERS)
@pytest.mark.parametrize("chunks", [True, False], ids=["chunked", "whole"])
def test_encodings_are_undone(save: Any, encoding: str, chunks: bool) -> None:
    warc = Warc()
    body = ENCODERS[encoding](PAGE)
    if chunks:
        warc.response("https://example.com/", chunked(body), Content_Encoding=encoding, Transfer_Encoding="chunked")
    else:
        warc.response("https://example.com/", body, Content_Encoding=encoding)
    [capture], _, _ = read(save(warc))

    assert capture.body == PAGE
    assert (capture.error_class, capture.error_detail) == (None, None)


@pytest.mark.parametrize("encoding", [*ENCODERS, "br, gzip", "foo"])
def test_what_was_decoded_already_is_kept_with_a_note(save: Any, encoding: str) -> None:
    warc = Warc()
    warc.response("https://example.com/", Content_Encoding=encoding, Transfer_Encoding="chunked", Content_Length="35")
    [capture], _, _ = read(save(warc))

    assert capture.body == PAGE and capture.error_class is None
    assert "stored without" in (capture.error_detail or "")


@pytest.mark.parametrize("encoding", ENCODERS)
def test_a_cut_encoding_is_no_basis_for_a_claim(encoding: str) -> None:
    body = ENCODERS[encoding](PAGE * 50)
    undone = undo_encodings((("content-encoding", encoding),), body[:-12], limit=2**20)

    assert undone.error_class == "decoding" and undone.data == body[:-12]


@pytest.mark.parametrize("encoding", ENCODERS)
def test_bombs_are_stopped(encoding: str) -> None:
    bomb = ENCODERS[encoding](b"\0" * 2**24)
    tracemalloc.start()
    undone = undo_encodings((("content-encoding", encoding),), bomb, limit=2**20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (undone.data, undone.error_class) == (None, "too_large")
    assert peak < 2**24


@pytest.mark.parametrize(
    ("payload", "body", "error"),
    [
        (b"5\r\nhello\r\n0\r\n\r\n", b"hello", None),
        (b"5\nhello\n0\n\n", b"hello", None),
        (b"5\r\nhello\r\n", b"hello", "connection"),
        (b"5\r\nhello\r\n9\r\nwor", b"hellowor", "connection"),
        (b"5\r\nhello, world\r\n0\r\n\r\n", b"5\r\nhello, world\r\n0\r\n\r\n", None),
        (b"5\r\nhello\r\nxyz\r\n", b"5\r\nhello\r\nxyz\r\n", None),
        (b"", b"", None),
    ],
)
def test_chunks(payload: bytes, body: bytes, error: str | None) -> None:
    undone = undo_encodings((("transfer-encoding", "chunked"),), payload, limit=100)

    assert (undone.data, undone.error_class) == (body, error)


def test_an_answer_shorter_than_announced_is_marked(save: Any) -> None:
    warc = Warc()
    warc.response("https://example.com/", Content_Length="5000")
    [capture], _, _ = read(save(warc))

    assert (capture.body, capture.error_class) == (PAGE, "connection")


@pytest.mark.parametrize(
    ("value", "error"), [("length", "too_large"), ("time", "timeout"), ("disconnect", "connection")]
)
def test_truncation_by_the_crawler_is_marked(save: Any, value: str, error: str) -> None:
    warc = Warc()
    warc.response("https://example.com/", fields={"WARC-Truncated": value})
    [capture], _, _ = read(save(warc))

    assert (capture.body, capture.error_class) == (PAGE, error)


# --- revisits ------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["gzip", "plain", "one member"])
@pytest.mark.parametrize("original_first", [True, False])
def test_a_revisit_has_the_body_of_its_original(save: Any, shape: str, original_first: bool) -> None:
    warc = Warc(compressed=shape == "gzip")
    warc.response("https://example.com/other", b"other")
    original = Warc().response("https://example.com/a", gzip.compress(PAGE), Content_Encoding="gzip")
    if original_first:
        original = warc.response("https://example.com/a", gzip.compress(PAGE), Content_Encoding="gzip")
    warc.revisit(original)
    if not original_first:
        warc.response("https://example.com/a", gzip.compress(PAGE), Content_Encoding="gzip")
    data = gzip.compress(bytes(warc.data)) if shape == "one member" else bytes(warc.data)
    captures, broken, _ = read(save(data))

    assert not broken
    [revisit] = [capture for capture in captures if capture.started_at.month == 2]
    assert (revisit.status, revisit.body, revisit.not_modified) == (200, PAGE, False)
    assert (revisit.error_class, revisit.error_detail) == (None, None)


def test_a_revisit_finds_its_original_in_another_file_also_later(save: Any) -> None:
    first, second = Warc(), Warc()
    original = second.response("https://example.com/a")
    first.revisit(original)
    reader = WarcReader()
    items = [*reader.read(save(first, "1.warc.gz")), *reader.read(save(second, "2.warc.gz"))]
    [(path, revisit)] = reader.rest()

    assert len(items) == 1 and path.name == "1.warc.gz"
    assert revisit.body == PAGE


def test_a_revisit_without_original_says_so_and_gives_way_to_a_later_import(save: Any, tmp_path: Path) -> None:
    first, second = Warc(), Warc()
    first.revisit(second.response("https://example.com/a"))
    lonely, both = save(first, "1.warc.gz"), [tmp_path / "1.warc.gz", save(second, "2.warc.gz")]
    [capture], _, _ = read(lonely)
    with Store(tmp_path / "archive.db") as store:
        assert import_files(store, [lonely]).added == 1
        assert import_files(store, [lonely]).added == 0
        assert import_files(store, both).added == 2

    assert (capture.status, capture.body) == (200, None)
    assert "repetition of https://example.com/a of 2023-01-20T09:15:00Z" in (capture.error_detail or "")


def test_a_revisit_never_gets_another_body(save: Any) -> None:
    warc = Warc()
    original = warc.response("https://example.com/a")
    warc.revisit(original, digest="sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    captures, _, _ = read(save(warc))

    assert captures[1].body is None


def test_the_archive_may_be_asked_for_an_original(save: Any) -> None:
    warc = Warc()
    warc.revisit(Warc().response("https://example.com/a"))
    asked: list[tuple[str, datetime]] = []
    reader = WarcReader(find_body=lambda url, at: asked.append((url, at)) or PAGE)  # type: ignore[func-returns-value]
    assert list(reader.read(save(warc))) == []
    [(_, revisit)] = reader.rest()

    assert revisit.body == PAGE and asked == [("https://example.com/a", datetime(2023, 1, 20, 9, 15, tzinfo=UTC))]


def test_304_is_not_modified(save: Any) -> None:
    warc = Warc()
    warc.response("https://example.com/a", b"", status="304 Not Modified", ETag='"1"')
    [capture], _, _ = read(save(warc))

    assert (capture.not_modified, capture.body, capture.status) == (True, None, 304)


# --- damage --------------------------------------------------------------------------------------


@pytest.mark.parametrize("compressed", [True, False], ids=["gzip", "plain"])
def test_a_truncated_tail_is_reported_and_no_page(save: Any, compressed: bool) -> None:
    warc = five_pages(compressed)
    captures, [record], _ = read(save(warc.data[:-100]))

    assert urls(captures) == "0123"
    assert record.offset == warc.offsets[4]


def test_a_lost_checksum_is_reported_but_a_digest_that_fits_saves_the_record(save: Any) -> None:
    warc = five_pages()
    captures, [record], _ = read(save(warc.data[:-8]))

    assert urls(captures) == "01234" and record.offset == warc.offsets[4]


@pytest.mark.parametrize("compressed", [True, False], ids=["gzip", "plain"])
@pytest.mark.parametrize("at", [0, 15, 120], ids=["first bytes", "header", "further on"])
def test_after_a_damaged_record_the_rest_is_read(save: Any, compressed: bool, at: int) -> None:
    warc = five_pages(compressed)
    data = warc.data
    begin = warc.offsets[2] + at
    data[begin : begin + 60] = b"\xfa" * 60
    captures, broken, _ = read(save(data))

    # Plain text has no checksum of its own; a flipped header field may still leave a record.
    assert urls([capture for capture in captures if capture.url[-1] != "2"]) == "0134"
    assert [record.offset for record in broken] in ([warc.offsets[2]], [])
    assert broken or not compressed


def test_a_flipped_byte_in_a_plain_body_is_told_by_the_digest(save: Any) -> None:
    warc = five_pages(compressed=False)
    data = warc.data
    data[data.index(b"headline")] ^= 1
    captures, _, _ = read(save(data))

    assert urls(captures) == "01234"
    assert "WARC-Block-Digest" in (captures[0].error_detail or "")
    assert captures[1].error_detail is None


@pytest.mark.parametrize("change", [-30, 30, 700], ids=["too short", "too long", "swallows the next"])
def test_a_wrong_length_costs_one_record(save: Any, change: int) -> None:
    warc = Warc(compressed=False)
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE
    for number in range(5):
        length = len(block) + (change if number == 2 else 0)
        warc.raw(
            "WARC-Type: response",
            f"WARC-Date: {T}",
            f"WARC-Target-URI: http://e.com/{number}",
            block=block,
            length=length,
        )
    captures, [record], _ = read(save(warc))

    assert urls(captures) == "0134"
    assert record.offset == warc.offsets[2]


def test_a_wrong_length_in_a_compressed_record_never_eats_the_next(save: Any) -> None:
    warc = five_pages()
    member = gzip.decompress(bytes(warc.data[warc.offsets[2] : warc.offsets[3]])).replace(
        b"Content-Length: 3", b"Content-Length: 93"
    )
    data = warc.data[: warc.offsets[2]] + gzip.compress(member) + warc.data[warc.offsets[3] :]
    captures, [record], _ = read(save(data))

    assert urls(captures) == "0134" and record.offset == warc.offsets[2]


def test_a_block_that_lacks_line_ends_only_is_a_whole_answer(save: Any) -> None:
    warc = Warc(compressed=False)
    block = b"HTTP/1.1 200 OK\nContent-Length: %d\n\n%s" % (len(PAGE), PAGE)
    warc.raw(
        "WARC-Type: response", f"WARC-Date: {T}", "WARC-Target-URI: http://e.com/", block=block, length=len(block) + 7
    )
    [capture], broken, _ = read(save(bytes(warc.data[:-4])))

    assert not broken and capture.body == PAGE
    assert "lacks its last 7 bytes" in (capture.error_detail or "")


def test_junk_between_records(save: Any) -> None:
    for compressed in (True, False):
        warc = five_pages(compressed)
        data = warc.data[: warc.offsets[2]] + b"junk, no record\r\n" + warc.data[warc.offsets[2] :]
        captures, [record], _ = read(save(data))

        assert urls(captures) == "01234" and record.offset == warc.offsets[2]


def test_padding_with_zeros_is_no_damage(save: Any) -> None:
    captures, broken, _ = read(save(bytes(five_pages().data) + b"\0" * 5000))

    assert len(captures) == 5 and not broken


def test_one_gzip_member_for_the_whole_file(save: Any) -> None:
    data = gzip.compress(bytes(five_pages(compressed=False).data))
    captures, broken, _ = read(save(data))
    assert urls(captures) == "01234" and not broken

    captures, broken, _ = read(save(data[:-30]))
    assert urls(captures).startswith("0") and len(broken) == 1


def test_members_cut_anywhere(save: Any) -> None:
    plain = bytes(five_pages(compressed=False).data)
    data = b"".join(gzip.compress(plain[at : at + 97]) for at in range(0, len(plain), 97))
    captures, broken, _ = read(save(data))

    assert urls(captures) == "01234" and not broken


@pytest.mark.parametrize("with_dictionary", [False, True])
def test_zstd(save: Any, with_dictionary: bool) -> None:
    warc = five_pages(compressed=False)
    ends = [*warc.offsets[1:], len(warc.data)]
    dictionary = zstandard.ZstdCompressionDict(bytes(warc.data[:400])) if with_dictionary else None
    packer = zstandard.ZstdCompressor(dict_data=dictionary)
    frames = [packer.compress(bytes(warc.data[begin:end])) for begin, end in zip(warc.offsets, ends, strict=True)]
    if dictionary is not None:
        packed = zstandard.compress(dictionary.as_bytes())
        frames.insert(0, b"\x5d\x2a\x4d\x18" + len(packed).to_bytes(4, "little") + packed)
    captures, broken, _ = read(save(b"".join(frames), "a.warc.zst"))
    assert urls(captures) == "01234" and not broken

    frames[-3] = frames[-3][:40] + b"\xfa" * 30 + frames[-3][70:]
    captures, broken, _ = read(save(b"".join(frames), "a.warc.zst"))
    assert urls(captures) == "0134" and [record.offset for record in broken] == [sum(map(len, frames[:-3]))]


@settings(max_examples=60, deadline=None)
@given(
    compressed=st.booleans(),
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 3000),
)
def test_no_damage_ever_crashes_or_invents(
    tmp_path_factory: Any, compressed: bool, flips: list[tuple[int, int]], cut: int
) -> None:
    warc = five_pages(compressed)
    data = warc.data
    for position, value in flips:
        data[position % len(data)] = value
    path = tmp_path_factory.mktemp("damage") / "damaged.warc"
    path.write_bytes(data[: max(len(data) - cut, 1)])
    if looks_like(path) is None:
        return
    captures, broken, _ = read(path)

    assert len(captures) <= 5 and len(broken) <= 6 + len(flips)
    touched = {sum(position % len(data) >= offset for offset in warc.offsets) - 1 for position, _ in flips}
    if cut == 0 and compressed:
        assert {f"https://example.com/{n}" for n in range(5) if n not in touched} <= {
            capture.url for capture in captures
        }


# --- ARC and WACZ --------------------------------------------------------------------------------

HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE


def arc_record(url: str, block: bytes = HTTP, *, version: int = 1, length: int | None = None) -> bytes:
    middle = b"text/html" if version == 1 else b"text/html; charset=utf-8 200 - - 0 file.arc"
    size = len(block) if length is None else length
    return b"%s 192.0.2.1 20140216050221 %s %d\n%s\n" % (url.encode(), middle, size, block)


def arc_head(version: int = 1) -> bytes:
    block = b"%d 0 Test\nURL IP-address Archive-date Content-type Archive-length\n\n" % version
    return b"filedesc://file.arc 127.0.0.1 20140216050221 text/plain %d\n%s" % (len(block), block)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("compressed", [True, False], ids=["gzip", "plain"])
def test_arc(save: Any, version: int, compressed: bool) -> None:
    parts = [
        arc_head(version),
        arc_record("http://example.com/a b", version=version),
        arc_record("dns:example.com", b"20140216\nexample.com. 1 IN A 192.0.2.1", version=version),
        arc_record("http://example.com/c", version=version),
    ]
    captures, broken, skipped = read(save(b"".join(map(gzip.compress, parts) if compressed else parts), "a.arc"))

    assert [capture.url for capture in captures] == ["http://example.com/a%20b", "http://example.com/c"]
    assert captures[0].body == PAGE and captures[0].started_at == datetime(2014, 2, 16, 5, 2, 21, tzinfo=UTC)
    assert not broken and skipped == {"warcinfo record": 1, "dns: address": 1}
    assert len({capture.origin_ref for capture in captures}) == 2


def test_a_damaged_arc_record_costs_one_record(save: Any) -> None:
    parts = [arc_head(), *(arc_record(f"http://example.com/{n}", length=len(HTTP) + 50 * (n == 1)) for n in range(4))]
    captures, [record], _ = read(save(b"".join(parts), "a.arc"))

    assert urls(captures) == "023" and record.offset == len(parts[0]) + len(parts[1])


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_wacz(tmp_path: Path, method: int) -> None:
    warc = Warc()
    warc.revisit(warc.response("https://example.com/a"))
    with zipfile.ZipFile(tmp_path / "a.wacz", "w", method) as archive:
        archive.writestr("archive/data.warc.gz", bytes(warc.data))
        archive.writestr("archive/damaged.warc.gz", bytes(five_pages().data[:-90]))
        archive.writestr("datapackage.json", "{}")
    captures, [record], _ = read(tmp_path / "a.wacz")

    assert looks_like(tmp_path / "a.wacz") == "wacz"
    assert len(captures) == 6 and record.member == "archive/damaged.warc.gz"
    assert captures[1].body == PAGE


def test_a_wacz_that_lost_its_end_is_read_around_the_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.warc.gz", bytes(five_pages().data))
        archive.writestr("datapackage.json", "{}")
    path.write_bytes(path.read_bytes()[:-200])
    captures, broken, _ = read(path)

    assert urls(captures) == "01234" and broken


# --- files that cannot be imported ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("empty.warc", b"", "empty"),
        (
            "a.cdx",
            b" CDX N b a m s k r M S V g\ncom,example)/ 20140127171200 http://example.com t 200 D - - 1 2 a.gz\n",
            "CDX",
        ),
        ("a.cdx.gz", gzip.compress(b'com,example)/ 20140127171200 {"url": "http://example.com"}\n'), "CDX"),
        ("a.cdxj", b'!context ["http://example.com"]\ncom,example)/ 20140127171200 {}\n', "CDX"),
        ("a.html", b"<p>A WARC record begins with\nWARC/1.0\nand goes on.</p>", "no WARC or ARC record"),
        ("a.zip", b"", "zip"),
        ("a.warc.lz4", b"\x04\x22\x4d\x18rest", "lz4"),
        ("random.warc", bytes(range(256)) * 50, "no WARC or ARC record"),
    ],
)
def test_something_else_is_refused_with_a_remedy(tmp_path: Path, name: str, content: bytes, cause: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    if name == "a.zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("letter.txt", "no WARC")
    with pytest.raises(ConfigError, match=cause) as caught:
        list(read_warc(path))

    assert caught.value.place == str(path) and caught.value.remedy
    assert looks_like(path) is None


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        list(read_warc(tmp_path / "absent.warc"))
    with pytest.raises(ConfigError, match="folder"):
        list(read_warc(tmp_path))
    with pytest.raises(ConfigError, match="no WARC, ARC or WACZ file"):
        find_files([tmp_path])


def test_a_damaged_beginning_does_not_hide_the_rest(save: Any) -> None:
    data = five_pages().data
    data[:40] = b"\xfa" * 40
    for broken_file in (data, b"\x1f\x8b\x08" + data[3:]):
        captures, [record], _ = read(save(broken_file))

        assert urls(captures) == "1234" and record.offset == 0


# --- import --------------------------------------------------------------------------------------


def test_importing_again_adds_nothing_also_from_another_folder(save: Any, tmp_path: Path) -> None:
    path = save(five_pages())
    moved = tmp_path / "elsewhere" / "renamed.warc.gz"
    moved.parent.mkdir()
    plain = gzip.decompress(path.read_bytes())
    with Store(tmp_path / "archive.db") as store:
        first = import_files(store, [path])
        moved.write_bytes(path.read_bytes())
        second = import_files(store, [moved])
        moved.write_bytes(plain)
        third = import_files(store, [moved.parent])

    assert (first.added, first.known) == (5, 0)
    assert (second.added, second.known) == (third.added, third.known) == (0, 5)
    assert first.run.state == "finished" and first.run.fetched == 5
    assert second.run.skipped == {"already in the archive": 5}


def test_one_record_id_for_several_records_loses_none(save: Any, tmp_path: Path) -> None:
    warc = Warc()
    for day in (14, 15):
        warc.response("https://example.com/", at=f"2014-01-{day}T10:00:00Z", fields={"WARC-Record-ID": "<urn:uuid:1>"})
    with Store(tmp_path / "archive.db") as store:
        assert import_files(store, [save(warc)]).added == 2


def test_a_damaged_copy_never_stands_in_the_way_of_a_good_one(save: Any, tmp_path: Path) -> None:
    warc = five_pages(compressed=False)
    data = warc.data
    data[data.index(b"headline")] ^= 1
    with Store(tmp_path / "archive.db") as store:
        import_files(store, [save(data, "damaged.warc")])
        assert import_files(store, [save(warc, "good.warc")]).added == 1


def test_the_report_counts_what_was_not_imported(save: Any, tmp_path: Path) -> None:
    warc = five_pages()
    warc.request(warc.response("https://example.com/form"), "POST")
    data = warc.data
    data[warc.offsets[1] + 20 : warc.offsets[1] + 60] = b"\xfa" * 40
    seen: list[str] = []
    with Store(tmp_path / "archive.db") as store:
        result = import_files(store, [save(data)], lambda file: seen.append(file.path.name))

    [file] = result.files
    assert seen == ["test.warc.gz"]
    assert (file.added, file.broken, file.broken_records[0].offset) == (4, 1, warc.offsets[1])
    assert result.run.skipped == {"request record": 1, "answer to POST": 1, "damaged record": 1}


def test_nothing_is_written_if_one_file_is_wrong(save: Any, tmp_path: Path) -> None:
    with Store(tmp_path / "archive.db") as store:
        with pytest.raises(ConfigError):
            import_files(store, [save(five_pages()), tmp_path / "absent.warc"])
        assert store.last_run() is None


def test_an_interrupted_import_closes_its_run_and_can_be_started_again(save: Any, tmp_path: Path) -> None:
    path, other = save(five_pages()), save(five_pages(), "z.warc.gz")

    def interrupt(file: object) -> None:
        raise KeyboardInterrupt

    with Store(tmp_path / "archive.db") as store:
        with pytest.raises(KeyboardInterrupt):
            import_files(store, [path, other], interrupt)
        run = store.last_run()
        assert run is not None and (run.state, run.fetched) == ("stopped", 5)
        result = import_files(store, [path, other])

    assert (result.added, result.known) == (5, 5)


# --- memory and real files -----------------------------------------------------------------------


def test_big_blocks_are_never_held_whole(save: Any) -> None:
    """A film of 200 MB beside a page: what is not kept is passed over in windows."""
    warc = Warc(compressed=False)
    size = 200 * 2**20
    member = zlib.compressobj(1, zlib.DEFLATED, 31)
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: {T}\r\nWARC-Target-URI: http://e.com/film\r\nContent-Length: {size}\r\n\r\n"
    packed = [member.compress(head.encode() + b"HTTP/1.1 200 OK\r\n\r\n")]
    packed += [member.compress(b"\0" * 2**20) for _ in range(199)]
    packed += [member.compress(b"\0" * (2**20 - 19) + b"\r\n\r\n"), member.flush()]
    warc.response("http://e.com/a")
    path = save(b"".join(packed) + gzip.compress(bytes(warc.data)))
    tracemalloc.start()
    captures, broken, _ = read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert not broken and [(c.url[-1], c.error_class, c.body) for c in captures] == [
        ("m", "too_large", None),
        ("a", None, PAGE),
    ]
    assert peak < 2**23


@pytest.mark.data
def test_every_sound_answer_in_the_real_files_is_a_capture(shared_data: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Compared with warcio, where it reads a file to its end without a warning."""
    caplog.set_level(logging.ERROR, "warcio")
    files = find_files([shared_data / "web" / "warc"])
    compared = 0
    for path in files:
        items = list(read_warc(path))
        theirs = read_with_warcio(path)
        if looks_like(path) == "wacz" or theirs is None:
            continue
        compared += 1
        ours = Counter(item.url for item in items if isinstance(item, Capture | Skipped))
        assert not theirs - ours, path.name
    assert len(files) >= 40 and compared >= 30


def read_with_warcio(path: Path) -> Counter[str] | None:
    """URLs of http(s) answers; None if warcio stumbles."""
    found: Counter[str] = Counter()
    with path.open("rb") as file:
        iterator = ArchiveIterator(file, arc2warc=True)
        try:
            for record in iterator:
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                if record.rec_type in ("response", "revisit", "resource") and url.startswith("http"):
                    found[url] += 1
                record.raw_stream.read()
        except Exception:  # noqa: BLE001 - whatever it is, there is nothing to compare with
            return None
        return None if iterator.err_count else found


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "captures", "broken"),
    [
        ("ipwb/broken.warc", 1, [3058]),
        ("webarchive-commons/IAH-20080430204825-00000-blackbook-truncated.arc", 7, []),
        ("warcio/example-bad-non-chunked.warc.gz", 2, []),
        ("warcio/example-wrong-chunks.warc.gz", 1, []),
        ("stormcrawler/unparsable-date.warc.gz", 0, [0]),
    ],
)
def test_real_files_at_which_others_stop(shared_data: Path, name: str, captures: int, broken: list[int]) -> None:
    found, damage, _ = read(shared_data / "web" / "warc" / name)

    assert (len(found), [record.offset for record in damage]) == (captures, broken)
