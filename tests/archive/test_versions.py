"""The decision table, row by row, and what histories it makes."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract import extract
from archive.memory import lines
from archive.types import Observation, Quality
from archive.versions import (
    DECIDING_FIELDS,
    DECISION_TABLE,
    FIELDS,
    NOTED_FIELDS,
    STATED_FIELDS,
    decide,
    deciding_fields,
    fields_of,
    history,
)

T = datetime(2024, 3, 1, 12, tzinfo=UTC)
TEXT = "The ferry to Harwell was cancelled on Tuesday after inspectors found cracks in the hull."


def fields(**changes: str | None) -> dict[str, str | None]:
    base: dict[str, str | None] = {
        "title": "Ferry cancelled", "byline": "Ann Moor", "correction": None, "text": TEXT, "subtitle": None,
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


BOX = "Sign up for our morning newsletter and never miss what happens in the harbour."
LEARNED = frozenset(line.key for line in lines(BOX))
BLOCK = Quality(0.0, ("blocked:akamai", "http_404"))
WALL = Quality(0.1, ("consent_wall",))
#: the fields of a page on which another article stands
ELSE = fields(title="Our newsletter", text="Sign up here for mails", canonical="https://example.org/mail")
LONG = "\n".join(
    [TEXT] + [f"The council heard the {n}th witness, who had seen the crack and told the yard." for n in range(9)]
)
STUB = f"{TEXT}\nAlready a subscriber? Log in to continue reading."
CAPE = fields(links="example.org/hull\nexample.org/report")

#: row of the decision table, what the capture is, what was known, the capture, what it means
TABLE: list[tuple[str, str, dict[str, str | None] | None, Observation, str]] = [
    ("no answer", "timeout", fields(), seen(status=None, error="timeout", nothing=True), "unreachable"),
    ("no answer", "forbidden by robots", None, seen(status=None, error="robots", nothing=True), "unreachable"),
    ("blocked", "a 404 that a CDN made", fields(), seen(status=404, quality=BLOCK, nothing=True), "unreachable"),
    ("gone", "404", fields(), seen(status=404, nothing=True), "gone"),
    ("gone", "410 of a page never seen", None, seen(status=410, nothing=True), "gone"),
    ("304 of nothing", "304, never seen", None, seen(not_modified=True, status=304, nothing=True), "bad"),
    ("304", "304 without a body", fields(), seen(not_modified=True, status=304, nothing=True), "unchanged"),
    ("server error", "503", fields(), seen(status=503, nothing=True), "unreachable"),
    ("server error", "403 with a text", fields(), seen(status=403, says=fields(text="No entry")), "unreachable"),
    ("bad capture", "a wall", fields(), seen(quality=WALL, says=fields(text="Accept")), "bad"),
    ("bad capture", "a wall first", None, seen(quality=WALL, says=fields(text="Accept")), "bad"),
    ("no text", "no text", fields(), seen(says=fields(text="")), "bad"),
    ("no text", "nothing read", fields(), seen(nothing=True), "bad"),
    ("first", "first good capture", None, seen(), "new_version"),
    ("read another way", "read another way", fields(), seen(says=fields(path="json", text="other")), "bad"),
    ("the same", "the same again", fields(), seen(), "unchanged"),
    ("the same", "304 with its body", fields(), seen(not_modified=True, status=304), "unchanged"),
    ("the same", "white space", fields(), seen(says=fields(text=TEXT.replace(" ", "  \u00a0"))), "unchanged"),
    ("the same", "modified date alone", fields(), seen(says=fields(modified="2024-03-05")), "unchanged"),
    ("the same", "image alone", fields(), seen(says=fields(image="https://cdn2.example.org/a.jpg")), "unchanged"),
    ("the same", "a second author comes", fields(), seen(says=fields(byline="Ann Moor, Bo Helper")), "unchanged"),
    ("the same", "an author stated at last", fields(byline=None), seen(), "unchanged"),
    ("the same", "subtitle cut", fields(subtitle="No crossing until"), seen(says=fields(subtitle="No cros…")), "unchanged"),
    ("the same", "subtitle taken from the text", fields(subtitle="No crossing"), seen(says=fields(subtitle=TEXT)), "unchanged"),
    ("the same", "links first read now", fields(), seen(says=CAPE), "unchanged"),
    ("the same", "a widget's link goes", fields(links="x.com/a/1"), seen(says=fields(links="")), "unchanged"),
    ("lines of the outlet", "a box comes", fields(), seen(says=fields(text=f"{TEXT}\n{BOX}")), "unchanged"),
    ("lines of the outlet", "a box goes", fields(text=f"{BOX}\n{TEXT}"), seen(), "unchanged"),
    ("another article", "another article at the address", fields(), seen(says=ELSE), "bad"),
    ("text lost", "a notice", fields(), seen(says=fields(title="Oops", text="Please come back later")), "bad"),
    ("stub", "a stub with an offer", fields(text=LONG), seen(says=fields(text=STUB)), "bad"),
    ("edited", "headline only", fields(), seen(says=fields(title="Ferry off")), "new_version"),
    ("edited", "one figure", fields(), seen(says=fields(text=TEXT.replace("Tuesday", "Monday"))), "new_version"),
    ("edited", "correction added", fields(), seen(says=fields(correction="Correction: Monday.")), "new_version"),
    ("edited", "an author exchanged", fields(), seen(says=fields(byline="Bo Helper")), "new_version"),
    ("edited", "a new subtitle", fields(subtitle="No crossing"), seen(says=fields(subtitle="All sail")), "new_version"),
    ("edited", "a link taken out", CAPE, seen(says=fields(links="example.org/hull")), "new_version"),
    ("the same", "another site's name in the title", fields(page_title="Ferry cancelled - Courier"), seen(says=fields(page_title="Ferry cancelled | The Courier")), "unchanged"),
    ("the same", "a page's title first read now", fields(), seen(says=fields(page_title="No ferry on Tuesday")), "unchanged"),
    ("the same", "another credit", fields(caption="The hull in dock. Photo: Ann Moor"), seen(says=fields(caption="The hull in dock. Bo Helper / AP")), "unchanged"),
    ("edited", "the page's title only", fields(page_title="No ferry on Tuesday"), seen(says=fields(page_title="No ferry on Monday")), "new_version"),
    ("edited", "a caption only", fields(caption="The hull of the Morning Star in dock"), seen(says=fields(caption="The hull of the Evening Star in dock")), "new_version"),
    ("edited", "curly quotes", fields(text='He said "no".'), seen(says=fields(text="He said “no”.")), "new_version"),
    (
        "edited",
        "a box goes and a word changes",
        fields(text=f"{BOX}\n{TEXT}"),
        seen(says=fields(text=TEXT.replace("Tuesday", "Monday"))),
        "new_version",
    ),
    (
        "edited",
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
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "known", "observation", "kind"),
    [(row, known, observation, kind) for row, _, known, observation, kind in TABLE],
    ids=[f"{row}: {what}" for row, what, *_ in TABLE],
)
def test_decision_table(row: str, known: dict[str, str | None] | None, observation: Observation, kind: str) -> None:
    decision = decide(known, observation, learned=LEARNED)
    assert (decision.row, decision.kind) == (row, kind)
    assert decision.why


def test_the_table_of_the_tests_lists_every_row_of_the_code_in_order() -> None:
    assert list(dict.fromkeys(row for row, *_ in TABLE)) == [row.name for row in DECISION_TABLE]


def test_no_field_of_a_version_is_left_out() -> None:
    assert sorted(field.name for field in FIELDS) == sorted((*DECIDING_FIELDS, *NOTED_FIELDS, *STATED_FIELDS))


def test_what_was_taken_for_the_outlets_is_said() -> None:
    decision = decide(fields(), seen(says=fields(text=f"{TEXT}\n{BOX}")), learned=LEARNED)
    assert decision.why == f"only lines of the outlet differ: “{BOX}”"
    assert decide(fields(), seen(says=fields(text=f"{TEXT}\n{BOX}"))).kind == "new_version"


def test_a_box_that_goes_with_a_headline_edit_is_not_among_the_changed_fields() -> None:
    decision = decide(fields(text=f"{BOX}\n{TEXT}"), seen(says=fields(title="Ferry off")), learned=LEARNED)
    assert decision.changed_fields == ("title",)


def test_a_refusal_names_its_hand() -> None:
    blocked = Quality(0.0, ("blocked:cloudflare", "http_403"))
    assert decide(fields(), seen(status=403, quality=blocked, nothing=True)).why == (
        "the server answered 403 (blocked:cloudflare)"
    )


@pytest.mark.parametrize(
    ("old", "new", "edited"),
    [
        ("Dana Ford and Tom Watkins, CNN", "Dana A. Ford, James Corey, and Tom Watkins, CNN", False),
        ("By DANA FORD", "Dana Ford", False),
        ("Ford, Dana", "Dana Ford", False),
        ("Reuters", "Dana Ford", False),
        ("Dana Ford", "Reuters Staff", False),
        ("Dana Ford", None, False),
        ("Dana Ford and Tom Watkins", "Tom Watkins", True),
        ("Door Eva de Wit", "Door Jan van Dijk", True),
        ("Ursula von der Leyen", "Von Ursula von der Leyen", False),
        ("Von Anna Groß", "Von Anna Groß und Karl May", False),
    ],
)
def test_a_byline_is_compared_as_a_set_of_names(old: str | None, new: str | None, edited: bool) -> None:
    assert ("byline" in deciding_fields(fields(byline=old), fields(byline=new))) is edited


@pytest.mark.parametrize(
    ("old", "new", "edited"),
    [
        ("example.org/a\nexample.org/b", "example.org/b\nexample.org/a", False),
        ("example.org/a", "www.example.org/a?utm_source=x", False),
        ("web.archive.org/web/20220101000000/https:/example.org/a", "example.org/a", False),
        ("example.org/a\ntwitter.com/x/1", "example.org/a", False),
        ("a.example/1\na.example/2\na.example/3", "", False),
        ("example.org/a", "", True),
        ("example.org/a", "example.org/b", True),
        (None, "example.org/a", False),
    ],
)
def test_links_are_compared_as_a_set_of_addresses(old: str | None, new: str | None, edited: bool) -> None:
    assert ("links" in deciding_fields(fields(links=old), fields(links=new))) is edited


@pytest.mark.parametrize(
    ("old", "new", "edited"),
    [
        ("Police at the scene on Monday.", "Police at the scene on Tuesday.", True),
        ("Police at the scene.Ann Moor / Reuters", "Police at the scene. Ann Moor / Reuters", False),
        ("Police at the scene. Ann Moor / Reuters", "Police at the scene. Bo Helper / AFP", False),
        ("Police at the scene", "Police at the scene (Photo by Ann Moor/AFP via Getty Images)", False),
        ("Police at the scene", "Police at the scene Ann Moor/AFP", False),
        ("Police at the scene", "Police at the scene after the raid", True),
        ("경찰이 현장에 도착했다 [사진 출처 = 연합뉴스]", "경찰이 현장에 도착했다", False),
        ("20220728100606_215", "20220728100607_216", False),
        ("Police at the scene", "Our readers voted for the best beach", False),
        ("Police at the scene", None, False),
        ("Die Polizei am Tatort. Foto: dpa", "Die Feuerwehr am Tatort. Foto: dpa", True),
    ],
)
def test_a_caption_is_edited_where_its_words_are(old: str | None, new: str | None, edited: bool) -> None:
    image = "https://example.org/a.jpg"
    sides = fields(caption=old, image=image), fields(caption=new, image=f"{image}?w=640")
    assert ("caption" in deciding_fields(*sides)) is edited


def test_an_image_exchanged_with_its_caption_is_an_edit() -> None:
    old = fields(caption="Police at the scene", image="https://example.org/scene.jpg")
    new = fields(caption="Mourners in the square", image="https://example.org/square.jpg")
    assert deciding_fields(old, new) == ("caption",)


def test_an_edit_of_the_headline_is_not_said_again_by_the_page_title() -> None:
    old = fields(title="12 dead in raid", page_title="12 dead in raid: live")
    assert decide(
        old, seen(says=old | {"title": "21 dead in raid", "page_title": "21 dead in raid: live"})
    ).changed_fields == ("title",)
    assert decide(old, seen(says=old | {"page_title": "21 dead in raid: live"})).changed_fields == ("page_title",)


def test_pages_that_say_the_same_with_other_html_make_one_version(shared_data: Path) -> None:
    folder = shared_data / "web" / "captures"
    sets = [json.loads(line) for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    same = [one for one in sets if one["kind"] == "same_text_other_html"][:12]
    for one in same:
        observations = []
        for number, capture in enumerate(one["captures"], start=1):
            body = gzip.decompress((folder / capture["file"]).read_bytes())
            extraction = extract(body, "https://example.org/ferry")
            assert extraction is not None
            observations.append(seen(number, says=fields_of(extraction)))
        versions, decisions = history(1, observations)
        assert len(versions) <= 1, (one["id"], decisions)


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
