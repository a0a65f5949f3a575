"""Figures, dates and names between a text and its translation."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.collate_languages import Check, check, facts
from archive.types import SentenceLink

ENGLISH = (
    "On Tuesday the board met. It has refused to pay 4.2 million crowns for 212 plates since 14 March 2023. "
    "Tomas Reith wrote to Edvard Lange thirty-nine times."
)
DUTCH = (
    "Dinsdag kwam het bestuur bijeen. Het weigert sinds 14 maart 2023 om 4,2 miljoen kronen te betalen voor 212 platen. "
    "Tomas Reith schreef Edvard Lange negenendertig keer."
)


def keys(text: str, language: str) -> list[str]:
    return [fact.key for fact in facts(text, language) if fact.sort != "name"]


def whole(old: str, new: str) -> list[SentenceLink]:
    return [SentenceLink(0, len(old), 0, len(new))]


@pytest.mark.parametrize(
    ("one", "language", "other", "other_language"),
    [
        ("1,200 boats", "en", "1.200 boten", "nl"),
        ("38,000 litres", "en", "38 000 litres", "fr"),
        ("2.4 million", "en", "2,4 miljoen", "nl"),
        ("2.4 million", "en", "2,4 Millionen", "de"),
        ("3 billion", "en", "3 milliards", "fr"),
        ("thirty-nine", "en", "trente-neuf", "fr"),
        ("thirty-nine", "en", "neununddreißig", "de"),
        ("twenty-two", "en", "tweeëntwintig", "nl"),
        ("two hundred", "en", "200", "de"),
        ("twelve", "en", "doce", "es"),
        ("14 March", "en", "14. März", "de"),
        ("March 14", "en", "14 maart", "nl"),
        ("March 14th", "en", "14 de marzo", "es"),
        ("Tuesday", "en", "mardi", "fr"),
        ("Tuesday", "en", "dinsdagavond", "nl"),
        ("41 boats", "en", "٤١ قاربا", "ar"),
    ],
)
def test_the_same_said_in_two_languages(one: str, language: str, other: str, other_language: str) -> None:
    assert keys(f"It said {one}.", language) == keys(f"x {other}.", other_language) != []


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [("1.5", "en", "1.5"), ("1,5", "de", "1.5"), ("1,200.5", "en", "1200.5"), ("1.200,5", "de", "1200.5")],
)
def test_points_and_commas(text: str, language: str, value: str) -> None:
    assert keys(text, language) == [f"figure {value}"]


def test_a_faithful_translation_has_nothing_to_look_at() -> None:
    found = check(ENGLISH, DUTCH, whole(ENGLISH, DUTCH), "en", "nl")

    assert {one.verdict for one in found} == {"same"}
    assert {one.old.said for one in found if one.old and one.sort == "name"} == {"Reith", "Edvard", "Lange"}
    assert [one.old.said for one in found if one.old and one.sort == "date"] == ["Tuesday", "14 March"]


def test_another_figure_is_shown_beside_the_first() -> None:
    changed = DUTCH.replace("212", "221")

    (other,) = [one for one in check(ENGLISH, changed, whole(ENGLISH, changed), "en", "nl") if one.verdict != "same"]

    assert (other.verdict, other.old and other.old.said, other.new and other.new.said) == ("differs", "212", "221")


def test_what_stands_elsewhere_is_not_missing() -> None:
    old, new = "They counted 212 plates. It rained.", "Het regende. Er waren 212 platen."
    links = [SentenceLink(0, 24, 0, 12)]

    assert [one.verdict for one in check(old, new, links, "en", "nl")] == ["same"]


def test_what_is_missing_is_told_from_what_was_not_translated() -> None:
    old, new = "They counted 212 plates. It rained for 40 days.", "Ze telden platen."
    links = [SentenceLink(0, 24, 0, 17)]

    told = [(one.old.said, one.verdict) for one in check(old, new, links, "en", "nl") if one.old]

    assert told == [("212", "missing"), ("40", "alone")]


def test_a_name_that_only_one_side_has() -> None:
    old, new = "Then Tomas Reith spoke.", "Toen sprak de ingenieur, zei Solheim."

    found = [
        (one.old.said if one.old else None, one.new.said if one.new else None)
        for one in check(old, new, whole(old, new), "en", "nl")
    ]

    assert found == [("Tomas", None), ("Reith", None), (None, "Solheim")]


def test_names_of_two_alphabets_are_not_compared() -> None:
    assert check("Then Tomas Reith spoke.", "ثم تحدث توماس.", [], "en", "ar") == ()


@example("", "\U000116d0", "")  # a digit that Python does not know yet
@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["", "en", "nl", "de", "fr", "ja", "xx"]))
def test_any_text_is_read_and_each_fact_stands_where_it_says(one: str, other: str, language: str) -> None:
    for fact in facts(one, language):
        assert one[fact.start : fact.end] == fact.said
    found = check(one, other, whole(one, other), language, "nl")
    assert all(isinstance(entry, Check) and (entry.old or entry.new) for entry in found)
