"""Which of two texts came first: a table of what is known and what follows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.match.direction import Known, Verdict, direction, when

CREDIT = "Dit artikel verscheen oorspronkelijk op Motherboard."
VICE = "https://www.vice.com/en/article/russia-needs-to-learn-to-lose-like-america/"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def known(published: str | None = None, captured: str | None = None, **more: Any) -> Known:
    return Known(
        published=(published,) if published else (),
        first_captured=at(captured) if captured else None,
        **more,
    )


CASES: dict[str, tuple[Known, Known, Verdict, str]] = {
    # --- credit
    "the page credits the story": (known(), known(credits_other=CREDIT), "story_first", "the page credits the outlet"),
    "the story credits the page": (known(credits_other=CREDIT), known(), "page_first", "the story credits the outlet"),
    "credit outweighs dates, which are told": (
        known("2023-01-22"),
        known("2023-01-20", credits_other=CREDIT),
        "story_first",
        "(against it: the page is dated 2023-01-20, the story 2023-01-22)",
    ),
    "credit outweighs the user's word": (
        known(credits_other=CREDIT, given_as="original"),
        known(),
        "page_first",
        "against it: the story was given as the original",
    ),
    "each credits the other: the next clue decides": (
        known("2023-01-19", credits_other=CREDIT),
        known("2023-01-20", credits_other=CREDIT),
        "story_first",
        "is dated",
    ),
    "each credits the other, and no more": (
        known(credits_other=CREDIT),
        known(credits_other=CREDIT),
        "undecided",
        "contradict each other",
    ),
    "a credit for somebody else is no clue": (
        known("2023-01-20"),
        known("2023-01-20", credits_third="First published by Reuters."),
        "undecided",
        "the page credits somebody else",
    ),
    # --- pointers
    "the page's canonical address is the story": (
        known(),
        known(points_to_other=("canonical", "link")),
        "story_first",
        "names the story as its canonical",
    ),
    "hreflang says nothing of the order": (
        known(),
        known(points_to_other=("hreflang", "link")),
        "undecided",
        "hreflang joins the two",
    ),
    "pointers outweigh captures": (
        known("2023-01-21", points_to_other=("original_source",)),
        known(captured="2023-01-25"),
        "page_first",
        "original source",
    ),
    # --- captures
    "the story was captured before the page's date": (
        known("2024-08-13", "2023-01-20T12:00", url=VICE),
        known("2023-01-21"),
        "story_first",
        "was captured on 2023-01-20 12:00 UTC, before the page was published",
    ),
    "two captures alone decide nothing": (
        known(captured="2023-01-20"),
        known(captured="2026-01-20"),
        "undecided",
        "the story was seen first (the other may have stood there unseen)",
    ),
    "a capture outweighs the user's word": (
        known("2023-02-10", given_as="original"),
        known(captured="2023-02-01"),
        "page_first",
        "the page was captured",
    ),
    # --- the user's word
    "the user's word decides where nothing else does": (
        known(given_as="original"),
        known(),
        "story_first",
        "given as the original",
    ),
    "the user's word outweighs dates": (
        known("2023-01-22", given_as="original"),
        known("2023-01-20"),
        "story_first",
        "against it",
    ),
    "a translation given by the user claims nothing": (
        known(given_as="translation"),
        known(),
        "undecided",
        "its original came before it",
    ),
    # --- dates
    "days": (known("2023-01-19"), known("2023-01-20"), "story_first", "is dated 2023-01-19, the page 2023-01-20"),
    "days, the other way": (known("2023-01-20"), known("2023-01-19"), "page_first", "is dated"),
    "the same day": (
        known("2023-01-20"),
        known("2023-01-20T18:00:00Z"),
        "undecided",
        "dates of the same day and no credit: which came first cannot be said",
    ),
    "moments in different zones": (
        known("2023-01-20T23:30:00-05:00"),
        known("2023-01-21T06:00:00+01:00"),
        "story_first",
        "2023-01-21 04:30 UTC",
    ),
    "moments whose local days say the opposite": (
        known("2023-01-20T23:30:00-05:00"),
        known("2023-01-21T04:00:00+01:00"),
        "page_first",
        "2023-01-21 03:00 UTC",
    ),
    "the same moment": (
        known("2023-01-20T09:00:00Z"),
        known("2023-01-20T10:00:00+01:00"),
        "undecided",
        "the same minute",
    ),
    "a day beside a moment that is another day elsewhere": (
        known("2023-01-20T23:30:00-05:00"),
        known("2023-01-21"),
        "undecided",
        "time zones may turn their order",
    ),
    "times without zones compare by day": (
        known("2023-01-20T08:00:00"),
        known("2023-01-20T21:00:00"),
        "undecided",
        "dates of the same day",
    ),
    "only one date": (known("2023-01-20"), known(), "undecided", "no credible date of the page and no credit"),
    "nothing at all": (known(), known(), "undecided", "no credible date of either and no credit"),
    "no date at all": (known("yesterday"), known("2023-01-20"), "undecided", "no credible date of the story"),
    # --- dates that are refuted
    "a page moved in 2024 with a false date": (
        known("2024-08-13T02:00:00Z", url=VICE),
        known("2023-01-21"),
        "undecided",
        "a date that vice.com gave to pages which it moved",
    ),
    "the same, with a credit": (
        known("2024-08-13T02:00:00Z", url=VICE),
        known("2023-01-21", credits_other=CREDIT),
        "story_first",
        "credits the outlet of the story",
    ),
    "a date after the page's own capture": (
        known("2023-06-01", "2023-01-15"),
        known("2023-03-01"),
        "story_first",
        "was captured on 2023-01-15",
    ),
    "a date after its own modification": (
        known("2023-06-01", modified="2023-01-15"),
        known("2023-03-01"),
        "undecided",
        "modified on 2023-01-15, before that",
    ),
    "a page that states several dates": (
        Known(published=("2024-02-01", "2023-01-19")),
        known("2023-01-20"),
        "story_first",
        "is dated 2023-01-19",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_direction(case: str) -> None:
    story, page, verdict, words = CASES[case]
    found = direction(story, page)
    assert found.verdict == verdict, found
    assert words in found.why


MIRRORED = {"story_first": "page_first", "page_first": "story_first", "undecided": "undecided"}


@pytest.mark.parametrize("case", CASES)
def test_the_sides_are_treated_alike(case: str) -> None:
    story, page, verdict, _ = CASES[case]
    assert direction(page, story).verdict == MIRRORED[verdict]


def test_names_are_those_of_the_caller() -> None:
    assert direction(known("2023-01-19"), known("2023-01-20"), ("A", "B")).why == "A is dated 2023-01-19, B 2023-01-20"


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("2023-01-20", "2023-01-20"),
        ("2023-01-20T09:15:00Z", "2023-01-20 09:15 UTC"),
        ("2023-01-20T09:15:00.123+0100", "2023-01-20 08:15 UTC"),
        ("2023-01-20 09:15:00 +01:00", "2023-01-20 08:15 UTC"),
        ("2023-01-20 09:15", "2023-01-20"),
        ("Fri, 20 Jan 2023 09:15:00 GMT", "2023-01-20 09:15 UTC"),
        ("2023/01/20 at noon", "2023-01-20"),
        ("2023-02-31", None),
        ("9999-12-31T23:59:59-10:00", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates_are_read_as_pages_state_them(stated: str, read: str | None) -> None:
    found = when(stated)
    assert (str(found) if found else None) == read


@given(st.text())
def test_no_date_raises(stated: str) -> None:
    when(stated)
    assert direction(Known(published=(stated,)), known("2023-01-20")).why
