"""TimeMap, TimeGate and mementos, as other tools ask for them (RFC 7089)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from datasette.app import Datasette

from datasette_config.memento import _spellings
from datasette_config.serve import make_datasette
from tests.datasette_config.conftest import Ids
from tests.datasette_config.test_pages import CONFIG, Page

COPY = "https://daily.test/world/lower-vane"


@pytest.fixture
def ds(archive_path: Path, ids: Ids) -> Datasette:
    return make_datasette(archive_path)


def links(text: str) -> list[tuple[str, str, str | None]]:
    """Address, relation and datetime of each link."""
    found = []
    for address, attributes in re.findall(r"<([^>]*)>((?:\s*;\s*\w+=\"[^\"]*\")*)", text):
        told = dict(re.findall(r'(\w+)="([^"]*)"', attributes))
        found.append((address, told["rel"], told.get("datetime")))
    return found


@pytest.mark.asyncio
async def test_a_timemap_lists_each_good_capture(ds: Datasette) -> None:
    response = await ds.client.get(f"/archive/-/timemap/link/{COPY}")

    assert response.headers["content-type"] == "application/link-format; charset=utf-8"
    found = links(response.text)
    assert found[0] == (COPY, "original", None)
    mementos = [(relation, at) for _, relation, at in found if "memento" in relation]
    assert mementos == [
        ("first memento", "Fri, 20 Jan 2023 08:00:00 GMT"),
        ("memento", "Fri, 20 Jan 2023 12:00:00 GMT"),
        ("memento", "Sun, 22 Jan 2023 08:00:00 GMT"),
        ("memento", "Wed, 01 Feb 2023 08:00:00 GMT"),
        ("last memento", "Wed, 01 Mar 2023 08:00:00 GMT"),
    ]
    for address, _, _ in found[1:]:
        answered = await ds.client.get(address.removeprefix("http://localhost"))
        assert answered.status_code in (200, 302)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("asked", "stamp"),
    [
        (None, "20230301080000"),
        ("Sat, 21 Jan 2023 00:00:00 GMT", "20230120120000"),
        ("Thu, 01 Jan 1998 00:00:00 GMT", "20230120080000"),
        ("Fri, 01 Jan 2100 00:00:00 GMT", "20230301080000"),
    ],
)
async def test_a_timegate_leads_to_the_nearest(ds: Datasette, asked: str | None, stamp: str) -> None:
    headers = {"Accept-Datetime": asked} if asked else {}
    response = await ds.client.get(f"/archive/-/timegate/{COPY}", headers=headers, follow_redirects=False)

    assert response.status_code == 302
    assert response.headers["location"] == f"http://localhost/archive/-/memento/{stamp}/{COPY}"
    assert "accept-datetime" in response.headers["vary"]
    assert {relation for _, relation, _ in links(response.headers["link"])} >= {"original", "timegate", "timemap"}


@pytest.mark.asyncio
async def test_a_memento_is_what_the_page_said_then(ds: Datasette) -> None:
    before = await ds.client.get(f"/archive/-/memento/20230120080000/{COPY}")
    after = await ds.client.get(f"/archive/-/memento/20230122080000/{COPY}")

    assert before.headers["memento-datetime"] == "Fri, 20 Jan 2023 08:00:00 GMT"
    assert "41 boats in the mud" in before.text
    assert "39 boats in the mud" in after.text
    relations = {relation: at for _, relation, at in links(after.headers["link"])}
    assert relations["prev memento"] == "Fri, 20 Jan 2023 12:00:00 GMT"
    assert relations["memento"] == "Sun, 22 Jan 2023 08:00:00 GMT"


@pytest.mark.asyncio
async def test_a_time_without_capture_redirects(ds: Datasette) -> None:
    response = await ds.client.get(f"/archive/-/memento/20230121000000/{COPY}", follow_redirects=False)

    assert (response.status_code, response.headers["location"].split("/")[6]) == (302, "20230120120000")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/archive/-/timemap/link/https://nowhere.test/", 404),
        ("/archive/-/timemap/link/javascript:alert(1)", 404),
        ("/archive/-/timegate/http://[", 404),
        (f"/archive/-/memento/yesterday/{COPY}", 400),
        (f"/archive/-/memento/20231345000000/{COPY}", 400),
        ("/archive/-/timemap/link/https://shimbun.test/a", 200),
    ],
)
async def test_what_cannot_be_answered_is_said(ds: Datasette, path: str, status: int) -> None:
    assert (await ds.client.get(path)).status_code == status


@pytest.mark.asyncio
async def test_a_date_that_is_none_is_refused(ds: Datasette) -> None:
    response = await ds.client.get(f"/archive/-/timegate/{COPY}", headers={"Accept-Datetime": "tomorrow"})

    assert response.status_code == 400


@pytest.mark.asyncio
async def test_an_address_of_an_outlet_breaks_out_of_no_header_and_no_page(ds: Datasette) -> None:
    path = "/archive/-/timemap/link/https://evil.test/?q=<script>alert(1)</script>"
    response = await ds.client.get(path)

    assert response.status_code == 200
    assert "<script" not in response.text
    (stamped,) = [address for address, relation, _ in links(response.text) if relation == "first last memento"]
    page = await ds.client.get(stamped.removeprefix("http://localhost"))
    assert page.status_code == 200
    assert "\n" not in page.headers["link"]
    assert not {tag for tag, _ in Page(page.text).tags} & {"iframe", "img"}
    assert "<script>document" not in page.text


@pytest.mark.asyncio
async def test_one_address_may_be_spelled_in_several_ways(ds: Datasette) -> None:
    for spelled in ("http://daily.test/world/lower-vane/", "https:/www.daily.test/world/lower-vane"):
        assert (await ds.client.get(f"/archive/-/timemap/link/{spelled}")).status_code == 200, spelled
    assert len(_spellings(COPY)) < 40


@pytest.mark.asyncio
async def test_below_a_base_url(archive_path: Path, ids: Ids) -> None:
    ds = make_datasette(archive_path, settings={"base_url": "/press/"})

    response = await ds.client.get(f"/archive/-/timegate/{COPY}", follow_redirects=False)

    assert response.headers["location"].startswith("http://localhost/press/archive/-/memento/")


@pytest.mark.asyncio
async def test_denied_texts_have_no_mementos(archive_path: Path, ids: Ids) -> None:
    ds = make_datasette(
        archive_path, **{CONFIG: {"databases": {"archive": {"tables": {"captures": {"allow": False}}}}}}
    )

    for kind in ("timemap/link", "timegate", "memento/20230120080000"):
        assert (await ds.client.get(f"/archive/-/{kind}/{COPY}", follow_redirects=False)).status_code == 403
