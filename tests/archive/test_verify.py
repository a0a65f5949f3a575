"""Is all still as it was written? Each test damages a real archive, and looks whether it is told."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard
from click.testing import CliRunner

from archive import manifests
from archive.cli import main
from archive.cli.evidence import _opened
from archive.exceptions import AfterprintError
from archive.process import process
from archive.store import SourceResult, Store
from archive.store._captures import NO_HASH, log_hash
from archive.store._manifests import rows_of_run
from archive.types import Capture, Redirect, Story, StoryText
from archive.verify import Report, verify
from crawler.newsroom import ferry

T = datetime(2024, 3, 1, 12, tzinfo=UTC)
HTML = (("content-type", "text/html; charset=utf-8"), ("etag", '"1"'), ("set-cookie", "a=1"), ("set-cookie", "b=é"))


def page(number: int, **more: Any) -> Capture:
    at = T + timedelta(hours=number)
    said: dict[str, Any] = {
        "url": f"https://example.org/{number}",
        "purpose": "page",
        "started_at": at,
        "finished_at": at + timedelta(seconds=1),
        "status": 200,
        "headers": HTML,
        "body": f"<h1>Ferry {number}</h1><p>{random.Random(number).randbytes(300).hex()}</p>".encode(),
    }
    return Capture(**{**said, **more})


def fill(store: Store) -> None:
    """Two closed runs with every kind of capture."""
    captures = [
        page(1),
        page(2, redirects=(Redirect("https://example.org/2", 301, "https://example.org/two"),), final_url="https://example.org/two"),
        page(3, status=404, body=b"gone"),
        page(4, status=None, headers=(), body=None, error_class="timeout", error_detail="30 s"),
        page(5, body=page(1).body),
        page(6, purpose="feed", headers=(("content-type", "application/rss+xml"),), body=b"<rss/>"),
        page(7, status=304, headers=(), body=None, not_modified=True),
        page(8, origin="warc", origin_ref="urn:uuid:1#0123456789abcdef"),
    ]  # fmt: skip
    for half in (captures[:4], captures[4:]):
        run = store.open_run(kind="crawl", watch="w", now=T)
        for one in half:
            store.add_capture(one, run_id=run)
        store.close_run(run, state="finished", now=T)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "archive.db"
    with Store(path) as store:
        fill(store)
    return path


def check(path: Path, head: str | None = None) -> Report:
    with _opened(path) as store:
        return verify(store, head=head)


def alter(path: Path, *statements: str | tuple[str, tuple[Any, ...]]) -> None:
    """As a hand with sqlite3 would do it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for one in statements:
            connection.execute(*((one,) if isinstance(one, str) else one))


def found(report: Report) -> list[tuple[str, str]]:
    return [(finding.kind, finding.where) for finding in report.findings]


# --- nothing is wrong ------------------------------------------------------------------------------


def test_an_archive_that_nobody_touched_is_sound(archive: Path) -> None:
    report = check(archive)
    assert report.ok and not report.findings
    assert (report.captures, report.bodies) == (8, 5)
    with Store(archive, readonly=True) as store:
        assert report.bytes == sum(len(store.body(row)) for row in _digests(archive))


def test_an_empty_archive_is_sound(tmp_path: Path) -> None:
    Store(tmp_path / "new.db").close()
    report = check(tmp_path / "new.db")
    assert report.ok and report.head == NO_HASH


