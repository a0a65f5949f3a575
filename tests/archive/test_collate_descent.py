"""Which copy likely came from which, and no edge without evidence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.collate import Base, Collation, Copy, collate
from archive.collate_descent import Descent, Node, descent
from archive.types import SentenceLink
from tests.archive.test_collate import BASE, END, ICE, MAYOR, NOTE, QUAY, UNION, against, articles

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
REWORDED = BASE.replace("was closed on Monday", "has been shut since Monday").replace("by hand", "in buckets")


def published(key: str, text: str, hours: float, **more: Any) -> Copy:
    return Copy(key, f"{key}.test", text, since=NOON + timedelta(hours=hours), dated="published", **more)


def grown(*copies: Copy, base: Base | None = None) -> tuple[Collation, Descent]:
    collation = collate(base or Base(BASE), copies)
    return collation, descent(collation)


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from nodes(child)


def shape(collation: Collation, node: Node) -> Any:
    """The tree as nested tuples of names."""
    name = node.kind if node.column is None else collation.columns[node.column].copy.key
    return (name, *[shape(collation, child) for child in node.children]) if node.children else name


def evidence(collation: Collation, found: Descent, key: str) -> str:
    for node in nodes(found.root):
        if node.column is not None and collation.columns[node.column].copy.key == key:
            return "; ".join(reason.words for reason in node.evidence)
    raise AssertionError(f"{key} is not in the tree")


def test_copies_that_share_no_change_come_from_the_base_alone() -> None:
    collation, found = grown(
        published("a", BASE, 0), published("b", BASE.replace("14", "15"), 1), published("c", BASE, 2)
    )

    assert shape(collation, found.root) == ("base", "a", "b", "c")
    assert "shares no change with another copy" in evidence(collation, found, "b")
    assert "5 of 5 paragraphs to the letter" in evidence(collation, found, "c")


def test_who_has_all_of_anothers_changes_and_more_comes_from_it() -> None:
    further = REWORDED.replace("before noon", "at half the price")
    collation, found = grown(published("a", REWORDED, 0), published("b", further, 3), published("c", BASE, 5))

    assert shape(collation, found.root) == ("base", ("a", "b"), "c")
    told = evidence(collation, found, "b")
    assert "both have “has been shut since” for “was closed on” (paragraph 1), as no other copy does" in told
    assert "a.test is dated 3 hours earlier" in told
    assert "b.test has all that a.test changed, and changes of its own" in told


def test_a_chain_is_followed_to_its_nearest_link() -> None:
    second = REWORDED.replace("read aloud in council", "shown to anybody at the town hall").replace("Forty", "Fifty")
    third = second.replace("14 cracks", "40 cracks")
    collation, found = grown(published("c", third, 9), published("a", REWORDED, 0), published("b", second, 4))

    assert shape(collation, found.root) == ("base", ("a", ("b", "c")))


def test_two_that_share_changes_and_each_keep_of_the_base_have_a_common_source() -> None:
    one = REWORDED.replace("Forty tonnes of ice", "All of the ice")
    other = REWORDED.replace("The dockers' union asks", "Dockers want to know")
    collation, found = grown(published("a", one, 0), published("b", other, 2), published("c", BASE, 3))

    assert shape(collation, found.root) == ("base", ("lost", "a", "b"), "c")
    (lost,) = [node for node in nodes(found.root) if node.kind == "lost"]
    assert lost.evidence[0].words.startswith("a.test and b.test share what the base does not have")
    assert "1 change of its own" in evidence(collation, found, "a")


def test_who_still_has_a_paragraph_cannot_have_it_from_who_dropped_it() -> None:
    cut = REWORDED.replace(f"{MAYOR}\n", "")
    collation, found = grown(published("a", cut, 0), published("b", REWORDED, 3))

    assert shape(collation, found.root) == ("base", ("lost", "a", "b"))


def test_what_is_older_did_not_come_from_what_is_younger() -> None:
    further = REWORDED.replace("before noon", "at half the price")

    collation, found = grown(published("a", REWORDED, 5), published("b", further, 0))

    assert shape(collation, found.root) == ("base", ("lost", "b", "a"))


def test_alike_and_without_times_neither_comes_from_the_other() -> None:
    collation, found = grown(Copy("a", "a.test", REWORDED), Copy("b", "b.test", REWORDED))

    assert shape(collation, found.root) == ("base", ("lost", "a", "b"))


def test_a_first_sight_is_never_told_as_a_date() -> None:
    seen = [Copy(key, f"{key}.test", REWORDED, since=NOON + timedelta(days=day)) for day, key in enumerate("ab")]

    collation, found = grown(*seen)

    assert shape(collation, found.root) == ("base", ("a", "b"))
    assert "a.test is first seen 1 day earlier" in evidence(collation, found, "b")


def test_a_date_without_its_hour_orders_nothing_within_the_day() -> None:
    same_day = [
        published("a", REWORDED, 0, day_only=True),
        published("b", REWORDED, 6),
    ]

    collation, found = grown(*same_day)

    assert shape(collation, found.root) == ("base", ("lost", "a", "b"))


def test_a_shared_addition_is_evidence_and_furniture_is_not() -> None:
    collation, found = grown(published("a", f"{BASE}\n{NOTE}", 0), published("b", f"{BASE}\n{NOTE}", 1))
    assert shape(collation, found.root) == ("base", ("a", "b"))
    assert f"both add “{NOTE[:70]}" in evidence(collation, found, "b")

    collation, found = grown(published("a", f"{BASE}\nRead more", 0), published("b", f"{BASE}\nRead more", 1))
    assert shape(collation, found.root) == ("base", "a", "b")


def test_a_shared_slip_is_enough() -> None:
    slipped = BASE.replace("authority", "authorty")
    collation, found = grown(published("a", slipped, 0), published("b", slipped, 1), published("c", BASE, 2))

    assert shape(collation, found.root) == ("base", ("a", "b"), "c")
    assert "both print “authorty” for “authority”, a slip that two hands hardly make" in evidence(collation, found, "b")


def test_a_word_that_another_text_has_is_no_slip() -> None:
    changed = BASE.replace("divers", "drivers")

    collation, found = grown(
        published("a", changed, 0), published("b", changed, 1), published("c", f"{BASE}\nDrivers wait.", 2)
    )

    assert shape(collation, found.root) == ("base", "a", "b", "c")


@pytest.mark.parametrize(
    "changed",
    [
        BASE.replace("council", "Council").replace(".", ";"),
        BASE.replace("carried", "carrying"),
        BASE.replace("until the end of the month", "for weeks"),
        "\n".join([QUAY, MAYOR, ICE]),
    ],
    ids=["capitals and punctuation", "an ending", "one phrase", "a cut at the end"],
)
def test_what_two_desks_do_by_themselves_is_no_edge(changed: str) -> None:
    collation, found = grown(published("a", changed, 0), published("b", changed, 1))

    assert shape(collation, found.root) == ("base", "a", "b")


def test_the_same_cuts_inside_the_text_count_with_another_sign() -> None:
    cut = "\n".join([QUAY.replace("was closed on", "has been shut since"), UNION, END])
    collation, found = grown(published("a", cut, 0), published("b", cut, 1))

    assert shape(collation, found.root) == ("base", ("a", "b"))
    assert "leave out the same paragraphs inside the text (2, 3)" in evidence(collation, found, "b")


def test_two_pages_of_one_outlet_are_no_descent() -> None:
    collation, found = grown(
        Copy("a", "one.test", REWORDED, since=NOON), Copy("b", "one.test", REWORDED, since=NOON + timedelta(hours=1))
    )

    assert shape(collation, found.root) == ("base", "a", "b")


def test_a_copy_older_than_the_base_is_not_placed() -> None:
    base = Base(BASE, since=NOON, dated="published")

    _, found = grown(published("a", BASE, -30), published("b", BASE, 2), base=base)

    assert found.unplaced == ((0, "it is older than the base (dated 1 day earlier), so it does not come from it"),)
    assert [child.column for child in found.root.children] == [1]


def test_a_few_words_are_not_placed() -> None:
    _, found = grown(published("a", f"{NOTE}\nMayor Tilda Rook said nothing of the sort on Monday.", 0))

    ((_, why),) = found.unplaced
    assert why.startswith("it has too little of the base to tell")


def test_a_translation_hangs_on_the_base_by_its_links_alone() -> None:
    dutch = "De kade van Nordholm ging maandag dicht. De burgemeester had twee keer gewaarschuwd."
    links = (SentenceLink(0, len(QUAY) + len(MAYOR) + 1, 0, len(dutch)),)
    copies = [Copy(key, f"{key}.test", dutch, links=links, notes=("credits Nordholm Post",)) for key in "ab"]

    collation, found = grown(*copies)

    assert shape(collation, found.root) == ("base", "a", "b")
    told = evidence(collation, found, "a")
    assert "2 of 5 paragraphs have a counterpart, found by meaning" in told
    assert "credits Nordholm Post" in told


@settings(max_examples=60, deadline=None)
@given(articles(), st.lists(articles(), max_size=4))
def test_every_copy_has_one_place_and_every_edge_its_evidence(base: str, texts: list[str]) -> None:
    collation = against(*texts, base=base)
    found = descent(collation)

    placed = [node.column for node in nodes(found.root) if node.column is not None]
    assert sorted([*placed, *(column for column, _ in found.unplaced)]) == list(range(len(texts)))
    assert all(node.evidence for node in nodes(found.root) if node.kind != "base")
    assert all(len(node.children) > 1 for node in nodes(found.root) if node.kind == "lost")
