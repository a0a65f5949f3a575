"""Fields and links: the same in another notation is noise that says so; another value is told."""

from __future__ import annotations

import pytest

from archive.diff import FIELDS, NOTABLE, VersionText, diff
from archive.diff_fields import compare_links, image_key, same_byline, same_image, same_subtitle, same_time
from archive.diff_terminal import render_terminal
from archive.types import Link

TEXT = "The fire left 12 people dead.\nRead the full report here before it is gone."


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("2023-01-20T10:00:00+01:00", "2023-01-20T09:00:00Z", True),
        ("2023-01-20T10:00:00+0100", "Fri, 20 Jan 2023 09:00:00 GMT", True),
        ("2023-01-20 10:00:00", "2023-01-20T09:00:00Z", True),
        ("2023-01-20", "2023-01-20T23:30:00-05:00", True),
        ("2023-01-20T10:00:14Z", "2023-01-20T10:00Z", True),
        ("20 januari 2023", "2023-01-20", True),
        ("January 20, 2023", "2023-01-20T08:00:00Z", True),
        ("1674205200", "2023-01-20T09:00:00Z", True),
        ("2023-01-20", "2023-01-21", False),
        ("2023-01-20T09:00:00Z", "2023-01-20T10:00:00Z", False),
        ("2023-01-20", "2024-08-01T00:00:00Z", False),
        ("soon", "later", False),
        ("2023-13-45", "2023-01-20", False),
    ],
)
def test_dates_are_instants(old: str, new: str, same: bool) -> None:
    assert same_time(old, new) is same
    assert same_time(new, old) is same


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("https://x.test/a/raid-1024x576.jpg?w=90", "https://i0.wp.com/x.test/a/raid.webp", True),
        ("https://x.test/a/raid.jpg", "https://cdn.y.test/resize/640x/raid@2x.jpg", True),
        ("https://x.test/img/abc123/640.jpg", "https://x.test/img/abc123/1200.jpg", True),
        ("https://x.test/_next/image?url=https%3A%2F%2Fx.test%2Fraid.jpg&w=640", "https://x.test/raid.jpg", True),
        ("https://x.test/a/raid.jpg", "https://x.test/a/fire.jpg", False),
        ("https://x.test/img/abc123/640.jpg", "https://x.test/img/def456/640.jpg", False),
    ],
)
def test_images_are_files(old: str, new: str, same: bool) -> None:
    assert same_image(old, new) is same


@pytest.mark.parametrize(
    "url", ["", "//", "https://", "https://x.test", "https://x.test/640.jpg", "\ud800", "?url=https://?url=https://"]
)
def test_an_image_address_may_be_anything(url: str) -> None:
    assert isinstance(image_key(url), str)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("By Jane Doe", "JANE DOE", True),
        ("Jane Doe and A. Roe", "A. Roe, Jane Doe", True),
        ("Door Jan Jansen en Els de Wit", "Els de Wit & Jan Jansen", True),
        ("Jane Doe", "Jane Roe", False),
        ("Jane Doe", "Jane Doe, A. Roe", False),
    ],
)
def test_bylines_are_sets_of_names(old: str, new: str, same: bool) -> None:
    assert same_byline(old, new) is same


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("The raid left 12 dead on Monday, police said.", "The raid left 12 dead on […]", True),
        ("The raid left 12 dead on Monday, police said.", "The raid left 12 dead... [more]", True),
        ("A spokesman posted a video of the attack online", "A spokesman posted a video", False),
        ("The raid left 12 dead.", "The raid left 21 dead.", False),
        ("The raid left 21 dead […]", "The raid left 12 dead on Monday.", False),
    ],
)
def test_a_subtitle_may_be_cut(old: str, new: str, same: bool) -> None:
    assert same_subtitle(old, new) is same


@pytest.mark.parametrize(
    ("name", "old", "new", "low", "high"),
    [
        ("canonical", "https://x.test/a?utm_source=b", "http://www.x.test/a/", 0.001, 0.1),
        ("canonical", "https://x.test/a", "https://x.test/b", 0.1, NOTABLE),
        ("language", "nl-NL", "nl", 0.001, 0.1),
        ("language", "nl", "en", NOTABLE, 0.5),
        ("caption", "Firefighters at the scene", "Police at the scene", NOTABLE, 0.6),
        ("caption", "The firefigthers at the scene", "The firefighters at the scene", 0.001, NOTABLE),
        ("image", "https://x.test/a.jpg", None, NOTABLE, 0.5),
        ("image", "https://x.test/a.jpg", "https://x.test/b.jpg", 0.1, NOTABLE),
        ("title", "Raid in Osk", "Raid in Osk | The Daily Post", 0.001, 0.1),
        ("title", "Raid in Osk", "Raid in Osk | 21 dead", 0.6, 1),
        ("title", "The goverment falls", "The government falls", 0.001, NOTABLE),
        ("page_title", "12 dead in raid", "21 dead in raid", 0.5, 1),
        ("page_title", "Raid in Osk - Post", "Raid in Osk | The Post", 0.001, 0.1),
        ("section", "Foreign Affairs", "foreign-affairs", 0.001, 0.1),
        ("byline", "By Jane Doe", "Jane Doe", 0.001, 0.1),
        ("subtitle", "It left 12 dead on Monday.", "It left 21 dead on Monday.", 0.5, 1),
    ],
)
def test_each_field_has_its_place(name: str, old: str | None, new: str | None, low: float, high: float) -> None:
    change = diff(VersionText(**{name: old}, text=TEXT), VersionText(**{name: new}, text=TEXT))

    assert low <= change.significance < high
    assert change.fields == {name: (old, new)}, "noise does not vanish"
    assert change.reasons


