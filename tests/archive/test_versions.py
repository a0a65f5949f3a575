"""The decision table, row by row, and what histories it makes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.types import Observation, Quality
from archive.versions import decide, history

T = datetime(2024, 3, 1, 12, tzinfo=UTC)
TEXT = "The ferry to Harwell was cancelled on Tuesday after inspectors found cracks in the hull."


def fields(**changes: str | None) -> dict[str, str | None]:
    base: dict[str, str | None] = {
        "title": "Ferry cancelled", "byline": "A. Writer", "correction": None, "text": TEXT, "subtitle": None,
        "published": "2024-03-01", "modified": "2024-03-01", "section": None, "language": "en", "image": None,
        "path": "article", "canonical": "https://example.org/ferry",
    }  # fmt: skip
    return base | changes


def seen(
    number: int = 1,
    *,
    status: int | None = 200,
    error: str | None = None,
    not_modified: bool = False,
    quality: Quality | None = None,
    says: dict[str, str | None] | None = None,
    nothing: bool = False,
) -> Observation:
    return Observation(
        capture_id=number,
        at=T + timedelta(hours=number),
        status=status,
        error_class=error,
        not_modified=not_modified,
        quality=quality or Quality(1.0),
        extraction_id=None if nothing else number,
        fields=None if nothing else (says or fields()),
    )


TABLE = [
    ("first good capture", None, seen(), "new_version"),
    ("the same again", fields(), seen(), "unchanged"),
    ("304 with its body", fields(), seen(not_modified=True, status=304), "unchanged"),
    ("304 without a body", fields(), seen(not_modified=True, status=304, nothing=True), "unchanged"),
    ("304 of a page never seen", None, seen(not_modified=True, status=304, nothing=True), "bad"),
    ("timeout", fields(), seen(status=None, error="timeout", nothing=True), "unreachable"),
    ("forbidden by robots", None, seen(status=None, error="robots", nothing=True), "unreachable"),
    ("404", fields(), seen(status=404, nothing=True), "gone"),
    ("410 of a page never seen", None, seen(status=410, nothing=True), "gone"),
    ("503", fields(), seen(status=503, nothing=True), "unreachable"),
    ("403", fields(), seen(status=403, nothing=True), "unreachable"),
    ("a wall", fields(), seen(quality=Quality(0.1, ("consent_wall",)), says=fields(text="Accept")), "bad"),
    ("a wall first", None, seen(quality=Quality(0.1, ("consent_wall",)), says=fields(text="Accept")), "bad"),
    ("no text", fields(), seen(says=fields(text="")), "bad"),
    ("headline only", fields(), seen(says=fields(title="Ferry off")), "new_version"),
    ("one figure", fields(), seen(says=fields(text=TEXT.replace("Tuesday", "Monday"))), "new_version"),
    ("correction added", fields(), seen(says=fields(correction="Correction: it was Monday.")), "new_version"),
    ("byline alone", fields(), seen(says=fields(byline="B. Writer")), "unchanged"),
    ("curly quotes", fields(text='He said "no".'), seen(says=fields(text="He said “no”.")), "new_version"),
    ("white space", fields(), seen(says=fields(text=TEXT.replace(" ", "  \u00a0"))), "unchanged"),
    ("modified date alone", fields(), seen(says=fields(modified="2024-03-05")), "unchanged"),
    ("read another way", fields(), seen(says=fields(path="json", text="other")), "bad"),
    (
        "another article at the address",
        fields(),
        seen(says=fields(title="Our newsletter", text="Sign up here for mails", canonical="https://example.org/mail")),
        "bad",
    ),
    ("a notice in its place", fields(), seen(says=fields(title="Oops", text="Please come back later")), "bad"),
    (
        "rewritten from top to bottom, same address",
        fields(),
        seen(
            says=fields(
                title="Hull cracks",
                text="Nothing of what stood here stayed, and yet it is about as long as it was before",
            )
        ),
        "new_version",
    ),
]


@pytest.mark.parametrize(("known", "observation", "kind"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_decision_table(known: dict[str, str | None] | None, observation: Observation, kind: str) -> None:
    assert decide(known, observation).kind == kind


def test_a_version_names_its_changed_fields() -> None:
    decision = decide(fields(), seen(says=fields(title="Ferry off", modified="2024-03-02")))
    assert decision.changed_fields == ("title", "modified")


def test_a_headline_printed_in_the_article_is_no_change_of_its_text() -> None:
    before = fields(text=f"Ferry cancelled\n{TEXT}")
    after = fields(title="Ferry off", text=f"Ferry off\n{TEXT}")
    assert decide(before, seen(says=after)).changed_fields == ("title",)


def test_a_b_a_is_three_versions() -> None:
    a, b = fields(), fields(text=TEXT + " It sails again.")
    versions, _ = history(7, [seen(1, says=a), seen(2, says=b), seen(3, says=a)])
    assert [(v.number, v.first_capture_id) for v in versions] == [(1, 1), (2, 2), (3, 3)]


def test_a_gap_ends_no_version() -> None:
    versions, decisions = history(
        7, [seen(1), seen(2, status=None, error="timeout", nothing=True), seen(3, status=404, nothing=True), seen(4)]
    )
    assert len(versions) == 1
    assert versions[0].captures == 2
    assert versions[0].seen_to == T + timedelta(hours=4)
    assert [decisions[n].kind for n in (1, 2, 3, 4)] == ["new_version", "unreachable", "gone", "unchanged"]


TEXTS = st.sampled_from(["one and the rest", "two and the rest", "three and the rest"])


@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_neighbouring_versions_differ_and_every_capture_is_decided(texts: list[str]) -> None:
    observations = [seen(n, says=fields(text=text)) for n, text in enumerate(texts, start=1)]
    versions, decisions = history(1, observations)
    runs = [text for text, before in zip(texts, [None, *texts], strict=False) if text != before]
    assert len(versions) == len(runs)
    assert set(decisions) == set(range(1, len(texts) + 1))
    assert sum(version.captures for version in versions) == len(texts)


@given(st.lists(TEXTS, min_size=2, max_size=10), st.integers(1, 9))
def test_going_on_from_the_last_version_is_the_same_as_telling_all(texts: list[str], cut: int) -> None:
    observations = [seen(n, says=fields(text=text)) for n, text in enumerate(texts, start=1)]
    cut = min(cut, len(texts) - 1)
    whole, _ = history(1, observations)
    first, _ = history(1, observations[:cut])
    rest, _ = history(1, observations[cut:], after=(first[-1], fields(text=texts[cut - 1])))
    assert [*first[:-1], *rest] == whole
