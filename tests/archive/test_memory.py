"""An outlet's own lines: learned from its pages, never from an article at several addresses, and told again later."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.match.credit import find_credits
from archive.match.reading import Reading
from archive.memory import (
    LEAST_PAGES,
    MOST_PAGES,
    Line,
    PageLines,
    learn,
    lines,
    only_outlet_lines_differ,
    repeated,
    without,
)
from archive.process import process
from archive.store import Store
from archive.text import Span
from archive.types import Capture, Story, StoryText
from crawler.newsroom import ferry

AT = datetime(2026, 3, 10, 8, tzinfo=UTC)

BOX = "Sign up here for the Harbour letter, every morning in your inbox before the first ferry leaves."
TEASER = "Seven recipes for smoked herring"
CREDIT = "This article originally appeared on Motherboard."


def article(seed: int, paragraphs: int = 6) -> list[str]:
    """Paragraphs of invented words: any two seeds share none."""
    rng = random.Random(seed)
    letters = "bcdfghklmnprstvw"

    def word() -> str:
        return "".join(rng.choice(letters) + rng.choice("aeiou") for _ in range(rng.randint(2, 4)))

    return [" ".join(word() for _ in range(30)).capitalize() + "." for _ in range(paragraphs)]


def learned_from(texts: list[str], **options: Any) -> frozenset[int]:
    pages = {number: PageLines.of(text) for number, text in enumerate(texts)}
    carriers: dict[int, set[int]] = {}
    for number, page in pages.items():
        for key in page.words:
            carriers.setdefault(key, set()).add(number)
    return learn(carriers, pages, **options)


def furniture(text: str, texts: list[str], own: tuple[str, ...] = ()) -> list[str]:
    return [span.of(text) for span in repeated(text, learned_from(texts), own=own)]


def with_box(seed: int) -> str:
    first, *rest = article(seed)
    return "\n".join([first, BOX, *rest, TEASER])


# --- keys ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3 comments", "1,203 comments"),
        ("Updated at 09:15 on 3 March", "Updated at 17:40 on 12 March"),
        ("“More” — from the DESK", '"more" - from the desk'),
        ("| Home | News |", "Home  News"),
        ("Straße", "STRASSE"),
    ],
)
def test_lines_that_say_the_same_have_one_key(one: str, other: str) -> None:
    assert [line.key for line in lines(one)] == [line.key for line in lines(other)]


def test_figures_alone_and_answers_are_no_lines() -> None:
    assert lines("2013-04-11\n| | |\nNo.\nYes, indeed!\nはい。") == []
    assert [line.words for line in lines("Comments\nVideos by VICE")] == [1, 3]


def test_keys_are_the_same_in_every_process() -> None:
    assert [line.key for line in lines("Videos by VICE")] == [8052077971276356340]


@given(st.lists(st.text(alphabet="ab12 .\u0e01\u4e2d", max_size=12), max_size=20))
def test_lines_stand_where_they_say(parts: list[str]) -> None:
    text = "\n".join(parts)
    found = lines(text)
    assert all("\n" not in line.span.of(text) for line in found)
    assert [line.span for line in found] == sorted(line.span for line in found)
    assert PageLines.from_bytes(PageLines.of(text).to_bytes()) == PageLines.of(text)


# --- learning ----------------------------------------------------------------------------------------


def test_what_stands_on_four_articles_is_the_outlets() -> None:
    texts = [with_box(seed) for seed in range(LEAST_PAGES)]
    assert furniture(texts[0], texts) == [BOX, TEASER]
    assert furniture(texts[0], texts[:-1]) == []


def test_neighbours_are_one_span_with_the_figures_between() -> None:
    texts = ["\n".join([*article(seed), BOX, f"{seed}.", TEASER]) for seed in range(4)]
    assert furniture(texts[0], texts) == [f"{BOX}\n0.\n{TEASER}"]


def edited(text: str, seed: int) -> str:
    """*text* with two of its paragraphs written anew, as desks of editions do."""
    rng = random.Random(seed)
    parts = text.split("\n")
    for place, fresh in zip(rng.sample(range(len(parts)), 2), article(1000 + seed, 2), strict=True):
        parts[place] = fresh
    return "\n".join(parts)


@pytest.mark.parametrize("copies", [4, 30])
def test_one_article_at_many_addresses_is_no_furniture(copies: int) -> None:
    original = "\n".join(article(1, 10))
    assert learned_from([original] * copies) == frozenset()
    assert learned_from([edited(original, seed) for seed in range(copies)]) == frozenset()


def test_the_abridged_editions_of_an_article_are_the_article() -> None:
    paragraphs = article(1, 12)
    assert learned_from(["\n".join(paragraphs[:length]) for length in (12, 9, 6, 4, 2)]) == frozenset()


def test_boxes_are_learned_among_duplicates() -> None:
    original = with_box(1)
    texts = [original, edited(original, 1), original, *(with_box(seed) for seed in (2, 3, 4))]
    assert set(furniture(original, texts)) == {BOX, TEASER}
    assert furniture(original, texts[:-1]) == []  # three articles, on five pages


def test_short_reports_between_long_boxes_are_told_apart() -> None:
    boxes = article(99, 8)
    texts = ["\n".join([*boxes[:4], *article(seed, 3), *boxes[4:]]) for seed in range(4)]
    everywhere = ["\n".join([*boxes, *article(seed, 20)]) for seed in range(10, 14)]
    assert learned_from(texts) == frozenset()  # by these alone, they may be one article
    assert len(learned_from(texts + everywhere)) == len(boxes)
    section = "A box that stands in the section of these short reports only, and on no other page"
    texts = [f"{text}\n{section}" for text in texts]
    assert section in furniture(texts[0], texts + everywhere)[-1]


def test_pages_that_are_nothing_but_the_line_show_no_article() -> None:
    wall = "You have read all your free articles of this month, please register to go on reading"
    assert learned_from([wall] * 9) == frozenset()


def test_a_headline_is_a_teaser_elsewhere_and_the_article_here() -> None:
    texts = [with_box(seed) for seed in range(4)]
    assert furniture(texts[0], texts, own=(TEASER,)) == [BOX]


def test_a_sentence_repeated_inside_a_paragraph_is_the_articles() -> None:
    said = "The ministry did not answer our questions before this article was printed."
    texts = ["\n".join([f"{part} {said}" for part in article(seed)]) for seed in range(6)]
    assert learned_from(texts) == frozenset()


def test_the_article_without_its_boxes() -> None:
    texts = [with_box(seed) for seed in range(4)]
    spans = repeated(texts[2], learned_from(texts))
    assert without(texts[2], spans) == "\n".join(article(2))
    assert without(texts[2], ()) == texts[2]


def test_a_change_of_nothing_but_boxes_is_no_edit() -> None:
    learned = learned_from([f"{with_box(seed)}\n{CREDIT}" for seed in range(4)])
    text = "\n".join(article(1))
    boxed = f"{with_box(1)}\n{CREDIT}"
    assert only_outlet_lines_differ(with_box(1), text, learned) == (BOX, TEASER)
    assert only_outlet_lines_differ(with_box(1), with_box(1), learned) == ()
    assert only_outlet_lines_differ(with_box(1), text + " More.", learned) is None
    assert only_outlet_lines_differ(with_box(1), text, frozenset()) is None
    assert only_outlet_lines_differ(boxed, with_box(1), learned) == (CREDIT,)
    assert only_outlet_lines_differ(boxed, with_box(1), learned, own=(CREDIT,)) is None  # a credit taken away is one


# --- what the matcher makes of it --------------------------------------------------------------------------


def test_the_outlets_lines_are_left_out_of_every_count() -> None:
    text = with_box(1)
    reading = Reading(text, "en", [Span(text.index(BOX), text.index(BOX) + len(BOX))])
    left_out = [s.of(text) for s, flag in zip(reading.sentences, reading.furniture, strict=True) if flag]
    assert left_out == [BOX]


def test_a_page_of_nothing_else_counts_nothing() -> None:
    text = "\n".join(article(1))
    assert Reading(text, "en", [Span(0, len(text))]).counted_words == 0


def test_a_credit_line_that_recurs_stays_a_credit() -> None:
    texts = ["\n".join([*article(seed), CREDIT]) for seed in range(5)]
    text = texts[0]
    spans = repeated(text, learned_from(texts))
    assert [span.of(text) for span in spans] == [CREDIT]
    reading = Reading(text, "en", spans)
    assert [c.text for c in find_credits(text, ("Motherboard",), reading.credit_candidates)] == [CREDIT]


# --- in the archive -------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "archive.db") as opened:
        yield opened


def add(store: Store, url: str, text: str, title: str = "", hour: int = 8) -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n"))
    at = AT.replace(hour=hour)
    page = (
        f"<html lang=en><title>{title or text[:40]}</title><body><article><h1>{title or text[:40]}</h1>{body}</article>"
    )
    headers = (("content-type", "text/html"),)
    store.add_capture(
        Capture(
            url=url,
            purpose="page",
            started_at=at,
            finished_at=at,
            final_url=url,
            status=200,
            body=page.encode(),
            headers=headers,
        )
    )


def run(store: Store) -> None:
    process(store.path, now=lambda: AT, workers=1)


def remembered(store: Store) -> list[tuple[Any, ...]]:
    return [
        tuple(row)
        for table in ("outlet_line", "page_lines")
        for row in store._all(f"SELECT * FROM {table} ORDER BY 1, 2")
    ]


def repeated_on(store: Store, url: str) -> list[str]:
    page = store.page_text(store.versions_of_url(url)[-1]["id"])
    return [span.of(page.text) for span in page.repeated]


def test_pages_of_one_outlet_teach_and_others_do_not(store: Store) -> None:
    for seed in range(4):
        add(store, f"https://www.courier.example/{seed}", with_box(seed))
    for seed in range(4, 7):
        add(store, f"https://gazette.example/{seed}", with_box(seed))
    run(store)
    assert repeated_on(store, "https://www.courier.example/1") == [BOX, TEASER]
    assert repeated_on(store, "https://gazette.example/5") == []


def test_versions_of_a_page_and_repeated_processing_count_once(store: Store) -> None:
    for hour in range(6):
        add(store, "https://courier.example/1", with_box(hour), title="One page", hour=hour)
    for seed in (7, 8):
        add(store, f"https://courier.example/{seed}", with_box(seed))
    run(store)
    assert repeated_on(store, "https://courier.example/7") == []
    before = remembered(store)
    store.clear_derived()
    assert remembered(store) == []
    run(store)
    assert remembered(store) == before
    page_id = store.versions_of_url("https://courier.example/7")[0]["page_id"]
    extractor = store._value("SELECT label FROM extraction LIMIT 1")
    assert store.remember_lines(page_id, extractor, with_box(7)) == frozenset()
    assert remembered(store) == before


def test_another_extractor_reads_anew(store: Store) -> None:
    add(store, "https://courier.example/1", with_box(1))
    run(store)
    page_id = store.versions_of_url("https://courier.example/1")[0]["page_id"]
    store.remember_lines(page_id, "another", "\n".join(article(2, 3)))
    assert store._value("SELECT count(*) FROM outlet_line") == 3
    with store.transaction():
        store._run("UPDATE page_lines SET label = 'older way of counting'")
    run(store)  # nothing is to be read, but the lines are to be noted
    assert {line.key for line in lines(with_box(1))} <= {row[0] for row in store._all("SELECT line FROM outlet_line")}


def test_growth_is_bounded(store: Store) -> None:
    for seed in range(MOST_PAGES + 5):
        add(store, f"https://courier.example/{seed}", "\n".join([*article(seed, 2), BOX]))
    run(store)
    key = lines(BOX)[0].key
    assert store._value("SELECT count(*) FROM outlet_line WHERE line = ?", (key,)) == MOST_PAGES
    assert repeated_on(store, f"https://courier.example/{MOST_PAGES + 4}") == [BOX]


def test_matches_made_too_early_are_made_again(store: Store) -> None:
    """The first pages of an outlet are matched before its lines are known."""
    shared = article(50, 3)
    store.save_story(
        Story("s", "S", texts=(StoryText("\n".join([*article(51), *shared]), "en", "original", "file:s.txt"),)), AT
    )
    for seed in range(3):
        add(store, f"https://courier.example/{seed}", "\n".join([*article(seed, 12), *shared]))
    run(store)
    first = {row["id"]: row["kind"] for row in store._all("SELECT id, kind FROM match")}
    assert set(first.values()) == {"excerpt"}
    add(store, "https://courier.example/3", "\n".join([*article(3, 12), *shared]))
    run(store)
    again = {row["id"]: row["kind"] for row in store._all("SELECT id, kind FROM match")}
    assert not first.keys() & again.keys()


def test_one_story_in_five_editions_of_an_outlet_stays_found(store: Store) -> None:
    paragraphs = ferry.ENGLISH.split("\n\n")
    store.save_story(Story("f", "Ferry", texts=(StoryText(ferry.ENGLISH, "en", "original", "file:f.txt"),)), AT)
    for edition in ("en_us", "en_uk", "en_ca", "en_au", "en_in"):
        add(store, f"https://vice.example/{edition}/article/qjkq9w", "\n".join(paragraphs), title=f"Ferry {edition}")
    run(store)
    assert {row["kind"] for row in store._all("SELECT kind FROM match")} == {"copy"}
    assert repeated_on(store, "https://vice.example/en_us/article/qjkq9w") == []


def test_a_line_knows_its_place() -> None:
    assert lines("Videos by VICE") == [Line(lines("Videos by VICE")[0].key, 3, Span(0, 14))]
