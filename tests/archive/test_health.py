"""What is told of a crawl that nobody watches: from real rows in a real archive to the words."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive import machine, running
from archive.cli import main
from archive.health import HOST_IN_A_ROW, IN_A_ROW, Finding, findings
from archive.store import SourceResult, Store
from archive.times import to_text, utc_now
from archive.types import Capture, Lead, Story
from datasette_config.serve import make_datasette

T = datetime(2026, 3, 10, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "archive.db") as store:
        yield store


def run(
    store: Store,
    at: datetime,
    *,
    sources: tuple[SourceResult, ...] = (),
    captures: tuple[dict[str, Any], ...] = ({"status": 200},),
    state: Any = "finished",
    host: str = "a.test",
) -> int:
    """One crawl with what came of it."""
    run_id = store.open_run(kind="crawl", watch="w", now=at)
    for number, outcome in enumerate(captures):
        url = f"https://{host}/{number}"
        when = {"started_at": at, "finished_at": at}
        store.add_capture(Capture(url=url, purpose="page", final_url=url, **when, **outcome), run_id=run_id)
    for source in sources:
        store.add_source_result(run_id, source)
    store.raise_alarms(run_id)
    store.close_run(run_id, state=state, now=at, planned=len(captures))
    return run_id


def feed(outcome: str = "ok", leads: int = 3, reason: str | None = None) -> SourceResult:
    return SourceResult("feed", "https://a.test/rss", outcome, reason, leads, 0)


def told(store: Store, now: datetime = T + 10 * HOUR) -> list[Finding]:
    return store.health(now)


DOWN = {"status": None, "error_class": "timeout", "error_detail": "no answer in 30 s"}


def test_an_archive_without_runs_is_well(store: Store) -> None:
    assert told(store) == []


def test_usual_days_give_nothing_to_say(store: Store) -> None:
    for hour in range(4):
        run(store, T + hour * HOUR, sources=(feed(),), captures=({"status": 200}, {"status": 404}, DOWN))
    assert told(store) == []


def test_a_run_that_finds_nothing_where_it_used_to_find(store: Store) -> None:
    run(store, T)
    run(store, T + HOUR, captures=(DOWN, DOWN))
    assert [(one.level, one.what) for one in told(store)] == [
        ("wrong", "the last crawl asked 2 URLs and got no answer, where earlier ones did")
    ]


def test_failures_in_a_row_are_counted_from_the_last_good_one(store: Store) -> None:
    run(store, T)
    for hour in range(1, IN_A_ROW + 1):
        run(store, T + hour * HOUR, captures=(DOWN,))
    found = told(store)
    assert found[0].what.startswith(f"the last {IN_A_ROW} crawls failed or were answered by nobody")
    assert found[0].since == to_text(T)
    run(store, T + 9 * HOUR)
    assert told(store) == []


def test_a_killed_run_is_told_until_one_ends(store: Store) -> None:
    run(store, T)
    store.open_run(kind="crawl", watch="w", now=T + HOUR)
    assert told(store) == [], "it may be at work"
    store.open_run(kind="crawl", watch="other", now=T + 2 * HOUR)
    assert [one.what for one in told(store)] == ["the last crawl was killed"]


def test_a_source_that_fails_again_and_again_and_one_that_fell_silent(store: Store) -> None:
    for hour in range(3):
        run(store, T + hour * HOUR, sources=(feed(),))
    run(store, T + 3 * HOUR, sources=(feed("empty", 0),))
    assert [one.name for one in told(store)] == ["w: feed https://a.test/rss"]
    assert told(store)[0].what.startswith("it fell silent: it gave 3 leads the time before")
    assert told(store)[0].since == to_text(T + 2 * HOUR)
    run(store, T + 4 * HOUR, sources=(feed(),))
    assert told(store) == []
    for hour in range(5, 5 + IN_A_ROW):
        run(store, T + hour * HOUR, sources=(feed("failed", 0, "http 500"),))
    assert [one.what for one in told(store)] == [f"failed {IN_A_ROW} times in a row (http 500)"]


def test_a_source_that_limits_us_does_not_fail(store: Store) -> None:
    for hour in range(IN_A_ROW + 1):
        run(store, T + hour * HOUR, sources=(feed("limited", 0, "http 429"),))
    assert told(store) == []


def test_a_host_that_refuses_and_one_that_is_down_and_one_that_asked_for_rest(store: Store) -> None:
    run(store, T, host="wall.test")
    run(store, T, captures=({"status": 200},))
    run(store, T + HOUR, captures=({"status": 403},) * HOST_IN_A_ROW + ({"status": 200},), host="a.test")
    for _ in range(HOST_IN_A_ROW):
        run(store, T + HOUR, captures=({"status": 403},), host="wall.test")
        run(store, T + HOUR, captures=({"status": 200}, {**DOWN}), host="b.test")
        run(store, T + HOUR, captures=(DOWN,), host="down.test")
    run(store, T + 2 * HOUR)
    store.hold_host("news.b.test:443", T + 20 * HOUR, "429")
    assert [(one.name, one.what.partition(" (")[0]) for one in told(store)] == [
        ("b.test", "asked to be left alone until 2026-03-11 04:00 UTC"),
        ("down.test", f"did not answer the last {HOST_IN_A_ROW} requests"),
        ("wall.test", f"refused the last {HOST_IN_A_ROW} requests"),
    ]


def test_what_is_due_and_not_visited(store: Store) -> None:
    story = store.save_story(Story("w", "W"), T)
    assert story.id is not None
    store.add_leads([Lead("https://a.test/x", "given", "w")], story_id=story.id, run_id=None, now=T)
    store.add_leads([Lead("https://a.test/new", "feed", "w")], story_id=story.id, run_id=None, now=T)
    run(store, T)
    assert told(store, T + 20 * HOUR) == []
    assert [one.what for one in told(store, T + 30 * HOUR)] == ["what is due has not been visited for more than a day"]
    (entry,) = [
        one
        for one in store.lease_due(story_id=story.id, limit=9, lease_seconds=9, now=T, new_pages=False)
        if one.why == "given"
    ]
    store.release(entry, due_at=T + 99 * HOUR, reason="visited")
    assert told(store, T + 30 * HOUR) == [], "a new page may wait for its turn"


def test_the_same_incident_within_a_day_is_one_row(store: Store) -> None:
    for hour in (0, 1, 23, 60):
        store.note_incident("disk_low", "the disk is nearly full", T + hour * HOUR)
    store.note_incident("watch_wrong", "no `url`", T, "w.toml")
    found = told(store, T + 61 * HOUR)
    assert [one.what for one in found] == [
        "the disk is nearly full, 3 times", "the disk is nearly full", "no `url`",
    ]  # fmt: skip
    assert told(store, T + timedelta(days=30)) == []


def test_what_is_wrong_comes_first(store: Store) -> None:
    incident = {
        "kind": "clock_jumped",
        "watch": None,
        "detail": "x",
        "at": to_text(T),
        "last_at": to_text(T),
        "times": 1,
    }
    low = {**incident, "kind": "disk_low"}
    assert [one.level for one in findings([], [], [], [incident, low], T)] == ["wrong", "look"]


def test_the_page_and_its_twin(store: Store) -> None:
    now = utc_now()
    for hour in range(IN_A_ROW):
        run(store, now - (5 - hour) * HOUR, captures=(DOWN,), sources=(feed("failed", 0, "<b>http 500</b>"),))
    store.note_incident("clock_jumped", "the clock was set back by 2:00:00", now)

    async def ask() -> tuple[str, dict[str, Any]]:
        served = make_datasette(store.path)
        await served.invoke_startup()
        html = await served.client.get("/archive/-/health")
        twin = await served.client.get("/archive/-/health.json")
        assert (html.status_code, twin.status_code) == (200, 200)
        return html.text, twin.json()

    import asyncio

    html, twin = asyncio.run(ask())
    assert twin["well"] is False
    assert [one["about"] for one in twin["findings"]] == ["watch", "source", "machine"]
    assert "failed or were answered by nobody" in html
    assert "the clock was set back by 2:00:00" in html
    assert "&lt;b&gt;http 500" in html
    assert "<b>http 500" not in html
    for name in ("watches", "sources", "hosts", "incidents", "runs"):
        assert twin[name]
        assert f'id="{name}"' in html


# --- the commands ------------------------------------------------------------------------------------


def doctor(archive: Path, *files: Path) -> tuple[int, dict[str, dict[str, str]]]:
    done = CliRunner().invoke(main, ["--archive", str(archive), "doctor", "--json", *map(str, files)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done.exit_code, {one["name"]: one for one in json.loads(done.output)["checks"]}


def watch(tmp_path: Path, more: str = "") -> Path:
    file = tmp_path / "w.toml"
    file.write_text(f'url = "https://a.test/x"\n[politeness]\ncontact = "desk@example.org"\n{more}', encoding="utf-8")
    return file


def test_doctor_of_a_healthy_archive(store: Store, tmp_path: Path) -> None:
    run(store, utc_now() - HOUR)
    code, checks = doctor(store.path, watch(tmp_path))
    assert code == 0, checks
    assert {one["verdict"] for one in checks.values()} == {"ok"}, checks
    assert {"Python", "packages", "disk", "archive", "schema", "write-ahead log", "clock"} <= set(checks)


def test_doctor_finds_a_clock_that_is_wrong(store: Store, tmp_path: Path) -> None:
    now = utc_now() - HOUR
    run_id = store.open_run(kind="crawl", watch="w", now=now)
    for number in range(4):
        url = f"https://host{number}.test/"
        date = (
            "Tue, 10 Mar 2020 08:00:00 GMT"
            if number == 3
            else f"{now + timedelta(minutes=7):%a, %d %b %Y %H:%M:%S GMT}"
        )
        headers = (("Date", date),) if number < 3 else (("date", date), ("Age", "90"))
        store.add_capture(
            Capture(
                url=url, purpose="page", started_at=now, finished_at=now, final_url=url, status=200, headers=headers
            ),
            run_id=run_id,
        )
    store.close_run(run_id, state="finished", now=now)
    code, checks = doctor(store.path, watch(tmp_path))
    assert code == 1
    assert checks["clock"]["verdict"] == "wrong"
    assert "behind the clocks of 3 hosts" in checks["clock"]["said"]


def test_doctor_looks_at_watches_and_at_whom_they_tell(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH_SECRET", raising=False)
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        file = watch(
            tmp_path,
            f'[alerts]\nwebhook = {{ url = "http://127.0.0.1:{port}/in", secret_env = "NO_SUCH_SECRET" }}\n'
            f'mail = {{ host = "127.0.0.1", port = {port}, from = "a@b.test", to = ["c@d.test"], starttls = false }}\n'
            'command = ["no-such-program"]\n',
        )
        wrong = tmp_path / "wrong.toml"
        wrong.write_text("urll = 1\n", encoding="utf-8")
        code, checks = doctor(store.path, file, wrong)
    assert code == 1
    verdicts = {name: one["verdict"] for name, one in checks.items()}
    assert verdicts[str(wrong)] == "wrong"
    assert verdicts["w: webhook"] == "wrong"
    assert verdicts["w: mail"] == "ok"
    assert verdicts["w: command"] == "wrong"
    _, checks = doctor(store.path, file)
    assert "cannot be reached" in checks["w: mail"]["said"], "the server is closed by now"


def test_doctor_finds_a_lock_that_outlived_its_process(store: Store, tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    path = store.path.with_name("archive.db.crawl.lock")
    path.write_text(str(gone.pid), encoding="ascii")
    code, checks = doctor(store.path, watch(tmp_path))
    assert code == 0, "a file alone is no lock"
    with path.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        code, checks = doctor(store.path, watch(tmp_path))
    assert code == 1
    assert f"process {gone.pid}, which is gone" in checks["lock of crawl"]["said"]


def test_doctor_finds_a_run_that_nobody_works_on(store: Store, tmp_path: Path) -> None:
    store.open_run(kind="crawl", watch="w", now=utc_now())
    _, checks = doctor(store.path, watch(tmp_path))
    assert checks["runs"]["verdict"] == "look"


def test_doctor_finds_an_archive_of_another_shape(store: Store, tmp_path: Path) -> None:
    store._run("DROP VIEW incidents")
    code, checks = doctor(store.path, watch(tmp_path))
    assert code == 1
    assert "incidents" in checks["schema"]["said"]


def test_doctor_finds_a_file_that_is_no_archive_and_one_that_may_not_be_written(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_text("not a database, though quite long " * 100, encoding="utf-8")
    code, checks = doctor(other, watch(tmp_path))
    assert code == 1
    other.chmod(0o444)
    _, checks = doctor(other, watch(tmp_path))
    if os.geteuid():  # root may write everything
        assert "may not be read and written" in checks["archive"]["said"]


def test_doctor_and_a_run_notice_a_disk_that_is_nearly_full(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "free_bytes", lambda archive: 400 << 20)
    code, checks = doctor(store.path, watch(tmp_path))
    assert code == 1
    assert checks["disk"]["said"].startswith("400 MB free")
    running._mind_the_machine(store.path, None)
    assert [one.what for one in told(store, utc_now())] == ["the disk of the archive is nearly full: 400 MB are free"]


def test_status_says_what_to_do(store: Store) -> None:
    store.save_story(Story("w", "W"), T)
    for hour in range(IN_A_ROW):
        run(store, utc_now() - (5 - hour) * HOUR, captures=(DOWN,))
    shown = CliRunner().invoke(main, ["--archive", str(store.path), "status"])
    assert "Wrong: watch w: the last 3 crawls failed" in shown.output
    assert "Is the network up?" in shown.output
    as_json = json.loads(CliRunner().invoke(main, ["--archive", str(store.path), "status", "--json"]).output)
    assert as_json["findings"][0]["level"] == "wrong"
