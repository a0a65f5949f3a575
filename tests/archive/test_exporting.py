"""What is handed on: WACZ, a story's folder of evidence, CSV and JSON; each read back by the programs it is made for."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
import warnings
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from lxml import html

from archive.cli import main
from archive.importing import import_files
from archive.process import process
from archive.store import Store
from archive.types import Capture, Redirect, Story, StoryText
from archive.verify import verify
from archive.warc.wacz import WARC_NAME, index_lines
from crawler.newsroom import ferry
from tests.archive.authority import Authority, make_authority, openssl
from tests.archive.test_process import EDITED, URL, T, add, page
from tests.archive.test_warc_writing import imported, said, warcio_complaints

ROOT = Path(__file__).resolve().parent.parent.parent
GAZETTE = "https://gazette.example/ferry?a=1&b=2"
HOSTILE = '<script>alert(1)</script> =1+1 "quoted" & <b>bold</b>'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that was edited, a page that is about something else, failures, a redirect, a hostile headline."""
    path = tmp_path_factory.mktemp("export") / "archive.db"
    with Store(path) as store:
        story = Story(
            "ferry", "The ferry & more", "Courier", texts=(StoryText(ferry.ENGLISH, "en", "original", "file:en"),)
        )
        store.save_story(story, T)
        run = store.open_run(kind="crawl", watch="ferry", now=T)
        add(store, 1)
        add(store, 30, page(EDITED, f"={ferry.ENGLISH_TITLE}"))
        add(store, 31, page(EDITED, f"={ferry.ENGLISH_TITLE}"))
        add(store, 2, page(ferry.ENGLISH, escape(HOSTILE)), url=GAZETTE)
        add(store, 3, page(EDITED), url="https://herald.example/old", redirects=(Redirect("https://herald.example/old", 301, "https://herald.example/ferry"),))  # fmt: skip
        add(store, 4, b"<p>Nothing to do with it.</p>" * 40, url="https://market.example/fish")
        add(store, 5, b"<p>Not here.</p>", url=URL, status=404)
        at = T + timedelta(hours=6)
        timed_out = Capture(GAZETTE, "page", at, at, error_class="timeout", error_detail="30 s")
        store.add_capture(timed_out, run_id=run)
        store.close_run(run, state="finished", now=T)
    process(path, now=lambda: T, workers=1)
    return path


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "archive.db"))


def export(archive: Path, *arguments: object) -> Result:
    return CliRunner().invoke(main, ["--archive", str(archive), "export", *map(str, arguments)])


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


# --- WACZ --------------------------------------------------------------------------------------------


@pytest.fixture
def wacz(archive: Path, tmp_path: Path) -> Path:
    out = tmp_path / "all.wacz"
    shown = export(archive, "wacz", out, "--title", "All of it")
    assert shown.exit_code == 0, shown.output
    return out


