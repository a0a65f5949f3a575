"""WARC out: what is exported is read by warcio, checked, and imported into a new archive that says the same."""

from __future__ import annotations

import gzip
import json
import sqlite3
import zlib
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from archive.cli import main
from archive.exceptions import StoreError
from archive.importing import import_files
from archive.store import Store
from archive.types import Capture, Lead, Redirect, Story, StoryText
from archive.warc.writing import export

T = datetime(2024, 3, 1, 12, 0, 0, 250_000, UTC)
HTML = (("content-type", "text/html; charset=utf-8"), ("set-cookie", "a=1"), ("set-cookie", "b=é"), ("etag", '"1"'))
BODY = "<h1>De veerboot</h1><p>Ünïcode en meer.</p>".encode()


def page(path: str, hour: int = 0, **more: Any) -> Capture:
    at = T + timedelta(hours=hour)
    url = f"https://example.org/{path}"
    said: dict[str, Any] = {
        "url": url,
        "purpose": "page",
        "started_at": at,
        "finished_at": at + timedelta(seconds=1),
        "final_url": url,
        "status": 200,
        "headers": HTML,
        "body": BODY,
    }
    return Capture(**{**said, **more})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "archive.db") as opened:
        yield opened


def write(store: Store, name: str = "out.warc.gz", **choice: str) -> Path:
    out = store.path.with_name(name)
    export(store, store.captures_to_export(**choice), out)
    return out


def warcio_complaints(path: Path) -> int:
    checker = Checker(Namespace(inputs=[str(path)], verbose=False))
    return int(checker.process_all())


def records(path: Path, *kinds: str) -> list[Any]:
    """Records as warcio reads them, with their payloads."""
    found = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            record.payload = record.content_stream().read()
            if not kinds or record.rec_type in kinds:
                found.append(record)
    return found


def field(record: Any, name: str) -> str | None:
    value: str | None = record.rec_headers.get_header(name)
    return value


def known(record: Any) -> dict[str, str]:
    """The fields of a metadata record."""
    return dict(line.split(": ", 1) for line in record.payload.decode().splitlines())


