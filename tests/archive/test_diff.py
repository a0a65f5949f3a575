"""Diffs: nothing lost, nothing invented, and the small edits that matter above the ones that do not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.diff import LABEL, NOTABLE, Change, VersionText, diff, diff_texts
from archive.diff_align import Row
from archive.diff_terminal import render_terminal
from archive.diff_tokens import tokenise

WORDS = [
    *("de", "het", "een", "raid", "op", "12", "21", "maart", "“vals”", "rapport", "Kyiv", "Moskou", "niet", "1,200"),
    *("空", "気", "首相", "café", "cafe\u0301", "don’t", "don't", "—", "-", "…", "...", "السلام", "עולם", "8", "HRS"),
    *("ago", ".\u00a0", ",", "\u200b", ""),
]

sentences = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
texts = st.one_of(
    st.lists(sentences, max_size=7).map("\n".join),
    st.text(max_size=60),
    st.text(alphabet="ab. \n\t“”'空", max_size=40),
)

REPORT = (
    "The minister said on Tuesday that the raid took place on 12 March and left 12 people dead. "
    "He was held for 3 days. A spokesman published a false report denying the attack had happened, "
    "and a witness posted a video of the attack online."
)
ARTICLE = "\n".join(
    [
        "Four weeks after the offensive began, the front has hardly moved and both armies are digging in.",
        REPORT,
        "Officials in the capital declined to comment on the record when they were asked about it on Friday.",
        "“We will not be blackmailed,” said the prime minister in a speech to parliament later that day.",
        "Analysts disagree about what happens next, and few of them expect an end of the war this winter.",
    ]
)


def sides(rows: tuple[Row, ...]) -> tuple[str, str]:
    """Both texts as the rows hold them: rows in order of each side's paragraphs."""
    old = sorted((row for row in rows if row.old is not None), key=lambda row: row.old or 0)
    new = sorted((row for row in rows if row.new is not None), key=lambda row: row.new or 0)
    return "".join(row.old_text for row in old), "".join(row.new_text for row in new)


def marks(change: Change) -> list[tuple[str, str]]:
    return [(run.old.strip(), run.new.strip()) for row in change.rows for run in row.runs if run.op != "equal"]


# --- properties -------------------------------------------------------------------------------------


@given(texts, texts)
@settings(max_examples=300, deadline=None)
def test_each_side_of_the_rows_joins_to_its_text(old: str, new: str) -> None:
    assert sides(diff_texts(old, new).rows) == (old, new)


@given(texts)
@settings(max_examples=100, deadline=None)
def test_a_text_beside_itself_has_no_marks(text: str) -> None:
    change = diff_texts(text, text)

    assert marks(change) == []
    assert (change.words_added, change.words_removed, change.moves, change.similarity) == (0, 0, 0, 1.0)
    assert (change.significance, change.reasons, change.summary) == (0.0, (), "No difference.")


@given(texts, texts)
@settings(max_examples=300, deadline=None)
def test_read_backwards_it_marks_the_same_words(old: str, new: str) -> None:
    there, back = diff_texts(old, new), diff_texts(new, old)

    assert (there.words_added, there.words_removed) == (back.words_removed, back.words_added)
    assert there.similarity == pytest.approx(back.similarity)
    assert there.moves == back.moves
    assert sorted(marks(there)) == sorted((old_words, new_words) for new_words, old_words in marks(back))


@given(texts, texts)
@settings(max_examples=200, deadline=None)
def test_a_figure_or_name_that_stayed_is_never_inside_a_mark_on_both_sides(old: str, new: str) -> None:
    """... of one mark, in the same order: it would have been kept apart."""
    for before, after in marks(diff_texts(old, new)):
        old_keys, new_keys = ([token.key for token in tokenise(side)] for side in (before, after))
        shared = [key for key in old_keys if key in new_keys and key in ("12", "21", "1,200", "Kyiv", "Moskou")]
        assert not shared


@given(texts, texts)
@settings(max_examples=100, deadline=None)
def test_rows_keep_the_order_of_both_texts(old: str, new: str) -> None:
    rows = diff_texts(old, new).rows

    old_places = [row.old for row in rows if row.old is not None]
    new_places = [row.new for row in rows if row.new is not None]
    assert old_places == sorted(old_places)
    assert new_places == sorted(new_places)


