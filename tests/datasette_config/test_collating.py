"""All copies of a story against one text: who kept what, heat map, descent, through Datasette."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from datasette_config import collating, pictures
from datasette_config.collating import since_of
from datasette_config.serve import make_datasette
from tests.datasette_config.conftest import ENGLISH, Builder, Ids
from tests.datasette_config.test_pages import CONFIG, Page, words

STORY = "/archive/-/story/lower-vane"


@pytest.fixture
def ds(archive_path: Path, ids: Ids) -> Datasette:
    return make_datasette(archive_path)


async def told(ds: Datasette, page: str) -> Any:
    return (await ds.client.get(f"{STORY}/{page}")).json()


@pytest.mark.asyncio
async def test_the_table_says_what_became_of_each_paragraph(ds: Datasette, ids: Ids) -> None:
    found = await told(ds, "kept.json")

    assert [(copy["outlet"], copy["dated"]) for copy in found["copies"]] == [
        ("daily.test", "seen"),
        ("blad.test", "published"),
        ("evil.test", "seen"),
    ]
    fates = [[cell["fate"] for cell in paragraph["cells"]] for paragraph in found["paragraphs"]]
    assert fates == [
        ["kept", "translated", "dropped"],
        ["kept", "translated", "kept"],
        ["kept", "translated", "edited"],
        ["kept", "translated", "dropped"],
        ["kept", "translated", "dropped"],
        ["kept", "dropped", "dropped"],
    ]
    assert found["paragraphs"][0]["text"] == ENGLISH.split("\n")[0]


@pytest.mark.asyncio
async def test_a_cell_opens_the_comparison_at_its_paragraph(ds: Datasette, ids: Ids) -> None:
    page = Page((await ds.client.get(f"{STORY}/kept")).text)

    (href,) = [href for href in page.hrefs() if href.endswith(f"b={ids.hostile_version}#p3")]
    there = Page((await ds.client.get(href.partition("#")[0])).text)
    assert "p3" in {attributes.get("id") for _, attributes in there.tags}


@pytest.mark.asyncio
async def test_the_base_may_be_any_copy_and_says_what_it_cannot_show(ds: Datasette, ids: Ids) -> None:
    from_copy = await told(ds, f"kept.json?base={ids.copy_versions[0]}")
    assert from_copy["base"]["id"] == str(ids.copy_versions[0])
    assert [copy["outlet"] for copy in from_copy["copies"]] == ["blad.test", "evil.test"]
    assert [paragraph["cells"][0]["fate"] for paragraph in from_copy["paragraphs"]] == ["translated"] * 5 + ["dropped"]

    from_dutch = await told(ds, "kept.json?base=text:2")
    assert [copy["outlet"] for copy in from_dutch["copies"]] == ["blad.test"]
    assert sorted(from_dutch["not_aligned"]) == [ids.copy_versions[0], ids.hostile_version]
    html = words((await ds.client.get(f"{STORY}/kept?base=text:2")).text)
    assert "2 copies in another language are not shown" in html


@pytest.mark.asyncio
async def test_the_heat_map_links_each_place_to_its_variants(ds: Datasette) -> None:
    html = (await ds.client.get(f"{STORY}/heat?base=3")).text
    page = Page(html)

    hot = [attributes for _, attributes in page.tags if str(attributes.get("class")).startswith("heat h")]
    anchors = {attributes.get("id") for _, attributes in page.tags}
    assert hot
    assert all(str(attributes["href"])[1:] in anchors for attributes in hot if "href" in attributes)


@pytest.mark.asyncio
async def test_the_tree_says_why_and_what_it_cannot_place(ds: Datasette, ids: Ids) -> None:
    found = await told(ds, "descent.json")

    assert [child["version_id"] for child in found["tree"]["children"]] == [
        ids.copy_versions[0],
        ids.translation_version,
        ids.hostile_version,
    ]
    assert all(child["evidence"] for child in found["tree"]["children"])
    html = words((await ds.client.get(f"{STORY}/descent")).text)
    assert "it keeps 100 % of the base&#39;s words, 6 of 6 paragraphs to the letter" in html
    assert "it credits The Estuary: “Dit artikel verscheen oorspronkelijk op The Estuary.”" in html


@pytest.mark.asyncio
async def test_copies_of_copies_stand_under_them(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    versions = family(path)
    ds = make_datasette(path)

    found = await told(ds, "descent.json")

    (first,) = found["tree"]["children"]
    assert first["version_id"] == versions["morning.test"]
    assert [child["version_id"] for child in first["children"]] == [versions["evening.test"]]
    assert {reason["kind"] for reason in first["children"][0]["evidence"]} >= {"reading", "addition", "time"}
    html = (await ds.client.get(f"{STORY}/descent")).text
    assert f"compare?a={versions['morning.test']}&amp;b={versions['evening.test']}" in html
    kept = await told(ds, "kept.json")
    assert [addition["outlets"] for addition in kept["additions"]] == [2]
    assert "Added by several" in (await ds.client.get(f"{STORY}/kept")).text


@pytest.mark.asyncio
async def test_more_copies_than_a_table_holds_are_counted(ds: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collating, "MOST_COPIES", 1)

    assert "The 2 copies with the least of the story are left out" in (await ds.client.get(f"{STORY}/kept")).text


@pytest.mark.asyncio
@pytest.mark.parametrize("page", ["kept", "heat.json", "descent"])
async def test_denied_texts_are_not_shown(archive_path: Path, ids: Ids, page: str) -> None:
    denied = {"databases": {"archive": {"tables": {"version_texts": {"allow": {"id": "editor"}}}}}}
    ds = make_datasette(archive_path, **{CONFIG: denied})

    assert (await ds.client.get(f"{STORY}/{page}")).status_code == 403
    cookies = {"ds_actor": ds.sign({"a": {"id": "editor"}}, "actor")}
    assert (await ds.client.get(f"{STORY}/{page}", cookies=cookies)).status_code == 200


@pytest.mark.parametrize(
    ("published", "first_seen", "since"),
    [
        ("2023-01-20T08:00:00+01:00", "2023-01-21T00:00:00.000Z", ("2023-01-20T07:00:00+00:00", "published", False)),
        ("2023-01-20", "2023-01-21T00:00:00.000Z", ("2023-01-20T00:00:00+00:00", "published", True)),
        ("2023-01-20T08:00:00", "2023-01-21T00:00:00.000Z", ("2023-01-20T00:00:00+00:00", "published", True)),
        ("2024-08-12T00:00:00Z", "2023-01-21T00:00:00.000Z", ("2023-01-21T00:00:00+00:00", "seen", False)),
        ("yesterday", "2023-01-21T00:00:00.000Z", ("2023-01-21T00:00:00+00:00", "seen", False)),
        (None, None, (None, "seen", False)),
    ],
    ids=["a moment", "a day", "no zone", "a date of a later move", "no date", "nothing"],
)
def test_when_a_copy_began(published: str | None, first_seen: str | None, since: tuple[str | None, str, bool]) -> None:
    at, dated, day_only = since_of({"published": published, "first_seen": first_seen})

    assert (at.isoformat() if at else None, dated, day_only) == since


def family(path: Path) -> dict[str, int]:
    """An archive of one story and two copies, the second made from the first; their versions by outlet."""
    made = Builder(path)
    made.insert("story", slug="lower-vane", title="A Town", outlet="The Estuary", aliases=[], short_ids=[], alerts=[],
                languages=[], created_at="2023-01-19T00:00:00.000Z")  # fmt: skip
    text = made.insert("story_text", story_id=1, language="en", role="original", text=ENGLISH, active=1,
                       source="file:en.txt", text_sha256="0" * 64)  # fmt: skip
    morning = ENGLISH.replace("the water fell again", "the tide stayed out") + (
        "\nOur reader in the harbour office adds that the dredger was sold to another port in December."
    )
    evening = morning.replace("will be counted once more", "are to be counted")
    versions = {}
    for hour, (outlet, said) in enumerate({"morning.test": morning, "evening.test": evening}.items()):
        page = made.page(f"https://{outlet}/a", outlet)
        read = made.extraction(title=outlet, language="en", published=f"2023-01-20T0{hour}:00:00+00:00", text=said)
        capture = made.capture(
            page, "2023-01-22T00:00:00.000Z", "new_version", "the first good capture", extraction=read, run=None
        )
        versions[outlet] = made.version(page, 1, [capture], read)
        made.match(versions[outlet], text, "copy", coverage_story=0.9, coverage_page=0.9, explanation="a copy")
    made.db.conn.commit()
    made.db.close()
    return versions


@pytest.mark.asyncio
@pytest.mark.parametrize("written", ["0{}", ":{}"])
async def test_a_base_is_the_same_however_its_number_is_written(ds: Datasette, ids: Ids, written: str) -> None:
    version = ids.copy_versions[-1]
    plainly = await told(ds, f"kept.json?base={version}")
    assert await told(ds, f"kept.json?base={written.format(version)}") == plainly
    assert version not in [copy["version_id"] for copy in plainly["copies"]], "a text is not held against itself"


def test_the_histogram_is_as_wide_as_the_text_and_highest_where_it_is_hottest() -> None:
    bars = pictures.histogram([100, 300, 0], [0, 4, 2], 4)

    assert sum(bar["width"] for bar in bars) == pytest.approx(pictures.STRIP)
    assert [bar["height"] for bar in bars] == [0, 100, 50]
    assert [bar["x"] for bar in bars] == [0, 250, 1000]