def said(path: Path) -> list[tuple[Any, ...]]:
    """What an archive says of its captures, without what belongs to the file: ids, origin, chain."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            """SELECT final_url, started_at, status, error_class, headers, body_sha256, not_modified, media_type
               FROM capture ORDER BY started_at, final_url, status"""
        ).fetchall()


def imported(warc: Path) -> Path:
    fresh = warc.with_name("fresh.db")
    fresh.unlink(missing_ok=True)
    with Store(fresh) as store:
        report = import_files(store, [warc])
        assert report.broken == 0 and report.known == 0
    return fresh


def confirmed(store: Store, path: str, hours: tuple[int, ...]) -> None:
    """A page that answers once and then with 304, as a crawl sees it."""
    story = store.save_story(
        Story("ferry", "Ferry", "Courier", texts=(StoryText("A text.", "en", "original", "f"),)), T
    )
    assert story.id is not None
    url = f"https://example.org/{path}"
    store.add_leads([Lead(url, "given", "w")], story_id=story.id, run_id=None, now=T)
    for number, hour in enumerate(hours):
        now = T + timedelta(days=hour + 1)
        [entry] = store.lease_due(story_id=story.id, limit=1, now=now, lease_seconds=60)
        answer: dict[str, Any] = {} if number == 0 else {"status": 304, "body": None, "headers": (("etag", '"1"'),)}
        capture = page(path, hour, frontier_id=entry.id, not_modified=number > 0, **answer)
        store.add_capture(capture, story_id=story.id, next_due=now)


# --- there and back ----------------------------------------------------------------------------------


def test_what_was_exported_and_imported_says_the_same(store: Store) -> None:
    confirmed(store, "ferry", (0, 5, 6))
    for capture in (
        page("same-bytes", 1),
        page("gone", 2, status=404, body=b"Not here."),
        page("teapot", 2, status=499, body=b"", headers=()),
        page("again", 3),
        page("again", 4, body=b"<p>Another text.</p>"),
        page("moved", 5, status=302, body=b"", headers=(("location", "/elsewhere"),)),
        page("picture", 6, body=bytes(range(256)) * 40, headers=(("content-type", "image/png"),)),
        page("cut", 7, body=BODY[:20], error_class="connection", error_detail="closed"),
        page("slow", 7, body=BODY[:10], error_class="timeout", error_detail="30 s"),
        page("big", 7, body=BODY[:30], error_class="too_large", error_detail="the beginning"),
        page("with space", 8, final_url="https://example.org/with%20space?q=é"),
    ):
        store.add_capture(capture)
    warc = write(store)

    assert warcio_complaints(warc) == 0
    assert said(imported(warc)) == said(store.path)


def test_an_import_that_is_exported_again_says_the_same_once_more(store: Store, tmp_path: Path) -> None:
    confirmed(store, "ferry", (0, 5))
    store.add_capture(page("packed", 1, headers=(("content-encoding", "gzip"), ("content-length", "9"))))
    first = imported(write(store))
    with Store(first) as second:
        warc = write(second, "second.warc.gz")
        before = said(first)
    assert said(imported(warc)) == before


@settings(max_examples=60)
@given(
    body=st.binary(max_size=300),
    status=st.sampled_from([200, 203, 404, 500, 999]),
    values=st.lists(
        st.text(
            st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f\x85\xa0\xad"), max_size=20
        ),
        max_size=4,
    ),
)
def test_any_bytes_and_any_header_come_back(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, status: int, values: list[str]
) -> None:
    headers = tuple((f"x-header-{number}", value) for number, value in enumerate(values))
    folder = tmp_path_factory.mktemp("any")
    with Store(folder / "archive.db") as store:
        store.add_capture(page("any", status=status, headers=headers, body=body))
        warc = write(store)
        assert warcio_complaints(warc) == 0
        assert said(imported(warc)) == said(store.path)


# --- a body once, and never missing -----------------------------------------------------------------


def test_a_body_is_written_once_and_revisits_say_where(store: Store) -> None:
    for hour in range(3):
        store.add_capture(page("ferry" if hour < 2 else "other", hour))
    warc = write(store)
    [first] = records(warc, "response")
    again, other = records(warc, "revisit")

    assert first.payload == BODY
    for revisit in (again, other):
        assert field(revisit, "WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
        assert field(revisit, "WARC-Refers-To") == field(first, "WARC-Record-ID")
        assert field(revisit, "WARC-Refers-To-Target-URI") == "https://example.org/ferry"
        assert field(revisit, "WARC-Refers-To-Date") == field(first, "WARC-Date") == "2024-03-01T12:00:00.250Z"
        assert field(revisit, "WARC-Payload-Digest") == field(first, "WARC-Payload-Digest")
        assert revisit.payload == b"" and revisit.http_headers.get_statuscode() == "200"
    assert field(other, "WARC-Target-URI") == "https://example.org/other"


def test_a_304_refers_to_the_answer_that_it_confirms(store: Store) -> None:
    confirmed(store, "ferry", (0, 1))
    warc = write(store)
    [first] = records(warc, "response")
    [revisit] = records(warc, "revisit")

    assert field(revisit, "WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert field(revisit, "WARC-Refers-To") == field(first, "WARC-Record-ID")
    assert revisit.http_headers.get_statuscode() == "304"


def test_a_304_brings_the_answer_it_confirms_though_nobody_asked_for_that(store: Store) -> None:
    """The export begins after the only full answer: without it, the file would hold no text at all."""
    confirmed(store, "ferry", (0, 1, 2))
    out = store.path.with_name("late.warc.gz")
    done = export(store, store.captures_to_export()[1:], out)

    assert (done.captures, done.added) == (3, 1)
    assert [record.payload for record in records(out, "response")] == [BODY]
    assert len(records(out, "revisit")) == 2


def test_a_304_whose_body_was_never_seen_is_an_answer_without_one(store: Store) -> None:
    store.add_capture(page("ferry", status=304, body=None, not_modified=True))
    warc = write(store)
    [record] = records(warc, "response")

    assert record.http_headers.get_statuscode() == "304"
    assert said(imported(warc)) == said(store.path)


def test_a_whole_answer_is_never_told_as_a_repetition_of_one_that_was_cut(store: Store) -> None:
    store.add_capture(page("ferry", 0, error_class="connection", error_detail="closed"))
    store.add_capture(page("ferry", 1))
    warc = write(store)
    cut, whole = records(warc, "response")

    assert field(cut, "WARC-Truncated") == "disconnect" and field(whole, "WARC-Truncated") is None
    assert said(imported(warc)) == said(store.path)


# --- headers that fit ---------------------------------------------------------------------------------


def test_headers_that_spoke_of_packed_bytes_are_kept_under_other_names(store: Store) -> None:
    """A reader that unpacks what says it is packed must get the page, not an error."""
    packed = gzip.compress(BODY)
    received = (
        ("content-type", "text/html"),
        ("content-encoding", "gzip"),
        ("transfer-encoding", "chunked"),
        ("content-length", str(len(packed))),
        ("vary", "accept-encoding"),
    )
    store.add_capture(page("ferry", headers=received))
    warc = write(store)
    [record] = records(warc, "response")

    assert record.payload == BODY
    assert record.http_headers.headers == [
        ("content-type", "text/html"),
        ("x-archive-orig-content-encoding", "gzip"),
        ("x-archive-orig-transfer-encoding", "chunked"),
        ("x-archive-orig-content-length", str(len(packed))),
        ("vary", "accept-encoding"),
        ("content-length", str(len(BODY))),
    ]
    assert said(imported(warc))[0][5] == sha256(BODY).hexdigest()


def test_headers_that_fit_stay_as_they_are(store: Store) -> None:
    received = (("content-length", str(len(BODY))), ("x-odd", "§ é"), ("set-cookie", "a"), ("set-cookie", "b"))
    store.add_capture(page("ferry", headers=received))
    warc = write(store)
    raw = gzip.decompress(warc.read_bytes())

    assert (
        f"content-length: {len(BODY)}\r\nx-odd: ".encode() + b"\xa7 \xe9\r\nset-cookie: a\r\nset-cookie: b\r\n" in raw
    )
    assert json.loads(said(imported(warc))[0][4]) == [list(pair) for pair in received]


def test_bytes_whose_encoding_could_not_be_undone_keep_the_header_that_says_so(store: Store) -> None:
    broken = gzip.compress(BODY)[:-12] + b"\x00\xff\x10"
    headers = (("content-encoding", "gzip"), ("content-length", str(len(broken))))
    store.add_capture(page("ferry", headers=headers, body=broken, error_class="decoding", error_detail="gzip"))
    warc = write(store)

    assert warcio_complaints(warc) == 0
    assert said(imported(warc)) == said(store.path)


def test_a_header_with_a_line_end_cannot_make_another_header(store: Store) -> None:
    store.add_capture(page("ferry", headers=(("x-a", "1\r\nset-cookie: evil\r\n\r\n<script>"),)))
    [record] = records(write(store), "response")
    assert [name for name, _ in record.http_headers.headers] == ["x-a"] and record.payload == BODY


# --- what has no record of its own ----------------------------------------------------------------------


def test_a_failure_without_an_answer_is_told_in_a_metadata_record(store: Store) -> None:
    store.add_capture(
        page("ferry", status=None, headers=(), body=None, error_class="dns", error_detail="no such\nname")
    )
    warc = write(store)
    [record] = records(warc, "metadata", "response", "resource", "revisit")
    fields = known(record)

    assert record.rec_type == "metadata" and field(record, "WARC-Refers-To") is None
    assert field(record, "WARC-Target-URI") == "https://example.org/ferry"
    assert (fields["error-class"], fields["error-detail"]) == ("dns", "no such name")
    assert warcio_complaints(warc) == 0
    assert said(imported(warc)) == [], "WARC has no record for an answer that never came"


def test_what_warc_has_no_field_for_stands_beside_each_answer(store: Store) -> None:
    for hour in range(2):
        store.add_capture(page("ferry", hour))
    warc = write(store)
    answers, notes = records(warc, "response", "revisit"), [known(one) for one in records(warc, "metadata")]

    assert [field(one, "WARC-Refers-To") for one in records(warc, "metadata")] == [
        field(one, "WARC-Record-ID") for one in answers
    ]
    assert notes[0]["finished"] == "2024-03-01T12:00:01.250Z"
    assert notes[0]["body-sha256"] == sha256(BODY).hexdigest()
    assert notes[1]["prev-log-hash"] == notes[0]["log-hash"]


def test_redirects_are_answers_of_their_own(store: Store) -> None:
    hops = (
        Redirect("http://example.org/a", 301, "https://example.org/a"),
        Redirect("https://example.org/a", 302, "https://example.org/ferry"),
    )
    store.add_capture(page("ferry", url="http://example.org/a", redirects=hops))
    warc = write(store)
    answers = records(warc, "response")

    assert [(field(one, "WARC-Target-URI"), one.http_headers.get_statuscode()) for one in answers] == [
        ("http://example.org/a", "301"),
        ("https://example.org/a", "302"),
        ("https://example.org/ferry", "200"),
    ]
    assert [one.http_headers.get_header("location") for one in answers[:2]] == [hop.location for hop in hops]
    [note] = records(warc, "metadata")
    assert known(note)["asked"] == "http://example.org/a"
    assert warcio_complaints(warc) == 0


def test_a_file_that_came_without_its_answer_goes_out_without_one(store: Store) -> None:
    """Else a status that no server ever sent would be told as received."""
    first = page("ferry", headers=(("content-type", "text/plain"),))
    detail = "a resource record: the file without its HTTP answer, taken as status 200"
    store.add_capture(Capture(**{**_facts(first), "error_detail": detail, "origin": "warc", "origin_ref": "urn:1#2"}))
    warc = write(store)
    [record] = records(warc, "resource")

    assert record.payload == BODY and not records(warc, "response")
    assert warcio_complaints(warc) == 0
    with closing(sqlite3.connect(imported(warc))) as connection:
        assert connection.execute("SELECT status, error_detail FROM capture").fetchall() == [(200, detail)]


def _facts(capture: Capture) -> dict[str, Any]:
    return {name: getattr(capture, name) for name in Capture.__slots__}


@pytest.mark.parametrize(
    "body", [b"220 mail.example.org ESMTP ready\r\n", b"\x00\x01\x02", b"HTTP/1.1 nonsense\r\n\r\nrest"]
)
def test_bytes_that_are_no_http_are_kept_and_said_to_be_none(store: Store, body: bytes) -> None:
    store.add_capture(page("ferry", status=None, headers=(), body=body, error_class="protocol", error_detail="no HTTP"))
    warc = write(store)
    kept, note = records(warc, "metadata", "response", "resource")

    assert kept.payload == body and kept.rec_type == "metadata"
    assert field(note, "WARC-Refers-To") == field(kept, "WARC-Record-ID") and known(note)["error-class"] == "protocol"
    assert warcio_complaints(warc) == 0
    assert said(imported(warc)) == [], "no answer is made of them"


# --- the file --------------------------------------------------------------------------------------------


def test_each_record_is_a_gzip_member_of_its_own(store: Store) -> None:
    for hour in range(3):
        store.add_capture(page("ferry", hour))
    data = write(store).read_bytes()
    kinds = []
    while data:
        member = zlib.decompressobj(16 + zlib.MAX_WBITS)
        record = member.decompress(data)
        assert member.eof and record.startswith(b"WARC/1.1\r\n") and record.endswith(b"\r\n\r\n")
        kinds.append(next(line for line in record.split(b"\r\n") if line.startswith(b"WARC-Type"))[11:])
        data = member.unused_data
    assert kinds == [b"warcinfo", b"response", b"metadata", b"revisit", b"metadata", b"revisit", b"metadata"]


def test_nothing_is_left_where_a_body_is_missing(store: Store, tmp_path: Path) -> None:
    store.add_capture(page("ferry"))
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("DELETE FROM body")
    with pytest.raises(StoreError, match="afterprint verify"):
        write(store)
    assert not list(tmp_path.glob("*.warc*"))


# --- the command ---------------------------------------------------------------------------------------


@pytest.fixture
def run(store: Store) -> Callable[..., Any]:
    return lambda *arguments: CliRunner().invoke(main, ["--archive", str(store.path), *map(str, arguments)])


def test_the_captures_of_one_page_in_any_form_of_its_address(
    store: Store, run: Callable[..., Any], tmp_path: Path
) -> None:
    store.add_capture(page("ferry", 0))
    store.add_capture(page("other", 1))
    store.add_capture(page("ferry", 2))
    out = tmp_path / "page.warc.gz"
    shown = run("export", "warc", out, "--page", "http://www.example.org/ferry?utm_source=x")

    assert shown.exit_code == 0, shown.output
    assert "2 captures" in shown.output
    assert {field(one, "WARC-Target-URI") for one in records(out, "response", "revisit")} == {
        "https://example.org/ferry"
    }


def test_the_captures_of_a_story_are_those_of_its_pages(store: Store, run: Callable[..., Any], tmp_path: Path) -> None:
    store.save_story(
        Story(
            "ferry",
            "Ferry",
            "Courier",
            urls=("https://example.org/ferry",),
            texts=(StoryText("A text.", "en", "original", "f"),),
        ),
        T,
    )
    store.add_capture(page("ferry", 0))
    store.add_capture(page("other", 1, body=b"<p>Something else.</p>"))
    out = tmp_path / "story.warc.gz"
    document = json.loads(run("export", "warc", out, "--story", "ferry", "--json").output)

    assert document["captures"] == 1 and document["records"]["response"] == 1
    assert [field(one, "WARC-Target-URI") for one in records(out, "response")] == ["https://example.org/ferry"]


def test_a_plain_file_is_written_if_its_name_says_so(store: Store, run: Callable[..., Any], tmp_path: Path) -> None:
    store.add_capture(page("ferry"))
    out = tmp_path / "plain.warc"
    assert run("export", "warc", out).exit_code == 0
    assert out.read_bytes().startswith(b"WARC/1.1") and warcio_complaints(out) == 0


def test_what_cannot_be_exported_is_said_with_a_remedy_and_nothing_is_written(
    store: Store, run: Callable[..., Any], tmp_path: Path
) -> None:
    out = tmp_path / "out.warc.gz"
    assert run("export", "warc", out).exit_code == 2, "an empty archive"
    store.add_capture(page("ferry"))
    for more, cause in (
        (["--page", "https://example.org/unknown"], "knows no page"),
        (["--story", "unknown"], "knows no story"),
        (["--story", "a", "--page", "https://example.org/ferry"], "cannot be used together"),
    ):
        shown = run("export", "warc", out, *more)
        assert shown.exit_code == 2 and cause in shown.output
    out.write_text("mine")
    assert run("export", "warc", out).exit_code == 2 and out.read_text() == "mine"
    assert run("export", "warc", store.path, "--force").exit_code == 2
    assert run("export", "warc", out, "--force").exit_code == 0 and warcio_complaints(out) == 0