@given(texts)
@settings(max_examples=200, deadline=None)
def test_tokens_join_to_the_paragraph(text: str) -> None:
    assert "".join(token.text for token in tokenise(text)) == text


@given(texts, texts, st.integers(10, 100), st.booleans())
@settings(max_examples=100, deadline=None)
def test_the_terminal_gets_no_control_characters_but_ours(old: str, new: str, width: int, color: bool) -> None:
    shown = render_terminal(diff_texts(old, new), color, width)

    bare = shown.replace("\x1b[", "") if color else shown
    assert not any(letter < " " and letter != "\n" for letter in bare)


# --- words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("41 people died", "39 people died", [("41", "39")], id="one figure"),
        pytest.param("He left.", "He ran. He left.", [("", "He ran.")], id="a sentence is marked whole"),
        pytest.param(
            "the killing of the men",
            "the death of the women",
            [("killing of the men", "death of the women")],
            id="a few plain words between changes are read over",
        ),
        pytest.param(
            "He killed 12 men there.",
            "He wounded 12 women there.",
            [("killed", "wounded"), ("men", "women")],
            id="but not a figure",
        ),
        pytest.param(
            "They asked Putin twice.",
            "They begged Putin once.",
            [("asked", "begged"), ("twice", "once")],
            id="nor a name",
        ),
        pytest.param("空气很好", "空气不好", [("很", "不")], id="Chinese by character"),
        pytest.param("首相は語った。", "大統領は語った。", [("首相", "大統領")], id="Japanese by character"),
        pytest.param("cafe\u0301 noir", "café noir", [], id="composed and decomposed are one"),
        pytest.param("“a b” – c…", '"a b" - c...', [], id="quotes, dashes and ellipses are one"),
        pytest.param("a\u00a0b  c\n\nd", "a b c\nd", [], id="spaces and blank lines are one"),
        pytest.param("Wort\u00adtrennung", "Worttrennung", [], id="a soft hyphen is none"),
    ],
)
def test_words(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert marks(diff_texts(old, new)) == expected


# --- paragraphs -------------------------------------------------------------------------------------


def test_a_moved_paragraph_is_moved_and_not_rewritten() -> None:
    lines = ARTICLE.split("\n")
    change = diff_texts(ARTICLE, "\n".join([lines[4], *lines[:4]]))

    assert (change.moves, change.words_added, change.words_removed) == (1, 0, 0)
    there = next(row for row in change.rows if row.kind == "moved" and row.old is None)
    assert there.partner is not None
    assert change.rows[there.partner].old_text == lines[4]
    assert change.summary == "100 % the same; 1 paragraph moved"


def test_a_moved_paragraph_shows_what_was_edited_on_the_way() -> None:
    lines = ARTICLE.split("\n")
    change = diff_texts(ARTICLE, "\n".join([lines[4].replace("winter", "summer"), *lines[:4]]))

    assert change.moves == 1
    assert sorted(marks(change)) == [("", "summer"), ("winter", "")]


def test_what_changed_in_a_moved_paragraph_is_told_once() -> None:
    lines = ARTICLE.split("\n")
    change = diff_texts(ARTICLE, "\n".join([*lines[:1], *lines[2:], lines[1].replace("12 people", "21 people")]))

    assert change.moves == 1
    assert change.reasons == ("figure changed: 12 → 21", "1 paragraph moved")


@pytest.mark.parametrize("parts", [2, 3])
def test_a_paragraph_broken_in_parts_keeps_its_words(parts: int) -> None:
    cuts = [". He", ". A"][: parts - 1]
    broken = ARTICLE
    for cut in cuts:
        broken = broken.replace(cut, cut.replace(" ", "\n"))

    split, joined = diff_texts(ARTICLE, broken), diff_texts(broken, ARTICLE)

    assert marks(split) == marks(joined) == []
    assert split.summary == "100 % the same; 1 paragraph split"
    assert joined.summary == "100 % the same; 1 paragraph joined"
    assert split.significance < NOTABLE
    assert [row.old for row in split.rows] == [0, *[1] * parts, 2, 3, 4]


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda text: text.replace("\n", " "), id="all in one"),
        pytest.param(lambda text: text.replace(". ", ".\n").replace("\n", " ", 3), id="at other places"),
        pytest.param(lambda text: text.replace(" ", "\n"), id="every word"),
    ],
)
def test_a_text_with_other_paragraphs_is_the_same_text(broken: Callable[[str], str]) -> None:
    long = "\n".join(f"{ARTICLE} This is part {n}." for n in range(6))

    change = diff_texts(long, broken(long))
    edited = diff_texts(long, broken(long.replace("12 people", "21 people", 1)))

    assert (marks(change), change.similarity) == ([], 1.0)
    assert marks(edited) == [("12", "21")]
    assert sides(edited.rows)[0] == long


