"""A page finds its stories among all, a story finds its pages among all, and a killed run goes on."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from archive import lookup, process
from archive.cli._context import Context
from archive.cli.working import match_story
from archive.exceptions import ConfigError
from archive.lookup import Lookup
from archive.match import candidates
from archive.match.encoder import encode, sentence_key
from archive.match.reading import Reading
from archive.store import Store
from archive.types import Capture, Lead, Link, PageText, Story, StoryText
from tests.archive.matching_texts import DUTCH, EDITED, ENGLISH, GERMAN, QUOTED_PAGE, RUSSIAN, UNRELATED, paragraphs

T = datetime(2026, 3, 10, 8, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "archive.db") as opened:
        yield opened


def html(text: str, language: str = "en", more: str = "") -> bytes:
    title, *rest = paragraphs(text)
    body = "".join(f"<p>{paragraph}</p>" for paragraph in rest)
    return (
        f'<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><article><h1>{title}</h1>{body}{more}</article></body></html>"
    ).encode()


def add(store: Store, url: str, text: str, language: str = "en", hour: int = 0, more: str = "") -> None:
    at = T + timedelta(hours=hour)
    store.add_capture(
        Capture(
            url=url,
            purpose="page",
            started_at=at,
            finished_at=at,
            final_url=url,
            status=200,
            headers=(("content-type", "text/html; charset=utf-8"),),
            body=html(text, language, more),
        )
    )


def story(slug: str = "harbour", text: str = ENGLISH, **more: Any) -> Story:
    return Story(
        slug, paragraphs(text)[0], "Coast Weekly", texts=(StoryText(text, "en", "original", "file:text.txt"),), **more
    )


def run(store: Store, **more: Any) -> process.Summary:
    return process.process(store.path, now=lambda: T, workers=1, **more)


def rows(store: Store, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with sqlite3.connect(store.path) as connection:
        return connection.execute(sql, values).fetchall()


def found(store: Store) -> set[tuple[str, str, str]]:
    return {
        (slug, url.removeprefix("https://"), kind)
        for slug, url, kind in rows(store, "SELECT story, url, kind FROM matches")
    }


def match(store: Store, slug: str, **more: Any) -> str:
    """What `afterprint match STORY` prints."""
    import click

    @click.command()
    def command() -> None:
        match_story(Context(store.path), slug, workers=1, **more)

    result = CliRunner().invoke(command)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


# --- a story that comes after its copies -------------------------------------------------------------------


def test_a_copy_captured_before_its_story_is_known_is_found_by_match(store: Store) -> None:
    add(store, "https://a.example/flood", EDITED)
    add(store, "https://b.example/bats", UNRELATED)
    store.save_story(story("bats", UNRELATED), T)
    run(store)
    assert found(store) == {("bats", "b.example/bats", "copy")}
    store.save_story(story(), T)
    said = match(store, "harbour")
    assert said.startswith("harbour: 1 copy.")
    assert "Next: afterprint serve" in said
    assert found(store) == {("bats", "b.example/bats", "copy"), ("harbour", "a.example/flood", "copy")}


def test_a_second_story_is_found_by_process_too_and_the_first_is_left_alone(store: Store) -> None:
    add(store, "https://a.example/flood", EDITED)
    add(store, "https://b.example/bats", UNRELATED)
    store.save_story(story(), T)
    run(store)
    before = rows(store, "SELECT id FROM match")
    store.save_story(story("bats", UNRELATED), T)
    summary = run(store)
    assert summary.kinds == {"copy": 1}
    assert found(store) == {("harbour", "a.example/flood", "copy"), ("bats", "b.example/bats", "copy")}
    assert set(before) < set(rows(store, "SELECT id FROM match"))
    assert run(store).matched == 0


def test_translations_are_found_in_the_letters_of_the_story_and_in_others(store: Store) -> None:
    add(store, "https://nl.example/haven", DUTCH, "nl")
    add(store, "https://ru.example/gavan", RUSSIAN, "ru")
    add(store, "https://b.example/bats", UNRELATED)
    store.save_story(story("bats", UNRELATED), T)
    run(store)
    store.save_story(story(), T)
    match(store, "harbour")
    kinds = {url: kind for slug, url, kind in found(store) if slug == "harbour"}
    assert kinds == {"nl.example/haven": "translation", "ru.example/gavan": "translation"}


def test_and_so_are_those_that_come_after_it(store: Store) -> None:
    store.save_story(story(), T)
    store.save_story(story("bats", UNRELATED), T)
    add(store, "https://de.example/hafen", GERMAN, "de")
    add(store, "https://ru.example/gavan", RUSSIAN, "ru")
    run(store)
    kinds = {url: kind for slug, url, kind in found(store) if slug == "harbour"}
    assert kinds == {"de.example/hafen": "translation", "ru.example/gavan": "translation"}
    assert rows(store, "SELECT count(*) FROM text_index WHERE vector IS NOT NULL") == [(2,)]
    keys = {key for (key,) in rows(store, "SELECT key FROM sentence_vector")}
    reading = Reading(ENGLISH, "en")
    assert {sentence_key(sentence) for sentence in candidates.unit_sentences(reading)} <= keys


def test_a_page_that_points_to_a_later_story_is_found(store: Store) -> None:
    url = "https://coast.example/en/article/zq7k2p/harbour"
    add(store, "https://a.example/one", UNRELATED, more=f'<p>More about <a href="{url}">the wall by the sea</a>.</p>')
    add(store, "https://a.example/two", QUOTED_PAGE)
    store.save_story(story("other", QUOTED_PAGE), T)
    run(store)
    store.save_story(story(urls=(url,), short_ids=("zq7k2p",)), T)
    run(store)
    assert ("harbour", "a.example/one", "mentions") in found(store)
    assert len(found(store)) == 2


# --- what is compared ------------------------------------------------------------------------------------------


def test_a_page_with_text_of_two_stories_is_found_by_both(store: Store) -> None:
    store.save_story(story(), T)
    store.save_story(story("bats", UNRELATED), T)
    both = "\n\n".join([*paragraphs(ENGLISH)[:5], *paragraphs(UNRELATED)[1:]])
    add(store, "https://a.example/weekend", both)
    run(store)
    assert {(slug, url) for slug, url, kind in found(store) if kind in ("copy", "excerpt")} == {
        ("harbour", "a.example/weekend"),
        ("bats", "a.example/weekend"),
    }


def test_a_page_fetched_for_a_story_keeps_its_row_whatever_it_is(store: Store) -> None:
    saved = store.save_story(story(), T)
    store.save_story(story("bats", UNRELATED), T)
    assert saved.id is not None
    store.add_leads(
        [Lead("https://a.example/shares", "feed", "https://a.example/feed")], story_id=saved.id, run_id=None, now=T
    )
    add(store, "https://a.example/shares", QUOTED_PAGE)
    run(store)
    assert found(store) == {("harbour", "a.example/shares", "unrelated")}
    # The page is named for the other story only later.
    other = store.story_by_slug("bats")
    assert other is not None
    assert other.id is not None
    store.add_leads(
        [Lead("https://a.example/shares", "link", "https://b.example/")], story_id=other.id, run_id=None, now=T
    )
    run(store)
    assert found(store) == {("harbour", "a.example/shares", "unrelated"), ("bats", "a.example/shares", "unrelated")}
    assert run(store).matched == 0


def test_a_replaced_text_is_searched_for_anew(store: Store) -> None:
    add(store, "https://a.example/flood", EDITED)
    add(store, "https://b.example/bats", UNRELATED)
    store.save_story(story(), T)
    run(store)
    assert found(store) == {("harbour", "a.example/flood", "copy")}
    store.save_story(story("harbour", UNRELATED), T)
    run(store)
    assert found(store) == {("harbour", "b.example/bats", "copy")}
    store.save_story(story(), T)
    run(store)
    assert found(store) == {("harbour", "a.example/flood", "copy")}


WORDS = [
    f"{a}{b}{c}" for a in ("bar", "len", "mos", "tir", "vul", "dap") for b in "aeiou" for c in ("n", "st", "rk", "l")
]


def made_up(seed: int) -> str:
    rng = random.Random(seed)
    sentences = [" ".join(rng.choices(WORDS, k=14)).capitalize() + "." for _ in range(9)]
    return "\n\n".join(sentences)


def test_of_two_thousand_stories_only_the_right_ones_are_compared(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.transaction():
        for number in range(2000):
            store.save_story(story(f"story-{number}", made_up(number)), T)
    reads = lookup.Lookup(store)
    store.begin_lookup(lookup.LABEL, lookup.ENCODER)
    ids = store.stories_to_index()
    for text_id, keys in reads.keys_of_story_texts(store.texts_to_index(ids)):
        store.index_story_text(text_id, keys.fingerprints, keys.signals, keys.latin)
    for story_id in ids:
        one = store.story(story_id)
        store.index_story(one, "digest", candidates.story_pointers(one))
    compared: list[str] = []
    original = lookup.match_all

    def counting(page: PageText, stories: list[Story], **more: Any) -> Any:
        compared.extend(one.slug for one in stories)
        return original(page, stories, **more)

    monkeypatch.setattr(lookup, "match_all", counting)
    reads.refresh(1)
    for number in (17, 1444):
        page = PageText("https://a.example/", "\n\n".join(paragraphs(made_up(number))[2:7]), "en")
        assert [store.story(one).slug for one in reads.find(page).stories] == [f"story-{number}"]
    add(store, "https://a.example/long", made_up(321) + "\n\n" + made_up(1999))
    add(store, "https://a.example/nothing", UNRELATED)
    run(store)  # reads the pages; its workers are other processes
    for (version_id,) in rows(store, "SELECT id FROM version ORDER BY id"):
        reads.compare(version_id)
    assert sorted(compared) == ["story-1999", "story-321"]


# --- upgrades and interruptions ------------------------------------------------------------------------------------


def test_under_a_new_label_everything_is_compared_again(store: Store) -> None:
    add(store, "https://a.example/flood", EDITED)
    store.save_story(story(), T)
    run(store)
    with sqlite3.connect(store.path) as connection:  # as if an older matcher had found it, and one thing more
        connection.execute("UPDATE lookup SET label = 'older' WHERE part = 'matcher'")
        connection.execute("UPDATE match SET label = 'older', kind = 'related'")
    assert run(store).matched == 1
    assert found(store) == {("harbour", "a.example/flood", "copy")}
    assert run(store).matched == 0


def test_a_match_in_doubt_is_made_anew(store: Store) -> None:
    add(store, "https://a.example/flood", EDITED)
    store.save_story(story(), T)
    run(store)
    page_id = rows(store, "SELECT page_id FROM version")[0][0]
    assert store.doubt_matches([page_id]) == 1
    assert run(store).matched == 1
    assert rows(store, "SELECT count(*) FROM match WHERE label = ''") == [(0,)]


class Killed(BaseException):
    """As if the process had ended here."""


STEPS = ("begin_lookup", "index_story_text", "index_story", "add_story_vectors", "set_compared", "set_searched")


@pytest.mark.parametrize("step", STEPS)
def test_a_run_killed_at_any_step_goes_on(store: Store, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    add(store, "https://a.example/flood", EDITED)
    add(store, "https://ru.example/gavan", RUSSIAN, "ru")
    store.save_story(story("bats", UNRELATED), T)
    if step == "set_searched":  # only a story that comes later searches
        run(store)
    store.save_story(story(), T)
    for after in (False, True):
        with monkeypatch.context() as patch:
            original = getattr(Store, step)

            def killed(self: Store, *arguments: Any, _original: Any = original, _after: bool = after) -> None:
                if _after:
                    _original(self, *arguments)
                raise Killed

            patch.setattr(Store, step, killed)
            try:
                run(store)
            except Killed:
                continue
            assert step in ("begin_lookup", "index_story_text", "index_story"), f"{step} was never reached"
    run(store)
    kinds = {url: kind for slug, url, kind in found(store) if slug == "harbour"}
    assert kinds == {"a.example/flood": "copy", "ru.example/gavan": "translation"}
    assert run(store).matched == 0


def test_what_comes_one_by_one_is_what_comes_at_once(store: Store, tmp_path: Path) -> None:
    pages = [
        ("https://a.example/flood", EDITED, "en"),
        ("https://nl.example/haven", DUTCH, "nl"),
        ("https://b.example/bats", UNRELATED, "en"),
    ]
    for url, text, language in pages:
        add(store, url, text, language)
        run(store)
    for slug, text in (("harbour", ENGLISH), ("bats", UNRELATED)):
        store.save_story(story(slug, text), T)
        run(store)
    with Store(tmp_path / "at_once.db") as at_once:
        for url, text, language in pages:
            add(at_once, url, text, language)
        for slug, text in (("harbour", ENGLISH), ("bats", UNRELATED)):
            at_once.save_story(story(slug, text), T)
        run(at_once)
        sql = "SELECT story, url, kind, similarity, coverage_story, explanation FROM matches ORDER BY 1, 2"
        assert rows(store, sql) == rows(at_once, sql)


def test_a_stop_between_two_batches_is_gone_on_from(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    monkeypatch.setattr(process, "MATCH_BATCH", 1)
    for number in range(4):
        add(store, f"https://a.example/{number}", EDITED)
    store.save_story(story("bats", UNRELATED), T)
    run(store)
    store.save_story(story(), T)
    stop = threading.Event()
    done = process.match_story(
        store.path, "harbour", now=lambda: T, workers=1, stop=stop, progress=lambda summary, left: stop.set()
    )
    assert done.stopped
    left = rows(store, "SELECT up_to, done FROM story_index WHERE story_id = 2")
    assert left[0][0] >= 1
    run(store)
    assert len(found(store)) == 4
    assert rows(store, "SELECT done FROM story_index WHERE story_id = 2") == [(1,)]


# --- the command ----------------------------------------------------------------------------------------------------


def test_match_says_what_is_missing(store: Store) -> None:
    store.save_story(Story("bare", "Without a text"), T)
    with pytest.raises(ConfigError, match="no story 'absent'"):
        match(store, "absent")
    with pytest.raises(ConfigError, match="no text to compare"):
        match(store, "bare")
    store.save_story(story(), T)
    add(store, "https://a.example/flood", EDITED)
    assert "1 captures were not read yet. Next: afterprint process" in match(store, "harbour")
    assert '"unread": 1' in match(store, "harbour", as_json=True)


# --- the parts ------------------------------------------------------------------------------------------------------


def test_fingerprints_of_a_page_are_those_of_a_story_and_fit_into_sqlite() -> None:
    page, text = candidates.page_keys(Reading(EDITED)), candidates.story_keys(Reading(ENGLISH))
    assert len(set(page.fingerprints) & set(text.fingerprints)) > 20
    assert all(-(1 << 63) <= value < 1 << 63 for value in (*page.fingerprints, *page.signals, *text.signals))
    assert set(text.signals) <= set(candidates.page_keys(Reading(ENGLISH)).signals)


@pytest.mark.parametrize("text", ["", "One.", "Two words.", "三つの言葉", "?!"])
def test_short_texts_are_looked_up_by_what_they_have(text: str) -> None:
    keys = candidates.page_keys(Reading(text))
    assert candidates.story_keys(Reading(text)).fingerprints == keys.fingerprints
    assert len(keys.fingerprints) <= 1


def test_pointers_of_a_page_meet_those_of_the_story() -> None:
    target = story(urls=("https://www.coast.example/en/article/zq7k2p/harbour",), short_ids=("zq7k2p",))
    pointers = candidates.story_pointers(target)
    for url in ("http://coast.example/en/article/zq7k2p/harbour?ref=x", "https://m.coast.example/nl/article/zq7k2p/"):
        assert pointers & candidates.page_pointers(PageText("https://a.example/", "", links=(Link(url, "x"),)))
    assert not pointers & candidates.page_pointers(PageText("https://a.example/harbour", ""))


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    weights = candidates.signal_weights([[1], [1, 2, *range(10, 90)], [2, *range(10, 90)]], 100)
    assert weights[1] > weights[2] > 0
    assert candidates.heaviest(weights, 1) == [1]
    assert not candidates.stands_out({})
    assert candidates.stands_out({1: 12.0, 2: 3.0, 3: 3.0, 4: 3.0, 5: 3.0})
    assert not candidates.stands_out({1: 12.0, 2: 11.0, 3: 11.0, 4: 11.0, 5: 11.0})


def test_the_nearest_sentence_is_found_in_its_group() -> None:
    sentences = [sentence for text in (DUTCH, UNRELATED, QUOTED_PAGE) for sentence in paragraphs(text)]
    vectors = encode(sentences)
    stored = sorted(zip(candidates.stored_sentences(vectors), range(len(sentences)), strict=True))
    index = candidates.SentenceIndex(len(sentences))
    index.add(
        [number for _, number in stored],
        [one.pivot for one, _ in stored],
        [one.level for one, _ in stored],
        [one.vector for one, _ in stored],
    )
    asked = Reading(paragraphs(ENGLISH)[5])
    nearest = index.nearest(asked.vectors, asked.levels)
    assert sentences[nearest[0]].startswith("Wat wel te lezen valt")
    assert index.nearest(asked.vectors[:0], asked.levels[:0]) == []
    assert candidates.SentenceIndex(0).nearest(asked.vectors, asked.levels) == []


def test_stored_vectors_are_those_of_the_encoder() -> None:
    vectors = encode(["The wall was built in 1988.", "Nobody believed it."])
    assert np.array_equal(candidates.from_blobs([candidates.to_blob(vector) for vector in vectors]), vectors)
    assert abs(float(np.linalg.norm(candidates.document_vector(vectors))) - 1) < 1e-5


def test_a_formula_in_many_stories_makes_no_candidate(store: Store) -> None:
    formula = (
        "Sign up for the morning letter of our newsroom and get the best stories of the day for free before breakfast."
    )
    for number in range(30):
        store.save_story(story(f"story-{number}", f"{made_up(number)}\n\n{formula}"), T)
    reads = Lookup(store)
    store.begin_lookup(lookup.LABEL, lookup.ENCODER)
    for text_id, keys in reads.keys_of_story_texts(store.texts_to_index(store.stories_to_index())):
        store.index_story_text(text_id, keys.fingerprints, keys.signals, keys.latin)
    reads.refresh(1)
    assert reads.find(PageText("https://a.example/", f"{UNRELATED}\n\n{formula}", "en")).stories == ()