def _digests(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT sha256 FROM body")]


# --- one byte, anywhere ----------------------------------------------------------------------------

CAPTURE_COLUMNS = (
    "id", "run_id", "page_id", "purpose", "url", "final_url", "redirects", "started_at", "finished_at", "status", "error_class",
    "error_detail", "headers", "media_type", "body_sha256", "not_modified", "origin", "origin_ref", "prev_log_hash", "log_hash",
)  # fmt: skip
BODY_COLUMNS = ("sha256", "data", "size", "first_seen")


def flipped(value: Any, moment: random.Random) -> Any:
    """*value* with one bit of one byte turned."""
    if isinstance(value, int):
        return value ^ (1 << moment.randrange(8))
    raw = bytearray(value.encode() if isinstance(value, str) else value)
    raw[moment.randrange(len(raw))] ^= 1 << moment.randrange(8)
    return bytes(raw)


def whole(data: bytes) -> bytes | None:
    try:
        return zstandard.ZstdDecompressor().stream_reader(data).read(1 << 20)
    except zstandard.ZstdError:
        return None


@pytest.mark.parametrize(
    ("table", "column"), [("capture", one) for one in CAPTURE_COLUMNS] + [("body", one) for one in BODY_COLUMNS]
)
def test_a_flipped_byte_in_any_column_of_any_row_is_found_also_after_a_first_check(
    archive: Path, table: str, column: str
) -> None:
    """With one store kept open in this process: nothing that an earlier check read may stand for the file."""
    moment = random.Random(f"{table} {column}")
    with Store(archive, create=False) as store, closing(sqlite3.connect(archive, isolation_level=None)) as hand:
        assert verify(store).ok
        hand.execute("PRAGMA ignore_check_constraints = ON")
        rows = hand.execute(
            f"SELECT rowid, {column} FROM {table} WHERE {column} IS NOT NULL AND {column} <> ''"
        ).fetchall()
        assert rows
        for row, value in rows:
            for _ in range(8):
                other = flipped(value, moment)
                if column == "data" and whole(other) == whole(value):
                    continue  # another way to write the same bytes
                cast = "CAST(? AS TEXT)" if isinstance(value, str) else "?"
                hand.execute("BEGIN")
                try:
                    hand.execute(f"UPDATE {table} SET {column} = {cast} WHERE rowid = ?", (other, row))
                except sqlite3.IntegrityError:
                    hand.execute("ROLLBACK")  # an id that another row has: SQLite refuses it
                    continue
                hand.execute("COMMIT")
                assert not verify(store).ok, f"{column} of row {row}: {value!r} -> {other!r}"
                back = "CAST(? AS TEXT)" if isinstance(value, str) else "?"
                at = other if column == "id" else row
                hand.execute(f"UPDATE {table} SET {column} = {back} WHERE rowid = ?", (value, at))
        assert verify(store).ok


SWORN = {
    "run": "SELECT * FROM run NOT INDEXED ORDER BY id",
    "run_source": "SELECT run_id, source, query, outcome, reason, leads, new_leads, fetched, new, failed FROM run_source NOT INDEXED ORDER BY id",
    "manifest": "SELECT run_id, head, sha256 FROM manifest NOT INDEXED ORDER BY run_id",
    "page": "SELECT id, url FROM page NOT INDEXED ORDER BY id",
    "story_text": "SELECT id, text, text_sha256 FROM story_text NOT INDEXED ORDER BY id",
    "extraction": "SELECT id, text, text_sha256 FROM extraction NOT INDEXED ORDER BY id",
    "attestation": "SELECT id, subject, capture_id, state, confirmed_at, proof FROM attestation NOT INDEXED ORDER BY id",
}
"""Besides captures and bodies: what is held against a hash, a signature or another row."""


def rows_of(path: Path) -> Any:
    """What the tables say, bodies decompressed; an exception if they cannot be read."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        captures = connection.execute("SELECT * FROM capture NOT INDEXED ORDER BY id").fetchall()
        bodies = connection.execute(
            "SELECT sha256, data, size, first_seen FROM body NOT INDEXED ORDER BY rowid"
        ).fetchall()
        sworn = [connection.execute(query).fetchall() for query in SWORN.values()]
        return captures, [(row[0], whole(row[1]), row[2], row[3]) for row in bodies], sworn


def test_a_flipped_byte_in_the_file_is_found_wherever_it_changes_what_the_rows_say(
    archive: Path, tmp_path: Path
) -> None:
    """Bytes of the whole file, as a failing disk turns them; those that no row is made of may pass."""
    sound = archive.read_bytes()
    assert not archive.with_name("archive.db-wal").exists()
    said = rows_of(archive)
    moment = random.Random(20260301)
    # Where the rows are: a page that holds a piece of one.
    marks = [text.encode() for text in ("https://example.org/", "max-age", "text/html; charset", "\x28\xb5\x2f\xfd")]
    pages = sorted({sound.find(mark, at) // 4096 for mark in marks for at in range(0, len(sound), 4096)} - {-1})
    copy = tmp_path / "copy.db"
    changed = 0
    for number in range(400):
        at = moment.choice(pages) * 4096 + moment.randrange(4096) if number % 4 else moment.randrange(len(sound))
        damaged = bytearray(sound)
        damaged[at] ^= 1 << moment.randrange(8)
        copy.write_bytes(damaged)
        try:
            same = rows_of(copy) == said
        except (sqlite3.Error, UnicodeError):
            same = False
        changed += not same
        try:
            ok = check(copy).ok
        except AfterprintError:
            ok = False
        assert same or not ok, f"byte {at} of page {at // 4096 + 1}"
    assert changed > 50, "the flips fell beside the rows"


FLIPS = (
    ("run", "SELECT id, started_at FROM run"),
    ("run", "SELECT id, note FROM run WHERE note IS NOT NULL"),
    ("run", "SELECT id, skipped FROM run"),
    ("run_source", "SELECT id, query FROM run_source"),
    ("run_source", "SELECT id, outcome FROM run_source"),
    ("manifest", "SELECT run_id, sha256 FROM manifest"),
    ("page", "SELECT id, url FROM page"),
    ("story_text", "SELECT id, text FROM story_text"),
    ("story_text", "SELECT id, text_sha256 FROM story_text"),
    ("extraction", "SELECT id, text FROM extraction"),
    ("extraction", "SELECT id, text_sha256 FROM extraction"),
)


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive whose captures were read, with a story."""
    path = tmp_path_factory.mktemp("read") / "read.db"
    with Store(path) as store:
        store.save_story(Story("ferry", "Ferry", texts=(StoryText(ferry.ENGLISH, "en", "original", "file:f"),)), T)
        run_id = store.open_run(kind="crawl", watch="ferry", now=T)
        for number in (1, 2):
            html = f"<article><h1>{ferry.ENGLISH_TITLE}</h1><p>{ferry.ENGLISH}</p><p>{number}</p></article>"
            store.add_capture(page(number, body=html.encode()), run_id=run_id)
        store.add_source_result(run_id, SourceResult("feed", "https://example.org/feed", "ok", "as usual", 2, 1))
        store.close_run(run_id, state="finished", now=T, skipped={"budget": 2}, note="as it ended")
    process(path, now=lambda: T, workers=1)
    return path


@pytest.fixture
def read(read_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(read_once, tmp_path / "read.db"))


@pytest.mark.parametrize(("table", "query"), FLIPS, ids=lambda value: str(value).removeprefix("SELECT "))
def test_a_flipped_byte_in_what_is_held_against_a_hash_is_found(read: Path, table: str, query: str) -> None:
    moment = random.Random(query)
    _, key, column, *_ = query.replace(",", "").split()
    with Store(read, create=False) as store, closing(sqlite3.connect(read, isolation_level=None)) as hand:
        assert verify(store).ok
        rows = hand.execute(query).fetchall()
        assert rows
        for row, value in rows:
            for _ in range(3):
                other = flipped(value, moment)
                hand.execute(f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE {key} = ?", (other, row))
                assert not verify(store).ok, f"{column} of row {row}: {value!r} -> {other!r}"
                hand.execute(f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE {key} = ?", (value, row))
        assert verify(store).ok


def test_a_run_without_its_manifest_is_found(archive: Path) -> None:
    alter(archive, "DELETE FROM manifest WHERE run_id = 2")
    assert found(check(archive)) == [("run", "run 2")]


def test_each_byte_of_a_stored_body_and_of_a_chain_hash_in_the_file_counts(archive: Path, tmp_path: Path) -> None:
    """Under a store that has looked before: the second look must see the file, not what SQLite remembers."""
    with closing(sqlite3.connect(archive)) as connection:
        data = connection.execute("SELECT data FROM body ORDER BY rowid").fetchone()[0]
        chain = connection.execute("SELECT log_hash FROM capture WHERE id = 3").fetchone()[0].encode()
    sound = archive.read_bytes()
    moment = random.Random(5)
    with Store(archive, create=False, readonly=True) as store:
        assert verify(store).ok
        for piece in (data, chain):
            start = sound.index(piece)
            for at in moment.sample(range(len(piece)), 12):
                damaged = bytearray(sound)
                damaged[start + at] ^= 0x10
                if piece is data and whole(bytes(damaged[start : start + len(piece)])) == whole(piece):
                    continue
                with archive.open("r+b") as file:
                    file.write(damaged)
                assert not verify(store).ok, at
        with archive.open("r+b") as file:
            file.write(sound)
        assert verify(store).ok


# --- a hand that knows what it does ----------------------------------------------------------------


def test_a_damaged_row_is_named_once_with_what_to_do(archive: Path) -> None:
    alter(archive, "UPDATE capture SET status = 410 WHERE id = 3")
    report = check(archive)
    assert found(report) == [("capture", "capture 3")]
    assert "backup" in report.findings[0].remedy


def test_a_changed_hash_is_told_from_a_changed_fact(archive: Path) -> None:
    alter(archive, f"UPDATE capture SET prev_log_hash = '{NO_HASH}' WHERE id = 5")
    [finding] = check(archive).findings
    assert "prev_log_hash was changed" in finding.what


def rehash(path: Path, first: int, last: int) -> None:
    """Make the hashes of these rows anew, as a forger would."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.row_factory = sqlite3.Row
        previous = connection.execute("SELECT log_hash FROM capture WHERE id = ?", (first - 1,)).fetchone()[0]
        for row in connection.execute(
            "SELECT * FROM capture WHERE id BETWEEN ? AND ? ORDER BY id", (first, last)
        ).fetchall():
            made = log_hash(previous, dict(row))
            connection.execute(
                "UPDATE capture SET prev_log_hash = ?, log_hash = ? WHERE id = ?", (previous, made, row["id"])
            )
            previous = made


def reseal(path: Path) -> None:
    """Make the manifests anew, as a forger who knows all would."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.row_factory = sqlite3.Row
        for run, head in connection.execute("SELECT run_id, head FROM manifest").fetchall():
            made = manifests.digest(manifests.manifest(rows_of_run(connection, run, head)))
            connection.execute("UPDATE manifest SET sha256 = ? WHERE run_id = ?", (made, run))


def test_a_forged_row_is_betrayed_by_the_one_that_stands_on_it(archive: Path) -> None:
    alter(archive, "UPDATE capture SET status = 410 WHERE id = 3")
    rehash(archive, 3, 3)
    assert found(check(archive)) == [("chain", "capture 4")]


def test_a_chain_written_anew_to_its_end_shows_against_a_head_noted_before(archive: Path) -> None:
    head = check(archive).head
    alter(archive, "UPDATE capture SET status = 410 WHERE id = 3")
    rehash(archive, 3, 8)
    assert {kind for kind, _ in found(check(archive))} == {"run"}, "manifests were made before"
    reseal(archive)
    assert check(archive).ok, "nothing inside the file can tell"
    report = check(archive, head)
    assert not report.ok and report.head_found is False


def test_a_head_noted_before_still_stands_when_the_crawl_went_on(archive: Path) -> None:
    head = check(archive).head
    with Store(archive) as store:
        store.add_capture(page(9))
    report = check(archive, head)
    assert report.ok and report.head_found and report.head != head


def test_rows_taken_out_of_the_middle_are_missed(archive: Path) -> None:
    alter(archive, "DELETE FROM capture WHERE id IN (5, 6)")
    report = check(archive)
    assert ("chain", "capture 7") in found(report)
    assert ("run", "run 2") in found(report), "the run counted them when it closed"


def test_rows_cut_off_at_the_end_are_missed_by_their_run_and_by_the_head(archive: Path) -> None:
    head = check(archive).head
    alter(archive, "DELETE FROM capture WHERE id = 8")
    report = check(archive, head)
    assert ("run", "run 2") in found(report) and report.head_found is False


def test_a_capture_moved_to_another_page_or_run_is_found(archive: Path) -> None:
    alter(archive, "UPDATE capture SET page_id = 1, run_id = 2 WHERE id = 4")
    assert {kind for kind, _ in found(check(archive))} == {"capture", "run"}


# --- references --------------------------------------------------------------------------------------


def test_a_body_that_is_gone_is_named_with_the_captures_that_need_it(archive: Path) -> None:
    digest = _digests(archive)[0]
    alter(archive, ("DELETE FROM body WHERE sha256 = ?", (digest,)))
    [finding] = check(archive).findings
    assert (finding.kind, finding.where) == ("missing_body", "capture 1 and 1 more")
    assert digest in finding.what


def test_a_body_that_no_capture_needs_is_reported_and_is_no_error(archive: Path) -> None:
    from hashlib import sha256

    data = b"left over"
    digest = sha256(data).hexdigest()
    alter(
        archive,
        (
            "INSERT INTO body (sha256, data, size, first_seen) VALUES (?, ?, ?, ?)",
            (digest, zstandard.compress(data), len(data), "2024-03-01T00:00:00.000Z"),
        ),
    )
    report = check(archive)
    assert report.ok and report.unreferenced == [digest]


def test_a_derived_row_without_its_capture_says_how_to_make_it_anew(archive: Path) -> None:
    alter(
        archive,
        "INSERT INTO reading (capture_id, label, quality, reasons, decision, why) VALUES (99, 'x', 1, '[]', 'bad', 'x')",
    )
    [finding] = check(archive).findings
    assert (finding.kind, finding.where) == ("reference", "reading 99")
    assert "process --rebuild" in finding.remedy


# --- damage to the file ------------------------------------------------------------------------------


def test_a_torn_page_hides_no_other_damage(archive: Path) -> None:
    """A page of the table of bodies is overwritten; the capture that was changed elsewhere is still named."""
    alter(archive, "UPDATE capture SET status = 410 WHERE id = 3")
    raw = archive.read_bytes()
    at = raw.index(zstandard.compress(b"<rss/>", 3)[:4]) // 4096 * 4096
    with archive.open("r+b") as file:
        file.seek(at)
        file.write(b"\xa5" * 4096)
    report = check(archive)
    assert report.counts["file"] and ("capture", "capture 3") in found(report)


def test_an_index_that_leads_past_a_row_is_found(archive: Path) -> None:
    """The rows are as they were, but who asks for the captures of a body is not told of all."""
    with closing(sqlite3.connect(archive)) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'capture_body'").fetchone()[0]
    raw = bytearray(archive.read_bytes())
    at = raw.index(_digests(archive)[1].encode(), (root - 1) * 4096)
    assert at < root * 4096
    raw[at] ^= 1
    archive.write_bytes(raw)
    report = check(archive)
    assert report.counts["file"] and "REINDEX" in report.findings[0].remedy


def test_a_damaged_description_of_a_table_is_no_crash(archive: Path) -> None:
    raw = archive.read_bytes()
    archive.write_bytes(raw.replace(b"  prev_log_hash TEXT", b"  prev_log_hasj TEXT"))
    report = check(archive)
    assert ("file", "table capture") in found(report) and "prev_log_hash" in report.findings[0].what


def test_a_description_that_is_no_text_any_more_is_an_error_with_a_remedy(
    archive: Path, run: Callable[..., Any]
) -> None:
    raw = archive.read_bytes()
    archive.write_bytes(raw.replace(b"CREATE TABLE capture (", b"CREAT\xc5 TABLE capture ("))
    shown = run("verify")
    assert shown.exit_code == 1 and "damaged" in shown.output and "restore" in shown.output.lower()


def test_thousands_of_findings_are_counted_and_the_first_named(archive: Path) -> None:
    with Store(archive) as store, store.transaction():
        for number in range(10, 310):
            store.add_capture(page(number))
    alter(archive, "UPDATE capture SET status = 500 WHERE id > 8")
    report = check(archive)
    assert report.counts["capture"] == 300 and len(report.findings) == 100


# --- the commands --------------------------------------------------------------------------------------


@pytest.fixture
def run(archive: Path) -> Callable[..., Any]:
    return lambda *arguments: CliRunner().invoke(main, ["--archive", str(archive), *map(str, arguments)])


def test_the_command_says_that_all_is_well_and_names_the_head(run: Callable[..., Any], archive: Path) -> None:
    shown = run("verify")
    assert shown.exit_code == 0, shown.output
    assert "8 captures, 5 bodies" in shown.output and "Nothing is wrong." in shown.output
    assert check(archive).head in shown.output


def test_the_command_says_what_is_wrong_where_and_what_to_do(run: Callable[..., Any], archive: Path) -> None:
    alter(archive, "UPDATE capture SET url = 'https://example.org/x' WHERE id = 1")
    shown = run("verify")
    assert shown.exit_code == 1
    assert "capture 1: " in shown.output and "Restore" in shown.output and "things are wrong" in shown.output
    document = json.loads(run("verify", "--json").output)
    assert document["ok"] is False and document["findings"][0]["remedy"]


def test_a_head_that_stands_nowhere_is_an_error(run: Callable[..., Any]) -> None:
    shown = run("verify", "--head", "f" * 64)
    assert shown.exit_code == 1 and "stands nowhere in the chain" in shown.output


def test_an_archive_can_be_checked_that_may_not_be_written(run: Callable[..., Any], archive: Path) -> None:
    before = archive.read_bytes()
    assert run("verify").exit_code == 0
    assert archive.read_bytes() == before


# --- backup ----------------------------------------------------------------------------------------------


@pytest.fixture
def writing(archive: Path) -> Iterator[threading.Event]:
    """A crawl that writes as fast as it can, in another thread, until the test ends; set once it has begun."""
    begun, stop = threading.Event(), threading.Event()

    def crawl() -> None:
        with Store(archive) as store:
            for number in range(100, 100_000):
                if stop.is_set():
                    return
                store.add_capture(page(number))
                begun.set()

    thread = threading.Thread(target=crawl)
    thread.start()
    yield begun
    stop.set()
    thread.join()


def test_a_backup_of_an_archive_that_is_written_to_is_whole(
    run: Callable[..., Any], writing: threading.Event, archive: Path, tmp_path: Path
) -> None:
    assert writing.wait(10)
    out = tmp_path / "backup.db"
    shown = run("backup", out)
    assert shown.exit_code == 0, shown.output
    assert "Nothing is wrong." in shown.output
    assert sorted(path.name for path in tmp_path.glob("backup*")) == ["backup.db"], "one file, to be carried away"
    assert 8 < check(out).captures <= check(archive).captures


def test_what_is_written_while_a_backup_runs_neither_stops_it_nor_is_in_it(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A word about progress after each page, and a capture written at each word."""
    monkeypatch.setattr("archive.store._evidence.BACKUP_PAGES", 1)
    words = 0
    with Store(archive) as store, Store(archive) as crawl:

        def write(done: int, total: int) -> None:
            nonlocal words
            words += 1
            assert words < 1000, "it begins again and again"
            crawl.add_capture(page(100 + words))

        store.back_up(tmp_path / "backup.db", write)
    assert check(tmp_path / "backup.db").captures == 8
    assert words > 20 and check(archive).captures == 8 + words


def test_a_restored_backup_goes_on_where_it_was(run: Callable[..., Any], archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "backup.db"
    assert run("backup", out).exit_code == 0
    head = check(archive).head
    said = rows_of(archive)
    for path in tmp_path.glob("archive.db*"):
        path.unlink()
    shutil.copy(out, archive)
    assert rows_of(archive) == said
    with Store(archive) as store:
        store.add_capture(page(9))
    report = check(archive, head)
    assert report.ok and report.captures == 9 and report.head_found


def test_a_backup_of_a_damaged_archive_says_so(run: Callable[..., Any], archive: Path, tmp_path: Path) -> None:
    alter(archive, "UPDATE capture SET status = 410 WHERE id = 3")
    shown = run("backup", tmp_path / "backup.db")
    assert shown.exit_code == 1 and "capture 3: " in shown.output


def test_a_backup_writes_over_nothing_unless_told(run: Callable[..., Any], archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "backup.db"
    out.write_text("mine")
    assert run("backup", out).exit_code == 2 and out.read_text() == "mine"
    assert run("backup", archive, "--force").exit_code == 2 and check(archive).ok
    assert run("backup", out, "--force").exit_code == 0 and check(out).ok


# --- manifests -------------------------------------------------------------------------------------------


def test_a_manifest_is_the_same_file_with_the_same_sha256_each_time(
    run: Callable[..., Any], archive: Path, tmp_path: Path
) -> None:
    from hashlib import sha256

    out = tmp_path / "run-1.json"
    shown = run("manifest", 1, "--out", out)
    assert shown.exit_code == 0, shown.output
    document = json.loads(out.read_bytes())
    assert sha256(out.read_bytes()).hexdigest() in shown.output and "as when the run closed" in shown.output
    assert document["totals"] == {"captures": 4, "bodies": 3}
    assert document["captures"][0]["url"] == "https://example.org/1"
    with closing(sqlite3.connect(archive)) as connection:
        ((head,),) = connection.execute("SELECT log_hash FROM capture WHERE id = 4").fetchall()
    assert document["head"] == document["captures"][-1]["log_hash"] == head
    again = CliRunner().invoke(main, ["--archive", str(archive), "manifest", "1"])
    assert again.stdout_bytes == out.read_bytes()


def test_a_manifest_that_is_another_than_it_was_says_so(run: Callable[..., Any], archive: Path) -> None:
    alter(archive, "UPDATE run SET note = 'all went well' WHERE id = 2")
    shown = run("manifest", 2)
    assert shown.exit_code == 1 and "when the run closed" in shown.output
    assert run("manifest", 9).exit_code == 2


def test_a_run_that_was_killed_has_a_manifest_and_nothing_to_compare_it_with(
    run: Callable[..., Any], archive: Path
) -> None:
    with Store(archive) as store:
        store.add_capture(page(9), run_id=store.open_run(kind="crawl", watch="w", now=T))
    shown = run("manifest", 3)
    assert shown.exit_code == 0 and "nothing was kept" in shown.output
    assert check(archive).ok