def test_added_and_removed_paragraphs_are_not_paired_for_their_small_words() -> None:
    old = "De minister was het niet eens met de kritiek van de oppositie op het plan van de regering."
    new = "In de zomer van dat jaar trok de schrijver naar het zuiden, waar hij de rest van zijn leven bleef."

    assert [row.kind for row in diff_texts(old, new).rows] == ["removed", "added"]


def test_a_paragraph_cut_to_a_part_is_still_paired() -> None:
    short = REPORT.split(". ")[0] + "."

    assert [row.kind for row in diff_texts(REPORT, short).rows] == ["edited"]


# --- significance -----------------------------------------------------------------------------------

IMPORTANT = [
    pytest.param("left 12 people", "left 21 people", "figure changed: 12 → 21", id="12 dead become 21"),
    pytest.param("held for 3 days", "held for 5 days", "figure changed: 3 → 5", id="3 days become 5"),
    pytest.param("on 12 March", "on 21 March", "figure changed: 12 → 21", id="12 March becomes 21 March"),
    pytest.param(
        "a false report denying the attack had happened",
        "a report",
        "qualifier removed: false",
        id="a false report becomes a report",
    ),
    pytest.param(
        "a video of the attack online",
        "a video",
        "“of the attack online” removed",
        id="a video of the attack online becomes a video",
    ),
    pytest.param("took place", "did not take place", "negation added: not", id="a negation appears"),
    pytest.param("will not be blackmailed", "will be blackmailed", "negation removed: not", id="a negation goes"),
    pytest.param("be blackmailed", "be intimidated", "quotation edited", id="a quotation is edited"),
    pytest.param("A spokesman", "Spokesman Ivan Petrov", "name added: Ivan Petrov", id="a name appears"),
    pytest.param("Four weeks", "Five weeks", "figure changed: Four → Five", id="a number written out"),
]
BORING = [
    pytest.param(" people", "   people", id="spaces"),
    pytest.param("people dead", "people\u00a0dead", id="a no-break space"),
    pytest.param("“We will not be blackmailed,”", '"We will not be blackmailed,"', id="straight quotes"),
    pytest.param("Four weeks", "8 HRS ago\nFour weeks", id="a clock appears"),
    pytest.param("in.\nThe", "in.\n\n\nThe", id="blank lines"),
    pytest.param("on Friday.", "on Friday!", id="punctuation"),
    pytest.param("The minister", "The Minister", id="a capital"),
]


@pytest.mark.parametrize(("before", "after", "reason"), IMPORTANT)
@pytest.mark.parametrize("padding", [0, 60], ids=["short", "long"])
def test_edits_that_others_call_boring_are_shown(before: str, after: str, reason: str, padding: int) -> None:
    text = ARTICLE + "".join(f"\nParagraph {n} has some words in it that stay as they are." for n in range(padding))
    assert before in text

    change = diff(VersionText(text=text, language="en"), VersionText(text=text.replace(before, after), language="en"))

    assert change.significance >= NOTABLE
    assert reason in change.reasons


@pytest.mark.parametrize(("before", "after"), BORING)
def test_edits_that_say_nothing_stay_below(before: str, after: str) -> None:
    assert before in ARTICLE

    assert diff_texts(ARTICLE, ARTICLE.replace(before, after)).significance < NOTABLE


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("8 HRS ago", "9 HRS ago", "timestamp only"),
        ("Posted 8 HRS ago. {}", "Posted 9 HRS ago. {}", "timestamp only"),
        ("{} 8 hrs ago", "{} 9 hrs ago", "timestamp only"),
        ("8 uur geleden\n{}", "9 uur geleden\n{}", "timestamp only"),
        ("Updated 12 March 2023, 10:45\n{}", "Updated 13 March 2023, 08:12\n{}", "timestamp only"),
        ("By our staff | 12:04\n{}", "By our staff | 14:40\n{}", "timestamp only"),
        ("{}\n12 comments", "{}\n340 comments", "counter only"),
    ],
)
def test_clocks_and_counters_stay_below(before: str, after: str, reason: str) -> None:
    change = diff_texts(before.format(ARTICLE), after.format(ARTICLE))

    assert 0 < change.significance < NOTABLE
    assert change.reasons == (reason,)
    assert marks(change), "it is still shown"


