"""The acceptance checks of change tracking, each with the test that shows it.

C15 (a capture is saved though an archive of others is down) has no code to show it on: nothing is sent to other archives.
"""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.store import Store
from archive.times import from_text, to_text
from archive.types import Capture, Lead, Story

ROOT = Path(__file__).resolve().parent.parent
T = datetime(2026, 3, 10, 8, tzinfo=UTC)

SHOWN_BY = {
    "C1 aba_three_versions": "archive/test_versions.py::test_a_b_a_is_three_versions",
    "C2 late_insert_recomputes": "archive/test_process.py::test_a_late_capture_takes_its_place_in_time",
    "C3 title_only_edit": "archive/test_histories.py::test_a_headline_alone_is_an_edit",
    "C4 counter_boring_5": "archive/test_diff.py::test_edits_that_others_call_boring_are_shown",
    "C5 edgi_pairs_6": "test_benchmarks.py::test_page_versions",
    "C6 quality_34": "test_benchmarks.py::test_blocked",
    "C7 nyt_correction_label": "archive/test_corrections.py::test_a_note_is_found_with_its_label",
    "C8 extractor_switch_zero_changes": "archive/test_process.py::test_an_upgrade_of_the_extractor_makes_no_edit",
    "C9 fail_rows_5_kinds": "crawler/test_crawl.py::test_what_brought_no_answer_is_a_capture_with_its_class_and_cause",
    "C10 removal_window_14d": "archive/test_availability.py::test_how_long_it_takes",
    "C11 retry_after_table": "crawler/test_middlewares.py::test_retry_after_in_all_its_forms",
    "C12 etag_304_row": "crawler/test_crawl.py::test_an_unchanged_page_is_asked_conditionally_and_confirmed",
    "C13 kill9_random_point_recovers": "test_survival.py::test_nothing_is_lost_and_nothing_torn",
    "C14 verify_detects_one_flipped_byte": "archive/test_verify.py::test_a_flipped_byte_in_any_column_of_any_row_is_found_also_after_a_first_check",
    "C16 rss_contains_ins_del": "datasette_config/test_feeds.py::test_the_diff_is_inside",
    "C17 any_pair_across_two_outlets": "datasette_config/test_comparing.py::test_two_outlets_are_not_told_apart_by_their_own_address",
    "C18 same_text_on_3_urls_flags_block": "archive/test_histories.py::test_one_text_at_three_addresses_of_a_host_is_nobodys_article",
    "C19 zero_items_run_exits_nonzero": "crawler/test_crawl.py::test_the_summary_names_what_failed_and_the_code_says_so",
    "C20 utc_conversion": "test_acceptance.py::test_times_are_converted_and_not_relabelled",
    "C21 two_feeds_one_page": "test_acceptance.py::test_two_feeds_name_one_page",
    "C22 url_variants_one_page": "archive/test_store.py::test_forms_of_one_url_are_one_page_and_one_frontier_entry",
    "C23 export_passes_warcio_check_and_is_self_contained": "archive/test_warc_writing.py::test_what_was_exported_and_imported_says_the_same",
    "C24 diff_timeout_fallback": "archive/test_diff.py::test_a_long_text_says_how_it_was_compared_and_still_finds_the_word",
    "C25 viewing_diff_sends_no_alert": "test_acceptance.py::test_who_looks_changes_nothing",
    "C26 first_import_makes_no_alerts": "archive/test_alerts.py::test_the_first_import_of_a_backlog_is_silent",
}


@pytest.mark.parametrize("check", SHOWN_BY)
def test_each_check_is_shown(check: str) -> None:
    file, _, name = SHOWN_BY[check].partition("::")
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in names if name else any(one.startswith("test_") for one in names)


def test_times_are_converted_and_not_relabelled() -> None:
    assert to_text(datetime.fromisoformat("2026-03-10T23:30:00+02:00")) == "2026-03-10T21:30:00.000Z"
    assert from_text("2026-03-10T21:30:00.000Z") == datetime(2026, 3, 10, 21, 30, tzinfo=UTC)


def test_two_feeds_name_one_page(tmp_path: Path) -> None:
    with Store(tmp_path / "archive.db") as store:
        story = store.save_story(Story("w", "W"), T)
        assert story.id is not None
        for feed, url in (
            ("https://a.test/rss", "https://a.test/x?utm_source=rss"),
            ("https://b.test/rss", "http://www.a.test/x/"),
        ):
            store.add_leads([Lead(url, "feed", feed)], story_id=story.id, run_id=None, now=T)
        assert store.frontier_state(story.id, T).due == 1
        store.add_capture(Capture("https://a.test/x", "page", T, T, "https://a.test/x", status=200, body=b"<p>x"))
        report = store.explain("https://a.test/x")
        assert report is not None
        assert {lead["query"] for lead in report["leads"]} == {"https://a.test/rss", "https://b.test/rss"}


def test_who_looks_changes_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "archive.db") as store:
        for hour, body in ((0, b"<article><p>One.</p></article>"), (1, b"<article><p>Two.</p></article>")):
            at = T + timedelta(hours=hour)
            store.add_capture(Capture("https://a.test/x", "page", at, at, "https://a.test/x", status=200, body=body))
    before = (tmp_path / "archive.db").read_bytes()
    with Store(tmp_path / "archive.db", readonly=True) as store:
        assert store.explain("https://a.test/x") is not None
    assert (tmp_path / "archive.db").read_bytes() == before
