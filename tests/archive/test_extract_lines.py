"""Lines that belong to the page go, and those of the article stay."""

from __future__ import annotations

import pytest

from archive.extract_lines import is_credit, is_label, is_stamp, trimmed
from archive.extract_links import is_link_line

STORY = [
    "The harbour board met behind closed doors on Tuesday evening and voted nine to six against the repair.",
    "Nobody at the town hall could say what would sail on the first of July, when the old ferry has gone.",
    "Its own papers show that the board had known of the cracks in the hull for longer than it admitted.",
]


def cut(
    lines: list[str], title: str | None = None, linked: frozenset[str] = frozenset(), stated: str | None = None
) -> list[str]:
    return trimmed("\n".join(lines), title, linked, stated).split("\n")


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement",
        "ADVERTISEMENT:",
        "Story continues below",
        "Advertentie",
        "Anzeige",
        "Lees ook:",
        "Auch interessant",
        "- Comments",
        "广告",
        "관련기사",
        "8 hrs ago",
        "8 HRS AGO",
        "3 min read",
        "Tempo de leitura: 2 minutos",
        "Leestijd: 4 minuten",
        "vor 3 Stunden",
        "il y a 2 heures",
        "hace 5 minutos",
        "5 uur geleden",
        "1,204 views",
        "12.304 Aufrufe",
        "45 reacties",
        "17 shares",
        "조회 1,204",
    ],
)
def test_labels_ages_and_counters(line: str) -> None:
    assert is_label(line)


@pytest.mark.parametrize(
    "line",
    [
        "No comments were made.",
        "Views differ.",
        "8 hours",
        "The advertisement ran for a year",
        "Share prices fell",
        "19:30",
        "",
        "-",
    ],
)
def test_what_only_looks_like_a_label(line: str) -> None:
    assert not is_label(line)


@pytest.mark.parametrize(
    "line", ["17:41 JST, October 13, 2024", "10.11.2025 17:59", "Uppdaterad 15.59 | Publicerad 14.14", "2024-03-01"]
)
def test_stamps(line: str) -> None:
    assert is_stamp(line)
    assert cut([line, *STORY]) == STORY
    assert cut([*STORY, line]) == STORY


def test_a_time_inside_of_the_text_is_a_programme() -> None:
    lines = [*STORY, *STORY, "19:30 Concert", *STORY, *STORY]
    assert cut(lines) == lines


def test_the_headline_and_what_stands_above_it() -> None:
    title = "Nine to six: the last ferry sails in June"
    assert cut(["Harbour", title, title, *STORY], title) == STORY
    assert cut([STORY[0], title, *STORY[1:]], title) == [STORY[0], title, *STORY[1:]]


def test_teasers_go_with_their_heading_and_a_single_one_leaves_the_line_before_it() -> None:
    linked = frozenset(("The tug that never came", "What the yard was paid"))
    assert cut([*STORY, "Don't look away", *sorted(linked)], linked=linked) == STORY
    assert cut([*STORY, "A word apart", "What the yard was paid"], linked=linked) == [*STORY, "A word apart"]
    assert cut([*STORY[:2], "- The tug that never came", STORY[2]], linked=linked) == STORY


def test_nothing_but_furniture_stays_as_it_is() -> None:
    assert cut(["Advertisement", "Comments"]) == ["Advertisement", "Comments"]


@pytest.mark.parametrize(
    ("whole", "linked", "teaser"),
    [
        ("The tug that never came to the harbour", ["The tug that never came to the harbour"], True),
        ("READ MORE: The tug that never came to the harbour", ["The tug that never came to the harbour"], True),
        ("It was told by the tug that never came to the harbour", ["the tug that never came"], False),
        ("This story appeared first in the Courier", ["This story appeared first in the Courier"], False),
        ("Bron: The tug that never came to the harbour", ["The tug that never came to the harbour"], False),
        ("8 June: The tug that never came to the harbour", ["The tug that never came to the harbour"], False),
        ("Source: Courier", ["Courier"], False),
    ],
)
def test_a_line_of_nothing_but_links_is_a_teaser_unless_it_gives_credit(
    whole: str, linked: list[str], teaser: bool
) -> None:
    assert is_link_line(whole, linked) == teaser


def test_credits_in_several_languages() -> None:
    assert all(
        map(is_credit, ("Dit artikel verscheen eerder op X", "Quelle: X", "© 2026 X", "Traducción de X", "出典：X"))
    )
    assert not is_credit("The tug that never came to the harbour")


# --- what the page states --------------------------------------------------------------------------------

LONG = [
    f"{sentence} This is said in part {part} of it, and nobody has denied it since then."
    for part, sentence in zip(("one", "two", "three"), STORY, strict=True)
]


def test_what_stands_around_a_text_that_the_page_states_whole_is_cut() -> None:
    stated = " ".join(LONG)
    box = "The Courier is written by people who love ships, and it reaches you each week by post."
    assert cut([*LONG, box], stated=stated) == LONG
    assert cut(["By Ann Lee", *LONG], stated=stated) == LONG


def test_a_lede_and_a_credit_that_the_statement_leaves_out_stay() -> None:
    stated = " ".join(LONG)
    lede = "After a night of talks behind closed doors the town will be without a ferry, and nobody can say for how long it will be."
    lines = [lede, *LONG, "Original: Harbour Courier"]
    assert cut(lines, stated=stated) == lines


def test_a_statement_that_holds_no_more_than_the_beginning_cuts_nothing() -> None:
    lines = [
        *LONG,
        "It is not the end of the story, since the other half of the board wants to meet again.",
        *reversed(STORY),
    ]
    assert cut(lines, stated=LONG[0]) == lines