def test_days_in_prose_are_no_clock() -> None:
    change = diff_texts(
        ARTICLE + "\nThe man was shot by a guard of the embassy three blocks away 3 days ago.",
        ARTICLE + "\nThe man was shot by a guard of the embassy three blocks away 5 days ago.",
    )

    assert change.significance >= 0.5


@pytest.mark.parametrize(
    ("field", "old", "new", "low", "high"),
    [
        ("title", "41 dead in raid", "39 dead in raid", 0.6, 1),
        ("title", "“Losing” is an art", '"Losing" is an art', 0, 0),
        ("title", "Losing is an art", "Losing Is an Art", 0, 0.1),
        ("correction", None, "Correction: it was 12.", 0.6, 1),
        ("byline", "A. Writer", "B. Writer", NOTABLE, 0.5),
        ("published", "2023-01-20", "2023-01-20T10:00:00+01:00", 0, 0.1),
        ("published", "2023-01-20", "2024-08-01", NOTABLE, 0.5),
        ("modified", "2023-01-20", "2023-01-21", 0, 0.1),
        ("image", "https://x.test/a.jpg?w=100", "https://x.test/a.jpg?w=900", 0, 0.06),
    ],
)
def test_fields(field: str, old: str | None, new: str | None, low: float, high: float) -> None:
    change = diff(VersionText(**{field: old}, text=ARTICLE), VersionText(**{field: new}, text=ARTICLE))

    assert change.fields == {field: (old, new)}
    assert low <= change.significance <= high
    assert change.summary.startswith("text unchanged; ")


def test_an_empty_field_is_an_absent_one() -> None:
    assert diff(VersionText(byline=""), VersionText(byline=None)).empty


def test_a_correction_in_the_text_counts_as_one() -> None:
    change = diff_texts(ARTICLE, ARTICLE + "\nCorrectie: in een eerdere versie stond een verkeerd aantal.")

    assert change.reasons[0] == "correction added"


def test_the_summary_is_one_sentence() -> None:
    old = VersionText(title="41 dead in raid", text=ARTICLE)
    new = VersionText(
        title="39 dead in raid",
        text=ARTICLE.replace("12 people", "21 people") + "\nA new paragraph closes the article with nine words more.",
    )

    assert diff(old, new).summary == (
        "95 % the same; 11 words added, 1 removed; 1 paragraph edited, 1 added; headline changed; "
        "figure changed: 12 → 21; figure changed: 41 → 39"
    )


def test_the_same_edit_elsewhere_has_the_same_hash() -> None:
    here = diff_texts(ARTICLE, ARTICLE.replace("12 people", "21 people"))
    there = diff(
        VersionText(title="Another headline", text=REPORT),
        VersionText(title="Another headline", text=REPORT.replace("12 people", "21 people")),
    )
    other = diff_texts(ARTICLE, ARTICLE.replace("12 people", "22 people"))

    assert here.diff_hash == there.diff_hash != other.diff_hash
    assert len(here.diff_hash) == 64


def test_the_label_names_the_method() -> None:
    assert LABEL.startswith("diff ")


# --- size -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("a b c " * 60_000, "c b a " * 60_000, id="one paragraph of 180,000 words"),
        pytest.param("x\n" * 40_000, "y\n" * 40_000, id="40,000 paragraphs without one in common"),
        pytest.param(
            "\n".join(f"line {n}" for n in range(20_000)),
            "\n".join(f"line {n}" for n in range(0, 20_000, 2)),
            id="every second line of 20,000",
        ),
    ],
)
@pytest.mark.timeout(120)
def test_huge_texts_end(old: str, new: str) -> None:
    change = diff_texts(old, new)

    assert sides(change.rows) == (old, new)


