"""How sources are asked, whatever they are: budgets, pauses, silence explained, alarms, tokens, questions put again."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import main
from archive.store import SourceResult, Store
from archive.times import from_text, utc_now
from archive.types import Capture
from crawler.seeding import seed
from crawler.watch import Watch, load_watch
from tests.crawler.archives import WaybackMachine
from tests.crawler.asking import (
    JANUARY,
    common_crawl,
    commoncrawl,
    outcomes,
    page,
    run,
    watch_of,
    wayback,
)
from tests.crawler.web import Web, send


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


# --- silence is explained ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trap", "outcome", "words"),
    [
        ("nothing", "empty", "the archive has no capture"),
        ("blocked", "refused", "excluded by the archive's administrators"),
        ("hidden", "refused", "excluded by its robots.txt"),
        ("429", "limited", "asked too often; left alone until"),
        ("504", "failed", "gave up on the question"),
        ("robots", "refused", "robots.txt disallows it"),
        ("down", "failed", "connection refused"),
    ],
)
def test_each_kind_of_silence_has_its_word(web: Web, tmp_path: Path, trap: str, outcome: str, words: str) -> None:
    machine = WaybackMachine(web)
    story = web.page("paper.example", "/2023/story", body=page("today"))
    if trap in ("blocked", "hidden"):
        getattr(machine, trap).add("paper.example")
        machine.keep(story, JANUARY, page("then"))
    elif trap.isdigit():
        machine.trouble = [int(trap)]
    elif trap == "robots":
        web.page(machine.host, "/robots.txt", body=b"User-agent: *\nDisallow: /\n")
    settings = {"url": "http://wayback.localhost:9"} if trap == "down" else {}

    result = run(watch_of(tmp_path, story, wayback(machine, **settings)), tmp_path)

    found = outcomes(result, "wayback")[f"captures of {story}"]
    assert found[0] == outcome
    assert words in found[1]
    assert words in result.output, "the summary says it too"
    assert len(result.captures(story)) == 1, "the page itself was fetched all the same"


def test_a_refusal_without_a_time_is_given_the_sources_own_pause(web: Web, tmp_path: Path) -> None:
    machine = WaybackMachine(web)
    machine.trouble = [429]
    story = web.page("paper.example", "/2023/story", body=page("today"))
    more = web.page("paper.example", "/2023/again", body=page("today"))
    outlet = f'[outlet]\nurls = ["{more}"]'

    result = run(watch_of(tmp_path, story, wayback(machine, pause="15m"), outlet=outlet), tmp_path)

    assert len([path for path in web.paths(machine.host) if path.startswith("/cdx")]) == 1
    held = from_text(result.rows("SELECT retry_at FROM host WHERE host LIKE 'wayback%'")[0]["retry_at"])
    assert timedelta(minutes=14) < held - utc_now() <= timedelta(minutes=15)
    outcome, reason = outcomes(result, "wayback")["watch"]
    assert outcome == "limited"
    assert "1 request: rate limited until" in reason


def test_the_daily_budget_is_shared_by_all_watches_and_what_it_left_out_is_listed(web: Web, tmp_path: Path) -> None:
    machine = WaybackMachine(web)
    first = web.page("paper.example", "/2023/story", body=page("today"))
    for day in range(5):
        machine.keep(first, JANUARY + timedelta(days=day), page(f"day {day}"))
    second = web.page("paper.example", "/2023/other", body=page("another"))
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()

    result = run(watch_of(one, first, wayback(machine, per_day=4)), tmp_path)

    assert len(web.paths(machine.host)) == 1 + 4, "robots.txt, one question and three mementos"
    outcome, reason = outcomes(result, "wayback")["watch"]
    assert (outcome, "2 requests: the daily budget of 4" in reason) == ("not_asked", True), reason
    waiting = result.rows("SELECT due_at FROM frontier WHERE purpose = 'memento' AND state = 'waiting'")
    assert len(waiting) == 2
    assert all(from_text(row["due_at"]) > utc_now() + timedelta(hours=23) for row in waiting)
    other = run(watch_of(two, second, wayback(machine, per_day=4)), tmp_path)

    assert len(web.paths(machine.host)) == 1 + 4, "nothing is left for the second watch"
    assert outcomes(other, "wayback")["watch"][0] == "not_asked"


def test_the_delay_of_a_source_is_kept_between_its_requests(web: Web, tmp_path: Path) -> None:
    machine = WaybackMachine(web)
    story = web.page("paper.example", "/2023/story", body=page("today"))
    for day in range(3):
        machine.keep(story, JANUARY + timedelta(days=day), page(f"day {day}"))

    run(watch_of(tmp_path, story, wayback(machine, delay="0.5s")), tmp_path)

    times = [asked.at for asked in web.asked(machine.host) if asked.path != "/robots.txt"]
    assert len(times) == 4
    assert all(later - earlier >= 0.48 for earlier, later in itertools.pairwise(times))


def test_a_story_on_a_private_host_is_nobodys_business(web: Web, tmp_path: Path) -> None:
    machine = WaybackMachine(web)
    story = web.page("paper.localhost", "/2023/story", body=page("today"))

    result = run(watch_of(tmp_path, story, wayback(machine)), tmp_path)

    assert web.paths(machine.host) == []
    outcome, reason = outcomes(result, "wayback")["watch"]
    assert (outcome, reason[:15]) == ("not_asked", "nothing to ask:")
    assert result.code == 0


def test_a_source_that_used_to_give_and_stops_raises_an_alarm(web: Web, tmp_path: Path) -> None:
    machine = WaybackMachine(web)
    story = web.page("paper.example", "/2023/story", body=page("today"))
    machine.keep(story, JANUARY, page("then"))
    watch = watch_of(tmp_path, story, wayback(machine))
    for _ in range(2):
        assert run(watch, tmp_path, again=True).run()["note"] is None
    machine.kept.clear()

    silent = run(watch, tmp_path, again=True)

    assert "wayback fell silent: it gave 1 lead the time before and none now" in silent.run()["note"]
    alarms = silent.rows("SELECT * FROM run_source WHERE alarm IS NOT NULL")
    assert [row["source"] for row in alarms] == ["wayback"]
    with Store(silent.archive, readonly=True) as store:
        assert len(store.alarms("watch")) == 1
    machine.keep(story, JANUARY, page("then"))
    again = run(watch, tmp_path, again=True)

    assert again.run()["note"] is None
    with Store(again.archive, readonly=True) as store:
        assert store.alarms("watch") == [], "it speaks again"


# --- any source, through the same seam ----------------------------------------------------------------


def searcher(web: Web, status: int, body: bytes, media_type: str = "application/json") -> str:
    """A search engine that answers every question in one way. Returns its address."""
    web.hosts["engine.localhost"] = lambda request: send(request, status, (("Content-Type", media_type),), body)
    return web.url("engine.localhost", "")


def test_a_notice_under_status_200_is_a_refusal(web: Web, tmp_path: Path) -> None:
    notice = b"Please limit requests to one every 5 seconds or contact the operator for larger queries."
    url = searcher(web, 200, notice, "text/plain")
    story = web.page("paper.localhost", "/2023/story", body=page("today"))
    source = f'gdelt_doc = {{ url = "{url}", delay = "0s", pause = "10m" }}'
    more = '[questions]\nadd = ["nuclear blackmail taboo", "dangerous losers of history"]'

    result = run(watch_of(tmp_path, story, source, more=more), tmp_path)

    assert len([path for path in web.paths("engine.localhost") if path != "/robots.txt"]) == 1
    said = outcomes(result, "gdelt_doc")
    assert {outcome for outcome, _ in said.values()} == {"limited"}
    assert any("Please limit requests" in reason and "left alone until" in reason for _, reason in said.values())
    held = from_text(result.rows("SELECT retry_at FROM host")[0]["retry_at"])
    assert timedelta(minutes=9) < held - utc_now() <= timedelta(minutes=10)


def test_a_token_goes_into_the_request_and_nowhere_else(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERPRINT_MEDIA_CLOUD_TOKEN", "s3cr3t-t0ken")
    copy = web.page("copy.localhost", "/x", body=page("a copy"))
    stories = {"stories": [{"id": 1, "title": "A copy", "url": copy, "language": "en"}], "pagination_token": None}
    url = searcher(web, 200, json.dumps(stories).encode())
    story = web.page("paper.localhost", "/2023/story", body=page("today"))
    more = '[questions]\nadd = ["nuclear blackmail taboo"]'

    result = run(watch_of(tmp_path, story, f'media_cloud = {{ url = "{url}", delay = "0s" }}', more=more), tmp_path)

    asked = [one for one in web.asked("engine.localhost") if one.path != "/robots.txt"]
    assert {one.headers.get("authorization") for one in asked} == {"Token s3cr3t-t0ken"}
    assert "authorization" not in web.asked("paper.localhost")[-1].headers
    assert [row["status"] for row in result.captures(copy)] == [200], "what it named was fetched in the same run"
    assert result.rows("SELECT source FROM lead WHERE url = ?", copy)[0]["source"] == "media_cloud"
    assert b"s3cr3t" not in result.archive.read_bytes()
    assert "s3cr3t" not in result.output


def test_the_archives_status_tells_the_kinds_of_silence_apart(web: Web, tmp_path: Path) -> None:
    machine = WaybackMachine(web)
    machine.blocked.add("paper.example")
    archive = common_crawl(web)
    story = web.page("paper.example", "/2023/story", body=page("today"))
    engine = searcher(web, 500, b"oops")
    more = '[questions]\nadd = ["nuclear blackmail taboo"]'
    searxng = f'searxng = {{ url = "{engine}", delay = "0s" }}'
    result = run(watch_of(tmp_path, story, wayback(machine), commoncrawl(archive), searxng, more=more), tmp_path)

    shown = CliRunner().invoke(main, ["--archive", str(result.archive), "status"]).output

    assert "Refused   wayback captures of" in shown, shown
    assert "Down      searxng" in shown
    assert result.code == 1
    archive.collections.clear()
    archive.storm = 1
    machine.blocked.clear()
    run(watch_of(tmp_path, story, wayback(machine), commoncrawl(archive)), tmp_path, again=True)

    shown = CliRunner().invoke(main, ["--archive", str(result.archive), "status"]).output

    assert "Limited   commoncrawl captures of" in shown, shown
    assert "Nothing   found by wayback (1)" in shown
    assert "Refused" not in shown


# --- questions put again --------------------------------------------------------------------------


def seeded(store: Store, watch: Watch, now: datetime, *, answered: bool = True) -> list[str]:
    """What a run at *now* would ask Google News; then the run ends, its questions answered."""
    run_id = store.open_run(kind="crawl", watch=watch.slug, now=now)
    story = seed(store, watch, run_id=run_id, now=now)
    due = [
        entry
        for entry in store.lease_due(story_id=story.story_id, limit=50, lease_seconds=60, now=now)
        if entry.why == "google_news"
    ]
    for entry in due:
        found = Capture(entry.url, "search", now, now, status=200, body=b"<rss/>", frontier_id=entry.id)
        again = now + timedelta(days=1)
        store.add_capture(found, run_id=run_id, story_id=story.story_id, reading=("empty", "none"), next_due=again)
    store.close_run(run_id, state="finished", now=now)
    return [entry.url for entry in due]


def test_a_question_that_begins_where_the_last_answer_ended_is_still_put_once_a_day(tmp_path: Path) -> None:
    """Its URL is another one at each run: that alone must not make it a new question."""
    path = tmp_path / "watch.toml"
    path.write_text(
        'url = "https://paper.example/story"\ntitle = "Learn to lose"\n[questions]\nadd = ["nuclear blackmail taboo"]\n'
        "[sources.search]\ngoogle_news = true\n"
    )
    watch = load_watch(path)
    with Store(tmp_path / "archive.db") as store:
        first = seeded(store, watch, JANUARY)
        hour_later = seeded(store, watch, JANUARY + timedelta(hours=1))
        path.write_text(path.read_text().replace('taboo"]', 'taboo", "losers of history"]'))
        with_another = seeded(store, load_watch(path), JANUARY + timedelta(hours=2))
        next_day = seeded(store, load_watch(path), JANUARY + timedelta(days=1, hours=3))

    assert first
    assert hour_later == []
    assert with_another
    assert all("losers" in url and "after" not in url for url in with_another), (
        "a new question is put at once, for all there is"
    )
    assert len(next_day) == len(first) + len(with_another)
    assert [url for url in next_day if "after%3A2023-01-18" not in url] == [], "and begins where the last answer ended"


def runs_of(store: Store, *answers: tuple[str, str, str, int]) -> list[str]:
    """The alarms of a run in which sources answered so: (source, question, outcome, leads)."""
    run_id = store.open_run(kind="crawl", watch="w", now=JANUARY)
    for source, question, outcome, leads in answers:
        store.add_source_result(run_id, SourceResult(source, question, outcome, None, leads, 0))
    alarms = store.raise_alarms(run_id)
    store.close_run(run_id, state="finished", now=JANUARY)
    return alarms


def test_a_source_that_is_asked_something_else_is_not_silent(tmp_path: Path) -> None:
    with Store(tmp_path / "archive.db") as store:
        for _ in range(2):
            assert runs_of(store, ("wayback", "captures of a", "ok", 5), ("wayback", "captures of b", "empty", 0)) == []
        # A copy was found in between, and its address is new to the archive.
        assert runs_of(store, ("wayback", "captures of a copy", "empty", 0)) == []
        (alarm,) = runs_of(store, ("wayback", "captures of a", "empty", 0), ("wayback", "captures of b", "empty", 0))
    assert alarm.startswith("wayback fell silent: it gave 5 leads the time before")


def test_no_news_is_no_silence_but_a_refusal_is(tmp_path: Path) -> None:
    with Store(tmp_path / "archive.db") as store:
        for _ in range(2):
            runs_of(store, ("gdelt_articles", "the feed of headlines", "ok", 3))
        assert runs_of(store, ("gdelt_articles", "the feed of headlines", "empty", 0)) == []
        runs_of(store, ("gdelt_articles", "the feed of headlines", "ok", 3))
        (alarm,) = runs_of(store, ("gdelt_articles", "the feed of headlines", "failed", 0))
    assert alarm == "gdelt_articles fell silent: it gave 3 leads the time before and none now (failed)"


def test_a_feed_that_falls_silent_raises_an_alarm_by_its_own_name(tmp_path: Path) -> None:
    with Store(tmp_path / "archive.db") as store:
        for leads in (40, 38, 0):
            run_id = store.open_run(kind="crawl", watch="w", now=JANUARY)
            for feed, number in (("https://a.example/feed", leads), ("https://b.example/feed", 5)):
                outcome = "ok" if number else "empty"
                store.add_source_result(run_id, SourceResult("feed", feed, outcome, None, number, 0))
            alarms = store.raise_alarms(run_id)
            store.close_run(run_id, state="finished", now=JANUARY)
        assert alarms == [
            "feed https://a.example/feed fell silent: it gave 38 leads the time before and none now (empty)"
        ]
        assert [alarm.partition(" since ")[0] for alarm in store.alarms("w")] == ["feed https://a.example/feed"]
