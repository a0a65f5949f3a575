"""The reading pages of real saved pages in a real browser: every page of every kind, in peace, on a phone, for every eye."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.datasette_config.chromium import axe, serving
from tests.datasette_config.real import build_real

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: The archive is made in half a minute of an idle machine, within the first test.
pytestmark = [pytest.mark.data, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_real(shared_data, tmp_path_factory.mktemp("real") / "archive.db")


@pytest.fixture(scope="module")
def server(real: Path) -> Iterator[str]:
    with serving(real) as address:
        yield address


def every_page(real: Path) -> dict[str, list[str]]:
    """Addresses by kind of page."""
    db = sqlite3.connect(real)

    def asked(sql: str, form: str) -> list[str]:
        return [form.format(*row) for row in db.execute(sql)]

    carried = "SELECT DISTINCT story FROM story_pages WHERE kind IN ('copy', 'rewrite', 'excerpt', 'translation') ORDER BY story"
    matched = "SELECT story_text_id, version_id FROM story_pages WHERE kind = 'copy' AND NOT own ORDER BY 2"
    edits = "SELECT old_version_id, new_version_id FROM changes ORDER BY id"
    return {
        "lists": ["/-/afterprint", "/archive/-/changes?min=0", "/archive/-/search?q=the", "/archive/-/search?q=de"],
        "story": asked("SELECT slug FROM stories ORDER BY slug", "/archive/-/story/{}"),
        "kept": asked(carried, "/archive/-/story/{}/kept"),
        "heat": asked(carried, "/archive/-/story/{}/heat"),
        "descent": asked(carried, "/archive/-/story/{}/descent"),
        "timeline": asked("SELECT id FROM pages ORDER BY id", "/archive/-/page/{}"),
        "edit": asked(edits, "/archive/-/compare?a={}&b={}"),
        "edit, side by side": asked(edits, "/archive/-/compare?a={}&b={}&view=side"),
        "copy": asked(matched, "/archive/-/compare?a=text:{}&b={}"),
    }


KINDS = ("lists", "story", "kept", "heat", "descent", "timeline", "edit", "edit, side by side", "copy")
#: Pages of a kind that axe looks at, half a second each.
LOOKED_AT = 6


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_of_real_texts_loads_in_peace_and_fits_a_phone(
    real: Path, server: str, page: Page, complaints: list[str], kind: str
) -> None:
    addresses = every_page(real)[kind]
    assert addresses
    for path in addresses:
        page.goto(f"{server}{path}")
        assert complaints == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_around_real_texts(real: Path, browser: Browser, server: str, kind: str, scheme: Any) -> None:
    addresses = every_page(real)[kind]
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    for path in addresses[:: max(1, len(addresses) // LOOKED_AT)]:
        page.goto(f"{server}{path}")
        assert axe(page) == [], path
    context.close()


def test_real_texts_read_and_print_without_scripts(real: Path, browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for addresses in every_page(real).values():
        page.goto(f"{server}{addresses[len(addresses) // 2]}")
        assert page.locator("main").inner_text().strip()
        assert len(page.pdf()) > 10_000
    context.close()
