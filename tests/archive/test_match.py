"""What a page is to a story, told with invented texts in three languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.match import LABEL, lexical, match, match_all, prepare
from archive.match.fingerprint import shared, shingles, winnow
from archive.match.pointers import address
from archive.match.reading import Reading, figures_in
from archive.types import COPY_KINDS, Link, Markup, Match, MatchKind, PageText, Story, StoryText
from tests.archive import matching_texts as texts

ORIGINAL = "https://www.waterkant.example/en/article/k3x9pq/the-harbour-that-drowned-twice"


def story(*languages: str, allowed: tuple[str, ...] = ()) -> Story:
    bodies = {"en": texts.ENGLISH, "nl": texts.DUTCH, "de": texts.GERMAN}
    return Story(
        slug="harbour",
        title="The harbour that drowned twice",
        outlet="Waterkant",
        aliases=("Waterkant Weekly",),
        urls=(ORIGINAL,),
        short_ids=("k3x9pq",),
        languages=allowed,
        texts=tuple(
            StoryText(bodies[x], x, "original", f"file:{x}.txt", id=n) for n, x in enumerate(languages, start=1)
        ),
    )


STORY = story("en")


def page(text: str, url: str = "https://paper.example/2020/1", **more: object) -> PageText:
    return PageText(url, text, **more)  # type: ignore[arg-type]


def assert_places_are_real(found: Match, page_text: str, story_text: str) -> None:
    for passage in found.passages:
        assert 0 <= passage.story_start < passage.story_end <= len(story_text)
        assert 0 <= passage.page_start < passage.page_end <= len(page_text)
        assert 0 <= passage.likeness <= 1
    assert 0 <= found.coverage_story <= 1
    assert 0 <= found.coverage_page <= 1
    assert 0 <= found.confidence <= 1
    json.dumps(dict(found.evidence))  # it is stored as JSON


# --- one language -----------------------------------------------------------------------------------------


def test_the_whole_text_is_a_copy() -> None:
    found = match(page(texts.ENGLISH), STORY)
    assert found.kind == "copy"
    assert found.coverage_story > 0.99
    assert found.coverage_page > 0.99
    assert found.story_text_id == 1
    assert found.label == LABEL
    (passage,) = found.passages
    assert (
        texts.ENGLISH[passage.story_start : passage.story_end] == texts.ENGLISH[passage.page_start : passage.page_end]
    )
    assert passage.likeness == 1


def test_a_copy_between_site_furniture_is_covered_as_if_alone() -> None:
    around = (
        "We use cookies to improve your experience.\nSign up for our newsletter\n"
        + texts.ENGLISH
        + "\nAll rights reserved.\nRelated stories\nTen ways to cook herring\nWhere to stay in Satama\nThe best beaches\n"
        "Ferries are late again\nWeather for the weekend\nShare this article\n"
    )
    found = match(page(around), STORY)
    assert found.kind == "copy"
    assert found.coverage_page > 0.95


def test_an_edited_copy_is_a_copy_with_its_edits_inside_the_passages() -> None:
    found = match(page(texts.EDITED), STORY)
    assert found.kind == "copy"
    assert found.coverage_story > 0.9
    assert found.similarity < 1
    assert_places_are_real(found, texts.EDITED, texts.ENGLISH)


def test_half_of_the_story_is_a_copy_if_it_is_most_of_the_page() -> None:
    parts = texts.paragraphs(texts.ENGLISH)
    short = "\n\n".join(parts[:2] + parts[3:5])
    found = match(page(short), STORY)
    assert found.kind == "copy"
    assert found.coverage_page > 0.95
    assert 0.25 <= found.coverage_story < 0.75


def test_a_paragraph_in_another_article_is_an_excerpt() -> None:
    borrowed = texts.paragraphs(texts.ENGLISH)[5]
    host = texts.UNRELATED + "\n" + borrowed + "\n"
    found = match(page(host), STORY)
    assert found.kind == "excerpt"
    (passage,) = found.passages
    assert host[passage.page_start : passage.page_end] in borrowed
    assert texts.ENGLISH[passage.story_start : passage.story_end] in borrowed
    assert passage.page_end - passage.page_start > 0.95 * len(borrowed)


def test_moved_paragraphs_are_still_covered() -> None:
    parts = texts.paragraphs(texts.ENGLISH)
    moved = "\n\n".join(parts[4:] + parts[:4])
    found = match(page(moved), STORY)
    assert found.kind == "copy"
    assert found.coverage_story > 0.95
    assert len(found.passages) >= 2


def test_the_same_in_other_words_is_a_rewrite() -> None:
    found = match(page(texts.REWRITTEN), STORY)
    assert found.kind == "rewrite"
    assert found.coverage_story > 0.7
    assert_places_are_real(found, texts.REWRITTEN, texts.ENGLISH)


def test_a_shared_quotation_is_no_copy() -> None:
    told = Story(slug="builder", title="", texts=(StoryText(texts.QUOTED_STORY, "en", "original", "file:x", id=1),))
    found = match(page(texts.QUOTED_PAGE), told)
    assert found.kind == "quotes_only"
    assert found.kind not in COPY_KINDS
    assert found.evidence["quote_share"] > 0.8  # type: ignore[operator]


def test_the_same_event_in_own_words_is_related() -> None:
    assert match(page(texts.RELATED), STORY).kind == "related"


def test_another_article_is_unrelated() -> None:
    found = match(page(texts.UNRELATED), STORY)
    assert found.kind == "unrelated"
    assert found.passages == ()
    assert found.coverage_story == found.coverage_page == found.similarity == 0


def test_furniture_alone_makes_no_copy() -> None:
    wall = (
        "We use cookies and other techniques to improve your experience and to show you relevant advertisements.\n"
        "You may not be reproduced without permission; all rights reserved by the publishers of this newspaper.\n"
        "Sign up for our daily newsletter and never miss a story from the newsroom that people trust the most.\n"
    )
    told = Story("a", "", texts=(StoryText(texts.UNRELATED + wall, "en", "original", "file:x", id=1),))
    assert match(page(texts.RELATED + wall), told).kind in ("unrelated", "related")


def test_lists_of_headlines_make_no_copy() -> None:
    menu = "\n" + "\n".join(f"Headline number {n} about something that happened in the town" for n in range(30)) + "\n"
    told = Story("a", "", texts=(StoryText(texts.UNRELATED + menu, "en", "original", "file:x", id=1),))
    assert match(page(texts.RELATED + menu), told).kind == "unrelated"


@pytest.mark.parametrize("text", ["", " \n", "x", "»", "“", "?!", "\u200b"])
def test_a_page_with_hardly_any_text(text: str) -> None:
    assert match(page(text), STORY).kind == "unrelated"


def test_a_story_without_a_text_can_still_be_mentioned() -> None:
    bare = Story("bare", "The harbour that drowned twice", urls=(ORIGINAL,))
    assert match(page(texts.UNRELATED), bare).kind == "unrelated"
    assert match(page(texts.UNRELATED, links=(Link(ORIGINAL, "here"),)), bare).kind == "mentions"


# --- other languages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nl", "de"])
def test_a_translation(language: str) -> None:
    translated = {"nl": texts.DUTCH, "de": texts.GERMAN}[language]
    found = match(page(translated), STORY)
    assert found.kind == "translation"
    assert found.coverage_story > 0.85
    assert found.coverage_page > 0.85
    assert found.evidence["page_language"] == language
    assert found.evidence["order_share"] == 1
    assert found.evidence["figures_agreeing"] == found.evidence["figures_compared"]
    assert_places_are_real(found, translated, texts.ENGLISH)


def test_an_abridged_translation() -> None:
    parts = texts.paragraphs(texts.DUTCH)
    short = "\n\n".join([parts[0], parts[1], parts[3], parts[6]])
    found = match(page(short), STORY)
    assert found.kind == "translation"
    assert found.coverage_page > 0.8
    assert found.coverage_story < 0.75


def test_a_translated_passage_in_another_article() -> None:
    host = "Waarom niemand de zee meer vertrouwt\n\n" + "\n\n".join(
        [
            "Vorige week vergaderde de gemeenteraad over de nieuwe parkeerplaatsen. Er waren meer ambtenaren dan bezoekers.",
            "De wethouder legde uit dat de tarieven omhoog moeten. Een enkele winkelier protesteerde, de rest zweeg.",
            texts.paragraphs(texts.DUTCH)[4],
            "Na de pauze ging het over de bibliotheek. Die krijgt langere openingstijden en een nieuw dak.",
            "Tot slot werd er getoast op de jubilaris, die veertig jaar notulen heeft gemaakt zonder een keer ziek te zijn.",
        ]
    )
    found = match(page(host), STORY)
    assert found.kind == "translated_excerpt"
    (passage,) = found.passages
    assert "Aalto" in host[passage.page_start : passage.page_end]
    assert "Aalto" in texts.ENGLISH[passage.story_start : passage.story_end]


def test_the_text_that_fits_best_is_named() -> None:
    both = story("en", "nl")
    found = match(page(texts.DUTCH), both)
    assert (found.kind, found.story_text_id) == ("copy", 2)
    found = match(page(texts.GERMAN), both)
    assert found.kind == "translation"


def test_only_languages_of_the_story_are_read_by_meaning() -> None:
    found = match(page(texts.GERMAN), story("en", allowed=("en", "nl")))
    assert found.kind == "unrelated"
    assert "semantic" not in found.evidence["steps"]  # type: ignore[operator]


def test_a_wrongly_declared_language_does_not_hide_a_copy() -> None:
    assert match(page(texts.ENGLISH, language="nl"), STORY).kind == "copy"
    assert match(page(texts.DUTCH, language="en"), STORY).kind == "translation"


# --- around the text -------------------------------------------------------------------------------------------


def test_a_credit_line_stands_beside_the_verdict() -> None:
    text = texts.DUTCH + "\nDit artikel verscheen oorspronkelijk op Waterkant.\n"
    found = match(page(text), STORY)
    assert found.kind == "translation"
    assert found.credit is not None
    assert found.credit.name == "Waterkant"
    assert text[found.credit.start : found.credit.end] == found.credit.text
    assert "credit line" in found.explanation
    assert found.confidence >= match(page(texts.DUTCH), STORY).confidence


def test_the_credit_of_another_article_is_no_mention() -> None:
    found = match(page(texts.UNRELATED + "\nThis article originally appeared on Waterkant.\n"), STORY)
    assert found.kind == "unrelated"
    assert found.credit is not None


@pytest.mark.parametrize(
    ("more", "signal"),
    [
        (
            {"links": (Link("http://waterkant.example/en/article/k3x9pq/the-harbour-that-drowned-twice?utm=1", "x"),)},
            "link",
        ),
        ({"links": (Link("https://www.waterkant.example/nl/article/k3x9pq/de-haven", "x"),)}, "link"),
        ({"markup": Markup(canonical=ORIGINAL)}, "canonical"),
        ({"markup": Markup(original_source=ORIGINAL + "/")}, "original_source"),
        ({"markup": Markup(alternates=(("en", ORIGINAL),))}, "hreflang"),
    ],
    ids=["link", "short id", "canonical", "original source", "hreflang"],
)
def test_what_points_to_the_story_is_a_mention(more: dict[str, object], signal: str) -> None:
    found = match(page(texts.UNRELATED, **more), STORY)
    assert found.kind == "mentions"
    assert signal in found.evidence["points_to_story"]  # type: ignore[operator]


def test_naming_the_title_is_a_mention() -> None:
    assert match(page(texts.UNRELATED + "\nSee also The Harbour That Drowned Twice.\n"), STORY).kind == "mentions"


def test_the_storys_own_page_says_so() -> None:
    found = match(page(texts.ENGLISH, url=ORIGINAL, markup=Markup(canonical=ORIGINAL)), STORY)
    assert found.kind == "copy"
    assert found.evidence["own_url"] is True
    assert "points_to_story" not in found.evidence


def test_the_home_page_of_the_outlet_is_no_pointer() -> None:
    told = Story("a", "", urls=("https://waterkant.example/",))
    assert match(page(texts.UNRELATED, links=(Link("https://waterkant.example/", "home"),)), told).kind == "unrelated"


@pytest.mark.parametrize(
    "url",
    [
        "http://www.paper.example/a/b/",
        "https://paper.example/a/b?utm_source=x#top",
        "https://m.paper.example/a/b/amp",
        "//amp.paper.example/a/b",
    ],
)
def test_addresses_of_one_page_compare_equal(url: str) -> None:
    assert address(url) == "paper.example/a/b"


# --- interfaces ------------------------------------------------------------------------------------------------


def test_many_stories_are_matched_in_order() -> None:
    other = Story("bats", "", texts=(StoryText(texts.UNRELATED, "en", "original", "file:b", id=9),))
    kinds: list[MatchKind] = [found.kind for found in match_all(page(texts.ENGLISH), [other, STORY])]
    assert kinds == ["unrelated", "copy"]


def test_a_story_is_prepared_once() -> None:
    assert prepare(story("en")) is prepare(story("en"))


def test_matching_is_repeatable() -> None:
    assert match(page(texts.GERMAN), STORY) == match(page(texts.GERMAN), STORY)


def test_figures_are_compared_by_their_digits() -> None:
    assert figures_in("6,152,524 and 6.152.524 and 6 152 524 in 05:30, 3 of 12") == {"6152524", "30", "12"}


def test_a_shared_passage_shares_a_winnowed_hash() -> None:
    borrowed = texts.paragraphs(texts.ENGLISH)[4]
    host = Reading(texts.UNRELATED + borrowed)
    assert winnow(host) & winnow(Reading(texts.ENGLISH))
    assert not winnow(Reading(texts.UNRELATED)) & winnow(Reading(texts.ENGLISH))
    assert shared(shingles(host), shingles(Reading(texts.ENGLISH))) > 30


# --- properties ---------------------------------------------------------------------------------------------------

SENTENCES = [s for text in (texts.ENGLISH, texts.UNRELATED, texts.RELATED) for s in text.replace("\n", " ").split(". ")]
ARTICLES = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=12).map(". ".join)


#: Sentences in one order: of two that changed places either may be called the moved one, and a mirror picks the other.
IN_ORDER = st.sets(st.integers(0, len(SENTENCES) - 1), min_size=1, max_size=12).map(
    lambda places: ". ".join(SENTENCES[place] for place in sorted(places))
)


@settings(max_examples=60, deadline=None)
@given(IN_ORDER, IN_ORDER)
def test_alignment_mirrors(one: str, other: str) -> None:
    a, b = Reading(one), Reading(other)
    there = {(p.a_start, p.a_end, p.b_start, p.b_end) for p in lexical.align(a, b).passages}
    back = {(p.b_start, p.b_end, p.a_start, p.a_end) for p in lexical.align(b, a).passages}
    assert there == back


@settings(max_examples=60, deadline=None)
@given(ARTICLES, ARTICLES)
def test_runs_are_equal_words_and_passages_do_not_overlap_on_the_page(one: str, other: str) -> None:
    a, b = Reading(one), Reading(other)
    end = 0
    for passage in lexical.align(a, b).passages:
        assert end <= passage.b_start < passage.b_end
        end = passage.b_end
        for run in passage.runs:
            assert a.words.folded[run.a : run.a + run.length] == b.words.folded[run.b : run.b + run.length]


# --- real pages ------------------------------------------------------------------------------------------------------


def reuse_pairs(shared_data: Path, kinds: dict[str, int]) -> list[tuple[dict[str, str], PageText, Story]]:
    """The first pairs of each kind, with their texts."""
    folder = shared_data / "reuse" / "dev"
    wanted: list[dict[str, str]] = []
    left = dict(kinds)
    with (folder / "pairs.jsonl").open(encoding="utf-8") as file:
        for line in file:
            pair = json.loads(line)
            if left.get(pair["kind"], 0) > 0:
                left[pair["kind"]] -= 1
                wanted.append(pair)
    ids = {pair[side] for pair in wanted for side in ("src", "cand")}
    docs = {}
    with (folder / "docs.jsonl").open(encoding="utf-8") as file:
        for line in file:
            if any(f'"{line_id}"' in line[:40] for line_id in (line.split('"', 4)[3],) if line_id in ids):
                doc = json.loads(line)
                docs[doc["id"]] = doc
    return [
        (
            pair,
            PageText("https://paper.example/" + pair["cand"], docs[pair["cand"]]["text"]),
            Story(pair["src"], "", texts=(StoryText(docs[pair["src"]]["text"], docs[pair["src"]]["lang"], "original", "x", id=1),)),
        )
        for pair in wanted
    ]  # fmt: skip


@pytest.mark.data
def test_real_reuse_is_found(shared_data: Path) -> None:
    pairs = reuse_pairs(
        shared_data, {"verbatim": 10, "edited": 10, "abridged": 10, "translation": 15, "translation_real": 15}
    )
    missed = [pair["pair"] for pair, seen, told in pairs if match(seen, told).kind not in COPY_KINDS]
    assert missed == []


@pytest.mark.data
def test_random_pages_are_never_claimed(shared_data: Path) -> None:
    for pair, seen, told in reuse_pairs(shared_data, {"random": 60}):
        found = match(seen, told)
        assert found.kind not in COPY_KINDS, (pair["pair"], found.explanation)


@pytest.mark.data
def test_the_dutch_motherboard_text_is_its_own_copy(shared_data: Path) -> None:
    text = (shared_data / "story" / "nl.txt").read_text(encoding="utf-8")
    told = Story(
        "motherboard",
        "Russia Needs to Learn to Lose Like America",
        outlet="Motherboard",
        aliases=("VICE",),
        short_ids=("qjkq9w",),
        texts=(StoryText(text, "nl", "translation", "file:nl.txt", id=1),),
    )
    found = match(page(text, url="https://www.vice.com/nl/article/qjkq9w/rusland"), told)
    assert found.kind == "copy"
    assert found.coverage_story > 0.97
    assert found.credit is not None
    assert found.credit.name == "Motherboard"
    assert found.evidence["short_id_in_url"] is True
