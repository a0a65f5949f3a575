"""Who kept what: one base against its copies."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.collate import Base, Collation, Copy, collate
from archive.collate_pairs import cut_runs
from archive.diff_align import Run, paragraphs
from archive.types import SentenceLink

QUAY = "The quay at Nordholm was closed on Monday after divers found 14 cracks in the piles under the fish market."
MAYOR = "Mayor Tilda Rook said that the town had warned the port authority twice, in March and again in August."
ICE = "Forty tonnes of ice had to be carried by hand to the cold store, and most of the herring was sold before noon."
UNION = (
    "The dockers' union asks why a report of last winter, which named the same piles, was never read aloud in council."
)
END = "A ferry will run from the old slip until the divers have finished, which may take until the end of the month."
BASE = "\n".join([QUAY, MAYOR, ICE, UNION, END])
NOTE = "Our correspondent was told at the slip that passengers wait an hour and a half for the second boat."


def against(*texts: str, base: str = BASE) -> Collation:
    return collate(Base(base), [Copy(f"c{place}", f"outlet{place}.test", text) for place, text in enumerate(texts)])


def fates(collation: Collation, column: int = 0) -> list[str]:
    return [cell.fate for cell in collation.columns[column].cells]


def test_a_verbatim_copy_keeps_everything_whatever_its_typography() -> None:
    collation = against(BASE, BASE.replace("'", "’").replace(" ", " ") + "\n\n")

    assert fates(collation, 0) == fates(collation, 1) == ["kept"] * 5
    assert [(column.kept, column.own) for column in collation.columns] == [(1.0, 0.0)] * 2


def test_edits_cuts_and_moves_are_told_apart() -> None:
    edited = MAYOR.replace("twice, in March and again in August", "three times")
    collation = against("\n".join([END, QUAY, edited, UNION, NOTE]))

    assert fates(collation) == ["kept", "edited", "dropped", "kept", "moved"]
    column = collation.columns[0]
    assert column.cells[4].places == (0,)
    assert not column.cells[4].edited
    assert (column.cells[1].words_added, column.cells[1].words_removed) == (2, 7)
    assert column.cells[1].kept == pytest.approx(12 / 19)
    assert column.added == ((4, NOTE),)


def test_a_moved_paragraph_may_be_edited_too() -> None:
    cell = against("\n".join([END.replace("ferry", "launch"), QUAY, MAYOR, ICE, UNION])).columns[0].cells[4]

    assert (cell.fate, cell.edited, cell.words_added) == ("moved", True, 1)


def test_a_split_paragraph_is_found_in_both_parts() -> None:
    first, second = UNION.split(", which ")
    cell = against("\n".join([QUAY, MAYOR, ICE, f"{first}.", f"It {second}", END])).columns[0].cells[3]

    assert (cell.fate, cell.places) == ("edited", (3, 4))
    assert cell.kept > 0.8


def test_joined_paragraphs_are_found_in_one() -> None:
    collation = against("\n".join([f"{QUAY} {MAYOR}", ICE, UNION, END]))

    assert [cell.places for cell in collation.columns[0].cells] == [(0,), (0,), (1,), (2,), (3,)]
    assert fates(collation) == ["kept"] * 5


def test_an_article_printed_as_one_paragraph_is_found_without_what_it_dropped() -> None:
    collation = against(" ".join([QUAY, MAYOR, UNION, END]))

    assert fates(collation) == ["kept", "kept", "dropped", "kept", "kept"]


def test_another_article_keeps_nothing() -> None:
    collation = against("The council of Vester Aa has voted on the new school road.\n" + NOTE)

    assert fates(collation) == ["dropped"] * 5
    assert (collation.columns[0].kept, collation.columns[0].own) == (0.0, 1.0)


@pytest.mark.parametrize("text", ["", "\n\n", "\u200b\n "])
def test_nothing_compares_with_something(text: str) -> None:
    assert fates(against(text)) == ["dropped"] * 5
    assert against(BASE, base=text).columns[0].own == 1.0


def test_words_of_a_script_without_spaces_are_its_characters() -> None:
    base = "港は三度失われた。首相は何も語らなかった。\n空気は冷たく、四十一隻の船が泥の中にある。"

    cell = against(base.replace("三度", "二度"), base=base).columns[0].cells[0]

    assert (cell.fate, cell.words_added, cell.words_removed) == ("edited", 1, 1)


# --- order and additions ----------------------------------------------------------------------------


def test_columns_stand_in_order_of_time_and_the_undated_last() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    copies = [
        Copy("undated", "a", BASE),
        Copy("later", "b", BASE, since=at + timedelta(hours=1)),
        Copy("first", "c", BASE, since=at),
    ]

    assert [column.copy.key for column in collate(Base(BASE), copies).columns] == ["first", "later", "undated"]


def test_an_addition_of_several_outlets_is_one_row() -> None:
    reworded = NOTE.replace("an hour and a half", "two hours")
    lonely = "The photographs of the piles were taken by the divers themselves on Sunday night."
    collation = against(f"{BASE}\n{NOTE}", f"{NOTE}\n{BASE}", f"{BASE}\n{reworded}", f"{BASE}\n{lonely}")

    (addition,) = collation.additions
    assert addition.text == NOTE
    assert addition.places == ((0, 5), (1, 0), (2, 5))
    assert addition.outlets == 3


def test_two_pages_of_one_outlet_are_one_voice() -> None:
    copies = [Copy(key, "outlet.test", f"{BASE}\n{NOTE}") for key in "ab"]

    assert collate(Base(BASE), copies).additions == ()


def test_furniture_is_no_addition() -> None:
    assert against(f"Read more\n{BASE}", f"{BASE}\nRead more").additions == ()


# --- translations -----------------------------------------------------------------------------------


def test_a_translation_is_told_by_its_links_and_never_by_words() -> None:
    dutch = "De kade van Nordholm ging maandag dicht.\nDe burgemeester had twee keer gewaarschuwd.\nEen veerboot vaart."
    starts = [BASE.index(paragraph) for paragraph in (QUAY, MAYOR, END)]
    places = [dutch.index(line) for line in dutch.split("\n")]
    links = tuple(
        SentenceLink(start, start + 80, place, place + 20) for start, place in zip(starts, places, strict=True)
    )

    (column,) = collate(Base(BASE), [Copy("nl", "blad.test", dutch, links=links)]).columns

    assert [cell.fate for cell in column.cells] == ["translated", "translated", "dropped", "dropped", "translated"]
    assert [cell.places for cell in column.cells] == [(0,), (1,), (), (), (2,)]
    assert not any(cell.runs for cell in column.cells)
    assert column.translated
    assert column.kept == pytest.approx(240 / len(BASE))


def test_links_that_overlap_are_counted_once() -> None:
    links = (SentenceLink(0, 60, 0, 5), SentenceLink(0, 60, 6, 9))

    (column,) = collate(Base(QUAY), [Copy("nl", "blad.test", "Een. Twee.", links=links)]).columns

    assert column.cells[0].kept == pytest.approx(60 / len(QUAY))


# --- invariants -------------------------------------------------------------------------------------

_SENTENCES = [
    QUAY,
    MAYOR,
    ICE,
    UNION,
    END,
    NOTE,
    "Read more",
    "Advertisement",
    "港は三度失われた。",
    "«لم يخبر أحد البحر».",
]


@st.composite
def articles(draw: st.DrawFn) -> str:
    """Paragraphs of the story in any order, some of them mangled, split or joined."""
    pieces = []
    for sentence in draw(st.lists(st.sampled_from(_SENTENCES), max_size=8)):
        words = sentence.split()
        rng = random.Random(draw(st.integers(0, 99)))
        for _ in range(draw(st.integers(0, 3))):
            words[rng.randrange(len(words))] = rng.choice(["ferry", "17", "“never”", "", "Rook's"])
        pieces.append(" ".join(words) + draw(st.sampled_from(["\n", "\n", " ", "\n\n", "\n\u00a0\n"])))
    return "".join(pieces)


@settings(max_examples=150, deadline=None)
@given(articles(), st.lists(articles(), max_size=4))
def test_nothing_of_either_side_gets_lost(base: str, texts: list[str]) -> None:
    collation = against(*texts, base=base)

    assert "".join(collation.paragraphs) == base
    for column in collation.columns:
        assert len(column.cells) == len(collation.paragraphs)
        assert 0 <= column.kept <= 1
        assert 0 <= column.own <= 1
        for paragraph, cell in zip(collation.paragraphs, column.cells, strict=True):
            assert 0 <= cell.kept <= 1
            assert (cell.fate == "dropped") == (not cell.places)
            if cell.fate != "dropped":
                assert "".join(run.old for run in cell.runs) == paragraph
        used = {place for cell in column.cells for place in cell.places}
        added = {place for place, _ in column.added}
        assert not used & added
        with_words = {place for place, line in enumerate(paragraphs(column.copy.text)) if any(map(str.isalnum, line))}
        assert with_words <= used | added


@settings(max_examples=80, deadline=None)
@given(articles())
def test_a_text_against_itself_is_kept(text: str) -> None:
    assert set(fates(against(text, base=text))) <= {"kept"}


@settings(max_examples=80, deadline=None)
@given(st.lists(articles(), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_in_which_copies_come_does_not_matter(texts: list[str], rng: random.Random) -> None:
    copies = [Copy(str(place), str(place), text) for place, text in enumerate(texts[1:])]
    shuffled = rng.sample(copies, len(copies))

    assert collate(Base(texts[0]), copies) == collate(Base(texts[0]), shuffled)


@given(
    st.lists(
        st.tuples(st.sampled_from(["equal", "replaced", "removed", "added"]), st.text("ab ", min_size=1, max_size=6))
    ),
    st.data(),
)
def test_runs_are_cut_without_loss(drawn: list[tuple[str, str]], data: st.DataObject) -> None:
    runs = [
        Run(op, "" if op == "added" else text, {"removed": "", "equal": text}.get(op, text.upper()))  # type: ignore[arg-type]
        for op, text in drawn
    ]
    old, new = "".join(run.old for run in runs), "".join(run.new for run in runs)
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(old) - 1)), max_size=3))) if len(old) > 1 else []
    edges = [0, *cuts, len(old)]
    lengths = [end - start for start, end in itertools.pairwise(edges)]

    pieces = cut_runs(runs, lengths)

    assert ["".join(run.old for run in piece) for piece in pieces] == [
        old[start:end] for start, end in itertools.pairwise(edges)
    ]
    assert "".join(run.new for piece in pieces for run in piece) == new