def test_a_wacz_names_each_of_its_files_by_hash_and_size(wacz: Path) -> None:
    with zipfile.ZipFile(wacz) as file:
        assert file.testzip() is None
        described = file.read("datapackage.json")
        package = json.loads(described)
        assert (package["profile"], package["wacz_version"], package["title"]) == ("data-package", "1.1.1", "All of it")
        assert {one["path"] for one in package["resources"]} == {
            f"archive/{WARC_NAME}", "indexes/index.cdx", "pages/pages.jsonl",
        }  # fmt: skip
        for one in package["resources"]:
            data = file.read(one["path"])
            assert one["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}" and one["bytes"] == len(data)
        digest = json.loads(file.read("datapackage-digest.json"))
        assert digest == {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(described).hexdigest()}"}
        assert file.getinfo(f"archive/{WARC_NAME}").compress_type == zipfile.ZIP_STORED, "to be read in place"


def test_its_pages_are_the_articles(wacz: Path) -> None:
    with zipfile.ZipFile(wacz) as file:
        head, *pages = map(json.loads, file.read("pages/pages.jsonl").decode().splitlines())
        package = json.loads(file.read("datapackage.json"))
    assert head == {"format": "json-pages-1.0", "id": "pages", "title": "All of it"}
    assert len(pages) == 6 and {"id", "url", "ts", "title"} <= pages[0].keys()
    assert package["mainPageUrl"] == pages[0]["url"] == URL
    assert "error" not in json.dumps(pages), "an article that was not there is no page"


def test_its_index_is_that_of_the_indexer_and_leads_to_each_answer(wacz: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wacz) as file:
        index = file.read("indexes/index.cdx").decode().splitlines()
        (tmp_path / WARC_NAME).write_bytes(file.read(f"archive/{WARC_NAME}"))
    warc = tmp_path / WARC_NAME
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a library that it loads
        from cdxj_indexer.main import CDXJIndexer

    expected = io.StringIO()
    CDXJIndexer(expected, str(warc), sort=True).process_all()
    assert [_line(line) for line in index] == [_line(line) for line in expected.getvalue().splitlines()]
    assert index == sorted(index)
    for line in index:
        fields = json.loads(line.split(" ", 2)[2])
        with warc.open("rb") as data:
            data.seek(int(fields["offset"]))
            record = gzip.decompress(data.read(int(fields["length"])))
        assert f"WARC-Target-URI: {fields['url']}\r\n".encode() in record


def _line(line: str) -> tuple[str, str, dict[str, str]]:
    key, at, fields = line.split(" ", 2)
    return key, at, json.loads(fields)


def test_the_warc_in_it_says_what_the_archive_says(wacz: Path, archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wacz) as file:
        (tmp_path / WARC_NAME).write_bytes(file.read(f"archive/{WARC_NAME}"))
    assert warcio_complaints(tmp_path / WARC_NAME) == 0
    answered = [row for row in said(archive) if row[2] is not None]
    of_hops = [row for row in said(imported(tmp_path / WARC_NAME)) if row[2] != 301]
    assert of_hops == answered
    assert len(index_lines(tmp_path / WARC_NAME)) == len(answered) + 1


def test_a_wacz_is_imported_with_versions_and_matches_as_they_were(wacz: Path, archive: Path, tmp_path: Path) -> None:
    """The rows that are made from captures are the same, too."""
    fresh = tmp_path / "again.db"
    with Store(fresh) as store:
        store.save_story(
            Story(
                "ferry", "The ferry & more", "Courier", texts=(StoryText(ferry.ENGLISH, "en", "original", "file:en"),)
            ),
            T,
        )
        assert import_files(store, [wacz]).broken == 0
    process(fresh, now=lambda: T, workers=1)
    for sql in (
        "SELECT url, number, title, seen_from, seen_to, captures, text_sha256 FROM versions WHERE url NOT LIKE '%herald%' ORDER BY 1, 2",
        "SELECT url, summary, significance, diff_hash FROM changes ORDER BY 1, 2",
        "SELECT url, kind, round(coverage_story, 6), round(similarity, 6) FROM matches WHERE url NOT LIKE '%herald%' ORDER BY 1, version_number",
    ):
        assert rows(fresh, sql) == rows(archive, sql) != []


# --- pywb ----------------------------------------------------------------------------------------------


def wayback() -> Path:
    """pywb's program: from $AFTERPRINT_PYWB, or where `make pywb` puts it."""
    found = Path(os.environ.get("AFTERPRINT_PYWB") or ROOT / ".venv" / "pywb" / "bin" / "wayback")
    if found.exists():
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(f"{found} is absent, and in CI it must be present: make pywb")
    pytest.skip("needs pywb: make pywb")


def test_pywb_replays_what_was_exported(archive: Path, tmp_path: Path) -> None:
    program = wayback()
    out = tmp_path / "all.warc.gz"
    assert export(archive, "warc", out).exit_code == 0
    folder = tmp_path / "pywb"
    folder.mkdir()
    manager = program.with_name("wb-manager")
    for arguments in (["init", "ferry"], ["add", "ferry", str(out)]):
        done = subprocess.run(
            [str(manager), *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (tmp_path / "pywb.log").open("wb")
    with (
        log,
        subprocess.Popen(
            [str(program), "--port", str(port), "--bind", "127.0.0.1"], cwd=folder, stdout=log, stderr=log
        ) as server,
    ):
        try:
            at = T.strftime("%Y%m%d%H%M%S")
            for url in (URL, "https://herald.example/old"):
                replayed = fetch(f"http://127.0.0.1:{port}/ferry/{at}id_/{url}")
                assert ferry.ENGLISH_TITLE in replayed and "</html>" in replayed
        finally:
            server.terminate()


def fetch(url: str) -> str:
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError:
            raise
        except OSError:  # it is starting
            time.sleep(0.1)
    raise AssertionError(f"nobody answers at {url}")


# --- a story's folder ----------------------------------------------------------------------------------


@pytest.fixture
def folder(archive: Path, tmp_path: Path) -> Path:
    out = tmp_path / "evidence"
    shown = export(archive, "story", "ferry", out)
    assert shown.exit_code == 0, shown.output
    assert not list(tmp_path.glob("*.part"))
    return out


def test_every_file_is_held_by_its_sum(folder: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    named = {line.split("  ", 1)[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert named == there - {"SHA256SUMS"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert {one["path"] for one in manifest["files"]} == named - {"manifest.json"}
    (folder / "report.html").write_text("another")
    assert (
        subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, check=False).returncode == 1
    )


def test_the_folder_holds_the_bytes_that_servers_sent_of_the_pages_that_carry_the_story(
    folder: Path, archive: Path
) -> None:
    bodies = {path.stem for path in (folder / "bodies").iterdir()}
    wanted = rows(
        archive, "SELECT DISTINCT body_sha256 FROM capture WHERE url NOT LIKE '%market%' AND body_sha256 IS NOT NULL"
    )
    assert bodies == {digest for (digest,) in wanted}
    for path in (folder / "bodies").iterdir():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
    assert warcio_complaints(folder / "captures.warc.gz") == 0
    texts = {path.name: path.read_text() for path in (folder / "texts").iterdir()}
    assert any(name.startswith("reference-en") and text == ferry.ENGLISH for name, text in texts.items())
    assert (
        len([name for name in texts if name.startswith("page-")])
        == rows(
            archive, "SELECT count(*) FROM version v JOIN page p ON p.id = v.page_id WHERE p.url NOT LIKE '%market%'"
        )[0][0]
    )


def test_the_report_runs_nothing_and_loads_nothing(folder: Path) -> None:
    source = (folder / "report.html").read_text(encoding="utf-8")
    document = html.fromstring(source.encode())
    assert not document.xpath("//script | //img | //link | //iframe | //object | //*[@src] | //@onclick | //a")
    assert "default-src 'none'" in document.xpath("//meta[@http-equiv]/@content")[0]
    words = document.text_content()
    assert HOSTILE in words, "what an outlet wrote is shown, and is no markup"
    assert "The ferry & more" in words and "https://gazette.example/ferry?a=1&b=2" in words
    assert "market.example" not in words
    assert "timeout: 30 s" in words and "404" in words


def test_the_report_shows_an_edit_with_its_words(folder: Path) -> None:
    document = html.fromstring((folder / "report.html").read_bytes())
    assert "164" in " ".join(document.xpath("//del//text()")) and "171" in " ".join(document.xpath("//ins//text()"))
    ((change,),) = [list((folder / "changes").glob("page-1-*.txt"))]
    assert "171" in change.read_text()


def test_a_story_that_is_stamped_comes_with_what_checks_the_stamp(archive: Path, tmp_path: Path) -> None:
    from archive.attesting import Services, ask, enqueue
    from archive.timestamping import Timestamper

    authority = Authority(make_authority(tmp_path / "keys"))
    try:
        with Store(archive) as store:
            services = Services(timestamp=Timestamper(authority.url, authority.roots))
            enqueue(store, "ferry", services, T)
            assert ask(store, services, now=lambda: T).ok == 1
    finally:
        authority.stop()
    out = tmp_path / "evidence"
    assert export(archive, "story", "ferry", out).exit_code == 0
    (stamp,) = (out / "stamps").glob("*.tsr")
    said = openssl("ts", "-verify", "-data", stamp.with_suffix(".head.txt"), "-in", stamp, "-CAfile", stamp.with_suffix(".roots.pem"))  # fmt: skip
    assert b"Verification: OK" in said
    assert "Time stamps by RFC 3161" in (out / "report.html").read_text()


def test_pruned_bodies_are_named_and_not_there(archive: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute(
            "INSERT INTO pruning (rule, who, pruned_at, bodies, bytes) VALUES ('by hand', 'x', 'x', 1, 1)"
        )
        connection.execute(
            "UPDATE body SET data = x'', pruned_id = 1 WHERE sha256 = (SELECT body_sha256 FROM capture WHERE id = 1)"
        )
    shown = export(archive, "story", "ferry", tmp_path / "evidence")
    assert shown.exit_code == 0 and "1 bodies were pruned" in shown.output
    assert "(pruned)" in (tmp_path / "evidence" / "report.html").read_text()


def test_what_a_withheld_page_says_stays_out_of_the_folder(archive: Path, tmp_path: Path) -> None:
    page_id = rows(archive, f"SELECT page_id FROM page_url WHERE url = '{URL}'")[0][0]
    with Store(archive) as store:
        story = store.story_by_slug("ferry")
        assert story is not None
        promoted = StoryText("It was promoted from that page.", "nl", "translation", "capture:1")
        store.save_story(replace(story, texts=(*story.texts, promoted)), T)
        store.decide(page_id, URL, withhold=True, reason="asked to", by="Ada Brandt", now=T)
    out = tmp_path / "evidence"

    assert export(archive, "story", "ferry", out).exit_code == 0

    report = (out / "report.html").read_text()
    assert URL in report and escape(GAZETTE) in report
    files = [path.relative_to(out).as_posix() for path in out.rglob("*")]
    assert [name for name in files if name.startswith("texts/page-")]
    assert not [name for name in files if f"page-{page_id}-" in name]
    assert "promoted from that page" not in "".join(path.read_text() for path in out.glob("texts/*"))
    digest = rows(archive, "SELECT body_sha256 FROM capture WHERE id = 1")[0][0]
    assert f"bodies/{digest}.bin" not in files


def test_bytes_of_a_withheld_page_stay_out_of_the_folder_also_where_another_page_sent_them(
    archive: Path, tmp_path: Path
) -> None:
    with Store(archive) as store:
        add(store, 7, page(EDITED), url="https://mirror.example/ferry")
    process(archive, now=lambda: T, workers=1)
    ((herald, digest),) = rows(archive, "SELECT page_id, body_sha256 FROM capture WHERE url LIKE '%herald%'")
    with Store(archive) as store:
        store.decide(herald, "https://herald.example/old", withhold=True, reason="asked to", by="Ada Brandt", now=T)
    out = tmp_path / "evidence"

    assert export(archive, "story", "ferry", out).exit_code == 0

    assert "https://mirror.example/ferry" in (out / "report.html").read_text(), "the page itself is shown"
    assert not (out / "bodies" / f"{digest}.bin").exists()
    captures = json.loads((out / "manifest.json").read_text())["captures"]
    assert captures and digest not in [one["body_sha256"] for one in captures]
    assert digest not in gzip.decompress((out / "captures.warc.gz").read_bytes()).decode(errors="replace")


def test_what_cannot_be_exported_leaves_nothing(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "evidence"
    assert export(archive, "story", "unknown", out).exit_code == 2
    out.mkdir()
    assert export(archive, "story", "ferry", out).exit_code == 2, "it exists"
    out.rmdir()
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute("DELETE FROM body")
    shown = export(archive, "story", "ferry", out)
    assert shown.exit_code == 1 and "afterprint verify" in shown.output
    assert not list(tmp_path.glob("evidence*"))


def test_a_published_copy_that_fails_leaves_the_one_before(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **more: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("datasette_config.publishing.publish", full)
    out = tmp_path / "public.db"
    out.write_text("the one before")
    shown = CliRunner().invoke(main, ["--archive", str(archive), "publish", str(out), "--force"])
    assert shown.exit_code == 1 and "no space left" in shown.output
    assert out.read_text() == "the one before"


def test_notes_that_cannot_be_written_leave_the_ones_before(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(archive) as store:
        story, capture = rows(archive, "SELECT s.id, c.id FROM story s, capture c LIMIT 1")[0]
        store._run(
            "INSERT INTO annotation (new_capture_id, story_id, author, text, created_at) VALUES (?, ?, 'desk', 'look', ?)",
            (capture, story, "2026-03-11T00:00:00.000Z"),
        )

    def full(value: object) -> str:
        raise OSError(28, "no space left")

    monkeypatch.setattr("archive.text.csv_cell", full)
    out = tmp_path / "notes.csv"
    out.write_text("the ones before")
    shown = export(archive, "notes", out, "--force")
    assert shown.exit_code == 1 and "no space left" in shown.output and "Traceback" not in shown.output
    assert isinstance(shown.exception, SystemExit)
    assert out.read_text() == "the ones before"


# --- rows ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["matches", "changes", "versions", "captures"])
def test_rows_come_out_as_the_views_have_them(archive: Path, tmp_path: Path, what: str) -> None:
    ((count,),) = rows(archive, f"SELECT count(*) FROM {what}")
    assert export(archive, "csv", what, tmp_path / "rows.csv").exit_code == 0
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == count > 0
    assert export(archive, "json", what, tmp_path / "rows.json").exit_code == 0
    listed = json.loads((tmp_path / "rows.json").read_text(encoding="utf-8"))
    assert [one["id"] for one in listed] == [row[0] for row in rows(archive, f"SELECT id FROM {what} ORDER BY id")]


def test_no_cell_is_a_formula_and_json_is_as_it_was(archive: Path, tmp_path: Path) -> None:
    export(archive, "csv", "versions", tmp_path / "rows.csv")
    export(archive, "json", "versions", tmp_path / "rows.json")
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert f"'={ferry.ENGLISH_TITLE}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]
    listed = json.loads((tmp_path / "rows.json").read_text(encoding="utf-8"))
    assert f"={ferry.ENGLISH_TITLE}" in [one["title"] for one in listed]
    assert all(isinstance(one["changed_fields"], list) for one in listed)


def test_rows_of_a_story_leave_out_what_has_nothing_to_do_with_it(archive: Path, tmp_path: Path) -> None:
    for what in ("matches", "captures"):
        out = tmp_path / f"{what}.json"
        assert export(archive, "json", what, out, "--story", "ferry").exit_code == 0
        assert not [one for one in json.loads(out.read_text()) if "market" in one["url"]]
    assert export(archive, "json", "matches", tmp_path / "x.json", "--story", "unknown").exit_code == 2
    assert export(archive, "csv", "matches", tmp_path / "matches.json").exit_code == 2, "it exists"


def test_exports_change_nothing(archive: Path, tmp_path: Path) -> None:
    before = archive.read_bytes()
    export(archive, "story", "ferry", tmp_path / "evidence")
    export(archive, "wacz", tmp_path / "all.wacz")
    assert archive.read_bytes() == before
    with Store(archive, readonly=True) as store:
        assert verify(store).ok