PROSE = "\n".join(
    " ".join(f"w{(line * 31 + word * word) % 997}{'.' * (word % 12 == 11)}" for word in range(80))
    for line in range(3_500)
)
"""Of 1.2 million characters: two of it are over the length up to which words are compared."""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(PROSE, PROSE.replace("w500", "EDITED", 1), id="a long text"),
        pytest.param(
            PROSE.replace("\n", " "), PROSE.replace("\n", " ").replace("w500", "EDITED", 1), id="one endless line"
        ),
    ],
)
@pytest.mark.timeout(120)
def test_a_long_text_says_how_it_was_compared_and_still_finds_the_word(old: str, new: str) -> None:
    change = diff_texts(old, new)

    assert marks(change) == [("w500", "EDITED")]
    assert sides(change.rows) == (old, new)
    assert change.fallback.startswith("the texts are long")
    assert change.fallback in change.summary
    assert not diff_texts(ARTICLE, ARTICLE.replace("12", "21")).fallback


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("x" * 3_000_000, "x" * 2_999_999 + "y", id="one endless word"),
        pytest.param("x\n" * 600_000, "y\n" * 600_000, id="too many paragraphs"),
        pytest.param("气" * 400_000, "气" * 200_000 + "不" + "气" * 199_000, id="Chinese in one line"),
        pytest.param("السلام عليكم " * 20_000, "السلام عليكم " * 19_999 + "وداعا", id="right to left"),
        pytest.param("a \ud800 b\udfff 12\nc", "a \ud800 c 21\udc00\nc", id="lone surrogates"),
        pytest.param("\0" * 10_000, "\1" * 10_000, id="control characters"),
        pytest.param('"a ' * 20_000, "'b " * 20_000, id="quotation marks that never close"),
        pytest.param("1 h ago " * 10_000, "2 h ago " * 10_000, id="nothing but clocks"),
    ],
)
@pytest.mark.timeout(120)
def test_broken_input_is_answered(old: str, new: str) -> None:
    change = diff_texts(old, new)

    assert sides(change.rows) == (old, new)
    assert 0 <= change.significance <= 1
    assert len(change.diff_hash) == 64


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=40), st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_code_points_are_answered(old: str, new: str) -> None:
    change = diff(VersionText(title=old, text=old), VersionText(title=new, text=new))

    assert sides(change.rows) == (old, new)
    assert 0 <= change.significance <= 1


@given(st.text(alphabet="ab_ .,:/'’‑-—12é\t\nß…“€%²", max_size=30))
@settings(max_examples=300, deadline=None)
def test_plain_text_is_cut_as_any_other(text: str) -> None:
    """... by the quick pattern as by the thorough one, which a letter of another script calls for."""
    thorough = tokenise(text + "\u0416")
    quick = tokenise(text)

    if text and not text[-1].isalnum() and text[-1] not in "'’‑-":
        assert [token.key for token in thorough][:-1] == [token.key for token in quick if token.key]


# --- the terminal -----------------------------------------------------------------------------------


def test_the_terminal_shows_changed_paragraphs_with_their_neighbours() -> None:
    change = diff(
        VersionText(title="41 dead", text=ARTICLE),
        VersionText(title="39 dead", text=ARTICLE.replace("12 people", "21 people")),
    )

    shown = render_terminal(change, color=False, width=70)

    assert shown.startswith(change.summary[:30])
    assert "headline\n~ [-41-] {+39+} dead\n" in shown
    assert "left [-12-] {+21+}" in " ".join(shown.split())
    assert "Four weeks after" in shown
    assert "… 2 paragraphs unchanged" in shown
    assert all(len(line) <= 70 for line in shown.splitlines())


def test_colour_is_asked_for() -> None:
    change = diff_texts("41 dead", "39 dead")

    assert "\x1b[31;9m41\x1b[0m \x1b[32;4m39\x1b[0m dead" in render_terminal(change, color=True, width=70)
    assert "\x1b" not in render_terminal(change, color=False, width=70)


def test_an_outlet_cannot_command_the_terminal() -> None:
    shown = render_terminal(diff_texts("calm", "\x1b]0;owned\x07\u202eevil"), color=False, width=70)

    assert "\x1b" not in shown
    assert "\u202e" not in shown
