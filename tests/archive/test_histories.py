"""Histories on real archives: removals that persist, blocks told by their neighbours, boxes learned too late, late evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.process import process
from archive.store import Store
from archive.types import Capture, Story, StoryText
from crawler.newsroom import ferry
from tests.archive.test_memory import article
from tests.archive.test_process import page, rows

T = datetime(2026, 3, 1, 10, tzinfo=UTC)
URL = "https://courier.example/2026/ferry"
SISTER = "https://courier.example/2026/bridge"
STORY = Story(
    "ferry", ferry.ENGLISH_TITLE, alerts=("removed", "changed"), texts=(StoryText(ferry.ENGLISH, "en", "original", "file:en.txt"),)
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "archive.db") as opened:
        yield opened


def see(store: Store, days: float, body: bytes | None = None, url: str = URL, status: int = 200, **more: Any) -> None:
    """One capture, *days* after the first; without a body a page that is not there."""
    at = T + timedelta(days=days)
    facts: dict[str, Any] = {
        "final_url": url,
        "status": status if body is not None or status != 200 else 404,
        "body": body if body is not None else b"<html><title>404</title><p>Not found.</p></html>",
        "headers": (("content-type", "text/html"),),
    }
    store.add_capture(Capture(url=url, purpose="page", started_at=at, finished_at=at, **(facts | more)))


def run(store: Store) -> Any:
    return process(store.path, now=lambda: T, workers=1)


def states(store: Store, url: str = URL) -> list[tuple[str, str]]:
    return rows(store, f"SELECT state, sentence FROM availability WHERE url = '{url}' ORDER BY number")


def alerts(store: Store) -> list[str]:
    return [row[0] for row in rows(store, "SELECT rule FROM alert ORDER BY id")]


def sister(number: int = 0) -> bytes:
    return page("\n\n".join(article(500 + number)), f"Bridge number {number} was measured again")


# --- removals --------------------------------------------------------------------------------------


def test_a_removal_is_told_once_and_only_when_it_persists(store: Store) -> None:
    store.save_story(STORY, T)
    see(store, 0, page())
    see(store, 3)
    run(store)
    assert states(store)[-1] == (
        "removed?",
        "present 1 March 2026 10:00 UTC, not found 4 March 2026 10:00 UTC; not claimed as removed: once absent: "
        "the server answered 404; a removal takes 3 over 3.5 days or 2 over 14 days",
    )
    assert alerts(store) == []
    see(store, 5)
    see(store, 7)
    summary = run(store)
    assert states(store)[-1] == ("removed", "present 1 March 2026 10:00 UTC, absent from 4 March 2026 10:00 UTC")
    assert alerts(store) == ["removed"]
    assert any("absent 2026-03-04" in line for line in summary.told)
    see(store, 9)
    run(store)
    assert alerts(store) == ["removed"], "the same removal is told once"


def test_a_capture_of_somebody_else_between_two_failures_takes_the_claim_back(store: Store) -> None:
    see(store, 0, page())
    for day in (3, 5, 7):
        see(store, day)
    run(store)
    assert states(store)[-1][0] == "removed"
    see(store, 6, page(), origin="warc", origin_ref="other.warc.gz@0")
    run(store)
    assert [name for name, _ in states(store)] == ["live", "removed?", "live", "removed?"]
    assert rows(store, "SELECT count(*) FROM version") == [(1,)], "it says the same as before"


def test_an_outage_of_the_host_removes_nothing(store: Store) -> None:
    for number in range(3):
        see(store, 0, sister(number), url=f"{SISTER}/{number}")
    see(store, 0, page())
    for day in (3, 5, 7):
        see(store, day)
        for number in range(3):
            see(store, day + 0.01, url=f"{SISTER}/{number}")
    run(store)
    assert states(store)[-1][0] == "unreachable"
    assert "other pages of the host failed in the same way" in rows(
        store, f"SELECT evidence FROM availability WHERE url = '{URL}' AND last"
    )[0][0]  # fmt: skip


def test_a_page_that_moved_is_not_removed(store: Store) -> None:
    new = "https://courier.example/archive/ferry-1"
    moved = ((URL, 301, new),)
    see(store, 0, page())
    see(store, 3, page(), final_url=new, redirects=tuple(_hops(moved)))
    run(store)
    state, sentence = states(store)[-1]
    assert state == "moved"
    assert f"at {new}, to which it moved" in sentence
    see(store, 9, page(ferry.ENGLISH.replace("164", "171")), url=new)
    run(store)
    assert rows(store, "SELECT number, url FROM versions ORDER BY number") == [(1, URL), (2, URL)], "one history"
    assert rows(store, "SELECT url, reason FROM page_url ORDER BY id") == [(URL, "fetched"), (new, "moved")]


def _hops(hops: tuple[tuple[str, int, str], ...]) -> Iterator[Any]:
    from archive.types import Redirect

    for url, status, location in hops:
        yield Redirect(url, status, location)


# --- blocks told by their neighbours ----------------------------------------------------------------


def test_one_text_at_three_addresses_of_a_host_is_nobodys_article(store: Store) -> None:
    wall = page("\n\n".join(article(77)), "Our readers matter to us")
    store.save_story(replace(STORY, texts=(StoryText("\n\n".join(article(500)), "en", "original", "file:b.txt"),)), T)
    run_id = store.open_run(kind="crawl", watch="w", now=T)
    for number in range(3):
        see(store, 0, sister(number), url=f"{SISTER}/{number}")
    for number in range(3):
        _in_run(store, run_id, 2, wall, f"{SISTER}/{number}")
    run(store)
    doubted = rows(store, "SELECT quality, quality_reasons, decision FROM captures WHERE run_id IS NOT NULL")
    assert [(quality, json.loads(reasons)[0]) for quality, reasons, _ in doubted] == [
        (0.1, "same_text_under_other_urls")
    ] * 3
    assert rows(store, "SELECT count(*) FROM version") == [(3,)], "no page is said to have changed"
    assert rows(store, "SELECT count(*) FROM change") == [(0,)]
    assert alerts(store) == []
    assert {name for url in range(3) for name, _ in states(store, f"{SISTER}/{url}")} == {"live", "blocked"}


def _in_run(store: Store, run_id: int, days: float, body: bytes, url: str) -> None:
    at = T + timedelta(days=days)
    capture = Capture(
        url=url, purpose="page", started_at=at, finished_at=at, final_url=url, status=200, body=body,
        headers=(("content-type", "text/html"),),
    )  # fmt: skip
    store.add_capture(capture, run_id=run_id)


# --- lines of the outlet ------------------------------------------------------------------------------

BOX = "Never miss a story: get our weekly letter about the harbours of the north, every Friday at noon"


def with_box(seed: int, box: str | None) -> bytes:
    paragraphs = article(seed)
    if box:
        paragraphs.insert(3, box)
    return page("\n\n".join(paragraphs), f"What happened on pier {seed}")


def test_a_box_learned_later_takes_back_the_edit_that_it_seemed(store: Store) -> None:
    url = "https://courier.example/pier/1"
    see(store, 0, with_box(1, None), url=url)
    see(store, 1, with_box(1, BOX), url=url)
    run(store)
    assert rows(store, "SELECT count(*) FROM version") == [(2,)], "nothing is known of the outlet yet"
    for seed in range(2, 7):
        see(store, 2, with_box(seed, BOX), url=f"https://courier.example/pier/{seed}")
    run(store)
    assert rows(store, "SELECT number FROM versions WHERE url LIKE '%/pier/1'") == [(1,)]
    why = rows(store, "SELECT why FROM captures WHERE url LIKE '%/pier/1' ORDER BY captured_at DESC LIMIT 1")
    assert why == [(f"only lines of the outlet differ: “{BOX[:79]}…”",)]


def test_an_edit_beside_a_box_counts_its_own_words_only(store: Store) -> None:
    for seed in range(2, 7):
        see(store, 0, with_box(seed, BOX), url=f"https://courier.example/pier/{seed}")
    url = "https://courier.example/pier/1"
    see(store, 0, with_box(1, None), url=url)
    edited = with_box(1, BOX).replace(article(1)[0].split()[2].encode(), b"quicksilver", 1)
    see(store, 1, edited, url=url)
    run(store)
    [(added, removed, taken)] = rows(store, "SELECT words_added, words_removed, outlet_lines FROM changes")
    assert (added, removed) == (1, 1)
    assert json.loads(taken) == [BOX]


# --- pages that are read another way ------------------------------------------------------------------


def in_data(text: str, title: str = ferry.ENGLISH_TITLE) -> bytes:
    """A page whose article stands in embedded JSON only, as pages do that a script renders."""
    state = json.dumps({"props": {"pageProps": {"article": {"title": title, "body": text}}}})
    return (
        f'<html lang="en"><head><title>{title}</title></head><body><div id="__next"><h1>{title}</h1></div>'
        f'<script id="__NEXT_DATA__" type="application/json">{state}</script></body></html>'
    ).encode()


def both(text: str) -> bytes:
    """The same with the article in the markup too, as the server rendered it."""
    return page(text).replace(b"</body>", in_data(text).partition(b"</div>")[2].partition(b"</body>")[0] + b"</body>")


def test_a_page_that_is_read_another_way_for_once_did_not_change(store: Store) -> None:
    see(store, 0, both(ferry.ENGLISH))
    see(store, 1, in_data(ferry.ENGLISH))
    see(store, 2, both(ferry.ENGLISH))
    run(store)
    ways = rows(store, "SELECT DISTINCT path FROM extraction WHERE label NOT LIKE '%only' ORDER BY path")
    assert ways == [("article",), ("json",)]
    assert rows(store, "SELECT number, captures FROM versions") == [(1, 3)]
    assert rows(store, "SELECT count(*) FROM change") == [(0,)]


def test_an_edit_made_when_the_page_is_read_another_way_is_seen_and_counts_its_own_words(store: Store) -> None:
    see(store, 0, both(ferry.ENGLISH))
    see(store, 1, in_data(ferry.ENGLISH.replace("164", "171")))
    run(store)
    [(added, removed, reasons)] = rows(store, "SELECT words_added, words_removed, reasons FROM changes")
    assert (added, removed) == (1, 1)
    assert "164 → 171" in reasons


def test_a_page_that_stays_read_another_way_goes_on_without_a_claim(store: Store) -> None:
    see(store, 0, page())
    see(store, 1, in_data(ferry.ENGLISH))
    run(store)
    assert rows(store, "SELECT number FROM versions") == [(1,)], "one such capture may be half a page"
    see(store, 2, in_data(ferry.ENGLISH))
    see(store, 3, in_data(ferry.ENGLISH.replace("164", "171")))
    run(store)
    assert rows(store, "SELECT number, captures, changed_fields FROM versions ORDER BY number") == [
        (1, 1, "[]"),
        (2, 1, "[]"),
        (3, 1, '["text"]'),
    ]
    assert rows(store, "SELECT words_added, words_removed FROM changes") == [(1, 1)], "the jump itself is no change"


# --- fields -------------------------------------------------------------------------------------------


def test_a_headline_alone_is_an_edit(store: Store) -> None:
    see(store, 0, page())
    see(store, 1, page(title="Port Merrin loses its ferry"))
    run(store)
    [(fields, reasons, words)] = rows(store, "SELECT fields, reasons, words_added + words_removed FROM changes")
    assert list(json.loads(fields)) == ["title"]
    assert "headline changed" in reasons
    assert words == 0, "the headline is no part of the text"
