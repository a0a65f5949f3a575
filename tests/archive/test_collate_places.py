"""Which words of a base were changed by how many outlets."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.collate import Base, Copy, collate
from archive.collate_places import heat, slip
from tests.archive.test_collate import BASE, MAYOR, QUAY, UNION, against, articles


def test_words_are_as_hot_as_outlets_changed_them() -> None:
    first, second = QUAY.replace("14 cracks", "40 cracks"), QUAY.replace("14 cracks", "41 holes")
    paragraph = heat(against(first, first, second, QUAY, base=QUAY)).paragraphs[0]

    hot = {stretch.text: stretch.outlets for stretch in paragraph.stretches}
    assert hot["14"] == 3
    assert hot[" cracks"] == 1
    readings = {(variant.old, variant.new): variant.outlets for variant in paragraph.variants}
    assert readings == {("14", "40"): 2, ("14 cracks", "41 holes"): 1}


def test_words_put_in_stand_between_words() -> None:
    paragraph = heat(against(QUAY.replace("closed", "quietly closed"), base=QUAY)).paragraphs[0]

    (put_in,) = [stretch for stretch in paragraph.stretches if not stretch.text]
    assert put_in.outlets == 1
    assert paragraph.variants[put_in.variants[0]].new == "quietly"


def test_two_pages_of_one_outlet_heat_once() -> None:
    changed = QUAY.replace("14", "40")
    collation = collate(Base(QUAY), [Copy(key, "outlet.test", changed) for key in "ab"])

    found = heat(collation)

    assert found.hottest == 1
    assert found.paragraphs[0].variants[0].columns == (0, 1)


def test_a_dropped_paragraph_is_counted_and_not_heated() -> None:
    found = heat(against("\n".join([QUAY, UNION]), BASE))

    assert (found.paragraphs[1].present, found.paragraphs[1].dropped) == (1, 1)
    assert found.hottest == 0


def test_a_paragraph_written_anew_has_no_variants() -> None:
    anew = "The quay was closed on Monday, the council said, and nobody could say for how long."
    (paragraph,) = heat(against(anew, base=QUAY)).paragraphs

    assert (paragraph.present, paragraph.rewritten, paragraph.variants) == (1, 1, ())


@pytest.mark.parametrize(
    ("old", "new"), [("labour", "labor"), ("organised", "organized"), ("the Mayor", "the mayor"), ("twice,", "twice")]
)
def test_habits_of_a_house_are_trifling(old: str, new: str) -> None:
    base = f"She said {old} was what the port needed most."
    paragraph = heat(against(base.replace(old, new), base=base)).paragraphs[0]

    assert [variant.trifling for variant in paragraph.variants] == [True]


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("inspectors", "inpsectors", "inpsectors"),
        ("authority,", "Authorty", "authorty"),
        ("carried", "carries", None),
        ("August", "Agosto", None),
        ("14", "15", None),
        ("boat", "coat", None),
        ("labour", "labor", None),
        ("the ferry", "the fery", None),
    ],
)
def test_what_looks_like_a_slip(old: str, new: str, word: str | None) -> None:
    base = f"They said that {old} was what the port needed most."
    ((variant,),) = [one.variants for one in heat(against(base.replace(old, new), base=base)).paragraphs]

    assert slip(variant) == word


@settings(max_examples=100, deadline=None)
@given(articles(), st.lists(articles(), max_size=4))
def test_the_stretches_are_the_text(base: str, texts: list[str]) -> None:
    collation = against(*texts, base=base)
    found = heat(collation)

    assert "".join(stretch.text for one in found.paragraphs for stretch in one.stretches) == base
    for text, one in zip(collation.paragraphs, found.paragraphs, strict=True):
        assert one.present + one.dropped + one.translated == len(texts)
        for variant in one.variants:
            assert text[variant.start : variant.end] == variant.old
        for stretch in one.stretches:
            assert stretch.outlets <= len(texts)
            assert bool(stretch.outlets) == bool(stretch.variants)


def test_an_unchanged_text_is_cold() -> None:
    found = heat(against(BASE, MAYOR))

    assert found.hottest == 0
    assert [len(one.stretches) for one in found.paragraphs] == [1] * 5
