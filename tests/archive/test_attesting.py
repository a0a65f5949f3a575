"""Time stamps from a real authority on this machine, and copies asked of a service that speaks Save Page Now."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive import attesting, save_page
from archive.attesting import Asked, AskError, Attested, Services, TakenOn, ask, enqueue
from archive.cli import main
from archive.exceptions import ConfigError
from archive.save_page import SavePageNow
from archive.store import Attestation, Store
from archive.timestamping import StampError, Timestamper, check
from archive.types import Story, StoryText
from archive.verify import Report, verify
from crawler.newsroom import ferry
from crawler.watch import load_watch
from tests.archive.authority import Authority, SavePages, make_authority, openssl, save_pages
from tests.archive.listening import Clock
from tests.archive.test_process import add, run

RECORDED = Path(__file__).parent / "recorded"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_authority(tmp_path_factory.mktemp("authority") / "keys")


@pytest.fixture
def authority(keys: Path) -> Iterator[Authority]:
    made = Authority(keys)
    yield made
    made.stop()


@pytest.fixture
def stamps(authority: Authority) -> Services:
    return Services(timestamp=Timestamper(authority.url, authority.roots))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "archive.db") as opened:
        add(opened, 1)
        yield opened


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(store.path)) as connection:
        return connection.execute(sql).fetchall()


def states(store: Store) -> list[tuple[Any, ...]]:
    return rows(store, "SELECT state, attempts FROM attestation ORDER BY id")


def alter(store: Store, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute(statement, values)


def checked(store: Store, **more: Any) -> Report:
    return verify(store, **more)


# --- a stamp -----------------------------------------------------------------------------------------


def test_the_head_is_stamped_and_the_stamp_holds_without_anybody(
    store: Store, stamps: Services, authority: Authority, clock: Clock
) -> None:
    enqueue(store, "ferry", stamps, clock())
    assert ask(store, stamps, now=clock) == Asked(ok=1)
    authority.stop()
    report = checked(store)
    assert report.ok
    (stamp,) = report.stamps
    assert (stamp.capture_id, stamp.head) == (1, store.head())
    assert "Ferry Stamps" in stamp.signer and "Ferry Root" in stamp.root
    assert abs(datetime.now(UTC) - stamp.at) < HOUR


def test_openssl_verifies_what_the_archive_keeps(
    store: Store, stamps: Services, authority: Authority, clock: Clock, tmp_path: Path
) -> None:
    """As the documentation tells a reader to check it, without this program."""
    enqueue(store, "ferry", stamps, clock())
    ask(store, stamps, now=clock)
    ((head, proof, roots),) = rows(store, "SELECT subject, proof, roots FROM attestation")
    (tmp_path / "head.txt").write_text(head)
    (tmp_path / "stamp.tsr").write_bytes(proof)
    (tmp_path / "roots.pem").write_text(roots)
    said = openssl("ts", "-verify", "-data", tmp_path / "head.txt", "-in", tmp_path / "stamp.tsr", "-CAfile", tmp_path / "roots.pem")  # fmt: skip
    assert b"Verification: OK" in said


def test_each_head_is_asked_for_once(store: Store, stamps: Services, authority: Authority, clock: Clock) -> None:
    for _ in range(3):
        enqueue(store, "ferry", stamps, clock())
        ask(store, stamps, now=clock)
    assert states(store) == [("ok", 1)] and authority.asked == 1
    add(store, 2)
    enqueue(store, "ferry", stamps, clock())
    assert ask(store, stamps, now=clock) == Asked(ok=1)
    assert [stamp.capture_id for stamp in checked(store).stamps] == [1, 2]


def test_an_empty_archive_has_nothing_to_stamp(tmp_path: Path, stamps: Services, clock: Clock) -> None:
    with Store(tmp_path / "empty.db") as empty:
        enqueue(empty, "ferry", stamps, clock())
        assert ask(empty, stamps, now=clock) == Asked()


def test_an_authority_that_is_down_for_an_hour_stamps_the_newest_head_and_that_stands_for_all(
    store: Store, stamps: Services, authority: Authority, clock: Clock
) -> None:
    authority.stop()
    for hour in (2, 3, 4):
        enqueue(store, "ferry", stamps, clock())
        done = ask(store, stamps, now=clock)
        assert done.ok == 0 and len(done.failed) == 1, "one attempt shows that nobody is there"
        assert "asked again from" in done.failed[0]
        add(store, hour)
        clock.forward(HOUR / 3)
    enqueue(store, "ferry", stamps, clock())
    authority.start()
    assert ask(store, stamps, now=clock) == Asked(ok=1)
    assert [state for state, _ in states(store)] == ["failed", "failed", "failed", "ok"]
    assert authority.asked == 1
    report = checked(store)
    assert report.ok and [stamp.capture_id for stamp in report.stamps] == [4]
    assert rows(store, "SELECT DISTINCT last_error FROM attestation WHERE state = 'failed'") == [
        ("a later head, which stands on it, was stamped",)
    ]


def test_waits_double_while_it_answers_with_an_error(
    store: Store, stamps: Services, authority: Authority, clock: Clock
) -> None:
    enqueue(store, "ferry", stamps, clock())
    authority.status = 503
    for wait in (1, 2, 4):
        assert "it answered 503" in ask(store, stamps, now=clock).failed[0]
        clock.forward(timedelta(minutes=wait, seconds=-1))
        assert ask(store, stamps, now=clock) == Asked(), "not yet"
        clock.forward(timedelta(seconds=1))
    authority.status = 200
    assert ask(store, stamps, now=clock) == Asked(ok=1)
    assert states(store) == [("ok", 4)]


def test_two_programs_do_not_ask_the_same(store: Store, stamps: Services, authority: Authority, clock: Clock) -> None:
    enqueue(store, "ferry", stamps, clock())
    with Store(store.path) as other:
        (mine,) = store.due_attestations("timestamp", authority.url, clock())
        assert store.claim_attestation(mine, clock() + HOUR)
        assert not other.claim_attestation(mine, clock() + HOUR)
        assert ask(other, stamps, now=clock) == Asked()


@pytest.mark.parametrize("answer", [b"", b"<html>busy</html>", b"\x30\x03\x02\x01\x02"])
def test_an_answer_that_is_no_stamp_is_kept_as_an_error(
    store: Store, stamps: Services, authority: Authority, clock: Clock, answer: bytes
) -> None:
    authority.answer = answer
    enqueue(store, "ferry", stamps, clock())
    assert ask(store, stamps, now=clock).ok == 0
    assert states(store) == [("pending", 1)]


def test_a_stamp_of_something_else_or_of_an_earlier_request_is_refused(
    store: Store, stamps: Services, authority: Authority, clock: Clock
) -> None:
    enqueue(store, "ferry", stamps, clock())
    ask(store, stamps, now=clock)
    ((authority.answer,),) = rows(store, "SELECT proof FROM attestation")
    alter(store, "UPDATE attestation SET state = 'pending', next_try_at = '2000'")
    assert "Nonce mismatch" in ask(store, stamps, now=clock).failed[0], "the same answer, played again"
    add(store, 2)
    enqueue(store, "ferry", stamps, clock())
    assert ask(store, stamps, now=clock).ok == 0


def test_an_authority_that_leads_to_no_trusted_root_is_refused(
    store: Store, authority: Authority, clock: Clock, tmp_path: Path
) -> None:
    other = make_authority(tmp_path / "other")
    (other / "root.pem").replace(tmp_path / "roots.pem")
    services = Services(timestamp=Timestamper(authority.url, tmp_path / "roots.pem"))
    enqueue(store, "ferry", services, clock())
    assert ask(store, services, now=clock).ok == 0, "of the same name, with another key"
    assert states(store) == [("pending", 1)]


# --- a recorded stamp ----------------------------------------------------------------------------------


def test_a_recorded_stamp_holds_offline() -> None:
    head, roots = ((RECORDED / name).read_text().strip() for name in ("head.txt", "root.pem"))
    stamp = check((RECORDED / "stamp.tsr").read_bytes(), head, roots)
    assert stamp.at == datetime.fromisoformat((RECORDED / "time.txt").read_text().strip())
    assert "Ferry Stamps" in stamp.signer


def test_a_flipped_byte_in_a_recorded_stamp_is_found_or_changes_nothing_that_it_says() -> None:
    head, roots = ((RECORDED / name).read_text().strip() for name in ("head.txt", "root.pem"))
    answer = (RECORDED / "stamp.tsr").read_bytes()
    said = check(answer, head, roots)
    moment = random.Random(20261124)
    found = 0
    for _ in range(300):
        damaged = bytearray(answer)
        damaged[moment.randrange(len(answer))] ^= 1 << moment.randrange(8)
        try:
            assert check(bytes(damaged), head, roots) == said
        except StampError:
            found += 1
    assert found > 200


# --- verify --------------------------------------------------------------------------------------------


def test_what_is_changed_about_a_stamp_is_found(store: Store, stamps: Services, clock: Clock) -> None:
    enqueue(store, "ferry", stamps, clock())
    ask(store, stamps, now=clock)
    add(store, 2)
    before = rows(store, "SELECT subject, capture_id, confirmed_at, roots FROM attestation")[0]
    for column, value, cause in (
        ("subject", "f" * 64, "another hash than that of capture"),
        ("capture_id", 2, "another hash than that of capture"),
        ("confirmed_at", "2020-01-01T00:00:00.000Z", "the row says another time"),
        ("roots", "", "no such root is trusted"),
        ("proof", b"\x00", "does not hold"),
    ):
        kept = rows(store, f"SELECT {column} FROM attestation")[0][0]
        alter(store, f"UPDATE attestation SET {column} = ?", value)
        report = checked(store)
        assert [finding.kind for finding in report.findings] == ["timestamp"], column
        assert cause in report.findings[0].what or column == "roots"
        alter(store, f"UPDATE attestation SET {column} = ?", kept)
    assert rows(store, "SELECT subject, capture_id, confirmed_at, roots FROM attestation")[0] == before
    assert checked(store).ok


def test_stamps_can_be_checked_by_the_roots_that_a_reader_trusts(
    store: Store, stamps: Services, authority: Authority, clock: Clock, tmp_path: Path
) -> None:
    """Who writes everything anew, stamps included, cannot make them lead to a root that others know."""
    enqueue(store, "ferry", stamps, clock())
    ask(store, stamps, now=clock)
    other = make_authority(tmp_path / "other")
    assert checked(store, roots=authority.roots.read_text()).ok
    assert not checked(store, roots=(other / "root.pem").read_text()).ok
    command = ["--archive", str(store.path), "verify"]
    assert CliRunner().invoke(main, [*command, "--roots", str(authority.roots)]).exit_code == 0
    shown = CliRunner().invoke(main, [*command, "--roots", str(other / "root.pem")])
    assert shown.exit_code == 1 and "attestation 1: it does not hold" in shown.output
    (tmp_path / "none.pem").write_text("nothing")
    assert CliRunner().invoke(main, [*command, "--roots", str(tmp_path / "none.pem")]).exit_code == 2


# --- copies in a web archive ---------------------------------------------------------------------------


@pytest.fixture
def pages() -> Iterator[SavePages]:
    with save_pages() as service:
        yield service


@pytest.fixture
def copied(tmp_path: Path) -> Iterator[Store]:
    """An archive with a copy of a story, seen live."""
    with Store(tmp_path / "copied.db") as opened:
        story = Story("ferry", "Ferry", texts=(StoryText(ferry.ENGLISH, "en", "original", "file:en.txt"),))
        opened.save_story(story, datetime(2026, 3, 1, tzinfo=UTC))
        add(opened, 1)
        add(opened, 1, b"<p>Nothing to do with it.</p>" * 40, url="https://courier.example/other")
        run(opened)
        yield opened


def test_without_keys_a_copy_is_confirmed_by_where_the_answer_leads(
    copied: Store, pages: SavePages, clock: Clock
) -> None:
    services = Services(wayback=SavePageNow(pages.url))
    enqueue(copied, "ferry", services, clock())
    assert ask(copied, services, now=clock) == Asked(ok=1)
    url = "https://courier.example/2026/ferry"
    assert pages.asked == [("GET", f"/save/{url}")], "of the copy, and of no other page"
    assert rows(copied, "SELECT memento, confirmed_at FROM attestation") == [
        (f"http://127.0.0.1:{pages.port}/web/20240301121500/{url}", "2024-03-01T12:15:00.000Z")
    ]
    enqueue(copied, "ferry", services, clock())
    assert ask(copied, services, now=clock) == Asked(), "a version is asked for once"


def test_a_new_version_is_asked_for_and_a_removed_page_is_not(copied: Store, pages: SavePages, clock: Clock) -> None:
    services = Services(wayback=SavePageNow(pages.url))
    enqueue(copied, "ferry", services, clock())
    ask(copied, services, now=clock)
    from tests.archive.test_process import EDITED, page

    add(copied, 30, page(EDITED))
    run(copied)
    enqueue(copied, "ferry", services, clock())
    assert ask(copied, services, now=clock) == Asked(ok=1)
    assert len(pages.asked) == 2


def test_with_keys_a_job_is_asked_until_it_is_done(
    copied: Store, pages: SavePages, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYBACK_KEYS", "access:secret")
    services = Services(wayback=SavePageNow(pages.url, "WAYBACK_KEYS"))
    enqueue(copied, "ferry", services, clock())
    for _ in range(2):
        assert ask(copied, services, now=clock) == Asked()
        assert ask(copied, services, now=clock) == Asked(), "it is left to work"
        clock.forward(timedelta(seconds=31))
    assert ask(copied, services, now=clock) == Asked(ok=1)
    assert [method for method, _ in pages.asked] == ["POST", "GET", "GET"]
    ((memento,),) = rows(copied, "SELECT memento FROM attestation")
    assert memento.endswith("/web/20240301121500/https://courier.example/2026/ferry")


def test_a_page_that_the_service_never_copies_is_given_up_and_another_failure_is_tried_again(
    copied: Store, pages: SavePages, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYBACK_KEYS", "access:secret")
    services = Services(wayback=SavePageNow(pages.url, "WAYBACK_KEYS"))
    enqueue(copied, "ferry", services, clock())
    pages.refusal = {"status": "error", "status_ext": "error:browsing-timeout", "message": "It took too long."}
    assert "browsing-timeout" in ask(copied, services, now=clock).failed[0]
    assert states(copied) == [("pending", 1)]
    clock.forward(HOUR)
    pages.refusal = {"status": "error", "status_ext": "error:blocked-url", "message": "On a list."}
    assert "given up" in ask(copied, services, now=clock).failed[0]
    assert states(copied) == [("failed", 2)]


def test_without_its_keys_nothing_is_sent_and_wrong_ones_are_told(
    copied: Store, pages: SavePages, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WAYBACK_KEYS", raising=False)
    services = Services(wayback=SavePageNow(pages.url, "WAYBACK_KEYS"))
    enqueue(copied, "ferry", services, clock())
    assert "holds no keys" in ask(copied, services, now=clock).failed[0]
    assert pages.asked == []
    clock.forward(HOUR)
    monkeypatch.setenv("WAYBACK_KEYS", "access:wrong")
    assert "it answered 401" in ask(copied, services, now=clock).failed[0]


def test_a_service_that_is_asked_too_often_is_left_alone_and_given_up_after_a_week(
    copied: Store, pages: SavePages, clock: Clock
) -> None:
    services = Services(wayback=SavePageNow(pages.url))
    enqueue(copied, "ferry", services, clock())
    pages.status = 429
    for _ in range(40):
        ask(copied, services, now=clock)
        clock.forward(timedelta(hours=6))
    ((state, attempts),) = states(copied)
    assert state == "failed" and 28 <= attempts <= 30, "seven days, every six hours"


def test_a_pace_is_kept_and_a_stop_ends_the_wait(
    copied: Store, pages: SavePages, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(copied, 2, url="https://gazette.example/ferry")
    run(copied)
    services = Services(wayback=SavePageNow(pages.url))
    enqueue(copied, "ferry", services, clock())
    waits: list[float] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0)
            self.set()
            return True

    ask(copied, services, now=clock, stop=Stop())
    assert waits == [save_page.PACE] and len(pages.asked) == 1


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://example.org/a?b=c&d=%C3%A9#top", "https://example.org/a?b=c&d=%C3%A9"),
        ("https://example.org/é page", "https://example.org/%C3%A9%20page"),
    ],
)
def test_any_address_can_stand_in_a_request(url: str, path: str, pages: SavePages) -> None:
    one = Attestation(1, "wayback", url, pages.url, 0, None, datetime(2024, 3, 1, tzinfo=UTC))
    said = SavePageNow(pages.url).ask(one)
    assert isinstance(said, Attested) and said.memento == f"http://127.0.0.1:{pages.port}/web/20240301121500/{path}"


def test_a_service_that_hangs_costs_a_run_its_patience_and_no_more(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attesting, "PATIENCE", 0.05)
    release = threading.Event()

    class Hangs:
        kind, authority, pace = "timestamp", "http://hangs.example", 0.0

        def ask(self, one: Attestation) -> Attested | TakenOn:
            release.wait(20)
            raise AskError("late", down=True)

    class One(Services):
        def __iter__(self) -> Iterator[Any]:
            return iter([Hangs()])

    store.add_timestamp("http://hangs.example", clock())
    done = ask(store, One(), now=clock)
    release.set()
    assert "no answer within" in done.failed[0] and states(store) == [("pending", 1)]


# --- a watch, and the command --------------------------------------------------------------------------


def test_a_watch_names_who_is_asked(tmp_path: Path, keys: Path) -> None:
    file = tmp_path / "w.toml"
    shutil.copy(keys / "root.pem", tmp_path / "root.pem")

    def watch(evidence: str) -> Services:
        file.write_text(f'url = "https://example.org/a"\n[evidence]\n{evidence}\n', encoding="utf-8")
        return load_watch(file).evidence

    assert watch("") == Services(), "nobody is asked unless it is said"
    assert watch('timestamp = "https://tsa.example/tsr"\nroots = "root.pem"') == Services(
        timestamp=Timestamper("https://tsa.example/tsr", tmp_path / "root.pem")
    )
    assert watch('wayback = true\nkeys_env = "KEYS"') == Services(wayback=SavePageNow(save_page.SERVICE, "KEYS"))
    assert watch("wayback = false") == Services()
    for mistake, key in (
        ('timestamp = "tsa.example"', "timestamp"),
        ('timestamp = "https://tsa.example"\nroots = "absent.pem"', "roots"),
        ("wayback = 1", "wayback"),
        ('wayback = true\nkeys_env = "a b"', "keys_env"),
    ):
        with pytest.raises(ConfigError, match=f"`{key}`") as told:
            watch(mistake)
        assert ", line " in str(told.value)


def test_the_command_asks_and_lists(store: Store, authority: Authority, tmp_path: Path) -> None:
    shutil.copy(authority.roots, tmp_path / "root.pem")
    watch = tmp_path / "ferry.toml"
    watch.write_text(
        f'url = "https://example.org/a"\n[evidence]\ntimestamp = "{authority.url}"\nroots = "root.pem"\n',
        encoding="utf-8",
    )
    store.save_story(load_watch(watch).story, datetime(2026, 3, 1, tzinfo=UTC))
    command = ["--archive", str(store.path), "timestamps"]
    assert "Nobody was asked" in CliRunner().invoke(main, command).output
    authority.stop()
    shown = CliRunner().invoke(main, [*command, "--send", str(watch)])
    assert shown.exit_code == 0 and "did not stamp" in shown.output and "asked 1 times" in shown.output
    authority.start()
    alter(store, "UPDATE attestation SET next_try_at = '2026'")
    shown = CliRunner().invoke(main, [*command, "--send", str(watch)])
    assert "1 confirmed." in shown.output and "stamp of capture 1: " in shown.output
    listed = json.loads(CliRunner().invoke(main, [*command, "--json"]).output)
    assert listed["attestations"][0]["state"] == "ok"
    shown = CliRunner().invoke(main, ["--archive", str(store.path), "verify"])
    assert "1 time stamp holds. By the newest, capture 1 and all before it existed at" in shown.output


def test_the_recording_is_of_this_files_authority() -> None:
    """Made once with `make_authority`; what is stamped is a sha256 like any other."""
    assert (RECORDED / "head.txt").read_text().strip() == sha256(b"the ferry").hexdigest()