def test_every_field_is_compared() -> None:
    full = VersionText(**{name: f"{name} one of {name}" for name in FIELDS})
    other = VersionText(**{name: f"{name} two {name} ones" for name in FIELDS} | {"page_title": "something else"})

    assert tuple(diff(full, other).fields) == FIELDS
    assert set(FIELDS) | {"links", "text"} == set(VersionText.__slots__)


def test_a_page_title_that_follows_the_headline_is_of_little_weight() -> None:
    old = VersionText(title="Five ways to travel", page_title="How to travel with a friend", text=TEXT)
    new = VersionText(title="Five ways to travel", page_title="Five ways to travel", text=TEXT)

    assert 0 < diff(old, new).significance < NOTABLE
    assert diff(new, old).significance >= NOTABLE, "it says more than the headline does"


def test_an_edit_that_the_headline_tells_is_not_told_twice() -> None:
    old = VersionText(title="12 dead in raid", page_title="12 dead in raid - Osk", text=TEXT)
    new = VersionText(title="21 dead in raid", page_title="21 dead in raid - Osk", text=TEXT)

    assert list(diff(old, new).fields) == ["title"]


def links(*urls: str, text: str = "here") -> tuple[Link, ...]:
    return tuple(Link(url, text) for url in urls)


def test_a_removed_download_is_told_though_the_text_is_the_same() -> None:
    old = VersionText(text=TEXT, links=links("https://data.test/set/deaths-2023.csv"))

    change = diff(old, VersionText(text=TEXT))

    assert change.links.removed == old.links
    assert change.reasons == ("download link removed: “here” (data.test/…/deaths-2023.csv)",)
    assert change.significance >= 0.5
    assert not change.empty
    assert change.summary == (
        "text unchanged; links: 1 removed; download link removed: “here” (data.test/…/deaths-2023.csv)"
    )
    assert "- here <https://data.test/set/deaths-2023.csv>" in render_terminal(change, False, 200).replace(
        "[-", ""
    ).replace("-]", "")


@pytest.mark.parametrize(
    ("old", "new", "low", "high"),
    [
        (links("https://a.test/x"), (), NOTABLE, 0.5),
        ((), links("https://a.test/x"), NOTABLE, 0.5),
        (links("https://a.test/x"), links("https://b.test/y"), NOTABLE, 0.5),
        (links("https://a.test/x?utm_source=n"), links("http://www.a.test/x"), 0, 0.001),
        (links("https://a.test/x"), links("https://a.test/x", "https://a.test/x#more"), 0, 0.001),
        ((), links("https://www.facebook.com/sharer/sharer.php?u=x", "https://wa.me/?text=x"), 0, 0.001),
        ((), links("mailto:a@b.test", "javascript:alert(1)"), 0, 0.001),
        ((), links("https://a.test/tag/fire"), 0.001, NOTABLE),
        (
            links("https://web.archive.org/web/20220101000000/https://a.test/x"),
            links("https://web.archive.org/web/20230101000000/https://a.test/x"),
            0,
            0.001,
        ),
    ],
)
def test_links_are_sets_of_pages(old: tuple[Link, ...], new: tuple[Link, ...], low: float, high: float) -> None:
    change = diff(VersionText(text=TEXT, links=old), VersionText(text=TEXT, links=new))

    assert low <= change.significance < high


def test_a_link_of_a_teaser_is_none_of_the_article() -> None:
    text = f"{TEXT}\nRead also: Harbour strike enters third week"
    teaser = Link("https://a.test/strike", "Harbour strike enters third week")

    assert 0 < diff(VersionText(text=text), VersionText(text=text, links=(teaser,))).significance < NOTABLE


def test_links_mirror() -> None:
    old, new = links("https://a.test/x", "https://a.test/y"), links("https://a.test/y", "https://a.test/z")

    there, back = compare_links(old, new), compare_links(new, old)

    assert (there.removed, there.added) == (back.added, back.removed)
