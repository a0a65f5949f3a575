"""Which events are told: once each, only what was asked for, and nothing of what was there before."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive import alerts
from archive.alerts import RULES, Carrier, Edit, Wishes
from archive.process import process
from archive.store import SourceResult, Store
from archive.types import Capture, Story, StoryText
from crawler.newsroom import ferry
from tests.archive.test_process import page, rows

T = datetime(2026, 3, 1, 10, tzinfo=UTC)
COPY = "https://gazette.example/island"
CREDIT = "This article originally appeared on The Harbour Courier."
STORY = Story(
    "ferry",
    ferry.ENGLISH_TITLE,
    outlet="The Harbour Courier",
    alerts=RULES,
    texts=(StoryText(ferry.ENGLISH, "en", "original", "file:en.txt"),),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "archive.db") as opened:
        yield opened


def see(store: Store, days: float, text: str, url: str = COPY, **more: Any) -> None:
    at = T + timedelta(days=days)
    facts: dict[str, Any] = {"status": 200, "body": page(text), "headers": (("content-type", "text/html"),)}
    store.add_capture(Capture(url=url, purpose="page", started_at=at, finished_at=at, final_url=url, **(facts | more)))


def run(store: Store) -> Any:
    return process(store.path, now=lambda: T + timedelta(days=30), workers=1)


def told(store: Store) -> list[str]:
    return [row[0] for row in rows(store, "SELECT rule FROM alert WHERE silent = '' ORDER BY id")]


def hushed(store: Store) -> list[tuple[str, str]]:
    return rows(store, "SELECT rule, silent FROM alert WHERE silent <> '' ORDER BY id")


def credited(text: str = ferry.ENGLISH) -> str:
    return f"{text}\n\n{CREDIT}"


# --- the rules, without an archive ------------------------------------------------------------------

PAGE = Carrier(
    page_id=4, match_id=1, outlet="gazette.example", url=COPY, kind="copy", confidence=0.9, explanation="98 % of it",
    credit="", credit_name="", label="m1", capture_id=17, seen_from="2026-03-05", seen_to="2026-03-06",
)  # fmt: skip
CREDITED = replace(PAGE, credit=CREDIT, credit_name="The Harbour Courier", capture_id=9, seen_to="2026-03-02")
WISHES = Wishes("ferry", "The Harbour Courier", RULES)


@pytest.mark.parametrize(
    ("seen", "before", "wishes", "rules"),
    [
        pytest.param(CREDITED, None, WISHES, ["new_copy"], id="a credited copy"),
        pytest.param(PAGE, None, WISHES, ["new_copy", "credit_missing"], id="a copy without credit"),
        pytest.param(
            replace(CREDITED, credit_name=""),
            None,
            WISHES,
            ["new_copy", "credit_missing"],
            id="credit to somebody else",
        ),
        pytest.param(PAGE, None, replace(WISHES, outlet=""), ["new_copy"], id="whom to credit is not known"),
        pytest.param(PAGE, CREDITED, WISHES, ["new_copy", "credit_removed"], id="the credit went"),
        pytest.param(PAGE, replace(CREDITED, label="m0"), WISHES, ["new_copy"], id="read by another matcher: no claim"),
        pytest.param(PAGE, PAGE, WISHES, ["new_copy"], id="it never had one: told with the first version"),
        pytest.param(replace(CREDITED, kind="translation"), None, WISHES, ["new_translation"], id="a translation"),
        pytest.param(replace(PAGE, kind="quotes_only"), None, WISHES, [], id="the same quotation is no copy"),
    ],
)
def test_what_a_match_tells(seen: Carrier, before: Carrier | None, wishes: Wishes, rules: list[str]) -> None:
    assert [event.rule for event in alerts.found(seen, before, wishes)] == rules


def test_a_lost_credit_is_told_as_the_window_that_was_observed() -> None:
    (_, event) = alerts.found(PAGE, CREDITED, WISHES)
    assert event.summary == (
        f"gazette.example: the credit “{CREDIT}” was there on 2026-03-02 and was not on 2026-03-05; no credit was found"
    )
    assert event.subject == "page:4:capture:17"


@pytest.mark.parametrize(
    ("significance", "correction", "rules"),
    [
        (0.24, None, []),
        (0.25, None, ["changed"]),
        (0.1, (None, "Correction: it was 1975."), ["correction"]),
        (0.9, ("Correction: 1974.", "Correction: 1975."), ["correction", "changed"]),
        (0.9, ("Correction: 1974.", None), ["changed"]),
    ],
)
def test_what_an_edit_tells(significance: float, correction: Any, rules: list[str]) -> None:
    edit = Edit(1, 4, 17, "gazette.example", "A number was changed.", significance, correction)
    assert [event.rule for event in alerts.edited(edit)] == rules


def test_a_doubtful_match_is_not_told_and_not_spent() -> None:
    (event,) = alerts.found(CREDITED, None, WISHES)
    careful = replace(WISHES, min_confidence=0.8)
    assert not alerts.wanted(event, careful, 0.79)
    assert alerts.wanted(event, careful, 0.8)
    assert alerts.wanted(event, careful), "what rests on no match is not held back"


# --- on archives -----------------------------------------------------------------------------------


def test_a_copy_its_lost_credit_and_its_correction_are_each_told_once(store: Store) -> None:
    store.save_story(STORY, T)
    see(store, 1, credited())
    summary = run(store)
    assert told(store) == ["new_copy"]
    assert [line.partition(":")[0] for line in summary.told] == ["new copy"]
    see(store, 2, ferry.ENGLISH)
    see(
        store,
        3,
        f"{ferry.ENGLISH_LATER}\n\nCorrection: An earlier version gave a wrong number of patients. It was 171.",
    )
    run(store)
    assert sorted(told(store)[1:]) == ["changed", "correction", "credit_removed"], "two edits, one of them a correction"
    (details,) = rows(store, "SELECT details FROM alert WHERE rule = 'correction'")[0]
    change = json.loads(details)["change"]
    assert any("164" in edit["old"] and "171" in edit["new"] for edit in change["edits"]), (
        "the edit itself goes with it"
    )
    assert "It was 171." in change["fields"]["correction"][1]
    passages = json.loads(rows(store, "SELECT details FROM alert WHERE rule = 'new_copy'")[0][0])["passages"]
    assert passages[0]["story_words"][:40] in ferry.ENGLISH.replace("\n\n", "\n")
    before = rows(store, "SELECT * FROM alert")
    store.clear_derived()
    assert run(store).told == []
    assert rows(store, "SELECT * FROM alert") == before, "made anew, nothing is told again"


def test_the_first_import_of_a_backlog_is_silent(store: Store) -> None:
    see(store, -9, credited(), url="https://old.example/a")  # seen live before the story was there
    store.save_story(STORY, T)
    see(store, 1, ferry.ENGLISH, origin="warc", origin_ref="a.warc.gz@0")
    see(store, 2, ferry.ENGLISH_LATER, origin="warc", origin_ref="a.warc.gz@9")
    summary = run(store)
    assert told(store) == []
    assert summary.told == []
    noted = [("credit_missing", "backlog"), ("new_copy", "backlog"), ("new_copy", "backlog")]
    assert sorted(row for row in hushed(store) if row[0] != "changed") == noted
    see(store, 4, credited(ferry.ENGLISH.replace("1,140 inhabitants", "940 inhabitants")))
    run(store)
    assert told(store) == ["changed"], "what happens from now on is told"


def test_a_page_known_from_a_web_archive_is_news_once_it_is_seen_live(store: Store) -> None:
    store.save_story(STORY, T)
    see(store, -300, credited(), origin="wayback", origin_ref="https://web.archive.example/1")
    see(store, 1, credited())
    run(store)
    assert told(store) == ["new_copy"]


def test_a_translation_is_told_as_one_and_a_muted_outlet_not(store: Store) -> None:
    store.save_story(
        replace(
            STORY, mute=("gazette.example",), texts=(*STORY.texts, StoryText(ferry.DUTCH, "nl", "translation", "f:nl"))
        ),
        T,
    )
    see(store, 1, credited())
    see(store, 1, f"{ferry.DUTCH}\n\n{ferry.DUTCH_CREDIT}", url="https://haven.example/veerboot")
    run(store)
    assert told(store) == ["new_copy"], "word for word in the language of a reference text is a copy"
    assert hushed(store) == [("new_copy", "muted")]
    see(store, 1, ferry.GERMAN, url="https://hafen.example/faehre")
    run(store)
    assert told(store) == ["new_copy", "new_translation", "credit_missing"]


@pytest.mark.parametrize("how", ["extractor", "matcher", "rebuild"])
def test_what_an_upgrade_finds_in_old_captures_is_no_news(store: Store, how: str) -> None:
    store.save_story(replace(STORY, alerts=("new_copy",)), T)
    see(store, 1, credited())
    see(store, 2, ferry.ENGLISH)
    run(store)
    store.save_story(STORY, T)
    # As if the older program had seen neither the edit nor that the credit went.
    if how == "rebuild":
        store.clear_derived()
    else:
        with sqlite3.connect(store.path) as connection:
            if how == "extractor":
                connection.execute("UPDATE extraction SET label = 'older', text = text || 'x'")
                connection.execute("UPDATE reading SET label = 'older'")
            else:
                connection.execute("UPDATE lookup SET label = 'older'")
    run(store)
    assert told(store) == ["new_copy"]
    assert ("credit_removed", "backlog") in hushed(store)
    see(store, 3, ferry.ENGLISH_LATER)
    run(store)
    assert told(store) == ["new_copy", "changed"]


def test_an_edit_is_told_to_each_story_that_the_page_carries(store: Store) -> None:
    store.save_story(replace(STORY, alerts=("changed",)), T)
    store.save_story(replace(STORY, slug="harbour", alerts=("changed", "new_copy")), T)
    see(store, 1, credited())
    run(store)
    see(store, 2, credited(ferry.ENGLISH_LATER))
    run(store)
    found = rows(store, "SELECT s.slug, a.rule FROM alert a JOIN story s ON s.id = a.story_id ORDER BY 1, 2")
    assert found == [("ferry", "changed"), ("harbour", "changed"), ("harbour", "new_copy")]


def test_a_source_that_fell_silent_is_told_once(store: Store) -> None:
    store.save_story(STORY, T)
    for leads in (40, 38, 0):
        run_id = store.open_run(kind="crawl", watch="ferry", now=T)
        store.add_source_result(
            run_id, SourceResult("feed", "https://a.example/feed", "ok" if leads else "empty", None, leads, 0)
        )
        store.raise_alarms(run_id)
        store.close_run(run_id, state="finished", now=T)
    summary = run(store)
    assert told(store) == ["source_down"]
    assert summary.told == [
        "source down: feed https://a.example/feed fell silent: it gave 38 leads the time before and none now (empty)"
    ]
    assert run(store).told == []
