"""The reading pages in a real browser: no errors, no violations, nothing wider than a phone, no script of an outlet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.datasette_config.chromium import axe, serving
from tests.datasette_config.conftest import Ids
from tests.datasette_config.test_pages import EVERY_PAGE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def server(archive_path: Path, ids: Ids) -> Iterator[str]:
    with serving(archive_path) as address:
        yield address


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
    for path in (
        f"/archive/-/page/{ids.hostile_page}",
        f"/archive/-/compare?a=1&b={ids.hostile_version}&view=side",
        f"/archive/-/story/lower-vane/kept?base={ids.hostile_version}",
        f"/archive/-/story/lower-vane/heat?base={ids.hostile_version}",
        "/archive/-/story/lower-vane/descent",
        "/archive/-/memento/20230123070000/https://evil.test/?q=<script>alert(1)</script>",
    ):
        page.goto(f"{server}{path}")
        assert page.title() != "owned"
        assert page.locator("script:not([src^='/-/afterprint/']), iframe, img").count() == 0
    assert complaints == []


def test_a_reader_walks_from_the_story_to_the_changed_words(server: str, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{server}/-/afterprint")
    page.get_by_role("link", name="A Town Learns to Lose Its Harbour").click()
    page.get_by_label("Kind").select_option("copy")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="41 boats in the mud", exact=True).click()
    page.get_by_label("A: version 1").check()
    page.get_by_label("B: version 2").check()
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("link", name="side by side").click()
    page.get_by_role("link", name="changes only").click()

    assert page.locator("td del", has_text="41").count() == 1
    assert page.locator("td ins", has_text="39").count() == 1


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_keys_walk_through_the_changes(server: str, page: Page, complaints: list[str]) -> None:
    page.goto(f"{server}/archive/-/compare?a=1&b=3")

    walked = []
    for key in ("n", "n", "n", "p"):
        page.keyboard.press(key)
        walked.append(focused(page))
    assert walked == ["c1", "c2", "c3", "c2"]
    assert page.url.endswith("#c2")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.matches('.para')")
    page.keyboard.press("v")
    page.wait_for_url("**view=side**")
    page.keyboard.press("n")
    assert focused(page) == "c1"
    assert complaints == []


def test_h_opens_and_closes_what_is_unchanged(server: str, page: Page) -> None:
    page.goto(f"{server}/archive/-/compare?a=2&b=3")
    fold = page.locator("details.fold")

    for opened in (True, False):
        page.keyboard.press("h")
        assert [fold.nth(number).evaluate("fold => fold.open") for number in range(fold.count())] == [
            opened
        ] * fold.count()
    assert fold.count() > 0


def test_the_help_opens_with_a_question_mark_and_closes_with_escape(server: str, page: Page) -> None:
    page.goto(f"{server}/archive/-/compare?a=1&b=2")
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog", name="Keys").count() == 0


def test_keys_are_letters_in_a_field(server: str, page: Page) -> None:
    page.goto(f"{server}/archive/-/compare?a=1&b=2")
    page.get_by_label("Search all versions").press_sequentially("nph?")

    assert page.get_by_label("Search all versions").input_value() == "nph?"
    assert "#" not in page.url


def test_a_link_into_a_fold_opens_it(server: str, page: Page) -> None:
    page.goto(f"{server}/archive/-/compare?a=2&b=3#p6")

    assert page.locator("#p6").evaluate("place => place.closest('details')?.open ?? true")


def test_a_cell_leads_to_its_paragraph_and_a_place_to_its_variants(server: str, page: Page, ids: Ids) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{server}/archive/-/story/lower-vane/kept")
    page.get_by_role("link", name="paragraph 3: edited").click()
    assert page.url.endswith(f"b={ids.hostile_version}#p3")

    page.goto(f"{server}/archive/-/story/lower-vane/heat?base={ids.copy_versions[2]}")
    page.locator("a.heat").first.click()
    assert page.locator(".variants li:target").is_visible()


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_every_page_reads_without_scripts(browser: Browser, server: str, path: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}{path}")

    assert page.locator("h1").count() == 1
    assert page.locator("main").inner_text().strip()
    context.close()


CONTRAST = """() => {
  const parts = (colour) => colour.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("main *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || element.closest("svg, .vh") || !element.getClientRects().length) continue;
    const colour = parts(getComputedStyle(element).color), under = ground(element);
    if (colour.some(Number.isNaN) || under.some(Number.isNaN)) continue;
    const [a, b] = [light(colour), light(under)].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push([element.className, element.textContent.slice(0, 30), ((a + 0.05) / (b + 0.05)).toFixed(2)]);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(browser: Browser, server: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    for path in EVERY_PAGE:
        page.goto(f"{server}{path}")
        assert page.evaluate(CONTRAST) == [], path
    context.close()


def test_what_is_folded_is_printed(server: str, page: Page) -> None:
    page.goto(f"{server}/archive/-/compare?a=2&b=3")
    assert page.locator("details.fold .para").first.is_hidden()

    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")

    assert page.locator("details.fold .para").first.is_visible()
    assert len(page.pdf()) > 10_000


def test_archived_text_has_its_language_and_direction(server: str, page: Page, ids: Ids) -> None:
    page.goto(f"{server}/archive/-/compare?a=text:{ids.english_text}&b={ids.arabic_version}")
    cells = page.locator(".foreign td[lang=ar]")

    assert cells.first.evaluate("cell => getComputedStyle(cell).direction") == "rtl"
    assert page.locator("html").get_attribute("lang") == "en"


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
            "[...document.querySelectorAll('input, select')].filter(e => !e.labels?.length && !e.ariaLabel && e.type != 'hidden').map(e => e.outerHTML)"
        )
        assert unnamed == [], path
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), path


# --- WCAG 2.2 AA, as far as axe can tell ------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, server: str, scheme: Any, scripts: bool) -> None:
    # Only a browser that runs scripts runs axe: without ours, it sees what a reader without scripts sees.
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme, bypass_csp=True)
    if not scripts:
        context.route("**/afterprint.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page = context.new_page()
    for path in [*EVERY_PAGE, "/archive/-/page/99"]:
        page.goto(f"{server}{path}")
        assert axe(page) == [], path
    context.close()


def test_axe_finds_nothing_on_a_phone_or_in_the_help(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
    page = context.new_page()
    for path in EVERY_PAGE:
        page.goto(f"{server}{path}")
        assert axe(page) == [], path
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()
    assert axe(page) == []
    context.close()


def test_axe_is_not_blind(browser: Browser, server: str) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{server}/-/afterprint")
    page.evaluate("document.querySelector('#content').insertAdjacentHTML('beforeend', '<img src=\"data:,\">')")

    assert "image-alt" in "".join(axe(page))
    context.close()


def test_the_map_over_the_heat_leads_to_a_paragraph(server: str, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{server}/archive/-/story/lower-vane/heat")
    page.locator(".histogram a").nth(2).click()

    assert page.url.endswith("#p3")
