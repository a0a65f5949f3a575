"""Where a verdict is easily wrong: forms filled in again, quotations, glued labels, languages nobody reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.match import match, match_all
from archive.match.decide import Figures, decide, is_worded
from archive.match.passages import own_words
from archive.match.reading import Reading
from archive.match.rivals import NO_RIVALS, rivalry
from archive.match.semantic import align
from archive.match.subject import NO_SUBJECT, Subject, compared
from archive.types import COPY_KINDS, Markup, Match, PageText, Story, StoryText
from tests.archive import matching_texts as texts

ORIGINAL = "https://www.waterkant.example/en/article/k3x9pq/the-harbour-that-drowned-twice"


def told(text: str, slug: str = "harbour", language: str = "en", **more: object) -> Story:
    return Story(slug, "", texts=(StoryText(text, language, "original", "file:x", id=1),), **more)  # type: ignore[arg-type]


def page(text: str, **more: object) -> PageText:
    return PageText("https://paper.example/2020/1", text, **more)  # type: ignore[arg-type]


def shown(found: Match, text: str) -> str:
    """What of the page the first passage holds."""
    return text[found.passages[0].page_start : found.passages[0].page_end]


# --- rivals ------------------------------------------------------------------------------------------------

SPRING = ("4.1", "Eider", "12 March 2021", 37, "the lighthouses of Satama and the ferry routes to Ostholm")
AUTUMN = ("4.2", "Gannet", "30 October 2021", 52, "the sandbanks before Lindhavn and the pilot stations of Kivela")


def test_of_two_forms_the_one_that_was_filled_in_is_translated() -> None:
    spring, autumn = told(texts.release(*SPRING), "spring"), told(texts.release(*AUTUMN), "autumn")
    of_spring, of_autumn = match_all(page(texts.release_in_dutch(*AUTUMN)), [spring, autumn], thorough=True)
    assert of_autumn.kind == "translation"
    assert of_spring.evidence["nearer_to_rivals"] > of_autumn.evidence["nearer_to_rivals"]  # type: ignore[operator]
    assert of_spring.kind not in COPY_KINDS


def test_a_form_filled_in_anew_is_a_rival_and_the_same_story_twice_is_none() -> None:
    first, other = Reading(texts.release(*SPRING), "en"), Reading(texts.release(*AUTUMN), "en")
    translated = Reading(texts.release_in_dutch(*SPRING), "nl")
    links = align(first, translated).links
    assert rivalry(first, translated, links, [other]).rivals == 1
    assert rivalry(first, translated, links, [first]) == NO_RIVALS
    assert rivalry(first, translated, links, [Reading(texts.release(*SPRING), "en")]) == NO_RIVALS


def test_a_passage_that_another_story_offers_better_is_said_to_be_nearer_to_it() -> None:
    borrowed = texts.paragraphs(texts.DUTCH)[3]
    host = "\n\n".join([*texts.DUTCH_HOST[:3], borrowed, *texts.DUTCH_HOST[3:]])
    retold = told(texts.RELATED, "vote")
    of_harbour, of_vote = match_all(page(host), [told(texts.ENGLISH), retold], thorough=True)
    assert of_harbour.kind == "translated_excerpt"
    assert of_harbour.evidence["nearer_to_rivals"] == 0
    assert of_vote.kind not in COPY_KINDS


# --- quotations --------------------------------------------------------------------------------------------


def story_with(passage: str) -> Story:
    parts = texts.paragraphs(texts.ENGLISH)
    return told("\n\n".join([*parts[:4], passage, *parts[4:]]))


def dutch_page_with(passage: str) -> str:
    return "\n\n".join([*texts.DUTCH_HOST[:3], passage, *texts.DUTCH_HOST[3:]])


def test_a_translated_excerpt_that_is_mostly_quotation_is_one_if_its_frame_is_taken_too() -> None:
    text = dutch_page_with(texts.LED_UP_IN_DUTCH)
    found = match(page(text), story_with(texts.LED_UP), thorough=True)
    assert found.kind == "translated_excerpt"
    assert found.evidence["quote_share"] >= 0.9  # type: ignore[operator]
    assert "sporthal" in shown(found, text)


def test_the_same_speech_in_two_reports_is_a_quotation_only() -> None:
    found = match(page(dutch_page_with(texts.SPEECH_IN_DUTCH)), story_with(texts.SPEECH), thorough=True)
    assert found.kind == "quotes_only"


@pytest.mark.parametrize(
    ("story", "said", "language", "least", "most"),
    [
        (texts.LED_UP, texts.LED_UP_IN_DUTCH, "nl", 10, 20),
        (texts.SPEECH, texts.SPEECH_IN_DUTCH, "nl", 0, 0),
        (texts.LED_UP, texts.SPEECH_IN_DUTCH, "nl", 0, 0),
        (texts.LED_UP, texts.LED_UP, "en", 10, 20),
        (f"{texts.SPEECH} So he spoke on Monday.", f"To laughter he cried: {texts.SPEECH}", "en", 0, 1),
    ],
    ids=["framed alike", "bare", "framed once", "word for word", "framed otherwise"],
)
def test_words_around_a_quotation_count_as_far_as_both_have_them(
    story: str, said: str, language: str, least: int, most: int
) -> None:
    a, b = Reading(story, "en"), Reading(said, language)
    assert least <= own_words(a, b, align(a, b)) <= most


# --- what is glued to the text ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "label",
    ["Artikel teilen", "Anzeige", "Lesen Sie auch:", "Von Jana Reuter | Aktualisiert: 14:05", "Zum Inhalt springen"],
)
def test_a_label_before_the_first_sentence_is_not_part_of_the_passage(label: str) -> None:
    text = label + " " + texts.GERMAN.split("\n\n", 1)[1]
    found = match(page(text), told(texts.ENGLISH.split("\n\n", 1)[1]))
    assert found.kind == "translation"
    assert shown(found, text).startswith("Als der Sturm")


def test_a_headline_glued_to_the_first_sentence_is_not_part_of_the_passage() -> None:
    headline = "Ratlose Gesichter an der Küste und viele offene Fragen nach dem Bericht aus Satama "
    text = headline + texts.GERMAN.split("\n\n", 1)[1]
    found = match(page(text), told(texts.ENGLISH.split("\n\n", 1)[1]))
    assert found.kind == "translation"
    assert shown(found, text).startswith("Als der Sturm")


def test_a_long_first_sentence_is_kept_whole() -> None:
    text = texts.DUTCH.split("\n\n", 1)[1]
    found = match(page(text), told(texts.ENGLISH.split("\n\n", 1)[1]))
    assert shown(found, text).startswith("Toen de storm")


# --- languages that the encoder does not know ---------------------------------------------------------------------


def test_a_language_that_the_encoder_does_not_know_is_judged_by_what_survives_translation() -> None:
    found = match(page(texts.FINNISH, language="fi"), told(texts.ENGLISH), thorough=True)
    assert found.kind == "related"
    assert found.evidence["language_known_to_encoder"] is False
    assert "the encoder does not know" in found.explanation
    assert "semantic" not in found.evidence["steps"]  # type: ignore[operator]


def test_with_credit_and_pointer_such_a_page_is_a_translation() -> None:
    text = texts.FINNISH + "\nTämä artikkeli julkaistiin alun perin: originally published by Waterkant.\n"
    parts = texts.paragraphs(texts.ENGLISH)
    story = told("\n\n".join(parts[:6]), outlet="Waterkant", urls=(ORIGINAL,))
    found = match(page(text, language="fi", markup=Markup(canonical=ORIGINAL)), story, thorough=True)
    assert found.kind == "translation"
    assert "alone" in found.explanation
    assert "the encoder does not know" in found.explanation
    assert "address" in found.evidence["fallback"]["taken_over"]  # type: ignore[index]
    assert "% of the story" not in found.explanation
    assert match(page(texts.FINNISH, language="fi"), story, thorough=True).kind != "translation"


def test_an_unknown_language_without_signs_is_unrelated() -> None:
    text = "Lumi sulaa hitaasti, ja koirat haukkuvat pihalla. Kukaan ei tiedä, milloin kevät tulee tänä vuonna. " * 3
    found = match(page(text, language="fi"), told(texts.ENGLISH), thorough=True)
    assert found.kind == "unrelated"
    assert "the encoder does not know" in found.explanation


# --- word for word for the most part ---------------------------------------------------------------------------


WORDED = Figures(
    same_language=True, coverage_story=0.8, coverage_page=0.7, similarity=0.8, by_meaning=True, equal_words=80,
    worded_story=0.5, story_words=200, page_words=220, story_sentences=12, page_sentences=13
)  # fmt: skip


def test_two_texts_that_are_the_same_for_the_most_part_are_claimed_whatever_the_models_say() -> None:
    assert is_worded(WORDED)
    assert decide(WORDED).kind in COPY_KINDS


@pytest.mark.parametrize(
    "other",
    [
        {"equal_words": 29},
        {"worded_story": 0.39},
        {"coverage_page": 0.59},
        {"quote_share": 0.5},
        {"mostly_furniture": True},
        {"same_language": False},
    ],
    ids=lambda other: next(iter(other)),
)
def test_each_condition_counts(other: dict[str, object]) -> None:
    assert not is_worded(replace(WORDED, **other))  # type: ignore[arg-type]


def test_a_page_of_nothing_but_consent_says_so() -> None:
    wall = (
        "Please confirm that you are human.\nWe use cookies and other techniques to improve your experience.\n"
        "Select “I am not a robot” to go on to the page that you asked for.\nYour IP address is shown below.\n"
    )
    assert Reading(wall, "en").mostly_furniture
    assert not Reading(texts.ENGLISH, "en").mostly_furniture


# --- about the same ----------------------------------------------------------------------------------------------


def test_every_sign_is_higher_between_two_reports_of_one_event() -> None:
    story = Reading(texts.ENGLISH, "en")
    near, far = (compared(story, Reading(text, "en")) for text in (texts.RELATED, texts.UNRELATED))
    for sign in (
        "document",
        "document_excess",
        "centred",
        "specific",
        "best_pairs",
        "counterparts",
        "names",
        "main_names",
    ):
        assert getattr(near, sign) > getattr(far, sign), sign


def test_a_text_is_about_what_it_is_about() -> None:
    itself = compared(Reading(texts.ENGLISH, "en"), Reading(texts.ENGLISH, "en"))
    for sign in ("document", "centred", "specific", "best_pairs", "openings", "leads", "names", "main_names"):
        assert getattr(itself, sign) == pytest.approx(1, abs=0.01), sign


def test_an_empty_text_is_about_nothing() -> None:
    assert compared(Reading(""), Reading(texts.ENGLISH)) == NO_SUBJECT


def test_the_same_people_and_places_are_one_subject() -> None:
    named = Figures(False, 0, 0, 0, by_meaning=True, latin=True, subject=Subject(names=0.6, main_names=0.5))
    assert decide(named).kind == "related"
    other = Figures(False, 0, 0, 0, by_meaning=True, latin=True, subject=Subject(names=0.2, main_names=0.1))
    assert decide(other).kind == "unrelated"
