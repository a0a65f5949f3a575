"""The reading pages in a real browser: no errors, no violations, nothing wider than a phone, no script of an outlet."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from datasette_config.serve import serve_arguments
from tests.datasette_config.conftest import Ids
from tests.datasette_config.test_pages import EVERY_PAGE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def server(archive_path: Path, ids: Ids) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "datasette", *serve_arguments(archive_path, port=port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(f"http://127.0.0.1:{port}/-/afterprint", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended before it answered"
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"{url} did not answer in 30 s")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{CHROMIUM} is absent, and in CI it must be present")
        pytest.skip(f"needs {CHROMIUM} (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complains of: errors, warnings, violations of the content security policy."""
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    yield page
    context.close()


@pytest.mark.parametrize("path", [*EVERY_PAGE, "/archive/-/page/99"])
def test_a_page_loads_in_peace_and_fits_a_phone(server: str, page: Page, complaints: list[str], path: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{server}{path}")

    assert [told for told in complaints if "404" not in told] == []
    assert page.title() != "owned"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert [url for url in asked if not url.startswith(server)] == [], "nothing is fetched from anywhere else"


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("path", EVERY_PAGE)
def test_no_width_scrolls_sideways(server: str, page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{server}{path}")

    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_scripts_in_archived_text_do_not_run(server: str, page: Page, complaints: list[str], ids: Ids) -> None:
    for path in (f"/archive/-/page/{ids.hostile_page}", f"/archive/-/compare?a=1&b={ids.hostile_version}&view=side"):
        page.goto(f"{server}{path}")
        assert page.title() != "owned"
        assert page.locator("script, iframe, img").count() == 0
    assert complaints == []


def test_a_reader_walks_from_the_story_to_the_changed_words(server: str, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{server}/-/afterprint")
    page.get_by_role("link", name="A Town Learns to Lose Its Harbour").click()
    page.get_by_label("Kind").select_option("copy")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="41 boats in the mud").click()
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("link", name="side by side").click()
    page.get_by_role("link", name="changes only").click()

    assert page.locator("td del", has_text="41").count() == 1
    assert page.locator("td ins", has_text="39").count() == 1


def test_the_first_tab_skips_to_the_content(server: str, page: Page) -> None:
    page.goto(f"{server}/archive/-/story/lower-vane")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]


def test_every_field_has_a_label_and_every_page_one_heading(server: str, page: Page) -> None:
    for path in EVERY_PAGE:
        page.goto(f"{server}{path}")
        assert page.locator("h1").count() == 1, path
        unnamed = page.evaluate(
            "[...document.querySelectorAll('input, select')].filter(e => !e.labels.length).map(e => e.outerHTML)"
        )
        assert unnamed == [], path
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), path
